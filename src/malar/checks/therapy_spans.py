"""Days on which a therapy may explain a sign: `subject`, `first`, `last`; an open `last` reaches to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

_NONE: Final = ("", "-", "0", "none", "no", "nil", "without", "not given", "not done")
"""Ways of writing that nothing was given before an infusion."""

CYCLOPHOSPHAMIDE: Final = r"(?i)cyclophosphamid|endoxan|cytoxan"
IMMUNOGLOBULIN: Final = r"(?i)immun(o|e )globulin|\bivig\b|\bscig\b"
ANTIBODY_TO_CELLS: Final = r"(?i)thymocyte|lymphocyte"
"""Immunoglobulins against cells, which are no replacement."""


def after_conditioning(study: Study, *, days: int) -> pl.DataFrame:
    """From the start of conditioning on; from the infusion where only that is dated."""
    import polars as pl

    started = study["milestones"].filter(pl.col("kind") == "conditioning_start").select("subject", "day")
    given = study["infusions"].filter(~pl.col("conditioning").str.strip_chars().str.to_lowercase().is_in(_NONE))
    return _from(pl.concat([started, given.select("subject", "day")]), days)


def after_cyclophosphamide(study: Study, *, days: int) -> pl.DataFrame:
    """From the first dose to so many days after the last, in courses and in conditioning."""
    import polars as pl

    given = study["infusions"].filter(pl.col("conditioning").str.contains(CYCLOPHOSPHAMIDE))
    courses = study["medications"].filter(pl.col("drug").str.contains(CYCLOPHOSPHAMIDE))
    return pl.concat([_courses(courses, days), _from(given, days)])


def after_immunoglobulin_or_exchange(study: Study, *, days: int) -> pl.DataFrame:
    """From the first dose of immunoglobulin to so many days after the last, and after plasma exchange."""
    import polars as pl

    drug = pl.col("drug")
    courses = study["medications"].filter(drug.str.contains(IMMUNOGLOBULIN) & ~drug.str.contains(ANTIBODY_TO_CELLS))
    exchanges = study["procedures"].filter(pl.col("kind") == "plasma_exchange")
    return pl.concat([_courses(courses, days), _from(exchanges, days)])


def after_cells(study: Study, *, event_days: int, infusion_days: int) -> pl.DataFrame:
    """After cytokine release or engraftment began, and on the days after an infusion (not on its own day)."""
    import polars as pl

    events = study["events"].filter(pl.col("kind").is_in(["crs", "engraftment"]))
    infused = study["milestones"].filter(pl.col("kind") == "infusion").select("subject", "day")
    infused = pl.concat([infused, study["infusions"].select("subject", "day")])
    after = infused.select("subject", first=pl.col("day") + 1, last=pl.col("day") + infusion_days)
    whole = events.with_columns(stop=pl.max_horizontal("stop", pl.col("day") + event_days))
    return pl.concat([whole.select("subject", first="day", last="stop"), after])


def during_event(study: Study, term: str, *, days: int) -> pl.DataFrame:
    """While an event whose term holds the words lasts; so many days where its end was not recorded."""
    import polars as pl

    events = study["events"].filter(pl.col("term").str.contains(term))
    return events.select("subject", first="day", last=pl.coalesce("stop", pl.col("day") + days))


def _from(dated: pl.DataFrame, days: int) -> pl.DataFrame:
    """From a day on, for so many days."""
    import polars as pl

    known = dated.drop_nulls("day")
    return known.select("subject", first="day", last=pl.col("day") + days)


def _courses(courses: pl.DataFrame, days: int) -> pl.DataFrame:
    """From the first day of a course to so many days after its last; one dose is over on its day."""
    import polars as pl

    once = (pl.col("frequency") == "once").fill_null(value=False)
    stop = pl.when(once).then(pl.coalesce("stop", "start")).otherwise("stop")
    return courses.select("subject", first="start", last=stop + days)
