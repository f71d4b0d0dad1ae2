"""One page that holds everything: words, figures, tables and their data, with no network."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from malar.errors import ParameterError
from malar.reports._palette import css_variables
from malar.reports._svg import standalone
from malar.reports._words import number, plain
from malar.reports.csv_for_people import write_csv_for_people
from malar.reports.figure import Figure, check_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to an address of the web; the page needs none of them to be read."""

    words: str
    address: str

    def __str__(self) -> str:
        return f"{self.words} {self.address}".strip()

    def __html__(self) -> str:
        from markupsafe import escape

        if not self.address.startswith("https://"):
            return str(escape(self.words))
        return f'<a href="{escape(self.address)}" rel="noreferrer">{escape(self.words)}</a>'


@dataclass(frozen=True, slots=True)
class Lines:
    """Several lines of one cell; `more` stands behind a fold named `fold`, for those who want the figures."""

    lines: tuple[str | Link, ...]
    more: tuple[str, ...] = ()
    fold: str = "figures"

    def __str__(self) -> str:
        return " · ".join(str(line) for line in (*self.lines, *self.more))

    def __html__(self) -> str:
        from markupsafe import escape

        shown = "".join(_line(line) for line in self.lines)
        if not self.more:
            return shown
        rest = "".join(_line(line) for line in self.more)
        return f"{shown}<details><summary>{escape(self.fold)}</summary>{rest}</details>"


def _line(line: str | Link) -> str:
    from markupsafe import escape

    return f'<span class="line">{escape(_unbroken(line) if isinstance(line, str) else line)}</span>'


def _unbroken(text: str) -> str:
    """Text whose percent signs stay with their numbers."""
    return text.replace(" %", "\u00a0%")


Cell = str | int | float | Link | Lines | None
"""What a table shows in a cell; null prints as a dash that is read as “unknown”."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a printed table: key in the data, heading, and whether it is set as numbers."""

    key: str
    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A printed table.

    Parameters
    ----------
    key
        Name within the page: lowercase letters, digits and hyphens.
    title, caption
        Heading, and what the numbers are with their denominators.
    columns
        The first names its row.
    rows
        One tuple a row, one cell a column.
    data
        What the download holds; by default the rows.
    stacked
        On a narrow screen one cell below the other, each with its heading: for tables of words.
    """

    key: str
    title: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    data: pl.DataFrame | None = None
    stacked: bool = False

    def __post_init__(self) -> None:
        check_key(self.key)
        wrong = sum(len(row) != len(self.columns) for row in self.rows)
        if wrong:
            raise ParameterError(
                f"{wrong} rows of table `{self.key}` do not have {len(self.columns)} cells.",
                "A shifted cell would stand under the wrong heading.",
                "Give one cell a column, null where unknown.",
            )


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """A part of a page: paragraphs of plain text, then figures, tables and notes."""

    key: str
    title: str
    intro: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_key(self.key)


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """A page.

    Parameters
    ----------
    title, subtitle
        What the page is about.
    mark
        ``"Invented data"`` or ``"Simulated data"`` where the data are no patients'; else None.
    banner
        Caveats that come before everything else.
    sections
        In reading order.
    footer
        What the page rests on: versions, definitions, dates.
    """

    title: str
    subtitle: str
    mark: str | None
    banner: tuple[str, ...]
    sections: tuple[Section, ...]
    footer: Mapping[str, str] = field(default_factory=dict[str, str])


def render(report: Report) -> str:
    """Make a page that stands alone.

    Parameters
    ----------
    report
        What the page holds. Keys of sections, figures and tables are unique within it.

    Returns
    -------
    str
        HTML with style, script, images and data inside; the same report gives the same text.

    Raises
    ------
    ParameterError
        A key occurs twice.
    """
    _only_once(report)
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    loader = PackageLoader("malar.reports", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(cell=_cell)
    style = _style(_text(environment, "report.css"), report.mark)
    script = _text(environment, "theme.js")
    return environment.get_template("report.html.j2").render(
        report=report,
        style=Markup(style),
        script=Markup(script),
        policy=_policy(style, script),
        figures=_numbered(figure for section in report.sections for figure in section.figures),
        tables=_numbered(table for section in report.sections for table in section.tables),
        svg={figure.key: Markup(figure.svg) for section in report.sections for figure in section.figures},
        csv_link=_csv_link,
        svg_link=_svg_link,
    )


def _only_once(report: Report) -> None:
    keys = [one.key for section in report.sections for one in (section, *section.figures, *section.tables)]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ParameterError(
            f"{len(twice)} keys occur more than once in the page: {', '.join(twice)}.",
            "Links and the parts of images are found by key.",
            "Give every section, figure and table a key of its own.",
        )


def _numbered(items: Any) -> dict[str, int]:
    return {item.key: position for position, item in enumerate(items, start=1)}


def _text(environment: Any, name: str) -> str:
    source: str = environment.loader.get_source(environment, name)[0]
    return source


def _style(rules: str, mark: str | None) -> str:
    """The style sheet with the palette and, for print, the mark at the head of every page."""
    light, dark = css_variables(dark=False), css_variables(dark=True)
    safe = "".join(letter for letter in plain(mark or "", 40) if letter.isalnum() or letter in " .,:-")
    head = f'@page{{@top-right{{content:"{safe}: no real patient";font:700 9pt sans-serif;}}}}' if safe else ""
    return (
        f":root{{{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}color-scheme:dark}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{{dark}color-scheme:dark}}}}\n{rules}{head}"
    )


def _policy(style: str, script: str) -> str:
    """Content security policy: nothing from outside, no script but ours."""
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src-elem {_hash(style)}; "
        "style-src-attr 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _csv_link(item: Figure | Table) -> str:
    return _link("text/csv", write_csv_for_people(_data(item)))


def _svg_link(figure: Figure) -> str:
    return _link("image/svg+xml", standalone(figure.svg))


def _link(kind: str, text: str) -> str:
    return f"data:{kind};charset=utf-8;base64,{base64.b64encode(text.encode()).decode()}"


def _data(item: Figure | Table) -> pl.DataFrame:
    """The numbers behind a figure or table; a table without data of its own gives its rows."""
    import polars as pl

    if item.data is not None:
        return item.data
    assert isinstance(item, Table)
    cells = {column.key: [_plain(row[k]) for row in item.rows] for k, column in enumerate(item.columns)}
    return pl.DataFrame({key: pl.Series(key, values, strict=False) for key, values in cells.items()})


def _plain(value: Cell) -> str | int | float | None:
    """A cell as a program reads it."""
    return str(value) if isinstance(value, (Link, Lines)) else value


def _cell(value: Cell) -> Any:
    """A cell as printed; numbers with a decimal fraction keep two places."""
    if isinstance(value, (Link, Lines)):
        return value
    return number(value, 2) if isinstance(value, float) else _unbroken(str(value))
