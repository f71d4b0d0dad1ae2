"""The parts of docs/performance.md that are made from a run, each between its two marks."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.comparison import Compared, Grown

COMMANDS = {"estimators": "python -m benchmarks peers growth", "keys": "python -m benchmarks.every_key"}
"""Parts of the page, and the commands that make them."""


def written(page: str, part: str, text: str) -> str:
    """The page with the text between the two marks of a part."""
    begin, end = f"<!-- {part}: made by `{COMMANDS[part]} --write docs/performance.md` -->", f"<!-- {part}: end -->"
    before, first, rest = page.partition(begin)
    _, last, after = rest.partition(end)
    if not first or not last:
        raise ValueError(f"The page lacks {begin!r} or {end!r}.")
    return f"{before}{begin}\n{text}\n{end}{after}"


def section(compared: Sequence[Compared], sizes: Sequence[Grown], peers: Sequence[str]) -> str:
    """Machine, versions, the table of comparisons and the table of sizes."""
    beside = f"Beside it {'; '.join(peers)}."
    return "\n".join(["", *machine(), beside, "", *_comparisons(compared), "", *_sizes(sizes), ""])


def machine() -> Iterator[str]:
    """The day, the processor, and what runs on it."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    ours = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "polars"))
    yield f"Measured on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({_processor()}), {platform.system()};"
    threads = os.environ["OPENBLAS_NUM_THREADS"]
    yield f"Python {platform.python_version()}, {ours}; {threads} thread(s) for matrix products;"
    yield f"at the end {load:.1f} processes wanted a core."


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _comparisons(compared: Sequence[Compared]) -> Iterator[str]:
    yield "| what | peer | ours | peer's | times as fast | range | by processor time | target | |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|---|"
    absent: list[str] = []
    for one in compared:
        wanted = "" if one.of.at_least is None else f"{one.of.at_least:g}×"
        if one.ratio is None:
            absent.append(f"{one.of.label}: {one.absent}")
            yield f"| {one.of.name} | {one.of.package} | {_span(one.own)} | | | | | {wanted} | not measured |"
            continue
        found = one.ratio
        verdict = "" if found.limit is None else ("**missed**" if found.missed else "met")
        processor = "" if found.processor is None else _times(1 / found.processor)
        cells = (
            one.of.name,
            one.of.package,
            _span(found.ours),
            _span(found.peer),
            _times(1 / found.ratio),
            f"{_times(1 / found.high)} to {_times(1 / found.low)}",
            processor,
            wanted,
            verdict,
        )
        yield f"| {' | '.join(cells)} |"
    if absent:
        yield ""
        yield "Not measured: " + "; ".join(absent) + "."


def _sizes(sizes: Sequence[Grown]) -> Iterator[str]:
    yield "| estimator | more of | three sizes | processor time | theory | exponent by theory | measured | |"
    yield "|---|---|---|---|---|--:|--:|---|"
    for one in sizes:
        at = ", ".join(f"{size:,}" for size in one.growth.sizes)
        spent = ", ".join(map(_span, one.seconds))
        end = "within" if one.within else "**more**"
        cells = (one.growth.name, one.growth.of, at, spent, one.growth.theory)
        yield f"| {' | '.join(cells)} | {one.expected:.2f} | {one.exponent:.2f} | {end} |"


def _span(seconds: float) -> str:
    if seconds >= 1.0:
        return f"{seconds:.2f} s"
    return f"{1000 * seconds:.3g} ms" if seconds < 0.0995 else f"{1000 * seconds:.0f} ms"


def _times(factor: float) -> str:
    return f"{factor:.0f}×" if factor >= 99.5 else f"{factor:.3g}×"
