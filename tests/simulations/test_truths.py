"""The truths that the coverage is judged by, found in a second way."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.special import expit
from scipy.stats import norm

from simulations.coverage import (
    adjusted,
    competing,
    counts,
    late_and_weighted,
    paired,
    panel,
    states,
    strategies,
    survival,
)
from simulations.coverage.scenario import NUMBERS, SIZES, Size


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
    for rate, truth in zip((competing.RELAPSE, competing.DEATH), competing.TRUTHS, strict=True):
        found, _ = quad(lambda t, rate=rate: rate * math.exp(-competing.BOTH * t), 0.0, survival.YEAR)
        assert truth == pytest.approx(found)
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
    assert [size.label for size in NUMBERS] == ["5", "10", "20", "100"]


def test_strategies_by_quadrature_over_the_day_of_treatment() -> None:
    """The event-free by a day: treated on a day before it, or not yet, or at the end of the grace period at once."""

    def free(day: float, sick: bool) -> float:
        starts, rate = strategies.STARTS[sick], strategies.RELAPSES[sick]
        eased, last = strategies.RATIO * rate, min(day, strategies.GRACE)
        treated, _ = quad(lambda s: starts * math.exp(-(starts + rate) * s - eased * (day - s)), 0.0, last)
        return treated + math.exp(-(starts + rate) * last - eased * (day - last))

    told = strategies.TRUTHS
    shares = strategies.NEPHRITIS.items()
    assert told["treated"] == pytest.approx(sum(share * free(survival.YEAR, sick) for sick, share in shares))
    assert told["control"] == pytest.approx(0.6 * 0.60 + 0.4 * 0.35)
    curve = [
        quad(lambda t, sick=sick: free(t, sick), 0.0, survival.YEAR, points=[strategies.GRACE])[0] for sick, _ in shares
    ]
    untreated = [(1 - math.exp(-rate * survival.YEAR)) / rate for rate in strategies.RELAPSES.values()]
    apart = sum(share * (a - b) for (_, share), a, b in zip(shares, curve, untreated, strict=True))
    assert told["days"] == pytest.approx(apart)


def test_panel_truths_by_differential_equations() -> None:
    for intensities in (panel.TREATED, panel.UNTREATED, panel.DEADLY):
        solved = solve_ivp(
            lambda _, y, q=intensities: np.concatenate([y[:3] @ q, y[:3]]),
            (0.0, survival.YEAR),
            [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            rtol=1e-10,
            atol=1e-10,
        ).y[:, -1]
        assert panel.shares(intensities, survival.YEAR) == pytest.approx(solved[:3], abs=1e-7)
        assert panel.days_in(intensities, survival.YEAR) == pytest.approx(solved[3:], abs=1e-5)


def test_panel_shows_states_as_often_as_they_should() -> None:
    """At the second visit, of those not lost and not dead, and deaths by then of all; standard error 0.004."""
    n = 20_000
    frame = panel.seen(np.random.default_rng(5), np.broadcast_to(panel.DEADLY, (n, 3, 3)))
    there = frame.filter(pl.col("time").is_between(84, 98), pl.col("state") != "dead")
    share = panel.shares(panel.DEADLY, panel.BETWEEN)
    remission = there.filter(state="remission").height / there.height
    assert remission == pytest.approx(share[1] / (share[0] + share[1]), abs=0.012)
    early = frame.filter(pl.col("state") == "dead", pl.col("time") <= panel.BETWEEN - panel.EARLIER).height / n
    assert early == pytest.approx(panel.shares(panel.DEADLY, panel.BETWEEN - panel.EARLIER)[2], abs=0.004)


def test_weighted_truths_by_simulation() -> None:
    """All patients, not the sample; standard error 0.0005."""
    rng, m = np.random.default_rng(6), 1_000_000
    nephritis = rng.random(m) < 0.2
    free = rng.random(m) < np.where(nephritis, 0.35, 0.60)
    assert pytest.approx(free.mean(), abs=0.0025) == late_and_weighted.FREE_IN_ALL
    relapse = rng.exponential(1.0 / np.where(nephritis, 2.0 * competing.RELAPSE, competing.RELAPSE))
    death = rng.exponential(1.0 / competing.DEATH, m)
    relapsed = (relapse <= death) & (relapse <= survival.YEAR)
    died = (death < relapse) & (death <= survival.YEAR)
    assert pytest.approx(relapsed.mean(), abs=0.0025) == late_and_weighted.RELAPSED_IN_ALL
    assert pytest.approx(died.mean(), abs=0.0025) == late_and_weighted.DEAD_IN_ALL


def test_weights_stand_for_all_patients() -> None:
    sample = late_and_weighted.sampled(np.random.default_rng(7), Size(100_000, 100_000))
    assert sample["weight"].mean() == pytest.approx(1.0, abs=0.006)
    assert sample["weight"][sample["nephritis"]].sum() / 200_000 == pytest.approx(0.2, abs=0.002)
