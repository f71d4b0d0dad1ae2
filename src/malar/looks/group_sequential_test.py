"""One hypothesis tested at several looks: critical values, nominal levels and p that count every look."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar, Final

from malar.errors import ParameterError
from malar.looks.boundaries import Boundaries
from malar.looks.spending import SpendingFunction
from malar.looks.wang_tsiatis import WangTsiatis
from malar.method import Method
from malar.sources import Source, Status

ARMITAGE: Final = Source(
    "Armitage P, McPherson CK, Rowe BC. Repeated significance tests on accumulating data. "
    "J R Stat Soc A 1969;132:235-44",
    status=Status.SECONDARY,
    reading="Recursive integration on Gauss-Legendre panels instead of Simpson's rule.",
)
JENNISON_TURNBULL: Final = Source(
    "Jennison C, Turnbull BW. Group sequential methods with applications to clinical trials. "
    "Boca Raton: Chapman & Hall/CRC 2000",
    "chapters 7, 9 and 19",
    Status.SECONDARY,
)
CLOSEST: Final = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSequentialTest:
    """Looks at accumulating data, and what may be claimed at each.

    Parameters
    ----------
    bounds
        A spending function, or :class:`WangTsiatis` for the classic bounds.
    information
        Information at every planned look as a share of the plan: above 0 and rising. Only ratios matter to the
        correlation of the looks. For responders the information is the number assessed; for times to event, of events.
    spending_time
        Time of the spending function at every look where it is not the information: rising, 1 at the last look.
        It must not depend on the results.

    Notes
    -----
    One-sided: a claim is that the treatment is better. For two-sided 5 % take 2.5 %; crossing on the other side
    is ignored, which changes a bound by less than 1e-5 at usual levels. Futility does not bind: stopping early for
    lack of effect only lowers the error. Statistics are normal with independent increments of information:
    score, Wald and log-rank tests of one parameter are so in large samples; with a dozen patients they are not.

    ``at`` integrates over the paths of Z from look to look (chapter 19 of Jennison & Turnbull), to about 1e-12.

    Source
    ------
    Armitage, McPherson & Rowe 1969; Lan & DeMets 1983; Jennison & Turnbull 2000.

    Examples
    --------
    Complete renal response at weeks 24 and 52, half of the patients assessed at the interim look:

    >>> from malar.looks import OBrienFlemingType
    >>> renal = GroupSequentialTest(bounds=OBrienFlemingType(), information=(0.5, 1.0))
    >>> [round(p, 5) for p in renal.at(0.025).nominal]
    [0.00153, 0.0245]
    >>> [round(p, 5) for p in renal.repeated_p([0.004, 0.02])]
    [0.04183, 0.02034]
    """

    bounds: SpendingFunction | WangTsiatis
    information: Sequence[float]
    spending_time: Sequence[float] | None = None

    method: ClassVar[Method] = Method(
        key="group_sequential_test",
        title="Efficacy bounds of a group sequential test",
        source=JENNISON_TURNBULL,
        also=(ARMITAGE,),
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "information", tuple(float(value) for value in self.information))
        apart = all(late - early >= CLOSEST * late for early, late in pairwise(self.information))
        if not _rising(self.information) or not apart:
            raise ParameterError(
                "The information is not above 0 and rising, or two looks are less than 0.1 % apart.",
                "Each look adds to the one before.",
                "Pass shares of the planned information, such as information=(0.5, 1.0).",
            )
        if self.spending_time is not None:
            object.__setattr__(self, "spending_time", tuple(float(value) for value in self.spending_time))
        if len(self.times) != len(self.information) or not _rising(self.spending_time or self.times):
            raise ParameterError(
                f"There are {len(self.times)} times of spending for {self.looks} looks, or they do not rise.",
                "Each look spends what has not been spent by then.",
                "Pass one time a look, such as spending_time=(0.5, 1.0), or none.",
            )

    @property
    def looks(self) -> int:
        """Number of planned looks."""
        return len(self.information)

    @property
    def times(self) -> tuple[float, ...]:
        """Time of spending at every look, at most 1."""
        given = self.information if self.spending_time is None else self.spending_time
        return tuple(min(1.0, time) for time in given)

    def at(self, level: float) -> Boundaries:
        """Bounds at a one-sided level.

        Parameters
        ----------
        level
            Probability of a false claim over all looks, between 0 and 1.

        Returns
        -------
        Boundaries
            Critical Z, nominal level, and what is spent, at every look.

        Raises
        ------
        ParameterError
            The level is not between 0 and 1.

        Notes
        -----
        Where the last time of spending is below 1 the level is not used up; where it is 1 before the last look,
        nothing is left for the looks after it.
        """
        if not 0 < level < 1:
            raise ParameterError(
                f"The level is {level:g}.",
                "It is the probability of a false claim.",
                "Pass a one-sided level such as 0.025.",
            )
        return _at(self, float(level))

    def repeated_p(self, p: Iterable[float]) -> tuple[float, ...]:
        """Repeated p: at each look, the smallest level at which its nominal level is as high as the p seen.

        Parameters
        ----------
        p
            One-sided p of the looks held so far, in order.

        Returns
        -------
        tuple of float
            One a look, not below the p itself; 1 where no level suffices.

        Raises
        ------
        ParameterError
            A value is no probability, or there are more than looks.

        Notes
        -----
        Unique where bounds fall as the level rises. They do where what is spent between any two times grows with the
        level: at any level for three of the functions, up to 0.317 for O'Brien-Fleming-type spending.
        """
        values = [float(value) for value in p]
        if len(values) > self.looks or not all(0 <= value <= 1 for value in values):
            raise ParameterError(
                f"There are {len(values)} p for {self.looks} looks, or some are no probabilities.",
                "Each look has one.",
                "Pass the one-sided p of the looks held so far, in order.",
            )
        return tuple(_repeated(self, value, look) for look, value in enumerate(values))

    def sequential_p(self, p: Iterable[float]) -> float:
        """The smallest level at which any look so far would have led to a claim.

        Parameters
        ----------
        p
            One-sided p of the looks held so far, in order.

        Returns
        -------
        float
            The smallest repeated p; 1 before the first look.

        Raises
        ------
        ParameterError
            A value is no probability, or there are more than looks.
        """
        return min(self.repeated_p(p), default=1.0)


def _rising(values: Sequence[float]) -> bool:
    """Whether there are values, all finite, above 0 and none below the one before."""
    return all(0 < value < math.inf for value in values) and bool(values) and all(a <= b for a, b in pairwise(values))


@lru_cache(maxsize=4096)
def _at(test: GroupSequentialTest, level: float) -> Boundaries:
    """Bounds of a level; the same few levels are asked for at every look of a trial."""
    critical = test.bounds.critical(level, test.information, test.times)
    return Boundaries(test, level, critical)


@lru_cache(maxsize=4096)
def _repeated(test: GroupSequentialTest, p: float, look: int) -> float:
    return test.bounds.level_reaching(p, look, test.information, test.times)
