"""Baseline hazard and survival for given covariates, from a Cox regression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from malar.errors import UndefinedError
from malar.survival import _columns, _covariates, _cox_hazard_kernel
from malar.survival._cox_kernel import by_cluster
from malar.survival._limits import limits
from malar.survival.kaplan_meier_result import finite_days

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.survival.cox_regression_result import CoxRegressionResult

    Floats = NDArray[np.float64]


def baseline_frame(result: CoxRegressionResult) -> pl.DataFrame:
    """The frame of `CoxRegressionResult.baseline`."""
    prepared, at = result.prepared, result.fitted.ascent.end
    base = _cox_hazard_kernel.baseline(at)
    zero = -prepared.center / prepared.scale
    begin = np.searchsorted(prepared.event_stratum, prepared.event_stratum)
    hazard = np.exp(at.beta @ zero) * (base.hazard[1:] - base.hazard[begin])
    labels = [result.strata[int(code)] for code in prepared.event_stratum]
    return pl.DataFrame(
        {
            "stratum": pl.Series(labels, dtype=pl.String),
            "time": prepared.event_time,
            "cumulative_hazard": hazard,
            "survival": np.exp(-hazard),
        }
    )


def prediction_frame(result: CoxRegressionResult, frame: Any, times: float | Sequence[float]) -> pl.DataFrame:
    """The frame of `CoxRegressionResult.predict`."""
    spec, prepared, days = result.spec, result.prepared, finite_days(times)
    columns = _columns.take(
        frame, [*spec.covariates, *([spec.strata] if spec.strata else [])], "A prediction of Cox regression"
    )
    x = _covariates.matrix(columns, spec.covariates)
    z = (x - prepared.center[:, None]) / prepared.scale[:, None]
    stratum = _strata(result, columns)
    hazard, se = np.full((2, columns.height, days.size), np.nan)
    for code in np.unique(stratum):
        mine = np.flatnonzero(stratum == code)
        for j in np.flatnonzero(days <= prepared.last_time[code]):
            hazard[mine, j], se[mine, j] = _hazards(result, z[:, mine], int(code), float(days[j]))
    survival = np.exp(-hazard)
    lower, upper = limits(survival, survival * se, "log-log", spec.level)
    return pl.DataFrame(
        {
            "row": np.repeat(np.arange(columns.height), days.size),
            "stratum": pl.Series([result.strata[code] for code in stratum for _ in days], dtype=pl.String),
            "time": np.tile(days, columns.height),
            "cumulative_hazard": hazard.ravel(),
            "survival": survival.ravel(),
            "se": (survival * se).ravel(),
            "lower": np.where(survival == 1.0, 1.0, lower).ravel(),
            "upper": np.where(survival == 1.0, 1.0, upper).ravel(),
        }
    ).fill_nan(None)


def _hazards(result: CoxRegressionResult, z: Floats, code: int, day: float) -> tuple[Floats, Floats]:
    """Cumulative hazard of each profile of one stratum at a day, and its standard error."""
    prepared, at = result.prepared, result.fitted.ascent.end
    base = _cox_hazard_kernel.baseline(at)
    begin, end = np.searchsorted(prepared.event_stratum, [code, code + 1])
    span = slice(int(begin), int(begin + np.searchsorted(prepared.event_time[begin:end], day, side="right")))
    relative, slope = _cox_hazard_kernel.cumulative_hazard(at, base, z, span)
    influence = result.fitted.influence
    if influence is None:
        units = np.outer(prepared.scale, prepared.scale)
        variance = _cox_hazard_kernel.variance_by_model(base, slope, result.fitted.model_variance * units, span)
    else:
        own = by_cluster(_cox_hazard_kernel.baseline_influence(at, span)[None], prepared.cluster)[0]
        variance = _cox_hazard_kernel.variance_by_influence(own, slope, influence)
    hazard = relative * (base.hazard[span.stop] - base.hazard[span.start])
    return hazard, relative * np.sqrt(np.maximum(variance, 0.0))


def _strata(result: CoxRegressionResult, columns: pl.DataFrame) -> NDArray[np.int64]:
    """Code of each profile's stratum."""
    name = result.spec.strata
    if name is None:
        return np.zeros(columns.height, dtype=np.int64)
    known = {label: code for code, label in enumerate(result.strata)}
    found = [known.get(str(value), -1) for value in columns[name].to_list()]
    unseen = found.count(-1)
    if unseen:
        raise UndefinedError(
            f"`{name}` has a stratum that the fit never saw in {unseen} of {columns.height} rows.",
            "Each stratum has a baseline hazard of its own.",
            f"Strata of the fit: {', '.join(map(str, result.strata))}.",
        )
    return np.array(found, dtype=np.int64)
