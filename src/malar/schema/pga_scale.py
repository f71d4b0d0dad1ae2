"""The scale of the physician's global assessment: what study.toml declares, and the scale of 0 to 3 that is kept."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from malar.schema.findings import finding_rows, gather
from malar.schema.parsed import ParsedTable
from malar.schema.settings import Settings
from malar.units import PGA_SCALES


def to_kept_scale(table: ParsedTable, settings: Settings) -> ParsedTable:
    """Bring the global assessments of visits to 0 to 3: 3 x / 10 or 3 x / 100, each counted as a conversion.

    A linear rescale is a convention that was never validated.
    """
    scale = settings.pga_scale
    if scale == "0-3":
        return table
    known = table.frame["pga"].is_not_null().sum()
    message = (
        f"The global assessment was brought from {scale.replace('-', '–')} to 0–3 in proportion, as study.toml "
        "declares with pga_scale. The proportion is a convention, not validated."
    )
    return replace(
        table,
        frame=table.frame.with_columns(pl.col("pga") * 3 / PGA_SCALES[scale]),
        converted=table.converted + int(known),
        findings=gather([table.findings, finding_rows("pga_rescaled", "info", "visits", message, column="pga")]),
    )
