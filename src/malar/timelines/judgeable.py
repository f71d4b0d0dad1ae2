"""What a study can be judged by: a definition whose inputs are unknown at every visit is refused, not guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from malar.course.study_columns import STUDY_COLUMNS
from malar.endpoints import DEFINITIONS, Endpoint, rule
from malar.timelines.judged import judge_visits

if TYPE_CHECKING:
    import polars as pl

    from malar.instruments import Instrument, Missing
    from malar.schema import Study

_SHOWN = 3
"""So many items of one form are named singly; more are counted."""


def judgeable(study: Study, definitions: Sequence[str] = (), *, missing: Missing = "unknown") -> pl.DataFrame:
    """Which definitions a study can be judged by, and what it lacks for the others.

    Parameters
    ----------
    study
        A study.
    definitions
        Keys of definitions; none: all of them.
    missing
        What an unknown item counts as: ``unknown``, ``absent`` or ``carry``.

    Returns
    -------
    polars.DataFrame
        One row a definition: see :func:`told_from`.

    Raises
    ------
    UnknownKeyError
        No definition has a key given.

    Examples
    --------
    >>> from malar import read_study
    >>> from malar.example import example_path
    >>> judgeable(read_study(example_path()), ["sledai_2k_at_most_4"]).select("key", "judgeable").rows()
    [('sledai_2k_at_most_4', True)]
    """
    keys = list(definitions) or list(DEFINITIONS)
    return told_from(judge_visits(study, keys, missing=missing), keys)


def told_from(judged: pl.DataFrame, definitions: Sequence[str]) -> pl.DataFrame:
    """The same from visits that are judged already.

    Parameters
    ----------
    judged
        Visits judged by :func:`malar.timelines.judge_visits`, with the columns that they were judged from.
    definitions
        Keys of the definitions that judged them.

    Returns
    -------
    polars.DataFrame
        One row a definition: `key`, `title`, `status`, `judgeable`, `missing_inputs` (names of columns), `visits`,
        `visits_judged`, `only` (``true`` or ``false`` where no other verdict was possible; else empty).

    Notes
    -----
    A definition is refused where a criterion is undecided at every visit and columns that it reads are unknown at
    every visit: `missing_inputs` names these columns. Where each criterion is decided somewhere, but the verdict
    only ever one way, and columns unknown at every visit keep it open elsewhere, `only` says which way and
    `missing_inputs` names the columns: a proportion of such verdicts tells nothing.
    """
    import polars as pl

    schema = {
        "key": pl.String, "title": pl.String, "status": pl.String, "judgeable": pl.Boolean,
        "missing_inputs": pl.List(pl.String), "visits": pl.Int64, "visits_judged": pl.Int64, "only": pl.String,
    }  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for key in definitions:
        made, verdict = rule(key), judged[key]
        lacking = _undecided_for_want_of(judged, made)
        only = "" if lacking else _only(verdict)
        one_sided = _open_for_want_of(judged, made) if only else []
        known = judged.height - verdict.null_count()
        only, named = only if one_sided else "", lacking or one_sided
        rows.append((key, made.title, made.status.label, not lacking, named, judged.height, known, only))
    return pl.DataFrame(rows, schema=schema, orient="row")


def _undecided_for_want_of(judged: pl.DataFrame, made: Endpoint) -> list[str]:
    """Columns that are unknown at every visit and read by a criterion that is undecided at every visit."""
    if judged.is_empty():
        return list(made.visit_needs())
    lacking: dict[str, None] = {}
    for name, part in made.conditions().items():
        if judged[f"{made.key}__{name}"].null_count() == judged.height:
            lacking |= dict.fromkeys(_unknown_everywhere(judged, made.inputs_of(part.needs())))
    return list(lacking)


def _only(verdict: pl.Series) -> str:
    """The one way in which a verdict was decided, where it was left open elsewhere."""
    ways = verdict.drop_nulls().unique().to_list()
    return str(ways[0]).lower() if len(ways) == 1 and verdict.null_count() else ""


def _open_for_want_of(judged: pl.DataFrame, made: Endpoint) -> list[str]:
    """Columns that are unknown at every visit and read by a criterion that is open where the verdict is."""
    lacking: dict[str, None] = {}
    for name, part in made.conditions().items():
        if (judged[made.key].is_null() & judged[f"{made.key}__{name}"].is_null()).any():
            lacking |= dict.fromkeys(_unknown_everywhere(judged, made.inputs_of(part.needs())))
    return list(lacking)


def _unknown_everywhere(frame: pl.DataFrame, columns: Iterable[str]) -> list[str]:
    """Columns without a single value; NaN is none."""
    return [
        name
        for name in columns
        if (frame[name].fill_nan(None) if frame[name].dtype.is_float() else frame[name]).null_count() == frame.height
    ]


def unscorable(frame: pl.DataFrame, made: Instrument) -> list[str]:
    """Why an instrument tells nothing about a study: its inputs that are unknown at every visit; else none.

    Parameters
    ----------
    frame
        Visit frame with the instrument's inputs.
    made
        The instrument.

    Notes
    -----
    It tells nothing where everything that it gives, its bounds too, is what it gives with all inputs unknown.
    """
    import polars as pl

    needs = [need for need in made.needs() if need not in ("subject", "day")]
    lacking = _unknown_everywhere(frame, needs)
    if not lacking:
        return []
    inputs = frame.select("subject", "day", *needs)
    types = inputs.schema
    blank = made.score(pl.DataFrame({name: [None] for name in types}, schema=types))
    scored = made.score(inputs)
    told = [name for name in blank.columns if name not in types and name != made.assessed]
    told = [name for name in told if not name.endswith("__n_missing")]
    return lacking if all(scored[name].eq_missing(blank[name][0]).all() for name in told) else []


def in_words(columns: Sequence[str]) -> str:
    """Columns with their meanings, as a person who keeps the study knows them.

    Examples
    --------
    >>> in_words(["pga", "lab__c3", "lab__c3__lln"])
    "`pga` (physician's global assessment, 0 to 3); `lab__c3` (Complement C3, g/L)"
    """
    from malar.schema.item_keys import ITEM_KEYS
    from malar.schema.visit_frame import column_meanings

    meanings, parts = column_meanings(), list[str]()
    forms: dict[str, list[str]] = {}
    for column in columns:
        form = column.partition("__")[0]
        if form in ITEM_KEYS:
            forms.setdefault(form, []).append(column)
        elif column in STUDY_COLUMNS:
            made = STUDY_COLUMNS[column]
            parts.append(f"`{column}` ({made.title}; from the tables {', '.join(made.tables)})")
        elif column.removesuffix("__lln").removesuffix("__uln") == column or column.rsplit("__", 1)[0] not in columns:
            parts.append(f"`{column}` ({meanings.get(column, column)})")
    for form, items in forms.items():
        if len(items) > _SHOWN:
            parts.append(f"{len(items)} of the {len(ITEM_KEYS[form])} items of {form}: `{items[0]}` to `{items[-1]}`")
        else:
            parts += [f"`{item}` (item {item.partition('__')[2]} of {form})" for item in items]
    return "; ".join(parts)
