"""The section of the study report on change from baseline, by a mixed model for repeated measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.errors import MalarError
from malar.repeated import MMRM
from malar.reports.figures.mean_change import draw_mean_change
from malar.reports.page import Column, Section, Table
from malar.reports.sections_arms import arms_compared

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.analysis import Analysis

TITLE: Final = "Change from baseline"
NUMBERS: Final = ("estimate", "lower", "upper")
FEWEST: Final = 10
"""Fewer patients with a change at some visit are shown one by one, not by a model."""


def change_section(analysis: Analysis, since: str) -> Section | None:
    """Mean change of SLEDAI-2K, and differences between arms; None where too few were seen twice."""
    import polars as pl

    changes = changes_from_baseline(analysis)
    if changes["subject"].n_unique() < FEWEST or changes["visit"].n_unique() < 2:
        return None
    arms = arms_compared(analysis.study)
    several = len(arms) > 1 and changes["arm"].n_unique() == len(arms)
    model = MMRM(
        outcome="change",
        subject="subject",
        visit="visit",
        arm="arm" if several else None,
        reference=arms[0] if several else None,
        covariates=("baseline",),
        covariance=("unstructured", "heterogeneous_toeplitz", "toeplitz", "compound_symmetry"),
        visits=tuple(changes["visit"].unique().sort().to_list()),
    )
    try:
        fitted = model.fit(changes)
    except MalarError as error:
        return _without(f"The model cannot be fitted: {error}")
    means = fitted.ls_means().select(
        "n", "estimate", "lower", "upper", group="arm", time=pl.col("visit").cast(pl.Float64)
    )
    if means["estimate"].drop_nulls().is_empty():
        return _without("No covariance that was tried converged.")
    figure = draw_mean_change(means, score="SLEDAI-2K", since=since, mark=analysis.study.settings.mark)
    used = next(row for row in fitted.convergence().iter_rows(named=True) if row["converged"])
    intro = (
        "A fall from baseline in patients chosen for being active is in part regression to the mean: without a control "
        "group nobody can tell how much.",
    )
    by_arm = " and arm by visit" if several else ""
    notes = (
        f"Fixed effects: visit, baseline score{by_arm}; covariance: {used['covariance']}; REML, Kenward-Roger. Valid "
        "where what is missing can be told from what was observed; deaths are not modeled.",
    )
    tables = (_differences(fitted.contrasts(), arms[0]),) if several else ()
    return Section("change", TITLE, intro=intro, figures=(figure,), tables=tables, notes=notes)


def _without(reason: str) -> Section:
    """The section where there is no model to show: it says so."""
    return Section("change", TITLE, notes=(f"Mean change of SLEDAI-2K is not shown. {reason}",))


def _differences(rows: pl.DataFrame, control: str) -> Table:
    """Differences in mean change, arm by arm and visit by visit."""
    return Table(
        key="change-by-arm",
        title=f"Difference in mean change, less that under {control}",
        caption="Points of SLEDAI-2K; below 0 the fall was larger than under the arm compared with. 95 % limits, no "
        "allowance made for looking at several visits.",
        columns=(
            Column("arm", "Arm"),
            Column("visit", "Planned day", numeric=True),
            Column("estimate", "Difference", numeric=True),
            Column("lower", "Lower", numeric=True),
            Column("upper", "Upper", numeric=True),
        ),
        rows=tuple(
            (row["arm"], row["visit"], *(None if row[n] is None else round(row[n], 2) for n in NUMBERS))
            for row in rows.iter_rows(named=True)
        ),
        data=rows,
    )


def changes_from_baseline(analysis: Analysis) -> pl.DataFrame:
    """Changes at planned visits: `subject, arm, visit` (planned day), `baseline`, `change`; known ones alone."""
    import polars as pl

    judged = analysis.judged
    before = judged.filter((pl.col("day") <= 0) & pl.col("sledai_2k").is_not_null()).sort("day")
    baseline = before.group_by("subject").agg(baseline=pl.col("sledai_2k").last())
    chosen = judged.filter(pl.col("is_analysis_visit") & (pl.col("analysis_day") > 0)).drop_nulls("sledai_2k")
    joined = chosen.join(baseline, on="subject").join(analysis.study["subjects"].select("subject", "arm"), on="subject")
    change = (pl.col("sledai_2k") - pl.col("baseline")).alias("change")
    return joined.select("subject", "arm", "baseline", change, visit="analysis_day")
