"""The plan of the house: which room imports which, and how long files and functions may be."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "malar"
PLAN = tomllib.loads((Path(__file__).parent / "rooms.toml").read_text(encoding="utf-8"))
FILES = sorted(SOURCE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return "malar" if first == "__init__.py" else first.removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """Rooms of ours that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path.name} imports relatively"
            names = [f"malar.{alias.name}" for alias in node.names] if node.module == "malar" else [node.module]
        for name in names:
            parts = name.split(".")
            if parts[0] == "malar":
                found.add(
                    parts[1]
                    if len(parts) > 1 and (SOURCE / parts[1]).exists() | (SOURCE / f"{parts[1]}.py").exists()
                    else "malar"
                )
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_file_imports_only_from_the_rooms_it_may(path: Path) -> None:
    room = room_of(path)
    assert room in PLAN["rooms"], f"{room} is not in tests/rooms.toml"
    allowed = {room, *PLAN["rooms"][room]}
    if room not in PLAN["first_row"]:
        allowed |= set(PLAN["first_row"])
    assert imported_rooms(path) <= allowed


def test_rooms_stand_in_one_order() -> None:
    """No two rooms import each other."""
    rooms = PLAN["rooms"]
    assert not {(a, b) for a, allowed in rooms.items() for b in allowed if a in rooms.get(b, ())}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_files_and_functions_are_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    name = str(path.relative_to(SOURCE))
    lines = text.count("\n")
    assert lines <= (600 if name in PLAN["long_files"] else 300), f"{name} has {lines} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = [part for part in node.body if not is_docstring(part)]
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            most = 60 if f"{name}:{node.name}" in PLAN["long_functions"] else 40
            assert length <= most, f"{name}: {node.name} has {length} lines"


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
