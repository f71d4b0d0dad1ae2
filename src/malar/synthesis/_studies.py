"""Reading a frame of studies: every row is used, or the fit is refused with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malar._frames import demand, enter
from malar.errors import ParameterError, UndefinedError, WrongTypeError
from malar.synthesis.alike import demand_alike

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WHY: Final = "A study without it has no place in the pooled value, and no row is dropped silently."
FEWEST: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Studies:
    """The studies of a frame: names, columns as arrays of shape (k,), and the rows they came from."""

    names: tuple[str, ...]
    values: Mapping[str, Floats]
    rows: pl.DataFrame

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.names)


def read_studies(
    frame: Any,
    roles: Iterable[str],
    columns: Mapping[str, str],
    *,
    what: str,
    study: str,
    across: tuple[str, ...],
    fewest: int = FEWEST,
) -> Studies:
    """Studies with the columns that play the roles, after asking whether they are alike.

    Raises
    ------
    MissingColumnsError
        A column is not there.
    UndefinedError
        Too few studies, or a null, NaN or infinite value.
    WrongTypeError
        A column holds no numbers, or `frame` is no dataframe.
    ParameterError
        The studies differ in what they measured, share a name, or hold impossible numbers.
    """
    import polars as pl

    rows = frame if isinstance(frame, pl.DataFrame) else enter(frame)[0].collect()
    wanted = {role: columns.get(role, role) for role in roles}
    if "se" in wanted and "survival" in wanted and wanted["se"] not in rows.columns:
        wanted["at_risk"] = columns.get("at_risk", "at_risk")
        del wanted["se"]
    demand(rows.columns, wanted.values(), what, "Name the columns: columns={'events': 'cr', 'n': 'treated'}.")
    demand_alike(rows, across=across)
    if rows.height < fewest:
        raise UndefinedError(
            f"{what} was given {rows.height} studies.",
            f"It needs {fewest} at least.",
            "Report a single study itself.",
        )
    values = {role: _numbers(rows, name) for role, name in wanted.items()}
    _demand_possible(values, wanted)
    if "at_risk" in values:
        survival, at_risk = values["survival"], values.pop("at_risk")
        values["se"] = (survival * (1.0 - survival) / at_risk) ** 0.5
    return Studies(_names(rows, study), values, rows)


def _numbers(rows: pl.DataFrame, name: str) -> Floats:
    import numpy as np
    import polars as pl

    column = rows[name]
    if not column.dtype.is_numeric():
        raise WrongTypeError(f"`{name}` is {column.dtype}, not a number.", hint="Convert it first.")
    nulls = column.null_count()
    values = column.cast(pl.Float64).to_numpy()
    wild = nulls or values.size - int(np.count_nonzero(np.isfinite(values)))
    if wild:
        raise UndefinedError(
            f"`{name}` is null, NaN or infinite in {wild} of {rows.height} studies.",
            WHY,
            "Filter these studies, and say how many.",
        )
    return values


def _names(rows: pl.DataFrame, study: str) -> tuple[str, ...]:
    import polars as pl

    if study not in rows.columns:
        return tuple(str(i + 1) for i in range(rows.height))
    names = rows[study]
    if names.null_count() or names.n_unique() < rows.height:
        raise ParameterError(
            f"`{study}` is null or the same in several rows.",
            "Two rows of one study share patients, and would be counted as independent.",
            "Keep one row a study, or give each comparison a name of its own where they share nobody.",
        )
    return tuple(names.to_list() if names.dtype == pl.String else map(str, names))


def _demand_possible(values: Mapping[str, Floats], names: Mapping[str, str]) -> None:
    for role in ("n", "control_n", "time", "at_risk", "sd", "control_sd", "se"):
        if role in values:
            _refuse(values[role] <= 0.0, names[role], "is not above 0", "The study would have no or endless weight.")
    for role, below in (("events", "n"), ("control_events", "control_n")):
        if role in values:
            _refuse(values[role] < 0.0, names[role], "is negative", "Counts are not.")
            if below in values:
                _refuse(values[role] > values[below], names[role], "exceeds its denominator", "Look for a swap.")
    if "survival" in values:
        s = values["survival"]
        why = "The scale has no value at 0 and 1, and no honest standard error."
        _refuse((s <= 0.0) | (s >= 1.0), names["survival"], "is not between 0 and 1", why)


def _refuse(wrong: NDArray[np.bool_], name: str, fact: str, why: str) -> None:
    import numpy as np

    count = int(np.count_nonzero(wrong))
    if count:
        raise ParameterError(
            f"`{name}` {fact} in {count} of {wrong.size} studies.",
            why,
            "Check the report; pool counts (`events`, `n`) where a proportion of 0 or 1 is real.",
        )


def one_of(name: str, value: object, allowed: tuple[object, ...]) -> None:
    """Raise `ParameterError` where a parameter is none of the allowed values."""
    if value not in allowed:
        raise ParameterError(
            f"`{name}` is {value!r}.",
            "An option misread changes the numbers.",
            f"Use one of {', '.join(map(repr, allowed))}.",
        )


def within(name: str, value: float, low: float, high: float, hint: str) -> None:
    """Raise `ParameterError` where a number is not above one bound and up to another; NaN is neither."""
    if not low < value <= high:
        raise ParameterError(
            f"`{name}` is {value}.",
            f"Beyond {low:g} to {high:g} it means nothing on its scale, or cannot be computed with.",
            hint,
        )


def confidence(level: float) -> None:
    """Raise `ParameterError` where a confidence level is not between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise ParameterError(f"`level` is {level}.", "It is a probability.", "Use e.g. 0.95.")
