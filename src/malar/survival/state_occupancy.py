"""Probability of being in each state over time, and mean time spent there: Aalen-Johansen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns

if TYPE_CHECKING:
    from malar.survival.state_occupancy_result import StateOccupancyResult

Interval = Literal["log", "plain", "log-log"]

METHOD: Final = Method(
    key="state_occupancy",
    title="Aalen-Johansen state occupation probabilities and mean time in state",
    source=Source(
        "Aalen OO, Johansen S. An empirical transition matrix for non-homogeneous Markov chains based on "
        "censored observations. Scand J Stat 1978;5:141-50",
        status=Status.SECONDARY,
        reading="The initial distribution is that of the subjects present at the earliest start.",
    ),
    also=(
        Source(
            "Therneau TM. survival: A Package for Survival Analysis in R, version 3.5-3 (survfit, multi-state curves)",
            status=Status.SECONDARY,
            reading="Infinitesimal jackknife over subjects, all spells of a subject together.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite state_occupancy` print."""


@dataclass(frozen=True, slots=True)
class StateOccupancy:
    """Probability of being in each state at each time, from one row per subject and stay.

    Parameters
    ----------
    subject
        Column of subjects; standard errors count each as one, whatever the number of rows.
    start, stop
        Columns of the days [start, stop) spent in ``state``. The next row of the subject with its start
        at this stop is a transition; without one, or with a later start, the subject is censored at
        stop. ``stop`` is null for an absorbing state, such as death. A subject's last stay may have
        start = stop: the state was seen on the last day of observation, and the transition to it counts.
    state
        Column of states; null = unknown = not observed there.
    states
        All states in the order wanted; by default those seen, sorted by name.
    level
        Confidence level, between 0 and 1.
    interval
        Scale of the confidence limits of the probabilities.

    Notes
    -----
    Estimate: p(t) = p(0) Π (I + dA), with dA_jk the transitions from j to k by the number at risk in j
    just before (start < t <= stop). Everything at one time is counted at once; transitions precede
    censorings. Adjoining rows in one state are one stay. Subjects who start later than the earliest start,
    or come back after a gap, are delayed entries: at risk in the state they are seen in, and of no
    influence on p(0). Valid where censoring and entry do not depend on the state, Markov or not.
    Variance: infinitesimal jackknife, Σ_i (∂p/∂w_i)² over subjects, including that of p(0); the
    convention of survfit with ``id`` and ``istate`` (not the Greenwood or Aalen formula). The same for
    mean time in state. Cost: O(subjects x transition times x states²), memory bounded by blocks.

    Source
    ------
    Aalen & Johansen 1978; agrees with R survival 3.5-3.

    Examples
    --------
    >>> import polars as pl
    >>> history = pl.DataFrame({
    ...     "subject": ["a", "a", "b", "b", "c"],
    ...     "start": [0, 30, 0, 60, 0],
    ...     "stop": [30, 90, 60, None, 90],
    ...     "state": ["active", "le_4", "active", "dead", "active"],
    ... })
    >>> result = StateOccupancy(states=("active", "le_4", "dead")).fit(history)
    >>> result.at(60).select("state", pl.col("probability").round(3)).rows()
    [('active', 0.333), ('le_4', 0.333), ('dead', 0.333)]
    >>> result.time_in_state(90)["days"].round(1).to_list()
    [60.0, 20.0, 10.0]
    """

    method: ClassVar[Method] = METHOD

    subject: str = "subject"
    start: str = "start"
    stop: str = "stop"
    state: str = "state"
    states: Sequence[str] | None = None
    level: float = 0.95
    interval: Interval = "log"

    def __post_init__(self) -> None:
        _columns.one_of("interval", self.interval, get_args(Interval))
        _columns.confidence(self.level)
        if self.states is not None:
            if len(set(self.states)) < len(self.states) or isinstance(self.states, str):
                raise ParameterError(
                    "`states` repeats a state or is no list.", "Each state has one column.", "Name each once."
                )
            object.__setattr__(self, "states", tuple(self.states))

    def fit(self, frame: Any) -> StateOccupancyResult:
        """Estimate the occupation probabilities.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row per subject and stay, in any order.

        Returns
        -------
        StateOccupancyResult
            Probabilities, standard errors and limits at the origin and at every transition.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            ``start`` or ``stop`` is no number, or ``frame`` is no dataframe.
        UndefinedError
            No rows, no known state at all, null subject or start, NaN.
        ParameterError
            Empty or overlapping stays; a state missing from ``states``; a null ``stop`` in a state that
            others leave.
        """
        from malar.survival._aj_kernel import aalen_johansen
        from malar.survival._limits import limits
        from malar.survival._stays import read_stays
        from malar.survival.state_occupancy_result import StateOccupancyResult

        names = (self.subject, self.start, self.stop, self.state)
        columns = _columns.take(frame, list(names), "State occupancy")
        stays = read_stays(columns, names, None if self.states is None else tuple(self.states))
        curve = aalen_johansen(stays)
        se = curve.variance**0.5
        lower, upper = limits(curve.probability, se, self.interval, self.level)
        return StateOccupancyResult(spec=self, stays=stays, occupancy=curve, se=se, lower=lower, upper=upper)
