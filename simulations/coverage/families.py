"""All families, in the order of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from simulations.coverage import (
    adjusted,
    calibration,
    competing,
    controls,
    counts,
    hazards,
    late_and_weighted,
    paired,
    panel,
    repeated,
    responders,
    states,
    strategies,
    studies,
    survival,
)
from simulations.coverage.scenario import NUMBERS, SIZES, Scenario, Size


class Family(NamedTuple):
    """Scenarios whose results stand in one file and one table, a column a size; the size counts units."""

    title: str
    scenarios: tuple[Scenario, ...]
    sizes: tuple[Size, ...] = SIZES
    unit: str = "patients"

    @property
    def labels(self) -> tuple[str, ...]:
        """Head of each column; in the last, limits are held to 95 %."""
        return tuple(size.label for size in self.sizes)


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
    "panel": Family("States seen at visits only", panel.SCENARIOS),
    "late_and_weighted": Family("Late entry and weights", late_and_weighted.SCENARIOS),
    "strategies": Family("Strategies cloned, censored and weighted", strategies.SCENARIOS),
    "calibration": Family("Calibration by negative controls", calibration.SCENARIOS, NUMBERS, "negative controls"),
    "studies": Family("Published results pooled", studies.SCENARIOS, NUMBERS, "studies"),
}
