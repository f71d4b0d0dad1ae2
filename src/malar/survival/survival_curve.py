"""One group's Kaplan-Meier curve as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from malar.survival._km_kernel import Steps

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCurve:
    """One group's curve: arrays of shape (k,) at the k distinct event and censoring times.

    Parameters
    ----------
    group
        Label of the group; None where there is one.
    n
        Rows read.
    origin
        Day the curve starts from: 0, or the first entry.
    variance
        Formula of the standard errors.
    steps
        Times, counts, estimate and standard error.
    lower, upper
        Pointwise confidence limits, NaN where undefined.
    """

    group: str | None
    n: int
    origin: float
    variance: str
    steps: Steps
    lower: Floats
    upper: Floats

    @property
    def time(self) -> Floats:
        """Distinct event and censoring times, days."""
        return self.steps.time

    @property
    def at_risk(self) -> Floats:
        """Sum of weights under observation just before each time."""
        return self.steps.at_risk

    @property
    def events(self) -> Floats:
        """Sum of weights with the event at each time."""
        return self.steps.events

    @property
    def censored(self) -> Floats:
        """Sum of weights censored at each time."""
        return self.steps.censored

    @property
    def survival(self) -> Floats:
        """Probability of no event up to and including each time."""
        return self.steps.survival

    @property
    def se(self) -> Floats:
        """Standard error of ``survival``."""
        return self.steps.se

    @property
    def cumulative_hazard(self) -> Floats:
        """Nelson-Aalen estimate at each time."""
        return self.steps.cumulative_hazard

    def at_risk_at(self, times: Floats) -> Floats:
        """Sum of weights with entry < t <= time, for each t; without delayed entry everybody at day 0."""
        import numpy as np

        place = np.searchsorted(self.time, times, side="left")
        if self.steps.entered.size == 0:
            return np.append(self.at_risk, 0.0)[place]
        entered = np.append(0.0, self.steps.entered)[np.searchsorted(self.steps.entry_time, times, side="left")]
        gone = np.append(0.0, np.cumsum(self.events + self.censored))[place]
        return np.maximum(entered - gone, 0.0)

    def origin_at_risk(self) -> float:
        """Sum of weights under observation right after the origin."""
        return float(self.steps.entered[0] if self.steps.entered.size else self.at_risk[0])

    def started_at(self, values: Floats, first: float, times: Floats) -> Floats:
        """A step function's value at each time: ``first`` before the first step."""
        import numpy as np

        return np.append(first, values)[np.searchsorted(self.time, times, side="right")]

    def quantile(self, p: float) -> tuple[float, float, float]:
        """Time by which a share ``p`` has had the event, with its limits; NaN where not reached."""
        from malar.survival._limits import crossing

        curves = (self.survival, self.lower, self.upper)
        estimate, lower, upper = (crossing(self.time, curve, 1.0 - p) for curve in curves)
        return estimate, lower, upper
