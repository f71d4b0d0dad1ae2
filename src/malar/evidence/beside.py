"""Treated series set beside control arms of other studies: naive, unadjusted, and said so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.errors import UndefinedError
from malar.evidence.candidates import Candidates, candidates, figure_row
from malar.evidence.choosing import Choice
from malar.evidence.library import Evidence
from malar.evidence.overlap import LeftOut
from malar.evidence.published_figure import PublishedFigure
from malar.evidence.telling import in_words

if TYPE_CHECKING:
    import polars as pl

    from malar.synthesis.naive_comparison import NaiveComparisonResult


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beside:
    """Treated figures and control arms, with the difference of the two sides.

    Parameters
    ----------
    treated
        Figures of treated patients, and those left out.
    controls
        Figures of control arms of other studies, with counts.
    controls_left_out
        Control arms without counts, each with the share that is printed.
    result
        Each side and their difference.
    """

    treated: Candidates
    controls: tuple[PublishedFigure, ...]
    controls_left_out: tuple[LeftOut, ...]
    result: NaiveComparisonResult

    def table(self) -> pl.DataFrame:
        """Rows of the table of results; the note says that the comparison is naive."""
        names = " against ".join(", ".join(one.study for one in side) for side in (self.treated.figures, self.controls))
        return self.result.table(definition=self.treated.outcome, note=names)


def beside(
    evidence: Evidence,
    choice: Choice,
    *,
    controls: str = "",
    months: float | None = None,
    override: Iterable[str] = (),
    across: Sequence[str] = (),
    level: float = 0.95,
) -> Beside:
    """Set treated series beside the control arms of other studies.

    Parameters
    ----------
    evidence
        The data set.
    choice, months, override
        Of the treated, as :func:`malar.evidence.candidates.candidates` takes them.
    controls
        Outcome of the control arms; by default the same.
    across
        Differences accepted by name: ``outcome``, ``definition``, ``denominator``, ``time_months``.
    level
        Confidence level.

    Raises
    ------
    UndefinedError
        A side is empty.
    ParameterError
        The studies differ in what they measured, in whom or when, and the difference is not named in `across`.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> choice = Choice(outcome="complete_renal_response", therapy="msc")
    >>> found = beside(read_evidence(), choice, across=("definition", "denominator", "time_months"))
    >>> [one.study for one in found.controls]
    ['bliss-ln-new', 'bliss-ln-relapsed', 'aura-lv']
    """
    import polars as pl

    from malar.synthesis import NaiveComparison

    treated = candidates(evidence, choice, months=months, override=override)
    arms = control_arms(evidence, controls or choice.outcome)
    counted = tuple(one for one in arms if one.events is not None and one.n)
    for side, words in ((treated.figures, "treated series"), (counted, "control arm with counts")):
        if not side:
            raise UndefinedError(
                f"No {words} has `{choice.outcome if side is treated.figures else controls or choice.outcome}`.",
                "There is nothing to set beside the other side.",
                "See malar evidence list --outcome, and the comparators of the evidence report.",
            )
    rows: list[dict[str, Any]] = [figure_row(one) for one in counted]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    result = NaiveComparison(level=level, across=tuple(across)).fit(treated.frame(), frame)
    left = tuple(
        LeftOut(study=one.study, because=f"{one.percent} % without counts") for one in arms if one not in counted
    )
    return Beside(treated=treated, controls=counted, controls_left_out=left, result=result)


def control_arms(evidence: Evidence, outcome: str) -> tuple[PublishedFigure, ...]:
    """The control arms that tell of an outcome, in the order of the data set.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> [(one.study, str(one.percent)) for one in control_arms(read_evidence(), "sri_4")][:2]
    [('bliss-52', '43.6'), ('bliss-76', '33.5')]
    """
    return tuple(
        figure
        for reference in evidence.comparators
        for figure in reference.figures
        if figure.name == outcome and not figure.arm and figure.percent is not None
    )


def unlike_words(treated: Sequence[PublishedFigure], controls: Sequence[PublishedFigure]) -> str:
    """How the two sides differ, in words; empty where nothing is known to.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> evidence = read_evidence()
    >>> unlike_words([evidence.figure("gu-2014/renal_flare@12")], control_arms(evidence, "renal_flare"))
    'month 12 against over 3 years; flare after remission against renal flare'
    """
    if not controls:
        return ""
    parts: list[str] = []
    when = [", ".join(dict.fromkeys(one.at or "time not told" for one in side)) for side in (treated, controls)]
    if when[0] != when[1]:
        parts.append(f"{when[0]} against {when[1]}")
    what = [
        ", ".join(dict.fromkeys(one.definition or in_words(one.name) for one in side)) for side in (treated, controls)
    ]
    if what[0] != what[1]:
        parts.append(f"{what[0]} against {what[1]}")
    return "; ".join(parts)
