"""Proportions: of how many, what unknown counts as, and limits as published and as in R."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.errors import MissingColumnsError, ParameterError, UndefinedError, WrongTypeError
from malar.responders import Proportion, ProportionOfGroup, clopper_pearson, wilson
from malar.results import DENOMINATORS
from tests.numbers import assert_close
from tests.oracles.reader import read_case
from tests.test_frames import KINDS

TEN = pl.DataFrame(
    {
        "subject": [f"{i}" for i in range(10)],
        "arm": ["x"] * 5 + ["y"] * 5,
        "outcome": [True, True, None, False, None, True, False, False, False, None],
        "followed": [True] * 8 + [False, None],
        "guess": [None, None, True, None, False, None, None, None, None, None],
    }
)


def one(frame: Any = TEN, **options: Any) -> ProportionOfGroup:
    (made,) = Proportion(**{"denominator": "followed", "unknown": "nonresponder", **options}).fit(frame).groups
    return made


@pytest.mark.parametrize(
    ("unknown", "more", "events", "most", "n"),
    [
        ("nonresponder", {}, 3, 3, 8),
        ("excluded", {}, 3, 3, 6),
        ("imputed", {"imputed": "guess"}, 4, 4, 8),
        ("bounds", {}, 3, 5, 8),
    ],
)
def test_what_unknown_counts_as_changes_the_counts(
    unknown: str, more: dict[str, str], events: int, most: int, n: int
) -> None:
    made = one(unknown=unknown, **more)
    assert (made.events, made.most_events, made.n) == (events, most, n)
    assert (made.n_unknown, made.n_perhaps) == (2, 1)


def test_neither_denominator_nor_unknown_has_a_default() -> None:
    for given in ({"denominator": "followed"}, {"unknown": "excluded"}):
        with pytest.raises(TypeError, match="missing"):
            Proportion(**given)  # pyright: ignore


@pytest.mark.parametrize(
    "options",
    [
        {"denominator": "everyone"},
        {"unknown": "maybe"},
        {"unknown": "imputed"},
        {"imputed": "guess"},
        {"level": 1.0},
    ],
)
def test_choices_that_mean_nothing_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        one(**options)


def test_with_bounds_the_limits_enclose_every_completion() -> None:
    made = one(unknown="bounds")
    assert made.estimate is None
    assert made.bounds == (3 / 8, 5 / 8)
    for method, limits in ((clopper_pearson, made.clopper_pearson), (wilson, made.wilson)):
        assert limits == (method(3, 8)[0], method(5, 8)[1])


def test_by_group_each_has_its_own_counts() -> None:
    groups = Proportion(denominator="followed", unknown="excluded", by="arm").fit(TEN).groups
    assert [(made.group, made.events, made.n) for made in groups] == [("x", 2, 3), ("y", 1, 3)]


def test_every_denominator_of_the_table_of_results_may_be_asked_for() -> None:
    frame = TEN.with_columns(pl.lit(value=True).alias(name) for name in DENOMINATORS)
    assert {one(frame, denominator=name).n for name in DENOMINATORS} == {10}


def test_the_table_names_denominator_unknown_and_method() -> None:
    spec = Proportion(denominator="followed", unknown="bounds", by="arm")
    table = spec.fit(TEN).table(definition="d", population="treated", term="Month 12", time=365)
    assert set(table["denominator"]) == {"followed"}
    assert all("unknown: bounds" in note for note in table["note"])
    y = table.filter(group="y", statistic="lower")
    assert_close(y["value"], [clopper_pearson(1, 3)[0], wilson(1, 3)[0]])
    assert [source.split(" ")[0] for source in y["source"]] == ["Clopper", "Wilson"]
    estimates = table.filter(group="x", statistic="estimate")
    assert_close(estimates["value"], [2 / 5, 4 / 5])
    assert ["lowest" in note for note in estimates["note"]] == [True, False]
    perhaps = table.filter(group="y", statistic="n")["note"].item()
    assert "membership of the denominator unknown, not counted: 1" in perhaps


def test_of_nobody_there_is_no_proportion_and_the_table_says_so() -> None:
    nobody = one(TEN.with_columns(followed=pl.lit(value=False)))
    assert nobody.estimate is None
    with pytest.raises(UndefinedError):
        _ = nobody.wilson
    table = Proportion(denominator="followed", unknown="excluded").fit(TEN.with_columns(followed=False)).table()
    assert table["statistic"].to_list() == ["n", "events"]
    assert "nobody counts below the line" in table["note"][0]


def test_frames_that_cannot_be_counted_are_refused() -> None:
    with pytest.raises(MissingColumnsError, match="followed"):
        one(TEN.drop("followed"))
    with pytest.raises(WrongTypeError):
        one(TEN.with_columns(outcome=pl.lit("yes")))
    with pytest.raises(ParameterError, match="several rows"):
        one(pl.concat([TEN, TEN]))
    with pytest.raises(ParameterError, match="have no imputed one"):
        one(TEN.with_columns(guess=pl.lit(None, dtype=pl.Boolean)), unknown="imputed", imputed="guess")
    with pytest.raises(ParameterError, match="is null"):
        one(TEN.with_columns(arm=pl.lit(None, dtype=pl.String)), by="arm")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_frame_gives_the_same_counts(kind: str) -> None:
    make, _ = KINDS[kind]
    assert one(make(TEN), unknown="bounds") == one(unknown="bounds")


def test_score_limits_equal_those_of_r() -> None:
    """R 4.2.2, in the shared case `binary_endpoints`: every proportion at three levels."""
    cases = [one for levels in read_case("binary_endpoints").expected["one_sample"] for one in levels.values()]
    assert len(cases) > 5
    for case in cases:
        made = wilson(case["x"], case["n"], level=case["level"])
        assert_close(list(made), case["wilson"], what=f"{case['x']} of {case['n']}")


@pytest.mark.parametrize(
    ("events", "n", "score", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_limits_are_those_that_newcombe_published(
    events: int, n: int, score: tuple[float, float], exact: tuple[float, float]
) -> None:
    """Newcombe RG. Stat Med 1998;17:857-72, Table I, methods 3 (score) and 5 (exact); quoted from memory."""
    assert_close(wilson(events, n), score, "printed_4")
    assert_close(clopper_pearson(events, n), exact, "printed_4")
