"""Subjects behind a published Kaplan-Meier curve: what a reader of the figure can rebuild."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from malar.survival.guyot_result import GuyotResult

    Floats = NDArray[np.float64]

METHOD: Final = Method(
    key="guyot",
    title="Patient data rebuilt from a published curve and numbers at risk (Guyot)",
    source=Source(
        "Guyot P, Ades AE, Ouwens MJNM, Welton NJ. Enhanced secondary analysis of survival data: reconstructing the "
        "data from published Kaplan-Meier survival curves. BMC Med Res Methodol 2012;12:9",
        status=Status.PROVISIONAL,
        reading="Censored subjects are spread evenly between two published numbers at risk.",
    ),
)
"""What `malar list estimators` and `malar cite guyot` print."""

DIGITS: Final = "Every point of the curve is used."


@dataclass(frozen=True, slots=True)
class Guyot:
    """Rebuild one arm's times and events from its curve and its numbers at risk.

    Parameters
    ----------
    events
        Total of events, where the paper gives it; it settles the last interval.
    time, survival
        Columns of the digitized curve: days, and the event-free probability (0 to 1) from each on.
    at_risk
        Column of the published numbers at risk; their days are in ``time`` of that frame.

    Notes
    -----
    A digitized curve rises here and there by the width of a pen: it is brought to fall by taking the running
    minimum. Between two numbers at risk the censored are spread evenly, and their number sought that leaves
    the second; events at each fall are whole numbers. After the last number the total of events decides; without
    it the censoring rate before is carried on, which is a guess: give the total if you can. The result is data
    that fit the figure, not the patients: no covariates, and estimates agree with the paper's to about the
    width of the line. Judge it by `GuyotResult.fit_of_curve` and `fit_of_risk`.

    Source
    ------
    Guyot et al. 2012, from memory; checked by going there and back, not against other software.

    Examples
    --------
    >>> import polars as pl
    >>> curve = pl.DataFrame({"time": [0, 30, 60, 90], "survival": [1.0, 0.9, 0.8, 0.7]})
    >>> risk = pl.DataFrame({"time": [0, 60], "at_risk": [10, 9]})
    >>> result = Guyot(events=3).fit(curve, risk)
    >>> result.subjects.filter("event")["time"].to_list()
    [30.0, 60.0, 90.0]
    """

    method: ClassVar[Method] = METHOD

    events: int | None = None
    time: str = "time"
    survival: str = "survival"
    at_risk: str = "at_risk"

    def __post_init__(self) -> None:
        if self.events is not None and self.events < 0:
            raise ParameterError(f"`events` is {self.events}.", "It is a number of subjects.", "Use None if unknown.")

    def fit(self, curve: Any, risk: Any) -> GuyotResult:
        """Rebuild the subjects.

        Parameters
        ----------
        curve
            Frame of any kind, one row a digitized point.
        risk
            Frame of any kind, one row a published number at risk, the first at the curve's start.

        Returns
        -------
        GuyotResult
            One row a subject, and how well they give the figure back.

        Raises
        ------
        MissingColumnsError, WrongTypeError
            A named column is absent or holds no numbers; no dataframe.
        UndefinedError
            No rows; a null, NaN or infinite value.
        ParameterError
            Probabilities outside 0 to 1; negative days; numbers at risk that rise, are no whole numbers, start at
            0 or are given twice for a day; fewer subjects than events.
        """
        from malar.survival._guyot_kernel import rebuild
        from malar.survival.guyot_result import GuyotResult

        day, height = self._curve(curve)
        risk_day, counts = self._risk(risk)
        if self.events is not None and self.events > counts[0]:
            raise ParameterError(
                f"`events` is {self.events}, of {counts[0]:g} at risk.", "Nobody has two.", "Check both numbers."
            )
        rebuilt = rebuild(day, height, risk_day, counts.astype(int), float(max(day[-1], risk_day[-1])), self.events)
        return GuyotResult(spec=self, day=day, height=height, risk_day=risk_day, counts=counts, rebuilt=rebuilt)

    def _curve(self, frame: Any) -> tuple[Floats, Floats]:
        import numpy as np

        columns = _columns.take(frame, [self.time, self.survival], "The curve")
        day = _columns.numbers(columns, self.time, DIGITS, "Digitize it again.")
        height = _columns.numbers(columns, self.survival, DIGITS, "Digitize it again.")
        _columns.nonnegative(day, self.time, "The curve starts at day 0.", "Check the axis.")
        if ((height < 0.0) | (height > 1.0)).any():
            raise ParameterError(
                f"`{self.survival}` has values up to {height.max():g}.",
                "It is a probability.",
                "Divide percents by 100.",
            )
        order = np.lexsort((-height, day))
        day, height = day[order], np.minimum.accumulate(height[order])
        last = np.append(day[1:] != day[:-1], True)
        return day[last], height[last]

    def _risk(self, frame: Any) -> tuple[Floats, Floats]:
        import numpy as np

        columns = _columns.take(frame, [self.time, self.at_risk], "The numbers at risk")
        why, hint = "Each interval rests on its numbers at risk.", "Type the row under the figure again."
        day = _columns.numbers(columns, self.time, why, hint)
        counts = _columns.numbers(columns, self.at_risk, why, hint)
        order = np.argsort(day)
        day, counts = day[order], counts[order]
        twice = bool((np.diff(day) == 0.0).any())
        if twice or counts[0] < 1 or (np.diff(counts) > 0.0).any() or (counts != counts.round()).any() or day[0] < 0.0:
            raise ParameterError(
                f"`{self.at_risk}` is no falling series of whole numbers from a day 0 or later.", why, hint
            )
        return day, counts
