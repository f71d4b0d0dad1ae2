"""What a fit of cumulative incidences holds, and its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.results import results_table
from malar.survival.cumulative_incidence import EVENT_FREE

if TYPE_CHECKING:
    import polars as pl

    from malar.survival.cumulative_incidence import CumulativeIncidence
    from malar.survival.state_occupancy_result import StateOccupancyResult


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeIncidenceResult:
    """Cumulative incidence of every cause, by group.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    causes
        Causes, in order.
    fits
        Group (None without groups) and its state occupancies: event-free, then the causes.
    counts
        Subjects whose first event was of each cause, group by group.
    """

    spec: CumulativeIncidence
    causes: tuple[str, ...]
    fits: tuple[tuple[str | None, StateOccupancyResult], ...]
    counts: tuple[Mapping[str, int], ...]

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

        return pl.concat(
            _causes_of(fit, times).select(pl.lit(label, dtype=pl.String).alias("group"), pl.all())
            for label, fit in self.fits
        )

    def event_free(self, times: float | Sequence[float]) -> pl.DataFrame:
        """Probability that no cause has come yet: ``group, time, probability, se, lower, upper, at_risk``."""
        import polars as pl

        return pl.concat(
            fit.at(times)
            .filter(state=EVENT_FREE)
            .drop("state")
            .select(pl.lit(label, dtype=pl.String).alias("group"), pl.all())
            for label, fit in self.fits
        )

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
            Days to report incidences at; by default the origin and every day with an event.
        definition, population, denominator, note
            What the caller knows: the key of the outcome, the analysis set, who counts, a remark.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`malar.results.COLUMNS`, with the cause as ``term``: subjects and events of the
            group, then ``estimate, se, lower, upper, at_risk`` per time and cause.
        """
        labels = {"definition": definition, "population": population, "denominator": denominator}
        said = "; ".join(filter(None, (note, "infinitesimal jackknife variance", f"{self.spec.interval} limits")))
        rows: list[dict[str, Any]] = []
        for (group, fit), counts in zip(self.fits, self.counts, strict=True):
            common = {"analysis": self.spec.method.key, "source": self.spec.method.source.cite(), **labels}
            common |= {"group": group, "note": said}
            rows.append({**common, "statistic": "n", "value": float(fit.n), "unit": "count"})
            rows += [
                {**common, "term": cause, "statistic": "events", "value": float(count), "unit": "count"}
                for cause, count in counts.items()
            ]
            wanted = [float(day) for day in fit.time] if times is None else times
            rows += [{**common, **row} for row in _numbers(_causes_of(fit, wanted), self.spec.level)]
        return results_table(rows)


def _causes_of(fit: StateOccupancyResult, times: float | Sequence[float]) -> pl.DataFrame:
    import polars as pl

    found = fit.at(times)
    free = found.filter(state=EVENT_FREE).select("time", at_risk="at_risk").unique("time", maintain_order=True)
    causes = found.filter(pl.col("state") != EVENT_FREE).drop("at_risk")
    return causes.join(free, on="time", how="left", maintain_order="left").rename(
        {"state": "cause", "probability": "incidence"}
    )


def _numbers(found: pl.DataFrame, level: float) -> list[dict[str, Any]]:
    return [
        {
            "term": row["cause"],
            "time": row["time"],
            "statistic": "estimate" if name == "incidence" else name,
            "value": row[name],
            "level": level if name in ("lower", "upper") else None,
            "unit": "count" if name == "at_risk" else "probability",
        }
        for row in found.iter_rows(named=True)
        for name in ("incidence", "se", "lower", "upper", "at_risk")
    ]
