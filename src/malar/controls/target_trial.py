"""The trial that an observational comparison imitates: its protocol as a checklist, and a guard on time zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malar.controls import _columns
from malar.errors import ParameterError, UndefinedError, UnknownKeyError, WrongTypeError
from malar.method import Method
from malar.sources import Source, Status

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

METHOD: Final = Method(
    key="target_trial",
    title="Target trial: the protocol that an observational comparison emulates",
    source=Source(
        "Hernan MA, Robins JM. Using big data to emulate a target trial when a randomized trial is not available. Am J "
        "Epidemiol 2016;183:758-64",
        locator="Table 1",
        status=Status.PROVISIONAL,
        reading="Time zero has an item of its own, for that is where emulations fail.",
    ),
    also=(
        Source(
            "Hernan MA, Sauer BC, Hernandez-Diaz S, Platt R, Shrier I. Specifying a target trial prevents immortal "
            "time bias and other self-inflicted injuries in observational analyses. J Clin Epidemiol 2016;79:70-5",
            status=Status.PROVISIONAL,
        ),
    ),
)
"""What `malar cite target_trial` prints."""


@dataclass(frozen=True, slots=True)
class ProtocolItem:
    """One component of a trial's protocol, as a question."""

    key: str
    title: str
    question: str


TARGET_TRIAL_ITEMS: Final = (
    ProtocolItem("eligibility", "Eligibility", "Which criteria, all known at time zero, admit a subject?"),
    ProtocolItem("strategies", "Treatment strategies", "What exactly is done in each arm, and until when?"),
    ProtocolItem(
        "assignment", "Assignment", "Which covariates make it as good as random, and how are they adjusted for?"
    ),
    ProtocolItem(
        "time_zero",
        "Time zero",
        "On which day are eligibility met, the strategy assigned and follow-up begun, all three?",
    ),
    ProtocolItem("follow_up", "Follow-up", "When does it end, and what censors?"),
    ProtocolItem("outcome", "Outcome", "Which definition, at which visit, judged by whom and blind to what?"),
    ProtocolItem("contrast", "Causal contrast", "The effect of assignment or of adherence, and in whom?"),
    ProtocolItem("analysis", "Analysis", "Which estimator, which handling of unknowns, which sensitivity analyses?"),
)
"""The components of the protocol, in order."""


@dataclass(frozen=True, slots=True)
class TargetTrial:
    """Answers to the checklist.

    Parameters
    ----------
    answers
        Key of an item to its answer in words; an empty answer is none.

    Examples
    --------
    >>> plan = TargetTrial({"time_zero": "Day of the first infusion; for controls every visit at which they qualify"})
    >>> len(plan.unanswered), plan.complete
    (7, False)
    """

    answers: Mapping[str, str]

    def __post_init__(self) -> None:
        known = {item.key for item in TARGET_TRIAL_ITEMS}
        wordless = _wordless(self.answers)
        if wordless:
            raise WrongTypeError(
                f"{wordless} answers are not text.", "Questions are answered in words.", "Leave out what is open."
            )
        strange = sorted(set(self.answers) - known)
        if strange:
            raise UnknownKeyError(
                f"The checklist has no item {', '.join(strange)}.", hint=f"Items: {', '.join(sorted(known))}."
            )

    @property
    def unanswered(self) -> tuple[ProtocolItem, ...]:
        """Items without an answer."""
        return tuple(item for item in TARGET_TRIAL_ITEMS if not self.answers.get(item.key, "").strip())

    @property
    def complete(self) -> bool:
        """Whether every item is answered."""
        return not self.unanswered

    def table(self) -> pl.DataFrame:
        """One row an item: ``key, title, question, answer`` (null where there is none), ``answered``."""
        import polars as pl

        answers = [self.answers.get(item.key, "").strip() or None for item in TARGET_TRIAL_ITEMS]
        return pl.DataFrame(
            {
                "key": [item.key for item in TARGET_TRIAL_ITEMS],
                "title": [item.title for item in TARGET_TRIAL_ITEMS],
                "question": [item.question for item in TARGET_TRIAL_ITEMS],
                "answer": pl.Series(answers, dtype=pl.String),
                "answered": [answer is not None for answer in answers],
            }
        )


def _wordless(answers: Mapping[str, object]) -> int:
    return sum(not isinstance(answer, str) for answer in answers.values())


def refuse_immortal_time(
    frame: Any,
    *,
    time_zero: str = "time_zero",
    treatment: str = "treated",
    treatment_start: str | None = None,
    outcome_day: str | None = None,
    eligibility_day: str | None = None,
    grace_days: int = 0,
) -> None:
    """Refuse a comparison whose time zero is not the day of eligibility, assignment and start of follow-up.

    Parameters
    ----------
    frame
        Any kind of dataframe, one row a subject (or a subject and trial), days on one clock.
    time_zero
        Column: day on which follow-up begins, never null.
    treatment
        Column: true or 1 treated, false or 0 control.
    treatment_start
        Column: first day of the treatment; null for those who never had it.
    outcome_day
        Column: day on which the outcome happened or was measured, or follow-up ended; null where unknown.
    eligibility_day
        Column: day on which eligibility was met.
    grace_days
        Days after time zero within which a treatment may still begin. Above 0 the arms are told apart by what
        happens later: use `CloneCensorWeight`.

    Raises
    ------
    MissingColumnsError
        A named column is absent.
    WrongTypeError
        A day that is no number.
    UndefinedError
        No rows, or a null time zero; a treated subject without a first day.
    ParameterError
        Treatment assigned after time zero (those treated could not have died, nor responded, before it: immortal
        time); controls who had begun treatment already; outcome data from before time zero; eligibility after it.

    Source
    ------
    Hernán et al. 2016.

    Examples
    --------
    >>> import polars as pl
    >>> cohort = pl.DataFrame({"treated": [1, 0], "time_zero": [0, 0], "cells": [60, None]})
    >>> refuse_immortal_time(cohort, treatment_start="cells")
    Traceback (most recent call last):
    malar.errors.ParameterError: 1 of 1 treated subjects began treatment more than 0 days after time zero. ...
    """
    if grace_days < 0:
        raise ParameterError(f"`grace_days` is {grace_days}.", "It is counted from time zero.", "Pass 0 or more.")
    days = [name for name in (treatment_start, outcome_day, eligibility_day) if name]
    rows = _with_days(frame, time_zero, treatment, days)
    zero = rows[time_zero]
    if treatment_start:
        _refuse_late_assignment(_columns.sign(rows, treatment), zero, rows[treatment_start], grace_days)
    if outcome_day:
        _refuse(
            int((rows[outcome_day] < zero).sum()),
            rows.height,
            "subjects have outcome data from before time zero",
            "What happened before the start is no effect of the treatment.",
            "Count outcomes from time zero on, and drop subjects who already had the outcome by eligibility.",
        )
    if eligibility_day:
        _refuse(
            int((rows[eligibility_day] > zero).sum()),
            rows.height,
            "subjects met eligibility only after time zero",
            "They had to live, untreated or unresponsive, until then.",
            "Begin follow-up on the day on which eligibility is met.",
        )


def _with_days(frame: Any, time_zero: str, treatment: str, days: list[str]) -> pl.DataFrame:
    """The rows, in which the named columns are days and time zero is never null."""
    import polars as pl

    rows = _columns.take(frame, [time_zero, treatment, *days], "The guard on time zero")
    for name in (time_zero, *days):
        if not (rows[name].dtype.is_numeric() or rows[name].dtype == pl.Null):
            raise WrongTypeError(f"`{name}` is {rows[name].dtype}, not a day.", "Days are compared.", "Use study days.")
    _columns.never_null(
        rows, [time_zero], "Follow-up of these subjects begins on no day.", "Leave them out, and say so."
    )
    return rows


def _refuse_late_assignment(arm: NDArray[np.bool_], zero: pl.Series, start: pl.Series, grace_days: int) -> None:
    import polars as pl

    treated = pl.Series(arm)
    unknown = int((treated & start.is_null()).sum())
    if unknown:
        raise UndefinedError(
            f"{unknown} of {int(treated.sum())} treated subjects have no first day of treatment.",
            "Whether they were assigned at time zero cannot be told.",
            "Find the day, or leave them out and say so.",
        )
    _refuse(
        int((treated & (start > zero + grace_days)).sum()),
        int(treated.sum()),
        f"treated subjects began treatment more than {grace_days} days after time zero",
        "Between the two days they could not die or relapse and still be treated: immortal time.",
        "Begin follow-up at treatment with `SequentialTrials`, or clone with `CloneCensorWeight`.",
    )
    _refuse(
        int((~treated & (start <= zero)).sum()),
        int((~treated).sum()),
        "controls had begun the treatment by time zero",
        "They are treated.",
        "Enter controls only while they are untreated.",
    )


def _refuse(wrong: int, of: int, fact: str, why: str, hint: str) -> None:
    if wrong:
        raise ParameterError(f"{wrong} of {of} {fact}.", why, hint)
