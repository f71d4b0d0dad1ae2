"""The committed counts: one CSV file a family, one row a method and size."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import polars as pl

from simulations.coverage.counting import FIRST, Tally
from simulations.coverage.scenario import Scenario, Size

FOLDER: Final = Path(__file__).parent / "results"
COUNTS: Final = ("covered", "too_low", "too_high", "not_estimable")


def row(
    scenario: Scenario, size: Size, method: str, parts: tuple[Tally, Tally, Tally], exact: float | None
) -> dict[str, Any]:
    """One line: all replications, those counted first, and those that confirm."""
    whole, first, more = parts
    found: dict[str, Any] = {
        "scenario": scenario.key, "method": method, "size": size.label,
        "truth": _number(whole.truth / whole.estimated if whole.estimated else None),
        "replications": whole.replications,
        **{name: getattr(whole, name) for name in COUNTS},
        "open": whole.open,
        "mean_width": _number(whole.mean_width),
        "coverage": _number(whole.coverage),
        "coverage_of_all": _number(whole.coverage_of_all),
        "standard_error": _number(whole.standard_error),
        "enumerated": _number(exact),
    }  # fmt: skip
    found |= {f"first_{FIRST}_{name}": getattr(first, name) for name in COUNTS}
    confirmed = more if more.replications else None
    found["confirming_replications"] = confirmed.replications if confirmed else None
    found["confirming_coverage"] = _number(confirmed.coverage) if confirmed else None
    return found


def _number(value: float | None) -> float | None:
    """Six significant digits: more is noise. A number that is not determined is empty."""
    return None if value is None or value != value else float(f"{value:.6g}")


def write(family: str, rows: list[dict[str, Any]]) -> None:
    """Replace a family's results."""
    FOLDER.mkdir(exist_ok=True)
    pl.DataFrame(rows, infer_schema_length=None).write_csv(FOLDER / f"{family}.csv")


def read(family: str) -> list[dict[str, Any]]:
    """A family's results; none where they were not made yet."""
    path = FOLDER / f"{family}.csv"
    if not path.exists():
        return []
    return pl.read_csv(path, infer_schema_length=None, schema_overrides={"size": pl.String}).to_dicts()
