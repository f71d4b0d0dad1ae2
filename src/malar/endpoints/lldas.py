"""LLDAS, the lupus low disease activity state of 2016, and its variants."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from malar.conditions import Since, absent, all_of, at_most, none_new, none_present, present
from malar.endpoints.endpoint import Endpoint
from malar.instruments.sledai_2k import CLINICAL_SLEDAI_2K, SLEDAI_2K
from malar.sources import Source, Status

MAJOR_SYSTEMS: Final = ("CNS", "vascular", "renal", "serosal", "constitutional")
MAJOR_ORGANS: Final = tuple(name for system in MAJOR_SYSTEMS for name in SLEDAI_2K.names(system=system))
"""SLEDAI-2K items of the major organ systems: 1 to 8, 11 to 14, 18, 19 and 22 of the form."""

_SOURCE = Source(
    "Franklyn K, et al. Ann Rheum Dis 2016;75:1615-21, doi 10.1136/annrheumdis-2015-207726",
    "Table 1",
    Status.VERIFIED,
    "Major organ systems (renal, CNS, cardiopulmonary, vasculitis, fever) are read as items 1 to 8, 11 to 14, 18, 19 "
    "and 22 of SLEDAI-2K; myositis is not among them. Hemolytic anemia and gastrointestinal activity are no items and "
    "are recorded for themselves: not recorded is unknown, never a pass. A new feature is any of the 24 items, "
    "serology included, that was absent at the previous assessed visit; with no earlier visit, criterion 2 is unknown "
    "unless nothing is active now. The drug under trial, such as the trial's own cell product, is not taken as the "
    "investigational drug that criterion 5 bars.",
)
_NONSTANDARD = absent("investigational_drug", label="an investigational drug other than the trial's own")
STANDARD = present("standard_therapy", label="standard therapy (background drugs at approved maintenance doses)")


def _reading(text: str, *, status: Status = Status.VERIFIED) -> Source:
    return replace(_SOURCE, status=status, reading=f"{text} Otherwise as LLDAS.")


LLDAS: Final = Endpoint(
    key="lldas",
    title="LLDAS",
    source=_SOURCE,
    criteria={
        "1a": at_most("sledai_2k", 4, label="SLEDAI-2K"),
        "1b": none_present(MAJOR_ORGANS),
        "1c": none_present(("hemolytic_anemia", "gastrointestinal_activity")),
        "2": none_new(SLEDAI_2K.names(), Since.PREVIOUS, label="SLEDAI-2K item"),
        "3": at_most("pga", 1, label="PGA (0 to 3)"),
        "4": at_most("prednisone_mg_day", 7.5, label="oral glucocorticoid", unit="mg of prednisone a day"),
        "5": all_of(STANDARD, _NONSTANDARD),
    },
    note="One visit; how long the state was held is a question of its own.",
    instruments=(SLEDAI_2K,),
)
LETTER: Final = LLDAS.amend(
    "lldas_letter",
    title="LLDAS by the letter of criterion 5",
    source=_reading(
        "Investigational drugs are excluded by the letter: from the day it was given, the trial's own cell product is "
        "one, and a treated patient of a cell trial cannot reach the state."
    ),
    changes={
        "5": all_of(
            STANDARD,
            _NONSTANDARD,
            absent("trial_cell_product_given", label="the trial's own cell product (given by then)"),
        )
    },
)
WITHOUT_SEROLOGY: Final = LLDAS.amend(
    "lldas_without_serology",
    title="LLDAS with new features without serology",
    source=_reading(
        "A new low complement or anti-dsDNA is not taken as a new feature of activity; our reading, as that of "
        "criterion 2 over all items is.",
        status=Status.PROVISIONAL,
    ),
    changes={"2": none_new(CLINICAL_SLEDAI_2K.names(), Since.PREVIOUS, label="clinical SLEDAI-2K item")},
)
SINCE_BASELINE: Final = LLDAS.amend(
    "lldas_since_baseline",
    title="LLDAS with new features since baseline",
    source=_reading(
        "New features are looked for against baseline instead of the previous visit, so that one that came and stayed "
        "counts at every visit; our reading.",
        status=Status.PROVISIONAL,
    ),
    changes={"2": none_new(SLEDAI_2K.names(), Since.BASELINE, label="SLEDAI-2K item")},
)
WITHOUT_CRITERION_5: Final = LLDAS.amend(
    "lldas_without_criterion_5",
    title="LLDAS without criterion 5",
    source=_reading(
        "For studies that did not record background drugs; the fifth criterion is not judged. In the APLC cohort "
        "99.6 % of visits met it (Golder V, et al. Arthritis Res Ther 2016;18:260, Table 3).",
        status=Status.PROVISIONAL,
    ),
    without=("5",),
    note="Criterion 5 (standard maintenance drugs) is not judged.",
)
NOT_COLLECTED: Final = LLDAS.amend(
    "lldas_hemolysis_gi_not_collected",
    title="LLDAS without hemolytic anemia and gastrointestinal activity",
    source=_reading(
        "For studies that did not record hemolytic anemia and gastrointestinal activity; criterion 1 rests on "
        "SLEDAI-2K alone.",
        status=Status.PROVISIONAL,
    ),
    without=("1c",),
    note="Hemolytic anemia and gastrointestinal activity are not judged.",
)
SCORES_AND_DOSE: Final = LLDAS.amend(
    "lldas_scores_and_dose",
    title="LLDAS from SLEDAI-2K, PGA and dose alone",
    source=_reading(
        "For studies that recorded neither hemolytic anemia and gastrointestinal activity nor background drugs.",
        status=Status.PROVISIONAL,
    ),
    without=("1c", "5"),
    note="Hemolytic anemia, gastrointestinal activity and background drugs are not judged.",
)

DEFINITIONS: Final = (
    LLDAS,
    LETTER,
    WITHOUT_SEROLOGY,
    SINCE_BASELINE,
    WITHOUT_CRITERION_5,
    NOT_COLLECTED,
    SCORES_AND_DOSE,
)
