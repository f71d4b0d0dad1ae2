"""Pooling of proportions and rates by the exact likelihood of their counts, with random effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.sources import Source, Status
from malar.synthesis import _studies

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from malar.synthesis._glmm_kernel import Family
    from malar.synthesis.mixed_result import MixedResult

    Floats = NDArray[np.float64]

Limits = Literal["t", "normal"]
Prediction = Literal["k-2", "k-1", "normal"]

METHOD: Final = Method(
    key="mixed_pooling",
    title="Random-effects pooling of proportions or rates by the likelihood of their counts (GLMM)",
    source=Source(
        "Stijnen T, Hamza TH, Ozdemir P. Random effects meta-analysis of event outcome in the framework of the "
        "generalized linear mixed model with applications in sparse data. Stat Med 2010;29:3046-67",
        status=Status.SECONDARY,
        reading="Maximum likelihood; standard error from the joint observed information in mean and "
        "between-study standard deviation; at τ = 0, of the common proportion or rate.",
    ),
    also=(
        Source(
            "Pinheiro JC, Bates DM. Approximations to the log-likelihood function in the nonlinear mixed-effects "
            "model. J Comput Graph Stat 1995;4:12-35",
            status=Status.SECONDARY,
            reading="Adaptive Gauss-Hermite quadrature at the mode of each study, 40 nodes by default.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite mixed_pooling` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedPooling:
    """One pooled proportion or rate from counts, without a correction for none or all.

    Parameters
    ----------
    outcome
        ``proportion``: ``events`` of ``n`` subjects, binomial, logit link. ``rate``: ``events`` over ``time``,
        Poisson, log link.
    limits
        ``t`` with k-1 degrees of freedom, or ``normal``.
    prediction
        Degrees of freedom of the prediction interval: ``k-2``, ``k-1`` or ``normal``.
    level
        Confidence level, between 0 and 1.
    nodes
        Nodes of the quadrature, 20 to 200.
    study, columns, across
        As :class:`malar.synthesis.Pooling` takes them.

    Notes
    -----
    The natural value is that of the median study, expit(μ) or exp(μ); the mean over studies lies nearer the middle.
    Where no study, or every one, has events the likelihood has no maximum, and the fit is refused. Where studies
    with none and with all are mixed, τ may run away: `converged` is then false and the numbers are null.

    Source
    ------
    Stijnen, Hamza & Ozdemir 2010; agrees with the exact likelihood in R (lme4 and metafor to their 1e-4).

    Examples
    --------
    >>> import polars as pl
    >>> series = pl.DataFrame({"study": ["a", "b", "c"], "events": [24, 9, 11], "n": [40, 12, 30]})
    >>> pooled = MixedPooling(outcome="proportion", limits="normal").fit(series)
    >>> [round(x, 2) for x in (pooled.natural.estimate, pooled.natural.lower, pooled.natural.upper)]
    [0.55, 0.38, 0.71]
    """

    method: ClassVar[Method] = METHOD

    outcome: Literal["proportion", "rate"]
    limits: Limits = "t"
    prediction: Prediction = "k-2"
    level: float = 0.95
    nodes: int = 40
    study: str = "study"
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    across: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _studies.one_of("outcome", self.outcome, ("proportion", "rate"))
        _studies.one_of("limits", self.limits, get_args(Limits))
        _studies.one_of("prediction", self.prediction, get_args(Prediction))
        _studies.confidence(self.level)
        object.__setattr__(self, "across", tuple(self.across))
        if not 20 <= self.nodes <= 200:
            raise ParameterError(f"`nodes` is {self.nodes}.", "Too few are inexact, too many are slow.", "Use 40.")

    @property
    def roles(self) -> tuple[str, str]:
        """The two columns it reads."""
        return ("events", "n") if self.outcome == "proportion" else ("events", "time")

    def fit(self, frame: Any) -> MixedResult:
        """Pool the studies.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a study: ``events`` and ``n``, or ``events`` and ``time``.

        Returns
        -------
        MixedResult
            The pooled value on the link and the natural scale, heterogeneity and prediction.

        Raises
        ------
        MissingColumnsError
            A column is not there.
        WrongTypeError
            A column holds no numbers, or `frame` is no dataframe.
        UndefinedError
            Fewer than two studies, unknown values, no event at all, or nothing but events.
        ParameterError
            Studies differ in what they measured, share a name, or hold impossible numbers.
        """
        studies = _studies.read_studies(
            frame, self.roles, self.columns, what=f"Pooling a {self.outcome}", study=self.study, across=self.across
        )
        return self.pool(studies.values["events"], studies.values[self.roles[1]], studies.names)

    def pool(self, events: Floats, size: Floats, names: tuple[str, ...]) -> MixedResult:
        """Pool counts that are at hand already, each of shape (k,)."""
        from malar.synthesis._glmm_kernel import Counts, fit
        from malar.synthesis.mixed_result import MixedResult

        family: Family = "binomial" if self.outcome == "proportion" else "poisson"
        none, every = not events.any(), family == "binomial" and bool((events == size).all())
        if none or every:
            raise UndefinedError(
                f"{'No study has an event' if none else 'Every subject has the event'}.",
                "The likelihood rises without end towards 0 or 1.",
                "Report the exact limit of the counts summed, or pool with a prior: MetaAnalyticPredictive.",
            )
        counts = Counts(family, events, size)
        return MixedResult(spec=self, names=names, counts=counts, fitted=fit(counts, self.nodes))
