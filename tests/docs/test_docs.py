"""Every command and every line of Python in the tutorials runs as printed."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


PAGES = (
    "tutorial.md",
    "add-an-instrument.md",
    "sledai-family.md",
    "estimands.md",
    "cell-therapy-endpoints.md",
    "estimators/responders.md",
    "estimators/counts.md",
    "estimators/win-ratio.md",
    "estimators/mmrm.md",
    "estimators/dropouts.md",
    "estimators/time-to-event.md",
    "estimators/competing-causes.md",
    "estimators/regression.md",
    "estimators/states.md",
    "estimators/cox.md",
    "estimators/fine-gray.md",
    "estimators/visits-and-figures.md",
    "estimators/target-trial.md",
    "estimators/matching.md",
    "estimators/weighting.md",
    "estimators/sensitivity.md",
    "estimators/pooling.md",
    "estimators/priors.md",
    "estimators/multiplicity.md",
    "evidence/add-a-study.md",
    "evidence/published-evidence.md",
)


@pytest.mark.parametrize("page", PAGES)
def test_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))
    assert blocks
    names: dict[str, object] = {}
    for kind, text in blocks:
        if kind == "console":
            run_commands(text)
        elif ">>>" in text:
            run_doctest(text, names, page)
        else:
            exec(compile(text, page, "exec"), names)


def run_commands(text: str) -> None:
    """Commands after a dollar sign; exit code 1 tells of findings, which the invented study has."""
    for line in text.splitlines():
        assert line.startswith("$ malar "), line
        words = shlex.split(line.removeprefix("$ malar "))
        done = subprocess.run(
            [sys.executable, "-m", "malar.cli", *words], capture_output=True, text=True, check=False, env=os.environ
        )
        allowed = (0, 1) if words[0] == "check" else (0,)
        assert done.returncode in allowed, done.stderr


def run_doctest(text: str, names: dict[str, object], page: str) -> None:
    test = doctest.DocTestParser().get_doctest(text, names, page, page, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(test, clear_globs=False)
    names.update(test.globs)
    assert runner.summarize(verbose=False).failed == 0
