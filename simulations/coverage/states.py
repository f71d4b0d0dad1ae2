"""States found at visits: share in remission, and time spent there."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from malar.survival import Multistate, StateOccupancy
from simulations.coverage.scenario import Interval, Intervals, Method, Scenario, Size, given, interval, unless_undefined

STATES: Final = ("active", "remission", "dead")
BETWEEN: Final = 91
VISITS: Final = 8
MOVES: Final = np.array([[0.68, 0.30, 0.02], [0.12, 0.87, 0.01], [0.0, 0.0, 1.0]])
"""Probabilities from one visit to the next."""
LOST: Final = 0.05
"""Lost after each visit."""
SHARES: Final = np.array([np.linalg.matrix_power(MOVES, k)[0] for k in range(VISITS + 1)])
"""Of each state at each visit: everyone is active at the first."""


def histories(rng: np.random.Generator, size: Size) -> pl.DataFrame:
    """One row a subject and stay between two visits; none after the last visit attended."""
    n = size.n
    state = np.zeros((n, VISITS + 1), dtype=np.int64)
    for k in range(VISITS):
        state[:, k + 1] = (rng.random(n)[:, None] > np.cumsum(MOVES[state[:, k]], axis=1)).sum(axis=1)
    # The last visit attended is the first after which someone is lost; the dead are not lost.
    last = np.minimum(rng.geometric(LOST, n), VISITS)
    k = np.arange(VISITS + 1)
    dead = state == 2
    begins = np.minimum(np.where(dead.any(axis=1), dead.argmax(axis=1), VISITS + 1), VISITS + 1)
    shown = (k <= last[:, None]) & (k <= begins[:, None])
    subject, visit = np.nonzero(shown)
    own = state[subject, visit]
    stop = np.where(visit < last[subject], (visit + 1) * BETWEEN, visit * BETWEEN)
    frame = pl.DataFrame(
        {"subject": subject, "start": visit * BETWEEN, "stop": stop, "state": np.array(STATES)[own]},
        schema_overrides={"stop": pl.Int64},
    )
    return frame.with_columns(stop=pl.when(pl.col("state") != "dead").then("stop"))


def occupancy(rng: np.random.Generator, size: Size) -> Intervals:
    """Share in remission at one year, time in it, and who of those in remission at six months is in it at a year."""
    frame = histories(rng, size)
    year, half = 4 * BETWEEN, 2 * BETWEEN
    found: list[tuple[str, Interval | None]] = []
    for scale in ("log", "log-log", "plain"):
        result = StateOccupancy(states=STATES, interval=scale).fit(frame)
        for state in ("remission", "dead"):
            row = result.at(year).filter(state=state).row(0, named=True)
            truth = float(SHARES[4, STATES.index(state)])
            found.append((f"{state}_{scale.replace('-', '_')}", interval(row["lower"], row["upper"], truth)))
    row = StateOccupancy(states=STATES).fit(frame).time_in_state(year).row(1, named=True)
    found.append(("time_in_remission", interval(row["lower"], row["upper"], BETWEEN * float(SHARES[:4, 1].sum()))))
    kept = float((MOVES @ MOVES)[1, 1])

    def transition(approach: str) -> Intervals:
        result = Multistate(half, "remission", approach, states=STATES).fit(frame)  # pyright: ignore[reportArgumentType]
        row = result.at(year).filter(state="remission").row(0, named=True)
        return given([(f"transition_{approach}", interval(row["lower"], row["upper"], kept))])

    for approach in ("aalen_johansen", "landmark"):
        found += list(unless_undefined(lambda approach=approach: transition(approach)).items())
    return given(found)


SCENARIOS: Final = (
    Scenario(
        key="states",
        model="A Markov chain seen every 91 days, all active at first: of the active 30 % remit and 2 % die by the "
        "next visit, "
        "of those in remission 12 % relapse and 1 % die; 5 % are lost after each visit. Truths, by powers of that "
        f"matrix: {SHARES[4, 1]:.1%} in remission and {SHARES[4, 2]:.1%} dead at day 364.",
        page="states.md",
        methods=(
            Method(key="remission_log", title="share in remission, log limits"),
            Method(key="remission_log_log", title="share in remission, log-log limits"),
            Method(key="remission_plain", title="share in remission, plain limits"),
            Method(key="dead_log", title="share dead, log limits"),
            Method(key="dead_log_log", title="share dead, log-log limits"),
            Method(key="dead_plain", title="share dead, plain limits"),
            Method(key="time_in_remission", title="days in remission until day 364"),
            Method(key="transition_aalen_johansen", title="remission kept from day 182 to 364, Aalen–Johansen"),
            Method(key="transition_landmark", title="remission kept from day 182 to 364, landmark"),
        ),
        trial=occupancy,
    ),
)
