"""Subjects rebuilt from a figure, and how well they give it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.results import results_table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival._guyot_kernel import Rebuilt
    from malar.survival.guyot import Guyot

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class GuyotResult:
    """One arm rebuilt.

    Parameters
    ----------
    spec
        How it was rebuilt.
    day, height
        The published curve as used: one height a day, falling.
    risk_day, counts
        Published numbers at risk.
    rebuilt
        Times and events of the rows, and their numbers at risk at ``risk_day``.
    """

    spec: Guyot
    day: Floats
    height: Floats
    risk_day: Floats
    counts: Floats
    rebuilt: Rebuilt

    @property
    def subjects(self) -> pl.DataFrame:
        """One row a subject: ``time`` in days, ``event``; ready for `KaplanMeier`, `LogRank` and the others."""
        import polars as pl

        return pl.DataFrame({"time": self.rebuilt.time, "event": self.rebuilt.event})

    def fit_of_curve(self) -> pl.DataFrame:
        """``time, published, rebuilt``: the event-free probability at every digitized day."""
        import polars as pl

        from malar.survival.kaplan_meier import KaplanMeier

        rebuilt = KaplanMeier().fit(self.subjects).at(self.day.tolist())["survival"]
        return pl.DataFrame({"time": self.day, "published": self.height, "rebuilt": rebuilt})

    def fit_of_risk(self) -> pl.DataFrame:
        """``time, published, rebuilt``: numbers at risk."""
        import polars as pl

        return pl.DataFrame(
            {"time": self.risk_day, "published": self.counts, "rebuilt": self.rebuilt.at_risk.astype(float)}
        )

    def table(
        self,
        *,
        group: str | None = None,
        definition: str | None = None,
        population: str | None = None,
        denominator: str | None = None,
        note: str | None = None,
    ) -> pl.DataFrame:
        """The table of results of this fit.

        Parameters
        ----------
        group, definition, population, denominator, note
            What the caller knows: the arm, the event's definition, the analysis set, who counts, a remark.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`malar.results.COLUMNS`: ``n, events, censored``; and as estimates the largest
            differences from the published curve and numbers at risk.
        """
        common = {"analysis": self.spec.method.key, "source": self.spec.method.source.cite(), "group": group}
        common |= {"definition": definition, "population": population, "denominator": denominator}
        total = "total of events given" if self.spec.events is not None else "total of events not given: a guess"
        common |= {"note": "; ".join(filter(None, (note, "rebuilt from a figure", total)))}
        events = int(self.rebuilt.event.sum())
        counts = {"n": self.rebuilt.time.size, "events": events, "censored": self.rebuilt.time.size - events}
        rows: list[dict[str, Any]] = [{"statistic": s, "value": float(v), "unit": "count"} for s, v in counts.items()]
        for term, frame, unit in (
            ("largest difference of curve", self.fit_of_curve(), "probability"),
            ("largest difference at risk", self.fit_of_risk(), "count"),
        ):
            worst = float((frame["published"] - frame["rebuilt"]).abs().to_numpy().max())
            rows.append({"term": term, "statistic": "estimate", "value": worst, "unit": unit})
        return results_table(common | row for row in rows)
