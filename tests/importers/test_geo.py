"""The E-GEOD-65391 sample table: exact counts, and the names its columns may have."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from malar.errors import MissingColumnsError
from malar.importers.geo import import_geo
from malar.schema import Study, read_study

MISSING = ("Data Not Available", "Not Applicable", "N/A", "Unk.")


@pytest.fixture(scope="module")
def cohort(cohort_path: Path) -> Study:
    return import_geo(cohort_path)


@pytest.fixture(scope="module")
def raw(cohort_path: Path) -> pl.DataFrame:
    frame = pl.read_csv(cohort_path, separator="\t", infer_schema=False, quote_char=None).with_row_index(
        "line", offset=2
    )
    return frame.filter(pl.col("disease state") == "SLE")


def test_every_row_is_accounted_for(cohort: Study) -> None:
    rows = cohort.accounting.rows.select("table", "read", "loaded", "set_aside").rows()
    assert rows == [
        ("source", 996, 924, 72), ("subjects", 158, 158, 0), ("milestones", 316, 316, 0), ("visits", 924, 924, 0),
        ("items", 924 * 25, 924 * 25, 0), ("labs", 14687, 14687, 0),
    ]  # fmt: skip
    out = cohort.accounting.set_aside
    assert out["rule"].unique().to_list() == ["not_a_patient"]
    assert out["line"].n_unique() == 72


def test_findings(cohort: Study) -> None:
    counts = cohort.accounting.findings.group_by("rule", "severity", "table").len().sort("rule").rows()
    assert counts == [
        ("differs_between_rows", "warning", "subjects", 5),
        ("not_a_patient", "info", "source", 72),
        ("separator_found", "info", "source", 1),
        ("titre_read_as_time", "warning", "labs", 43),
        ("unit_assumed", "info", "labs", 1),
        ("unmapped_columns", "info", "source", 1),
        ("unreadable_result", "warning", "labs", 2),
    ]
    differing = cohort.accounting.findings.filter(pl.col("rule") == "differs_between_rows")
    assert differing["column"].unique().to_list() == ["nephritis_class"]


def test_no_message_names_a_patient(cohort: Study) -> None:
    text = " ".join(cohort.accounting.findings["message"].unique())
    assert "SLE-" not in text
    assert "BAY-" not in text


def test_24_items_at_every_visit_and_five_totals_that_differ(cohort: Study) -> None:
    sums = (
        cohort["items"]
        .group_by("subject", "day")
        .agg(
            n=(pl.col("item") != "total").sum(),
            items=pl.col("value").filter(pl.col("item") != "total").sum(),
            total=pl.col("value").filter(pl.col("item") == "total").first(),
        )
    )
    assert sums["n"].unique().to_list() == [24]
    assert sums.filter(pl.col("items") != pl.col("total")).height == 5


def test_anti_dsdna_in_all_its_forms(cohort: Study, raw: pl.DataFrame) -> None:
    results = cohort["labs"].filter(pl.col("analyte") == "anti_dsdna")
    assert results.height == 924 - 274
    assert results.group_by("qualifier").len().sort("qualifier", nulls_last=True).rows() == [
        ("negative", 33), ("titre", 37), (None, 580),
    ]  # fmt: skip
    assert results["value"].count() == 535
    given = raw["ds_dna"].cast(pl.Float64, strict=False)
    assert results["value"].sum() == pytest.approx(given.filter(given >= 2).sum() - 2 * 3.597222222)
    assert results.filter(pl.col("qualifier") == "titre")["titre"].value_counts().sort("titre").rows() == [
        (10.0, 11), (20.0, 8), (40.0, 13), (10240.0, 4), (40960.0, 1),
    ]  # fmt: skip


def test_titres_are_restored_on_request(cohort_path: Path, cohort: Study) -> None:
    repaired = import_geo(cohort_path, repair=("titre_read_as_time",))
    rules = repaired.accounting.findings["rule"].to_list()
    assert (rules.count("repaired_titre"), rules.count("titre_read_as_time")) == (43, 0)
    titres = repaired["labs"].filter(pl.col("reported").str.contains(r"^\d\.\d{9}$"))
    assert titres["qualifier"].unique().to_list() == ["titre"]
    assert titres["titre"].value_counts().sort("titre").rows() == [
        (10.0, 2), (40.0, 1), (80.0, 11), (160.0, 10), (320.0, 4), (640.0, 7), (1280.0, 5), (2560.0, 1), (5120.0, 2),
    ]  # fmt: skip
    counts = [study.accounting.rows.select("converted", "emptied").row(0) for study in (cohort, repaired)]
    assert counts[1] == (counts[0][0] + 43, counts[0][1] - 43) == (counts[0][0] + 43, 2)


def test_conversions_of_the_source_are_counted(cohort: Study, raw: pl.DataFrame) -> None:
    from malar.importers.mapping_file import read_mapping

    mapped = raw.select(read_mapping("e_geod_65391").sources[0].columns())
    missing = sum(mapped.select(pl.all().is_in(MISSING).sum()).row(0))
    worded = 924 + (924 - 12)  # race, biopsy_history
    assert cohort.accounting.rows["converted"][0] == missing + worded + 33 + 37


def test_labs_equal_the_source(cohort: Study, raw: pl.DataFrame) -> None:
    for analyte, column, factor in (("c3", "c3", 0.01), ("hemoglobin", "hgb", 10), ("wbc", "wbc", 1)):
        values = cohort["labs"].filter(pl.col("analyte") == analyte)["value"]
        given = raw[column].cast(pl.Float64, strict=False).drop_nulls()
        assert values.len() == given.len()
        assert sorted(values) == pytest.approx(sorted(given * factor))


def test_implausible_results_are_left_for_the_checks(cohort: Study) -> None:
    assert cohort["labs"].filter(pl.col("analyte") == "lymphocytes")["value"].max() == 57.5
    assert cohort["labs"].filter(pl.col("analyte") == "hemoglobin")["value"].max() == 1360


def test_subjects_and_milestones(cohort: Study, raw: pl.DataFrame) -> None:
    subjects = cohort["subjects"]
    assert subjects.height == 158
    assert subjects["diagnosis_day"].null_count() == 3
    first = raw.filter(pl.col("cumulative_time") == "0").sort("subject")
    assert subjects["age_years"].to_list() == first["age"].cast(pl.Float64).to_list()
    assert (-subjects["diagnosis_day"]).to_list() == first["days_since_diagnosis"].cast(
        pl.Int64, strict=False
    ).to_list()
    last = raw.group_by("subject").agg(pl.col("cumulative_time").cast(pl.Int64).max()).sort("subject")
    contact = cohort["milestones"].filter(pl.col("kind") == "last_contact")
    assert contact["day"].to_list() == last["cumulative_time"].to_list()


def test_settings(cohort: Study) -> None:
    settings = cohort.settings
    assert (settings.day0, settings.data) == ("first_record", "real")
    assert "E-GEOD-65391" in settings.source
    assert settings.analysis.visits_driven_by_activity
    windows = settings.analysis.visits
    assert all(before.last + 1 == after.first for before, after in pairwise(windows[1:]))
    assert all(window.first <= window.day <= window.last for window in windows)
    assert windows[-1].first <= cohort["visits"]["day"].max() <= windows[-1].last


def test_doses_stay_unknown(cohort: Study) -> None:
    assert cohort["medications"].is_empty()
    assert cohort.visit_frame("prednisone_mg_day")["prednisone_mg_day"].null_count() == 924


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_write_and_read_give_the_same_study(cohort: Study, tmp_path: Path, form: str) -> None:
    again = read_study(cohort.write(tmp_path / "study", form=form))  # type: ignore[arg-type]
    assert again == cohort


def test_it_takes_less_than_two_seconds(cohort_path: Path, cohort: Study) -> None:
    took: list[float] = []
    for _ in range(3):
        start = time.perf_counter()
        import_geo(cohort_path)
        took.append(time.perf_counter() - start)
    assert min(took) < 2


@pytest.mark.parametrize("wrapping", ["Characteristics [{}]", "Characteristics[{}]", "characteristics [{}]"])
def test_wrapped_column_names(cohort_path: Path, cohort: Study, tmp_path: Path, wrapping: str) -> None:
    head, _, body = cohort_path.read_text(encoding="utf-8").partition("\n")
    names = [name if "[" in name else wrapping.format(name.removesuffix(".1")) for name in head.split("\t")]
    (tmp_path / "sdrf.txt").write_text("\t".join(names) + "\n" + body, encoding="utf-8")
    study = import_geo(tmp_path / "sdrf.txt")
    assert study == cohort
    unmapped = study.accounting.findings.filter(pl.col("rule") == "unmapped_columns")["message"][0]
    assert "`nephritis_class`, `nephritis_class.1`" in unmapped


def test_a_table_of_another_study_names_the_shipped_mappings(tmp_path: Path) -> None:
    (tmp_path / "sdrf.txt").write_text("Source Name\tCharacteristics [age]\nGSM1\t12\n")
    with pytest.raises(MissingColumnsError, match="e_geod_65391 expects 54 columns and misses 53") as caught:
        import_geo(tmp_path / "sdrf.txt")
    assert "GSM1" not in str(caught.value)
