"""The rows of each visit of the invented study, gathered so that one visit can be read and changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from example_study.measures import WEIGHTS
from example_study.people import Row, Tables


@dataclass
class Visit:
    """A visit with what was recorded at it; setting changes the study's rows."""

    tables: Tables
    row: Row
    items: dict[tuple[str, str], Row] = field(default_factory=dict)
    labs: dict[str, Row] = field(default_factory=dict)
    before: Visit | None = None
    after: Visit | None = None

    @property
    def last(self) -> bool:
        """Whether no later visit follows."""
        return self.after is None

    def sign(self, item: str) -> bool:
        """Whether a SLEDAI-2K item is present and due to lupus."""
        row = self.items.get(("sledai_2k", item))
        return bool(row and row["value"]) and row["attributed"] != "false"

    def whole(self) -> bool:
        """Whether every SLEDAI-2K item was recorded."""
        return all(self.items.get(("sledai_2k", item), {}).get("value", "") != "" for item in WEIGHTS)

    def score(self, *without: str) -> int:
        """SLEDAI-2K, without some items."""
        return sum(weight for item, weight in WEIGHTS.items() if item not in without and self.sign(item))

    def grade(self, system: str) -> int:
        """The BILAG grade recorded, 0 (E) to 4 (A)."""
        return int(self.items["bilag_2004_grades", system]["value"])

    def lab(self, analyte: str) -> float | None:
        """A result in the unit of the study, where it is a plain number in it."""
        row = self.labs.get(analyte)
        plain = row and row["unit"] in ("10^9/L", "g/L", "umol/L", "mg/mg")
        try:
            return float(row["value"]) if row and plain else None
        except ValueError:
            return None

    def set_item(self, form: str, item: str, value: float) -> None:
        """Record an item of a form."""
        if (form, item) in self.items:
            self.items[form, item]["value"] = value
        else:
            at = {"subject": self.row["subject"], "day": self.row["day"]}
            row = {**at, "instrument": form, "item": item, "value": value, "attributed": ""}
            self.tables["items"].append(row)
            self.items[form, item] = row

    def set_grade(self, system: str, value: int) -> None:
        """Record a BILAG grade; once involved, a system is quiet (D) later and never untouched (E)."""
        self.set_item("bilag_2004_grades", system, value)
        later = self.after
        while value and later is not None:
            later.set_item("bilag_2004_grades", system, max(1, later.grade(system)))
            later = later.after

    def set_lab(self, analyte: str, value: float, unit: str) -> None:
        """Record a result."""
        if analyte in self.labs:
            self.labs[analyte].update(value=value, unit=unit)
        else:
            at = {"subject": self.row["subject"], "day": self.row["day"], "analyte": analyte}
            self.tables["labs"].append({**at, "value": value, "unit": unit, "lower_limit": "", "upper_limit": ""})


def visits_of(tables: Tables) -> list[Visit]:
    """Complete visits after baseline of patients whose records are otherwise clean, in order."""
    found: dict[tuple[str, int], Visit] = {}
    for row in tables["visits"]:
        if isinstance(row["day"], int) and row["subject"] != "X-99":
            found[row["subject"], row["day"]] = Visit(tables, row)
    for row in tables["items"]:
        if (row["subject"], row["day"]) in found:
            found[row["subject"], row["day"]].items[row["instrument"], row["item"]] = row
    for row in tables["labs"]:
        if (row["subject"], row["day"]) in found:
            found[row["subject"], row["day"]].labs[row["analyte"]] = row
    ordered = [found[key] for key in sorted(found)]
    for earlier, later in pairwise(ordered):
        if earlier.row["subject"] == later.row["subject"]:
            later.before, earlier.after = earlier, later
    return [
        visit for visit in ordered if visit.row["day"] > 0 and visit.before and visit.whole() and visit.before.whole()
    ]
