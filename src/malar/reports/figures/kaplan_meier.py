"""Kaplan–Meier curves with their confidence bands, censoring ticks and numbers at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from malar.reports._inputs import COUNT, NUMBER, TEXT, no_data, tidy
from malar.reports._palette import DASHES, GROUPS, Paint
from malar.reports._sheet import (
    TOP,
    WIDTH,
    Panel,
    Sheet,
    axis_name,
    draw,
    number_rows,
    percent_axis,
    spread,
    time_axis,
)
from malar.reports._words import counted, estimate, listed, months, plain

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

_CURVE = {
    "group": TEXT,
    "time": NUMBER,
    "survival": NUMBER,
    "lower": NUMBER,
    "upper": NUMBER,
    "at_risk": COUNT,
    "events": COUNT,
    "censored": COUNT,
}
_RISK = {"group": TEXT, "time": NUMBER, "at_risk": COUNT, "events": COUNT}


def draw_kaplan_meier(
    curve: pl.DataFrame,
    risk: pl.DataFrame,
    *,
    label: str,
    cumulative: bool = False,
    level: float = 0.95,
    since: str = "day 0",
    mark: str | None = None,
    key: str = "kaplan-meier",
    title: str | None = None,
) -> Figure:
    """Draw the probability over time that nothing has happened yet, or that it has.

    Parameters
    ----------
    curve
        One row per group and time: `group` (null where there is one), `time` (days), `survival`, `lower`,
        `upper` (probabilities), `at_risk`, `events`, `censored` (counts). Each curve begins at 1 on day 0,
        whether or not that row is there.
    risk
        One row per group and time of the table: `group`, `time`, `at_risk`, `events` (cumulative).
    label
        What the curve is the probability of: ``"Free of relapse"``; with `cumulative`, ``"Relapse"``.
    cumulative
        Draw 1 − survival.
    level
        Confidence level of `lower` and `upper`, for the words.

    Returns
    -------
    Figure
        Its data are the rows of `curve`.

    Raises
    ------
    MissingColumnsError
        A frame lacks one of these columns.
    """
    rows = tidy(curve, "The Kaplan–Meier figure", _CURVE).drop_nulls(["time", "survival"])
    table = tidy(risk, "The table of numbers at risk", _RISK).drop_nulls("time").sort("time")
    name = title or f"{plain(label)} over time"
    if rows.is_empty():
        return no_data(key, name, "No patient was followed.", data=rows, mark=mark)
    groups: list[str | None] = rows["group"].unique(maintain_order=True).to_list()
    rows = rows.sort("time", maintain_order=True)
    curves = {group: _points(rows, group, cumulative) for group in groups}
    cells = {group: _of(table, group) for group in groups}
    words = [_sentence(group, curves[group], cells[group], level) for group in groups]
    return draw(
        lambda sheet: _paint(sheet, curves, cells, label, since),
        WIDTH,
        TOP + 2.95 + 0.75 + 0.165 * len(groups),
        key=key,
        title=name,
        caption=_caption(rows, label, level, cumulative),
        alt=f"{plain(label)}: {' '.join(words)}",
        data=rows,
        mark=mark,
    )


def _of(frame: pl.DataFrame, group: str | None) -> pl.DataFrame:
    import polars as pl

    return frame.filter(pl.col("group").eq_missing(pl.lit(group, pl.String)))


def _points(rows: pl.DataFrame, group: str | None, cumulative: bool) -> pl.DataFrame:
    """One curve from day 0 on, as columns time, value, lower, upper, at_risk, events, censored."""
    import polars as pl

    own = _of(rows, group).with_columns(value=pl.col("survival"))
    if own["time"][0] > 0:
        start = own.head(1).with_columns(
            time=pl.lit(0.0), value=pl.lit(1.0), lower=pl.lit(1.0), upper=pl.lit(1.0),
            events=pl.lit(0, pl.Int64), censored=pl.lit(0, pl.Int64),
        )  # fmt: skip
        own = pl.concat([start, own])
    if cumulative:
        own = own.with_columns(value=1 - pl.col("value"), lower=1 - pl.col("upper"), upper=1 - pl.col("lower"))
    return own


def _paint(
    sheet: Sheet,
    curves: dict[str | None, pl.DataFrame],
    cells: dict[str | None, pl.DataFrame],
    label: str,
    since: str,
) -> None:
    several = len(curves) > 1
    left = 1.3 if any(curves) else 0.6
    panel = sheet.panel(left, TOP, (5.8 if several else 6.95) - left, 2.95)
    percent_axis(panel)
    ends = [float(points["time"][-1]) for points in curves.values()]
    ends += [float(part["time"][-1]) for part in cells.values() if part.height]
    time_axis(panel, 0.0, max(ends), since, sheet)
    axis_name(sheet, panel, label)
    table: list[tuple[str, str, list[tuple[float, str]]]] = []
    for k, (group, points) in enumerate(curves.items()):
        color = GROUPS[k % len(GROUPS)]
        _curve(panel, points, color, DASHES[k % len(DASHES)])
        part = cells[group]
        numbers = [(row["time"], f"{row['at_risk']} ({row['events']})") for row in part.to_dicts()]
        table.append((group or "", color if several else Paint.INK, numbers))
    if several:
        _names(sheet, panel, curves)
    number_rows(sheet, panel, panel.bottom + 0.62, "At risk (events)", table)


def _curve(panel: Panel, points: pl.DataFrame, color: str, dash: Any) -> None:
    time = points["time"].to_list()
    axes = panel.axes
    known = points.drop_nulls(["lower", "upper"])
    axes.fill_between(
        known["time"].to_list(), known["lower"].to_list(), known["upper"].to_list(),
        step="post", color=color, alpha=0.16, linewidth=0,
    )  # fmt: skip
    axes.step(
        time,
        points["value"].to_list(),
        where="post",
        color=color,
        linewidth=1.7,
        linestyle=dash,
        clip_on=False,
    )
    ticks = points.filter(points["censored"] > 0)
    look: dict[str, Any] = {"linestyle": "none", "marker": "|", "markersize": 5.5, "markeredgewidth": 0.9}
    axes.plot(ticks["time"].to_list(), ticks["value"].to_list(), color=color, clip_on=False, **look)


def _names(sheet: Sheet, panel: Panel, curves: dict[str | None, pl.DataFrame]) -> None:
    """Name each curve at its end instead of in a legend."""
    wanted = [panel.y(float(points["value"][-1])) for points in curves.values()]
    places = spread(wanted, 0.17, panel.top, panel.bottom)
    for k, (group, at) in enumerate(zip(curves, places, strict=True)):
        words = plain(group or "No group", 16)
        sheet.text(panel.right + 0.1, at, words, size=8.5, color=GROUPS[k % len(GROUPS)], weight="bold", va="center")


def _sentence(group: str | None, points: pl.DataFrame, cells: pl.DataFrame, level: float) -> str:
    """What the curve of a group says, at up to four times of its table, and its median."""
    n, events = points["at_risk"][0] or 0, int(points["events"].sum())
    who = f"{plain(group, 40)}: " if group else ""
    told: list[str] = []
    for row in cells.filter(cells["time"] > 0).to_dicts():
        before = points.filter(points["time"] <= row["time"])
        last = before.row(-1, named=True)
        at = f"{estimate(last['value'], last['lower'], last['upper'], level)} at month {months(row['time'])}"
        told.append(f"{at} with {row['at_risk']} at risk")
    shown = told if len(told) <= 4 else [told[round((len(told) - 1) * part / 3)] for part in range(4)]
    half = points.filter(points["survival"] <= 0.5)
    median = f"median {months(half['time'][0])} months" if half.height else "median not reached"
    middle = f"; {listed(shown)}" if shown else ""
    return f"{who}{counted(n, 'patient')}, {counted(events, 'event')}{middle}; {median}."


def _caption(rows: pl.DataFrame, label: str, level: float, cumulative: bool) -> str:
    what = "Cumulative incidence as one minus the Kaplan–Meier estimate" if cumulative else "Kaplan–Meier estimate"
    censored = int(rows["censored"].sum())
    return (
        f"{plain(label)}. {what}; shaded, pointwise {level * 100:g}% confidence intervals. Each tick marks a time at "
        f"which follow-up ended without the event ({counted(censored, 'patient')} in all). Below: numbers at "
        f"risk, with cumulative events in parentheses."
    )
