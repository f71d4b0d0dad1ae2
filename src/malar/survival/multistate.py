"""Transition probabilities between states from a given state and day, and time in state from there on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns
from malar.survival.state_occupancy import Interval, StateOccupancy

if TYPE_CHECKING:
    from malar.survival._stays import Stays
    from malar.survival.multistate_result import MultistateResult
    from malar.survival.state_occupancy_result import StateOccupancyResult

Approach = Literal["aalen_johansen", "landmark"]

METHOD: Final = Method(
    key="multistate",
    title="Transition probabilities (Aalen-Johansen, landmark Aalen-Johansen)",
    source=Source(
        "Aalen OO, Johansen S. An empirical transition matrix for non-homogeneous Markov chains based on "
        "censored observations. Scand J Stat 1978;5:141-50",
        status=Status.SECONDARY,
    ),
    also=(
        Source(
            "Putter H, Spitoni C. Non-parametric estimation of transition probabilities in non-Markov multi-state "
            "models: the landmark Aalen-Johansen estimator. Stat Methods Med Res 2018;27:2081-92",
            status=Status.SECONDARY,
            reading="Only subjects seen in the state on the day are followed from there.",
        ),
        Source(
            "Therneau TM. survival: A Package for Survival Analysis in R, version 3.5-3 (survfit, multi-state curves)",
            status=Status.SECONDARY,
            reading="Infinitesimal jackknife over subjects; the state started from is fixed, without variance.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite multistate` print."""


@dataclass(frozen=True, slots=True)
class Multistate:
    """Probability of each state at later times, given the state on a day, from one row per subject and stay.

    Parameters
    ----------
    from_day
        Day started from, on the histories' own scale. Stays count from after it; a state entered on that day
        is the state on it.
    given
        State or states to start from; by default every state that is left after ``from_day`` (with
        ``landmark``: and that someone is in on that day).
    approach
        ``aalen_johansen``: all subjects at risk later tell of the transitions, right if where a subject goes
        depends on its state and day only (Markov). ``landmark``: only subjects in ``given`` on ``from_day``
        are followed, right without that, at the price of wider limits.
    subject, start, stop, state, states
        As in `StateOccupancy`.
    level
        Confidence level, between 0 and 1.
    interval
        Scale of the confidence limits of the probabilities.

    Notes
    -----
    P(from, t) = Π (I + dA) over transition times after ``from_day`` up to t, dA_jk the transitions from j to k
    by the number at risk in j just before. Ties and gaps as in `StateOccupancy`. Variance: infinitesimal
    jackknife over subjects, Σ (∂P/∂w_i)², none for the state started from. Compare both approaches: where
    they disagree beyond chance, history matters and only ``landmark`` is right.

    Source
    ------
    Aalen & Johansen 1978; Putter & Spitoni 2018; agrees with R survival 3.5-3.

    Examples
    --------
    Remission, relapse, death (illness and death):

    >>> import polars as pl
    >>> history = pl.DataFrame({
    ...     "subject": ["a", "a", "b", "b", "c", "d", "d"],
    ...     "start": [0, 30, 0, 60, 0, 0, 80],
    ...     "stop": [30, 90, 60, None, 90, 80, 90],
    ...     "state": ["remission", "relapse", "remission", "dead", "remission", "remission", "relapse"],
    ... })
    >>> states = ("remission", "relapse", "dead")
    >>> result = Multistate(from_day=40, given="remission", states=states).fit(history)
    >>> result.at(85).select("state", pl.col("probability").round(3)).rows()
    [('remission', 0.333), ('relapse', 0.333), ('dead', 0.333)]
    """

    method: ClassVar[Method] = METHOD

    from_day: float = 0.0
    given: str | Sequence[str] | None = None
    approach: Approach = "aalen_johansen"
    subject: str = "subject"
    start: str = "start"
    stop: str = "stop"
    state: str = "state"
    states: Sequence[str] | None = None
    level: float = 0.95
    interval: Interval = "log"

    def __post_init__(self) -> None:
        _columns.one_of("approach", self.approach, get_args(Approach))
        given = (self.given,) if isinstance(self.given, str) else self.given
        object.__setattr__(self, "given", None if given is None else tuple(given))
        object.__setattr__(self, "states", self._occupancy().states)

    def fit(self, frame: Any) -> MultistateResult:
        """Estimate the transition probabilities.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row per subject and stay, in any order.

        Returns
        -------
        MultistateResult
            One set of curves a state started from, each from ``from_day`` on.

        Raises
        ------
        MissingColumnsError, WrongTypeError
            As in `StateOccupancy`.
        UndefinedError
            Nobody is observed after ``from_day``, or with ``landmark`` nobody is in ``given`` on it; no rows, no
            known state, null subject or start.
        ParameterError
            A state in ``given`` that is none of the states; histories that `StateOccupancy` refuses.
        """
        from malar.survival._stays import after, read_stays
        from malar.survival.multistate_result import MultistateResult

        names = (self.subject, self.start, self.stop, self.state)
        columns = _columns.take(frame, list(names), "Transition probabilities")
        stays = after(read_stays(columns, names, None if self.states is None else tuple(self.states)), self.from_day)
        if stays.n_subjects == 0:
            raise UndefinedError(
                f"Nobody is observed after day {self.from_day:g}.", "Nothing is known from there on.", "Start earlier."
            )
        fits = {stays.states[code]: self._from(stays, code) for code in self._starts(stays)}
        return MultistateResult(spec=self, fits=fits)

    def _from(self, stays: Stays, given: int) -> StateOccupancyResult:
        import numpy as np

        from malar.survival._aj_kernel import aalen_johansen, first_states
        from malar.survival._limits import limits
        from malar.survival._stays import only
        from malar.survival.state_occupancy_result import StateOccupancyResult

        if self.approach == "landmark":
            here = first_states(stays, self.from_day) == given
            if not here.any():
                raise UndefinedError(
                    f"Nobody is in `{stays.states[given]}` on day {self.from_day:g}.",
                    "A landmark follows those who are.",
                    "Choose another day or state, or approach='aalen_johansen'.",
                )
            stays = only(stays, here[stays.subject])
        curve = aalen_johansen(stays, float(self.from_day), given)
        se = np.sqrt(curve.variance)
        lower, upper = limits(curve.probability, se, self.interval, self.level)
        spec = self._occupancy()
        return StateOccupancyResult(spec=spec, stays=stays, occupancy=curve, se=se, lower=lower, upper=upper)

    def _starts(self, stays: Stays) -> list[int]:
        import numpy as np

        from malar.survival._aj_kernel import first_states

        if self.given is not None:
            strange = [name for name in self.given if name not in stays.states]
            if strange:
                raise ParameterError(
                    f"`given` has {strange[0]!r}.", "It is none of the states.", f"States: {', '.join(stays.states)}."
                )
            return [stays.states.index(name) for name in self.given]
        starts = np.unique(stays.state[stays.following >= 0])
        if self.approach == "landmark":
            starts = starts[np.isin(starts, first_states(stays, self.from_day))]
        return starts.tolist()

    def _occupancy(self) -> StateOccupancy:
        return StateOccupancy(
            self.subject, self.start, self.stop, self.state, self.states, level=self.level, interval=self.interval
        )
