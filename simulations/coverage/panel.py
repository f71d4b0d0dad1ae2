"""States seen at visits only, of which there is one about every three months: a Markov model of intensities."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.linalg import expm

from malar.survival import PanelMultistate
from malar.survival.panel_multistate_result import PanelMultistateResult
from simulations.coverage.scenario import (
    SIZES,
    Interval,
    Intervals,
    Method,
    Scenario,
    Size,
    given,
    interval,
    log_interval,
    unless_undefined,
)
from simulations.coverage.survival import YEAR

Floats = np.ndarray[Any, np.dtype[np.float64]]

STATES: Final = np.array(["active", "remission", "dead"])
REMITS: Final = 1.2 / YEAR
RELAPSES: Final = 0.6 / YEAR
DIES: Final = 0.12 / YEAR
"""From active disease only."""
RATIOS: Final = {"active to remission": 2.0, "remission to active": 0.5}
"""Of the intensities under treatment to those without."""
BETWEEN: Final = 91
VISITS: Final = 8
EARLIER: Final = 7
"""A visit comes up to so many days early or late."""
LOST: Final = 0.05
"""After each visit."""


def matrix(remits: float, relapses: float, dies: float) -> Floats:
    """Intensities a day, rows summing to 0."""
    return np.array([[-remits - dies, remits, dies], [relapses, -relapses, 0.0], [0.0, 0.0, 0.0]])


UNTREATED: Final = matrix(REMITS, RELAPSES, 0.0)
TREATED: Final = matrix(REMITS * RATIOS["active to remission"], RELAPSES * RATIOS["remission to active"], 0.0)
DEADLY: Final = matrix(REMITS, RELAPSES, DIES)


def shares(intensities: Floats, day: float) -> Floats:
    """Probability of each state on a day, from active disease."""
    return np.asarray(expm(intensities * day))[0]


def days_in(intensities: Floats, day: float) -> Floats:
    """Mean days in each state until a day, from active disease: a corner of the exponential of a larger matrix."""
    size = len(intensities)
    larger = np.block([[intensities, np.eye(size)], [np.zeros((size, 2 * size))]])
    return np.asarray(expm(larger * day))[0, size:]


def seen(rng: np.random.Generator, intensities: Floats) -> pl.DataFrame:
    """One row a subject and visit, and one on the day of death; intensities of shape (subjects, 3, 3)."""
    n, until = len(intensities), VISITS * BETWEEN + EARLIER
    who, state, now = np.arange(n), np.zeros(n, dtype=np.int64), np.zeros(n)
    days = np.arange(VISITS + 1) * BETWEEN + rng.integers(-EARLIER, EARLIER + 1, (n, VISITS + 1))
    days[:, 0] = 0
    days[np.arange(VISITS + 1) > rng.geometric(LOST, n)[:, None]] = until + 1
    at_visit = np.zeros((n, VISITS + 1), dtype=np.int64)
    death = np.full(n, np.inf)
    while (now <= until).any():
        leaving = -intensities[who, state, state]
        now = now + rng.exponential(1.0, n) / np.maximum(leaving, 1e-12)
        dies = (rng.random(n) * leaving < intensities[who, state, 2]) & (now <= until)
        death = np.where(dies, now, death)
        state = np.where(dies, 2, np.where(state == 2, 2, 1 - state))
        at_visit = np.where(days > now[:, None], state[:, None], at_visit)
    last = np.where(days <= until, days, 0).max(axis=1)
    subject, visit = np.nonzero((days <= until) & (at_visit < 2))
    found = np.flatnonzero((death < np.inf) & (death <= last))
    return pl.DataFrame(
        {
            "subject": np.concatenate([subject, found]),
            "time": np.concatenate([days[subject, visit].astype(float), death[found]]),
            "state": STATES[np.concatenate([at_visit[subject, visit], np.full(found.size, 2)])],
        }
    )


def arms(rng: np.random.Generator, size: Size) -> Intervals:
    """Ratios of the intensities of two arms, and remission at one year in each."""
    frame = seen(rng, np.where(size.treated[:, None, None], TREATED, UNTREATED))
    frame = frame.with_columns(cells=size.treated[frame["subject"].to_numpy()])
    transitions = {"active": ["remission"], "remission": ["active"]}

    def fit() -> Intervals:
        result = PanelMultistate(transitions, covariates="cells").fit(frame)
        result.demand_converged("A ratio of intensities")
        found: list[tuple[str, Interval | None]] = []
        for row in result.coefficients().iter_rows(named=True):
            key = f"ratio_{row['transition'].replace(' ', '_')}"
            found.append((key, interval(row["lower"], row["upper"], float(np.log(RATIOS[row["transition"]])))))
        for name, value, intensities in (("cells", 1.0, TREATED), ("control", 0.0, UNTREATED)):
            row = result.occupancy(YEAR, "active", {"cells": value}).row(1, named=True)
            truth = float(shares(intensities, YEAR)[1])
            found.append((f"remission_{name}", interval(row["lower"], row["upper"], truth)))
        return given(found)

    return unless_undefined(fit)


def _probabilities(result: PanelMultistateResult) -> list[tuple[str, Interval | None]]:
    """Remission and death at one year, by three scales of the limits."""
    found: list[tuple[str, Interval | None]] = []
    for scale in ("log", "log-log", "plain"):
        scaled = replace(result, spec=replace(result.spec, interval=scale))
        for place, row in enumerate(scaled.occupancy(YEAR, "active").iter_rows(named=True)):
            key = f"{row['state']}_{scale.replace('-', '_')}"
            found.append((key, interval(row["lower"], row["upper"], float(shares(DEADLY, YEAR)[place]))))
    return [(key, one) for key, one in found if not key.startswith("active")]


def deaths(rng: np.random.Generator, size: Size) -> Intervals:
    """Intensities, probabilities and days in remission, with days of death known."""
    frame = seen(rng, np.broadcast_to(DEADLY, (size.n, 3, 3)))
    transitions = {"active": ["remission", "dead"], "remission": ["active"]}

    def fit() -> Intervals:
        result = PanelMultistate(transitions, exact="dead", states=STATES.tolist()).fit(frame)
        found: list[tuple[str, Interval | None]] = []
        rates = {("active", "remission"): REMITS, ("active", "dead"): DIES, ("remission", "active"): RELAPSES}
        for row in result.intensities().iter_rows(named=True):
            truth = rates[row["given"], row["state"]]
            key = f"intensity_{row['given']}_to_{row['state']}"
            found.append((key, log_interval(row["lower"], row["upper"], truth)))
        stay = result.sojourns().row(1, named=True)
        found.append(("stay_remission", log_interval(stay["lower"], stay["upper"], 1.0 / RELAPSES)))
        row = result.time_in_state(YEAR).filter(given="active", state="remission").row(0, named=True)
        found.append(("days_in_remission", interval(row["lower"], row["upper"], float(days_in(DEADLY, YEAR)[1]))))
        return given(found + _probabilities(result))

    return unless_undefined(fit)


FEWER: Final = dict.fromkeys(SIZES, 1_000)
LEFT_OUT: Final = "1,000 trials."

SCENARIOS: Final = (
    Scenario(
        key="panel_arms",
        model="Seen every 91 days, up to a week early or late, for two years, all active at first; 5 % are lost after "
        "each visit. Untreated, the active remit at 1.2 and those in remission relapse at 0.6 a year; treatment "
        "doubles the one and halves the other. Truths: logarithms of those ratios, and remission at one year, "
        f"{shares(TREATED, YEAR)[1]:.1%} of the treated and {shares(UNTREATED, YEAR)[1]:.1%} of the controls.",
        page="states.md",
        methods=(
            Method(key="ratio_active_to_remission", title="panel model, log ratio of remission"),
            Method(key="ratio_remission_to_active", title="panel model, log ratio of relapse"),
            Method(key="remission_cells", title="panel model, treated in remission, log limits"),
            Method(key="remission_control", title="panel model, controls in remission, log limits"),
        ),
        trial=arms,
        fewer=FEWER,
        left_out=LEFT_OUT,
    ),
    Scenario(
        key="panel_deaths",
        model="Seen so in one group, untreated, of whom the active die at 0.12 a year, on days that are known. Truths: "
        "logarithms of the intensities and of the mean stay in remission; at one year "
        f"{shares(DEADLY, YEAR)[1]:.1%} in remission and {shares(DEADLY, YEAR)[2]:.1%} dead; "
        f"{days_in(DEADLY, YEAR)[1]:.0f} days in remission until then.",
        page="states.md",
        methods=(
            Method(key="intensity_active_to_remission", title="panel model, log intensity of remission"),
            Method(key="intensity_remission_to_active", title="panel model, log intensity of relapse"),
            Method(key="intensity_active_to_dead", title="panel model, log intensity of death"),
            Method(key="stay_remission", title="panel model, log of the mean stay in remission"),
            Method(key="days_in_remission", title="panel model, days in remission until one year"),
            Method(key="remission_log", title="panel model, share in remission, log limits"),
            Method(key="remission_log_log", title="panel model, share in remission, log-log limits"),
            Method(key="remission_plain", title="panel model, share in remission, plain limits"),
            Method(key="dead_log", title="panel model, share dead, log limits"),
            Method(key="dead_log_log", title="panel model, share dead, log-log limits"),
            Method(key="dead_plain", title="panel model, share dead, plain limits"),
        ),
        trial=deaths,
        fewer=FEWER,
        left_out=LEFT_OUT,
    ),
)
