"""Every figure: the same bytes each time, safe text, marked, honest in words, and drawn from nothing."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from malar.errors import MissingColumnsError, ParameterError
from malar.reports._svg import standalone
from malar.reports.figures.denominators import draw_denominators
from malar.reports.figures.kaplan_meier import draw_kaplan_meier
from malar.reports.figures.share_heat_map import ORGANS, draw_share_heat_map
from malar.reports.figures.state_occupancy import draw_state_occupancy
from malar.reports.figures.swimmer import draw_swimmer
from malar.reports.figures.trajectories import draw_trajectories

from .frames import DRAWN, bare, empty, frames, one

HOSTILE = (
    "<script>alert(1)</script>",
    "$x$",
    "$\\frac{",
    '"]]>',
    "=cmd()",
    "a\x00\x1b\u202eb",
    "治疗组",
    "&lt;#1b1d21",
)
MARK = "Invented data"


def draw(figure: str, f: dict[str, pl.DataFrame], text: str = "S", **options: Any) -> Any:
    return DRAWN[figure](f, text, **options)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter() if element.tag.endswith("}text")]


@pytest.mark.parametrize("key", DRAWN)
def test_same_input_gives_the_same_bytes(key: str) -> None:
    first, second = (draw(key, frames(), mark=MARK) for _ in range(2))
    assert first.svg == second.svg
    assert (first.caption, first.alt) == (second.caption, second.alt)


@pytest.mark.parametrize("key", DRAWN)
def test_the_mark_is_drawn_in_the_image_only_when_asked(key: str) -> None:
    for f in (frames(), empty()):
        assert MARK in texts(draw(key, f, mark=MARK).svg)
        assert MARK not in draw(key, f).svg


@pytest.mark.parametrize("key", DRAWN)
def test_no_color_outside_variables_and_no_address(key: str) -> None:
    svg = draw(key, frames(), mark=MARK).svg
    outside = re.sub(r"var\(--[a-z0-9-]+, #[0-9a-f]{6}\)", "", svg)
    assert re.findall(r"#[0-9a-fA-F]{6}\b|rgba?\(|hsl", outside) == []
    assert re.findall(r"https?:[^\"' ]*", svg) == ["http://www.w3.org/2000/svg"]
    assert "DejaVu" not in svg


@pytest.mark.parametrize("key", DRAWN)
def test_the_image_has_a_name_a_description_and_no_fixed_size(key: str) -> None:
    figure = draw(key, frames())
    root = ET.fromstring(figure.svg)
    assert root.attrib["role"] == "img"
    assert "width" not in root.attrib
    name, description = (
        next(e for e in root.iter() if e.attrib.get("id") == i) for i in root.attrib["aria-labelledby"].split()
    )
    assert name.text == figure.title
    assert description.text == figure.alt


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("key", DRAWN)
def test_hostile_text_is_only_text(key: str, text: str) -> None:
    figure = draw(key, frames(text), text, mark=text, title=text)
    for document in (figure.svg, standalone(figure.svg)):
        root = ET.fromstring(document)
        assert {e.tag.rsplit("}")[-1] for e in root.iter()} <= {
            "svg", "title", "desc", "style", "g", "path", "rect", "text", "use", "defs", "clipPath", "pattern",
        }  # fmt: skip
        assert not any(name.startswith("on") for e in root.iter() for name in e.attrib)
    assert re.search(r"[\x00-\x08\x0b-\x1f\u202e]", figure.svg + figure.caption + figure.alt) is None
    clean = "a b" if text.startswith("a") else text
    assert any(clean[:12] in shown for shown in texts(figure.svg))


@pytest.mark.parametrize("make", [empty, bare], ids=["no rows", "nothing known"])
@pytest.mark.parametrize("key", DRAWN)
def test_nothing_known_draws_a_figure_that_says_so(key: str, make: Any) -> None:
    figure = draw(key, make())
    assert "No data" in texts(figure.svg)
    assert figure.alt.startswith("No data.")


@pytest.mark.parametrize("key", DRAWN)
def test_one_row_is_drawn(key: str) -> None:
    assert "No data" not in texts(draw(key, one(frames())).svg)


def test_all_scores_unknown_is_no_data() -> None:
    course = frames()["course"].with_columns(value=pl.lit(None, pl.Float64))
    assert "No data" in texts(draw_trajectories(course, frames()["summary"]).svg)


@pytest.mark.parametrize("key", DRAWN)
def test_a_missing_column_is_named(key: str) -> None:
    cut = {name: frame.select(pl.col(frame.columns[0])) for name, frame in frames().items()}
    cut["occupancy"] = cut["occupancy"].with_columns(state=pl.lit("active"))
    with pytest.raises(MissingColumnsError):
        draw(key, cut)


def test_a_key_that_is_no_id_is_refused() -> None:
    with pytest.raises(ParameterError):
        draw("swimmer", frames(), key='x" onload="alert(1)')


def test_words_of_the_trajectories() -> None:
    figure = draw_trajectories(frames()["course"], frames()["summary"], score="SLEDAI-2K", since="first infusion")
    assert "2 patients" in figure.alt
    assert "13 (IQR 10–16, n = 2) at month 0" in figure.alt
    assert "4 (IQR 4–4, n = 1) at month 6" in figure.alt
    assert "1 assessment with an unknown score left a gap" in figure.caption


def test_an_unknown_score_breaks_the_line() -> None:
    def steps(course: pl.DataFrame) -> list[int]:
        root = ET.fromstring(draw_trajectories(course, frames()["summary"]).svg)
        lines = [e.attrib for e in root.iter() if "stroke: var(--muted" in e.attrib.get("style", "")]
        return sorted(line["d"].count("L") for line in lines if "d" in line)

    whole = frames()["course"].with_columns(pl.col("value").fill_null(7))
    assert steps(whole) == [1, 3]
    assert steps(frames()["course"]) == [1, 1]


def test_words_of_the_heat_map() -> None:
    figure = draw_share_heat_map(frames()["organs"], ORGANS)
    assert "At Baseline: Renal 7/10 (70%)." in figure.alt
    assert "At Month 6: Renal 2/6 (33%)." in figure.alt
    assert "10 at Baseline and 6 at Month 6" in figure.alt
    shown = texts(figure.svg)
    assert {"7/10", "2/6", "1 unk.", "N = 10", "N = 6"} <= set(shown)
    assert "0/0" not in shown


def test_words_of_the_multiplicity_graph() -> None:
    figure = DRAWN["multiplicity-graph"](frames(), "")
    assert "SRI-4: 60% of alpha, passing 0.5 to flares and 0.5 to prednisone." in figure.alt
    assert "renal: claimed at analysis 1." in figure.alt
    assert "prednisone: 0% of alpha, passing on nothing." in figure.alt
    assert {"SRI-4", "claimed at analysis 1", "40% of alpha", "0.5", "1"} <= set(texts(figure.svg))


def test_words_of_the_swimmer() -> None:
    figure = draw_swimmer(frames()["intervals"], frames()["marks"])
    assert figure.alt.startswith("2 patients")
    assert "Quiescent 63% (1 patient)" in figure.alt
    assert "death 1 in 1 patient" in figure.alt
    assert {"S1", "S2", "Plasma exchange"} <= set(texts(figure.svg))


def test_lanes_keep_their_order_and_lose_their_names_beyond_sixty() -> None:
    def lanes(n: int) -> pl.DataFrame:
        names = [f"P{k:03d}" for k in reversed(range(n))]
        return pl.DataFrame({"subject": names, "start": 0, "stop": 100, "state": "active"})

    marks = frames()["marks"].clear()
    labeled = [t for t in texts(draw_swimmer(lanes(60), marks).svg) if re.fullmatch(r"P\d{3}", t)]
    assert labeled == sorted(labeled, reverse=True)
    assert len(labeled) == 60
    assert not any(re.fullmatch(r"P\d{3}", t) for t in texts(draw_swimmer(lanes(61), marks).svg))


def test_words_of_the_curves() -> None:
    figure = draw_kaplan_meier(frames()["curve"], frames()["risk"], label="Free of relapse")
    assert "A: 10 patients, 4 events; 40% (95% CI 15–65%) at month 12 with 4 at risk; median 12 months." in figure.alt
    assert "B: 10 patients, 1 event; 90% (95% CI 60–99%) at month 12 with 5 at risk; median not reached." in figure.alt
    assert {"10 (0)", "4 (4)", "5 (1)"} <= set(texts(figure.svg))


def test_cumulative_curve_turns_the_interval_around() -> None:
    figure = draw_kaplan_meier(frames()["curve"], frames()["risk"], label="Relapse", cumulative=True, level=0.9)
    assert "60% (90% CI 35–85%) at month 12" in figure.alt
    assert "one minus" in figure.caption


def test_a_single_curve_has_no_group() -> None:
    f = frames()
    curve = f["curve"].filter(pl.col("group") == "A").with_columns(group=pl.lit(None, pl.String))
    risk = f["risk"].filter(pl.col("group") == "A").with_columns(group=pl.lit(None, pl.String))
    figure = draw_kaplan_meier(curve, risk, label="Free of relapse")
    assert figure.alt.startswith("Free of relapse: 10 patients, 4 events")


def test_a_curve_that_falls_to_zero_has_no_band_there() -> None:
    curve = frames()["curve"].with_columns(
        survival=pl.when(pl.col("time") == 365).then(0.0).otherwise("survival"),
        lower=pl.when(pl.col("time") == 365).then(None).otherwise("lower"),
        upper=pl.when(pl.col("time") == 365).then(float("nan")).otherwise("upper"),
    )
    figure = draw_kaplan_meier(curve, frames()["risk"], label="Free of relapse")
    assert "0% at month 12 with 4 at risk" in figure.alt


def test_words_of_the_occupancy() -> None:
    figure = draw_state_occupancy(frames()["occupancy"], states=["quiescent", "active", "dead"])
    assert "At the beginning: Active 100%." in figure.alt
    assert (
        "At month 6: Quiescent 42% (95% CI 25–60%), Active 50% (95% CI 30–70%) and Dead 8% (95% CI 1–20%)."
        in figure.alt
    )


def test_the_two_answers_and_why() -> None:
    f = frames()
    occupancy = f["occupancy"].filter(pl.col("state") == "quiescent").drop("state")
    figure = draw_denominators(f["visits"], occupancy, state="quiescent")
    assert "12 of 18 patients seen are quiescent: 67% (95% CI 41–87%)" in figure.alt
    assert "For all 40 who began" in figure.alt
    assert "42% (95% CI 25–60%)" in figure.alt
    assert "leaves out 22 of 40 patients" in figure.caption
    assert {"12/18", "67%", "42%", "of 18 seen", "of all 40"} <= set(texts(figure.svg))


def test_a_cohort_of_many_is_drawn_soon_and_small() -> None:
    draw("trajectories", frames())
    days = [0, 30, 91, 183, 365, 730]
    course = pl.DataFrame(
        {
            "subject": [f"P{k:03d}" for k in range(160) for _ in days],
            "day": days * 160,
            "value": [float((7 * k + 3 * j) % 25) for k in range(160) for j in range(6)],
        }
    )
    spans = [(f"P{k:03d}", a, b, s) for k in range(158) for (a, b), s in zip(pairwise(days), "abcde", strict=True)]
    intervals = pl.DataFrame(spans, schema=["subject", "start", "stop", "state"], orient="row")
    start = time.process_time()
    first = draw_trajectories(course, frames()["summary"])
    second = draw_swimmer(intervals, frames()["marks"])
    assert time.process_time() - start < 3
    assert len(first.svg) + len(second.svg) < 250_000


def test_a_file_of_its_own_needs_no_variables() -> None:
    svg = standalone(draw("kaplan-meier", frames()).svg)
    root = ET.fromstring(svg)
    assert "var(" not in svg
    assert root.attrib["width"].endswith("pt")
    assert "prefers-color-scheme: dark" in svg
