"""Major and partial clinical response held to a year: EXPLORER, and a candidate for the multicenter cell trial."""

from __future__ import annotations

from typing import Final

from malar.conditions import Condition, absent, all_of, any_of, at_least, at_most, present
from malar.course.bilag_change import BILAG_2004_SINCE_PREVIOUS
from malar.course.held import HeldSince
from malar.endpoints.bilag_responses import (
    ACTIVE_AT_BASELINE,
    C_OR_BETTER,
    N_A,
    N_B,
    WANG_NOTE,
    at_most_so_many_b,
    none_new_since,
    wang_source,
)
from malar.endpoints.endpoint import Endpoint
from malar.instruments.bilag_2004 import BILAG_2004
from malar.sources import Source, Status

_MONTH_6: Final = (182, 150, 213)
_MONTH_12: Final = (335, 395)
_WEEK_24: Final = (168, 154, 182)
_WEEK_52: Final = (350, 378)
_SIXTEEN_WEEKS: Final = 112


def _held(key: str, title: str, source: Source, window: tuple[int, int, int], at: Condition, after: Condition,
          *, before: Condition | None = None, held_days: int | None = None) -> HeldSince:  # fmt: skip
    day, first, last = window
    return HeldSince(
        key=key, title=title, source=source, at=at, after=after, before=before, day=day, first_day=first,
        last_day=last, held_days=held_days, assessed=BILAG_2004.assessed,
    )  # fmt: skip


def _between(days: tuple[int, int]) -> Condition:
    return all_of(at_least("day", days[0], label="study day"), at_most("day", days[1], label="study day"))


_WANG: Final = wang_source(
    "Month 6 is the assessed visit nearest to day 182, month 12 a visit between days 335 and 395. Table 1 lists "
    "responses that ended in relapse, which this rule would call no response."
)
_WANG_MAJOR: Final = _held(
    "c_or_better_held_since_month_6", "C or better in all systems, held since month 6", _WANG, _MONTH_6,
    C_OR_BETTER, C_OR_BETTER,
)  # fmt: skip
_WANG_PARTIAL: Final = _held(
    "at_most_one_b_held_since_month_6", "No A and at most one B, held since month 6", _WANG, _MONTH_6,
    at_most_so_many_b(1), at_most_so_many_b(1),
)  # fmt: skip

WANG_MCR: Final = Endpoint(
    key="wang_2014_mcr_candidate",
    title="Major clinical response held to month 12, Wang 2014 (candidate)",
    source=_WANG,
    criteria={"held": present(_WANG_MAJOR.key, label="C or better in all systems at month 6, held since")},
    among=all_of(_between(_MONTH_12), ACTIVE_AT_BASELINE),
    note=WANG_NOTE,
    instruments=(BILAG_2004,),
    derivations=(_WANG_MAJOR,),
)
WANG_PCR: Final = Endpoint(
    key="wang_2014_pcr_candidate",
    title="Partial clinical response held to month 12, Wang 2014 (candidate)",
    source=_WANG,
    criteria={
        "held": present(_WANG_PARTIAL.key, label="no A and at most one B at month 6, held since"),
        "not_major": absent(_WANG_MAJOR.key, label="C or better in all systems at month 6, held since"),
    },
    among=all_of(_between(_MONTH_12), ACTIVE_AT_BASELINE),
    note=WANG_NOTE,
    instruments=(BILAG_2004,),
    derivations=(_WANG_MAJOR, _WANG_PARTIAL),
)

_EXPLORER: Final = Source(
    "Merrill JT, et al. Arthritis Rheum 2010;62:222, doi 10.1002/art.27233",
    "response criteria",
    Status.PROVISIONAL,
    "From memory. The trial used the classic index; BILAG-2004 stands for it here. Week 24 is the assessed visit "
    "nearest to day 168, week 52 a visit between days 350 and 378. A severe flare before week 24 is read as an A "
    "that is new since the visit before. A or B new after week 24 are new since the visit before.",
)
_QUIET: Final = none_new_since("previous")
_NO_NEW_A: Final = at_most("bilag_2004__n_new_a__since_previous", 0, label="number of A new since the previous visit")
_MAJOR: Final = _held(
    "explorer_major_since_week_24", "C or better at week 24 without severe flare before, no new A or B since",
    _EXPLORER, _WEEK_24, C_OR_BETTER, _QUIET, before=_NO_NEW_A,
)  # fmt: skip
_SIXTEEN: Final = _held(
    "explorer_c_or_better_for_16_weeks", "C or better at week 24, held for 16 weeks", _EXPLORER, _WEEK_24,
    C_OR_BETTER, C_OR_BETTER, held_days=_SIXTEEN_WEEKS,
)  # fmt: skip
_ONE_B: Final = _held(
    "explorer_at_most_one_b_since_week_24", "At most one B at week 24, no new A or B since", _EXPLORER, _WEEK_24,
    at_most_so_many_b(1), _QUIET,
)  # fmt: skip
_TWO_B: Final = _held(
    "explorer_at_most_two_b_since_week_24", "At most two B at week 24, no new A or B since", _EXPLORER, _WEEK_24,
    at_most_so_many_b(2), _QUIET,
)  # fmt: skip


def _then(column: str, least: int) -> Condition:
    return at_least(f"baseline__{column}", least, label=f"number of systems with {column[-1].upper()} at baseline")


_VERY_ACTIVE: Final = any_of(all_of(_then(N_A, 1), _then(N_B, 2)), _then(N_A, 2), _then(N_B, 4))

EXPLORER_MCR: Final = Endpoint(
    key="explorer_mcr_candidate",
    title="Major clinical response, EXPLORER (candidate)",
    source=_EXPLORER,
    criteria={"held": present(_MAJOR.key, label=_MAJOR.title)},
    among=all_of(_between(_WEEK_52), ACTIVE_AT_BASELINE),
    note="A candidate from memory.",
    instruments=(BILAG_2004,),
    derivations=(BILAG_2004_SINCE_PREVIOUS, _MAJOR),
)
EXPLORER_PCR: Final = Endpoint(
    key="explorer_pcr_candidate",
    title="Partial clinical response, EXPLORER (candidate)",
    source=_EXPLORER,
    criteria={
        "one_of_three": any_of(
            present(_SIXTEEN.key, label=_SIXTEEN.title),
            present(_ONE_B.key, label=_ONE_B.title),
            all_of(present(_TWO_B.key, label=_TWO_B.title), _VERY_ACTIVE),
        ),
        "not_major": absent(_MAJOR.key, label=_MAJOR.title),
    },
    among=all_of(_between(_WEEK_52), ACTIVE_AT_BASELINE),
    note="A candidate from memory.",
    instruments=(BILAG_2004,),
    derivations=(BILAG_2004_SINCE_PREVIOUS, _MAJOR, _SIXTEEN, _ONE_B, _TWO_B),
)

DEFINITIONS: Final = (WANG_MCR, WANG_PCR, EXPLORER_MCR, EXPLORER_PCR)
