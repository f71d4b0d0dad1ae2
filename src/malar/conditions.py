"""The verbs of definitions: `at_most`, `fell_by`, `none_new`, … Each makes a condition: a sentence and a test at once.

Tests have three truth values; see :mod:`malar.condition_kinds`.
"""

from __future__ import annotations

from collections.abc import Collection

from malar.condition_changes import Change, Share
from malar.condition_kinds import (
    DECIMALS,
    Combination,
    Condition,
    Limit,
    Negation,
    NoneNew,
    Presence,
    Since,
    Threshold,
    spoken,
)
from malar.errors import ParameterError

__all__ = [
    "DECIMALS",
    "Condition",
    "Since",
    "above",
    "above_percent_of",
    "above_upper_limit",
    "absent",
    "all_of",
    "any_of",
    "at_least",
    "at_least_percent_of",
    "at_most",
    "at_most_percent_of",
    "below",
    "below_lower_limit",
    "below_percent_of",
    "equals",
    "fell_by",
    "fell_by_more_than",
    "none_new",
    "none_of",
    "none_present",
    "present",
    "rose_by",
    "rose_by_at_most",
    "rose_by_less_than",
    "rose_by_more_than",
]


def at_most(column: str, limit: float, *, label: str = "", unit: str = "") -> Condition:
    """The value is at most the limit (<=).

    Examples
    --------
    >>> at_most("sledai_2k", 4, label="SLEDAI-2K").sentence()
    'SLEDAI-2K is at most 4 (<= 4)'
    """
    return Threshold(column, "<=", _exact(limit), label or spoken(column), unit)


def at_least(column: str, limit: float, *, label: str = "", unit: str = "") -> Condition:
    """The value is at least the limit (>=)."""
    return Threshold(column, ">=", _exact(limit), label or spoken(column), unit)


def below(column: str, limit: float, *, label: str = "", unit: str = "") -> Condition:
    """The value is below the limit (<)."""
    return Threshold(column, "<", _exact(limit), label or spoken(column), unit)


def above(column: str, limit: float, *, label: str = "", unit: str = "") -> Condition:
    """The value is above the limit (>)."""
    return Threshold(column, ">", _exact(limit), label or spoken(column), unit)


def equals(column: str, value: float, *, label: str = "", unit: str = "") -> Condition:
    """The value is exactly this one (==)."""
    return Threshold(column, "==", _exact(value), label or spoken(column), unit)


def rose_by(column: str, amount: float, since: Since, *, label: str = "") -> Condition:
    """The value rose by at least the amount against an earlier visit."""
    return Change(column, "rose", _positive(amount), since, label or spoken(column))


def fell_by(column: str, amount: float, since: Since, *, label: str = "") -> Condition:
    """The value fell by at least the amount against an earlier visit."""
    return Change(column, "fell", _positive(amount), since, label or spoken(column))


def rose_by_more_than(column: str, amount: float, since: Since, *, label: str = "") -> Condition:
    """The value rose by more than the amount against an earlier visit (>)."""
    return Change(column, "rose", _exact(amount), since, label or spoken(column), ">")


def rose_by_less_than(column: str, amount: float, since: Since, *, label: str = "") -> Condition:
    """The value rose by less than the amount against an earlier visit, stayed or fell (<).

    Examples
    --------
    >>> rose_by_less_than("pga", 0.3, Since.BASELINE, label="PGA").sentence()
    'PGA rose by less than 0.3 against baseline (< 0.3)'
    """
    return Change(column, "rose", _positive(amount), since, label or spoken(column), "<")


def rose_by_at_most(column: str, amount: float, since: Since, *, label: str = "") -> Condition:
    """The value rose by at most the amount against an earlier visit, stayed or fell (<=); 0: it did not rise."""
    return Change(column, "rose", _exact(amount), since, label or spoken(column), "<=")


def fell_by_more_than(column: str, amount: float, since: Since, *, label: str = "") -> Condition:
    """The value fell by more than the amount against an earlier visit (>)."""
    return Change(column, "fell", _exact(amount), since, label or spoken(column), ">")


def at_most_percent_of(column: str, percent: float, since: Since, *, label: str = "") -> Condition:
    """The value is at most so many percent of its value at an earlier visit (<=): a fall by the rest.

    Examples
    --------
    >>> at_most_percent_of("upcr", 50, Since.BASELINE, label="UPCR").sentence()
    'UPCR is at most 50 % of its value at baseline (<= 50 %)'
    """
    return Share(column, "<=", _exact(percent), since, label or spoken(column))


def below_percent_of(column: str, percent: float, since: Since, *, label: str = "") -> Condition:
    """The value is below so many percent of its value at an earlier visit (<)."""
    return Share(column, "<", _exact(percent), since, label or spoken(column))


def at_least_percent_of(column: str, percent: float, since: Since, *, label: str = "") -> Condition:
    """The value is at least so many percent of its value at an earlier visit (>=)."""
    return Share(column, ">=", _exact(percent), since, label or spoken(column))


def above_percent_of(column: str, percent: float, since: Since, *, label: str = "") -> Condition:
    """The value is above so many percent of its value at an earlier visit (>)."""
    return Share(column, ">", _exact(percent), since, label or spoken(column))


def present(column: str, *, label: str = "") -> Condition:
    """The sign is there."""
    return Presence(column, expected=True, label=label or spoken(column))


def absent(column: str, *, label: str = "") -> Condition:
    """The sign is not there."""
    return Presence(column, expected=False, label=label or spoken(column))


def none_present(columns: Collection[str]) -> Condition:
    """None of the signs is there."""
    return Combination(tuple(absent(column) for column in columns), "and")


def none_new(columns: Collection[str], since: Since, *, label: str = "sign") -> Condition:
    """No sign is there that was not there at an earlier visit."""
    return NoneNew(tuple(columns), since, label)


def below_lower_limit(column: str, *, label: str = "") -> Condition:
    """The result is below the laboratory's lower limit of normal."""
    return Limit(column, "lln", label or spoken(column))


def above_upper_limit(column: str, *, label: str = "") -> Condition:
    """The result is above the laboratory's upper limit of normal."""
    return Limit(column, "uln", label or spoken(column))


def any_of(*parts: Condition) -> Condition:
    """At least one of the conditions holds; one that holds decides even when another is unknown."""
    return Combination(parts, "or")


def all_of(*parts: Condition) -> Condition:
    """All conditions hold; one that fails decides even when another is unknown."""
    return Combination(parts, "and")


def none_of(*parts: Condition) -> Condition:
    """None of the conditions holds; one that holds decides even when another is unknown."""
    return Negation(parts)


def _exact(limit: float) -> float:
    """The limit as it is tested and printed."""
    rounded = round(limit, DECIMALS)
    if not abs(rounded - limit) < 10 ** -(DECIMALS + 3):
        raise ParameterError(
            f"A limit of {limit!r} has more than {DECIMALS} decimals.",
            "Values are rounded before a threshold; the sentence and the test would differ.",
            "Use a unit in which the limit is a plain number.",
        )
    return rounded


def _positive(amount: float) -> float:
    if amount <= 0:
        raise ParameterError(
            f"A rise or fall of {amount:g} is no change.", hint="Give the amount as a positive number."
        )
    return _exact(amount)
