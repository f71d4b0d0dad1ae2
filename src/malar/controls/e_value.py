"""The E-value: how strong an unmeasured cause would have to be to explain an association away."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1, log, sqrt
from typing import Final, Literal, get_args

from malar.controls import _columns
from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status

Measure = Literal["risk_ratio", "odds_ratio", "hazard_ratio", "standardized_difference"]

METHOD: Final = Method(
    key="e_value",
    title="E-value: how strong unmeasured confounding would have to be",
    source=Source(
        "VanderWeele TJ, Ding P. Sensitivity analysis in observational research: introducing the E-value. Ann Intern "
        "Med 2017;167:268-74",
        status=Status.SECONDARY,
        reading="Odds and hazard ratios of outcomes that are not rare (15 % or more) are first turned into approximate "
        "risk ratios.",
    ),
)
"""What `malar list estimators` and `malar cite e_value` print."""


@dataclass(frozen=True, slots=True)
class EValue:
    """E-values of an estimate and of its confidence limit nearer to no effect.

    Parameters
    ----------
    estimate
        A risk ratio, >= 1, that an unmeasured covariate must have with both treatment and outcome, beside all that is
        measured, to explain the estimate away; weaker confounding could not.
    limit
        The same for the confidence limit; 1 where the interval holds no effect, None without limits.
    risk_ratio
        The risk ratio, exact or approximate, that the first was computed from.
    """

    estimate: float
    limit: float | None
    risk_ratio: float


def e_value(
    estimate: float,
    lower: float | None = None,
    upper: float | None = None,
    *,
    measure: Measure = "risk_ratio",
    rare: bool = False,
) -> EValue:
    """E-value of a ratio or a standardized difference.

    Parameters
    ----------
    estimate, lower, upper
        The estimate and its confidence limits: ratios > 0, or a difference of means in standard deviations.
    measure
        What they are.
    rare
        Whether the outcome is rare (below 15 % at the end of follow-up), so that odds and hazard ratios are nearly
        risk ratios.

    Returns
    -------
    EValue
        Both E-values.

    Raises
    ------
    ParameterError
        A ratio that is not above 0, limits the wrong way round, or one of two limits.

    Notes
    -----
    ``RR + sqrt(RR (RR - 1))``, of 1 / RR where the ratio is below 1. Approximate risk ratios: the square root of an
    odds ratio; ``(1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1/HR))``; ``exp(0.91 d)``.

    Source
    ------
    VanderWeele & Ding 2017.

    Examples
    --------
    >>> found = e_value(3.9, 1.8, 8.7)
    >>> round(found.estimate, 2), round(found.limit, 2)
    (7.26, 3.0)
    """
    low, point, high = (_risk_ratio(value, measure, rare=rare) for value in _checked(estimate, lower, upper, measure))
    if lower is None:
        return EValue(_of(point), None, point)
    near = low if point >= 1 else high
    crosses = low <= 1 <= high
    return EValue(_of(point), 1.0 if crosses else _of(near), point)


def _checked(estimate: float, lower: float | None, upper: float | None, measure: Measure) -> tuple[float, ...]:
    """Lower limit, estimate and upper limit; three times the estimate where there are no limits."""
    _columns.one_of("measure", measure, get_args(Measure))
    given = (estimate if lower is None else lower, estimate, estimate if upper is None else upper)
    ratio = measure != "standardized_difference"
    if (lower is None) != (upper is None) or any(not _computable(v, ratio=ratio) for v in given):
        raise ParameterError(
            "An estimate or limit is missing, infinite, beyond all measure, or a ratio not above 0.",
            "Ratios are above 0, and an interval has two limits.",
            "Pass the ratio itself, not its logarithm.",
        )
    if list(given) != sorted(given):
        raise ParameterError("The estimate lies outside its limits.", hint="Pass lower <= estimate <= upper.")
    return given


def _computable(value: float, *, ratio: bool) -> bool:
    return 1e-100 <= value <= 1e100 if ratio else abs(value) <= 200


def _of(ratio: float) -> float:
    above = max(ratio, 1 / ratio)
    return above + sqrt(above * (above - 1))


def _risk_ratio(value: float, measure: Measure, *, rare: bool) -> float:
    if measure == "standardized_difference":
        return exp(0.91 * value)
    if rare or measure == "risk_ratio":
        return value
    if measure == "odds_ratio":
        return sqrt(value)
    return expm1(-log(2) * sqrt(value)) / expm1(-log(2) * sqrt(1 / value))
