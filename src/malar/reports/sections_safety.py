"""The safety section of the study report: exposure, events by window, special interest, deaths, rates, products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malar.reports.figures.event_rates import draw_event_rates
from malar.reports.page import Cell, Column, Section, Table
from malar.reports.safety import (
    deaths,
    event_rates,
    events_by_window,
    product_story,
    special_interest_table,
    thromboembolism_by_antibodies,
    with_dose,
)
from malar.timelines.exposure import derive_exposure, treatment_emergent
from malar.timelines.low_periods import LOW_PERIODS

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.analysis import Analysis
    from malar.schema import Study


def safety_section(analysis: Analysis) -> Section | None:
    """Everything on safety; None where nobody was given cells."""
    study = analysis.study
    exposure = with_dose(derive_exposure(study))
    if exposure.is_empty():
        return None
    events = treatment_emergent(study, exposure)
    by = next((name for name in ("arm", "dose") if exposure[name].drop_nulls().n_unique() > 1), None)
    figure = draw_event_rates(event_rates(exposure, events, by), mark=study.settings.mark)
    tables = [_windows(events_by_window(exposure, events)), _interest(special_interest_table(exposure, events))]
    tables += [_thromboembolism(thromboembolism_by_antibodies(study, exposure, events))]
    tables += [_low(study), _deaths(deaths(events)), _products(product_story(study, exposure, events))]
    intro = (
        f"{exposure.height} patients were given cells, {int(exposure['infusions'].sum())} infusions in all. Events "
        "count from the first infusion to the end of observation: cells cannot be withdrawn. Relapse of lupus is no "
        "adverse event here.",
        "Without a control group nobody can tell what the cells did; and a kind of event that was not seen may still "
        "be common: the upper limits say how common.",
    )
    return Section("safety", "Safety", intro=intro, figures=(figure,), tables=tuple(tables))


def _windows(rows: pl.DataFrame) -> Table:
    return Table(
        key="events-by-window",
        title="Patients with events, by days since the first infusion",
        caption="Patients with at least one, and events, of those observed in the window.",
        columns=(
            Column("window", "Window"),
            Column("what", "Event"),
            Column("patients", "Patients", numeric=True),
            Column("of", "Observed", numeric=True),
            Column("events", "Events", numeric=True),
            Column("days", "Patient-days", numeric=True),
        ),
        rows=tuple(
            (row["window"], row["what"], row["patients"], row["at_risk"], row["events"], row["days"])
            for row in rows.iter_rows(named=True)
        ),
        data=rows,
    )


def _interest(rows: pl.DataFrame) -> Table:
    return Table(
        key="special-interest",
        title="Events of special interest",
        caption="Share of the patients given cells, with exact 95 % limits: the upper limit is what none seen still "
        "allows. Found by kind or by words of the term; `malar sheet` tells which.",
        columns=(
            Column("title", "Event"),
            Column("patients", "Patients", numeric=True),
            Column("of", "Of", numeric=True),
            Column("events", "Events", numeric=True),
            Column("limits", "95 % limits"),
        ),
        rows=tuple(
            (row["title"], row["patients"], row["of"], row["events"], _limits(row["lower"], row["upper"]))
            for row in rows.iter_rows(named=True)
        ),
        data=rows,
    )


def _thromboembolism(rows: pl.DataFrame) -> Table:
    return Table(
        key="thromboembolism",
        title="Thromboembolism by antiphospholipid status",
        caption="Share of the patients given cells, with exact 95 % limits. Those in whom no antiphospholipid antibody "
        "was recorded stand apart: they are not negative. `malar sheet antiphospholipid_status` tells the rule.",
        columns=(
            Column("status", "Antiphospholipid antibodies"),
            Column("patients", "Patients", numeric=True),
            Column("of", "Of", numeric=True),
            Column("events", "Events", numeric=True),
            Column("limits", "95 % limits"),
        ),
        rows=tuple(
            (
                row["status"] or "not recorded",
                row["patients"],
                row["of"],
                row["events"],
                _limits(row["lower"], row["upper"]),
            )
            for row in rows.iter_rows(named=True)
        ),
        data=rows,
    )


def _limits(lower: float | None, upper: float | None) -> Cell:
    return None if lower is None or upper is None else f"{100 * lower:.1f} to {100 * upper:.1f} %"


def _low(study: Study) -> Table:
    """How long counts and levels stayed low, of those in whom they were measured after the cells."""
    rows: list[tuple[Cell, ...]] = []
    for made in LOW_PERIODS.values():
        found = made.derive(study)
        low = found.filter("low")
        over = low.filter("over")
        days = "–" if low.is_empty() else f"{low['days'].median():g} ({low['days'].min():g} to {low['days'].max():g})"
        rows.append((made.title, made.body().strip(), low.height, found.height, low.height - over.height, days))
    return Table(
        key="low-counts",
        title="How long counts stayed low",
        caption="From the first low result to the first of two that are not; those not over count to the last result.",
        columns=(
            Column("title", "Low"),
            Column("rule", "What counts"),
            Column("low", "Patients", numeric=True),
            Column("of", "Measured", numeric=True),
            Column("open", "Not over", numeric=True),
            Column("days", "Days, median (least to most)"),
        ),
        rows=tuple(rows),
    )


def _deaths(rows: pl.DataFrame) -> Table:
    related = {True: "yes", False: "no", None: None}
    return Table(
        key="deaths",
        title="Deaths",
        caption="Each death, with days since the first infusion and the cause as recorded.",
        columns=(
            Column("subject", "Patient"),
            Column("since", "Day", numeric=True),
            Column("cause", "Cause"),
            Column("related", "Held related to the cells"),
        ),
        rows=tuple(
            (row["subject"], row["since"], row["cause"], related[row["related"]]) for row in rows.iter_rows(named=True)
        ),
        data=rows,
    )


def _products(rows: pl.DataFrame) -> Table:
    labels = (
        "Product", "Cells from", "Autologous", "Donor", "HLA", "Passage", "Viability, %", "Released", "Infusions",
        "Patients", "With reaction", "With serious event", "Died",
    )  # fmt: skip
    numeric = {"passage", "viability_percent", *rows.columns[8:]}
    return Table(
        key="products",
        title="From donor to patient",
        caption="One row a batch. A patient given two batches counts under both.",
        columns=tuple(
            Column(name, label, numeric=name in numeric) for name, label in zip(rows.columns, labels, strict=True)
        ),
        rows=tuple(tuple(_told(cell) for cell in row) for row in rows.iter_rows()),
        data=rows,
    )


def _told(cell: object) -> Cell:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell.replace("_", " ") if isinstance(cell, str) else cell  # pyright: ignore[reportReturnType]
