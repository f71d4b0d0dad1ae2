"""A batch of mesenchymal stem cells against the minimal criteria of the ISCT."""

from __future__ import annotations

from typing import Final

from malar.conditions import at_least, at_most, present
from malar.rules import Rule
from malar.sources import Source, Status

POSITIVE: Final = ("cd105_percent", "cd73_percent", "cd90_percent")
NEGATIVE: Final = (
    "cd45_percent", "cd34_percent", "cd14_or_cd11b_percent", "cd79a_or_cd19_percent", "hla_dr_percent",
)  # fmt: skip


def _label(column: str) -> str:
    return "cells with " + column.removesuffix("_percent").replace("_or_", " or ").upper().replace("_", "-")


ISCT_2006: Final = Rule(
    key="isct_2006_msc",
    title="Minimal criteria of mesenchymal stem cells, ISCT 2006",
    source=Source(
        "Dominici M, et al. Cytotherapy 2006;8:315-7, doi 10.1080/14653240600855905",
        "criteria",
        Status.VERIFIED,
        "Judged on the row of a product, for cells in the standard state: HLA-DR may rise with interferon. They say "
        "what the cells are, not that they are safe or work; viability, sterility and potency are for the release.",
    ),
    criteria={
        "adherent": present("adherent", label="adherence to plastic"),
        **{column: at_least(column, 95, label=_label(column), unit="%") for column in POSITIVE},
        **{column: at_most(column, 2, label=_label(column), unit="%") for column in NEGATIVE},
        "differentiates": present("differentiates", label="differentiation to bone, fat and cartilage"),
    },
    note="Flag the products table: `ISCT_2006.flag(study['products'])`.",
)
