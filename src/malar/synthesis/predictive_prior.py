"""Meta-analytic-predictive prior: what earlier studies say of the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status
from malar.synthesis import _studies

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from malar.synthesis.prior import Prior

Outcome = Literal["proportion", "rate", "effect"]

ROLES: Final[Mapping[str, tuple[str, str]]] = {
    "proportion": ("events", "n"),
    "rate": ("events", "time"),
    "effect": ("estimate", "se"),
}

LARGEST: Final[Mapping[str, float]] = {"proportion": 30.0, "rate": 100.0, "effect": 1e100}
"""Bound of the prior's mean and standard deviations: log odds, log rates, and effects in any unit."""

METHOD: Final = Method(
    key="meta_analytic_predictive_prior",
    title="Meta-analytic-predictive prior of a new study's rate or effect",
    source=Source(
        "Neuenschwander B, Capkun-Niggli G, Branson M, Spiegelhalter DJ. Summarizing historical information on "
        "controls in clinical trials. Clin Trials 2010;7:5-18",
        status=Status.SECONDARY,
        reading="Normal prior of the mean, half-normal prior of the between-study standard deviation, by quadrature.",
    ),
    also=(
        Source(
            "Schmidli H, Gsteiger S, Roychoudhury S, O'Hagan A, Spiegelhalter D, Neuenschwander B. Robust "
            "meta-analytic-predictive priors in clinical trials with historical control information. "
            "Biometrics 2014;70:1023-32",
            status=Status.SECONDARY,
        ),
        Source(
            "Neuenschwander B, Weber S, Schmidli H, O'Hagan A. Predictively consistent prior effective sample sizes. "
            "Biometrics 2020;76:578-87",
            status=Status.SECONDARY,
            reading="Expected local-information ratio on the logit, log or effect scale.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite meta_analytic_predictive_prior` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaAnalyticPredictive:
    """Prior of the parameter of a new study, from studies like it.

    Parameters
    ----------
    outcome
        ``proportion`` (``events``, ``n``), ``rate`` (``events``, ``time``) or ``effect`` (``estimate``, ``se``).
    tau_scale
        Scale of the half-normal prior of the between-study standard deviation, on the logit, log or effect scale.
        There is no default, for it decides how much is borrowed: 1 is large and 0.5 substantial on the logit scale.
    mean, mean_sd
        Normal prior of the mean over studies on that scale; of a proportion 0 and 2, nearly uniform. Of a rate or
        effect `mean_sd` must be given.
    unit_sd
        Of an effect: standard deviation of one patient's outcome, for the effective sample size.
    study, columns, across
        As :class:`malar.synthesis.Pooling` takes them.

    Notes
    -----
    Exact but for quadrature: studies by 30 adaptive Gauss-Hermite nodes, mean and between-study standard deviation
    by equidistant sums. No random number is drawn. Studies with none or all count as they are; one study is enough.

    Source
    ------
    Neuenschwander et al. 2010; Schmidli et al. 2014; agrees with sums and integrals in base R.

    Examples
    --------
    >>> import polars as pl
    >>> controls = pl.DataFrame({"events": [88, 44, 8], "n": [457, 223, 75]})
    >>> prior = MetaAnalyticPredictive(outcome="proportion", tau_scale=0.5).fit(controls)
    >>> round(prior.mean, 2), [round(x, 2) for x in prior.interval()]
    (0.19, [0.07, 0.35])
    >>> round(prior.effective_sample_size()), round(prior.robust(0.2).effective_sample_size())
    (89, 66)
    """

    method: ClassVar[Method] = METHOD

    outcome: Outcome
    tau_scale: float
    mean: float = 0.0
    mean_sd: float | None = None
    unit_sd: float = float("nan")
    study: str = "study"
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    across: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _studies.one_of("outcome", self.outcome, get_args(Outcome))
        object.__setattr__(self, "across", tuple(self.across))
        if self.mean_sd is None:
            if self.outcome != "proportion":
                raise ParameterError(
                    f"The mean of a {self.outcome} has no usual prior.",
                    "Its unit decides what is vague.",
                    "Pass mean_sd, e.g. ten times the largest effect thought of.",
                )
            object.__setattr__(self, "mean_sd", 2.0)
        most = LARGEST[self.outcome]
        _studies.within("mean", self.mean, -most, most, "Pass the middle of the prior on the pooled scale, e.g. 0.")
        for name, value in (("tau_scale", self.tau_scale), ("mean_sd", self.mean_sd or 0.0)):
            _studies.within(name, value, 0.0, most, "Pass a standard deviation on the pooled scale, e.g. 0.5.")

    def fit(self, frame: Any) -> Prior:
        """Predict the parameter of a new study.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a study, at least one.

        Returns
        -------
        Prior
            Of the new study's proportion, rate or effect.

        Raises
        ------
        MissingColumnsError
            A column is not there.
        UndefinedError
            No study, or unknown values.
        ParameterError
            Studies differ in what they measured, share a name, or hold impossible numbers.
        """
        first, second = ROLES[self.outcome]
        studies = _studies.read_studies(
            frame,
            (first, second),
            self.columns,
            what="A predictive prior",
            study=self.study,
            across=self.across,
            fewest=1,
        )
        return self.predict(studies.values[first], studies.values[second])

    def predict(self, first: NDArray[np.float64], second: NDArray[np.float64]) -> Prior:
        """The same of columns at hand already: events and n, events and time, or estimate and se, of shape (k,)."""
        from malar.synthesis._glmm_kernel import Counts
        from malar.synthesis._prior_kernel import counts_likelihood, normal_likelihood, predictive
        from malar.synthesis.prior import Part, Prior

        if self.outcome == "effect":
            likelihood = normal_likelihood(first, second**2)
        else:
            family = "binomial" if self.outcome == "proportion" else "poisson"
            likelihood = counts_likelihood(Counts(family, first, second))
        grid, density, _, _ = predictive(likelihood, self.mean, self.mean_sd or 2.0, self.tau_scale)
        scale, unit = {
            "proportion": ("logit", "probability"),
            "rate": ("log", "events per unit of time"),
            "effect": ("identity", "effect"),
        }[self.outcome]
        return Prior(
            scale=scale,  # pyright: ignore[reportArgumentType]
            grid=grid,
            parts=(Part("studies", 1.0, density),),
            unit=unit,
            unit_sd=self.unit_sd,
        )
