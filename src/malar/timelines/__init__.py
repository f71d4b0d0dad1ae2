"""A patient's history: when something first happened, what ended the observation, which state held when."""

from malar.timelines.judged import judge_visits, needed_frame
from malar.timelines.kidney import KIDNEY_FAILURE_OR_DEATH, derive_time_to_renal_response
from malar.timelines.states import STATES, derive_states
from malar.timelines.time_to_event import CensorSource, EventSource, derive_time_to_event

__all__ = [
    "KIDNEY_FAILURE_OR_DEATH",
    "STATES",
    "CensorSource",
    "EventSource",
    "derive_states",
    "derive_time_to_event",
    "derive_time_to_renal_response",
    "judge_visits",
    "needed_frame",
]
