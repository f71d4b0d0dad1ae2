"""Endpoints: rules over a patient's visits, which derive what they need from the visit frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar._frames import as_sign, enter
from malar.conditions import Since
from malar.course.derivation import Derivation
from malar.course.reference import derive_reference
from malar.declarations import Declaration
from malar.instruments import Instrument
from malar.rules import Rule
from malar.sources import Status, weakest

if TYPE_CHECKING:
    import polars as pl

    from malar.instruments import Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Rule):
    """A rule that scores its instruments and finds its reference visits where the frame lacks them.

    Parameters
    ----------
    instruments
        Instruments whose scores the criteria or derivations read, in the order in which they are scored.
    derivations
        What the criteria read beside scores and reference visits, in the order in which it is derived.
    """

    instruments: tuple[Instrument, ...] = ()
    derivations: tuple[Derivation, ...] = ()

    @property
    def status(self) -> Status:
        """How sure the definition is: the weakest of its own source and its parts'."""
        return weakest([self.source.status, *(made.status for made in self.parts())])

    def parts(self) -> tuple[Declaration, ...]:
        """Instruments and derivations that it rests on."""
        return (*self.instruments, *self.derivations)

    def visit_needs(self) -> tuple[str, ...]:
        """Columns that the study must give: the inputs of its parts, and what criteria read themselves."""
        made = {name for part in (*self.instruments, *self.derivations) for name in part.gives()}
        own = (_plain(need) for need in self.needs())
        before = (f"preflare_{column}" for _, since, column in _references(self.needs()) if since is Since.PREFLARE)
        wanted = [*(need for part in (*self.instruments, *self.derivations) for need in part.needs()), *own, *before]
        return tuple(dict.fromkeys(need for need in map(_plain, wanted) if need not in made))

    def inputs_of(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Those of `visit_needs()` that some columns rest on, be they scores, derived or at a reference visit."""
        found: dict[str, None] = {}
        waiting, seen = [_plain(column) for column in columns], set[str]()
        while waiting:
            column = waiting.pop(0)
            part = next((part for part in (*self.derivations, *self.instruments) if column in part.gives()), None)
            if part is None:
                found[column] = None
            elif part.key not in seen:
                seen.add(part.key)
                waiting += [_plain(need) for need in part.needs()]
        return tuple(need for need in self.visit_needs() if need in found)

    def flag(self, frame: Any, *, missing: Missing = "unknown") -> Any:
        """Judge every row of a visit frame, deriving scores and reference visits that are not there yet.

        Parameters
        ----------
        frame
            Visit frame with `subject`, `day` and the instruments' items, or their scores with bounds.
        missing
            Policy for unknown items, passed on to the instruments. A score that is there is taken as it is.

        Returns
        -------
        frame
            The same kind, with the derived columns, `key__criterion` by criterion, and `key`.

        Raises
        ------
        MissingColumnsError
            Neither a column nor what it is derived from is there.

        Notes
        -----
        The earlier visit of a sign is one at which its form was assessed, that is, any of its items recorded;
        where the sign itself was not, the comparison is unknown.
        """
        inside, back = enter(frame)
        return back(self._judge(self._derive(inside, missing)))

    def _derive(self, frame: pl.LazyFrame, missing: Missing) -> pl.LazyFrame:
        for made in self.instruments:
            if not set(made.gives()[:1]) <= set(frame.collect_schema().names()):
                frame = made.score(frame, missing=missing)
        for step in self.derivations:
            if not set(step.gives()) <= set(frame.collect_schema().names()):
                frame = step.derive(frame)
        for need, since, column in _references(self.needs()):
            if need not in frame.collect_schema().names():
                frame = self._refer(frame, column, since)
        return frame

    def _refer(self, frame: pl.LazyFrame, column: str, since: Since) -> pl.LazyFrame:
        """Add the value of a column at a reference visit."""
        for made in self.instruments:
            if column in (*made.gives(), *made.signs()):
                frame, assessed = mark_assessed(frame, made)
                frame = derive_reference(frame, column, since, items=len(made.signs()) or None, assessed=assessed)
                return _with_bounds(frame, column, since, assessed) if assessed else frame
        return derive_reference(frame, column, since)


def _with_bounds(frame: pl.LazyFrame, column: str, since: Since, assessed: str) -> pl.LazyFrame:
    """Add the bounds of a value at a reference visit where they are there and are not carried yet."""
    present = frame.collect_schema().names()
    for bound in (f"{column}__low", f"{column}__high"):
        if bound in present and f"{since.value}__{bound}" not in present:
            frame = derive_reference(frame, bound, since, assessed=assessed)
    return frame


def _references(needs: tuple[str, ...]) -> Iterator[tuple[str, Since, str]]:
    for need in needs:
        since, _, column = need.partition("__")
        if since in list(Since):
            yield need, Since(since), column


def _plain(need: str) -> str:
    """The column itself, of one at a reference visit."""
    since, _, column = need.partition("__")
    return column if since in list(Since) else need


def mark_assessed(frame: pl.LazyFrame, made: Instrument) -> tuple[pl.LazyFrame, str | None]:
    """Add the column that tells where an instrument was assessed: at least one sign of its form was recorded.

    Returns
    -------
    tuple
        The frame, and the name of the column; None where its signs are not there, or it has none.
    """
    import polars as pl

    schema = frame.collect_schema()
    signs = [sign for sign in made.signs() if sign in schema]
    if made.assessed in schema.names():
        return frame, made.assessed
    if not made.assessed or not signs:
        return frame, None
    return frame.with_columns(
        pl.any_horizontal(as_sign(sign).is_not_null() for sign in signs).alias(made.assessed)
    ), made.assessed
