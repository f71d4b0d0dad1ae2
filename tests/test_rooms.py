"""The plan of the house: which room imports which, and how long files and functions may be."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
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
    """Following imports from room to room never leads back, in the house as planned too."""
    TopologicalSorter({**PLAN["rooms"], **PLAN["planned"]}).prepare()


def test_the_plan_names_rooms_that_are_there_and_no_others() -> None:
    there = {room_of(path) for path in FILES}
    assert set(PLAN["rooms"]) == there
    assert not set(PLAN["planned"]) & there, "it is built: move its line to [rooms]"
    known = there | set(PLAN["planned"])
    assert {name for allowed in [*PLAN["rooms"].values(), *PLAN["planned"].values()] for name in allowed} <= known


HEAVY = ("polars", "narwhals", "scipy", "matplotlib", "dataframely", "pandas", "pyarrow", "duckdb")


@pytest.mark.parametrize(
    "module", ["malar", "malar.conditions", "malar.instruments", "malar.endpoints", "malar.sheets"]
)
def test_definitions_are_told_without_a_dataframe_library(module: str) -> None:
    code = (
        f"import sys, importlib; importlib.import_module({module!r})\n"
        "from malar.sheets import sheet; from malar.endpoints import DEFINITIONS\n"
        "[sheet(key) for key in DEFINITIONS]\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


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


def test_exceptions_to_the_lengths_are_of_files_that_are_there_and_have_a_reason() -> None:
    for name, reason in {**PLAN["long_files"], **PLAN["long_functions"]}.items():
        assert (SOURCE / name.split(":")[0]).exists()
        assert len(reason) > 20, f"{name}: say why"


def is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
