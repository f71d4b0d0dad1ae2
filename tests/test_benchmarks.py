"""What is compared can be run, and the page that it is written to has its place. Speed itself is never tested here."""

from pathlib import Path

import pytest

from benchmarks.estimators import comparisons, growths
from benchmarks.peer import PROGRAMS
from benchmarks.performance import COMMANDS, written

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def test_every_task_is_one_of_its_peers():
    programs = {"R": (PROGRAMS / "in_r.R").read_text("utf-8"), "Python": (PROGRAMS / "in_python.py").read_text("utf-8")}
    opening = {"R": "  {} = task(", "Python": "def {}("}
    asked = {(one.peer, one.task) for one in comparisons()}
    assert len(asked) > 20
    assert [task for peer, task in sorted(asked) if opening[peer].format(task) not in programs[peer]] == []


def test_sizes_ascend_and_names_differ():
    found = list(growths())
    assert all(one.sizes[0] < one.sizes[1] < one.sizes[2] for one in found)
    assert len({(one.name, one.of) for one in found}) == len(found)


@pytest.mark.parametrize("part", COMMANDS)
def test_the_page_has_a_place_for_each_table(part: str):
    page = PAGE.read_text("utf-8")
    once = written(page, part, "| one |")
    assert "| one |" in once
    assert written(written(once, part, "| other |"), part, "| one |") == once


def test_a_page_without_the_place_is_refused():
    with pytest.raises(ValueError, match="lacks"):
        written("# Speed", "keys", "")
