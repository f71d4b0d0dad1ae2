"""What counts as falling short, and as lying outside chance."""

from __future__ import annotations

import math
from typing import Any, Final

from simulations.coverage.counting import Tally
from simulations.coverage.scenario import LEVEL, Method

CLOSE: Final = 2.0
"""Monte-Carlo standard errors that chance is given."""


def margin(estimated: int) -> float:
    """What chance is given of a coverage of 95 % counted in so many intervals: 1 point in 2,000."""
    return CLOSE * math.sqrt(LEVEL * (1.0 - LEVEL) / estimated)


def outside(tally: Tally) -> bool:
    """The coverage lies further from 95 % than chance explains."""
    return tally.estimated > 0 and abs(tally.coverage - LEVEL) > margin(tally.estimated)


def best(row: dict[str, Any]) -> float | None:
    """Coverage without chance, or of the further trials, or as simulated; None where nothing was estimated.

    Further trials stand for themselves: those before them were looked at to decide that there should be some.
    """
    for name in ("enumerated", "confirming_coverage", "coverage"):
        if row[name] is not None:
            return float(row[name])
    return None


def falls_short(row: dict[str, Any], method: Method) -> bool:
    """Coverage below 95 %, by more than chance explains; for exact limits with enumerated coverage, at all."""
    found = best(row)
    if found is None:
        return False
    if method.exact and row["enumerated"] is not None:
        return found < LEVEL
    estimated = row["covered"] + row["too_low"] + row["too_high"]
    return found < LEVEL - margin(row["confirming_replications"] or estimated)
