"""A Kaplan-Meier fit as rows of the table of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from malar.results import results_table, rows_of_estimates

if TYPE_CHECKING:
    import polars as pl

    from malar.survival.kaplan_meier_result import KaplanMeierResult, SurvivalCurve


def rows(
    result: KaplanMeierResult,
    times: float | Sequence[float] | None,
    quantiles: Sequence[float],
    *,
    labels: Mapping[str, str | None],
    unit: str,
    note: str | None,
) -> pl.DataFrame:
    """Counts, landmark estimates and quantiles of every group, in the columns of the table of results.

    Parameters
    ----------
    result
        The fit.
    times, quantiles, labels, unit, note
        As in `KaplanMeierResult.table`.

    Returns
    -------
    polars.DataFrame
        Per group: ``n`` and ``events``; per time ``estimate, se, lower, upper, at_risk, events`` (up to
        and including the time); per quantile ``estimate, lower, upper``.
    """
    found: list[dict[str, Any]] = []
    for curve in result.curves:
        common = {
            "analysis": result.spec.method.key,
            "group": curve.group,
            "source": result.spec.method.source.cite(),
            "note": "; ".join(filter(None, (note, _formula(result, curve)))),
            **labels,
        }
        found += [common | row for row in _counts(curve)]
        found += [common | row for row in _landmarks(result, curve, times)]
        found += [common | row for row in _quantiles(result, curve, quantiles, unit)]
    return results_table(found)


def _formula(result: KaplanMeierResult, curve: SurvivalCurve) -> str:
    weighted = "; counts are sums of weights" if result.spec.weight else ""
    variance = {"greenwood": "Greenwood variance"}.get(curve.variance, "infinitesimal jackknife variance")
    return f"{variance}; {result.spec.interval} limits{weighted}"


def _counts(curve: SurvivalCurve) -> list[dict[str, Any]]:
    return [
        {"statistic": "n", "value": float(curve.n), "unit": "count"},
        {"statistic": "events", "value": float(curve.events.sum()), "unit": "count"},
    ]


def _landmarks(
    result: KaplanMeierResult, curve: SurvivalCurve, times: float | Sequence[float] | None
) -> list[dict[str, Any]]:
    frame = result.landmarks(curve, curve.time if times is None else times)
    found, others = frame.iter_rows(named=True), ("se", "lower", "upper", "at_risk", "events")
    return rows_of_estimates(found, "survival", others, level=result.spec.level, unit="probability")


def _quantiles(
    result: KaplanMeierResult, curve: SurvivalCurve, quantiles: Sequence[float], unit: str
) -> list[dict[str, Any]]:
    return [
        {
            "term": f"quantile {row['p']:g}",
            "time": row["p"],
            "statistic": name,
            "value": row[name],
            "level": None if name == "estimate" else result.spec.level,
            "unit": unit,
        }
        for row in result.quantiles(curve, quantiles).iter_rows(named=True)
        for name in ("estimate", "lower", "upper")
    ]
