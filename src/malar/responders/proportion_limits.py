"""Limits of a proportion: exact, mid-P, by the score, and by Jeffreys' prior."""

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

    _demand_counts(events, n, level)
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(betaincinv(events, n - events + 1, tail))
    high = 1.0 if events == n else float(betaincinv(events + 1, n - events, 1 - tail))
    return low, high


def wilson(events: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Score confidence limits of a binomial proportion, without continuity correction.

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

    Notes
    -----
    The proportions that a score test at 1 − level would not reject. Shorter than the exact limits, and
    covering the truth level of the time on average, not always.

    Source
    ------
    Wilson EB. J Am Stat Assoc 1927;22:209-12; recommended by Newcombe RG. Stat Med 1998;17:857-72.

    Examples
    --------
    >>> [round(limit, 4) for limit in wilson(81, 263)]
    [0.2553, 0.3662]
    """
    from scipy.special import ndtri

    _demand_counts(events, n, level)
    z2 = float(ndtri((1 + level) / 2)) ** 2
    middle = (2 * events + z2) / (2 * (n + z2))
    reach = (z2 * (z2 + 4 * events * (n - events) / n)) ** 0.5 / (2 * (n + z2))
    return (0.0 if events == 0 else middle - reach), (1.0 if events == n else middle + reach)


def jeffreys(events: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Equal-tailed credible limits of a binomial proportion under Jeffreys' prior, Beta(1/2, 1/2).

    Parameters
    ----------
    events, n
        Number with the event, and number counted; 0 ≤ events ≤ n, n ≥ 1.
    level
        Credible level; taken as a confidence level it is reached on average.

    Returns
    -------
    tuple of float
        Lower and upper limit; 0 of n has lower limit 0, n of n upper limit 1.

    Raises
    ------
    ParameterError
        Counts or level outside their ranges.

    Source
    ------
    Brown LD, Cai TT, DasGupta A. Stat Sci 2001;16:101-33.

    Examples
    --------
    >>> [round(limit, 4) for limit in jeffreys(5, 12)]
    [0.1805, 0.6881]
    """
    from scipy.special import betaincinv

    _demand_counts(events, n, level)
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(betaincinv(events + 0.5, n - events + 0.5, tail))
    high = 1.0 if events == n else float(betaincinv(events + 0.5, n - events + 0.5, 1 - tail))
    return low, high


def mid_p(events: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Mid-P limits of a binomial proportion: the exact limits with the observed count at half its weight.

    Parameters
    ----------
    events, n
        Number with the event, and number counted; 0 ≤ events ≤ n, n ≥ 1.
    level
        Confidence level; covered on average, not always.

    Returns
    -------
    tuple of float
        Lower and upper limit; 0 of n has lower limit 0, n of n upper limit 1.

    Raises
    ------
    ParameterError
        Counts or level outside their ranges.

    Source
    ------
    Berry G, Armitage P. Statistician 1995;44:417-23.

    Examples
    --------
    >>> [round(limit, 4) for limit in mid_p(5, 12)]
    [0.1717, 0.6979]
    """
    _demand_counts(events, n, level)
    low = 0.0 if events == 0 else 1.0 - _mid_p_upper(n - events, n, level)
    return low, (1.0 if events == n else _mid_p_upper(events, n, level))


def _mid_p_upper(events: int, n: int, level: float) -> float:
    """The proportion at which fewer events, and half of as many, have the probability of one tail."""
    from scipy.optimize import brentq
    from scipy.special import bdtr

    tail = (1 - level) / 2

    def excess(p: float) -> float:
        below = float(bdtr(events - 1, n, p)) if events else 0.0
        return (below + float(bdtr(events, n, p))) / 2 - tail

    return float(brentq(excess, 0.0, 1.0, xtol=1e-15, rtol=1e-14))


def _demand_counts(events: int, n: int, level: float) -> None:
    if not 0 <= events <= n or n < 1 or not 0 < level < 1:
        raise ParameterError(
            "A proportion needs 0 ≤ events ≤ n, n ≥ 1 and a level between 0 and 1.",
            "Its limits are not defined otherwise.",
            "Pass the number with the event, the number counted, and level=0.95.",
        )
