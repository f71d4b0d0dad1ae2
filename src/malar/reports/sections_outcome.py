"""Sections of the study report about outcomes: course, states, time to event, occupancy, denominators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malar.reports.figures.denominators import draw_denominators
from malar.reports.figures.kaplan_meier import draw_kaplan_meier
from malar.reports.figures.share_heat_map import ORGANS, draw_share_heat_map
from malar.reports.figures.state_occupancy import draw_state_occupancy
from malar.reports.figures.swimmer import draw_swimmer
from malar.reports.figures.trajectories import draw_trajectories
from malar.reports.over_time import organs_over_time, summarize
from malar.reports.page import Column, Section, Table
from malar.timelines import derive_states

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.analysis import Analysis, TimeToEventResult
    from malar.reports.figure import Figure

LABELS = {
    "active": "active, above 4",
    "le_4": "SLEDAI-2K ≤ 4",
    "quiescent": "quiescent",
    "dead": "dead",
    "withdrawn": "withdrawn",
}


def course_section(analysis: Analysis, since: str) -> Section:
    """Trajectories of the score, and organs over time."""
    mark = analysis.study.settings.mark
    course = analysis.judged.select("subject", "day", value="sledai_2k")
    summary = summarize(analysis.judged, analysis.planned, "sledai_2k")
    trajectories = draw_trajectories(course, summary, score="SLEDAI-2K", since=since, mark=mark)
    organs = draw_share_heat_map(organs_over_time(analysis.judged, analysis.planned), ORGANS, mark=mark)
    intro = (
        "Each line is one patient; medians are of the patients seen at that visit, who grow fewer.",
        "An organ counts as active where an item of it is present, as unknown where an unknown item could change that.",
    )
    return Section("course", "The course of activity", intro=intro, figures=(trajectories, organs))


def states_section(analysis: Analysis, since: str) -> Section:
    """Swimmer plot."""
    import polars as pl

    study = analysis.study
    gap = study.settings.analysis.max_gap_days
    states = derive_states(study, analysis.judged, max_gap_days=gap, after_gap="resume")
    last = states.group_by("subject").agg(pl.col("stop").fill_null(10**6).max(), pl.col("start").max())
    order = last.sort(["start", "stop", "subject"], descending=[True, True, False])["subject"]
    rank = pl.DataFrame({"subject": order}).with_row_index("rank")
    lanes = states.filter(~pl.col("state").is_in(["dead", "withdrawn"]))
    lanes = lanes.join(rank, on="subject", how="left").sort("rank", "start").drop("rank")
    kinds = ["relapse", "death", "withdrawal"]
    marks = [
        study["infusions"].select("subject", "day", kind=pl.lit("infusion")),
        study["events"].filter(pl.col("kind").is_in(kinds)).select("subject", "day", "kind"),
        analysis.judged.filter("sledai_2k_flare").select("subject", "day", kind=pl.lit("flare")),
        study["milestones"].filter(pl.col("kind") == "last_contact").drop_nulls("day").select("subject", "day", "kind"),
    ]
    shown = pl.concat(marks).filter(pl.col("day") >= 0)
    figure = draw_swimmer(
        lanes, shown, states=("active", "le_4", "quiescent"), labels=LABELS, since=since,
        mark=study.settings.mark,
    )  # fmt: skip
    intro = (
        "Active: SLEDAI-2K above 4. Quiescent: clinical SLEDAI-2K of 0. The state between two visits is that of the "
        f"first; a blank is unknown: more than {gap} days without a visit.",
    )
    return Section("states", "Each patient's states", intro=intro, figures=(figure,))


def time_to_event_section(analysis: Analysis, since: str) -> Section | None:
    """Kaplan-Meier figures with risk tables, and landmark estimates."""
    fitted = [each for each in analysis.time_to_event if each.fit is not None]
    if not fitted:
        return None
    figures = tuple(_kaplan_meier(analysis, each, since) for each in fitted)
    table = Table(
        key="time-to-event",
        title="Patients in each analysis, and the median time",
        caption="Median with Brookmeyer-Crowley 95 % limits, days; a dash: not reached. Left out: with the reason.",
        columns=(
            Column("analysis", "Analysis"),
            Column("group", "Group"),
            Column("n", "Patients", numeric=True),
            Column("events", "Events", numeric=True),
            Column("median", "Median", numeric=True),
            Column("limits", "95 % limits"),
            Column("left_out", "Left out"),
        ),
        rows=tuple(row for each in fitted for row in _median_rows(each)),
    )
    return Section("events", "Time to an event", figures=figures, tables=(table,), notes=_endings(fitted))


def _kaplan_meier(analysis: Analysis, each: TimeToEventResult, since: str) -> Figure:
    assert each.fit is not None
    curve = each.fit.curve()
    last = float(curve.select("time").to_series().max() or 0)  # pyright: ignore[reportArgumentType]
    days = [visit.day for visit in analysis.planned if 0 <= visit.day <= last] or [0]
    risk = each.fit.at(days).select("group", "time", "at_risk", "events")
    return draw_kaplan_meier(
        curve, risk, label=each.plan.label, cumulative=each.plan.cumulative, since=since,
        mark=analysis.study.settings.mark, key=each.plan.key.replace("_", "-"), title=each.plan.title,
    )  # fmt: skip


def _median_rows(each: TimeToEventResult) -> list[tuple[str, str, int, int, float | None, str, str]]:
    assert each.fit is not None
    left_out = "; ".join(f"{n} {why}" for why, n in each.left_out.items())
    rows: list[tuple[str, str, int, int, float | None, str, str]] = []
    for curve, quantile in zip(each.fit.curves, each.fit.quantile(0.5).iter_rows(named=True), strict=True):
        limits = " to ".join("–" if quantile[side] is None else f"{quantile[side]:g}" for side in ("lower", "upper"))
        events = int(curve.events.sum())
        rows.append((each.plan.title, curve.group or "all", curve.n, events, quantile["estimate"], limits, left_out))
    return rows


def _endings(fitted: list[TimeToEventResult]) -> tuple[str, ...]:
    """What ended each observation, by analysis."""
    notes: list[str] = []
    for each in fitted:
        counts = each.times.group_by("reason").len().sort("len", "reason", descending=[True, False])
        words = ", ".join(f"{(reason or 'unknown').replace('_', ' ')} {n}" for reason, n in counts.iter_rows())
        notes.append(f"{each.plan.title}: {each.plan.note} Ended by: {words}.")
    return tuple(notes)


def occupancy_section(analysis: Analysis, since: str) -> Section | None:
    """State occupancy as stacked areas, and mean time in each state."""
    if analysis.occupancy is None:
        return None
    import polars as pl

    from malar.reports.analysis import OCCUPIED

    curve = _until_planned_end(analysis, analysis.occupancy.curve())
    seen = curve.group_by("state").agg(pl.col("probability").max()).filter(pl.col("probability") > 0)["state"]
    curve = curve.filter(pl.col("state").is_in(seen.implode()))
    days = [visit.day for visit in analysis.planned if visit.day >= 0]
    alive = analysis.occupancy.at(days).filter(pl.col("state") != "dead")
    followed = alive.group_by("time", maintain_order=True).agg(n=pl.col("at_risk").sum())
    figure = draw_state_occupancy(
        curve, followed=followed, states=tuple(reversed(OCCUPIED[:3])) + OCCUPIED[3:], labels=LABELS, since=since,
        mark=analysis.study.settings.mark,
    )  # fmt: skip
    until = min(analysis.occupancy.last_day, float(max(visit.day for visit in analysis.planned)))
    mean = analysis.occupancy.time_in_state(until)
    table = Table(
        key="time-in-state",
        title=f"Mean time in each state until day {until:g}",
        caption="Days, with 95 % limits by the infinitesimal jackknife over patients.",
        columns=(
            Column("state", "State"),
            Column("days", "Mean days", numeric=True),
            Column("lower", "Lower", numeric=True),
            Column("upper", "Upper", numeric=True),
        ),
        rows=tuple(
            (LABELS[row["state"]], round(row["days"], 1), round(row["lower"], 1), round(row["upper"], 1))
            for row in mean.filter(pl.col("state").is_in(seen.implode())).iter_rows(named=True)
        ),
        data=mean,
    )
    intro = (
        "The probability of being in each state on each day, for a patient like those followed: patients who leave "
        "are censored, not dropped. Withdrawn patients are censored on the day they withdraw.",
    )
    return Section("occupancy", "Where patients are over time", intro=intro, figures=(figure,), tables=(table,))


def denominators_section(analysis: Analysis, since: str) -> Section | None:
    """The visit-wise percentage beside the occupancy probability."""
    import polars as pl

    if analysis.occupancy is None or analysis.at_visits.is_empty():
        return None
    curve = _until_planned_end(analysis, analysis.occupancy.curve()).filter(pl.col("state") == "quiescent")
    figure = draw_denominators(
        analysis.at_visits.drop("n_due"), curve.select("time", "probability", "lower", "upper"),
        state="quiescent", since=since, mark=analysis.study.settings.mark,
    )  # fmt: skip
    intro = (
        "The same patients, the same state, two answers. On the left, quiescent patients among those who came: the "
        "denominator shrinks and those who stay away are forgotten. On the right, the probability for all who "
        "started, with those who stay away censored.",
    )
    return Section("of-how-many", "Of how many?", intro=intro, figures=(figure,))


def _until_planned_end(analysis: Analysis, curve: pl.DataFrame) -> pl.DataFrame:
    """Leave out what lies beyond the last planned window: nobody was meant to be followed there."""
    import polars as pl

    return curve.filter(pl.col("time") <= max(visit.last for visit in analysis.planned)) if analysis.planned else curve
