"""DORIS remission: the definition of 2021 with its two doses, and the grid of 2017."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from malar.conditions import Condition, absent, at_most, below, equals
from malar.endpoints.endpoint import Endpoint
from malar.instruments.sledai_2k import CLINICAL_SLEDAI_2K, SLEDAI_2K
from malar.sources import Source, Status

_DOSE: Final = "oral glucocorticoid"
_MG: Final = "mg of prednisone a day"
_PGA: Final = "PGA (0 to 3)"
_CLINICAL: Final = {
    "activity": equals("clinical_sledai_2k", 0, label="clinical SLEDAI-2K"),
    "pga": below("pga", 0.5, label=_PGA),
}
_LOW_DOSE: Final = at_most("prednisone_mg_day", 5, label=_DOSE, unit=_MG)
_NO_DRUGS: Final[dict[str, Condition]] = {
    "no_glucocorticoid": absent("glucocorticoid", label="a glucocorticoid (taken on the day)"),
    "no_immunosuppressant": absent("immunosuppressant", label="an immunosuppressant (taken on the day)"),
    "no_biologic": absent("biologic", label="a biologic (taken on the day)"),
}
_2021: Final = Source(
    "van Vollenhoven RF, et al. Lupus Sci Med 2021;8:e000538, doi 10.1136/lupus-2021-000538",
    "abstract; Table 2, final recommendation",
    Status.VERIFIED,
)
_STABLE: Final = (
    "Immunosuppressants and biologics must be stable; no number makes that a test, and whether they changed is not "
    "judged. Nor is it judged whether a drug is investigational. There is no element of duration."
)
_2017: Final = Source(
    "van Vollenhoven R, et al. Ann Rheum Dis 2017;76:554-61, doi 10.1136/annrheumdis-2016-209519; cells copied in "
    "Rheumatology (Oxford), PMC7719036, Table 1",
    "SLEDAI-based definitions",
    Status.PROVISIONAL,
)


def _reading_2017(text: str) -> Source:
    return replace(
        _2017,
        reading=f"{text} PGA below 0.5 is from memory of the framework; the copy prints at most 0.5. SLEDAI is read as "
        "SLEDAI-2K. The definitions by BILAG and ECLAM are not given here.",
    )


def _whole(clinical: Endpoint) -> Endpoint:
    """The same with serology: scored by SLEDAI-2K with all its items."""
    return replace(clinical, instruments=(SLEDAI_2K,))


DORIS_2021: Final = Endpoint(
    key="doris_2021",
    title="DORIS remission 2021",
    source=replace(
        _2021,
        reading="The paper contradicts itself on prednisolone: 5 mg a day or less in the abstract, less than 5 in the "
        f"final recommendation of Table 2. Here at most 5, as in trial registries. {_STABLE}",
    ),
    criteria={**_CLINICAL, "dose": _LOW_DOSE},
    note="Serology is ignored; antimalarials, stable immunosuppressants and biologics are allowed.",
    instruments=(CLINICAL_SLEDAI_2K,),
)
BELOW_5: Final = DORIS_2021.amend(
    "doris_2021_below_5",
    title="DORIS remission 2021, prednisone below 5 mg",
    source=replace(
        _2021,
        locator="Table 2, final recommendation",
        reading="Less than 5 mg a day, as the final recommendation prints and the pooled analysis of BLISS used; the "
        f"abstract says 5 mg or less. {_STABLE}",
    ),
    changes={"dose": below("prednisone_mg_day", 5, label=_DOSE, unit=_MG)},
)
PGA_AT_MOST: Final = DORIS_2021.amend(
    "doris_2021_pga_at_most_0_5",
    title="DORIS remission 2021, PGA of 0.5 allowed",
    source=Source(
        "Chinese guideline for SLE, 2025, in a secondary account; compare Rheumatology (Oxford), PMC7719036, Table 1",
        status=Status.SECONDARY,
        reading=f"PGA at most 0.5 and prednisone at most 5 mg a day; DORIS itself wants PGA below 0.5. {_STABLE}",
    ),
    changes={"pga": at_most("pga", 0.5, label=_PGA)},
)
CLINICAL_ON: Final = Endpoint(
    key="doris_2017_clinical_on_treatment",
    title="DORIS 2017 clinical remission on treatment",
    source=_reading_2017(
        "Prednisone at most 5 mg a day, maintenance antimalarials, immunosuppressants and biologics allowed, none of "
        "them demanded; whether they changed is not judged."
    ),
    criteria={**_CLINICAL, "dose": _LOW_DOSE},
    note="Serology may be positive.",
    instruments=(CLINICAL_SLEDAI_2K,),
)
COMPLETE_ON: Final = _whole(CLINICAL_ON).amend(
    "doris_2017_complete_on_treatment",
    title="DORIS 2017 complete remission on treatment",
    source=_reading_2017("As clinical remission on treatment, with neither low complement nor anti-dsDNA: SLEDAI 0."),
    changes={"activity": equals("sledai_2k", 0, label="SLEDAI-2K")},
    note="Serology must be negative.",
)
CLINICAL_OFF: Final = CLINICAL_ON.amend(
    "doris_2017_clinical_off_treatment",
    title="DORIS 2017 clinical remission off treatment",
    source=_reading_2017(
        "No glucocorticoid, immunosuppressant or biologic is being taken on the day of the visit; antimalarials are "
        "allowed. How long since the last dose is not asked, and the cells of a trial given once are no drug being "
        "taken."
    ),
    without=("dose",),
    changes=_NO_DRUGS,
    note="Serology may be positive; antimalarials are allowed.",
)
COMPLETE_OFF: Final = _whole(CLINICAL_ON).amend(
    "doris_2017_complete_off_treatment",
    title="DORIS 2017 complete remission off treatment",
    source=_reading_2017("As clinical remission off treatment, with neither low complement nor anti-dsDNA: SLEDAI 0."),
    without=("dose",),
    changes={**_NO_DRUGS, "activity": equals("sledai_2k", 0, label="SLEDAI-2K")},
    note="Serology must be negative; antimalarials are allowed.",
)
DEFINITIONS: Final = (DORIS_2021, BELOW_5, PGA_AT_MOST, CLINICAL_ON, COMPLETE_ON, CLINICAL_OFF, COMPLETE_OFF)
