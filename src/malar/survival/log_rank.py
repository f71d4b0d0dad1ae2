"""Log-rank test of k groups, stratified and weighted: are the hazards of an event equal?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns

if TYPE_CHECKING:
    from malar.survival.log_rank_result import LogRankResult

METHOD: Final = Method(
    key="log_rank",
    title="Log-rank test of k groups, stratified, with Fleming-Harrington weights",
    source=Source(
        "Mantel N. Evaluation of survival data and two new rank order statistics arising in its consideration. "
        "Cancer Chemother Rep 1966;50:163-70",
        status=Status.SECONDARY,
        reading="Events tied at one time are drawn without replacement (hypergeometric variance).",
    ),
    also=(
        Source(
            "Harrington DP, Fleming TR. A class of rank test procedures for censored survival data. "
            "Biometrika 1982;69:553-66",
            status=Status.SECONDARY,
            reading="Weights use the pooled Kaplan-Meier curve just before each time, within each stratum.",
        ),
        Source(
            "Therneau TM. survival: A Package for Survival Analysis in R, version 3.5-3 (survdiff)",
            status=Status.SECONDARY,
        ),
    ),
)
"""What `malar list estimators` and `malar cite log_rank` print."""


@dataclass(frozen=True, slots=True)
class LogRank:
    """Test whether two or more groups have the same hazard of an event.

    Parameters
    ----------
    time
        Column of event or censoring times, days from the start of the analysis, >= 0.
    event
        Column: true or 1 = event; false, 0 or null = censored at ``time``.
    by
        Column of groups or arms, never null.
    strata
        Column or columns of strata, never null: subjects are compared within each combination only.
    entry
        Column of entry times (left truncation): at risk from after ``entry`` to ``time``.
    rho, gamma
        Each event time has weight S(t-)^rho (1 - S(t-))^gamma: (0, 0) is the log-rank test, (1, 0) Peto and
        Peto's, which weighs early events more; (0, 1) weighs late ones. Choose before seeing the data.

    Notes
    -----
    Score of group i: Σ w (d_i - d Y_i/Y) over event times. Covariance: Σ w² d (Y-d)/(Y-1) (δ_ij Y_i/Y -
    Y_i Y_j/Y²). Scores and covariances add over strata; chi-square with their rank (groups less one) as
    degrees of freedom. Ties: events come before censorings. A group that is never at risk when an event
    happens counts for nothing. Not determined where no event happens with two groups at risk: then chi-square
    and p are null.

    Source
    ------
    Mantel 1966; Harrington & Fleming 1982; agrees with R survival 3.5-3.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({
    ...     "time": [6, 7, 10, 15, 19, 25, 1, 1, 2, 4, 5, 8],
    ...     "event": [1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1],
    ...     "arm": ["treated"] * 6 + ["control"] * 6,
    ... })
    >>> result = LogRank().fit(frame)
    >>> round(result.chisq, 3), result.df, round(result.p, 4)
    (9.733, 1, 0.0018)
    """

    method: ClassVar[Method] = METHOD

    time: str = "time"
    event: str = "event"
    by: str = "arm"
    strata: str | Sequence[str] | None = None
    entry: str | None = None
    rho: float = 0.0
    gamma: float = 0.0

    def __post_init__(self) -> None:
        if not (0.0 <= self.rho < float("inf") and 0.0 <= self.gamma < float("inf")):
            raise ParameterError(
                f"`rho` is {self.rho} and `gamma` {self.gamma}.",
                "They are the exponents of the weights.",
                "Use 0 or a positive number.",
            )
        if self.strata is not None and not isinstance(self.strata, str):
            object.__setattr__(self, "strata", tuple(self.strata))

    def fit(self, frame: Any) -> LogRankResult:
        """Compare the groups.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row per subject.

        Returns
        -------
        LogRankResult
            Observed and expected events of each group, their covariance, chi-square and p.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            A column that must be numeric is not, or ``frame`` is no dataframe.
        UndefinedError
            No rows; null, NaN or infinite times or entries; a null group or stratum; one group only.
        ParameterError
            Negative times or entries; entry at or after time; events other than 0 and 1.
        """
        import numpy as np

        from malar.survival._logrank_kernel import scores
        from malar.survival._spans import read_spans
        from malar.survival._strata import read_groups, read_strata, strata_names
        from malar.survival.log_rank_result import LogRankResult

        strata = strata_names(self.strata)
        named = [self.time, self.event, self.by, *strata, self.entry]
        columns = _columns.take(frame, [name for name in named if name], "The log-rank test")
        spans, event = read_spans(columns, self.time, self.entry, None), _columns.ones(columns, self.event)
        codes, groups = read_groups(columns, self.by)
        parts = [
            scores(part.time, event[own], codes[own], part.entry, len(groups), self.rho, self.gamma)
            for own, part in ((own, spans.of(own)) for own in read_strata(columns, strata))
        ]
        return LogRankResult(
            spec=self,
            groups=groups,
            n=tuple(np.bincount(codes, minlength=len(groups)).tolist()),
            events=tuple(np.bincount(codes[event], minlength=len(groups)).tolist()),
            scores=sum(parts[1:], start=parts[0]),
        )
