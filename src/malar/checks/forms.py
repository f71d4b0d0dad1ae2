"""The forms that add weights, and what the queries ask of all of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from malar.conditions import Since
from malar.course import derive_reference
from malar.instruments import WEIGHTED, Item, WeightedItems
from malar.instruments.sledai_2k import SLEDAI_2K

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
    """The visit frame with the SLEDAI-2K score, and what the measurements say about every form that was used."""
    windows = {made.form: made.window_days for made in FORMS}
    frame = SLEDAI_2K.score(study.visit_frame(window_days=windows))
    used = {SLEDAI_2K.form, *study["items"]["instrument"].unique()}
    for made in FORMS:
        if made.form in used:
            frame = made.propose(_with_previous(frame, made))
    return frame


def _with_previous(frame: pl.DataFrame, made: WeightedItems) -> pl.DataFrame:
    """Add what a measurement compares with at the previous visit."""
    before = f"{Since.PREVIOUS.value}__"
    needs = {need for item in made.items if item.measured for need in item.measured.needs()}
    for need in sorted(needs):
        if need.startswith(before) and need not in frame.columns:
            frame = derive_reference(frame, need.removeprefix(before), Since.PREVIOUS)
    return frame
