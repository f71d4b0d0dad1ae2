"""Instruments computed from numbers and signs by a formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from malar._frames import as_sign, demand, demand_values, enter
from malar.declarations import Declaration
from malar.errors import ParameterError
from malar.instruments.instrument import Missing
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

Make = Callable[[Mapping[str, "pl.Expr"]], Mapping[str, "pl.Expr"]]
"""Column → its expression, unknown items already treated; gives column → expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """An instrument whose columns are expressions of its inputs.

    Parameters
    ----------
    key, title, source
        Key, name, and where it comes from with the readings chosen.
    form
        Visit-frame columns of its yes/no items, recorded together on one form.
    numbers
        Columns of numbers that it reads beside.
    gives_columns
        Column that it adds → what it holds. The first is the score. `__low` and `__high` of a column stand
        for its bounds and need no line.
    rule
        The formula in words, in Markdown, made from the same table as the expressions.
    brief
        What it is in a few words.
    make
        Expressions by column, made when asked.
    parameters
        Other stated parameters, name → what it is set to and means.
    variant_of
        Key of the instrument that it amends, if any.
    """

    key: str
    title: str
    source: Source
    form: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    gives_columns: Mapping[str, str]
    rule: str
    brief: str
    make: Make
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    variant_of: str = ""
    window_days: int = 0

    @property
    def status(self) -> Status:
        """How sure it is."""
        return self.source.status

    @property
    def assessed(self) -> str:
        """Boolean column that tells at which visits an item was recorded; empty where it has no form."""
        return f"{self.key}__assessed" if self.form else ""

    def needs(self) -> tuple[str, ...]:
        """Columns that it reads."""
        return (*self.form, *self.numbers)

    def signs(self) -> tuple[str, ...]:
        """Its yes/no items."""
        return self.form

    def gives(self) -> tuple[str, ...]:
        """Columns that it adds."""
        return tuple(self.gives_columns)

    def summary(self) -> str:
        """What it is in a few words."""
        return self.brief

    def parts(self) -> tuple[Declaration, ...]:
        """Declarations that it rests on: none."""
        return ()

    def body(self) -> str:
        """What its sheet says below source and reading."""
        columns = "\n".join(f"| `{name}` | {text} |" for name, text in self.gives_columns.items())
        choices = "\n".join(f"- **{name}**: {text}." for name, text in self.parameters.items())
        return f"{self.rule}\n\n## Columns\n\n| column | holds |\n|---|---|\n{columns}\n" + (
            f"\n## Parameters\n\n{choices}\n" if choices else ""
        )

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        parts = [self.rule, *self.form, *self.numbers, *(f"{a}: {b}" for a, b in self.gives_columns.items())]
        return [*parts, *(f"{a}: {b}" for a, b in sorted(self.parameters.items())), self.variant_of]

    def score(self, frame: Any, *, missing: Missing = "unknown") -> Any:
        """Add its columns to a visit frame.

        Parameters
        ----------
        frame
            Visit frame of any kind with the columns of `needs()`.
        missing
            What an unknown yes/no item counts as: ``unknown``, ``absent``, or ``carry`` (what it was at the
            visit before). An unknown number stays unknown whatever the policy.

        Raises
        ------
        MissingColumnsError
            An input has no column.
        WrongTypeError
            An input holds neither Booleans nor numbers.
        ParameterError
            An unknown policy.
        """
        import polars as pl

        if missing not in ("unknown", "absent", "carry"):
            raise ParameterError(
                f"`{missing}` is no policy for missing items.", hint="Use 'unknown', 'absent' or 'carry'."
            )
        inside, back = enter(frame)
        schema = inside.collect_schema()
        demand(schema.names(), (*self.needs(), *(("subject", "day") if missing == "carry" else ())), self.title)
        demand_values(schema, self.needs(), self.title)
        inputs = {name: pl.col(name).cast(pl.Float64).fill_nan(None) for name in self.numbers}
        for name in self.form:
            sign = as_sign(name)
            if missing == "absent":
                sign = sign.fill_null(value=False)
            elif missing == "carry":
                sign = sign.fill_null(sign.shift(1).over("subject", order_by="day"))
            inputs[name] = sign
        return back(inside.with_columns(**self.make(inputs)))
