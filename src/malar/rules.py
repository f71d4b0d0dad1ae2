"""Rules: a definition as named criteria, each a condition, judged with three truth values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self

from malar._frames import demand, demand_values, enter
from malar.condition_kinds import told
from malar.conditions import Condition
from malar.declarations import Declaration
from malar.errors import ParameterError
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl


UNKNOWN: Final = (
    "Unknown is a value. A verdict that the unknown items cannot change is given; one that they can is unknown. A "
    "criterion that fails decides even when another is unknown."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A definition: named criteria that must all hold.

    Parameters
    ----------
    key
        Its key; a key never changes meaning.
    title
        Its name for people.
    source
        Where it comes from, and the reading chosen.
    criteria
        Name → condition; a criterion that fails decides even when another is unknown.
    among
        Condition under which a visit is judged at all; elsewhere the verdict is unknown, and the visit does
        not count among the evaluable. None: every visit.
    note
        What every output of the rule must say beside it.
    variant_of
        Key of the rule that it amends, if any.
    """

    key: str
    title: str
    source: Source
    criteria: Mapping[str, Condition]
    among: Condition | None = None
    note: str = ""
    variant_of: str = ""

    def __post_init__(self) -> None:
        if not self.criteria:
            raise ParameterError(
                f"`{self.key}` has no criteria.", "It would hold at every visit.", "Give it at least one."
            )

    @property
    def status(self) -> Status:
        """How sure the definition is: the weakest of its parts."""
        return self.source.status

    def conditions(self) -> dict[str, Condition]:
        """Criteria by name, and `evaluable` where not every visit is judged."""
        return {**self.criteria, **({} if self.among is None else {"evaluable": self.among})}

    def needs(self) -> tuple[str, ...]:
        """Columns that the conditions read."""
        return tuple(dict.fromkeys(need for part in self.conditions().values() for need in part.needs()))

    def parts(self) -> tuple[Declaration, ...]:
        """Declarations that it rests on."""
        return ()

    def body(self) -> str:
        """What its sheet says below source and reading: the criteria in words."""
        among = f"Judged only where {self.among.sentence()}.\n\n" if self.among else ""
        criteria = "\n".join(f"- **{name}**: {part.sentence()}" for name, part in self.criteria.items())
        note = f"> {self.note}\n\n" if self.note else ""
        rests_on = ", ".join(f"[{used.title}]({used.key}.md)" for used in self.parts())
        rests_on = f"Rests on {rests_on}.\n\n" if rests_on else ""
        return f"{among}True where all of these hold:\n\n{criteria}\n\n{note}{rests_on}## Unknown items\n\n{UNKNOWN}\n"

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        parts = [told(name, part) for name, part in self.conditions().items()]
        return [*parts, self.note, self.variant_of, *(used.key for used in self.parts())]

    def flag(self, frame: Any) -> Any:
        """Judge every row of a visit frame.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame with the columns of `needs()`.

        Returns
        -------
        frame
            The same kind, with a Boolean column by criterion (`key__criterion`) and the verdict (`key`):
            true, false, or null where unknown items leave it open. Where not every visit is judged, also
            `key__evaluable`.

        Raises
        ------
        MissingColumnsError
            A column that a criterion reads is not there.
        WrongTypeError
            A column that a criterion reads holds neither Booleans nor numbers.

        Notes
        -----
        NaN is unknown, as null is. A column that stands there under a name that the rule gives is replaced.
        """
        inside, back = enter(frame)
        return back(self._judge(inside))

    def _judge(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        import polars as pl

        schema = frame.collect_schema()
        demand(schema.names(), self.needs(), self.title)
        demand_values(schema, self.needs(), self.title)
        known = frozenset(schema.names())
        parts = {f"{self.key}__{name}": part.test(known) for name, part in self.conditions().items()}
        verdict = pl.all_horizontal(f"{self.key}__{name}" for name in self.criteria)
        if self.among is not None:
            verdict = pl.when(f"{self.key}__evaluable").then(verdict)
        return frame.with_columns(**parts).with_columns(verdict.alias(self.key))

    def amend(
        self,
        key: str,
        *,
        title: str,
        source: Source,
        changes: Mapping[str, Condition] | None = None,
        without: Collection[str] = (),
        among: Condition | None = None,
        note: str | None = None,
    ) -> Self:
        """A variant under a key of its own.

        Parameters
        ----------
        key, title, source
            Those of the variant.
        changes
            Criteria that replace those of the same name, or are added.
        without
            Names of criteria left out.
        among, note
            Those of the variant; None: as they are.

        Raises
        ------
        ParameterError
            The key is the same, a name left out is not there, or no criterion is left.
        """
        missing = set(without) - set(self.criteria)
        if key == self.key or missing:
            raise ParameterError(
                f"`{key}` cannot amend `{self.key}`: the key is the same, or a criterion is not there.",
                "A key never changes meaning, and a name that is misspelled would leave the criterion in.",
                f"Give the variant a key of its own; the criteria are {', '.join(self.criteria)}.",
            )
        kept = {name: part for name, part in self.criteria.items() if name not in without}
        return replace(
            self,
            key=key,
            title=title,
            source=source,
            criteria={**kept, **(changes or {})},
            among=among or self.among,
            note=self.note if note is None else note,
            variant_of=self.key,
        )
