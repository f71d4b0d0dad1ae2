"""How a published figure was checked, and what may be done with it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Verification(StrEnum):
    """How a figure was read; the first are the surest."""

    FULL_TEXT = "full_text"
    """An original table or passage of the paper was read."""
    ABSTRACT = "abstract"
    """The published abstract was read."""
    REGISTRY = "registry"
    """A copy of the register of trials was read."""
    SECONDARY = "secondary"
    """Read only in another paper that quotes it."""
    DOCUMENT = "document"
    """Known only from one of the documents whose claims are checked."""
    MEMORY = "memory"
    """Remembered, not seen in any source: shown, never pooled."""

    @property
    def label(self) -> str:
        """As it is printed."""
        return _LABELS[self]

    @property
    def poolable(self) -> bool:
        """Whether a figure may enter a pooled estimate at all."""
        return self is not Verification.MEMORY

    @property
    def read_in_source(self) -> bool:
        """Whether it was read in a publication of the study itself."""
        return self in (Verification.FULL_TEXT, Verification.ABSTRACT, Verification.REGISTRY)


_LABELS: Final = {
    Verification.FULL_TEXT: "original table read",
    Verification.ABSTRACT: "abstract read",
    Verification.REGISTRY: "register read",
    Verification.SECONDARY: "quoted by another paper",
    Verification.DOCUMENT: "founding document only",
    Verification.MEMORY: "from memory, never pooled",
}
