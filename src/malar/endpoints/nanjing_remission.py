"""Complete and partial remission and relapse of the Nanjing series: candidates, for no text of theirs was read."""

from __future__ import annotations

from typing import Final

from malar.conditions import (
    Since,
    absent,
    all_of,
    any_of,
    at_least,
    at_most,
    at_most_percent_of,
    equals,
    none_of,
    present,
    rose_by_more_than,
)
from malar.endpoints.endpoint import Endpoint
from malar.endpoints.relapse_after import relapse_after
from malar.instruments.sledai_2k import CLINICAL_SLEDAI_2K, SLEDAI_2K
from malar.sources import Source, Status

STEROID_MG: Final = 10
FALL_TO_PERCENT: Final = 50

_DOSE: Final = "oral glucocorticoid"
_MG: Final = "mg of prednisone a day"
_CITED: Final = (
    "Wang D, et al. Cell Transplant 2013;22:2267 and Stem Cell Reports 2018;10:933-41, doi 10.1016/j.stemcr.2018.01.029"
)
_NOTE: Final = "A candidate, not the definition of the series: rates by it do not compare with the published ones."
_COMPLETE: Final = {
    "activity": equals("clinical_sledai_2k", 0, label="clinical SLEDAI-2K"),
    "dose": at_most("prednisone_mg_day", STEROID_MG, label=_DOSE, unit=_MG),
    "no_escalation": absent(
        "new_immunosuppressant_since_baseline", label="an immunosuppressant that is new since baseline"
    ),
}
_AFFECTED: Final = at_least("baseline__sledai_2k", 1, label="SLEDAI-2K at baseline")


def _source(reading: str) -> Source:
    return Source(
        _CITED,
        "abstracts: names and rates only",
        Status.PROVISIONAL,
        f"The papers' definitions were not read; this is what is usual in the field, from memory. {reading}",
    )


COMPLETE: Final = Endpoint(
    key="nanjing_complete_remission_candidate",
    title="Complete clinical remission, Nanjing series (candidate)",
    source=_source(
        "No activity is read as a clinical SLEDAI-2K of 0, low dose as at most 10 mg of prednisone a day, no "
        "escalation as no immunosuppressant that is new since baseline."
    ),
    criteria=_COMPLETE,
    note=_NOTE,
    instruments=(CLINICAL_SLEDAI_2K,),
)
PARTIAL: Final = Endpoint(
    key="nanjing_partial_remission_candidate",
    title="Partial clinical remission, Nanjing series (candidate)",
    source=_source(
        "A fall of SLEDAI-2K to at most 50 % of baseline that is no complete remission; the two exclude each other, as "
        "in the published counts (22 complete and 6 partial of 81)."
    ),
    criteria={
        "fall": at_most_percent_of("sledai_2k", FALL_TO_PERCENT, Since.BASELINE, label="SLEDAI-2K"),
        "not_complete": none_of(all_of(*_COMPLETE.values())),
    },
    among=_AFFECTED,
    note=_NOTE,
    instruments=(SLEDAI_2K, CLINICAL_SLEDAI_2K),
)
EITHER: Final = Endpoint(
    key="nanjing_remission_candidate",
    title="Complete or partial clinical remission, Nanjing series (candidate)",
    source=_source("Either of the two candidates."),
    criteria={
        "either": any_of(
            at_most_percent_of("sledai_2k", FALL_TO_PERCENT, Since.BASELINE, label="SLEDAI-2K"),
            all_of(*_COMPLETE.values()),
        )
    },
    among=_AFFECTED,
    note=_NOTE,
    instruments=(SLEDAI_2K, CLINICAL_SLEDAI_2K),
)
TREATED: Final = any_of(
    rose_by_more_than("prednisone_mg_day", 0, Since.PREVIOUS, label=_DOSE),
    *(
        all_of(
            present(name, label=f"{article} {name} (taken on the day)"),
            absent(f"previous__{name}", label=f"{article} {name} at the previous visit"),
        )
        for name, article in (("immunosuppressant", "an"), ("biologic", "a"))
    ),
)
"""Treatment was added or raised since the previous visit."""

RELAPSE: Final = relapse_after(
    EITHER,
    key="nanjing_relapse_candidate",
    title="Relapse after remission, Nanjing series (candidate)",
    source=_source(
        "Renewed activity that needed treatment is read as a remission (complete or partial) that is lost, at a visit "
        "at which prednisone rose against the visit before, or an immunosuppressant or biologic was added."
    ),
    treatment=TREATED,
    assessed="sledai_2k__assessed",
    note="A candidate. Published denominators differ: 20 of 87 followed (2013), 9 of 37 ever in remission (2018).",
)

DEFINITIONS: Final = (COMPLETE, PARTIAL, EITHER, RELAPSE)
