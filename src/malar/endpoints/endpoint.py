"""Endpoints: rules over a patient's visits, which derive what they need from the visit frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar._frames import as_sign, enter
from malar.conditions import Since
from malar.course.reference import derive_reference
from malar.instruments import WeightedItems
from malar.rules import Rule
from malar.sources import Status, weakest

if TYPE_CHECKING:
    import polars as pl

    from malar.instruments.weighted_items import Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Rule):
    """A rule that scores its instruments and finds its reference visits where the frame lacks them.

    Parameters
    ----------
    instruments
        Instruments whose scores the criteria read.
    """

    instruments: tuple[WeightedItems, ...]

    @property
    def status(self) -> Status:
        """How sure the definition is: the weakest of its own source and its instruments'."""
        return weakest([self.source.status, *(made.status for made in self.instruments)])

    def visit_needs(self) -> tuple[str, ...]:
        """What `study.visit_frame` must be asked for."""
        return tuple(dict.fromkeys(name for made in self.instruments for name in made.needs()))

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
            if made.key not in frame.collect_schema().names():
                frame = made.score(frame, missing=missing)
        items = {made.key: len(made.items) for made in self.instruments}
        for need in self.needs():
            since, _, column = need.partition("__")
            if since in list(Since) and need not in frame.collect_schema().names():
                form = next((made for made in self.instruments if column in made.names()), None)
                if form is not None:
                    frame = _mark_assessed(frame, form)
                assessed = f"{form.key}__assessed" if form else None
                frame = derive_reference(frame, column, Since(since), items=items.get(column), assessed=assessed)
        return frame


def _mark_assessed(frame: pl.LazyFrame, form: WeightedItems) -> pl.LazyFrame:
    """Add `key__assessed`: at least one item of the form was recorded."""
    import polars as pl

    name, schema = f"{form.key}__assessed", frame.collect_schema()
    if name in schema.names():
        return frame
    return frame.with_columns(
        pl.any_horizontal(as_sign(item).is_not_null() for item in form.names() if item in schema).alias(name)
    )
