"""Random visits for whatever a declaration reads: the name of a column tells its kind, and some cells are unknown.

Nothing here lists keys: a definition that is declared tomorrow gets its inputs from the names that it needs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import polars as pl

from malar.conditions import Since
from malar.course.study_columns import STUDY_COLUMNS
from malar.endpoints import DEFINITIONS, Endpoint
from malar.instruments import INSTRUMENTS, Instrument
from malar.schema import Settings, study_from_frames
from malar.schema.analytes import ANALYTES
from malar.schema.analytes import PARTS as ANALYTE_PARTS
from malar.schema.item_keys import GRADED, ITEM_KEYS
from malar.schema.tables import TABLES
from malar.schema.visit_frame import DOSE, KEY, VISIT_COLUMNS
from malar.sheets import DECLARED

SCORED: Final = (*INSTRUMENTS.values(), *DEFINITIONS.values())
"""Everything that adds columns to a visit frame and is declared under a key."""

GRADES: Final = (0.0, 1.0, 2.0, 3.0, 4.0)
COUNTS: Final = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 14.0)
TEXTS: Final = ("none", "azathioprine", "mycophenolate mofetil")
STEPS: Final = 9

PARTS: Final = (
    ("active_joints", "tender_joints"),
    ("active_joints", "swollen_joints"),
    ("inflamed_joints", "tender_joints"),
    ("swollen_joints_28", "swollen_joints"),
    ("diastolic_mmhg", "systolic_mmhg"),
    *((f"lab__{part}", f"lab__{whole}") for part, whole in ANALYTE_PARTS),
)
"""Pairs (part, whole): a part above its whole cannot be, and no record is filled with one."""

INSTEAD: Final = (
    ("lab__urine_dipstick_protein", "lab__uacr", "lab__upcr", "lab__urine_protein_24h"),
    ("lab__creatinine", "lab__gfr"),
)
"""Measurements made instead of one another: where one was, another is none that is still unknown."""

TAKEN_AS_YES: Final = "_due"
"""End of columns that say whether a finding is due to lupus: not recorded is taken as yes, and is no unknown."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column may hold: a sign, one of some numbers in ascending order, or one of some words."""

    numbers: tuple[float, ...] = ()
    whole: bool = False
    words: tuple[str, ...] = ()


def needs_of(made: Instrument | Endpoint) -> tuple[str, ...]:
    """Columns that a frame must bring beside `subject` and `day`."""
    needs = made.visit_needs() if isinstance(made, Endpoint) else made.needs()
    return tuple(need for need in needs if need not in KEY)


def applied(made: Instrument | Endpoint, frame: Any) -> Any:
    """The frame with what an instrument or a definition adds."""
    return made.flag(frame) if isinstance(made, Endpoint) else made.score(frame)


def with_scores(made: Instrument | Endpoint, scores: Mapping[str, pl.DataFrame], frame: pl.DataFrame) -> pl.DataFrame:
    """What a key reads of a frame; for a definition the scores of its instruments instead of their items.

    Parameters
    ----------
    made
        An instrument or a definition.
    scores
        Key of an instrument → the frame with what it adds.
    frame
        Frame with every need, in the same order of rows.
    """
    if not isinstance(made, Endpoint):
        return frame.select(*KEY, *needs_of(made))
    there = [part for part in made.instruments if part.key in scores]
    read = {
        column.partition("__")[2] if column.partition("__")[0] in list(Since) else column for column in made.needs()
    }
    read |= {need for step in made.derivations for need in step.needs()}
    read |= {sign for part in there if part.assessed not in scores[part.key].columns for sign in part.signs()}
    items = {need for part in there for need in part.needs()} - read
    given = frame.select(*KEY, *(need for need in needs_of(made) if need not in items))
    for part in there:
        scored = scores[part.key]
        names = [name for name in scored.columns if name not in frame.columns and name not in given.columns]
        given = given.with_columns(scored.select(names))
    return given


def every_need() -> tuple[str, ...]:
    """Columns that any declaration reads."""
    return tuple(dict.fromkeys(need for made in SCORED for need in needs_of(made)))


@cache
def kind_of(column: str) -> Kind:
    """The kind of a column, by its name."""
    form, _, item = column.partition("__")
    if form in ITEM_KEYS and item in ITEM_KEYS[form]:
        return Kind(GRADES) if form in GRADED else Kind()
    if form == "lab":
        analyte, _, side = item.partition("__")
        low, high = ANALYTES[analyte].plausible
        middle = _spread(low, high)[STEPS // 2]
        return Kind({"": _spread(low, high), "lln": _spread(low, middle), "uln": _spread(middle, high)}[side])
    if column in VISIT_COLUMNS:
        return _kind_of_visit_column(column)
    if column == DOSE:
        return Kind((0.0, 2.5, 5.0, 7.5, 10.0, 15.0, 30.0, 60.0))
    if column in STUDY_COLUMNS:
        return _kind_of_study_column(column)
    raise LookupError(f"nothing tells what `{column}` holds: it is no item, analyte, visit or study column")


def _kind_of_visit_column(column: str) -> Kind:
    spec: Any = TABLES["visits"].columns()[column]
    if spec.dtype == pl.Boolean:
        return Kind()
    low, high = spec.metadata["plausible"] if None not in spec.metadata["plausible"] else (spec.min, spec.max)
    if not spec.dtype.is_integer():
        return Kind(_spread(low, high))
    return Kind(tuple(count for count in COUNTS if count <= high), whole=True)


def _kind_of_study_column(column: str) -> Kind:
    """What it makes of a study with nothing in it tells its type."""
    nothing = study_from_frames({"subjects": pl.DataFrame({"subject": ["a"]})}, Settings(title="Nothing"))
    made = STUDY_COLUMNS[column].make(nothing, pl.DataFrame({"subject": ["a"], "day": [0]}))
    if made.dtype == pl.String:
        return Kind(words=TEXTS)
    return Kind() if made.dtype == pl.Boolean else Kind(_spread(0, 100))


def _spread(low: float, high: float) -> tuple[float, ...]:
    """Numbers over a range, close together near its lower end where it is wide."""
    if high - low > 20 * max(low, 1e-3):
        steps = np.geomspace(max(low, (high - low) / 2000), high, STEPS - 1)
        return (low, *(float(f"{value:.3g}") for value in steps))
    return tuple(float(f"{value:.3g}") for value in np.linspace(low, high, STEPS))


@cache
def limits() -> Mapping[str, tuple[float, ...]]:
    """Column → limits that any condition of any definition or item holds it against: values fall on both sides."""
    found: dict[str, set[float]] = {}
    for column, limit in _limits(list(DECLARED.values())):
        since, _, plain = column.partition("__")
        found.setdefault(plain if since in list(Since) else column, set()).add(limit)
    return {column: tuple(sorted(values)) for column, values in found.items()}


def _limits(part: Any) -> Iterator[tuple[str, float]]:
    if isinstance(getattr(part, "column", None), str) and isinstance(getattr(part, "limit", None), (int, float)):
        yield part.column, float(part.limit)
    elif isinstance(part, Mapping):
        yield from _limits(list(part.values()))
    elif isinstance(part, (list, tuple)):
        for one in part:
            yield from _limits(one)
    elif is_dataclass(part):
        yield from _limits([getattr(part, field.name) for field in fields(part)])


def _values(column: str) -> np.ndarray[Any, Any]:
    kind = kind_of(column)
    if kind.words:
        return np.array(kind.words)
    near = [limit for limit in limits().get(column, ()) if kind.numbers[0] <= limit <= kind.numbers[-1]]
    step = 1 if kind.whole else 0.1
    around = [value for limit in near for value in (limit, limit + step, max(limit - step, kind.numbers[0]))]
    return np.array(sorted({*kind.numbers, *around}))


def visits(columns: Iterable[str], *, subjects: int = 40, each: int = 5, seed: int = 0) -> pl.DataFrame:
    """Visits with every column known: calm and ill patients, of whom much stays as it was the visit before."""
    rng = np.random.default_rng(seed)
    begin = rng.choice([-40, -7, 0, 14], (subjects, 1))
    gaps = rng.choice([7, 28, 30, 84, 180], (subjects, each - 1))
    days = np.concatenate([begin, begin + gaps.cumsum(axis=1)], axis=1)
    made: dict[str, pl.Series] = {
        "subject": pl.Series(np.repeat([f"S{number:06}" for number in range(subjects)], each)),
        "day": pl.Series(days.ravel().astype(np.int64)),
    }
    ill, high = rng.choice([0, 0.02, 0.1, 0.5], (subjects, 1)), rng.choice([0.6, 1, 3, 8], (subjects, 1))
    for column in dict.fromkeys(name for name in columns if name not in KEY):
        kind, chance = kind_of(column), rng.random((subjects, each), dtype=np.float32)
        values = _values(column) if kind.numbers or kind.words else None
        drawn = chance < ill if values is None else values[(len(values) * chance**high).astype(np.int64)]
        stays = rng.random((subjects, each)) < 0.6
        for visit in range(1, each):
            drawn[:, visit] = np.where(stays[:, visit], drawn[:, visit - 1], drawn[:, visit])
        series = pl.Series(drawn.ravel())
        made[column] = series.cast(pl.Int64) if kind.whole else series
    frame = pl.DataFrame(made)
    for part, whole in _pairs(frame):
        frame = frame.with_columns(pl.min_horizontal(part, whole).alias(part))
    return frame


def _pairs(frame: pl.DataFrame) -> list[tuple[str, str]]:
    return [(part, whole) for part, whole in PARTS if {part, whole} <= set(frame.columns)]


def stand_ins() -> list[tuple[str, str]]:
    """Pairs of forms of which a visit holds one: items, and the grades that stand in where none was recorded."""
    return [(form, f"{form}_grades") for form in ITEM_KEYS if f"{form}_grades" in ITEM_KEYS]


def _of_form(frame: pl.DataFrame, form: str) -> list[str]:
    return [name for name in frame.columns if name.partition("__")[0] == form]


def with_unknowns(frame: pl.DataFrame, *, known: Collection[str] = (), seed: int = 0) -> pl.DataFrame:
    """Hide cells: none at some visits, few, many or nearly all at others; never in the columns `known`."""
    rng = np.random.default_rng(seed)
    rate = rng.choice([0, 0.01, 0.05, 0.3, 0.9], frame.height)
    hidden = {
        column: pl.Series(rng.random(frame.height) < rate) for column in frame.columns if column not in (*KEY, *known)
    }
    frame = frame.with_columns(
        pl.when(pl.lit(hide)).then(None).otherwise(pl.col(column)).alias(column) for column, hide in hidden.items()
    )
    for form, grades in stand_ins():
        items, graded = _of_form(frame, form), pl.lit(pl.Series(rng.random(frame.height) < 0.3))
        stand_in = _of_form(frame, grades) if items else []
        frame = frame.with_columns(
            pl.when(graded if name in stand_in else ~graded).then(name).alias(name)
            for name in ((*items, *stand_in) if stand_in else ())
        )
    return frame


def filled(frame: pl.DataFrame, *, share: float = 1, fixed: Collection[str] = (), seed: int = 1) -> pl.DataFrame:
    """Fill a share of the unknown cells with values drawn anew; the columns `fixed` stay as they are.

    So does a form of which grades were recorded instead, and what was not graded there: to record a visit another
    way is no completion of it, and a grade drawn anew would contradict the measurements beside it.
    """
    columns = [name for name in frame.columns if name not in KEY]
    drawn = visits(columns, subjects=frame.height, each=1, seed=seed)
    rng = np.random.default_rng(seed)
    chosen = {
        name: frame[name].is_null() & pl.Series(rng.random(frame.height) < share)
        for name in columns
        if name not in fixed and not name.endswith(TAKEN_AS_YES)
    }
    for form, grades in stand_ins():
        items, stand_in = _of_form(frame, form), _of_form(frame, grades)
        graded = frame.select(
            pl.any_horizontal(pl.lit(value=False), *(pl.col(name).is_not_null() for name in stand_in))
        )
        for name in {*items, *stand_in} & chosen.keys() if items and stand_in else ():
            chosen[name] &= ~graded.to_series() & (name in items)
    for group in INSTEAD:
        there = [name for name in group if name in frame.columns]
        measured = frame.select(pl.any_horizontal(pl.lit(value=False), *(pl.col(name).is_not_null() for name in there)))
        for name in chosen.keys() & set(there):
            chosen[name] &= ~measured.to_series()
    for part, whole in _pairs(frame):
        drawn = drawn.with_columns(pl.max_horizontal(pl.lit(frame[part]), whole).alias(whole))
    out = frame.with_columns(frame[name].zip_with(~fill, drawn[name]) for name, fill in chosen.items())
    for part, whole in _pairs(frame):
        if part in chosen:
            out = out.with_columns(
                out[part].zip_with(~chosen[part], out.select(pl.min_horizontal(part, whole)).to_series())
            )
    return out
