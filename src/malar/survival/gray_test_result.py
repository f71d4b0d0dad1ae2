"""What Gray's test holds, and its tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.results import results_table
from malar.survival.log_rank_result import chi_square, rows_of_test

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival.gray_test import GrayTest

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CauseTest:
    """The test of one cause.

    Parameters
    ----------
    cause
        Its name.
    events
        Subjects of each group whose first event it was.
    score
        Weighted events of each group beyond what the common incidence expects, shape (groups,).
    covariance
        Covariance of the scores, shape (groups, groups).
    """

    cause: str
    events: tuple[int, ...]
    score: Floats
    covariance: Floats

    def test(self) -> tuple[float, int, float]:
        """Chi-square, degrees of freedom and p; NaN where nothing is compared."""
        from malar.survival._logrank_kernel import quadratic

        return chi_square(*quadratic(self.score, self.covariance))


@dataclass(frozen=True, slots=True, eq=False)
class GrayTestResult:
    """Scores of the groups and the tests of all causes.

    Parameters
    ----------
    spec
        The test that was made.
    groups
        Labels, in the order of the groups' values.
    n
        Rows of each group.
    causes
        One test a cause, in order.
    """

    spec: GrayTest
    groups: tuple[str, ...]
    n: tuple[int, ...]
    causes: tuple[CauseTest, ...]

    def tests(self) -> pl.DataFrame:
        """One row a cause: ``cause, chisq, df, p``; null where nothing is compared."""
        import polars as pl

        rows = [(cause.cause, *cause.test()) for cause in self.causes]
        schema = {"cause": pl.String, "chisq": pl.Float64, "df": pl.Int64, "p": pl.Float64}
        return pl.DataFrame(rows, schema=schema, orient="row").fill_nan(None)

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
            What the caller knows: the key of the outcome, the analysis set, who counts, a remark.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`malar.results.COLUMNS`, with the cause as ``term``: per group ``n``, per cause
            and group ``events``, per cause ``chisq, df, p``.
        """
        common = {"analysis": self.spec.method.key, "source": self.spec.method.source.cite()}
        common |= {"definition": definition, "population": population, "denominator": denominator}
        rows: list[dict[str, Any]] = [
            {"group": group, "statistic": "n", "value": float(n), "unit": "count", "note": note}
            for group, n in zip(self.groups, self.n, strict=True)
        ]
        for cause in self.causes:
            mine = {"term": cause.cause, "note": self._note(cause, note)}
            rows += [
                mine | {"group": group, "statistic": "events", "value": float(count), "unit": "count"}
                for group, count in zip(self.groups, cause.events, strict=True)
            ]
            rows += [mine | row for row in rows_of_test(*cause.test())]
        return results_table(common | row for row in rows)

    def _note(self, cause: CauseTest, note: str | None) -> str | None:
        weights = f"weights (1-F)^{self.spec.rho:g}" if self.spec.rho else None
        strata = "stratified" if self.spec.strata else None
        nothing = None if cause.test()[1] else "no event with two groups at risk: nothing is compared"
        return "; ".join(filter(None, (note, weights, strata, nothing))) or None
