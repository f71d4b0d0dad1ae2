"""Annualized rates of events that recur: events over patient-years, with exact limits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from malar._frames import as_sign, demand, demand_values, enter
from malar.errors import ParameterError, UndefinedError, WrongTypeError
from malar.method import Method
from malar.responders._arms import words
from malar.results import results_table
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

DAYS_A_YEAR: Final = 365.25

GARWOOD: Final = Source(
    "Garwood F. Biometrika 1936;28:437-42",
    "exact limits of a Poisson mean",
    Status.SECONDARY,
    "Events are taken as independent. Where some patients flare more often than others, the limits are too narrow.",
)


def garwood(events: int, exposure: float, *, level: float = 0.95) -> tuple[float, float]:
    """Exact confidence limits of a rate, from a Poisson number of events.

    Parameters
    ----------
    events
        Number of events, 0 or more.
    exposure
        Time observed, above 0; the limits are per unit of it.
    level
        Confidence level.

    Returns
    -------
    tuple of float
        Lower and upper limit; 0 events have lower limit 0.

    Raises
    ------
    ParameterError
        Events, exposure or level outside their ranges.

    Source
    ------
    Garwood F. Biometrika 1936;28:437-42.

    Examples
    --------
    >>> [round(limit, 3) for limit in garwood(0, 1)], [round(limit, 2) for limit in garwood(10, 1)]
    ([0.0, 3.689], [4.8, 18.39])
    """
    from scipy.special import gammaincinv

    if not 0 <= events < math.inf or not 0 < exposure < math.inf or not 0 < level < 1:
        raise ParameterError(
            "A rate needs at least 0 events, an exposure above 0 and a level between 0 and 1.",
            "Its limits are not defined otherwise.",
            "Pass the events and the time in which they were counted.",
        )
    tail = (1 - level) / 2
    low = 0.0 if events == 0 else float(gammaincinv(events, tail))
    return low / exposure, float(gammaincinv(events + 1, 1 - tail)) / exposure


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRate:
    """Events per patient-year from a verdict at visits.

    Parameters
    ----------
    flag
        Boolean column: the event happened since the visit before, or the state holds.
    counts
        ``episodes``: consecutive visits at which it is true are one event, which begins at the first of
        them; one that held at the last visit on or before day 0 is not counted again. ``visits``: every
        visit at which it is true is an event.
    unknown
        What an assessed visit with an unknown verdict means. ``no_event``: none, and the time counts.
        ``excluded``: the time since the visit before does not count, and the visit does not end an
        episode. There is no default.
    assessed
        Boolean column that tells which visits were assessed; the others are passed over. Empty: all.
    by
        Column of groups; empty: one group.
    level
        Confidence level.
    """

    method: ClassVar[Method] = Method(key="event_rate", title="Annualized rate of recurrent events", source=GARWOOD)

    flag: str
    unknown: Literal["no_event", "excluded"]
    counts: Literal["episodes", "visits"] = "episodes"
    assessed: str = ""
    by: str = ""
    level: float = 0.95

    def __post_init__(self) -> None:
        if self.unknown not in ("no_event", "excluded") or self.counts not in ("episodes", "visits"):
            raise ParameterError(
                f"An event rate does not know unknown={self.unknown!r} with counts={self.counts!r}.",
                "Both decide what is counted.",
                "Use unknown='no_event' or 'excluded', and counts='episodes' or 'visits'.",
            )
        if not 0 < self.level < 1:
            raise ParameterError("The confidence level is not between 0 and 1.", hint="Pass level=0.95.")

    def fit(self, frame: Any) -> EventRates:
        """Count events and patient-years.

        Parameters
        ----------
        frame
            Judged visits with `subject`, `day` and the columns named; any kind of dataframe.

        Returns
        -------
        EventRates
            Counts by subject, and rates by group.

        Raises
        ------
        MissingColumnsError, WrongTypeError
            A column is not there, or holds no verdict.
        UndefinedError
            Nobody was observed after day 0, or a visit has no subject, day or group.
        ParameterError
            A subject has two rows on a day, or is in several groups.

        Notes
        -----
        Each visit after day 0 speaks for the time since the assessed visit before it, or since day 0. A
        subject without such a visit adds neither events nor time.
        """
        inside, _ = enter(frame)
        read = [self.flag, *([self.assessed] if self.assessed else [])]
        schema = inside.collect_schema()
        demand(schema.names(), ("subject", "day", *read, *([self.by] if self.by else [])), "An event rate")
        demand_values(schema, read, "An event rate")
        subjects = self._by_subject(inside)
        if not subjects["patient_years"].sum():
            raise UndefinedError(
                "No subject has an assessed visit after day 0.",
                "A rate needs time in which events could happen.",
                "Pass visits of the follow-up, with days counted from day 0.",
            )
        return EventRates(self, subjects)

    def _by_subject(self, frame: pl.LazyFrame) -> pl.DataFrame:
        import polars as pl

        group = pl.col(self.by) if self.by else pl.lit(None, dtype=pl.String)
        visits = frame.select("subject", "day", group=group, verdict=as_sign(self.flag), here=self._counted()).collect()
        visits = visits.with_columns(words(visits, "group"))
        self._check(visits)
        order = visits.filter("here").sort("subject", "day")
        known = pl.col("verdict").is_not_null()
        before = pl.max_horizontal(pl.col("day").shift(1).over("subject"), pl.lit(0)).fill_null(0)
        days = pl.when(pl.col("day") > 0).then(pl.col("day") - before).otherwise(0)
        order = order.with_columns(years=days / DAYS_A_YEAR)
        if self.unknown == "excluded":
            order = order.filter(known)
        happened = pl.col("verdict").fill_null(value=False)
        new = happened & ~happened.shift(1).over("subject").fill_null(value=False)
        event = (new if self.counts == "episodes" else happened) & (pl.col("day") > 0)
        counted = (
            order.with_columns(event=event)
            .group_by("subject")
            .agg(events=pl.col("event").sum().cast(pl.Int64), patient_years=pl.col("years").sum())
        )
        everyone = visits.group_by("subject").agg(pl.col("group").first())
        joined = everyone.join(counted, on="subject", how="left").sort("subject")
        return joined.with_columns(pl.col("events").fill_null(0), pl.col("patient_years").fill_null(0.0))

    def _check(self, visits: pl.DataFrame) -> None:
        import polars as pl

        if not visits["day"].dtype.is_numeric():
            raise WrongTypeError(f"`day` is {visits['day'].dtype}, not a number.", "Days are counted from day 0.")
        day, told = pl.col("day"), ["subject", *(["group"] if self.by else [])]
        gaps = visits.select(pl.any_horizontal(day.is_null() | ~day.is_finite(), pl.col(told).is_null()).sum()).item()
        if gaps:
            raise UndefinedError(
                f"{gaps} of {visits.height} visits have no subject, day or group.",
                "No row is dropped silently.",
                "Fill them, or leave these visits out and say so.",
            )
        twice = int(visits.filter("here").select("subject", "day").is_duplicated().sum())
        several = visits.group_by("subject").agg(pl.col("group").n_unique() > 1)["group"].sum()
        if twice or several:
            raise ParameterError(
                f"{twice} visits share subject and day with another, and {several} subjects are in several groups.",
                "Which of the rows counts cannot be told.",
                "Keep one row a subject and day, and one group a subject.",
            )

    def _counted(self) -> pl.Expr:
        import polars as pl

        return as_sign(self.assessed).fill_null(value=False) if self.assessed else pl.lit(value=True)


@dataclass(frozen=True, slots=True)
class EventRates:
    """Rates of one kind of event.

    Parameters
    ----------
    spec
        What was counted.
    subjects
        `subject`, `group`, `events` and `patient_years`, one row a subject.
    """

    spec: EventRate
    subjects: pl.DataFrame

    def table(self) -> pl.DataFrame:
        """Events, patient-years, rate and exact limits by group, as rows of the table of results."""
        return results_table(row for part in self.subjects.partition_by("group") for row in self._rows(part))

    def _rows(self, part: pl.DataFrame) -> Iterator[dict[str, Any]]:
        spec, years, events = self.spec, float(part["patient_years"].sum()), int(part["events"].sum())
        followed = part.filter(part["patient_years"] > 0).height
        common = {
            "analysis": "event_rate",
            "definition": spec.flag,
            "group": part["group"][0],
            "source": GARWOOD.cite(),
            "note": f"{spec.counts} counted; an unknown verdict: {spec.unknown.replace('_', ' ')}; "
            f"{part.height - followed} subjects without time after day 0; limits take events as independent",
        }
        yield {**common, "statistic": "n", "value": float(followed), "unit": "subjects"}
        yield {**common, "statistic": "events", "value": float(events), "unit": "count"}
        yield {**common, "term": "exposure", "statistic": "estimate", "value": years, "unit": "patient-years"}
        if not years:
            return
        low, high = garwood(events, years, level=spec.level)
        per_year = {**common, "term": "rate", "unit": "events per patient-year"}
        yield {**per_year, "statistic": "estimate", "value": events / years}
        yield {**per_year, "statistic": "lower", "value": low, "level": spec.level}
        yield {**per_year, "statistic": "upper", "value": high, "level": spec.level}
