"""Mixed model for repeated measures: a continuous outcome by visit and arm, with the covariance of visits modeled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.errors import ParameterError
from malar.method import Method
from malar.repeated._reading import read
from malar.sources import Source, Status

if TYPE_CHECKING:
    from malar.repeated.mmrm_result import MMRMResult

Covariance = Literal[
    "unstructured",
    "heterogeneous_toeplitz",
    "toeplitz",
    "ante_dependence",
    "heterogeneous_autoregressive",
    "autoregressive",
    "heterogeneous_compound_symmetry",
    "compound_symmetry",
]
DegreesOfFreedom = Literal["kenward_roger", "satterthwaite"]
Likelihood = Literal["reml", "ml"]
Weights = Literal["equal", "proportional"]

METHOD: Final = Method(
    key="mmrm",
    title="Mixed model for repeated measures (MMRM): means by visit and arm",
    source=Source(
        "Mallinckrodt CH, Clark WS, David SR. Accounting for dropout bias using mixed-effects models. "
        "J Biopharm Stat 2001;11:9-21",
        status=Status.SECONDARY,
        reading="No random effects: the covariance of a subject's visits is modeled itself. One covariance for "
        "all arms.",
    ),
    also=(
        Source(
            "Kenward MG, Roger JH. Small sample inference for fixed effects from restricted maximum likelihood. "
            "Biometrics 1997;53:983-97",
            status=Status.SECONDARY,
            reading="The terms of first derivatives by the covariance parameters, with their observed "
            "information: for covariances linear in their parameters (unstructured, compound symmetry, Toeplitz) "
            "this is the whole adjustment; for the others it is SAS's DDFM=KR(FIRSTORDER), the same whatever the "
            "parameters a covariance is written in. Compared with other software: unstructured (R mmrm) and compound "
            "symmetry (R pbkrtest); provisional for the others, as the note of the results says.",
        ),
        Source(
            "Fai AHT, Cornelius PL. Approximate F-tests of multiple degree of freedom hypotheses in generalized "
            "least squares analyses of unbalanced split-plot experiments. J Stat Comput Simul 1996;54:363-78",
            status=Status.SECONDARY,
            reading="Joint tests under Satterthwaite; 2 degrees of freedom where a part has 2 or fewer.",
        ),
        Source(
            "Sabanes Bove D, et al. mmrm: Mixed Models for Repeated Measures, R package version 0.3.16",
            status=Status.SECONDARY,
            reading="Agrees with its Satterthwaite and Kenward-Roger-Linear methods; its default Kenward-Roger "
            "is of another parameterization.",
        ),
        Source(
            "Lenth RV. emmeans: Estimated Marginal Means, R package version 1.8.4",
            status=Status.SECONDARY,
            reading="Reference grid: numbers at their mean over the rows used, categories with equal weights.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite mmrm` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MMRM:
    """Means of a continuous outcome at every visit, from one row per subject and visit.

    Parameters
    ----------
    outcome
        Column of the outcome, e.g. change from baseline; null = missing at that visit.
    subject, visit
        Columns of subjects and of planned visits; a subject has a visit at most once.
    arm
        Column of arms, one a subject; None for a single-arm study.
    covariates
        Columns known for every row with an outcome: numbers, or text, Enum and Boolean as categories
        (dummies of all levels but the first).
    covariates_by_visit
        Those of them whose effect may differ between visits (interaction with visit).
    arm_by_visit
        Let the arms differ by another amount at every visit (interaction of arm and visit).
    covariance
        Covariance of a subject's visits, or several in order of preference: the first whose fit
        converges is used, and all attempts are reported.
    likelihood
        ``reml`` or ``ml``.
    df
        ``kenward_roger`` (REML only) or ``satterthwaite``.
    weights
        Weights of a category's levels in least-squares means: ``equal``, or ``proportional`` to the rows.
    visits
        Order of the visits in time; needed where visits are text and a covariance rests on neighbors.
        By default numbers and Enums in their order, text by alphabet.
    reference
        Arm that the others are compared with; by default the first in their order.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    Rows without an outcome are left out and counted; the others of the subject are used. This is valid
    where missing is at random given what was observed. The likelihood is computed by missingness pattern.
    Convergence means no slope left and a positive definite information matrix at a matrix that is not
    singular; with at most 100 outcomes the highest maximum of four starts is taken. Where none converges
    every estimate is null, and ``convergence()`` tells why.
    Standard errors: (XᵀV⁻¹X)⁻¹ under ``satterthwaite``; adjusted for the estimation of V under ``kenward_roger``.

    Source
    ------
    Mallinckrodt 2001; Kenward & Roger 1997; Fai & Cornelius 1996; agrees with R mmrm 0.3.16.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({
    ...     "subject": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6],
    ...     "visit": [3, 6] * 6,
    ...     "arm": ["placebo"] * 6 + ["treated"] * 6,
    ...     "change": [0, -1, -2, -4, 1, None, -4, -5, -3, -7, -6, -6],
    ... })
    >>> result = MMRM(outcome="change").fit(frame)
    >>> result.contrasts().select("visit", pl.col("estimate", "se", "df", "p").round(3))
    shape: (2, 5)
    ┌───────┬──────────┬───────┬───────┬───────┐
    │ visit ┆ estimate ┆ se    ┆ df    ┆ p     │
    │ ---   ┆ ---      ┆ ---   ┆ ---   ┆ ---   │
    │ str   ┆ f64      ┆ f64   ┆ f64   ┆ f64   │
    ╞═══════╪══════════╪═══════╪═══════╪═══════╡
    │ 3     ┆ -4.0     ┆ 1.247 ┆ 4.0   ┆ 0.033 │
    │ 6     ┆ -3.7     ┆ 1.417 ┆ 3.076 ┆ 0.078 │
    └───────┴──────────┴───────┴───────┴───────┘
    """

    method: ClassVar[Method] = METHOD

    outcome: str
    subject: str = "subject"
    visit: str = "visit"
    arm: str | None = "arm"
    covariates: tuple[str, ...] = ()
    covariates_by_visit: tuple[str, ...] = ()
    arm_by_visit: bool = True
    covariance: Covariance | tuple[Covariance, ...] = "unstructured"
    likelihood: Likelihood = "reml"
    df: DegreesOfFreedom = "kenward_roger"
    weights: Weights = "equal"
    visits: tuple[str | float, ...] | None = None
    reference: str | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        for name in self.preference:
            _one_of("covariance", name, get_args(Covariance))
        _one_of("likelihood", self.likelihood, get_args(Likelihood))
        _one_of("df", self.df, get_args(DegreesOfFreedom))
        _one_of("weights", self.weights, get_args(Weights))
        if not self.preference:
            raise ParameterError("`covariance` is empty.", "There is nothing to fit.", "Name at least one.")
        if self.df == "kenward_roger" and self.likelihood == "ml":
            raise ParameterError(
                "`df` is kenward_roger and `likelihood` is ml.",
                "The adjustment is derived for the restricted likelihood.",
                "Use `likelihood='reml'`, or `df='satterthwaite'`.",
            )
        stray = [name for name in self.covariates_by_visit if name not in self.covariates]
        if stray:
            raise ParameterError(
                f"`covariates_by_visit` has {', '.join(stray)}, which `covariates` lacks.",
                "An effect that changes with the visit needs one to change from.",
                "List it in both.",
            )
        if not 0.0 < self.level < 1.0:
            raise ParameterError(f"`level` is {self.level}.", "It is a probability.", "Use e.g. 0.95.")

    @property
    def preference(self) -> tuple[Covariance, ...]:
        """Covariances in order of preference."""
        return self.covariance if isinstance(self.covariance, tuple) else (self.covariance,)

    def fit(self, frame: Any) -> MMRMResult:
        """Estimate coefficients and covariance.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row per subject and visit.

        Returns
        -------
        MMRMResult
            Whether or not an attempt converged.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            The outcome is no number, a covariate neither number nor category, or ``frame`` no dataframe.
        UndefinedError
            No outcome at all; a null subject, visit, arm or covariate beside an outcome; NaN.
        ParameterError
            A visit twice for a subject; a subject in two arms; visits or reference that the frame has not;
            text visits without ``visits`` under a covariance that rests on their order.
        """
        from malar.repeated._fitting import fitted
        from malar.repeated.mmrm_result import MMRMResult

        design, missing = read(self, frame)
        return MMRMResult(self, design, missing, *fitted(self, design))


def _one_of(name: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        raise ParameterError(
            f"`{name}` is {value!r}.",
            "An option misread changes the numbers.",
            f"Use one of {', '.join(map(repr, allowed))}.",
        )
