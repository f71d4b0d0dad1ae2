"""BICLA: the BILAG-based composite lupus assessment, as in TULIP and as in EMBLEM."""

from __future__ import annotations

from typing import Final

from malar.conditions import Since, absent, any_of, at_least, present, rose_by_at_most, rose_by_less_than
from malar.course.bilag_change import BILAG_2004_SINCE_BASELINE
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.sri import NO_TREATMENT_FAILURE, none_worse
from malar.instruments.bilag_2004 import BILAG_2004
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.sources import Source, Status

_TULIP: Final = (
    "TULIP trials: Furie RA, et al. Lancet Rheumatol 2019;1:e208; Morand EF, et al. N Engl J Med 2020;382:211-21, doi "
    "10.1056/NEJMoa1912196"
)
_NOTE: Final = "BICLA and SRI-4 do not contain each other. Medication rules move the rate: name them beside it."

BICLA: Final = Endpoint(
    key="bicla",
    title="BICLA",
    source=Source(
        _TULIP,
        "definition of the endpoint",
        Status.PROVISIONAL,
        "The wording of TULIP is from memory. Every system graded A at baseline must be B or better, every one graded "
        "B must be C or better; grade E counts as better. Where no system was graded A or B at baseline nothing can "
        "improve, and the visit is not judged. Treatment failure is treatment stopped, death, or restricted medication "
        "as the study recorded it. A missing component leaves the verdict open; counting it as nonresponse is a "
        "separate step of the analysis.",
    ),
    criteria={
        "improved": present(
            "bilag_2004__all_a_b_improved__since_baseline",
            label="improvement of every system graded A or B at baseline, by a grade or more,",
        ),
        "bilag": none_worse("bilag_2004", "BILAG-2004"),
        "sledai": rose_by_at_most("sledai_2k", 0, Since.BASELINE, label="SLEDAI-2K"),
        "pga": rose_by_less_than("pga", 0.3, Since.BASELINE, label="PGA (0 to 3)"),
        "treatment": NO_TREATMENT_FAILURE,
    },
    among=any_of(
        at_least("baseline__bilag_2004__n_a", 1, label="number of systems graded A at baseline"),
        at_least("baseline__bilag_2004__n_b", 1, label="number of systems graded B at baseline"),
    ),
    note=_NOTE,
    instruments=(SLEDAI_2K, BILAG_2004),
    derivations=(BILAG_2004_SINCE_BASELINE,),
)
EMBLEM: Final = BICLA.amend(
    "bicla_emblem",
    title="BICLA of EMBLEM",
    source=Source(
        "Wallace DJ, et al. Ann Rheum Dis 2014;73:183-90, doi 10.1136/annrheumdis-2012-202760; Arthritis Rheum "
        "2011;63(Suppl):S894; wording from ePROVIDE",
        "definition of BICLA",
        Status.SECONDARY,
        "PGA may rise by 10 % of its scale: 0.3 of 3 passes, which it does not in TULIP. Which SLEDAI is not said; "
        "SLEDAI-2K here. Otherwise as BICLA.",
    ),
    changes={"pga": rose_by_at_most("pga", 0.3, Since.BASELINE, label="PGA (0 to 3)")},
)
TULIP: Final = BICLA.amend(
    "bicla_tulip",
    title="BICLA under the later TULIP rules",
    source=Source(
        _TULIP,
        "definition of the endpoint",
        Status.PROVISIONAL,
        "Treatment failure by the later, relaxed medication rules, under which both trials were pooled. Otherwise as "
        "BICLA.",
    ),
    changes={"treatment": absent("treatment_failure_tulip_late", label="treatment failure by the later TULIP rules")},
)
TULIP_EARLY: Final = BICLA.amend(
    "bicla_tulip_early",
    title="BICLA under the earlier TULIP rules",
    source=Source(
        _TULIP,
        "definition of the endpoint",
        Status.PROVISIONAL,
        "Treatment failure by the earlier, stricter medication rules, under which TULIP-1 was first reported. "
        "Otherwise as BICLA.",
    ),
    changes={
        "treatment": absent("treatment_failure_tulip_early", label="treatment failure by the earlier TULIP rules")
    },
)
WITHOUT_MEDICATION_RULES: Final = BICLA.amend(
    "bicla_without_medication_rules",
    title="BICLA without medication rules",
    source=Source(
        _TULIP,
        "definition of the endpoint",
        Status.PROVISIONAL,
        "Treatment is not judged: the conditions of activity alone. No trial defines BICLA so; it shows what the "
        "medication rules do. Otherwise as BICLA.",
    ),
    without=("treatment",),
    note="Not BICLA as any trial defines it: treatment failure is not judged.",
)

DEFINITIONS: Final = (BICLA, EMBLEM, TULIP, TULIP_EARLY, WITHOUT_MEDICATION_RULES)
