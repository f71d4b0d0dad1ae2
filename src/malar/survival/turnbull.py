"""Turnbull's estimate for events known to lie between two visits: how far does the visit grid matter?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.errors import ParameterError, UndefinedError, WrongTypeError
from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival.turnbull_result import TurnbullResult

    Floats = NDArray[np.float64]

METHOD: Final = Method(
    key="turnbull",
    title="Turnbull's estimate for interval-censored events",
    source=Source(
        "Turnbull BW. The empirical distribution function with arbitrarily grouped, censored and truncated data. "
        "J R Stat Soc B 1976;38:290-5",
        status=Status.SECONDARY,
        reading="An event lies in (left, right]: after the last visit without it, at or before the first with it.",
    ),
    also=(
        Source(
            "Wang Y. Dimension-reduced nonparametric maximum likelihood computation for interval-censored data. "
            "Comput Stat Data Anal 2008;52:2388-402",
            status=Status.SECONDARY,
            reading="Constrained Newton steps; agrees with the R package npsurv 0.5-0.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite turnbull` print."""

VISITS: Final = "Without it nobody knows since when the event can have happened."


@dataclass(frozen=True, slots=True)
class Turnbull:
    """Probability of no event yet where an event is only known to lie between two days.

    Parameters
    ----------
    left
        Column of the last day known to be without the event, >= 0; 0 where there is none.
    right
        Column of the first day known to be with it; null = not seen by ``left``. Equal to ``left`` where the
        day itself is known.
    by
        Column of groups or arms, never null.
    tolerance
        Slope of the mean log-likelihood at which the maximum counts as found.

    Notes
    -----
    Nonparametric maximum likelihood. All mass falls on intervals that the visits cannot divide; within one
    the curve is not determined, and both its bounds are given. Visits must not depend on the coming event.
    No standard error: the estimate nears the truth at the cube root of n, and neither the inverse
    information nor the ordinary bootstrap is right. Use it beside `KaplanMeier` on the
    visit days, as a sensitivity analysis.

    Source
    ------
    Turnbull 1976; Wang 2008; agrees with the R package npsurv 0.5-0.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"left": [0, 28, 28, 56], "right": [28, 56, 84, None]})
    >>> Turnbull().fit(frame).at([28, 40, 56]).select("time", pl.col("lower", "upper").round(3)).rows()
    [(28.0, 0.75, 0.75), (40.0, 0.375, 0.75), (56.0, 0.375, 0.375)]
    """

    method: ClassVar[Method] = METHOD

    left: str = "left"
    right: str = "right"
    by: str | None = None
    tolerance: float = 1e-10

    def __post_init__(self) -> None:
        if not 0.0 < self.tolerance < 1.0:
            raise ParameterError(f"`tolerance` is {self.tolerance}.", "It ends the search.", "Use e.g. 1e-10.")

    def fit(self, frame: Any) -> TurnbullResult:
        """Estimate the distribution of each group.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row per subject.

        Returns
        -------
        TurnbullResult
            Masses a group, groups in the order of their values; whether the maximum was found is kept.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            A column holds no numbers, or ``frame`` is no dataframe.
        UndefinedError
            No rows; a null, NaN or infinite ``left``; a NaN ``right``; a null group.
        ParameterError
            A negative ``left``, or one after its ``right``.
        """
        from malar.survival._turnbull_kernel import turnbull
        from malar.survival.turnbull_result import GroupMasses, TurnbullResult

        names = [name for name in (self.left, self.right, self.by) if name]
        columns = _columns.take(frame, names, "Turnbull's estimate")
        left, right = self._read(columns)
        groups = tuple(
            GroupMasses(label, own.size, turnbull(left[own], right[own], self.tolerance))
            for label, own in _columns.groups(columns, self.by)
        )
        return TurnbullResult(spec=self, groups=groups)

    def _read(self, columns: pl.DataFrame) -> tuple[Floats, Floats]:
        import numpy as np
        import polars as pl

        left = _columns.numbers(columns, self.left, VISITS, "Use 0 where no visit was without the event.")
        _columns.nonnegative(left, self.left, "Time is counted from the start of the analysis.", "Check day 0.")
        column = columns[self.right]
        if not (column.dtype.is_numeric() or isinstance(column.dtype, pl.Null)):
            raise WrongTypeError(
                f"`{self.right}` is {column.dtype}, not a number.", "Days are counted from day 0.", "Convert it first."
            )
        right = column.cast(pl.Float64).fill_null(float("inf")).to_numpy()
        if np.isnan(right).any():
            raise UndefinedError(
                f"`{self.right}` is NaN in {int(np.isnan(right).sum())} of {right.size} rows.",
                "It is no day.",
                "Use null where the event was not seen.",
            )
        wrong = int((right < left).sum())
        if wrong:
            raise ParameterError(
                f"`{self.right}` is before `{self.left}` in {wrong} of {right.size} rows.",
                "The event lies between them.",
                "Check the visits; swap nothing silently.",
            )
        return left, right
