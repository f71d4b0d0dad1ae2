"""Instruments that add the weights of the signs present."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from malar._frames import demand, demand_values, enter
from malar.declarations import Declaration
from malar.errors import ParameterError, UnknownKeyError
from malar.instruments import weighted_items_sheet
from malar.instruments.instrument import Missing
from malar.instruments.item import Item
from malar.instruments.weighted_sum import recorded_sign, weighted
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.conditions import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedItems:
    """An instrument whose score is the sum of the weights of the items present.

    Parameters
    ----------
    key, title
        Key and name.
    source
        Where it comes from, and the readings chosen.
    form
        Key of the form whose items it reads (`sledai_2k` for the clinical SLEDAI-2K too).
    items
        Its items.
    window_days
        An item counts if present at the visit or within so many days before.
    allowed_windows
        Windows that have been published.
    parameters
        Other stated parameters, name → what it is set to and means.
    variant_of
        Key of the instrument that it amends, if any.
    """

    key: str
    title: str
    source: Source
    form: str
    items: tuple[Item, ...]
    window_days: int
    allowed_windows: tuple[int, ...]
    parameters: Mapping[str, str]
    variant_of: str = ""

    def __post_init__(self) -> None:
        if self.window_days not in self.allowed_windows:
            raise ParameterError(
                f"{self.title} has no window of {self.window_days} days.",
                "Only published windows are offered.",
                f"Use one of {', '.join(map(str, self.allowed_windows))}.",
            )

    @property
    def status(self) -> Status:
        """How sure the definition is."""
        return self.source.status

    @property
    def maximum(self) -> int:
        """The score with every item present."""
        return sum(item.weight for item in self.items)

    def summary(self) -> str:
        """Number of items, range and window."""
        return f"{len(self.items)} items, 0 to {self.maximum} points, window {self.window_days} days"

    def names(self, *, system: str | None = None) -> tuple[str, ...]:
        """Visit-frame columns of the items, or of those of one organ system."""
        return tuple(f"{self.form}__{item.key}" for item in self.items if system in (None, item.system))

    def item(self, key: str) -> Item:
        """The item with a key.

        Raises
        ------
        UnknownKeyError
            It has no such item.
        """
        for item in self.items:
            if item.key == key:
                return item
        raise UnknownKeyError(f"{self.title} has no item `{key}`.", hint=f"Items: {', '.join(self.names())}.")

    def systems(self) -> tuple[str, ...]:
        """Organ systems, in the order of the form."""
        return tuple(dict.fromkeys(item.system for item in self.items))

    @property
    def assessed(self) -> str:
        """Boolean column that tells at which visits an item was recorded."""
        return f"{self.key}__assessed"

    def needs(self) -> tuple[str, ...]:
        """Columns of the visit frame that scoring reads."""
        return self.names()

    def signs(self) -> tuple[str, ...]:
        """Columns of its items: where one is recorded, the form was assessed."""
        return self.names()

    def gives(self) -> tuple[str, ...]:
        """Columns that scoring adds, beside its bounds."""
        return (self.key, f"{self.key}__n_missing", self.assessed)

    def parts(self) -> tuple[Declaration, ...]:
        """Declarations that it rests on: none."""
        return ()

    def body(self) -> str:
        """What its sheet says below source and reading."""
        return weighted_items_sheet.body(self)

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return weighted_items_sheet.meaning(self)

    def amend(
        self,
        key: str,
        *,
        title: str,
        source: Source,
        without: Collection[str] = (),
        measured: Mapping[str, Condition] | None = None,
        changes: Collection[Item] = (),
        **own: Any,
    ) -> WeightedItems:
        """A variant under a key of its own.

        Parameters
        ----------
        key, title, source
            Those of the variant.
        without
            Keys of items left out.
        measured
            Item key → the measurement that it rests on here.
        changes
            Items that stand in place of those of the same key.
        own
            Its own `form`, `window_days`, `allowed_windows` or `parameters`, where they differ.

        Raises
        ------
        ParameterError
            The key is the same, or an item is not there.
        """
        changed, renewed = measured or {}, {item.key: item for item in changes}
        if key == self.key or not {*without, *changed, *renewed} <= {item.key for item in self.items}:
            raise ParameterError(
                f"`{key}` cannot amend `{self.key}`: the key is the same, or an item is not there.",
                "A key never changes meaning, and an item that is misspelled would stay as it was.",
                "Give the variant a key of its own, and items by their keys.",
            )
        kept = tuple(
            replace(item, measured=changed[item.key], doubt="") if item.key in changed else item
            for item in (renewed.get(item.key, item) for item in self.items)
            if item.key not in without
        )
        return replace(self, key=key, title=title, source=source, items=kept, variant_of=self.key, **own)

    def score(self, frame: Any, *, missing: Missing = "unknown", bounds: bool = True) -> Any:
        """Score every row of a visit frame.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame with a column for every item: Boolean, or a number
            that is above 0 where the sign is present; null where unknown. `carry` also needs `subject`
            and `day`.
        missing
            What an unknown item counts as. ``unknown``: the score is null, its bounds tell what it can
            be. ``absent``: 0 points, as in much clinical practice, also at a visit where nothing was
            recorded. ``carry``: what it was at the visit before, and unknown if that is unknown too.
        bounds
            Also add the bounds and the number of unknown items.

        Returns
        -------
        frame
            The same kind, with `key` (points; null where unknown), `key__low` and `key__high` (least and
            greatest possible score) and `key__n_missing` (items unknown as recorded, whatever the policy).
            Columns of these names that are there already are replaced.

        Raises
        ------
        MissingColumnsError
            An item has no column.
        WrongTypeError
            An item column holds neither Booleans nor numbers.
        ParameterError
            An unknown policy.
        """
        inside, back = enter(frame)
        return back(self._score(inside, missing, bounds=bounds))

    def _score(self, frame: pl.LazyFrame, missing: Missing, *, bounds: bool) -> pl.LazyFrame:
        import polars as pl

        schema = frame.collect_schema()
        keys = ("subject", "day") if missing == "carry" else ()
        demand(schema.names(), (*self.needs(), *keys), self.title)
        demand_values(schema, self.needs(), self.title)
        signs = {item: recorded_sign(f"{self.form}__{item.key}", schema) for item in self.items}
        if missing == "carry":
            used = {item: sign.fill_null(sign.shift(1).over("subject", order_by="day")) for item, sign in signs.items()}
        elif missing == "absent":
            used = {item: sign.fill_null(value=False) for item, sign in signs.items()}
        elif missing == "unknown":
            used = signs
        else:
            raise ParameterError(
                f"`{missing}` is no policy for missing items.",
                "It decides what an unknown item counts as.",
                "Use 'unknown', 'absent' or 'carry'.",
            )
        if not bounds:
            total = weighted(used, lambda group: pl.sum_horizontal(group, ignore_nulls=False))
            return frame.with_columns(total.alias(self.key))
        return self._with_bounds(frame, used, signs if missing != "unknown" else None)

    def _with_bounds(
        self, frame: pl.LazyFrame, used: Mapping[Item, pl.Expr], recorded: Mapping[Item, pl.Expr] | None
    ) -> pl.LazyFrame:
        import polars as pl

        low, high, count = f"{self.key}__low", f"{self.key}__high", f"{self.key}__n_missing"
        scored = frame.with_columns(
            weighted(used, pl.sum_horizontal).alias(low),
            weighted(used, lambda group: pl.sum_horizontal(sign.is_null() for sign in group)).alias(high),
            pl.sum_horizontal(sign.is_null() for sign in (recorded or used).values()).cast(pl.Int64).alias(count),
        )
        return scored.with_columns(
            pl.when(pl.col(high) == 0).then(pl.col(low)).alias(self.key),
            (pl.col(low) + pl.col(high)).alias(high),
        ).select(*dict.fromkeys((*frame.collect_schema().names(), self.key, low, high, count)))

    def propose(self, frame: Any) -> Any:
        """What the measurements say about the items that rest on one.

        Parameters
        ----------
        frame
            Visit frame with the columns of the measurements.

        Returns
        -------
        frame
            The same kind, with `proposed__form__item` (Boolean; null where not measured) for every item
            with a measurement whose columns are there.

        Raises
        ------
        WrongTypeError
            A measurement holds neither Booleans nor numbers.

        Notes
        -----
        An item that rests on several measurements is proposed as absent only where all are normal: C3 and
        C4 within limits leave low complement unknown where CH50 was not measured.
        """
        inside, back = enter(frame)
        schema = inside.collect_schema()
        columns = frozenset(schema.names())
        for item in self.items:
            demand_values(schema, item.measured.needs() if item.measured else (), self.title)
        made = {
            f"proposed__{self.form}__{item.key}": item.measured.test(columns)
            for item in self.items
            if item.measured is not None and columns.issuperset(item.measured.needs())
        }
        return back(inside.with_columns(**made))
