"""What a fit of mean numbers of events holds, and its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final

from malar.results import results_table, rows_of_estimates

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.method import Method
    from malar.responders._mean_cumulative_kernel import Curve

UNKNOWN: Final = dict.fromkeys(("mean", "se", "lower", "upper"))


@dataclass(frozen=True, slots=True, eq=False)
class MeanOfGroup:
    """One group's curve.

    Parameters
    ----------
    group
        Name; None where there is one.
    n, events, deaths
        Subjects, recurrent events and terminal events.
    ends
        Each subject's last day, in order, shape (n,).
    curve
        Its steps: ``time, mean, se, at_risk, events``, each of shape (k,).
    """

    group: str | None
    n: int
    events: int
    deaths: int
    ends: NDArray[np.float64]
    curve: Curve

    @property
    def last(self) -> float:
        """The last day anyone was observed."""
        return float(self.ends[-1])

    def at_risk(self, day: float) -> int:
        """Subjects observed just before a day."""
        return int(self.ends.size - self.ends.searchsorted(day, side="left"))


@dataclass(frozen=True, slots=True, eq=False)
class MeanCumulative:
    """Mean numbers of recurrent events by group.

    Parameters
    ----------
    method, level
        Name and sources of the estimator, and the confidence level of the limits.
    groups
        One curve a group.
    """

    method: Method
    level: float
    groups: tuple[MeanOfGroup, ...]

    def at(self, times: float | Sequence[float]) -> pl.DataFrame:
        """Mean number of events per patient by some days.

        Parameters
        ----------
        times
            Days from the start of the analysis.

        Returns
        -------
        polars.DataFrame
            ``group, time, mean, se, lower, upper, at_risk``. Null after the last day anyone was observed, and at
            risk is the number observed just before the day.
        """
        import polars as pl

        wanted = [float(times)] if isinstance(times, (int, float)) else [float(day) for day in times]
        rows = [row for one in self.groups for row in self._at(one, wanted)]
        numbers = dict.fromkeys(("time", "mean", "se", "lower", "upper"), pl.Float64)
        return pl.DataFrame(rows, schema={"group": pl.String, **numbers, "at_risk": pl.Int64})

    def _at(self, one: MeanOfGroup, times: list[float]) -> Iterator[dict[str, Any]]:
        import numpy as np

        z = NormalDist().inv_cdf(0.5 + self.level / 2)
        curve = one.curve
        for day in times:
            row: dict[str, Any] = {"group": one.group, "time": day, **UNKNOWN, "at_risk": 0}
            if day > one.last:
                yield row
                continue
            place = int(np.searchsorted(curve.time, day, side="right")) - 1
            mean, se = (float(part[place]) if place >= 0 else 0.0 for part in (curve.mean, curve.se))
            width = float(np.exp(z * se / mean)) if mean else None
            limits = {"lower": mean / width, "upper": mean * width} if width else {"lower": None, "upper": None}
            yield {**row, "mean": mean, "se": se, **limits, "at_risk": one.at_risk(day)}

    def table(
        self,
        times: float | Sequence[float] | None = None,
        *,
        definition: str | None = None,
        population: str | None = None,
        denominator: str | None = None,
        note: str = "",
    ) -> pl.DataFrame:
        """Rows of the table of results.

        Parameters
        ----------
        times
            Days to report; by default every day with an event.
        definition, population, denominator, note
            What the caller knows.

        Returns
        -------
        polars.DataFrame
            Per group: subjects, events and deaths, then ``estimate, se, lower, upper, at_risk`` by day.
        """
        labels = {"definition": definition, "population": population, "denominator": denominator}
        said = "; ".join(filter(None, (note, "variance of Ghosh and Lin", "log limits")))
        rows: list[dict[str, Any]] = []
        for one in self.groups:
            common = {"analysis": self.method.key, "source": self.method.source.cite(), "note": said, **labels}
            common["group"] = one.group
            for term, name, value in (
                (None, "n", one.n),
                ("recurrent", "events", one.events),
                ("terminal", "events", one.deaths),
            ):
                rows.append({**common, "term": term, "statistic": name, "value": float(value), "unit": "count"})
            wanted = [float(day) for day in one.curve.time] if times is None else times
            days = [float(wanted)] if isinstance(wanted, (int, float)) else [float(day) for day in wanted]
            found, others = self._at(one, days), ("se", "lower", "upper", "at_risk")
            numbers = rows_of_estimates(found, "mean", others, level=self.level, unit="events per patient")
            rows += [{**row, **common, "term": "recurrent"} for row in numbers]
        return results_table(rows)
