"""Code lists: the words a coded column may hold. American spelling, lower case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODE_LISTS: Final[Mapping[str, Mapping[str, str]]] = {
    "sex": {"female": "", "male": "", "other": ""},
    "classification": {
        "acr_1997": "ACR criteria, 1997 update",
        "slicc_2012": "SLICC 2012 criteria",
        "eular_acr_2019": "EULAR/ACR 2019 criteria",
        "clinical": "diagnosed by a physician, no criteria recorded",
    },
    "nephritis_class": {
        "none": "no lupus nephritis known",
        "i": "",
        "ii": "",
        "iii": "",
        "iv": "",
        "v": "",
        "vi": "",
        "iii_v": "III and V",
        "iv_v": "IV and V",
        "proliferative": "class III or IV, not said which",
        "proliferative_membranous": "III or IV with V",
        "unknown_class": "nephritis, class not known",
    },
    "milestone": {
        "consent": "",
        "eligibility_met": "",
        "randomization": "",
        "mobilization": "mobilization of stem cells started",
        "apheresis": "",
        "conditioning_start": "",
        "infusion": "infusion of the cell product; `number` tells which",
        "treatment_stopped": "",
        "first_record": "first record, where there is no treatment",
        "last_contact": "last day known to be in contact",
        "data_cut": "last day on which records were collected",
    },
    "history": {
        "therapy": "an earlier therapy: `term` names the drug",
        "organ_system": "an organ system ever involved: `term` names it",
    },
    "history_outcome": {
        "failed": "",
        "intolerant": "",
        "responded": "",
        "ongoing": "",
        "unknown": "",
    },
    "relation": {
        "self": "",
        "sibling": "",
        "parent": "",
        "child": "",
        "other_relative": "",
        "unrelated": "",
        "umbilical_cord": "cord of an unrelated birth",
    },
    "cell_source": {
        "bone_marrow": "",
        "umbilical_cord": "",
        "adipose": "",
        "mobilized_blood": "",
        "peripheral_blood": "lymphocytes, as for CAR-T",
        "other": "",
    },
    "specimen": {"serum": "", "plasma": "", "blood": "", "urine": "", "other": ""},
    "qualifier": {
        "less_than": "below the limit of the assay; `value` is the limit",
        "greater_than": "above the limit of the assay; `value` is the limit",
        "titre": "a dilution; see `titre`",
        "negative": "",
        "positive": "",
    },
    "frequency": {
        "daily": "",
        "twice_daily": "",
        "three_times_daily": "",
        "alternate_days": "",
        "weekly": "",
        "monthly": "",
        "once": "",
    },
    "route": {
        "oral": "",
        "intravenous": "",
        "intramuscular": "",
        "subcutaneous": "",
        "topical": "",
        "other": "",
    },
    "procedure": {
        "kidney_biopsy": "",
        "transfusion": "of red cells, or not said of what",
        "platelet_transfusion": "",
        "dialysis": "",
        "kidney_transplant": "",
        "plasma_exchange": "",
        "other": "",
    },
    "event": {
        "death": "",
        "relapse": "relapse as the investigator recorded it",
        "infection": "",
        "adverse_event": "any other adverse event, CTCAE term in `term`",
        "crs": "cytokine release syndrome",
        "icans": "neurotoxicity of effector cells",
        "gvhd": "graft-versus-host disease",
        "engraftment": "",
        "graft_failure": "",
        "hospitalization": "",
        "pregnancy": "",
        "withdrawal": "left the study, no further follow-up",
    },
}
"""List name → code → meaning (empty where the code says it)."""

POST_TREATMENT_EVENTS: Final = ("crs", "icans", "gvhd", "engraftment", "graft_failure", "relapse")
"""Events that cannot precede every milestone of a subject."""
