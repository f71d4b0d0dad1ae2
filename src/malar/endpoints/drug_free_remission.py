"""Remission without drugs, as the transplant and CAR-T series count it."""

from __future__ import annotations

from typing import Final

from malar.conditions import Condition, absent, at_most, below, equals
from malar.endpoints.endpoint import Endpoint
from malar.instruments.sledai_2k import CLINICAL_SLEDAI_2K, SLEDAI_2K
from malar.sources import Source, Status

_DOSE: Final = "oral glucocorticoid"
_MG: Final = "mg of prednisone a day"
_NO_SUPPRESSION: Final[dict[str, Condition]] = {
    "no_immunosuppressant": absent("immunosuppressant", label="an immunosuppressant (taken on the day)"),
    "no_biologic": absent("biologic", label="a biologic (taken on the day)"),
}
_DORIS_ACTIVITY: Final[dict[str, Condition]] = {
    "activity": equals("clinical_sledai_2k", 0, label="clinical SLEDAI-2K"),
    "pga": below("pga", 0.5, label="PGA (0 to 3)"),
}

BURT_2018: Final = Endpoint(
    key="drug_free_remission_burt_2018",
    title="Remission after transplantation (Burt 2018): no immune suppressive drugs",
    source=Source(
        "Burt RK, et al. Bone Marrow Transplant 2018, doi 10.1038/s41409-018-0173-x",
        "abstract",
        Status.VERIFIED,
        "No immune suppressive drugs except hydroxychloroquine, 10 mg or less of prednisone a day, or both. Read as no "
        "immunosuppressant, cytotoxic drug or biologic on the day of the visit; glucocorticoids count by their oral "
        "maintenance dose, whatever the compound. The abstract asks for no activity score, and none is judged.",
    ),
    criteria={**_NO_SUPPRESSION, "dose": at_most("prednisone_mg_day", 10, label=_DOSE, unit=_MG)},
    note="Judges drugs alone: an active patient without treatment is in this remission.",
)
CAR_T: Final = Endpoint(
    key="drug_free_remission_car_t",
    title="Drug-free remission after CAR-T cells",
    source=Source(
        "Mackensen A, et al. Nat Med 2022;28:2124-32, doi 10.1038/s41591-022-02017-5",
        "abstract: remission by DORIS, and drug-free",
        Status.PROVISIONAL,
        "The abstract says drug-free without a list of drugs. Read as the activity of DORIS 2021 (clinical SLEDAI-2K "
        "of 0, PGA below 0.5) with no glucocorticoid, immunosuppressant, biologic or antimalarial. A cytopenia of the "
        "lymphodepletion must be recorded as not due to lupus, or it scores.",
    ),
    criteria={
        **_DORIS_ACTIVITY,
        "no_glucocorticoid": absent("glucocorticoid", label="a glucocorticoid (taken on the day)"),
        **_NO_SUPPRESSION,
        "no_antimalarial": absent("antimalarial", label="an antimalarial (taken on the day)"),
    },
    note="Whether hydroxychloroquine is allowed changes the answer: here it is not; the variant allows it.",
    instruments=(CLINICAL_SLEDAI_2K,),
)
CAR_T_ANTIMALARIAL: Final = CAR_T.amend(
    "drug_free_remission_car_t_antimalarial_allowed",
    title="Drug-free remission after CAR-T cells, antimalarial allowed",
    source=Source(
        CAR_T.source.citation,
        CAR_T.source.locator,
        Status.PROVISIONAL,
        "As drug_free_remission_car_t, and an antimalarial may be taken.",
    ),
    without=("no_antimalarial",),
    note="Hydroxychloroquine is allowed here.",
)
EBMT: Final = Endpoint(
    key="ebmt_remission_sledai_below_3",
    title="Remission of the older registry analyses (SLEDAI < 3)",
    source=Source(
        "EBMT and EULAR registry of autologous transplantation in lupus, older analysis (66 % remission, procedure "
        "mortality 12 %), quoted by Alchi B, et al. Lupus 2013;22:245-53, doi 10.1177/0961203312470729",
        "remission criterion",
        Status.SECONDARY,
        "The registry wrote SLEDAI; SLEDAI-2K stands for it here, which counts persistent proteinuria, rash and "
        "alopecia that the original leaves out. Drugs are not judged.",
    ),
    criteria={"score": below("sledai_2k", 3, label="SLEDAI-2K")},
    note="2 points may be a rash or raised anti-dsDNA: neither DORIS nor LLDAS.",
    instruments=(SLEDAI_2K,),
)
DISEASE_FREE: Final = Endpoint(
    key="disease_free_candidate",
    title="Disease-free after transplantation (candidate)",
    source=Source(
        "Burt RK, et al. JAMA 2006;295:527-35",
        "disease-free survival",
        Status.PROVISIONAL,
        "The wording was not read. From memory: no active lupus, and no immunosuppressant other than "
        "hydroxychloroquine and low-dose prednisone. No active lupus is read as a clinical SLEDAI-2K of 0, low dose "
        "as 10 mg a day at most, as the same group wrote in 2018.",
    ),
    criteria={
        "activity": equals("clinical_sledai_2k", 0, label="clinical SLEDAI-2K"),
        **_NO_SUPPRESSION,
        "dose": at_most("prednisone_mg_day", 10, label=_DOSE, unit=_MG),
    },
    note="A candidate: not to be compared with published disease-free survival as if it were the same.",
    instruments=(CLINICAL_SLEDAI_2K,),
)

DEFINITIONS: Final = (BURT_2018, CAR_T, CAR_T_ANTIMALARIAL, EBMT, DISEASE_FREE)
