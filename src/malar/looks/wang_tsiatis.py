"""The classic bounds of looks planned beforehand: Pocock's, O'Brien and Fleming's, and those between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status


@dataclass(frozen=True, slots=True)
class WangTsiatis:
    """Critical Z at look k is C t^(shape - 1/2), t the share of the information of the last look.

    Parameters
    ----------
    shape
        At most 1/2: 0 gives O'Brien and Fleming's bounds, 1/2 Pocock's.

    Notes
    -----
    C rests on all looks, the last included: a look added or moved changes the bounds of those already held. Where
    that may happen, take a spending function.

    Examples
    --------
    >>> [round(z, 4) for z in WangTsiatis(shape=0).critical(0.025, (0.5, 1), (0.5, 1))]
    [2.7965, 1.9774]
    """

    shape: float

    method: ClassVar[Method] = Method(
        key="wang_tsiatis",
        title="Bounds of Pocock, O'Brien-Fleming and Wang-Tsiatis",
        source=Source(
            "Wang SK, Tsiatis AA. Approximately optimal one-parameter boundaries for group sequential trials. "
            "Biometrics 1987;43:193-9",
            status=Status.SECONDARY,
        ),
        also=(
            Source(
                "Pocock SJ. Group sequential methods in the design and analysis of clinical trials. "
                "Biometrika 1977;64:191-9",
                status=Status.SECONDARY,
            ),
            Source(
                "O'Brien PC, Fleming TR. A multiple testing procedure for clinical trials. Biometrics 1979;35:549-56",
                status=Status.SECONDARY,
            ),
        ),
    )

    def __post_init__(self) -> None:
        if not -10 <= self.shape <= 0.5:
            raise ParameterError(
                f"The shape is {self.shape:g}.",
                "Above 1/2 the first look would be the easiest to pass; below -10 only the last one counts.",
                "Pass shape=0 for O'Brien-Fleming, 0.5 for Pocock, or a number between.",
            )

    def critical(self, level: float, information: Sequence[float], times: Sequence[float]) -> tuple[float, ...]:
        """Critical Z at each look; the times of spending play no part."""
        from malar.looks._recursion_kernel import shaped_bounds

        return shaped_bounds(level, information, self.shape)

    def level_reaching(self, p: float, look: int, information: Sequence[float], times: Sequence[float]) -> float:
        """The level whose nominal level at a look, counted from 0, is this p."""
        from malar.looks._recursion_kernel import quantile, shaped_level, shares

        if p in (0.0, 1.0):
            return p
        return shaped_level(quantile(p) / shares(information, self.shape)[look], information, self.shape)
