"""Queries between instruments: what central adjudication asks where two records of one visit contradict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from malar.checks.query import DataQuery
from malar.condition_kinds import Condition
from malar.conditions import (
    Since,
    above,
    above_percent_of,
    absent,
    all_of,
    any_of,
    at_least,
    at_least_percent_of,
    at_most,
    at_most_percent_of,
    below,
    below_percent_of,
    equals,
    fell_by,
    none_present,
    present,
    rose_by,
)
from malar.instruments.sledai_2k import SLEDAI_2K

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

A, B, D, E = 4, 3, 1, 0
"""Ranks of BILAG grades."""
SYSTEMS: Final = (
    "constitutional", "mucocutaneous", "neuropsychiatric", "musculoskeletal", "cardiorespiratory", "gastrointestinal",
    "ophthalmic", "renal", "hematological",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Conditions that should not hold together at one visit.

    Parameters
    ----------
    key
        Key of the query.
    severity, table, action
        As in :class:`~malar.checks.query.DataQuery`.
    both
        The conditions; the query's sentence is made of theirs.
    """

    key: str
    severity: str
    table: str
    action: str
    both: tuple[Condition, ...]

    def sentence(self) -> str:
        """The contradiction in words."""
        told = " and ".join(part.sentence() for part in self.both)
        return f"{told[:1].upper()}{told[1:]}."

    def needs(self) -> tuple[str, ...]:
        """Columns that the conditions read."""
        return tuple(dict.fromkeys(need for part in self.both for need in part.needs()))

    def find(self, _study: Study, scored: pl.DataFrame) -> pl.DataFrame:
        """Visits at which it certainly holds; none where a column is not there."""
        import polars as pl

        known = frozenset(scored.columns)
        if not known.issuperset(self.needs()):
            return scored.clear().select("subject", "day")
        return scored.filter(pl.all_horizontal(part.test(known) for part in self.both)).select("subject", "day")

    def query(self) -> DataQuery:
        """The data query."""
        return DataQuery(
            key=self.key,
            title=self.sentence(),
            action=self.action,
            severity=self.severity,
            table=self.table,
            find=self.find,
        )


def _grade(system: str, *, at_least_rank: int | None = None, at_most_rank: int | None = None) -> Condition:
    column, label = f"bilag_2004__{system}__rank", f"rank of the BILAG grade {system} (A 4, B 3, C 2, D 1, E 0)"
    if at_least_rank is not None:
        return at_least(column, at_least_rank, label=label)
    assert at_most_rank is not None
    return at_most(column, at_most_rank, label=label)


def _signs(*items: str) -> tuple[str, ...]:
    return tuple(f"sledai_2k__{item}" for item in items)


_RENAL: Final = SLEDAI_2K.names(system="renal")
_BRAIN: Final = tuple(name for name in SLEDAI_2K.names(system="CNS") if not name.endswith("visual_disturbance"))
_SKIN: Final = _signs("rash", "alopecia", "mucosal_ulcers")
_BOTH_FORMS: Final = "Compare the two forms; each may be of another day or another hand. Nothing is changed."
_ASK: Final = "Ask which is right. Nothing is changed."

_NO_JOINTS: Final = all_of(
    equals("tender_joints", 0, label="number of tender joints"),
    equals("swollen_joints", 0, label="number of swollen joints"),
)


def _unseen(system: str, signs: Sequence[str]) -> Contradiction:
    """A SLEDAI-2K item of a system, and BILAG D or E in it."""
    return Contradiction(
        key=f"{system}_items_with_bilag_d_or_e",
        severity="warning",
        table="items",
        action=_BOTH_FORMS,
        both=(any_of(*(present(sign) for sign in signs)), _grade(system, at_most_rank=D)),
    )


def _made(key: str, severity: str, table: str, action: str, *both: Condition) -> Contradiction:
    return Contradiction(key=key, severity=severity, table=table, action=action, both=both)


_BETWEEN_FORMS: Final = (
    _unseen("renal", _RENAL),
    _unseen("neuropsychiatric", _BRAIN),
    _unseen("mucocutaneous", _SKIN),
    _unseen("musculoskeletal", _signs("arthritis", "myositis")),
    _unseen("cardiorespiratory", _signs("pleurisy", "pericarditis")),
    _unseen("constitutional", _signs("fever")),
    _unseen("hematological", _signs("thrombocytopenia", "leukopenia")),
    _made(
        "bilag_renal_a_without_cause", "warning", "items",
        "Ask what the A rests on: sediment, protein and creatinine give no cause for it. Nothing is changed.",
        _grade("renal", at_least_rank=A),
        none_present(_signs("urinary_casts", "hematuria", "pyuria")),
        at_most("lab__upcr", 0.5, label="protein-creatinine ratio", unit="mg/mg"),
        at_most_percent_of("lab__creatinine", 115, Since.PREVIOUS, label="creatinine"),
    ),
    _made(
        "bilag_renal_b_without_protein", "warning", "items", _BOTH_FORMS,
        equals("bilag_2004__renal__rank", B, label="rank of the BILAG grade renal (A 4, B 3, C 2, D 1, E 0)"),
        none_present(_RENAL),
        below("lab__upcr", 0.2, label="protein-creatinine ratio", unit="mg/mg"),
        at_most_percent_of("lab__creatinine", 115, Since.PREVIOUS, label="creatinine"),
    ),
    _made(
        "bilag_mucocutaneous_a_or_b_without_skin_items", "warning", "items", _BOTH_FORMS,
        _grade("mucocutaneous", at_least_rank=B), none_present((*_SKIN, "sledai_2k__vasculitis")),
    ),
    _made(
        "bilag_musculoskeletal_a_or_b_without_joints", "warning", "items", _BOTH_FORMS,
        _grade("musculoskeletal", at_least_rank=B), _NO_JOINTS, absent("sledai_2k__myositis"),
    ),
    _made(
        "bilag_hematological_a_or_b_with_normal_counts", "warning", "items", _BOTH_FORMS,
        _grade("hematological", at_least_rank=B),
        at_least("lab__platelets", 150, label="platelets", unit="× 10⁹/L"),
        at_least("lab__wbc", 4, label="white cells", unit="× 10⁹/L"),
        at_least("lab__hemoglobin", 110, label="hemoglobin", unit="g/L"),
    ),
    _made(
        "bilag_never_involved_after_involvement", "error", "items",
        "A system that was ever involved is graded D when quiet. Correct the grade.",
        any_of(*(all_of(_grade(s, at_most_rank=E), at_least(f"previous__bilag_2004__{s}__rank", D,
               label=f"rank of the grade {s} at the visit before")) for s in SYSTEMS)),
    ),
)  # fmt: skip
_JOINTS_AND_SKIN: Final = (
    _made(
        "arthritis_item_without_joints", "warning", "items", "Ask for the joint count of that day. Nothing is changed.",
        present("sledai_2k__arthritis"), _NO_JOINTS,
    ),
    _made(
        "joints_without_arthritis_item", "warning", "items",
        "Ask whether the joints are inflamed: the item needs pain and signs of inflammation. Nothing is changed.",
        absent("sledai_2k__arthritis"), at_least("active_joints", 3, label="number of joints tender and swollen"),
    ),
    _made(
        "skin_score_without_skin_items", "warning", "items", _BOTH_FORMS,
        at_least("clasi_activity", 10, label="CLASI activity"), none_present((*_SKIN, "sledai_2k__vasculitis")),
    ),
    _made(
        "rash_item_with_skin_score_of_0", "warning", "items", _BOTH_FORMS,
        present("sledai_2k__rash"), equals("clasi_activity", 0, label="CLASI activity"),
    ),
)  # fmt: skip
_PHYSICIAN_AND_DOSE: Final = (
    _made(
        "physician_sees_nothing_in_active_disease", "warning", "visits",
        "Ask whether the assessment was rated on another scale or another day. Nothing is changed.",
        below("pga", 0.5, label="PGA"), at_least("clinical_sledai_2k", 8, label="clinical SLEDAI-2K"),
    ),
    _made(
        "physician_sees_severe_disease_without_signs", "warning", "visits",
        "Ask what the rating rests on: no clinical sign was recorded. Nothing is changed.",
        at_least("pga", 2, label="PGA"), equals("clinical_sledai_2k", 0, label="clinical SLEDAI-2K"),
    ),
    _made(
        "improved_while_steroids_were_raised", "warning", "visits",
        "Ask why the dose was raised: the improvement may be the dose's, or the dose a slip. Nothing is changed.",
        fell_by("sledai_2k", 4, Since.PREVIOUS, label="SLEDAI-2K"),
        at_least_percent_of("prednisone_mg_day", 150, Since.PREVIOUS, label="prednisone a day"),
        rose_by("prednisone_mg_day", 10, Since.PREVIOUS, label="prednisone a day"),
    ),
    _made(
        "worse_while_physician_sees_better", "warning", "visits",
        "Compare the score's items with the physician's rating. Nothing is changed.",
        rose_by("clinical_sledai_2k", 8, Since.PREVIOUS, label="clinical SLEDAI-2K"),
        fell_by("pga", 1, Since.PREVIOUS, label="PGA"),
    ),
)  # fmt: skip
_KIDNEY_AND_DAMAGE: Final = (
    _made(
        "creatinine_doubled_without_renal_items", "warning", "labs",
        "Check the value and its unit; if right, ask whether lupus or another cause is behind it. Nothing is changed.",
        at_least_percent_of("lab__creatinine", 200, Since.PREVIOUS, label="creatinine"),
        above("lab__creatinine", 110, label="creatinine", unit="µmol/L"), none_present(_RENAL),
    ),
    _made(
        "urine_protein_measures_disagree", "warning", "labs",
        "Check both: a collection may be incomplete, or a unit wrong. Nothing is changed.",
        above("lab__urine_protein_24h", 2, label="urine protein", unit="g in 24 h"),
        below("lab__upcr", 0.3, label="protein-creatinine ratio", unit="mg/mg"),
    ),
    _made(
        "urine_ratio_high_and_collection_low", "warning", "labs",
        "Check both: a collection may be incomplete, or a unit wrong. Nothing is changed.",
        above("lab__upcr", 2, label="protein-creatinine ratio", unit="mg/mg"),
        below("lab__urine_protein_24h", 0.3, label="urine protein", unit="g in 24 h"),
    ),
    _made(
        "albumin_low_without_protein", "info", "labs",
        "Ask for another cause of the low albumin, or a urine protein taken elsewhere. Nothing is changed.",
        below("lab__albumin", 20, label="albumin", unit="g/L"),
        below("lab__upcr", 0.5, label="protein-creatinine ratio", unit="mg/mg"),
    ),
    _made(
        "damage_index_fell", "error", "items", "Damage is lasting by definition: correct one of the two visits.",
        fell_by("sdi", 1, Since.PREVIOUS, label="damage index"),
    ),
    _made(
        "end_stage_kidney_with_good_filtration", "error", "items", _ASK,
        at_least("sdi__end_stage_kidney", 1, label="end-stage kidney disease in the damage index"),
        below("lab__creatinine", 120, label="creatinine", unit="µmol/L"),
    ),
    _made(
        "weight_jumped", "warning", "visits", "Check the weight and its unit: doses per kg rest on it.",
        any_of(
            above_percent_of("weight_kg", 130, Since.PREVIOUS, label="weight"),
            below_percent_of("weight_kg", 70, Since.PREVIOUS, label="weight"),
        ),
    ),
)  # fmt: skip

CONTRADICTIONS: Final = (*_BETWEEN_FORMS, *_JOINTS_AND_SKIN, *_PHYSICIAN_AND_DOSE, *_KIDNEY_AND_DAMAGE)
"""All of this file."""

QUERIES: Final = tuple(made.query() for made in CONTRADICTIONS)
