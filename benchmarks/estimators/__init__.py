"""The estimators, family by family: what each is compared with, and how its cost shall grow."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from benchmarks.comparison import Comparison, Growth

FAMILIES = ("time_to_event", "regressions", "repeated", "controls", "synthesis", "responders")


def comparisons(*families: str) -> Iterator[Comparison]:
    """Every comparison of some families, or of all."""
    for family in families or FAMILIES:
        yield from import_module(f"benchmarks.estimators.{family}").comparisons()


def growths(*families: str) -> Iterator[Growth]:
    """Every growth of some families, or of all."""
    for family in families or FAMILIES:
        yield from import_module(f"benchmarks.estimators.{family}").growths()
