"""Writing a study and reading it again gives an equal study, and the order of rows means nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.example import example_path
from malar.schema import Settings, Study, read_study, study_from_frames
from malar.schema.settings import AnalysisPlan, PlannedVisit

TODAY = date(2100, 1, 1)
SUBJECTS = ("A", "=B1", 'C "quoted", with; all\tof it', "Ünï-ço∂é")

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12)
numbers = st.floats(0, 1e300, allow_nan=False) | st.none()
days = st.integers(-36_525, 36_525)
dates = st.dates(date(1900, 1, 1), date(2099, 12, 31)) | st.none()


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """Small studies with hostile text and extreme numbers in most kinds of column."""

    def table(columns: dict[str, st.SearchStrategy[Any]], most: int = 6) -> pl.DataFrame:
        rows = draw(st.lists(st.fixed_dictionaries({"subject": st.sampled_from(SUBJECTS), **columns}), max_size=most))
        return pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame(schema=["subject", *columns])

    frames = {
        "subjects": pl.DataFrame({"subject": SUBJECTS, "ancestry": [draw(texts | st.none()) for _ in SUBJECTS]}),
        "visits": table({"day": days, "planned_visit": texts | st.none(), "weight_kg": st.floats(0, 500) | st.none()}),
        "medications": table({"drug": texts, "start": days, "dose": numbers, "unit": texts | st.none()}),
        "labs": table({
            "day": days, "analyte": st.sampled_from(["c3", "wbc"]), "value": numbers,
            "unit": st.sampled_from(["g/L", "mg/dL", "10^9/L"]), "reported": texts | st.none(),
        }),
        "events": table({"day": days, "term": texts, "kind": st.sampled_from(["death", "infection"]),
                         "serious": st.booleans() | st.none(), "date": dates}),
    }  # fmt: skip
    plan = AnalysisPlan(visits=(PlannedVisit(draw(texts), 0, -5, 5),), max_gap_days=draw(st.integers(1, 999)))
    title = draw(texts)
    return study_from_frames(frames, Settings(title=title, data="invented", analysis=plan), today=TODAY)


@pytest.mark.parametrize("form", ["csv", "parquet"])
@settings(max_examples=60, deadline=None)
@given(study=studies())
def test_read_is_the_inverse_of_write(form: Literal["csv", "parquet"], study: Study) -> None:
    with TemporaryDirectory() as folder:
        again = read_study(study.write(folder, form=form), today=TODAY)
    assert again == study
    assert again.accounting.rows["set_aside"].sum() == 0
    assert again.accounting.rows["converted"].sum() == 0


def test_the_bundled_study_survives_both_forms(tmp_path: Path) -> None:
    study = read_study(example_path())
    assert read_study(study.write(tmp_path / "csv")) == study
    assert read_study(study.write(tmp_path / "parquet", form="parquet")) == study


def test_writing_replaces_the_tables_of_an_earlier_write(tmp_path: Path) -> None:
    study = read_study(example_path())
    study.write(tmp_path, form="parquet")
    study.write(tmp_path)
    assert not list(tmp_path.glob("*.parquet"))
    assert read_study(tmp_path) == study


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_means_nothing(seed: int) -> None:
    study = read_study(example_path())
    frames = {
        name: table.sample(fraction=1, shuffle=True, seed=seed)
        for name, table in study.tables.items()
        if name in ("subjects", "visits", "events", "medications", "products", "donors", "milestones")
    }
    shuffled = study_from_frames(frames, study.settings)
    assert all(shuffled[name].equals(study[name]) for name in frames)


def test_typed_frames_of_other_widths_are_taken_as_they_mean() -> None:
    frames = {
        "subjects": pl.DataFrame({"subject": pl.Series(["A"], dtype=pl.Categorical)}),
        "items": pl.DataFrame({
            "subject": ["A"], "day": pl.Series([0], dtype=pl.Int16), "instrument": ["sledai_2k"], "item": ["rash"],
            "value": pl.Series([2], dtype=pl.UInt8),
        }),
    }  # fmt: skip
    study = study_from_frames(frames, Settings(data="invented"))
    assert study["items"].select("day", "value").rows() == [(0, 2.0)]
    assert study.accounting.rows["converted"].sum() == 0


def test_a_study_cannot_be_changed_and_knows_its_tables() -> None:
    study = read_study(example_path())
    with pytest.raises(TypeError):
        study.tables["visits"] = pl.DataFrame()  # pyright: ignore
    with pytest.raises(ValueError, match="no table `visit`"):
        study["visit"]
    with pytest.raises(ValueError, match="no table `visit`"):
        study_from_frames({"visit": pl.DataFrame()}, Settings())
