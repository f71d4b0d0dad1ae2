"""Tables of safety: who was exposed for how long, what happened when, how rare a thing not seen may still be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from malar.responders import clopper_pearson, garwood
from malar.timelines.antiphospholipid import ANTIPHOSPHOLIPID_STATUS, STATUSES
from malar.timelines.exposure import DAYS_PER_YEAR, WINDOWS, Window, days_at_risk
from malar.timelines.special_interest import SPECIAL_INTERESTS

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

LEVEL = 0.95


def events_by_window(exposure: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Patients at risk, with any event, with a serious one, a related one, grade 3 or more, and deaths, by window.

    Parameters
    ----------
    exposure, events
        From :mod:`malar.timelines.exposure`.

    Returns
    -------
    polars.DataFrame
        `window`, `at_risk` (patients observed in it), `days` (patient-days), `what`, `patients`, `events`.
    """
    import polars as pl

    kinds = {
        "any adverse event": pl.col("kind") != "relapse",
        "serious": pl.col("serious").fill_null(value=False),
        "held related to the cells": pl.col("related").fill_null(value=False),
        "grade 3 or more": (pl.col("grade") >= 3).fill_null(value=False),
        "infection": pl.col("kind") == "infection",
        "death": pl.col("kind") == "death",
    }
    rows: list[dict[str, Any]] = []
    for window in WINDOWS:
        days = days_at_risk(exposure, window)
        here = events.filter(pl.col("window") == window.label)
        for what, condition in kinds.items():
            found = here.filter(condition & (pl.col("kind") != "relapse"))
            rows.append(
                {
                    "window": window.label,
                    "at_risk": int((days > 0).sum()),
                    "days": int(days.sum()),
                    "what": what,
                    "patients": found["subject"].n_unique(),
                    "events": found.height,
                }
            )
    return pl.DataFrame(rows)


def special_interest_table(exposure: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Events of special interest among the exposed, each with exact limits: none of 15 still allows 22 %.

    Returns
    -------
    polars.DataFrame
        `key`, `title`, `patients`, `of`, `events`, `lower`, `upper` (95 % Clopper-Pearson limits of the share).
    """
    import polars as pl

    n = exposure.height
    rows: list[dict[str, Any]] = []
    for interest in SPECIAL_INTERESTS:
        found = interest.of(events)
        patients = found["subject"].n_unique()
        low, high = clopper_pearson(patients, n, level=LEVEL) if n else (None, None)
        rows.append(
            {
                "key": interest.key,
                "title": interest.title,
                "patients": patients,
                "of": n,
                "events": found.height,
                "lower": low,
                "upper": high,
            }
        )
    schema = {"key": pl.String, "title": pl.String, "patients": pl.Int64, "of": pl.Int64, "events": pl.Int64}
    return pl.DataFrame(rows, schema={**schema, "lower": pl.Float64, "upper": pl.Float64})


def thromboembolism_by_antibodies(study: Study, exposure: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Thromboembolism among the exposed, by antiphospholipid status: a thrombosis has another meaning in a carrier.

    Returns
    -------
    polars.DataFrame
        `status` (null: nothing recorded), `patients`, `of`, `events`, `lower`, `upper` (95 % Clopper-Pearson limits
        of the share); one row a status that somebody has.
    """
    import polars as pl

    known = exposure.select("subject").join(ANTIPHOSPHOLIPID_STATUS.derive(study), on="subject", how="left")
    found = next(one for one in SPECIAL_INTERESTS if one.key == "thromboembolism").of(events)
    rows: list[dict[str, Any]] = []
    for status in (*STATUSES, None):
        those = known.filter(pl.col("status").eq_missing(pl.lit(status)))
        if those.is_empty():
            continue
        theirs = found.join(those, on="subject", how="semi")
        patients = theirs["subject"].n_unique()
        low, high = clopper_pearson(patients, those.height, level=LEVEL)
        rows.append(
            {"status": status, "patients": patients, "of": those.height, "events": theirs.height, "lower": low,
             "upper": high}
        )  # fmt: skip
    counts = {"patients": pl.Int64, "of": pl.Int64, "events": pl.Int64, "lower": pl.Float64, "upper": pl.Float64}
    return pl.DataFrame(rows, schema={"status": pl.String, **counts})


def deaths(events: pl.DataFrame) -> pl.DataFrame:
    """Deaths with days since the first infusion and cause: `subject`, `since`, `cause`, `related`."""
    import polars as pl

    return events.filter(pl.col("kind") == "death").select("subject", "since", "cause", "related")


def event_rates(exposure: pl.DataFrame, events: pl.DataFrame, by: str | None) -> pl.DataFrame:
    """Events per patient-year since the first infusion, with exact limits, by group.

    Parameters
    ----------
    exposure, events
        From :mod:`malar.timelines.exposure`.
    by
        Column of the exposure: `arm`, `dose` or `product`; None: all together.

    Returns
    -------
    polars.DataFrame
        `what`, `group`, `events`, `years`, `rate`, `lower`, `upper`. Subjects without a known end of observation
        have no time, and their events are left out with them.
    """
    import polars as pl

    kinds = {
        "adverse events": ~pl.col("kind").is_in(["relapse", "death"]),
        "serious events": pl.col("serious").fill_null(value=False) & (pl.col("kind") != "relapse"),
        "infections": pl.col("kind") == "infection",
        "serious infections": (pl.col("kind") == "infection") & pl.col("serious").fill_null(value=False),
    }
    timed = exposure.with_columns(days=days_at_risk(exposure, Window("all", 0, None))).drop_nulls("days")
    grouped = timed.with_columns(group=pl.lit(None, dtype=pl.String) if by is None else pl.col(by).fill_null("unknown"))
    rows: list[dict[str, Any]] = []
    for what, condition in kinds.items():
        for (group,), part in grouped.group_by("group", maintain_order=True):
            years = float(part["days"].sum()) / DAYS_PER_YEAR
            found = events.filter(condition).join(part.select("subject"), on="subject", how="semi").height
            if years > 0:
                low, high = garwood(found, years, level=LEVEL)
                rows.append(
                    {"what": what, "group": group, "events": found, "years": years, "rate": found / years, "lower": low,
                     "upper": high}
                )  # fmt: skip
    names = ("years", "rate", "lower", "upper")
    schema = {"what": pl.String, "group": pl.String, "events": pl.Int64, **dict.fromkeys(names, pl.Float64)}
    return pl.DataFrame(rows, schema=schema)


def with_dose(exposure: pl.DataFrame) -> pl.DataFrame:
    """Add `dose`: cells per kg in all, in words of millions; null where a weight or count is not known."""
    import polars as pl

    millions = (pl.col("cells_per_kg") / 1e6).round(0).cast(pl.Int64)
    return exposure.with_columns(dose=pl.format("{} million/kg", millions))


def product_story(study: Study, exposure: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """From donor to patient, one row a product.

    Returns
    -------
    polars.DataFrame
        `product`, `cell_source`, `autologous`, `relation`, `hla_match`, `passage`, `viability_percent`,
        `release_criteria_met`, `infusions`, `patients` (who got it), `with_reaction`, `with_serious_event`, `deaths`
        (patients).
    """
    import polars as pl

    donors = study["donors"].select("donor", "relation", "hla_match")
    made = study["products"].join(donors, on="donor", how="left", maintain_order="left")
    given = (
        study["infusions"]
        .group_by("product")
        .agg(infusions=pl.len().cast(pl.Int64), patients=pl.col("subject").n_unique().cast(pl.Int64))
    )
    got = study["infusions"].select("subject", "product").unique()

    def patients(found: pl.DataFrame, name: str) -> pl.DataFrame:
        joined = got.join(found.select("subject").unique(), on="subject")
        return joined.group_by("product").agg(pl.len().cast(pl.Int64).alias(name))

    reaction = next(one for one in SPECIAL_INTERESTS if one.key == "infusion_reaction").of(events)
    parts = (
        given,
        patients(reaction, "with_reaction"),
        patients(events.filter(pl.col("serious").fill_null(value=False)), "with_serious_event"),
        patients(events.filter(pl.col("kind") == "death"), "deaths"),
    )
    for part in parts:
        made = made.join(part, on="product", how="left", maintain_order="left")
    counts = ("infusions", "patients", "with_reaction", "with_serious_event", "deaths")
    return made.select(
        "product", "cell_source", "autologous", "relation", "hla_match", "passage", "viability_percent",
        "release_criteria_met", *(pl.col(name).fill_null(0) for name in counts),
    )  # fmt: skip
