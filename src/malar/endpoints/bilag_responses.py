"""Clinical responses by BILAG at one visit: Md Yusof 2017, and what the multicenter cell trial may have used."""

from __future__ import annotations

from typing import Final

from malar.conditions import Condition, all_of, any_of, at_least, at_most, equals, present
from malar.course.bilag_change import BILAG_2004_SINCE_BASELINE, BILAG_2004_SINCE_PREVIOUS
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.relapse_after import RelapseAfter
from malar.instruments.bilag_2004 import BILAG_2004
from malar.sources import Source, Status

N_A, N_B = "bilag_2004__n_a", "bilag_2004__n_b"
_A, _B = "number of systems with A", "number of systems with B"


def at_most_so_many_b(number: int) -> Condition:
    """No system has A, and at most so many have B."""
    return all_of(at_most(N_A, 0, label=_A), at_most(N_B, number, label=_B))


def none_new_since(since: str) -> Condition:
    """No system has an A or B that is new since `baseline` or `previous`."""
    earlier = "the previous assessed visit" if since == "previous" else since
    return all_of(
        at_most(f"bilag_2004__n_new_a__since_{since}", 0, label=f"number of A new since {earlier}"),
        at_most(f"bilag_2004__n_new_b__since_{since}", 0, label=f"number of B new since {earlier}"),
    )


C_OR_BETTER: Final = at_most_so_many_b(0)
"""Every system has C, D or E."""

ACTIVE_AT_BASELINE: Final = any_of(
    at_least(f"baseline__{N_A}", 1, label=f"{_A} at baseline"),
    at_least(f"baseline__{N_B}", 1, label=f"{_B} at baseline"),
)

_YUSOF: Final = "Md Yusof MY, et al. Ann Rheum Dis 2017, doi 10.1136/annrheumdis-2017-211191"

MAJOR_YUSOF: Final = Endpoint(
    key="bilag_major_response_md_yusof",
    title="Major clinical response by BILAG-2004 (Md Yusof 2017)",
    source=Source(
        _YUSOF,
        "abstract",
        Status.VERIFIED,
        "All active systems improved to C or better, and no flare to A or B: at the visit no system has A or B. Flares "
        "at visits between are not asked. Active is read as A or B at baseline.",
    ),
    criteria={"c_or_better": C_OR_BETTER},
    among=ACTIVE_AT_BASELINE,
    note="Verified for that paper only; other papers use the same words for other rules.",
    instruments=(BILAG_2004,),
)
PARTIAL_YUSOF: Final = Endpoint(
    key="bilag_partial_response_md_yusof",
    title="Partial clinical response by BILAG-2004 (Md Yusof 2017)",
    source=Source(
        _YUSOF,
        "abstract",
        Status.VERIFIED,
        "One B that persists: exactly one system has B, none has A, and no A or B is new since baseline. An A of "
        "baseline that became B persists.",
    ),
    criteria={
        "no_a": at_most(N_A, 0, label=_A),
        "one_b": equals(N_B, 1, label=_B),
        "none_new": none_new_since("baseline"),
    },
    among=ACTIVE_AT_BASELINE,
    note="Verified for that paper only. Excludes major response.",
    instruments=(BILAG_2004,),
    derivations=(BILAG_2004_SINCE_BASELINE,),
)

WANG_2014: Final = "Wang D, et al. Arthritis Res Ther 2014;16:R79, doi 10.1186/ar4520"
_NOT_READ: Final = (
    "The definition was not read. It is guessed from memory of the EXPLORER family. BILAG is read as BILAG-2004"
)
WANG_NOTE: Final = "A candidate, not the paper's definition: its 13, 11 and 16 of 40 cannot be reproduced by it."


def wang_source(reading: str) -> Source:
    """The source of a candidate for the multicenter trial."""
    return Source(
        WANG_2014,
        "abstract; Table 1",
        Status.PROVISIONAL,
        f"{_NOT_READ}, though totals of 6 to 26 in Table 1 fit the points of the classic index better. {reading}",
    )


MCR_AT_VISIT: Final = Endpoint(
    key="wang_2014_mcr_at_visit_candidate",
    title="Major clinical response at the visit, Wang 2014 (candidate)",
    source=wang_source(
        "C or better in all systems at the visit, whatever comes later: Table 1 lists responses that ended in relapse, "
        "so a response that must last to month 12 cannot be the whole rule."
    ),
    criteria={"c_or_better": C_OR_BETTER},
    among=ACTIVE_AT_BASELINE,
    note=WANG_NOTE,
    instruments=(BILAG_2004,),
)
RESPONSE_AT_VISIT: Final = MCR_AT_VISIT.amend(
    "wang_2014_response_at_visit_candidate",
    title="Major or partial clinical response at the visit, Wang 2014 (candidate)",
    source=wang_source("No A and at most one B at the visit, whatever comes later."),
    changes={"c_or_better": at_most_so_many_b(1)},
)
_AFTER_RESPONSE: Final = RelapseAfter(remission=RESPONSE_AT_VISIT, assessed=BILAG_2004.assessed)

RELAPSE: Final = Endpoint(
    key="wang_2014_relapse_candidate",
    title="Relapse after response, Wang 2014 (candidate)",
    source=wang_source("A system with an A or B that is new since the visit before, after a visit with a response."),
    criteria={
        "new": any_of(
            at_least("bilag_2004__n_new_a__since_previous", 1, label="number of A new since the previous visit"),
            at_least("bilag_2004__n_new_b__since_previous", 1, label="number of B new since the previous visit"),
        )
    },
    among=present(f"{_AFTER_RESPONSE.key}__at_risk", label="an earlier visit with a response"),
    note="Published relapses are of the 24 responders: 3 at nine months, 4 at twelve.",
    instruments=(BILAG_2004,),
    derivations=(BILAG_2004_SINCE_PREVIOUS, _AFTER_RESPONSE),
)

DEFINITIONS: Final = (MAJOR_YUSOF, PARTIAL_YUSOF, MCR_AT_VISIT, RESPONSE_AT_VISIT, RELAPSE)
