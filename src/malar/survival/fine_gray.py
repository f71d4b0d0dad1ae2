"""Fine-Gray regression: ratios of subdistribution hazards, hence of cumulative incidence, with competing causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns, _covariates

if TYPE_CHECKING:
    import polars as pl

    from malar.survival.fine_gray_result import FineGrayResult

FOLLOW_UP: Final = "A subject without a time cannot be followed, and no row is dropped silently."

METHOD: Final = Method(
    key="fine_gray",
    title="Fine-Gray regression: subdistribution hazard ratios with competing causes",
    source=Source(
        "Fine JP, Gray RJ. A proportional hazards model for the subdistribution of a competing risk. "
        "J Am Stat Assoc 1999;94:496-509",
        status=Status.SECONDARY,
        reading="Censoring weights from one Kaplan-Meier estimate over all rows; the variance counts its estimation.",
    ),
    also=(
        Source(
            "Gray B. cmprsk: Subdistribution Analysis of Competing Risks in R, version 2.2-11 (crr)",
            status=Status.SECONDARY,
            reading="Breslow ties; a competing event at the time of an event of interest is still at risk in full.",
        ),
        Source(
            "Kawaguchi ES, et al. A fast and scalable implementation method for competing risks data with the R "
            "package fastcmprsk. R J 2021, doi:10.32614/RJ-2021-010",
            status=Status.SECONDARY,
            reading="Forward and backward running sums in place of sums over pairs; the estimates are the same.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite fine_gray` print."""


@dataclass(frozen=True, slots=True)
class FineGray:
    """Subdistribution hazard ratios of one cause among competing ones, from one row a subject.

    Parameters
    ----------
    covariates
        Columns of numbers or Booleans, at least one. Text is refused: make a column of 0 and 1 a category.
    interest
        The cause of interest, as in the column; every other cause competes.
    time
        Column of event or censoring times, days from the start of the analysis, >= 0.
    cause
        Column of causes, whole numbers or words; null, 0 and an empty word mean censored at ``time``.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    Breslow ties. Censoring must not depend on the covariates. The variance is the sandwich of Fine & Gray, with the
    part of the estimated censoring distribution. A coefficient that grows for ever (no event of interest at one
    value) is infinite with null standard error, and `FineGrayResult.convergence` names it. Cost O(n log n + n p²).

    Source
    ------
    Fine & Gray 1999; agrees with R cmprsk 2.2-11 (crr).

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame(
    ...     {
    ...         "time": [3, 5, 8, 9, 12, 14, 17, 20],
    ...         "cause": ["relapse", "relapse", "death", None, "relapse", "death", "relapse", None],
    ...         "cells": [0, 0, 0, 1, 1, 1, 0, 1],
    ...     }
    ... )
    >>> result = FineGray(covariates=["cells"], interest="relapse").fit(frame)
    >>> result.coefficients().select("term", pl.col("estimate", "se").round(3)).rows()
    [('cells', -1.334, 1.007)]
    """

    method: ClassVar[Method] = METHOD

    covariates: Sequence[str]
    interest: str | int
    time: str = "time"
    cause: str = "cause"
    level: float = 0.95

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariates", _covariates.names(self.covariates))
        object.__setattr__(self, "interest", str(self.interest))
        _columns.confidence(self.level)

    def fit(self, frame: Any) -> FineGrayResult:
        """Estimate the subdistribution hazard ratios.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject.

        Returns
        -------
        FineGrayResult
            Coefficients, test and cumulative incidence for given covariates.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            A covariate or time is no number, or ``frame`` is no dataframe.
        UndefinedError
            No rows or no event of interest; null, NaN or infinite values; a covariate that does not vary among
            those at risk, or that others determine.
        ParameterError
            Negative times.
        """
        from malar.survival import _fine_gray_kernel as kernel
        from malar.survival._newton_kernel import at_zero, undetermined
        from malar.survival.fine_gray_result import FineGrayResult

        columns = _columns.take(frame, [self.time, self.cause, *self.covariates], "Fine-Gray regression")
        time = _columns.numbers(columns, self.time, FOLLOW_UP, "Censor at the last contact, or set the rows aside.")
        _columns.nonnegative(time, self.time, "Time is counted from the start of the analysis.", "Check the clock.")
        cause = _causes(columns[self.cause])
        event = (cause == self.interest).fill_null(value=False).to_numpy()
        _covariates.refuse_eventless(int(event.sum()), f"{self.cause} = {self.interest}")
        competing = cause.is_not_null().to_numpy() & ~event
        prepared = kernel.prepare(time, event, competing, _covariates.matrix(columns, self.covariates))
        start = at_zero(prepared.model)
        _covariates.refuse_undetermined(self.covariates, undetermined(start))
        return FineGrayResult(
            spec=self,
            n=columns.height,
            n_events=int(event.sum()),
            n_competing=int(competing.sum()),
            prepared=prepared,
            fitted=kernel.estimate(prepared, start),
        )


def _causes(column: pl.Series) -> pl.Series:
    """Causes as words, null where censored."""
    import polars as pl

    from malar.survival._causes import readable

    named = readable(column).cast(pl.String).alias("cause").to_frame()
    return named.select(pl.when(~pl.col("cause").is_in(["", "0"])).then(pl.col("cause")))["cause"]
