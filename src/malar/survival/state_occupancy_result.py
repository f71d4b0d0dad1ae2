"""What a state-occupancy fit holds, and the tables that are made of it when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from malar.errors import ParameterError, UndefinedError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival._aj_kernel import Occupancy
    from malar.survival._stays import Stays
    from malar.survival.state_occupancy import StateOccupancy

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class StateOccupancyResult:
    """Occupation probabilities of all states of one fit; arrays of shape (knots, states).

    Parameters
    ----------
    spec
        The estimator that was fitted.
    stays
        The histories as they were read: sorted, adjoining rows of one state merged.
    occupancy
        Probabilities, areas and their variances at the origin and the transition times.
    se, lower, upper
        Standard errors and pointwise limits of the probabilities; NaN where undefined.
    """

    spec: StateOccupancy
    stays: Stays
    occupancy: Occupancy
    se: Floats
    lower: Floats
    upper: Floats

    @property
    def states(self) -> tuple[str, ...]:
        """The states, in the order of the columns of every array."""
        return self.stays.states

    @property
    def time(self) -> Floats:
        """Knots: the origin, then every transition time; shape (knots,), days."""
        return self.occupancy.time

    @property
    def probability(self) -> Floats:
        """Probability of each state from each knot on; rows sum to 1."""
        return self.occupancy.probability

    @property
    def n(self) -> int:
        """Subjects seen in at least one known state."""
        return self.stays.n_subjects

    @property
    def last_day(self) -> float:
        """The last day on which anybody was observed in a state that has an end."""
        import numpy as np

        stops = self.stays.stop[np.isfinite(self.stays.stop)]
        return float(stops.max()) if stops.size else float(self.time[0])

    def curve(self) -> pl.DataFrame:
        """Every step, ready to draw.

        Returns
        -------
        polars.DataFrame
            ``time, state, probability, se, lower, upper, at_risk``, one row a time and state: the origin,
            then every transition and every day on which someone is lost. Undefined = null.
        """
        import numpy as np

        lost = self.stays.stop[np.isfinite(self.stays.stop)]
        return self.at(np.unique(np.append(self.time, lost)))

    def at(self, times: float | Sequence[float] | Floats) -> pl.DataFrame:
        """Probabilities at some days.

        Parameters
        ----------
        times
            Days on the histories' own scale, not before the origin.

        Returns
        -------
        polars.DataFrame
            ``time, state, probability, se, lower, upper, at_risk``; ``at_risk`` is the number seen in the
            state just before the time (at the origin: on it). Beyond the last observed day the last
            probabilities are carried on.
        """
        import numpy as np
        import polars as pl

        from malar.survival._aj_kernel import at_risk

        wanted = self._days(times)
        knot = np.searchsorted(self.time, wanted, side="right") - 1
        columns = {
            "time": np.repeat(wanted, len(self.states)),
            "state": list(self.states) * wanted.size,
            "probability": self.probability[knot].ravel(),
            "se": self.se[knot].ravel(),
            "lower": self.lower[knot].ravel(),
            "upper": self.upper[knot].ravel(),
            "at_risk": at_risk(self.stays, wanted).ravel(),
        }
        return pl.DataFrame(columns).fill_nan(None)

    def time_in_state(self, until: float) -> pl.DataFrame:
        """Mean time spent in each state from the origin until a day.

        Parameters
        ----------
        until
            Last day of the span.

        Returns
        -------
        polars.DataFrame
            ``state, until, days, se, lower, upper``; days sum to the span. Plain limits, within the span.

        Raises
        ------
        ParameterError
            ``until`` before the origin or not finite.
        UndefinedError
            ``until`` lies beyond the last observed day and some subjects could still change state.
        """
        import numpy as np
        import polars as pl

        from malar.survival._limits import normal_quantile

        day = float(self._days(until)[0])
        self._refuse_beyond(day)
        days, se = self._mean_days(day)
        margin, span = normal_quantile(self.spec.level) * se, day - self.time[0]
        return pl.DataFrame(
            {
                "state": list(self.states),
                "until": np.full(days.size, day),
                "days": days,
                "se": se,
                "lower": np.maximum(days - margin, 0.0),
                "upper": np.minimum(days + margin, span),
            }
        )

    def table(
        self,
        times: float | Sequence[float] | None = None,
        until: Sequence[float] = (),
        *,
        group: str | None = None,
        definition: str | None = None,
        population: str | None = None,
        denominator: str | None = None,
        unit: str = "days",
        note: str | None = None,
    ) -> pl.DataFrame:
        """The table of results of this fit.

        Parameters
        ----------
        times
            Days to report probabilities at; by default the origin and every transition time.
        until
            Days to report mean time in state until, as analysis ``time_in_state``.
        group, definition, population, denominator, note
            What the caller knows: the arm, the key of the states' definition, the analysis set, who
            counts, a remark.
        unit
            Unit of the times.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`malar.results.COLUMNS`, with the state as ``term``.
        """
        from malar.survival.state_occupancy_rows import rows

        labels = {
            "group": group, "definition": definition, "population": population, "denominator": denominator,
        }  # fmt: skip
        days = self.time if times is None else self._days(times)
        return rows(self, days, until, labels=labels, unit=unit, note=note)

    def _days(self, times: float | Sequence[float] | Floats) -> Floats:
        import numpy as np

        wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
        if not bool(np.all(np.isfinite(wanted) & (wanted >= self.time[0]))):
            raise ParameterError(
                f"A time is before the origin (day {self.time[0]:g}) or not finite.",
                "Nobody was observed then.",
                f"Use days from {self.time[0]:g} on.",
            )
        return wanted

    def _mean_days(self, day: float) -> tuple[Floats, Floats]:
        """Area under each state's curve until a day, and its standard error."""
        import numpy as np

        curve = self.occupancy
        knot = int(np.searchsorted(self.time, day, side="right")) - 1
        rest = day - self.time[knot]
        days = curve.area[knot] + rest * curve.probability[knot]
        variance = curve.area_variance[knot] + rest * (2.0 * curve.area_covariance[knot] + rest * curve.variance[knot])
        return days, np.sqrt(np.maximum(variance, 0.0))

    def _refuse_beyond(self, day: float) -> None:
        import numpy as np

        left = np.unique(self.stays.state[self.stays.following >= 0])
        undecided = float(self.probability[-1][left].sum()) > 1e-12
        if day > self.last_day and undecided:
            raise UndefinedError(
                f"Day {day:g} lies beyond the last observed day, {self.last_day:g}.",
                "Nobody was there to see who changed state.",
                f"Ask until day {self.last_day:g} at most.",
            )
