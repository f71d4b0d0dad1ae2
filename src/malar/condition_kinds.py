"""Kinds of condition: each is a sentence and a test made from the same arguments.

A test has three truth values. Where a score comes with bounds (`sledai_2k__low`, `sledai_2k__high`), the
bounds decide: `at_most("sledai_2k", 4)` is true where high ≤ 4, false where low > 4, else unknown.
Expressions are made when asked for, never at import.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from malar._frames import as_sign
from malar.errors import ParameterError

if TYPE_CHECKING:
    import polars as pl

DECIMALS: Final = 6
"""Numbers are rounded to so many decimals before a threshold: 1.4 − 1.1 is not below 0.3."""


_OPERATORS: Final = {"<=": "at most", ">=": "at least", "<": "below", ">": "above", "==": "exactly"}


class Since(StrEnum):
    """The earlier visit that a visit is compared with."""

    PREVIOUS = "previous"
    BASELINE = "baseline"
    LOWEST = "lowest"
    PREFLARE = "preflare"

    @property
    def phrase(self) -> str:
        """The reference visit in words."""
        return {
            "previous": "the previous assessed visit",
            "baseline": "baseline",
            "lowest": "the lowest value since baseline",
            "preflare": "the time before the flare (baseline where that is not known)",
        }[self.value]


class Condition(Protocol):
    """A sentence and a three-valued test made from the same arguments."""

    def sentence(self) -> str:
        """The condition in words."""
        ...

    def needs(self) -> tuple[str, ...]:
        """Columns that the test reads."""
        ...

    def test(self, present: Collection[str]) -> pl.Expr:
        """The Boolean expression, given the columns that the frame has."""
        ...


def _value(column: str, *, rounded: bool = True) -> pl.Expr:
    """A column as a number, rounded; unknown where null or not a number."""
    import polars as pl

    number = pl.col(column).cast(pl.Float64).fill_nan(None)
    return number.round(DECIMALS) if rounded else number


def bounds_of(column: str, present: Collection[str], *, rounded: bool = True) -> tuple[pl.Expr, pl.Expr]:
    """Least and greatest possible value of a column; the same where it has no bounds of its own."""
    low, high = f"{column}__low", f"{column}__high"
    if low in present and high in present:
        return _value(low, rounded=rounded), _value(high, rounded=rounded)
    return _value(column, rounded=rounded), _value(column, rounded=rounded)


def decided(certain: pl.Expr, impossible: pl.Expr) -> pl.Expr:
    """True where certain, false where impossible, else unknown."""
    import polars as pl

    return pl.when(certain).then(pl.lit(value=True)).when(impossible).then(pl.lit(value=False))


def told(name: str, part: Condition) -> str:
    """A named condition with the columns that it reads, as the lock keeps it."""
    return f"{name}: {part.sentence()} [{', '.join(part.needs())}]"


def spoken(column: str) -> str:
    """A column name in words: its last part, without underscores."""
    return column.rsplit("__", 1)[-1].replace("_", " ")


def printed(number: float) -> str:
    """A limit as it is tested, with every decimal that counts.

    Examples
    --------
    >>> printed(7.5), printed(4.0), printed(1234567)
    ('7.5', '4', '1234567')
    """
    return f"{number:.{DECIMALS}f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A value against a limit."""

    column: str
    operator: str
    limit: float
    label: str
    unit: str = ""

    def sentence(self) -> str:
        """The condition in words."""
        unit = f" {self.unit}" if self.unit else ""
        limit = printed(self.limit)
        return f"{self.label} is {_OPERATORS[self.operator]} {limit}{unit} ({self.operator} {limit})"

    def needs(self) -> tuple[str, ...]:
        """Columns that the test reads."""
        return (self.column,)

    def test(self, present: Collection[str]) -> pl.Expr:
        """The Boolean expression, given the columns that the frame has."""
        low, high = bounds_of(self.column, present)
        limit = self.limit
        return {
            "<=": lambda: decided(high <= limit, low > limit),
            "<": lambda: decided(high < limit, low >= limit),
            ">=": lambda: decided(low >= limit, high < limit),
            ">": lambda: decided(low > limit, high <= limit),
            "==": lambda: decided((low == limit) & (high == limit), (low > limit) | (high < limit)),
        }[self.operator]()


@dataclass(frozen=True, slots=True)
class Presence:
    """A sign that is there, or is not."""

    column: str
    expected: bool
    label: str

    def sentence(self) -> str:
        """The condition in words."""
        return f"{self.label} is {'present' if self.expected else 'absent'}"

    def needs(self) -> tuple[str, ...]:
        """Columns that the test reads."""
        return (self.column,)

    def test(self, present: Collection[str]) -> pl.Expr:
        """The Boolean expression, given the columns that the frame has."""
        there = as_sign(self.column)
        return there if self.expected else ~there


@dataclass(frozen=True, slots=True)
class Limit:
    """A result against the laboratory's own limit."""

    column: str
    side: str
    label: str

    def sentence(self) -> str:
        """The condition in words."""
        limit = "below the lower" if self.side == "lln" else "above the upper"
        return f"{self.label} is {limit} limit of the laboratory"

    def needs(self) -> tuple[str, ...]:
        """Columns that the test reads."""
        return (self.column, f"{self.column}__{self.side}")

    def test(self, present: Collection[str]) -> pl.Expr:
        """The Boolean expression, given the columns that the frame has."""
        value, limit = _value(self.column), _value(f"{self.column}__{self.side}")
        return value < limit if self.side == "lln" else value > limit


@dataclass(frozen=True, slots=True)
class NoneNew:
    """No sign that was absent at an earlier visit and is present now."""

    columns: tuple[str, ...]
    since: Since
    label: str

    def __post_init__(self) -> None:
        if not self.columns or self.since in (Since.LOWEST, Since.PREFLARE):
            raise ParameterError(
                "`none_new` needs at least one sign and one earlier visit.",
                "A sign is there or not; it has no lowest value.",
                "Compare with Since.PREVIOUS or Since.BASELINE.",
            )

    def sentence(self) -> str:
        """The condition in words."""
        return f"no {self.label} is present that was absent at {self.since.phrase}"

    def needs(self) -> tuple[str, ...]:
        """Columns that the test reads."""
        return (*self.columns, *(f"{self.since.value}__{column}" for column in self.columns))

    def test(self, present: Collection[str]) -> pl.Expr:
        """The Boolean expression, given the columns that the frame has."""
        import polars as pl

        return ~pl.any_horizontal(as_sign(c) & ~as_sign(f"{self.since.value}__{c}") for c in self.columns)


@dataclass(frozen=True, slots=True)
class Combination:
    """All or any of some conditions."""

    parts: tuple[Condition, ...]
    joined: str

    def __post_init__(self) -> None:
        if not self.parts:
            raise ParameterError(
                "A combination holds no conditions.", "It would be neither true nor false.", "Give it at least one."
            )

    def sentence(self) -> str:
        """The condition in words; a combination inside another kind of combination stands in parentheses."""
        return f" {self.joined} ".join(
            f"({part.sentence()})" if isinstance(part, Combination) and part.joined != self.joined else part.sentence()
            for part in self.parts
        )

    def needs(self) -> tuple[str, ...]:
        """Columns that the test reads."""
        return tuple(dict.fromkeys(need for part in self.parts for need in part.needs()))

    def test(self, present: Collection[str]) -> pl.Expr:
        """The Boolean expression, given the columns that the frame has."""
        import polars as pl

        join = pl.all_horizontal if self.joined == "and" else pl.any_horizontal
        return join(part.test(present) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Negation:
    """None of some conditions; unknown where one that is unknown could hold."""

    parts: tuple[Condition, ...]

    def __post_init__(self) -> None:
        Combination(self.parts, "or")

    def sentence(self) -> str:
        """The condition in words."""
        return f"none of these holds: {'; '.join(part.sentence() for part in self.parts)}"

    def needs(self) -> tuple[str, ...]:
        """Columns that the test reads."""
        return tuple(dict.fromkeys(need for part in self.parts for need in part.needs()))

    def test(self, present: Collection[str]) -> pl.Expr:
        """The Boolean expression, given the columns that the frame has."""
        import polars as pl

        return ~pl.any_horizontal(part.test(present) for part in self.parts)
