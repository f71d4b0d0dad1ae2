"""What a Nelson-Aalen fit holds, and the tables that are made of it when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.results import results_table, rows_of_estimates
from malar.survival._asked import finite_days

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival._risk_kernel import RiskSets
    from malar.survival.nelson_aalen import NelsonAalen

    Floats = NDArray[np.float64]

VARIANCES = {
    "aalen": "Aalen variance",
    "binomial": "binomial variance",
    "infinitesimal_jackknife": "infinitesimal jackknife variance",
}


@dataclass(frozen=True, slots=True, eq=False)
class HazardCurve:
    """One group's cumulative hazard: arrays of shape (k,) at the k distinct event and censoring times.

    Parameters
    ----------
    group
        Label of the group; None where there is one.
    n
        Rows read.
    variance
        Formula of the standard errors.
    sets
        Times and sums of weights at risk, with the event and censored.
    hazard, se, lower, upper
        Cumulative hazard, standard error and pointwise limits; NaN where undefined.
    """

    group: str | None
    n: int
    variance: str
    sets: RiskSets
    hazard: Floats
    se: Floats
    lower: Floats
    upper: Floats

    @property
    def time(self) -> Floats:
        """Distinct event and censoring times, days."""
        return self.sets.time

    def started_at(self, values: Floats, first: float, times: Floats) -> Floats:
        """A step function's value at each time: ``first`` before the first step."""
        import numpy as np

        return np.append(first, values)[np.searchsorted(self.time, times, side="right")]


@dataclass(frozen=True, slots=True, eq=False)
class NelsonAalenResult:
    """Cumulative hazards of all groups of one fit.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    curves
        One curve a group, in the order of the groups' values.
    """

    spec: NelsonAalen
    curves: tuple[HazardCurve, ...]

    def at(self, times: float | Sequence[float]) -> pl.DataFrame:
        """Cumulative hazards at some days.

        Parameters
        ----------
        times
            Days from the start of the analysis, >= 0.

        Returns
        -------
        polars.DataFrame
            ``group, time, hazard, se, lower, upper, events``: up to and including the time. Beyond a group's
            last time its last estimate is carried on. Undefined = null.
        """
        import polars as pl

        return pl.concat(self._landmarks(curve, finite_days(times)) for curve in self.curves)

    def table(
        self,
        times: float | Sequence[float] | None = None,
        *,
        definition: str | None = None,
        population: str | None = None,
        denominator: str | None = None,
        note: str | None = None,
    ) -> pl.DataFrame:
        """The table of results of this fit.

        Parameters
        ----------
        times
            Days to report; by default every event and censoring time.
        definition, population, denominator, note
            What the caller knows: the event's definition, the analysis set, who counts, a remark.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`malar.results.COLUMNS`: per group ``n``; per time ``estimate, se, lower, upper,
            events``.
        """
        labels = {"definition": definition, "population": population, "denominator": denominator}
        rows: list[dict[str, Any]] = []
        for curve in self.curves:
            formula = f"{VARIANCES[curve.variance]}; {self.spec.interval} limits"
            common = {"analysis": self.spec.method.key, "source": self.spec.method.source.cite(), **labels}
            common |= {"group": curve.group, "note": "; ".join(filter(None, (note, formula)))}
            wanted = curve.time if times is None else finite_days(times)
            rows.append({**common, "statistic": "n", "value": float(curve.n), "unit": "count"})
            rows += [{**common, **row} for row in self._numbers(self._landmarks(curve, wanted))]
        return results_table(rows)

    def _landmarks(self, curve: HazardCurve, wanted: Floats) -> pl.DataFrame:
        import numpy as np
        import polars as pl

        floats = {
            "time": wanted,
            "hazard": curve.started_at(curve.hazard, 0.0, wanted),
            "se": curve.started_at(curve.se, 0.0, wanted),
            "lower": curve.started_at(curve.lower, 0.0, wanted),
            "upper": curve.started_at(curve.upper, 0.0, wanted),
            "events": curve.started_at(np.cumsum(curve.sets.events), 0.0, wanted),
        }
        group = pl.lit(curve.group, dtype=pl.String).alias("group")
        return pl.DataFrame(floats).fill_nan(None).select(group, pl.all())

    def _numbers(self, frame: pl.DataFrame) -> list[dict[str, Any]]:
        others = ("se", "lower", "upper", "events")
        found = frame.iter_rows(named=True)
        return rows_of_estimates(found, "hazard", others, level=self.spec.level, unit="cumulative hazard")
