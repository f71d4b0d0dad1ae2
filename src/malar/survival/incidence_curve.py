"""One group's cumulative incidences as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from malar.survival._limits import Interval, limits
from malar.survival._risk_kernel import at_risk_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.survival._incidence_kernel import Incidences

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A probability with its standard error at the K knots, shape (K,); NaN where undefined."""

    estimate: Floats
    se: Floats

    def at(self, knots: NDArray[np.int64] | slice, interval: Interval, level: float) -> tuple[Floats, ...]:
        """Estimate, standard error and limits at some knots."""
        estimate, se = self.estimate[knots], self.se[knots]
        return estimate, se, *limits(estimate, se, interval, level)


@dataclass(frozen=True, slots=True, eq=False)
class IncidenceCurve:
    """One group's curves at K knots: the origin, then every distinct event and censoring time.

    Parameters
    ----------
    group
        Label of the group; None where there is one.
    n
        Rows read.
    time
        Knots in days, shape (K,): the origin is 0, or the first entry.
    free
        Probability of no cause yet.
    incidence
        One band a cause, in the order of the result's causes.
    counts
        Subjects whose first event was of each cause.
    curves
        What the kernel found.
    """

    group: str | None
    n: int
    time: Floats
    free: Band
    incidence: tuple[Band, ...]
    counts: tuple[int, ...]
    curves: Incidences

    @property
    def last_day(self) -> float:
        """The last day on which anybody was observed."""
        return float(self.time[-1])

    def place(self, times: Floats) -> NDArray[np.int64] | slice:
        """The last knot at or before each time; the first knot before it."""
        if times is self.time:
            return slice(None)
        return np.maximum(np.searchsorted(self.time, times, side="right") - 1, 0)

    def at_risk_at(self, times: Floats) -> Floats:
        """Sum of weights event-free and under observation just before each time."""
        sets = self.curves.sets
        if times is self.time and sets.entry_time.size == 0:
            return np.append(sets.at_risk[0], sets.at_risk)
        return at_risk_at(sets, times)


def incidence_curve(
    group: str | None,
    curves: Incidences,
    variances: list[Floats],
    free_variance: Floats,
) -> IncidenceCurve:
    """Curves with the origin put before their first time."""

    def band(first: float, estimate: Floats, variance: Floats) -> Band:
        return Band(np.append(first, estimate), np.sqrt(np.append(0.0, variance)))

    entries = curves.sets.entry_time
    return IncidenceCurve(
        group=group,
        n=curves.rows.code.size,
        time=np.append(entries[0] if entries.size else 0.0, curves.sets.time),
        free=band(1.0, curves.free, free_variance),
        incidence=tuple(band(0.0, *pair) for pair in zip(curves.incidence, variances, strict=True)),
        counts=tuple(int(np.count_nonzero(curves.rows.code == cause + 1)) for cause in range(len(variances))),
        curves=curves,
    )
