"""Whether published figures add up: arithmetic and contradictions, each finding with its report and figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from malar.evidence.library import Evidence
from malar.evidence.published_figure import PublishedFigure
from malar.evidence.study import Study
from malar.evidence.telling import in_words

RULES: Final = {
    "percent_of_counts": "A percentage is that of its counts, to its last printed digit.",
    "interval_in_range": "A percentage and its limits lie between 0 and 100 %.",
    "estimate_in_interval": "An estimate lies within its own interval.",
    "denominator_of_parent": "Those who can relapse are those who responded.",
    "parts_of_sum": "Parts add up to their sum.",
    "counted_of_enrolled": "No more are counted than were enrolled.",
    "arms_of_enrolled": "Arms add up to those enrolled, or analyzed.",
    "alive_and_dead": "The living and the dead are all.",
    "outcomes_add_up": "Free of disease, relapsed and dead without relapse add up to 100 %.",
    "survival_falls": "Survival does not rise with time.",
    "deaths_of_survival": "Deaths described are as many as survival leaves.",
    "share_rises_as_followed_fall": "A share that rises while those followed grow fewer is no course of a cohort.",
}
"""The checks, each with what it asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A figure that does not add up.

    Parameters
    ----------
    severity
        ``error``, or ``published`` where the contradiction stands in the paper and is written down here.
    """

    study: str
    rule: str
    figure: str
    severity: str
    message: str


def check_evidence(evidence: Evidence) -> list[Finding]:
    """Ask every report every check, and add the contradictions that a reader wrote down.

    Parameters
    ----------
    evidence
        The data set, with studies of your own where they were added.

    Returns
    -------
    list of Finding
        By report. A finding that is written down as the paper's own has severity ``published``.

    Notes
    -----
    Kaplan-Meier percentages are no ratio of counts; where both are printed and disagree, the finding says so and
    the reader decides.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> [finding.study for finding in check_evidence(read_evidence()) if finding.rule == "interval_in_range"]
    ['leng-2017', 'leng-2017']
    """
    found: list[Finding] = []
    told: set[int] = set()
    for study in evidence.studies.values():
        for finding in check_study(study):
            place = _written(evidence, finding)
            if place is None:
                found.append(finding)
            else:
                told.add(place)
                found.append(replace(finding, severity="published", message=evidence.contradictions[place].what))
    for place, written in enumerate(evidence.contradictions):
        if place not in told:
            found.append(
                Finding(
                    study=written.studies[0],
                    rule=written.rule,
                    figure=written.figure,
                    severity="published",
                    message=written.what,
                )
            )
    return sorted(found, key=lambda finding: (finding.study, finding.rule, finding.figure))


def _written(evidence: Evidence, finding: Finding) -> int | None:
    """Place of a contradiction that a reader wrote down already."""
    for place, written in enumerate(evidence.contradictions):
        if (
            finding.study in written.studies
            and written.rule == finding.rule
            and written.figure == finding.figure
            and finding.study not in evidence.added
        ):
            return place
    return None


def check_study(study: Study) -> Iterator[Finding]:
    """Findings of one report."""
    for figure in study.figures:
        for rule, message in (*_of_figure(figure), *_of_report(study, figure)):
            yield _finding(study, rule, figure.name, message)
    for rule, name, message in (*_arms(study), *_living(study), *_whole(study), *_courses(study)):
        yield _finding(study, rule, name, message)


def _finding(study: Study, rule: str, figure: str, message: str) -> Finding:
    return Finding(study=study.key, rule=rule, figure=figure, severity="error", message=message)


def _of_figure(figure: PublishedFigure) -> Iterator[tuple[str, str]]:
    name, share, percent = in_words(figure.name), figure.share, figure.percent
    if figure.events is not None and figure.n and percent is not None:
        exact = 100 * Decimal(figure.events) / Decimal(figure.n)
        half = Decimal(1).scaleb(int(percent.as_tuple().exponent)) / 2
        if abs(exact - percent) > half:
            yield (
                "percent_of_counts",
                f"{name}: {figure.events}/{figure.n} is {exact:.1f} %, printed as {percent} %.",
            )
    if percent is None and share is None:
        limits = ()
    else:
        limits = (None if percent is None else float(percent), figure.lower, figure.upper)
        if any(limit is not None and not 0 <= limit <= 100 for limit in limits):
            yield "interval_in_range", f"{name}: {percent} % with limits {figure.lower} to {figure.upper} %."
    middle = _middle(figure)
    if (
        middle is not None
        and figure.lower is not None
        and figure.upper is not None
        and not figure.lower <= middle <= figure.upper
    ):
        yield "estimate_in_interval", f"{name}: {middle} is outside {figure.lower} to {figure.upper}."


def _middle(figure: PublishedFigure) -> float | None:
    if figure.percent is not None:
        return float(figure.percent)
    return figure.value if figure.value is not None else figure.mean


def _of_report(study: Study, figure: PublishedFigure) -> Iterator[tuple[str, str]]:
    name = in_words(figure.name)
    whole = study.sizes.get("enrolled")
    if figure.n is not None and whole is not None and figure.n > whole:
        yield "counted_of_enrolled", f"{name}: {figure.n} counted, {whole} enrolled."
    if figure.of:
        parents = [one for one in study.outcomes if one.name in figure.of]
        total = sum(one.events or 0 for one in parents)
        if parents and figure.n is not None and total != figure.n:
            yield "denominator_of_parent", f"{name}: counted of {figure.n}, but {total} responded."
    if figure.sum_of:
        parts = [
            one
            for one in study.outcomes
            if one.name in figure.sum_of and (one.denominator == figure.denominator or figure.months is None)
        ]
        total = sum(one.events or 0 for one in parts)
        if parts and figure.events is not None and total != figure.events:
            yield "parts_of_sum", f"{name}: {figure.events}, but its parts add up to {total}."


def _arms(study: Study) -> Iterator[tuple[str, str, str]]:
    total = sum(study.arms.values())
    sizes = [study.sizes[name] for name in ("enrolled", "analyzed") if name in study.sizes]
    if study.arms and sizes and total not in sizes:
        yield "arms_of_enrolled", "arms", f"Arms add up to {total}, enrolled or analyzed were {sizes}."


def _living(study: Study) -> Iterator[tuple[str, str, str]]:
    """The living and the dead; deaths that Kaplan-Meier survival of few patients leaves."""
    dead = [one for one in study.outcomes if one.name in ("death", "late_death") and one.events is not None]
    for alive in study.outcomes:
        if alive.name != "overall_survival" or alive.denominator not in ("treated", "enrolled", None):
            continue
        for death in dead:
            same = (death.name, death.n, death.months) == ("death", alive.n, alive.months)
            both = (alive.events or 0) + (death.events or 0)
            if same and alive.events is not None and both != alive.n:
                yield "alive_and_dead", alive.name, f"{alive.events} alive, {death.events} dead are not {alive.n}."
        counted, size = sum(one.events or 0 for one in dead), study.n
        if alive.events is None and alive.percent is not None and dead and size and alive.se is not None:
            left = round((1 - float(alive.percent) / 100) * size)
            if left > counted:
                yield (
                    "deaths_of_survival",
                    alive.name,
                    f"Survival of {alive.percent} % of {size} leaves {left} deaths; {counted} are described.",
                )


def _whole(study: Study) -> Iterator[tuple[str, str, str]]:
    """Free of disease + relapsed + dead without relapse."""
    names = ("disease_free_survival", "relapse_incidence", "non_relapse_mortality")
    for first in study.outcomes:
        if first.name != names[0]:
            continue
        parts = [one for one in study.outcomes if one.name in names and one.months == first.months]
        if len(parts) == len(names) and all(one.percent is not None for one in parts):
            total = sum((one.percent for one in parts if one.percent is not None), Decimal(0))
            if abs(total - 100) > 1:
                yield "outcomes_add_up", first.name, f"Disease-free, relapse and other death are {total} %, not 100 %."


def _courses(study: Study) -> Iterator[tuple[str, str, str]]:
    """One outcome over several times."""
    series: dict[tuple[str, str, str | None], list[PublishedFigure]] = {}
    for figure in study.outcomes:
        if figure.months is not None and figure.share is not None:
            series.setdefault((figure.name, figure.arm, figure.denominator), []).append(figure)
    for (name, _, denominator), figures in series.items():
        points = sorted(figures, key=lambda one: one.months or 0)
        shares = [one.share or 0 for one in points]
        rising = all(a < b for a, b in pairwise(shares))
        falling = all((a.n or 0) > (b.n or 0) for a, b in pairwise(points))
        if "survival" in name and any(a < b for a, b in pairwise(shares)):
            yield "survival_falls", name, f"{in_words(name)} rises with time."
        if denominator == "followed" and len(points) > 2 and rising and falling:
            told = ", ".join(f"{one.events}/{one.n}" for one in points)
            yield "share_rises_as_followed_fall", name, f"{in_words(name)} rises while those followed fall: {told}."
