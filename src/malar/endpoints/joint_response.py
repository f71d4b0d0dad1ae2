"""Joint response: both the tender and the swollen joints fell by half."""

from __future__ import annotations

from typing import Final

from malar.conditions import Condition, Since, all_of, at_least, at_most_percent_of
from malar.endpoints.endpoint import Endpoint
from malar.instruments.joints import JOINTS
from malar.sources import Source, Status

_KINDS: Final = ("tender", "swollen")


def _affected(least: int) -> Condition:
    """So many tender and so many swollen joints at baseline."""
    return all_of(
        *(at_least(f"baseline__joints__{kind}", least, label=f"number of {kind} joints at baseline") for kind in _KINDS)
    )


JOINT_50: Final = Endpoint(
    key="joint_50",
    title="Joint response of 50 %, from at least 6 joints",
    source=Source(
        "Morand EF, et al. N Engl J Med 2020;382:211-21 (TULIP-2)",
        "joint count endpoint",
        Status.PROVISIONAL,
        "From memory: judged where at least 6 joints are tender and at least 6 are swollen at baseline; both counts "
        "fell by at least half.",
    ),
    criteria={
        kind: at_most_percent_of(f"joints__{kind}", 50, Since.BASELINE, label=f"number of {kind} joints")
        for kind in _KINDS
    },
    among=_affected(6),
    instruments=(JOINTS,),
)
JOINT_50_FROM_4: Final = JOINT_50.amend(
    "joint_50_from_4",
    title="Joint response of 50 %, from at least 4 joints",
    source=Source(
        "Trial record NCT04895241 (subcutaneous anifrolumab)",
        "joint endpoint",
        Status.PROVISIONAL,
        "The record asks for at least 4 swollen and tender joints, read as at least 4 of each; that both counts fall "
        "by half is from memory.",
    ),
    among=_affected(4),
)

DEFINITIONS: Final = (JOINT_50, JOINT_50_FROM_4)
