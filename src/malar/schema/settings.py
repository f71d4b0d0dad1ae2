"""study.toml: what the tables alone do not say: title, day 0, kind of data, units, analysis plan."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, Literal, cast

import tomli_w

from malar.errors import FormatVersionError, ParameterError, UnreadableError
from malar.schema.analytes import ANALYTES
from malar.units import PGA_SCALES, conversion_factor

FORMAT_VERSION: Final = 1
"""Version of the study folder that this Malar writes."""

FILE_NAME: Final = "study.toml"

DataKind = Literal["real", "invented", "simulated"]
DAY_0: Final = ("randomization", "infusion", "first_record")
DATA_KINDS: Final = ("real", "invented", "simulated")
DATE_ORDERS: Final = ("", "dmy", "mdy")
_KINDS: Final[Mapping[type, str]] = {str: "text", int: "whole number", bool: "true or false"}


def _of_kind(settings: object, kind: type, *names: str) -> None:
    """Refuse values of another kind: a whole number is no Boolean, and text is no number."""
    for name in names:
        value = getattr(settings, name)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise ParameterError(
                f"study.toml sets {name} to a value that is no {_KINDS[kind]}.",
                "It decides how the records are read and counted.",
                "Correct it; see the page on the study folder.",
            )


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A planned visit with the window of days that belong to it.

    Parameters
    ----------
    label
        Its name, as in `visits.planned_visit`.
    day
        Study day planned for it.
    first, last
        First and last study day of the window, both included.
    """

    label: str
    day: int
    first: int
    last: int

    def __post_init__(self) -> None:
        _of_kind(self, str, "label")
        _of_kind(self, int, "day", "first", "last")
        if self.first > self.last:
            raise ParameterError(
                "A planned visit has a window that ends before it begins.",
                "No record could belong to it.",
                "Correct `first` and `last` under [analysis] in study.toml.",
            )


@dataclass(frozen=True, slots=True)
class AnalysisPlan:
    """The choices that an analysis rests on, stated in the study itself.

    Parameters
    ----------
    visits
        Planned visits with their windows; empty: taken from `visits.planned_day`, windows to the midpoints.
    max_gap_days
        A state carries across missed visits for at most this many days, then it is unknown.
    confirm_visits, confirm_min_gap_days
        A confirmed state or event needs so many consecutive assessed visits, at least so many days apart.
    visits_driven_by_activity
        Visits were made when patients were unwell: percentages over visits are then biased, and said to be.
    control_arm
        The arm that the others are compared with, as in `subjects.arm`; empty: the first by name.
    """

    visits: tuple[PlannedVisit, ...] = ()
    max_gap_days: int = 200
    confirm_visits: int = 2
    confirm_min_gap_days: int = 28
    visits_driven_by_activity: bool = False
    control_arm: str = ""

    def __post_init__(self) -> None:
        _of_kind(self, int, "max_gap_days", "confirm_visits", "confirm_min_gap_days")
        _of_kind(self, bool, "visits_driven_by_activity")
        _of_kind(self, str, "control_arm")
        if self.max_gap_days < 1 or self.confirm_visits < 1 or self.confirm_min_gap_days < 0:
            raise ParameterError(
                "The analysis plan has a gap or count below its least value.",
                "`max_gap_days` and `confirm_visits` start at 1, `confirm_min_gap_days` at 0.",
                "Correct [analysis] in study.toml.",
            )


@dataclass(frozen=True, slots=True)
class Settings:
    """The content of study.toml.

    Parameters
    ----------
    title
        Name of the study.
    day0
        What day 0 is: ``randomization``, ``infusion`` (the first) or ``first_record``.
    data
        ``real``, ``invented`` or ``simulated``; the last two are marked in every output.
    description, source
        What the study is, and where its records come from.
    date_order
        ``dmy`` or ``mdy`` for dates such as 03/04/2024; empty: such dates are set aside.
    units
        Unit by analyte for rows that state none; marked as assumed in every output.
    pga_scale
        Scale on which the records hold the physician's global assessment: ``0-3``, ``0-10`` or ``0-100`` (mm).
        Reading brings it to 0 to 3; a study once read is on that scale, and says so when it is written.
    analysis
        The analysis plan.
    """

    title: str = "Untitled study"
    day0: str = "infusion"
    data: str = "real"
    description: str = ""
    source: str = ""
    date_order: str = ""
    units: Mapping[str, str] = field(default_factory=dict[str, str])
    pga_scale: str = "0-3"
    analysis: AnalysisPlan = AnalysisPlan()

    def __post_init__(self) -> None:
        _of_kind(self, str, "title", "day0", "data", "description", "source", "date_order", "pga_scale")
        _one_of("pga_scale", self.pga_scale, tuple(PGA_SCALES))
        _one_of("day0", self.day0, DAY_0)
        _one_of("data", self.data, DATA_KINDS)
        _one_of("date_order", self.date_order, DATE_ORDERS)
        _one_of("units", "", ("", *ANALYTES), *self.units)
        for analyte, unit in self.units.items():
            conversion_factor(unit, ANALYTES[analyte].unit, analyte=analyte)

    @property
    def mark(self) -> str | None:
        """The mark that every output of invented or simulated data carries."""
        return None if self.data == "real" else f"{self.data.capitalize()} data"

    def as_kept(self) -> Settings:
        """Settings of a study whose values are in the units and scales in which Malar keeps them."""
        return replace(self, pga_scale="0-3")

    def to_toml(self) -> str:
        """The text of study.toml."""
        content: dict[str, Any] = {"format_version": FORMAT_VERSION, **asdict(self)}
        content["analysis"]["visits"] = [asdict(visit) for visit in self.analysis.visits]
        return tomli_w.dumps(content)


def _one_of(name: str, value: str, allowed: tuple[str, ...], *more: str) -> None:
    for given in (value, *more):
        if given not in allowed:
            raise ParameterError(
                f"study.toml sets {name} to `{given}`.",
                "It decides how the records are read.",
                f"Use one of: {', '.join(word for word in allowed if word)}.",
            )


def read_settings(folder: Path) -> tuple[Settings, tuple[str, ...]]:
    """Read study.toml.

    Parameters
    ----------
    folder
        A study folder.

    Returns
    -------
    tuple
        The settings, and the names in the file that Malar does not know.

    Raises
    ------
    UnreadableError
        There is no study.toml, or it is no TOML.
    FormatVersionError
        A newer Malar wrote the folder.
    ParameterError
        A setting has a value outside its list.
    """
    path = folder / FILE_NAME
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise UnreadableError(
            f"{folder.name or folder} has no {FILE_NAME}.",
            "It names day 0, without which no day can be read.",
            'Write one with at least: format_version = 1, title = "…", day0 = "infusion".',
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableError(f"{FILE_NAME} cannot be read: {error}.", hint="Correct that line.") from error
    version = content.pop("format_version", FORMAT_VERSION)
    if not isinstance(version, int) or version > FORMAT_VERSION:
        raise FormatVersionError(
            f"The study is in format {version}; this Malar reads up to {FORMAT_VERSION}.",
            "Reading it by older rules could change its meaning.",
            "Upgrade: pip install --upgrade malar.",
        )
    return settings_from(content)


def settings_from(content: dict[str, Any]) -> tuple[Settings, tuple[str, ...]]:
    """Settings from parsed TOML, and the names that are not known.

    Raises
    ------
    ParameterError
        A setting has a value outside its list, or of another kind.
    """
    analysis = cast("dict[str, Any]", content.get("analysis", {}))
    known, plan = {f.name for f in fields(Settings)}, {f.name for f in fields(AnalysisPlan)}
    unknown = [*sorted(set(content) - known), *sorted(f"analysis.{name}" for name in set(analysis) - plan)]
    try:
        visits = tuple(PlannedVisit(**visit) for visit in analysis.get("visits", ()))
        rest = {name: analysis[name] for name in plan & set(analysis) if name != "visits"}
        settings = {name: content[name] for name in known & set(content) if name != "analysis"}
        return Settings(analysis=AnalysisPlan(visits=visits, **rest), **settings), tuple(unknown)
    except (TypeError, AttributeError) as error:
        raise ParameterError(
            "study.toml has a setting of the wrong kind, or a planned visit without label, day, first and last.",
            "The analysis plan decides what is counted.",
            "See the page on the study folder.",
        ) from error
