"""The truths that the coverage is judged by, found in a second way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from simulations.coverage import adjusted, competing, counts, paired, states, survival
from simulations.coverage.scenario import SIZES, Size


def test_adjusted_proportions_by_quadrature() -> None:
    for arm, told in zip((1, 0), adjusted.MARGINAL, strict=True):
        found, _ = quad(
            lambda x, arm=arm: (
                norm.pdf(x, scale=adjusted.SD)
                * expit(adjusted.START + adjusted.LOG_ODDS * arm + adjusted.PER_POINT * x)
            ),
            -60.0,
            60.0,
        )
        assert told == pytest.approx(found, abs=1e-9)


def test_wins_by_simulation() -> None:
    """Standard error 0.0005."""
    rng = np.random.default_rng(4)
    m = 1_000_000
    first = rng.exponential(1 / adjusted.DEATHS["cells"], m)
    second = rng.exponential(1 / adjusted.DEATHS["control"], m)
    decided = np.minimum(first, second) < 1.0
    better = rng.normal(8.0 - adjusted.BETTER, 4.0, m) < rng.normal(8.0, 4.0, m)
    won = np.where(decided, first > second, better).mean()
    assert adjusted.win_probabilities()[0] == pytest.approx(won, abs=0.0025)
    assert sum(adjusted.win_probabilities()) == pytest.approx(1.0)


def test_incidences_and_days_lost_by_quadrature() -> None:
    for rate in (competing.RELAPSE, competing.DEATH):
        found, _ = quad(lambda t, rate=rate: rate * math.exp(-competing.BOTH * t), 0.0, survival.YEAR)
        assert competing._incidence(rate) == pytest.approx(found)  # pyright: ignore[reportPrivateUsage]
    lost, _ = quad(
        lambda t: competing.RELAPSE / competing.BOTH * (1 - math.exp(-competing.BOTH * t)), 0.0, survival.YEAR
    )
    assert competing._lost(competing.RELAPSE) == pytest.approx(lost)  # pyright: ignore[reportPrivateUsage]


def test_restricted_mean_by_quadrature() -> None:
    found, _ = quad(lambda t: math.exp(-survival.RATE * t), 0.0, survival.YEAR)
    assert survival.mean_until(survival.RATE, survival.YEAR) == pytest.approx(found)


def test_histories_visit_states_as_often_as_they_should() -> None:
    """Among those still followed at the fourth visit, of whom the dead stay; standard error 0.003."""
    frame = states.histories(np.random.default_rng(5), Size(20_000, 20_000))
    day = 4 * states.BETWEEN
    there = frame.filter(start=day)
    alive = there.filter(state="remission").height / there.filter(state=("active")).height
    share = states.SHARES[4]
    assert there.filter(state="remission").height + there.filter(state="active").height > 20_000
    assert alive == pytest.approx(share[1] / share[0], rel=0.03)


def test_exact_level_of_the_median_change_by_every_sign() -> None:
    """With ten pairs: all 1,024 patterns of signs."""
    n, ranks = 10, np.arange(1, 11)
    sums = [int(ranks[[bool(code >> i & 1) for i in range(n)]].sum()) for code in range(2**n)]
    below = np.array([np.mean(np.array(sums) <= s) for s in range(56)])
    k = int((below <= 0.025).sum())
    assert paired.attained(Size(5, 5))["change"] == pytest.approx(1 - 2 * below[k - 1])


def test_mean_number_of_flares_by_quadrature() -> None:
    found, _ = quad(lambda t: counts.RATES["control"] * math.exp(-counts.DEATH * t), 0.0, 1.0)
    assert found == pytest.approx(counts.RATES["control"] * -math.expm1(-counts.DEATH) / counts.DEATH)
    assert found == pytest.approx(1.142, abs=0.0005)


def test_sizes_are_the_tables_columns() -> None:
    assert [(size.label, size.n) for size in SIZES] == [("12+6", 18), ("40", 40), ("200", 200), ("1000", 1_000)]
    assert SIZES[0].treated.sum() == 12
