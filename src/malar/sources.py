"""Where a fact comes from, and how sure it is: citation, locator, reading and status."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Status(IntEnum):
    """How a fact was checked. The status of a composite is the weakest of its parts."""

    VERIFIED = 3
    """Read in the primary source."""
    SECONDARY = 2
    """Read in another source that quotes the primary one."""
    PROVISIONAL = 1
    """From memory; never presented as exact."""

    @property
    def label(self) -> str:
        """The status as it is printed: ``verified``, ``secondary`` or ``provisional``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Source:
    """A citation with its place, our reading of it, and how it was checked.

    Parameters
    ----------
    citation
        Authors, journal, year, pages; DOI where known.
    locator
        Table, figure or page that holds the fact.
    status
        How the fact was checked.
    reading
        What we chose where the source is silent or contradicts itself.
    """

    citation: str
    locator: str = ""
    status: Status = Status.PROVISIONAL
    reading: str = ""

    def cite(self) -> str:
        """Citation and locator in one line.

        Examples
        --------
        >>> Source("Gladman DD, et al. J Rheumatol 2002;29:288-91", "Table 1").cite()
        'Gladman DD, et al. J Rheumatol 2002;29:288-91, Table 1'
        """
        return f"{self.citation}, {self.locator}" if self.locator else self.citation


def weakest(statuses: Iterable[Status]) -> Status:
    """The weakest of some statuses: what a composite definition may claim.

    Examples
    --------
    >>> weakest([Status.VERIFIED, Status.PROVISIONAL]).label
    'provisional'
    """
    return min(statuses, default=Status.PROVISIONAL)
