"""Transitions between states that are seen at visits only: a Markov model of intensities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, get_args

from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status
from malar.survival import _columns
from malar.survival.state_occupancy import Interval

if TYPE_CHECKING:
    from malar.survival._panel_kernel import Panel
    from malar.survival.panel_multistate_result import PanelMultistateResult

METHOD: Final = Method(
    key="panel_multistate",
    title="Markov model of states seen at visits only (panel data)",
    source=Source(
        "Kalbfleisch JD, Lawless JF. The analysis of panel data under a Markov assumption. "
        "J Am Stat Assoc 1985;80:863-71",
        status=Status.SECONDARY,
        reading="Standard errors from the observed, not the expected information.",
    ),
    also=(
        Source(
            "Jackson CH. Multi-state models for panel data: the msm package for R. J Stat Softw 2011;38(8):1-28",
            status=Status.SECONDARY,
            reading="A covariate holds from its row to the next; a death time is exact, the state before it unknown.",
        ),
        Source(
            "Commenges D. Inference for multi-state models from interval-censored data. "
            "Stat Methods Med Res 2002;11:167-82",
            status=Status.SECONDARY,
        ),
    ),
)
"""What `malar list estimators` and `malar cite panel_multistate` print."""


@dataclass(frozen=True, slots=True)
class PanelMultistate:
    """Intensities of the transitions between states that were seen at visits, whenever those were.

    Parameters
    ----------
    transitions
        From each state, the states that can follow it directly. States that nothing follows are absorbing.
    covariates
        Columns of numbers or Booleans with an effect of its own on each transition.
    shared
        Columns with one effect on all transitions.
    breaks
        Days, increasing, at which all intensities may change; constant between.
    exact
        Absorbing states whose day of entry is known, such as death. Others are found at a visit.
    unknown
        Names of sets of states, for rows that only tell that the state is one of them. A null state is any that
        is not absorbing: alive, state unknown.
    subject, time, state
        Columns: one row a subject and time, in any order; time in days, of any origin.
    observed
        Column that says how a row came about; null is ``visit``. ``visit``: anything may have happened since the
        row before. ``entered``: the state was entered on that day, from what is unknown. ``followed``: the
        subject was watched since the row before; the state was entered on that day, or is still the same.
    states
        Order of the states; by default as they come in ``transitions``.
    level
        Confidence level, between 0 and 1.
    interval
        Scale of the confidence limits of probabilities.

    Notes
    -----
    Homogeneous Markov model: log intensity of each transition = baseline + coefficients x covariates, constant
    between ``breaks``. Likelihood of a visit: an entry of exp(Q t), t the days since the row before; of an exact
    entry: summed over the states just before, times the intensity. Chains of unknown states are summed over.
    Maximum likelihood by quasi-Newton and Newton steps with an exact gradient; variance: inverse observed
    information (fourth-order differences of the gradient); delta method for what is computed from the
    intensities. Cost of a step: distinct pairs of elapsed time and covariates x states³.

    Source
    ------
    Kalbfleisch & Lawless 1985; agrees with R msm 1.7.

    Examples
    --------
    Active (a) or in remission (r) at visits every 30 days:

    >>> import polars as pl
    >>> seen = {"first": "aaraarrrra", "second": "aaaarrrrrr", "third": "arrrraaarr"}
    >>> visits = pl.concat(
    ...     pl.DataFrame({"subject": name, "time": [30 * k for k in range(10)], "state": list(states)})
    ...     for name, states in seen.items()
    ... )
    >>> result = PanelMultistate({"a": ["r"], "r": ["a"]}).fit(visits)
    >>> result.sojourns().select("state", pl.col("days", "se").round(1)).rows()
    [('a', 46.3, 23.7), ('r', 96.5, 62.6)]
    >>> result.occupancy(90, "a").select("state", pl.col("probability", "lower", "upper").round(2)).rows()
    [('a', 0.36, 0.17, 0.76), ('r', 0.64, 0.42, 0.97)]
    """

    method: ClassVar[Method] = METHOD

    transitions: Mapping[str, Sequence[str]]
    covariates: Sequence[str] = ()
    shared: Sequence[str] = ()
    breaks: Sequence[float] = ()
    exact: Sequence[str] = ()
    unknown: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    subject: str = "subject"
    time: str = "time"
    state: str = "state"
    observed: str | None = None
    states: Sequence[str] = ()
    level: float = 0.95
    interval: Interval = "log"

    def __post_init__(self) -> None:
        _columns.one_of("interval", self.interval, get_args(Interval))
        _columns.confidence(self.level)
        for name in ("transitions", "unknown"):
            plain = {key: _names(value) for key, value in getattr(self, name).items()}
            object.__setattr__(self, name, plain)
        for name in ("covariates", "shared", "exact"):
            object.__setattr__(self, name, _names(getattr(self, name)))
        object.__setattr__(self, "breaks", tuple(float(day) for day in self.breaks))
        mentioned = dict.fromkeys([*self.transitions, *(b for after in self.transitions.values() for b in after)])
        object.__setattr__(self, "states", tuple(self.states) or tuple(mentioned))
        _refuse_states(self, set(mentioned))
        named = (*self.covariates, *self.shared)
        if len(set(named)) < len(named):
            raise ParameterError(
                "A covariate is named twice.", "It has one effect on a transition.", "List it in one place."
            )
        if any(b <= a for a, b in zip(self.breaks, self.breaks[1:], strict=False)):
            raise ParameterError("`breaks` do not increase.", "Periods follow each other.", "Sort them.")

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The transitions in order, by the state left, then by the state entered."""
        place = {state: number for number, state in enumerate(self.states)}
        every = [(a, b) for a, after in self.transitions.items() for b in after]
        return tuple(sorted(every, key=lambda pair: (place[pair[0]], place[pair[1]])))

    def starts(self) -> tuple[int, ...]:
        """Places of the states that can be left."""
        return tuple(place for place, state in enumerate(self.states) if self.transitions.get(state))

    def fit(self, frame: Any) -> PanelMultistateResult:
        """Estimate the intensities.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject and time.

        Returns
        -------
        PanelMultistateResult
            Intensities, effects of covariates, and what follows from them.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        WrongTypeError
            Time or a covariate is no number, or ``frame`` is no dataframe.
        UndefinedError
            No rows, no second row of anybody; null, NaN or infinite times and covariates; a first state that is
            unknown; a period without follow-up; covariates that are not determined.
        ParameterError
            Two rows of a subject at one time; a word that is no state; a history that the transitions cannot
            produce.
        """
        import numpy as np

        from malar.survival import _panel_reading as reading
        from malar.survival._panel_ascent_kernel import maximize
        from malar.survival._panel_columns import read_visits
        from malar.survival.panel_multistate_result import PanelMultistateResult

        named = [self.subject, self.time, self.state, *((self.observed,) if self.observed else ())]
        columns = _columns.take(frame, [*named, *self.covariates, *self.shared], "A panel of states")
        visits = read_visits(columns, self)
        start, stop = (np.array([self.states.index(pair[side]) for pair in self.pairs()]) for side in (0, 1))
        panel, terms = reading.panel(visits, start, stop, np.array(self.breaks), len(self.covariates))
        reading.refuse_undetermined((*self.covariates, *self.shared), panel, np.array(self.breaks))
        _refuse_impossible(panel)
        first = np.zeros(terms.column.size)
        first[: start.size] = reading.crude(visits, start, stop)
        found = maximize(panel, first, terms.scale[terms.column][:, None] * terms.back(start.size))
        return PanelMultistateResult(spec=self, visits=visits, design=panel.design, terms=terms, maximum=found)


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _refuse_states(spec: PanelMultistate, mentioned: set[str]) -> None:
    """Raise `ParameterError` where states, transitions and sets do not fit each other."""
    pairs = spec.pairs() if mentioned <= set(spec.states) else ()
    if not pairs or len(set(pairs)) < len(pairs) or any(a == b for a, b in pairs):
        raise ParameterError(
            "`transitions` is empty, repeats itself, has one from a state to itself, or one outside `states`.",
            "Each transition has one intensity.",
            "Name the states that can follow each state, each once.",
        )
    if set(spec.states) != mentioned or len(set(spec.states)) < len(spec.states):
        raise ParameterError(
            "`states` is not the states of `transitions`, each once.",
            "Each has one row.",
            "Leave it out, or complete it.",
        )
    lasting = [state for place, state in enumerate(spec.states) if place not in spec.starts()]
    if not set(spec.exact) <= set(lasting):
        raise ParameterError(
            "`exact` has a state that can be left, or none.",
            "Seeing such a state again is no new entry.",
            f"Absorbing are {', '.join(lasting) or 'none'}; for others use the column `observed`.",
        )
    members = {state for group in spec.unknown.values() for state in group}
    if not members <= set(spec.states) or set(spec.unknown) & set(spec.states) or not all(spec.unknown.values()):
        raise ParameterError(
            "`unknown` has an empty set, a set named like a state, or one of what is no state.",
            "A set stands for the states that are possible.",
            f"States are {', '.join(spec.states)}.",
        )


def _refuse_impossible(panel: Panel) -> None:
    from malar.survival._panel_kernel import impossible

    wrong = impossible(panel)
    if wrong:
        raise ParameterError(
            f"{wrong} changes that were seen are impossible under `transitions`.",
            "Their likelihood is 0 whatever the intensities.",
            "Check the rows, such as any after death, or allow the transition.",
        )
