"""The visits of a study with scores and verdicts beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from malar.course.study_columns import STUDY_COLUMNS, derive_study_columns
from malar.endpoints import rule

if TYPE_CHECKING:
    import polars as pl

    from malar.instruments import Instrument, Missing
    from malar.schema import Study


def judge_visits(study: Study, definitions: Sequence[str], *, missing: Missing = "unknown") -> pl.DataFrame:
    """Score and judge every visit of a study.

    Parameters
    ----------
    study
        A study.
    definitions
        Keys of definitions.
    missing
        What an unknown item counts as: ``unknown``, ``absent`` or ``carry``.

    Returns
    -------
    polars.DataFrame
        The visit frame with the scores, and for each definition its criteria and verdict.

    Raises
    ------
    UnknownKeyError
        No definition has a key given.
    """
    rules = [rule(key) for key in definitions]
    needs = list(dict.fromkeys(need for made in rules for need in made.visit_needs()))
    windows = item_windows(made for endpoint in rules for made in endpoint.instruments)
    frame = needed_frame(study, needs, window_days=windows)
    for made in rules:
        frame = made.flag(frame, missing=missing)
    return frame


def item_windows(instruments: Iterable[Instrument]) -> dict[str, int]:
    """The window of each form that instruments read, in days: the widest where several read one form."""
    windows: dict[str, int] = {}
    for made in instruments:
        for form in {sign.partition("__")[0] for sign in made.signs()}:
            windows[form] = max(windows.get(form, 0), made.window_days)
    return windows


def needed_frame(study: Study, needs: Sequence[str], *, window_days: int | Mapping[str, int] = 30) -> pl.DataFrame:
    """The visit frame of a study with some needs, and those that its other tables give beside.

    Parameters
    ----------
    study
        A study.
    needs
        Names of visit-frame columns and of study columns.
    window_days
        See :meth:`malar.schema.Study.visit_frame`.

    Raises
    ------
    UnknownKeyError
        Neither can give a name.
    """
    beside = [need for need in needs if need in STUDY_COLUMNS]
    own = [need for need in needs if need not in STUDY_COLUMNS]
    return derive_study_columns(study, study.visit_frame(*(own or ["subject"]), window_days=window_days), beside)
