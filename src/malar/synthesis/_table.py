"""Rows of the table of results that every pooled value shares."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from malar.synthesis.pooled_result import PooledResult

TAU2: Final = {
    "REML": "τ² by restricted maximum likelihood",
    "DL": "τ² by DerSimonian and Laird",
    "PM": "τ² by Paule and Mandel",
    "ML": "τ² by maximum likelihood",
    "common": "one common effect",
}
LIMITS: Final = {
    "hartung_knapp": "Hartung-Knapp limits, t with k-1",
    "hartung_knapp_floored": "Hartung-Knapp limits, factor not below 1, t with k-1",
    "normal": "normal limits",
}
ALL_ALIKE: Final = "all effects are equal, which leaves Hartung and Knapp no spread to judge by"
NO_PREDICTION: Final = "undefined: fewer than 3 studies, or one common effect"


def pooled_rows(result: PooledResult, labels: Mapping[str, Any], note: str) -> list[dict[str, Any]]:
    """Rows of a value pooled by inverse variance."""
    spec, measure, level = result.spec, result.measure, result.spec.level
    scale = f"pooled on the {measure.scale} scale"
    if measure.inverse == "freeman_tukey":
        scale += f", Miller's inverse at the harmonic mean {result.harmonic_n:.6g}"
    alike = ALL_ALIKE if isnan(result.factor) else ""
    notes = (note, TAU2[spec.tau2], LIMITS[str(spec.limits)], alike, scale, accepted(spec.across))
    common = {"analysis": "pooling", "source": spec.method.source.cite(), **labels}
    common["note"] = "; ".join(filter(None, notes))
    q, df, p = result.q
    low, high = result.natural_prediction
    predicted = prediction_note(spec.prediction, low) if not alike else "undefined"
    rows = [row(common, "pooled", "n", result.k, "studies")]
    rows += interval_rows(common, "pooled", result.natural, measure.unit, level)
    on_scale = (("estimate", result.estimate), ("se", result.se), ("lower", result.lower), ("upper", result.upper))
    rows += [row(common, "pooled_scale", s, x, measure.scale, level=level) for s, x in (*on_scale, ("p", result.p))]
    rows += [
        row(common, "prediction", s, x, measure.unit, predicted, level) for s, x in (("lower", low), ("upper", high))
    ]
    rows += [row(common, "heterogeneity", s, x) for s, x in (("chisq", q), ("df", df), ("p", p))]
    if spec.tau2 != "common":
        rows.append(row(common, "tau2", "estimate", result.tau2, f"{measure.scale}²"))
        rows.append(row(common, "tau2", "se", result.fitted.tau2_se, f"{measure.scale}²"))
        limits = zip(("lower", "upper"), result.tau2_limits, strict=True)
        rows += [row(common, "tau2", s, x, f"{measure.scale}²", "Q-profile", level) for s, x in limits]
    for term, value in (("i2", result.i2), ("h2", result.h2)):
        rows += interval_rows(common, term, value, "share" if term == "i2" else "ratio", level)
    return rows


def prediction_note(prediction: str, lower: float) -> str:
    """Which deviate the prediction interval uses, or why there is none."""
    if isnan(lower):
        return NO_PREDICTION
    return "normal" if prediction == "normal" else f"t with {prediction}"


def accepted(across: tuple[str, ...]) -> str:
    """What the reader must know of studies that differ."""
    return f"pooled across different {', '.join(across)}" if across else ""


def interval_rows(common: Mapping[str, Any], term: str, value: Any, unit: str, level: float) -> list[dict[str, Any]]:
    """Estimate, lower and upper of anything that has them."""
    numbers = (("estimate", value.estimate), ("lower", value.lower), ("upper", value.upper))
    return [row(common, term, s, x, unit, level=level) for s, x in numbers]


def row(
    common: Mapping[str, Any],
    term: str,
    statistic: str,
    value: float,
    unit: str | None = None,
    note: str = "",
    level: float | None = None,
) -> dict[str, Any]:
    """One row; what is not a number is null."""
    noted = "; ".join(filter(None, (common["note"], note)))
    known = not isnan(value)
    return {
        **common,
        "term": term,
        "statistic": statistic,
        "value": value if known else None,
        "level": level if statistic in ("lower", "upper") else None,
        "unit": unit,
        "note": noted
        if known
        else "; ".join(filter(None, (noted, "undefined")))
        if "undefined" not in noted
        else noted,
    }
