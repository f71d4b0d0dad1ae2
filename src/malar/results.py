"""The one table of results: every number with its definition, denominator, unit and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from malar.errors import MissingColumnsError, ParameterError

if TYPE_CHECKING:
    import polars as pl

COLUMNS: Final[Mapping[str, str]] = {
    "analysis": "what was done: `kaplan_meier`, `state_occupancy`, `visit_proportion`, …",
    "definition": "key of the definition that made the event, state or score",
    "population": "analysis set: `enrolled`, `treated`, …",
    "denominator": "who counts below the line, one of `DENOMINATORS`",
    "group": "group or arm; null where there is one",
    "comparator": "the group compared with, in contrasts",
    "term": "state, cause, quantile or coefficient",
    "time": "day from the start of the analysis, the probability of a quantile, or the number of an interim look",
    "statistic": "one of `STATISTICS`",
    "value": "the number",
    "level": "confidence level of `lower` and `upper`",
    "unit": "unit of `value`: `probability`, `days`, `count`, …",
    "source": "citation of the method",
    "note": "variance formula, transformation, or why the value is null",
}
"""Columns of the table of results, in order, each with its meaning."""

NUMBERS: Final = ("time", "value", "level")

STATISTICS: Final = (
    "estimate", "se", "lower", "upper", "n", "events", "censored", "at_risk", "df", "p", "z", "chisq",
)  # fmt: skip
"""Allowed values of ``statistic``."""

DENOMINATORS: Final = (
    "enrolled", "randomized", "treated", "alive", "followed", "evaluable",
    "affected_at_baseline", "ever_responders",
)  # fmt: skip
"""Allowed values of ``denominator``; an estimator on a bare frame leaves it null."""


def results_table(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Build the table of results from row dictionaries; absent columns become null.

    Parameters
    ----------
    rows
        Mappings with keys among :data:`COLUMNS`; `analysis` and `statistic` are required.

    Returns
    -------
    polars.DataFrame
        One row a number, columns of :data:`COLUMNS` in that order.

    Raises
    ------
    MissingColumnsError
        A row has a key that is not a column of the table.
    ParameterError
        A statistic or denominator outside the lists of this module.
    """
    import polars as pl

    schema = {name: pl.Float64 if name in NUMBERS else pl.String for name in COLUMNS}
    records = list(rows)
    unknown = {key for row in records for key in row} - set(COLUMNS)
    if unknown:
        raise MissingColumnsError(
            f"The table of results has no column {', '.join(sorted(unknown))}.",
            "A result outside the table is lost to every report.",
            f"Columns are {', '.join(COLUMNS)}.",
        )
    _only_allowed(records, "statistic", STATISTICS)
    _only_allowed(records, "denominator", (*DENOMINATORS, None))
    return pl.DataFrame({name: [row.get(name) for row in records] for name in COLUMNS}, schema=schema)


COUNTED: Final = ("at_risk", "events")
"""Statistics beside an estimate that are numbers of subjects, whatever its own unit."""


def rows_of_estimates(
    found: Iterable[Mapping[str, Any]],
    estimate: str,
    others: Sequence[str],
    *,
    level: float,
    unit: str,
    time: str = "time",
    term: str | None = None,
) -> list[dict[str, Any]]:
    """Rows of the table of results, one a number, of rows that have one column a number.

    Parameters
    ----------
    found
        Rows with the columns named below.
    estimate, others
        Column of the estimate, and columns that are called as their statistics.
    level
        Confidence level of ``lower`` and ``upper``.
    unit
        Unit of all but the counts among ``others``.
    time, term
        Columns of the table's ``time`` and ``term``.

    Returns
    -------
    list of dict
        For :func:`results_table`, once the caller has said what the analysis was.
    """
    return [
        {
            "term": row[term] if term else None,
            "time": row[time],
            "statistic": "estimate" if name == estimate else name,
            "value": row[name],
            "level": level if name in ("lower", "upper") else None,
            "unit": "count" if name in COUNTED else unit,
        }
        for row in found
        for name in (estimate, *others)
    ]


def _only_allowed(records: list[Mapping[str, Any]], column: str, allowed: tuple[str | None, ...]) -> None:
    wrong = {row.get(column) for row in records} - set(allowed)
    if wrong:
        raise ParameterError(
            f"`{column}` has {len(wrong)} values that the table of results does not know: {sorted(map(str, wrong))}.",
            "Reports group by these names.",
            f"Use one of {', '.join(str(a) for a in allowed)}.",
        )
