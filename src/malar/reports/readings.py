"""A definition under every reading, on the same cohort: the prespecified one first, the others as sensitivity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, get_args

from malar.endpoints import DEFINITIONS, rule
from malar.errors import ParameterError
from malar.responders.proportion import Proportion, Unknown
from malar.results import DENOMINATORS
from malar.timelines import derive_denominators, judge_visits
from malar.timelines.judgeable import told_from

if TYPE_CHECKING:
    import polars as pl

    from malar.instruments import Missing
    from malar.schema import Study

OFFERED: Final = tuple(name for name in DENOMINATORS if name != "affected_at_baseline")
"""Denominators of a comparison; being affected at baseline is of a sign that a command cannot name."""
UNKNOWN: Final = tuple(name for name in get_args(Unknown) if name != "imputed")


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """A comparison of readings.

    Parameters
    ----------
    study
        The study.
    key
        Key of the prespecified definition.
    denominator, unknown
        Who counts below the line, and what an unknown verdict counts as.
    level
        Confidence level.
    table
        One row a reading and planned visit: `definition`, `title`, `role`, `status`, `visit`, `time`, `events`, `n`,
        `estimate`, `lowest`, `highest`, `lower`, `upper`, `level`, `n_unknown`, `n_perhaps`, `denominator`,
        `unknown`, `limits`.
    told
        What each reading could be judged by; see :func:`malar.timelines.judgeable.told_from`.
    """

    study: Study
    key: str
    denominator: str
    unknown: str
    level: float
    table: pl.DataFrame
    told: pl.DataFrame


def family(key: str) -> list[str]:
    """A definition, then every other reading of it: what it amends, and all that amends that.

    Examples
    --------
    >>> family("sledai_2k_improvement_since_previous")
    ['sledai_2k_improvement_since_previous', 'sledai_2k_improvement']
    """
    return [rule(key).key, *(other for other in DEFINITIONS if other != key and _root(other) == _root(key))]


def _root(key: str) -> str:
    while DEFINITIONS[key].variant_of:
        key = DEFINITIONS[key].variant_of
    return key


def compare_readings(
    study: Study,
    key: str,
    *,
    denominator: str,
    unknown: str,
    missing: Missing = "unknown",
    level: float = 0.95,
) -> Readings:
    """Of how many a definition is true at each planned visit, under every reading.

    Parameters
    ----------
    study
        A study with planned visits, in its analysis plan or its visits table.
    key
        The prespecified definition.
    denominator
        Who counts below the line: ``enrolled``, ``randomized``, ``treated``, ``alive``, ``followed``,
        ``evaluable`` or ``ever_responders``. Subjects not yet due at a visit do not count there.
    unknown
        What an unknown verdict counts as: ``nonresponder``, ``excluded`` or ``bounds``.
    missing
        What an unknown item counts as.
    level
        Confidence level.

    Raises
    ------
    UnknownKeyError
        No definition has the key.
    ParameterError
        Another denominator or meaning of unknown, or no planned visits.

    Notes
    -----
    Limits are Clopper and Pearson's. Readings are not tested against one another: they are of the same patients.
    A reading whose inputs are unknown at every visit has no rows; `told` says what it lacks.
    """
    import polars as pl

    _demand("denominator", denominator, OFFERED)
    _demand("unknown", unknown, UNKNOWN)
    keys = family(key)
    judged = judge_visits(study, keys, missing=missing)
    told = told_from(judged, keys)
    policy: Any = unknown
    asked = Proportion(denominator=denominator, unknown=policy, level=level)
    rows = [
        row
        for made in told.filter("judgeable").iter_rows(named=True)
        for row in _of_reading(study, judged, made, key, asked)
    ]
    if told["judgeable"].any() and not rows:
        raise ParameterError(
            "The study has no planned visits.",
            "Attainment is counted at each of them.",
            "Give visits under [analysis] in study.toml, or `planned_day` in the visits table.",
        )
    return Readings(study, key, denominator, unknown, level, pl.DataFrame(rows, schema=_SCHEMA()), told)


def _demand(what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ParameterError(
            f"`{value or 'nothing'}` is no {what} of a comparison.",
            "A percentage says nothing without who counts below the line and what unknown counts as.",
            f"Pass --{what} with one of {', '.join(allowed)}.",
        )


def _SCHEMA() -> dict[str, Any]:  # noqa: N802 - a constant that needs Polars
    import polars as pl

    text = ("definition", "title", "role", "status", "visit", "denominator", "unknown", "limits")
    whole = ("time", "events", "n", "n_unknown", "n_perhaps")
    names = (
        "definition", "title", "role", "status", "visit", "time", "events", "n", "estimate", "lowest", "highest",
        "lower", "upper", "level", "n_unknown", "n_perhaps", "denominator", "unknown", "limits",
    )  # fmt: skip
    return {name: pl.String if name in text else pl.Int64 if name in whole else pl.Float64 for name in names}


def _of_reading(
    study: Study, judged: pl.DataFrame, made: dict[str, Any], key: str, asked: Proportion
) -> list[dict[str, Any]]:
    """Rows of one reading, one a planned visit."""
    import polars as pl

    cohort = derive_denominators(study, judged, made["key"])
    # Of one who may not have been due, nobody knows whether he counts: null, and told as such.
    cohort = cohort.with_columns((pl.col(asked.denominator) & pl.col("due")).alias(asked.denominator))
    rows: list[dict[str, Any]] = []
    for (visit, time), part in cohort.group_by("visit", "time", maintain_order=True):
        (whole,) = asked.fit(part).groups
        low, high = whole.bounds if whole.n else (None, None)
        lower, upper = whole.clopper_pearson if whole.n else (None, None)
        rows.append(
            {
                "definition": made["key"], "title": made["title"], "status": made["status"], "visit": visit,
                "role": "prespecified" if made["key"] == key else "sensitivity", "time": time,
                "events": whole.events, "n": whole.n, "estimate": whole.estimate, "lowest": low, "highest": high,
                "lower": lower, "upper": upper, "level": asked.level, "n_unknown": whole.n_unknown,
                "n_perhaps": whole.n_perhaps, "denominator": asked.denominator, "unknown": asked.unknown,
                "limits": "Clopper-Pearson",
            }
        )  # fmt: skip
    return rows
