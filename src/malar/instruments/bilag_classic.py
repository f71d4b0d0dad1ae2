"""Classic BILAG from recorded grades."""

from __future__ import annotations

from typing import Final

from malar.instruments.recorded_grades import RecordedGrades
from malar.schema.bilag_keys import BILAG_CLASSIC_SYSTEMS
from malar.sources import Source, Status

BILAG_CLASSIC: Final = RecordedGrades(
    key="bilag_classic",
    title="Classic BILAG",
    source=Source(
        "Hay EM, et al. Q J Med 1993;86:447-58",
        "grades of eight systems; numbers as in software that adds them",
        Status.SECONDARY,
        "Its 86 items are not read: grades are taken as recorded. A counts 9, B 3 and C 1; other numbers (12, 5 and 1) "
        "have been proposed. The eight systems have vasculitis as one of their own and neither a gastrointestinal nor "
        "an ophthalmic one. A total with a system missing is not given.",
    ),
    form="bilag_classic_grades",
    systems=BILAG_CLASSIC_SYSTEMS,
    points=(9, 3, 1),
)

INSTRUMENTS: Final = (BILAG_CLASSIC,)
