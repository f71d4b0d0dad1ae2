"""A panel model's probabilities, times in state and estimates, as frames and as rows of the table of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from malar.errors import ParameterError
from malar.results import results_table
from malar.survival._limits import limits, normal_quantile, positive_limits
from malar.survival._panel_estimates import parameter_names
from malar.survival._panel_prediction_kernel import standard_error
from malar.survival._wald import coefficient_frame
from malar.survival.cox_regression_rows import coefficient_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.survival._panel_prediction_kernel import Course
    from malar.survival.panel_multistate_result import PanelMultistateResult

    Floats = NDArray[np.float64]

LIMITS = ("se", "lower", "upper")


def days_from(times: float | Sequence[float], origin: float) -> Floats:
    """Days asked for; `ParameterError` where one is before the day started from, or not finite."""
    wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if not bool(np.isfinite(wanted).all() and (wanted >= origin).all()):
        raise ParameterError(
            f"A day asked for is not finite, or before day {origin:g}.",
            "The state is known on the day started from.",
            "Ask for later days, or pass `from_day`.",
        )
    return wanted


def shares(start: str | Mapping[str, float], states: Sequence[str]) -> Floats:
    """Share of each state to start from, shape (S,)."""
    given = {start: 1.0} if isinstance(start, str) else dict(start)
    found = np.array([float(given.get(state, 0.0)) for state in states])
    if not set(given) <= set(states) or (found < 0.0).any() or not abs(found.sum() - 1.0) < 1e-9:
        raise ParameterError(
            "`start` is no state, or shares that do not sum to 1.",
            "Everybody is in one.",
            f"States: {', '.join(states)}.",
        )
    return found


def probability_frame(result: PanelMultistateResult, days: Floats, probability: Floats, slope: Floats) -> pl.DataFrame:
    """``time, state, probability, se, lower, upper`` from shapes (m, S) and (m, P, S)."""
    spec, se = result.spec, standard_error(slope, result.covariance)
    lower, upper = limits(np.clip(probability, 0.0, 1.0), se, spec.interval, spec.level)
    numbers = {"probability": probability, "se": se, "lower": lower, "upper": upper}
    keys = {"time": np.repeat(days, len(spec.states)), "state": list(spec.states) * days.size}
    return pl.DataFrame({**keys, **{name: values.ravel() for name, values in numbers.items()}}).fill_nan(None)


def effect_frame(result: PanelMultistateResult) -> pl.DataFrame:
    """Effects of covariates and periods, as `PanelMultistateResult.coefficients`."""
    effects = np.flatnonzero(result.terms.column > 0)
    names = [parameter_names(result.spec, result.terms)[place] for place in effects]
    values, variance = result.coefficient[effects], result.covariance[np.ix_(effects, effects)]
    with np.errstate(over="ignore"):
        frame = coefficient_frame([term for _, term in names], values, variance, result.spec.level)
    moves = pl.Series("transition", [move for move, _ in names], dtype=pl.String)
    renamed = frame.rename({name: f"intensity_{name}" for name in frame.columns if "ratio" in name})
    return renamed.insert_column(0, moves)


def intensity_frame(result: PanelMultistateResult, rate: Floats, slope: Floats) -> pl.DataFrame:
    """``given, state, intensity, se, lower, upper`` from rates (K,) and derivatives of their logarithms (K, P)."""
    pairs = result.spec.pairs()
    names = {"given": [a for a, _ in pairs], "state": [b for _, b in pairs], "intensity": rate}
    return pl.DataFrame({**names, **_positive(result, rate, rate[:, None] * slope)})


def stay_frame(result: PanelMultistateResult, rate: Floats, slope: Floats) -> pl.DataFrame:
    """``state, days, se, lower, upper`` from the same; a mean stay is 1 by the sum of the rates that end it."""
    places = np.array(result.spec.starts())
    leaves = (result.design.start == places[:, None]).astype(np.float64)
    days = 1.0 / (leaves @ rate)
    change = days[:, None] ** 2 * (leaves @ (rate[:, None] * slope))
    names = [result.spec.states[place] for place in places]
    return pl.DataFrame({"state": names, "days": days, **_positive(result, days, change)})


def _positive(result: PanelMultistateResult, value: Floats, change: Floats) -> dict[str, Floats]:
    """Standard error and limits on the log scale from derivatives of shape (rows, P)."""
    se = np.sqrt(np.einsum("kp,pq,kq->k", change, result.covariance, change))
    lower, upper = positive_limits(value, se, "log", result.spec.level)
    return {"se": se, "lower": lower, "upper": upper}


def time_frame(result: PanelMultistateResult, found: Course, until: float, from_day: float) -> pl.DataFrame:
    """``given, state, until, days, se, lower, upper`` of one day."""
    spec, size = result.spec, len(result.spec.states)
    days, se = found.days[0], standard_error(found.days_slope, result.covariance)[0]
    margin = normal_quantile(spec.level) * se
    lower, upper = np.maximum(days - margin, 0.0), np.minimum(days + margin, until - from_day)
    keys = {"given": np.repeat(np.array(spec.states), size), "state": list(spec.states) * size, "until": float(until)}
    numbers = {"days": days, "se": se, "lower": lower, "upper": upper}
    return pl.DataFrame({**keys, **{name: values.ravel() for name, values in numbers.items()}})


def rows(
    result: PanelMultistateResult,
    times: Floats,
    until: Sequence[float],
    profile: Mapping[str, float] | None,
    from_day: float,
    *,
    labels: Mapping[str, str | None],
    unit: str,
    note: str | None,
) -> pl.DataFrame:
    """The fit in the columns of the table of results.

    Parameters
    ----------
    result, times, until, profile, from_day, labels, unit, note
        As in `PanelMultistateResult.table`.
    """
    spec, reason = result.spec, result.convergence.reason
    at = ", ".join(f"{name} = {value:g}" for name, value in (profile or {}).items())
    said = "; ".join(
        filter(None, (note, f"from day {from_day:g}", at, "variance from the observed information", reason))
    )
    common = {"analysis": spec.method.key, "source": spec.method.source.cite(), "note": said, **labels}
    stays = common | {"analysis": "time_in_state"}
    found: list[dict[str, Any]] = [common | {"statistic": "n", "value": float(result.n), "unit": "count"}]
    effects = result.coefficients()
    if effects.height:
        term = pl.concat_str("transition", "term", separator=": ", ignore_nulls=True).alias("term")
        found += [common | row for row in coefficient_rows(effects.with_columns(term), "intensity ratio", spec.level)]
    if reason is not None:
        return results_table(found)
    asked = () if profile is None else (profile,)
    for row in result.intensities(*asked, day=from_day).iter_rows(named=True):
        found += _numbers(common, row, "intensity", f"per {unit.removesuffix('s')}", spec.level)
    for row in result.sojourns(*asked, day=from_day).iter_rows(named=True):
        found += _numbers(common | {"analysis": "mean_stay"}, row, "days", unit, spec.level)
    if times.size:
        for row in result.at(times.tolist(), profile, from_day).iter_rows(named=True):
            found += _numbers(common | {"time": row["time"]}, row, "probability", "probability", spec.level)
    for day in until:
        for row in result.time_in_state(day, profile, from_day).iter_rows(named=True):
            found += _numbers(stays | {"time": row["until"]}, row, "days", unit, spec.level)
    return results_table(found)


def _numbers(
    common: Mapping[str, Any], row: Mapping[str, Any], name: str, unit: str, level: float
) -> list[dict[str, Any]]:
    term = f"{row['given']} to {row['state']}" if "given" in row else row["state"]
    return [
        {
            **common,
            "term": term,
            "statistic": "estimate" if column == name else column,
            "value": row[column],
            "level": level if column in ("lower", "upper") else None,
            "unit": unit,
        }
        for column in (name, *LIMITS)
    ]
