"""What controls on standard therapy are matched on in lupus, declared before any outcome is seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

Role = Literal["exact", "score"]


@dataclass(frozen=True, slots=True, kw_only=True)
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

        return pl.DataFrame(
            {
                "key": [variable.key for variable in self.variables],
                "title": [variable.title for variable in self.variables],
                "role": [variable.role for variable in self.variables],
                "reads": [", ".join(variable.reads) for variable in self.variables],
                "why": [variable.why for variable in self.variables],
            }
        )


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
            key="sledai_2k",
            title="SLEDAI-2K at time zero, points",
            role="score",
            reads=("sledai_2k",),
            why="Activity leads to treatment and falls by itself from a peak.",
        ),
        MatchingVariable(
            key="nephritis_class",
            title="Class of lupus nephritis, worst ever",
            role="exact",
            reads=("subjects.nephritis_class",),
            why="Classes have different courses, endpoints and standard therapies.",
        ),
        MatchingVariable(
            key="upcr",
            title="Urine protein-creatinine ratio, mg/mg",
            role="score",
            reads=("lab__upcr",),
            why="Proteinuria before treatment foretells renal response more than most.",
        ),
        MatchingVariable(
            key="egfr",
            title="eGFR, mL/min/1.73 m²",
            role="score",
            reads=("egfr",),
            why="Lost kidney function does not come back, and bars some drugs.",
        ),
        MatchingVariable(
            key="n_failed_therapies",
            title="Immunosuppressants and biologics that failed, count",
            role="score",
            reads=("history.term", "history.outcome"),
            why="Cells are given after failure, and who failed more is less likely to respond to anything.",
        ),
        MatchingVariable(
            key="prednisone_mg_day",
            title="Oral glucocorticoid, mg of prednisone a day",
            role="score",
            reads=("prednisone_mg_day",),
            why="It hides activity, and its reduction is itself an endpoint.",
        ),
        MatchingVariable(
            key="center",
            title="Center that follows the subject",
            role="exact",
            reads=("subjects.center",),
            why="Referral, standard therapy and who scores SLEDAI differ between centers.",
        ),
        MatchingVariable(
            key="calendar_year",
            title="Calendar year of time zero",
            role="score",
            reads=("subjects.day0_date", "day"),
            why="Standard therapy improved: controls of earlier years do worse.",
        ),
    ),
)
"""The prespecified list. Where controls come from other centers, center cannot be exact: say so in an amendment."""
