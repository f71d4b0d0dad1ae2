"""BILAG-2004."""

from __future__ import annotations

from typing import Final

from malar.instruments.recorded_grades import RecordedGrades
from malar.schema.bilag_keys import BILAG_2004_SYSTEMS
from malar.sources import Source, Status

BILAG_2004: Final = RecordedGrades(
    key="bilag_2004",
    title="BILAG-2004",
    source=Source(
        "Yee CS, et al. Rheumatology 2010;49:1665-9, doi 10.1093/rheumatology/keq026",
        "numerical scores; form, glossary and scoring of 1 September 2009 in its supplement",
        Status.PROVISIONAL,
    ),
    form="bilag_2004_grades",
    systems=BILAG_2004_SYSTEMS,
    points=(12, 8, 1),
)

INSTRUMENTS: Final = (BILAG_2004,)
