"""An effect with its limits: what every comparison of arms returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malar.errors import UndefinedError
from malar.results import results_table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.method import Method

ROUNDING: Final = 1e-12
"""Part of the largest outcome below which a standard error is nothing but rounding."""


def demand_spread(se: float, outcome: NDArray[np.float64] | None = None) -> float:
    """The standard error, or the error that there is none.

    Parameters
    ----------
    se
        Standard error of the effect.
    outcome
        What was compared, shape (rows,): a standard error that is only what rounding left of it counts as 0.

    Raises
    ------
    UndefinedError
        The standard error is 0 or not determined.
    """
    rounding = ROUNDING * float(abs(outcome).max()) if outcome is not None else 0.0
    if not rounding < se < float("inf"):
        raise UndefinedError(
            "The standard error is 0 or not determined: outcomes are the same within arms, all sets differ by the "
            "same, or there are too few clusters for two kinds of them.",
            "Nothing tells how far the effect could be off.",
            "Look at how the outcome was derived, and report the counts of both arms; or name one kind of cluster.",
        )
    return se


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """A difference between treated and controls.

    Parameters
    ----------
    method, note
        The method, with its variance formula in words.
    unit
        ``difference`` of means or proportions, or ``log odds ratio``.
    estimate, se
        Treated minus control, and its standard error.
    df
        Degrees of freedom of the t distribution of the limits; None for the normal distribution.
    level
        Confidence level.
    counts
        Subjects treated and controls in use.
    means
        Weighted mean outcome of treated and controls.
    """

    method: Method
    note: str
    unit: str
    estimate: float
    se: float
    df: int | None
    level: float
    counts: tuple[int, int]
    means: tuple[float, float]

    @property
    def limits(self) -> tuple[float, float]:
        """Lower and upper confidence limit."""
        from scipy.special import ndtri, stdtrit

        at = 0.5 + self.level / 2
        quantile = float(ndtri(at) if self.df is None else stdtrit(self.df, at))
        return self.estimate - quantile * self.se, self.estimate + quantile * self.se

    @property
    def p(self) -> float:
        """Two-sided p-value of no effect."""
        from scipy.special import ndtr, stdtr

        z = -abs(self.estimate / self.se)
        return float(2 * (ndtr(z) if self.df is None else stdtr(self.df, z)))

    def table(self, *, definition: str | None = None, population: str | None = None) -> pl.DataFrame:
        """The table of results: subjects and means of both arms, and the effect with its limits."""
        common = {"analysis": self.method.key, "definition": definition, "population": population, "note": self.note}
        common["source"] = self.method.source.cite()
        rows: list[dict[str, Any]] = []
        for group, n, average in zip(("treated", "control"), self.counts, self.means, strict=True):
            rows.append({**common, "group": group, "statistic": "n", "value": float(n), "unit": "count"})
            rows.append({**common, "group": group, "statistic": "estimate", "value": average, "unit": "mean"})
        lower, upper = self.limits
        numbers = {"estimate": self.estimate, "se": self.se, "lower": lower, "upper": upper, "p": self.p}
        if self.df is not None:
            numbers["df"] = float(self.df)
        for name, value in numbers.items():
            level = self.level if name in ("lower", "upper") else None
            unit = {"p": "probability", "df": "count"}.get(name, self.unit)
            told = {"statistic": name, "value": value, "level": level, "unit": unit}
            rows.append({**common, "group": "treated", "comparator": "control", **told})
        return results_table(rows)
