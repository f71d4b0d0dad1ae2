"""MEX-SLEDAI: ten groups of signs, no serology; and the form that scores the grouped signs apart."""

from __future__ import annotations

from typing import Final

from malar.conditions import above, all_of, any_of, at_least, below
from malar.instruments.item import Item
from malar.instruments.weighted_items import WeightedItems
from malar.sources import Source, Status

_HEMOLYSIS = all_of(
    below("lab__hemoglobin", 120, label="hemoglobin", unit="g/L"),
    above("lab__reticulocytes_percent", 3, label="corrected reticulocytes", unit="%"),
)
_FEW_PLATELETS = below("lab__platelets", 100, label="platelets", unit="× 10⁹/L")
_FEW_WHITE_CELLS = below("lab__wbc", 4.0, label="white cells", unit="× 10⁹/L")
_FEW_LYMPHOCYTES = below("lab__lymphocytes", 1.2, label="lymphocytes", unit="× 10⁹/L")

_SHARED: Final = (
    Item(
        "neurological", 8, "CNS",
        "psychosis, stroke, seizure, organic brain syndrome, cranial or peripheral mononeuritis, or myelitis",
    ),
    Item(
        "renal", 6, "renal",
        "granular or red-cell casts, more than 5 red cells per high-power field, new protein above 0.5 g/L, or a rise "
        "of creatinine",
    ),
    Item(
        "vasculitis", 4, "vascular",
        "ulcer, gangrene, finger nodules, periungual infarct, splinter hemorrhage, or proof by biopsy or angiogram",
    ),
    Item("myositis", 3, "musculoskeletal", "proximal pain or weakness with raised CK"),
    Item(
        "arthritis", 2, "musculoskeletal", "painful joints with swelling or effusion", "",
        at_least("inflamed_joints", 2, label="number of inflamed joints"),
    ),
    Item("mucocutaneous", 2, "mucocutaneous", "malar rash, mucosal ulcers or alopecia"),
    Item("serositis", 2, "serosal", "pleurisy, pericarditis or peritonitis"),
)  # fmt: skip
_GROUPED: Final = (
    Item(
        "hemolysis_thrombocytopenia", 3, "hematologic", "hemolysis, or few platelets", "drugs",
        any_of(_HEMOLYSIS, _FEW_PLATELETS),
    ),
    Item("fever_fatigue", 1, "constitutional", "fever above 38 °C, or fatigue without other cause", "infection"),
    Item(
        "leukopenia_lymphopenia", 1, "hematologic", "few white cells or few lymphocytes", "drugs",
        any_of(_FEW_WHITE_CELLS, _FEW_LYMPHOCYTES),
    ),
)  # fmt: skip
_APART: Final = (
    Item("hemolysis", 3, "hematologic", "hemolysis", "", _HEMOLYSIS),
    Item("thrombocytopenia", 3, "hematologic", "few platelets", "drugs", _FEW_PLATELETS),
    Item(
        "fever", 1, "constitutional", "fever", "infection",
        above("temperature_c", 38, label="temperature", unit="°C"),
    ),
    Item("fatigue", 1, "constitutional", "fatigue without other cause"),
    Item("leukopenia", 1, "hematologic", "few white cells", "drugs", _FEW_WHITE_CELLS),
    Item("lymphopenia", 1, "hematologic", "few lymphocytes", "drugs", _FEW_LYMPHOCYTES),
)  # fmt: skip

_CITATION = "Guzmán J, et al. J Rheumatol 1992;19:1551"
_READING = (
    "The paper was not read; groups and weights are those of two published forms. One prints platelets 'above' "
    "100 × 10⁹/L, below is meant. Lymphocytes below 1.2 × 10⁹/L are few (one form: 1.5). 'Two painful joints' is read "
    "as at least two. The forms state no window: 10 days, as in the SLEDAI of the same year, is the reading here. A "
    "raised creatinine is part of renal; the limit printed on one form (5 mg/dL) is in doubt, so no measurement "
    "proposes it."
)
_PARAMETERS = {
    "lymphocytes": "below 1.2 × 10⁹/L; 1.5 on another form",
    "missing": "unknown (default), absent or carry; the score is null where an unknown item could change it",
    "attribution": "an item recorded as not due to lupus is not scored; attribution not recorded is taken as yes",
}

MEX_SLEDAI: Final = WeightedItems(
    key="mex_sledai",
    title="MEX-SLEDAI",
    source=Source(_CITATION, "published forms", Status.SECONDARY, _READING),
    form="mex_sledai",
    items=(*_SHARED[:3], _GROUPED[0], *_SHARED[3:], *_GROUPED[1:]),
    window_days=10,
    allowed_windows=(10,),
    parameters=_PARAMETERS,
)
UNGROUPED: Final = WeightedItems(
    key="mex_sledai_ungrouped",
    title="MEX-SLEDAI, grouped signs scored apart",
    source=Source(
        _CITATION,
        "one published form",
        Status.SECONDARY,
        f"{_READING} One form scores hemolysis and thrombocytopenia with 3 points each, and fever, fatigue, leukopenia "
        "and lymphopenia with 1 each; the maximum is then 37.",
    ),
    form="mex_sledai_ungrouped",
    items=(*_SHARED[:3], *_APART[:2], *_SHARED[3:], *_APART[2:]),
    window_days=10,
    allowed_windows=(10,),
    parameters=_PARAMETERS,
    variant_of="mex_sledai",
)

INSTRUMENTS: Final = (MEX_SLEDAI, UNGROUPED)
