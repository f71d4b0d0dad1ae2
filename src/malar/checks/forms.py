"""The forms that add weights, and what the queries ask of all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from malar.conditions import Since
from malar.course import derive_reference
from malar.course.study_columns import STUDY_COLUMNS, derive_study_columns
from malar.instruments import INSTRUMENTS, WEIGHTED, Instrument, Item, WeightedItems
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.schema.analytes import ANALYTES

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

FORMS: Final[tuple[WeightedItems, ...]] = tuple(made for key, made in WEIGHTED.items() if key == made.form)
"""Instruments that have a form of their own; variants that leave items out read the same form."""


def with_item(key: str) -> Iterator[tuple[WeightedItems, Item]]:
    """Forms that have an item of a key, with that item."""
    for made in FORMS:
        for item in made.items:
            if item.key == key:
                yield made, item


def column_in_findings(form: str, item: str) -> str:
    """How a finding names an item: by its key in SLEDAI-2K, with the form before it in others."""
    return item if form == SLEDAI_2K.form else f"{form}__{item}"


def scored_frame(study: Study) -> pl.DataFrame:
    """The visits with every score that the study's forms allow, and what the measurements say about their items.

    Forms and analytes of which nothing was recorded have no columns: queries on them find nothing.
    """
    from malar.schema.visit_frame import DOSE, VISIT_COLUMNS

    windows = {made.form: made.window_days for made in FORMS}
    used = {SLEDAI_2K.form, *study["items"]["instrument"].unique()}
    measured = (f"lab__{analyte}" for analyte in ANALYTES)
    frame = study.visit_frame(*sorted(used), *measured, *VISIT_COLUMNS, DOSE, window_days=windows)
    for made in INSTRUMENTS.values():
        signs = made.signs() or made.needs()
        if {sign.partition("__")[0] for sign in signs} & used:
            frame = _scored(study, frame, made)
    for made in FORMS:
        if made.form in used:
            frame = made.propose(_with_previous(frame, made))
    return frame


def _scored(study: Study, frame: pl.DataFrame, made: Instrument) -> pl.DataFrame:
    """Add an instrument's columns; those of its inputs that the study never recorded count as unknown."""
    import polars as pl

    lacking = [need for need in made.needs() if need not in frame.columns]
    frame = derive_study_columns(study, frame, [need for need in lacking if need in STUDY_COLUMNS])
    return made.score(frame.with_columns(pl.lit(None).alias(need) for need in lacking if need not in STUDY_COLUMNS))


def referred(frame: pl.DataFrame, needs: Iterable[str]) -> pl.DataFrame:
    """Add the values at the visit before that some conditions read, where the column itself is there."""
    before = f"{Since.PREVIOUS.value}__"
    for need in sorted(set(needs)):
        column = need.removeprefix(before)
        if need.startswith(before) and need not in frame.columns and column in frame.columns:
            frame = derive_reference(frame, column, Since.PREVIOUS)
    return frame


def _with_previous(frame: pl.DataFrame, made: WeightedItems) -> pl.DataFrame:
    """Add what a measurement compares with at the previous visit."""
    return referred(frame, (need for item in made.items if item.measured for need in item.measured.needs()))
