"""SLEDAI-2K of at most 4, and clinical quiescence."""

from __future__ import annotations

from typing import Final

from malar.conditions import at_most, equals
from malar.endpoints.endpoint import Endpoint
from malar.instruments.sledai_2k import CLINICAL_SLEDAI_2K, SLEDAI_2K
from malar.sources import Source, Status

NOT_A_TARGET: Final = "Not LLDAS or DORIS: no PGA, dose or organ exclusion."

AT_MOST_4: Final = Endpoint(
    key="sledai_2k_at_most_4",
    title="SLEDAI-2K ≤ 4",
    source=Source(
        "Franklyn K, et al. Ann Rheum Dis 2016;75:1615-21, doi 10.1136/annrheumdis-2015-207726",
        "Table 1, first part of criterion 1",
        Status.VERIFIED,
        "Only the score of the first criterion of LLDAS. It is not called low activity: 4 points may be proteinuria "
        "alone.",
    ),
    criteria={"score": at_most("sledai_2k", 4, label="SLEDAI-2K")},
    note=NOT_A_TARGET,
    instruments=(SLEDAI_2K,),
)
CLINICAL_QUIESCENCE: Final = Endpoint(
    key="clinical_quiescence",
    title="Clinical quiescence (clinical SLEDAI-2K = 0)",
    source=Source(
        "van Vollenhoven RF, et al. Lupus Sci Med 2021;8:e000538, doi 10.1136/lupus-2021-000538",
        "Table 2, the activity criterion",
        Status.VERIFIED,
        "Only the clinical SLEDAI-2K of DORIS; physician's assessment and glucocorticoid dose are not judged.",
    ),
    criteria={"score": equals("clinical_sledai_2k", 0, label="clinical SLEDAI-2K")},
    note=NOT_A_TARGET,
    instruments=(CLINICAL_SLEDAI_2K,),
)

DEFINITIONS: Final = (AT_MOST_4, CLINICAL_QUIESCENCE)
