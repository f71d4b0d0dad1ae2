"""A repeated-measures fit as rows of the table of results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from malar.results import results_table

if TYPE_CHECKING:
    import polars as pl

    from malar.repeated.mmrm_result import MMRMResult

STATISTICS = ("estimate", "se", "df", "lower", "upper", "p")
COMPARED = frozenset({"unstructured", "compound_symmetry"})
"""Covariances whose Kenward-Roger inference was compared with other software."""


def rows(result: MMRMResult, *, labels: Mapping[str, str | None], unit: str) -> pl.DataFrame:
    """Means with their numbers of outcomes, then contrasts, per visit and averaged over visits."""
    common = {
        "analysis": result.spec.method.key,
        "source": result.spec.method.source.cite(),
        "note": _note(result),
        **labels,
    }
    means = list(contrast_rows(result.ls_means(averaged=True), "least-squares mean", unit, result.spec.level))
    contrasts = list(contrast_rows(result.contrasts(averaged=True), "difference", unit, result.spec.level))
    subjects = {"statistic": "n", "value": float(result.n_subjects), "unit": "count"}
    return results_table(common | row for row in (subjects, *means, *contrasts))


def contrast_rows(frame: pl.DataFrame, what: str, unit: str, level: float) -> Iterator[dict[str, Any]]:
    """Rows of a frame of means or differences by visit; p only of differences."""
    units = {"n": "count", "df": None, "p": "probability"}
    for row in frame.iter_rows(named=True):
        for name in ("n", *STATISTICS):
            if name in row and not (what != "difference" and name == "p"):
                yield {
                    "group": row["arm"],
                    "comparator": row.get("comparator"),
                    "term": f"{what}, {row['visit']}",
                    "time": _number(row["visit"]),
                    "statistic": name,
                    "value": None if row[name] is None else float(row[name]),
                    "level": level if name in ("lower", "upper") else None,
                    "unit": units.get(name, unit),
                }


def _number(label: str) -> float | None:
    """The visit, where it is a number."""
    try:
        return float(label)
    except ValueError:
        return None


def _note(result: MMRMResult) -> str:
    tried = "; ".join(f"{a.covariance}: {a.reason}" for a in result.attempts if not a.converged)
    if result.fitted is None:
        return f"no estimate: {tried}"
    chosen = f"{result.fitted.attempt.covariance} covariance, {result.spec.likelihood}, {result.spec.df}"
    if result.spec.df == "kenward_roger" and result.fitted.attempt.covariance not in COMPARED:
        chosen += " (first-derivative terms, provisional for this covariance)"
    grid = f"covariates at their means, categories with {result.spec.weights} weights"
    return "; ".join(filter(None, (chosen, grid, tried and f"tried before: {tried}")))
