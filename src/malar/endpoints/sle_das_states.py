"""States, flare and improvement by SLE-DAS."""

from __future__ import annotations

from typing import Final

from malar.conditions import Since, above, absent, at_least, at_most, fell_by, rose_by
from malar.endpoints.endpoint import Endpoint
from malar.instruments.sle_das import SIGNS, SLE_DAS
from malar.sources import Source, Status

REMISSION_AT_MOST: Final = 2.08
MILD_AT_MOST: Final = 7.64
CHANGE: Final = 1.72

_STATES: Final = Source(
    "Jesus D, et al. Ann Rheum Dis 2021;80:1568-74, doi 10.1136/annrheumdis-2021-220363",
    "cut-offs as quoted by a calculator",
    Status.SECONDARY,
    "Only the numeric cut-offs; the paper's Boolean form and steroid limit are a definition of their own. The score "
    "is compared after rounding to two decimals.",
)
REMISSION: Final = Endpoint(
    key="sle_das_remission",
    title="SLE-DAS remission by score",
    source=_STATES,
    criteria={"score": at_most("sle_das", REMISSION_AT_MOST, label="SLE-DAS")},
    note="The score alone: alopecia or few platelets can stand within it, where DORIS would fail.",
    instruments=(SLE_DAS,),
)
MILD: Final = Endpoint(
    key="sle_das_mild",
    title="SLE-DAS mild activity",
    source=_STATES,
    criteria={
        "above": above("sle_das", REMISSION_AT_MOST, label="SLE-DAS"),
        "at_most": at_most("sle_das", MILD_AT_MOST, label="SLE-DAS"),
    },
    instruments=(SLE_DAS,),
)
MODERATE_SEVERE: Final = Endpoint(
    key="sle_das_moderate_severe",
    title="SLE-DAS moderate or severe activity",
    source=_STATES,
    criteria={"score": above("sle_das", MILD_AT_MOST, label="SLE-DAS")},
    instruments=(SLE_DAS,),
)
REMISSION_BOOLEAN: Final = Endpoint(
    key="sle_das_remission_boolean",
    title="SLE-DAS remission, Boolean form",
    source=Source(
        _STATES.citation,
        "",
        Status.PROVISIONAL,
        "From memory: no clinical item present and at most 5 mg of prednisone a day; serology may be positive. The "
        "paper's wording was not read.",
    ),
    criteria={
        **{item: absent(f"sle_das__{item}") for item in SIGNS if item not in ("low_complement", "increased_dsdna")},
        "joints": at_most("swollen_joints_28", 0, label="swollen joints"),
        "protein": at_most("lab__upcr", 0.5, label="protein-creatinine ratio", unit="mg/mg"),
        "platelets": at_least("lab__platelets", 100, label="platelets", unit="× 10⁹/L"),
        "white_cells": at_least("lab__wbc", 3, label="white cells", unit="× 10⁹/L"),
        "dose": at_most("prednisone_mg_day", 5, label="prednisone", unit="mg/day"),
    },
    instruments=(SLE_DAS,),
)
LOW_ACTIVITY: Final = Endpoint(
    key="sle_das_low_disease_activity",
    title="SLE-DAS low disease activity",
    source=Source(
        _STATES.citation,
        "",
        Status.PROVISIONAL,
        "From memory: a score of at most 2.48 on at most 7.5 mg of prednisone a day; the clause on stable "
        "immunosuppressants is left out.",
    ),
    criteria={
        "score": at_most("sle_das", 2.48, label="SLE-DAS"),
        "dose": at_most("prednisone_mg_day", 7.5, label="prednisone", unit="mg/day"),
    },
    instruments=(SLE_DAS,),
)
_CHANGE: Final = Source(
    "Jesus D, et al. Ann Rheum Dis 2021;80(Suppl 1):179",
    "abstract",
    Status.VERIFIED,
    "A clinically meaningful change is 1.72 points. Here a flare is judged against the previous assessed visit, an "
    "improvement against baseline.",
)
FLARE: Final = Endpoint(
    key="sle_das_flare",
    title="SLE-DAS flare",
    source=_CHANGE,
    criteria={"rise": rose_by("sle_das", CHANGE, Since.PREVIOUS, label="SLE-DAS")},
    note="A rise in score, not a physician's judgment of a flare; treatment is not considered.",
    instruments=(SLE_DAS,),
)
IMPROVEMENT: Final = Endpoint(
    key="sle_das_improvement",
    title="SLE-DAS improvement",
    source=_CHANGE,
    criteria={"fall": fell_by("sle_das", CHANGE, Since.BASELINE, label="SLE-DAS")},
    note="A fall in score alone: worsening elsewhere and treatment are not judged.",
    instruments=(SLE_DAS,),
)

DEFINITIONS: Final = (REMISSION, MILD, MODERATE_SEVERE, REMISSION_BOOLEAN, LOW_ACTIVITY, FLARE, IMPROVEMENT)
"""All of this file."""
