"""A state-occupancy fit as rows of the table of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from malar.results import results_table, rows_of_estimates

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival.state_occupancy_result import StateOccupancyResult


def rows(
    result: StateOccupancyResult,
    times: NDArray[np.float64],
    until: Sequence[float],
    *,
    labels: Mapping[str, str | None],
    unit: str,
    note: str | None,
) -> pl.DataFrame:
    """Subjects, probabilities and mean times in state, in the columns of the table of results.

    Parameters
    ----------
    result
        The fit.
    times, until, labels, unit, note
        As in `StateOccupancyResult.table`.

    Returns
    -------
    polars.DataFrame
        ``n``; per time and state ``estimate, se, lower, upper, at_risk``; per ``until`` and state
        ``estimate, se, lower, upper`` of the mean time.
    """
    spec = result.spec
    common = {"analysis": spec.method.key, "source": spec.method.source.cite(), **labels}
    probability = common | {"note": _note(result, f"{spec.interval} limits", note)}
    mean_time = common | {"analysis": "time_in_state", "note": _note(result, "plain limits", note)}
    found = [probability | {"statistic": "n", "value": float(result.n), "unit": "count"}]
    found += [probability | row for row in _probabilities(result, times)]
    for day in until:
        found += [mean_time | row for row in _mean_times(result, day, unit)]
    return results_table(found)


def _note(result: StateOccupancyResult, limits: str, note: str | None) -> str:
    unknown = result.stays.n_unknown_rows
    gaps = f"{unknown} rows of unknown state count as not observed" if unknown else None
    return "; ".join(filter(None, (note, "infinitesimal jackknife variance", limits, gaps)))


def _probabilities(result: StateOccupancyResult, times: NDArray[np.float64]) -> list[dict[str, Any]]:
    found, others = result.at(times).iter_rows(named=True), ("se", "lower", "upper", "at_risk")
    level = result.spec.level
    return rows_of_estimates(found, "probability", others, level=level, unit="probability", term="state")


def _mean_times(result: StateOccupancyResult, day: float, unit: str) -> list[dict[str, Any]]:
    found, level = result.time_in_state(day).iter_rows(named=True), result.spec.level
    others = ("se", "lower", "upper")
    return rows_of_estimates(found, "days", others, level=level, unit=unit, time="until", term="state")
