"""A verdict is given exactly where no completion of the unknown items could change it."""

from __future__ import annotations

from itertools import product

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.conditions import Since, at_most, none_new, none_present
from malar.endpoints import Endpoint
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.sources import Source
from tests.support.families import SLEDAI_2K_ALONE

NAMES = SLEDAI_2K.names()
FEW = [f"sledai_2k__{item}" for item in ("seizure", "arthritis", "rash", "low_complement", "fever")]
NOTHING_NEW = Endpoint(
    key="nothing_new",
    title="Nothing new",
    source=Source("Nobody N. Journal of Examples 2026;1:1"),
    criteria={"new": none_new(NAMES, Since.PREVIOUS)},
    instruments=(SLEDAI_2K,),
)
CALM = NOTHING_NEW.amend(
    "calm",
    title="Calm and nothing new",
    source=NOTHING_NEW.source,
    changes={"score": at_most("sledai_2k", 4), "fever": none_present(["sledai_2k__fever"])},
)
JUDGED = {**SLEDAI_2K_ALONE, NOTHING_NEW.key: NOTHING_NEW}
Cells = list[list[bool | None]]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[int], Cells]:
    """Days of one to four visits; five signs at each, at most six unknown in all, every visit assessed."""
    days = sorted(draw(st.sets(st.integers(-40, 120), min_size=1, max_size=4)))
    cells: Cells = [[draw(st.booleans()) for _ in FEW] for _ in days]
    places = [(i, j) for i in range(len(days)) for j in range(len(FEW))]
    for i, j in draw(st.lists(st.sampled_from(places), max_size=6, unique=True)):
        cells[i][j] = None
    return days, cells


def frame_of(days: list[int], histories: list[Cells]) -> pl.DataFrame:
    rows = [
        {"subject": f"{n:03}", "day": day, **dict.fromkeys(NAMES, False), **dict(zip(FEW, cells, strict=True))}
        for n, history in enumerate(histories)
        for day, cells in zip(days, history, strict=True)
    ]
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(NAMES, pl.Boolean))


def completions(cells: Cells) -> list[Cells]:
    flat = [value for row in cells for value in row]
    filled = product(*([value] if value is not None else [True, False] for value in flat))
    width = len(FEW)
    return [[list(made[i : i + width]) for i in range(0, len(made), width)] for made in filled]


def judge(frame: pl.DataFrame, definitions: dict[str, Endpoint]) -> pl.DataFrame:
    for made in definitions.values():
        frame = made.flag(frame)
    return frame


@settings(max_examples=25, deadline=None)
@given(history=histories())
def test_verdicts_are_given_exactly_where_every_completion_agrees(history: tuple[list[int], Cells]) -> None:
    days, cells = history
    got = judge(frame_of(days, [cells]), JUDGED)
    known = judge(frame_of(days, completions(cells)), JUDGED)
    for key in JUDGED:
        for day, verdict in zip(days, got[key], strict=True):
            answers = set(known.filter(day=day)[key])
            if key == NOTHING_NEW.key:
                assert verdict is None or answers == {verdict}, (key, day)
            else:
                assert verdict == (answers.pop() if len(answers) == 1 else None), (key, day)


@settings(max_examples=15, deadline=None)
@given(history=histories())
def test_a_definition_of_several_criteria_is_never_turned_around(history: tuple[list[int], Cells]) -> None:
    days, cells = history
    got = judge(frame_of(days, [cells]), {"calm": CALM})
    known = judge(frame_of(days, completions(cells)), {"calm": CALM})
    for day, verdict in zip(days, got["calm"], strict=True):
        assert verdict is None or set(known.filter(day=day)["calm"]) == {verdict}


@settings(max_examples=15, deadline=None)
@given(history=histories())
def test_bounds_are_the_least_and_greatest_score_of_the_completions(history: tuple[list[int], Cells]) -> None:
    days, cells = history
    got = SLEDAI_2K.score(frame_of(days, [cells]))
    known = SLEDAI_2K.score(frame_of(days, completions(cells)))
    for day, low, high in zip(days, got["sledai_2k__low"], got["sledai_2k__high"], strict=True):
        scores = known.filter(day=day)["sledai_2k"]
        assert (low, high) == (scores.min(), scores.max())


def test_an_unknown_sign_at_the_visit_before_leaves_open_whether_it_is_new() -> None:
    """The rash of day 0 does not stand in for the visit of day 30, at which it was not recorded."""
    rash = FEW.index("sledai_2k__rash")
    cells: Cells = [[False] * len(FEW) for _ in range(3)]
    cells[0][rash], cells[1][rash], cells[2][rash] = True, None, True
    assert NOTHING_NEW.flag(frame_of([0, 30, 60], [cells]))["nothing_new"].to_list() == [None, True, None]


def test_a_visit_at_which_nothing_was_recorded_is_passed_over() -> None:
    frame = frame_of([0, 30, 60], [[[True, *[False] * 4]] * 3])
    frame = frame.with_columns(pl.when(pl.col("day") != 30).then(name).alias(name) for name in NAMES)
    assert NOTHING_NEW.flag(frame)["nothing_new"].to_list() == [None, None, True]
    assert NOTHING_NEW.flag(frame)["sledai_2k__assessed"].to_list() == [True, False, True]
