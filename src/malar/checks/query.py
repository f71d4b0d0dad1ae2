"""A data query: a question to the site about rows that contradict each other or cannot be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class DataQuery:
    """A data query.

    Parameters
    ----------
    key
        Its key: the rule of its findings.
    title
        What it finds, in a sentence.
    action
        What to do about it.
    severity
        ``error``: the rows cannot both be right. ``warning``: someone should look. ``info``: good to know.
    table
        Table that the finding is about.
    find
        Function from a study and its scored visit frame to the rows concerned: `subject`, `day` and,
        where known, `column`.
    """

    key: str
    title: str
    action: str
    severity: str
    table: str
    find: Callable[[Study, pl.DataFrame], pl.DataFrame]

    @property
    def message(self) -> str:
        """The fact and what to do."""
        return f"{self.title} {self.action}"
