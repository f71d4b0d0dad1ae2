"""Joint response: at least half of the joints active at baseline are so no more."""

from __future__ import annotations

from typing import Final

from malar.conditions import Since, all_of, at_least, at_most_percent_of
from malar.endpoints.endpoint import Endpoint
from malar.sources import Source, Status

_ACTIVE: Final = "number of active joints (tender and swollen)"


JOINTS_50: Final = Endpoint(
    key="joints_50",
    title="Joint-50 among four or more active joints",
    source=Source(
        "Registry entry NCT04895241 (subcutaneous anifrolumab)",
        "secondary outcome Joint-50",
        Status.VERIFIED,
        "An active joint is read as one both tender and swollen, as in the condition of four joints 'both swollen and "
        "tender' at baseline. The entry also speaks of the sum of the tender and swollen counts, which would count a "
        "joint twice. Half or less of the baseline count is a response.",
    ),
    criteria={"active": at_most_percent_of("active_joints", 50, Since.BASELINE, label=_ACTIVE)},
    among=at_least("baseline__active_joints", 4, label=f"{_ACTIVE} at baseline"),
)
AMONG_6: Final = JOINTS_50.amend(
    "joints_50_among_6",
    title="Joint-50 among six or more active joints",
    source=Source(
        "Pooled TULIP trials: Ann Rheum Dis 2022;81:951-61, doi 10.1136/annrheumdis-2021-221425",
        "Table 1, active (swollen and tender) joints",
        Status.PROVISIONAL,
        "Six joints at baseline are from memory. As Joint-50 otherwise.",
    ),
    among=at_least("baseline__active_joints", 6, label=f"{_ACTIVE} at baseline"),
)
BOTH_COUNTS: Final = JOINTS_50.amend(
    "joints_50_both_counts",
    title="Joint-50 in tender and in swollen joints",
    source=Source(
        "TULIP trials: Furie RA, et al. Lancet Rheumatol 2019;1:e208; Morand EF, et al. N Engl J Med 2020;382:211-21",
        status=Status.PROVISIONAL,
        reading="From memory: at least half fewer in both counts, among patients with six or more tender and six or "
        "more swollen joints at baseline; they need not be the same joints.",
    ),
    without=("active",),
    changes={
        "tender": at_most_percent_of("tender_joints", 50, Since.BASELINE, label="number of tender joints"),
        "swollen": at_most_percent_of("swollen_joints", 50, Since.BASELINE, label="number of swollen joints"),
    },
    among=all_of(
        at_least("baseline__tender_joints", 6, label="number of tender joints at baseline"),
        at_least("baseline__swollen_joints", 6, label="number of swollen joints at baseline"),
    ),
)

DEFINITIONS: Final = (JOINTS_50, AMONG_6, BOTH_COUNTS)
