"""Efficacy bounds against rpact 3.3.4, a high-precision recursion, and what bounds must do."""

from __future__ import annotations

import itertools
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import ParameterError
from malar.looks import GroupSequentialTest, HwangShihDeCani, KimDeMets, OBrienFlemingType, PocockType, WangTsiatis
from malar.looks._recursion_kernel import crossing_probabilities
from tests.numbers import assert_close
from tests.oracles.reader import HERE, read_case

PRECISE = json.loads((HERE / "group_sequential" / "precise_reference.json").read_text(encoding="utf-8"))
ONE_SIDED = [name for name, case in PRECISE.items() if case["arguments"]["sided"] == 1]
FAMILIES = [OBrienFlemingType(), PocockType(), KimDeMets(power=2), HwangShihDeCani(gamma=-4), WangTsiatis(shape=0.25)]


def family(kind, parameter=None):
    return {
        "asOF": OBrienFlemingType,
        "asP": PocockType,
        "asKD": lambda: KimDeMets(power=parameter),
        "asHSD": lambda: HwangShihDeCani(gamma=parameter),
        "OF": lambda: WangTsiatis(shape=0),
        "P": lambda: WangTsiatis(shape=0.5),
        "WT": lambda: WangTsiatis(shape=parameter),
    }[kind]()


def of_rpact(arguments):
    k = arguments["kMax"]
    information = arguments.get("informationRates") or [(i + 1) / k for i in range(k)]
    parameter = arguments.get("gammaA", arguments.get("deltaWT"))
    return GroupSequentialTest(bounds=family(arguments["typeOfDesign"], parameter), information=information)


@pytest.mark.parametrize("name", ONE_SIDED)
def test_bounds_of_the_high_precision_recursion(name):
    case = PRECISE[name]
    found = of_rpact(case["arguments"]).at(case["arguments"]["alpha"])
    assert_close(found.critical, case["criticalValues"], "rounding", what=name)


@pytest.mark.parametrize("oracle", ["group_sequential"])
def test_efficacy_bounds_and_power_of_rpact_designs(oracle):
    seen = 0
    for name, design in read_case(oracle).expected["designs"].items():
        arguments, expected = design["arguments"], design["result"]
        efficacy = not {"typeBetaSpending", "futilityBounds", "userAlphaSpending"} & set(arguments)
        if arguments["sided"] != 1 or not efficacy or arguments.get("typeOfDesign") in (None, "HP"):
            continue
        found = of_rpact(arguments).at(arguments["alpha"])
        assert_close(found.critical, expected["criticalValues"], "root_of_rpact", what=name)
        assert_close(found.spent, expected["alphaSpent"], "root_of_rpact", what=name)
        assert_close(found.nominal, expected["stageLevels"], "root_of_rpact", what=name)
        power = expected.get("power_asn_nMax100")
        if power:
            for theta, overall in zip(power["theta"], power["overallReject"], strict=True):
                assert_close(sum(found.crossing(10 * theta)), overall, "root_of_rpact", what=f"{name} {theta}")
        seen += 1
    assert seen >= 17


@pytest.mark.parametrize("oracle", ["efficacy_bounds"])
def test_local_levels_and_unequal_looks(oracle):
    expected = read_case(oracle).expected
    for case in expected["cases"]:
        test = GroupSequentialTest(bounds=family(case["type"], case.get("parameter")), information=case["information"])
        found = test.at(case["level"])
        what = f"{case['type']} {case['information']} {case['level']}"
        for ours, theirs in zip(found.critical, case["critical"], strict=True):
            if theirs == "Inf":  # rpact takes 1 - Phi(z) as 0 where its spending rounds to nothing
                assert 7.6 < ours < 8
            else:
                assert_close(ours, theirs, "root_of_rpact", what=what)


@pytest.mark.parametrize("oracle", ["efficacy_bounds"])
def test_time_of_spending_apart_from_information(oracle):
    for case in read_case(oracle).expected["calendar"]:
        test = GroupSequentialTest(
            bounds=OBrienFlemingType(), information=case["information"], spending_time=case["time"]
        )
        assert_close(test.at(case["level"]).critical, case["critical"], "root_of_rpact")


@pytest.mark.parametrize("name", [name for name, case in PRECISE.items() if case["arguments"]["sided"] == 2])
def test_two_sided_bounds_differ_by_less_than_is_said(name):
    """A one-sided test at half of the level, and the kernel with both bounds."""
    case = PRECISE[name]
    arguments = {**case["arguments"], "alpha": case["arguments"]["alpha"] / 2}
    test = of_rpact(arguments)
    for ours, theirs in zip(test.at(arguments["alpha"]).critical, case["criticalValues"], strict=True):
        assert abs(ours - theirs) < 1e-5
    above, below = crossing_probabilities(
        case["criticalValues"], [-z for z in case["criticalValues"]], test.information
    )
    assert_close(above, below, "rounding")
    assert_close(above.sum(), arguments["alpha"], "rounding")


@pytest.mark.parametrize(
    ("looks", "pocock", "obrien_fleming"),
    [(2, 2.178, 1.977), (3, 2.289, 2.004), (4, 2.361, 2.024), (5, 2.413, 2.040), (10, 2.555, 2.087)],
)
def test_published_constants_of_jennison_and_turnbull_2000_tables_2_1_and_2_3(looks, pocock, obrien_fleming):
    """Two-sided 5 %: C of Pocock's test at every look, and of O'Brien and Fleming's at the last."""
    information = [(k + 1) / looks for k in range(looks)]
    for shape, constant in ((0.5, pocock), (0, obrien_fleming)):
        found = GroupSequentialTest(bounds=WangTsiatis(shape=shape), information=information).at(0.025)
        assert_close(found.critical[-1], constant, "printed_3")


INFORMATION = st.lists(st.floats(0.05, 1.0), min_size=1, max_size=4).map(
    lambda steps: tuple(total / sum(steps) for total in itertools.accumulate(steps))
)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(FAMILIES), INFORMATION, st.floats(1e-4, 0.3))
def test_all_of_the_level_is_spent_and_bounds_fall_as_it_rises(bounds, information, level):
    test = GroupSequentialTest(bounds=bounds, information=information)
    found, wider = test.at(level), test.at(level * 1.5)
    assert_close(found.spent[-1], level, "rounding")
    assert all(a >= b for a, b in zip(found.critical, wider.critical, strict=True))
    assert all(p <= level + 1e-15 for p in found.nominal)
    if isinstance(bounds, WangTsiatis):
        return
    spent = [bounds.spent(level, time) for time in test.times]
    assert_close(found.spent, spent, "rounding")


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(FAMILIES), INFORMATION, st.floats(1e-6, 0.3))
def test_a_repeated_p_is_the_level_whose_bound_is_just_reached(bounds, information, p):
    test = GroupSequentialTest(bounds=bounds, information=information)
    for look, level in enumerate(test.repeated_p([p] * test.looks)):
        assert level >= p * (1 - 1e-9)
        if level < 1 - 1e-6:
            assert_close(test.at(level).nominal[look], p, "rounding", what=f"look {look}")


def test_with_one_look_nothing_changes():
    for bounds in FAMILIES:
        test = GroupSequentialTest(bounds=bounds, information=(1.0,))
        assert_close(test.at(0.025).nominal, [0.025], "rounding")
        assert_close(test.repeated_p([0.3]), [0.3], "rounding")
        assert (test.sequential_p([]), test.sequential_p([0.0])) == (1.0, 0.0)


def test_spending_nothing_leaves_a_look_without_a_claim():
    """Spending of the whole level at the first look, and underflow of what is spent very early."""
    done = GroupSequentialTest(bounds=PocockType(), information=(0.5, 1.0), spending_time=(1.0, 1.0)).at(0.025)
    assert math.isinf(done.critical[1])
    early = GroupSequentialTest(bounds=OBrienFlemingType(), information=(0.001, 1.0)).at(0.025)
    assert math.isinf(early.critical[0])
    assert_close(early.critical[1], 1.959963984540054, "rounding")
    table = early.table()
    assert table.filter(table["term"] == "critical")["value"].to_list()[0] is None


def test_over_running_looks_keep_their_bounds():
    """What later looks will bring changes no bound of a spending function already used."""
    for bounds in FAMILIES[:4]:
        planned = GroupSequentialTest(bounds=bounds, information=(0.4, 0.7, 1.0)).at(0.02)
        moved = GroupSequentialTest(bounds=bounds, information=(0.4, 0.8, 0.9, 1.1)).at(0.02)
        assert planned.critical[0] == moved.critical[0]
        assert_close(moved.spent[-1], 0.02, "rounding")


def test_what_is_no_plan_is_refused():
    for call in (
        lambda: GroupSequentialTest(bounds=PocockType(), information=()),
        lambda: GroupSequentialTest(bounds=PocockType(), information=(0.5, 0.4)),
        lambda: GroupSequentialTest(bounds=PocockType(), information=(0.9999, 1.0)),
        lambda: GroupSequentialTest(bounds=PocockType(), information=(0.5, 1.0), spending_time=(1.0,)),
        lambda: GroupSequentialTest(bounds=PocockType(), information=(0.5, 1.0)).at(0),
        lambda: GroupSequentialTest(bounds=PocockType(), information=(0.5, 1.0)).at(0.1).crossing(math.nan),
        lambda: GroupSequentialTest(bounds=PocockType(), information=(1.0,)).repeated_p([0.1, 0.2]),
        lambda: KimDeMets(power=0),
        lambda: HwangShihDeCani(gamma=math.inf),
        lambda: WangTsiatis(shape=0.6),
    ):
        with pytest.raises(ParameterError):
            call()
