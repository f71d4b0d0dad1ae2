"""What must be read before any figure, in plain words: no control group, few patients, shared patients, no advice."""

from __future__ import annotations

from typing import Final

from malar.evidence.contrast import arm_contrasts
from malar.evidence.library import Evidence
from malar.evidence.study import Study

OPEN: Final = ("awaited", "recruiting", "ongoing")
"""States of a registered trial whose answer is still to come."""


def caveats(evidence: Evidence) -> tuple[str, ...]:
    """The cautions that come before everything else, the weightiest first.

    Parameters
    ----------
    evidence
        The data set.

    Returns
    -------
    tuple of str
        Sentences for a reader without training; the last says that nothing here is advice.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> len(caveats(read_evidence())), caveats(read_evidence())[-1]
    (8, 'This tells what was reported. It gives no advice on treatment.')
    """
    clinical = [study for study in evidence.studies.values() if study.design != "review" and study.outcomes]
    alone = [study for study in clinical if not study.controlled]
    shared = [study for study in clinical if study.overlap_group]
    read = [study for study in clinical if study.verification.value == "full_text"]
    return (
        f"Almost nothing here was compared with anything: {len(alone)} of {len(clinical)} reports with results had no "
        "control group. People are treated when they are at their worst, and many get better whatever is done. Without "
        "a control group nobody can tell the two apart.",
        controlled_words(evidence),
        unread_words(evidence),
        open_trials_words(evidence),
        f"Many reports tell of the same patients: {len(shared)} of {len(clinical)} belong to a group that shares, or "
        "may share, them. Their numbers must not be added up.",
        f"Of {len(read)} reports an original table was read; of most others only the abstract. Figures from memory are "
        "marked and are in no pooled value.",
        f"This data set is of {evidence.as_of}, and {awaited_words(evidence)} is awaited: look again before you quote "
        "it.",
        "This tells what was reported. It gives no advice on treatment.",
    )


def controlled_words(evidence: Evidence) -> str:
    """The one placebo-controlled trial with results, in a few sentences.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> controlled_words(read_evidence()).partition(". ")[0]
    'One trial, of 18 patients, compared cells with placebo: remission in 9 of 12 given cells and 5 of 6 given placebo'
    """
    first = next(arm_contrasts(evidence.study("deng-2017"), "MSC", "placebo"))
    middle, low, high = (f"{100 * x:+.0f}".replace("-", "−") for x in (first.difference, first.lower, first.upper))
    n = (first.treated.n or 0) + (first.control.n or 0)
    return (
        f"One trial, of {n} patients, compared cells with placebo: remission in {first.treated.events} of "
        f"{first.treated.n} given cells and {first.control.events} of {first.control.n} given placebo. The difference "
        f"is {middle} points, 95 % CI {low} to {high}: too few patients to show or exclude benefit or harm."
    )


def unread_words(evidence: Evidence) -> str:
    """Randomized reports known to exist whose results were not read."""
    unread = [one for one in evidence.studies.values() if one.design == "randomized" and _unread(one)]
    names = ", ".join(f"{one.key} ({_how(one)})" for one in sorted(unread, key=lambda one: (one.year or 0, one.key)))
    return f"Other small randomized reports exist, and their counts were not read: {names}."


def _unread(study: Study) -> bool:
    return study.use != "awaited" and not any(one.events is not None for one in study.outcomes)


def _how(study: Study) -> str:
    """What is known of a report whose counts were not read."""
    told = next((one.definition for one in study.outcomes if one.definition), "nothing told")
    for word, meaning in (("“Yes”", "a review calls it effective"), ("“No”", "a review calls it not effective")):
        if told.startswith(word):
            return meaning
    return told.partition(";")[0]


def open_trials_words(evidence: Evidence) -> str:
    """Registered trials with a control group that are still open, or finished without results."""
    trials = [
        one for one in evidence.trials if one.status in OPEN and ("randomized" in one.design or "placebo" in one.design)
    ]
    names = ", ".join(f"{one.registration} ({one.therapy}, {one.status})" for one in trials)
    return f"Registered trials with a control group have not reported yet: {names}."


def awaited_words(evidence: Evidence) -> str:
    """The studies awaited, by name, number and size.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> awaited_words(read_evidence())
    'MiSLE (NCT02633163, 81 patients, placebo-controlled)'
    """
    return "; ".join(_awaited(evidence.study(key)) for key in evidence.awaited)


def _awaited(study: Study) -> str:
    name = study.title.rpartition("(")[2].rstrip(")") if study.title.endswith(")") else study.title
    size = f", {study.n} patients" if study.n else ""
    placebo = ", placebo-controlled" if "placebo" in study.design_words else ""
    return f"{name} ({study.registration}{size}{placebo})"
