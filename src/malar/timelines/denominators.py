"""Denominators: who counts below the line at each planned visit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from malar._frames import as_sign, demand
from malar.timelines.outcome_at_visits import ASSESSED, first_days, living, mark, outcome_at_visits

if TYPE_CHECKING:
    import polars as pl

    from malar.course import AnalysisRules
    from malar.schema import PlannedVisit, Study


def derive_denominators(
    study: Study,
    judged: pl.DataFrame,
    flag: str,
    *,
    planned: Sequence[PlannedVisit] | None = None,
    rules: AnalysisRules | None = None,
    assessed: str | None = None,
    affected: str = "",
) -> pl.DataFrame:
    """Who is enrolled, treated, alive, followed, … at each planned visit, with the verdict there.

    Parameters
    ----------
    study
        The study.
    judged
        Its judged visits; see :func:`malar.timelines.judge_visits`. Visits after death or the data cut are not
        used.
    flag
        Name of the Boolean verdict.
    planned
        Planned visits; by default those of the analysis plan.
    rules
        How visits are placed; by default :class:`malar.course.AnalysisRules` as it is.
    assessed
        Boolean column that tells which visits were assessed. By default a visit is, where the verdict or any
        item that the definition rests on was recorded.
    affected
        Boolean column of the judged visits: affected in the organ or by the sign of interest. Its value at the last
        visit on or before day 0 at which it is known counts.

    Returns
    -------
    polars.DataFrame
        One row a subject and planned visit: `subject`, `arm`, `visit`, `time` (planned day), `window_last`,
        `assessed_day` (null where missed), `outcome` (the verdict; null where unknown or missed), `due`, and a
        Boolean column a denominator, null where it cannot be told. A frame filtered to one visit is what
        :class:`malar.responders.Proportion` takes.

    Raises
    ------
    MissingColumnsError
        The verdict, or a column named, is not there.
    ParameterError
        Windows overlap.

    Notes
    -----
    - ``due``: the planned day came before the data cut, or the visit was made. Unknown without a data cut.
      Subjects not due have not failed: filter to those due before counting the missed as failures.
    - ``enrolled``: every subject of the study. ``randomized`` and ``treated``: by milestone or infusion; where
      day 0 is that very day, everyone with a visit; where the study records none at all, unknown.
    - ``alive`` on the planned day: false from the day of death on, true where a visit, a
      milestone or the death itself lies on that day or later, else unknown.
    - ``followed``: assessed in the window of the planned visit, before the data cut.
    - ``evaluable``: followed, with a verdict that is known, at a visit that the definition judges.
    - ``affected_at_baseline``: see `affected`; unknown without it.
    - ``ever_responders``: the verdict was true at a visit after day 0 and up to the end of the window; unknown
      where one assessed then was unknown and none was true. This is a group made by what happened after day 0:
      among its members everyone lived to respond.
    """
    import polars as pl

    kept, _ = living(study, judged)
    rows = outcome_at_visits(study, kept, flag, planned=planned, rules=rules, assessed=assessed)
    for part in (_ends(study, judged), _memberships(study, kept), _affected(kept, affected)):
        rows = rows.join(part, on="subject", how="left", maintain_order="left")
    ever = _responses(rows, mark(kept, flag, assessed), flag)
    rows = rows.join(ever, on=["subject", "time"], how="left", maintain_order="left")
    seen, died = pl.col("assessed_day").is_not_null(), pl.col("death_day") <= pl.col("time")
    later = (pl.col("death_day") > pl.col("time")) | (pl.col("last_day") >= pl.col("time"))
    alive = pl.when(died).then(pl.lit(value=False)).when(later).then(pl.lit(value=True))
    return rows.select(
        "subject", "arm", "visit", "time", "window_last", "assessed_day", "outcome",
        due=seen | (pl.col("cut_day") >= pl.col("time")),
        enrolled=pl.lit(value=True),
        randomized=pl.col("randomized"),
        treated=pl.col("treated"),
        alive=alive,
        followed=seen,
        evaluable=seen & pl.col("outcome").is_not_null() & pl.col("judged_at_all").fill_null(value=False),
        affected_at_baseline=pl.col("affected_at_baseline"),
        ever_responders=pl.col("ever_responders"),
    )  # fmt: skip


def _ends(study: Study, judged: pl.DataFrame) -> pl.DataFrame:
    """Per subject: day of death, of the data cut, and the last day on which anything was recorded of it."""
    import polars as pl

    contacts = study["milestones"].filter((pl.col("kind") != "data_cut") & pl.col("day").is_not_null())
    seen = pl.concat([contacts.select("subject", "day"), judged.select("subject", "day")])
    made = study["subjects"].select("subject", "arm")
    for part in (
        first_days(study["events"], "death", "death_day"),
        first_days(study["milestones"], "data_cut", "cut_day"),
        seen.group_by("subject").agg(last_day=pl.col("day").max()),
    ):
        made = made.join(part, on="subject", how="left", maintain_order="left")
    return made


def _memberships(study: Study, judged: pl.DataFrame) -> pl.DataFrame:
    """Per subject: randomized, and treated."""
    import polars as pl

    milestones, subjects = study["milestones"], study["subjects"].select("subject")
    infusions = [milestones.filter(kind="infusion").select("subject"), study["infusions"].select("subject")]
    found = {"randomized": milestones.filter(kind="randomization").select("subject"), "treated": pl.concat(infusions)}
    by_day_0 = {"randomization": "randomized", "infusion": "treated"}.get(study.settings.day0)
    for name, rows in found.items():
        known = judged.select("subject") if rows.is_empty() and name == by_day_0 else rows
        there = pl.col("subject").is_in(known["subject"].implode())
        subjects = subjects.with_columns((pl.lit(None, dtype=pl.Boolean) if known.is_empty() else there).alias(name))
    return subjects


def _affected(judged: pl.DataFrame, affected: str) -> pl.DataFrame:
    """Per subject: the sign at the last visit on or before day 0 at which it is known."""
    import polars as pl

    if not affected:
        return pl.DataFrame(schema={"subject": pl.String, "affected_at_baseline": pl.Boolean})
    demand(judged.columns, (affected,), "Being affected at baseline")
    known = judged.select("subject", "day", sign=as_sign(affected)).drop_nulls().filter(pl.col("day") <= 0)
    return known.sort("day").group_by("subject").agg(affected_at_baseline=pl.col("sign").last())


def _responses(rows: pl.DataFrame, judged: pl.DataFrame, flag: str) -> pl.DataFrame:
    """Per subject and planned visit: whether the verdict has been true by then."""
    import polars as pl

    later = judged.filter(pl.col(ASSESSED) & (pl.col("day") > 0)).select("subject", "day", verdict=as_sign(flag))
    by_then = rows.select("subject", "time", "window_last").join(later, on="subject", how="left")
    by_then = by_then.with_columns(
        verdict=pl.when(pl.col("day") <= pl.col("window_last")).then("verdict").otherwise(pl.lit(value=False))
    )
    return by_then.group_by("subject", "time").agg(ever_responders=pl.col("verdict").any(ignore_nulls=False))
