"""Exact limits of a proportion."""

from __future__ import annotations

from malar.errors import ParameterError


def clopper_pearson(events: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Exact confidence limits of a binomial proportion.

    Parameters
    ----------
    events, n
        Number with the event, and number counted; 0 ≤ events ≤ n, n ≥ 1.
    level
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper limit, between 0 and 1; 0 of n has lower limit 0, n of n upper limit 1.

    Raises
    ------
    ParameterError
        Counts or level outside their ranges.

    Source
    ------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404-13.

    Examples
    --------
    >>> low, high = clopper_pearson(0, 15)
    >>> low, round(high, 3)
    (0.0, 0.218)
    """
    from scipy.special import betaincinv

    if not 0 <= events <= n or n < 1 or not 0 < level < 1:
        raise ParameterError(
            "A proportion needs 0 ≤ events ≤ n, n ≥ 1 and a level between 0 and 1.",
            "Its limits are not defined otherwise.",
        )
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(betaincinv(events, n - events + 1, tail))
    high = 1.0 if events == n else float(betaincinv(events + 1, n - events, 1 - tail))
    return low, high
