"""Confirmation: a verdict that holds at several consecutive assessed visits, far enough apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from malar._frames import as_sign, demand, demand_values, enter
from malar.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray


def derive_confirmed(
    frame: Any,
    flag: str,
    *,
    visits: int = 2,
    min_gap_days: int = 28,
    dated: Literal["first", "confirming"] = "first",
    assessed: str | None = None,
) -> Any:
    """Add whether a verdict is confirmed by the visits after it.

    Parameters
    ----------
    frame
        Judged visit frame with `subject`, `day` and the flag; any kind of dataframe.
    flag
        Name of the Boolean verdict.
    visits
        Consecutive assessed visits at which it must hold, the first one included.
    min_gap_days
        Days that must lie at least between one counted visit and the next. Visits in between do not
        count, but must not contradict.
    dated
        ``first``: true at a visit that later visits confirm; the first such visit dates the confirmed
        verdict. ``confirming``: true from the visit that confirms the run to the end of the run.
    assessed
        Boolean column that tells which visits were assessed; the others are passed over. Without it, every
        visit of the frame is taken as assessed.

    Returns
    -------
    frame
        The same kind and order, with `flag__confirmed`. False where the flag is false, or where a later
        visit contradicts it before it is confirmed; null where the record ends before that, or where an
        assessed visit with an unknown verdict leaves it open.

    Raises
    ------
    ParameterError
        Fewer than one visit, a negative gap, or an unknown way of dating.
    WrongTypeError
        The flag is neither Boolean nor a number.

    Notes
    -----
    With ``first``, visits of a run that is still open at the last assessed visit and not far enough from it
    are null; with ``confirming``, those before the confirming visit of such a run.

    The verdict is confirmed for certain if it is so with every unknown verdict taken as false, and not
    confirmed for certain if it is not so with every one taken as true.
    """
    if visits < 1 or min_gap_days < 0:
        raise ParameterError(
            "Confirmation needs at least one visit and a gap of at least 0 days.",
            hint="Pass visits=2, min_gap_days=28.",
        )
    if dated not in ("first", "confirming"):
        raise ParameterError(f"`{dated}` is no visit to date a confirmation at.", hint="Use 'first' or 'confirming'.")
    inside, back = enter(frame)
    schema, read = inside.collect_schema(), (flag, *([assessed] if assessed else []))
    demand(schema.names(), ("subject", "day", *read), "Confirmation")
    demand_values(schema, read, "Confirmation")
    return back(_confirm(inside, flag, assessed, _Terms(visits, min_gap_days, dated == "confirming")))


@dataclass(frozen=True, slots=True)
class _Terms:
    visits: int
    gap: int
    confirming: bool


def _confirm(frame: pl.LazyFrame, flag: str, assessed: str | None, terms: _Terms) -> pl.LazyFrame:
    import polars as pl

    whole = frame.collect()
    counts = as_sign(assessed).fill_null(value=False) if assessed else pl.lit(value=True)
    rows = whole.select("subject", "day", verdict=as_sign(flag), counts=counts).with_row_index("row")
    visits = rows.filter("counts").sort("subject", "day")
    certain = _confirmed(visits.with_columns(pl.col("verdict").fill_null(value=False)), terms)
    possible = _confirmed(visits.with_columns(pl.col("verdict").fill_null(value=True)), terms)
    judged = visits.select("row", certain=certain, possible=possible).with_columns(
        confirmed=pl.when("certain").then(pl.lit(value=True)).when(~pl.col("possible")).then(pl.lit(value=False))
    )
    column = rows.select("row").join(judged, on="row", how="left", maintain_order="left")["confirmed"]
    return whole.with_columns(column.alias(f"{flag}__confirmed")).lazy()


def _confirmed(visits: pl.DataFrame, terms: _Terms) -> pl.Series:
    """Confirmation with every verdict known: true, false, or null where the record ends first."""
    import polars as pl

    subject, verdict = pl.col("subject"), pl.col("verdict")
    starts = (verdict != verdict.shift(1)) | (subject != subject.shift(1))
    runs = visits.with_columns(run=starts.fill_null(value=True).cum_sum()).with_row_index("at")
    runs = runs.with_columns(
        open=pl.col("day").max().over("run") == pl.col("day").max().over("subject"),
        reached=pl.Series(_reach(runs["run"], runs["day"], terms), dtype=pl.Int64),
    )
    holds = verdict & (pl.col("reached") >= 0)
    if terms.confirming:
        holds = verdict & (pl.col("at") >= pl.when(pl.col("reached") >= 0).then("reached").min().over("run"))
    settled = pl.when(holds).then(pl.lit(value=True)).when(~verdict | ~pl.col("open")).then(pl.lit(value=False))
    return runs.select(settled.alias("confirmed"))["confirmed"]


def _reach(runs: pl.Series, days: pl.Series, terms: _Terms) -> NDArray[np.int64]:
    """Position at which each visit's run is confirmed, counted from that visit; −1 where it is not."""
    import numpy as np

    run: NDArray[np.int64] = runs.to_numpy().astype(np.int64)
    day: NDArray[np.int64] = days.to_numpy().astype(np.int64)
    at = np.arange(len(run), dtype=np.int64)
    if not len(run):
        return at
    span = int(day.max() - day.min()) + terms.gap + 1
    clock: NDArray[np.int64] = run * (2 * span) + (day - day.min())
    search: Any = np.searchsorted
    for _ in range(terms.visits - 1):
        step: NDArray[np.int64] = search(clock, clock[at] + max(terms.gap, 1))
        same = (at >= 0) & (step < len(run)) & (run[np.minimum(step, len(run) - 1)] == run[at])
        at = np.where(same, step, np.int64(-1))
    return at
