"""Mean number of flares by each day, where death ends them: Ghosh and Lin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar._frames import demand, enter
from malar.errors import ParameterError, UndefinedError, WrongTypeError
from malar.method import Method
from malar.responders._arms import words
from malar.responders.mean_cumulative_result import MeanCumulative, MeanOfGroup
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

GHOSH: Final = Source(
    "Ghosh D, Lin DY. Nonparametric analysis of recurrent events and death. Biometrics 2000;56:554-62",
    status=Status.SECONDARY,
    reading="Survival just before each time, by Kaplan and Meier; at one time flares come before deaths.",
)
LAWLESS_NADEAU: Final = Source(
    "Lawless JF, Nadeau C. Some simple robust methods for the analysis of recurrent events. "
    "Technometrics 1995;37:158-68",
    status=Status.SECONDARY,
    reading="What remains where nobody dies.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanCumulativeFunction:
    """Mean number of events per patient by each day, the dead counted among the patients.

    Parameters
    ----------
    recurrent
        Word in `event` for the event that recurs.
    terminal
        Word in `event` for death; None where nothing ends the events but the end of observation.
    subject, time, event
        Columns: one row for each event, and one last row a subject with `terminal`, or null or an empty word for
        the end of observation. Days from the start of the analysis, not negative.
    by
        Column of groups or arms, never null and one for each subject.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    The estimate sums, over the days with an event, survival just before times events over subjects at risk.
    Censoring at death instead estimates what would be if nobody died, and is larger. The variance is that of Ghosh
    and Lin, over independent subjects: patients may differ in how often they flare. Limits are on the log scale.
    A treatment that kills has few flares: show survival beside it.

    Source
    ------
    Ghosh & Lin 2000; agrees with mets 1.3.2, and without deaths with survfit of R survival 3.5-3.

    Examples
    --------
    >>> import polars as pl
    >>> flares = pl.DataFrame(
    ...     {
    ...         "subject": ["a", "a", "a", "b", "b", "c", "d"],
    ...         "time": [10, 40, 60, 20, 50, 30, 60],
    ...         "event": ["flare", "flare", None, "flare", "death", "death", None],
    ...     }
    ... )
    >>> result = MeanCumulativeFunction(recurrent="flare", terminal="death").fit(flares)
    >>> result.at(60).select("mean", "at_risk").rows()
    [(0.75, 2)]
    """

    method: ClassVar[Method] = Method(
        key="mean_cumulative_function",
        title="Mean number of recurrent events, with death (Ghosh-Lin)",
        source=GHOSH,
        also=(LAWLESS_NADEAU,),
    )

    recurrent: str
    terminal: str | None
    subject: str = "subject"
    time: str = "time"
    event: str = "event"
    by: str | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.level < 1 or self.recurrent == self.terminal or "" in (self.recurrent, self.terminal):
            raise ParameterError(
                "The level is not between 0 and 1, or the two kinds of event have one name or none.",
                "An event recurs or ends observation.",
                "Pass recurrent='flare', terminal='death' or None, and level=0.95.",
            )

    def fit(self, frame: Any) -> MeanCumulative:
        """Estimate the mean in each group.

        Parameters
        ----------
        frame
            Any kind of dataframe with the rows described.

        Returns
        -------
        MeanCumulative
            One curve a group, in order of the groups' names.

        Raises
        ------
        MissingColumnsError, WrongTypeError
            A column is not there, or times are no numbers.
        ParameterError
            Another word in `event`, a negative time, a subject with no last row or several, or an event after it.
        UndefinedError
            No rows, or a null subject, time or group.
        """
        rows = self._read(frame)
        groups = [(None, rows)] if self.by is None else self._groups(rows)
        return MeanCumulative(self.method, self.level, tuple(self._curve(name, part) for name, part in groups))

    def _read(self, frame: Any) -> pl.DataFrame:
        import polars as pl

        inside, _ = enter(frame)
        schema = inside.collect_schema()
        named = (self.subject, self.time, self.event, *([self.by] if self.by else []))
        demand(schema.names(), named, "A mean cumulative function", "One row an event, and a last row a subject.")
        if not schema[self.time].is_numeric():
            raise WrongTypeError(
                f"`{self.time}` is {schema[self.time]}, not a number.",
                "Time is counted in days from the start of the analysis.",
                "Take the difference of days first.",
            )
        read = inside.select(list(dict.fromkeys(named))).collect()
        for name in (self.subject, self.event, *([self.by] if self.by else [])):
            words(read, name)  # refuses what is no name
        group = pl.col(self.by) if self.by else pl.lit(None, dtype=pl.String)
        rows = read.select(
            subject=pl.col(self.subject).cast(pl.String),
            time=pl.col(self.time).cast(pl.Float64),
            event=pl.col(self.event).cast(pl.String).replace("", None),
            group=group.cast(pl.String),
        )
        nulls = sum(rows[name].null_count() for name in ("subject", "time", *(["group"] if self.by else [])))
        if nulls or not rows.height:
            raise UndefinedError(
                f"There are {rows.height} rows with {nulls} null subjects, times or groups.",
                "No row is dropped silently.",
                "Fill them, or leave the subjects out and say so.",
            )
        self._check(rows)
        return rows

    def _check(self, rows: pl.DataFrame) -> None:
        import polars as pl

        again = pl.col("event").fill_null("") == self.recurrent
        strange = rows.filter(
            ~again & pl.col("event").is_not_null() & (pl.col("event") != (self.terminal or ""))
        ).height
        each = rows.group_by("subject").agg(
            ends=(~again).sum(),
            late=(pl.col("time").filter(again).max() > pl.col("time").filter(~again).max()).fill_null(value=False),
            groups=pl.col("group").n_unique(),
        )
        wild = rows.filter((pl.col("time") < 0) | ~pl.col("time").is_finite()).height
        facts = {
            "rows with another word for the event": strange,
            "negative or infinite times": wild,
            "subjects without exactly one last row": each.filter(pl.col("ends") != 1).height,
            "subjects with an event after their last row": int(each["late"].sum()),
            "subjects in several groups": each.filter(pl.col("groups") > 1).height,
        }
        found = "; ".join(f"{count} {what}" for what, count in facts.items() if count)
        if found:
            raise ParameterError(
                f"There are {found}.",
                "Each subject is at risk from 0 to the end of observation, and no longer.",
                "Give every subject one last row with the terminal event or null.",
            )

    def _groups(self, rows: pl.DataFrame) -> Iterator[tuple[str | None, pl.DataFrame]]:
        import polars as pl

        for name in rows["group"].unique().sort().to_list():
            yield name, rows.filter(pl.col("group") == name)

    def _curve(self, name: str | None, rows: pl.DataFrame) -> MeanOfGroup:
        import numpy as np
        import polars as pl

        from malar.responders._mean_cumulative_kernel import estimate

        again = pl.col("event").fill_null("") == self.recurrent
        ends = rows.filter(~again).sort("subject").with_row_index("owner")
        events = rows.filter(again).join(ends.select("subject", "owner"), on="subject")
        died = ends["event"].is_not_null().to_numpy()
        end = ends["time"].to_numpy()
        curve = estimate(events["owner"].cast(pl.Int64).to_numpy(), events["time"].to_numpy(), end, died)
        return MeanOfGroup(name, ends.height, events.height, int(died.sum()), np.sort(end), curve)
