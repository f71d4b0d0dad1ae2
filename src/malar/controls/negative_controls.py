"""Negative controls: the same analysis where the truth is no effect, and what it finds there all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.controls import _columns
from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.sources import Source, Status

if TYPE_CHECKING:
    from malar.controls.effect import Effect
    from malar.controls.negative_controls_result import NegativeControlsResult

METHOD: Final = Method(
    key="negative_controls",
    title="Negative controls: systematic error, calibrated estimate, interval and p",
    source=Source(
        "Lipsitch M, Tchetgen Tchetgen E, Cohen T. Negative controls: a tool for detecting confounding and bias in "
        "observational studies. Epidemiology 2010;21:383-8",
        status=Status.SECONDARY,
    ),
    also=(
        Source(
            "Schuemie MJ, Ryan PB, DuMouchel W, Suchard MA, Madigan D. Interpreting observational studies: why "
            "empirical calibration is needed to correct p-values. Stat Med 2014;33:209-18",
            status=Status.SECONDARY,
            reading="Systematic errors are normal with a mean and a standard deviation, found by maximum likelihood "
            "and taken as known.",
        ),
        Source(
            "Schuemie MJ, Hripcsak G, Ryan PB, Madigan D, Suchard MA. Empirical confidence interval calibration for "
            "population-level effect estimation studies in observational healthcare data. Proc Natl Acad Sci USA "
            "2018;115:2571-7",
            status=Status.SECONDARY,
            reading="Without positive controls: the error is taken to be the same whatever the true effect.",
        ),
        Source(
            "Viechtbauer W. Conducting meta-analyses in R with the metafor package. J Stat Softw 2010;36(3)",
            status=Status.SECONDARY,
            reading="Its random-effects model fitted by ML has the same likelihood.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite negative_controls` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativeControls:
    """Learn the error of an analysis from outcomes, or exposures, of which the effect is known to be none.

    Parameters
    ----------
    name
        Column: the negative control, each once.
    estimate
        Column of estimates on a scale on which no effect is 0: a log ratio, a difference.
    se
        Column of their standard errors, > 0.
    level
        Confidence level.

    Notes
    -----
    A negative-control outcome is one that treatment cannot change but that confounding would (a fracture, a visit to
    the dentist, SLEDAI before treatment); a negative-control exposure is one that cannot change the outcome. One whose
    interval excludes 0 flags bias. Several tell its size: estimates are normal about errors, and errors
    normal with mean mu and standard deviation sigma, so that ``y ~ N(mu, sigma^2 + se^2)``; mu and sigma by
    maximum likelihood, taken as known. Then ``z = (y - mu) / sqrt(se^2 + sigma^2)`` gives the calibrated p, and
    ``y - mu -+ z sqrt(se^2 + sigma^2)`` the calibrated limits. All estimates must be in one unit. With few controls
    mu and sigma are hardly known: look at the leave-one-out p, which should be spread evenly.

    Source
    ------
    Lipsitch et al. 2010; Schuemie et al. 2014, 2018; agrees with R metafor 3.8-1 (method ML).

    Examples
    --------
    >>> import polars as pl
    >>> controls = pl.DataFrame({
    ...     "control": ["fracture", "cataract", "dental abscess", "appendicitis"],
    ...     "estimate": [0.42, 0.10, 0.31, 0.25], "se": [0.15, 0.20, 0.14, 0.30],
    ... })
    >>> found = NegativeControls().fit(controls)
    >>> found.excluding, round(found.mean, 3), round(found.sd, 3)
    (('fracture', 'dental abscess'), 0.302, 0.0)
    >>> calibrated = found.calibrate(0.55, 0.18)
    >>> round(calibrated.estimate, 3), round(calibrated.p, 3), round(calibrated.raw_p, 3)
    (0.248, 0.169, 0.002)
    """

    method: ClassVar[Method] = METHOD

    name: str = "control"
    estimate: str = "estimate"
    se: str = "se"
    level: float = 0.95

    def __post_init__(self) -> None:
        _columns.confidence(self.level)

    def fit(self, frame: Any) -> NegativeControlsResult:
        """Estimate the systematic error.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a negative control.

        Returns
        -------
        NegativeControlsResult
            The controls with their intervals; with two or more, the distribution of systematic error.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        UndefinedError
            No rows, or nulls.
        ParameterError
            A standard error that is not above 0, or a control named twice.
        """
        rows = _columns.take(frame, [self.name, self.estimate, self.se], "Calibration by negative controls")
        _columns.never_null(rows, [self.name])
        numbered = rows[self.name].dtype.is_integer()
        names = tuple(str(name) for name in (rows[self.name] if numbered else _columns.words(rows, self.name)))
        return self._fit(names, _columns.numbers(rows, self.estimate), _columns.numbers(rows, self.se), None)

    def fit_effects(self, effects: Mapping[str, Effect]) -> NegativeControlsResult:
        """The same from effects as `MatchedEffect` and weighted samples give them.

        Parameters
        ----------
        effects
            Name of each negative control to the effect that the main analysis found on it.

        Raises
        ------
        UndefinedError
            No effects.
        ParameterError
            Effects in several units, or with a standard error of 0.
        """
        import numpy as np

        if not effects:
            raise UndefinedError("No negative controls are given.", "Nothing tells the error.", "Pass one or more.")
        units = {one.unit for one in effects.values()}
        if len(units) > 1:
            raise ParameterError(
                f"The effects are in {len(units)} units: {', '.join(sorted(units))}.",
                "An error in one unit says nothing of an error in another.",
                "Use one kind of estimate throughout.",
            )
        estimates = np.array([one.estimate for one in effects.values()])
        return self._fit(tuple(effects), estimates, np.array([one.se for one in effects.values()]), units.pop())

    def _fit(self, names: tuple[str, ...], estimates: Any, se: Any, unit: str | None) -> NegativeControlsResult:
        from malar.controls.negative_controls_result import NegativeControlsResult, systematic_error

        wrong = int((se <= 0.0).sum())
        if wrong or len(set(names)) < len(names):
            raise ParameterError(
                f"{wrong} standard errors are not above 0, and {len(names) - len(set(names))} names are repeated.",
                "Each control counts once, as far as it is sure.",
                "Leave out controls without events in an arm, and say how many.",
            )
        mean, sd = systematic_error(estimates, se) if len(names) > 1 else (float("nan"), float("nan"))
        return NegativeControlsResult(self, names, estimates, se, unit, mean, sd)
