"""The one table of results, and the exact limits of a proportion against other software."""

from __future__ import annotations

import pytest

from malar.errors import MissingColumnsError, ParameterError
from malar.responders import clopper_pearson
from malar.results import COLUMNS, results_table, rows_of_estimates
from tests.numbers import assert_close
from tests.oracles.reader import read_case


def test_rows_become_the_columns_of_the_plan() -> None:
    table = results_table([{"analysis": "x", "statistic": "estimate", "value": 1}])
    assert table.columns == list(COLUMNS)
    assert table["value"].to_list() == [1.0]


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"statistic": "guess"}, ParameterError),
        ({"statistic": "n", "denominator": "everyone"}, ParameterError),
        ({"statistic": "n", "mood": 1}, MissingColumnsError),
    ],
)
def test_what_the_table_does_not_know_is_refused(row: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        results_table([row])


def test_exact_limits_equal_those_of_r() -> None:
    """R 4.2.2, in the shared case `binary_endpoints`: every proportion at three levels."""
    cases = [one for levels in read_case("binary_endpoints").expected["one_sample"] for one in levels.values()]
    assert len(cases) > 5
    for one in cases:
        made = clopper_pearson(one["x"], one["n"], level=one["level"])
        assert_close(list(made), one["clopper_pearson"], what=f"{one['x']} of {one['n']}")


@pytest.mark.parametrize(("events", "n"), [(-1, 5), (6, 5), (0, 0)])
def test_counts_that_cannot_be_are_refused(events: int, n: int) -> None:
    with pytest.raises(ParameterError):
        clopper_pearson(events, n)


def test_zero_of_fifteen_still_allows_22_percent() -> None:
    assert_close(clopper_pearson(0, 15)[1], 0.218, tolerance="printed_3")


def test_rows_of_estimates_have_one_number_each():
    found = [{"cause": "flare", "until": 90.0, "days": 12.5, "lower": None, "at_risk": 4}]
    rows = rows_of_estimates(found, "days", ("lower", "at_risk"), level=0.9, unit="days", time="until", term="cause")
    assert [(row["statistic"], row["value"], row["level"], row["unit"]) for row in rows] == [
        ("estimate", 12.5, None, "days"),
        ("lower", None, 0.9, "days"),
        ("at_risk", 4, None, "count"),
    ]
    assert {(row["time"], row["term"]) for row in rows} == {(90.0, "flare")}
