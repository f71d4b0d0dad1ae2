"""Renal response of EULAR and ERA-EDTA: 2012, 2019 and 2025."""

from __future__ import annotations

from typing import Final

from malar.conditions import Condition, Since
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.renal_terms import (
    AT_ITS_VISIT,
    AT_LEAST,
    PROTEIN,
    UPCR_MG_G,
    UPCR_MG_MMOL,
    creatinine_at_most_percent,
    egfr_at_least_percent,
    protein_at_most,
    protein_at_most_percent,
    protein_below,
)
from malar.instruments.egfr import EGFR
from malar.instruments.serum_creatinine import SERUM_CREATININE
from malar.instruments.urine_protein import URINE_PROTEIN
from malar.sources import Source, Status

_2012 = "Bertsias GK, et al. Ann Rheum Dis 2012;71:1771-82"
_2019 = "Fanouriakis A, et al. Ann Rheum Dis 2020;79:713-23; systematic review PMC7425195"
_2025 = "EULAR recommendations for lupus with kidney involvement. Ann Rheum Dis 2026;85:75-90"

_PRIOR = (
    "'Within 10 % of normal GFR' is read as at least 90 % of the eGFR before the flare, at baseline where that is not "
    "known."
)
CRR_2012: Final = Endpoint(
    key="eular_2012_crr",
    title="Complete renal response, EULAR/ERA-EDTA 2012",
    source=Source(_2012, "targets, as quoted in reviews", Status.SECONDARY, _PRIOR),
    criteria={"protein": protein_below(0.5), "kidney_function": egfr_at_least_percent(90, Since.PREFLARE)},
    note=AT_ITS_VISIT,
    instruments=(EGFR, URINE_PROTEIN),
)
CRR_2012_MG_MMOL: Final = CRR_2012.amend(
    "eular_2012_crr_50_mg_mmol",
    title="Complete renal response, EULAR/ERA-EDTA 2012, below 50 mg/mmol",
    source=Source(
        _2012,
        "targets",
        Status.PROVISIONAL,
        f"{_PRIOR} The limit as printed in mg/mmol, below 50, from memory: 0.5 g/g is 56.6 mg/mmol.",
    ),
    changes={"protein": protein_below(50, UPCR_MG_MMOL)},
)
PRR_2012: Final = Endpoint(
    key="eular_2012_prr",
    title="Partial renal response, EULAR/ERA-EDTA 2012",
    source=Source(
        _2012,
        "targets, as quoted in reviews",
        Status.SECONDARY,
        f"{_PRIOR} Subnephrotic is a UPCR below 3 mg/mg. {AT_LEAST}",
    ),
    criteria={
        "half": protein_at_most_percent(50),
        "protein": protein_below(3),
        "kidney_function": egfr_at_least_percent(90, Since.PREFLARE),
    },
    note=f"{AT_ITS_VISIT} The target holds by 12 months.",
    instruments=(EGFR, URINE_PROTEIN),
)

_FUNCTION = "Optimal kidney function is asked for beside and not put into numbers; protein alone is judged. "
_RANGE = "The source prints a range, 500 to 700 mg, and not a number; each end has its key. "
_SPOT = "Tested on the ratio in mg/g in place of mg a day, as centers without 24-hour collections do."
_PATIENCE = f"{AT_ITS_VISIT} Patients who start in the nephrotic range may need 6 to 12 months more."


def _target(name: str, title: str, reading: str, status: Status, protein: Condition) -> Endpoint:
    """A target of 2019 on protein in 24 hours."""
    return Endpoint(
        key=f"eular_2019_{name}",
        title=f"{title}, EULAR/ERA-EDTA 2019",
        source=Source(_2019, "targets of treatment", status, _FUNCTION + reading),
        criteria={"protein": protein},
        note=_PATIENCE,
        instruments=(URINE_PROTEIN,),
    )


def _spot(made: Endpoint, protein: Condition) -> Endpoint:
    """The same target on the ratio in mg/g."""
    source = Source(_2019, "targets of treatment", made.source.status, f"{made.source.reading} {_SPOT}")
    return made.amend(f"{made.key}_upcr", title=f"{made.title}, by UPCR", source=source, changes={"protein": protein})


_MEMORY = "A fall by {} of baseline is from memory, in high confidence."
TARGET_3: Final = _target(
    "target_3_months", "Target at 3 months", _MEMORY.format("25 %"), Status.PROVISIONAL,
    protein_at_most_percent(75, PROTEIN),
)  # fmt: skip
TARGET_6: Final = _target(
    "target_6_months", "Target at 6 months", _MEMORY.format("50 %"), Status.PROVISIONAL,
    protein_at_most_percent(50, PROTEIN),
)  # fmt: skip
TARGET_12_500: Final = _target(
    "target_12_months_500", "Target at 12 months, 500 mg a day", f"{_RANGE}At most 500.", Status.VERIFIED,
    protein_at_most(0.5, PROTEIN),
)  # fmt: skip
TARGET_12_700: Final = _target(
    "target_12_months_700", "Target at 12 months, 700 mg a day", f"{_RANGE}At most 700.", Status.VERIFIED,
    protein_at_most(0.7, PROTEIN),
)  # fmt: skip
CRR_2019: Final = Endpoint(
    key="eular_2019_crr",
    title="Complete renal response, EULAR 2019 (recommendations for SLE)",
    source=Source(
        "Fanouriakis A, et al. Ann Rheum Dis 2019;78:736-45",
        "lupus nephritis, as quoted in reviews",
        Status.SECONDARY,
        "'Creatinine within 10 % of baseline' is read as at most 110 %: an improvement is no failure.",
    ),
    criteria={"protein": protein_below(0.5, PROTEIN), "kidney_function": creatinine_at_most_percent(110)},
    note=AT_ITS_VISIT,
    instruments=(SERUM_CREATININE, URINE_PROTEIN),
)

_STABLE = "A stable GFR is at least 80 % of baseline, in every target."


def _of_2025(key: str, title: str, protein: Condition, note: str, reading: str = "") -> Endpoint:
    """A target of 2025: on the ratio in mg/g, with a stable GFR."""
    return Endpoint(
        key=f"eular_2025_{key}",
        title=f"{title}, EULAR 2025",
        source=Source(_2025, "targets of treatment, as quoted", Status.SECONDARY, f"{_STABLE} {reading}".strip()),
        criteria={"protein": protein, "kidney_function": egfr_at_least_percent(80)},
        note=f"{AT_ITS_VISIT} {note}",
        instruments=(EGFR, URINE_PROTEIN),
    )


CRR_2025: Final = _of_2025("crr", "Complete renal response", protein_below(500, UPCR_MG_G), "At any time.")
PRR_2025: Final = _of_2025(
    "prr", "Partial renal response", protein_at_most_percent(50, UPCR_MG_G), "The target holds by 6 months.", AT_LEAST
)
TARGET_3_2025: Final = _of_2025(
    "target_3_months", "Target at 3 months", protein_at_most_percent(75, UPCR_MG_G), "The target holds by 3 months."
)
TARGET_12_2025: Final = _of_2025(
    "target_12_months", "Target at 12 months", protein_below(700, UPCR_MG_G), "The target holds by 12 months."
)

DEFINITIONS: Final = (
    CRR_2012,
    CRR_2012_MG_MMOL,
    PRR_2012,
    TARGET_3,
    TARGET_6,
    TARGET_12_500,
    TARGET_12_700,
    _spot(TARGET_3, protein_at_most_percent(75, UPCR_MG_G)),
    _spot(TARGET_6, protein_at_most_percent(50, UPCR_MG_G)),
    _spot(TARGET_12_500, protein_at_most(500, UPCR_MG_G)),
    _spot(TARGET_12_700, protein_at_most(700, UPCR_MG_G)),
    CRR_2019,
    CRR_2025,
    PRR_2025,
    TARGET_3_2025,
    TARGET_12_2025,
)
