"""Adjusted p by stepping through the ordered hypotheses: Holm, Hochberg, and a fixed sequence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status

HOLM: Final = Method(
    key="holm",
    title="Holm's step-down adjustment",
    source=Source(
        "Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat 1979;6:65-70",
        status=Status.SECONDARY,
    ),
)
HOCHBERG: Final = Method(
    key="hochberg",
    title="Hochberg's step-up adjustment",
    source=Source(
        "Hochberg Y. A sharper Bonferroni procedure for multiple tests of significance. Biometrika 1988;75:800-2",
        status=Status.SECONDARY,
        reading="Holds its level for independent and for positively dependent tests, not for all.",
    ),
)
FIXED_SEQUENCE: Final = Method(
    key="fixed_sequence",
    title="Fixed sequence of hypotheses",
    source=Source(
        "Maurer W, Hothorn LA, Lehmacher W. Multiple comparisons in drug clinical trials and preclinical assays: "
        "a-priori ordered hypotheses. In: Vollmar J, ed. Biometrie in der chemisch-pharmazeutischen Industrie 6. "
        "Stuttgart: Fischer 1995:3-18",
        status=Status.SECONDARY,
    ),
)


def holm(p: Iterable[float]) -> tuple[float, ...]:
    """Adjusted p of Holm's procedure, for any dependence between the tests.

    Parameters
    ----------
    p
        Unadjusted p, each within [0, 1].

    Returns
    -------
    tuple of float
        Adjusted p, in the order given.

    Raises
    ------
    ParameterError
        A value is no probability.

    Source
    ------
    Holm 1979.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    values = probabilities(p)
    order = sorted(range(len(values)), key=values.__getitem__)
    return _carried([((len(values) - k) * values[i], i) for k, i in enumerate(order)])


def hochberg(p: Iterable[float]) -> tuple[float, ...]:
    """Adjusted p of Hochberg's procedure, for independent or positively dependent tests.

    Parameters
    ----------
    p
        Unadjusted p, each within [0, 1].

    Returns
    -------
    tuple of float
        Adjusted p, in the order given; never above Holm's.

    Raises
    ------
    ParameterError
        A value is no probability.

    Source
    ------
    Hochberg 1988.

    Examples
    --------
    >>> hochberg([0.01, 0.04, 0.03])
    (0.03, 0.04, 0.04)
    """
    values = probabilities(p)
    out, lowest = [1.0] * len(values), 1.0
    for k, i in enumerate(sorted(range(len(values)), key=values.__getitem__, reverse=True)):
        lowest = min(lowest, (k + 1) * values[i])
        out[i] = lowest
    return tuple(out)


def fixed_sequence(p: Iterable[float]) -> tuple[float, ...]:
    """Adjusted p where each hypothesis is tested only after all before it were claimed.

    Parameters
    ----------
    p
        Unadjusted p, in the order laid down before the data were seen.

    Returns
    -------
    tuple of float
        The largest p so far.

    Raises
    ------
    ParameterError
        A value is no probability.

    Source
    ------
    Maurer, Hothorn & Lehmacher 1995.

    Examples
    --------
    >>> fixed_sequence([0.01, 0.2, 0.001])
    (0.01, 0.2, 0.2)
    """
    return _carried([(value, i) for i, value in enumerate(probabilities(p))])


def _carried(steps: Sequence[tuple[float, int]]) -> tuple[float, ...]:
    """Each hypothesis takes the largest value up to its step, at most 1."""
    out, largest = [1.0] * len(steps), 0.0
    for value, i in steps:
        largest = max(largest, min(1.0, value))
        out[i] = largest
    return tuple(out)


def probabilities(p: Iterable[float]) -> list[float]:
    """The values as floats, or the error that some are no probabilities.

    Raises
    ------
    ParameterError
        A value is no probability.
    """
    values = [float(value) for value in p]
    wrong = sum(not 0.0 <= value <= 1.0 for value in values)
    if wrong:
        raise ParameterError(
            f"{wrong} of {len(values)} values are no probabilities.",
            "An adjusted p rests on all of them.",
            "Pass p within 0 and 1; a hypothesis that was not tested has p = 1.",
        )
    return values
