"""Egger's check: whether smaller studies show larger effects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.errors import UndefinedError
from malar.method import Method
from malar.sources import Source, Status
from malar.synthesis.pooling import Pooling

if TYPE_CHECKING:
    import polars as pl

METHOD: Final = Method(
    key="small_study_check",
    title="Egger's regression of effects on their standard errors",
    source=Source(
        "Egger M, Davey Smith G, Schneider M, Minder C. Bias in meta-analysis detected by a simple, graphical test. "
        "BMJ 1997;315:629-34",
        status=Status.SECONDARY,
        reading="Weighted least squares of the effect on its standard error, weights 1/v, residual variance free; "
        "t with k-2 degrees of freedom.",
    ),
    also=(
        Source(
            "Sterne JAC, et al. Recommendations for examining and interpreting funnel plot asymmetry in "
            "meta-analyses of randomised controlled trials. BMJ 2011;343:d4002",
            status=Status.SECONDARY,
            reading="Not below 10 studies.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite small_study_check` print."""

FEWEST: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallStudyCheck:
    """Regress effects on their standard errors; at least ten studies.

    Parameters
    ----------
    pooling
        The measure, and how its columns are read.

    Notes
    -----
    An asymmetry has other causes than unpublished studies: small series choose sicker or likelier patients. A
    proportion's standard error follows from the proportion itself, which makes an asymmetry where there is none;
    the note of the result says so.

    Source
    ------
    Egger et al. 1997; Sterne et al. 2011; agrees with R metafor 3.8-1 (``regtest``, model ``lm``).
    """

    method: ClassVar[Method] = METHOD

    pooling: Pooling

    def fit(self, frame: Any) -> SmallStudyResult:
        """Regress.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a study.

        Returns
        -------
        SmallStudyResult
            Slope on the standard error, and its test.

        Raises
        ------
        UndefinedError
            Fewer than ten studies, or all of one standard error.
        ParameterError
            What :meth:`Pooling.fit` refuses.
        """
        import numpy as np

        from malar.synthesis._distributions import two_sided
        from malar.synthesis._pool_kernel import pool, widening

        y, v, names, _ = self.pooling.effects(frame)
        demand_enough(len(names))
        se = np.sqrt(v)
        if np.ptp(se) <= 1e-12 * float(se.max()):
            raise UndefinedError("All studies have one standard error.", "There is no smaller study to look at.")
        fitted = pool(y, v, np.column_stack([np.ones(se.size), se]), "common")
        spread = widening(fitted, "hartung_knapp")  # NaN where the line meets every effect
        slope, error = float(fitted.coefficients[1]), float(np.sqrt(fitted.covariance[1, 1] * spread))
        return SmallStudyResult(self, len(names), slope, error, fitted.df, two_sided(slope / error, fitted.df))


def demand_enough(k: int) -> None:
    """Refuse fewer than ten studies.

    Raises
    ------
    UndefinedError
        They are too few.
    """
    if k < FEWEST:
        raise UndefinedError(
            f"{k} studies are too few to look for small-study effects.",
            f"Below {FEWEST} the check finds neither asymmetry nor its absence.",
            "Say that it could not be examined.",
        )


@dataclass(frozen=True, slots=True)
class SmallStudyResult:
    """Slope of the effect on its standard error.

    Parameters
    ----------
    spec
        What was asked for.
    k
        Number of studies.
    slope, se
        Change of the effect for each unit of its standard error, and its standard error; 0 without asymmetry.
    df
        Degrees of freedom of the test.
    p
        Two-sided.
    """

    spec: SmallStudyCheck
    k: int
    slope: float
    se: float
    df: int
    p: float

    @property
    def t(self) -> float:
        """Slope over its standard error."""
        return self.slope / self.se

    def table(self, **labels: Any) -> pl.DataFrame:
        """Rows of the table of results: ``slope`` with its standard error, df and p.

        Parameters
        ----------
        labels
            Columns of the table, taken as they are.
        """
        from malar.results import results_table
        from malar.synthesis._table import row

        tied = self.spec.pooling.measure.startswith(("proportion", "rate", "survival"))
        caution = "standard errors follow from the proportions themselves: asymmetry is expected" if tied else ""
        note = "; ".join(filter(None, (labels.get("note", ""), "Egger, weights 1/v", caution)))
        common = {**labels, "analysis": METHOD.key, "source": METHOD.source.cite(), "note": note}
        numbers = (("n", self.k), ("estimate", self.slope), ("se", self.se), ("df", self.df), ("p", self.p))
        return results_table([row(common, "slope", s, x) for s, x in numbers])
