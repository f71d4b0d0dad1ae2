"""The section of the study report on change from baseline, by a mixed model for repeated measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.errors import MalarError
from malar.repeated import MMRM
from malar.reports.figures.mean_change import draw_mean_change
from malar.reports.page import Section

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.analysis import Analysis

FEWEST: Final = 10
"""Fewer patients with a change at some visit are shown one by one, not by a model."""


def change_section(analysis: Analysis, since: str) -> Section | None:
    """Mean change of SLEDAI-2K; None where too few were seen twice, or no model converged."""
    import polars as pl

    changes = changes_from_baseline(analysis)
    if changes["subject"].n_unique() < FEWEST or changes["visit"].n_unique() < 2:
        return None
    several = changes["arm"].drop_nulls().n_unique() > 1 and not changes["arm"].has_nulls()
    model = MMRM(
        outcome="change",
        subject="subject",
        visit="visit",
        arm="arm" if several else None,
        covariates=("baseline",),
        covariance=("unstructured", "heterogeneous_toeplitz", "toeplitz", "compound_symmetry"),
        visits=tuple(changes["visit"].unique().sort().to_list()),
    )
    try:
        fitted = model.fit(changes)
    except MalarError:
        return None
    means = fitted.ls_means().select(
        "n", "estimate", "lower", "upper", group="arm", time=pl.col("visit").cast(pl.Float64)
    )
    if means["estimate"].drop_nulls().is_empty():
        return None
    figure = draw_mean_change(means, score="SLEDAI-2K", since=since, mark=analysis.study.settings.mark)
    used = next(row for row in fitted.convergence().iter_rows(named=True) if row["converged"])
    intro = (
        "A fall from baseline in patients chosen for being active is in part regression to the mean: without a control "
        "group nobody can tell how much.",
    )
    arms = " and arm by visit" if several else ""
    notes = (
        f"Fixed effects: visit, baseline score{arms}; covariance: {used['covariance']}; REML, Kenward-Roger. Valid "
        "where what is missing can be told from what was observed; deaths are not modeled.",
    )
    return Section("change", "Change from baseline", intro=intro, figures=(figure,), notes=notes)


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
