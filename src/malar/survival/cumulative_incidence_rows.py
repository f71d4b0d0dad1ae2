"""A fit of cumulative incidences as rows of the table of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from malar.results import results_table, rows_of_estimates

if TYPE_CHECKING:
    import polars as pl

    from malar.survival.cumulative_incidence_result import CumulativeIncidenceResult, IncidenceCurve

VARIANCES = {"infinitesimal_jackknife": "infinitesimal jackknife variance", "aalen": "Aalen variance"}


def rows(
    result: CumulativeIncidenceResult,
    times: float | Sequence[float] | None,
    until: Sequence[float],
    *,
    labels: Mapping[str, str | None],
    unit: str,
    note: str | None,
) -> pl.DataFrame:
    """Counts, incidences and mean times lost, in the columns of the table of results.

    Parameters
    ----------
    result
        The fit.
    times, until, labels, unit, note
        As in `CumulativeIncidenceResult.table`.

    Returns
    -------
    polars.DataFrame
        Per group ``n`` and ``events`` per cause; per time and cause ``estimate, se, lower, upper, at_risk``;
        per ``until`` and cause ``estimate, se, lower, upper`` of the mean time lost.
    """
    spec = result.spec
    common = {"analysis": spec.method.key, "source": spec.method.source.cite(), **labels}
    formula = f"{VARIANCES[spec.variance]}; {spec.interval} limits"
    incidence = common | {"note": "; ".join(filter(None, (note, formula)))}
    lost = common | {"analysis": "time_lost", "note": "; ".join(filter(None, (note, _LOST)))}
    found: list[dict[str, Any]] = []
    for curve in result.curves:
        mine = incidence | {"group": curve.group}
        found += [mine | row for row in _counts(result, curve)]
        found += [mine | row for row in _incidences(result, curve, times)]
    for day in until:
        found += [lost | row for row in _lost(result, day, unit)]
    return results_table(found)


_LOST = "infinitesimal jackknife variance; plain limits"


def _counts(result: CumulativeIncidenceResult, curve: IncidenceCurve) -> list[dict[str, Any]]:
    counts = zip(result.causes, curve.counts, strict=True)
    return [
        {"statistic": "n", "value": float(curve.n), "unit": "count"},
        *({"term": c, "statistic": "events", "value": float(count), "unit": "count"} for c, count in counts),
    ]


def _incidences(
    result: CumulativeIncidenceResult, curve: IncidenceCurve, times: float | Sequence[float] | None
) -> list[dict[str, Any]]:
    if times is None:
        happened = curve.curves.sets.events > 0.0
        times = [float(curve.time[0]), *curve.time[1:][happened].tolist()]
    found, level = result.landmarks(curve, times).iter_rows(named=True), result.spec.level
    others = ("se", "lower", "upper", "at_risk")
    return rows_of_estimates(found, "incidence", others, level=level, unit="probability", term="cause")


def _lost(result: CumulativeIncidenceResult, day: float, unit: str) -> list[dict[str, Any]]:
    others, level = ("se", "lower", "upper"), result.spec.level
    return [
        number | {"group": row["group"]}
        for row in result.time_lost(day).iter_rows(named=True)
        for number in rows_of_estimates([row], "days", others, level=level, unit=unit, time="until", term="cause")
    ]
