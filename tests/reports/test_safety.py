"""The safety section: rates with exact limits, products from donor to patient, counts of none with their limit."""

from __future__ import annotations

import polars as pl
import pytest

from malar import read_study
from malar.example import example_path
from malar.reports.analysis import Analysis, analyze
from malar.reports.safety import event_rates, product_story, thromboembolism_by_antibodies, with_dose
from malar.reports.sections_safety import safety_section
from malar.timelines.exposure import derive_exposure, treatment_emergent


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyze(read_study(example_path()))


def test_rates_by_dose_hold_all_events_and_all_time(analysis: Analysis) -> None:
    exposure = with_dose(derive_exposure(analysis.study))
    events = treatment_emergent(analysis.study, exposure)
    whole, by_dose = event_rates(exposure, events, None), event_rates(exposure, events, "dose")
    summed = by_dose.group_by("what", maintain_order=True).agg(pl.col("events").sum(), pl.col("years").sum())
    assert summed["events"].to_list() == whole["events"].to_list()
    assert summed["years"].to_list() == pytest.approx(whole["years"].to_list())
    assert (by_dose["lower"] <= by_dose["rate"]).all()
    assert (by_dose["rate"] <= by_dose["upper"]).all()


def test_three_events_in_ten_years_have_the_printed_limits() -> None:
    exposure = pl.DataFrame({"subject": ["a"], "first_day": [0], "last_day": [3652], "arm": ["x"]})
    events = pl.DataFrame({"subject": ["a"] * 3, "kind": ["infection"] * 3, "serious": [None] * 3})
    rates = event_rates(exposure, events.with_columns(pl.col("serious").cast(pl.Boolean)), "arm")
    row = rates.filter(what="infections").row(0, named=True)
    assert (10 * row["lower"], 10 * row["upper"]) == pytest.approx((0.6187, 8.7673), abs=0.01)


def test_every_product_tells_who_got_it(analysis: Analysis) -> None:
    study = analysis.study
    exposure = derive_exposure(study)
    story = product_story(study, exposure, treatment_emergent(study, exposure))
    assert story["product"].to_list() == study["products"]["product"].to_list()
    assert story["infusions"].sum() == study["infusions"].height
    assert story["deaths"].sum() >= 1


def test_thrombosis_is_shown_by_antiphospholipid_status(analysis: Analysis) -> None:
    study = analysis.study
    exposure = derive_exposure(study)
    table = thromboembolism_by_antibodies(study, exposure, treatment_emergent(study, exposure))
    rows = {row["status"]: row for row in table.iter_rows(named=True)}
    assert rows["positive twice"]["patients"] == rows["positive twice"]["events"] == 1
    assert all(rows[status]["patients"] == 0 for status in ("positive", "negative", None))
    assert rows[None]["of"] == 2
    assert sum(row["of"] for row in rows.values()) == exposure.height
    assert rows["negative"]["upper"] == pytest.approx(1 - 0.025 ** (1 / rows["negative"]["of"]))


def test_the_section_is_there_where_cells_were_given(analysis: Analysis) -> None:
    section = safety_section(analysis)
    assert section is not None
    keys = [table.key for table in section.tables]
    expected = ["events-by-window", "special-interest", "thromboembolism", "low-counts", "deaths", "products"]
    assert keys == expected
    none = next(row for row in section.tables[1].rows if row[0] == "Graft-versus-host disease")
    assert none[1:] == (0, 40, 0, "0.0 to 8.8 %")
