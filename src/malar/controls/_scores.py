"""The scale, caliper and strata of a matching, read from a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from malar.controls import _columns
from malar.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

Scale = Literal["logit", "probability"]
CaliperUnit = Literal["sd", "score"]

LOGIT_HINT: Final = (
    "Scores of 0 or 1 have no logit: match on scale='probability', or look for covariates that separate."
)


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What a matching works on: the rows, who was treated, the score on its scale, strata and the caliper."""

    rows: pl.DataFrame
    treated: NDArray[np.bool_]
    score: NDArray[np.float64]
    stratum: NDArray[np.int64]
    caliper: float


def check(ratio: int, scale: str, caliper: float | None, caliper_unit: str) -> None:
    """Raise `ParameterError` where a parameter is none of the allowed values."""
    _columns.one_of("scale", scale, get_args(Scale))
    _columns.one_of("caliper_unit", caliper_unit, get_args(CaliperUnit))
    if ratio < 1:
        raise ParameterError(f"`ratio` is {ratio}.", "Everyone is matched with one control or more.", "Use e.g. 1.")
    if caliper is not None and not caliper > 0:
        raise ParameterError(
            f"`caliper` is {caliper}.", "It is the longest distance allowed.", "Use e.g. 0.2, or None."
        )


def read(
    frame: Any,
    what: str,
    *,
    treatment: str,
    score: str,
    scale: str,
    exact: Sequence[str],
    caliper: float | None,
    caliper_unit: str,
) -> Scored:
    """Read the columns; the caliper comes back in units of the score."""
    import numpy as np
    import polars as pl

    rows = _columns.take(frame, [treatment, score, *exact], what)
    treated = _columns.treatment(rows, treatment)
    values = _columns.numbers(rows, score)
    outside = (
        int(((values <= 0) | (values >= 1)).sum()) if scale == "logit" else int(((values < 0) | (values > 1)).sum())
    )
    if outside:
        raise ParameterError(
            f"`{score}` has {outside} of {values.size} values that are no probability between 0 and 1.",
            "Distances between probabilities and between their logits are different things.",
            LOGIT_HINT,
        )
    if scale == "logit":
        values = np.log(values) - np.log1p(-values)
    _columns.never_null(rows, exact)
    strata = np.zeros(rows.height, dtype=np.int64)
    if exact:
        strata = rows.select(pl.struct(list(exact)).rank("dense").cast(pl.Int64)).to_series().to_numpy()
    unit = float(values.std(ddof=1)) if caliper_unit == "sd" else 1.0
    return Scored(rows, treated, values, strata, float("inf") if caliper is None else caliper * unit)


def words(scale: str, exact: Sequence[str], caliper: float | None, caliper_unit: str, ratio: int) -> str:
    """The choices in words, for the notes."""
    unit = " standard deviations of it" if caliper_unit == "sd" else ""
    parts = [
        f"{ratio} control{'s' if ratio > 1 else ''} a treated",
        f"distance on the {scale} of the score",
        "no caliper" if caliper is None else f"caliper {caliper:g}{unit}",
        *([f"exact on {', '.join(exact)}"] if exact else []),
    ]
    return "; ".join(parts)
