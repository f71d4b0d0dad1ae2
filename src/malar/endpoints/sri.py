"""SRI: SLE responder index with a fall of 4 to 8 points, and the rules of the trials that used it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from malar.conditions import Condition, Since, absent, all_of, at_least, at_most, equals, fell_by, rose_by_less_than
from malar.course.bilag_change import BILAG_2004_SINCE_BASELINE, BILAG_CLASSIC_SINCE_BASELINE
from malar.endpoints.endpoint import Endpoint
from malar.instruments.bilag_2004 import BILAG_2004
from malar.instruments.bilag_classic import BILAG_CLASSIC
from malar.instruments.selena_sledai import SELENA_SLEDAI
from malar.instruments.sledai_2k import CLINICAL_SLEDAI_2K, SLEDAI_2K
from malar.sources import Source, Status

NO_TREATMENT_FAILURE: Final = absent("treatment_failure", label="treatment failure")


def none_worse(bilag: str, label: str) -> Condition:
    """BILAG has not worsened against baseline: no new A, and at most one new B."""
    return all_of(
        equals(f"{bilag}__n_new_a__since_baseline", 0, label=f"number of systems with a new {label} A since baseline"),
        at_most(f"{bilag}__n_new_b__since_baseline", 1, label=f"number of systems with a new {label} B since baseline"),
    )


_WORDS: Final = (
    "A new A is an A of a system graded B to E at baseline, a new B a B of one graded C to E; from A to B is no new B. "
    "A missing component leaves the verdict open; counting it as nonresponse is a separate step of the analysis."
)
_SOURCE: Final = Source(
    "Furie RA, et al. Arthritis Rheum 2009;61:1143-51; conditions as in the registry entry NCT04895241",
    "secondary outcome SRI-4",
    Status.VERIFIED,
    f"SLEDAI-2K and BILAG-2004, as in that trial and in TULIP. {_WORDS} Treatment failure is treatment stopped, death, "
    "or restricted medication as the study recorded it: the limits differ from trial to trial.",
)
_NOTE: Final = "Medication rules move the rate by as much as ten points: name them beside it."


def _variant(citation: str, text: str) -> Source:
    return Source(citation, status=Status.PROVISIONAL, reading=f"{text} Otherwise as SRI-4.")


def _more(points: int) -> Endpoint:
    return SRI_4.amend(
        f"sri_{points}",
        title=f"SRI-{points}",
        source=replace(
            _SOURCE,
            status=Status.PROVISIONAL,
            reading=f"As SRI-4, with a fall of at least {points} points, judged among patients with at least so many "
            "at baseline; that restriction is from memory.",
        ),
        changes={"sledai": fell_by("sledai_2k", points, Since.BASELINE, label="SLEDAI-2K")},
        among=at_least("baseline__sledai_2k", points, label="SLEDAI-2K at baseline"),
    )


SRI_4: Final = Endpoint(
    key="sri_4",
    title="SRI-4",
    source=_SOURCE,
    criteria={
        "sledai": fell_by("sledai_2k", 4, Since.BASELINE, label="SLEDAI-2K"),
        "bilag": none_worse("bilag_2004", "BILAG-2004"),
        "pga": rose_by_less_than("pga", 0.3, Since.BASELINE, label="PGA (0 to 3)"),
        "treatment": NO_TREATMENT_FAILURE,
    },
    note=_NOTE,
    instruments=(SLEDAI_2K, BILAG_2004),
    derivations=(BILAG_2004_SINCE_BASELINE,),
)
SRI_5, SRI_6, SRI_7, SRI_8 = map(_more, (5, 6, 7, 8))
TULIP: Final = SRI_4.amend(
    "sri_4_tulip",
    title="SRI-4 under the later TULIP rules",
    source=_variant(
        "TULIP-2: Morand EF, et al. N Engl J Med 2020;382:211-21, doi 10.1056/NEJMoa1912196",
        "Treatment failure by the later, relaxed medication rules of TULIP, under which both trials were pooled.",
    ),
    changes={"treatment": absent("treatment_failure_tulip_late", label="treatment failure by the later TULIP rules")},
)
TULIP_EARLY: Final = SRI_4.amend(
    "sri_4_tulip_early",
    title="SRI-4 under the earlier TULIP rules",
    source=_variant(
        "TULIP-1: Furie RA, et al. Lancet Rheumatol 2019;1:e208",
        "Treatment failure by the earlier, stricter medication rules, under which TULIP-1 was first reported.",
    ),
    changes={
        "treatment": absent("treatment_failure_tulip_early", label="treatment failure by the earlier TULIP rules")
    },
)
WITHOUT_MEDICATION_RULES: Final = SRI_4.amend(
    "sri_4_without_medication_rules",
    title="SRI-4 without medication rules",
    source=_variant(
        _SOURCE.citation,
        "Treatment is not judged: the three conditions of activity alone, whatever was taken or stopped. No trial "
        "defines SRI-4 so; it shows what the medication rules do.",
    ),
    without=("treatment",),
    note="Not SRI-4 as any trial defines it: treatment failure is not judged.",
)
WITHOUT_SEROLOGY: Final = replace(SRI_4, instruments=(CLINICAL_SLEDAI_2K, BILAG_2004)).amend(
    "sri_4_without_serology",
    title="SRI-4 without serology",
    source=_variant(
        "Ann Rheum Dis, subgroups of the BLISS trials (publisher's table number 187125)",
        "The fall is one of clinical SLEDAI-2K: changes of complement and anti-dsDNA do not count. Reported for BLISS, "
        "with SELENA-SLEDAI; here with SLEDAI-2K.",
    ),
    changes={"sledai": fell_by("clinical_sledai_2k", 4, Since.BASELINE, label="clinical SLEDAI-2K")},
)
BLISS: Final = replace(
    SRI_4, instruments=(SELENA_SLEDAI, BILAG_CLASSIC), derivations=(BILAG_CLASSIC_SINCE_BASELINE,)
).amend(
    "sri_4_bliss",
    title="SRI-4 of the BLISS trials",
    source=_variant(
        "BLISS-76: Furie R, et al. Arthritis Rheum 2011;63:3918-30; BLISS-52: Navarra SV, et al. Lancet "
        "2011;377:721-31",
        "SELENA-SLEDAI and classic BILAG with its eight systems, and treatment failure by the rules of BLISS.",
    ),
    changes={
        "sledai": fell_by("selena_sledai", 4, Since.BASELINE, label="SELENA-SLEDAI"),
        "bilag": none_worse("bilag_classic", "classic BILAG"),
        "treatment": absent("treatment_failure_bliss", label="treatment failure by the BLISS rules"),
    },
)
TABALUMAB: Final = replace(SRI_4, instruments=(SELENA_SLEDAI, BILAG_2004)).amend(
    "sri_5_tabalumab",
    title="SRI-5 of the tabalumab trials",
    source=_variant(
        "ILLUMINATE trials, Ann Rheum Dis (publisher's table numbers 195476 and 196753)",
        "A fall of SELENA-SLEDAI by at least 5, and treatment failure by the rules of trial 1, under which a new, "
        "raised or lowered antimalarial or immunosuppressant at any time is one. Every patient is judged, as in those "
        "tables. One table joins the BILAG conditions by 'or'; 'and' is meant. BILAG-2004 is from memory.",
    ),
    changes={
        "sledai": fell_by("selena_sledai", 5, Since.BASELINE, label="SELENA-SLEDAI"),
        "treatment": absent("treatment_failure_tabalumab", label="treatment failure by the tabalumab rules"),
    },
)
TABALUMAB_2: Final = TABALUMAB.amend(
    "sri_5_tabalumab_decreases_allowed",
    title="SRI-5 of the tabalumab trials, decreases allowed",
    source=_variant(
        "ILLUMINATE trials, Ann Rheum Dis (publisher's table number 195476)",
        "As SRI-5 of the tabalumab trials, by the rules of trial 2: less of an antimalarial or immunosuppressant is no "
        "failure.",
    ),
    changes={
        "treatment": absent(
            "treatment_failure_tabalumab_decreases_allowed",
            label="treatment failure by the tabalumab rules with decreases allowed",
        )
    },
)
KAMEN_2022: Final = SRI_4.amend(
    "sri_4_kamen_2022",
    title="SRI-4 of the cell trial of Kamen 2022",
    source=Source(
        "Kamen DL, et al. Lupus Sci Med 2022;9:e000704",
        "primary endpoint, from a copy of the text",
        Status.SECONDARY,
        "Treatment failure includes prednisone still above 10 mg a day by week 20. Which SLEDAI and which BILAG is not "
        "said in what was read; SLEDAI-2K and BILAG-2004 here. Otherwise as SRI-4.",
    ),
    changes={"treatment": absent("treatment_failure_kamen_2022", label="treatment failure by the rules of that trial")},
)

DEFINITIONS: Final = (
    SRI_4,
    SRI_5,
    SRI_6,
    SRI_7,
    SRI_8,
    TULIP,
    TULIP_EARLY,
    BLISS,
    TABALUMAB,
    TABALUMAB_2,
    KAMEN_2022,
    WITHOUT_MEDICATION_RULES,
    WITHOUT_SEROLOGY,
)
