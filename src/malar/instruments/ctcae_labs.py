"""CTCAE grades of laboratory values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from malar.instruments.formula import Formula
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class LowValue:
    """A value that is graded as it falls: below the laboratory's limit grade 1, below each further limit one more."""

    analyte: str
    term: str
    unit: str
    limits: tuple[float, ...]


LOW: Final = (
    LowValue("neutrophils", "Neutrophil count decreased", "10⁹/L", (1.5, 1.0, 0.5)),
    LowValue("wbc", "White blood cell decreased", "10⁹/L", (3.0, 2.0, 1.0)),
    LowValue("lymphocytes", "Lymphocyte count decreased", "10⁹/L", (0.8, 0.5, 0.2)),
    LowValue("platelets", "Platelet count decreased", "10⁹/L", (75.0, 50.0, 25.0)),
    LowValue("hemoglobin", "Anemia", "g/L", (100.0, 80.0)),
)
"""Hemoglobin has no grade 4 by number: it is a matter of danger to life."""
ALT: Final = (1.0, 3.0, 5.0, 20.0)
"""Multiples of the upper limit above which alanine aminotransferase has grades 1 to 4."""


def _low(made: LowValue, inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    value, normal = inputs[f"lab__{made.analyte}"], inputs[f"lab__{made.analyte}__lln"]
    deep = pl.sum_horizontal([(value < limit).cast(pl.Int64) for limit in made.limits], ignore_nulls=False)
    mild = (value < normal).cast(pl.Int64)
    return {f"ctcae__{made.analyte}": pl.when(deep > 0).then(deep + 1).otherwise(mild).cast(pl.Float64)}


def _alt(inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    ratio = (inputs["lab__alt"] / inputs["lab__alt__uln"]).round(6)
    grade = pl.sum_horizontal([(ratio > limit).cast(pl.Int64) for limit in ALT], ignore_nulls=False)
    return {"ctcae__alt": grade.cast(pl.Float64)}


_SOURCE: Final = Source(
    "CTCAE version 5.0, US Department of Health and Human Services, 27 November 2017",
    "investigations",
    Status.PROVISIONAL,
    "The numbers are from memory. Grade 5, and grades that rest on treatment or on danger to life, are recorded as "
    "events; a value within limits, or of grade 1 without the laboratory's limit, is grade 0 or unknown.",
)
_LOW_FORMULAS: Final = tuple(
    Formula(
        key=f"ctcae__{made.analyte}",
        title=f"CTCAE grade: {made.term}",
        source=_SOURCE,
        numbers=(f"lab__{made.analyte}", f"lab__{made.analyte}__lln"),
        gives_columns={f"ctcae__{made.analyte}": f"0 to {len(made.limits) + 1}"},
        rule=(
            "Below the laboratory's lower limit grade 1; "
            + ", ".join(f"below {limit:g} grade {k}" for k, limit in enumerate(made.limits, 2))
            + f" ({made.unit})."
        ),
        brief=f"grade 0 to {len(made.limits) + 1}",
        make=partial(_low, made),
    )
    for made in LOW
)
ALT_GRADE: Final = Formula(
    key="ctcae__alt",
    title="CTCAE grade: Alanine aminotransferase increased",
    source=_SOURCE,
    numbers=("lab__alt", "lab__alt__uln"),
    gives_columns={"ctcae__alt": "0 to 4"},
    rule="Above "
    + ", ".join(f"{limit:g} times the upper limit grade {k}" for k, limit in enumerate(ALT, 1))
    + "; where the baseline was abnormal, CTCAE counts multiples of it, which this does not.",
    brief="grade 0 to 4",
    make=_alt,
)

INSTRUMENTS: Final = (*_LOW_FORMULAS, ALT_GRADE)
"""All of this file."""
