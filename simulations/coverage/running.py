"""The cells of a family, run in parts by the processes of a pool."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, Final, NamedTuple

from simulations.coverage import results
from simulations.coverage.counting import FIRST, Tally, tallies
from simulations.coverage.families import FAMILIES
from simulations.coverage.scenario import Scenario, Size
from simulations.coverage.verdict import outside

PART: Final = 250
MORE: Final = 9
"""Further replications, times those before, of a cell at the largest size that lies outside two standard errors."""

Found = dict[str, Tally]


class Cell(NamedTuple):
    """A scenario at a size, and its jobs."""

    scenario: Scenario
    size: Size
    jobs: list[Future[Found]]
    exact: Future[dict[str, float]] | None


def _scenario(family: str, key: str) -> Scenario:
    return next(one for one in FAMILIES[family].scenarios if one.key == key)


def job(family: str, key: str, size: Size, start: int, stop: int) -> Found:
    """Some replications of a cell, in a process of the pool."""
    return tallies(_scenario(family, key), Size(*size), range(start, stop))


def enumerated(family: str, key: str, size: Size) -> dict[str, float]:
    """Coverage without chance of a cell."""
    count = _scenario(family, key).enumerated
    return dict(count(Size(*size))) if count else {}


def _parts(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The first replications, then the rest in pieces."""
    if start == 0:
        yield 0, FIRST
        start = FIRST
    while start < stop:
        yield start, min(start + PART, stop)
        start += PART


def _sum(found: list[Found]) -> Found:
    total = found[0]
    for part in found[1:]:
        total = {key: tally + part[key] for key, tally in total.items()}
    return total


def _submitted(pool: ProcessPoolExecutor, family: str) -> Iterator[Cell]:
    for scenario in FAMILIES[family].scenarios:
        for size in scenario.sizes:
            jobs = [
                pool.submit(job, family, scenario.key, size, *part) for part in _parts(0, scenario.replications(size))
            ]
            exact = pool.submit(enumerated, family, scenario.key, size) if scenario.enumerated else None
            yield Cell(scenario, size, jobs, exact)


def simulate(pool: ProcessPoolExecutor, family: str) -> list[dict[str, Any]]:
    """All cells of a family as rows; what lies outside chance at the largest size is simulated further."""
    cells, largest = list(_submitted(pool, family)), FAMILIES[family].sizes[-1]
    rows: list[dict[str, Any]] = []
    for cell in cells:
        begun = time.monotonic()
        parts = [one.result() for one in cell.jobs]
        exact = cell.exact.result() if cell.exact else {}
        whole = _sum(parts)
        doubtful = [
            method.key for method in cell.scenario.methods
            if cell.size == largest and not method.aside and method.key not in exact and outside(whole[method.key])
        ]  # fmt: skip
        more: Found = {}
        if doubtful:
            start = cell.scenario.replications(cell.size)
            ranges = _parts(start, start * (1 + MORE))
            again = [pool.submit(job, family, cell.scenario.key, cell.size, *part) for part in ranges]
            more = _sum([one.result() for one in again])
        for method in cell.scenario.methods:
            further = more[method.key] if method.key in doubtful else Tally()
            counted = (whole[method.key], parts[0][method.key], further)
            rows.append(results.row(cell.scenario, cell.size, method.key, counted, exact.get(method.key)))
        shown = ", ".join(f"{key} {tally.coverage:.3f}" for key, tally in whole.items())
        waited = time.monotonic() - begun
        print(
            f"{family} {cell.scenario.key} n={cell.size.label} ({waited:.0f} s): {shown}", file=sys.stderr, flush=True
        )
    return rows
