"""Sections of the study report about response: endpoints reached, criteria met, organs resolved, steroid dose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from malar.endpoints import DEFINITIONS, Endpoint
from malar.reports.endpoint_analysis import CRITERIA, STANDS_IN
from malar.reports.figures.share_heat_map import Words, draw_share_heat_map
from malar.reports.figures.state_occupancy import draw_state_occupancy
from malar.reports.figures.trajectories import draw_trajectories
from malar.reports.over_time import shares_over_time, summarize
from malar.reports.page import Column, Section, Table
from malar.timelines.judgeable import in_words

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.analysis import Analysis
    from malar.reports.figure import Figure
    from malar.schema import PlannedVisit

ATTAINED = Words(
    "Patients who reach an endpoint at the visit",
    "those who were seen and can be judged",
    "patients who were seen and in whom it is unknown",
    "no endpoint reached",
)
MET = Words(
    "Patients who meet a criterion at the visit",
    "those in whom it is known",
    "patients who were seen and in whom it is unknown",
    "no criterion met",
)
RESOLVED = Words(
    "Patients in whom an organ affected at baseline is no longer so",
    "those in whom it was affected at baseline and is known at the visit",
    "patients with the organ affected at baseline in whom it is unknown at the visit",
    "no organ resolved",
)


def response_section(analysis: Analysis) -> Section | None:
    """Endpoints over time with their denominators, and the criteria of those that have several."""
    judged = [DEFINITIONS[key] for key in analysis.beside.endpoints]
    if not judged:
        return None
    figures = [
        _shares(analysis, {made.title: made.key for made in judged}, ATTAINED, "attainment", "Endpoints reached")
    ]
    figures += [_criteria(analysis, made) for made in judged if made.key in CRITERIA]
    intro = (
        "Each visit is judged by itself, against baseline or the visit before as the definition says. Where nothing is "
        "known about a criterion in anyone, the endpoint is not shown; the last page names what is missing.",
        "Patients who left are not counted as failures here, so shares to the right rest on those who stayed; the "
        "table of results also gives them of all who were due.",
    )
    return Section("response", "Endpoints over time", intro=intro, figures=tuple(figures))


def resolution_section(analysis: Analysis) -> Section | None:
    """Organs affected at baseline that are no longer so."""
    keys = {DEFINITIONS[key].title: key for key in analysis.beside.resolved}
    if not keys:
        return None
    figure = _shares(analysis, keys, RESOLVED, "organ-resolution", "Organs resolved")
    return Section("resolution", "Organ by organ", figures=(figure,))


def dose_section(analysis: Analysis, since: str) -> Section | None:
    """Oral glucocorticoid over time."""
    judged = analysis.judged
    if "prednisone_mg_day" not in judged.columns or not judged["prednisone_mg_day"].count():
        return None
    figure = draw_trajectories(
        judged.select("subject", "day", value="prednisone_mg_day"),
        summarize(judged, analysis.planned, "prednisone_mg_day"),
        score="Prednisone, mg/day",
        since=since,
        mark=analysis.study.settings.mark,
        key="prednisone",
        title="Oral glucocorticoid of each patient",
    )
    intro = ("Oral maintenance in prednisone equivalents; pulses are not in it.",)
    return Section("dose", "Glucocorticoid", intro=intro, figures=(figure,))


def _shares(analysis: Analysis, keys: dict[str, str], words: Words, key: str, title: str) -> Figure:
    import polars as pl

    among = {name: pl.col(f"{own}__evaluable") for name, own in keys.items() if DEFINITIONS[own].among is not None}
    flags = {name: pl.col(own) for name, own in keys.items()}
    shares = shares_over_time(analysis.judged, _after_baseline(analysis), flags, among)
    return draw_share_heat_map(shares, words, mark=analysis.study.settings.mark, key=key, title=title)


def _criteria(analysis: Analysis, made: Endpoint) -> Figure:
    import polars as pl

    flags: dict[str, pl.Expr] = {
        f"{name.replace('_', ' ')}: {part.sentence()}": pl.col(f"{made.key}__{name}")
        for name, part in made.criteria.items()
    }
    flags["all of them"] = pl.col(made.key)
    shares = shares_over_time(analysis.judged, _after_baseline(analysis), flags)
    return draw_share_heat_map(
        shares,
        MET,
        mark=analysis.study.settings.mark,
        key=f"criteria-{made.key.replace('_', '-')}",
        title=f"{made.title}, criterion by criterion",
    )


def _after_baseline(analysis: Analysis) -> tuple[PlannedVisit, ...]:
    return tuple(visit for visit in analysis.planned if visit.day > 0)


INCIDENCE: Final = (
    Column("cause", "First event"),
    Column("time", "Day", numeric=True),
    Column("incidence", "Incidence", numeric=True),
    Column("limits", "95 % limits"),
    Column("at_risk", "At risk", numeric=True),
)


def relapse_section(analysis: Analysis, since: str) -> Section | None:
    """Relapse with death competing, as stacked areas, and the incidence at planned visits."""
    fitted = analysis.beside.relapse
    if fitted is None:
        return None
    import polars as pl

    last = max((visit.last for visit in analysis.planned), default=None)
    incidence = fitted.curve()
    days_of_steps = incidence["time"].unique().sort().to_list()
    bounds = ("lower", "upper")
    free = fitted.event_free(days_of_steps).select("time", "probability", *bounds, state=pl.lit("event_free"))
    caused = incidence.select("time", *bounds, probability="incidence", state="cause")
    curve = pl.concat([free, caused.select(free.columns)])
    curve = curve if last is None else curve.filter(pl.col("time") <= last)
    days = [visit.day for visit in analysis.planned if visit.day >= 0]
    figure = draw_state_occupancy(
        curve, states=("event_free", "relapse", "death"),
        labels={"event_free": "free of relapse", "relapse": "relapsed", "death": "died without"}, since=since,
        mark=analysis.study.settings.mark, key="relapse-competing", title="Relapse, with death competing",
    )  # fmt: skip
    at_visits = fitted.at(days)
    table = Table(
        key="relapse-incidence",
        title="Cumulative incidence at planned visits",
        caption="Aalen-Johansen estimate with 95 % limits. One minus Kaplan-Meier counts the dead as if they could "
        "still relapse, and be higher.",
        columns=INCIDENCE,
        rows=tuple(
            (row["cause"], row["time"], round(row["incidence"], 3), _limits(row["lower"], row["upper"]), row["at_risk"])
            for row in at_visits.iter_rows(named=True)
            if row["time"] > 0
        ),
        data=at_visits,
    )
    intro = ("The first of relapse as the investigator recorded it and death; patients who leave are censored.",)
    return Section("relapse", "Relapse", intro=intro, figures=(figure,), tables=(table,))


def _limits(lower: float | None, upper: float | None) -> str:
    return "–" if lower is None or upper is None else f"{lower:.3f} to {upper:.3f}"


def refused_section(analysis: Analysis) -> Section | None:
    """Endpoints that are not shown, and why: what the study lacks, or nobody who could be judged."""
    shown = {*analysis.beside.endpoints, *analysis.beside.resolved, STANDS_IN}
    rows = tuple(
        (row["title"], _why(row)) for row in analysis.beside.told.iter_rows(named=True) if row["key"] not in shown
    )
    if not rows:
        return None
    table = Table(
        key="not-judged",
        title="Endpoints not judged",
        caption="Nothing was guessed.",
        columns=(Column("title", "Endpoint"), Column("why", "Why")),
        rows=rows,
    )
    return Section("not-judged-here", "What could not be judged", tables=(table,))


def _why(row: dict[str, Any]) -> str:
    if not row["judgeable"]:
        return f"Unknown at every visit: {in_words(row['missing_inputs'])}"
    if row["only"]:
        return f"Could only be {row['only']} or unknown. Unknown at every visit: {in_words(row['missing_inputs'])}"
    return "At no visit could anybody be judged: nobody was affected at baseline, or what it rests on was not recorded."
