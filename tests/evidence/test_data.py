"""The data set is whole, typed, and says of each figure how it was read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from malar.errors import ParameterError, UnknownKeyError, UnreadableError
from malar.evidence import Verification, read_evidence
from malar.evidence.choosing import Choice
from malar.evidence.study import read_study_file

HERE = Path(__file__).parent
OWN = (HERE / "study.toml").read_text(encoding="utf-8")


def test_nothing_was_lost_on_the_way_in() -> None:
    evidence = read_evidence()
    assert len(evidence.studies) == 55
    assert sum(len(study.outcomes) for study in evidence.studies.values()) == 280
    assert (len(evidence.comparators), len(evidence.trials), len(evidence.trajectories)) == (26, 14, 13)
    assert len(evidence.claims) == 36
    levels = Counter(study.verification.value for study in evidence.studies.values())
    assert levels == {"abstract": 38, "full_text": 5, "secondary": 4, "memory": 3, "document": 3, "registry": 2}


def test_the_data_set_is_dated_and_names_the_trial_it_waits_for() -> None:
    evidence = read_evidence()
    assert evidence.as_of == "2026-07"
    (awaited,) = evidence.awaited
    study = evidence.study(awaited)
    assert (study.registration, study.n, study.outcomes) == ("NCT02633163", 81, ())
    assert [trial.registration for trial in evidence.trials if trial.status == "awaited"] == ["NCT02633163"]


def test_every_share_names_its_denominator() -> None:
    nameless = [
        (study.key, figure.name)
        for study in read_evidence().studies.values()
        for figure in study.outcomes
        if figure.events is not None and figure.n is not None and figure.denominator is None
    ]
    assert not nameless


def test_every_reference_of_the_other_files_is_there() -> None:
    evidence = read_evidence()
    for group in evidence.overlap:
        for key in group.members:
            assert evidence.study(key).overlap_group == group.key
    for study in evidence.studies.values():
        assert not study.overlap_group or any(study.key in group.members for group in evidence.overlap)
    for course in evidence.trajectories:
        assert not course.study or course.study in evidence.studies
    for trial in evidence.trials:
        assert not trial.study or trial.study in evidence.studies
    for written in evidence.contradictions:
        assert set(written.studies) <= set(evidence.studies)


def test_courses_are_those_of_the_reports() -> None:
    evidence = read_evidence()
    by_key = {course.key: course for course in evidence.trajectories}
    for key, name in (("liang-sledai", "sledai"), ("gu-bilag-renal", "bilag_renal"), ("ash-sledai", "sledai")):
        course = by_key[key]
        figures = [one for one in evidence.study(course.study).outcomes if one.name == name]
        assert [(one.months, one.mean, one.sd) for one in figures] == list(course.points)


def test_the_nanjing_reports_claim_more_patients_than_the_center_had() -> None:
    evidence = read_evidence()
    ten = ("sun-2009", "liang-2010", "sun-2010", "wang-2012", "wang-2013", "li-2013", "shi-2012", "gu-2014",
           "wang-2018", "wen-2019")  # fmt: skip
    claimed = sum(evidence.study(key).sizes["enrolled"] for key in ten)
    assert claimed == 450
    assert claimed > evidence.study("liang-2018").sizes["treated"] == 404


def test_outside_jiangsu_forty_patients_were_given_mesenchymal_cells() -> None:
    evidence = read_evidence()
    outside = ("kamen-2022", "farge-2025", "ranjbar-2022", "barbado-2018", "carrion-2010")
    assert sum(evidence.study(key).n or 0 for key in outside) + evidence.study("deng-2017").arms["MSC"] == 40


def test_reports_are_found_by_every_field() -> None:
    evidence = read_evidence()
    assert [s.key for s in Choice(verification="memory").studies(evidence)] == [
        "sun-2010",
        "cao-2017",
        "mougiakakos-2021",
    ]
    assert {s.design for s in Choice(design="randomized").studies(evidence)} == {"randomized"}
    assert all(s.disease == "autoimmune" for s in Choice(disease="autoimmune").studies(evidence))
    with pytest.raises(UnknownKeyError, match="No therapy is called"):
        Choice(therapy="stem")
    with pytest.raises(UnknownKeyError, match="No outcome is called"):
        Choice(outcome="happiness").studies(evidence)


def test_a_study_is_added_from_a_file(tmp_path: Path) -> None:
    evidence = read_evidence([HERE / "study.toml"])
    assert evidence.added == ("own-2026",)
    assert evidence.study("own-2026").outcomes[0].verification is Verification.FULL_TEXT
    assert "own-2026" not in read_evidence().studies
    taken = tmp_path / "taken.toml"
    taken.write_text(OWN.replace("own-2026", "wang-2013"), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"taken.toml: `key` is 'wang-2013'"):
        read_evidence([taken])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('design = "single_arm"', 'design = "open"', "`design` is 'open'"),
        ("year = 2026", 'year = "2026"', "`year` is no count"),
        ("events = 9", "events = 31", "outcomes 1: `events` is 31 of 30"),
        ('topic = "complete_response"', 'topic = "joy"', "outcomes 1: `topic` is 'joy'"),
        ('denominator = "followed"', 'denominator = "all"', "outcomes 1: `denominator` is 'all'"),
        ("months = 12", "month = 12", "outcomes 1: `month` is not known here"),
        ('verification = "full_text"', "", "`verification` is missing"),
        ('use = "primary"', 'overlap_group = "paris"', "`overlap_group` is 'paris'"),
        ("percent = 30}", 'percent = 30, documents = ["S9"]}', "`documents` names S9"),
    ],
)
def test_an_error_names_file_and_field(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "own.toml"
    assert old in OWN
    path.write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        read_evidence([path])
    assert caught.value.fact.startswith("own.toml")
    assert told in caught.value.fact


def test_a_file_that_is_no_toml_is_told_by_name(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("key = ", encoding="utf-8")
    with pytest.raises(UnreadableError, match=r"own\.toml cannot be read"):
        read_study_file(path)


def test_a_judgment_of_bias_needs_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN + '\n[risk_of_bias]\noverall = "serious"\ntool = "ROBINS-I"\n', encoding="utf-8")
    with pytest.raises(ParameterError, match="`reader` is missing"):
        read_study_file(path)
    signed = path.read_text(encoding="utf-8") + 'reader = "A Reader"\ndate = "2026-08-01"\nbecause = "no controls"\n'
    path.write_text(signed + '[risk_of_bias.domains]\nconfounding = "critical"\n', encoding="utf-8")
    risk = read_study_file(path).risk_of_bias
    assert risk is not None
    assert (str(risk), dict(risk.domains)) == ("serious (ROBINS-I; A Reader, 2026-08-01)", {"confounding": "critical"})
    assert all(study.risk_of_bias is None for study in read_evidence().studies.values())


@pytest.mark.parametrize(
    ("tool", "overall", "told"),
    [
        ("RoB 2", "high", "`tool` is 'RoB 2'"),
        ("JBI", "high", "`overall` is 'high'"),
        ("MINORS", "17", "`overall` is 17"),
    ],
)
def test_a_tool_of_judgment_fits_the_design(tmp_path: Path, tool: str, overall: str, told: str) -> None:
    path = tmp_path / "own.toml"
    judged = f'\n[risk_of_bias]\noverall = "{overall}"\ntool = "{tool}"\nreader = "A"\ndate = "2026"\nbecause = "b"\n'
    path.write_text(OWN + judged, encoding="utf-8")
    with pytest.raises(ParameterError) as caught:
        read_study_file(path)
    assert told in caught.value.fact
