"""The original SLEDAI of 1992."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from malar.instruments.selena_sledai import ABOVE_TWO_JOINTS, MIN_JOINTS, NEW_PROTEINURIA
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.sources import Source, Status

_NEW: Final = {
    "rash": "inflammatory rash, of new onset or come back",
    "alopecia": "abnormal patchy or diffuse loss of hair, of new onset or come back",
    "mucosal_ulcers": "oral or nasal ulcers, of new onset or come back",
}
"""Items for which what persists does not count; SLEDAI-2K dropped the condition, for proteinuria too."""

SLEDAI_ORIGINAL: Final = SLEDAI_2K.amend(
    "sledai_original",
    title="SLEDAI, original of 1992",
    source=Source(
        "Bombardier C, et al. Arthritis Rheum 1992;35:630-40",
        "item table",
        Status.PROVISIONAL,
        "The paper was not read; what differs from SLEDAI-2K is from memory: rash, alopecia, ulcers and proteinuria "
        "count only where new, come back or (proteinuria) recently risen by more than 0.5 g in 24 h, and arthritis "
        "needs more than two joints. 'Recently risen' is judged against the previous assessed visit.",
    ),
    changes=(
        *(replace(SLEDAI_2K.item(key), meaning=meaning) for key, meaning in _NEW.items()),
        replace(
            SLEDAI_2K.item("arthritis"),
            meaning="pain and signs of inflammation in more than two joints",
            measured=ABOVE_TWO_JOINTS,
            doubt="",
        ),
        replace(
            SLEDAI_2K.item("proteinuria"),
            meaning="protein in urine, of new onset or recently risen by more than 0.5 g in 24 h",
            measured=NEW_PROTEINURIA,
        ),
    ),
    form="sledai_original",
    window_days=10,
    allowed_windows=(10,),
    parameters={
        **SLEDAI_2K.parameters,
        "arthritis_min_joints": f"{MIN_JOINTS} joints (more than two); 2 in SLEDAI-2K",
    },
)

INSTRUMENTS: Final = (SLEDAI_ORIGINAL,)
