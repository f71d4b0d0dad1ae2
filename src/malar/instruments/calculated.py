"""Instruments that calculate columns from the columns of a visit: a dose by weight, joint counts, a worst grade."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar._frames import demand, demand_values, enter
from malar.declarations import Declaration
from malar.errors import ParameterError
from malar.instruments.instrument import Missing
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

Numbers = Mapping[str, "pl.Expr"]
"""Input column → its numbers, null where unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculated:
    """An instrument that calculates columns from columns of the same visit.

    Parameters
    ----------
    key, title
        Key and name.
    source
        Where it comes from, and the readings chosen.
    inputs
        Columns of the visit frame that it reads.
    outputs
        Columns that it adds, its key first, without bounds.
    says
        How, in a few sentences: all that, changed, would change a result.
    make
        Makes the columns, bounds among them, from the numbers of the inputs.
    unit
        What the value is, in a few words.
    form
        Whether the inputs are items of one form, recorded together.
    window_days
        See :class:`malar.instruments.instrument.Instrument`.
    variant_of
        Key of the instrument that it varies, if any.
    """

    key: str
    title: str
    source: Source
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    says: str
    make: Callable[[Numbers], Mapping[str, pl.Expr]]
    unit: str
    form: bool = False
    window_days: int = 0
    variant_of: str = ""

    @property
    def status(self) -> Status:
        """How sure it is."""
        return self.source.status

    @property
    def assessed(self) -> str:
        """Boolean column that tells at which visits its form was recorded; empty: where a column is known."""
        return f"{self.key}__assessed" if self.form else ""

    def summary(self) -> str:
        """What the value is."""
        return self.unit

    def needs(self) -> tuple[str, ...]:
        """Columns of the visit frame that it reads."""
        return self.inputs

    def signs(self) -> tuple[str, ...]:
        """Columns of its form, where it has one."""
        return self.inputs if self.form else ()

    def gives(self) -> tuple[str, ...]:
        """Columns that it adds, without bounds."""
        return (*self.outputs, *([self.assessed] if self.form else []))

    def parts(self) -> tuple[Declaration, ...]:
        """Declarations that it rests on: none."""
        return ()

    def body(self) -> str:
        """What its sheet says below source and reading."""
        reads = ", ".join(f"`{name}`" for name in self.inputs)
        adds = ", ".join(f"`{name}`" for name in self.outputs)
        return f"{self.says}\n\nReads {reads}. Gives {adds}.\n"

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [self.says, self.unit, *self.inputs, *self.outputs, str(self.form), str(self.window_days)]

    def score(self, frame: Any, *, missing: Missing = "unknown") -> Any:
        """Add its columns to a visit frame.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame with the columns of `needs()`: numbers or Booleans.
        missing
            No policy changes the result: what is unknown stays so, and bounds tell what it can be.

        Returns
        -------
        frame
            The same kind, with the columns of `gives()` and their bounds. Columns of these names that are
            there already are replaced.

        Raises
        ------
        MissingColumnsError
            An input has no column.
        WrongTypeError
            An input holds neither Booleans nor numbers.
        ParameterError
            An unknown policy.
        """
        if missing not in ("unknown", "absent", "carry"):
            raise ParameterError(
                f"`{missing}` is no policy for missing items.",
                "It decides what an unknown item counts as.",
                "Use 'unknown', 'absent' or 'carry'.",
            )
        inside, back = enter(frame)
        return back(self._score(inside))

    def _score(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        import polars as pl

        schema = frame.collect_schema()
        demand(schema.names(), self.inputs, self.title)
        demand_values(schema, self.inputs, self.title)
        numbers = {name: pl.col(name).cast(pl.Float64).fill_nan(None) for name in self.inputs}
        recorded = pl.any_horizontal(number.is_not_null() for number in numbers.values())
        return frame.with_columns(**self.make(numbers), **({self.assessed: recorded} if self.form else {}))
