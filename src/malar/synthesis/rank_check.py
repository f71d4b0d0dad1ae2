"""Begg and Mazumdar's check: whether effects and their variances are ranked alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.method import Method
from malar.sources import Source, Status
from malar.synthesis.pooling import Pooling
from malar.synthesis.small_studies import demand_enough

if TYPE_CHECKING:
    import polars as pl

METHOD: Final = Method(
    key="rank_check",
    title="Begg and Mazumdar's rank correlation of effects with their variances",
    source=Source(
        "Begg CB, Mazumdar M. Operating characteristics of a rank correlation test for publication bias. "
        "Biometrics 1994;50:1088-101",
        status=Status.SECONDARY,
        reading="Deviations from the common value, each over the root of its variance less that of the common value; "
        "Kendall's tau b, exact without ties.",
    ),
)
"""What `malar list estimators` and `malar cite rank_check` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankCheck:
    """Correlate the ranks of effects and of their variances; at least ten studies.

    Parameters
    ----------
    pooling
        The measure, and how its columns are read.

    Notes
    -----
    p is exact where no two values tie, else from the normal distribution with the variance of ties.
    With few studies it finds little; it says nothing of why small studies differ. See :class:`SmallStudyCheck`.

    Source
    ------
    Begg & Mazumdar 1994; agrees with R metafor 3.8-1 (``ranktest``).
    """

    method: ClassVar[Method] = METHOD

    pooling: Pooling

    def fit(self, frame: Any) -> RankResult:
        """Correlate.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a study.

        Returns
        -------
        RankResult
            Kendall's tau and its p.

        Raises
        ------
        UndefinedError
            Fewer than ten studies.
        ParameterError
            What :meth:`Pooling.fit` refuses.
        """
        import numpy as np
        from scipy.stats import kendalltau

        y, v, names, _ = self.pooling.effects(frame)
        demand_enough(len(names))
        weights = 1.0 / v
        middle = float(weights @ y / weights.sum())
        deviates: list[float] = ((y - middle) / np.sqrt(v - 1.0 / weights.sum())).round(12).tolist()
        sizes: list[float] = np.log(v).round(12).tolist()  # what differs by rounding only, ties
        ties = min(len(set(deviates)), len(set(sizes))) < len(sizes)
        found: Any = kendalltau(deviates, sizes, method="asymptotic" if ties else "exact")
        return RankResult(self, len(names), float(found.statistic), float(found.pvalue))


@dataclass(frozen=True, slots=True)
class RankResult:
    """Kendall's tau of effects and variances.

    Parameters
    ----------
    spec
        What was asked for.
    k
        Number of studies.
    tau
        From -1 to 1; above 0 where smaller studies show larger effects.
    p
        Two-sided.
    """

    spec: RankCheck
    k: int
    tau: float
    p: float

    def table(self, **labels: Any) -> pl.DataFrame:
        """Rows of the table of results: ``rank_correlation`` with its p.

        Parameters
        ----------
        labels
            Columns of the table, taken as they are.
        """
        from malar.results import results_table
        from malar.synthesis._table import row

        common = {"note": "", **labels, "analysis": METHOD.key, "source": METHOD.source.cite()}
        numbers = (("n", self.k), ("estimate", self.tau), ("p", self.p))
        return results_table([row(common, "rank_correlation", s, x) for s, x in numbers])
