"""One row a subject from a file with one row a visit."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from malar.importers.mapping import Feed
from malar.schema import finding_rows

_MESSAGE = (
    "The field should be the same in all rows of a subject and is not. The earliest value known was taken. "
    "Correct the rows that are wrong."
)


def one_row_a_subject(rows: pl.DataFrame, feeds: Mapping[str, Feed]) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Bring the rows of each subject together.

    Parameters
    ----------
    rows
        Columns of the subjects table as text, with `order` (time), `row` and `line`.
    feeds
        Where each column comes from: some hold for the first visit, all others for the subject.

    Returns
    -------
    tuple
        One row a subject, at the place of the first visit; and a finding for each subject and field
        whose known values differ, upper and lower case apart. Rows without a subject give none.
    """
    known = rows.filter(pl.col("subject").is_not_null()).sort("order", "row", nulls_last=True)
    columns = [name for name in feeds if name != "subject"]
    steady = [name for name in columns if not feeds[name].first_visit]
    merged = known.group_by("subject", maintain_order=True).agg(
        *(pl.col(place).first() for place in ("row", "line", "order")),
        *(pl.col(name).drop_nulls().first() if name in steady else pl.col(name).first() for name in columns),
        *(pl.col(name).drop_nulls().str.to_lowercase().n_unique().alias(f"different {name}") for name in steady),
    )
    findings: list[pl.DataFrame] = []
    for name in steady:
        torn = merged.filter(pl.col(f"different {name}") > 1).select("line", "subject")
        if torn.height:
            findings.append(
                finding_rows("differs_between_rows", "warning", "subjects", _MESSAGE, rows=torn, column=name)
            )
    return merged.select("row", "line", "order", "subject", *columns), findings
