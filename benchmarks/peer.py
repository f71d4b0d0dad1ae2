"""A peer's program beside ours: started once, told what to run, and keeping its own time."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from benchmarks.timing import Took

ROOT = Path(__file__).parents[1]
PROGRAMS = Path(__file__).parent / "peers"
PYTHON = ROOT / "build" / "venv-bench" / "bin" / "python"


class AbsentError(Exception):
    """A peer cannot be timed here; the message says why."""


@dataclass(slots=True)
class Peer:
    """One program, started when first asked.

    Parameters
    ----------
    command
        The program and its script; empty where the program is not installed.
    absent
        What to say then.
    """

    command: tuple[str, ...]
    absent: str
    folder: Path
    process: subprocess.Popen[str] | None = None
    holds: set[str] = field(default_factory=set[str])

    def about(self) -> str:
        """Versions of the program and its packages."""
        try:
            return self._ask("about").removeprefix("about ")
        except AbsentError as reason:
            return str(reason)

    def time(self, task: str, times: int, table: str, frame: pl.DataFrame) -> Took:
        """Seconds a call of a task on a table, over some calls in a row."""
        if table not in self.holds and self.command:
            path = self.folder / f"{table}.csv"
            flags = [pl.col(name).cast(pl.Int8) for name, kind in frame.schema.items() if kind == pl.Boolean]
            frame.with_columns(flags).write_csv(path)
            self._ask(f"data {table} {path}")
            self.holds.add(table)
        kind, *rest = self._ask(f"time {task} {times}").split(" ")
        if kind != "took":
            raise AbsentError(
                f"{' '.join(rest)} is not installed" if kind == "absent" else f"it {kind}: {' '.join(rest)}"
            )
        return Took(*map(float, rest))

    def end(self) -> None:
        """End the program."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
            self.process.wait(timeout=60)

    def _ask(self, command: str) -> str:
        if not self.command:
            raise AbsentError(self.absent)
        if self.process is None:
            self.process = subprocess.Popen(self.command, stdin=-1, stdout=-1, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            raise AbsentError("its program ended")
        return answer


@dataclass(slots=True)
class Peers:
    """R, and the virtual environment of Python packages: a context that ends them."""

    _folder: TemporaryDirectory[str] = field(default_factory=TemporaryDirectory)
    named: dict[str, Peer] = field(default_factory=dict[str, Peer])

    def __enter__(self) -> Peers:
        folder, rscript = Path(self._folder.name), shutil.which("Rscript")
        in_r = (rscript, str(PROGRAMS / "in_r.R")) if rscript else ()
        in_python = (str(PYTHON), str(PROGRAMS / "in_python.py")) if PYTHON.exists() else ()
        self.named["R"] = Peer(in_r, "R is not installed (make bench-setup)", folder)
        self.named["Python"] = Peer(in_python, "the peers' environment is not made (make bench-setup)", folder)
        return self

    def __exit__(self, *_: object) -> None:
        for peer in self.named.values():
            peer.end()
        self._folder.cleanup()
