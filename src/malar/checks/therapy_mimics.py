"""Queries on signs that a therapy may explain: they ask whether the item is due to lupus, and change nothing.

Only an item that is scored present, and whose attribution was not recorded, is asked about: the answer,
`attributed = true` or `false`, ends the question. No source was found for the numbers of days: they are our reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from malar.checks.forms import FORMS, column_in_findings
from malar.checks.query import DataQuery
from malar.checks.therapy_spans import (
    after_cells,
    after_conditioning,
    after_cyclophosphamide,
    after_immunoglobulin_or_exchange,
    during_event,
)

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

Spans = Callable[["Study"], "pl.DataFrame"]
"""A study → days on which a therapy may explain a sign; see :mod:`malar.checks.therapy_spans`."""

CYTOPENIA_DAYS: Final = 60
"""Days after the start of conditioning."""
CYCLOPHOSPHAMIDE_DAYS: Final = 90
"""Days after the last dose in which hair falls or the bladder bleeds."""
EVENT_DAYS: Final = 30
"""Days after cytokine release or engraftment began: the look-back of a visit."""
INFUSION_DAYS: Final = 2
"""Days after an infusion of cells."""
OPEN_EVENT_DAYS: Final = 30
"""Days that a cystitis or mucositis without a recorded end is taken to last."""
ANTIBODY_DAYS: Final = 30
"""Days after immunoglobulin or plasma exchange: about the half-life of IgG."""

CYSTITIS: Final = r"(?i)\bcystitis"
MUCOSITIS: Final = r"(?i)\b(mucositis|stomatitis)"


def _present(items: pl.DataFrame, *, lost_too: bool) -> pl.DataFrame:
    """Records that score an item, or (`lost_too`) no longer do, and say nothing of its cause."""
    import polars as pl

    here = pl.col("value") > 0
    if lost_too:
        before = here.shift(1).over("subject", "instrument", "item", order_by="day")
        here |= before.fill_null(value=False) & (pl.col("value") == 0)
    return items.filter(here & pl.col("attributed").is_null())


def _explained(
    items: Sequence[str], *spans: Spans, lost_too: bool = False
) -> Callable[[Study, pl.DataFrame], pl.DataFrame]:
    """Days on which an item was recorded as present and a therapy may explain it."""

    def find(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        forms = [made.form for made in FORMS]
        known = study["items"].filter(pl.col("item").is_in(items) & pl.col("instrument").is_in(forms))
        asked = _present(known, lost_too=lost_too)
        days = pl.concat([made(study) for made in spans])
        inside = (pl.col("day") >= pl.col("first")) & (pl.col("last").is_null() | (pl.col("day") <= pl.col("last")))
        near = asked.join(days, on="subject", maintain_order="left").filter(inside)
        pairs = near.select("instrument", "item").unique()
        names = [column_in_findings(*pair) for pair in pairs.iter_rows()]
        named = near.join(pairs.with_columns(column=pl.Series(names, dtype=pl.String)), on=["instrument", "item"])
        return named.select("subject", "day", "column").unique().sort("subject", "day", "column")

    return find


def _asks(key: str, title: str, look_at: str, find: Callable[[Study, pl.DataFrame], pl.DataFrame],
          severity: str = "warning") -> DataQuery:  # fmt: skip
    answer = "Record attributed = true where it is due to lupus, false where it is not; either ends this question."
    return DataQuery(
        key=key, title=title, action=f"{look_at} {answer}", severity=severity, table="items", find=find
    )  # fmt: skip


QUERIES: Final = (
    _asks(
        "cytopenia_after_conditioning",
        f"Leukopenia or thrombocytopenia is scored within {CYTOPENIA_DAYS} days after conditioning.",
        "Look at the blood counts since conditioning: are they still those of the conditioning?",
        _explained(
            ("leukopenia", "thrombocytopenia"), lambda study: after_conditioning(study, days=CYTOPENIA_DAYS)
        ),
    ),
    _asks(
        "alopecia_after_cyclophosphamide",
        f"Alopecia is scored during cyclophosphamide or within {CYCLOPHOSPHAMIDE_DAYS} days after it.",
        "Look at when the hair began to fall: after the dose, all over the head, without inflammation?",
        _explained(("alopecia",), lambda study: after_cyclophosphamide(study, days=CYCLOPHOSPHAMIDE_DAYS)),
        severity="info",
    ),
    _asks(
        "fever_after_cells",
        f"Fever is scored within {EVENT_DAYS} days after cytokine release or engraftment began, or within "
        f"{INFUSION_DAYS} days after an infusion.",
        "Look at when the fever was: with the release, the engraftment or the infusion?",
        _explained(
            ("fever",), lambda study: after_cells(study, event_days=EVENT_DAYS, infusion_days=INFUSION_DAYS)
        ),
    ),
    _asks(
        "hematuria_with_cystitis_or_cyclophosphamide",
        f"Hematuria is scored during a cystitis, or during cyclophosphamide or within {CYCLOPHOSPHAMIDE_DAYS} days "
        "after it.",
        "Look at the sediment: dysmorphic red cells and casts speak for the kidney, their lack for the bladder.",
        _explained(
            ("hematuria",),
            lambda study: during_event(study, CYSTITIS, days=OPEN_EVENT_DAYS),
            lambda study: after_cyclophosphamide(study, days=CYCLOPHOSPHAMIDE_DAYS),
        ),
    ),
    _asks(
        "mucosal_ulcers_with_mucositis",
        "Mucosal ulcers are scored during a mucositis or stomatitis recorded as an event.",
        "Look at whether the ulcers are those of the event.",
        _explained(
            ("mucosal_ulcers",), lambda study: during_event(study, MUCOSITIS, days=OPEN_EVENT_DAYS)
        ),
    ),
    _asks(
        "anti_dsdna_after_immunoglobulin_or_exchange",
        f"Anti-dsDNA is scored, or no longer scored, within {ANTIBODY_DAYS} days after immunoglobulin or plasma "
        "exchange.",
        "Look at a result from before: donors' antibodies are measured too, and exchange takes the patient's away.",
        _explained(
            ("increased_dsdna",),
            lambda study: after_immunoglobulin_or_exchange(study, days=ANTIBODY_DAYS),
            lost_too=True,
        ),
        severity="info",
    ),
)  # fmt: skip
