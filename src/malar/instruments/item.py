"""Items of an instrument."""

from __future__ import annotations

from dataclasses import dataclass

from malar.conditions import Condition


@dataclass(frozen=True, slots=True)
class Item:
    """One sign of an instrument.

    Parameters
    ----------
    key
        Its key; the visit-frame column is `instrument__key`.
    weight
        Points added where it is present.
    system
        Organ system.
    meaning
        When it is scored, in our words.
    unless
        Other causes for which it is not scored.
    measured
        The measurement that the item rests on, where there is one.
    doubt
        What is not settled about the measurement; what it proposes is then provisional. The score of
        recorded items does not rest on it.
    """

    key: str
    weight: int
    system: str
    meaning: str
    unless: str = ""
    measured: Condition | None = None
    doubt: str = ""
