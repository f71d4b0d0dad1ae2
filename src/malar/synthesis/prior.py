"""A prior as a density: what it says, how many patients it is worth, and what data make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from scipy.optimize import brentq

from malar.errors import ParameterError, UndefinedError
from malar.results import results_table
from malar.synthesis._prior_kernel import (
    Scale,
    distribution,
    expected_local_information_ratio,
    natural,
    resample,
    unit_information,
)

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Kind = Literal["elir", "moment"]

MOST_POINTS: Final = 20001


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One part of a mixture: its weight, name, and density on the grid, which integrates to 1."""

    name: str
    weight: float
    density: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """A distribution of a logit, log rate or effect, as a mixture of densities on equidistant points.

    Parameters
    ----------
    scale
        ``logit`` (a probability), ``log`` (a rate) or ``identity`` (an effect).
    grid
        Points on that scale, equidistant, shape (g,).
    parts
        Parts of the mixture; weights sum to 1.
    unit
        Unit on the natural scale.
    unit_sd
        Standard deviation of one patient's outcome, for the effective sample size of an effect; NaN elsewhere.
    """

    scale: Scale
    grid: Floats
    parts: tuple[Part, ...]
    unit: str
    unit_sd: float = float("nan")

    @property
    def density(self) -> Floats:
        """Density on the grid's scale, shape (g,)."""
        return np.sum([part.weight * part.density for part in self.parts], axis=0)

    @property
    def values(self) -> Floats:
        """The grid's points on the natural scale, shape (g,)."""
        return natural(self.grid, self.scale)

    @property
    def mean(self) -> float:
        """Mean on the natural scale."""
        return self._over(self.values)

    @property
    def sd(self) -> float:
        """Standard deviation on the natural scale."""
        return float(np.sqrt(max(0.0, self._over((self.values - self.mean) ** 2))))

    def quantile(self, p: float) -> float:
        """The natural value below which lies a probability."""
        if not 0.0 < p < 1.0:
            raise ParameterError(f"`p` is {p}.", "It is a probability.", "Use e.g. 0.5.")
        below, total = distribution(self.grid, self.density)
        after = int(np.clip(np.searchsorted(total, p), 1, total.size - 1))
        ends = self.grid[after - 1], self.grid[after]
        at = brentq(lambda point: below(point) - p, *ends) if below(ends[0]) < p < below(ends[1]) else ends[1]
        return float(natural(np.array([at]), self.scale)[0])

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Equal-tailed interval on the natural scale."""
        return self.quantile((1.0 - level) / 2.0), self.quantile((1.0 + level) / 2.0)

    def below(self, value: float) -> float:
        """Probability of a lower natural value.

        Raises
        ------
        ParameterError
            A probability outside 0 to 1, or a rate that is not above 0.
        """
        if self.scale == "logit" and not 0.0 < value < 1.0:
            raise ParameterError(f"{value} is no probability between 0 and 1.", hint="Pass e.g. 0.3.")
        if self.scale == "log" and value <= 0.0:
            raise ParameterError(f"{value} is no rate above 0.", hint="Pass e.g. 0.3.")
        return distribution(self.grid, self.density)[0](_on(self.scale, value))

    def above(self, value: float) -> float:
        """Probability of a higher natural value."""
        return 1.0 - self.below(value)

    def effective_sample_size(self, kind: Kind = "elir") -> float:
        """How many patients (units of patient-time, for a rate) the prior is worth.

        Parameters
        ----------
        kind
            ``elir``: expected local-information ratio. ``moment``: patients of the beta, gamma or normal
            distribution with the prior's mean and standard deviation; too many or too few for a heavy-tailed
            mixture.

        Returns
        -------
        float
            NaN where the ratio rests on the outermost ends of so vague a prior, and no number is its worth.

        Raises
        ------
        UndefinedError
            Of an effect, without the standard deviation of one patient.
        """
        if self.scale == "identity" and not self.unit_sd > 0.0:
            raise UndefinedError(
                "What one patient tells of the effect is not known.",
                "An effect has no number of patients of its own.",
                "Give `unit_sd`, the standard deviation of one patient's outcome.",
            )
        if kind == "moment":
            mean, variance = self.mean, self.sd**2
            if self.scale == "logit":
                return mean * (1.0 - mean) / variance - 1.0
            return mean / variance if self.scale == "log" else self.unit_sd**2 / variance
        information = unit_information(self.grid, self.scale, self.unit_sd)
        return expected_local_information_ratio(self.grid, self.density, information)

    def robust(self, weight: float, *, mean: float | None = None, sd: float | None = None, size: float = 2.0) -> Prior:
        """Mix with a vague part, so that data which contradict the prior can set it aside.

        Parameters
        ----------
        weight
            Of the vague part, between 0 and 1.
        mean
            Of the vague part, natural scale; of a probability 0.5 by default.
        sd
            Of the vague part on the grid's scale, where it is a rate or an effect.
        size
            Of a probability: the vague part is a beta distribution worth that many patients; 2 and mean 0.5 is
            the uniform one.

        Returns
        -------
        Prior
            The mixture, on points that hold both.
        """
        if not 0.0 < weight < 1.0:
            raise ParameterError(f"`weight` is {weight}.", "It is the vague part's share.", "Use e.g. 0.2.")
        centre, reach, vague = self._vague(mean, sd, size)
        low, high = min(float(self.grid[0]), centre - reach), max(float(self.grid[-1]), centre + reach)
        fine = int((high - low) / float(self.grid[1] - self.grid[0])) + 1
        grid = np.linspace(low, high, max(min(MOST_POINTS, fine), self.grid.size))
        kept = [
            Part(one.name, (1.0 - weight) * one.weight, _unit(grid, resample(self.grid, one.density, grid)))
            for one in self.parts
        ]
        return replace(self, grid=grid, parts=(*kept, Part("vague", weight, _unit(grid, np.exp(vague(grid))))))

    def _vague(
        self, mean: float | None, sd: float | None, size: float
    ) -> tuple[float, float, Callable[[Floats], Floats]]:
        """Middle, reach and log density of the vague part on the grid's scale."""
        if self.scale == "logit":
            middle = 0.5 if mean is None else mean
            a, b = middle * size, (1.0 - middle) * size
            if not (a > 0.0 and b > 0.0):
                raise ParameterError("The vague part is no beta distribution.", hint="Use mean=0.5, size=2.")
            reach = 36.0 / min(a, b, 1.0)
            return _on("logit", middle), reach, lambda at: -a * np.logaddexp(0.0, -at) - b * np.logaddexp(0.0, at)
        if mean is None or sd is None or sd <= 0.0 or (self.scale == "log" and mean <= 0.0):
            raise ParameterError("The vague part of a rate or effect needs `mean` and `sd`.", hint="Name both.")
        centre = _on(self.scale, mean)
        return centre, 10.0 * sd, lambda at: -0.5 * ((at - centre) / sd) ** 2

    def update(self, events: float, size: float) -> Prior:
        """What counts of a new study make of the prior.

        Parameters
        ----------
        events
            Subjects with the event, or events.
        size
            Subjects, or patient-time.

        Raises
        ------
        ParameterError
            The prior is of an effect, or the counts are impossible.
        """
        if self.scale == "identity":
            raise ParameterError("Counts do not update an effect.", hint="Use `update_estimate`.")
        if not events >= 0.0 or size <= 0.0 or (self.scale == "logit" and events > size):
            raise ParameterError("The counts are impossible.", hint="events from 0 to size, size above 0.")
        if self.scale == "logit":
            ends = np.logaddexp(0.0, -self.grid), np.logaddexp(0.0, self.grid)
            return self._times(-events * ends[0] - (size - events) * ends[1])
        return self._times(events * self.grid - size * np.exp(self.grid))

    def update_estimate(self, estimate: float, se: float) -> Prior:
        """What an estimate on the grid's scale, with its standard error, makes of the prior."""
        if not se > 0.0:
            raise ParameterError("The standard error is not above 0.", hint="Pass the estimate's own.")
        return self._times(-0.5 * ((self.grid - estimate) / se) ** 2)

    def _times(self, log_likelihood: Floats) -> Prior:
        likelihood = np.exp(log_likelihood - log_likelihood.max())
        step = self.grid[1] - self.grid[0]
        heights = [part.density * likelihood for part in self.parts]
        areas = [part.weight * float(height.sum() * step) for part, height in zip(self.parts, heights, strict=True)]
        parts = [
            Part(part.name, area / sum(areas), _unit(self.grid, height))
            for part, height, area in zip(self.parts, heights, areas, strict=True)
            if area > 0.0
        ]
        return replace(self, parts=tuple(parts))

    def _over(self, values: Floats) -> float:
        density = self.density
        return float(density @ values / density.sum())

    def table(self, *, level: float = 0.95, **labels: Any) -> pl.DataFrame:
        """Rows of the table of results: mean, sd, median and limits, sample size, weights.

        Parameters
        ----------
        level
            Probability of the equal-tailed interval.
        labels
            Columns of the table, taken as they are.
        """
        from malar.synthesis._table import row

        common = {"analysis": "prior", "note": "", **labels}
        low, high = self.interval(level)
        rows = [
            row(common, "mean", "estimate", self.mean, self.unit),
            row(common, "mean", "se", self.sd, self.unit, "standard deviation of the prior"),
            row(common, "median", "estimate", self.quantile(0.5), self.unit),
            row(common, "median", "lower", low, self.unit, "equal-tailed interval", level),
            row(common, "median", "upper", high, self.unit, "equal-tailed interval", level),
        ]
        if self.scale != "identity" or self.unit_sd > 0.0:
            per = "patient-time" if self.scale == "log" else "patients"
            sizes: tuple[tuple[Kind, str], ...] = (
                ("elir", "expected local-information ratio"),
                ("moment", "by mean and standard deviation"),
            )
            rows += [
                row(common, f"effective_sample_size_{kind}", "n", self.effective_sample_size(kind), per, note)
                for kind, note in sizes
            ]
        rows += [row(common, f"weight: {part.name}", "estimate", part.weight, "probability") for part in self.parts]
        return results_table(rows)


def _on(scale: Scale, value: float) -> float:
    """A natural value on the grid's scale."""
    if scale == "identity":
        return value
    return float(np.log(value / (1.0 - value)) if scale == "logit" else np.log(value))


def _unit(grid: Floats, height: Floats) -> Floats:
    return height / (height.sum() * (grid[1] - grid[0]))
