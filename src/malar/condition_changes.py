"""Conditions on a change: a value against the same value at an earlier visit, as a difference or as a share."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from malar.condition_kinds import DECIMALS, Since, bounds_of, decided, printed

if TYPE_CHECKING:
    import polars as pl

_BY: Final = {">=": "by at least", ">": "by more than", "<": "by less than", "<=": "by at most"}
_IS: Final = {">=": "at least", ">": "above", "<": "below", "<=": "at most"}


def _compare(low: pl.Expr, high: pl.Expr, operator: str, limit: float) -> pl.Expr:
    """A number between two bounds against a limit, with three truth values."""
    return {
        "<=": lambda: decided(high <= limit, low > limit),
        "<": lambda: decided(high < limit, low >= limit),
        ">=": lambda: decided(low >= limit, high < limit),
        ">": lambda: decided(low > limit, high <= limit),
    }[operator]()


@dataclass(frozen=True, slots=True)
class Change:
    """A rise or fall of so much against an earlier visit; the opposite direction is a negative amount."""

    column: str
    direction: str
    amount: float
    since: Since
    label: str
    operator: str = ">="

    def sentence(self) -> str:
        """The condition in words."""
        amount = printed(self.amount)
        return (
            f"{self.label} {self.direction} {_BY[self.operator]} {amount} against {self.since.phrase} "
            f"({self.operator} {amount})"
        )

    def needs(self) -> tuple[str, ...]:
        """Columns that the test reads."""
        return (self.column, f"{self.since.value}__{self.column}")

    def test(self, present: Collection[str]) -> pl.Expr:
        """The Boolean expression, given the columns that the frame has."""
        now_low, now_high = bounds_of(self.column, present)
        then_low, then_high = bounds_of(f"{self.since.value}__{self.column}", present)
        least, most = now_low - then_high, now_high - then_low
        if self.direction == "fell":
            least, most = then_low - now_high, then_high - now_low
        return _compare(least.round(DECIMALS), most.round(DECIMALS), self.operator, self.amount)


@dataclass(frozen=True, slots=True)
class Share:
    """A value of 0 or more as a percentage of the same value at an earlier visit.

    Tested as a product, so that an earlier value of 0 needs no division: of 0, only 0 is at most 50 %. The
    difference of the products is rounded, not the values: a value brought over from another unit has many decimals,
    and a rounding of 0.0000005 times 100 would decide at the limit.
    """

    column: str
    operator: str
    percent: float
    since: Since
    label: str

    def sentence(self) -> str:
        """The condition in words."""
        percent = printed(self.percent)
        return (
            f"{self.label} is {_IS[self.operator]} {percent} % of its value at {self.since.phrase} "
            f"({self.operator} {percent} %)"
        )

    def needs(self) -> tuple[str, ...]:
        """Columns that the test reads."""
        return (self.column, f"{self.since.value}__{self.column}")

    def test(self, present: Collection[str]) -> pl.Expr:
        """The Boolean expression, given the columns that the frame has."""
        now_low, now_high = bounds_of(self.column, present, rounded=False)
        then_low, then_high = bounds_of(f"{self.since.value}__{self.column}", present, rounded=False)
        least = (now_low * 100 - then_high * self.percent).round(DECIMALS)
        most = (now_high * 100 - then_low * self.percent).round(DECIMALS)
        return _compare(least, most, self.operator, 0)
