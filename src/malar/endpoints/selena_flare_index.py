"""SELENA-SLEDAI flare index: any, mild or moderate, and severe flare, with its published modifications."""

from __future__ import annotations

from typing import Final

from malar.conditions import (
    Condition,
    Since,
    above,
    all_of,
    any_of,
    at_least_percent_of,
    at_most,
    none_of,
    present,
    rose_by,
    rose_by_more_than,
)
from malar.endpoints.endpoint import Endpoint
from malar.instruments.prednisone_per_kg import PREDNISONE_PER_KG
from malar.instruments.selena_sledai import SELENA_SLEDAI
from malar.sources import Source, Status

SCORE, PGA, DOSE, PER_KG = "selena_sledai", "pga", "prednisone_mg_day", "prednisone_mg_kg_day"
_SCORE, _DOSE = "SELENA-SLEDAI", "prednisone dose"
HIGH_SCORE: Final = 12
HIGH_PGA: Final = 2.5
HIGH_DOSE: Final = 0.5

_CITATION = (
    "Petri M, Buyon J, Kim M. Lupus 1999;8:685-91; content as in Ann Rheum Dis, table of activity indices (publisher's "
    "table number 278401)"
)
_READING = (
    "Compared with the previous assessed visit; one criterion is enough, and severe overrides mild or moderate. "
    "'Change to above 12' is a score above 12 that is higher than before, by however little: 12 to 13 is severe, "
    "which is debatable. A copy that reads 'a rise of more than 12' is wrong, and 'more than 3' for the smaller "
    "change is read as 3 or more. PGA rises by at least 1.0; it does not rise to 1.0. A dose is doubled where it rose "
    "to at least twice the earlier one, from none to any dose included. Methotrexate, azathioprine, cyclophosphamide "
    "and later mycophenolate are the new drugs of a severe flare."
)
WEAKNESS: Final = (
    "Known weakness: of 52 severe flares that rested on medication, physicians rated 46 as none, mild or moderate "
    "(Thanou A, et al. Rheumatology 2014, keu153). Beside it stands the index without medication."
)


def _dose_above() -> Condition:
    return above(PER_KG, HIGH_DOSE, label=_DOSE, unit="mg/kg a day")


def severe(*, least_rise: float = 0, score_alone: bool = True, medication: bool = True) -> Condition:
    """Any criterion of a severe flare.

    Parameters
    ----------
    least_rise
        Points by which a score above 12 must have risen at least; 0: by however little.
    score_alone
        Whether a score that rises to above 12 is enough by itself.
    medication
        Whether criteria that rest on medication alone count: a dose raised, a new drug.
    """
    risen = (
        rose_by(SCORE, least_rise, Since.PREVIOUS, label=_SCORE)
        if least_rise
        else rose_by_more_than(SCORE, 0, Since.PREVIOUS, label=_SCORE)
    )
    dose_up = rose_by_more_than(DOSE, 0, Since.PREVIOUS, label=_DOSE)
    hospital = present("sfi__hospitalized", label="hospitalization for lupus")
    treated = any_of(
        all_of(dose_up, at_least_percent_of(DOSE, 200, Since.PREVIOUS, label=_DOSE)), _dose_above(), hospital
    )
    parts = [
        all_of(above(PGA, HIGH_PGA, label="PGA"), rose_by_more_than(PGA, 0, Since.PREVIOUS, label="PGA")),
        all_of(present("sfi__severe_clinical", label="a sign of a severe flare, new or worse"), treated),
        hospital,
    ]
    if score_alone:
        parts.insert(0, all_of(above(SCORE, HIGH_SCORE, label=_SCORE), risen))
    if medication:
        new_drug = present(
            "sfi__new_cytotoxic", label="new cyclophosphamide, azathioprine, methotrexate or mycophenolate"
        )
        parts += [all_of(_dose_above(), dose_up), new_drug]
    return any_of(*parts)


def mild_moderate(*, medication: bool = True) -> Condition:
    """Any criterion of a mild or moderate flare; see :func:`severe`."""
    parts = [
        all_of(rose_by(SCORE, 3, Since.PREVIOUS, label=_SCORE), at_most(SCORE, HIGH_SCORE, label=_SCORE)),
        present("sfi__mild_clinical", label="a sign of a mild or moderate flare, new or worse"),
        all_of(rose_by(PGA, 1, Since.PREVIOUS, label="PGA"), at_most(PGA, HIGH_PGA, label="PGA")),
    ]
    if medication:
        lower = at_most(PER_KG, HIGH_DOSE, label=_DOSE, unit="mg/kg a day")
        parts += [
            all_of(rose_by_more_than(DOSE, 0, Since.PREVIOUS, label=_DOSE), lower),
            present("sfi__nsaid_or_hcq_added", label="an NSAID or hydroxychloroquine added for activity"),
        ]
    return any_of(*parts)


def _source(more: str = "", citation: str = "", status: Status = Status.SECONDARY) -> Source:
    cited = f"{_CITATION}; {citation}" if citation else _CITATION
    return Source(cited, "flare criteria", status, f"{_READING} {more}".strip())


def _pair(name: str, title: str, source: Source, *, least_rise: float = 0, score_alone: bool = True,
          medication: bool = True) -> tuple[Endpoint, Endpoint]:  # fmt: skip
    """The severe and the mild or moderate flare of one modification."""
    worst = severe(least_rise=least_rise, score_alone=score_alone, medication=medication)
    made = SEVERE.amend(
        f"sfi_severe_{name}", title=f"{SEVERE.title}, {title}", source=source, changes={"severe": worst}
    )
    changes = {"mild_moderate": mild_moderate(medication=medication), "not_severe": none_of(worst)}
    lesser = MILD_MODERATE.amend(
        f"sfi_mild_moderate_{name}", title=f"{MILD_MODERATE.title}, {title}", source=source, changes=changes
    )
    return made, lesser


SEVERE: Final = Endpoint(
    key="sfi_severe",
    title="SELENA flare index: severe flare",
    source=_source(),
    criteria={"severe": severe()},
    note=WEAKNESS,
    instruments=(SELENA_SLEDAI, PREDNISONE_PER_KG),
)
MILD_MODERATE: Final = Endpoint(
    key="sfi_mild_moderate",
    title="SELENA flare index: mild or moderate flare",
    source=_source(),
    criteria={"mild_moderate": mild_moderate(), "not_severe": none_of(severe())},
    note=WEAKNESS,
    instruments=(SELENA_SLEDAI, PREDNISONE_PER_KG),
)
ANY: Final = Endpoint(
    key="sfi_flare",
    title="SELENA flare index: any flare",
    source=_source(),
    criteria={"flare": any_of(mild_moderate(), severe())},
    note=WEAKNESS,
    instruments=(SELENA_SLEDAI, PREDNISONE_PER_KG),
)
BLISS: Final = _pair(
    "bliss",
    "BLISS",
    _source(
        "A score that rises to above 12 is not severe by itself. Read literally, it is no mild or moderate flare "
        "either, for the score passed 12: 10 to 13 with nothing else is no flare here.",
        "BLISS modification: footnote of the product site for professionals",
    ),
    score_alone=False,
)
WITHOUT_MEDICATION: Final = _pair(
    "without_medication",
    "without medication",
    _source(
        "What rests on medication alone is left out: a dose raised, a drug added or new. Hospitalization stays, and "
        "so does the treatment that a sign of a severe flare must have required.",
        status=Status.PROVISIONAL,
    ),
    medication=False,
)
RISE_3: Final = _pair(
    "rise_3",
    "score up by at least 3",
    _source("Here a score above 12 is severe only where it rose by at least 3 points.", status=Status.PROVISIONAL),
    least_rise=3,
)

DEFINITIONS: Final = (SEVERE, MILD_MODERATE, ANY, *BLISS, *WITHOUT_MEDICATION, *RISE_3)
