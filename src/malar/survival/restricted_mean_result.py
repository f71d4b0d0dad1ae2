"""What a fit of restricted means holds, and its tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import erfc, exp, log, sqrt
from typing import TYPE_CHECKING, Any

from malar.results import results_table

if TYPE_CHECKING:
    import polars as pl

    from malar.survival.restricted_mean import RestrictedMean


@dataclass(frozen=True, slots=True)
class GroupMean:
    """One group's mean event-free days within the span.

    Parameters
    ----------
    group
        Label; None where there is one group.
    n
        Rows read.
    events
        Events within the span.
    origin
        Day the span starts: 0, or the first entry.
    days, se
        Mean and its standard error, which is also that of the time lost.
    """

    group: str | None
    n: int
    events: int
    origin: float
    days: float
    se: float


@dataclass(frozen=True, slots=True, eq=False)
class RestrictedMeanResult:
    """Restricted means of all groups of one fit.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    variance
        Formula of the standard errors.
    groups
        One mean a group, in the order of the groups' values.
    """

    spec: RestrictedMean
    variance: str
    groups: tuple[GroupMean, ...]

    def means(self) -> pl.DataFrame:
        """Mean days of each group.

        Returns
        -------
        polars.DataFrame
            ``group, until, days, se, lower, upper, days_lost, lost_lower, lost_upper``: plain limits, not
            cut at the span's ends, as survRM2 gives them.
        """
        import polars as pl

        rows: list[tuple[Any, ...]] = []
        for g in self.groups:
            margin, span = self._z() * g.se, self.spec.until - g.origin
            lost = span - g.days
            limits = (g.days - margin, g.days + margin)
            rows.append((g.group, self.spec.until, g.days, g.se, *limits, lost, lost - margin, lost + margin))
        names = ("until", "days", "se", "lower", "upper", "days_lost", "lost_lower", "lost_upper")
        return pl.DataFrame(rows, schema={"group": pl.String, **dict.fromkeys(names, pl.Float64)}, orient="row")

    def contrasts(self) -> pl.DataFrame:
        """Every other group against the reference; no rows without one.

        Returns
        -------
        polars.DataFrame
            ``group, comparator, term, estimate, se, lower, upper, z, p``; terms ``difference`` (days),
            ``ratio`` (of means) and ``ratio of days lost``. The ``se`` of a ratio is that of its logarithm;
            a ratio with a mean of 0 is null.
        """
        import polars as pl

        names = ("estimate", "se", "lower", "upper", "z", "p")
        schema = {"group": pl.String, "comparator": pl.String, "term": pl.String, **dict.fromkeys(names, pl.Float64)}
        return pl.DataFrame(list(self._contrasts()), schema=schema, orient="row")

    def table(
        self,
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
        definition, population, denominator, note
            What the caller knows: the event's definition, the analysis set, who counts, a remark.
        unit
            Unit of the times.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`malar.results.COLUMNS`: per group ``n``, ``events`` within the span, and terms
            ``mean`` and ``time lost``; then the contrasts with their comparator.
        """
        formula = "Greenwood variance" if self.variance == "greenwood" else "infinitesimal jackknife variance"
        common = {"analysis": self.spec.method.key, "source": self.spec.method.source.cite()}
        common |= {"definition": definition, "population": population, "denominator": denominator}
        common |= {"time": float(self.spec.until), "note": "; ".join(filter(None, (note, formula, "plain limits")))}
        rows: list[dict[str, Any]] = []
        for g, row in zip(self.groups, self.means().iter_rows(named=True), strict=True):
            mine = {"group": g.group}
            counts = {"n": float(g.n), "events": float(g.events)}
            rows += [mine | {"statistic": s, "value": v, "unit": "count"} for s, v in counts.items()]
            pairs = (
                ("mean", (row["days"], row["se"], row["lower"], row["upper"])),
                ("time lost", (row["days_lost"], row["se"], row["lost_lower"], row["lost_upper"])),
            )
            rows += [self._row(mine | {"term": t}, name, v, unit) for t, vs in pairs for name, v in _named(vs)]
        for row in self.contrasts().iter_rows(named=True):
            mine = {name: row[name] for name in ("group", "comparator", "term")}
            difference = row["term"] == "difference"
            if not difference:
                mine["note"] = "; ".join(filter(None, (note, formula, "limits and se on the log scale")))
            for name in ("estimate", "se", "lower", "upper", "z", "p"):
                rows.append(self._row(mine, name, row[name], unit if difference else "ratio"))
        return results_table(common | row for row in rows)

    def _row(self, mine: dict[str, Any], statistic: str, value: float | None, unit: str) -> dict[str, Any]:
        level = self.spec.level if statistic in ("lower", "upper") else None
        known = {"p": "probability", "z": None}
        return mine | {
            "statistic": statistic, "value": value, "level": level, "unit": known.get(statistic, unit),
        }  # fmt: skip

    def _contrasts(self) -> Iterator[tuple[Any, ...]]:
        if self.spec.reference is None:
            return
        base = next(g for g in self.groups if g.group == self.spec.reference)
        for g in self.groups:
            if g is base:
                continue
            labels, se = (g.group, base.group), sqrt(g.se**2 + base.se**2)
            difference = g.days - base.days
            margin = self._z() * se
            limits = (difference - margin, difference + margin)
            yield (*labels, "difference", difference, se, *limits, *_test(difference, se))
            yield (*labels, "ratio", *self._ratio((g.days, g.se), (base.days, base.se)))
            lost = [(self.spec.until - mean.origin - mean.days, mean.se) for mean in (g, base)]
            yield (*labels, "ratio of days lost", *self._ratio(*lost))

    def _ratio(self, ours: tuple[float, float], theirs: tuple[float, float]) -> tuple[float | None, ...]:
        if ours[0] <= 0.0 or theirs[0] <= 0.0:
            return (None,) * 6
        estimate = log(ours[0] / theirs[0])
        se = sqrt((ours[1] / ours[0]) ** 2 + (theirs[1] / theirs[0]) ** 2)
        margin = self._z() * se
        return exp(estimate), se, exp(estimate - margin), exp(estimate + margin), *_test(estimate, se)

    def _z(self) -> float:
        from malar.survival._limits import normal_quantile

        return normal_quantile(self.spec.level)


def _test(estimate: float, se: float) -> tuple[float | None, float | None]:
    """Standardized estimate and two-sided p; null without variance."""
    if se <= 0.0:
        return None, None
    z = estimate / se
    return z, erfc(abs(z) / sqrt(2.0))


def _named(values: tuple[float, float, float, float]) -> Iterator[tuple[str, float]]:
    return zip(("estimate", "se", "lower", "upper"), values, strict=True)
