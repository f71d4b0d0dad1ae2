"""Which published figures may be pooled together, and which not and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malar.errors import ParameterError, UnknownKeyError
from malar.evidence.choosing import Choice
from malar.evidence.library import Evidence
from malar.evidence.overlap import LeftOut, independent
from malar.evidence.published_figure import PublishedFigure
from malar.evidence.study import PRODUCTS, Study
from malar.evidence.telling import in_words, quantity
from malar.evidence.verification import Verification

if TYPE_CHECKING:
    import polars as pl

CONTROL_ARMS: Final = ("placebo", "control", "monthly")
NO_CONTROLS: Final = (
    "These are shares of treated patients without a control group: the pooled value says how often the outcome was "
    "reported, not what the treatment does."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Figures that may be pooled together, and those that may not.

    Parameters
    ----------
    figures
        One a report.
    left_out
        Each report with the outcome that is not among them, with its reason.
    overridden
        What was kept by name against the rule of overlap.
    cautions
        What must be said beside the pooled value.
    """

    outcome: str
    figures: tuple[PublishedFigure, ...]
    left_out: tuple[LeftOut, ...]
    overridden: tuple[str, ...]
    cautions: tuple[str, ...]

    def frame(self) -> pl.DataFrame:
        """One row a report, as :class:`malar.synthesis.Pooling` reads it."""
        import polars as pl

        rows = [figure_row(one) for one in self.figures]
        return pl.DataFrame(rows, infer_schema_length=None)


def figure_row(one: PublishedFigure) -> dict[str, Any]:
    """A figure as a row that pooling reads: counts, and what must be alike."""
    return {
        "study": one.study,
        "events": one.events,
        "n": one.n,
        "outcome": one.name,
        "definition": one.definition or in_words(one.name),
        "denominator": one.denominator,
        "time_months": None if one.months is None else round(one.months, 1),
        "survival": None if one.percent is None else float(one.percent) / 100,
        "se": None if one.standard_error is None else one.standard_error / 100,
    }


def candidates(
    evidence: Evidence,
    choice: Choice,
    *,
    months: float | None = None,
    override: Iterable[str] = (),
    survival: bool = False,
) -> Candidates:
    """Find the figures that may be pooled.

    Parameters
    ----------
    evidence
        The data set.
    choice
        Outcome (a topic or a name) and therapy are required; design, disease and verification narrow it.
    months
        Planned time; null takes the single figure of a report.
    override
        Reports kept by name though they share patients with another, or are not meant for pooling.
    survival
        Estimates with standard errors instead of counts.

    Raises
    ------
    ParameterError
        No outcome or therapy is named, or a report has several figures that answer.

    Notes
    -----
    Never pooled, by no override: figures from memory, reviews of the same reports, arms of controls, diseases other
    than lupus.
    """
    _demand_choice(choice)
    named = tuple(dict.fromkeys(override))
    kept: list[PublishedFigure] = []
    left: list[LeftOut] = []
    for study in choice.studies(evidence):
        figures = [one for one in choice.figures(study) if _at(one, months) and one.arm not in CONTROL_ARMS]
        usable = [one for one in figures if _usable(one, survival=survival)]
        reason = _why_not(study, figures, usable, named, survival=survival)
        if reason:
            left.append(LeftOut(study=study.key, because=reason))
        else:
            kept.append(_single(study, usable))
    _demand_named(named, kept, left)
    topic = kept[0].topic if kept else choice.outcome
    chosen = independent(
        evidence, [one.study for one in kept], topic=topic, override=[key for key in named if _has(kept, key)]
    )
    figures = tuple(one for one in kept if one.study in chosen.kept)
    return Candidates(
        outcome=choice.outcome,
        figures=figures,
        left_out=(*chosen.left_out, *left),
        overridden=chosen.overridden,
        cautions=_cautions(evidence, figures, choice.therapy),
    )


def _demand_choice(choice: Choice) -> None:
    for name in ("outcome", "therapy"):
        if not getattr(choice, name):
            raise ParameterError(
                f"No {name} is named.",
                "Cells, transplantation and engineered cells are not one treatment, nor are outcomes one.",
                f"Name the {name}.",
            )


def _at(figure: PublishedFigure, months: float | None) -> bool:
    return months is None or (figure.months is not None and abs(figure.months - months) < 0.5)


def _usable(figure: PublishedFigure, *, survival: bool) -> bool:
    if survival:
        return figure.percent is not None and figure.standard_error is not None
    return figure.events is not None and bool(figure.n)


def _why_not(
    study: Study,
    figures: Sequence[PublishedFigure],
    usable: Sequence[PublishedFigure],
    named: Sequence[str],
    *,
    survival: bool,
) -> str:
    """Why a report is not pooled; empty where it may be."""
    remembered = study.verification is Verification.MEMORY or any(not one.verification.poolable for one in figures)
    meant = study.use in ("primary", "sensitivity") or study.key in named
    reasons = (
        (study.design == "review", "a review of the same reports: a benchmark, never pooled with them"),
        (study.disease == "autoimmune", "all autoimmune diseases, not lupus alone"),
        (not figures, "no figure of treated patients at that time"),
        (remembered, "from memory: never pooled before the paper is read"),
        (not usable, "no estimate with its standard error" if survival else "no counts"),
        (not meant, f"not meant for pooling ({study.use_because or study.use}); keep it by name"),
    )
    return next((reason for applies, reason in reasons if applies), "")


def _single(study: Study, usable: Sequence[PublishedFigure]) -> PublishedFigure:
    """The one figure of a report: over all treated where it is given over several denominators."""
    if len(usable) == 1:
        return usable[0]
    whole = [one for one in usable if one.denominator in ("treated", "enrolled", "randomized")]
    if len(whole) == 1:
        return whole[0]
    told = "; ".join(
        f"{in_words(one.name)} {one.at or 'untimed'}{f' ({one.arm})' if one.arm else ''} {quantity(one)}"
        for one in usable
    )
    raise ParameterError(
        f"{study.key} has {len(usable)} figures that answer: {told}.",
        "A report counts once.",
        "Name the outcome exactly, and the time with --months.",
    )


def _has(kept: Sequence[PublishedFigure], key: str) -> bool:
    return any(one.study == key for one in kept)


def _demand_named(named: Sequence[str], kept: Sequence[PublishedFigure], left: Sequence[LeftOut]) -> None:
    for key in named:
        if not _has(kept, key):
            why = next((one.because for one in left if one.study == key), "it has no such outcome")
            raise UnknownKeyError(
                f"{key} cannot be kept: {why}.", "An override that changes nothing would pass unseen.", "Leave it out."
            )


def _cautions(evidence: Evidence, figures: Sequence[PublishedFigure], therapy: str) -> tuple[str, ...]:
    said = [NO_CONTROLS]
    mixed = [one.study for one in figures if set(evidence.study(one.study).products) - {therapy}]
    if therapy in PRODUCTS and mixed:
        said.append(f"Given besides another product, not told apart: {', '.join(mixed)}.")
    weak = [one.study for one in figures if not one.verification.read_in_source]
    if weak:
        said.append(f"Not read in a publication of their own: {', '.join(weak)}.")
    followed = [one.study for one in figures if one.denominator == "followed"]
    if followed:
        said.append(f"Of those followed to that visit, not of all treated: {', '.join(followed)}.")
    untimed = [one.study for one in figures if one.months is None]
    if untimed:
        said.append(f"Time not told, so that follow-up may differ: {', '.join(untimed)}.")
    derived = [one.study for one in figures if one.events is None and one.se is None and one.standard_error]
    if derived:
        said.append(f"Standard error taken from the printed limits: {', '.join(derived)}.")
    few = [one.study for one in figures if (one.n or 99) < 10]
    if few:
        said.append(f"Fewer than ten patients: {', '.join(few)}.")
    added = [one.study for one in figures if one.study in evidence.added]
    if added:
        said.append(f"Added by you: {', '.join(added)}.")
    return tuple(said)
