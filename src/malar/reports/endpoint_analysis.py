"""What the report judges beside activity: endpoints, organs resolved, remission gained and lost, relapse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from malar.reports.analyses import ENDS, TimeToEvent
from malar.responders import Proportion
from malar.survival import CumulativeIncidence, KaplanMeier
from malar.timelines import (
    CensorSource,
    EventSource,
    derive_competing,
    derive_denominators,
    derive_duration_of_response,
    outcome,
)
from malar.timelines.judgeable import told_from

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import PlannedVisit, Study
    from malar.survival.cumulative_incidence_result import CumulativeIncidenceResult
    from malar.survival.kaplan_meier_result import KaplanMeierResult

ENDPOINTS: Final = (
    "lldas", "lldas_hemolysis_gi_not_collected", "doris_2021", "sri_4", "bicla", "joint_50", "kdigo_2024_crr",
    "bliss_ln_perr", "aurora_crr", "drug_free_remission_burt_2018", "sle_das_remission", "clasi_50",
)  # fmt: skip
"""Endpoints shown where a study has their inputs; the second stands in for the first."""
STANDS_IN: Final = "lldas_hemolysis_gi_not_collected"
CRITERIA: Final = ("lldas", "lldas_hemolysis_gi_not_collected", "doris_2021", "sri_4", "bicla")
"""Those shown criterion by criterion."""
RESOLVED: Final = (
    "constitutional_resolved", "skin_healed", "skin_partly_healed", "joints_resolved", "serositis_resolved",
    "nervous_system_resolved", "hypertension_controlled", "complement_normalized", "anti_dsdna_normalized",
)  # fmt: skip
REMISSION: Final = "doris_2021"
TO_REMISSION: Final = TimeToEvent(
    key="time_to_remission",
    title="Time to first remission (DORIS 2021)",
    label="Reached remission",
    definition=REMISSION,
    events=(EventSource("remission", "DORIS remission", flag=REMISSION),),
    censors=(
        CensorSource("last_visit", "last visit judged", "latest", flag=REMISSION),
        CensorSource("death", "death", "earliest", kind="death"),
        *ENDS,
    ),
    denominator="affected_at_baseline",
    note="Patients not in remission at baseline. Deaths are censored, so the curve is what would be seen without them.",
    cumulative=True,
    only=REMISSION,
)
FROM_REMISSION: Final = TimeToEvent(
    key="duration_of_remission",
    title="Duration of remission (DORIS 2021), from the visit that found it",
    label="Still in remission",
    definition=REMISSION,
    events=(),
    censors=(),
    denominator="ever_responders",
    note="Among those who ever reached it; death ends it. A long remission of few is no better treatment.",
)
RELAPSE: Final = "relapse_incidence_as_recorded"


@dataclass(frozen=True, slots=True, eq=False)
class EndpointAnalysis:
    """What was judged and estimated beside activity.

    Parameters
    ----------
    endpoints, resolved
        Keys judged, of endpoints and of organs resolved.
    told
        What each key asked for could be judged by; see :func:`malar.timelines.judgeable.told_from`.
    remission
        Times in remission, one row a patient who ever was; empty where none was.
    duration
        How long remission lasts; None where nobody was in it.
    relapse
        Incidence of relapse with death competing; None where nobody was observed.
    """

    endpoints: tuple[str, ...]
    resolved: tuple[str, ...]
    told: pl.DataFrame
    remission: pl.DataFrame
    duration: KaplanMeierResult | None
    relapse: CumulativeIncidenceResult | None


def analyze_endpoints(study: Study, judged: pl.DataFrame, *, level: float) -> EndpointAnalysis:
    """Tell what can be judged, and estimate how long remission lasts and how often relapse comes.

    Parameters
    ----------
    study
        The study.
    judged
        Its visits, judged by :data:`ENDPOINTS` and :data:`RESOLVED`.
    level
        Confidence level.
    """
    told = told_from(judged, [*ENDPOINTS, *RESOLVED])
    # Where only one verdict was possible for want of an input, a share of it tells nothing.
    able = set(told.filter(told["judgeable"] & (told["visits_judged"] > 0) & (told["only"] == ""))["key"])
    # The variant is for studies that did not collect two inputs of the definition: never both.
    able -= {STANDS_IN} if "lldas" in able else set()
    gap = study.settings.analysis.max_gap_days
    times = derive_duration_of_response(study, judged, REMISSION, death="event", max_gap_days=gap)
    observed = times.drop_nulls("time")
    duration = KaplanMeier(level=level).fit(observed) if observed.height else None
    relapses = derive_competing(study, judged, outcome(RELAPSE)).drop_nulls("time")
    relapse = CumulativeIncidence(level=level).fit(relapses) if relapses["cause"].drop_nulls().len() else None
    return EndpointAnalysis(
        tuple(key for key in ENDPOINTS if key in able),
        tuple(key for key in RESOLVED if key in able),
        told,
        observed,
        duration,
        relapse,
    )


def attainment_results(
    study: Study,
    judged: pl.DataFrame,
    keys: tuple[str, ...],
    planned: tuple[PlannedVisit, ...],
    *,
    population: str,
    level: float,
) -> list[pl.DataFrame]:
    """Rows of the table of results: each endpoint at each planned visit, of those followed and of all who were due."""
    import polars as pl

    parts: list[pl.DataFrame] = []
    visits = tuple(visit for visit in planned if visit.day > 0)
    asked = (
        Proportion(denominator="followed", unknown="excluded", level=level),
        Proportion(denominator=population, unknown="nonresponder", level=level),
    )
    for key in keys if visits else ():
        cohort = derive_denominators(study, judged, key, planned=visits)
        for (visit, day), part in cohort.group_by("visit", "time", maintain_order=True):
            due = part.filter(pl.col("due").fill_null(value=True))
            parts += [
                each.fit(due).table(
                    definition=key, population=population, term=str(visit), time=float(str(day)),
                    note="of those due before the data cut",
                )
                for each in asked
            ]  # fmt: skip
    return parts
