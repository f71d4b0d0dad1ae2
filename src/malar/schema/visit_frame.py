"""The visit frame: one row a subject and day, one column a need. The only place that pivots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import polars as pl

from malar.errors import ParameterError, UnknownKeyError
from malar.schema.analytes import ANALYTES
from malar.schema.doses import prednisone_mg_day
from malar.schema.item_keys import GRADED, ITEM_KEYS, TOTAL
from malar.schema.tables import TABLES

KEY: Final = ("subject", "day")
VISIT_COLUMNS: Final = tuple(c for c in TABLES["visits"].column_names() if c not in (*KEY, "date"))
DOSE: Final = "prednisone_mg_day"
_SIDES: Final[tuple[Literal["backward", "forward"], ...]] = ("backward", "forward")


def visit_frame(
    tables: Mapping[str, pl.DataFrame],
    needs: Sequence[str] = (),
    *,
    window_days: int | Mapping[str, int] = 30,
    labs_within_days: int = 0,
) -> pl.DataFrame:
    """One row a subject and day of visit, one column a need.

    Parameters
    ----------
    tables
        The tables of a study.
    needs
        Any of: an instrument (`sledai_2k`: all its items), one item (`sledai_2k__arthritis`), an analyte
        (`lab__c3`, which brings `lab__c3__lln` and `lab__c3__uln`), a column of the visits table (`pga`),
        `prednisone_mg_day`. None: all of them.
    window_days
        An item recorded on a day between visits counts as present at the next visit, at most so many
        days later.
    labs_within_days
        A result counts for a visit at most so many days away; the nearest is taken, the earlier on a tie.

    Returns
    -------
    polars.DataFrame
        `subject`, `day`, `planned_visit`, `planned_day` and the needs, sorted by subject and day. Items are
        Boolean: true where the recorded value is above 0 and the sign is not held to have another cause;
        null where unknown. What was recorded stands beside: `recorded__sledai_2k__arthritis`, and the
        recorded total as `recorded__sledai_2k`. Where a study has no visits table, the days with items
        are its visits.

    Raises
    ------
    UnknownKeyError
        A need that no table can meet.
    ParameterError
        A negative number of days.
    """
    windows = {"": window_days} if isinstance(window_days, int) else {"": 30, **window_days}
    if min(*windows.values(), labs_within_days) < 0:
        raise ParameterError("A window has a negative number of days.", hint="Use 0 or more.")
    instruments, analytes, columns, dose = _sort_needs(needs)
    frame = _visit_days(tables, columns)
    for instrument, items in instruments.items():
        frame = frame.join(
            _item_columns(tables["items"], frame.select(KEY), instrument, items, windows.get(instrument, windows[""])),
            on=KEY,
            how="left",
            maintain_order="left",
        )
    for analyte in analytes:
        frame = _add_lab(frame, tables["labs"], analyte, labs_within_days)
    if dose:
        doses = prednisone_mg_day(tables["medications"], frame.select(KEY))
        frame = frame.join(doses, on=KEY, how="left", maintain_order="left")
    return frame


def column_meanings() -> dict[str, str]:
    """Every column a visit frame can have, with its meaning: the docs page is made from it."""
    specs = TABLES["visits"].columns()
    meanings = {"subject": "subject", "day": "study day of the visit"}
    meanings |= {name: specs[name].description or "" for name in VISIT_COLUMNS}
    for instrument, items in ITEM_KEYS.items():
        meanings[f"recorded__{instrument}"] = f"total of {instrument} as recorded"
        for item in items:
            what = "grade recorded for" if instrument in GRADED else "present and due to lupus:"
            meanings[f"{instrument}__{item}"] = f"{what} {item}; null where unknown"
            meanings[f"recorded__{instrument}__{item}"] = f"number recorded for {item}"
    for analyte in ANALYTES.values():
        meanings[f"lab__{analyte.key}"] = f"{analyte.label}, {analyte.unit}"
        meanings[f"lab__{analyte.key}__lln"] = f"lower limit of normal, {analyte.unit}"
        meanings[f"lab__{analyte.key}__uln"] = f"upper limit of normal, {analyte.unit}"
    meanings[DOSE] = "oral glucocorticoid, mg of prednisone a day; null where unknown"
    return meanings


def _sort_needs(needs: Sequence[str]) -> tuple[dict[str, list[str]], list[str], list[str], bool]:
    instruments: dict[str, list[str]] = {}
    analytes: list[str] = []
    columns: list[str] = []
    wanted = needs or [*ITEM_KEYS, *(f"lab__{key}" for key in ANALYTES), *VISIT_COLUMNS, DOSE]
    for need in dict.fromkeys(wanted):
        instrument, _, item = need.removeprefix("recorded__").partition("__")
        analyte = need.removeprefix("lab__")
        analyte = analyte.removesuffix("__lln") if analyte.endswith("__lln") else analyte.removesuffix("__uln")
        if instrument in ITEM_KEYS and (not item or item in ITEM_KEYS[instrument]):
            items = ITEM_KEYS[instrument] if not item else [item]
            known = instruments.setdefault(instrument, [])
            known.extend(name for name in items if name not in known)
        elif need.startswith("lab__") and analyte in ANALYTES:
            analytes += [analyte] if analyte not in analytes else []
        elif need in VISIT_COLUMNS:
            columns.append(need)
        elif need not in (*KEY, DOSE):
            raise UnknownKeyError(
                f"The visit frame has no column `{need}`.",
                "A name that is spelled differently would be taken as unknown everywhere.",
                "The names are on the docs page of the visit frame.",
            )
    return instruments, analytes, columns, DOSE in wanted


def _visit_days(tables: Mapping[str, pl.DataFrame], columns: list[str]) -> pl.DataFrame:
    visits = tables["visits"]
    if visits.is_empty():
        days = tables["items"].select(KEY).unique()
        absent = {name: pl.lit(None, dtype=TABLES["visits"].columns()[name].dtype) for name in VISIT_COLUMNS}
        visits = days.with_columns(**absent)
    return visits.select(*KEY, *dict.fromkeys(["planned_visit", "planned_day", *columns])).sort(KEY)


def _item_columns(
    items: pl.DataFrame, days: pl.DataFrame, instrument: str, wanted: list[str], window_days: int
) -> pl.DataFrame:
    """Item columns of one instrument at the visits, with items recorded between visits carried forward."""
    names = [TOTAL, *wanted]
    records = items.filter((pl.col("instrument") == instrument) & pl.col("item").is_in(names))
    due = pl.col("attributed").fill_null(value=True)
    present, grade = (pl.col("value") > 0) & due, pl.when(due).then("value").otherwise(0.0)
    numbered = days.with_columns(visit=pl.int_range(pl.len()))
    records = records.join(numbered, on=KEY, how="left").select(
        *KEY, "item", "value", "visit", present=present, grade=grade
    )
    between = records.filter(pl.col("visit").is_null() & pl.col("present") & (pl.col("item") != TOTAL))
    at_visit = records.filter(pl.col("visit").is_not_null())
    graded = instrument in GRADED
    columns = _spread(at_visit, "grade" if graded else "present", names, days.height)[1:]
    if not between.is_empty() and not graded:
        carried = _spread(
            _carry(between.select(*KEY, "item", "present"), numbered, window_days), "present", names, days.height
        )
        columns = [
            pl.select(pl.coalesce(pl.when(late).then(late), now)).to_series()
            for now, late in zip(columns, carried[1:], strict=True)
        ]
    numbers = _spread(at_visit, "value", names, days.height)
    return days.with_columns(
        *(column.alias(f"{instrument}__{item}") for item, column in zip(wanted, columns, strict=True)),
        numbers[0].alias(f"recorded__{instrument}"),
        *(column.alias(f"recorded__{instrument}__{item}") for item, column in zip(wanted, numbers[1:], strict=True)),
    )


def _carry(between: pl.DataFrame, numbered: pl.DataFrame, window_days: int) -> pl.DataFrame:
    """Signs present on days between visits, each at the next visit in the window."""
    visits = numbered.with_columns(next="day").sort("day")
    return (
        between.sort("day")
        .join_asof(visits, on="day", by="subject", strategy="forward", tolerance=window_days, check_sortedness=False)
        .drop_nulls("visit")
        .unique(["visit", "item"])
    )


def _spread(records: pl.DataFrame, values: str, names: list[str], visits: int) -> list[pl.Series]:
    """One column an item, one row a visit, from records with `item` and `visit`, its number; null where none is."""
    place = records["item"].cast(pl.Enum(names)).to_physical().cast(pl.Int64) * visits + records["visit"]
    empty = pl.Series([None], dtype=records.schema[values]).new_from_index(0, visits * len(names))
    flat = empty.scatter(place, records[values])
    return [flat.slice(number * visits, visits) for number in range(len(names))]


def _add_lab(frame: pl.DataFrame, labs: pl.DataFrame, analyte: str, within: int) -> pl.DataFrame:
    """Value and limits of one analyte: its usual specimen, the first result of a day that has a value."""
    name = f"lab__{analyte}"
    usual = pl.col("specimen") == ANALYTES[analyte].specimen
    results = labs.filter((pl.col("analyte") == analyte) & usual & pl.col("value").is_not_null())
    daily = results.sort("number").group_by(KEY, maintain_order=True).first()
    renamed = daily.select(
        *KEY, pl.col("value").alias(name), pl.col("lower_limit").alias(f"{name}__lln"),
        pl.col("upper_limit").alias(f"{name}__uln"),
    )  # fmt: skip
    if within:
        renamed = _nearest(frame.select(KEY), renamed, within)
    return frame.join(renamed, on=KEY, how="left", maintain_order="left")


def _nearest(visits: pl.DataFrame, results: pl.DataFrame, within: int) -> pl.DataFrame:
    """For each visit the nearest result at most so many days away, the earlier on a tie."""
    taken, ordered = results.sort("day").with_columns(taken="day"), visits.sort("day")
    before, after = (
        ordered.join_asof(taken, on="day", by="subject", strategy=side, tolerance=within, check_sortedness=False)
        for side in _SIDES
    )
    both = pl.concat([before, after]).drop_nulls("taken")
    near = both.sort((pl.col("taken") - pl.col("day")).abs(), "taken")
    return near.unique(KEY, keep="first", maintain_order=True).drop("taken")
