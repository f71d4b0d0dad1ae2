"""What every declared thing has, so that lists, sheets, citations and the lock treat all of them alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from malar.sources import Source, Status


class Declaration(Protocol):
    """An instrument, endpoint, outcome or derived column: declared once, in one file."""

    @property
    def key(self) -> str:
        """Its key; a key never changes meaning."""
        ...

    @property
    def title(self) -> str:
        """Its name for people."""
        ...

    @property
    def source(self) -> Source:
        """Where it comes from, and the reading chosen."""
        ...

    @property
    def status(self) -> Status:
        """How sure it is: the weakest of its parts."""
        ...

    @property
    def variant_of(self) -> str:
        """Key of what it amends; empty where it stands for itself."""
        ...

    def body(self) -> str:
        """What its sheet says below source and reading, in Markdown."""
        ...

    def meaning(self) -> Sequence[str]:
        """What it means beside key, source and reading: the lock holds a hash of it."""
        ...

    def parts(self) -> Sequence[Declaration]:
        """Declarations that it rests on, for citations and status."""
        ...
