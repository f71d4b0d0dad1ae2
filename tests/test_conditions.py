"""Each verb is a sentence and a three-valued test made from the same arguments."""

from __future__ import annotations

import polars as pl
import pytest

from malar import conditions as c
from malar.errors import ParameterError

FRAME = pl.DataFrame({
    "x": [1.0, 2.0, 3.0, None],
    "s": [True, False, None, None],
    "r": [False, True, True, None],
    "lab": [0.5, 1.0, 2.0, None],
    "lab__lln": [1.0, 1.0, None, 1.0],
    "lab__uln": [1.5, 1.5, 1.5, 1.5],
    "previous__s": [False, False, False, True],
})  # fmt: skip


def verdicts_of(condition: c.Condition, frame: pl.DataFrame = FRAME) -> list[bool | None]:
    return frame.select(out=condition.test(frozenset(frame.columns)))["out"].to_list()


@pytest.mark.parametrize(
    ("condition", "sentence", "verdicts"),
    [
        (c.at_most("x", 2), "x is at most 2 (<= 2)", [True, True, False, None]),
        (c.below("x", 2), "x is below 2 (< 2)", [True, False, False, None]),
        (c.at_least("x", 2), "x is at least 2 (>= 2)", [False, True, True, None]),
        (c.above("x", 2, unit="mg"), "x is above 2 mg (> 2)", [False, False, True, None]),
        (c.equals("x", 2, label="SLEDAI"), "SLEDAI is exactly 2 (== 2)", [False, True, False, None]),
        (c.present("s"), "s is present", [True, False, None, None]),
        (c.absent("s"), "s is absent", [False, True, None, None]),
        (c.none_present(["s", "r"]), "s is absent and r is absent", [False, False, False, None]),
        (c.any_of(c.present("s"), c.present("r")), "s is present or r is present", [True, True, True, None]),
        (c.all_of(c.present("s"), c.present("r")), "s is present and r is present", [False, False, None, None]),
        (
            c.none_of(c.present("s"), c.present("r")),
            "none of these holds: s is present; r is present",
            [False, False, False, None],
        ),
        (c.none_of(c.above("x", 1)), "none of these holds: x is above 1 (> 1)", [True, False, False, None]),
        (c.below_lower_limit("lab"), "lab is below the lower limit of the laboratory", [True, False, None, None]),
        (c.above_upper_limit("lab"), "lab is above the upper limit of the laboratory", [False, False, True, None]),
        (
            c.none_new(["s"], c.Since.PREVIOUS, label="item"),
            "no item is present that was absent at the previous assessed visit",
            [False, True, None, True],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_verb_says_what_it_tests(condition: c.Condition, sentence: str, verdicts: list[bool | None]) -> None:
    assert condition.sentence() == sentence
    assert verdicts_of(condition) == verdicts
    assert set(condition.needs()) <= set(FRAME.columns)


BOUNDED = pl.DataFrame({"x": [None] * 4, "x__low": [2, 3, 5, None], "x__high": [4, 6, 9, None]})


@pytest.mark.parametrize(
    ("condition", "verdicts"),
    [
        (c.at_most("x", 4), [True, None, False, None]),
        (c.below("x", 4), [None, None, False, None]),
        (c.at_least("x", 5), [False, None, True, None]),
        (c.above("x", 4), [False, None, True, None]),
        (c.equals("x", 1), [False, False, False, None]),
        (c.equals("x", 3), [None, None, False, None]),
    ],
)
def test_bounds_decide_what_they_can(condition: c.Condition, verdicts: list[bool | None]) -> None:
    assert verdicts_of(condition, BOUNDED) == verdicts


@pytest.mark.parametrize(
    ("now", "then", "rose", "fell"),
    [
        ((6, 6), (2, 2), True, False),
        ((5, 5), (2, 2), False, False),
        ((2, 2), (6, 6), False, True),
        ((6, 9), (1, 2), True, False),
        ((5, 9), (1, 2), None, False),
        ((0, 1), (5, 7), False, True),
        ((0, 3), (5, 7), False, None),
    ],
)
def test_a_change_is_decided_by_the_bounds_of_both_visits(
    now: tuple[int, int], then: tuple[int, int], rose: bool | None, fell: bool | None
) -> None:
    frame = pl.DataFrame({
        "x": [None], "x__low": [now[0]], "x__high": [now[1]], "baseline__x": [None],
        "baseline__x__low": [then[0]], "baseline__x__high": [then[1]],
    })  # fmt: skip
    assert verdicts_of(c.rose_by("x", 4, c.Since.BASELINE), frame) == [rose]
    assert verdicts_of(c.fell_by("x", 4, c.Since.BASELINE), frame) == [fell]


def test_numbers_are_rounded_before_the_threshold() -> None:
    """In floating point 1.4 - 1.1 is below 0.3, and 1.5 - 1.2 above it."""
    frame = pl.DataFrame({"x": [1.4, 1.5, 1.49], "previous__x": [1.1, 1.2, 1.2]})
    assert (1.4 - 1.1) < 0.3 < (1.5 - 1.2)
    assert verdicts_of(c.rose_by("x", 0.3, c.Since.PREVIOUS), frame) == [True, True, False]
    exact = pl.DataFrame({"x": [1.4 - 1.1, 0.1 + 0.2]})
    assert verdicts_of(c.at_most("x", 0.3), exact) == [True, True]
    assert verdicts_of(c.below("x", 0.3), exact) == [False, False]


@pytest.mark.parametrize("amount", [0, -4])
def test_a_change_of_nothing_is_refused(amount: float) -> None:
    with pytest.raises(ParameterError, match="is no change"):
        c.rose_by("x", amount, c.Since.PREVIOUS)


def test_nan_is_unknown_as_null_is() -> None:
    """In Polars NaN is greater than every number; a frame from elsewhere brings it for a value not known."""
    frame = pl.DataFrame({"x": [float("nan"), 1.0], "lab": [float("nan"), 0.5], "lab__lln": [1.0, float("nan")]})
    for verb in (c.at_most, c.at_least, c.below, c.above, c.equals):
        assert verdicts_of(verb("x", 9), frame)[0] is None
    assert verdicts_of(c.below_lower_limit("lab"), frame) == [None, None]
    assert verdicts_of(c.present("x"), frame) == [None, True]


def test_recorded_weights_are_read_as_signs() -> None:
    """Weights of 0 and 4 stand for absent and present, in whole numbers too."""
    frame = pl.DataFrame({"s": [0, 4, 4, None], "previous__s": [0, 0, 4, 0], "r": [0, 0, 0, 0]})
    assert verdicts_of(c.absent("s"), frame) == [True, False, False, None]
    assert verdicts_of(c.none_present(["s", "r"]), frame) == [True, False, False, None]
    assert verdicts_of(c.none_new(["s"], c.Since.PREVIOUS), frame) == [True, False, True, None]


def test_a_column_of_nothing_but_null_is_unknown() -> None:
    frame = pl.DataFrame({"x": [None], "s": [None]})
    assert verdicts_of(c.all_of(c.at_most("x", 4), c.present("s")), frame) == [None]


def test_combinations_of_two_kinds_cannot_be_misread() -> None:
    a, b, d = c.present("a"), c.present("b"), c.present("d")
    assert c.all_of(c.any_of(a, b), d).sentence() == "(a is present or b is present) and d is present"
    assert c.any_of(a, c.all_of(b, d)).sentence() == "a is present or (b is present and d is present)"


@pytest.mark.parametrize("limit", [1_234_567, 150_000.25, 0.000125, 7.5, 4])
def test_a_limit_is_printed_as_it_is_tested(limit: float) -> None:
    said = c.at_most("x", limit).sentence().rsplit("<= ", 1)[1].rstrip(")")
    assert float(said) == limit
    frame = pl.DataFrame({"x": pl.Series([limit, limit + 0.00001], dtype=pl.Float64, strict=False)})
    assert verdicts_of(c.at_most("x", limit), frame) == [True, False]


def test_a_limit_from_arithmetic_is_the_number_meant() -> None:
    assert verdicts_of(c.at_least("x", 0.1 + 0.2), pl.DataFrame({"x": [0.3]})) == [True]


@pytest.mark.parametrize(
    "make",
    [
        c.any_of,
        c.all_of,
        lambda: c.none_present([]),
        lambda: c.at_most("x", 0.00000012),
        lambda: c.none_new([], c.Since.PREVIOUS),
        lambda: c.none_new(["s"], c.Since.LOWEST),
    ],
)
def test_conditions_that_mean_nothing_are_refused(make: object) -> None:
    with pytest.raises(ParameterError):
        make()  # pyright: ignore


def test_a_share_is_exact_where_the_unit_of_the_record_was_another_one() -> None:
    """133 µmol/L is 133 % of 100 µmol/L in mg/dL too, where both have many decimals."""
    umol = pl.DataFrame({"x": [133.0, 132.9, 133.1], "baseline__x": [100.0] * 3})
    frame = umol.select(pl.all() / 88.4)
    assert verdicts_of(c.at_least_percent_of("x", 133, c.Since.BASELINE), frame) == [True, False, True]
    assert verdicts_of(c.at_most_percent_of("x", 133, c.Since.BASELINE), frame) == [True, True, False]


def test_none_of_no_condition_is_refused() -> None:
    with pytest.raises(ParameterError, match="holds no conditions"):
        c.none_of()
