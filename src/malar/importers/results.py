"""Laboratory results as people write them: numbers, titres, limits of the assay, words, and damage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from malar.importers.titres import titre_behind
from malar.schema import finding_rows
from malar.schema.parsing import MISSING_WORDS

NEGATIVE: Final = ("(-)", "neg", "neg.", "negative", "nonreactive", "non-reactive", "not detected")
POSITIVE: Final = ("(+)", "+", "pos", "pos.", "positive", "reactive", "detected")
TITRE_ANALYTES: Final = ("anti_dsdna",)
"""Analytes reported as titres: only there is a fraction of a day looked for."""

TITRE_READ_AS_TIME: Final = "titre_read_as_time"
"""Rule and repair: a spreadsheet has turned a titre into a time of day."""

_COMPARED: Final = r"^(<=?|>=?|≤|≥)\s*"
_NUMBER: Final = r"^[+-]?(\d+([.,]\d+)*|\.\d+)([eE][+-]?\d+)?$"
_TITRE: Final = r"^1\s*[:/]\s*(\d+)$"

_MESSAGES: Final = {
    "unreadable_result": (
        "warning",
        "The result is neither a number, a titre, nor a word known here. No value was loaded; the text is in "
        "`reported`. Correct it in the source.",
    ),
    TITRE_READ_AS_TIME: (
        "warning",
        "A spreadsheet has read a titre as a time of day: (60 + N) minutes stand for 1:N. No value was loaded; the "
        "text is in `reported`. Correct the source, or import again with this repair.",
    ),
    "repaired_titre": (
        "info",
        "A titre that a spreadsheet had read as a time of day was restored, as asked. The text is in `reported`.",
    ),
}


@dataclass(frozen=True, slots=True)
class Results:
    """The labs table with its results read.

    Parameters
    ----------
    frame
        The table; `value` holds plain numbers alone, as text.
    findings
        One a row that could not be read, or was repaired.
    converted, emptied
        How many results were read as something else than a number, and how many not at all.
    """

    frame: pl.DataFrame
    findings: list[pl.DataFrame]
    converted: int
    emptied: int


def read_results(labs: pl.DataFrame, *, repair: bool) -> Results:
    """Read the results of a labs table.

    Parameters
    ----------
    labs
        Columns of the labs table as text, with `value` and `analyte`.
    repair
        Whether titres that became times of day are restored.

    Returns
    -------
    Results
        With `value`, `qualifier`, `titre` and `reported`; what the source itself gave in the last three stays.
    """
    read = labs.with_columns(**_parts())
    timed = pl.col("__time").is_not_null()
    known = timed | pl.any_horizontal(pl.col("__number", "__titre", "__word").is_not_null())
    plain = pl.col("__number").is_not_null() & pl.col("__limit").is_null() & ~timed
    rule = (
        pl.when(timed)
        .then(pl.lit("repaired_titre" if repair else TITRE_READ_AS_TIME))
        .when(pl.col("__text").is_not_null() & ~known)
        .then(pl.lit("unreadable_result"))
    )
    titre = pl.coalesce("__time", "__titre") if repair else pl.col("__titre")
    marked = pl.when(titre.is_not_null()).then(pl.lit("titre"))
    read = read.with_columns(
        __rule=rule,
        value=pl.when(~timed).then("__number"),
        qualifier=_given(labs, "qualifier", pl.coalesce("__limit", "__word", marked)),
        titre=_given(labs, "titre", titre.cast(pl.Int64).cast(pl.String)),
        reported=_given(labs, "reported", pl.when(~plain).then("__text")),
    )
    return _account(read, labs.columns, plain)


def _parts() -> dict[str, pl.Expr]:
    """What a result may be made of: a time, a number, a titre, a limit of the assay, a word."""
    raw = pl.col("value").str.strip_chars()
    text = pl.when(~raw.str.to_lowercase().is_in(MISSING_WORDS)).then(raw)
    word, bare = text.str.to_lowercase(), text.str.replace(_COMPARED, "")
    comparator = text.str.extract(_COMPARED, 1).str.head(1).replace({"≤": "<", "≥": ">"})
    titled = pl.col("analyte").str.to_lowercase().is_in(TITRE_ANALYTES)
    negative = pl.when(word.is_in(NEGATIVE)).then(pl.lit("negative"))
    return {
        "__raw": pl.col("value"),
        "__text": text,
        "__time": pl.when(titled).then(titre_behind(text)),
        "__number": pl.when(bare.str.contains(_NUMBER)).then(bare),
        "__titre": bare.str.extract(_TITRE, 1).cast(pl.Float64),
        "__limit": comparator.replace_strict({"<": "less_than", ">": "greater_than"}, default=None),
        "__word": negative.when(word.is_in(POSITIVE)).then(pl.lit("positive")),
    }


def _given(labs: pl.DataFrame, column: str, made: pl.Expr) -> pl.Expr:
    return pl.coalesce(column, made) if column in labs.columns else made


def _account(read: pl.DataFrame, columns: list[str], plain: pl.Expr) -> Results:
    place = ["line", *(name for name in ("subject",) if name in read.columns)]
    findings = [
        finding_rows(rule, severity, "labs", message, rows=rows.select(place), column="value")
        for rule, (severity, message) in _MESSAGES.items()
        if (rows := read.filter(pl.col("__rule") == rule)).height
    ]
    lost = pl.col("__rule").is_in(["unreadable_result", TITRE_READ_AS_TIME]).fill_null(value=False)
    emptied, converted = read.select(
        lost.sum().alias("emptied"), (pl.col("__raw").is_not_null() & ~plain & ~lost).sum().alias("converted")
    ).row(0)
    made = [name for name in ("qualifier", "titre", "reported") if name not in columns]
    return Results(read.select(*columns, *made), findings, converted, emptied)
