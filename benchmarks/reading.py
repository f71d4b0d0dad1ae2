"""Reading a study of 200,000 visits with 24 items each, against Polars reading the same files without any check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from benchmarks.timing import Ratio, compare
from malar import check, read_study
from malar.instruments import instrument

VISITS, SUBJECTS = 200_000, 20_000


def write_study(folder: Path) -> None:
    """A study folder of that size, items as a spreadsheet would export them."""
    rng = np.random.default_rng(7)
    per = VISITS // SUBJECTS
    names = [f"S{k:05d}" for k in range(SUBJECTS)]
    pl.DataFrame({"subject": names}).write_csv(folder / "subjects.csv")
    visits = pl.DataFrame({"subject": np.repeat(names, per), "day": np.tile(np.arange(per) * 30, SUBJECTS)})
    visits.write_csv(folder / "visits.csv")
    made = instrument("sledai_2k")
    parts = [
        visits.with_columns(
            instrument=pl.lit("sledai_2k"),
            item=pl.lit(item.key),
            value=pl.Series((rng.random(VISITS) < 0.1) * item.weight),
        )
        for item in made.items
    ]
    pl.concat(parts).write_csv(folder / "items.csv")
    (folder / "study.toml").write_text('title = "Bench"\nday0 = "first_record"\ndata = "simulated"\n', "utf-8")


def run() -> Iterator[Ratio]:
    """The comparisons, one after another."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_study(folder)
        study = read_study(folder)

        def ours() -> object:
            return read_study(folder)

        def bare() -> object:
            return [pl.read_csv(file) for file in folder.glob("*.csv")]

        def frame() -> object:
            return study.visit_frame("sledai_2k")

        def pivot() -> object:
            return study["items"].pivot(on="item", index=["subject", "day"], values="value")

        def queries() -> object:
            return check(study)

        yield compare("read 4.8 million item rows with every check, against pl.read_csv", ours, bare, runs=3)
        yield compare("visit frame of 200,000 visits, against a bare pivot", frame, pivot, runs=3)
        yield compare("every data query on 200,000 visits, against a bare pivot", queries, pivot, runs=3)
