"""Make the bundled study again: python tools/make_example.py [FOLDER]. Every value in it is invented."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from example_study.dirt import RAGGED_EVENT, make_dirty
from example_study.people import Row, Tables, months
from example_study.records import PLANNED
from example_study.study import make_tables

SEED = 12
HOME = Path(__file__).parents[1] / "src" / "malar" / "example" / "msc_refractory"

STUDY_TOML = """\
format_version = 1
title = "Invented study: allogeneic mesenchymal stem cells in refractory lupus"
description = "Forty invented patients, seen for up to two years. No patient stands behind any record."
source = "Made by tools/make_example.py, seed {seed}"
data = "invented"
day0 = "infusion"

[analysis]
max_gap_days = 200
confirm_visits = 2
confirm_min_gap_days = 28
visits_driven_by_activity = false
"""


def windows() -> str:
    """Planned visits with windows to the midpoints between them."""
    days = [months(month) for month, _ in PLANNED]
    text = ""
    for k, (_, label) in enumerate(PLANNED):
        first = -60 if k == 0 else (days[k - 1] + days[k]) // 2 + 1
        last = (days[k] + days[k + 1]) // 2 if k + 1 < len(days) else days[k] + 91
        text += f'\n[[analysis.visits]]\nlabel = "{label}"\nday = {days[k]}\nfirst = {first}\nlast = {last}\n'
    return text


def columns_of(rows: list[Row]) -> list[str]:
    """Columns in the order in which they first appear."""
    return list(dict.fromkeys(column for row in rows for column in row))


def write(tables: Tables, folder: Path) -> None:
    """Write the study folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        columns = columns_of(rows)
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    with (folder / "events.csv").open("a", encoding="utf-8", newline="") as file:
        file.write(RAGGED_EVENT + "," * (len(columns_of(tables["events"])) - 4) + "\n")
    (folder / "study.toml").write_text(STUDY_TOML.format(seed=SEED) + windows(), encoding="utf-8", newline="\n")


def main() -> None:
    """Make the study."""
    tables = make_tables(np.random.default_rng(SEED))
    make_dirty(tables)
    write(tables, Path(sys.argv[1]) if len(sys.argv) > 1 else HOME)


if __name__ == "__main__":
    main()
