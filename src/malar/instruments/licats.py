"""Local toxicity of effector cells in an organ that lupus had affected: LICATS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from malar.instruments.formula import Formula
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

SIGNS: Final[Mapping[str, tuple[int, str]]] = {
    "local_reaction": (1, "a reaction in an organ affected before, while B cells are gone; resolves by itself"),
    "glucocorticoid": (2, "glucocorticoid, for symptoms of more than a week or an inner organ"),
    "hospitalization": (3, "new or longer stay in hospital"),
    "intensive_care": (4, "intensive care"),
}
"""Item → grade and meaning."""


def _make(inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    signs = [(inputs[f"licats__{item}"], grade) for item, (grade, _) in SIGNS.items()]
    certain = pl.max_horizontal(sign.fill_null(value=False).cast(pl.Float64) * grade for sign, grade in signs)
    possible = pl.max_horizontal(sign.fill_null(value=True).cast(pl.Float64) * grade for sign, grade in signs)
    return {"licats_grade": pl.when(certain == possible).then(certain)}


LICATS: Final = Formula(
    key="licats_grade",
    title="LICATS grade",
    source=Source(
        "Hagen M, et al. Lancet Rheumatol 2025, doi 10.1016/S2665-9913(25)00091-8",
        "grades",
        Status.VERIFIED,
        "The grade is that of the strongest sign recorded. Onset is early within 2 weeks, intermediate to 1 month, "
        "late beyond. A rise of creatinine or protein in it is not by itself a flare of lupus.",
    ),
    form=tuple(f"licats__{item}" for item in SIGNS),
    gives_columns={"licats_grade": "0 to 4"},
    rule="The highest grade present:\n\n| item | grade | meaning |\n|---|---|---|\n"
    + "\n".join(f"| `{item}` | {grade} | {text} |" for item, (grade, text) in SIGNS.items()),
    brief="grade 0 to 4",
    make=_make,
)

INSTRUMENTS: Final = (LICATS,)
"""All of this file."""
