"""The bundled study's results are those that were accepted; `make golden` accepts new ones."""

from __future__ import annotations

from pathlib import Path

from malar import read_study
from malar.example import example_path
from malar.reports.analysis import analyze
from tests.support.golden import golden_csv

GOLDEN = Path(__file__).parent / "golden" / "results.csv"


def test_the_results_of_the_bundled_study_are_unchanged() -> None:
    made = golden_csv(analyze(read_study(example_path())).results).splitlines()
    accepted = GOLDEN.read_text(encoding="utf-8").splitlines()
    differs = [(old, new) for old, new in zip(accepted, made, strict=False) if old != new]
    assert not differs, f"{len(differs)} results differ; the first was {differs[0][0]!r} and is {differs[0][1]!r}"
    assert len(made) == len(accepted)
