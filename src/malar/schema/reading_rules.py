"""The rules that reading applies, each with what it found and what to do."""

from __future__ import annotations

from typing import Final

import polars as pl

from malar.schema.findings import finding_rows

READING_RULES: Final[dict[str, str]] = {
    "wrong_number_of_fields": "The line has more or fewer fields than the header. Look for a stray separator or quote.",
    "column_twice": "A column of the table stands twice in the header. Keep the right one and remove the other.",
    "key_column_missing": "A key column is missing from the header, so no row can be told from another. Add it.",
    "key_value_missing": "A key field is empty, so the record belongs to no one or no day. Fill it in; a date alone "
    "needs the date of the subject's day 0 (subjects.day0_date).",
    "essential_value_missing": "The field that the row is about is empty. Fill it in.",
    "not_a_number": "The field should hold a number and does not. Correct it, or leave it empty if unknown.",
    "ambiguous_number": "A comma could be a decimal comma or part of thousands. Write the number with a point.",
    "not_a_whole_number": "The field should hold a whole number. Correct it.",
    "not_yes_or_no": "The field should hold yes or no (true, false, 1, 0). Correct it.",
    "not_a_date": "The field should hold a date. Write it as 2024-03-01; leave partial dates empty.",
    "ambiguous_date": 'Day and month cannot be told apart. Set date_order = "dmy" or "mdy" in study.toml.',
    "future_date": "The date lies in the future. Correct the year.",
    "not_in_code_list": "The word is not in the code list of the column. See the data model page for the list.",
    "below_minimum": "The number or date is below what is possible. Correct the sign, the unit or the year.",
    "above_maximum": "The number is above what is possible. Correct the scale or the unit.",
    "pga_above_3": "The physician's global assessment is above 3; it is 0–3. A 0–100 mm scale, or 0–10? Set pga_scale "
    "= "
    '"0-100" or "0-10" in study.toml; otherwise correct the value.',
    "duplicate_row": "The row repeats another in every field. One was kept.",
    "conflicting_duplicate": "Several rows have this key and differ; none was kept. Decide which is right.",
    "unknown_subject": "The subject is not in the subjects table, or its row there was set aside: look there first.",
    "unknown_product": "The product is not in the products table, or its row there was set aside: look there first.",
    "unknown_donor": "The donor is not in the donors table, or its row there was set aside: look there first.",
    "before_first_milestone": "A record of treatment or later is dated before the first milestone. Correct the date.",
    "stop_before_start": "The record ends before it begins. Correct one of the two days.",
    "unit_not_stated": "The row states no unit. Fill it in, or declare the unit under [units] in study.toml.",
    "unit_not_known": "The unit does not fit the analyte. Correct it; the data model page lists the units.",
    "item_of_other_instrument": "The item does not belong to the instrument. See the list of item keys.",
}  # fmt: skip
"""Rule → the fact and what to do. All are of severity *error*, but for repeats, which are *warnings*."""


def describe(name: str, problems: pl.DataFrame, places: pl.DataFrame, outcome: str) -> list[pl.DataFrame]:
    """Findings for problems: one a row and rule.

    Parameters
    ----------
    name
        Table.
    problems
        Columns `line`, `column`, `rule`.
    places
        Columns `line` and, where known, `subject` and `day`.
    outcome
        ``row_set_aside`` or ``value_emptied``: said at the end of the message.
    """
    tail = " The row was set aside." if outcome == "row_set_aside" else " The value was left empty; the row was kept."
    located = problems.join(places, on="line", how="left", maintain_order="left")
    found: list[pl.DataFrame] = []
    for rule in located["rule"].unique().sort():
        severity = "warning" if rule == "duplicate_row" else "error"
        rows = located.filter(pl.col("rule") == rule)
        found.append(finding_rows(rule, severity, name, READING_RULES[rule] + tail, rows=rows))
    return found
