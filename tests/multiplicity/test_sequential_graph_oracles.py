"""Graphs over looks against bounds of rpact, the graph redrawn in R, and a published example."""

from __future__ import annotations

import numpy as np
import pytest

from malar.looks import GroupSequentialTest, HwangShihDeCani, OBrienFlemingType, PocockType
from malar.multiplicity import Graph, SequentialGraph
from tests.numbers import assert_close
from tests.oracles.reader import read_case


def one_test(spec):
    bounds = {"asOF": OBrienFlemingType, "asP": PocockType}.get(spec["type"])
    chosen = bounds() if bounds else HwangShihDeCani(gamma=spec["gamma"])
    return GroupSequentialTest(bounds=chosen, information=np.atleast_1d(spec["t"]).tolist())


def plan_of(spec, earlier):
    names = [f"h{i}" for i in range(len(spec["w"]))]
    return SequentialGraph(
        names=names,
        graph=Graph(spec["w"], spec["g"]),
        tests=[one_test(test) for test in spec["tests"]],
        alpha=spec["alpha"],
        analyses=[np.atleast_1d(at).tolist() for at in spec["at"]],
        earlier_looks=earlier,
    )


@pytest.mark.parametrize("oracle", ["sequential_graph"])
@pytest.mark.parametrize("which", ["current", "earlier"])
def test_claims_of_a_graph_with_bounds_of_rpact(oracle, which):
    expected = read_case(oracle).expected
    for case in expected["cases"]:
        plan = plan_of(expected["plans"][case["plan"]], which == "earlier")
        p = {name: np.atleast_1d(values).tolist() for name, values in zip(plan.names, case["p"], strict=True)}
        found = plan.fit(p)
        when = {claim.hypothesis: claim.analysis for claim in found.claims}
        assert_close([when.get(name) for name in plan.names], case[which]["claimed_at"], "exact")
        assert_close(found.levels, case[which]["level_left"], "rounding")
        sequential = list(found.sequential_p().values())
        for ours, theirs in zip(sequential, case["sequential_p"], strict=True):
            if theirs is not None:
                assert_close(ours, theirs, "root_of_rpact")
        claimed_at_their_adjusted_p(plan, found, p)


def claimed_at_their_adjusted_p(plan, found, p):
    """Just above its adjusted p a hypothesis is claimed; just below it is not."""
    for name, alpha in found.adjusted_p().items():
        assert (name in found.claimed) == (alpha <= plan.alpha)
        if 1e-12 < alpha < 0.99:
            for factor in (1 - 1e-6, 1 + 1e-6):
                other = SequentialGraph(
                    names=plan.names,
                    graph=plan.graph,
                    tests=plan.tests,
                    alpha=alpha * factor,
                    analyses=plan.analyses,
                    earlier_looks=plan.earlier_looks,
                )
                assert (name in other.fit(p).claimed) == (factor > 1)


def test_the_published_example_of_six_hypotheses_in_an_oncology_trial():
    """gMCPLite, article "Graphical testing for group sequential design" (gsDesign bounds): events, p, and its tables.

    Overall survival, progression-free survival and response in a subgroup and in all; the overall hypotheses spend by
    the subgroup's events. Printed: sequential p to 7 decimals (roots searched to about 1e-6), Z to 4, adjusted p to 7.
    """
    survival, progression = [185 / 295, 245 / 295, 1], [265 / 310, 1]
    events = (
        ([185, 245, 295], survival),
        ([529, 700, 800], survival),
        ([265, 310], progression),
        ([675, 750], progression),
    )
    spending = OBrienFlemingType()
    tests = [
        GroupSequentialTest(bounds=spending, information=[n / counts[-1] for n in counts], spending_time=times)
        for counts, times in events
    ]
    tests += [GroupSequentialTest(bounds=spending, information=(1,))] * 2
    half = 0.5
    moves = (
        (0, 1, 0, 0, 0, 0),
        (0, 0, half, half, 0, 0),
        (0, 0, 0, 1, 0, 0),
        (0, 0, 0, 0, half, half),
        (0, 0, 0, 0, 0, 1),
        (half, half, 0, 0, 0, 0),
    )
    plan = SequentialGraph(
        names=("os_subgroup", "os", "pfs_subgroup", "pfs", "response_subgroup", "response"),
        graph=Graph((0.4, 0.4, 0.16, 0, 0.02, 0.02), moves),
        tests=tests,
        alpha=0.025,
        earlier_looks=True,
    )
    p = ([0.03, 0.0001, 0.000001], [0.2, 0.15, 0.1], [0.2, 0.001], [0.3, 0.2], [0.00001], [0.1])
    found = plan.fit(dict(zip(plan.names, p, strict=True)))
    assert set(found.claimed) == {"os_subgroup", "pfs_subgroup", "response_subgroup"}
    sequential, adjusted = found.sequential_p(), found.adjusted_p()
    for name, printed in (("os", 0.1232177), ("pfs_subgroup", 0.0011310), ("pfs", 0.2355583)):
        assert abs(sequential[name] - printed) < 1.5e-6
    printed = {"os": 0.1540221, "pfs_subgroup": 0.0070685, "pfs": 0.2453732, "response_subgroup": 0.0005}
    for name, value in {**printed, "response": 0.2453732}.items():
        assert abs(adjusted[name] - value) < 1.5e-6
    assert_close(found.levels, [0, 0.02, 0, 0.004, 0, 0.001], "rounding")
    for test, level, printed_z in zip(
        tests,
        (0.01, 0.02, 0.004, 0.004),
        ([3.0503, 2.6238, 2.3861], [2.7157, 2.3386, 2.1098], [2.9023, 2.7017], [2.9023, 2.6840]),
        strict=False,
    ):
        assert_close(test.at(level).critical, printed_z, "printed_4")
