"""A patient's history: when something first happened, what ended the observation, which state held when."""

from malar.timelines.clocks import clock_days
from malar.timelines.competing import derive_competing, left_out
from malar.timelines.event_sources import CensorSource, EventSource
from malar.timelines.judged import item_windows, judge_visits, needed_frame
from malar.timelines.kidney import KIDNEY_FAILURE_OR_DEATH, derive_time_to_renal_response
from malar.timelines.outcome import Outcome
from malar.timelines.outcomes import OUTCOMES, outcome
from malar.timelines.states import STATES, derive_states
from malar.timelines.time_to_event import derive_time_to_event

__all__ = [
    "KIDNEY_FAILURE_OR_DEATH",
    "OUTCOMES",
    "STATES",
    "CensorSource",
    "EventSource",
    "Outcome",
    "clock_days",
    "derive_competing",
    "derive_states",
    "derive_time_to_event",
    "derive_time_to_renal_response",
    "item_windows",
    "judge_visits",
    "left_out",
    "needed_frame",
    "outcome",
]
