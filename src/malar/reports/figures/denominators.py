"""One state, two numbers: the share of those seen at a visit, and the probability for all who began."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from malar.reports._inputs import COUNT, NUMBER, TEXT, extent, no_data, tidy
from malar.reports._palette import Paint
from malar.reports._sheet import WIDE, Panel, Sheet, draw, percent_axis, spread, time_axis
from malar.reports._words import estimate, months, percent, plain

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.figure import Figure

_NAIVE = {
    "label": TEXT,
    "time": NUMBER,
    "n_in_state": COUNT,
    "n_assessed": COUNT,
    "n_enrolled": COUNT,
    "lower": NUMBER,
    "upper": NUMBER,
}
_OCCUPANCY = {"time": NUMBER, "probability": NUMBER, "lower": NUMBER, "upper": NUMBER}
_BARS: Final = 0.62
"""Height in inches of the bars that show who was seen."""


def draw_denominators(
    visits: pl.DataFrame,
    occupancy: pl.DataFrame,
    *,
    state: str,
    level: float = 0.95,
    since: str = "day 0",
    mark: str | None = None,
    key: str = "denominators",
    title: str | None = None,
) -> Figure:
    """Set the visit-wise percentage of a state beside its state-occupancy probability.

    Parameters
    ----------
    visits
        One row per planned visit: `label`, `time` (days), `n_in_state`, `n_assessed`, `n_enrolled`, and
        `lower`, `upper` (exact interval of n_in_state / n_assessed).
    occupancy
        One row per time: `time` (days), `probability`, `lower`, `upper`; it holds until the next row.
    state
        The state in words, as in ``"quiescent"``.
    level
        Confidence level of the intervals, for the words.

    Returns
    -------
    Figure
        Its data are the rows of `visits`, with the probability at the same times.

    Raises
    ------
    MissingColumnsError
        A frame lacks one of these columns.
    """
    import polars as pl

    left = tidy(visits, "The figure of denominators", _NAIVE).drop_nulls(["time", "n_enrolled"]).sort("time")
    left = left.with_columns(pl.col("n_in_state", "n_assessed").fill_null(0), label=pl.col("label").fill_null(""))
    right = tidy(occupancy, "The figure of denominators", _OCCUPANCY).drop_nulls(["time", "probability"]).sort("time")
    name = title or f"How many are {plain(state, 40)}? Two answers"
    if right.is_empty() or not left["n_assessed"].sum():
        return no_data(key, name, f"No visit tells whether a patient is {plain(state, 40)}.", data=left, mark=mark)
    both = _join(left, right)
    return draw(
        lambda sheet: _paint(sheet, both, right, state, since),
        WIDE,
        4.75,
        key=key,
        title=name,
        caption=_caption(both, state, level),
        alt=_alt(both, state, level),
        data=both,
        mark=mark,
    )


def _join(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """Rows of the visits, with the share seen and the probability that holds at that time."""
    import polars as pl

    names = {name: f"occupancy_{name}" for name in ("lower", "upper")} | {"probability": "occupancy"}
    seen = pl.when(pl.col("n_assessed") > 0).then(pl.col("n_in_state") / pl.col("n_assessed"))
    return left.with_columns(share=seen).join_asof(right.rename(names), on="time", strategy="backward")


def _paint(sheet: Sheet, both: pl.DataFrame, right: pl.DataFrame, state: str, since: str) -> None:
    top, height = 1.02, 2.35
    seen = sheet.panel(0.5, top, 4.2, height)
    all_who_began = sheet.panel(5.75, top, 3.75, height)
    last = max(both["time"][-1], right["time"][-1]) if both.height else right["time"][-1]
    for panel in (seen, all_who_began):
        percent_axis(panel)
        time_axis(panel, -0.03 * last, 1.05 * last, since, sheet)
    n = int(extent(both["n_enrolled"])[1])
    _heading(
        sheet,
        seen,
        "Of the patients seen at each visit",
        f"{plain(state, 30)} / assessed: the denominator shrinks",
    )
    _heading(sheet, all_who_began, f"Of all {n} who began", "state-occupancy probability: everyone stays in")
    _shares(sheet, seen, both)
    _seen_bars(sheet, seen, both)
    _probability(sheet, all_who_began, right, both)
    _last_numbers(sheet, all_who_began, both)


def _heading(sheet: Sheet, panel: Panel, words: str, below: str) -> None:
    sheet.text(panel.left - 0.32, panel.top - 0.5, words, size=10, weight="bold")
    sheet.text(panel.left - 0.32, panel.top - 0.31, below, size=8, color=Paint.MUTED)


def _shares(sheet: Sheet, panel: Panel, both: pl.DataFrame) -> None:
    """Points with exact intervals, each with its n/N."""
    known = both.drop_nulls(["share"])
    look: dict[str, Any] = {"color": Paint.SECOND, "zorder": 3}
    bounds = known.drop_nulls(["lower", "upper"])
    panel.axes.vlines(
        bounds["time"].to_list(),
        bounds["lower"].to_list(),
        bounds["upper"].to_list(),
        linewidth=1.2,
        alpha=0.65,
        **look,
    )
    edge: dict[str, Any] = {"markeredgecolor": Paint.PAPER, "markeredgewidth": 0.8, "clip_on": False}
    panel.axes.plot(
        known["time"].to_list(),
        known["share"].to_list(),
        linestyle="none",
        marker="o",
        markersize=6.5,
        **look,
        **edge,
    )
    _counts(sheet, panel, known)


def _counts(sheet: Sheet, panel: Panel, known: pl.DataFrame) -> None:
    """Print n/N beside each point, the last first, where no other point or number is in the way."""
    points = [(panel.x(t), panel.y(p)) for t, p in known.select("time", "share").iter_rows()]
    taken: list[tuple[float, float, float]] = []
    for (x, y), row in reversed(list(zip(points, known.to_dicts(), strict=True))):
        words = f"{row['n_in_state']}/{row['n_assessed']}"
        left, right = x + 0.075, x + 0.085 + 0.066 * len(words)
        covers = any(left - 0.06 < px < right + 0.06 and abs(py - y + 0.05) < 0.13 for px, py in points)
        meets = any(left < b and right > a and abs(at - y) < 0.14 for a, b, at in taken)
        if not covers and not meets:
            sheet.text(left, y - 0.05, words, size=7.5, color=Paint.SECOND, weight="bold")
            taken.append((left, right, y))


def _seen_bars(sheet: Sheet, panel: Panel, both: pl.DataFrame) -> None:
    """Below the axis: who was seen at each visit, within the outline of all enrolled."""
    base = panel.bottom + 0.58 + _BARS
    times = both["time"].to_list()
    gaps = [panel.x(b) - panel.x(a) for a, b in pairwise(times)]
    wide = max(0.05, min(0.26, 0.75 * min(gaps, default=0.3)))
    sheet.text(0.05, base - _BARS + 0.08, "Seen", size=7.5, weight="bold")
    sheet.text(0.05, base - _BARS + 0.22, f"of {both['n_enrolled'].max()}", size=7.5, color=Paint.MUTED)
    free = float("-inf")
    for row in both.to_dicts():
        x = panel.x(row["time"])
        share = min(1.0, row["n_assessed"] / row["n_enrolled"]) if row["n_enrolled"] else 0.0
        sheet.box(x - wide / 2, base - _BARS, wide, _BARS, Paint.UNKNOWN, edgecolor=Paint.RULE, linewidth=0.5)
        sheet.box(x - wide / 2, base - _BARS * share, wide, _BARS * share, Paint.SECOND, zorder=1)
        half = 0.031 * len(str(row["n_assessed"]))
        if x - half >= free:
            sheet.text(x, base + 0.13, str(row["n_assessed"]), size=7.5, ha="center")
            free = x + half + 0.03


def _probability(sheet: Sheet, panel: Panel, right: pl.DataFrame, both: pl.DataFrame) -> None:
    """The step curve with its band; as rings, what the visits said."""
    axes = panel.axes
    band = right.drop_nulls(["lower", "upper"])
    time, value = right["time"].to_list(), right["probability"].to_list()
    end = max(time[-1], both["time"][-1]) if both.height else time[-1]
    bounds = [[*band[name], *band[name][-1:]] for name in ("lower", "upper")]
    across = [*band["time"], *([end] if band.height else [])]
    axes.fill_between(across, *bounds, step="post", color=Paint.FIRST, alpha=0.2, linewidth=0)
    axes.step([*time, end], [*value, value[-1]], where="post", color=Paint.FIRST, linewidth=2, clip_on=False)
    rings = both.drop_nulls(["share", "occupancy"])
    across, seen, occupied = (rings[name].to_list() for name in ("time", "share", "occupancy"))
    axes.vlines(across, occupied, seen, color=Paint.SECOND, linewidth=0.8, linestyle=(0, (1.5, 1.5)))
    look: dict[str, Any] = {"linestyle": "none", "marker": "o", "zorder": 3, "clip_on": False}
    axes.plot(across, seen, markersize=5.5, color=Paint.PAPER, markeredgecolor=Paint.SECOND, **look)
    axes.plot(across, occupied, markersize=5, color=Paint.FIRST, markeredgecolor=Paint.PAPER, **look)
    key = panel.bottom + 0.72
    for k, (color, fill, words) in enumerate(
        (
            (Paint.FIRST, Paint.FIRST, "probability for all who began, with its confidence band"),
            (Paint.SECOND, Paint.PAPER, "share of those seen, repeated from the left"),
        )
    ):
        y = key + 0.19 * k
        sheet.line([panel.left - 0.25], [y], marker="o", markersize=5.5, color=fill, markeredgecolor=color)
        sheet.text(panel.left - 0.12, y, words, size=7.5, color=Paint.MUTED, va="center")


def _last_numbers(sheet: Sheet, panel: Panel, both: pl.DataFrame) -> None:
    """At the right end, the two answers at the last visit that gives both."""
    rings = both.drop_nulls(["share", "occupancy"])
    if rings.is_empty():
        return
    row = rings.row(-1, named=True)
    wanted = [panel.y(row["share"]), panel.y(row["occupancy"])]
    seen, occupied = spread(wanted, 0.4, panel.top + 0.1, panel.bottom - 0.2)
    for at, value, color, words in (
        (seen, row["share"], Paint.SECOND, f"of {row['n_assessed']} seen"),
        (occupied, row["occupancy"], Paint.FIRST, f"of all {row['n_enrolled']}"),
    ):
        sheet.text(panel.right + 0.08, at, percent(value), size=11, weight="bold", color=color, va="center")
        sheet.text(panel.right + 0.08, at + 0.17, words, size=7.5, color=color, va="center")


def _caption(both: pl.DataFrame, state: str, level: float) -> str:
    row = both.filter(both["n_assessed"] > 0).row(-1, named=True)
    absent, name, visit = row["n_enrolled"] - row["n_assessed"], plain(state, 40), plain(row["label"], 30)
    return (
        f"The same state, {name}, in the same patients. Left: the share of those assessed at each visit, with exact "
        f"{level * 100:g}% intervals; at {visit} it leaves out {absent} of {row['n_enrolled']} patients (died, "
        "withdrew, not yet so far, or not seen), and those still seen need not resemble them. Right: the probability "
        f"for all who began: the dead count as not {name}, those who withdrew or whose follow-up ended are censored."
    )


def _alt(both: pl.DataFrame, state: str, level: float) -> str:
    row = both.filter(both["n_assessed"] > 0).row(-1, named=True)
    share = estimate(row["share"], row["lower"], row["upper"], level)
    occupied = estimate(row["occupancy"], row["occupancy_lower"], row["occupancy_upper"], level)
    seen, name, visit = both["n_assessed"].to_list(), plain(state, 40), plain(row["label"], 30)
    return (
        f"At {visit} (month {months(row['time'])}), {row['n_in_state']} of {row['n_assessed']} patients seen are "
        f"{name}: {share}. For all {row['n_enrolled']} who began, the probability of being {name} at that time is "
        f"{occupied}. The number seen goes from {seen[0]} at the first visit shown to {seen[-1]} at the last."
    )
