"""Organ by organ: what was active at baseline and is resolved at the visit, as the first cell series was reported."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Final

from malar._frames import as_sign
from malar.conditions import (
    Condition,
    Since,
    all_of,
    any_of,
    at_least,
    below,
    none_new,
    none_present,
    present,
    rose_by_at_most,
)
from malar.endpoints.endpoint import Endpoint
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

_LIANG: Final = (
    "Liang J, et al. Ann Rheum Dis 2010;69:1423-9, doi 10.1136/ard.2009.123463 (erratum 2011;70:237), as reported by "
    "the American Academy of Anti-Aging Medicine, 13 August 2010"
)
SKIN: Final = ("rash", "alopecia", "mucosal_ulcers")
NERVOUS: Final = (
    "seizure", "psychosis", "organic_brain_syndrome", "visual_disturbance", "cranial_nerve", "lupus_headache", "cva",
)  # fmt: skip
SEROSAL: Final = ("pleurisy", "pericarditis")


def _items(names: Sequence[str]) -> list[str]:
    return [f"sledai_2k__{name}" for name in names]


def _said(names: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names)


def _source(figures: str, reading: str) -> Source:
    return Source(
        _LIANG,
        figures,
        Status.PROVISIONAL,
        "The report gives the counts, not how they were judged; the figures are secondary, the rule is ours. "
        f"{reading}",
    )


def _affected(names: Sequence[str]) -> Condition:
    return any_of(*(present(f"baseline__{item}", label=f"{_said([item[11:]])} at baseline") for item in _items(names)))


def _resolved(key: str, title: str, names: Sequence[str], figures: str, reading: str = "") -> Endpoint:
    return Endpoint(
        key=key,
        title=title,
        source=_source(figures, f"Resolved is read as: all of these SLEDAI-2K signs are absent. {reading}".strip()),
        criteria={"signs": none_present(_items(names))},
        among=_affected(names),
        note="Among those affected at baseline; a new sign of the same organ counts against it.",
        instruments=(SLEDAI_2K,),
    )


@dataclass(frozen=True, slots=True)
class SomeGoneSomeLeft:
    """Of the signs present at baseline, at least one is gone and at least one is left."""

    columns: tuple[str, ...]
    label: str

    def sentence(self) -> str:
        """The condition in words."""
        return f"of the {self.label} present at baseline, at least one is gone and at least one is left"

    def needs(self) -> tuple[str, ...]:
        """Columns that the test reads."""
        return (*self.columns, *(f"baseline__{column}" for column in self.columns))

    def test(self, present: Collection[str]) -> pl.Expr:
        """The Boolean expression: some pair of signs of baseline, the one gone and the other left."""
        import polars as pl

        return pl.any_horizontal(
            as_sign(f"baseline__{gone}") & ~as_sign(gone) & as_sign(f"baseline__{left}") & as_sign(left)
            for gone, left in permutations(self.columns, 2)
        )


CONSTITUTIONAL: Final = _resolved(
    "constitutional_resolved",
    "Constitutional signs resolved",
    ("fever",),
    "fatigue, weight loss or low fever relieved at three months in 8 of 11",
    "SLEDAI-2K knows fever alone; fatigue and weight loss are not judged.",
)
SKIN_HEALED: Final = _resolved(
    "skin_healed",
    "Skin and mucosa healed completely",
    SKIN,
    "lesions healed completely in 4 of 8",
    "Vasculitis is not counted with the skin.",
)
SKIN_PARTLY: Final = Endpoint(
    key="skin_partly_healed",
    title="Skin and mucosa healed in part",
    source=_source(
        "lesions healed at least partially in the other 4 of 8",
        "Partial is read as: at least one sign of baseline gone, at least one left, and none new. How far one lesion "
        "healed cannot be told from signs that are there or not.",
    ),
    criteria={
        "some": SomeGoneSomeLeft(tuple(_items(SKIN)), "signs of skin or mucosa"),
        "none_new": none_new(_items(SKIN), Since.BASELINE, label="sign of skin or mucosa"),
    },
    among=_affected(SKIN),
    note="Excludes complete healing: complete and partial add up to any healing.",
    instruments=(SLEDAI_2K,),
)
JOINTS: Final = _resolved(
    "joints_resolved",
    "Arthritis resolved",
    ("arthritis",),
    "arthritis improved in 4 of 6",
    "The report says improved; an arthritis that is less but still scores is not counted.",
)
SEROSITIS: Final = _resolved("serositis_resolved", "Serositis resolved", SEROSAL, "serositis resolved in 2")
NERVOUS_SYSTEM: Final = _resolved(
    "nervous_system_resolved", "Signs of the nervous system resolved", NERVOUS, "neurologic manifestations cleared in 1"
)

_SYSTOLIC, _DIASTOLIC = ("systolic_mmhg", "systolic pressure"), ("diastolic_mmhg", "diastolic pressure")
_CLASSES: Final = "number of antihypertensive classes"
_HIGH: Final = any_of(
    at_least(f"baseline__{_SYSTOLIC[0]}", 140, label=f"{_SYSTOLIC[1]} at baseline", unit="mmHg"),
    at_least(f"baseline__{_DIASTOLIC[0]}", 90, label=f"{_DIASTOLIC[1]} at baseline", unit="mmHg"),
)
HYPERTENSION: Final = Endpoint(
    key="hypertension_controlled",
    title="Hypertension controlled",
    source=_source(
        "refractory hypertension became controllable in 5",
        "Hypertension is read as at least 140 mmHg systolic or 90 diastolic at baseline, control as below both. "
        "Whether it was refractory, and on how many drugs it is controlled, is judged by the variant.",
    ),
    criteria={
        "systolic": below(_SYSTOLIC[0], 140, label=_SYSTOLIC[1], unit="mmHg"),
        "diastolic": below(_DIASTOLIC[0], 90, label=_DIASTOLIC[1], unit="mmHg"),
    },
    among=_HIGH,
    note="One measurement a visit; children need limits by age, sex and height.",
)
REFRACTORY_HYPERTENSION: Final = HYPERTENSION.amend(
    "refractory_hypertension_controlled",
    title="Refractory hypertension controlled",
    source=_source(
        "refractory hypertension became controllable in 5",
        "Refractory is read as at least 140 mmHg systolic or 90 diastolic at baseline on three or more classes of "
        "antihypertensive drug; controlled as below both, on no more classes than at baseline.",
    ),
    changes={"drugs": rose_by_at_most("antihypertensive_classes", 0, Since.BASELINE, label=_CLASSES)},
    among=all_of(_HIGH, at_least("baseline__antihypertensive_classes", 3, label=f"{_CLASSES} at baseline")),
    note="One measurement a visit; antihypertensives given for proteinuria count as well.",
)

DEFINITIONS: Final = (
    CONSTITUTIONAL, SKIN_HEALED, SKIN_PARTLY, JOINTS, SEROSITIS, NERVOUS_SYSTEM, HYPERTENSION,
    REFRACTORY_HYPERTENSION,
)  # fmt: skip
