"""Subjects and their covariates at every cut of follow-up, read from a frame with one row a subject or a visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from malar.controls import _columns
from malar.controls._clone_kernel import Subjects
from malar.errors import ParameterError, UndefinedError
from malar.survival._causes import read_causes

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from malar.controls.clone_censor_weight import CloneCensorWeight

WHAT = "Cloning"
FACTS = "Derive it once a subject, and join it to the visits."


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """What cloning works on.

    Parameters
    ----------
    labels
        Subjects, as the frame names them; in order of first appearance.
    subjects
        First day of treatment, last day and event of each.
    causes
        Names of the events' codes 1, 2, ….
    visits
        The frame's rows, ordered by subject and day.
    first, day
        Of each subject the place of the first row, shape (subjects + 1,); day of each row.
    design
        Covariates of each row as columns of numbers.
    """

    labels: pl.Series
    subjects: Subjects
    causes: tuple[str, ...]
    first: NDArray[np.intp]
    day: NDArray[np.float64]
    design: _columns.Design

    def known_at(self, subject: NDArray[np.intp], day: NDArray[np.float64]) -> NDArray[np.float64]:
        """Covariates of subjects as last recorded on a day or before, shape (subjects, columns)."""
        owner = np.repeat(np.arange(self.labels.len()), np.diff(self.first))
        wide = float(max(np.abs(self.day).max(), np.abs(day).max(initial=0.0))) + 1.0
        # One line of subjects and days: every subject's days lie within 2 wide of his own place.
        line, asked = 4.0 * wide * owner + self.day, 4.0 * wide * subject + day
        return self.design.values[np.searchsorted(line, asked, side="right") - 1]


def read_cohort(spec: CloneCensorWeight, frame: Any) -> Cohort:
    """Read and check the frame.

    Raises
    ------
    MissingColumnsError, UndefinedError, ParameterError, WrongTypeError
        As `CloneCensorWeight.fit`.
    """
    import polars as pl

    outcome = spec.cause or spec.event
    timing = [spec.day] if spec.day else []
    facts = [spec.treatment_start, spec.time, outcome]
    rows = _columns.take(frame, [spec.subject, *timing, *facts, *spec.covariates], WHAT)
    _columns.never_null(rows, [spec.subject, *timing], "A row belongs to somebody, on some day.", "Filter it.")
    rows = rows.with_columns(pl.col(spec.subject).rank("dense").alias("__subject"))
    rows = rows.sort("__subject", *timing, maintain_order=True)
    day = _columns.numbers(rows, spec.day) if spec.day else np.zeros(rows.height)
    number = rows["__subject"].to_numpy()
    first = np.flatnonzero(np.diff(number, prepend=0))
    _check_rows(spec, rows, number, day, first, facts)
    heads = rows[first.tolist()]
    code, causes = _outcome(spec, heads)
    subjects = Subjects(_start(heads, spec.treatment_start), _columns.numbers(heads, spec.time), code)
    _check_days(spec, subjects)
    design = _columns.design(rows, spec.covariates)
    return Cohort(heads[spec.subject], subjects, causes, np.append(first, rows.height), day, design)


def _check_rows(
    spec: CloneCensorWeight,
    rows: pl.DataFrame,
    number: NDArray[np.integer[Any]],
    day: NDArray[np.float64],
    first: NDArray[np.intp],
    facts: list[str],
) -> None:
    import polars as pl

    same = np.diff(number) == 0
    twice = int((same & (np.diff(day) == 0.0)).sum())
    if twice:
        raise ParameterError(
            f"{twice} rows are of a subject and day that another row has.",
            "Which covariates were known then cannot be told.",
            "Name the column of days in `day`, or keep one row a subject.",
        )
    differing = rows.group_by("__subject").agg(pl.col(name).n_unique() > 1 for name in facts)
    several = int(differing.select(pl.any_horizontal(facts)).to_series().sum())
    if several:
        raise ParameterError(
            f"{several} subjects have several first days of treatment, last days or events.",
            "Each is one fact of a subject, repeated in all his rows.",
            FACTS,
        )
    late = int((day[first] > 0.0).sum())
    if late:
        raise UndefinedError(
            f"{late} of {first.size} subjects have no `{spec.day}` at or before time zero.",
            "What was known of them when both strategies began is unknown.",
            "Carry the last record before time zero to day 0.",
        )


def _start(heads: pl.DataFrame, name: str) -> NDArray[np.float64]:
    """First days of treatment, infinity for never."""
    import polars as pl

    start = np.full(heads.height, np.inf)
    began = heads[name].is_not_null()
    if heads[name].dtype != pl.Null and began.any():
        start[began.to_numpy()] = _columns.numbers(heads.filter(began), name)
    return start


def _outcome(spec: CloneCensorWeight, heads: pl.DataFrame) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    import polars as pl

    if spec.cause:
        return read_causes(heads, spec.cause, None)
    filled = heads.with_columns(pl.col(spec.event).fill_null(value=False))
    return _columns.sign(filled, spec.event).astype(np.int64), ("event",)


def _check_days(spec: CloneCensorWeight, subjects: Subjects) -> None:
    empty, before = int((subjects.time <= 0.0).sum()), int((subjects.start < 0.0).sum())
    if empty:
        raise ParameterError(
            f"`{spec.time}` is 0 or less in {empty} of {subjects.time.size} subjects.",
            "Nobody is followed for no time.",
            "Count days from time zero, and leave out who had the event by then.",
        )
    if before:
        raise ParameterError(
            f"{before} of {subjects.time.size} subjects began treatment before time zero.",
            "They follow neither strategy from time zero on.",
            "Leave them out by an eligibility criterion.",
        )
