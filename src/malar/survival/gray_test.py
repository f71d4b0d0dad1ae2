"""Gray's test of k groups: are the cumulative incidences of a cause equal, with other causes competing?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns

if TYPE_CHECKING:
    from malar.survival.gray_test_result import GrayTestResult

METHOD: Final = Method(
    key="gray_test",
    title="Gray's test of k cumulative incidences",
    source=Source(
        "Gray RJ. A class of K-sample tests for comparing the cumulative incidence of a competing risk. "
        "Ann Stat 1988;16:1141-54",
        status=Status.SECONDARY,
        reading="At tied times a group expects its share of the cause's events as drawn without replacement from "
        "those who would be at risk if all were of that group; other causes' events are drawn from its own.",
    ),
    also=(
        Source(
            "Gray B. cmprsk: Subdistribution Analysis of Competing Risks, R package version 2.2-11 (cuminc)",
            status=Status.SECONDARY,
            reading="Target of comparison at tied times, which the paper leaves open.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite gray_test` print."""


@dataclass(frozen=True, slots=True)
class GrayTest:
    """Test, cause by cause, whether two or more groups have the same cumulative incidence.

    Parameters
    ----------
    time
        Column of event or censoring times, days from the start of the analysis, >= 0.
    cause
        Column of causes, whole numbers or words; null, 0 and an empty word mean censored at ``time``.
    by
        Column of groups or arms, never null.
    strata
        Column or columns of strata, never null: subjects are compared within each combination only.
    causes
        Causes in the order wanted; by default those seen, in their order. Each has a test of its own.
    rho
        Each time has weight (1 - F(t-))^rho, F the incidence common to all groups; above 0 early events count
        more. Choose before seeing the data.

    Notes
    -----
    A log-rank test of the subdistribution hazard: those who had another cause stay at risk, in the share
    that would still be followed. Score of group i: Σ w (d_i - d R_i/ΣR), R_i = Y_i (1 - F_i(t-))/S_i(t-) with
    Y at risk, S event-free and F the group's incidence; variance from the influence of every event on the
    scores, derived on the page of competing causes. Scores and variances add over strata. Censoring may
    differ between groups but must not depend on the causes. The log-rank test that censors other causes
    compares cause-specific hazards, another question.

    Source
    ------
    Gray 1988; agrees with cmprsk 2.2-11.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({
    ...     "time": [3, 5, 8, 9, 12, 14, 2, 3, 4, 6, 7, 15],
    ...     "cause": ["flare", "", "death", "flare", "", "", "flare", "flare", "death", "flare", "flare", ""],
    ...     "arm": ["treated"] * 6 + ["control"] * 6,
    ... })
    >>> GrayTest().fit(frame).tests().select("cause", pl.col("chisq", "p").round(3)).rows()
    [('death', 0.0, 0.989), ('flare', 1.233, 0.267)]
    """

    method: ClassVar[Method] = METHOD

    time: str = "time"
    cause: str = "cause"
    by: str = "arm"
    strata: str | Sequence[str] | None = None
    causes: Sequence[str] | None = None
    rho: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.rho < float("inf"):
            raise ParameterError(f"`rho` is {self.rho}.", "It is the exponent of the weights.", "Use 0 or more.")
        for name in ("strata", "causes"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                object.__setattr__(self, name, tuple(map(str, value)))

    def fit(self, frame: Any) -> GrayTestResult:
        """Compare the groups.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row per subject.

        Returns
        -------
        GrayTestResult
            Of each cause: scores, their covariance, chi-square and p.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            ``time`` is no number, or ``frame`` is no dataframe.
        UndefinedError
            No rows; null, NaN or infinite times; a null group or stratum; one group only.
        ParameterError
            Negative times; a cause that ``causes`` lacks.
        """
        import numpy as np

        from malar.survival._causes import read_causes
        from malar.survival._gray_kernel import gray_scores
        from malar.survival._spans import read_spans
        from malar.survival._strata import read_groups, read_strata, strata_names
        from malar.survival.gray_test_result import CauseTest, GrayTestResult

        strata = strata_names(self.strata)
        columns = _columns.take(frame, [self.time, self.cause, self.by, *strata], "Gray's test")
        time = read_spans(columns, self.time, None, None).time
        codes, causes = read_causes(columns, self.cause, self.causes)
        groups, labels = read_groups(columns, self.by)
        owned = read_strata(columns, strata)
        size, kinds = len(labels), len(causes)
        parts = [gray_scores(time[own], codes[own], groups[own], size, kinds, self.rho) for own in owned]
        counts = np.bincount(codes * size + groups, minlength=(kinds + 1) * size).reshape(kinds + 1, size)
        tests: list[CauseTest] = []
        for place, cause in enumerate(causes):
            score, covariance = (np.sum([part[place][i] for part in parts], axis=0) for i in range(2))
            tests.append(CauseTest(cause, tuple(counts[place + 1].tolist()), score, covariance))
        n = tuple(counts.sum(axis=0).tolist())
        return GrayTestResult(spec=self, groups=labels, n=n, causes=tuple(tests))
