"""Reading a table of TOML field by field: what is wrong is told with the file and the field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NoReturn, cast

from malar.errors import ParameterError, UnreadableError

KEY: Final = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(slots=True)
class Fields:
    """A table being read; each field is taken once, and :meth:`done` refuses what is left.

    Parameters
    ----------
    where
        File, and place in it: ``wang-2013.toml, outcomes 2``.
    values
        What the file holds.
    """

    where: str
    values: Mapping[str, Any]
    taken: set[str] = field(default_factory=set[str])

    def refuse(self, name: str, fact: str, hint: str) -> NoReturn:
        """Raise, naming file and field."""
        raise ParameterError(f"{self.where}: `{name}` {fact}.", "Nothing is guessed of a published figure.", hint)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, default: str | None = None) -> str:
        """A line of text; required where there is no default."""
        value = self._take(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.refuse(name, "is no text", "Write it between quotation marks.")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty where absent."""
        values: Any = self._take(name, [])
        if not isinstance(values, list):
            self.refuse(name, "is no list of texts", 'Write it as ["one", "two"].')
        texts = [value for value in cast("list[object]", values) if isinstance(value, str)]
        if len(texts) != len(cast("list[object]", values)):
            self.refuse(name, "is no list of texts", 'Write it as ["one", "two"].')
        return tuple(texts)

    def choice(self, name: str, allowed: Sequence[str], default: str | None = None) -> str:
        """A text among those allowed."""
        value = self.text(name, default)
        if value not in allowed and not (default is not None and value == default):
            self.refuse(name, f"is {value!r}", f"Use one of {', '.join(allowed)}.")
        return value

    def printed(self, name: str) -> Decimal | None:
        """A number with the digits it is printed with; null where absent."""
        value = self._take(name, None, required=False)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not Decimal(value).is_finite():
            self.refuse(name, "is no number", "Write digits without quotation marks.")
        return Decimal(value)

    def number(self, name: str) -> float | None:
        """A number; null where absent."""
        value = self.printed(name)
        return None if value is None else float(value)

    def count(self, name: str) -> int | None:
        """A whole number of 0 or more; null where absent."""
        value = self._take(name, None, required=False)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.refuse(name, "is no count", "Write a whole number of 0 or more.")
        return value

    def tables(self, name: str) -> list[Fields]:
        """A list of tables, each with its place; empty where absent."""
        rows: Any = self._take(name, [])
        listed: list[Any] = cast("list[Any]", rows) if isinstance(rows, list) else [None]
        if not all(isinstance(row, dict) for row in listed):
            self.refuse(name, "is no list of tables", "Write one table {…} a row.")
        return [Fields(f"{self.where}, {name} {n}", row) for n, row in enumerate(listed, 1)]

    def table(self, name: str) -> Fields | None:
        """A table of its own; null where absent."""
        value = self._take(name, None, required=False)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.refuse(name, "is no table", f"Write [{name}] and its fields below.")
        return Fields(f"{self.where}, {name}", cast("dict[str, Any]", value))

    def raw(self, name: str) -> Any:
        """A value as it stands, for the caller to judge; null where absent."""
        return self._take(name, None, required=False)

    def done(self) -> None:
        """Refuse fields that nobody read: a misspelled one would be lost."""
        left = sorted(set(self.values) - self.taken)
        if left:
            self.refuse(left[0], "is not known here", f"Known: {', '.join(sorted(self.taken))}.")

    def _take(self, name: str, default: Any, *, required: bool = True) -> Any:
        self.taken.add(name)
        if name in self.values:
            return self.values[name]
        if default is None and required:
            self.refuse(name, "is missing", "Add it.")
        return default


def read_toml(path: Path) -> Fields:
    """Read a file whose decimal numbers keep their printed digits.

    Raises
    ------
    UnreadableError
        No such file, or no TOML.
    """
    try:
        with path.open("rb") as file:
            return Fields(path.name, tomllib.load(file, parse_float=Decimal))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        told = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise UnreadableError(
            f"{path.name} cannot be read: {told}.", "It is expected to be TOML.", "See the page add-a-study."
        ) from problem
