"""The rules by which visits are placed and baseline is found, as a value that tells itself in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from malar._frames import as_sign, demand, enter
from malar.conditions import Since
from malar.course.reference import derive_reference
from malar.course.windows import Tie, demand_tie, derive_analysis_visit, midpoint_windows
from malar.errors import ParameterError

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import PlannedVisit


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisRules:
    """How records become analysis visits, and which record is baseline.

    Parameters
    ----------
    windows
        ``stated``: the windows of the study's analysis plan. ``midpoints``: to the midpoints between planned
        days.
    max_distance_days
        With ``midpoints``, no window reaches farther from its day than this.
    tie
        Of two rows equally near to the planned day: ``later``, ``earlier`` or ``worst``; see
        :func:`malar.course.derive_analysis_visit`.
    worst_of
        Column whose higher values are worse; only with ``worst``.
    baseline
        ``last``: the last assessed value on or before day 0. ``average``: the mean of all assessed values
        there.
    screening
        Whether a value before day 0 may be baseline, or part of it.
    screening_from_day
        First day of screening that may be; None: any.

    Examples
    --------
    >>> for sentence in AnalysisRules(windows="stated", tie="later", screening_from_day=-28).sentences():
    ...     print(sentence)
    A visit belongs to the planned visit in whose window, as stated in the analysis plan, its day falls.
    Of several visits in a window, the one nearest to the planned day stands for it; on a tie, the later.
    Baseline is the last assessed value on or before day 0; values from screening count, from day -28 on.
    """

    windows: Literal["stated", "midpoints"] = "stated"
    max_distance_days: int | None = None
    tie: Tie = "later"
    worst_of: str = ""
    baseline: Literal["last", "average"] = "last"
    screening: bool = True
    screening_from_day: int | None = None

    def __post_init__(self) -> None:
        demand_tie(self.tie, self.worst_of)
        far = self.max_distance_days
        if self.windows not in ("stated", "midpoints") or (far is not None and (self.windows == "stated" or far < 0)):
            raise ParameterError(
                "Windows are 'stated' or to the 'midpoints', and only the latter have a greatest distance.",
                "Which visits count for a planned one would be left open.",
                "Pass windows='midpoints', max_distance_days=30.",
            )
        first = self.screening_from_day
        if self.baseline not in ("last", "average") or (first is not None and (first > 0 or not self.screening)):
            raise ParameterError(
                "Baseline is the 'last' value or the 'average', and a first day of screening is one up to day 0.",
                "Every change is measured from it.",
                "Pass baseline='last', screening=True, screening_from_day=-28.",
            )

    def sentences(self) -> list[str]:
        """The rules in words, one sentence a rule."""
        far = f", at most {self.max_distance_days} days from it" if self.max_distance_days is not None else ""
        windows = {
            "stated": "A visit belongs to the planned visit in whose window, as stated in the analysis plan, "
            "its day falls.",
            "midpoints": f"A visit belongs to the planned visit whose day is nearest{far}; "
            "a day midway between two belongs to the earlier.",
        }[self.windows]
        tie = f"the one with the higher {self.worst_of}" if self.tie == "worst" else f"the {self.tie}"
        baseline = {"last": "the last assessed value", "average": "the mean of the assessed values"}[self.baseline]
        since = "" if self.screening_from_day is None else f", from day {self.screening_from_day} on"
        when = f"on or before day 0; values from screening count{since}" if self.screening else "on day 0 itself"
        return [
            windows,
            f"Of several visits in a window, the one nearest to the planned day stands for it; on a tie, {tie}.",
            f"Baseline is {baseline} {when}.",
        ]

    def planned(self, stated: Sequence[PlannedVisit]) -> tuple[PlannedVisit, ...]:
        """Planned visits with the windows of these rules.

        Parameters
        ----------
        stated
            Planned visits with the windows of the analysis plan.
        """
        if self.windows == "stated":
            return tuple(stated)
        days = [(visit.label, visit.day) for visit in stated]
        return midpoint_windows(days, max_distance_days=self.max_distance_days)

    def place(self, frame: Any, stated: Sequence[PlannedVisit], *, assessed: str | None = None) -> Any:
        """Add the analysis visit of each row; see :func:`malar.course.derive_analysis_visit`.

        Raises
        ------
        ParameterError
            Two windows overlap.
        """
        return derive_analysis_visit(
            frame, self.planned(stated), assessed=assessed, tie=self.tie, worst_of=self.worst_of
        )

    def refer(self, frame: Any, column: str, *, assessed: str | None = None) -> Any:
        """Add a column's value at baseline, under the name by which definitions find it.

        Parameters
        ----------
        frame
            Visit frame with `subject`, `day` and the column, a number or Boolean; any kind of dataframe. A score with
            `column__low` and `column__high` gets the bounds of its baseline as well.
        column
            Name of the column.
        assessed
            Boolean column that tells which visits were assessed; what is unknown at one stays unknown. Without
            it, a visit is assessed where the value, or an upper bound of it, is known.

        Returns
        -------
        frame
            The same kind, with `baseline__column`, null up to the last day of baseline.

        Raises
        ------
        MissingColumnsError
            The column is not there.
        """
        inside, back = enter(frame)
        names = inside.collect_schema().names()
        demand(names, ("subject", "day", column, *([assessed] if assessed else [])), f"The baseline of `{column}`")
        bounds = [f"{column}__{side}" for side in ("low", "high")]
        own = [column, *(bounds if set(bounds) <= set(names) else [])]
        marked = inside.with_columns(__at_baseline=self._counts(own[-1], assessed))
        for name in own:
            marked = self._refer(marked, name)
        return back(marked.drop("__at_baseline"))

    def _counts(self, column: str, assessed: str | None) -> pl.Expr:
        """Rows that may be baseline."""
        import polars as pl

        seen = as_sign(assessed) if assessed else pl.col(column).is_not_null()
        first = 0 if not self.screening else self.screening_from_day
        due = pl.col("day") <= 0 if first is None else pl.col("day").is_between(first, 0)
        return (seen & due).fill_null(value=False)

    def _refer(self, frame: pl.LazyFrame, column: str) -> pl.LazyFrame:
        import polars as pl

        if self.baseline == "last":
            return derive_reference(frame, column, Since.BASELINE, assessed="__at_baseline")
        value = pl.when("__at_baseline").then(pl.col(column).cast(pl.Float64).fill_nan(None))
        open_ = (pl.col("__at_baseline") & value.is_null()).any().over("subject")
        last = pl.when("__at_baseline").then(pl.col("day")).max().over("subject")
        mean = pl.when(~open_ & (pl.col("day") > last)).then(value.mean().over("subject"))
        return frame.with_columns(mean.alias(f"baseline__{column}"))
