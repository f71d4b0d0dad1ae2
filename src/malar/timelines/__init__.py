"""A patient's history: when something first happened, what ended the observation, which state held when."""

from malar.timelines.judgeable import judgeable
from malar.timelines.judged import judge_visits, needed_frame
from malar.timelines.states import STATES, derive_states
from malar.timelines.time_to_event import CensorSource, EventSource, derive_time_to_event

__all__ = [
    "STATES",
    "CensorSource",
    "EventSource",
    "derive_states",
    "derive_time_to_event",
    "judge_visits",
    "judgeable",
    "needed_frame",
]
