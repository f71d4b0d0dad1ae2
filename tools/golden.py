"""Accept the bundled study's results as the new golden file; explain the change in the CHANGELOG."""

from __future__ import annotations

import sys
from pathlib import Path

from malar import read_study
from malar.example import example_path
from malar.reports.analysis import analyze

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden" / "results.csv"


def main() -> None:
    """Write the golden file and say whether it changed."""
    sys.path.insert(0, str(ROOT))
    from tests.support.golden import golden_csv

    before = GOLDEN.read_text(encoding="utf-8") if GOLDEN.exists() else ""
    after = golden_csv(analyze(read_study(example_path())).results)
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    GOLDEN.write_text(after, encoding="utf-8")
    changed = sum(a != b for a, b in zip(before.splitlines(), after.splitlines(), strict=False))
    print("unchanged" if before == after else f"{changed} lines changed: explain them under Changed results")


if __name__ == "__main__":
    main()
