"""Time to renal response, and to kidney failure or death."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from malar.course.confirmation import derive_confirmed
from malar.endpoints import rule
from malar.timelines.judged import judge_visits
from malar.timelines.time_to_event import CensorSource, EventSource, derive_time_to_event

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

KIDNEY_FAILURE_OR_DEATH: Final = (
    EventSource("death", "death", kind="death"),
    EventSource("kidney_failure", "kidney failure at a visit", flag="kidney_failure"),
)
"""Event sources over visits judged by `kidney_failure`; on one day, death counts."""


def derive_time_to_renal_response(
    study: Study,
    key: str,
    censors: Sequence[CensorSource],
    *,
    visits: int = 2,
    min_gap_days: int = 28,
    max_gap_days: int | None = None,
) -> pl.DataFrame:
    """Time from day 0 to the first confirmed renal response.

    Parameters
    ----------
    study
        A study.
    key
        Key of the definition of response, such as ``bliss_ln_crr``.
    censors, max_gap_days
        See :func:`malar.timelines.derive_time_to_event`.
    visits, min_gap_days
        See :func:`malar.course.derive_confirmed`; the first visit of the run dates the response.

    Returns
    -------
    polars.DataFrame
        One row a subject, as :func:`malar.timelines.derive_time_to_event` gives.

    Raises
    ------
    UnknownKeyError
        No definition has the key.

    Notes
    -----
    Visits at which nothing that the definition reads from its instruments was measured are passed over. A
    response that no later visit can confirm any more is no event.
    """
    import polars as pl

    judged = judge_visits(study, [key])
    measured = [name for made in rule(key).instruments for name in made.gives() if name in rule(key).needs()]
    seen = pl.any_horizontal(pl.col(name).is_not_null() for name in measured) if measured else pl.lit(value=True)
    judged = derive_confirmed(
        judged.with_columns(seen.alias("measured")), key, visits=visits, min_gap_days=min_gap_days, assessed="measured"
    )
    event = EventSource("renal_response", "first confirmed renal response", flag=f"{key}__confirmed")
    return derive_time_to_event(study, judged, [event], censors, max_gap_days=max_gap_days)
