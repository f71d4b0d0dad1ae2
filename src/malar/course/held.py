"""A response at a landmark visit that is held at every assessed visit after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar._frames import as_sign, demand, enter
from malar.condition_kinds import told
from malar.conditions import Condition
from malar.declarations import Declaration
from malar.errors import ParameterError
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

_NO, _OPEN, _YES = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSince:
    """Whether a condition held at a landmark visit, and others before and after it.

    Parameters
    ----------
    key, title, source
        Its key, its name for people, where it comes from.
    at
        Condition at the landmark visit.
    after
        Condition at every assessed visit after it, up to the visit that is judged.
    before
        Condition at every assessed visit after day 0 and up to the landmark; None: not asked.
    day, first_day, last_day
        Day of the landmark, and the window in which a visit may stand for it: the nearest, the later on a tie.
    held_days
        Days after the landmark for which `after` must hold; None: up to the visit that is judged.
    assessed
        Boolean column that tells which visits were assessed; the others are passed over. Where the frame lacks
        it, every visit of the frame is taken as assessed.
    variant_of
        Key of the derivation that it varies, if any.
    """

    key: str
    title: str
    source: Source
    at: Condition
    after: Condition
    day: int
    first_day: int
    last_day: int
    assessed: str
    before: Condition | None = None
    held_days: int | None = None
    variant_of: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.first_day <= self.day <= self.last_day:
            raise ParameterError(
                f"The landmark of `{self.key}` lies outside its window, or the window reaches back to day 0.",
                "A response is judged at a visit after day 0.",
                "Give a first day, the day itself and a last day, in this order.",
            )

    @property
    def status(self) -> Status:
        """How sure it is."""
        return self.source.status

    def needs(self) -> tuple[str, ...]:
        """Columns that it reads at the visits."""
        read = (part.needs() for part in (self.at, self.after, *([self.before] if self.before else [])))
        return tuple(dict.fromkeys([*(need for needs in read for need in needs), self.assessed]))

    def gives(self) -> tuple[str, ...]:
        """Columns that it adds."""
        return (self.key,)

    def parts(self) -> tuple[Declaration, ...]:
        """Declarations that it rests on: none of its own."""
        return ()

    def body(self) -> str:
        """What its sheet says below source and reading."""
        before = f"- after day 0, up to the landmark: {self.before.sentence()};\n" if self.before else ""
        span = "up to the visit judged" if self.held_days is None else f"for {self.held_days} days"
        return (
            f"The landmark is the assessed visit nearest to day {self.day}, between days {self.first_day} and "
            f"{self.last_day}. True at an assessed visit from the landmark on, where at every assessed visit\n\n"
            f"{before}- at the landmark: {self.at.sentence()};\n- after it, {span}: {self.after.sentence()}.\n\n"
            "False from the first visit that fails. Unknown before the landmark, without one, and where an unknown "
            "could decide.\n"
        )

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        parts = {"before": self.before, "at": self.at, "after": self.after}
        return [self.body(), self.assessed, *(told(name, part) for name, part in parts.items() if part)]

    def derive(self, frame: Any) -> Any:
        """Add its column to a visit frame of any kind.

        Parameters
        ----------
        frame
            Scored visit frame with `subject`, `day` and the columns of `needs()`.

        Returns
        -------
        frame
            The same kind and order, with the Boolean column `key`; null where unknown.

        Raises
        ------
        MissingColumnsError
            A column that it reads is not there.
        """
        inside, back = enter(frame)
        wanted = [need for need in self.needs() if need != self.assessed]
        demand(inside.collect_schema().names(), ("subject", "day", *wanted), self.title)
        return back(self._derive(inside))

    def _derive(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        import polars as pl

        names = frame.collect_schema().names()
        present = frozenset(names)
        day, seen = pl.col("day"), pl.lit(value=True)
        if self.assessed in present:
            seen = as_sign(self.assessed).fill_null(value=False)
        distance = (day - self.day).abs() * 2 - (day > self.day)
        near = pl.when(seen & day.is_between(self.first_day, self.last_day)).then(distance)
        chosen = near.is_not_null() & (near == near.min().over("subject"))
        frame = frame.with_columns(held__landmark=pl.when(chosen).then(day).max().over("subject"))
        landmark = pl.col("held__landmark")
        last = pl.lit(None, dtype=pl.Int64) if self.held_days is None else landmark + self.held_days
        code = pl.lit(_YES)
        if self.before:
            code = pl.when((day > 0) & (day <= landmark)).then(_coded(self.before, present)).otherwise(code)
        code = pl.when(day == landmark).then(pl.min_horizontal(code, _coded(self.at, present))).otherwise(code)
        after = (day > landmark) & (last.is_null() | (day <= last))
        code = pl.when(after).then(_coded(self.after, present)).otherwise(code)
        code = pl.when(seen).then(code).otherwise(_YES)
        worst = code.cum_min().over("subject", order_by="day")
        too_soon = (worst == _YES) & (day < last).fill_null(value=False)
        verdict = pl.when(worst == _NO).then(pl.lit(value=False)).when((worst == _YES) & ~too_soon).then(
            pl.lit(value=True)
        )  # fmt: skip
        held = pl.when(seen & (day >= landmark)).then(verdict)
        return frame.with_columns(held.alias(self.key)).drop("held__landmark")


def _coded(condition: Condition, present: frozenset[str]) -> pl.Expr:
    """Three truth values as numbers whose least is what they come to together."""
    import polars as pl

    test = condition.test(present)
    return pl.when(test).then(_YES).when(~test).then(_NO).otherwise(_OPEN)
