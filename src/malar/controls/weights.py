"""Weighting instead of matching: everyone stays, and counts for as many as he stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.controls import _columns
from malar.controls.propensity_score import PropensityScore
from malar.errors import UndefinedError
from malar.method import Method
from malar.sources import Source, Status

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from malar.controls.weighted_sample import WeightedSample

Target = Literal["att", "ate", "ato"]
BalanceTarget = Literal["att", "ate"]

WEIGHTING: Final = Method(
    key="propensity_weighting",
    title="Weighting by the propensity score (ATT, ATE, overlap)",
    source=Source(
        "Li F, Morgan KL, Zaslavsky AM. Balancing covariates via propensity score weighting. J Am Stat Assoc "
        "2018;113:390-400",
        status=Status.SECONDARY,
        reading="Standard errors from stacked estimating equations: the score is estimated, not known.",
    ),
    also=(
        Source(
            "Lunceford JK, Davidian M. Stratification and weighting via the propensity score in estimation of causal "
            "treatment effects. Stat Med 2004;23:2937-60",
            status=Status.SECONDARY,
        ),
    ),
)

ENTROPY: Final = Method(
    key="entropy_balancing",
    title="Entropy balancing of covariate means",
    source=Source(
        "Hainmueller J. Entropy balancing for causal effects. Polit Anal 2012;20:25-46",
        status=Status.SECONDARY,
        reading="Variances are balanced, if asked for, through the second moment about the treated's mean.",
    ),
    also=(
        Source(
            "Zhao Q, Percival D. Entropy balancing is doubly robust. J Causal Inference 2017;5:20160010",
            status=Status.SECONDARY,
        ),
        Source("Lumley T. survey, R package version 4.1-1 (calibrate, raking)", status=Status.SECONDARY),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighting:
    """Weight subjects by the propensity score so that both arms resemble one population.

    Parameters
    ----------
    covariates, treatment
        As in `PropensityScore`, which is fitted here.
    estimand
        Whose effect: ``att``, of those who were treated (controls weigh e / (1 - e)); ``ate``, of everyone (1 / e and
        1 / (1 - e)); ``ato``, of those who might have been in either arm (1 - e and e).

    Notes
    -----
    Overlap weights balance the means of the covariates exactly and never exceed 1; weights of ``ate`` grow without
    bound where a score is near 0 or 1, which the effective sample size shows.

    Source
    ------
    Li, Morgan & Zaslavsky 2018; Lunceford & Davidian 2004.

    Examples
    --------
    >>> import polars as pl
    >>> cohort = pl.DataFrame({"treated": [1, 1, 0, 0, 0, 1], "sledai_2k": [12, 16, 8, 14, 6, 10]})
    >>> made = Weighting(covariates=["sledai_2k"], estimand="ato").fit(cohort)
    >>> [round(size, 2) for size in made.effective_sizes()]
    [2.48, 2.11]
    """

    method: ClassVar[Method] = WEIGHTING

    covariates: Sequence[str]
    estimand: Target
    treatment: str = "treated"

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariates", _columns.several("covariates", self.covariates))
        _columns.one_of("estimand", self.estimand, get_args(Target))

    def fit(self, frame: Any) -> WeightedSample:
        """Fit the score and weight everyone.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject (or a subject and trial).

        Returns
        -------
        WeightedSample
            The rows with their weights.

        Raises
        ------
        MissingColumnsError, UndefinedError
            As `PropensityScore.fit`.
        """
        from malar.controls._weight_kernel import propensity_weights
        from malar.controls.weighted_sample import WeightedSample

        score = PropensityScore(covariates=self.covariates, treatment=self.treatment).fit(frame)
        treated = _columns.sign(score.rows, self.treatment)
        weight, slope = propensity_weights(score.fit.linear, treated, self.estimand)
        note = f"{self.estimand} weights from the propensity score"
        return WeightedSample(self.method, note, self.treatment, self.estimand, score.rows, weight, score, slope)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntropyBalancing:
    """Weight controls, as evenly as can be, so that their covariate means are exactly those of the treated.

    Parameters
    ----------
    covariates
        Columns: numbers, Booleans, words (one column a level, the first left out).
    treatment
        Column: true or 1 treated, false or 0 control.
    estimand
        ``att``: controls are weighted toward the treated; ``ate``: both arms toward everyone.
    moments
        1 balances means; 2 the variances of all columns with more than two values too.

    Notes
    -----
    No score is estimated and no balance need be checked for what was balanced: it is exact. Where no weights can do
    it (the treated's means lie outside of all controls) the fit is refused. Standard errors take the weights as
    estimated.

    Source
    ------
    Hainmueller 2012; weights agree with calibrate (raking) of R survey 4.1-1.

    Examples
    --------
    >>> import polars as pl
    >>> cohort = pl.DataFrame({"treated": [1, 1, 0, 0, 0], "sledai_2k": [12, 10, 8, 14, 6]})
    >>> made = EntropyBalancing(covariates=["sledai_2k"]).fit(cohort)
    >>> made.weighted()["weight"].round(3).to_list()
    [1.0, 1.0, 0.496, 1.126, 0.378]
    """

    method: ClassVar[Method] = ENTROPY

    covariates: Sequence[str]
    treatment: str = "treated"
    estimand: BalanceTarget = "att"
    moments: Literal[1, 2] = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariates", _columns.several("covariates", self.covariates))
        _columns.one_of("estimand", self.estimand, get_args(BalanceTarget))
        _columns.one_of("moments", self.moments, (1, 2))

    def fit(self, frame: Any) -> WeightedSample:
        """Find the weights.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject (or a subject and trial).

        Returns
        -------
        WeightedSample
            The rows with their weights; of each arm they sum to the number of subjects the arm stands for.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        UndefinedError
            No rows, one arm only, nulls, or no weights that balance.
        """
        import numpy as np

        from malar.controls.weighted_sample import WeightedSample

        rows = _columns.take(frame, [self.treatment, *self.covariates], "Entropy balancing")
        treated = _columns.treatment(rows, self.treatment)
        toward = treated if self.estimand == "att" else np.ones(len(treated), dtype=np.bool_)
        values = self._moments(_columns.design(rows, self.covariates).values, toward)
        weight = np.ones(len(treated))
        for arm in [~treated] if self.estimand == "att" else [~treated, treated]:
            weight[arm] = entropy_balance(values[arm], values[toward].mean(axis=0)) * toward.sum()
        note = f"{self.estimand} weights by entropy balancing of {values.shape[1]} moments"
        return WeightedSample(self.method, note, self.treatment, self.estimand, rows, weight, values)

    def _moments(self, values: NDArray[np.float64], toward: NDArray[np.bool_]) -> NDArray[np.float64]:
        import numpy as np

        if self.moments == 1:
            return values
        several = np.array([np.unique(column).size > 2 for column in values.T], dtype=np.bool_)
        return np.column_stack([values, (values - values[toward].mean(axis=0))[:, several] ** 2])


def entropy_balance(
    values: NDArray[np.float64], target: NDArray[np.float64], base: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Weights, nearest to the base weights in relative entropy, that give rows the means wanted.

    Parameters
    ----------
    values
        Shape (rows, columns): of patients, real or virtual.
    target
        Means wanted, shape (columns,): of a trial's published table, say.
    base
        Weights to stay near to, > 0, shape (rows,); by default equal ones.

    Returns
    -------
    numpy.ndarray
        Shape (rows,), sum 1.

    Raises
    ------
    UndefinedError
        No weights give these means, or none were found.

    Examples
    --------
    >>> import numpy as np
    >>> entropy_balance(np.array([[0.0], [1.0]]), np.array([0.25])).round(6).tolist()
    [0.75, 0.25]
    """
    from malar.controls._weight_kernel import entropy_weights

    found = entropy_weights(values, target, base)
    if not found.converged:
        raise UndefinedError(
            f"No weights were found that give {values.shape[0]} rows the {values.shape[1]} means wanted: after "
            f"{found.iterations} steps one is {found.imbalance:.2g} standard deviations away.",
            "The means lie outside of what any mixture of these rows can have.",
            "Balance fewer covariates or moments, or leave out those who have no counterpart.",
        )
    return found.weight
