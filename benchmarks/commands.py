"""`malar --help` and `malar list`, against a bare app of the same command-line library."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.timing import Ratio, compare

BARE = """
import typer
app = typer.Typer(rich_markup_mode=None)
@app.command()
def one(name: str = "x") -> None:
    "One command."
@app.command()
def two(name: str = "x") -> None:
    "Another command."
app()
"""


def run() -> Iterator[Ratio]:
    """The comparisons, one after another."""
    with TemporaryDirectory() as folder:
        script = Path(folder) / "bare.py"
        script.write_text(BARE, encoding="utf-8")
        bare_help = _command(sys.executable, str(script), "--help")
        bare_run = _command(sys.executable, str(script), "one", "--name", "y")
        for words, bare in (
            (("--help",), bare_help),
            (("list", "definitions"), bare_run),
            (("list", "queries"), bare_run),
        ):
            ours = _command(sys.executable, "-m", "malar.cli", *words)
            yield compare(f"malar {' '.join(words)}, against a bare typer app's", ours, bare, runs=7, limit=1.5)


def _command(*words: str) -> Callable[[], object]:
    def run_it() -> object:
        return subprocess.run(words, check=True, capture_output=True)

    return run_it
