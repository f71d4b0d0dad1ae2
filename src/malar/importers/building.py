"""From files and a mapping to a study, with an account of every row of the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from malar.errors import ParameterError
from malar.importers.filling import Filled, fill_tables
from malar.importers.mapping import ImportMapping
from malar.importers.results import TITRE_READ_AS_TIME
from malar.importers.source_account import source_account
from malar.importers.source_files import SourceText
from malar.schema import Accounting, Study, study_from_frames
from malar.schema.findings import FINDING_COLUMNS, SET_ASIDE_COLUMNS
from malar.schema.tables import TABLES

REPAIRS: Final = (TITRE_READ_AS_TIME,)
"""Repairs that a user may ask for; none is made unasked."""


@dataclass(frozen=True, slots=True)
class _Derived:
    """Tables with a row number of their own as `line`, and the place in the files each row comes from."""

    frames: dict[str, pl.DataFrame]
    origins: pl.DataFrame


def check_repairs(repair: Sequence[str]) -> None:
    """Refuse repairs that are not known.

    Raises
    ------
    ParameterError
        A name that is no repair.
    """
    if strange := [name for name in repair if name not in REPAIRS]:
        raise ParameterError(
            f"There is no repair {', '.join(strange)}.",
            "Nothing is changed that was not asked for by its name.",
            f"Repairs are {', '.join(REPAIRS)}.",
        )


def build_study(
    texts: Sequence[SourceText], mapping: ImportMapping, *, repair: Sequence[str], today: date | None
) -> Study:
    """Build a study.

    Parameters
    ----------
    texts
        The files, one for each entry of the mapping.
    mapping
        What goes where.
    repair
        Repairs asked for, of :data:`REPAIRS`.
    today
        Dates after it are in the future.
    """
    repaired = TITRE_READ_AS_TIME in repair
    filled = [
        fill_tables(text, source, mapping, repair=repaired) for text, source in zip(texts, mapping.sources, strict=True)
    ]
    derived = _derive(filled)
    frames = derived.frames
    if mapping.milestones:
        frames = _with_milestones(frames, mapping, today)
    study = study_from_frames(frames, mapping.settings, today=today)
    out = study.accounting.set_aside
    reached = derived.origins.join(out, on=["table", "line"], how="anti")
    failed = derived.origins.join(out.unique(["table", "line"]), on=["table", "line"], maintain_order="left")
    account = Accounting()
    for number, (text, source, part) in enumerate(zip(texts, mapping.sources, filled, strict=True)):
        here = pl.col("file") == number
        account += source_account(text, source, part, reached.filter(here), failed.filter(here))
    return Study(study.settings, study.tables, account + _at_source(study.accounting, derived.origins))


def _derive(filled: Sequence[Filled]) -> _Derived:
    """Put the rows of all files together, table by table."""
    frames: dict[str, pl.DataFrame] = {}
    origins: list[pl.DataFrame] = []
    for name in TABLES:
        parts = [
            part.tables[name].with_columns(file=pl.lit(number, dtype=pl.Int64))
            for number, part in enumerate(filled)
            if name in part.tables
        ]
        if not parts:
            continue
        table = pl.concat(parts, how="diagonal").rename({"line": "origin"}).with_row_index("line", offset=1)
        own = table.with_columns(pl.col("line").cast(pl.Int64))
        origins.append(own.select("line", "origin", "row", "file", table=pl.lit(name)))
        frames[name] = _plain_numbers(name, own.drop("origin", "row", "file"))
    return _Derived(frames, pl.concat(origins))


def _plain_numbers(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of nothing but plain numbers as numbers, which spares the schema the reading of text."""
    columns = TABLES[name].columns()
    plain: list[pl.Series] = []
    for column in frame.columns:
        if column in columns and (columns[column].metadata or {})["kind"] in ("number", "whole"):
            made = frame[column].cast(columns[column].dtype, strict=False)
            if made.null_count() == frame[column].null_count() and made.is_finite().all():
                plain.append(made)
    return frame.with_columns(plain)


def _with_milestones(
    frames: Mapping[str, pl.DataFrame], mapping: ImportMapping, today: date | None
) -> dict[str, pl.DataFrame]:
    """Add the milestones that follow from the visits: the first day on record and the last."""
    first_pass = {name: frames[name] for name in ("subjects", "visits") if name in frames}
    visits = study_from_frames(first_pass, mapping.settings, today=today)["visits"]
    span = visits.group_by("subject", maintain_order=True).agg(
        first_record=pl.col("day").min(), last_contact=pl.col("day").max()
    )
    long = span.unpivot(mapping.milestones, index="subject", variable_name="kind", value_name="day")
    recorded = frames.get("milestones", pl.DataFrame(schema={"line": pl.Int64}))
    numbered = long.with_row_index("line", offset=recorded.height + 1)
    made = numbered.with_columns(
        pl.col("line").cast(pl.Int64), pl.col("day").cast(recorded.schema.get("day", pl.Int64))
    )
    return {**frames, "milestones": pl.concat([recorded, made], how="diagonal")}


def _at_source(account: Accounting, origins: pl.DataFrame) -> Accounting:
    """The account of derived tables with the lines of the files; the order of derived rows means nothing."""

    def placed(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
        joined = frame.join(origins, on=["table", "line"], how="left", maintain_order="left")
        return joined.with_columns(line="origin").select(columns)

    findings = account.findings.filter(pl.col("rule") != "rows_reordered")
    return Accounting(
        account.rows, placed(account.set_aside, list(SET_ASIDE_COLUMNS)), placed(findings, list(FINDING_COLUMNS))
    )
