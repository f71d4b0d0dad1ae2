"""Numbers and names in words: percentages, months, counts, and text that is safe to draw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

DAYS_A_MONTH: Final = 30.4375
"""Mean days of a Gregorian month: 365.25 / 12."""

# Controls, bidirectional overrides, surrogates and non-characters: invisible, or not allowed in XML.
_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]+"
)


def plain(text: str, limit: int = 60) -> str:
    """Text from data as one printable line of at most `limit` characters.

    Examples
    --------
    >>> plain("arm\\tA\\x00")
    'arm A'
    >>> plain("a very long name of a group", 10)
    'a very lo…'
    """
    line = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def percent(share: float | None) -> str:
    """A share of 1 as a whole percentage; never 0% or 100% unless exactly so.

    Examples
    --------
    >>> percent(0.344), percent(0.002), percent(0.999), percent(None)
    ('34%', '<1%', '>99%', 'unknown')
    """
    if share is None:
        return "unknown"
    if 0 < share < 0.005:
        return "<1%"
    if 0.995 < share < 1:
        return ">99%"
    return f"{100 * share:.0f}%"


def interval(lower: float | None, upper: float | None) -> str:
    """Two shares of 1 as a range of percentages; empty where there is none.

    Examples
    --------
    >>> interval(0.301, 0.55), interval(None, 0.5)
    ('30–55%', '')
    """
    return "" if lower is None or upper is None else f"{100 * lower:.0f}–{100 * upper:.0f}%"


def estimate(share: float | None, lower: float | None, upper: float | None, level: float = 0.95) -> str:
    """A share with its confidence interval.

    Examples
    --------
    >>> estimate(0.42, 0.3, 0.55)
    '42% (95% CI 30–55%)'
    """
    between = interval(lower, upper)
    return f"{percent(share)} ({level * 100:g}% CI {between})" if between else percent(share)


def months(day: float) -> str:
    """Days as months; four days from a whole month is that month.

    Examples
    --------
    >>> months(365), months(915), months(46)
    ('12', '30', '1.5')
    """
    exact = day / DAYS_A_MONTH
    near = round(exact)
    return number(near if abs(exact - near) < 0.15 else exact)


def counted(n: int, noun: str) -> str:
    """A count with its noun in the right number.

    Examples
    --------
    >>> counted(1, "patient"), counted(1200, "visit")
    ('1 patient', '1,200 visits')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def number(value: float | None, decimals: int = 1) -> str:
    """A score or count as printed: no trailing zeros, a true minus sign.

    Examples
    --------
    >>> number(4.0), number(-2.5), number(0.25, decimals=2), number(None)
    ('4', '−2.5', '0.25', 'unknown')
    """
    return "unknown" if value is None else f"{round(value, decimals) + 0.0:g}".replace("-", "−")


def listed(items: Sequence[str]) -> str:
    """Items as a phrase.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else ""
