"""`malar evidence`: list, show, check, claims, pool, report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from malar.cli import app

HERE = Path(__file__).parent
RUN = CliRunner()


def run(*words: str, code: int = 0) -> str:
    done = RUN.invoke(app, ["evidence", *words])
    assert done.exit_code == code, done.output
    return done.stdout


def test_list_names_what_is_awaited() -> None:
    text = run("list")
    assert "misle-nct02633163" in text
    assert "AWAITED" in text
    assert "55 of 55 reports" in text


def test_list_gives_json_with_the_figures_of_an_outcome() -> None:
    rows = json.loads(run("list", "--therapy", "msc", "--outcome", "complete_remission", "--json"))
    first = next(row for row in rows if row["key"] == "wang-2013")
    assert [(figure["events"], figure["n"]) for figure in first["figures"]] == [(23, 83), (12, 39), (5, 12), (3, 6)]


def test_show_tells_the_denominator_and_that_bias_is_not_assessed() -> None:
    text = run("show", "wang-2018")
    assert "28/81 = 35 %, printed 34 %, of those treated" in text
    assert "28/68 = 41 % of those alive" in text
    assert "Risk of bias: not assessed" in text
    assert json.loads(run("show", "wang-2018", "--json"))["n"] == 81


def test_check_is_fine_as_shipped_and_finds_what_is_wrong_in_a_file(tmp_path: Path) -> None:
    assert "17 contradictions stand in the papers, 0 are new" in run("check")
    wrong = tmp_path / "own.toml"
    text = (HERE / "study.toml").read_text(encoding="utf-8")
    wrong.write_text(text.replace("percent = 30}", "percent = 60}"), encoding="utf-8")
    findings = json.loads(run("check", "--add", str(wrong), "--json", code=1))["findings"]
    assert [one["rule"] for one in findings if one["severity"] == "error"] == ["percent_of_counts"]


def test_claims_as_programs_read_them() -> None:
    rows = json.loads(run("claims", "--json"))
    assert len(rows) == 36
    assert {tuple(row) for row in rows} == {("document", "claim", "verdict", "figures", "sources")}
    page = json.loads(run("claims", "--page", str(HERE / "claims.toml"), "--json"))
    assert len(page) == 5
    assert all("S2" in row["document"] for row in json.loads(run("claims", "--document", "S2", "--json")))


def test_pool_prints_the_rule_that_chose(capsys: pytest.CaptureFixture[str]) -> None:
    text = run("pool", "remission", "--therapy", "hsct", "--months", "6", "--across", "definition")
    assert "left out  su-2013" in text
    assert "caution" in text
    assert "Pooled of 2" in text
    rows = json.loads(run("pool", "treatment_related_death", "--therapy", "hsct", "--json"))
    assert {"analysis", "term", "statistic", "value", "note"} <= set(rows[0])


def test_pool_says_which_deviate_predicts_and_pools_without_each() -> None:
    words = ["pool", "treatment_related_death", "--therapy", "hsct"]
    text = run(*words, "--each")
    assert "95 % prediction, t with k−2" in text
    assert "Without jayne-2004: 3 %" in text
    assert "Up to 2004: undefined" in text
    assert "Up to 2019: 5 %" in text
    assert "t with k−1" in run(*words, "--prediction", "k-1")
    assert "binomial-normal likelihood" in run(*words, "--model", "likelihood")
    assert "Miller's inverse" in run(*words, "--scale", "freeman_tukey", "--tau2", "PM", "--limits", "normal")
    wrong = RUN.invoke(app, ["evidence", *words, "--tau2", "GUESS"])
    assert "There is no tau2 `GUESS`" in str(wrong.exception)


@pytest.mark.parametrize(
    ("therapy", "keys"),
    [
        ("AD-MSC", {"ranjbar-2022"}),
        ("autologous BM-MSC", {"carrion-2010"}),
        ("CAR-NK", {"gao-2025"}),
        ("cyclophosphamide", {"petri-2010"}),
    ],
)
def test_list_tells_products_of_a_therapy_apart(therapy: str, keys: set[str]) -> None:
    assert {row["key"] for row in json.loads(run("list", "--therapy", therapy, "--json"))} == keys


def test_list_filters_by_every_field_and_in_the_readers_words() -> None:
    rows = json.loads(run("list", "--disease", "nephritis", "--design", "RCT", "--verification", "full text", "--json"))
    assert [row["key"] for row in rows] == ["deng-2017"]
    cord = {row["key"] for row in json.loads(run("list", "--therapy", "UC-MSC", "--json"))}
    marrow = {row["key"] for row in json.loads(run("list", "--therapy", "allogeneic-BM-MSC", "--json"))}
    assert cord & marrow == {"gu-2014", "wang-2013", "wang-2018", "wen-2019"}


def test_claims_begin_with_the_cautions_and_end_with_the_date() -> None:
    text = run("claims", "--document", "S4")
    assert text.startswith("Read this first\n- Almost nothing here was compared with anything")
    assert "MiSLE (NCT02633163, 81 patients, placebo-controlled)" in text
    assert "gives no advice" in text


def test_one_system_is_a_page_of_its_own(tmp_path: Path) -> None:
    out = tmp_path / "series.html"
    run("report", "--out", str(out), "--system", "series")
    assert 'id="section-series"' in out.read_text(encoding="utf-8")


def test_report_is_written(tmp_path: Path) -> None:
    out = tmp_path / "evidence.html"
    run("report", "--out", str(out), "--add", str(HERE / "study.toml"))
    assert "own-2026" in out.read_text(encoding="utf-8")
