"""Physician global assessment: its scale, other scales brought to it, and the bands of PISCOS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from malar._frames import demand, demand_values, enter
from malar.errors import ParameterError
from malar.instruments.calculated import Calculated, Numbers
from malar.sources import Source, Status
from malar.units import PGA_SCALES

if TYPE_CHECKING:
    import polars as pl


def pga_from_scale(frame: Any, scale: str, *, column: str = "pga") -> Any:
    """Bring a physician's global assessment to the scale of 0 to 3.

    Parameters
    ----------
    frame
        Visit frame with the column; any kind of dataframe.
    scale
        ``0-3``, ``0-10`` or ``0-100`` (mm).
    column
        The column of the assessment.

    Returns
    -------
    frame
        The same kind, with the column on the scale of 0 to 3.

    Raises
    ------
    ParameterError
        Another scale, or values outside it.
    MissingColumnsError
        The column is not there.
    WrongTypeError
        The column is no number.

    Notes
    -----
    3 x / 100. A linear rescale is a convention that was never validated. A study folder declares
    `pga_scale` in study.toml instead, and reading converts.

    Source
    ------
    The scale: Piga M, et al. (PISCOS). Lancet Rheumatol 2022;4:e441-9.

    Examples
    --------
    >>> import polars as pl
    >>> pga_from_scale(pl.DataFrame({"pga": [40, 50]}), "0-100")["pga"].to_list()
    [1.2, 1.5]
    """
    if scale not in PGA_SCALES:
        raise ParameterError(
            f"`{scale}` is no scale of the global assessment.",
            "It decides what every value means.",
            f"Use one of {', '.join(PGA_SCALES)}.",
        )
    inside, back = enter(frame)
    schema = inside.collect_schema()
    demand(schema.names(), (column,), "The global assessment")
    demand_values(schema, (column,), "The global assessment")
    return back(_rescaled(inside, column, scale))


def _rescaled(frame: pl.LazyFrame, column: str, scale: str) -> pl.LazyFrame:
    import polars as pl

    value, most = pl.col(column).cast(pl.Float64).fill_nan(None), PGA_SCALES[scale]
    outside = frame.select(((value < 0) | (value > most)).sum()).collect().item()
    if outside:
        wider = [name for name, end in PGA_SCALES.items() if end > most]
        raise ParameterError(
            f"`{column}` has {outside} values outside {scale.replace('-', '–')}.",
            "The global assessment is 0–3; a value of another scale would be taken for severe disease.",
            f"A 0–100 mm scale? Scales: {', '.join(wider)}." if wider else "Correct the values.",
        )
    return frame.with_columns((value * 3 / most).alias(column))


def _band(numbers: Numbers) -> dict[str, pl.Expr]:
    import polars as pl

    pga = numbers["pga"].round(6)
    band = (
        pl.when(pga.is_between(0, 0.5, closed="left"))
        .then(pl.lit("minimal"))
        .when(pga.is_between(0.5, 1))
        .then(pl.lit("mild"))
        .when((pga > 1) & (pga <= 2))
        .then(pl.lit("moderate"))
        .when((pga > 2) & (pga <= 3))
        .then(pl.lit("severe"))
    )
    return {"pga_band": band}


PGA_BAND: Final = Calculated(
    key="pga_band",
    title="Band of the physician's global assessment",
    source=Source(
        "Piga M, et al. (PISCOS). Lancet Rheumatol 2022;4:e441-9",
        "abstract",
        Status.VERIFIED,
        "The bands name no word below 0.5; minimal is ours. The assessment is of the month before, without damage, "
        "serology or unrelated symptoms, by the same rater at each visit, before SLEDAI is scored.",
    ),
    inputs=("pga",),
    outputs=("pga_band",),
    says="On the scale of 0 to 3: below 0.5 minimal, 0.5 to 1 mild, above 1 to 2 moderate, above 2 to 3 severe. "
    "Another scale is declared as pga_scale in study.toml and brought to 0 to 3 in proportion, which is a convention.",
    make=_band,
    unit="minimal, mild, moderate or severe",
)

INSTRUMENTS: Final = (PGA_BAND,)
