"""Serology against baseline: complement normalized or risen, anti-dsDNA normalized or fallen."""

from __future__ import annotations

from typing import Final

from malar.conditions import (
    Since,
    above_upper_limit,
    any_of,
    at_least_percent_of,
    at_most_percent_of,
    below_lower_limit,
    none_of,
)
from malar.endpoints.endpoint import Endpoint
from malar.sources import Source, Status

_LIANG: Final = (
    "Liang J, et al. Ann Rheum Dis 2010;69:1423-9, doi 10.1136/ard.2009.123463 (erratum 2011;70:237), as reported by "
    "the American Academy of Anti-Aging Medicine, 13 August 2010"
)
_NOTE: Final = "A laboratory change alone; the planned visit (month 1, month 3) is the time at which it is read."
RISE_PERCENT: Final = 120
FALL_PERCENT: Final = 50


def _source(reading: str) -> Source:
    return Source(
        _LIANG,
        "anti-dsDNA fell significantly at one and three months; markers of serology improved",
        Status.PROVISIONAL,
        f"The report gives group means against baseline, no rule for one patient. {reading}",
    )


COMPLEMENT_NORMALIZED: Final = Endpoint(
    key="complement_normalized",
    title="Complement normalized",
    source=_source("Normalized is read as neither C3 nor C4 below the laboratory's limit, where one was at baseline."),
    criteria={"normal": none_of(below_lower_limit("lab__c3", label="C3"), below_lower_limit("lab__c4", label="C4"))},
    among=any_of(
        below_lower_limit("baseline__lab__c3", label="C3 at baseline"),
        below_lower_limit("baseline__lab__c4", label="C4 at baseline"),
    ),
    note=_NOTE,
)
C3_RISE: Final = Endpoint(
    key="c3_rise",
    title="C3 risen by a fifth",
    source=_source("A rise is read as C3 of at least 120 % of baseline, where it was below the limit at baseline."),
    criteria={"rise": at_least_percent_of("lab__c3", RISE_PERCENT, Since.BASELINE, label="C3")},
    among=below_lower_limit("baseline__lab__c3", label="C3 at baseline"),
    note=_NOTE,
)
ANTI_DSDNA_NORMALIZED: Final = Endpoint(
    key="anti_dsdna_normalized",
    title="Anti-dsDNA normalized",
    source=_source("Normalized is read as not above the laboratory's limit, where it was above at baseline."),
    criteria={"normal": none_of(above_upper_limit("lab__anti_dsdna", label="anti-dsDNA"))},
    among=above_upper_limit("baseline__lab__anti_dsdna", label="anti-dsDNA at baseline"),
    note=_NOTE,
)
ANTI_DSDNA_FALL: Final = Endpoint(
    key="anti_dsdna_fall",
    title="Anti-dsDNA fallen by half",
    source=_source("A fall is read as at most 50 % of baseline, where it was above the limit at baseline."),
    criteria={"fall": at_most_percent_of("lab__anti_dsdna", FALL_PERCENT, Since.BASELINE, label="anti-dsDNA")},
    among=above_upper_limit("baseline__lab__anti_dsdna", label="anti-dsDNA at baseline"),
    note=_NOTE,
)

DEFINITIONS: Final = (COMPLEMENT_NORMALIZED, C3_RISE, ANTI_DSDNA_NORMALIZED, ANTI_DSDNA_FALL)
