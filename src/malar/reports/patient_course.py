"""What one patient's figure shows, gathered from a study and its judged visits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from malar.instruments.sledai_2k import SLEDAI_2K
from malar.reports.figures.patient import Bar, Line, Mark, PatientCourse, Strip
from malar.schema.analytes import ANALYTES

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study

MEASURED: Final = (
    ("sledai_2k", "SLEDAI-2K", "points", 4.0),
    ("pga", "PGA", "0 to 3", None),
    ("upcr_mg_mg", "UPCR", "mg/mg", 0.5),
    ("egfr", "eGFR", "mL/min/1.73 m²", None),
)
"""Column of the judged frame, name, unit, and the limit drawn."""
LABS: Final = {
    "c3": "C3", "anti_dsdna": "Anti-dsDNA", "lymphocytes": "Lymphocytes", "monocytes": "Monocytes",
    "cd4": "CD4 T cells", "cd19": "CD19 B cells", "anti_hla_class_i": "Anti-HLA class I", "platelets": "Platelets",
}  # fmt: skip
"""Analyte drawn where it was measured → its short name."""
GRADES: Final = (
    "constitutional", "mucocutaneous", "neuropsychiatric", "musculoskeletal", "cardiorespiratory", "gastrointestinal",
    "ophthalmic", "renal", "hematological",
)  # fmt: skip
SHADES: Final = {"A": 1.0, "B": 0.7, "C": 0.35, "D": 0.0, "E": 0.0}
_STEROIDS: Final = ("prednisone", "prednisolone")


def patient_course(study: Study, judged: pl.DataFrame, subject: str) -> tuple[PatientCourse, pl.DataFrame]:
    """One patient's course, and the numbers behind it.

    Parameters
    ----------
    study
        The study.
    judged
        Its judged visits; columns that are not there are left out.
    subject
        Whose.

    Returns
    -------
    tuple
        The course, and a long frame `subject, day, series, value, unit`.
    """
    import polars as pl

    own = judged.filter(pl.col("subject") == subject).sort("day")
    marks = _marks(study, subject)
    days = [float(day) for day in own["day"]] + [one.day for one in marks]
    first, last = min(days, default=0.0), max(days, default=0.0)
    lines = (*_measured(own), *_labs(study, subject), *_dose(study, subject, first, last))
    course = PatientCourse(
        subject, lines, _strips(own), _bars(study, subject, last), marks, min(first, 0.0), max(last, 1.0)
    )
    rows = [
        {"subject": subject, "day": day, "series": line.label, "value": value, "unit": line.unit}
        for line in lines
        for day, value in line.points
    ]
    schema = {"subject": pl.String, "day": pl.Float64, "series": pl.String, "value": pl.Float64, "unit": pl.String}
    return course, pl.DataFrame(rows, schema=schema)


def _points(frame: pl.DataFrame, column: str) -> tuple[tuple[float, float], ...]:
    known = frame.select("day", column).drop_nulls()
    return tuple((float(day), float(value)) for day, value in known.iter_rows())


def _measured(own: pl.DataFrame) -> tuple[Line, ...]:
    return tuple(
        Line(label, unit, _points(own, column), limit=limit)
        for column, label, unit, limit in MEASURED
        if column in own.columns
    )


def _labs(study: Study, subject: str) -> tuple[Line, ...]:
    import polars as pl

    results = study["labs"].filter(pl.col("subject") == subject).sort("day", "number")
    made: list[Line] = []
    for key, label in LABS.items():
        of_it = results.filter(pl.col("analyte") == key)
        limits = of_it["upper_limit" if key == "anti_dsdna" else "lower_limit"].drop_nulls()
        limit = float(limits[0]) if len(limits) else None
        made.append(Line(label, ANALYTES[key].unit, _points(of_it, "value"), limit=limit))
    return tuple(made)


def _dose(study: Study, subject: str, first: float, last: float) -> tuple[Line, ...]:
    """Prednisone equivalents day by day, one point where the dose changes."""
    import polars as pl

    from malar.schema.doses import prednisone_mg_day

    courses = study["medications"].filter(pl.col("subject") == subject)
    days = pl.DataFrame({"subject": subject, "day": pl.int_range(int(first), int(last) + 1, eager=True)})
    daily = prednisone_mg_day(courses, days).drop_nulls("prednisone_mg_day").sort("day")
    changes = daily.filter(pl.col("prednisone_mg_day").ne_missing(pl.col("prednisone_mg_day").shift(1)))
    points = _points(changes, "prednisone_mg_day")
    return (Line("Prednisone", "mg/day, oral", points, steps=True, limit=7.5),) if points else ()


def _strips(own: pl.DataFrame) -> tuple[Strip, ...]:
    """BILAG grades where they are known, else the organs with SLEDAI-2K items."""
    columns = {system: f"bilag_2004__{system}" for system in GRADES}
    graded = [system for system, name in columns.items() if name in own.columns and own[name].count()]
    if graded:
        return tuple(
            Strip(
                f"BILAG {system}",
                tuple(
                    (float(day), grade, SHADES.get(grade, 0.0))
                    for day, grade in own.select("day", f"bilag_2004__{system}").drop_nulls().iter_rows()
                ),
            )
            for system in graded
        )
    made: list[Strip] = []
    for system in SLEDAI_2K.systems():
        names = [name for name in SLEDAI_2K.names(system=system) if name in own.columns]
        cells = _active(own, names)
        if any(depth for _, _, depth in cells):
            made.append(Strip(system, cells))
    return tuple(made)


def _active(own: pl.DataFrame, names: Sequence[str]) -> tuple[tuple[float, str, float], ...]:
    import polars as pl

    if not names:
        return ()
    active = own.select("day", active=pl.any_horizontal(*names)).drop_nulls()
    return tuple((float(day), "•" if there else "", 0.75 if there else 0.0) for day, there in active.iter_rows())


def _bars(study: Study, subject: str, last: float) -> tuple[Bar, ...]:
    import polars as pl

    courses = study["medications"].filter((pl.col("subject") == subject) & ~pl.col("drug").is_in(list(_STEROIDS)))
    made: list[Bar] = []
    for (drug,), spans in courses.sort("start").group_by("drug", maintain_order=True):
        made.append(
            Bar(
                str(drug),
                tuple(
                    (float(row["start"]), last if row["stop"] is None else float(row["stop"]), _told(row))
                    for row in spans.iter_rows(named=True)
                ),
            )
        )
    return tuple(made)


def _told(row: dict[str, object]) -> str:
    parts = (f"{row['dose']:g}" if row["dose"] is not None else "", row["unit"], row["frequency"])
    return " ".join(str(part).replace("_", " ") for part in parts if part)


def _marks(study: Study, subject: str) -> tuple[Mark, ...]:
    import polars as pl

    infusions = study["infusions"].filter(pl.col("subject") == subject).sort("day")
    made = [Mark(float(row["day"]), "infusion", _cells(row["total_cells"])) for row in infusions.iter_rows(named=True)]
    events = study["events"].filter(pl.col("subject") == subject).sort("day")
    made += [Mark(float(row["day"]), str(row["kind"]), str(row["term"])) for row in events.iter_rows(named=True)]
    return tuple(made)


def _cells(total: float | None) -> str:
    return "infusion" if total is None else f"{total / 1e6:.0f} million cells"
