"""The whole road on the real cohort E-GEOD-65391, as a user walks it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pytest

from malar import read_study
from malar.endpoints import DEFINITIONS
from malar.timelines import needed_frame
from tests.support.families import SLEDAI_2K_ALONE
from tests.support.inputs import needs_of
from tests.test_cli import malar

SHARED = Path(os.environ.get("MALAR_SHARED", Path(__file__).parents[2] / "shared"))
SOURCE = SHARED / "data" / "paediatric-sle" / "raw_characteristics_as_published.tsv"
TOLD = {
    ("not_a_patient", "source", 72),
    ("titre_read_as_time", "labs", 43),
    ("sledai_total_differs_from_items", "items", 5),
    ("part_above_whole", "labs", 3),
    ("implausible_result", "labs", 12),
    ("leukopenia_differs_from_white_cells", "items", 14),
    ("thrombocytopenia_differs_from_platelets", "items", 9),
    ("visit_number_missing", "visits", 110),
}


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not SOURCE.exists():
        pytest.skip("the shared cohort is not here: set MALAR_SHARED to the folder that holds data/paediatric-sle")
    folder = tmp_path_factory.mktemp("cohort") / "study"
    done = malar("import", "geo", SOURCE, "--out", folder, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"]["source"] == {"read": 996, "loaded": 924, "set_aside": 72}
    return folder


def test_the_account_of_the_import_stays_with_the_study(cohort: Path) -> None:
    done = malar("check", cohort, "--json")
    printed = json.loads(done.stdout)
    assert done.returncode == 1
    assert printed["rows"]["source"] == {"read": 996, "loaded": 924, "set_aside": 72}
    assert printed["rows"]["visits"] == {"read": 924, "loaded": 924, "set_aside": 0}
    found = {(one["rule"], one["table"], one["count"]) for one in printed["findings"]}
    assert found >= TOLD


def test_a_titre_is_repaired_only_when_asked(cohort: Path) -> None:
    repaired = cohort.with_name("repaired")
    malar("import", "geo", SOURCE, "--out", repaired, "--repair", "titre_read_as_time")
    counted = [read_study(folder)["labs"]["titre"].drop_nulls().len() for folder in (cohort, repaired)]
    assert counted[1] - counted[0] == 43


def test_what_its_columns_allow_is_judged_and_the_rest_is_refused_by_what_it_lacks(cohort: Path) -> None:
    """Only items of SLEDAI-2K and laboratory results were recorded: no PGA, and no drug but glucocorticoids."""
    out = cohort.with_name("verdicts.csv")
    done = malar("judge", cohort, "--all", "--out", out)
    judged = pl.read_csv(out)
    told = {line.split()[0]: line for line in done.stderr.splitlines() if line.startswith("  ")}
    assert set(judged.columns) - {"subject", "day"} == set(DEFINITIONS) - set(told)
    assert set(judged.columns) >= set(SLEDAI_2K_ALONE)
    frame = needed_frame(read_study(cohort), sorted({need for made in DEFINITIONS.values() for need in needs_of(made)}))
    unknown = {name for name in frame.columns if frame[name].null_count() == frame.height}
    for key, made in DEFINITIONS.items():
        for part in made.conditions().values():
            inputs = made.inputs_of(part.needs())
            if set(inputs) <= unknown:
                assert all(f"`{name}`" in told[key] for name in inputs if "__" not in name), key
        assert key not in told or unknown & set(made.visit_needs())
    assert done.returncode == (1 if told else 0)


def test_the_report_warns_before_it_counts(cohort: Path) -> None:
    page = cohort.with_name("report.html")
    assert malar("report", cohort, "--out", page).returncode == 0
    text = page.read_text(encoding="utf-8")
    for words in ("when patients were unwell", "interval-censored", "Units assumed", "no control group", "996"):
        assert words in text
    assert "Invented data" not in text


def test_a_folder_that_holds_an_unreadable_account_is_told(cohort: Path, tmp_path: Path) -> None:
    study = read_study(cohort)
    study.write(tmp_path)
    (tmp_path / "import").mkdir()
    for part in ("rows", "set_aside", "findings"):
        (tmp_path / "import" / f"{part}.parquet").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="account of the import"):
        read_study(tmp_path)
