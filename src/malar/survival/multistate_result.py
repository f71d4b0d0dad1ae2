"""What a fit of transition probabilities holds, and its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.results import results_table

if TYPE_CHECKING:
    import polars as pl

    from malar.survival.multistate import Multistate
    from malar.survival.state_occupancy_result import StateOccupancyResult

APPROACHES = {"aalen_johansen": "Markov", "landmark": "landmark: only those in the state on the day"}


@dataclass(frozen=True, slots=True, eq=False)
class MultistateResult:
    """Curves from one day on, by the state started from.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    fits
        State started from, and the probabilities of all states from there on.
    """

    spec: Multistate
    fits: Mapping[str, StateOccupancyResult]

    def curve(self) -> pl.DataFrame:
        """Every step, ready to draw: the columns of `at`."""
        return self._stack({given: fit.curve() for given, fit in self.fits.items()})

    def at(self, times: float | Sequence[float]) -> pl.DataFrame:
        """Transition probabilities to some days.

        Parameters
        ----------
        times
            Days on the histories' own scale, not before ``from_day``.

        Returns
        -------
        polars.DataFrame
            ``given, time, state, probability, se, lower, upper, at_risk``; of one ``given`` and time the
            probabilities sum to 1.
        """
        return self._stack({given: fit.at(times) for given, fit in self.fits.items()})

    def time_in_state(self, until: float) -> pl.DataFrame:
        """Mean time spent in each state from ``from_day`` until a day, by the state started from.

        Parameters
        ----------
        until
            Last day of the span.

        Returns
        -------
        polars.DataFrame
            ``given, state, until, days, se, lower, upper``; the days of one ``given`` sum to the span.

        Raises
        ------
        ParameterError
            ``until`` before ``from_day`` or not finite.
        UndefinedError
            ``until`` lies beyond the last observed day and some subjects could still change state.
        """
        return self._stack({given: fit.time_in_state(until) for given, fit in self.fits.items()})

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
            Days to report probabilities at; by default ``from_day`` and every transition time after it.
        until
            Days to report mean time in state until, as analysis ``time_in_state``.
        group, definition, population, denominator, note
            What the caller knows: the arm, the key of the states' definition, the analysis set, who counts, a
            remark.
        unit
            Unit of the times.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`malar.results.COLUMNS`, with ``given to state`` as ``term``.
        """
        said = (note, f"from day {self.spec.from_day:g}", APPROACHES[self.spec.approach])
        key, citation = self.spec.method.key, self.spec.method.source.cite()
        rows: list[dict[str, Any]] = []
        for given, fit in self.fits.items():
            table = fit.table(
                times, until, group=group, definition=definition, population=population, denominator=denominator,
                unit=unit, note="; ".join(filter(None, said)),
            )  # fmt: skip
            for row in table.iter_rows(named=True):
                term = given if row["term"] is None else f"{given} to {row['term']}"
                analysis = key if row["analysis"] == fit.spec.method.key else row["analysis"]
                rows.append(row | {"term": term, "analysis": analysis, "source": citation})
        return results_table(rows)

    @staticmethod
    def _stack(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        import polars as pl

        return pl.concat(frame.select(pl.lit(given).alias("given"), pl.all()) for given, frame in frames.items())
