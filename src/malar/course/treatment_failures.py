"""Treatment failure by the rule sets of trials: stopping, death, rescue, and what may be taken at which dose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.course.drugs_taken import IMMUNOSUPPRESSANT
from malar.course.glucocorticoid_doses import BASELINE_DOSE
from malar.course.onsets import happened
from malar.course.study_column import StudyColumn
from malar.course.treatment_rules import RULES
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

_TRIAL: Final = (
    "Weeks count from day 0; week 24 is day 168. Doses are of oral maintenance in mg of prednisone a day, as recorded; "
    "the dose of baseline is that of day 0."
)
_GENERAL: Final = (
    "Treatment stopped, death, and restricted or rescue medication as the study recorded it, each from its day onward."
)
_SUPPRESSIVE: Final = "An immunosuppressant is one of the classes immunosuppressant and cytotoxic."
_LATER: Final = "True from the first day on which a rule is broken onward, at every later visit."
_BOTH: Final = (BASELINE_DOSE, IMMUNOSUPPRESSANT)
_TABLES: Final = ("subjects", "medications", "milestones", "events")


def _column(
    key: str,
    title: str,
    source: Source,
    *rules: str,
    variant_of: str = "",
    tables: tuple[str, ...] = _TABLES,
    rests_on: tuple[StudyColumn, ...] = (BASELINE_DOSE,),
) -> StudyColumn:
    def make(study: Study, days: pl.DataFrame) -> pl.Series:
        return happened(days, RULES[key](study, days))

    said = "\n".join(f"- {rule}" for rule in rules)
    says = f"{_LATER} Unknown from the day on which something unknown may break one. Broken by any of:\n\n{said}\n"
    return StudyColumn(
        key=key,
        title=title,
        source=source,
        says=says,
        tables=tables,
        make=make,
        variant_of=variant_of,
        rests_on=rests_on,
    )


def _source(citation: str, locator: str, status: Status, *reading: str) -> Source:
    return Source(citation, locator, status, " ".join([_TRIAL, *reading]))


_TULIP: Final = (
    "Of the trial's rules only the taper was read: at least 10 mg at baseline, to at most 7.5 mg between weeks 8 and "
    "40, and stable from week 40 to week 52. That a taper was attempted is not judged. How long a burst before week "
    "12 may last is not known, so any dose is allowed until then. That a new or higher antimalarial or "
    "immunosuppressant, and a new biologic, is failure at any time is our reading: the protocol was not read."
)
_TULIP_RULES: Final = (
    _GENERAL,
    "After week 12, a dose of glucocorticoid above that of baseline.",
    "After week 40 and through week 52, a dose that rises from one day to the next.",
    "After day 0, an antimalarial or immunosuppressant begun or at a higher dose than on day 0.",
    "After day 0, a biologic that was not taken on day 0.",
)
_TABALUMAB_RULES: Final = (
    _GENERAL,
    "In week 24 (day 168), a dose of glucocorticoid above that of baseline.",
    "After week 24, a dose that rises from one day to the next.",
    "After day 0, an antimalarial or immunosuppressant begun or at a higher dose than on day 0.",
)
_TABALUMAB: Final = "Rose or fell means against day 0; a day without the drug between two courses is a fall."

STUDY_COLUMNS: Final = (
    _column(
        "treatment_failure_bliss",
        "Treatment failure by the rules of BLISS",
        _source(
            "Navarra SV, et al. Lancet 2011;377:721-31; Furie R, et al. Arthritis Rheum 2011;63:3918-30",
            "rules for concomitant medication",
            Status.PROVISIONAL,
            "From memory of the protocols. Not known: whether a lower dose of a background drug is a change, which is "
            "allowed here, and which dose a change after week 16 is measured against, here the larger of those of day "
            f"0 and week 16. {_SUPPRESSIVE}",
        ),
        _GENERAL,
        "After week 24, a dose of glucocorticoid above that of baseline by more than the larger of 25 % and 5 mg.",
        "From week 44 through week 52, a dose above the larger of those of baseline and week 44.",
        "After week 16, an antimalarial or immunosuppressant begun or at a higher dose.",
        "After day 0, a biologic or cyclophosphamide that was not taken on day 0.",
        rests_on=_BOTH,
    ),
    _column(
        "treatment_failure_tulip_late",
        "Treatment failure by the later rules of TULIP",
        _source(
            "Furie RA, et al. Lancet Rheumatol 2019;1:e208; Morand EF, et al. N Engl J Med 2020;382:211-21",
            "rules for concomitant medication, as relaxed",
            Status.PROVISIONAL,
            _TULIP,
            "Non-steroidal drugs do not count.",
            _SUPPRESSIVE,
        ),
        *_TULIP_RULES,
        rests_on=_BOTH,
    ),
    _column(
        "treatment_failure_tulip_early",
        "Treatment failure by the first rules of TULIP",
        _source(
            "Furie RA, et al. Lancet Rheumatol 2019;1:e208",
            "rules for concomitant medication, as first applied",
            Status.PROVISIONAL,
            _TULIP,
            "The first rules were stricter for non-steroidal drugs; how is not known, and here a new one is failure. "
            "Aspirin does not count.",
            _SUPPRESSIVE,
        ),
        *_TULIP_RULES,
        "After day 0, a non-steroidal anti-inflammatory drug that was not taken on day 0.",
        variant_of="treatment_failure_tulip_late",
        rests_on=_BOTH,
    ),
    _column(
        "treatment_failure_tabalumab",
        "Treatment failure by the rules of ILLUMINATE (tabalumab)",
        _source(
            "Tabalumab trials in SLE (ILLUMINATE), Ann Rheum Dis, publisher's table number 195476",
            "restricted medication",
            Status.VERIFIED,
            _TABALUMAB,
            _SUPPRESSIVE,
        ),
        *_TABALUMAB_RULES,
        "After day 0, an antimalarial or immunosuppressant stopped or at a lower dose than on day 0.",
        rests_on=_BOTH,
    ),
    _column(
        "treatment_failure_tabalumab_decreases_allowed",
        "Treatment failure by the rules of ILLUMINATE-2 (tabalumab)",
        _source(
            "Tabalumab trials in SLE (ILLUMINATE), Ann Rheum Dis, publisher's table number 195476",
            "restricted medication, second trial",
            Status.VERIFIED,
            "Rose means against day 0. Lower doses of background drugs are allowed.",
            _SUPPRESSIVE,
        ),
        *_TABALUMAB_RULES,
        variant_of="treatment_failure_tabalumab",
        rests_on=_BOTH,
    ),
    _column(
        "treatment_failure_aurora",
        "Treatment failure by the rules of AURORA 1",
        _source(
            "Rovin BH, et al. Lancet 2021;397:2070-80, NCT03021499",
            "complete renal response: rescue and glucocorticoid",
            Status.VERIFIED,
            "The window is days 308 to 364, both in it. A patient who stopped the study drug and is still seen is "
            "judged as observed; death is failure. Rescue is what the study recorded as `rescue_medication`; an "
            "injected pulse is no maintenance and counts only where it is so recorded.",
        ),
        "Death, and rescue medication as the study recorded it, each from its day onward.",
        "In weeks 44 to 52, a dose of glucocorticoid above 10 mg on at least 3 days in a row.",
        "In weeks 44 to 52, a dose of glucocorticoid above 10 mg on at least 7 days in all.",
        tables=("subjects", "medications", "events"),
    ),
    _column(
        "treatment_failure_kamen_2022",
        "Treatment failure by the rules of Kamen 2022 (umbilical-cord mesenchymal cells)",
        _source(
            "Kamen DL, et al. Lupus Sci Med 2022;9:e000704",
            "treatment failure",
            Status.SECONDARY,
            "Reached by week 20 means the dose on day 140. The other rules of the trial were not read; what counts as "
            "failure in general is added.",
        ),
        _GENERAL,
        "In week 20 (day 140), a dose of glucocorticoid above 10 mg.",
    ),
    _column(
        "glucocorticoid_above_10_from_week_24",
        "Glucocorticoid above 10 mg from week 24 (BLISS-LN)",
        _source("Furie R, et al. N Engl J Med 2020;383:1117-28", "rule for glucocorticoid", Status.SECONDARY),
        "From week 24 (day 168) onward, a dose of glucocorticoid above 10 mg.",
        tables=("medications",),
    ),
    _column(
        "glucocorticoid_above_10_from_week_12",
        "Glucocorticoid above 10 mg from week 12 (ACCESS)",
        _source(
            "ACCESS Trial Group. Arthritis Rheumatol 2014;66:3096-104",
            "adherence to the prednisone taper",
            Status.SECONDARY,
            "The taper reaches 10 mg a day by week 12; adherence is read as never more than that afterwards.",
        ),
        "From week 12 (day 84) onward, a dose of glucocorticoid above 10 mg.",
        tables=("medications",),
    ),
)
