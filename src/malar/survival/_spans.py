"""From when to when each row was followed, and with what weight: read once for every estimator of one event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from malar.errors import ParameterError
from malar.survival import _columns

if TYPE_CHECKING:
    from typing import Any

    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FOLLOW_UP: Final = "Without it nobody knows how long the subject was at risk, and no row is dropped silently."


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Times at risk (entry, time] and weights of rows, shape (n,)."""

    time: Floats
    weight: Floats
    entry: Floats | None

    def of(self, own: NDArray[np.integer[Any]] | slice) -> Spans:
        """The same of some rows."""
        return Spans(self.time[own], self.weight[own], None if self.entry is None else self.entry[own])


def read_spans(columns: pl.DataFrame, time: str, entry: str | None, weight: str | None) -> Spans:
    """Read and check times, entries and weights.

    Parameters
    ----------
    columns
        One row a subject.
    time, entry, weight
        Names of columns.

    Raises
    ------
    WrongTypeError
        A column holds no numbers.
    UndefinedError
        A value is null, NaN or infinite.
    ParameterError
        A value is negative, or an entry at or after its time.
    """
    day_0 = "Time is counted from the start of the analysis."
    times = _columns.numbers(columns, time, FOLLOW_UP, "Censor at the last contact, or set the rows aside.")
    _columns.nonnegative(times, time, day_0, "Check which day is day 0.")
    entries, weights = None, np.ones(times.size)
    if entry is not None:
        entries = _columns.numbers(columns, entry, FOLLOW_UP, "Use 0 for subjects followed from the start.")
        _columns.nonnegative(entries, entry, day_0, "Use 0 for subjects followed from the start.")
        _refuse_empty_spans(times, entries, time, entry)
    if weight is not None:
        why = "A subject with such a weight has no defined share in the estimate."
        hint = "Use 0 for rows outside the analysis set."
        weights = _columns.numbers(columns, weight, why, hint)
        _columns.nonnegative(weights, weight, why, hint)
    return Spans(times, weights, entries)


def weighed(
    groups: list[tuple[str | None, NDArray[np.integer[Any]]]], spans: Spans, weight: str | None
) -> list[tuple[str | None, NDArray[np.integer[Any]]]]:
    """Label of each group, and the numbers of its rows with a weight above 0.

    A row of weight 0 is outside the analysis set: its days are none on which a curve has a step or begins.

    Raises
    ------
    UndefinedError
        A group has no such row.
    """
    if weight is None:
        return groups
    for _, own in groups:
        _columns.refuse_weightless(spans.weight[own], weight)
    return [(label, own[spans.weight[own] > 0.0]) for label, own in groups]


def whole(weight: Floats) -> bool:
    """Whether every weight is a whole number, and may stand for a number of subjects."""
    return bool((weight == weight.round()).all())


def _refuse_empty_spans(time: Floats, entry: Floats, time_name: str, entry_name: str) -> None:
    wrong = int((entry >= time).sum())
    if wrong:
        raise ParameterError(
            f"`{entry_name}` is at or after `{time_name}` in {wrong} of {time.size} rows.",
            "Such a subject was never at risk under observation.",
            "Check the dates; subjects whose event came before entry belong to no risk set: set them aside.",
        )
