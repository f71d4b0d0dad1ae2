"""Mantel and Haenszel's pooling of two-arm counts: one common effect, for rare events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.errors import UndefinedError
from malar.method import Method
from malar.results import results_table
from malar.sources import Source, Status
from malar.synthesis import _studies
from malar.synthesis.measures import ARMS

if TYPE_CHECKING:
    import polars as pl

    from malar.synthesis.pooled_result import Interval

Effect = Literal["odds_ratio", "risk_ratio", "risk_difference"]

METHOD: Final = Method(
    key="mantel_haenszel",
    title="Common odds ratio, risk ratio or risk difference by Mantel and Haenszel",
    source=Source(
        "Mantel N, Haenszel W. Statistical aspects of the analysis of data from retrospective studies of disease. "
        "J Natl Cancer Inst 1959;22:719-48",
        status=Status.SECONDARY,
    ),
    also=(
        Source(
            "Robins J, Breslow N, Greenland S. Estimators of the Mantel-Haenszel variance consistent in both "
            "sparse data and large-strata limiting models. Biometrics 1986;42:311-23",
            status=Status.SECONDARY,
        ),
        Source(
            "Greenland S, Robins JM. Estimation of a common effect parameter from sparse follow-up data. "
            "Biometrics 1985;41:55-68",
            status=Status.SECONDARY,
            reading="Variance of the log risk ratio.",
        ),
        Source(
            "Sato T, Greenland S, Robins JM. On the variance estimator for the Mantel-Haenszel risk difference. "
            "Biometrics 1989;45:1323-4",
            status=Status.SECONDARY,
            reading="Variance of the risk difference.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite mantel_haenszel` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MantelHaenszel:
    """One common effect of two-arm studies, without a correction for empty cells.

    Parameters
    ----------
    measure
        ``odds_ratio``, ``risk_ratio`` or ``risk_difference``.
    level
        Confidence level, between 0 and 1.
    study, columns, across
        As :class:`malar.synthesis.Pooling` takes them.

    Notes
    -----
    Studies without events in both arms tell nothing of a ratio and drop out of it; they count in a risk difference.

    Source
    ------
    Mantel & Haenszel 1959; agrees with R metafor 3.8-1 (``rma.mh`` without corrections).

    Examples
    --------
    >>> import polars as pl
    >>> trials = pl.DataFrame({"events": [5, 4], "n": [12, 11], "control_events": [3, 2], "control_n": [6, 9]})
    >>> common = MantelHaenszel(measure="risk_difference").fit(trials)
    >>> round(common.estimate, 3)
    0.041
    """

    method: ClassVar[Method] = METHOD

    measure: Effect
    level: float = 0.95
    study: str = "study"
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    across: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _studies.one_of("measure", self.measure, get_args(Effect))
        _studies.confidence(self.level)
        object.__setattr__(self, "across", tuple(self.across))

    def fit(self, frame: Any) -> MantelHaenszelResult:
        """Pool.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a study: ``events``, ``n``, ``control_events``, ``control_n``.

        Returns
        -------
        MantelHaenszelResult
            The common effect, on the log scale where it is a ratio.

        Raises
        ------
        MissingColumnsError
            A column is not there.
        UndefinedError
            Fewer than two studies, unknown values, or a ratio of nothing to nothing.
        ParameterError
            Studies differ in what they measured, or hold impossible numbers.
        """
        from malar.synthesis._mantel_haenszel_kernel import common_effect

        studies = _studies.read_studies(
            frame, ARMS, self.columns, what="Mantel and Haenszel's pooling", study=self.study, across=self.across
        )
        estimate, variance = common_effect(self.measure, *(studies.values[role] for role in ARMS))
        if not variance > 0.0:
            raise UndefinedError(
                "The common effect has no finite value or no standard error.",
                "One arm has no event, or nothing but events, in any study.",
                "Pool the risk difference, or use a prior.",
            )
        return MantelHaenszelResult(self, studies.k, estimate, variance**0.5)


@dataclass(frozen=True, slots=True)
class MantelHaenszelResult:
    """The common effect.

    Parameters
    ----------
    spec
        What was asked for.
    k
        Number of studies.
    estimate, se
        On the log scale where it is a ratio.
    """

    spec: MantelHaenszel
    k: int
    estimate: float
    se: float

    @property
    def lower(self) -> float:
        """Lower normal limit, on the scale of the estimate."""
        from malar.synthesis._distributions import normal_quantile

        return self.estimate - normal_quantile(self.spec.level) * self.se

    @property
    def upper(self) -> float:
        """Upper normal limit, on the scale of the estimate."""
        from malar.synthesis._distributions import normal_quantile

        return self.estimate + normal_quantile(self.spec.level) * self.se

    @property
    def natural(self) -> Interval:
        """The effect as a ratio, or the difference as it is."""
        from math import exp

        from malar.synthesis.pooled_result import Interval

        ends = (self.estimate, self.lower, self.upper)
        return Interval(*ends) if self.spec.measure == "risk_difference" else Interval(*map(exp, ends))

    def table(self, **labels: Any) -> pl.DataFrame:
        """Rows of the table of results: terms ``pooled`` and ``pooled_scale``.

        Parameters
        ----------
        labels
            Columns of the table, taken as they are.
        """
        from malar.synthesis._distributions import two_sided
        from malar.synthesis._table import accepted, interval_rows, row

        spec = self.spec
        scale = spec.measure.replace("_", " ") if spec.measure == "risk_difference" else "log"
        notes = (labels.get("note", ""), "one common effect, normal limits", accepted(spec.across))
        common = {**labels, "analysis": METHOD.key, "source": METHOD.source.cite()}
        common["note"] = "; ".join(filter(None, notes))
        rows = [row(common, "pooled", "n", self.k, "studies")]
        rows += interval_rows(common, "pooled", self.natural, spec.measure.replace("_", " "), spec.level)
        p = two_sided(self.estimate / self.se)
        on_scale = (("estimate", self.estimate), ("se", self.se), ("p", p))
        return results_table(rows + [row(common, "pooled_scale", s, x, scale) for s, x in on_scale])
