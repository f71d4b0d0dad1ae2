"""The same patients under the denominators that were published for them."""

from __future__ import annotations

import polars as pl
import pytest

from malar.responders import Proportion
from tests.numbers import assert_close


def rate(frame: pl.DataFrame, denominator: str, outcome: str = "outcome") -> tuple[int, int, float]:
    (made,) = Proportion(denominator=denominator, unknown="nonresponder", outcome=outcome).fit(frame).groups
    assert made.estimate is not None
    return made.events, made.n, made.estimate


def cohort(n: int, **columns: tuple[int, int]) -> pl.DataFrame:
    """Subjects in order; each column is true from one of them up to but not including another."""
    marks = {name: [first <= i < last for i in range(n)] for name, (first, last) in columns.items()}
    return pl.DataFrame({"subject": [f"{i}" for i in range(n)], "enrolled": [True] * n, **marks})


def test_nanjing_remission_is_34_percent_of_the_enrolled_and_41_percent_of_survivors() -> None:
    """Wang 2018 (28/81; the paper prints 34 %) and its EULAR 2017 abstract (28/68)."""
    five_years = cohort(81, alive=(0, 68), outcome=(0, 28))
    enrolled, survivors = rate(five_years, "enrolled"), rate(five_years, "alive")
    assert enrolled[:2] == (28, 81)
    assert survivors[:2] == (28, 68)
    assert_close([enrolled[2], survivors[2]], [0.346, 0.412], "printed_3")


def test_wang_2014_counts_relapse_among_those_who_had_responded() -> None:
    """Wang 2014: relapse 3 at 9 months (12.5 %) and 4 at 12 (16.7 %) of the 24 responders of 40."""
    forty = cohort(40, ever_responders=(0, 24), at_9=(0, 3), at_12=(3, 7))
    assert rate(forty, "ever_responders", "at_9") == (3, 24, 0.125)
    assert_close(rate(forty, "ever_responders", "at_12")[2], 0.167, "printed_3")
    assert_close(rate(forty, "enrolled", "ever_responders")[2], 0.600, "printed_3")


def test_wang_2013_counts_remission_and_relapse_among_those_followed() -> None:
    """Wang 2013: complete remission 23/83 at a year (28 %), relapse 10/83 (12 %), overall 20/87 (23 %)."""
    cohort_of_87 = cohort(87, followed=(0, 83), remission=(0, 23), relapse=(0, 10), ever=(0, 20))
    assert_close(rate(cohort_of_87, "followed", "remission")[2], 0.28, "printed_2")
    assert_close(rate(cohort_of_87, "followed", "relapse")[2], 0.12, "printed_2")
    assert_close(rate(cohort_of_87, "enrolled", "ever")[2], 0.23, "printed_2")
    later = {2: (39, 12, 0.31), 3: (12, 5, 0.42), 4: (6, 3, 0.50)}
    for n, events, printed in later.values():
        made = rate(cohort(87, followed=(0, n), remission=(0, events)), "followed", "remission")
        assert_close(made[2], printed, "printed_2")


@pytest.mark.parametrize(("denominator", "n", "printed"), [("ever_responders", 49, 0.22), ("enrolled", 81, 0.14)])
def test_twelve_things_no_9_denominators_of_relapse_differ_inside_one_research_group(
    denominator: str, n: int, printed: float
) -> None:
    """Gu 2014: flare 11/49 of those in remission (22.4 %) in the paper, 11/81 of all (14 %) in its ACR abstract."""
    nephritis = cohort(81, ever_responders=(0, 49), outcome=(0, 11))
    events, of, made = rate(nephritis, denominator)
    assert (events, of) == (11, n)
    assert_close(made, printed, "printed_2")
