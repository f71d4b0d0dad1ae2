"""Reference-based multiple imputation of outcomes after dropout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, get_args

from malar.errors import ParameterError
from malar.method import Method
from malar.repeated.strategies import Strategy
from malar.sources import Source, Status

if TYPE_CHECKING:
    import numpy as np

    from malar.repeated.mmrm import MMRM
    from malar.repeated.reference_based_result import ReferenceBasedResult

METHOD: Final = Method(
    key="reference_based_imputation",
    title="Reference-based multiple imputation after dropout, with tipping point",
    source=Source(
        "Carpenter JR, Roger JH, Kenward MG. Analysis of longitudinal trials with protocol deviation: a framework "
        "for relevant, accessible assumptions, and inference via multiple imputation. J Biopharm Stat "
        "2013;23:1352-71",
        status=Status.PROVISIONAL,
        reading="Dropout is after the last outcome seen. A gap before it follows the subject's own arm, under copy "
        "reference the reference arm. One covariance for all arms. Without any outcome, increments are those of "
        "the reference arm from baseline. Expected values agree with the closed form of two visits; no other "
        "software's imputations were compared.",
    ),
    also=(
        Source(
            "Rubin DB. Multiple Imputation for Nonresponse in Surveys. New York: Wiley, 1987",
            status=Status.SECONDARY,
        ),
        Source(
            "Barnard J, Rubin DB. Small-sample degrees of freedom with multiple imputation. Biometrika 1999;86:948-55",
            status=Status.SECONDARY,
        ),
        Source(
            "Gower-Page C, Noci A, Wolbers M. rbmi: A R package for standard and reference-based multiple imputation "
            "methods. J Open Source Softw 2022;7:4251",
            status=Status.SECONDARY,
            reading="Parameters are drawn by fitting the model to bootstrap samples of subjects within arms, its "
            "approximate Bayesian method.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite reference_based_imputation` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceBasedImputation:
    """Differences between arms at each visit, had those who dropped out gone on as in the reference arm.

    Parameters
    ----------
    model
        Imputation model, with an arm; its first arm or ``reference`` is the reference arm. Its
        covariates are constant within a subject. Analysis: at each visit, linear regression on arm and
        covariates, limits at its ``level``.
    strategy
        From the visit after the last outcome seen on: ``jump_to_reference`` the reference arm's mean at
        once; ``copy_reference`` as if in the reference arm from the start; ``copy_increments_in_reference``
        keep the gain so far and change as the reference arm; ``missing_at_random`` stay in the own arm.
    imputations
        Completed data sets, at least 2.

    Notes
    -----
    Each imputation draws the model's parameters anew: the model is fitted to subjects drawn with
    replacement within arms. A sample whose fit does not converge is drawn again, and counted.
    Variance by Rubin's rules. Under reference-based assumptions it is not that of repeated trials, which is
    smaller: it keeps the share of information that the analysis of complete data would have.

    Source
    ------
    Carpenter, Roger & Kenward 2013; Rubin 1987; Barnard & Rubin 1999.

    Examples
    --------
    >>> from malar.repeated import MMRM
    >>> model = MMRM(outcome="change", covariates=("baseline",), reference="placebo")
    >>> ReferenceBasedImputation(model=model, strategy="jump_to_reference").imputations
    100
    """

    method: ClassVar[Method] = METHOD

    model: MMRM
    strategy: Strategy
    imputations: int = 100

    def __post_init__(self) -> None:
        if self.strategy not in get_args(Strategy):
            raise ParameterError(
                f"`strategy` is {self.strategy!r}.",
                "It decides what is assumed of those who left.",
                f"Use one of {', '.join(map(repr, get_args(Strategy)))}.",
            )
        if self.imputations < 2:
            raise ParameterError(
                f"`imputations` is {self.imputations}.", "Their spread is part of the variance.", "Use 100 or more."
            )
        if self.model.arm is None:
            raise ParameterError("`model` has no arm.", "There is no reference to borrow from.", "Name its column.")

    def fit(self, frame: Any, *, rng: np.random.Generator) -> ReferenceBasedResult:
        """Impute and analyze.

        Parameters
        ----------
        frame
            As for the model; subjects without any outcome need one row, with null.
        rng
            Random numbers; the same generator state gives the same result.

        Returns
        -------
        ReferenceBasedResult
            Completed data sets and their analysis.

        Raises
        ------
        MissingColumnsError, WrongTypeError, UndefinedError, ParameterError
            As `MMRM.fit`; besides, a covariate or arm that is null or varies within a subject, a single arm,
            or a model that converges in too few bootstrap samples.
        """
        from malar.repeated._imputing import imputed

        return imputed(self, frame, rng)
