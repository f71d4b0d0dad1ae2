"""Several arms against one control: Dunnett's adjustment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DUNNETT: Final = Method(
    key="dunnett",
    title="Several arms against one control (Dunnett)",
    source=Source(
        "Dunnett CW. A multiple comparison procedure for comparing several treatments with a control. "
        "J Am Stat Assoc 1955;50:1096-121",
        status=Status.SECONDARY,
        reading="Single step. Correlations from the sizes of the arms; with unequal variances pass effective sizes.",
    ),
)


def dunnett(
    statistics: Sequence[float], sizes: Sequence[float], control: float, *, df: float = math.inf, two_sided: bool = True
) -> tuple[float, ...]:
    """Adjusted p of several arms against one control.

    Parameters
    ----------
    statistics
        t or z of each arm against the control, with a common variance; one-sided, large values favor the arm.
    sizes, control
        Subjects of each arm, and of the control, above 0.
    df
        Degrees of freedom of the common variance; infinite for z.
    two_sided
        Whether a difference in either direction counts.

    Returns
    -------
    tuple of float
        Probability that any arm's statistic is so large if all arms equal the control.

    Raises
    ------
    ParameterError
        No arms, not as many sizes as statistics, sizes and degrees of freedom not above 0, or NaN.

    Notes
    -----
    Given the control's mean the arms are independent: the probability is an integral over it, and over the common
    standard deviation where that is estimated. By Gauss-Legendre rules, to about 1e-9.

    Source
    ------
    Dunnett 1955.

    Examples
    --------
    >>> [round(p, 3) for p in dunnett([2.21, 1.0], [20, 20], 20)]
    [0.05, 0.502]
    """
    told = all(value > 0 for value in (*sizes, control, df)) and not any(map(math.isnan, statistics))
    if not statistics or len(statistics) != len(sizes) or not told:
        raise ParameterError(
            "There are no arms, not as many sizes as statistics, a size or df not above 0, or no number.",
            "The correlation of the comparisons comes from the sizes.",
            "Pass one statistic and one size an arm, and the size of the control.",
        )
    import numpy as np

    shares = np.sqrt(np.asarray(sizes, dtype=np.float64) / (np.asarray(sizes, dtype=np.float64) + control))
    found = [_within(abs(t) if two_sided else t, shares, df, two_sided=two_sided) for t in statistics]
    return tuple(min(1.0, max(0.0, 1 - inside)) for inside in found)


def _within(limit: float, shares: Floats, df: float, *, two_sided: bool) -> float:
    """Probability that every statistic stays below the limit."""
    import numpy as np
    from scipy.special import gammaln

    if math.isinf(df):
        return float(_given(np.array([limit]), shares, two_sided=two_sided)[0])
    wide = 12 / math.sqrt(2 * df) + 12 / df
    s, weight = _rule(max(1e-9, 1 - wide), 1 + wide, 40)
    log_density = math.log(2) + (df / 2) * math.log(df / 2) - gammaln(df / 2) + (df - 1) * np.log(s) - df * s**2 / 2
    return float(np.sum(weight * np.exp(log_density) * _given(limit * s, shares, two_sided=two_sided)))


def _given(limits: Floats, shares: Floats, *, two_sided: bool) -> Floats:
    """The same at given limits, shape (limits,), by integrating over the control's mean."""
    import numpy as np
    from scipy.special import ndtr

    u, weight = _rule(-9.0, 9.0, 40)
    rest = np.sqrt(1 - shares**2)
    inside: Floats = np.asarray(ndtr((limits[:, None, None] + shares * u[None, :, None]) / rest))
    if two_sided:
        inside = inside - np.asarray(ndtr((-limits[:, None, None] + shares * u[None, :, None]) / rest))
    return np.asarray(np.prod(inside, axis=2) @ (weight * np.exp(-(u**2) / 2) / math.sqrt(2 * math.pi)))


def _rule(low: float, high: float, panels: int) -> tuple[Floats, Floats]:
    """Nodes and weights of a Gauss-Legendre rule of 10 points on each of some panels."""
    import numpy as np

    x, w = np.polynomial.legendre.leggauss(10)
    edges = np.linspace(low, high, panels + 1)
    half = (edges[1:] - edges[:-1]) / 2
    nodes = (edges[:-1] + half)[:, None] + half[:, None] * x[None, :]
    return nodes.ravel(), (half[:, None] * w[None, :]).ravel()
