"""Every instrument and definition over 200,000 visits with all its inputs: rows a second, and whether cost is linear.

`python -m benchmarks.every_key` prints the table of docs/performance.md; `--short` leaves out the larger frame.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from tests.support.inputs import SCORED, applied, needs_of, visits, with_unknowns

EACH = 10
VISITS = 200_000
TIMES = 10
"""The larger frame has so many times as many visits."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a key costs: seconds, seconds of processors (which other work does not change), peak memory added in MiB."""

    key: str
    kind: str
    inputs: int
    seconds: float
    processor: float
    processor_larger: float | None
    memory: float
    memory_larger: float | None

    @property
    def rate(self) -> float:
        """Visits a second."""
        return VISITS / self.seconds

    @property
    def ratio(self) -> float | None:
        """Cost per visit in the larger frame over that in the smaller: 1 is linear."""
        return None if self.processor_larger is None else self.processor_larger / self.processor / TIMES


def frame_of(key: str, times: int = 1) -> pl.DataFrame:
    """Visits with every input, a few unknown; the larger frame repeats them under other subjects."""
    made = _made(key)
    frame = with_unknowns(visits(needs_of(made), subjects=VISITS // EACH, each=EACH, seed=4))
    if times == 1:
        return frame
    return pl.concat([frame.with_columns(pl.col("subject") + f"-{k:02}") for k in range(times)])


def _made(key: str) -> Any:
    return next(made for made in SCORED if made.key == key)


def measure(key: str, *, short: bool) -> Cost:
    """Run one key, in a process of its own so that its peak memory is its own."""
    made, found = _made(key), dict[int, tuple[float, float, float]]()
    for times in (1,) if short else (1, TIMES):
        frame = frame_of(key, times).rechunk()
        applied(made, frame.head(1000))
        before, runs = _begin_peak(), list[tuple[float, float]]()
        for _ in range(3 if times == 1 else 1):
            began, worked = time.perf_counter(), time.process_time()
            applied(made, frame)
            runs.append((time.perf_counter() - began, time.process_time() - worked))
        found[times] = (min(wall for wall, _ in runs), min(cpu for _, cpu in runs), _peak() - before)
    kind = "definition" if hasattr(made, "criteria") else "instrument"
    (wall, cpu, memory), larger = found[1], found.get(TIMES)
    return Cost(key, kind, len(needs_of(made)), wall, cpu, larger and larger[1], memory, larger and larger[2])


def _begin_peak() -> float:
    """Forget the peak of what came before, where the system can; memory now in MiB."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak()


def _peak() -> float:
    """Peak memory of this process since then, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        told = next(text for text in status.read_text(encoding="ascii").splitlines() if text.startswith("VmHWM"))
        return int(told.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def costs(*, short: bool) -> Iterator[Cost]:
    """Every key, one process each."""
    for made in SCORED:
        words = [sys.executable, "-m", "benchmarks.every_key", "--one", made.key, *(["--short"] if short else [])]
        done = subprocess.run(words, check=True, capture_output=True, text=True)
        yield Cost(**json.loads(done.stdout))


def line(cost: Cost) -> str:
    """A row of the table in Markdown."""
    ratio = "" if cost.ratio is None else f"{cost.ratio:.2f}"
    larger = "" if cost.memory_larger is None else f"{cost.memory_larger:,.0f}"
    return (
        f"| `{cost.key}` | {cost.kind} | {cost.inputs} | {1000 * cost.seconds:,.0f} | {cost.rate / 1e6:.2f} "
        f"| {1000 * cost.processor:,.0f} | {cost.memory:,.0f} | {ratio} | {larger} |"
    )


def table(*, short: bool) -> Iterator[str]:
    """The table of docs/performance.md, slowest first, with the whole at its end."""
    head = (
        "key",
        "kind",
        "inputs",
        "ms",
        "million visits/s",
        "processor ms",
        "MiB",
        f"ratio {TIMES}×",
        f"MiB {TIMES}×",
    )
    yield f"| {' | '.join(head)} |"
    yield "|---|---|" + "--:|" * (len(head) - 2)
    found = sorted(costs(short=short), key=lambda cost: -cost.seconds)
    yield from map(line, found)
    whole = sum(cost.seconds for cost in found)
    larger = [cost.processor_larger for cost in found if cost.processor_larger is not None]
    ratio = sum(larger) / sum(cost.processor for cost in found) / TIMES
    told = f"; cost per visit with {TIMES} times the visits, over that: {ratio:.2f}" if larger else ""
    yield f"\nAll {len(found)} keys, one after another: {whole:.1f} s for {VISITS:,} visits{told}."


def main() -> None:
    """Print one key as JSON, or the table."""
    short = "--short" in sys.argv
    if "--one" in sys.argv:
        print(json.dumps(asdict(measure(sys.argv[sys.argv.index("--one") + 1], short=short))))
        return
    for text in table(short=short):
        print(text, flush=True)


if __name__ == "__main__":
    main()
