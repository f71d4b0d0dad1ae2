"""A sequence of trials: at every visit at which a subject qualifies, he enters one, as treated or as control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar._frames import as_sign, demand_values
from malar.controls import _columns
from malar.errors import ParameterError, UndefinedError, WrongTypeError
from malar.method import Method
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

METHOD: Final = Method(
    key="sequential_trials",
    title="Emulation of a sequence of trials",
    source=Source(
        "Hernan MA, Alonso A, Logan R, et al. Observational studies analyzed like randomized experiments: an "
        "application to postmenopausal hormone therapy and coronary heart disease. Epidemiology 2008;19:766-79",
        status=Status.PROVISIONAL,
        reading="A visit is a trial of its own; treatment that begins after a visit, and before the next, is assigned "
        "at that visit only within `window_days`.",
    ),
    also=(
        Source(
            "Danaei G, Rodriguez LA, Cantero OF, Logan R, Hernan MA. Observational data for comparative effectiveness "
            "research: an emulation of randomised trials of statins and primary prevention of coronary heart disease. "
            "Stat Methods Med Res 2013;22:70-96",
            status=Status.PROVISIONAL,
        ),
    ),
)
"""What `malar cite sequential_trials` prints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialTrials:
    """Give everyone time zero whenever eligibility is met, so that controls are not chosen by what came later.

    Parameters
    ----------
    subject, day, eligible
        Columns: who, study day, and whether all criteria of eligibility are met at the visit (null: unknown, no entry).
    treatment_start
        Column: the subject's first day of the treatment, the same in all his rows; null if never.
    last_day
        Column: the subject's day of last contact, data cut or event, the same in all his rows.
    event
        Column: whether the event of interest happened on ``last_day``; null or absent (pass None) is no event.
    window_days
        A subject whose treatment begins on the day of the visit or at most so many days after it is treated in that
        visit's trial, and his time zero is the first day of treatment.
    censor_at_treatment
        Whether follow-up of controls ends on the day on which they begin treatment (the effect of adherence, to be
        weighted for artificial censoring); if not, they stay controls (the effect of assignment).

    Notes
    -----
    A subject can be control in several trials and treated in at most one, that of the last visit at which he qualifies
    before treatment; earlier visits within the window make no trial. Errors are clustered by subject.
    Nobody enters after treatment began, nor on his last day or later. Controls' time zero is the visit.

    Source
    ------
    Hernán et al. 2008; Danaei et al. 2013.

    Examples
    --------
    >>> import polars as pl
    >>> visits = pl.DataFrame(
    ...     {"subject": ["A", "A", "A"], "day": [0, 90, 180], "eligible": [True, False, True], "cells_from": 187}
    ... ).with_columns(last_day=400, relapse=True)
    >>> made = SequentialTrials(treatment_start="cells_from", event="relapse", window_days=14).enroll(visits)
    >>> made.select("trial", "treated", "time_zero", "time", "event", "end").rows()
    [(1, False, 0, 187, False, 'began treatment'), (2, True, 187, 213, True, 'event')]
    """

    method: ClassVar[Method] = METHOD

    treatment_start: str
    subject: str = "subject"
    day: str = "day"
    eligible: str = "eligible"
    last_day: str = "last_day"
    event: str | None = None
    window_days: int = 0
    censor_at_treatment: bool = True

    def __post_init__(self) -> None:
        if self.window_days < 0:
            raise ParameterError(
                f"`window_days` is {self.window_days}.", "It is counted from the visit.", "Pass 0 or more."
            )

    def enroll(self, frame: Any) -> pl.DataFrame:
        """One row a subject and trial that he enters.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject and visit.

        Returns
        -------
        polars.DataFrame
            The visit's row with all its columns, which are the covariates at entry, and: ``trial`` (1, 2, … in the
            subject's order), ``treated``, ``time_zero``, ``time`` (days of follow-up, > 0), ``event``, ``end``
            (``event``, ``began treatment`` or ``last contact``). Ordered by subject and day.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        UndefinedError
            No rows, a null or infinite day, or a subject without a last day.
        WrongTypeError
            Days that are no numbers, or signs that are neither Boolean nor numbers.
        ParameterError
            Days of treatment or last contact that differ between a subject's rows, or two rows on one day.
        """
        import polars as pl

        event = [self.event] if self.event else []
        named = [self.subject, self.day, self.eligible, self.treatment_start, self.last_day, *event]
        rows = _columns.take(frame, named, "A sequence of trials")
        demand_values(rows.schema, [self.eligible, *event], "A sequence of trials")
        rows = self._days(rows)
        self._check(rows, [self.treatment_start, self.last_day, *event])
        start, visit, last = pl.col(self.treatment_start), pl.col(self.day), pl.col(self.last_day)
        happened = as_sign(self.event).fill_null(value=False) if self.event else pl.lit(value=False)
        begins = start.is_not_null() & (start >= visit)
        entered = (
            rows.sort(self.subject, self.day)
            .filter(as_sign(self.eligible).fill_null(value=False))
            .filter(start.is_null() | (start >= visit))
            .with_columns(treated=begins & (start <= visit + self.window_days))
            .filter(~pl.col("treated") | (visit == visit.max().over(self.subject)))
            .with_columns(time_zero=pl.when("treated").then(start).otherwise(visit))
        )
        switches = begins & ~pl.col("treated") & (start < last) if self.censor_at_treatment else pl.lit(value=False)
        return entered.filter(pl.col("time_zero") < last).with_columns(
            trial=pl.int_range(1, pl.len() + 1).over(self.subject),
            time=pl.when(switches).then(start).otherwise(last) - pl.col("time_zero"),
            event=happened & ~switches,
            end=pl.when(switches)
            .then(pl.lit("began treatment"))
            .when(happened)
            .then(pl.lit("event"))
            .otherwise(pl.lit("last contact")),
        )

    def _days(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows, with days that are numbers, never infinite and null where not a number."""
        import polars as pl

        for name in (self.day, self.last_day, self.treatment_start):
            kind = rows.schema[name]
            if not (kind.is_numeric() or kind == pl.Null):
                raise WrongTypeError(f"`{name}` is {kind}, not a day.", "Days are compared.", "Use study days.")
            if kind.is_float():
                rows = rows.with_columns(pl.col(name).fill_nan(None))
                if rows[name].is_infinite().any():
                    raise UndefinedError(
                        f"`{name}` is infinite in {int(rows[name].is_infinite().sum())} rows.",
                        "Follow-up is counted in days.",
                        "Use the data cut, or null for a treatment that never began.",
                    )
        return rows

    def _check(self, rows: pl.DataFrame, fixed: list[str]) -> None:
        import polars as pl

        _columns.never_null(rows, [self.subject, self.day], "A visit belongs to somebody, on some day.", "Filter it.")
        _columns.never_null(rows, [self.last_day], "Follow-up without an end has no time.", "Use the data cut.")
        if rows.select(self.subject, self.day).is_duplicated().any():
            raise ParameterError(
                "A subject has two rows on one day.", "He would enter two trials at once.", "Join them."
            )
        differing = rows.group_by(self.subject).agg(pl.col(name).n_unique() > 1 for name in fixed)
        wrong = int(differing.select(pl.any_horizontal(fixed)).to_series().sum())
        if wrong:
            raise ParameterError(
                f"{wrong} subjects have several first days of treatment, last days or events.",
                "Each is one fact of a subject, repeated in all his rows.",
                "Derive them once a subject, and join them to the visits.",
            )
        if not rows.select(as_sign(self.eligible).any()).item():
            raise UndefinedError(f"`{self.eligible}` is true at no visit.", "Nobody enters.", "Check the criteria.")
