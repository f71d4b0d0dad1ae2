"""Two arms of one trial set side by side: differences of shares and of means, with their limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from malar.evidence.published_figure import PublishedFigure
from malar.evidence.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmContrast:
    """Share of one arm less that of the other, with Newcombe's limits; all between -1 and 1."""

    name: str
    treated: PublishedFigure
    control: PublishedFigure
    difference: float
    lower: float
    upper: float


def arm_contrasts(study: Study, treated: str, control: str, *, level: float = 0.95) -> Iterator[ArmContrast]:
    """Every outcome that both arms count.

    Parameters
    ----------
    study
        A report with arms.
    treated, control
        Names of the arms.
    level
        Confidence level.

    Yields
    ------
    ArmContrast
        In the order of the report.

    Notes
    -----
    Limits by Newcombe's tenth method, from the two score intervals.

    Source
    ------
    Newcombe RG. Stat Med 1998;17:873-90, method 10.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> first = next(arm_contrasts(read_evidence().study("deng-2017"), "MSC", "placebo"))
    >>> [round(100 * x) for x in (first.difference, first.lower, first.upper)]
    [-8, -40, 34]
    """
    from malar.responders import newcombe

    controls = {one.name: one for one in study.outcomes if one.arm == control}
    for one in study.outcomes:
        other = controls.get(one.name)
        if one.arm != treated or other is None or one.share is None or other.share is None:
            continue
        if one.events is None or other.events is None or not one.n or not other.n:
            continue
        lower, upper = newcombe(one.events, one.n, other.events, other.n, level=level)
        yield ArmContrast(
            name=one.name,
            treated=one,
            control=other,
            difference=one.share - other.share,
            lower=lower,
            upper=upper,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanContrast:
    """Mean of one arm less that of the other, with Welch's limits, in the unit of the measurement."""

    name: str
    treated: PublishedFigure
    control: PublishedFigure
    difference: float
    lower: float
    upper: float


def mean_contrasts(study: Study, treated: str, control: str, *, level: float = 0.95) -> Iterator[MeanContrast]:
    """Every measurement of which both arms give mean and standard deviation.

    Parameters
    ----------
    study, treated, control, level
        As :func:`arm_contrasts` takes them.

    Yields
    ------
    MeanContrast
        In the order of the report.

    Notes
    -----
    Everybody of an arm is taken to have been measured, unless the figure counts them. Variances are not assumed equal.

    Source
    ------
    Welch BL. Biometrika 1947;34:28-35.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> found = {one.name: one for one in mean_contrasts(read_evidence().study("deng-2017"), "MSC", "placebo")}
    >>> one = found["sledai_change"]
    >>> one.difference, round(one.lower, 1), round(one.upper, 1)
    (-3.0, -11.4, 5.4)
    """
    from scipy.special import stdtrit

    controls = {one.name: one for one in study.outcomes if one.arm == control and one.mean is not None}
    for one in study.outcomes:
        other = controls.get(one.name)
        if one.arm != treated or other is None or one.mean is None or other.mean is None or not one.sd or not other.sd:
            continue
        n, m = (figure.n or study.arms.get(figure.arm) for figure in (one, other))
        if not n or not m:
            continue
        a, b = one.sd**2 / n, other.sd**2 / m
        df = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1))
        reach = float(stdtrit(df, (1 + level) / 2)) * (a + b) ** 0.5
        difference = one.mean - other.mean
        yield MeanContrast(
            name=one.name,
            treated=one,
            control=other,
            difference=difference,
            lower=difference - reach,
            upper=difference + reach,
        )
