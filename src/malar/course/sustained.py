"""Sustained verdicts: true at every assessed visit for so many days, with no gap too long to see across."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from malar._frames import as_sign, demand, demand_values, enter
from malar.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


def derive_sustained(
    frame: Any,
    flag: str,
    *,
    days: int,
    max_gap_days: int,
    dated: Literal["first", "confirming"] = "first",
    assessed: str | None = None,
) -> Any:
    """Add whether a verdict is sustained over a number of days.

    Parameters
    ----------
    frame
        Judged visit frame with `subject`, `day` and the flag; any kind of dataframe.
    flag
        Name of the Boolean verdict.
    days
        Days that must lie at least between the first and the last of the visits at which it holds.
    max_gap_days
        Days that may lie at most between one assessed visit and the next.
    dated
        ``first``: true at a visit from which on the verdict is sustained; the first such visit dates it.
        ``confirming``: true at a visit up to which it has been sustained.
    assessed
        Boolean column that tells which visits were assessed; the others are passed over. Without it, every
        visit of the frame is taken as assessed.

    Returns
    -------
    frame
        The same kind and order, with `flag__sustained`: true, false or null. With ``first``, false where the
        flag is false at that visit or at any one up to and including the first at least `days` later; null
        where the record ends before that, where a gap is too long, or where an unknown verdict leaves it
        open. With ``confirming``, false where it has not been shown for so long yet; after a gap that is too
        long the count begins anew.

    Raises
    ------
    ParameterError
        Fewer than one day, a gap below one day, or an unknown way of dating.
    WrongTypeError
        The flag is neither Boolean nor a number.

    Notes
    -----
    Decided for certain where every completion of the unknown verdicts agrees, as
    :func:`malar.course.derive_confirmed` is. Both ways of dating find the same patients.
    """
    if days < 1 or max_gap_days < 1:
        raise ParameterError(
            "A sustained verdict needs at least one day, and a gap of at least one day.",
            "Nothing could be sustained otherwise, or everything.",
            "Pass days=180, max_gap_days=100.",
        )
    if dated not in ("first", "confirming"):
        raise ParameterError(
            f"`{dated}` is no visit to date a sustained verdict at.", hint="Use 'first' or 'confirming'."
        )
    inside, back = enter(frame)
    schema, read = inside.collect_schema(), (flag, *([assessed] if assessed else []))
    demand(schema.names(), ("subject", "day", *read), "A sustained verdict")
    demand_values(schema, read, "A sustained verdict")
    return back(_sustain(inside, flag, assessed, _Terms(days, max_gap_days, dated == "confirming")))


@dataclass(frozen=True, slots=True)
class _Terms:
    days: int
    gap: int
    confirming: bool


def _sustain(frame: pl.LazyFrame, flag: str, assessed: str | None, terms: _Terms) -> pl.LazyFrame:
    import polars as pl

    whole = frame.collect()
    counts = as_sign(assessed).fill_null(value=False) if assessed else pl.lit(value=True)
    rows = whole.select("subject", "day", verdict=as_sign(flag), counts=counts).with_row_index("row")
    visits = rows.filter("counts").sort("subject", "day")
    spans = _spans(visits, terms)
    certain = _held(visits["verdict"].fill_null(value=False), spans, terms)
    possible = _held(visits["verdict"].fill_null(value=True), spans, terms)
    judged = visits.select("row", certain=certain, possible=possible).with_columns(
        sustained=pl.when("certain").then(pl.lit(value=True)).when(~pl.col("possible")).then(pl.lit(value=False))
    )
    column = rows.select("row").join(judged, on="row", how="left", maintain_order="left")["sustained"]
    return whole.with_columns(column.alias(f"{flag}__sustained")).lazy()


@dataclass(frozen=True, slots=True)
class _Spans:
    """Per visit, the positions of the first and last visit that its answer rests on.

    `whole`: they lie far enough apart, with no gap between that is too long.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    whole: NDArray[np.bool_]


def _spans(visits: pl.DataFrame, terms: _Terms) -> _Spans:
    import numpy as np

    subject: NDArray[np.int64] = visits["subject"].rank("dense").to_numpy().astype(np.int64)
    day: NDArray[np.int64] = visits["day"].to_numpy().astype(np.int64)
    at = np.arange(len(day), dtype=np.int64)
    if not len(day):
        return _Spans(at, at, at.astype(np.bool_))
    clock: NDArray[np.int64] = subject * (2 * (int(day.max() - day.min()) + terms.days + 1)) + (day - day.min())
    search: Any = np.searchsorted
    if terms.confirming:
        first: NDArray[np.int64] = search(clock, clock - terms.days, side="right") - 1
        first = np.maximum(first, search(subject, subject, side="left"))
        last = at
    else:
        first = at
        last = np.minimum(search(clock, clock + terms.days), search(subject, subject, side="right") - 1)
    broken: NDArray[np.int64] = np.concatenate([[0], np.cumsum(np.diff(day) > terms.gap)]).astype(np.int64)
    new_subject = np.concatenate([[0], np.cumsum(np.diff(subject) != 0)]).astype(np.int64)
    assert not (new_subject[first] != new_subject[last]).any()
    whole = (day[last] - day[first] >= terms.days) & (broken[first] == broken[last])
    return _Spans(first, last, whole)


def _held(verdict: pl.Series, spans: _Spans, terms: _Terms) -> pl.Series:
    """The answer with every verdict known: true, false, or null where the record does not tell."""
    import numpy as np
    import polars as pl

    fails: NDArray[np.int64] = np.concatenate([[0], np.cumsum(~verdict.to_numpy().astype(np.bool_))]).astype(np.int64)
    failed = fails[spans.last + 1] > fails[spans.first]
    settled = pl.DataFrame({"failed": failed, "whole": spans.whole})
    short = pl.lit(value=False) if terms.confirming else pl.lit(None, dtype=pl.Boolean)
    answer = pl.when("failed").then(pl.lit(value=False)).when("whole").then(pl.lit(value=True)).otherwise(short)
    return settled.select(answer=answer)["answer"]
