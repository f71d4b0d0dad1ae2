"""Analyze a study for its report: every number that a figure or table of the report shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.course import derive_analysis_visit, derive_confirmed, planned_visits
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.reports.analyses import DEFINITIONS, TimeToEvent, time_to_events
from malar.reports.endpoint_analysis import (
    ENDPOINTS,
    FROM_REMISSION,
    RELAPSE,
    RESOLVED,
    TO_REMISSION,
    EndpointAnalysis,
    analyze_endpoints,
    attainment_results,
)
from malar.responders import clopper_pearson
from malar.results import results_table
from malar.survival import KaplanMeier, StateOccupancy
from malar.timelines import derive_denominators, derive_states, derive_time_to_event, judge_visits

if TYPE_CHECKING:
    import polars as pl

    from malar.instruments import Missing
    from malar.schema import PlannedVisit, Study
    from malar.survival.kaplan_meier_result import KaplanMeierResult
    from malar.survival.state_occupancy_result import StateOccupancyResult

LEVEL = 0.95
OCCUPIED = ("active", "le_4", "quiescent", "dead")


@dataclass(frozen=True, slots=True, eq=False)
class TimeToEventResult:
    """A fitted time-to-event analysis.

    Parameters
    ----------
    plan
        What was estimated.
    times
        One row a subject in the analysis.
    left_out
        Subjects not in it, by reason in words.
    fit
        The Kaplan-Meier estimate; None where nobody was observed after day 0.
    """

    plan: TimeToEvent
    times: pl.DataFrame
    left_out: dict[str, int]
    fit: KaplanMeierResult | None


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """Everything that the report of a study shows.

    Parameters
    ----------
    study
        The study.
    planned
        Planned visits with their windows.
    judged
        Its visits with scores, verdicts and the analysis visit of each.
    states
        State history.
    occupancy
        State occupancy; None where no state is known.
    time_to_event
        Time-to-event analyses.
    at_visits
        One row a planned visit: how many are in the quiescent state, of how many.
    beside
        Endpoints, organs resolved, remission gained and lost, relapse.
    results
        The table of results.
    """

    study: Study
    planned: tuple[PlannedVisit, ...]
    judged: pl.DataFrame
    states: pl.DataFrame
    occupancy: StateOccupancyResult | None
    time_to_event: tuple[TimeToEventResult, ...]
    at_visits: pl.DataFrame
    beside: EndpointAnalysis
    results: pl.DataFrame

    @property
    def population(self) -> str:
        """Analysis set of the report, by what day 0 is."""
        return {"infusion": "treated", "randomization": "randomized"}.get(self.study.settings.day0, "enrolled")


def analyze(study: Study, *, missing: Missing = "unknown") -> Analysis:
    """Judge a study's visits and estimate what its report shows.

    Parameters
    ----------
    study
        A study; its analysis plan gives windows, gaps and confirmation.
    missing
        What an unknown item counts as.

    Returns
    -------
    Analysis
        Frames and fitted estimators.
    """
    plan = study.settings.analysis
    planned = plan.visits or planned_visits(study["visits"])
    keys = dict.fromkeys((*DEFINITIONS, *ENDPOINTS, *RESOLVED))
    judged = judge_visits(study, list(keys), missing=missing).with_columns(assessed=_assessed())
    judged = derive_confirmed(
        judged,
        "sledai_2k_at_most_4",
        visits=plan.confirm_visits,
        min_gap_days=plan.confirm_min_gap_days,
        assessed="assessed",
    )
    judged = derive_analysis_visit(judged, planned)
    states = derive_states(study, judged, max_gap_days=plan.max_gap_days)
    observed = states.filter(states["state"].is_in(OCCUPIED))
    occupancy = None if observed.is_empty() else StateOccupancy(states=OCCUPIED, level=LEVEL).fit(observed)
    beside = analyze_endpoints(study, judged, level=LEVEL)
    plans = (*time_to_events(study), *((TO_REMISSION,) if TO_REMISSION.only in beside.endpoints else ()))
    fitted = tuple(_fit(study, judged, each) for each in plans)
    if beside.duration is not None:
        fitted = (*fitted, TimeToEventResult(FROM_REMISSION, beside.remission, {}, beside.duration))
    at_visits = _at_visits(study, judged, planned)
    made = Analysis(study, planned, judged, states, occupancy, fitted, at_visits, beside, results_table([]))
    return _with_results(made)


def _assessed() -> pl.Expr:
    import polars as pl

    return pl.col("sledai_2k__n_missing") < len(SLEDAI_2K.items)


def _fit(study: Study, judged: pl.DataFrame, plan: TimeToEvent) -> TimeToEventResult:
    import polars as pl

    gap = study.settings.analysis.max_gap_days if plan.judged else None
    times = derive_time_to_event(study, judged, plan.events, plan.censors, max_gap_days=gap)
    left_out: dict[str, int] = {}
    if plan.only:
        baseline = judged.filter((pl.col("day") <= 0) & pl.col(plan.only).is_not_null()).sort("day")
        status = baseline.group_by("subject").agg(pl.col(plan.only).last())
        known = times.join(status, on="subject", how="left", maintain_order="left")
        left_out["already there at baseline"] = known.filter(plan.only).height
        left_out["unknown at baseline"] = known[plan.only].null_count()
        times = known.filter(~pl.col(plan.only)).drop(plan.only)
    left_out["not observed after day 0"] = times["time"].null_count()
    times = times.drop_nulls("time")
    arms = study["subjects"].select("subject", "arm")
    by = "arm" if arms["arm"].drop_nulls().n_unique() > 1 else None
    if by:
        times = times.join(arms, on="subject", how="left", maintain_order="left").with_columns(
            pl.col("arm").fill_null("arm not recorded")
        )
    fit = KaplanMeier(by=by, level=LEVEL).fit(times) if times.height else None
    return TimeToEventResult(plan, times, {why: n for why, n in left_out.items() if n}, fit)


def _at_visits(study: Study, judged: pl.DataFrame, planned: tuple[PlannedVisit, ...]) -> pl.DataFrame:
    """Per planned visit: enrolled, due before the data cut, assessed, quiescent; exact limits among the assessed."""
    import polars as pl

    cohort = derive_denominators(study, judged, "clinical_quiescence", planned=planned)
    counted = cohort.group_by("visit", "time", maintain_order=True).agg(
        n_in_state=pl.col("outcome").fill_null(value=False).sum().cast(pl.Int64),
        n_assessed=pl.col("outcome").is_not_null().sum().cast(pl.Int64),
        n_due=pl.col("due").fill_null(value=True).sum().cast(pl.Int64),
        n_enrolled=pl.len().cast(pl.Int64),
    )
    limits = [
        clopper_pearson(n, of, level=LEVEL) if of else (None, None)
        for n, of in counted.select("n_in_state", "n_assessed").iter_rows()
    ]
    drawn = pl.DataFrame(limits, schema={"lower": pl.Float64, "upper": pl.Float64}, orient="row")
    return counted.rename({"visit": "label"}).hstack(drawn)


def _with_results(analysis: Analysis) -> Analysis:
    from dataclasses import replace

    import polars as pl

    days = [visit.day for visit in analysis.planned if visit.day >= 0]
    parts = [_proportions(analysis)]
    parts += _beside(analysis, days)
    for each in analysis.time_to_event:
        if each.fit is not None:
            table = each.fit.table(
                days,
                definition=each.plan.definition,
                population=analysis.population,
                denominator=each.plan.denominator,
                note=each.plan.note,
            )
            parts.append(table.with_columns(analysis=pl.lit(each.plan.key)))
    if analysis.occupancy is not None:
        note = f"a state carries across missed visits for at most {analysis.study.settings.analysis.max_gap_days} days"
        parts.append(
            analysis.occupancy.table(
                days,
                definition="clinical_quiescence",
                population=analysis.population,
                denominator="followed",
                note=note,
            )
        )
    return replace(analysis, results=pl.concat(parts))


def _beside(analysis: Analysis, days: list[int]) -> list[pl.DataFrame]:
    """Endpoints at planned visits, and the incidence of relapse."""
    parts = attainment_results(
        analysis.study,
        analysis.judged,
        analysis.beside.endpoints,
        analysis.planned,
        population=analysis.population,
        level=LEVEL,
    )
    if analysis.beside.relapse is not None:
        parts.append(
            analysis.beside.relapse.table(
                days, definition=RELAPSE, population=analysis.population, denominator="followed"
            )
        )
    return parts


def _proportions(analysis: Analysis) -> pl.DataFrame:
    """Visit-wise proportions, with unknown left out and with unknown counted as not quiescent."""
    rows: list[dict[str, Any]] = []
    for visit in analysis.at_visits.iter_rows(named=True):
        for denominator, n, unknown in (
            ("followed", visit["n_assessed"], "unknown: excluded"),
            (analysis.population, visit["n_due"], "unknown: nonresponder; visit due before the data cut"),
        ):
            common = {
                "analysis": "visit_proportion",
                "definition": "clinical_quiescence",
                "population": analysis.population,
                "denominator": denominator,
                "term": visit["label"],
                "time": visit["time"],
                "note": unknown,
            }
            rows.append({**common, "statistic": "events", "value": visit["n_in_state"], "unit": "subjects"})
            rows.append({**common, "statistic": "n", "value": n, "unit": "subjects"})
            if n:
                low, high = clopper_pearson(visit["n_in_state"], n, level=LEVEL)
                estimates = {"estimate": visit["n_in_state"] / n, "lower": low, "upper": high}
                rows += [
                    {
                        **common,
                        "statistic": name,
                        "value": value,
                        "level": None if name == "estimate" else LEVEL,
                        "unit": "probability",
                        "source": "Clopper CJ, Pearson ES. Biometrika 1934;26:404-13",
                    }
                    for name, value in estimates.items()
                ]
    return results_table(rows)
