"""Modified NIH activity and chronicity indices of a kidney biopsy, and the ISN/RPS classes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from malar.instruments.formula import Formula
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

ISN_RPS: Final[Mapping[str, str]] = {
    "i": "minimal mesangial",
    "ii": "mesangial proliferative",
    "iii": "focal: fewer than half of the glomeruli",
    "iv": "diffuse: at least half of the glomeruli",
    "v": "membranous, alone or with III or IV",
    "vi": "advanced sclerosing: at least 90 % of the glomeruli, no activity left",
}
"""Class → meaning. The classes of 2018 have no IV-S and IV-G, and give activity and chronicity as indices."""

ACTIVITY: Final[Mapping[str, tuple[int, str]]] = {
    "endocapillary_hypercellularity": (1, "endocapillary hypercellularity"),
    "neutrophils_karyorrhexis": (1, "neutrophils or karyorrhexis"),
    "fibrinoid_necrosis": (2, "fibrinoid necrosis"),
    "hyaline_deposits": (1, "hyaline deposits: wire loops or thrombi"),
    "cellular_crescents": (2, "cellular or fibrocellular crescents"),
    "interstitial_inflammation": (1, "interstitial inflammation"),
}
CHRONICITY: Final[Mapping[str, tuple[int, str]]] = {
    "glomerulosclerosis": (1, "glomerulosclerosis, global and segmental"),
    "fibrous_crescents": (1, "fibrous crescents"),
    "tubular_atrophy": (1, "tubular atrophy"),
    "interstitial_fibrosis": (1, "interstitial fibrosis"),
}


def _make(items: Mapping[str, tuple[int, str]], key: str, inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    parts = [inputs[f"nih_indices__{item}"] * weight for item, (weight, _) in items.items()]
    return {key: pl.sum_horizontal(parts, ignore_nulls=False)}


def _index(items: Mapping[str, tuple[int, str]], key: str, title: str) -> Formula:
    most = 3 * sum(weight for weight, _ in items.values())
    rows = "\n".join(f"| `{item}` | {weight} | {text} |" for item, (weight, text) in items.items())
    return Formula(
        key=key,
        title=title,
        source=Source(
            "Bajema IM, et al. Kidney Int 2018;93:789-96; components as in PMC9386217, Table 1",
            "modified NIH indices",
            Status.PROVISIONAL,
            "Components and bands were read; that necrosis and crescents count twice is from memory.",
        ),
        numbers=tuple(f"nih_indices__{item}" for item in items),
        gives_columns={key: f"0 to {most}"},
        rule=(
            "Each component 0 none, 1 below 25 %, 2 from 25 to 50 %, 3 above 50 % (of glomeruli; of cortex for the "
            f"interstitium), times its weight.\n\n| item | weight | component |\n|---|---|---|\n{rows}\n\nA component "
            "that was not read leaves the index unknown."
        ),
        brief=f"{len(items)} components, 0 to {most}",
        make=partial(_make, items, key),
    )


ACTIVITY_INDEX: Final = _index(ACTIVITY, "nih_activity_index", "NIH activity index")
CHRONICITY_INDEX: Final = _index(CHRONICITY, "nih_chronicity_index", "NIH chronicity index")

INSTRUMENTS: Final = (ACTIVITY_INDEX, CHRONICITY_INDEX)
"""All of this file."""
