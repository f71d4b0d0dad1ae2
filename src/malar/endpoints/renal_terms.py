"""What renal definitions share: their conditions on urine protein, eGFR, creatinine and sediment, and their notes."""

from __future__ import annotations

from typing import Final

from malar.conditions import (
    Condition,
    Since,
    above_percent_of,
    absent,
    at_least_percent_of,
    at_most,
    at_most_percent_of,
    below,
    below_percent_of,
    present,
)

UPCR: Final = "upcr_mg_mg"
UPCR_MG_G: Final = "upcr_mg_g"
UPCR_MG_MMOL: Final = "upcr_mg_mmol"
PROTEIN: Final = "protein_24h_g"
CREATININE: Final = "creatinine_mg_dl"

_LABELS: Final = {UPCR: "UPCR", UPCR_MG_G: "UPCR", UPCR_MG_MMOL: "UPCR", PROTEIN: "urine protein"}
_UNITS: Final = {UPCR: "mg/mg", UPCR_MG_G: "mg/g", UPCR_MG_MMOL: "mg/mmol", PROTEIN: "g in 24 h"}

AT_ITS_VISIT: Final = "Each visit is judged; which visit counts belongs to the analysis."
UP_TO_25: Final = "Creatinine within 25 % is read as at most 125 % of baseline: an improvement is no failure."
AT_LEAST: Final = "Partial response is judged by its own criteria and is not withheld where response is complete too."
SEDIMENT: Final = "Inactive sediment: at most 5 red and 5 white cells per high-power field, and no casts of either."


def protein_below(limit: float, column: str = UPCR) -> Condition:
    """Urine protein below a limit in its own unit (<)."""
    return below(column, limit, label=_LABELS[column], unit=_UNITS[column])


def protein_at_most(limit: float, column: str = UPCR) -> Condition:
    """Urine protein of at most a limit in its own unit (<=)."""
    return at_most(column, limit, label=_LABELS[column], unit=_UNITS[column])


def protein_at_most_percent(percent: float, column: str = UPCR) -> Condition:
    """Urine protein of at most so many percent of baseline (<=): a fall by at least the rest."""
    return at_most_percent_of(column, percent, Since.BASELINE, label=_LABELS[column])


def protein_below_percent(percent: float, column: str = UPCR) -> Condition:
    """Urine protein below so many percent of baseline (<): a fall by more than the rest."""
    return below_percent_of(column, percent, Since.BASELINE, label=_LABELS[column])


def egfr_at_least_percent(percent: float, since: Since = Since.BASELINE) -> Condition:
    """An eGFR of at least so many percent of an earlier one (>=)."""
    return at_least_percent_of("egfr", percent, since, label="eGFR")


def egfr_above_percent(percent: float) -> Condition:
    """An eGFR above so many percent of baseline (>): a fall by less than the rest."""
    return above_percent_of("egfr", percent, Since.BASELINE, label="eGFR")


def creatinine_at_most_percent(percent: float) -> Condition:
    """A creatinine of at most so many percent of baseline (<=)."""
    return at_most_percent_of(CREATININE, percent, Since.BASELINE, label="creatinine")


def normal_creatinine() -> Condition:
    """A creatinine of at most the laboratory's upper limit."""
    return present("creatinine_normal", label="normal creatinine")


def inactive_sediment() -> Condition:
    """An inactive urine sediment."""
    return present("inactive_sediment", label="inactive sediment")


def no_casts() -> Condition:
    """No casts of red or white cells."""
    return absent("urine_cell_casts", label="cast of red or white cells")


def no_treatment_failure(column: str = "treatment_failure") -> Condition:
    """No treatment failure up to the visit, by the rule of a study column."""
    return absent(column, label="treatment failure up to the visit")
