"""What a published share counts: of those followed, of all treated, and what is not told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from malar.errors import UndefinedError
from malar.evidence.library import Evidence
from malar.evidence.published_figure import PublishedFigure
from malar.evidence.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedShare:
    """A share among those followed to one visit, and its bounds over all treated.

    Parameters
    ----------
    months
        Planned visit.
    events, followed, treated
        Counts.
    lower, upper
        Exact limits of events over followed, between 0 and 1.
    least, greatest
        Bounds over all treated: nobody, or everybody, who was not followed had the outcome.
    not_yet_reached, dead, lost
        Those treated and not followed, by reason; null where the report does not tell them apart.
    """

    study: str
    name: str
    months: float
    events: int
    followed: int
    treated: int
    lower: float
    upper: float
    not_yet_reached: int | None
    dead: int | None
    lost: int | None

    @property
    def share(self) -> float:
        """Of those followed."""
        return self.events / self.followed

    @property
    def not_followed(self) -> int:
        """Treated, and not among those followed."""
        return self.treated - self.followed

    @property
    def least(self) -> float:
        """Of all treated, if nobody else had the outcome."""
        return self.events / self.treated

    @property
    def greatest(self) -> float:
        """Of all treated, if everybody else had it."""
        return (self.events + self.not_followed) / self.treated


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeTable:
    """A cumulative share from counts by year, which stands and falls with its assumption."""

    study: str
    name: str
    months: tuple[float, ...]
    cumulative: tuple[float, ...]
    assumption: str


def among_followed(study: Study, name: str, *, level: float = 0.95) -> list[FollowedShare]:
    """The shares of an outcome among those followed to each visit.

    Parameters
    ----------
    study
        A report with counts of the outcome at planned visits.
    name
        The outcome, as in ``complete_remission``.
    level
        Confidence level of the exact limits.

    Returns
    -------
    list of FollowedShare
        By time. Each is a prevalence among those seen then; they are not a course of one cohort, and no life table
        of remission follows from them, since a remitter may leave remission.

    Raises
    ------
    UndefinedError
        The report has no such counts, or its number of patients treated is not told.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> last = among_followed(read_evidence().study("wang-2013"), "complete_remission")[-1]
    >>> last.events, last.followed, last.not_followed, round(last.least, 2), round(last.greatest, 2)
    (3, 6, 81, 0.03, 0.97)
    """
    figures = _visits(study, name)
    treated = study.n
    if treated is None:
        raise UndefinedError(f"{study.key} does not tell how many were treated.", "Bounds over all treated need it.")
    shares: list[FollowedShare] = []
    for figure in figures:
        limits = figure.exact_limits(level)
        assert limits is not None
        assert figure.events is not None
        assert figure.n is not None
        shares.append(
            FollowedShare(
                study=study.key,
                name=name,
                months=figure.months or 0.0,
                events=figure.events,
                followed=figure.n,
                treated=treated,
                lower=limits[0],
                upper=limits[1],
                not_yet_reached=None,
                dead=None,
                lost=None,
            )
        )
    return shares


def life_table(study: Study, name: str) -> LifeTable:
    """Cumulative share from yearly counts, under an assumption that the report does not confirm.

    Returns
    -------
    LifeTable
        1 - Π(1 - events/followed), with its assumption in words.

    Raises
    ------
    UndefinedError
        The report has no counts of the outcome at two or more visits.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> [round(100 * share) for share in life_table(read_evidence().study("wang-2013"), "relapse").cumulative]
    [12, 28, 40, 50]
    """
    figures = _visits(study, name)
    if len(figures) < 2:
        raise UndefinedError(f"{study.key} counts `{name}` at one visit only.", "A life table needs several.")
    left, cumulative = 1.0, list[float]()
    for figure in figures:
        left *= 1 - (figure.share or 0.0)
        cumulative.append(1 - left)
    return LifeTable(
        study=study.key,
        name=name,
        months=tuple(figure.months or 0.0 for figure in figures),
        cumulative=tuple(cumulative),
        assumption=(
            "Assumed, and not told by the report: each count is of events new in that year, those counted below the "
            "line were at risk through it, and leaving observation has nothing to do with the outcome. Patients who "
            "never responded are among them."
        ),
    )


def same_events(evidence: Evidence, events: int, study: str, name: str) -> list[PublishedFigure]:
    """The figures of one outcome with the same events over other denominators.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> [(f.events, f.n, str(f.percent)) for f in same_events(read_evidence(), 28, "wang-2018", "any_remission")]
    [(28, 81, '34'), (28, 68, '41')]
    """
    return [one for one in evidence.study(study).outcomes if one.name == name and one.events == events]


def _visits(study: Study, name: str) -> Sequence[PublishedFigure]:
    found = [
        one
        for one in study.outcomes
        if one.name == name and one.events is not None and one.n and one.months is not None
    ]
    if not found:
        raise UndefinedError(
            f"{study.key} has no counts of `{name}` at planned visits.",
            "See malar evidence show.",
            "Name another outcome.",
        )
    return sorted(found, key=lambda one: one.months or 0.0)
