"""The sheet of BILAG-2004: items with system and set, the grading of each system in words, unknowns."""

from __future__ import annotations

from typing import Final

from malar.instruments import bilag_2004_hematological as hematological
from malar.instruments import bilag_2004_renal as renal
from malar.instruments import bilag_2004_signs as signs
from malar.instruments.bilag_2004_items import ITEMS
from malar.instruments.bilag_grades import Points

_ROLES: Final = {
    "A": "set A",
    "B": "set B",
    "C": "set C",
    "P": "pyrexia",
    "T": "one of three",
    "Y": "yes or no",
    "due": "box of a measurement",
}
_CODES: Final = (
    "An item is coded 0 not present, 1 improving, 2 same, 3 worse or 4 new, comparing the last four weeks with the "
    "four before, and only for what is due to active lupus. TTP is coded so too, though its system rests on "
    "measurements. Other items of the renal and hematological systems are yes or no; an item `…_due` is the box beside "
    "a measurement, and 0 takes the value out of scoring."
)
_UNKNOWN: Final = (
    "An item that was not recorded may be coded 0 or 4, a feature that rests on an unknown measurement may be there or "
    "not: these give the bounds of a grade, and the grade is given where they agree. A system "
    "with neither an item nor a recorded grade may have any. Where no history tells whether a "
    "system was ever involved, D and E are open. Grades that are open leave the total open, unless they count the same."
)


def body(points: Points, first: renal.FirstVisit) -> str:
    """What the sheet says below source and reading."""
    rows = "\n".join(f"| `{item.key}` | {item.system} | {_ROLES[item.role]} | {item.label} |" for item in ITEMS)
    measured = "\n".join(
        f"| {name.replace('_', ' ')} | `{column}` | {system} |"
        for system, columns in (("renal", renal.MEASURED), ("hematological", hematological.MEASURED))
        for name, column in columns.items()
    )
    a, b, c = points
    return (
        f"A grade for each of nine systems; the total counts {a} for an A, {b} for a B, {c} for a C and nothing for D "
        f"and E. {_CODES}\n\n"
        f"## Constitutional\n\n{signs.CONSTITUTIONAL}\n\n"
        "## Mucocutaneous, neuropsychiatric, musculoskeletal, cardiorespiratory, gastrointestinal, ophthalmic\n\n"
        f"{signs.GENERIC}\n\n"
        f"## Renal\n\n{renal.words(first)}\n\n"
        f"## Hematological (provisional)\n\n{hematological.words()}\n\n"
        "## D and E\n\nWith none of this, **D** where the system was involved before, else **E**.\n\n"
        f"## Items\n\n| item | system | part | scored for |\n|---|---|---|---|\n{rows}\n\n"
        f"## Measurements\n\n| measurement | column | system |\n|---|---|---|\n{measured}\n\n"
        f"## Unknown items\n\n{_UNKNOWN}\n"
    )
