"""Relapse: a remission that was reached at an earlier assessed visit and is lost at this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from malar._frames import as_sign, demand, demand_values, enter
from malar.conditions import Condition, Since
from malar.course.reference import derive_reference

if TYPE_CHECKING:
    import polars as pl


def derive_relapse(
    frame: Any,
    remission: str,
    *,
    name: str = "",
    treatment: Condition | None = None,
    assessed: str | None = None,
) -> Any:
    """Add whether a remission reached earlier is lost, and when it was first lost.

    Parameters
    ----------
    frame
        Judged visit frame with `subject`, `day` and the remission; any kind of dataframe.
    remission
        Boolean verdict that tells at which visits the patient is in remission.
    name
        Name of the column added; by default `relapse_after__` and the name of the remission.
    treatment
        Condition that must hold beside the loss, such as a dose that rose: renewed activity that needed
        treatment. None: the loss alone is a relapse.
    assessed
        Boolean column that tells which visits were assessed; the others are passed over, and are unknown.
        Without it, every visit of the frame is taken as assessed.

    Returns
    -------
    frame
        The same kind and order, with four columns: `name`: true at an assessed visit after one in remission at
        which the remission is lost and the treatment holds, false where one of the three certainly does not
        hold, else unknown; `name__at_risk`: whether an earlier visit was in remission (the ever-responders);
        `name__day`: day of the first visit up to this one at which it is certainly true; `name__after_day`: the
        last visit before that day that was certainly in remission. The relapse lies between the two.

    Raises
    ------
    MissingColumnsError
        The frame lacks a column that is read.
    WrongTypeError
        The remission is neither Boolean nor a number.

    Notes
    -----
    A patient who has relapsed stays so until a visit is in remission again: the first true visit is the event.
    Values at an earlier visit that the treatment compares with are derived where the frame lacks them.
    """
    inside, back = enter(frame)
    key = name or f"relapse_after__{remission}"
    schema = inside.collect_schema()
    read = (remission, *([assessed] if assessed else []))
    demand(schema.names(), ("subject", "day", *read), "A relapse")
    demand_values(schema, read, "A relapse")
    return back(_derive(_with_references(inside, treatment), remission, key, treatment, assessed))


def _with_references(frame: pl.LazyFrame, treatment: Condition | None) -> pl.LazyFrame:
    for need in treatment.needs() if treatment else ():
        since, _, column = need.partition("__")
        if since in list(Since) and need not in frame.collect_schema().names():
            frame = derive_reference(frame, column, Since(since))
    return frame


def _derive(
    frame: pl.LazyFrame, remission: str, key: str, treatment: Condition | None, assessed: str | None
) -> pl.LazyFrame:
    import polars as pl

    names = frame.collect_schema().names()
    if treatment:
        demand(names, treatment.needs(), "A relapse that needs treatment")
    counts = as_sign(assessed).fill_null(value=False) if assessed else pl.lit(value=True)
    flag = as_sign(remission)
    certain = (flag & counts).fill_null(value=False)
    possible = flag.fill_null(value=True) & counts

    def earlier(there: pl.Expr) -> pl.Expr:
        before = there.cast(pl.Int64).cum_sum().shift(1).over("subject", order_by="day")
        return before.fill_null(0) > 0

    at_risk = pl.when(earlier(certain)).then(pl.lit(value=True)).when(~earlier(possible)).then(pl.lit(value=False))
    treated = treatment.test(frozenset(names)) if treatment else pl.lit(value=True)
    frame = frame.with_columns(at_risk.alias(f"{key}__at_risk"))
    verdict = pl.col(f"{key}__at_risk") & ~flag & treated
    verdict = pl.when(counts).then(verdict)
    frame = frame.with_columns(verdict.alias(key))
    day = pl.col("day")
    first = pl.when(key).then(day).cum_min().forward_fill().over("subject", order_by="day")
    last = pl.when(certain).then(day).forward_fill().shift(1).over("subject", order_by="day")
    held = pl.when(pl.col(f"{key}__day") == day).then(last).forward_fill().over("subject", order_by="day")
    return frame.with_columns(first.alias(f"{key}__day")).with_columns(held.alias(f"{key}__after_day"))
