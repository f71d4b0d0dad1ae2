"""What stands beside the studies: comparators, registered trials, overlap, courses, contradictions, documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from malar.evidence.fields import Fields, read_toml
from malar.evidence.published_figure import TOPICS, PublishedFigure, read_figure
from malar.evidence.verification import Verification

TRIAL_STATES: Final = ("awaited", "published", "recruiting", "ongoing", "completed", "withdrawn", "unknown")
CERTAINTIES: Final = ("certain", "possible")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A founding document whose claims are checked."""

    key: str
    title: str
    kind: str
    publisher: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A source of figures that is no study of cell therapy: a control group, or a count of the population."""

    key: str
    population: str
    arm: str
    citation: str
    doi: str
    verification: Verification
    figures: tuple[PublishedFigure, ...]

    def cite(self) -> str:
        """The citation in one line, with its link."""
        return f"{self.citation}. https://doi.org/{self.doi}" if self.doi else self.citation


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredTrial:
    """A registered trial, and how it controls what it sees."""

    registration: str
    therapy: str
    design: str
    status: str
    status_words: str
    study: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapGroup:
    """Reports that share patients.

    Parameters
    ----------
    members
        Keys of the reports.
    certainty
        ``certain``, or ``possible`` where it is not told whether they are the same patients.
    because, rule
        Why they overlap, and the rule of choice, in words.
    prefer
        By topic of the outcome, the members in the order in which one is chosen; ``others`` for topics not named.
    apart
        Sets of members that are not known to share patients with one another.
    """

    key: str
    title: str
    certainty: str
    members: tuple[str, ...]
    because: str
    rule: str
    prefer: Mapping[str, tuple[str, ...]]
    apart: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """A published course: points of month, value and standard deviation."""

    key: str
    study: str
    arm: str
    n: int | None
    variable: str
    statistic: str
    points: tuple[tuple[float, ...], ...]
    shape: str
    verification: Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Where published figures contradict themselves or one another; `rule` is the check that finds it again."""

    studies: tuple[str, ...]
    rule: str
    figure: str
    what: str


def read_documents(fields: Fields) -> tuple[Document, ...]:
    """The founding documents named in the data set's own file."""
    return tuple(Document(**_words(row, "key", "title", "kind", "publisher")) for row in fields.tables("documents"))


def read_references(path: Path, table: str, citation: str, documents: tuple[str, ...]) -> tuple[Reference, ...]:
    """Comparators, or sources of epidemiology."""
    return tuple(_reference(row, citation, documents) for row in _rows(path, table))


def _reference(row: Fields, citation: str, documents: tuple[str, ...]) -> Reference:
    key = row.text("key")
    level = Verification(row.choice("verification", list(Verification)))
    arm = row.text("arm", "")
    row.text("pmid", "")
    figures = tuple(read_figure(each, key, level, documents=documents) for each in row.tables("figures"))
    made = Reference(
        key=key,
        population=row.text("population", ""),
        arm=arm,
        citation=row.text(citation),
        doi=row.text("doi", ""),
        verification=level,
        figures=figures,
    )
    row.done()
    return made


def read_trials(path: Path) -> tuple[RegisteredTrial, ...]:
    """Registered trials."""

    def trial(row: Fields) -> RegisteredTrial:
        status = row.choice("status", TRIAL_STATES)
        optional = {name: row.text(name, "") for name in ("status_words", "study")}
        return RegisteredTrial(status=status, **optional, **_words(row, "registration", "therapy", "design"))

    return tuple(trial(row) for row in _rows(path, "trials"))


def read_overlap(path: Path) -> tuple[OverlapGroup, ...]:
    """Groups of reports that share patients."""
    return tuple(_group(row) for row in _rows(path, "groups"))


def _group(row: Fields) -> OverlapGroup:
    members = row.texts("members")
    prefer_fields = row.table("prefer")
    prefer = {} if prefer_fields is None else {name: prefer_fields.texts(name) for name in prefer_fields.values}
    apart: Any = row.raw("apart") or []
    for topic, order in prefer.items():
        if topic not in (*TOPICS, "others") or not set(order) <= set(members):
            row.refuse("prefer", f"of {topic!r} names what is no topic or no member", "Use topics and members.")
    return OverlapGroup(
        members=members,
        certainty=row.choice("certainty", CERTAINTIES),
        prefer=prefer,
        apart=tuple(frozenset(keys) for keys in apart),
        **_words(row, "key", "title", "because", "rule"),
    )


def read_trajectories(path: Path) -> tuple[Trajectory, ...]:
    """Published courses."""

    def trajectory(row: Fields) -> Trajectory:
        points: Any = row.raw("points") or []
        optional = {name: row.text(name, "") for name in ("study", "shape")}
        return Trajectory(
            n=row.count("n"),
            points=tuple(tuple(float(number) for number in point) for point in points),
            verification=Verification(row.choice("verification", list(Verification))),
            **optional,
            **_words(row, "key", "arm", "variable", "statistic"),
        )

    return tuple(trajectory(row) for row in _rows(path, "trajectories"))


def read_contradictions(path: Path) -> tuple[Contradiction, ...]:
    """Contradictions that a reader wrote down."""
    return tuple(
        Contradiction(studies=row.texts("studies"), figure=row.text("figure", ""), **_words(row, "rule", "what"))
        for row in _rows(path, "contradictions")
    )


def _words(row: Fields, *names: str) -> dict[str, str]:
    """The last fields of a row, all required; then nothing may be left."""
    told = {name: row.text(name) for name in names}
    row.done()
    return told


def _rows(path: Path, table: str) -> list[Fields]:
    fields = read_toml(path)
    rows = fields.tables(table)
    fields.done()
    return rows
