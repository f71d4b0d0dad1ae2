"""The probability of being in each state over time: everyone stays in the denominator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from malar.reports._inputs import NUMBER, TEXT, extent, no_data, tidy
from malar.reports._palette import Paint, StateStyle, state_styles
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
    swatch,
    time_axis,
)
from malar.reports._words import estimate, interval, listed, months, percent, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from malar.reports.figure import Figure

_COLUMNS = {"time": NUMBER, "state": TEXT, "probability": NUMBER, "lower": NUMBER, "upper": NUMBER}


def draw_state_occupancy(
    occupancy: pl.DataFrame,
    *,
    followed: pl.DataFrame | None = None,
    states: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    level: float = 0.95,
    since: str = "day 0",
    mark: str | None = None,
    key: str = "state-occupancy",
    title: str = "Where patients are over time",
) -> Figure:
    """Draw state-occupancy probabilities as stacked steps, each area named at its end.

    Parameters
    ----------
    occupancy
        One row per time and state: `time` (days), `state`, `probability`, `lower`, `upper`. A state that
        has no row at a time has probability 0 there.
    followed
        Patients still followed: `time` (days), `n`; printed under the axis.
    states
        Order from the bottom up; states of the frame that it lacks follow. By default the frame's order.
    labels
        Names to print for states.
    level
        Confidence level of `lower` and `upper`, for the words.

    Returns
    -------
    Figure
        Its data are the rows of `occupancy`.

    Raises
    ------
    MissingColumnsError
        The frame lacks one of these columns.
    """
    rows = tidy(occupancy, "The figure of state occupancy", _COLUMNS).drop_nulls(["time", "state", "probability"])
    if rows.is_empty():
        return no_data(key, title, "No patient has a history of states.", data=rows, mark=mark)
    present: list[str] = rows["state"].unique(maintain_order=True).to_list()
    order = [state for state in (states or ()) if state in present]
    order += [state for state in present if state not in order]
    styles = state_styles(order, labels)
    end = extent(rows["time"])[1]
    last = {row["state"]: row for row in rows.filter(rows["time"] == end).to_dicts()}
    return draw(
        lambda sheet: _paint(sheet, rows, styles, last, since=since, followed=followed),
        WIDTH,
        TOP + (3.5 if followed is None else 4.0),
        key=key,
        title=title,
        caption=(
            "Probability of being in each state, stacked to 100%. Everyone who began stays in the denominator: those "
            "who leave are censored, the dead stay in a state of their own. Right: the probability at month "
            f"{months(end)}, with its {level * 100:g}% confidence interval."
            + ("" if followed is None else " Below: patients still followed; where they are few, steps are large.")
        ),
        alt=_alt(rows, styles, last, level, since),
        data=rows,
        mark=mark,
    )


def _paint(
    sheet: Sheet,
    rows: pl.DataFrame,
    styles: dict[str, StateStyle],
    last: dict[str, dict[str, Any]],
    *,
    since: str,
    followed: pl.DataFrame | None,
) -> None:
    panel = sheet.panel(0.55, TOP, 4.65, 2.95)
    percent_axis(panel)
    panel.axes.grid(visible=False)
    wide = rows.pivot("state", index="time", values="probability", aggregate_function="last").sort("time").fill_null(0)
    time_axis(panel, min(0.0, wide["time"][0]), wide["time"][-1], since, sheet)
    axis_name(sheet, panel, "Patients, %")
    _areas(panel, wide, styles)
    _names(sheet, panel, styles, last)
    if followed is not None:
        shown = followed.filter(followed["time"] <= wide["time"][-1])
        cells = [(float(time), f"{n:g}") for time, n in shown.select("time", "n").iter_rows()]
        number_rows(sheet, panel, panel.bottom + 0.6, "Followed", [("", Paint.INK, cells)])


def _areas(panel: Panel, wide: pl.DataFrame, styles: dict[str, StateStyle]) -> None:
    time = [*wide["time"], panel.axes.get_xlim()[1]]
    floor = [0.0] * len(time)
    for state, style in styles.items():
        roof = [low + p for low, p in zip(floor, [*wide[state], wide[state][-1]], strict=True)]
        look: dict[str, Any] = {"facecolor": style.paint, "edgecolor": Paint.PAPER, "linewidth": 0.8}
        panel.axes.fill_between(time, floor, roof, step="post", **look)
        if style.hatch:
            over: dict[str, Any] = {
                "facecolor": "none",
                "edgecolor": Paint.HATCH,
                "linewidth": 0,
                "hatch": style.hatch,
            }
            panel.axes.fill_between(time, floor, roof, step="post", **over)
        floor = roof


def _names(sheet: Sheet, panel: Panel, styles: dict[str, StateStyle], last: dict[str, dict[str, Any]]) -> None:
    """Name each area beside its right end, with a swatch and the probability there."""
    floor, middles = 0.0, list[float]()
    for state in styles:
        p = float(last[state]["probability"]) if state in last else 0.0
        middles.append(panel.y(floor + p / 2))
        floor += p
    places = spread(middles, 0.36, panel.top + 0.1, panel.bottom - 0.12)
    for (state, style), middle, at in zip(styles.items(), middles, places, strict=True):
        row = last.get(state, {"probability": 0.0, "lower": None, "upper": None})
        left = panel.right + 0.08
        sheet.line([left, left + 0.1], [middle, at], color=Paint.RULE, linewidth=0.6)
        swatch(sheet, left + 0.14, at - 0.065, style)
        sheet.text(left + 0.38, at, plain(style.label, 18), size=8.5, weight="bold", va="center")
        between = interval(row["lower"], row["upper"])
        words = percent(row["probability"]) + (f" ({between})" if between else "")
        sheet.text(left + 0.38, at + 0.15, words, size=7.5, color=Paint.MUTED, va="center")


def _alt(
    rows: pl.DataFrame,
    styles: dict[str, StateStyle],
    last: dict[str, dict[str, Any]],
    level: float,
    since: str,
) -> str:
    start, end = extent(rows["time"])
    first = {row["state"]: row for row in rows.filter(rows["time"] == start).to_dicts()}
    ended = [
        f"{style.label} {estimate(last[state]['probability'], last[state]['lower'], last[state]['upper'], level)}"
        for state, style in styles.items()
        if state in last
    ]
    began = [
        f"{style.label} {percent(first[state]['probability'])}"
        for state, style in styles.items()
        if state in first and first[state]["probability"] > 0
    ]
    return (
        f"Probability of each state over {months(end)} months since {since}. "
        f"At the beginning: {listed(began)}. At month {months(end)}: {listed(ended)}."
    )
