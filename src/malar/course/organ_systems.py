"""Whether a system of BILAG was ever involved, from the history of a subject: what D and E differ by."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from malar.course.study_column import StudyColumn
from malar.schema.bilag_keys import BILAG_2004_SYSTEMS
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

NONE: Final = "none"
"""Term of a subject of whom no system was ever involved."""


def _ever_involved(system: str, study: Study, days: pl.DataFrame) -> pl.Series:
    import polars as pl

    term = pl.col("term").str.strip_chars().str.to_lowercase().str.replace_all("[ -]", "_")
    records = study["history"].filter(pl.col("kind") == "organ_system").with_columns(term=term)
    told = pl.col("term").is_in([*BILAG_2004_SYSTEMS, NONE]).fill_null(value=False).all()
    known = records.group_by("subject").agg(involved=(pl.col("term") == system).any(), told=told)
    value = pl.when("involved").then(pl.lit(value=True)).when("told").then(pl.lit(value=False))
    known = known.select("subject", value=value)
    return days.join(known, on="subject", how="left", maintain_order="left")["value"]


STUDY_COLUMNS: Final = tuple(
    StudyColumn(
        key=f"ever_involved__{system}",
        title=f"Ever involved: {system} system",
        source=Source(
            "The study's own record",
            status=Status.VERIFIED,
            reading="A subject's list of systems is taken as complete.",
        ),
        says=(
            f"True where the history of the subject has an organ system `{system}`. False where it has others and "
            f"every one is a system of BILAG-2004, or `{NONE}`. Unknown where it has none, or one that is no such "
            "system."
        ),
        tables=("history",),
        make=partial(_ever_involved, system),
    )
    for system in BILAG_2004_SYSTEMS
)
