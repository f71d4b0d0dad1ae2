"""Contrasts of arms: of whom, with what unknown, and what limits must obey."""

from __future__ import annotations

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import ParameterError, UndefinedError, UnknownKeyError
from malar.responders import Proportion, ResponderContrast, miettinen_nurminen, newcombe
from malar.responders._score_kernel import score, under_odds_ratio
from tests.numbers import assert_close

RESPONSE = Proportion(denominator="randomized", unknown="nonresponder", by="arm")
SPEC = ResponderContrast(response=RESPONSE, control="placebo")


def trial(x1, n1, x2, n2, unknown1=0, unknown2=0):
    outcome = [True] * x1 + [None] * unknown1 + [False] * (n1 - x1 - unknown1)
    outcome += [True] * x2 + [None] * unknown2 + [False] * (n2 - x2 - unknown2)
    return pl.DataFrame({"arm": ["cells"] * n1 + ["placebo"] * n2, "outcome": outcome, "randomized": True})


DENG = trial(9, 12, 5, 6)

COUNTS = st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
    lambda n: st.tuples(st.integers(0, n[0]), st.just(n[0]), st.integers(0, n[1]), st.just(n[1]))
)


def test_published_deng_2017_remission_and_complete_remission():
    """Ann Rheum Dis 2017;76:1436-9 gives the counts; the interval -40 to +34 points is Newcombe's."""
    found = SPEC.fit(DENG).of("difference_newcombe")
    assert_close([found.estimate, found.lower, found.upper], [-0.0833, -0.3970, 0.3450], "printed_3")
    whole = SPEC.fit(trial(5, 12, 3, 6)).of("difference_newcombe")
    assert_close([whole.estimate, whole.lower, whole.upper], [-0.083, -0.467, 0.326], "printed_3")


@pytest.mark.parametrize(
    ("counts", "options", "limits"),
    [
        ((0, 16, 15, 72), {}, (-0.3164, -0.0056)),
        ((7, 34, 1, 34), {"factor": False}, (0.0284, 0.3439)),  # Mee
        ((7, 34, 1, 34), {"measure": "ratio"}, (1.2086, 43.0330)),
        ((7, 34, 1, 34), {"measure": "ratio", "factor": False}, (1.2209, 42.5757)),  # Koopman
        ((9, 13, 4, 14), {"measure": "odds_ratio"}, (1.0934, 28.9419)),
        ((1, 11, 0, 2), {"measure": "odds_ratio"}, (0.0313, math.inf)),
    ],
)
def test_published_fagerland_lydersen_laake_2017(counts, options, limits):
    """Statistical Analysis of Contingency Tables, chapter 4, as its authors' R package contingencytables prints it."""
    assert_close(miettinen_nurminen(*counts, **options), limits, "printed_4")


def test_published_newcombe_1998_perondi():
    """7 of 34 against 1 of 34 in the same book."""
    assert_close(newcombe(7, 34, 1, 34), (0.0189, 0.3404), "printed_4")


def test_published_newcombe_1998_table_ii():
    """Stat Med 1998;17:873-90, Table II, contrasts (a) to (h) by method 10."""
    published = {
        (56, 70, 48, 80): (0.0524, 0.3339),
        (9, 10, 3, 10): (0.1705, 0.8090),
        (6, 7, 2, 7): (0.0582, 0.8062),
        (5, 56, 0, 29): (-0.0381, 0.1926),
        (0, 10, 0, 20): (-0.1611, 0.2775),
        (0, 10, 0, 10): (-0.2775, 0.2775),
        (10, 10, 0, 20): (0.6791, 1.0000),
        (10, 10, 0, 10): (0.6075, 1.0000),
    }
    for counts, limits in published.items():
        assert_close(newcombe(*counts), limits, "printed_4", f"{counts}")


@settings(deadline=None)
@given(COUNTS, st.sampled_from(["difference", "ratio", "odds_ratio"]))
def test_limits_enclose_the_estimate_and_turn_with_the_arms(counts, measure):
    x1, n1, x2, n2 = counts
    low, high = miettinen_nurminen(*counts, measure=measure)
    back_low, back_high = miettinen_nurminen(x2, n2, x1, n1, measure=measure)
    if measure == "difference":
        assert -1 <= low <= x1 / n1 - x2 / n2 + 1e-12
        assert x1 / n1 - x2 / n2 - 1e-12 <= high <= 1
        assert_close([low, high], [-back_high, -back_low], "oracle")
    else:
        assert 0 <= low < high
        turned = [1 / value if value else math.inf for value in (back_high, back_low)]
        assert_close([low, high], turned, "oracle")


@settings(deadline=None)
@given(COUNTS)
def test_wider_at_a_higher_level(counts):
    narrow, wide = (miettinen_nurminen(*counts, level=level) for level in (0.8, 0.99))
    assert wide[0] <= narrow[0] + 1e-9
    assert narrow[1] <= wide[1] + 1e-9


def test_the_test_belongs_to_the_limits():
    for counts in ((9, 10, 3, 10), (7, 10, 2, 10), (43, 88, 31, 90)):
        found = SPEC.fit(trial(*counts))
        assert (found.of("score_test").p < 0.05) == (found.of("difference").lower > 0)


def test_bounds_enclose_both_completions_and_give_no_estimate():
    spec = ResponderContrast(
        response=Proportion(denominator="randomized", unknown="bounds", by="arm"), control="placebo"
    )
    found = spec.fit(trial(4, 12, 2, 8, unknown1=3, unknown2=1)).of("difference")
    assert found.estimate is None
    assert found.lower == miettinen_nurminen(4, 12, 3, 8)[0]
    assert found.upper == miettinen_nurminen(7, 12, 2, 8)[1]
    with pytest.raises(UnknownKeyError):
        spec.fit(trial(4, 12, 2, 8, unknown1=3)).of("score_test")


def test_order_of_rows_does_not_matter_and_the_table_names_both_arms():
    table = SPEC.fit(DENG).table(definition="remission", population="randomized")
    assert table.equals(SPEC.fit(DENG.reverse()).table(definition="remission", population="randomized"))
    contrast = table.filter(pl.col("term") == "difference")
    assert set(contrast["comparator"]) == {"placebo"}
    assert set(table["denominator"]) == {"randomized"}
    assert table.filter(term="proportion", statistic="events", group="cells")["value"].item() == 9


def test_an_open_limit_is_null_in_the_table_with_its_reason():
    table = SPEC.fit(trial(3, 10, 0, 10)).table().filter(term="ratio", statistic="upper")
    assert table["value"].item() is None
    assert "no such limit" in table["note"].item()


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ParameterError, match="no column"):
        ResponderContrast(response=Proportion(denominator="treated", unknown="excluded"), control="x")
    with pytest.raises(UndefinedError, match="control"):
        ResponderContrast(response=RESPONSE, control="nobody").fit(DENG)
    with pytest.raises(ParameterError):
        ResponderContrast(response=RESPONSE, control="placebo", measures=("hazard",))
    with pytest.raises(ParameterError):
        miettinen_nurminen(3, 2, 1, 2)


@pytest.mark.parametrize(("x1", "n1", "x2", "n2", "odds"), [(30, 60, 20, 80, 2.0), (70, 200, 150, 180, 0.3)])
def test_what_is_taken_off_the_score_of_the_odds_ratio_is_its_mean_given_the_total(x1, n1, x2, n2, odds):
    from scipy.stats import nchypergeom_fisher

    p1, p2 = under_odds_ratio(x1, n1, x2, n2, odds)
    v1, v2 = n1 * p1 * (1 - p1), n2 * p2 * (1 - p2)
    with_bias, without = (
        score("odds_ratio", x1, n1, x2, n2, odds, factor=False, unbiased=unbiased) for unbiased in (False, True)
    )
    taken_off = (with_bias - without) * (v1 * v2 / (v1 + v2)) ** 0.5
    exact = nchypergeom_fisher.mean(n1 + n2, n1, x1 + x2, odds) - n1 * p1
    assert float(taken_off) == pytest.approx(float(exact), abs=0.02 * abs(float(exact)) + 1e-3)
