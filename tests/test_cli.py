"""The commands as a user meets them: output, exit codes, errors in words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from malar.endpoints import DEFINITIONS
from malar.example import example_path

HEAVY = {"polars", "narwhals", "scipy", "matplotlib", "dataframely"}


def malar(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "malar.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, encoding="utf-8")


@pytest.mark.parametrize("words", [["--help"], ["list", "definitions"], ["list", "queries"], ["list", "estimators"]])
def test_light_commands_import_no_heavy_library(words: list[str]) -> None:
    code = (
        "import sys; sys.argv = ['malar', *sys.argv[1:]]\n"
        "from malar.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print(sorted({HEAVY!r} & {{m.split('.')[0] for m in sys.modules}}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    assert done.stderr.strip().endswith("[]")


@pytest.mark.parametrize("what", ["instruments", "definitions", "outcomes", "queries", "estimators"])
def test_list_as_json_has_the_shape_of_the_plan(what: str) -> None:
    entries = json.loads(malar("list", what, "--json").stdout)
    assert entries
    assert all(set(entry) == {"key", "title", "status", "source"} for entry in entries)


def test_check_as_json_accounts_for_every_row_and_ends_with_1_where_errors_are_open() -> None:
    done = malar("check", example_path(), "--json")
    printed = json.loads(done.stdout)
    assert done.returncode == 1
    assert all(row["read"] == row["loaded"] + row["set_aside"] for row in printed["rows"].values())
    assert {"rule", "severity", "table", "count", "message"} == set(printed["findings"][0])


def test_score_and_judge_write_a_row_a_visit(tmp_path: Path) -> None:
    scores, verdicts = tmp_path / "scores.csv", tmp_path / "verdicts.csv"
    assert malar("score", example_path(), "sledai_2k", "clinical_sledai_2k", "--out", scores).returncode == 0
    done = malar("judge", example_path(), "sledai_2k_flare", "sledai_2k_flare_since_baseline", "--out", verdicts)
    assert done.returncode == 0
    scored, judged = pl.read_csv(scores), pl.read_csv(verdicts)
    assert scored.columns[:3] == ["subject", "day", "sledai_2k"]
    assert judged.columns[:3] == ["subject", "day", "sledai_2k_flare"]
    assert "sledai_2k_flare_since_baseline" in judged.columns
    assert scored.height == judged.height
    assert set(scored["data"]) == {"Invented data"}


def test_score_without_a_file_prints_csv() -> None:
    done = malar("score", example_path(), "sledai_2k", "--missing", "absent")
    assert done.stdout.startswith("subject,day,sledai_2k,")


def test_judge_as_absent_decides_what_unknown_leaves_open() -> None:
    def unknown(policy: str) -> int:
        text = malar("judge", example_path(), "sledai_2k_at_most_4", "--missing", policy).stdout
        return pl.read_csv(text.encode())["sledai_2k_at_most_4"].null_count()

    assert unknown("unknown") > unknown("absent") == 0


def test_sheet_and_cite_name_the_source() -> None:
    assert "J Rheumatol 2002;29:288-91" in malar("sheet", "sledai_2k").stdout
    assert "J Am Stat Assoc 1958" in malar("cite", "kaplan_meier", "sledai_2k_flare").stdout


def test_demo_ends_by_naming_the_report(tmp_path: Path) -> None:
    done = malar("demo", "--out", tmp_path / "demo")
    report = tmp_path / "demo" / "report.html"
    assert done.returncode == 0
    assert done.stdout.strip().splitlines()[-1] == f"Report: {report}"
    assert "Invented data" in report.read_text(encoding="utf-8")
    assert {"findings.csv", "set_aside.csv", "results.csv"} <= {p.name for p in report.parent.iterdir()}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "nowhere"], "is not a folder"),
        (["sheet", "lldas_of_next_year"], "No instrument or definition"),
        (["score", str(example_path()), "sledai"], "No instrument has the key"),
        (["judge", str(example_path()), "low_disease"], "No definition has the key"),
        (["cite", "nothing"], "has the key nothing"),
        (["judge", str(example_path())], "pass --all"),
    ],
)
def test_unusable_input_is_told_in_words_and_ends_with_2(words: list[str], said: str) -> None:
    done = malar(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def rashes(tmp_path: Path) -> Path:
    """A study in which a single sign was recorded, and nothing else."""
    study = tmp_path / "study"
    study.mkdir()
    (study / "study.toml").write_text('title = "Rashes"\nday0 = "first_record"\n', "utf-8")
    (study / "subjects.csv").write_text("subject\nA\n", "utf-8")
    (study / "visits.csv").write_text("subject,day,pga\nA,0,\nA,30,\n", "utf-8")
    (study / "items.csv").write_text("subject,day,instrument,item,value\nA,0,sledai_2k,rash,2\n", "utf-8")
    return study


def test_what_a_study_lacks_is_named_and_nothing_is_guessed(rashes: Path, tmp_path: Path) -> None:
    done = malar("judge", rashes, "clinical_quiescence", "sledai_2k_flare", "--out", tmp_path / "out.csv")
    assert done.returncode == 1
    assert "sledai_2k_flare (SLEDAI-2K flare): 23 of the 24 items of sledai_2k" in done.stderr
    assert "Caution: clinical_quiescence is false or unknown, never true." in done.stderr
    assert pl.read_csv(tmp_path / "out.csv").columns[2:] == ["clinical_quiescence"]
    done = malar("judge", rashes, "sledai_2k_flare")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Nothing can be judged" in done.stderr
    assert malar("score", rashes, "sledai_2k").returncode == 0


def test_every_definition_is_judged_or_refused(rashes: Path) -> None:
    done = malar("judge", rashes, "--all")
    judged = pl.read_csv(done.stdout.encode()).columns[2:]
    assert done.returncode == 1
    assert len(judged) + sum(line.startswith("  ") for line in done.stderr.splitlines()) == len(DEFINITIONS)


def test_a_study_of_nothing_but_subjects_gives_a_report(tmp_path: Path) -> None:
    study = tmp_path / "study"
    study.mkdir()
    (study / "study.toml").write_text('format_version = 1\ntitle = "Nobody came"\nday0 = "infusion"\n', "utf-8")
    (study / "subjects.csv").write_text("subject\nA\nB\n", "utf-8")
    done = malar("report", study, "--out", tmp_path / "report.html")
    assert done.returncode == 0, done.stderr
    assert "Nobody came" in (tmp_path / "report.html").read_text(encoding="utf-8")
