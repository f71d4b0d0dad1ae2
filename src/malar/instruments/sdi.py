"""SLICC/ACR damage index, in the form of 41 rows and in that of 39."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from malar.instruments.formula import Formula
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class Damage:
    """One row of the form."""

    key: str
    domain: str
    points: int
    meaning: str


ROWS: Final = (
    Damage("cataract", "ocular", 1, "any cataract, ever"),
    Damage("retinal_change", "ocular", 1, "retinal change or optic atrophy"),
    Damage("cognitive_impairment", "neuropsychiatric", 1, "cognitive impairment or major psychosis"),
    Damage("seizures", "neuropsychiatric", 1, "seizures treated for 6 months"),
    Damage("stroke", "neuropsychiatric", 2, "cerebrovascular accident, ever; 2 where more than one"),
    Damage("neuropathy", "neuropsychiatric", 1, "cranial or peripheral neuropathy, not optic"),
    Damage("transverse_myelitis", "neuropsychiatric", 1, "transverse myelitis"),
    Damage("low_gfr", "renal", 1, "glomerular filtration below 50 %"),
    Damage("heavy_proteinuria", "renal", 1, "proteinuria of at least 3.5 g in 24 h"),
    Damage("end_stage_kidney", "renal", 3, "end-stage kidney disease, with or without dialysis or transplant"),
    Damage("pulmonary_hypertension", "pulmonary", 1, "pulmonary hypertension"),
    Damage("pulmonary_fibrosis", "pulmonary", 1, "pulmonary fibrosis, physical and on the image"),
    Damage("shrinking_lung", "pulmonary", 1, "shrinking lung on the image"),
    Damage("pleural_fibrosis", "pulmonary", 1, "pleural fibrosis on the image"),
    Damage("pulmonary_infarction", "pulmonary", 1, "pulmonary infarction on the image"),
    Damage("angina", "cardiovascular", 1, "angina or coronary bypass"),
    Damage("myocardial_infarction", "cardiovascular", 2, "myocardial infarction, ever; 2 where more than one"),
    Damage("cardiomyopathy", "cardiovascular", 1, "ventricular dysfunction"),
    Damage("valvular_disease", "cardiovascular", 1, "diastolic murmur, or systolic above 3/6"),
    Damage("chronic_pericarditis", "cardiovascular", 1, "pericarditis for 6 months, or pericardiectomy"),
    Damage("claudication", "peripheral vascular", 1, "claudication for 6 months"),
    Damage("minor_tissue_loss", "peripheral vascular", 1, "loss of pulp space"),
    Damage("major_tissue_loss", "peripheral vascular", 2, "loss of a digit or limb, ever; 2 where more than one site"),
    Damage("venous_thrombosis", "peripheral vascular", 1, "venous thrombosis with swelling, ulceration or stasis"),
    Damage("organ_infarction", "gastrointestinal", 2, "infarction or resection of bowel, spleen, liver or gallbladder; "
           "2 where more than one site"),
    Damage("mesenteric_insufficiency", "gastrointestinal", 1, "mesenteric insufficiency"),
    Damage("chronic_peritonitis", "gastrointestinal", 1, "chronic peritonitis"),
    Damage("upper_gi_stricture", "gastrointestinal", 1, "stricture, or surgery of the upper tract, ever"),
    Damage("pancreatic_insufficiency", "gastrointestinal", 1, "insufficiency that needs enzymes, or pseudocyst"),
    Damage("muscle_atrophy", "musculoskeletal", 1, "muscle atrophy or weakness"),
    Damage("deforming_arthritis", "musculoskeletal", 1, "deforming or erosive arthritis; reducible deformities count"),
    Damage("osteoporotic_fracture", "musculoskeletal", 1, "osteoporosis with fracture or vertebral collapse"),
    Damage("avascular_necrosis", "musculoskeletal", 2, "avascular necrosis; 2 where more than one"),
    Damage("osteomyelitis", "musculoskeletal", 1, "osteomyelitis"),
    Damage("ruptured_tendons", "musculoskeletal", 1, "ruptured tendons"),
    Damage("scarring_alopecia", "skin", 1, "chronic scarring alopecia"),
    Damage("skin_scarring", "skin", 1, "extensive scarring other than scalp and pulp space"),
    Damage("skin_ulcer", "skin", 1, "skin ulcer for 6 months, not of thrombosis"),
    Damage("gonadal_failure", "gonadal", 1, "secondary amenorrhea before 40"),
    Damage("diabetes", "endocrine", 1, "diabetes, whatever the treatment"),
    Damage("malignancy", "malignancy", 2, "malignancy, dysplasia excluded; 2 where more than one site"),
)  # fmt: skip
"""Rows of the form of 41."""

LEFT_OUT_OF_39: Final = ("pancreatic_insufficiency", "ruptured_tendons")
RENAL_MOST: Final = 3


def _make(rows: tuple[Damage, ...], key: str, inputs: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    import polars as pl

    points = {row.key: inputs[f"sdi__{row.key}"].clip(0, row.points) for row in rows}
    renal = [points[row.key] for row in rows if row.domain == "renal"]
    other = [(points[row.key], row.points) for row in rows if row.domain != "renal"]
    most_renal = [points[row.key].fill_null(row.points) for row in rows if row.domain == "renal"]
    low = pl.sum_horizontal(part for part, _ in other) + pl.sum_horizontal(renal).clip(upper_bound=RENAL_MOST)
    high = pl.sum_horizontal(part.fill_null(most) for part, most in other)
    high = high + pl.sum_horizontal(most_renal).clip(upper_bound=RENAL_MOST)
    return {
        key: pl.when(low == high).then(low),
        f"{key}__low": low,
        f"{key}__high": high,
        f"{key}__n_missing": pl.sum_horizontal(part.is_null() for part in points.values()).cast(pl.Int64),
    }


def _form(rows: tuple[Damage, ...], key: str, title: str, source: Source, variant_of: str = "") -> Formula:
    most = sum(row.points for row in rows if row.domain != "renal") + RENAL_MOST
    table = "\n".join(f"| `{row.key}` | {row.domain} | 0-{row.points} | {row.meaning} |" for row in rows)
    return Formula(
        key=key,
        title=title,
        source=source,
        numbers=tuple(f"sdi__{row.key}" for row in rows),
        gives_columns={key: f"0 to {most}", f"{key}__n_missing": "rows unknown"},
        rule=(
            f"Sum of the points recorded, kidney at most {RENAL_MOST}. Damage since diagnosis, from any cause, that "
            "lasts 6 months unless the row says ever; two episodes of one lesion score 2 only if 6 months apart, which "
            "the physician judges and records. The index never falls: a fall is a query.\n\n"
            f"| item | domain | points | meaning |\n|---|---|---|---|\n{table}\n\n"
            "## Unknown items\n\nThe bounds count an unknown row as 0 and as its most."
        ),
        brief=f"{len(rows)} rows, 0 to {most}",
        make=partial(_make, rows, key),
        variant_of=variant_of,
    )


_SOURCE: Final = Source(
    "Gladman D, et al. Arthritis Rheum 1996;39:363-9",
    "form, as a protocol page and registers quote it",
    Status.SECONDARY,
    "All 41 rows, 0 to 47. Points of the rows from angina on are partly from memory. The kidney's rows together score "
    "at most 3: end-stage disease replaces the other two. Diabetes counts whatever its treatment.",
)
SDI: Final = _form(ROWS, "sdi", "SLICC/ACR damage index", _SOURCE)
SDI_39: Final = _form(
    tuple(row for row in ROWS if row.key not in LEFT_OUT_OF_39),
    "sdi_39",
    "SLICC/ACR damage index, form of 39 rows",
    Source(
        _SOURCE.citation, "forms of 39 rows", Status.SECONDARY,
        "Without pancreatic insufficiency and ruptured tendons, as some forms print it; 0 to 45.",
    ),
    "sdi",
)  # fmt: skip

INSTRUMENTS: Final = (SDI, SDI_39)
"""All of this file."""
