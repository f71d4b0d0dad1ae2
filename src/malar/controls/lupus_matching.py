"""What controls on standard therapy are matched on in lupus, declared before any outcome is seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

Role = Literal["exact", "score"]


@dataclass(frozen=True, slots=True)
class MatchingVariable:
    """One thing that treated and controls are made alike in.

    Parameters
    ----------
    key
        Column that the matching reads, one value a subject at time zero, never null.
    title
        What it is, with its unit.
    role
        ``exact``: must agree; ``score``: enters the propensity score, and the balance table.
    reads
        Columns of the visit frame, or tables and columns of the study, that it is derived from.
    why
        Why a difference in it could pass for an effect of treatment.
    """

    key: str
    title: str
    role: Role
    reads: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingList:
    """A list of matching variables with its source; a plan that is changed becomes another list.

    Parameters
    ----------
    key, title
        Name, and what it is for.
    source
        Where it comes from.
    variables
        In the order of the balance table.
    """

    key: str
    title: str
    source: Source
    variables: tuple[MatchingVariable, ...]

    @property
    def exact(self) -> tuple[str, ...]:
        """Columns that must agree."""
        return tuple(variable.key for variable in self.variables if variable.role == "exact")

    @property
    def covariates(self) -> tuple[str, ...]:
        """Columns of the propensity score."""
        return tuple(variable.key for variable in self.variables if variable.role == "score")

    def missing(self, columns: Iterable[str]) -> tuple[MatchingVariable, ...]:
        """Variables that a frame with these columns lacks.

        Examples
        --------
        >>> [variable.key for variable in LUPUS_MATCHING.missing(LUPUS_MATCHING.covariates)]
        ['nephritis_class', 'center']
        """
        there = set(columns)
        return tuple(variable for variable in self.variables if variable.key not in there)

    def table(self) -> pl.DataFrame:
        """One row a variable: ``key, title, role, reads, why``, for the protocol and the report."""
        import polars as pl

        rows = [(one.key, one.title, one.role, ", ".join(one.reads), one.why) for one in self.variables]
        return pl.DataFrame(rows, schema=["key", "title", "role", "reads", "why"], orient="row")


LUPUS_MATCHING: Final = MatchingList(
    key="lupus_matching",
    title="Controls on standard therapy for refractory lupus",
    source=Source(
        "Malar's own list, to be reviewed by the study's clinicians before the first outcome is read",
        status=Status.PROVISIONAL,
        reading="What decides both who is offered cells and how lupus goes on: activity, kidney, earlier failure, "
        "steroids; place and year stand for care that is not recorded.",
    ),
    variables=(
        MatchingVariable(
            "sledai_2k",
            "SLEDAI-2K at time zero, points",
            "score",
            ("sledai_2k",),
            "Activity leads to treatment and falls by itself from a peak.",
        ),
        MatchingVariable(
            "nephritis_class",
            "Class of lupus nephritis, worst ever",
            "exact",
            ("subjects.nephritis_class",),
            "Classes have different courses, endpoints and standard therapies.",
        ),
        MatchingVariable(
            "upcr",
            "Urine protein-creatinine ratio, mg/mg",
            "score",
            ("lab__upcr",),
            "Proteinuria before treatment foretells renal response more than most.",
        ),
        MatchingVariable(
            "egfr",
            "eGFR, mL/min/1.73 m²",
            "score",
            ("egfr",),
            "Lost kidney function does not come back, and bars some drugs.",
        ),
        MatchingVariable(
            "n_failed_therapies",
            "Immunosuppressants and biologics that failed, count",
            "score",
            ("history.term", "history.outcome"),
            "Cells are given after failure, and who failed more is less likely to respond to anything.",
        ),
        MatchingVariable(
            "prednisone_mg_day",
            "Oral glucocorticoid, mg of prednisone a day",
            "score",
            ("prednisone_mg_day",),
            "It hides activity, and its reduction is itself an endpoint.",
        ),
        MatchingVariable(
            "center",
            "Center that follows the subject",
            "exact",
            ("subjects.center",),
            "Referral, standard therapy and who scores SLEDAI differ between centers.",
        ),
        MatchingVariable(
            "calendar_year",
            "Calendar year of time zero",
            "score",
            ("subjects.day0_date", "day"),
            "Standard therapy improved: controls of earlier years do worse.",
        ),
    ),
)
"""The prespecified list. Where controls come from other centers, center cannot be exact: say so in an amendment."""
