"""The page: one file, safe, complete, and readable without script, network or eyes."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from malar.errors import ParameterError
from malar.reports.page import Column, Report, Section, Table, render

from .frames import DRAWN, frames

VOID = {"meta", "link", "br", "img", "input", "hr"}
MARK = "Invented data"


class Page(HTMLParser):
    """Elements with their attributes, text by element, and whether tags balance."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.inside: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.inside[-1] if self.inside else "", data))

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def report(text: str = "A group", mark: str | None = MARK) -> Report:
    figures = tuple(draw(frames(text), text, mark=mark) for draw in DRAWN.values())
    columns = (Column("name", text), Column("n", "Patients", numeric=True))
    table = Table("counts", text, text, columns, ((text, 3), (text, None), (text, 0.5)))
    empty = Table("nothing", "Nothing", "No rows.", columns, ())
    first = Section("course", text, (text,), figures, notes=(text,))
    return Report(text, text, mark, (text,), (first, Section("tables", text, tables=(table, empty))), {text: text})


def test_the_same_report_gives_the_same_page() -> None:
    assert render(report()) == render(report())


def test_ids_are_unique_and_every_reference_is_met() -> None:
    page = Page(render(report()))
    assert page.inside == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = {a["href"][1:] for _, a in page.elements if a.get("href", "").startswith("#")}
    wanted |= {i for _, a in page.elements for i in a.get("aria-labelledby", "").split()}
    wanted |= {i for _, a in page.elements for value in a.values() for i in re.findall(r"url\(#([^)]+)\)", value)}
    assert wanted <= set(ids)


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "$x$", '"]]>', "=cmd()", "</style><b onclick='x'>", "{{ 7*7 }}"]
)
def test_hostile_text_is_only_text(text: str) -> None:
    html = render(report(text, mark=text))
    page = Page(html)
    assert len(page.of("script")) == len(page.of("style")) == 1
    assert "alert(1)" not in "".join(data for tag, data in page.texts if tag in {"script", "style"})
    assert not any(name.startswith("on") for _, a in page.elements for name in a)
    assert "49" not in "".join(data for tag, data in page.texts if tag in {"h1", "h2", "caption"})
    for link in page.of("a"):
        if link.get("download", "").endswith(".csv"):
            rows = base64.b64decode(link["href"].split(",", 1)[1]).decode()
            assert not re.search(r"(^|[,\n])\"?=cmd", rows)
        elif link.get("download", "").endswith(".svg"):
            assert "script" not in {
                e.tag.rsplit("}")[-1] for e in ET.fromstring(base64.b64decode(link["href"].split(",", 1)[1])).iter()
            }


def test_nothing_is_fetched_and_the_policy_forbids_it() -> None:
    html = render(report())
    page = Page(html)
    assert set(re.findall(r"https?://[^\"'\s<)]*", html)) == {"http://www.w3.org/2000/svg"}
    assert not page.of("link")
    assert not page.of("img")
    assert all(a["href"].startswith(("#", "data:")) for a in page.of("a") + page.of("use"))
    policy = next(a["content"] for a in page.of("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    for tag, rule in (("script", "script-src"), ("style", "style-src-elem")):
        inside = "".join(data for where, data in page.texts if where == tag)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{rule} 'sha256-{digest}'" in policy


def test_the_mark_is_said_at_the_top_in_print_and_in_every_image() -> None:
    html = render(report())
    assert html.index(f"{MARK}: no real patient") < html.index("<h1>") or "@page" in html
    page = Page(html)
    assert ("p", f"{MARK}: no real patient") in page.texts
    assert f'@top-right{{content:"{MARK}: no real patient"' in html
    assert sum(tag == "text" and data == MARK for tag, data in page.texts) == len(DRAWN)
    assert "no real patient" not in render(report(mark=None))


def test_figures_and_tables_offer_their_data() -> None:
    page = Page(render(report()))
    names = [a["download"] for a in page.of("a") if "download" in a]
    assert sorted(names) == sorted(
        [f"{key}.{kind}" for key in DRAWN for kind in ("csv", "svg")] + ["counts.csv", "nothing.csv"]
    )
    table = next(a["href"] for a in page.of("a") if a.get("download") == "counts.csv")
    assert (
        base64.b64decode(table.split(",", 1)[1]).decode("utf-8-sig")
        == "name,n\r\nA group,3.0\r\nA group,\r\nA group,0.5\r\n"
    )


def test_the_page_can_be_read_by_structure() -> None:
    page = Page(render(report()))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(a.get("scope") in {"col", "row"} for a in page.of("th"))
    assert len(page.of("caption")) == len(page.of("table")) == 2
    assert page.of("html")[0]["lang"] == "en"
    assert page.of("a")[0]["href"] == "#content"
    assert "hidden" in page.of("button")[0]
    assert ("span", "unknown") in page.texts


def test_a_page_without_sections_is_a_page() -> None:
    assert Page(render(Report("Empty", "", None, (), ()))).of("main")


def test_a_key_used_twice_is_refused() -> None:
    twice = Section("one", "One"), Section("one", "Again")
    with pytest.raises(ParameterError, match="more than once"):
        render(Report("T", "", None, (), twice))


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ParameterError, match="cells"):
        Table("t", "T", "C", (Column("a", "A"),), (("x", 1),))


def test_data_of_a_table_may_say_more_than_its_rows() -> None:
    data = pl.DataFrame({"day": [0, 30], "n": [3, 2]})
    table = Table("t", "T", "C", (Column("a", "A"),), (("x",),), data)
    html = render(Report("T", "", None, (), (Section("s", "S", tables=(table,)),)))
    link = next(a["href"] for a in Page(html).of("a") if "download" in a)
    assert base64.b64decode(link.split(",", 1)[1]).decode("utf-8-sig") == "day,n\r\n0,3\r\n30,2\r\n"
