"""How a report may mislead: a place for the judgment of a reader who signs for it, never inferred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from malar.evidence.fields import Fields

TOOLS: Final[Mapping[str, tuple[str, ...]]] = {
    "RoB 2": ("low", "some concerns", "high"),
    "ROBINS-I": ("low", "moderate", "serious", "critical", "no information"),
    "JBI": ("include", "seek further information", "exclude"),
    "MINORS": tuple(str(score) for score in range(25)),
}
"""Tools of judgment, each with its overall grades; MINORS is a score of at most 16, or 24 where arms are compared."""
RANDOMIZED: Final = ("RoB 2",)
OTHERS: Final = ("JBI", "MINORS", "ROBINS-I")
MOST_WITHOUT_ARMS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskOfBias:
    """A judgment of how a report may mislead, by a reader who signs for it.

    Parameters
    ----------
    reader, date
        Who judged, and when.
    tool
        A key of :data:`TOOLS`: RoB 2 for randomized trials; JBI, MINORS or ROBINS-I for the others.
    overall
        A grade of that tool.
    because
        Why, in words.
    domains
        Grade of each domain, by its name; empty where only the whole was judged.
    """

    reader: str
    date: str
    tool: str
    overall: str
    because: str
    domains: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.overall} ({self.tool}; {self.reader}, {self.date})"


def tools_for(design: str) -> tuple[str, ...]:
    """The tools that fit a design.

    Examples
    --------
    >>> tools_for("randomized"), tools_for("single_arm")
    (('RoB 2',), ('JBI', 'MINORS', 'ROBINS-I'))
    """
    return RANDOMIZED if design == "randomized" else OTHERS


def read_risk_of_bias(fields: Fields | None, design: str) -> RiskOfBias | None:
    """Read a judgment; null where nobody has made one.

    Raises
    ------
    ParameterError
        A field is missing or unknown, the tool does not fit the design, or the grade is none of the tool's.
    """
    if fields is None:
        return None
    words = {name: fields.text(name) for name in ("reader", "date", "because")}
    tool = fields.choice("tool", tools_for(design))
    overall = fields.choice("overall", TOOLS[tool])
    if tool == "MINORS" and design != "controlled" and int(overall) > MOST_WITHOUT_ARMS:
        fields.refuse("overall", f"is {overall}", f"Without a control group MINORS reaches {MOST_WITHOUT_ARMS}.")
    table = fields.table("domains")
    domains = {} if table is None else {name: table.text(name) for name in table.values}
    judged = RiskOfBias(tool=tool, overall=overall, domains=domains, **words)
    fields.done()
    return judged
