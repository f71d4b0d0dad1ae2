"""The committed coverage comes from the code, keeps its promises, and is told where it falls short."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest

from simulations.coverage import pages, results
from simulations.coverage.counting import FIRST, Tally, judged, tallies
from simulations.coverage.families import FAMILIES
from simulations.coverage.responders import not_rejected
from simulations.coverage.scenario import SIZES, Interval, Method, Scenario, Size
from simulations.coverage.verdict import margin

Row = dict[str, Any]
SCENARIOS = {one.key: one for family in FAMILIES.values() for one in family.scenarios}
LARGEST = {one.key: family.labels[-1] for family in FAMILIES.values() for one in family.scenarios}
REPEATED = [
    *((key, one.sizes[0]) for key, one in SCENARIOS.items() if key not in ("two_arms_exact", "jump_to_reference")),
    ("cox", SIZES[3]),
    ("negative_binomial", SIZES[2]),
]


def rows() -> list[tuple[Scenario, Method, Row]]:
    found: list[tuple[Scenario, Method, Row]] = []
    for family, made in FAMILIES.items():
        methods = {(one.key, method.key): (one, method) for one in made.scenarios for method in one.methods}
        found += [(*methods[row["scenario"], row["method"]], row) for row in results.read(family)]
    return found


def estimated(row: Row) -> int:
    return row["covered"] + row["too_low"] + row["too_high"]


def short(method: Method, row: Row) -> bool:
    """Independent of the pages: below 95 %, exactly where it is known, else by two standard errors."""
    if row["enumerated"] is not None:
        return row["enumerated"] < (0.95 if method.exact else 0.95 - 2 * math.sqrt(0.95 * 0.05 / estimated(row)))
    if row["confirming_replications"] is not None:
        return row["confirming_coverage"] < 0.95 - 2 * math.sqrt(0.95 * 0.05 / row["confirming_replications"])
    return estimated(row) > 0 and row["coverage"] < 0.95 - 2 * math.sqrt(0.95 * 0.05 / estimated(row))


def test_every_cell_has_its_results() -> None:
    wanted = {
        (scenario.key, method.key, size.label)
        for scenario in SCENARIOS.values()
        for method in scenario.methods
        for size in scenario.sizes
    }
    found = [(row["scenario"], row["method"], row["size"]) for _, _, row in rows()]
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_counts_add_up() -> None:
    for scenario, _, row in rows():
        sizes = {size.label: size for size in scenario.sizes}
        assert row["replications"] == scenario.replications(sizes[row["size"]])
        assert estimated(row) + row["not_estimable"] == row["replications"]
        assert row["coverage_of_all"] == pytest.approx(row["covered"] / row["replications"], abs=1e-6)
        if estimated(row):
            assert row["coverage"] == pytest.approx(row["covered"] / estimated(row), abs=1e-6)


@pytest.mark.parametrize(("key", "size"), REPEATED, ids=lambda one: one.label if isinstance(one, Size) else one)
def test_first_replications_again(key: str, size: Size) -> None:
    scenario = SCENARIOS[key]
    again = tallies(scenario, size, range(FIRST))
    committed = {row["method"]: row for one, _, row in rows() if one is scenario and row["size"] == size.label}
    for method in scenario.methods:
        row, tally = committed[method.key], again[method.key]
        for name in results.COUNTS:
            assert row[f"first_{FIRST}_{name}"] == getattr(tally, name), (method.key, name)


@pytest.mark.parametrize("size", SIZES[:3], ids=lambda size: size.label)
@pytest.mark.parametrize("key", ["proportion", "proportion_rare", "paired_states", "poisson_rate", "paired_scores"])
def test_enumeration_again(key: str, size: Size) -> None:
    scenario = SCENARIOS[key]
    assert scenario.enumerated is not None
    again = scenario.enumerated(size)
    for one, method, row in rows():
        if one is scenario and row["size"] == size.label:
            assert row["enumerated"] == pytest.approx(again[method.key], abs=1e-6)


def test_exact_difference_covers_where_its_tests_do_not_reject() -> None:
    """All limits found and looked at, or two tests at the truth: one coverage."""
    found = {row["size"]: row["enumerated"] for one, _, row in rows() if one.key == "two_arms_exact"}
    for size in SIZES[:2]:
        assert found[size.label] == pytest.approx(not_rejected(size), abs=1e-6)


def test_exact_limits_keep_their_promise() -> None:
    seen = 0
    for scenario, method, row in rows():
        if not method.exact:
            continue
        seen += 1
        if row["enumerated"] is not None:
            assert row["enumerated"] >= 0.95, (scenario.key, method.key, row["size"])
        else:
            assert row["coverage"] >= 0.95 - margin(estimated(row)), (scenario.key, method.key, row["size"])
    assert seen > 20


def test_approximate_limits_hold_in_large_trials() -> None:
    """Within two standard errors at the largest size, or else in nine times as many further trials."""
    for scenario, method, row in rows():
        if row["size"] != LARGEST[scenario.key] or method.exact or method.aside:
            continue
        if row["enumerated"] is not None:
            assert row["enumerated"] == pytest.approx(0.95, abs=0.01)
        elif abs(row["coverage"] - 0.95) > margin(estimated(row)):
            further = row["confirming_replications"]
            assert further == 9 * row["replications"]
            assert abs(row["confirming_coverage"] - 0.95) <= margin(further), (scenario.key, method.key)


def test_simulation_agrees_with_enumeration() -> None:
    """Two ways to one number: within four standard errors in every cell."""
    compared = [(row["coverage"], row["enumerated"], estimated(row)) for _, _, row in rows() if row["enumerated"]]
    assert len(compared) > 50
    for simulated, exact, count in compared:
        assert abs(simulated - exact) <= 4 * math.sqrt(exact * (1 - exact) / count) + 1e-9


def test_pages_are_current() -> None:
    stale = [path.name for path, text in pages.written().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, f"{stale}: run python -m simulations.coverage --pages"


def test_every_shortfall_is_on_its_estimators_page_and_on_the_table() -> None:
    table = (pages.DOCS / pages.PAGE).read_text(encoding="utf-8").split("## Every shortfall")[1]
    low = [(scenario, method, row) for scenario, method, row in rows() if short(method, row)]
    assert low
    for scenario, method, row in low:
        said = f"{method.title}, n = {row['size']}: "
        assert said in (pages.DOCS / scenario.page).read_text(encoding="utf-8"), said
        assert said in table, said


def test_one_interval_is_judged_by_its_side() -> None:
    assert judged(Interval(0.0, 1.0, 0.5)) == Tally(1, covered=1, width=1.0, truth=0.5)
    assert judged(Interval(0.0, 0.4, 0.5)).too_low == 1
    assert judged(Interval(0.6, 0.9, 0.5)).too_high == 1
    assert judged(Interval(0.6, math.inf, 0.5)) == Tally(1, too_high=1, open=1, truth=0.5)
    assert judged(None) == Tally(1, not_estimable=1)
    assert judged(Interval(math.nan, 1.0, 0.5)) == Tally(1, not_estimable=1)


def test_tallies_add() -> None:
    total = judged(Interval(0.0, 1.0, 0.5)) + judged(Interval(0.6, 0.9, 0.5)) + judged(None)
    assert (total.replications, total.estimated, total.coverage) == (3, 2, 0.5)
    assert total.coverage_of_all == pytest.approx(1 / 3)
    assert total.mean_width == pytest.approx(0.65)


def test_replications_have_seeds_of_their_own() -> None:
    from simulations.coverage.counting import generator

    scenario = SCENARIOS["cox"]
    drawn = [generator(scenario, SIZES[0], k).random(3).tolist() for k in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert generator(scenario, SIZES[1], 0).random() != generator(SCENARIOS["states"], SIZES[1], 0).random()


def test_results_are_rounded_and_complete() -> None:
    for family in FAMILIES:
        frame = pl.read_csv(results.FOLDER / f"{family}.csv", infer_schema_length=None)
        assert frame.select("scenario", "method", "size", "replications").null_count().sum_horizontal().item() == 0
        assert np.isfinite(frame["mean_width"].drop_nulls().to_numpy()).all()
