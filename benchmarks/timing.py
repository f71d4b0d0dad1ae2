"""Time two pieces of work in turn, and give the ratio pair by pair."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of one call: by the clock, and of processors (which other work on the machine does not change)."""

    clock: float
    processor: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a comparison found: medians in seconds, and the median of the ratios ours/peer with their range."""

    name: str
    ours: float
    peer: float
    ratio: float
    low: float
    high: float
    limit: float | None
    processor: float | None = None
    """Median of the ratios of processor seconds, where both were measured."""

    @property
    def missed(self) -> bool:
        """There is a limit, and the median lies beyond it."""
        return self.limit is not None and self.ratio > self.limit

    def line(self) -> str:
        """One line of the table."""
        target = "" if self.limit is None else f"  (wanted ≤ {self.limit:.3g})"
        processor = "" if self.processor is None else f" processor {self.processor:.3f}"
        return (
            f"{self.name:<66} {self.ours * 1000:9.1f} ms {self.peer * 1000:9.1f} ms "
            f"{self.ratio:7.3f} [{self.low:.3f}-{self.high:.3f}]{processor}{target}"
            f"{'  MISSED' if self.missed else ''}"
        )


def compare(
    name: str, ours: Callable[[], object], peer: Callable[[], object], *, runs: int = 9, limit: float | None = None
) -> Ratio:
    """Run two pieces of work in turn, after one warm-up each, and compare them."""
    ours()
    peer()
    pairs = [(took(ours), took(peer)) for _ in range(runs)]
    return from_pairs(name, pairs, limit=limit)


def from_pairs(name: str, pairs: Sequence[tuple[Took, Took]], *, limit: float | None = None) -> Ratio:
    """The comparison of what was measured elsewhere, ours and the peer's."""
    ratios = [a.clock / b.clock for a, b in pairs]
    processor = [a.processor / b.processor for a, b in pairs if b.processor > 0.0]
    return Ratio(
        name,
        statistics.median(a.clock for a, _ in pairs),
        statistics.median(b.clock for _, b in pairs),
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        limit,
        statistics.median(processor) if processor else None,
    )


def took(work: Callable[[], object], times: int = 1) -> Took:
    """Seconds a call, over some calls in a row."""
    began, worked = time.perf_counter(), time.process_time()
    for _ in range(times):
        work()
    return Took((time.perf_counter() - began) / times, (time.process_time() - worked) / times)


ENOUGH, MOST = 0.1, 200


def repeats(first: float) -> int:
    """Calls in a row that make a tenth of a second, as the first took: some clocks tick in milliseconds."""
    return max(1, min(MOST, round(ENOUGH / max(first, 1e-6))))
