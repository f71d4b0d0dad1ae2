"""Queries on items against the measurements they rest on, in every form that has the item."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from malar.checks.forms import FORMS, column_in_findings, with_item
from malar.checks.query import DataQuery

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

_KEYS: Final = {
    "urinary_casts": "urinary_casts_differs_from_sediment",
    "leukopenia": "leukopenia_differs_from_white_cells",
    "thrombocytopenia": "thrombocytopenia_differs_from_platelets",
    "low_complement": "low_complement_differs_from_laboratory",
    "increased_dsdna": "increased_dsdna_differs_from_laboratory",
    "proteinuria": "proteinuria_differs_from_urine_protein",
    "hematuria": "hematuria_differs_from_urine_cells",
    "pyuria": "pyuria_differs_from_urine_cells",
    "arthritis": "arthritis_differs_from_joint_count",
    "fever": "fever_differs_from_temperature",
    "hemolysis_thrombocytopenia": "hemolysis_thrombocytopenia_differs_from_blood_count",
    "leukopenia_lymphopenia": "leukopenia_lymphopenia_differs_from_blood_count",
    "hemolysis": "hemolysis_differs_from_blood_count",
    "lymphopenia": "lymphopenia_differs_from_blood_count",
}
"""Item → key of its query."""


def _differs(key: str) -> Callable[[Study, pl.DataFrame], pl.DataFrame]:
    def find(_study: Study, scored: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        found = [pl.DataFrame(schema={"subject": pl.String, "day": pl.Int64, "column": pl.String})]
        for made, _ in with_item(key):
            column, proposed = f"{made.form}__{key}", f"proposed__{made.form}__{key}"
            if proposed in scored.columns:
                unattributed = (pl.col(f"recorded__{column}") > 0) & ~pl.col(column)
                differs = (pl.col(column) != pl.col(proposed)) & ~unattributed.fill_null(value=False)
                named = pl.lit(column_in_findings(made.form, key))
                found.append(scored.filter(differs).select("subject", "day", column=named))
        return pl.concat(found)

    return find


def _query(key: str) -> DataQuery:
    rules: dict[str, list[str]] = {}
    for made, item in with_item(key):
        if item.measured is not None:
            rules.setdefault(item.measured.sentence(), []).append(made.title)
    first, *others = rules
    more = "".join(f" In {' and '.join(rules[rule])}, where {rule}." for rule in others)
    return DataQuery(
        key=_KEYS[key],
        title=f"The item {key.replace('_', ' ')} does not agree with the same day's result.",
        action=(
            f"It is present where {first}.{more} Check both; an item may stand for an earlier day of the window, or be "
            "absent because of another cause: then record the value with attributed = false."
        ),
        severity="warning",
        table="items",
        find=_differs(key),
    )


_MEASURED: Final = dict.fromkeys(item.key for made in FORMS for item in made.items if item.measured is not None)

QUERIES: Final = tuple(_query(key) for key in _MEASURED)
