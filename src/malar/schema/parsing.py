"""Turn the strings of a file into typed values: what was converted is counted, what fails is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from malar.schema.item_keys import SPELLINGS
from malar.schema.native import finite_numbers

MISSING_WORDS: Final = (
    "na", "n/a", "n.a.", "nan", "null", "none", "missing", "unknown", "unk", "unk.", ".", "-", "?",
    "data not available", "not available", "not applicable", "not done", "not assessed",
)  # fmt: skip
"""Ways of writing *missing* that cannot be a number, date or yes/no; each use is counted."""

_CODE_MISSING: Final = tuple(word for word in MISSING_WORDS if word not in ("none", "unknown"))
YES: Final = ("true", "t", "yes", "y", "1", "1.0")
NO: Final = ("false", "f", "no", "n", "0", "0.0")

_MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_EXCEL_DAY_0: Final = date(1899, 12, 30)
_EXCEL_SERIALS: Final = (20_000, 80_000)
_THOUSANDS: Final = r"^[+-]?[1-9]\d{0,2},\d{3}$"
_TIME_OF_DAY: Final = r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?$"
_NUMERIC_DATE: Final = r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$"
_NAMED_DATE: Final = r"(?i)^(\d{1,2})[ -]?([a-z]{3})[a-z]*[ -]?(\d{4})$"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A column after parsing: three expressions over the column of strings.

    Parameters
    ----------
    value
        The typed value; null where empty or unusable.
    problem
        Name of the rule broken, null where none.
    converted
        Whether the value was written otherwise than Malar writes it.
    """

    value: pl.Expr
    problem: pl.Expr
    converted: pl.Expr


def trimmed(name: str) -> pl.Expr:
    """The field without surrounding white space, line breaks as ``\\n``, null where empty."""
    stripped = pl.col(name).str.replace_all(r"\r\n?", "\n").str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def _problem(failed: pl.Expr, rule: str) -> pl.Expr:
    return pl.when(failed).then(pl.lit(rule))


def plain_values(text: pl.Series, facts: Mapping[str, Any], dtype: pl.DataType) -> pl.Series:
    """Values written just as Malar writes them; null where empty or written otherwise.

    Parameters
    ----------
    text
        Fields as they stand; free text trimmed, null where empty.
    facts
        What the column says of itself: its kind, and the words of its list.
    dtype
        Type of the values.
    """
    kind = facts["kind"]
    if kind == "text":
        return text
    if kind == "code":
        listed = text.unique().drop_nulls().is_in(facts["allowed"]).all()
        return text if listed else text.set(~text.is_in(facts["allowed"]), None)
    if kind == "yes_no":
        known = text.set(~text.is_in(["true", "false"]), None)
        return known == "true"
    if kind == "date":
        padded = text.set(text.str.len_chars() != len("2024-01-31"), None)
        return padded.str.to_date("%Y-%m-%d", strict=False)
    numbers = text.cast(dtype, strict=False)
    return numbers if kind == "whole" else finite_numbers(numbers)


def parse_text(name: str) -> Parsed:
    """Free text."""
    return Parsed(trimmed(name), pl.lit(None, dtype=pl.String), pl.lit(value=False))


def parse_code(name: str) -> Parsed:
    """A coded word: lower case, white space and hyphens as underscores."""
    text = pl.when(~trimmed(name).str.to_lowercase().is_in(_CODE_MISSING)).then(trimmed(name))
    folded = text.str.to_lowercase().str.replace_all(r"[\s\-/+]+", "_")
    converted = (folded != text).fill_null(value=False) | (text.is_null() & trimmed(name).is_not_null())
    return Parsed(folded, pl.lit(None, dtype=pl.String), converted)


def parse_item(name: str) -> Parsed:
    """An item key, in any known spelling."""
    plain = parse_code(name).value
    key = plain.replace(dict(SPELLINGS))
    return Parsed(key, pl.lit(None, dtype=pl.String), (key != trimmed(name)).fill_null(value=False))


def parse_number(name: str, *, decimal_comma: bool) -> Parsed:
    """A finite number; a decimal comma only where the file's form makes it certain."""
    text = _unless_missing(name)
    comma = text.str.contains(r"^[+-]?\d+,\d+$")
    certain = comma if decimal_comma else comma & ~text.str.contains(_THOUSANDS)
    pointed = pl.when(certain).then(text.str.replace(",", ".", literal=True)).otherwise(text)
    value = pointed.cast(pl.Float64, strict=False)
    finite = pl.when(value == 0).then(0.0).when(value.is_finite()).then(value)
    failed = text.is_not_null() & finite.is_null()
    problem = pl.when(failed & comma).then(pl.lit("ambiguous_number")).otherwise(_problem(failed, "not_a_number"))
    return Parsed(finite, problem, (certain | _is_missing_word(name)).fill_null(value=False))


def parse_whole(name: str, *, decimal_comma: bool) -> Parsed:
    """A whole number; `12.0` is one, `12.5` is not."""
    number = parse_number(name, decimal_comma=decimal_comma)
    exact = _unless_missing(name).cast(pl.Int64, strict=False)
    fits = (number.value == number.value.floor()) & (number.value.abs() < 2**53)
    value = pl.coalesce(exact, pl.when(fits).then(number.value).cast(pl.Int64, strict=False))
    fraction = number.value.is_not_null() & value.is_null()
    problem = pl.coalesce(number.problem, _problem(fraction, "not_a_whole_number"))
    return Parsed(value, problem, number.converted)


def parse_yes_no(name: str) -> Parsed:
    """True, false or unknown."""
    text = _unless_missing(name)
    folded = text.str.to_lowercase()
    value = pl.when(folded.is_in(YES)).then(pl.lit(value=True)).when(folded.is_in(NO)).then(pl.lit(value=False))
    failed = text.is_not_null() & value.is_null()
    other = (~text.is_in(["true", "false"])) | _is_missing_word(name)
    return Parsed(value, _problem(failed, "not_yes_or_no"), other.fill_null(value=False))


def parse_date(name: str, *, order: str) -> Parsed:
    """A calendar date: ISO, a spreadsheet's serial number, or day and month in the order given.

    `order` is ``dmy``, ``mdy`` or empty, where numeric dates are ambiguous and set aside.
    """
    text = _unless_missing(name)
    bare = text.str.replace(_TIME_OF_DAY, "")
    iso = bare.str.to_date("%Y-%m-%d", strict=False, exact=True)
    iso = pl.when(bare.str.contains(r"^\d{4}-\d{2}-\d{2}$")).then(iso)
    serial = bare.str.extract(r"^(\d{5})(?:\.0*)?$").cast(pl.Int64, strict=False)
    excel = pl.when(serial.is_between(*_EXCEL_SERIALS)).then(pl.lit(_EXCEL_DAY_0) + pl.duration(days=serial))
    value = pl.coalesce(iso, excel.cast(pl.Date), _named_date(bare), _numeric_date(bare, order))
    failed = text.is_not_null() & value.is_null()
    ambiguous = bare.str.contains(_NUMERIC_DATE) & (order == "")
    problem = pl.when(failed & ambiguous).then(pl.lit("ambiguous_date")).otherwise(_problem(failed, "not_a_date"))
    converted = value.is_not_null() & (value.cast(pl.String) != trimmed(name))
    return Parsed(value, problem, (converted | _is_missing_word(name)).fill_null(value=False))


def _named_date(bare: pl.Expr) -> pl.Expr:
    month = bare.str.extract(_NAMED_DATE, 2).str.to_lowercase()
    number = month.replace_strict({m: i for i, m in enumerate(_MONTHS, 1)}, default=None, return_dtype=pl.Int64)
    return _assemble(bare.str.extract(_NAMED_DATE, 3), number.cast(pl.String), bare.str.extract(_NAMED_DATE, 1))


def _numeric_date(bare: pl.Expr, order: str) -> pl.Expr:
    if not order:
        return pl.lit(None, dtype=pl.Date)
    first, second = bare.str.extract(_NUMERIC_DATE, 1), bare.str.extract(_NUMERIC_DATE, 2)
    day, month = (first, second) if order == "dmy" else (second, first)
    return _assemble(bare.str.extract(_NUMERIC_DATE, 3), month, day)


def _assemble(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    iso = pl.concat_str(year, month.str.zfill(2), day.str.zfill(2), separator="-")
    return iso.str.to_date("%Y-%m-%d", strict=False)


def date_order(values: pl.Series) -> str:
    """The order that numeric dates of a column prove: ``dmy``, ``mdy`` or empty.

    Examples
    --------
    >>> date_order(pl.Series(["03/04/2024", "25/04/2024"])), date_order(pl.Series(["03/04/2024"]))
    ('dmy', '')
    """
    bare = values.drop_nulls().str.strip_chars().str.replace(_TIME_OF_DAY, "")
    parts = bare.str.extract_groups(_NUMERIC_DATE).struct.unnest()
    first_above, second_above = ((parts[name].cast(pl.Int64) > 12).any() for name in parts.columns[:2])
    if first_above and not second_above:
        return "dmy"
    return "mdy" if second_above and not first_above else ""


def _is_missing_word(name: str) -> pl.Expr:
    return trimmed(name).str.to_lowercase().is_in(MISSING_WORDS)


def _unless_missing(name: str) -> pl.Expr:
    return pl.when(~_is_missing_word(name)).then(trimmed(name))


def parser_of(metadata: Mapping[str, Any], *, decimal_comma: bool, order: str) -> Callable[[str], Parsed]:
    """The parser for a column of a table, by its kind."""
    kinds: dict[str, Callable[[str], Parsed]] = {
        "text": parse_text,
        "code": parse_code,
        "number": lambda name: parse_number(name, decimal_comma=decimal_comma),
        "whole": lambda name: parse_whole(name, decimal_comma=decimal_comma),
        "yes_no": parse_yes_no,
        "date": lambda name: parse_date(name, order=order),
    }
    return kinds[metadata["kind"]]
