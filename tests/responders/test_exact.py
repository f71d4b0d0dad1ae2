"""Exact tests of two arms: against R and SciPy, by enumeration, and what small arms can attain."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest
from scipy.stats import barnard_exact, boschloo_exact

from malar.errors import ParameterError
from malar.responders import ExactContrast, Proportion
from malar.responders import _exact_kernel as kernel
from tests.numbers import assert_close
from tests.oracles.reader import read_case
from tests.responders.test_contrast import DENG, trial

RESPONSE = Proportion(denominator="randomized", unknown="nonresponder", by="arm")
TABLES = [(9, 12, 5, 6), (5, 12, 3, 6), (7, 10, 2, 10), (3, 3, 0, 3), (1, 15, 14, 15), (12, 20, 4, 18)]


@pytest.mark.parametrize("oracle", ["binary_endpoints"])
def test_fisher(oracle):
    for levels in read_case(oracle).expected["two_sample"]:
        one = levels["l95"]
        counts = (one["x1"], one["n1"], one["x2"], one["n2"])
        assert_close(kernel.fisher(*counts)[0], one["fisher"]["p"], what=f"Fisher {counts}")


@pytest.mark.parametrize("counts", TABLES)
def test_barnard_equals_scipy(counts):
    x1, n1, x2, n2 = counts
    table = [[x1, x2], [n1 - x1, n2 - x2]]
    assert_close(kernel.barnard(*counts), barnard_exact(table, n=256).pvalue, "derivative")


@pytest.mark.parametrize("counts", [c for c in TABLES if c[1] == c[3]])
def test_boschloo_equals_scipy_in_equal_arms(counts):
    """SciPy doubles the one-sided p; in equal arms that is the two-sided p of the tables ordered by Fisher's."""
    x1, n1, x2, n2 = counts
    table = [[x1, x2], [n1 - x1, n2 - x2]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert_close(kernel.boschloo(*counts), boschloo_exact(table, n=256).pvalue, "derivative")


def test_published_mehta_senchaudhuri_2003():
    """7 of 15 against 12 of 15: Barnard's one-sided p is 0.0341, in equal arms half the two-sided one."""
    assert_close(kernel.barnard(7, 15, 12, 15) / 2, 0.0341, "printed_4")


def test_mid_p_of_the_lady_tasting_tea_by_hand():
    """3 of 4 against 1 of 4: tables 1, 16, 36, 16, 1 of 70; the two extreme ones, and half of both sixteens."""
    assert_close(kernel.fisher(3, 4, 1, 4), [34 / 70, 18 / 70], "rounding")


@pytest.mark.parametrize(
    ("counts", "limits"),
    [
        ((6, 13, 2, 7), (-0.3108, 0.5787)),  # StatXact 11
        ((13, 13, 0, 7), (0.5904, 1.0)),  # StatXact 11 and SAS 9.4
        ((24, 61, 10, 35), (-0.0992, 0.2949)),  # SAS 9.4, StatXact 11
        ((9, 11, 4, 12), (0.0616, 0.7968)),  # SAS 9.4
    ],
)
def test_limits_of_statxact_and_sas(counts, limits):
    """Two one-sided exact score tests, as printed in the validation of R exact2x2 (Fay and Hunsberger)."""
    assert_close(kernel.difference_limits(*counts, 0.95), limits, "printed_4")


def test_p_of_statxact_and_sas():
    """Barnard's two-sided p (SAS 9.4; StatXact 11), and Boschloo's of tables ordered by Fisher's (StatXact 11)."""
    assert_close(kernel.barnard(24, 61, 10, 35), 0.4063, "printed_4")
    assert_close(kernel.barnard(9, 11, 4, 12), 0.0215, "printed_4")
    assert_close(kernel.barnard(6, 13, 2, 7), 0.5374, "printed_4")
    assert_close(kernel.barnard(13, 13, 0, 7) * 1e6, 2.44, "printed_2")
    assert_close(kernel.boschloo(24, 61, 10, 35), 0.3381, "printed_4")


def test_mid_p_of_the_book():
    """0 of 16 against 15 of 72 (Fagerland, Lydersen and Laake 2017, chapter 4): exact 0.06287, mid-P 0.04466."""
    exact, mid = kernel.fisher(0, 16, 15, 72)
    assert_close([10 * exact, 10 * mid], [0.6287, 0.4466], "printed_4")


def test_boschloo_is_never_above_fisher_and_holds_its_level():
    n1, n2 = 12, 6
    fisher = kernel.fisher_all(n1, n2)
    boschloo = np.array([[kernel.boschloo(i, n1, j, n2) for j in range(n2 + 1)] for i in range(n1 + 1)])
    assert (boschloo <= fisher + 1e-12).all()
    for common in (0.1, 0.3, 0.5, 0.8):
        first, second = (kernel.probabilities(n, np.array([common]))[0] for n in (n1, n2))
        assert np.outer(first, second)[boschloo <= 0.05].sum() <= 0.05 + 1e-9


def test_exact_limits_cover_at_every_pair_of_proportions():
    n1, n2 = 5, 4
    limits = {(i, j): kernel.difference_limits(i, n1, j, n2, 0.9) for i in range(n1 + 1) for j in range(n2 + 1)}
    for p1 in np.linspace(0, 1, 12):
        for p2 in np.linspace(0, 1, 12):
            mass = np.outer(kernel.probabilities(n1, np.array([p1]))[0], kernel.probabilities(n2, np.array([p2]))[0])
            covers = sum(mass[i, j] for (i, j), (low, high) in limits.items() if low - 1e-7 <= p1 - p2 <= high + 1e-7)
            assert covers >= 0.9 - 1e-6


def test_deng_2017_by_every_test():
    result = ExactContrast(response=RESPONSE, control="placebo").fit(DENG)
    assert_close(result.of("fisher").p, 1.0)
    assert result.of("smallest_p").p < 0.001
    found = result.of("difference")
    assert found.lower < -0.39
    assert found.upper > 0.34


@pytest.mark.parametrize(("n1", "n2", "smallest"), [(3, 3, 0.1), (4, 2, 1 / 15), (2, 2, 1 / 3)])
def test_what_arms_of_these_sizes_can_attain(n1, n2, smallest):
    result = ExactContrast(response=RESPONSE, control="placebo", limits=False).fit(trial(n1, n1, 0, n2))
    assert_close(result.of("smallest_p").p, smallest)


def test_bounds_and_large_arms_are_refused():
    with pytest.raises(ParameterError, match="decided"):
        ExactContrast(response=Proportion(denominator="randomized", unknown="bounds", by="arm"), control="placebo")
    frame = trial(20, 300, 10, 50)
    with pytest.raises(ParameterError, match="subjects"):
        ExactContrast(response=RESPONSE, control="placebo").fit(frame)
    only = ExactContrast(response=RESPONSE, control="placebo", tests=("fisher",), limits=False).fit(frame)
    assert 0 < only.of("fisher").p < 1


def test_frame_order_does_not_matter():
    spec = ExactContrast(response=RESPONSE, control="placebo")
    assert spec.fit(DENG).table().equals(spec.fit(DENG.sample(fraction=1, shuffle=True, seed=1)).table())
    assert isinstance(spec.fit(DENG).table(), pl.DataFrame)
