"""Time two pieces of work in turn, and give the ratio pair by pair."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a comparison found: medians in seconds, and the median of the ratios with their range."""

    name: str
    ours: float
    peer: float
    ratio: float
    low: float
    high: float
    limit: float | None

    def line(self) -> str:
        """One line of the table."""
        target = "" if self.limit is None else f"  (wanted ≤ {self.limit:g})"
        late = self.limit is not None and self.ratio > self.limit
        return (
            f"{self.name:<66} {self.ours * 1000:9.1f} ms {self.peer * 1000:9.1f} ms "
            f"{self.ratio:7.2f} [{self.low:.2f}-{self.high:.2f}]{target}{'  MISSED' if late else ''}"
        )


def compare(
    name: str, ours: Callable[[], object], peer: Callable[[], object], *, runs: int = 9, limit: float | None = None
) -> Ratio:
    """Run two pieces of work in turn, after one warm-up each, and compare them."""
    ours()
    peer()
    pairs = [(_seconds(ours), _seconds(peer)) for _ in range(runs)]
    return from_pairs(name, pairs, limit=limit)


def from_pairs(name: str, pairs: list[tuple[float, float]], *, limit: float | None = None) -> Ratio:
    """The comparison of seconds measured elsewhere, ours and the peer's."""
    ratios = [a / b for a, b in pairs]
    return Ratio(
        name,
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        limit,
    )


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
