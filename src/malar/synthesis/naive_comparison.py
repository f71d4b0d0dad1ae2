"""Treated series set beside control arms of other studies: what stands behind the difference is no randomization."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, hypot, log
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.errors import UndefinedError
from malar.method import Method
from malar.sources import Source, Status
from malar.synthesis import _studies
from malar.synthesis.mixed_pooling import MixedPooling

if TYPE_CHECKING:
    import polars as pl

    from malar.synthesis.pooled_result import Interval

METHOD: Final = Method(
    key="naive_comparison",
    title="Naive, unadjusted comparison of treated series with control arms of other studies",
    source=Source(
        "Zou GY, Donner A. Construction of confidence limits about effect measures: a general approach. "
        "Stat Med 2008;27:1693-702",
        status=Status.SECONDARY,
        reading="Limits of a difference by squaring and adding the distances of each side's own limits.",
    ),
    also=(
        Source(
            "Newcombe RG. Interval estimation for the difference between independent proportions. "
            "Stat Med 1998;17:873-90",
            locator="method 10",
            status=Status.SECONDARY,
            reading="What it is where each side is one study.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite naive_comparison` print."""

NAIVE: Final = (
    "naive and unadjusted: different patients, places and years, chosen and judged differently; no randomization "
    "stands behind the difference"
)
Side = Literal["treated", "control"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NaiveComparison:
    """Responders of treated series against those of control arms elsewhere, each side pooled by itself.

    Parameters
    ----------
    level
        Confidence level, between 0 and 1.
    study, columns, across
        As :class:`malar.synthesis.Pooling` takes them; `across` names differences within a side *and* between the
        sides.

    Notes
    -----
    A side of several studies is pooled by :class:`MixedPooling`; a side of one keeps its own proportion with score
    limits, and nothing is known of the spread between such studies. The difference of the two, and the log of their
    odds ratio, have limits by squaring and adding. These limits know of chance alone: selection, regression to the
    mean and unlike definitions are outside of them, and are usually larger.

    Source
    ------
    Zou & Donner 2008; with one study a side Newcombe's tenth method.

    Examples
    --------
    >>> import polars as pl
    >>> series = pl.DataFrame({"study": ["cells"], "events": [3], "n": [9]})
    >>> controls = pl.DataFrame({"study": ["placebo"], "events": [8], "n": [75]})
    >>> beside = NaiveComparison().fit(series, controls)
    >>> [round(100 * x) for x in (beside.difference.estimate, beside.difference.lower, beside.difference.upper)]
    [23, 0, 54]
    """

    method: ClassVar[Method] = METHOD

    level: float = 0.95
    study: str = "study"
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    across: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _studies.confidence(self.level)
        object.__setattr__(self, "across", tuple(self.across))

    def fit(self, treated: Any, control: Any) -> NaiveComparisonResult:
        """Set the two sides beside one another.

        Parameters
        ----------
        treated, control
            Any kind of dataframe, one row a study: ``events``, ``n``.

        Returns
        -------
        NaiveComparisonResult
            Each side, their difference and odds ratio.

        Raises
        ------
        ParameterError
            Studies differ in what they measured, within a side or between the sides, or share patients.
        UndefinedError
            A side is empty, has unknown values, or does not converge.
        """
        import polars as pl

        from malar._frames import enter
        from malar.synthesis.alike import demand_alike

        sides = [enter(frame)[0].collect() for frame in (treated, control)]
        shared = [name for name in sides[0].columns if name in sides[1].columns]
        demand_alike(pl.concat([side.select(shared) for side in sides], how="vertical_relaxed"), across=self.across)
        (k_treated, ours), (k_control, theirs) = (
            self._side(side, words) for side, words in zip(sides, get_args(Side), strict=True)
        )
        return NaiveComparisonResult(self, k_treated, ours, k_control, theirs)

    def _side(self, rows: pl.DataFrame, words: str) -> tuple[int, Interval]:
        """Number of studies, and the proportion of a side with its limits."""
        from malar.responders import wilson
        from malar.synthesis.pooled_result import Interval

        if rows.height > 1:
            spec = MixedPooling(
                outcome="proportion", level=self.level, study=self.study, columns=self.columns, across=self.across
            )
            pooled = spec.fit(rows)
            if not pooled.converged:
                raise UndefinedError(
                    f"The {words} side has no pooled value.", "Its likelihood runs away.", "Set single studies beside."
                )
            return rows.height, pooled.natural
        read = _studies.read_studies(
            rows,
            ("events", "n"),
            self.columns,
            what=f"The {words} side",
            study=self.study,
            across=self.across,
            fewest=1,
        )
        events, n = int(read.values["events"][0]), int(read.values["n"][0])
        return 1, Interval(events / n, *wilson(events, n, level=self.level))


@dataclass(frozen=True, slots=True)
class NaiveComparisonResult:
    """Two sides and their difference, which is naive.

    Parameters
    ----------
    spec
        What was asked for.
    k_treated, k_control
        Number of studies of each side.
    treated, control
        Proportion of each side with its limits.
    """

    spec: NaiveComparison
    k_treated: int
    treated: Interval
    k_control: int
    control: Interval

    @property
    def difference(self) -> Interval:
        """Treated less control, between -1 and 1."""
        from malar.synthesis.pooled_result import Interval

        one, other = self.treated, self.control
        middle = one.estimate - other.estimate
        low = hypot(one.estimate - one.lower, other.upper - other.estimate)
        high = hypot(one.upper - one.estimate, other.estimate - other.lower)
        return Interval(middle, middle - low, middle + high)

    @property
    def odds_ratio(self) -> Interval:
        """Odds of the treated over those of controls; NaN where a side is 0 or 1."""
        from malar.synthesis.pooled_result import Interval

        if not all(0.0 < side.estimate < 1.0 for side in (self.treated, self.control)):
            return Interval(float("nan"), float("nan"), float("nan"))
        one, other = (
            tuple(log(x / (1.0 - x)) for x in (side.estimate, side.lower, side.upper))
            for side in (self.treated, self.control)
        )
        middle = one[0] - other[0]
        low, high = hypot(one[0] - one[1], other[2] - other[0]), hypot(one[2] - one[0], other[0] - other[1])
        return Interval(exp(middle), exp(middle - low), exp(middle + high))

    def table(self, **labels: Any) -> pl.DataFrame:
        """Rows of the table of results: ``treated``, ``control``, ``difference`` and ``odds_ratio``.

        Parameters
        ----------
        labels
            Columns of the table, taken as they are.
        """
        from malar.results import results_table
        from malar.synthesis._table import accepted, interval_rows, row

        note = "; ".join(filter(None, (labels.get("note", ""), NAIVE, accepted(self.spec.across))))
        common = {**labels, "analysis": METHOD.key, "source": METHOD.source.cite(), "note": note}
        rows = [
            row(common, term, "n", k, "studies")
            for term, k in (("treated", self.k_treated), ("control", self.k_control))
        ]
        for term, value in (("treated", self.treated), ("control", self.control), ("difference", self.difference)):
            rows += interval_rows(common, term, value, "probability", self.spec.level)
        rows += interval_rows(common, "odds_ratio", self.odds_ratio, "ratio", self.spec.level)
        return results_table(rows)
