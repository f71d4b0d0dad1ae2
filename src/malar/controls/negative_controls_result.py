"""Negative controls with their intervals, the systematic error they show, and an estimate calibrated by it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import bdtrc, ndtr, ndtri

from malar.errors import ParameterError, UndefinedError
from malar.results import results_table
from malar.synthesis import Pooling

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from malar.controls.effect import Effect
    from malar.controls.negative_controls import NegativeControls

    Floats = NDArray[np.float64]


def systematic_error(estimates: Floats, se: Floats) -> tuple[float, float]:
    """Mean and standard deviation of the errors by maximum likelihood; two controls or more."""
    names = tuple(map(str, range(estimates.size)))
    pooled = Pooling(measure="estimate", tau2="ML", limits="normal").pool(estimates, se**2, names)
    return pooled.estimate, sqrt(pooled.fitted.tau2)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """An estimate freed of the systematic error that negative controls show.

    Parameters
    ----------
    estimate, se, lower, upper, p
        After calibration.
    raw_estimate, raw_se, raw_lower, raw_upper, raw_p
        As it was, with limits from the normal distribution.
    """

    estimate: float
    se: float
    lower: float
    upper: float
    p: float
    raw_estimate: float
    raw_se: float
    raw_lower: float
    raw_upper: float
    raw_p: float


@dataclass(frozen=True, slots=True, eq=False)
class NegativeControlsResult:
    """What an analysis found where there is nothing to find.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    names
        Of the controls, in the order of the frame.
    estimates, ses
        Shape (controls,).
    unit
        Of the estimates, where it is known.
    mean, sd
        Of the systematic errors; NaN with one control.
    """

    spec: NegativeControls
    names: tuple[str, ...]
    estimates: Floats
    ses: Floats
    unit: str | None
    mean: float
    sd: float

    @property
    def excluding(self) -> tuple[str, ...]:
        """Controls whose interval excludes no effect: each is a sign of bias."""
        return tuple(name for name, p in zip(self.names, self._p(), strict=True) if p < 1.0 - self.spec.level)

    @property
    def p_excess(self) -> float:
        """Probability that so many intervals or more exclude no effect, were there no bias and controls independent."""
        count = len(self.excluding)
        return 1.0 if count == 0 else float(bdtrc(count - 1, len(self.names), 1.0 - self.spec.level))

    def rows(self) -> pl.DataFrame:
        """One row a control.

        Returns
        -------
        polars.DataFrame
            ``control, estimate, se, lower, upper, p``; ``excludes_none``; ``calibrated_p``, by the errors of the other
            controls, null with fewer than three.
        """
        import polars as pl

        half = float(ndtri(0.5 + self.spec.level / 2.0)) * self.ses
        limits = {"lower": self.estimates - half, "upper": self.estimates + half, "p": self._p()}
        columns = {"control": self.names, "estimate": self.estimates, "se": self.ses, **limits}
        frame = pl.DataFrame(columns).with_columns(excludes_none=pl.col("p") < 1.0 - self.spec.level)
        return frame.with_columns(calibrated_p=pl.Series(self._left_out(), dtype=pl.Float64))

    def calibrate(self, estimate: float, se: float) -> Calibrated:
        """An estimate less the mean error, as unsure as it was and as errors differ.

        Parameters
        ----------
        estimate, se
            Of the main analysis, in the unit of the controls.

        Raises
        ------
        UndefinedError
            There is one control only.
        ParameterError
            A standard error that is not above 0.

        Examples
        --------
        Sertraline and bleeding, as the vignette of EmpiricalCalibration prints it (0.839405):

        >>> from malar.controls import NegativeControls
        >>> null = NegativeControlsResult(NegativeControls(), (), np.empty(0), np.empty(0), None, 0.7920, 0.2835)
        >>> round(null.calibrate(0.7326235, 0.07371708).p, 3)
        0.839
        """
        if isnan(self.mean):
            raise UndefinedError(
                "There is one negative control.", "How errors differ cannot be told.", "Read it beside the estimate."
            )
        if not se > 0.0:
            raise ParameterError("The standard error is not above 0.", "A p-value needs one.")
        total, quantile = sqrt(se**2 + self.sd**2), float(ndtri(0.5 + self.spec.level / 2.0))
        own = estimate - self.mean
        raw = (estimate, se, estimate - quantile * se, estimate + quantile * se, _two_sided(estimate / se))
        return Calibrated(own, total, own - quantile * total, own + quantile * total, _two_sided(own / total), *raw)

    def calibrate_effect(self, effect: Effect) -> Calibrated:
        """The same of an effect; its unit must be that of the controls."""
        if self.unit is not None and effect.unit != self.unit:
            raise ParameterError(
                f"The effect is a {effect.unit}, the controls a {self.unit}.",
                "An error in one unit says nothing of an error in another.",
                "Use one kind of estimate throughout.",
            )
        return self.calibrate(effect.estimate, effect.se)

    def table(
        self, main: Effect | None = None, *, definition: str | None = None, population: str | None = None
    ) -> pl.DataFrame:
        """The table of results: every control, the systematic error, and the main effect before and after calibration.

        Parameters
        ----------
        main
            The effect that the controls stand beside.
        """
        method = self.spec.method
        common = {"analysis": method.key, "definition": definition, "population": population}
        common = {**common, "source": method.source.cite(), "note": self._note()}
        rows: list[dict[str, Any]] = []
        unit = self.unit or "effect"
        for row in self.rows().iter_rows(named=True):
            rows += self._told({**common, "term": row["control"]}, row, unit)
        if not isnan(self.mean):
            here = {**common, "statistic": "estimate", "unit": unit}
            rows.append({**here, "term": "systematic_error_mean", "value": self.mean})
            rows.append({**here, "term": "systematic_error_sd", "value": self.sd})
        if main is not None and not isnan(self.mean):
            found = self.calibrate_effect(main)
            keys = ("estimate", "se", "lower", "upper", "p")
            rows += self._told({**common, "term": "main"}, {key: getattr(found, f"raw_{key}") for key in keys}, unit)
            rows += self._told({**common, "term": "calibrated"}, {key: getattr(found, key) for key in keys}, unit)
        return results_table(rows)

    def _told(self, common: dict[str, Any], row: dict[str, Any], unit: str) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = []
        for name in ("estimate", "se", "lower", "upper", "p"):
            level = self.spec.level if name in ("lower", "upper") else None
            own = "probability" if name == "p" else unit
            told.append({**common, "statistic": name, "value": row[name], "level": level, "unit": own})
        return told

    def _note(self) -> str:
        count, k = len(self.excluding), len(self.names)
        words = f"{count} of {k} negative controls exclude no effect (p of so many without bias {self.p_excess:.2g})"
        return words + (
            "; mean and standard deviation of errors taken as known" if k > 1 else "; no calibration by one"
        )

    def _p(self) -> Floats:
        return 2.0 * ndtr(-np.abs(self.estimates / self.ses))

    def _left_out(self) -> list[float | None]:
        """Calibrated p of each control by the others."""
        k = len(self.names)
        if k < 3:
            return [None] * k
        found: list[float | None] = []
        for place in range(k):
            others = np.arange(k) != place
            mean, sd = systematic_error(self.estimates[others], self.ses[others])
            total = sqrt(float(self.ses[place]) ** 2 + sd**2)
            found.append(_two_sided((float(self.estimates[place]) - mean) / total))
        return found


def _two_sided(z: float) -> float:
    return float(2.0 * ndtr(-abs(z)))
