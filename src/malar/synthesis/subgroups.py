"""Pooling by subgroup, and whether the subgroups differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.method import Method
from malar.sources import Source, Status
from malar.synthesis.mixed_pooling import MixedPooling
from malar.synthesis.pooled_series import PooledSeries, split_by
from malar.synthesis.pooling import Pooling

if TYPE_CHECKING:
    import polars as pl

METHOD: Final = Method(
    key="pooling_by_subgroup",
    title="Pooled values of subgroups, and the test of their difference",
    source=Source(
        "Borenstein M, Higgins JPT. Meta-analysis and subgroups. Prev Sci 2013;14:134-43",
        status=Status.SECONDARY,
        reading="Each subgroup has its own τ²; the test is Cochran's Q of the pooled values with their standard "
        "errors. For one τ² throughout use a meta-regression on the subgroup.",
    ),
)
"""What `malar list estimators` and `malar cite pooling_by_subgroup` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgroups:
    """Pool each subgroup of studies, and ask whether they differ.

    Parameters
    ----------
    pooling
        How the studies of a subgroup are pooled.
    by
        Column of subgroups, never null: cell source, design, region.

    Notes
    -----
    The comparison is between studies, not within: it is observational even where each study is randomized.

    Source
    ------
    Borenstein & Higgins 2013; agrees with R metafor 3.8-1.
    """

    method: ClassVar[Method] = METHOD

    pooling: Pooling | MixedPooling
    by: str

    def fit(self, frame: Any) -> SubgroupResult:
        """Pool by subgroup.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a study.

        Returns
        -------
        SubgroupResult
            One pooled value a subgroup, in order of their names, and the test.

        Raises
        ------
        MissingColumnsError
            A column is not there.
        UndefinedError
            A subgroup is null. (A subgroup of one study has no pooled value; the reason stands in its place.)
        ParameterError
            What :meth:`Pooling.fit` refuses.
        """
        return SubgroupResult(self, split_by(self.pooling, frame, self.by))


@dataclass(frozen=True, slots=True, eq=False)
class SubgroupResult:
    """Subgroups pooled.

    Parameters
    ----------
    spec
        What was asked for.
    series
        The pooled value of each subgroup.
    """

    spec: Subgroups
    series: PooledSeries

    @property
    def test(self) -> tuple[float, int, float]:
        """Cochran's Q between subgroups, degrees of freedom, p; NaN where fewer than two have a pooled value."""
        import numpy as np

        from malar.synthesis._distributions import chi2_tail
        from malar.synthesis._pool_kernel import pool

        known = [one for one in self.series.results if one is not None and one.se > 0.0]
        if len(known) < 2:
            return float("nan"), max(len(known) - 1, 0), float("nan")
        fitted = pool(np.array([one.estimate for one in known]), np.array([one.se**2 for one in known]), None, "common")
        return fitted.q, fitted.df, chi2_tail(fitted.q, fitted.df)

    def summary(self) -> pl.DataFrame:
        """One row a subgroup, as :meth:`PooledSeries.summary` gives it."""
        return self.series.summary()

    def table(self, **labels: Any) -> pl.DataFrame:
        """Rows of the table of results: those of each subgroup (`group`), and the test as term ``between_subgroups``.

        Parameters
        ----------
        labels
            Columns of the table, as :meth:`PooledResult.table` takes them, without `group`.
        """
        import polars as pl

        from malar.results import results_table
        from malar.synthesis._table import row

        note = "; ".join(filter(None, (labels.get("note", ""), f"each {self.spec.by} with its own τ²")))
        common = {**labels, "analysis": METHOD.key, "source": METHOD.source.cite(), "note": note}
        rows = zip(("chisq", "df", "p"), self.test, strict=True)
        test = results_table([row(common, "between_subgroups", s, x) for s, x in rows])
        return pl.concat([self.series.table(**labels), test])
