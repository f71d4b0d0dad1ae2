"""Which reports may be counted together: those that share patients may not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from malar.errors import UnknownKeyError
from malar.evidence.library import Evidence
from malar.evidence.records import OverlapGroup
from malar.evidence.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A report left out, and why."""

    study: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Independent:
    """Reports that share no patient as far as is known.

    Parameters
    ----------
    kept
        Keys, in the order given.
    left_out
        Each with the rule that decided.
    overridden
        What was kept by name against the rule.
    """

    kept: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    overridden: tuple[str, ...]


def independent(evidence: Evidence, studies: Sequence[str], *, topic: str, override: Iterable[str] = ()) -> Independent:
    """Of reports that share patients, keep one; say which rule chose it.

    Parameters
    ----------
    evidence
        The data set.
    studies
        Keys of the reports that have the outcome.
    topic
        Topic of the outcome, which decides who speaks for a group.
    override
        Keys kept against the rule. They must be named one by one; there is no switch for all.

    Returns
    -------
    Independent
        Those kept, and those left out with the rule.

    Raises
    ------
    UnknownKeyError
        A report named is not among `studies`.

    Notes
    -----
    Within a group: the first of its order for the topic that is among `studies`; where none is in that order, the
    report with most patients, then the earlier key. Members not known to share patients stay together. A report in
    no group shares nothing that is known.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> chosen = independent(read_evidence(), ["wang-2013", "gu-2014", "kamen-2022"], topic="response")
    >>> chosen.kept, chosen.left_out[0].study
    (('gu-2014', 'kamen-2022'), 'wang-2013')
    """
    keys, named = list(dict.fromkeys(studies)), list(dict.fromkeys(override))
    strangers = [key for key in named if key not in keys]
    if strangers:
        raise UnknownKeyError(
            f"{', '.join(strangers)} cannot be kept: not among the reports that have this outcome.",
            "An override by a name that changes nothing would pass unseen.",
            f"Name one of {', '.join(keys)}.",
        )
    left: list[LeftOut] = []
    overridden: list[str] = []
    for group in evidence.overlap:
        members = [key for key in keys if _in(evidence.study(key), group)]
        speakers = _speakers(evidence, group, members, topic)
        for key in members:
            if key in speakers:
                continue
            if key in named:
                others = [one for one in members if one != key and (one in speakers or one in named)]
                overridden.append(
                    f"{key} is kept by name, though it shares patients with {', '.join(others) or 'none'}."
                )
            else:
                left.append(LeftOut(study=key, because=_because(group, speakers)))
    gone = {one.study for one in left}
    kept = tuple(key for key in keys if key not in gone)
    return Independent(kept=kept, left_out=tuple(left), overridden=tuple(overridden))


def _in(study: Study, group: OverlapGroup) -> bool:
    """A member by name, or a report that says it belongs there."""
    return study.key in group.members or study.overlap_group == group.key


def _speakers(evidence: Evidence, group: OverlapGroup, members: Sequence[str], topic: str) -> tuple[str, ...]:
    if group.key == "reviews":
        return ()
    order = group.prefer.get(topic, group.prefer.get("others", ()))
    present = [key for key in order if key in members]
    if not present:
        present = sorted(members, key=lambda key: (-(evidence.study(key).n or 0), key))
    if not present:
        return ()
    first = present[0]
    together = next((apart for apart in group.apart if first in apart), frozenset({first}))
    return tuple(key for key in present if key in together)


def _because(group: OverlapGroup, speakers: Sequence[str]) -> str:
    if not speakers:
        return f"{group.title}: {group.rule}"
    may = "shares patients" if group.certainty == "certain" else "may share patients"
    return f"{may} with {' and '.join(speakers)} ({group.title}). Rule: {group.rule}"
