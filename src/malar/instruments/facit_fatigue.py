"""FACIT-Fatigue: 13 answers of 0 to 4, by code; the sentences are the publisher's and are not shipped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from malar.instruments.formula import Formula
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

ANSWERS: Final = tuple(f"answer_{k}" for k in range(1, 14))
"""Item keys, in the order of the form (CDISC FAC07001 to FAC07013)."""
FORWARD: Final = ("answer_7", "answer_8")
"""Answers scored as given; the others are turned around (4 less the answer)."""
LEAST_ANSWERED: Final = 7


def _make(inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    answers = {item: inputs[f"facit_fatigue__{item}"] for item in ANSWERS}
    scored = [answer if item in FORWARD else 4 - answer for item, answer in answers.items()]
    n = pl.sum_horizontal(answer.is_not_null() for answer in answers.values()).cast(pl.Int64)
    total = pl.sum_horizontal(scored) * len(ANSWERS) / n
    return {
        "facit_fatigue": pl.when(n >= LEAST_ANSWERED).then(total.round(6)),
        "facit_fatigue__n_missing": len(ANSWERS) - n,
    }


FACIT_FATIGUE: Final = Formula(
    key="facit_fatigue",
    title="FACIT-Fatigue",
    source=Source(
        "Yellen SB, et al. J Pain Symptom Manage 1997;13:63-74",
        "scoring of version 4",
        Status.PROVISIONAL,
        "Seven days' recall, answers 0 to 4. The rule of more than half answered (at least 7 of 13) is from memory. "
        "Higher is better; a page that scores the other way round is in circulation.",
    ),
    numbers=tuple(f"facit_fatigue__{item}" for item in ANSWERS),
    gives_columns={"facit_fatigue": "0 (worst) to 52 (no fatigue)", "facit_fatigue__n_missing": "answers not given"},
    rule=(
        "Answers 7 and 8 as given, the other eleven turned around (4 less the answer); their sum times 13 over the "
        f"number answered, where at least {LEAST_ANSWERED} are, and unknown otherwise. Items are shipped as codes in "
        "the order of the form; the sentences belong to FACIT.org, from which a licence is needed."
    ),
    brief="13 answers, 0 to 52, higher is better",
    make=_make,
)

INSTRUMENTS: Final = (FACIT_FATIGUE,)
"""All of this file."""
