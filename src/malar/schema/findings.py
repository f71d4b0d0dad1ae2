"""Findings and row accounting: what was noticed, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

FINDING_COLUMNS: Final[dict[str, Any]] = {
    "rule": pl.String,
    "severity": pl.String,
    "table": pl.String,
    "line": pl.Int64,
    "subject": pl.String,
    "day": pl.Int64,
    "column": pl.String,
    "message": pl.String,
}
"""One row a finding: `line` counts from 1 with the header; `message` says the fact and what to do."""

SEVERITIES: Final = ("error", "warning", "info")

ACCOUNTING_COLUMNS: Final[dict[str, Any]] = {
    "table": pl.String,
    "read": pl.Int64,
    "loaded": pl.Int64,
    "set_aside": pl.Int64,
    "converted": pl.Int64,
    "emptied": pl.Int64,
}
"""Rows read = rows loaded + rows set aside; values converted and values emptied beside it."""

SET_ASIDE_COLUMNS: Final[dict[str, Any]] = {
    "table": pl.String,
    "line": pl.Int64,
    "rule": pl.String,
    "column": pl.String,
    "content": pl.String,
}
"""One row a row set aside: where it stood, why, and its fields as they were read."""


def finding_rows(
    rule: str,
    severity: str,
    table: str,
    message: str,
    *,
    rows: pl.DataFrame | None = None,
    column: str | None = None,
) -> pl.DataFrame:
    """Findings of one rule, one per row concerned; a single one where no rows are given.

    Parameters
    ----------
    rule, severity, table
        Key of the rule; ``error``, ``warning`` or ``info``; table or file concerned.
    message
        The fact and what to do; no patient's values.
    rows
        Frame with any of `line`, `subject`, `day`, `column`; one finding each.
    column
        Column concerned, where it is the same for all.

    Returns
    -------
    polars.DataFrame
        Columns of :data:`FINDING_COLUMNS`.
    """
    base = pl.DataFrame({"line": [None]}, schema={"line": pl.Int64}) if rows is None else rows
    present = set(base.columns)
    constants = {"rule": rule, "severity": severity, "table": table, "message": message}
    if "column" not in present:
        constants |= {"column": column} if column else {}
    made = base.with_columns(**{name: pl.lit(value) for name, value in constants.items()})
    absent = {name: pl.lit(None) for name in FINDING_COLUMNS if name not in made.columns}
    return made.with_columns(**absent).select(pl.col(name).cast(kind) for name, kind in FINDING_COLUMNS.items())


def no_findings() -> pl.DataFrame:
    """An empty table of findings."""
    return pl.DataFrame(schema=FINDING_COLUMNS)


def gather(findings: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """One table of findings, worst first."""
    if not findings:
        return no_findings()
    order = pl.col("severity").replace_strict({name: i for i, name in enumerate(SEVERITIES)}, default=9)
    return pl.concat(findings).sort(order, "rule", "table", "line", "subject", "day", maintain_order=True)


def grouped(findings: pl.DataFrame) -> list[dict[str, Any]]:
    """Findings by rule and table with their count, as `--json` prints them; no row's identity."""
    if findings.is_empty():
        return []
    by_rule = findings.group_by("rule", "severity", "table", maintain_order=True).agg(
        pl.len().alias("count"), pl.col("message").first()
    )
    return by_rule.select("rule", "severity", "table", "count", "message").to_dicts()


@dataclass(frozen=True, slots=True)
class Accounting:
    """What reading did with every row.

    Parameters
    ----------
    rows
        Columns of :data:`ACCOUNTING_COLUMNS`, one row a table or source file.
    set_aside
        Columns of :data:`SET_ASIDE_COLUMNS`.
    findings
        Columns of :data:`FINDING_COLUMNS`.
    """

    rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ACCOUNTING_COLUMNS))
    set_aside: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SET_ASIDE_COLUMNS))
    findings: pl.DataFrame = field(default_factory=no_findings)

    def balanced(self) -> bool:
        """Whether rows read = rows loaded + rows set aside in every table."""
        return bool((self.rows["read"] == self.rows["loaded"] + self.rows["set_aside"]).all())

    def __add__(self, other: Accounting) -> Accounting:
        """Both accounts, one after the other."""
        return Accounting(
            pl.concat([self.rows, other.rows]),
            pl.concat([self.set_aside, other.set_aside]),
            gather([self.findings, other.findings]),
        )

    def as_json(self) -> dict[str, Any]:
        """The shape that ``malar import --json`` and ``malar check --json`` print."""
        rows = {
            row["table"]: {name: row[name] for name in ("read", "loaded", "set_aside")}
            for row in self.rows.iter_rows(named=True)
        }
        return {"rows": rows, "findings": grouped(self.findings)}
