"""A patient's history: when something first happened, what ended the observation, which state held when."""

from malar.timelines.denominators import derive_denominators
from malar.timelines.duration_of_response import derive_duration_of_response, derive_landmark
from malar.timelines.estimand import Estimand
from malar.timelines.estimand_applied import apply_estimand
from malar.timelines.event_rules import EVENT_RULES, EventRules, event_rules
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
from malar.timelines.judged import judge_visits, needed_frame
from malar.timelines.states import STATES, derive_states
from malar.timelines.strategies import Handled, Strategy, Stratum
from malar.timelines.time_to_event import CensorSource, EventSource, derive_time_to_event

__all__ = [
    "DEATH",
    "EVENT_RULES",
    "INTERCURRENT_EVENTS",
    "STATES",
    "CensorSource",
    "Estimand",
    "EventRules",
    "EventSource",
    "Handled",
    "IntercurrentEvent",
    "Strategy",
    "Stratum",
    "apply_estimand",
    "derive_denominators",
    "derive_duration_of_response",
    "derive_landmark",
    "derive_states",
    "derive_time_to_event",
    "event_rules",
    "intercurrent_event",
    "judge_visits",
    "judgeable",
    "needed_frame",
    "reinfusion",
    "steroid_cap_exceeded",
    "steroid_taper_not_met",
    "told_by",
]
