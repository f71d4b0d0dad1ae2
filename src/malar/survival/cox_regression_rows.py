"""A Cox regression as rows of the table of results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from malar.results import results_table

if TYPE_CHECKING:
    import polars as pl

    from malar.survival.cox_regression_result import CoxRegressionResult


def rows(result: CoxRegressionResult, *, labels: Mapping[str, str | None], note: str | None) -> pl.DataFrame:
    """Counts, coefficients, ratios and tests, in the columns of the table of results.

    Parameters
    ----------
    result
        The fit.
    labels, note
        As in `CoxRegressionResult.table`.

    Returns
    -------
    polars.DataFrame
        ``n`` and ``events``; a covariate's ``estimate, se, lower, upper, z, p``; ``chisq, df, p`` of the tests.
    """
    spec, reason = result.spec, result.convergence.reason
    variance = "robust variance" if result.robust else "variance from the information"
    said = "; ".join(filter(None, (note, f"{spec.ties} ties", variance, reason)))
    common = {"analysis": spec.method.key, "source": spec.method.source.cite(), "note": said, **labels}
    found = [common | row for row in counts(result.n, result.n_events)]
    found += [common | row for row in coefficient_rows(result.coefficients(), "hazard ratio", spec.level)]
    found += [common | row for row in test_rows(result.tests(), "test")]
    if reason is None:
        source = spec.method.also[2].cite()
        tested = {"analysis": "proportionality", "source": source, "note": "time on the scale 1 - Kaplan-Meier"}
        found += [common | tested | row for row in test_rows(result.proportionality(), "term")]
    return results_table(found)


def counts(n: int, events: int) -> list[dict[str, Any]]:
    """Rows of the number of rows used and of events."""
    return [
        {"statistic": "n", "value": float(n), "unit": "count"},
        {"statistic": "events", "value": float(events), "unit": "count"},
    ]


def coefficient_rows(coefficients: pl.DataFrame, ratio: str, level: float) -> list[dict[str, Any]]:
    """Rows of a frame of coefficients: on the log scale, then as ratios.

    Parameters
    ----------
    coefficients
        As `CoxRegressionResult.coefficients`.
    ratio
        What the exponential of a coefficient is: ``hazard ratio``.
    level
        Confidence level.
    """
    column = ratio.replace(" ", "_")
    log = {name: name for name in ("estimate", "se", "lower", "upper", "z", "p")}
    plain = {"estimate": column, "lower": f"{column}_lower", "upper": f"{column}_upper"}
    return [
        {
            "term": row["term"],
            "statistic": statistic,
            "value": row[name],
            "level": level if statistic in ("lower", "upper") else None,
            "unit": "probability" if statistic == "p" else None if statistic == "z" else unit,
        }
        for row in coefficients.iter_rows(named=True)
        for unit, names in ((f"log {ratio}", log), (ratio, plain))
        for statistic, name in names.items()
    ]


def test_rows(tests: pl.DataFrame, label: str) -> list[dict[str, Any]]:
    """Rows of a frame of tests; ``label`` is the column that becomes the term."""
    return [
        {
            "term": row[label],
            "statistic": name,
            "value": None if row[name] is None else float(row[name]),
            "unit": "probability" if name == "p" else None,
        }
        for row in tests.iter_rows(named=True)
        for name in ("chisq", "df", "p")
    ]
