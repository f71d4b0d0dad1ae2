"""Classification criteria: EULAR/ACR 2019 and SLICC 2012. They classify for studies; they do not diagnose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from malar.instruments.formula import Formula
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

EULAR_ACR: Final[Mapping[str, Mapping[str, tuple[int, str]]]] = {
    "constitutional": {"fever": (2, "fever above 38.3 °C")},
    "hematologic": {
        "leukopenia": (3, "white cells below 4.0 × 10⁹/L"),
        "thrombocytopenia": (4, "platelets below 100 × 10⁹/L"),
        "hemolysis": (4, "autoimmune hemolysis: evidence of hemolysis and a positive Coombs test"),
    },
    "neuropsychiatric": {"delirium": (2, "delirium"), "psychosis": (3, "psychosis"), "seizure": (5, "seizure")},
    "mucocutaneous": {
        "alopecia": (2, "non-scarring alopecia"),
        "oral_ulcers": (2, "oral ulcers"),
        "subacute_or_discoid": (4, "subacute cutaneous or discoid lupus"),
        "acute_cutaneous": (6, "acute cutaneous lupus"),
    },
    "serosal": {
        "effusion": (5, "pleural or pericardial effusion"),
        "acute_pericarditis": (6, "acute pericarditis"),
    },
    "musculoskeletal": {
        "joints": (6, "synovitis of 2 joints, or tenderness of 2 joints with 30 minutes of morning stiffness")
    },
    "renal": {
        "proteinuria": (4, "proteinuria above 0.5 g in 24 h"),
        "class_ii_or_v": (8, "biopsy of class II or V"),
        "class_iii_or_iv": (10, "biopsy of class III or IV"),
    },
    "antiphospholipid": {"antiphospholipid": (2, "anticardiolipin or anti-β2GP1 above 40, or lupus anticoagulant")},
    "complement": {
        "low_c3_or_c4": (3, "low C3 or low C4"),
        "low_c3_and_c4": (4, "low C3 and low C4"),
    },
    "specific antibodies": {"dsdna_or_sm": (6, "anti-dsDNA or anti-Sm")},
}  # fmt: skip
"""Domain → criterion → weight and meaning; only the highest of a domain counts."""
IMMUNOLOGIC: Final = ("antiphospholipid", "complement", "specific antibodies")
ENTRY: Final = "ana_1_80"
LEAST_POINTS: Final = 10

SLICC_CLINICAL: Final[Mapping[str, str]] = {
    "acute_cutaneous": "acute or subacute cutaneous lupus",
    "chronic_cutaneous": "chronic cutaneous lupus",
    "ulcers": "oral or nasal ulcers",
    "alopecia": "non-scarring alopecia",
    "joints": "synovitis of 2 joints, or tenderness of 2 with 30 minutes of morning stiffness",
    "serositis": "serositis",
    "renal": "protein of 500 mg in 24 h, or red-cell casts",
    "neurologic": "neurologic involvement",
    "hemolytic_anemia": "hemolytic anemia",
    "leukopenia": "white cells below 4.0 or lymphocytes below 1.0 × 10⁹/L, once",
    "thrombocytopenia": "platelets below 100 × 10⁹/L",
}
SLICC_IMMUNOLOGIC: Final[Mapping[str, str]] = {
    "ana": "antinuclear antibody",
    "anti_dsdna": "anti-dsDNA above range (ELISA: twice)",
    "anti_sm": "anti-Sm",
    "antiphospholipid": "antiphospholipid antibody",
    "low_complement": "low C3, C4 or CH50",
    "coombs": "positive direct Coombs test without hemolytic anemia",
}
BIOPSY: Final = "biopsy_nephritis"


def _eular_acr(inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    return _bounded("eular_acr_2019", inputs, _eular_acr_points)


def _eular_acr_points(met: Mapping[str, pl.Expr]) -> tuple[pl.Expr, pl.Expr]:
    import polars as pl

    best = {
        domain: pl.max_horizontal(met[item].cast(pl.Int64) * weight for item, (weight, _) in criteria.items())
        for domain, criteria in EULAR_ACR.items()
    }
    points = pl.sum_horizontal(best.values())
    clinical = pl.any_horizontal(best[domain] > 0 for domain in EULAR_ACR if domain not in IMMUNOLOGIC)
    return points, met[ENTRY] & (points >= LEAST_POINTS) & clinical


def _slicc(inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    return _bounded("slicc_2012", inputs, _slicc_points)


def _slicc_points(met: Mapping[str, pl.Expr]) -> tuple[pl.Expr, pl.Expr]:
    import polars as pl

    clinical = pl.sum_horizontal(met[item].cast(pl.Int64) for item in SLICC_CLINICAL)
    immunologic = pl.sum_horizontal(met[item].cast(pl.Int64) for item in SLICC_IMMUNOLOGIC)
    four = (clinical + immunologic >= 4) & (clinical >= 1) & (immunologic >= 1)
    by_biopsy = met[BIOPSY] & (met["ana"] | met["anti_dsdna"])
    return clinical + immunologic, four | by_biopsy


def _bounded(
    key: str,
    inputs: Mapping[str, pl.Expr],
    points: Callable[[Mapping[str, pl.Expr]], tuple[pl.Expr, pl.Expr]],
) -> dict[str, pl.Expr]:
    """Points and verdict with every unknown criterion as not met, and as met."""
    import polars as pl

    own = {column.removeprefix(f"{key}__"): sign for column, sign in inputs.items()}
    low, certain = points({item: sign.fill_null(value=False) for item, sign in own.items()})
    high, possible = points({item: sign.fill_null(value=True) for item, sign in own.items()})
    return {
        key: pl.when(low == high).then(low),
        f"{key}__low": low,
        f"{key}__high": high,
        f"{key}__fulfilled": pl.when(certain).then(pl.lit(value=True)).when(~possible).then(pl.lit(value=False)),
    }


def _rows(criteria: Mapping[str, str]) -> str:
    return "\n".join(f"- `{item}`: {text}" for item, text in criteria.items())


EULAR_ACR_2019: Final = Formula(
    key="eular_acr_2019",
    title="EULAR/ACR 2019 classification",
    source=Source(
        "Aringer M, et al. Ann Rheum Dis 2019;78:1151-9, doi 10.1136/annrheumdis-2018-214819",
        "table of weights",
        Status.VERIFIED,
        "Criteria count where documented once: score with missing = absent to take one that is not recorded as "
        "not met; by default it is unknown, and so is a classification that it could change. C3 and C4 both low are "
        "recorded as their own item.",
    ),
    form=tuple(
        f"eular_acr_2019__{item}" for item in (ENTRY, *(item for criteria in EULAR_ACR.values() for item in criteria))
    ),
    gives_columns={
        "eular_acr_2019": "points, 0 to 51",
        "eular_acr_2019__fulfilled": "classified: entry criterion, 10 points, one clinical criterion",
    },
    rule=(
        f"Entry: antinuclear antibody of at least 1:80, ever (`{ENTRY}`). Of each domain the highest weight counts. "
        f"Classified with at least {LEAST_POINTS} points and at least one clinical criterion.\n\n"
        "| domain | item | weight | meaning |\n|---|---|---|---|\n"
        + "\n".join(
            f"| {domain} | `{item}` | {weight} | {text} |"
            for domain, criteria in EULAR_ACR.items()
            for item, (weight, text) in criteria.items()
        )
    ),
    brief="10 domains, 0 to 51 points, classified from 10",
    make=_eular_acr,
)
SLICC_2012: Final = Formula(
    key="slicc_2012",
    title="SLICC 2012 classification",
    source=Source(
        "Petri M, et al. Arthritis Rheum 2012;64:2677-86",
        "criteria, as an open model quotes them",
        Status.SECONDARY,
        "Criteria are cumulative: score with missing = absent to take one that is not recorded as not met.",
    ),
    form=tuple(f"slicc_2012__{item}" for item in (*SLICC_CLINICAL, *SLICC_IMMUNOLOGIC, BIOPSY)),
    gives_columns={"slicc_2012": "criteria met, 0 to 17", "slicc_2012__fulfilled": "classified"},
    rule=(
        "Classified with at least 4 criteria, one of them clinical and one immunologic; or with nephritis proven by "
        f"biopsy (`{BIOPSY}`) and antinuclear or anti-dsDNA antibody.\n\nClinical:\n\n{_rows(SLICC_CLINICAL)}\n\n"
        f"Immunologic:\n\n{_rows(SLICC_IMMUNOLOGIC)}"
    ),
    brief="17 criteria, classified from 4",
    make=_slicc,
)

INSTRUMENTS: Final = (EULAR_ACR_2019, SLICC_2012)
"""All of this file."""
