"""One tree of errors. Every message says the fact, why it matters and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class MalarError(ValueError):
    """Root of every error that Malar raises on purpose.

    Parameters
    ----------
    fact
        What was found, with counts and column names; never a patient's value or identifier.
    why
        Why it matters for the analysis.
    hint
        What the user can do about it.
    """

    def __init__(self, fact: str, why: str = "", hint: str = "") -> None:
        self.fact, self.why, self.hint = fact, why, hint
        tail = f" Hint: {hint}" if hint else ""
        middle = f" {why}" if why else ""
        super().__init__(f"{fact}{middle}{tail}")


class UnreadableError(MalarError):
    """A file or folder that cannot be read at all."""


class FormatVersionError(MalarError):
    """A study folder written by a newer Malar than this one."""


class MissingColumnsError(MalarError):
    """A frame lacks columns that a score, rule or estimator rests on."""


class WrongTypeError(MalarError):
    """A column or frame of a kind that cannot be used here."""


class UnknownKeyError(MalarError):
    """A key that names no instrument, definition, query, estimator, unit or table."""


class ParameterError(MalarError):
    """A parameter outside the values that the definition allows."""


class UndefinedError(MalarError):
    """A quantity that the data given do not determine."""


def near(key: str, known: Iterable[str], listing: str) -> str:
    """Keys spelled like the one asked for, and the command that lists all.

    Examples
    --------
    >>> near("sledai2k", ["sledai_2k", "bilag_2004"], "instruments")
    'Close to it: sledai_2k. All: malar list instruments.'
    """
    close = get_close_matches(key, list(known), cutoff=0.5)
    return (f"Close to it: {', '.join(close)}. " if close else "") + f"All: malar list {listing}."
