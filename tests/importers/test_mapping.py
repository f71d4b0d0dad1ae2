"""Mapping files: what is accepted, and what is refused by name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from malar.errors import ParameterError, UnreadableError
from malar.importers import shipped_mappings
from malar.importers.mapping_file import mapping_from, read_mapping

from .conftest import SHEET


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "m.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_mapping_is_read(tmp_path: Path) -> None:
    mapping = read_mapping(written(tmp_path, SHEET))
    assert mapping.settings.units == {"c3": "mg/dL", "anti_dsdna": "IU/mL"}
    assert mapping.sources[0].columns() == [
        "Patient", "Day", "Sex", "Age", "Since", "PGA", "Arthritis", "SLEDAI", "C3 low", "C3", "dsDNA", "Group",
    ]  # fmt: skip


def test_shipped_mappings_can_be_read_by_key() -> None:
    for key, title in shipped_mappings():
        assert read_mapping(key).title == title


def test_the_readme_example_is_a_mapping() -> None:
    import tomllib
    from importlib.resources import files

    text = files("malar.importers").joinpath("mappings/README.md").read_text(encoding="utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    assert len(mapping_from(tomllib.loads(example)).sources) == 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[sources.visits]", "[sources.visit]", "names `visit`"),
        ('pga = "PGA"', 'pgq = "PGA"', "`visits` names `pgq`"),
        ('title = "Sheet"', 'titel = "Sheet"', "`study` has settings that are not known: `titel`"),
        ('"last_contact"]', '"death"]', "`milestones` lists `death`"),
        ('subject = "Patient"', 'patient = "Patient"', "`keys` names `patient`"),
        ('subject = "Patient"', "", "has no `subject`"),
        ('rule = "not_a_patient"', "", "An entry of `set_aside` needs"),
        ('is = ["control"]', 'is = "control"', "should be a list of words"),
        ('column = "Age", first', 'columm = "Age", first', "names `columm`"),
        ('column = "Age"', 'column = "Age", constant = "3"', "both a column and a constant"),
        ('column = "Age"', "column = 3", "should be text"),
        ('day = "Day"', "", "names no column for `day`"),
        ('c3 = { column = "C3",', 'c3 = { value_column = "C3",', "names `value_column`"),
        ('c3 = { column = "C3", lower', "c3 = { lower", "names no column for its value"),
        ("[sources.visits]\n", "[sources.visits.wide]\n", "`visits` has no wide form"),
        ("[sources.subjects]", "[sources.donors]\n[sources.x]", "names `x`"),
        ("[sources.visits]\npga", "[sources.procedures]\nkind", "`milestones` are taken from visits"),
        ('constant = "sledai_2k"', "values = { a = 'b' }", "neither a column nor a constant for `instrument`"),
        ("[[sources]]", "[sources]", "should be a list of tables"),
    ],
)
def test_what_the_data_model_lacks_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in SHEET
    text = SHEET.replace(old, new, 1)
    if old == "[[sources]]":
        text = text.replace("[[sources.set_aside]]", "[sources.set_aside]")
    with pytest.raises(ParameterError, match=words.replace("[", r"\[")) as caught:
        read_mapping(written(tmp_path, text))
    assert caught.value.hint


def test_subjects_must_be_fed_once(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="0 files feed the subjects table"):
        read_mapping(written(tmp_path, 'title = "x"'))


def test_files_are_named_where_there_are_several(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="not each names its `file`"):
        read_mapping(written(tmp_path, SHEET + '\n[[sources]]\nfile = "b.csv"\n'))


@pytest.mark.parametrize("text", ["title = ", None])
def test_a_file_that_is_no_mapping(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "m.toml" if text is None else written(tmp_path, text)
    with pytest.raises(UnreadableError, match=r"m\.toml cannot be read"):
        read_mapping(path)


def test_listing_the_shipped_mappings_loads_no_dataframe_library() -> None:
    code = (
        "import sys; from malar.importers import shipped_mappings; shipped_mappings(); print('polars' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
