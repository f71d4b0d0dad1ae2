"""Numbers of a comparison or model of responders, each with its limits, and their rows in the table of results."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from malar.errors import UnknownKeyError
from malar.results import results_table

if TYPE_CHECKING:
    import polars as pl

    from malar.method import Method

STATISTICS: Final = ("n", "events", "estimate", "se", "lower", "upper", "z", "chisq", "df", "p")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One quantity: what it is, its number, and how sure it is.

    Parameters
    ----------
    term
        What is estimated: ``difference``, ``odds_ratio``, a coefficient, or a test.
    n, events
        Counts, for rows that hold counts.
    estimate, se, lower, upper, z, chisq, df, p
        Numbers; None where not determined or not asked for. A limit is infinite where the data set none.
    group, comparator
        Arm, and the arm compared with; None where there is one.
    unit
        Unit of the estimate and its limits.
    source, note
        Citation of the formula; variance, ties, or why a number is missing.
    """

    term: str
    n: float | None = None
    events: float | None = None
    estimate: float | None = None
    se: float | None = None
    lower: float | None = None
    upper: float | None = None
    z: float | None = None
    chisq: float | None = None
    df: float | None = None
    p: float | None = None
    group: str | None = None
    comparator: str | None = None
    unit: str = ""
    source: str = ""
    note: str = ""

    def noted(self, *notes: str) -> Estimate:
        """The same with more notes."""
        return replace(self, note="; ".join(filter(None, (self.note, *notes))))


@dataclass(frozen=True, slots=True)
class Estimates:
    """What a fit of responders holds.

    Parameters
    ----------
    method
        Name and sources of the estimator.
    level
        Confidence level of the limits.
    numbers
        The quantities, in order.
    denominator
        Who counts below the line; None where the rows given are all there are.
    note
        What all numbers rest on.
    """

    method: Method
    level: float
    numbers: tuple[Estimate, ...]
    denominator: str | None = None
    note: str = ""

    def of(self, term: str, group: str | None = None) -> Estimate:
        """One quantity by its term, and by its arm where there are several.

        Raises
        ------
        UnknownKeyError
            There is none, or there are several.
        """
        found = [one for one in self.numbers if one.term == term and group in (None, one.group)]
        if len(found) != 1:
            terms = ", ".join(dict.fromkeys(one.term for one in self.numbers))
            raise UnknownKeyError(
                f"{len(found)} quantities are called `{term}`.",
                "One number is asked for.",
                f"Name the arm too, or take one of: {terms}.",
            )
        return found[0]

    def table(
        self,
        *,
        definition: str | None = None,
        population: str | None = None,
        time: float | None = None,
        note: str = "",
    ) -> pl.DataFrame:
        """Rows of the table of results.

        Parameters
        ----------
        definition, population, time
            Columns of the table, taken as they are.
        note
            Put before the notes of the numbers.

        Returns
        -------
        polars.DataFrame
            One row a number. A limit that the data do not set is null, and its note says so.
        """
        labels = {"definition": definition, "population": population, "time": time, "denominator": self.denominator}
        common = {"analysis": self.method.key, **labels}
        said = tuple(filter(None, (note, self.note)))
        return results_table(row for one in self.numbers for row in _rows(one, common, said, self.level, self.method))


def _rows(
    one: Estimate, common: dict[str, Any], said: tuple[str, ...], level: float, method: Method
) -> Iterator[dict[str, Any]]:
    shared = {**common, "term": one.term, "group": one.group, "comparator": one.comparator}
    shared["source"] = one.source or method.source.cite()
    for name in STATISTICS:
        value = getattr(one, name)
        if value is None:
            continue
        finite = math.isfinite(value)
        why = "" if finite else "the data set no such limit" if name in ("lower", "upper") else "not determined"
        yield {
            **shared,
            "statistic": name,
            "value": float(value) if finite else None,
            "level": level if name in ("lower", "upper") else None,
            "unit": _unit(name, one.unit),
            "note": "; ".join(filter(None, (*said, one.note, why))) or None,
        }


def _unit(name: str, unit: str) -> str | None:
    if name in ("n", "events"):
        return "count"
    if name == "p":
        return "probability"
    return unit or None if name in ("estimate", "se", "lower", "upper") else None
