"""Summaries of a cohort for its report: who they are, how they were followed, which organs were active."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.analysis import Analysis

Row = tuple[str, str, str]


def describe_cohort(analysis: Analysis) -> list[Row]:
    """Rows of the cohort table: characteristic, summary, number known.

    Medians come with quartiles; counts with the number in which the characteristic is known.
    """
    import polars as pl

    study = analysis.study
    subjects = study["subjects"]
    rows: list[Row] = [("Patients", str(subjects.height), "")]
    rows += _counts(subjects, "sex", "Sex") + _counts(subjects, "ancestry", "Ancestry")
    rows += _quartiles(subjects["age_years"], "Age on day 0, years")
    rows += _quartiles(-subjects["diagnosis_day"] / 365.25, "Time since diagnosis, years")
    rows += _counts(subjects, "nephritis_class", "Lupus nephritis") + _counts(subjects, "center", "Center")
    rows += _counts(subjects, "arm", "Arm")
    baseline = analysis.judged.filter((pl.col("day") <= 0) & pl.col("sledai_2k").is_not_null())
    last = baseline.sort("day").group_by("subject").agg(pl.col("sledai_2k").last())
    rows += _quartiles(last["sledai_2k"].cast(pl.Float64), "SLEDAI-2K at baseline")
    visits = study["visits"].group_by("subject").len()["len"].cast(pl.Float64)
    rows += _quartiles(visits, "Visits per patient")
    follow_up = study["visits"].group_by("subject").agg(pl.col("day").max())["day"].cast(pl.Float64)
    rows += _quartiles(follow_up / 30.4375, "Day 0 to last visit, months")
    if not study["infusions"].is_empty():
        infused = study["infusions"].group_by("subject").len()["len"].cast(pl.Float64)
        rows += _quartiles(infused, "Infusions per treated patient")
        rows += _quartiles(study["infusions"]["cells_per_kg"] / 1e6, "Dose of one infusion, 10⁶ cells/kg")
    events = study["events"]
    for kind, label in (("relapse", "Relapse recorded"), ("death", "Died"), ("withdrawal", "Withdrew")):
        n = events.filter(pl.col("kind") == kind)["subject"].n_unique()
        rows += [(label, f"{n} of {subjects.height}", "")] if n else []
    return rows


def _quartiles(values: pl.Series, label: str) -> list[Row]:
    known = values.drop_nulls()
    if known.is_empty():
        return []
    q1, median, q3 = (known.quantile(p, "linear") for p in (0.25, 0.5, 0.75))
    return [(label, f"{median:.1f} ({q1:.1f} to {q3:.1f})", str(len(known)))]


def _counts(frame: pl.DataFrame, column: str, label: str) -> list[Row]:
    import polars as pl

    known = frame.drop_nulls(column)
    counts = known.group_by(column).len().sort(["len", column], descending=[True, False])
    if known.is_empty():
        return []
    shown, rest = counts.head(8), counts.slice(8)
    rows = [
        (f"{label}: {_in_words(column, value)}", f"{n} ({n / known.height:.0%})", str(known.height))
        for value, n in shown.iter_rows()
    ]
    if rest.height:
        n = int(rest.select(pl.col("len").sum()).item())
        rows.append((f"{label}: {rest.height} others", f"{n} ({n / known.height:.0%})", str(known.height)))
    return rows


def _in_words(column: str, value: str) -> str:
    if column == "nephritis_class" and set(value) <= set("iv_"):
        return "class " + value.upper().replace("_", " and ")
    return value.replace("_", " ")
