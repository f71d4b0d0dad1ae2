"""From matplotlib's SVG to ours: colors as CSS variables, safe ids, a text alternative, no size.

A figure is drawn in the colors of :class:`~malar.reports._palette.Paint` only, so each color in the
drawing stands for one role; rewriting it as ``var(--role, color)`` makes one image for light and dark.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from malar.reports._palette import DARK, Paint
from malar.reports.figure import check_key

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SVG: Final = "http://www.w3.org/2000/svg"
FONTS: Final = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, 'Noto Sans', sans-serif"

_NUMBER: Final = re.compile(r"-?\d+\.\d{3,}")
_COLOR: Final = re.compile(r"(?<!\()#[0-9a-fA-F]{6}\b")
_VARIABLE: Final = re.compile(r"var\(--[a-z0-9-]+, (#[0-9a-f]{6})\)")
_REFERENCE: Final = re.compile(r"(?<=\(#)[^)]+(?=\))")
_COLORED: Final = ("fill", "stroke")
_NUMERIC: Final = ("d", "x", "y", "width", "height", "transform")
_DROPPED: Final = frozenset({"metadata", "style"})


def inline(raw: bytes, *, key: str, title: str, alt: str) -> str:
    """Make a drawing ready to stand inside an HTML page among others.

    Parameters
    ----------
    raw
        SVG as matplotlib writes it, drawn in :class:`Paint` colors with text kept as text.
    key
        Prefix of every id.
    title, alt
        Name and text alternative of the image.

    Returns
    -------
    str
        One ``<svg>`` element without width and height; no color outside ``var()``.

    Raises
    ------
    ParameterError
        The key cannot be an id.
    """
    from xml.etree import ElementTree as ET

    check_key(key)
    drawn = ET.fromstring(raw)
    root = ET.Element(
        "svg",
        {
            "xmlns": SVG,
            "viewBox": drawn.attrib["viewBox"],
            "role": "img",
            "aria-labelledby": f"{key}-title {key}-desc",
            "font-family": FONTS,
            "stroke-linejoin": "round",
        },
    )
    ET.SubElement(root, "title", {"id": f"{key}-title"}).text = title
    ET.SubElement(root, "desc", {"id": f"{key}-desc"}).text = alt
    names = _referenced(drawn, key)
    for child in drawn:
        _move(child, root, names)
    return ET.tostring(root, encoding="unicode")


def standalone(svg: str) -> str:
    """Make an inline figure a file of its own, which other programs can also edit.

    Word processors and drawing programs do not know CSS variables, so colors become plain attributes;
    the style sheet turns each into its dark counterpart where the reader prefers dark.

    Parameters
    ----------
    svg
        A figure's inline SVG.

    Returns
    -------
    str
        An SVG document with a size in points and a background.
    """
    from xml.etree import ElementTree as ET

    root = ET.fromstring(svg)
    left, top, width, height = root.attrib["viewBox"].split()
    for element in root.iter():
        element.tag = _local(element.tag)
        for declaration in filter(None, element.attrib.pop("style", "").split(";")):
            name, value = declaration.split(":", 1)
            element.set(name.strip(), _VARIABLE.sub(r"\1", value.strip()))
    root.attrib.update(xmlns=SVG, width=f"{width}pt", height=f"{height}pt")
    style = ET.Element("style")
    style.text = f"@media (prefers-color-scheme: dark) {{ {_dark_rules()} }}"
    paper = ET.Element("rect", {"x": left, "y": top, "width": width, "height": height, "fill": Paint.PAPER.value})
    root.insert(2, style)
    root.insert(3, paper)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _dark_rules() -> str:
    return " ".join(f'[{what}="{paint.value}"]{{{what}:{DARK[paint]}}}' for paint in Paint for what in _COLORED)


def _referenced(drawn: Element, key: str) -> dict[str, str]:
    """New names, in order of appearance, for the ids that something points to; all others go."""
    pointed: set[str] = set()
    for element in drawn.iter():
        for name, value in element.attrib.items():
            pointed.update(_REFERENCE.findall(value))
            if _local(name) == "href":
                pointed.add(value.removeprefix("#"))
    ids = [element.attrib["id"] for element in drawn.iter() if element.attrib.get("id") in pointed]
    return {old: f"{key}-{number}" for number, old in enumerate(ids, start=1)}


def _move(element: Element, parent: Element, names: dict[str, str]) -> None:
    """Copy an element under a parent in our form; groups that say nothing are opened up."""
    from xml.etree import ElementTree as ET

    tag = _local(element.tag)
    if tag in _DROPPED:
        return
    attributes = _attributes(element, names)
    invisible = (tag == "path" and attributes.get("style") == "fill: none") or not (len(element) or attributes)
    if invisible:
        return
    if tag == "g" and not attributes:
        target = parent
    else:
        target = ET.SubElement(parent, tag, attributes)
        target.text = element.text if tag == "text" else None
    for child in element:
        _move(child, target, names)


def _attributes(element: Element, names: dict[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    style = [element.attrib.get("style", "")]
    for raw_name, raw in element.attrib.items():
        name = _local(raw_name)
        if name == "id":
            if raw in names:
                kept["id"] = names[raw]
        elif name == "href":
            kept["href"] = "#" + names[raw.removeprefix("#")]
        elif name in _COLORED:
            style.append(f"{name}: {raw}")
        elif name in _NUMERIC and not raw.startswith("rotate(-0 "):
            kept[name] = " ".join(_NUMBER.sub(_short, raw).split())
        elif name not in {"style", "transform", "type"}:
            kept[name] = _REFERENCE.sub(lambda found: names[found[0]], raw)
    declarations = _style("; ".join(filter(None, style)), names)
    if declarations:
        kept["style"] = declarations
    return kept


def _style(style: str, names: dict[str, str]) -> str:
    kept = [part.strip() for part in style.split(";") if part.strip() and "font-family" not in part]
    named = _REFERENCE.sub(lambda found: names[found[0]], "; ".join(kept))
    return _COLOR.sub(_variable, named)


def _variable(found: re.Match[str]) -> str:
    paint = Paint(found[0].lower())
    return f"var({paint.variable}, {paint.value})"


def _short(found: re.Match[str]) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1]
