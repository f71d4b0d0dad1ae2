"""Messages say the fact, why it matters and what to do. `messages.md` holds them as people see them.

To accept changed messages: `python -m tests.test_messages`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from malar import conditions as c
from malar import instrument, rule, sheet
from malar.course import derive_analysis_visit, derive_confirmed, derive_reference
from malar.errors import MalarError
from malar.rules import Rule
from malar.schema import PlannedVisit
from malar.sources import Source

PAGE = Path(__file__).parent / "messages.md"
SOURCE = Path(__file__).parents[1] / "src" / "malar"
MINE = (
    "_frames.py",
    "condition_kinds.py",
    "conditions.py",
    "rules.py",
    "sheets.py",
    "instruments",
    "course",
    "endpoints",
)
SLEDAI_2K, FLARE = instrument("sledai_2k"), rule("sledai_2k_flare")
NOWHERE = Source("Nobody N. Journal of Examples 2026;1:1")
EMPTY = pl.DataFrame({"subject": ["a"], "day": [0], "x": ["yes"]})


def overlapping() -> object:
    windows = [PlannedVisit("A", 0, -10, 20), PlannedVisit("B", 30, 20, 40)]
    return derive_analysis_visit(EMPTY, windows)


MESSAGES: dict[str, Callable[[], object]] = {
    "an unknown instrument": lambda: instrument("sledai"),
    "an unknown definition": lambda: rule("low_disease"),
    "an unknown key for a sheet": lambda: sheet("low_disease"),
    "no frame": lambda: SLEDAI_2K.score([1, 2]),
    "a frame without items": lambda: SLEDAI_2K.score(EMPTY),
    "a rule without its columns": lambda: Rule(
        key="calm", title="Calm", source=NOWHERE, criteria={"1": c.at_most("pga", 1)}
    ).flag(EMPTY),
    "text for a number": lambda: Rule(key="calm", title="Calm", source=NOWHERE, criteria={"1": c.at_most("x", 1)}).flag(
        EMPTY
    ),
    "an unknown policy": lambda: SLEDAI_2K.score(
        pl.DataFrame({name: [True] for name in SLEDAI_2K.names()}), missing=_any("guess")
    ),
    "a window never published": lambda: _replaced(SLEDAI_2K, window_days=12),
    "an instrument amended under its own key": lambda: SLEDAI_2K.amend("sledai_2k", title="x", source=NOWHERE),
    "a rule amended under its own key": lambda: FLARE.amend(FLARE.key, title="x", source=NOWHERE),
    "a rule with no criteria": lambda: Rule(key="calm", title="Calm", source=NOWHERE, criteria={}),
    "a change of nothing": lambda: c.rose_by("sledai_2k", 0, c.Since.PREVIOUS),
    "a limit with too many decimals": lambda: c.at_most("x", 0.00000012),
    "a combination of nothing": c.any_of,
    "a sign against its lowest value": lambda: c.none_new(["x"], c.Since.LOWEST),
    "a reference without its column": lambda: derive_reference(EMPTY, "pga", c.Since.PREVIOUS),
    "confirmation by no visit": lambda: derive_confirmed(EMPTY, "x", visits=0),
    "confirmation dated nowhere": lambda: derive_confirmed(EMPTY, "x", dated=_any("last")),
    "text for a flag": lambda: derive_confirmed(EMPTY, "x"),
    "windows that overlap": overlapping,
}


def _any(value: object) -> Any:
    return value


def _replaced(made: Any, **changes: object) -> object:
    from dataclasses import replace

    return replace(made, **changes)


def caught(name: str) -> MalarError:
    with pytest.raises(MalarError) as found:
        MESSAGES[name]()
    return found.value


def page() -> str:
    parts = [
        f"## {name}\n\n`{type(error).__name__}`: {error}\n" for name, error in zip(MESSAGES, errors(), strict=True)
    ]
    return "# Messages, as people see them\n\n" + "\n".join(parts)


def errors() -> list[MalarError]:
    return [caught(name) for name in MESSAGES]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_says_the_fact_and_what_to_do(name: str) -> None:
    error = caught(name)
    assert error.fact.endswith((".", "?")), error.fact
    assert error.hint, error.fact
    assert str(error) in PAGE.read_text(encoding="utf-8"), "changed: python -m tests.test_messages"


def test_the_page_of_messages_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("room", MINE)
def test_every_error_raised_has_a_hint(room: str) -> None:
    place = SOURCE / room
    for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                call = node.exc
                spread = any(isinstance(given, ast.Starred) for given in call.args)
                told = spread or len(call.args) >= 3 or any(word.arg == "hint" for word in call.keywords)
                assert told, f"{path.name}:{node.lineno}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
