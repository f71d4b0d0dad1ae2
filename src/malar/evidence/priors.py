"""Priors for a trial in planning, from the published figures: of a control arm's rate, and of the effect of cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from malar.errors import ParameterError, UndefinedError, UnknownKeyError
from malar.evidence.beside import control_arms
from malar.evidence.candidates import Candidates, candidates, figure_row
from malar.evidence.choosing import Choice
from malar.evidence.fields import Fields, read_toml
from malar.evidence.library import Evidence
from malar.evidence.published_figure import PublishedFigure

if TYPE_CHECKING:
    import polars as pl

    from malar.synthesis.effect_prior_result import EffectPriorResult
    from malar.synthesis.prior import Prior

HERE: Final = Path(__file__).parent
INFLATIONS: Final = (0.0, 0.5, 1.0, 1.5)
"""Log odds by which open series may flatter a treatment, as the sensitivity table shows them."""
INFLATION_SDS: Final = (0.5, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """A figure of a question: treated or control, and whether it was randomized against the other arm."""

    figure: str
    arm: str
    randomized: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of effect, with the published arms that inform it and the differences accepted by name."""

    key: str
    title: str
    because: str
    across: tuple[str, ...]
    arms: tuple[Arm, ...]

    def frame(self, evidence: Evidence) -> pl.DataFrame:
        """One row an arm, as :class:`malar.synthesis.TreatmentEffectPrior` reads it."""
        import polars as pl

        rows = [
            {**figure_row(evidence.figure(one.figure)), "arm": one.arm, "randomized": one.randomized}
            for one in self.arms
        ]
        return pl.DataFrame(rows, infer_schema_length=None)

    def figures(self, evidence: Evidence) -> tuple[PublishedFigure, ...]:
        """The figures of its arms, in order."""
        return tuple(evidence.figure(one.figure) for one in self.arms)


def questions() -> tuple[Question, ...]:
    """The questions that the data set can inform.

    Examples
    --------
    >>> [one.key for one in questions()]
    ['response', 'complete_response']
    """
    fields = read_toml(HERE / "questions.toml")
    found = tuple(_question(row) for row in fields.tables("questions"))
    fields.done()
    return found


def question(key: str) -> Question:
    """A question by its key.

    Raises
    ------
    UnknownKeyError
        No such question.
    """
    known = {one.key: one for one in questions()}
    if key not in known:
        raise UnknownKeyError(f"No question is called `{key}`.", hint=f"Use one of {', '.join(known)}.")
    return known[key]


def _question(row: Fields) -> Question:
    made = Question(
        key=row.text("key"),
        title=row.text("title"),
        because=row.text("because"),
        across=row.texts("across"),
        arms=tuple(_arm(each) for each in row.tables("arms")),
    )
    row.done()
    return made


def _arm(row: Fields) -> Arm:
    made = Arm(
        figure=row.text("figure"),
        arm=row.choice("arm", ("treated", "control")),
        randomized=row.choice("randomized", ("yes", "no"), "no") == "yes",
    )
    row.done()
    return made


def effect_prior(
    evidence: Evidence,
    key: str,
    *,
    inflation: float,
    inflation_sd: float = 0.5,
    tau_scale: float = 0.5,
    skeptical_weight: float = 0.2,
) -> EffectPriorResult:
    """The prior of the effect of cells: open series, deflated, beside the randomized trial.

    Parameters
    ----------
    evidence
        The data set.
    key
        Of a question.
    inflation, inflation_sd, tau_scale, skeptical_weight
        As :class:`malar.synthesis.TreatmentEffectPrior` takes them. The inflation has no default: the answer rests on
        it, and nobody knows it.

    Returns
    -------
    EffectPriorResult
        Log odds ratio, above 0 where cells help; mass stays on both sides of 0.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> result = effect_prior(read_evidence(), "response", inflation=0.5)
    >>> [round(x, 1) for x in result.mass]
    [0.6, 0.4]
    """
    from malar.synthesis import TreatmentEffectPrior

    asked = question(key)
    spec = TreatmentEffectPrior(
        inflation=inflation,
        inflation_sd=inflation_sd,
        tau_scale=tau_scale,
        skeptical_weight=skeptical_weight,
        across=asked.across,
    )
    return spec.fit(asked.frame(evidence))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RatePrior:
    """A prior of a rate, with the figures that it rests on and those left out."""

    figures: tuple[PublishedFigure, ...]
    prior: Prior
    candidates: Candidates | None


def control_prior(
    evidence: Evidence, outcome: str, *, tau_scale: float, keep: Iterable[str] = (), across: Sequence[str] = ()
) -> RatePrior:
    """The predictive prior of a control arm's rate, from control arms with counts.

    Parameters
    ----------
    evidence
        The data set.
    outcome
        Of the control arms, as in ``complete_renal_response``.
    tau_scale
        As :class:`malar.synthesis.MetaAnalyticPredictive` takes it; it decides how much is borrowed.
    keep
        Keys of comparators; by default all that count the outcome.
    across
        Differences accepted by name.

    Raises
    ------
    UnknownKeyError
        A comparator named has no such counts.
    UndefinedError
        No control arm has counts of the outcome.
    ParameterError
        They differ, and the difference is not named in `across`.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> found = control_prior(read_evidence(), "complete_renal_response", tau_scale=0.5, across=["time_months"])
    >>> [one.study for one in found.figures], round(found.prior.mean, 2)
    (['bliss-ln-new', 'bliss-ln-relapsed', 'aura-lv'], 0.2)
    """
    counted = [one for one in control_arms(evidence, outcome) if one.events is not None and one.n]
    named = tuple(keep)
    strangers = [key for key in named if key not in {one.study for one in counted}]
    if strangers:
        raise UnknownKeyError(
            f"{', '.join(strangers)} counts no `{outcome}`.", hint=f"Use {', '.join(one.study for one in counted)}."
        )
    kept = tuple(one for one in counted if not named or one.study in named)
    return RatePrior(figures=kept, prior=_predict(kept, outcome, tau_scale, across), candidates=None)


def treated_prior(
    evidence: Evidence,
    choice: Choice,
    *,
    tau_scale: float,
    months: float | None = None,
    override: Iterable[str] = (),
    across: Sequence[str] = (),
) -> RatePrior:
    """The predictive prior of a treated series' rate, from reports that share no patients.

    Parameters
    ----------
    evidence, choice, months, override
        As :func:`malar.evidence.candidates.candidates` takes them.
    tau_scale, across
        As :func:`control_prior` takes them.
    """
    found = candidates(evidence, choice, months=months, override=override)
    prior = _predict(found.figures, choice.outcome, tau_scale, across)
    return RatePrior(figures=found.figures, prior=prior, candidates=found)


def _predict(figures: Sequence[PublishedFigure], outcome: str, tau_scale: float, across: Sequence[str]) -> Prior:
    import polars as pl

    from malar.synthesis import MetaAnalyticPredictive

    if not figures:
        raise UndefinedError(f"No report counts `{outcome}`.", "There is nothing to predict from.", "See the lists.")
    if not tau_scale > 0.0:
        raise ParameterError(f"`tau_scale` is {tau_scale}.", "It is a scale.", "1 is large, 0.5 substantial.")
    frame = pl.DataFrame([figure_row(one) for one in figures], infer_schema_length=None)
    return MetaAnalyticPredictive(outcome="proportion", tau_scale=tau_scale, across=tuple(across)).fit(frame)
