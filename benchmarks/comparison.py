"""What is compared with a peer, and what is shown to grow as the theory of a method says."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from benchmarks.peer import AbsentError, Peers
from benchmarks.timing import Ratio, Took, from_pairs, repeats, took

SLOW = 2.0
"""Seconds of a peer's call from which it is run three times and not five, the first being no warm-up."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One estimator beside one peer on the same rows.

    Parameters
    ----------
    name
        What is estimated, of how many.
    ours
        The fit with everything that the peer's result holds, and standard errors and limits in any case.
    peer
        ``R`` or ``Python``.
    task, package
        The peer's task in ``benchmarks/peers``, and the name that the report gives it.
    table, frame
        The rows, and their name for the peer.
    at_least
        How many times as fast as the peer it shall be; None where there is no target.
    """

    name: str
    ours: Callable[[], object]
    peer: str
    task: str
    package: str
    table: str
    frame: pl.DataFrame
    at_least: float | None = None

    @property
    def label(self) -> str:
        """Both names."""
        return f"{self.name}, against {self.package}"


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of a comparison: a ratio, or the reason that there is none, and our own time then."""

    of: Comparison
    ratio: Ratio | None
    absent: str = ""
    own: float = 0.0

    def line(self) -> str:
        """One line of the table."""
        if self.ratio is not None:
            return self.ratio.line()
        return f"{self.of.label:<66} {self.own * 1000:9.1f} ms     not compared: {self.absent}"


def measured(one: Comparison, peers: Peers) -> Compared:
    """Ours and the peer's in turn."""
    mine = took(one.ours)
    mine = took(one.ours)
    own = repeats(mine.clock)
    peer = peers.named[one.peer]

    def theirs(times: int) -> Took:
        return peer.time(one.task, times, one.table, one.frame)

    try:
        first = theirs(1)
        slow = first.clock > SLOW
        times = 1 if slow else repeats(theirs(1).clock)
        pairs = [(took(one.ours, own), first)] if slow else []
        pairs += [(took(one.ours, own), theirs(times)) for _ in range(2 if slow else 5)]
    except AbsentError as reason:
        spent = sorted(took(one.ours, own).clock for _ in range(5))
        return Compared(one, None, str(reason), spent[2])
    limit = None if one.at_least is None else 1.0 / one.at_least
    return Compared(one, from_pairs(one.label, pairs, limit=limit))


SLACK = 0.2
"""Of the exponent: caches hold the smallest size and not the largest."""


@dataclass(frozen=True, slots=True)
class Growth:
    """One estimator at three sizes.

    Parameters
    ----------
    name, of
        The estimator, and what there is more of: subjects, covariates, visits, studies.
    sizes
        Three sizes.
    work
        From a size to the work that is timed.
    theory, cost
        The cost by the method's theory, in words and as a function of the size.
    """

    name: str
    of: str
    sizes: tuple[int, int, int]
    work: Callable[[int], Callable[[], object]]
    theory: str
    cost: Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Grown:
    """Processor seconds at the three sizes."""

    growth: Growth
    seconds: tuple[float, float, float]

    @property
    def exponent(self) -> float:
        """Of the largest over the smallest: 1 where cost is linear."""
        return self._exponent(self.seconds[2] / self.seconds[0])

    @property
    def expected(self) -> float:
        """The same by the theory."""
        cost, sizes = self.growth.cost, self.growth.sizes
        return self._exponent(cost(sizes[2]) / cost(sizes[0]))

    @property
    def within(self) -> bool:
        """It does not grow faster than the theory says."""
        return self.exponent <= self.expected + SLACK

    def _exponent(self, factor: float) -> float:
        return math.log(factor) / math.log(self.growth.sizes[2] / self.growth.sizes[0])

    def line(self) -> str:
        """One line of the table."""
        told = "  ".join(
            f"{size:>9,}: {1000 * spent:9.2f} ms" for size, spent in zip(self.growth.sizes, self.seconds, strict=True)
        )
        return (
            f"{self.growth.name + ', ' + self.growth.of:<66} {told}  exponent {self.exponent:.2f}, "
            f"{self.growth.theory}: {self.expected:.2f}{'' if self.within else '  MORE THAN THEORY'}"
        )


def grown(growth: Growth) -> Grown:
    """The least processor seconds of some runs at each size."""
    found: list[float] = []
    for size in growth.sizes:
        work = growth.work(size)
        times = repeats(took(work).clock)
        found.append(min(took(work, times).processor for _ in range(3)))
    return Grown(growth, (found[0], found[1], found[2]))


def linear(n: float) -> float:
    """Cost in proportion."""
    return n


def sorting(n: float) -> float:
    """Cost of sorting: n log n."""
    return n * math.log(n)


def power(exponent: float) -> Callable[[float], float]:
    """Cost that is a power."""
    return lambda n: n**exponent
