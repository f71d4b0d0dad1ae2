"""What a fit of cumulative incidences holds, and its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from malar.errors import ParameterError, UndefinedError
from malar.survival._asked import finite_days

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival.cumulative_incidence import CumulativeIncidence
    from malar.survival.incidence_curve import Band, IncidenceCurve

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeIncidenceResult:
    """Cumulative incidence of every cause, by group.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    causes
        Causes, in order.
    curves
        One set of curves a group, in the order of the groups' values.
    """

    spec: CumulativeIncidence
    causes: tuple[str, ...]
    curves: tuple[IncidenceCurve, ...]

    def curve(self) -> pl.DataFrame:
        """Every step of every group, ready to draw: the rows of `at` at the origin and every distinct time."""
        import polars as pl

        return pl.concat(self.landmarks(curve, curve.time) for curve in self.curves)

    def at(self, times: float | Sequence[float]) -> pl.DataFrame:
        """Incidence of every cause at some days.

        Parameters
        ----------
        times
            Days from the start of the analysis.

        Returns
        -------
        polars.DataFrame
            ``group, time, cause, incidence, se, lower, upper, at_risk``: the last is the number event-free and
            under observation just before the time. Beyond the last observed day the last values are carried on.
        """
        import polars as pl

        return pl.concat(self.landmarks(curve, times) for curve in self.curves)

    def event_free(self, times: float | Sequence[float]) -> pl.DataFrame:
        """Probability that no cause has come yet: ``group, time, probability, se, lower, upper, at_risk``."""
        import polars as pl

        wanted = finite_days(times)
        return pl.concat(
            _frame(self.spec, curve, wanted, {"probability": curve.free}).drop("term") for curve in self.curves
        )

    def time_lost(self, until: float) -> pl.DataFrame:
        """Mean time lost to each cause by a day: the area under its incidence.

        Parameters
        ----------
        until
            Last day of the span.

        Returns
        -------
        polars.DataFrame
            ``group, cause, until, days, se, lower, upper``: infinitesimal-jackknife standard error, plain
            limits within the span. With the mean event-free time the days sum to the span.

        Raises
        ------
        ParameterError
            ``until`` is not a positive number of days.
        UndefinedError
            ``until`` lies beyond a group's last observed day, and some of it were still event-free.
        """
        import polars as pl

        from malar.survival._incidence_kernel import time_lost
        from malar.survival._limits import normal_quantile

        z = normal_quantile(self.spec.level)
        rows: list[tuple[str | None, str, float, float, float, float, float]] = []
        for curve in self.curves:
            span = _span(curve, until)
            for number, cause in enumerate(self.causes, 1):
                days, variance = time_lost(curve.curves, number, until)
                se = variance**0.5
                rows.append((curve.group, cause, until, days, se, max(days - z * se, 0.0), min(days + z * se, span)))
        names = ("until", "days", "se", "lower", "upper")
        schema = {"group": pl.String, "cause": pl.String, **dict.fromkeys(names, pl.Float64)}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def table(
        self,
        times: float | Sequence[float] | None = None,
        until: Sequence[float] = (),
        *,
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
            Days to report incidences at; by default the origin and every day with an event.
        until
            Days to report mean time lost to each cause until, as analysis ``time_lost``.
        definition, population, denominator, note
            What the caller knows: the key of the outcome, the analysis set, who counts, a remark.
        unit
            Unit of the times.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`malar.results.COLUMNS`, with the cause as ``term``: subjects and events of the
            group, then ``estimate, se, lower, upper, at_risk`` per time and cause.
        """
        from malar.survival.cumulative_incidence_rows import rows

        labels = {"definition": definition, "population": population, "denominator": denominator}
        return rows(self, times, until, labels=labels, unit=unit, note=note)

    def landmarks(self, curve: IncidenceCurve, times: float | Sequence[float] | Floats) -> pl.DataFrame:
        """The rows of `at` for one group."""
        bands = dict(zip(self.causes, curve.incidence, strict=True))
        return _frame(self.spec, curve, finite_days(times), bands).rename({"term": "cause", "probability": "incidence"})


def _frame(spec: CumulativeIncidence, curve: IncidenceCurve, wanted: Floats, bands: dict[str, Band]) -> pl.DataFrame:
    """One row a time and band: ``group, time, term, probability, se, lower, upper, at_risk``."""
    import numpy as np
    import polars as pl

    knots, size = curve.place(wanted), len(bands)
    values = np.empty((4, wanted.size, size))
    for k, band in enumerate(bands.values()):
        values[:, :, k] = band.at(knots, spec.interval, spec.level)
    terms = pl.Series("term", list(bands), dtype=pl.String)
    named = dict(zip(("probability", "se", "lower", "upper"), values.reshape(4, -1), strict=True))
    columns = {
        "time": np.repeat(wanted, size),
        "term": terms[np.tile(np.arange(size, dtype=np.uint32), wanted.size)],
        **{name: pl.Series(name, numbers, nan_to_null=True) for name, numbers in named.items()},
        "at_risk": np.repeat(curve.at_risk_at(wanted), size),
    }
    group = pl.lit(curve.group, dtype=pl.String).alias("group")
    return pl.DataFrame(columns).select(group, pl.all())


def _span(curve: IncidenceCurve, until: float) -> float:
    """Length of the span from the origin to a day that the data determine."""
    first = float(curve.time[0])
    if not first < until < float("inf"):
        raise ParameterError(
            f"`until` is {until}.", "Time is lost within a span of days.", f"Use a day after {first:g}."
        )
    if until > curve.last_day and curve.free.estimate[-1] > 0.0:
        raise UndefinedError(
            f"Day {until:g} lies beyond the last observed day, {curve.last_day:g}.",
            "Some were still event-free then, and nobody knows what became of them.",
            f"Ask until day {curve.last_day:g} at most.",
        )
    return until - first
