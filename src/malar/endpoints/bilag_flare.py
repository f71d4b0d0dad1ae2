"""Flare by BILAG-2004: new A and B against the previous visit, and flares by severity."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from malar.conditions import Condition, any_of, at_least, at_most
from malar.course.bilag_change import BILAG_2004_SINCE_PREVIOUS
from malar.course.bilag_coded_new import BILAG_2004_CODED_NEW
from malar.course.derivation import Derivation
from malar.endpoints.endpoint import Endpoint
from malar.instruments.bilag_2004 import BILAG_2004
from malar.sources import Source, Status

_NOTE: Final = "By grades alone: neither treatment nor the physician's judgment is considered."
_SINCE: Final = "since_previous"
_ITEM: Final = "by_item"


def _count(letter: str, end: str) -> tuple[str, str]:
    """Column of a count, and its label."""
    how = "new against the previous visit" if end == _SINCE else "new or worse by item code"
    return f"bilag_2004__n_new_{letter}__{end}", f"number of {letter.upper()} {how}"


def _some(letter: str, least: int, end: str) -> Condition:
    column, label = _count(letter, end)
    return at_least(column, least, label=label)


def _few(letter: str, most: int, end: str) -> Condition:
    column, label = _count(letter, end)
    return at_most(column, most, label=label)


FLARE_TULIP: Final = Endpoint(
    key="bilag_flare_tulip",
    title="BILAG-2004 flare as in TULIP",
    source=Source(
        "Lupus 2021, doi 10.1177/09612033211014267",
        "abstract",
        Status.VERIFIED,
        "At least one new A or at least two new B, each a change of grade against the previous assessed visit. At the "
        "first visit the verdict is unknown.",
    ),
    criteria={"new": any_of(_some("a", 1, _SINCE), _some("b", 2, _SINCE))},
    note=_NOTE,
    instruments=(BILAG_2004,),
    derivations=(BILAG_2004_SINCE_PREVIOUS,),
)

_GRADED: Final = Source(
    "Ann Rheum Dis 2013;72(Suppl 3), abstract FRI0293",
    "flare by BILAG-2004: severe, moderate, mild",
    Status.VERIFIED,
    "Severe is a new or worse A; moderate two new or worse B; mild one new or worse B or three new or worse C. The "
    "three exclude each other: the most severe counts. New or worse is here a change of grade against the previous "
    "assessed visit.",
)
_CODED: Final = replace(
    _GRADED,
    reading="Severe is a new or worse A; moderate two new or worse B; mild one new or worse B or three new or worse C. "
    "The three exclude each other: the most severe counts. New or worse is here told by items coded 3 or 4.",
)


def _by_severity(end: str, source: Source, step: Derivation) -> tuple[Endpoint, Endpoint, Endpoint]:
    key, title = ("", "") if end == _SINCE else (f"_{end}", ", by item code")

    def made(name: str, criteria: dict[str, Condition]) -> Endpoint:
        return Endpoint(
            key=f"bilag_flare_{name}{key}",
            title=f"{name.capitalize()} BILAG-2004 flare{title}",
            source=source,
            criteria=criteria,
            note=_NOTE,
            instruments=(BILAG_2004,),
            derivations=(step,),
            variant_of=f"bilag_flare_{name}" if key else "",
        )

    no_a = _few("a", 0, end)
    return (
        made("severe", {"a": _some("a", 1, end)}),
        made("moderate", {"no_a": no_a, "b": _some("b", 2, end)}),
        made(
            "mild", {"no_a": no_a, "few_b": _few("b", 1, end), "b_or_c": any_of(_some("b", 1, end), _some("c", 3, end))}
        ),
    )


DEFINITIONS: Final = (
    FLARE_TULIP,
    *_by_severity(_SINCE, _GRADED, BILAG_2004_SINCE_PREVIOUS),
    *_by_severity(_ITEM, _CODED, BILAG_2004_CODED_NEW),
)
