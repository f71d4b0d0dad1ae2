"""What a Kaplan-Meier fit holds, and the tables that are made of it when asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.errors import ParameterError, UnknownKeyError
from malar.survival._asked import finite_days

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival.kaplan_meier import KaplanMeier
    from malar.survival.survival_curve import SurvivalCurve

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class KaplanMeierResult:
    """Curves of all groups of one fit.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    curves
        One curve a group, in the order of the groups' values.
    """

    spec: KaplanMeier
    curves: tuple[SurvivalCurve, ...]

    def __getitem__(self, group: str | None) -> SurvivalCurve:
        """The curve of one group, by its label as text."""
        for curve in self.curves:
            if curve.group == group:
                return curve
        raise UnknownKeyError(
            f"There is no group {group!r}.",
            "Labels are text.",
            f"Groups are {', '.join(repr(curve.group) for curve in self.curves)}.",
        )

    def curve(self) -> pl.DataFrame:
        """Every step of every group, ready to draw.

        Returns
        -------
        polars.DataFrame
            ``group, time, at_risk, events, censored, survival, se, lower, upper``; the first row of a
            group is its origin: probability 1, everyone then under observation. Undefined = null.
        """
        return _stack(
            _frame(
                {
                    "group": [curve.group] * (curve.time.size + 1),
                    "time": _from(curve.origin, curve.time),
                    "at_risk": _from(curve.origin_at_risk(), curve.at_risk),
                    "events": _from(0.0, curve.events),
                    "censored": _from(0.0, curve.censored),
                    "survival": _from(1.0, curve.survival),
                    "se": _from(0.0, curve.se),
                    "lower": _from(1.0, curve.lower),
                    "upper": _from(1.0, curve.upper),
                }
            )
            for curve in self.curves
        )

    def at(self, times: float | Sequence[float]) -> pl.DataFrame:
        """Landmark estimates.

        Parameters
        ----------
        times
            Days from the start of the analysis, >= 0.

        Returns
        -------
        polars.DataFrame
            ``group, time, survival, se, lower, upper, at_risk, events``: the probability of no event up
            to and including the time; ``at_risk`` just before it; ``events`` up to and including it.
            Beyond a group's last time its last estimate is carried on, with ``at_risk`` 0; before its
            first time probability and limits are 1.
        """
        return _stack(self.landmarks(curve, times) for curve in self.curves)

    def landmarks(self, curve: SurvivalCurve, times: float | Sequence[float] | Floats) -> pl.DataFrame:
        """The rows of `at` for one curve."""
        import numpy as np

        wanted = finite_days(times)
        return _frame(
            {
                "group": [curve.group] * wanted.size,
                "time": wanted,
                "survival": curve.started_at(curve.survival, 1.0, wanted),
                "se": curve.started_at(curve.se, 0.0, wanted),
                "lower": curve.started_at(curve.lower, 1.0, wanted),
                "upper": curve.started_at(curve.upper, 1.0, wanted),
                "at_risk": curve.at_risk_at(wanted),
                "events": curve.started_at(np.cumsum(curve.events), 0.0, wanted),
            }
        )

    def at_risk_at(self, times: float | Sequence[float]) -> pl.DataFrame:
        """Numbers at risk just before some times: ``group, time, at_risk``, for the table under a figure."""
        return self.at(times).select("group", "time", "at_risk")

    def quantile(self, p: float | Sequence[float] = 0.5) -> pl.DataFrame:
        """Times by which a share of the subjects has had the event.

        Parameters
        ----------
        p
            Shares between 0 and 1; 0.5 is the median.

        Returns
        -------
        polars.DataFrame
            ``group, p, estimate, lower, upper`` in days; null = not reached. Limits by inversion of the
            pointwise limits (Brookmeyer-Crowley). A step exactly flat at the height gives its midpoint.
        """
        return _stack(self.quantiles(curve, p) for curve in self.curves)

    def quantiles(self, curve: SurvivalCurve, p: float | Sequence[float]) -> pl.DataFrame:
        """The rows of `quantile` for one curve."""
        shares = [p] if isinstance(p, (int, float)) else list(p)
        wrong = [share for share in shares if not 0.0 < share < 1.0]
        if wrong:
            raise ParameterError(f"`p` has {wrong[0]}.", "A share of subjects is meant.", "Use 0 < p < 1.")
        found = [curve.quantile(share) for share in shares]
        numbers = {name: [row[i] for row in found] for i, name in enumerate(("estimate", "lower", "upper"))}
        return _frame({"group": [curve.group] * len(shares), "p": shares, **numbers})

    def table(
        self,
        times: float | Sequence[float] | None = None,
        quantiles: Sequence[float] = (0.5,),
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
            Days to report; by default every event and censoring time.
        quantiles
            Shares to report as rows ``quantile p``, with the share in the column ``time``.
        definition, population, denominator, note
            What the caller knows: the event's definition, the analysis set, who counts, a remark.
        unit
            Unit of the times.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`malar.results.COLUMNS`; see `malar.results.results_table`.
        """
        from malar.survival.kaplan_meier_rows import rows

        labels = {"definition": definition, "population": population, "denominator": denominator}
        return rows(self, times, quantiles, labels=labels, unit=unit, note=note)


def _from(first: float, values: Floats) -> Floats:
    import numpy as np

    return np.append(first, values)


def _frame(columns: dict[str, Any]) -> pl.DataFrame:
    import polars as pl

    schema = {name: pl.String if name == "group" else pl.Float64 for name in columns}
    return pl.DataFrame(columns, schema=schema, strict=False).fill_nan(None)


def _stack(frames: Iterable[pl.DataFrame]) -> pl.DataFrame:
    import polars as pl

    return pl.concat(list(frames))
