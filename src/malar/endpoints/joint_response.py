"""Joint response: tender and swollen joints, or joints that are both, fell by half."""

from __future__ import annotations

from typing import Final

from malar.conditions import Condition, Since, all_of, at_least, at_most_percent_of
from malar.endpoints.endpoint import Endpoint
from malar.instruments.joints import JOINTS
from malar.sources import Source, Status

_KINDS: Final = ("tender", "swollen")
_ACTIVE: Final = "number of active joints (tender and swollen)"


def _active_at_baseline(least: int) -> Condition:
    """So many active joints at baseline."""
    return at_least("baseline__joints", least, label=f"{_ACTIVE} at baseline")


JOINT_50: Final = Endpoint(
    key="joint_50",
    title="Joint response of 50 %, tender and swollen, from at least 6 joints",
    source=Source(
        "Morand EF, et al. N Engl J Med 2020;382:211-21 (TULIP-2)",
        "joint count endpoint",
        Status.PROVISIONAL,
        "From memory: judged where at least 6 joints are tender and at least 6 are swollen at baseline, not "
        "necessarily the same; both counts fell by at least half.",
    ),
    criteria={
        kind: at_most_percent_of(f"joints__{kind}", 50, Since.BASELINE, label=f"number of {kind} joints")
        for kind in _KINDS
    },
    among=all_of(
        *(at_least(f"baseline__joints__{kind}", 6, label=f"number of {kind} joints at baseline") for kind in _KINDS)
    ),
    instruments=(JOINTS,),
)
ACTIVE: Final = JOINT_50.amend(
    "joint_50_active",
    title="Joint response of 50 %, active joints, from at least 6",
    source=Source(
        "Pooled TULIP trials: Ann Rheum Dis 2022;81:951-61, doi 10.1136/annrheumdis-2021-221425",
        "Table 1, active (swollen and tender) joints",
        Status.PROVISIONAL,
        "The number of active joints fell by at least half; six at baseline are from memory.",
    ),
    without=_KINDS,
    changes={"active": at_most_percent_of("joints", 50, Since.BASELINE, label=_ACTIVE)},
    among=_active_at_baseline(6),
)
ACTIVE_FROM_4: Final = JOINT_50.amend(
    "joint_50_active_from_4",
    title="Joint response of 50 %, active joints, from at least 4",
    source=Source(
        "Registry entry NCT04895241 (subcutaneous anifrolumab)",
        "secondary outcome Joint-50",
        Status.VERIFIED,
        "The entry asks for four joints 'both swollen and tender' at baseline; an active joint is read as one that is "
        "both. It also speaks of the sum of the tender and swollen counts, which would count a joint twice.",
    ),
    without=_KINDS,
    changes={"active": at_most_percent_of("joints", 50, Since.BASELINE, label=_ACTIVE)},
    among=_active_at_baseline(4),
)

DEFINITIONS: Final = (JOINT_50, ACTIVE, ACTIVE_FROM_4)
