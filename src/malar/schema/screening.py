"""Separate the rows that can be used from those set aside, by the ranges, lists and keys of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from malar.schema.findings import finding_rows, gather
from malar.schema.item_keys import ITEM_KEYS, TOTAL
from malar.schema.key_order import key_numbers
from malar.schema.parsed import PROBLEM_COLUMNS, ParsedTable, problem_rows
from malar.schema.tables import TABLES, day_columns, key_columns

_RULES: Final = {
    "nullability": "key_value_missing",
    "min": "below_minimum",
    "max": "above_maximum",
    "check__not_in_code_list": "not_in_code_list",
}

_OWN: Final = {("visits", "pga", "max"): "pga_above_3"}
"""Table, column and check → the rule that says more than the general one."""


@dataclass(frozen=True, slots=True)
class Screened:
    """A table divided into what is used and what is not.

    Parameters
    ----------
    frame
        Rows used, with `line`.
    set_aside, emptied
        Columns of `PROBLEM_COLUMNS`: rows taken out, and values taken out of rows that stay.
    places
        Subject and day of each line, where known.
    converted
        Values converted so far.
    findings
        Findings so far.
    """

    frame: pl.DataFrame
    set_aside: pl.DataFrame
    emptied: pl.DataFrame
    places: pl.DataFrame
    converted: int
    findings: pl.DataFrame


def screen(name: str, table: ParsedTable) -> Screened:
    """Apply ranges, code lists and keys to a typed table; nothing is lost, each row out has its rule."""
    frame = table.frame
    broken = pl.concat([table.problems, _outside(name, frame), *_impossible(name, frame)])
    broken = broken.unique(["line", "column"], keep="first", maintain_order=True)
    essential = pl.col("column").is_null() | pl.col("column").is_in(_essential(name))
    rows, values = broken.filter(essential), broken.filter(~essential)
    kept = _without(frame, rows)
    for column in values["column"].unique():
        lines = values.filter(pl.col("column") == column)["line"].implode()
        kept = kept.with_columns(pl.when(~pl.col("line").is_in(lines)).then(column).alias(column))
    ordered, numbers = _sorted(name, kept)
    duplicates = _duplicates(name, ordered, numbers)
    reordered = _reordered(name, ordered)
    ordered = _without(ordered, duplicates)
    day = [pl.col(days[0][0]).alias("day")] if (days := day_columns(name)) else []
    places = frame.select("line", *(["subject"] if "subject" in frame.columns else []), *day)
    return Screened(
        ordered,
        pl.concat([rows, duplicates]),
        values.join(rows, on="line", how="anti").join(duplicates, on="line", how="anti"),
        places,
        table.converted,
        gather([table.findings, *reordered]),
    )


def _without(frame: pl.DataFrame, problems: pl.DataFrame) -> pl.DataFrame:
    if problems.is_empty():
        return frame
    return frame.join(problems, on="line", how="anti", maintain_order="left")


def _essential(name: str) -> list[str]:
    columns = TABLES[name].columns()
    return [c for c, spec in columns.items() if (spec.metadata or {})["essential"]] + [
        day for pair in day_columns(name) for day in pair
    ]


def _outside(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Values outside ranges and lists, and empty keys, as the columns' own rules find them."""
    valid: dict[tuple[str, str], pl.Expr] = {}
    for column, spec in TABLES[name].columns().items():
        for check, expression in spec.validation_rules(pl.col(column)).items():
            if check in _RULES:
                valid[column, _rule(name, column, check)] = expression
    kept = frame.select((~expression).any().alias(str(i)) for i, expression in enumerate(valid.values()))
    broken = [(place, valid[place]) for place, hit in zip(valid, kept.row(0), strict=True) if hit]
    found = [pl.DataFrame(schema=PROBLEM_COLUMNS)]
    found += [problem_rows(frame.filter(~expression), rule, column) for (column, rule), expression in broken]
    return pl.concat(found)


def _rule(name: str, column: str, check: str) -> str:
    if check == "nullability" and column not in key_columns(name):
        return "essential_value_missing"
    return _OWN.get((name, column, check)) or _RULES[check]


def _impossible(name: str, frame: pl.DataFrame) -> list[pl.DataFrame]:
    """Contradictions inside one row."""
    found: list[pl.DataFrame] = []
    if "stop" in frame.columns:
        start = "start" if "start" in frame.columns else "day"
        found.append(problem_rows(frame.filter(pl.col("stop") < pl.col(start)), "stop_before_start"))
    if name == "items":
        pairs = [(i, item) for i, items in ITEM_KEYS.items() for item in (*items, TOTAL)]
        allowed = pl.DataFrame(pairs, schema=["instrument", "item"], orient="row")
        there = frame.select("instrument", "item").unique().drop_nulls()
        strange = there.filter(pl.col("instrument").is_in(list(ITEM_KEYS))).join(allowed, on=pl.all(), how="anti")
        if not strange.is_empty():
            strangers = frame.join(strange, on=["instrument", "item"], how="semi")
            found.append(problem_rows(strangers, "item_of_other_instrument", "item"))
    return found


def _sorted(name: str, kept: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Rows by their key, and the number of each row's key."""
    numbers = key_numbers(kept, key_columns(name))
    if numbers.is_sorted():
        return kept, numbers
    order = numbers.arg_sort()
    return kept[order], numbers.gather(order)


def _duplicates(name: str, ordered: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
    """Rows that share a key: exact repeats after the first, and all of those that differ."""
    keys = key_columns(name)
    repeated = numbers.filter(numbers == numbers.shift(1)).unique()
    if repeated.is_empty():
        return pl.DataFrame(schema=PROBLEM_COLUMNS)
    shared = ordered.filter(numbers.is_in(repeated.implode())).sort("line")
    content = [column for column in shared.columns if column != "line"]
    first = shared.unique(content, keep="first", maintain_order=True)
    conflicting = first.filter(first.select(keys).is_duplicated())
    conflict = shared.join(conflicting, on=keys, how="semi", maintain_order="left")
    repeats = shared.join(conflict, on="line", how="anti").join(first, on="line", how="anti")
    return pl.concat([problem_rows(conflict, "conflicting_duplicate"), problem_rows(repeats, "duplicate_row")])


def _reordered(name: str, ordered: pl.DataFrame) -> list[pl.DataFrame]:
    """Days that began after a later day of the same subject."""
    day = days[0][0] if (days := day_columns(name)) else ""
    if day not in key_columns(name) or ordered["line"].is_sorted():
        return []
    began = (
        ordered.select("line", subject=key_numbers(ordered, ["subject"]), day=key_numbers(ordered, ["subject", day]))
        .group_by("day")
        .agg(pl.col("line").min(), pl.col("subject").first())
        .sort("day")
    )
    n = int(began.select((pl.col("line") < pl.col("line").cum_max().over("subject")).sum()).item())
    if not n:
        return []
    message = f"{n} days stood after a later day of the same subject; rows were sorted. Nothing else changed."
    return [finding_rows("rows_reordered", "info", name, message)]
