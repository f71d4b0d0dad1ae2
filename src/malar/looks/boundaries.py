"""Bounds of a group sequential test at one level, as numbers and as a table."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.errors import ParameterError
from malar.results import results_table

if TYPE_CHECKING:
    import polars as pl

    from malar.looks.group_sequential_test import GroupSequentialTest


@dataclass(frozen=True, slots=True)
class Boundaries:
    """What may be claimed at each look.

    Parameters
    ----------
    test
        The looks and how their bounds are drawn.
    level
        One-sided probability of a false claim over all looks.
    critical
        Critical Z at every look; infinite where nothing may be claimed.
    """

    test: GroupSequentialTest
    level: float
    critical: tuple[float, ...]

    @property
    def nominal(self) -> tuple[float, ...]:
        """One-sided p at or below which the hypothesis may be claimed, at every look."""
        return tuple(math.erfc(z / math.sqrt(2)) / 2 for z in self.critical)

    @property
    def spent(self) -> tuple[float, ...]:
        """Probability of a false claim by every look."""
        found, total = self.crossing(), 0.0
        return tuple(total := total + one for one in found)

    def crossing(self, drift: float = 0.0) -> tuple[float, ...]:
        """Probability of a first claim at every look.

        Parameters
        ----------
        drift
            Mean of Z where the information is 1 (the end, if it is given as a share of the plan); 0: no effect.

        Returns
        -------
        tuple of float
            One a look; their sum is the power.

        Raises
        ------
        ParameterError
            The drift is not finite.
        """
        if not math.isfinite(drift):
            raise ParameterError(
                "The drift is not finite.", "It is the mean of Z at information 1.", "Pass a number, such as 3.24."
            )
        from malar.looks._recursion_kernel import crossing_probabilities

        below = [-math.inf] * len(self.critical)
        return tuple(map(float, crossing_probabilities(self.critical, below, self.test.information, drift)[0]))

    def table(self) -> pl.DataFrame:
        """Rows of the table of results: critical Z, nominal level and level spent; the look is in `time`."""
        return results_table(self._rows())

    def _rows(self) -> Iterator[dict[str, Any]]:
        family = self.test.bounds.method
        for k, (z, p, spent) in enumerate(zip(self.critical, self.nominal, self.spent, strict=True)):
            shared: dict[str, Any] = {
                "analysis": self.test.method.key,
                "time": k + 1,
                "source": family.source.cite(),
                "note": f"{family.title}; one-sided level {self.level:g}; information {self.test.information[k]:g}",
            }
            if math.isinf(z):
                shared["note"] += "; nothing is spent at this look"
            yield {**shared, "term": "critical", "statistic": "z", "value": z if math.isfinite(z) else None}
            yield {**shared, "term": "nominal_level", "statistic": "p", "value": p, "unit": "probability"}
            yield {**shared, "term": "level_spent", "statistic": "estimate", "value": spent, "unit": "probability"}
