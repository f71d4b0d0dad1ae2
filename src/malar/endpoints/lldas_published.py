"""LLDAS as studies made its second criterion concrete: by forms and BILAG (Oon 2019), or by flares (Golder 2016)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from malar.conditions import Since, all_of, any_of, equals, none_new, none_of
from malar.course.bilag_change import BILAG_CLASSIC_SINCE_PREVIOUS
from malar.endpoints.lldas import LLDAS, STANDARD
from malar.endpoints.selena_flare_index import mild_moderate, severe
from malar.instruments.bilag_classic import BILAG_CLASSIC
from malar.instruments.prednisone_per_kg import PREDNISONE_PER_KG
from malar.instruments.selena_sledai import SELENA_SLEDAI
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.sources import Source, Status

_NEW: Final = "number of systems with a new classic BILAG"

OON_2019: Final = replace(
    LLDAS,
    instruments=(SLEDAI_2K, SELENA_SLEDAI, BILAG_CLASSIC),
    derivations=(BILAG_CLASSIC_SINCE_PREVIOUS,),
).amend(
    "lldas_oon_2019",
    title="LLDAS of Oon 2019",
    source=Source(
        "Oon S, et al. Ann Rheum Dis 2019;78:629-33, doi 10.1136/annrheumdis-2018-214427; definitions compared in Ann "
        "Rheum Dis (publisher's table number 286049)",
        "Table 1, right column",
        Status.VERIFIED,
        "No new item of SELENA-SLEDAI and no new BILAG activity since the previous visit. New BILAG activity is read "
        "as a new A or B of classic BILAG, which the BLISS trials used. The fifth criterion is printed without the "
        "exclusion of investigational drugs. Otherwise as LLDAS.",
    ),
    changes={
        "2": all_of(
            none_new(SELENA_SLEDAI.names(), Since.PREVIOUS, label="SELENA-SLEDAI item"),
            equals("bilag_classic__n_new_a__since_previous", 0, label=f"{_NEW} A since the previous visit"),
            equals("bilag_classic__n_new_b__since_previous", 0, label=f"{_NEW} B since the previous visit"),
        ),
        "5": STANDARD,
    },
)
GOLDER_2016: Final = replace(LLDAS, instruments=(SLEDAI_2K, SELENA_SLEDAI, PREDNISONE_PER_KG)).amend(
    "lldas_golder_2016",
    title="LLDAS of Golder 2016, by flares",
    source=Source(
        "Golder V, et al. Arthritis Res Ther 2016;18:260, doi 10.1186/s13075-016-1163-2",
        "Table 3 and its notes",
        Status.PROVISIONAL,
        "New features are judged by flares: read as any flare, mild or severe, of the SELENA flare index since the "
        "previous visit. The table says no more than that flares were used; which index is from memory. Otherwise as "
        "LLDAS.",
    ),
    changes={"2": none_of(any_of(mild_moderate(), severe()))},
)

DEFINITIONS: Final = (OON_2019, GOLDER_2016)
