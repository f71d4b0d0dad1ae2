"""Rule sets of trials for treatment failure, each as the days from which one of its rules is broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from malar.course.dose_rules import drug_changes, oral_above, oral_above_baseline, oral_above_for, oral_rises
from malar.course.drugs_taken import SUPPRESSIVE
from malar.course.onsets import ALWAYS, recorded_onsets
from malar.course.treatment_course import deaths, new_drugs, restrictions, stops

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

Onsets = Callable[["Study", "pl.DataFrame"], "pl.DataFrame"]
"""A study, and its visits as `subject` and `day`: the days from which a rule is broken; see `malar.course.onsets`."""

WEEK: Final = 7
EVER: Final = -ALWAYS
"""A day after every day that a study can hold."""


def _join(*found: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return pl.concat(found, how="vertical_relaxed")


def _general(study: Study, days: pl.DataFrame) -> pl.DataFrame:
    return _join(stops(study, days), deaths(study, days), restrictions(study, days))


def _classes(*names: str) -> pl.Expr:
    import polars as pl

    return pl.col("drug_class").is_in(names)


def _bliss(study: Study, days: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    prohibited = _classes("biologic") | (pl.col("drug") == "cyclophosphamide")
    return _join(
        _general(study, days),
        oral_above_baseline(study, days, 24 * WEEK + 1, EVER, percent=25, mg=5),
        oral_above_baseline(study, days, 44 * WEEK, 52 * WEEK, or_day=44 * WEEK),
        drug_changes(study, days, _classes("antimalarial", *SUPPRESSIVE), after=16 * WEEK),
        new_drugs(study, days, prohibited),
    )


def _tulip_late(study: Study, days: pl.DataFrame) -> pl.DataFrame:
    return _join(
        _general(study, days),
        oral_above_baseline(study, days, 12 * WEEK + 1, EVER),
        oral_rises(study, days, 40 * WEEK, 52 * WEEK),
        drug_changes(study, days, _classes("antimalarial", *SUPPRESSIVE)),
        new_drugs(study, days, _classes("biologic")),
    )


def _tulip_early(study: Study, days: pl.DataFrame) -> pl.DataFrame:
    return _join(_tulip_late(study, days), new_drugs(study, days, _classes("nsaid")))


def _tabalumab_2(study: Study, days: pl.DataFrame) -> pl.DataFrame:
    return _join(
        _general(study, days),
        oral_above_baseline(study, days, 24 * WEEK, 24 * WEEK),
        oral_rises(study, days, 24 * WEEK, EVER),
        drug_changes(study, days, _classes("antimalarial", *SUPPRESSIVE)),
    )


def _tabalumab(study: Study, days: pl.DataFrame) -> pl.DataFrame:
    changed = drug_changes(study, days, _classes("antimalarial", *SUPPRESSIVE), risen=False, fallen=True)
    return _join(_tabalumab_2(study, days), changed)


def _aurora(study: Study, days: pl.DataFrame) -> pl.DataFrame:
    return _join(
        deaths(study, days),
        recorded_onsets(study, days, "events", ["rescue_medication"]),
        oral_above_for(study, days, 10, 44 * WEEK, 52 * WEEK, in_a_row=3, in_all=7),
    )


def _kamen(study: Study, days: pl.DataFrame) -> pl.DataFrame:
    return _join(_general(study, days), oral_above(study, days, 10, 20 * WEEK, 20 * WEEK))


def _above_10_from(week: int) -> Onsets:
    def found(study: Study, days: pl.DataFrame) -> pl.DataFrame:
        return oral_above(study, days, 10, week * WEEK, EVER)

    return found


RULES: Final[Mapping[str, Onsets]] = {
    "treatment_failure_bliss": _bliss,
    "treatment_failure_tulip_early": _tulip_early,
    "treatment_failure_tulip_late": _tulip_late,
    "treatment_failure_tabalumab": _tabalumab,
    "treatment_failure_tabalumab_decreases_allowed": _tabalumab_2,
    "treatment_failure_aurora": _aurora,
    "treatment_failure_kamen_2022": _kamen,
    "glucocorticoid_above_10_from_week_24": _above_10_from(24),
    "glucocorticoid_above_10_from_week_12": _above_10_from(12),
}
"""Rule set → its onsets, for those who need the day on which a rule was first broken."""
