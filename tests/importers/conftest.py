from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from malar.importers.csv_folder import import_csv
from malar.schema import Study

SHEET = """\
title = "A follow-up sheet"
missing = ["n.d.", "Data Not Available"]
milestones = ["first_record", "last_contact"]

[study]
title = "Sheet"
day0 = "first_record"

[study.units]
c3 = "mg/dL"
anti_dsdna = "IU/mL"

[[sources]]

[sources.keys]
subject = "Patient"
day = "Day"

[[sources.set_aside]]
column = "Group"
is = ["control"]
rule = "not_a_patient"
reason = "The row is of a control."

[sources.subjects]
sex = { column = "Sex", values = { F = "female", M = "male" } }
age_years = { column = "Age", first_visit = true }
diagnosis_day = { column = "Since", days_since = true }

[sources.visits]
pga = "PGA"

[sources.items]
instrument = { constant = "sledai_2k" }
value = { values = { yes = "1", no = "0" } }

[sources.items.wide]
arthritis = "Arthritis"
total = "SLEDAI"

[sources.labs.wide]
c3 = { column = "C3", lower_limit = "C3 low" }
anti_dsdna = "dsDNA"
"""

HEADER = "Patient,Day,Group,Sex,Age,Since,PGA,Arthritis,SLEDAI,C3,C3 low,dsDNA"
ROWS = (
    "P1,0,case,F,12.0,100,1.5,4,6,70,80,55",
    "P1,90,case,F,12.3,190,0.5,0,2,90,80,1:40",
    "P2,0,case,M,15.0,10,2,yes,4,n.d.,,(-)",
    "P2,60,case,M,15.2,70,1,no,0,85,80,<10",
    "C1,0,control,F,14,,,,,,,",
)


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Study]:
    """Import rows of the sheet above."""

    def imported(*rows: str, header: str = HEADER, mapping: str = SHEET, **options: object) -> Study:
        (tmp_path / "sheet.csv").write_text("\n".join([header, *(rows or ROWS)]) + "\n", encoding="utf-8")
        (tmp_path / "sheet.toml").write_text(mapping, encoding="utf-8")
        return import_csv(tmp_path / "sheet.csv", mapping=tmp_path / "sheet.toml", **options)  # type: ignore[arg-type]

    return imported


@pytest.fixture(scope="session")
def cohort_path() -> Path:
    """The sample table of E-GEOD-65391; its users download it from ArrayExpress."""
    shared = Path(os.environ.get("MALAR_SHARED", Path(__file__).parents[3] / "shared"))
    path = shared / "data" / "paediatric-sle" / "raw_characteristics_as_published.tsv"
    if not path.exists():
        pytest.skip("the E-GEOD-65391 sample table is not here; set MALAR_SHARED to the folder that holds it")
    return path
