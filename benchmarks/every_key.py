"""Every instrument and definition over 200,000 visits with all its inputs: rows a second, and whether cost is linear.

`python -m benchmarks.every_key` prints the table; `--write docs/performance.md` also puts it on that page, and
`--resume` keeps what an interrupted run has measured. `--short` runs every key over 20,000 visits in one process.
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

from benchmarks.performance import machine, written
from malar.instruments import INSTRUMENTS
from tests.support.inputs import SCORED, applied, needs_of, visits, with_unknowns

EACH = 10
VISITS, FEW = 200_000, 20_000
MEASURED = Path("build") / "every_key.jsonl"
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
    processor_larger: float
    memory: float
    memory_larger: float

    @property
    def rate(self) -> float:
        """Visits a second."""
        return VISITS / self.seconds

    @property
    def ratio(self) -> float:
        """Cost per visit in the larger frame over that in the smaller: 1 is linear."""
        return self.processor_larger / self.processor / TIMES


def frame_of(key: str, times: int = 1, count: int = VISITS) -> pl.DataFrame:
    """Visits with every input, a few unknown; the larger frame repeats them under other subjects."""
    made = _made(key)
    frame = with_unknowns(visits(needs_of(made), subjects=count // EACH, each=EACH, seed=4))
    if times == 1:
        return frame
    return pl.concat([frame.with_columns(pl.col("subject") + f"-{k:02}") for k in range(times)])


def _made(key: str) -> Any:
    return next(made for made in SCORED if made.key == key)


def measure(key: str) -> Cost:
    """Run one key, in a process of its own so that its peak memory is its own."""
    made, found = _made(key), dict[int, tuple[float, float, float]]()
    for times in (1, TIMES):
        frame = frame_of(key, times).rechunk()
        applied(made, frame.head(1000))
        before, runs = _begin_peak(), list[tuple[float, float]]()
        for _ in range(3 if times == 1 else 1):
            began, worked = time.perf_counter(), time.process_time()
            applied(made, frame)
            runs.append((time.perf_counter() - began, time.process_time() - worked))
        found[times] = (min(wall for wall, _ in runs), min(cpu for _, cpu in runs), _peak() - before)
    (wall, cpu, memory), (_, larger, memory_larger) = found[1], found[TIMES]
    return Cost(key, kind_of(made), len(needs_of(made)), wall, cpu, larger, memory, memory_larger)


def kind_of(made: Any) -> str:
    """What a key names."""
    return "instrument" if made.key in INSTRUMENTS else "definition"


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


def costs(*, resume: bool) -> Iterator[Cost]:
    """Every key, one process each; what was measured is also kept in a file."""
    MEASURED.parent.mkdir(exist_ok=True)
    kept = MEASURED.read_text(encoding="utf-8").splitlines() if resume and MEASURED.exists() else []
    known = {cost.key: cost for cost in (Cost(**json.loads(text)) for text in kept)}
    with MEASURED.open("a" if known else "w", encoding="utf-8") as file:
        for made in SCORED:
            if made.key not in known:
                text = _alone(made.key)
                print(text, file=file, flush=True)
                known[made.key] = Cost(**json.loads(text))
                print(f"{len(known)} of {len(SCORED)}: {made.key}", file=sys.stderr)
            yield known[made.key]


def _alone(key: str) -> str:
    words = [sys.executable, "-m", "benchmarks.every_key", "--one", key]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{key}: {(done.stderr.splitlines() or [f'ended with {done.returncode}'])[-1]}")
    return done.stdout.strip()


def line(cost: Cost) -> str:
    """A row of the table in Markdown."""
    return (
        f"| `{cost.key}` | {cost.kind} | {cost.inputs} | {1000 * cost.seconds:,.0f} | {cost.rate / 1e6:.2f} "
        f"| {1000 * cost.processor:,.0f} | {cost.memory:,.0f} | {cost.ratio:.2f} | {cost.memory_larger:,.0f} |"
    )


def table(*, resume: bool) -> Iterator[str]:
    """The table of docs/performance.md, slowest first, with the whole at its end."""
    found = sorted(costs(resume=resume), key=lambda cost: -cost.seconds)
    counts = ("key", "kind", "inputs", "ms", "million visits/s", "processor ms", "MiB")
    head = (*counts, f"ratio {TIMES}×", f"MiB {TIMES}×")
    yield f"| {' | '.join(head)} |"
    yield "|---|---|" + "--:|" * (len(head) - 2)
    yield from map(line, found)
    whole = sum(cost.seconds for cost in found)
    ratio = sum(cost.processor_larger for cost in found) / sum(cost.processor for cost in found) / TIMES
    kinds = sum(cost.kind == "instrument" for cost in found)
    yield ""
    yield f"All {len(found)} keys ({kinds} instruments, {len(found) - kinds} definitions), one after another:"
    yield f"{whole:.1f} s for {VISITS:,} visits; cost per visit with {TIMES} times the visits, over that: {ratio:.2f}."


def shortly() -> Iterator[str]:
    """Every key over few visits, in this process: the slowest, and the whole."""
    found: list[tuple[float, str]] = []
    for made in SCORED:
        frame = frame_of(made.key, count=FEW)
        applied(made, frame.head(1000))
        began = time.process_time()
        applied(made, frame)
        found.append((time.process_time() - began, f"{kind_of(made)} {made.key}"))
    whole = sum(spent for spent, _ in found)
    yield f"every key: {len(found)} over {FEW:,} visits, {whole:.1f} s of processors; the slowest:"
    for spent, name in sorted(found, reverse=True)[:10]:
        yield f"{name:<66} {1000 * spent:9.1f} ms {FEW / spent / 1e6:9.2f} million visits/s"


def main() -> None:
    """Print one key as JSON, or the table."""
    words = sys.argv[1:]
    if "--one" in words:
        print(json.dumps(asdict(measure(words[words.index("--one") + 1]))))
        return
    if "--short" in words:
        for text in shortly():
            print(text, flush=True)
        return
    text = "\n".join(table(resume="--resume" in words))
    print(text)
    if "--write" in words:
        page = Path(words[words.index("--write") + 1])
        whole = "\n".join(["", text, "", *machine(), ""])
        page.write_text(written(page.read_text(encoding="utf-8"), "keys", whole), encoding="utf-8")


if __name__ == "__main__":
    main()
