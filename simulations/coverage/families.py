"""All families, in the order of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from simulations.coverage import (
    adjusted,
    competing,
    controls,
    counts,
    hazards,
    paired,
    repeated,
    responders,
    states,
    survival,
)
from simulations.coverage.scenario import Scenario


class Family(NamedTuple):
    """Scenarios whose results stand in one file and one table."""

    title: str
    scenarios: tuple[Scenario, ...]


FAMILIES: Final[Mapping[str, Family]] = {
    "responders": Family("Responders", responders.SCENARIOS),
    "adjusted": Family("Responders: strata, covariates, hierarchies", adjusted.SCENARIOS),
    "paired": Family("Before and after", paired.SCENARIOS),
    "counts": Family("Counts of flares", counts.SCENARIOS),
    "repeated": Family("Means over visits", repeated.SCENARIOS),
    "survival": Family("Time to one event", survival.SCENARIOS),
    "hazards": Family("Cox regression", hazards.SCENARIOS),
    "competing": Family("Competing causes", competing.SCENARIOS),
    "states": Family("States", states.SCENARIOS),
    "controls": Family("Matched and weighted controls", controls.SCENARIOS),
}
