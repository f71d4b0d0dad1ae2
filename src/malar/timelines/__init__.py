"""A patient's history: when something first happened, what ended the observation, which state held when."""

from malar.timelines.clocks import clock_days
from malar.timelines.competing import derive_competing, left_out
from malar.timelines.denominators import derive_denominators
from malar.timelines.duration_of_response import derive_duration_of_response, derive_landmark
from malar.timelines.estimand import Estimand
from malar.timelines.estimand_applied import apply_estimand
from malar.timelines.event_rules import EVENT_RULES, EventRules, event_rules
from malar.timelines.event_sources import CensorSource, EventSource
from malar.timelines.intercurrent_events import (
    DEATH,
    INTERCURRENT_EVENTS,
    IntercurrentEvent,
    intercurrent_event,
    reinfusion,
    steroid_cap_exceeded,
    steroid_taper_not_met,
    told_by,
)
from malar.timelines.judgeable import judgeable
from malar.timelines.judged import item_windows, judge_visits, needed_frame
from malar.timelines.kidney import KIDNEY_FAILURE_OR_DEATH, derive_time_to_renal_response
from malar.timelines.outcome import Outcome
from malar.timelines.outcomes import OUTCOMES, outcome
from malar.timelines.states import STATES, derive_states, derive_states_at_visits
from malar.timelines.strategies import Handled, Strategy, Stratum
from malar.timelines.time_to_event import derive_time_to_event

__all__ = [
    "DEATH",
    "EVENT_RULES",
    "INTERCURRENT_EVENTS",
    "KIDNEY_FAILURE_OR_DEATH",
    "OUTCOMES",
    "STATES",
    "CensorSource",
    "Estimand",
    "EventRules",
    "EventSource",
    "Handled",
    "IntercurrentEvent",
    "Outcome",
    "Strategy",
    "Stratum",
    "apply_estimand",
    "clock_days",
    "derive_competing",
    "derive_denominators",
    "derive_duration_of_response",
    "derive_landmark",
    "derive_states",
    "derive_states_at_visits",
    "derive_time_to_event",
    "derive_time_to_renal_response",
    "event_rules",
    "intercurrent_event",
    "item_windows",
    "judge_visits",
    "judgeable",
    "left_out",
    "needed_frame",
    "outcome",
    "reinfusion",
    "steroid_cap_exceeded",
    "steroid_taper_not_met",
    "told_by",
]
