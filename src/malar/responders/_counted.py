"""Who counts, with which response, in which arm: the reading that every comparison of responders shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from malar._frames import as_sign, demand, enter
from malar.errors import ParameterError, UndefinedError
from malar.responders._arms import words

if TYPE_CHECKING:
    import polars as pl

    from malar.responders.proportion import Proportion
    from malar.responders.proportion_result import ProportionOfGroup

NO_STRATUM: Final = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Counts of an arm beside those of its control: one stratum."""

    stratum: str
    arm: ProportionOfGroup
    control: ProportionOfGroup

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Responders and subjects of the arm, then of the control."""
        return self.arm.events, self.arm.n, self.control.events, self.control.n

    @property
    def corners(self) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int]]:
        """Counts with the lowest and the highest contrast that unknown outcomes allow."""
        a, c = self.arm, self.control
        return (a.events, a.n, c.most_events, c.n), (a.most_events, a.n, c.events, c.n)


def demand_arms(response: Proportion, what: str) -> str:
    """The column of arms, or the error that there is none."""
    if response.by is None:
        raise ParameterError(
            f"{what} compares arms, and the proportion names no column of them.",
            "Without arms there is nothing to compare.",
            "Pass by='arm' to Proportion.",
        )
    return response.by


def demand_decided(response: Proportion, what: str) -> None:
    """Refuse bounds where one set of outcomes is needed."""
    if response.unknown == "bounds":
        raise ParameterError(
            f"{what} needs every outcome decided, and unknown='bounds' leaves some open.",
            "A test or model has no value between two completions of the data.",
            "Use 'nonresponder', 'excluded' or 'imputed', and run it for each.",
        )


def tables(response: Proportion, frame: Any, control: str, strata: Sequence[str] = ()) -> dict[str, list[Table]]:
    """Counts of every arm beside the control's, stratum by stratum.

    Raises
    ------
    UndefinedError
        The control or every other arm is absent, or a stratum column is null.
    """
    inside, _ = enter(frame)
    names = inside.collect_schema().names()
    demand(names, strata, "A stratified comparison", "Add the column, or name the strata there are.")
    rows = inside.collect()
    whole = response.fit(rows)
    arms = [group.group or "" for group in whole.groups if group.group != control]
    if len(arms) == len(whole.groups) or not arms:
        raise UndefinedError(
            f"The arm named as control is not there beside another one; there are {len(whole.groups)} arms.",
            "A contrast is of an arm with its control.",
            "Name one of the arms as control, spelled as in the frame.",
        )
    found: dict[str, list[Table]] = {arm: [] for arm in arms}
    for stratum, part in _parts(rows, strata):
        groups = {one.group: one for one in response.fit(part).groups}
        for arm in arms:
            one, other = groups.get(arm), groups.get(control)
            if one or other:
                found[arm].append(Table(stratum, one or _nobody(arm, other), other or _nobody(control, one)))
    if not strata:
        _demand_somebody(found, control)
    return found


def _nobody(group: str, like: ProportionOfGroup | None) -> ProportionOfGroup:
    """An arm without subjects in a stratum."""
    assert like is not None
    return replace(like, group=group, n=0, events=0, most_events=0, n_unknown=0, n_perhaps=0)


def _demand_somebody(found: dict[str, list[Table]], control: str) -> None:
    arms = {control: 0} | {arm: pair.arm.n for arm, (pair,) in found.items()}
    arms[control] = next(iter(found.values()))[0].control.n
    empty = sum(not n for n in arms.values())
    if empty:
        raise UndefinedError(
            f"Of {len(arms)} arms {empty} have nobody below the line.",
            "Nobody responds of nobody.",
            "Look at the denominator, and at what an unknown outcome counts as.",
        )


def told(response: Proportion, found: dict[str, list[Table]]) -> str:
    """A note of what was made of the unknown: outcomes, and membership of the denominator."""
    groups = [table.control for table in next(iter(found.values()))]
    groups += [table.arm for several in found.values() for table in several]
    note = f"unknown: {response.unknown} ({sum(group.n_unknown for group in groups)})"
    return note + _perhaps(sum(group.n_perhaps for group in groups))


def _perhaps(n: int) -> str:
    return f"; membership of the denominator unknown, not counted: {n}" if n else ""


def _parts(rows: pl.DataFrame, strata: Sequence[str]) -> Iterable[tuple[str, pl.DataFrame]]:
    if not strata:
        return [(NO_STRATUM, rows)]
    for name in strata:
        words(rows, name)  # refuses what is no name
        if rows[name].null_count():
            raise UndefinedError(
                f"`{name}` is null in {rows[name].null_count()} of {rows.height} rows.",
                "These subjects would be in no stratum.",
                "Give them a stratum, as the randomization did.",
            )
    parts = rows.partition_by(list(strata), as_dict=True)
    named = [(" · ".join(str(value) for value in key), part) for key, part in parts.items()]
    return sorted(named, key=lambda pair: pair[0])


def counted(response: Proportion, frame: Any, others: Sequence[str], what: str) -> tuple[pl.DataFrame, str]:
    """Rows that count, with `response` (0 or 1) and other columns, and a note of what was made of the unknown.

    Raises
    ------
    UndefinedError
        Nobody counts, or another column is null.
    """
    import polars as pl

    demand_decided(response, what)
    inside, _ = enter(frame)
    demand(inside.collect_schema().names(), others, what, "Name the columns as they are in the frame.")
    rows = inside.collect()
    groups = response.fit(rows).groups  # the same refusals as any proportion
    inside_rows = rows.filter(as_sign(response.denominator))
    verdict = as_sign(response.outcome)
    open_ = inside_rows.select(verdict.is_null().sum()).item()
    if response.unknown == "imputed":
        verdict = pl.coalesce(verdict, as_sign(response.imputed))
    elif response.unknown == "nonresponder":
        verdict = verdict.fill_null(value=False)
    out = inside_rows.select(*dict.fromkeys(others), response=verdict.cast(pl.Float64)).drop_nulls("response")
    if not out.height:
        raise UndefinedError("Nobody counts.", "Nothing can be estimated from nobody.", "Look at the denominator.")
    for name in others:
        if out[name].null_count():
            raise UndefinedError(
                f"`{name}` is null in {out[name].null_count()} of {out.height} rows.",
                "No row is dropped silently.",
                "Fill the column, or leave these subjects out and say so.",
            )
    return out, f"unknown: {response.unknown} ({open_}){_perhaps(sum(group.n_perhaps for group in groups))}"
