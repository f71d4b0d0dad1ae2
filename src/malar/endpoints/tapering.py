"""Medication tapered or stopped against baseline."""

from __future__ import annotations

from typing import Final

from malar.conditions import Since, above, absent, at_most, at_most_percent_of, equals, present
from malar.endpoints.endpoint import Endpoint
from malar.sources import Source, Status

_DOSE: Final = "oral glucocorticoid"
_MG: Final = "mg of prednisone a day"
_NOTE: Final = "Tells of treatment, not of activity: a drug may be stopped for its harm."


def _source(reading: str) -> Source:
    return Source(
        "Sun L. Stem cells and the treatment of SLE (abstract, four years of the Nanjing series)",
        "doses of corticosteroid and immunosuppressant tapered or discontinued",
        Status.PROVISIONAL,
        f"The abstract gives no number. {reading} Doses are of the day of the visit, in mg of prednisone.",
    )


def _dose_at_most(key: str, limit: float, of: str) -> Endpoint:
    return Endpoint(
        key=key,
        title=f"Prednisone tapered to {limit:g} mg a day at most",
        source=_source(f"{limit:g} mg a day at most, as in {of}, among those above it at baseline."),
        criteria={"dose": at_most("prednisone_mg_day", limit, label=_DOSE, unit=_MG)},
        among=above("baseline__prednisone_mg_day", limit, label=f"{_DOSE} at baseline", unit=_MG),
        note=_NOTE,
    )


_ON_STEROID: Final = above("baseline__prednisone_mg_day", 0, label=f"{_DOSE} at baseline", unit=_MG)

HALVED: Final = Endpoint(
    key="prednisone_halved",
    title="Prednisone reduced by half or more",
    source=_source("At most 50 % of the dose at baseline, among those who took any."),
    criteria={"dose": at_most_percent_of("prednisone_mg_day", 50, Since.BASELINE, label=_DOSE)},
    among=_ON_STEROID,
    note=_NOTE,
)
TO_7_5: Final = _dose_at_most("prednisone_at_most_7_5", 7.5, "LLDAS")
TO_5: Final = _dose_at_most("prednisone_at_most_5", 5, "DORIS 2021")
STOPPED: Final = Endpoint(
    key="prednisone_stopped",
    title="Prednisone stopped",
    source=_source("A dose of 0, among those who took any at baseline."),
    criteria={"dose": equals("prednisone_mg_day", 0, label=_DOSE, unit=_MG)},
    among=_ON_STEROID,
    note=_NOTE,
)
IMMUNOSUPPRESSANT_STOPPED: Final = Endpoint(
    key="immunosuppressant_stopped",
    title="Immunosuppressant stopped",
    source=_source("None taken on the day, among those who took one at baseline; biologics are not judged."),
    criteria={"none": absent("immunosuppressant", label="an immunosuppressant (taken on the day)")},
    among=present("baseline__immunosuppressant", label="an immunosuppressant at baseline"),
    note=_NOTE,
)

DEFINITIONS: Final = (HALVED, TO_7_5, TO_5, STOPPED, IMMUNOSUPPRESSANT_STOPPED)
