"""What an estimator says of itself: key, title and where its formulas come from."""

from __future__ import annotations

from dataclasses import dataclass

from malar.sources import Source, Status, weakest


@dataclass(frozen=True, slots=True)
class Method:
    """An estimator's name and sources, readable without any numerical library.

    Parameters
    ----------
    key
        Name in commands and in the column ``analysis`` of the table of results.
    title
        One line in the field's terms.
    source
        The paper that defines the estimate.
    also
        Further sources: variance, confidence limits, the software it is compared with.

    Examples
    --------
    >>> from malar.survival import KaplanMeier
    >>> KaplanMeier.method.key
    'kaplan_meier'
    """

    key: str
    title: str
    source: Source
    also: tuple[Source, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """All sources, the defining one first."""
        return (self.source, *self.also)

    @property
    def status(self) -> Status:
        """The weakest status among the sources."""
        return weakest(source.status for source in self.sources)
