"""Whether studies may be pooled at all: one definition, one denominator, one horizon, no patient twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from malar._frames import enter
from malar.errors import ParameterError

if TYPE_CHECKING:
    import polars as pl

ALIKE: Final[dict[str, str]] = {
    "outcome": "different outcomes have no common value",
    "definition": "complete response, LLDAS and SRI-4 are not the same response",
    "denominator": "the same 28 patients are 35 % of 81 enrolled and 41 % of 68 alive",
    "unknown": "a missing outcome counted as a failure here and left out there moves the proportion",
    "horizon": "a response at 6 months and one at 24 are two quantities",
    "time_months": "a response at 6 months and one at 24 are two quantities",
    "unit": "numbers in different units cannot be averaged",
}
"""Columns that must hold one value throughout, where a frame has them, each with the reason."""

OVERLAP: Final = "overlap_group"
"""Column that names studies which may share patients; null where none is known to be shared."""


def differences(frame: Any, *, across: Iterable[str] = ()) -> tuple[str, ...]:
    """Why the studies of a frame are not to be pooled; empty where nothing speaks against it.

    Parameters
    ----------
    frame
        Any dataframe, one row a study. Read are the columns `outcome`, `definition`, `denominator`, `unknown`,
        `horizon`, `time_months`, `unit` and `overlap_group`, where present.
    across
        Columns whose differences are accepted, by name: the pooled value is then one across them.

    Returns
    -------
    tuple of str
        One reason a column. A null among named values counts as a difference: what is unknown is not the same.

    Examples
    --------
    >>> import polars as pl
    >>> rates = pl.DataFrame({"events": [23, 24], "n": [83, 40], "definition": ["complete", "complete or partial"]})
    >>> differences(rates)
    ('`definition` has 2 different values: complete response, LLDAS and SRI-4 are not the same response',)
    >>> differences(rates, across=["definition"])
    ()
    """
    import polars as pl

    rows = frame if isinstance(frame, pl.DataFrame) else enter(frame)[0].collect()
    there, accepted = rows.columns, set(across)
    wanted = [name for name in (*ALIKE, OVERLAP) if name in there and name not in accepted]
    found = [_difference(rows, name) for name in wanted]
    return tuple(reason for reason in found if reason)


def _difference(rows: pl.DataFrame, name: str) -> str:
    values = rows[name]
    if name == OVERLAP:
        shared = values.drop_nulls()
        twice = shared.len() - shared.n_unique()
        return f"`{OVERLAP}` names {twice} studies that may hold patients of another one" if twice else ""
    kinds = values.n_unique()
    return f"`{name}` has {kinds} different values: {ALIKE[name]}" if kinds > 1 else ""


def demand_alike(frame: Any, *, across: Iterable[str] = ()) -> None:
    """Refuse to pool studies that differ in what they measured, unless the difference is named.

    Parameters
    ----------
    frame, across
        As :func:`differences` takes them.

    Raises
    ------
    ParameterError
        The studies differ in a column that is not named in `across`, or may share patients.
    """
    accepted = tuple(across)
    reasons = differences(frame, across=accepted)
    if reasons:
        names = [reason.split("`")[1] for reason in reasons]
        raise ParameterError(
            f"These studies are not alike: {'; '.join(reasons)}.",
            "Their pooled value would be an average of different things.",
            "Filter to one kind, keep one report of each program, or name the difference you accept: "
            f"across={(*accepted, *names)!r}.",
        )
