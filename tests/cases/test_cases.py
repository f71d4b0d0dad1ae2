"""Every row of every case table is a test."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from malar.conditions import at_least
from malar.course import derive_analysis_visit, derive_confirmed
from malar.instruments import WEIGHTED, WeightedItems
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.schema import PlannedVisit, Settings, study_from_frames
from malar.schema.item_keys import GRADED, ITEM_KEYS
from malar.sheets import KINDS
from tests.support.families import SLEDAI_2K_ALONE, SLEDAI_2K_FORMS
from tests.support.study_maker import ITEMS

HERE = Path(__file__).parent
GIVEN = {"subject", "day", "present", "unknown", "record"}
ARROW = "→"
MARKS = ("present", "unknown", "grades")
WORDS: dict[str, object] = {"yes": True, "no": False, "?": None}


@dataclass(frozen=True)
class Table:
    """A case table with the settings above it."""

    file: str
    number: int
    settings: tuple[tuple[str, str], ...]
    rows: tuple[tuple[tuple[str, str], ...], ...]

    @property
    def direct(self) -> bool:
        """Whether columns are given as they are, left of an arrow, and expected right of it."""
        return any(name == ARROW for name, _ in self.rows[0])


def tables(path: Path) -> Iterator[Table]:
    """Tables of a page, in order."""
    settings: tuple[tuple[str, str], ...] = ()
    header: list[str] = []
    rows: list[tuple[tuple[str, str], ...]] = []
    number = 0
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if line.startswith("Settings:"):
            pairs = line.removeprefix("Settings:").split(",")
            settings = tuple((k.strip(), v.strip()) for k, v in (pair.split("=") for pair in pairs))
        elif cells and not header:
            header = cells
        elif cells and not set("".join(cells)) <= {"-", ":"}:
            cells += [""] * (len(header) - len(cells))
            rows.append(tuple(zip(header, cells, strict=True)))
        elif not cells and rows:
            number += 1
            yield Table(path.name, number, settings, tuple(rows))
            settings, header, rows = (), [], []


JUDGING = {**KINDS["instruments"], **KINDS["definitions"]}
ALL = [table for path in sorted(HERE.glob("*.md")) if path.name != "README.md" for table in tables(path)]
ROWS = [(table, i) for table in ALL for i in range(len(table.rows))]


def listed(text: str, items: Collection[str] = ITEMS) -> list[str]:
    return list(items) if text == "all" else [item.strip() for item in text.split(",") if item.strip()]


def number(text: str) -> float | None:
    return float(text) if text else None


def measured(name: str) -> bool:
    return name.startswith("lab__") or name in ("inflamed_joints", "temperature_c")


def frame_of(table: Table) -> pl.DataFrame:
    """The visit frame of a table, through a study."""
    settings = dict(table.settings)
    items: list[dict[str, Any]] = []
    visits: list[dict[str, Any]] = []
    for row in map(dict, table.rows):
        key = {"subject": row["subject"], "day": int(row["day"])}
        note = row.get("record") == "note"
        present, unknown = listed(row.get("present", "")), listed(row.get("unknown", ""))
        assert {*present, *unknown} <= set(ITEMS), f"{table.file}: an item is misspelled"
        recorded = present if note else [item for item in ITEMS if item not in unknown or item in present]
        for item in recorded:
            value = ITEMS[item] if item in present else 0
            items.append({**key, "instrument": "sledai_2k", "item": item, "value": value})
        if not note:
            visits.append({**key, **{name: number(cell) for name, cell in row.items() if measured(name)}})
    given = pl.DataFrame(visits, infer_schema_length=None)
    frames = {
        "subjects": given.select("subject").unique(),
        "visits": given.select("subject", "day"),
        "items": pl.DataFrame(items),
    }
    study = study_from_frames(frames, Settings(data="invented"))
    frame = study.visit_frame("sledai_2k", window_days=int(settings.get("window_days", 30)))
    numbers = given.with_columns(pl.col(pl.Null).cast(pl.Float64))
    return frame.join(numbers, on=["subject", "day"], how="left", maintain_order="left")


def proposing(settings: dict[str, str]) -> WeightedItems:
    """SLEDAI-2K, or the variant with another number of joints, under a key of its own."""
    made = SLEDAI_2K
    if "arthritis_min_joints" not in settings:
        return made
    joints = at_least("inflamed_joints", int(settings["arthritis_min_joints"]))
    return made.amend("more_joints", title="Other joint rule", source=made.source, measured={"arthritis": joints})


def halves(row: tuple[tuple[str, str], ...]) -> tuple[dict[str, str], dict[str, str]]:
    """What is given, left of the arrow, and what is expected, right of it."""
    place = [name for name, _ in row].index(ARROW)
    return dict(row[:place]), {name: cell for name, cell in row[place + 1 :] if cell}


def value(cell: str) -> object:
    """A cell as a value: yes, no, unknown, a number, or a word such as a grade."""
    if cell in WORDS or not cell:
        return WORDS.get(cell)
    try:
        return float(cell)
    except ValueError:
        return cell


def form_of(table: Table, form: str, marked: dict[str, str]) -> dict[str, object]:
    """Every item of a form: absent or 0, unless it is listed as present, with a grade, or as unknown."""

    def cell(mark: str) -> str:
        own = dict(table.settings).get("form", "sledai_2k")
        return marked.get(f"{mark}:{form}", marked.get(mark, "") if form == own else "")

    keys = ITEM_KEYS[form]
    graded = dict(part.split() for part in cell("grades").split(",") if part.strip())
    present, unknown = ({part.strip() for part in cell(mark).split(",") if part.strip()} for mark in MARKS[:2])
    unknown = set(keys) if unknown == {"all"} else unknown
    present = set(keys) if present == {"all"} else present
    assert {*present, *unknown, *graded} <= set(keys), f"{table.file}: an item is misspelled"
    empty = 0.0 if form in GRADED else False
    items = dict.fromkeys(keys, empty) | dict.fromkeys(present, True) | {k: float(v) for k, v in graded.items()}
    return {f"{form}__{item}": None if item in unknown else found for item, found in items.items()}


@cache
def judged_directly(table: Table) -> pl.DataFrame:
    """The columns given, and every instrument and definition that an expected column belongs to."""
    rows: list[dict[str, Any]] = []
    own = dict(table.settings).get("form", "sledai_2k")
    for given, _ in map(halves, table.rows):
        marked = {name: cell for name, cell in given.items() if name.partition(":")[0] in MARKS}
        row = {name: value(cell) for name, cell in given.items() if name not in marked}
        for form in dict.fromkeys(name.partition(":")[2] or own for name in marked):
            row |= form_of(table, form, marked)
        rows.append({**row, "day": int(given["day"])})
    frame = pl.DataFrame(rows, infer_schema_length=None)
    expected = {name for row in table.rows for name in halves(row)[1]}
    for key in sorted(expected, key=len):
        if key.startswith("proposed__"):
            frame = proposed(WEIGHTED[key.split("__")[1]], frame)
            continue
        made = max((k for k in JUDGING if key == k or key.startswith(f"{k}__")), key=len, default=None)
        made = made or next((k for k, tool in JUDGING.items() if key in getattr(tool, "gives", tuple)()), None)
        assert made is not None, f"{table.file}: nothing gives `{key}`"
        frame = carried_out(JUDGING[made], frame)
    return frame


def proposed(made: WeightedItems, frame: pl.DataFrame) -> pl.DataFrame:
    """What the measurements say, with those that the table leaves out as unknown."""
    needs = {need for item in made.items if item.measured for need in item.measured.needs()}
    return made.propose(frame.with_columns(**dict.fromkeys(needs - set(frame.columns))))


def carried_out(made: Any, frame: pl.DataFrame) -> pl.DataFrame:
    """Score or judge, with inputs that the table leaves out as unknown."""
    given = set(frame.columns)
    wanted = made.visit_needs() if hasattr(made, "visit_needs") else made.needs()
    scored = {name for part in made.parts() if part.key in given for name in part.needs()}
    absent = {name: pl.lit(None, dtype=pl.Boolean) for name in wanted if name not in given and name not in scored}
    if hasattr(made, "flag"):
        return made.flag(frame.with_columns(**absent))
    return made.score(frame.with_columns(**absent))


@cache
def judged(table: Table) -> pl.DataFrame:
    """Everything that can be derived from a table."""
    settings, frame = dict(table.settings), frame_of(table)
    for made in SLEDAI_2K_FORMS.values():
        frame = made.score(frame)
    for rule in SLEDAI_2K_ALONE.values():
        frame = rule.flag(frame)
    frame = proposing(settings).propose(frame)
    if "confirm" in settings:
        frame = frame.with_columns(assessed=pl.col("sledai_2k__n_missing") < len(ITEMS))
        frame = derive_confirmed(
            frame,
            settings["confirm"],
            visits=int(settings["visits"]),
            min_gap_days=int(settings["min_gap_days"]),
            dated=settings.get("dated", "first"),  # pyright: ignore
            assessed="assessed",
        )
    if "planned" in settings:
        day, first, last = map(int, settings["planned"].split())
        frame = frame.with_columns(assessed=pl.col("sledai_2k__n_missing") < len(ITEMS))
        frame = derive_analysis_visit(frame, [PlannedVisit("planned", day, first, last)], assessed="assessed")
    return frame


@pytest.mark.parametrize(("table", "i"), ROWS, ids=[f"{t.file}-{t.number}-row {i + 1}" for t, i in ROWS])
def test_row(table: Table, i: int) -> None:
    if table.direct:
        given, expected = halves(table.rows[i])
        made = judged_directly(table).filter(subject=given["subject"], day=int(given["day"])).row(0, named=True)
        for name, cell in expected.items():
            wanted = value(cell)
            same = made[name] == (pytest.approx(wanted, abs=5e-3) if isinstance(wanted, float) else wanted)
            assert same, f"{table.file}, table {table.number}, {given['subject']} on day {given['day']}: {name}"
        return
    row = dict(table.rows[i])
    if row.get("record") == "note":
        return
    made = judged(table).filter(subject=row["subject"], day=int(row["day"])).row(0, named=True)
    expected = {name: cell for name, cell in row.items() if name not in GIVEN and not measured(name) and cell}
    for name, cell in expected.items():
        wanted = WORDS[cell] if cell in WORDS else float(cell)
        assert made[name] == wanted, f"{table.file}, table {table.number}, {row['subject']} on day {row['day']}: {name}"


def test_every_definition_and_item_with_a_measurement_has_a_case() -> None:
    columns = {name for table in ALL for row in table.rows for name, cell in row if cell}
    wanted: set[str] = set()
    shared = {item.measured for item in SLEDAI_2K.items}
    for made in (SLEDAI_2K, *(form for form in WEIGHTED.values() if form.key == form.form)):
        own = [item for item in made.items if item.measured and (made is SLEDAI_2K or item.measured not in shared)]
        wanted |= {f"proposed__{made.form}__{item.key}" for item in own}
    assert wanted <= columns
    assert [key for key, made in JUDGING.items() if not columns & {key, *getattr(made, "gives", tuple)()}] == []
