"""What has happened to the treatment by the day of a visit: given, stopped, failed, added to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.course.drugs_taken import SUPPRESSIVE
from malar.course.onsets import happened, onsets, recorded_onsets, unrecorded
from malar.course.study_column import StudyColumn
from malar.schema.drugs import UNKNOWN
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

RESTRICTED: Final = ("restricted_medication", "rescue_medication")
"""Kinds of event that a study judged to break its rules for drugs."""

ADDED: Final = (*SUPPRESSIVE, "biologic")
"""Classes whose start after day 0 is new treatment."""

_TREATING: Final = ("randomization", "conditioning_start", "infusion", "treatment_stopped")


def stops(study: Study, days: pl.DataFrame) -> pl.DataFrame:
    """Onsets of treatment stopped: unknown for a subject with no milestone of treatment."""
    import polars as pl

    milestones = study["milestones"]
    stopped = onsets(milestones.filter(pl.col("kind") == "treatment_stopped"))
    return pl.concat([stopped, unrecorded(days, milestones.filter(pl.col("kind").is_in(_TREATING)))])


def deaths(study: Study, days: pl.DataFrame) -> pl.DataFrame:
    """Onsets of death."""
    return recorded_onsets(study, days, "events", ["death"])


def restrictions(study: Study, days: pl.DataFrame) -> pl.DataFrame:
    """Onsets of restricted and rescue medication, as the study recorded them."""
    return recorded_onsets(study, days, "events", RESTRICTED)


def new_drugs(study: Study, days: pl.DataFrame, classes: tuple[str, ...], *, after: int = 0) -> pl.DataFrame:
    """Onsets of drugs of some classes that are taken after a day and were not taken on day 0.

    Parameters
    ----------
    study
        A study.
    days
        Columns `subject` and `day`.
    classes
        Classes of drug.
    after
        Only courses that go on or begin after this day count.
    """
    import polars as pl

    from malar.schema.drug_courses import drug_courses

    courses = drug_courses(study["medications"]).filter(pl.col("drug_class").is_in([*classes, UNKNOWN]))
    covers = (pl.col("start") <= 0) & (pl.col("end") >= 0)
    known = courses.filter(covers & ~pl.col("as_needed")).select("subject", "drug").unique()
    new = courses.join(known, on=["subject", "drug"], how="anti").filter((pl.col("end") > after) & (pl.col("end") > 0))
    begun = new.with_columns(
        day=pl.max_horizontal("start", pl.lit(after + 1)),
        certain=~pl.col("as_needed") & (pl.col("drug_class") != UNKNOWN),
    )
    return pl.concat([onsets(begun, certain="certain"), unrecorded(days, study["medications"])])


def _stopped(study: Study, days: pl.DataFrame) -> pl.Series:
    return happened(days, stops(study, days))


def _given(study: Study, days: pl.DataFrame) -> pl.Series:
    return happened(days, onsets(study["infusions"]))


def _restricted(study: Study, days: pl.DataFrame) -> pl.Series:
    return happened(days, restrictions(study, days))


def _failed(study: Study, days: pl.DataFrame) -> pl.Series:
    return happened(days, stops(study, days), deaths(study, days), restrictions(study, days))


def _new_immunosuppressant(study: Study, days: pl.DataFrame) -> pl.Series:
    return happened(days, new_drugs(study, days, ADDED))


_RECORD: Final = Source("The study's own record", status=Status.VERIFIED)
_EVENTS: Final = "An events table that holds other rows holds these too; one with no row at all leaves it unknown."

STUDY_COLUMNS: Final = (
    StudyColumn(
        key="treatment_stopped",
        title="Treatment stopped",
        source=_RECORD,
        says="True from the day of the milestone `treatment_stopped` onward, false before it and where it never came; "
        "unknown for a subject with no milestone of treatment (randomization, conditioning, infusion).",
        tables=("milestones",),
        make=_stopped,
    ),
    StudyColumn(
        key="trial_cell_product_given",
        title="The trial's cell product given",
        source=_RECORD,
        says="True from the day of the first infusion onward, that day among them; false before it and for a subject "
        "never infused.",
        tables=("infusions",),
        make=_given,
    ),
    StudyColumn(
        key="restricted_medication",
        title="Restricted or rescue medication, as recorded",
        source=Source(
            "The study's own record",
            status=Status.VERIFIED,
            reading="Failure counts from the day of first use onward, at every later visit.",
        ),
        says="True from the day of the first event of kind `restricted_medication` or `rescue_medication` onward: the "
        f"study's own judgment by its protocol. {_EVENTS}",
        tables=("events",),
        make=_restricted,
    ),
    StudyColumn(
        key="treatment_failure",
        title="Treatment failure",
        source=Source(
            "Conventions of published analysis plans for composite response",
            "non-responder imputation",
            Status.SECONDARY,
            "Stopping the treatment, death, and restricted or rescue medication as the study recorded it each count as "
            "failure from their day onward. Doses and drugs are not judged: the rules of single trials have columns of "
            "their own.",
        ),
        says="True from the first day of treatment stopped, death, or restricted or rescue medication onward. What is "
        f"unknown of one leaves it unknown unless another decides. {_EVENTS}",
        tables=("subjects", "milestones", "events"),
        make=_failed,
    ),
    StudyColumn(
        key="new_immunosuppressant_since_baseline",
        title="New immunosuppressant or biologic since baseline",
        source=Source(
            "The study's own record of medications",
            status=Status.PROVISIONAL,
            reading="New is a drug that is taken after day 0 and was not taken on day 0, even one taken earlier. A "
            "higher dose is not new. Once begun, it counts at every later visit. Classes are from a list made from memory.",
        ),
        says="True from the first day after day 0 on which an immunosuppressant, cytotoxic drug or biologic is taken "
        "that was not taken on day 0. Unknown where the subject has no medication record at all, and from the start "
        "of a drug of a class not known.",
        tables=("medications",),
        make=_new_immunosuppressant,
    ),
)
