"""Adjusted p against R 4.2.2, published critical values, and closed testing."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import ParameterError
from malar.multiplicity import METHODS, Graph, dunnett, fixed_sequence, hochberg, holm
from tests.numbers import assert_close
from tests.oracles.reader import read_case

P = st.lists(st.floats(0, 1), min_size=1, max_size=5)


@pytest.mark.parametrize("oracle", ["multiplicity"])
def test_stepwise(oracle):
    for r in read_case(oracle).expected["stepwise"]:
        assert_close(holm(r["p"]), r["holm"], what="Holm")
        assert_close(hochberg(r["p"]), r["hochberg"], what="Hochberg")


@pytest.mark.parametrize("oracle", ["multiplicity"])
def test_dunnett(oracle):
    for r in read_case(oracle).expected["dunnett"]:
        df = math.inf if r["df"] in (None, "Inf") else r["df"]
        for side in ("two_sided", "one_sided"):
            ours = dunnett(r["t"], r["n"], r["n0"], df=df, two_sided=side == "two_sided")
            assert_close(ours, r[side], "derivative", what=side)


@pytest.mark.parametrize(
    ("arms", "df", "critical"),
    [(2, 10, 2.57), (3, 10, 2.76), (2, 20, 2.38), (2, math.inf, 2.21), (3, math.inf, 2.35), (4, math.inf, 2.44)],
)
def test_published_dunnett_1964_two_sided_5_percent_points(arms, df, critical):
    """Biometrics 1964;20:482-91, Table II: equal arms, 5 %; printed to two decimals."""
    around = [dunnett([value] * arms, [10] * arms, 10, df=df)[0] for value in (critical + 0.005, critical - 0.005)]
    assert around[0] <= 0.05 <= around[1]


def closed(graph, p):
    """Adjusted p by testing every intersection: the largest over those that contain a hypothesis."""
    k = len(p)
    out = [0.0] * k
    for size in range(1, k + 1):
        for kept in itertools.combinations(range(k), size):
            own = smallest(graph, p, kept)
            for i in kept:
                out[i] = max(out[i], own)
    return out


def smallest(graph, p, kept):
    """Weighted Bonferroni p of an intersection, its weights by removing the other hypotheses."""
    w, g = list(graph.weights), [list(row) for row in graph.transitions]
    k = len(w)
    for out in set(range(k)) - set(kept):
        new_w = [w[j] + w[out] * g[out][j] if j != out else 0.0 for j in range(k)]
        new_g = [[0.0] * k for _ in range(k)]
        for a, b in itertools.permutations([j for j in range(k) if j != out], 2):
            loop = g[a][out] * g[out][a]
            new_g[a][b] = (g[a][b] + g[a][out] * g[out][b]) / (1 - loop) if loop < 1 else 0.0
        w, g = new_w, [[0.0] * k if j == out else new_g[j] for j in range(k)]
    return min([1.0] + [p[i] / w[i] for i in kept if w[i] > 1e-12])


GATED = Graph(weights=(0.5, 0.5, 0, 0), transitions=((0, 0.5, 0.5, 0), (0.5, 0, 0, 0.5), (0, 1, 0, 0), (1, 0, 0, 0)))


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_the_graph_is_a_closed_test(p):
    assert_close(GATED.adjust(p), closed(GATED, p), "oracle")


@given(P)
def test_holm_and_the_fixed_sequence_are_graphs(p):
    k = len(p)
    even = Graph([1 / k] * k, [[0 if i == j or k == 1 else 1 / (k - 1) for j in range(k)] for i in range(k)])
    assert_close(even.adjust(p), holm(p), "oracle")
    line = Graph([1.0] + [0.0] * (k - 1), [[1.0 if j == i + 1 else 0.0 for j in range(k)] for i in range(k)])
    assert_close(line.adjust(p), fixed_sequence(p), "oracle")


@given(P)
def test_no_adjusted_p_is_below_its_own_and_hochberg_not_above_holm(p):
    for own, up, down in zip(p, hochberg(p), holm(p), strict=True):
        assert own <= up <= down + 1e-15 <= 1 + 1e-15


def test_one_arm_needs_no_adjustment_and_more_arms_need_more():
    one = dunnett([1.96], [10], 10)[0]
    assert_close(one, math.erfc(1.96 / math.sqrt(2)), "oracle")
    two = dunnett([1.96, 1.96], [10, 10], 10)[0]
    assert one < two < 2 * one


def test_what_is_no_share_or_probability_is_refused():
    for call in (
        lambda: holm([0.5, 1.2]),
        lambda: Graph([0.7, 0.7], [[0, 1], [1, 0]]),
        lambda: Graph([0.5, 0.5], [[1, 0], [0, 1]]),
        lambda: GATED.adjust([0.1]),
        lambda: dunnett([], [], 3),
    ):
        with pytest.raises(ParameterError):
            call()
    assert len({method.key for method in METHODS}) == len(METHODS) == 6
