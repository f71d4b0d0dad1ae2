"""Two strategies after cloning: curves, differences at the horizon, and what the weights did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from malar.errors import ParameterError
from malar.results import results_table

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from malar.controls._clone_fit import Fitted
    from malar.controls.clone_censor_weight import CloneCensorWeight

    Floats = NDArray[np.float64]

STRATEGIES: Final = ("treated", "control")
"""The two strategies: begin treatment within the grace period, and standard therapy only."""


@dataclass(frozen=True, slots=True, eq=False)
class CloneCensorWeightResult:
    """Both strategies' curves with what they were made of.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    fitted
        Clones, weights, curves and bootstrap samples.
    """

    spec: CloneCensorWeight
    fitted: Fitted

    @property
    def causes(self) -> tuple[str, ...]:
        """Names of the events; ``event`` where there is one kind."""
        return self.fitted.cohort.causes

    def at(self, times: Sequence[float]) -> pl.DataFrame:
        """Probability of no event by some days under each strategy.

        Parameters
        ----------
        times
            Days from time zero, 0 to the horizon.

        Returns
        -------
        polars.DataFrame
            Columns ``strategy, time, event_free, lower, upper``; limits are null without bootstrap samples.

        Raises
        ------
        ParameterError
            A day outside 0 to the horizon.
        """
        import polars as pl

        days = self._within(times)
        found = self.fitted.samples
        parts: list[pl.DataFrame] = []
        for number, name in enumerate(STRATEGIES):
            columns = self._limited(self.fitted.curves[number].free, None if found is None else found.free[:, number])
            values = {key: self._on(column, days, 1.0) for key, column in columns.items()}
            free = values.pop("estimate")
            parts.append(pl.DataFrame({"strategy": [name] * days.size, "time": days, "event_free": free, **values}))
        return pl.concat(parts).fill_nan(None)

    def curve(self) -> pl.DataFrame:
        """The curves for `malar.reports.figures.kaplan_meier.draw_kaplan_meier`.

        Returns
        -------
        polars.DataFrame
            One row a strategy and day on which a clone leaves: ``group, time, survival, lower, upper``, and clones,
            not weighted, ``at_risk``, ``events`` and ``censored`` (artificially or not).
        """
        import polars as pl

        parts: list[pl.DataFrame] = []
        for name, strategy in zip(STRATEGIES, self.fitted.strategies, strict=True):
            last = strategy.clones.last
            days, place = np.unique(strategy.clones.exit[last], return_inverse=True)
            happened = strategy.clones.code[last] > 0
            left = np.bincount(place)
            events = np.bincount(place, weights=happened).astype(np.int64)
            counts = {"at_risk": left[::-1].cumsum()[::-1], "events": events, "censored": left - events}
            own = self.at(days.tolist()).filter(pl.col("strategy") == name)
            own = own.rename({"strategy": "group", "event_free": "survival"})
            parts.append(own.with_columns(pl.Series(key, values) for key, values in counts.items()))
        return pl.concat(parts)

    def risk(self, times: Sequence[float]) -> pl.DataFrame:
        """Clones at risk and events so far, not weighted, on some days: ``group, time, at_risk, events``."""
        import polars as pl

        days = self._within(times)
        parts: list[pl.DataFrame] = []
        for name, strategy in zip(STRATEGIES, self.fitted.strategies, strict=True):
            last = strategy.clones.last
            stop, happened = strategy.clones.exit[last], strategy.clones.code[last] > 0
            at_risk = [int((stop >= day).sum()) for day in days]
            events = [int((happened & (stop <= day)).sum()) for day in days]
            parts.append(pl.DataFrame({"group": name, "time": days, "at_risk": at_risk, "events": events}))
        return pl.concat(parts)

    def incidence_at(self, times: Sequence[float]) -> pl.DataFrame:
        """Cumulative incidence of each cause by some days: ``strategy, cause, time, incidence, lower, upper``."""
        import polars as pl

        days = self._within(times)
        found = self.fitted.samples
        parts: list[pl.DataFrame] = []
        for number, name in enumerate(STRATEGIES):
            for place, cause in enumerate(self.causes):
                drawn = None if found is None else found.incidence[:, number, place]
                columns = self._limited(self.fitted.curves[number].incidence[place], drawn)
                values = {key: self._on(column, days, 0.0) for key, column in columns.items()}
                who = {"strategy": [name] * days.size, "cause": [cause] * days.size, "time": days}
                parts.append(pl.DataFrame({**who, "incidence": values.pop("estimate"), **values}))
        return pl.concat(parts).fill_nan(None)

    def contrasts(self) -> pl.DataFrame:
        """Treated minus control at the horizon.

        Returns
        -------
        polars.DataFrame
            One row a term, ``event_free`` (probability), ``restricted_mean`` (days without event up to the horizon)
            and, with causes, the incidence of each: ``term, unit, treated, control, difference, se, lower, upper``.
            Standard errors and limits are null without bootstrap samples.
        """
        import polars as pl

        found, curves = self.fitted.samples, self.fitted.curves
        terms: list[tuple[str, str, Floats, Floats | None]] = [
            ("event_free", "probability", np.array([one.free[-1] for one in curves]),
             None if found is None else found.free[:, :, -1]),
            ("restricted_mean", "days", np.array([one.mean for one in curves]),
             None if found is None else found.mean),
        ]  # fmt: skip
        for place, cause in enumerate(self.causes if self.spec.cause else ()):
            drawn = None if found is None else found.incidence[:, :, place, -1]
            terms.append((cause, "probability", np.array([one.incidence[place, -1] for one in curves]), drawn))
        rows: list[dict[str, Any]] = []
        for term, unit, both, drawn in terms:
            apart = None if drawn is None else (drawn[:, 0] - drawn[:, 1])[:, None]
            limits = self._limited(np.array([both[0] - both[1]]), apart)
            se = None if apart is None or len(apart) < 2 else float(apart.std(ddof=1))
            numbers = {"difference": limits["estimate"][0], "se": se, "lower": limits["lower"][0]}
            who = {"term": term, "unit": unit, "treated": both[0], "control": both[1]}
            rows.append({**who, **numbers, "upper": limits["upper"][0]})
        return pl.DataFrame(rows, schema_overrides={"se": pl.Float64}).fill_nan(None)

    def clones(self) -> pl.DataFrame:
        """One row a clone and interval, for any estimator that takes ``entry`` and ``weight``.

        Returns
        -------
        polars.DataFrame
            Columns ``strategy``, the subject, ``interval``, ``entry``, ``time`` (the span is (entry, time]),
            ``event`` or the cause (null: none), ``censored_artificially``, ``weight``.
        """
        import polars as pl

        names = pl.Series([None, *self.causes], dtype=pl.String)
        parts: list[pl.DataFrame] = []
        for name, strategy, weight in zip(STRATEGIES, self.fitted.strategies, self.fitted.weights, strict=True):
            own = strategy.clones
            happened = {self.spec.cause: names[own.code.tolist()]} if self.spec.cause else {"event": own.code > 0}
            who = {"strategy": [name] * weight.size, self.spec.subject: self._labels(own.subject)}
            spans = {"interval": own.interval, "entry": own.entry, "time": own.exit}
            rest = {"censored_artificially": own.censored, "weight": weight}
            parts.append(pl.DataFrame({**who, **spans, **happened, **rest}))
        return pl.concat(parts)

    def weights(self) -> pl.DataFrame:
        """What weighting did, one row a strategy.

        Returns
        -------
        polars.DataFrame
            ``strategy``; ``subjects``; ``events``; ``censored_artificially``; ``at_horizon``, clones still followed
            there; ``effective``, how many their weights are worth, ``(sum w)^2 / sum w^2``; ``mean_weight`` and
            ``largest_weight`` of them.
        """
        import polars as pl

        rows: list[dict[str, Any]] = []
        for name, strategy, weight in zip(STRATEGIES, self.fitted.strategies, self.fitted.weights, strict=True):
            own = strategy.clones
            there = weight[own.exit >= self.spec.horizon]
            counts = {"events": int((own.code > 0).sum()), "censored_artificially": int(own.censored.sum())}
            worth = float(there.sum() ** 2 / (there @ there)) if there.size else 0.0
            size = {"mean_weight": float(there.mean()), "largest_weight": float(there.max())} if there.size else {}
            first = {"strategy": name, "subjects": self.fitted.cohort.labels.len(), **counts}
            rows.append({**first, "at_horizon": there.size, "effective": worth, **size})
        return pl.DataFrame(rows)

    def table(self, *, definition: str | None = None, population: str | None = None) -> pl.DataFrame:
        """The table of results: counts, both strategies and their differences at the horizon."""
        method, note = self.spec.method, self._note()
        common = {"analysis": method.key, "definition": definition, "population": population}
        common = {**common, "time": float(self.spec.horizon), "source": method.source.cite(), "note": note}
        rows: list[dict[str, Any]] = []
        for row in self.weights().iter_rows(named=True):
            here = {**common, "group": row["strategy"], "unit": "count"}
            rows += [
                {**here, "statistic": "n", "value": float(row["subjects"])},
                {**here, "statistic": "events", "value": float(row["events"])},
                {**here, "statistic": "censored", "value": float(row["censored_artificially"])},
                {**here, "term": "effective", "statistic": "n", "value": row["effective"]},
            ]
        for row in self.contrasts().iter_rows(named=True):
            here = {**common, "term": row["term"], "unit": row["unit"]}
            rows += [{**here, "group": name, "statistic": "estimate", "value": row[name]} for name in STRATEGIES]
            for statistic, key in (("estimate", "difference"), ("se", "se"), ("lower", "lower"), ("upper", "upper")):
                level = self.spec.level if statistic in ("lower", "upper") else None
                told = {"group": "treated", "comparator": "control", "statistic": statistic, "value": row[key]}
                rows.append({**here, **told, "level": level})
        return results_table(rows)

    def _note(self) -> str:
        spec, found = self.spec, self.fitted.samples
        words = f"treatment within {spec.grace_days:g} days against {spec.untreated.replace('_', ' ')}"
        words += f"; intervals of {spec.interval_days:g} days; in for the untreated: {spec.stand_in.replace('_', ' ')}"
        if found is None:
            return f"{words}; no limits: no samples were drawn"
        return f"{words}; limits from {spec.resamples} samples of subjects, {found.undefined} undefined"

    def _labels(self, subject: NDArray[np.intp]) -> pl.Series:
        return self.fitted.cohort.labels[subject.tolist()]

    def _within(self, times: Sequence[float]) -> Floats:
        days = np.asarray(times, dtype=np.float64)
        outside = int((~((days >= 0.0) & (days <= self.spec.horizon))).sum())
        if outside:
            raise ParameterError(
                f"{outside} days lie outside 0 to {self.spec.horizon:g}.", "Nothing was estimated there."
            )
        return days

    def _on(self, values: Floats, days: Floats, first: float) -> Floats:
        """A step function's value on each day."""
        return np.append(first, values)[np.searchsorted(self.fitted.days, days, side="right")]

    def _limited(self, estimate: Floats, drawn: Floats | None) -> dict[str, Floats]:
        """The estimate with percentiles of its samples, NaN where there are fewer than two."""
        if drawn is None or len(drawn) < 2:
            nothing = np.full(estimate.size, np.nan)
            return {"estimate": estimate, "lower": nothing, "upper": nothing}
        tail = (1.0 - self.spec.level) / 2.0
        lower, upper = np.quantile(drawn, [tail, 1.0 - tail], axis=0)
        return {"estimate": estimate, "lower": lower, "upper": upper}
