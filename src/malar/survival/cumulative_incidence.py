"""Cumulative incidence of one cause among competing ones: Aalen-Johansen, through state occupancy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, get_args

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns
from malar.survival.state_occupancy import Interval, StateOccupancy

if TYPE_CHECKING:
    import polars as pl

    from malar.survival.cumulative_incidence_result import CumulativeIncidenceResult

EVENT_FREE: Final = "event_free"
"""Name of the state before any cause; no cause may have it."""

FOLLOW_UP: Final = "A subject without a time cannot be followed, and no row is dropped silently."

METHOD: Final = Method(
    key="cumulative_incidence",
    title="Cumulative incidence with competing causes (Aalen-Johansen)",
    source=Source(
        "Aalen OO, Johansen S. An empirical transition matrix for non-homogeneous Markov chains based on "
        "censored observations. Scand J Stat 1978;5:141-50",
        status=Status.SECONDARY,
        reading="The complement of a Kaplan-Meier curve that censors competing causes is another and larger number.",
    ),
    also=(
        Source(
            "Therneau TM. survival: A Package for Survival Analysis in R, version 3.5-3 (survfit, multi-state curves)",
            status=Status.SECONDARY,
            reading="Infinitesimal jackknife variance, not that of Aalen or Gray.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite cumulative_incidence` print."""


@dataclass(frozen=True, slots=True)
class CumulativeIncidence:
    """Probability that each cause has come first by each time, from one row a subject.

    Parameters
    ----------
    time
        Column of event or censoring times, days from the start of the analysis, >= 0. An event at time 0
        counts from the start.
    cause
        Column of causes, numbers or words; null, 0 and an empty word mean censored at ``time``.
    by
        Column of groups or arms, never null.
    causes
        All causes in the order wanted; by default those seen in any group, in their order.
    level
        Confidence level, between 0 and 1.
    interval
        Scale of the confidence limits of the incidences.

    Notes
    -----
    At one time, events come before censorings, and all causes are counted at once. The incidences and the
    probability of being event-free sum to 1 at every time. Variance: infinitesimal jackknife over subjects.

    Source
    ------
    Aalen & Johansen 1978; agrees with R survival 3.5-3.

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"time": [10, 20, 30, 40], "cause": ["relapse", None, "death", None]})
    >>> CumulativeIncidence().fit(frame).at(30).select("cause", pl.col("incidence").round(3)).rows()
    [('death', 0.375), ('relapse', 0.25)]
    """

    method: ClassVar[Method] = METHOD

    time: str = "time"
    cause: str = "cause"
    by: str | None = None
    causes: Sequence[str] | None = None
    level: float = 0.95
    interval: Interval = "log"

    def __post_init__(self) -> None:
        _columns.one_of("interval", self.interval, get_args(Interval))
        _columns.confidence(self.level)
        if self.causes is not None:
            object.__setattr__(self, "causes", tuple(map(str, self.causes)))

    def fit(self, frame: Any) -> CumulativeIncidenceResult:
        """Estimate the incidence of every cause in each group.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject.

        Returns
        -------
        CumulativeIncidenceResult
            One set of curves a group, groups in the order of their values.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            ``time`` is no number, or ``frame`` is no dataframe.
        UndefinedError
            No rows; null, NaN or infinite times; a null group.
        ParameterError
            Negative times; a cause that ``causes`` lacks, or that is called ``event_free``.
        """
        from malar.survival.cumulative_incidence_result import CumulativeIncidenceResult

        named = [name for name in (self.time, self.cause, self.by) if name]
        columns = _columns.take(frame, named, "The cumulative incidence")
        times = _columns.numbers(columns, self.time, FOLLOW_UP, "Filter subjects without a time, and say how many.")
        _columns.nonnegative(times, self.time, "Time is counted from the start of the analysis.", "Check the clock.")
        rows, causes = self._read(columns)
        groups = [(None, rows)] if self.by is None else _grouped(columns, rows, self.by)
        spec = StateOccupancy(states=(EVENT_FREE, *causes), level=self.level, interval=self.interval)
        fits = tuple((label, spec.fit(_history(own))) for label, own in groups)
        counts = tuple({cause: own.filter(cause=cause).height for cause in causes} for _, own in groups)
        return CumulativeIncidenceResult(spec=self, causes=causes, fits=fits, counts=counts)

    def _read(self, columns: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
        import polars as pl

        column = columns[self.cause]
        kind = column.dtype
        if kind.is_float():
            column = column.fill_nan(None).cast(pl.Int64)
        words = pl.col("cause").cast(pl.String)
        rows = pl.DataFrame({"time": columns[self.time], "cause": column}).with_columns(
            cause=pl.when(~words.is_in(["", "0"])).then(words)
        )
        seen = column.unique().sort().cast(pl.String).drop_nulls().to_list()
        found = tuple(name for name in seen if name not in ("", "0"))
        causes = found if self.causes is None else tuple(self.causes)
        strange = [name for name in found if name not in causes or name == EVENT_FREE]
        if strange or len(set(causes)) < len(causes):
            raise ParameterError(
                f"`{self.cause}` has {len(strange)} causes that cannot be told apart from the others.",
                "Each cause has a curve of its own, beside that of the event-free.",
                f"Name each cause once in `causes`, and none `{EVENT_FREE}`.",
            )
        return rows, causes


def _grouped(columns: pl.DataFrame, rows: pl.DataFrame, by: str) -> list[tuple[str, pl.DataFrame]]:
    return [(label, rows[own]) for label, own in _columns.split(columns, by)]


def _history(rows: pl.DataFrame) -> pl.DataFrame:
    """Stays: event-free until the time, then in the state of the cause for good."""
    import polars as pl

    numbered = rows.with_row_index("subject").with_columns(pl.col("time").cast(pl.Float64))
    censored = pl.col("cause").is_null()
    free = numbered.filter(censored | (pl.col("time") > 0)).select(
        "subject", start=pl.lit(0.0), stop="time", state=pl.lit(EVENT_FREE)
    )
    ended = numbered.filter(~censored).select(
        "subject", start="time", stop=pl.lit(None, dtype=pl.Float64), state="cause"
    )
    return pl.concat([free, ended])
