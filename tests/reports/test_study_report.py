"""The report of a study: its numbers, its denominators, and harmless hostile text."""

from __future__ import annotations

from html.parser import HTMLParser

import polars as pl
import pytest

from malar.checks import check
from malar.reports.analysis import analyze
from malar.reports.study_report import study_hash, study_report
from malar.schema import Settings, study_from_frames
from malar.schema.settings import AnalysisPlan, PlannedVisit
from malar.schema.tables import TABLES
from tests.support.study_maker import make_study

HOSTILE = "<script>alert(1)</script>"
PLAN = AnalysisPlan(
    visits=(
        PlannedVisit("Day 0", 0, -30, 14),
        PlannedVisit("Month 1", 30, 15, 45),
        PlannedVisit("Month 3", 90, 46, 120),
    ),
    max_gap_days=100,
)
SETTINGS = Settings(title="Hand-made", data="invented", analysis=PLAN)

FOUR = make_study(
    [
        ("a", 0, ["seizure"], []), ("a", 30, [], []), ("a", 90, [], []),
        ("b", 0, ["seizure"], []), ("b", 30, ["rash"], []),
        ("c", 0, ["seizure"], []), ("c", 30, ["seizure"], ["rash"]),
        ("d", 0, ["seizure"], []),
    ],
    milestones=[(s, "data_cut", day) for s, day in (("a", 100), ("b", 100), ("c", 100), ("d", 20))],
    settings=SETTINGS,
)  # fmt: skip


def rows(table: pl.DataFrame, **wanted: object) -> dict[str, float]:
    for column, value in wanted.items():
        table = table.filter(pl.col(column) == value)
    return dict(table.select("statistic", "value").iter_rows())


def test_visit_proportions_name_their_denominator_and_what_unknown_counts_as() -> None:
    results = analyze(FOUR).results.filter(pl.col("analysis") == "visit_proportion")
    followed = rows(results, term="Month 1", denominator="followed")
    treated = rows(results, term="Month 1", denominator="treated")
    assert (followed["events"], followed["n"]) == (1, 3)
    assert (treated["events"], treated["n"]) == (1, 3)
    month_3 = rows(results, term="Month 3", denominator="treated")
    assert (month_3["events"], month_3["n"]) == (1, 3)
    assert rows(results, term="Month 3", denominator="followed")["n"] == 1
    assert results["denominator"].null_count() == 0
    assert results["note"].str.contains("unknown: (excluded|nonresponder)").all()


def test_occupancy_keeps_those_who_stay_away_in_the_denominator() -> None:
    occupancy = analyze(FOUR).occupancy
    assert occupancy is not None
    at_90 = dict(occupancy.at(90).select("state", "probability").iter_rows())
    assert at_90["quiescent"] == pytest.approx(1 / 3)
    assert sum(at_90.values()) == pytest.approx(1)


def test_time_to_at_most_4_is_asked_of_those_above_4_at_baseline() -> None:
    fitted = {each.plan.key: each for each in analyze(FOUR).time_to_event}
    reached = fitted["time_to_confirmed_sledai_2k_at_most_4"]
    assert reached.times.height == 4
    assert reached.times.filter("event")["subject"].to_list() == ["a"]
    assert "overall_survival" not in fitted


def test_survival_is_reported_where_a_death_is_recorded() -> None:
    study = make_study(
        [("a", 0, [], []), ("b", 0, [], []), ("b", 60, [], [])], events=[("a", 40, "death")], settings=SETTINGS
    )
    fitted = {each.plan.key: each for each in analyze(study).time_to_event}
    assert fitted["overall_survival"].times.filter("event")["time"].to_list() == [40]


class Scripts(HTMLParser):
    """Counts script elements and event handlers."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.handlers = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.handlers += any(name.startswith("on") for name, _ in attrs)


def scripts(page: str) -> tuple[int, int]:
    parser = Scripts()
    parser.feed(page)
    return parser.scripts, parser.handlers


def hostile_study():
    """Every free-text column of every table holds a script; keys do too."""
    frames: dict[str, pl.DataFrame] = {}
    for name, table in FOUR.tables.items():
        if table.is_empty():
            continue
        specs = TABLES[name].columns()
        free = [c for c in table.columns if (specs[c].metadata or {})["kind"] == "text" and c != "subject"]
        frames[name] = table.with_columns(
            (pl.col("subject") + HOSTILE).alias("subject"),
            *(pl.lit(HOSTILE).alias(column) for column in free),
        )
    subjects = frames["subjects"].with_columns(arm=pl.lit(HOSTILE) + pl.col("subject"), sex=pl.lit(HOSTILE))
    visits = PLAN.visits[0].__class__
    plan = AnalysisPlan(visits=tuple(visits(v.label + HOSTILE, v.day, v.first, v.last) for v in PLAN.visits))
    settings = Settings(title=HOSTILE, description=HOSTILE, source=HOSTILE, data="invented", analysis=plan)
    return study_from_frames({**frames, "subjects": subjects}, settings)


def test_hostile_text_is_harmless_everywhere() -> None:
    clean = study_report(analyze(FOUR), check(FOUR))
    study = hostile_study()
    page = study_report(analyze(study), check(study))
    assert scripts(page) == scripts(clean)
    assert HOSTILE not in page


def test_the_report_is_the_same_each_time_and_marks_invented_data() -> None:
    page = study_report(analyze(FOUR), check(FOUR))
    assert page == study_report(analyze(FOUR), check(FOUR))
    assert page.count("Invented data") > 6
    assert study_hash(FOUR) in page


def test_visits_driven_by_activity_are_warned_of() -> None:
    plan = AnalysisPlan(visits=PLAN.visits, visits_driven_by_activity=True)
    study = make_study([("a", 0, [], [])], settings=Settings(title="x", analysis=plan))
    page = study_report(analyze(study), check(study))
    assert "more often when patients were unwell" in page
    assert "Invented data" not in page
