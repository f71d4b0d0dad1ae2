"""What a log-rank test holds, and its table."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

from malar.results import results_table

if TYPE_CHECKING:
    import polars as pl

    from malar.survival._logrank_kernel import Scores
    from malar.survival.log_rank import LogRank


@dataclass(frozen=True, slots=True, eq=False)
class LogRankResult:
    """Scores of the groups and the test of their equality.

    Parameters
    ----------
    spec
        The test that was made.
    groups
        Labels, in the order of the groups' values.
    n, events
        Rows and events of each group, unweighted.
    scores
        Weighted observed and expected events, shape (groups,), and the covariance of their difference.
    """

    spec: LogRank
    groups: tuple[str, ...]
    n: tuple[int, ...]
    events: tuple[int, ...]
    scores: Scores

    @property
    def chisq(self) -> float:
        """Chi-square of the scores; NaN where nothing is compared."""
        return self._test()[0]

    @property
    def df(self) -> int:
        """Degrees of freedom: rank of the covariance."""
        return self._test()[1]

    @property
    def p(self) -> float:
        """Two-sided p; NaN where nothing is compared."""
        return self._test()[2]

    @property
    def z(self) -> float:
        """Of two groups: (O - E)/se of the first, below 0 where it has fewer events than expected; else NaN."""
        variance = float(self.scores.covariance[0, 0])
        if len(self.groups) > 2 or variance <= 0.0:
            return float("nan")
        return float(self.scores.observed[0] - self.scores.expected[0]) / variance**0.5

    def table(
        self,
        *,
        definition: str | None = None,
        population: str | None = None,
        denominator: str | None = None,
        note: str | None = None,
    ) -> pl.DataFrame:
        """The table of results of this test.

        Parameters
        ----------
        definition, population, denominator, note
            What the caller knows: the event's definition, the analysis set, who counts, a remark.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`malar.results.COLUMNS`: per group ``n, events`` and, as term ``observed less
            expected``, ``estimate, se``; then ``chisq, df, p`` and, of two groups, ``z``.
        """
        spec = self.spec
        common = {"analysis": spec.method.key, "source": spec.method.source.cite(), "definition": definition}
        common |= {"population": population, "denominator": denominator, "note": self._note(note)}
        rows: list[dict[str, Any]] = []
        difference = self.scores.observed - self.scores.expected
        for i, group in enumerate(self.groups):
            mine = {"group": group, "unit": "count"}
            score = mine | {"term": "observed less expected"}
            rows += [
                mine | {"statistic": "n", "value": float(self.n[i])},
                mine | {"statistic": "events", "value": float(self.events[i])},
                score | {"statistic": "estimate", "value": float(difference[i])},
                score | {"statistic": "se", "value": max(float(self.scores.covariance[i, i]), 0.0) ** 0.5},
            ]
        rows += rows_of_test(*self._test(), z=self.z if len(self.groups) == 2 else None)
        return results_table(common | row for row in rows)

    def _test(self) -> tuple[float, int, float]:
        from malar.survival._logrank_kernel import quadratic

        return chi_square(*quadratic(self.scores.observed - self.scores.expected, self.scores.covariance))

    def _note(self, note: str | None) -> str:
        spec = self.spec
        weights = f"weights S^{spec.rho:g}(1-S)^{spec.gamma:g}" if spec.rho or spec.gamma else None
        strata = "stratified" if spec.strata else None
        nothing = None if self.df else "no event with two groups at risk: nothing is compared"
        return "; ".join(filter(None, (note, "hypergeometric variance", weights, strata, nothing)))


def chi_square(statistic: float, df: int) -> tuple[float, int, float]:
    """Statistic, degrees of freedom and p; NaN without degrees of freedom."""
    from scipy.special import chdtrc

    if df == 0:
        return float("nan"), 0, float("nan")
    return statistic, df, float(chdtrc(df, statistic))


def rows_of_test(chisq: float, df: int, p: float, *, z: float | None = None) -> list[dict[str, Any]]:
    """Rows ``chisq, df, p`` and, where given, ``z``; what is not determined is null."""
    values = {"chisq": chisq, "df": float(df), "p": p} | ({} if z is None else {"z": z})
    units = {"p": "probability"}
    return [
        {"statistic": name, "value": None if isnan(value) else value, "unit": units.get(name)}
        for name, value in values.items()
    ]
