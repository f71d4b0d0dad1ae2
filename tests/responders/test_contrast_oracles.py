"""Contrasts of two proportions against R 4.2.2 (own roots at 1e-14, ratesci 1.0.0, glm with Rao's test)."""

from __future__ import annotations

import pytest

from malar.responders import jeffreys, mid_p, miettinen_nurminen, newcombe
from malar.responders._score_kernel import score
from tests.numbers import assert_close
from tests.oracles.reader import read_case


def two_sample():
    cases = read_case("binary_endpoints").expected["two_sample"]
    return [(one, (one["x1"], one["n1"], one["x2"], one["n2"])) for levels in cases for one in levels.values()]


def open_as_infinite(limits):
    return [limits[0], float("inf") if limits[1] is None else limits[1]]


@pytest.mark.parametrize("oracle", ["binary_endpoints"])
def test_limits_of_the_difference(oracle):
    for one, counts in two_sample():
        level = one["level"]
        assert_close(miettinen_nurminen(*counts, level=level), one["miettinen_nurminen"], what=f"MN {counts}")
        assert_close(miettinen_nurminen(*counts, level=level, factor=False), one["mee"], what=f"Mee {counts}")
        assert_close(newcombe(*counts, level=level), one["newcombe"], what=f"Newcombe {counts}")


@pytest.mark.parametrize("oracle", ["binary_endpoints"])
def test_limits_of_the_ratio(oracle):
    for one, counts in two_sample():
        ours = miettinen_nurminen(*counts, level=one["level"], measure="ratio")
        assert_close(ours, open_as_infinite(one["rr_score_koopman_mn"]), what=f"ratio {counts}")


@pytest.mark.parametrize("oracle", ["binary_endpoints"])
def test_limits_of_the_odds_ratio_with_the_score_freed_of_bias(oracle):
    for one, counts in two_sample():
        ours = miettinen_nurminen(*counts, level=one["level"], measure="odds_ratio", unbiased=True)
        assert_close(ours, open_as_infinite(one["or_score_mn"]), what=f"odds ratio {counts}")


@pytest.mark.parametrize("oracle", ["binary_endpoints"])
def test_score_statistics(oracle):
    for one, counts in two_sample():
        for name, delta in (("fm_test_d0", 0.0), ("fm_test_margin_neg10", -0.1)):
            for key, factor in (("z_mn", True), ("z_fm", False)):
                if one[name][key] is not None:
                    assert_close(score("difference", *counts, delta, factor=factor), one[name][key], what=name)


@pytest.mark.parametrize("oracle", ["score_odds_ratio"])
def test_limits_of_the_odds_ratio(oracle):
    case = read_case(oracle)
    for counts, r in zip(case.frame.iter_rows(), case.expected, strict=True):
        ours = miettinen_nurminen(*counts, measure="odds_ratio")
        assert_close(ours, open_as_infinite([r["lower"], r["upper"]]), what=f"odds ratio {counts}")


@pytest.mark.parametrize("oracle", ["binary_endpoints"])
def test_limits_of_one_proportion(oracle):
    for levels in read_case(oracle).expected["one_sample"]:
        for one in levels.values():
            for method in (jeffreys, mid_p):
                ours = method(one["x"], one["n"], level=one["level"])
                assert_close(ours, one[method.__name__], what=f"{method.__name__} {one['x']}/{one['n']}")
