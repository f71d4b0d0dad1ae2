"""Pooling of published results by inverse variance, with random effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status
from malar.synthesis import _studies
from malar.synthesis.measures import MEASURES, measure_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from malar.synthesis.pooled_result import PooledResult

Tau2 = Literal["REML", "DL", "PM", "ML", "common"]
Limits = Literal["hartung_knapp", "hartung_knapp_floored", "normal"]
Prediction = Literal["k-2", "k-1", "normal"]

METHOD: Final = Method(
    key="pooling",
    title="Random-effects pooling of published results by inverse variance",
    source=Source(
        "DerSimonian R, Laird N. Meta-analysis in clinical trials. Control Clin Trials 1986;7:177-88",
        status=Status.SECONDARY,
    ),
    also=(
        Source(
            "Hartung J, Knapp G. A refined method for the meta-analysis of controlled clinical trials with binary "
            "outcome. Stat Med 2001;20:3875-89",
            status=Status.SECONDARY,
            reading="Student's t with k-1 degrees of freedom; the floor keeps the factor at 1 or above.",
        ),
        Source(
            "Viechtbauer W. Confidence intervals for the amount of heterogeneity in meta-analysis. "
            "Stat Med 2007;26:37-52",
            status=Status.SECONDARY,
            reading="Q-profile limits; those of I² and H² follow from them.",
        ),
        Source(
            "Higgins JPT, Thompson SG, Spiegelhalter DJ. A re-evaluation of random-effects meta-analysis. "
            "J R Stat Soc A 2009;172:137-59",
            status=Status.SECONDARY,
            reading="Prediction by Student's t with k-2 degrees of freedom unless `prediction` says otherwise.",
        ),
        Source(
            "Miller JJ. The inverse of the Freeman-Tukey double arcsine transformation. Am Stat 1978;32:138",
            status=Status.SECONDARY,
            reading="At the harmonic mean of the numbers of subjects.",
        ),
        Source(
            "Viechtbauer W. Conducting meta-analyses in R with the metafor package. J Stat Softw 2010;36(3)",
            status=Status.SECONDARY,
            reading="A half is added to the cells of a study with an empty one only; I² from the typical variance.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite pooling` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """One pooled value of studies, from one row a study.

    Parameters
    ----------
    measure
        What is pooled, a key of :data:`malar.synthesis.MEASURES`; it says which columns are read.
    tau2
        Estimator of the between-study variance: ``REML``, ``DL`` (DerSimonian-Laird), ``PM`` (Paule-Mandel),
        ``ML``; or ``common`` for one common effect without any.
    limits
        ``hartung_knapp`` (t with k-1), the same ``_floored`` (its factor not below 1), or ``normal``.
    prediction
        Degrees of freedom of the prediction interval: ``k-2``, ``k-1`` or ``normal``.
    level
        Confidence level, between 0 and 1.
    study
        Column of names; numbered where the frame has none.
    columns
        Names of columns that are called otherwise: ``{"events": "cr"}``.
    across
        Columns in which studies may differ though :func:`malar.synthesis.differences` would refuse them.

    Notes
    -----
    Weights are 1/(v + τ²) with within-study variances v taken as known. REML and ML: the highest point of a grid,
    then the root of the score beside it; the likelihood may have several. Hartung and Knapp: the variance is
    multiplied by Σ w (y - ȳ)²/(k-1). Empty cells: a half is added to the study with one, and to no other.
    Nulls are refused. Row order does not matter.

    Source
    ------
    DerSimonian & Laird 1986; Hartung & Knapp 2001; Viechtbauer 2007; agrees with R metafor 3.8-1.

    Examples
    --------
    >>> import polars as pl
    >>> series = pl.DataFrame({"study": ["a", "b", "c"], "events": [24, 9, 11], "n": [40, 12, 30]})
    >>> pooled = Pooling(measure="proportion_logit").fit(series)
    >>> [round(x, 2) for x in (pooled.natural.estimate, pooled.natural.lower, pooled.natural.upper)]
    [0.55, 0.15, 0.9]
    """

    method: ClassVar[Method] = METHOD

    measure: str
    tau2: Tau2 = "REML"
    limits: Limits | None = None
    prediction: Prediction = "k-2"
    level: float = 0.95
    study: str = "study"
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    across: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _studies.one_of("measure", self.measure, tuple(MEASURES))
        _studies.one_of("tau2", self.tau2, get_args(Tau2))
        _studies.one_of("prediction", self.prediction, get_args(Prediction))
        _studies.confidence(self.level)
        object.__setattr__(self, "across", tuple(self.across))
        if self.limits is None:
            object.__setattr__(self, "limits", "normal" if self.tau2 == "common" else "hartung_knapp")
        _studies.one_of("limits", self.limits, get_args(Limits))
        if self.tau2 == "common" and self.limits != "normal":
            raise ParameterError(
                "Hartung and Knapp's limits belong to random effects.",
                "Under one common effect the factor has no between-study spread to estimate.",
                "Use limits='normal', or a τ² estimator.",
            )

    def fit(self, frame: Any) -> PooledResult:
        """Pool the studies.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a study, with the measure's columns.

        Returns
        -------
        PooledResult
            The pooled value on its scale and on the natural one, heterogeneity and prediction.

        Raises
        ------
        MissingColumnsError
            A column is not there.
        WrongTypeError
            A column holds no numbers, or `frame` is no dataframe.
        UndefinedError
            Fewer than two studies, or unknown values.
        ParameterError
            Studies differ in what they measured, share a name, or hold impossible numbers.
        """
        y, v, names, n = self.effects(frame)
        return self.pool(y, v, names, n)

    def effects(
        self, frame: Any
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[str, ...], NDArray[np.float64] | None]:
        """Effects, variances, names and numbers of subjects of the studies, before any pooling.

        Returns
        -------
        tuple
            Effects and variances of shape (k,) on the measure's scale, k names, and ``n`` where it is read.
        """
        measure = measure_of(self.measure)
        studies = _studies.read_studies(
            frame, measure.columns, self.columns, what=f"Pooling a {self.measure}", study=self.study, across=self.across
        )
        y, v = measure.effects(studies.values)
        return y, v, studies.names, studies.values.get("n")

    def pool(
        self,
        y: NDArray[np.float64],
        v: NDArray[np.float64],
        names: tuple[str, ...],
        n: NDArray[np.float64] | None = None,
    ) -> PooledResult:
        """Pool effects that are at hand already, with shapes as :meth:`effects` gives them."""
        from malar.synthesis._pool_kernel import pool
        from malar.synthesis.pooled_result import PooledResult

        harmonic = float(n.size / (1.0 / n).sum()) if n is not None else float("nan")
        return PooledResult(
            spec=self, names=names, effects=y, variances=v, harmonic_n=harmonic, fitted=pool(y, v, None, self.tau2)
        )
