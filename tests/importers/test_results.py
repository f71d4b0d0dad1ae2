"""Laboratory results as people write them, and what spreadsheets make of titres."""

from __future__ import annotations

import polars as pl
import pytest

from malar.importers.results import read_results
from malar.importers.titres import SERIES, titre_behind

COLUMNS = ("value", "qualifier", "titre", "reported")


def read(text: str | None, analyte: str = "anti_dsdna", *, repair: bool = False) -> tuple[object, ...]:
    labs = pl.DataFrame(
        {"line": [2], "subject": ["s"], "analyte": [analyte], "value": [text]}, schema_overrides={"value": pl.String}
    )
    results = read_results(labs, repair=repair)
    rules = pl.concat([*results.findings])["rule"].to_list() if results.findings else []
    return (*results.frame.select(COLUMNS).row(0), rules, results.converted, results.emptied)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.6", ("12.6", None, None, None, [], 0, 0)),
        ("1E+03", ("1E+03", None, None, None, [], 0, 0)),
        ("<10", ("10", "less_than", None, "<10", [], 1, 0)),
        (">= 300", ("300", "greater_than", None, ">= 300", [], 1, 0)),
        ("≤0.5", ("0.5", "less_than", None, "≤0.5", [], 1, 0)),
        ("1:40", (None, "titre", "40", "1:40", [], 1, 0)),
        ("1 : 10240", (None, "titre", "10240", "1 : 10240", [], 1, 0)),
        ("1/80", (None, "titre", "80", "1/80", [], 1, 0)),
        ("<1:10", (None, "less_than", "10", "<1:10", [], 1, 0)),
        ("(-)", (None, "negative", None, "(-)", [], 1, 0)),
        ("Positive", (None, "positive", None, "Positive", [], 1, 0)),
        ("N/A", (None, None, None, None, [], 1, 0)),
        (None, (None, None, None, None, [], 0, 0)),
        ("ND", (None, None, None, "ND", ["unreadable_result"], 0, 1)),
        ("ask again", (None, None, None, "ask again", ["unreadable_result"], 0, 1)),
        ("#VALUE!", (None, None, None, "#VALUE!", ["unreadable_result"], 0, 1)),
        ("0.152777778", (None, None, None, "0.152777778", ["titre_read_as_time"], 0, 1)),
        ("3:40:00", (None, None, None, "3:40:00", ["titre_read_as_time"], 0, 1)),
    ],
)
def test_results(text: str, expected: tuple[object, ...]) -> None:
    assert read(text) == expected


def test_a_titre_is_restored_only_on_request() -> None:
    assert read("3.597222222", repair=True) == (None, "titre", "5120", "3.597222222", ["repaired_titre"], 1, 0)


def test_fractions_of_other_analytes_are_numbers() -> None:
    assert read("0.152777778", "creatinine") == ("0.152777778", None, None, None, [], 0, 0)


def test_messages_hold_no_result() -> None:
    labs = pl.DataFrame({"line": [2], "subject": ["s"], "analyte": ["anti_dsdna"], "value": ["ask again"]})
    (finding,) = read_results(labs, repair=False).findings
    assert "ask" not in finding["message"][0]
    assert finding.select("line", "subject", "column").row(0) == (2, "s", "value")


def test_what_the_source_says_itself_stays() -> None:
    labs = pl.DataFrame({"line": [2], "analyte": ["anti_dsdna"], "value": ["20"], "qualifier": ["greater_than"]})
    assert read_results(labs, repair=False).frame["qualifier"].to_list() == ["greater_than"]


# What a spreadsheet keeps for 1:N, worked out with a calculator to nine decimals.
KEPT = {
    5: "0.045138889", 10: "0.048611111", 20: "0.055555556", 40: "0.069444444", 80: "0.097222222", 160: "0.152777778",
    320: "0.263888889", 640: "0.486111111", 1280: "0.930555556", 2560: "1.819444444", 5120: "3.597222222",
}  # fmt: skip
SHOWN = {40: "1:40:00", 80: "2:20:00", 160: "3:40", 320: "6:20", 5120: "86:20:00"}


def recognized(text: str) -> float | None:
    return pl.select(titre_behind(pl.Series([text]))).item()


@pytest.mark.parametrize(("titre", "text"), [*KEPT.items(), *SHOWN.items()])
def test_titres_as_times_are_recognized(titre: int, text: str) -> None:
    assert recognized(text) == titre
    assert recognized(text.replace(".", ",")) == titre


def test_every_titre_of_the_series_is_tried() -> None:
    assert sorted(KEPT) == [int(titre) for titre in SERIES]


@pytest.mark.parametrize(
    "text",
    [
        "0.152777777",  # last decimal off
        "0.15278000",  # eight decimals claimed, five agree
        "0.1528",  # too few decimals to tell
        "0.0625",  # 1:30, no dilution in use, and a fraction that ends
        "7.152777778",  # as far from any titre as a measured value
        "1:40",  # a titre as typed
        "3:41",
        "0:40",
        "3",
        "12.6",
        "text",
        "",
    ],
)
def test_other_results_are_not_titres_as_times(text: str) -> None:
    assert recognized(text) is None


def test_fewest_decimals() -> None:
    assert recognized("0.15278") == 160
    assert recognized("0.15277") is None
