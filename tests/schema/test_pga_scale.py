"""Global assessments on other scales: read as declared, counted, and never converted twice."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from malar.errors import ParameterError
from malar.instruments.pga import pga_from_scale
from malar.schema import Settings, read_study, study_from_frames
from tests.schema.folder import TODAY, TOML, converted, read, rules

VISITS = "subject,day,pga\nA,0,40\nA,30,49\nA,60,50\nA,90,\n"


def toml(scale: str) -> str:
    return f'{TOML}pga_scale = "{scale}"\n'


def test_a_scale_of_100_mm_is_brought_to_0_to_3_and_counted(tmp_path: Path) -> None:
    study = read(tmp_path, toml("0-100"), visits=VISITS)
    assert study["visits"]["pga"].to_list() == pytest.approx([1.2, 1.47, 1.5, None])
    assert converted(study, "visits") == 3
    assert "pga_rescaled" in rules(study)


def test_a_scale_of_10_is_brought_to_0_to_3(tmp_path: Path) -> None:
    study = read(tmp_path, toml("0-10"), visits="subject,day,pga\nA,0,5\nA,30,10\n")
    assert study["visits"]["pga"].to_list() == [1.5, 3.0]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_study_that_was_converted_is_written_on_the_scale_that_it_has(tmp_path: Path, form: str) -> None:
    (tmp_path / "given").mkdir()
    study = read(tmp_path / "given", toml("0-100"), visits=VISITS)
    again = read_study(study.write(tmp_path / "written", form=form), today=TODAY)  # pyright: ignore
    assert again == study
    assert converted(again, "visits") == 0


def test_frames_in_memory_are_converted_once_too() -> None:
    frames = {
        "subjects": pl.DataFrame({"subject": ["A"]}),
        "visits": pl.DataFrame({"subject": "A", "day": [0], "pga": [50]}),
    }
    study = study_from_frames(frames, Settings(data="invented", pga_scale="0-100"))
    assert study["visits"]["pga"].to_list() == [1.5]
    again = study_from_frames(dict(study.tables), study.settings)
    assert again["visits"]["pga"].to_list() == [1.5]


@pytest.mark.parametrize(("scale", "value"), [("0-3", "3.1"), ("0-10", "10.1"), ("0-100", "101")])
def test_a_value_above_its_scale_is_emptied_and_the_scale_is_asked_about(
    tmp_path: Path, scale: str, value: str
) -> None:
    study = read(tmp_path, toml(scale), visits=f"subject,day,pga\nA,0,{value}\n")
    assert study["visits"]["pga"].to_list() == [None]
    message = study.accounting.findings.filter(rule="pga_above_3")["message"][0]
    assert "A 0–100 mm scale" in message
    assert "pga_scale" in message
    assert value not in message


def test_a_scale_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="pga_scale"):
        read(tmp_path, toml("0-4"), visits=VISITS)
    with pytest.raises(ParameterError, match="no scale"):
        pga_from_scale(pl.DataFrame({"pga": [1.0]}), "mm")


def test_a_frame_of_ones_own_is_brought_to_the_scale() -> None:
    frame = pl.DataFrame({"pga": [0.0, 40, 100, None]})
    assert pga_from_scale(frame, "0-100")["pga"].to_list() == pytest.approx([0, 1.2, 3, None])
    assert pga_from_scale(frame.to_pandas(), "0-100")["pga"][1] == pytest.approx(1.2)


def test_values_outside_the_scale_are_refused_with_a_hint() -> None:
    with pytest.raises(ParameterError, match=r"1 values outside 0–3.*A 0–100 mm scale\?"):
        pga_from_scale(pl.DataFrame({"pga": [2.0, 62]}), "0-3")
    with pytest.raises(ParameterError, match="Correct the values"):
        pga_from_scale(pl.DataFrame({"pga": [-1, 62]}), "0-100")
