"""Before and after in the same patients: states and scores."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from scipy.stats import binom

from malar.responders import PairedResponse, SignedRank
from simulations.coverage.counting import judged
from simulations.coverage.scenario import SIZES, Intervals, Method, Scenario, Size, given, interval, log_interval

GAINED: Final = 0.30
LOST: Final = 0.10
FALL: Final = -4.0
NEGLIGIBLE: Final = 1e-9


@cache
def _limits(gained: int, lost: int, n: int) -> Intervals:
    same = n - gained - lost
    frame = pl.DataFrame(
        {
            "before": [False] * gained + [True] * lost + [True] * same,
            "after": [True] * gained + [False] * lost + [True] * same,
        }
    )
    result = PairedResponse(before="before", after="after", unknown="refused").fit(frame)
    ratio, difference = result.of("odds_ratio"), result.of("difference")
    return given(
        [
            ("odds_ratio", log_interval(ratio.lower, ratio.upper, GAINED / LOST)),
            ("difference", interval(difference.lower, difference.upper, GAINED - LOST)),
        ]
    )


def states(rng: np.random.Generator, size: Size) -> Intervals:
    """Gained over lost, which rests on those who changed only, and the difference of the proportions."""
    gained, lost, _ = rng.multinomial(size.n, [GAINED, LOST, 1.0 - GAINED - LOST])
    return _limits(int(gained), int(lost), size.n)


def enumerate_states(size: Size) -> Mapping[str, float]:
    """Coverage over all numbers who gained and who lost."""
    total = {"odds_ratio": 0.0, "difference": 0.0}
    for changed in range(size.n + 1):
        outer = float(binom.pmf(changed, size.n, GAINED + LOST))
        inner = binom.pmf(np.arange(changed + 1), changed, GAINED / (GAINED + LOST))
        for gained in np.flatnonzero(outer * inner > NEGLIGIBLE):
            made = _limits(int(gained), changed - int(gained), size.n)
            for key in total:
                total[key] += outer * float(inner[gained]) * judged(made[key]).covered
    return total


def scores(rng: np.random.Generator, size: Size) -> Intervals:
    """Median change by order statistics of pairwise averages."""
    before = rng.normal(12.0, 4.0, size.n)
    frame = pl.DataFrame({"before": before, "after": before + rng.normal(FALL, 4.0, size.n)})
    one = SignedRank(before="before", after="after", unknown="refused").fit(frame).of("change")
    return given([("change", interval(one.lower, one.upper, FALL))])


def attained(size: Size) -> Mapping[str, float]:
    """The level the limits attain, the same for every continuous symmetric change: from all signs of the ranks.

    The limits are the order statistics k and M + 1 - k of the M averages, k the largest number with a probability
    of at most 0.025 of fewer than k positive rank sums; the distribution is built up rank by rank.
    """
    ways = np.ones(1)
    for rank in range(1, size.n + 1):
        longer = np.zeros(ways.size + rank)
        longer[: ways.size] += ways / 2
        longer[rank:] += ways / 2
        ways = longer
    below = np.cumsum(ways)
    k = int(np.searchsorted(below, 0.025, side="right"))
    return {"change": float(1.0 - 2.0 * below[k - 1]) if k else 1.0}


SCENARIOS: Final = (
    Scenario(
        key="paired_states",
        model="30 % of the patients gain the state and 10 % lose it. Truths: the logarithm of 3, and 0.20.",
        page="responders.md",
        methods=(
            Method(key="odds_ratio", title="gained over lost, exact (McNemar)", exact=True),
            Method(key="difference", title="difference before and after (Tango)"),
        ),
        trial=states,
        enumerated=enumerate_states,
    ),
    Scenario(
        key="paired_scores",
        model="A score falls by 4 points on average, SD 4, normal. Truth: the median change.",
        page="responders.md",
        methods=(Method(key="change", title="median change, exact (Hodges–Lehmann)", exact=True),),
        trial=scores,
        fewer={SIZES[3]: 100},
        left_out="At n = 1,000 the exact distribution takes a second: 100 replications, beside the level known "
        "without chance.",
        enumerated=attained,
    ),
)
