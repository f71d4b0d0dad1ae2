"""Spending functions: how much of a level is spent by the time a share of the information is in."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import ClassVar, Final

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status

LAN_DEMETS: Final = "Lan KKG, DeMets DL. Discrete sequential boundaries for clinical trials. Biometrika 1983;70:659-63"


class SpendingFunction(ABC):
    """A rising function of time: 0 at 0, the whole level at 1 and after."""

    __slots__ = ()
    method: ClassVar[Method]

    @abstractmethod
    def spent(self, level: float, time: float) -> float:
        """Part of a one-sided level spent by a time.

        Parameters
        ----------
        level
            One-sided level, between 0 and 1.
        time
            Share of the planned information, or another share laid down beforehand; above 1 counts as 1.

        Returns
        -------
        float
            Probability of a false claim by then.
        """

    @abstractmethod
    def level_spending(self, spent: float, time: float) -> float:
        """The level of which this much is spent by a time; 1 where it would be above 1."""

    def critical(self, level: float, information: Sequence[float], times: Sequence[float]) -> tuple[float, ...]:
        """Critical Z at each look; infinite where nothing is spent."""
        from malar.looks._recursion_kernel import spending_bounds

        return spending_bounds([self.spent(level, time) for time in times], information)

    def level_reaching(self, p: float, look: int, information: Sequence[float], times: Sequence[float]) -> float:
        """The level whose nominal level at a look, counted from 0, is this p; 1 where there is none."""
        if look == 0:
            return self.level_spending(p, times[0])
        from malar.looks._recursion_kernel import quantile, rising_root

        above = quantile(p)

        def room(level: float) -> float:
            return above - self.critical(level, information[: look + 1], times[: look + 1])[look]

        return rising_root(room, p)


@dataclass(frozen=True, slots=True)
class OBrienFlemingType(SpendingFunction):
    """Lan and DeMets' function close to O'Brien and Fleming's bounds: hardly anything early.

    Examples
    --------
    >>> round(OBrienFlemingType().spent(0.025, 0.5), 6)
    0.001525
    """

    method: ClassVar[Method] = Method(
        key="spending_obrien_fleming",
        title="O'Brien-Fleming-type spending (Lan-DeMets)",
        source=Source(
            LAN_DEMETS,
            status=Status.SECONDARY,
            reading="One-sided level a: 2 - 2 Phi(z / sqrt(t)), z the quantile of 1 - a/2.",
        ),
    )

    def spent(self, level: float, time: float) -> float:
        """Part of a one-sided level spent by a time."""
        if time >= 1 or level in (0.0, 1.0):
            return level
        return _tail(-NormalDist().inv_cdf(level / 2) / math.sqrt(time))

    def level_spending(self, spent: float, time: float) -> float:
        """The level of which this much is spent by a time."""
        if time >= 1 or spent in (0.0, 1.0):
            return spent
        return _tail(-NormalDist().inv_cdf(spent / 2) * math.sqrt(time))


def _tail(z: float) -> float:
    """Probability of a normal variable beyond z on either side."""
    return math.erfc(z / math.sqrt(2))


class _Proportional(SpendingFunction, ABC):
    """Functions that spend the same share of any level."""

    __slots__ = ()

    @abstractmethod
    def share(self, time: float) -> float:
        """Share of the level spent by a time."""

    def spent(self, level: float, time: float) -> float:
        """Part of a one-sided level spent by a time."""
        return level * self.share(min(time, 1.0))

    def level_spending(self, spent: float, time: float) -> float:
        """The level of which this much is spent by a time; 1 where it would be above 1."""
        return min(1.0, spent / self.share(min(time, 1.0)))


@dataclass(frozen=True, slots=True)
class PocockType(_Proportional):
    """Lan and DeMets' function close to Pocock's bounds: much early.

    Examples
    --------
    >>> round(PocockType().spent(0.025, 0.5), 6)
    0.015503
    """

    method: ClassVar[Method] = Method(
        key="spending_pocock",
        title="Pocock-type spending (Lan-DeMets)",
        source=Source(LAN_DEMETS, status=Status.SECONDARY, reading="a ln(1 + (e - 1) t)."),
    )

    def share(self, time: float) -> float:
        """Share of the level spent by a time."""
        return math.log1p((math.e - 1) * time)


@dataclass(frozen=True, slots=True)
class KimDeMets(_Proportional):
    """A power of time: 1 spends evenly, 3 is close to O'Brien and Fleming.

    Parameters
    ----------
    power
        Above 0.

    Examples
    --------
    >>> round(KimDeMets(power=2).spent(0.025, 0.5), 6)
    0.00625
    """

    power: float

    method: ClassVar[Method] = Method(
        key="spending_kim_demets",
        title="Spending by a power of time (Kim-DeMets)",
        source=Source(
            "Kim K, DeMets DL. Design and analysis of group sequential tests based on the type I error spending rate "
            "function. Biometrika 1987;74:149-54",
            status=Status.SECONDARY,
        ),
    )

    def __post_init__(self) -> None:
        if not 0 < self.power < math.inf:
            raise ParameterError(
                f"The power is {self.power:g}.",
                "Only a power above 0 spends nothing at the start and all at the end.",
                "Pass power=1 to 3.",
            )

    def share(self, time: float) -> float:
        """Share of the level spent by a time."""
        return time**self.power


@dataclass(frozen=True, slots=True)
class HwangShihDeCani(_Proportional):
    """An exponential of time: -4 is close to O'Brien and Fleming, 1 close to Pocock.

    Parameters
    ----------
    gamma
        Negative spends late, 0 evenly, positive early.

    Examples
    --------
    >>> round(HwangShihDeCani(gamma=-4).spent(0.025, 0.5), 6)
    0.00298
    """

    gamma: float

    method: ClassVar[Method] = Method(
        key="spending_hwang_shih_decani",
        title="Spending by an exponential of time (Hwang-Shih-DeCani)",
        source=Source(
            "Hwang IK, Shih WJ, De Cani JS. Group sequential designs using a family of type I error probability "
            "spending functions. Stat Med 1990;9:1439-45",
            status=Status.SECONDARY,
        ),
    )

    def __post_init__(self) -> None:
        if not abs(self.gamma) <= 40:
            raise ParameterError(
                f"gamma is {self.gamma:g}.",
                "Beyond 40 either way all is spent at one end.",
                "Pass gamma between -40 and 40; -4 is usual.",
            )

    def share(self, time: float) -> float:
        """Share of the level spent by a time."""
        return time if self.gamma == 0 else math.expm1(-self.gamma * time) / math.expm1(-self.gamma)
