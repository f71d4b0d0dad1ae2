"""A finished figure: its image, its words and its numbers, which travel together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from malar.errors import ParameterError

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A figure as it goes into a page.

    Parameters
    ----------
    key
        Name within the page: lowercase letters, digits and hyphens. Prefixes every id of the image.
    title
        Short heading, in the field's terms.
    caption
        What is drawn and how to read it, with the denominators.
    alt
        The main numbers in words, for readers who do not see the image.
    svg
        Inline SVG in CSS variables, from :func:`malar.reports._svg.inline`.
    data
        The numbers drawn, as offered for download.
    wide
        Whether the figure needs the full width of the page.
    """

    key: str
    title: str
    caption: str
    alt: str
    svg: str
    data: pl.DataFrame
    wide: bool = False

    def __post_init__(self) -> None:
        check_key(self.key)


def check_key(key: str) -> str:
    """Return a key that is safe as an HTML id and as a file name.

    Raises
    ------
    ParameterError
        The key is not lowercase letters, digits and hyphens beginning with a letter.

    Examples
    --------
    >>> check_key("relapse-free")
    'relapse-free'
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,60}", key):
        raise ParameterError(
            "A key of the report is not made of lowercase letters, digits and hyphens.",
            "Keys become ids in the page and names of files.",
            "Begin with a letter, as in `relapse-free`.",
        )
    return key
