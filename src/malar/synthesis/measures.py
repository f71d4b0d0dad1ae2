"""What is pooled: each measure's columns, the scale it is pooled on, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from malar.errors import UnknownKeyError, near

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

COLUMNS: Final[Mapping[str, str]] = {
    "study": "name of the report, one row each",
    "events": "subjects with the event; of a rate, events",
    "n": "subjects below the line; of a mean, subjects measured",
    "time": "patient-time at risk, in one unit throughout",
    "mean": "mean, or mean change from baseline",
    "sd": "standard deviation of `mean` (of the change, where it is a change), not its standard error",
    "estimate": "an effect on the scale it is to be pooled on: a log hazard ratio, a difference",
    "se": "standard error of `estimate` or of `survival`",
    "survival": "probability of no event yet at the horizon, between 0 and 1",
    "at_risk": "subjects at risk at the horizon; se is then √(S(1-S)/at_risk)",
    "control_events": "the same of the control arm",
    "control_n": "the same of the control arm",
    "control_mean": "the same of the control arm",
    "control_sd": "the same of the control arm",
}
"""Columns of a frame of studies, one row a report or comparison."""

PROPORTION: Final = ("events", "n")
ARMS: Final = ("events", "n", "control_events", "control_n")


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure.

    Parameters
    ----------
    key
        Name, as ``Pooling(measure=…)`` takes it.
    title
        One line in the field's terms.
    columns
        Roles it reads, among :data:`COLUMNS`.
    kernel
        Name of the function that gives effects and variances.
    scale
        Unit of the scale it is pooled on: ``logit``, ``log``, ….
    unit
        Unit after the way back.
    inverse
        Name of the way back.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    kernel: str
    scale: str
    unit: str
    inverse: str

    def effects(self, values: Mapping[str, Floats]) -> tuple[Floats, Floats]:
        """Effects and variances, each of shape (k,), of columns of shape (k,)."""
        from malar.synthesis import _effects_kernel as kernel

        function: Callable[..., tuple[Floats, Floats]] = getattr(kernel, self.kernel)
        return function(**{role: values[role] for role in self.columns})

    def back(self, n: float = float("nan")) -> Callable[[Floats], Floats]:
        """The way back from the pooled scale; Freeman and Tukey's needs a number of subjects."""
        import numpy as np

        from malar.synthesis import _effects_kernel as kernel

        if self.inverse == "exp":
            return np.exp
        if self.inverse == "freeman_tukey":
            return partial(kernel.back_freeman_tukey, n=n)
        function: Callable[[Floats], Floats] = getattr(kernel, f"back_{self.inverse}")
        return function


_ALL: Final = (
    Measure("proportion_logit", "proportion, on the logit scale", PROPORTION,
            "proportion_logit", "logit", "probability", "logit"),
    Measure("proportion_freeman_tukey", "proportion, by Freeman and Tukey's double arcsine", PROPORTION,
            "proportion_freeman_tukey", "double arcsine", "probability", "freeman_tukey"),
    Measure("proportion_arcsine", "proportion, by the arcsine of its root", PROPORTION,
            "proportion_arcsine", "arcsine", "probability", "arcsine"),
    Measure("proportion_raw", "proportion as it is", PROPORTION,
            "proportion_raw", "probability", "probability", "identity"),
    Measure("proportion_log", "proportion, on the log scale", PROPORTION,
            "proportion_log", "log", "probability", "exp"),
    Measure("rate_log", "event rate, on the log scale", ("events", "time"),
            "rate_log", "log", "events per unit of time", "exp"),
    Measure("mean", "mean or mean change", ("mean", "sd", "n"),
            "mean", "mean", "mean", "identity"),
    Measure("survival_log_log", "survival at one time, on the log(-log) scale", ("survival", "se"),
            "survival_log_log", "log(-log)", "probability", "log_log"),
    Measure("survival_logit", "survival at one time, on the logit scale", ("survival", "se"),
            "survival_logit", "logit", "probability", "logit"),
    Measure("odds_ratio", "odds ratio of two arms, on the log scale", ARMS,
            "odds_ratio", "log", "odds ratio", "exp"),
    Measure("risk_ratio", "risk ratio of two arms, on the log scale", ARMS,
            "risk_ratio", "log", "risk ratio", "exp"),
    Measure("risk_difference", "risk difference of two arms", ARMS,
            "risk_difference", "risk difference", "risk difference", "identity"),
    Measure("mean_difference", "difference of the means of two arms",
            ("mean", "sd", "n", "control_mean", "control_sd", "control_n"),
            "mean_difference", "mean difference", "mean difference", "identity"),
    Measure("estimate", "an effect and its standard error, as they are", ("estimate", "se"),
            "estimate", "estimate", "estimate", "identity"),
    Measure("ratio", "a log ratio (hazard, odds, risk or rate) and its standard error", ("estimate", "se"),
            "estimate", "log", "ratio", "exp"),
)  # fmt: skip

MEASURES: Final[Mapping[str, Measure]] = {one.key: one for one in _ALL}
"""Every measure by its key."""


def measure_of(key: str) -> Measure:
    """The measure of that key.

    Raises
    ------
    UnknownKeyError
        There is none.

    Examples
    --------
    >>> measure_of("odds_ratio").columns
    ('events', 'n', 'control_events', 'control_n')
    """
    if key not in MEASURES:
        raise UnknownKeyError(
            f"There is no measure `{key}`.",
            hint=f"Use one of {', '.join(MEASURES)}. {near(key, MEASURES, 'estimators')}",
        )
    return MEASURES[key]
