"""Two arms of one trial set side by side: the difference of shares with its limits."""

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
