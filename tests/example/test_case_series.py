"""The bundled case series: made again byte for byte, invented, and as its description says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl

from malar import check, read_study
from malar.example import example_path

ROOT = Path(__file__).parents[2]


def test_the_script_makes_the_bundled_bytes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "tools" / "make_case_series.py", tmp_path], check=True)
    bundled = {file.name: file.read_bytes() for file in example_path("case_series").iterdir()}
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == bundled


def test_three_patients_with_class_iv_are_given_90_million_cells() -> None:
    study = read_study(example_path("case_series"))
    assert study.settings.mark == "Invented data"
    assert study["subjects"]["nephritis_class"].to_list() == ["iv"] * 3
    assert study["infusions"]["total_cells"].to_list() == [9e7] * 3
    assert study["visits"].group_by("subject").len()["len"].to_list() == [5] * 3
    doses = study.visit_frame("prednisone_mg_day").sort("subject", "day")
    ends = doses.group_by("subject", maintain_order=True).agg(
        cut=100 * (1 - pl.col("prednisone_mg_day").last() / pl.col("prednisone_mg_day").first())
    )
    assert all(50 <= cut <= 90 for cut in ends["cut"])


def test_it_has_nothing_to_ask_about() -> None:
    findings = check(read_study(example_path("case_series"))).findings
    assert findings.filter(pl.col("severity") != "info").is_empty()
