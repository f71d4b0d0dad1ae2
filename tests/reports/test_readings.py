"""One cohort under every reading: counts that can be told by hand, the prespecified reading first, no p-value."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from malar.endpoints import DEFINITIONS
from malar.errors import ParameterError
from malar.example import example_path
from malar.reports.readings import OFFERED, UNKNOWN, compare_readings, family
from malar.reports.readings_page import readings_page
from malar.schema import AnalysisPlan, PlannedVisit, Settings
from tests.support.study_maker import make_study
from tests.test_cli import malar

PLAN = AnalysisPlan(visits=(PlannedVisit("Day 0", 0, -10, 10), PlannedVisit("Month 2", 60, 40, 80)))
SETTINGS = Settings(title="Hand-made", data="invented", analysis=PLAN)
STUDY = make_study(
    [
        ("a", 0, ["rash"], []), ("a", 30, [], []), ("a", 60, ["arthritis"], []),
        ("b", 0, ["arthritis"], []), ("b", 60, ["arthritis"], []),
        ("c", 0, [], []), ("c", 60, ["rash"], ["fever", "arthritis"]),
        ("d", 0, [], []),
    ],
    milestones=[("a", "data_cut", 90), ("b", "data_cut", 90), ("c", "data_cut", 90), ("d", "data_cut", 90)],
    settings=SETTINGS,
)  # fmt: skip


def at_month_2(key: str, denominator: str, unknown: str) -> dict[str, tuple[int, int, int]]:
    table = compare_readings(STUDY, key, denominator=denominator, unknown=unknown).table
    rows = table.filter(pl.col("time") == 60).select("definition", "events", "n", "n_unknown").rows()
    return {key: (events, n, open_) for key, events, n, open_ in rows}


@pytest.mark.parametrize(
    ("denominator", "unknown", "previous", "baseline"),
    [
        ("followed", "excluded", (1, 2, 1), (0, 2, 1)),
        ("followed", "nonresponder", (1, 3, 1), (0, 3, 1)),
        ("enrolled", "nonresponder", (1, 4, 2), (0, 4, 2)),
        ("evaluable", "excluded", (1, 2, 0), (0, 2, 0)),
    ],
)
def test_the_same_patients_are_counted_by_hand(
    denominator: str, unknown: str, previous: tuple[int, int, int], baseline: tuple[int, int, int]
) -> None:
    """a rose by 4 from day 30 and by 2 from day 0; b stayed; c may have risen by 7 or by 2; d never came again."""
    counted = at_month_2("sledai_2k_flare", denominator, unknown)
    assert counted["sledai_2k_flare"] == previous
    assert counted["sledai_2k_flare_since_baseline"] == baseline


def test_the_prespecified_reading_is_first_whichever_it_is() -> None:
    for key in DEFINITIONS:
        keys = family(key)
        assert keys[0] == key
        assert sorted(keys) == sorted(family(keys[-1]))
    table = compare_readings(STUDY, "sledai_2k_flare_since_baseline", denominator="followed", unknown="excluded").table
    roles = dict(table.select("definition", "role").unique(maintain_order=True).rows())
    assert next(iter(roles.items())) == ("sledai_2k_flare_since_baseline", "prespecified")
    assert set(list(roles.values())[1:]) == {"sensitivity"}


def test_bounds_leave_open_what_unknown_verdicts_do() -> None:
    table = compare_readings(STUDY, "sledai_2k_flare", denominator="followed", unknown="bounds").table
    row = table.filter((pl.col("time") == 60) & (pl.col("role") == "prespecified")).row(0, named=True)
    assert (row["events"], row["n"], row["estimate"]) == (1, 3, None)
    assert (row["lowest"], row["highest"]) == (1 / 3, 2 / 3)


@pytest.mark.parametrize("what", ["denominator", "unknown"])
def test_neither_denominator_nor_unknown_is_taken_for_granted(what: str) -> None:
    given = {"denominator": "followed", "unknown": "excluded", what: ""}
    with pytest.raises(ParameterError, match=f"no {what} of a comparison"):
        compare_readings(STUDY, "sledai_2k_flare", **given)
    done = malar("judge", example_path(), "sledai_2k_flare", "--variants")
    assert done.returncode == 2
    assert "--denominator with one of" in done.stderr


@pytest.mark.parametrize("denominator", OFFERED)
@pytest.mark.parametrize("unknown", UNKNOWN)
def test_the_page_holds_every_reading_and_no_test(denominator: str, unknown: str) -> None:
    readings = compare_readings(STUDY, "sledai_2k_flare", denominator=denominator, unknown=unknown)
    page = readings_page(readings)
    for key in family("sledai_2k_flare"):
        assert DEFINITIONS[key].title in page
    assert "p =" not in page
    assert "Invented data" in page
    assert page == readings_page(readings)


def test_a_study_without_planned_visits_is_told() -> None:
    bare = make_study([("a", 0, [], [])], settings=replace(SETTINGS, analysis=AnalysisPlan()))
    with pytest.raises(ParameterError, match="no planned visits"):
        compare_readings(bare, "sledai_2k_flare", denominator="followed", unknown="excluded")


@pytest.mark.parametrize("form", ["csv", "html"])
def test_the_command_writes_a_table_or_a_page(form: str, tmp_path: Path) -> None:
    out = tmp_path / f"readings.{form}"
    words = ["--variants", "--denominator", "followed", "--unknown", "excluded", "--out", str(out)]
    done = malar("judge", example_path(), "sledai_2k_flare", *words)
    assert done.returncode == 0, done.stderr
    if form == "csv":
        table = pl.read_csv(out)
        assert table["role"][0] == "prespecified"
        assert {"definition", "visit", "events", "n", "lower", "upper", "denominator", "unknown"} <= set(table.columns)
        assert set(table["data"]) == {"Invented data"}
    else:
        assert "none may take the place of the first now" in out.read_text(encoding="utf-8")
