"""The invented disease: who responds, who relapses, and how active each organ is over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MONTH = 30.4375
Days = np.ndarray
Values = np.ndarray

SLOWNESS = {
    "skin": 1.0, "joints": 0.7, "kidney": 1.5, "blood": 0.9, "serosa": 0.6, "brain": 0.4, "serology": 1.6,
}  # fmt: skip
"""Organ → how slowly it follows the disease: joints are quiet within weeks, kidney and serology lag."""

RESPONSES = ("deep", "partial", "poor")
FLOORS = {"deep": (0.03, 0.2), "partial": (0.32, 0.52), "poor": (0.62, 0.95)}
"""Response → activity that remains in the end, as a share of that at baseline (from, to)."""


@dataclass(frozen=True, slots=True)
class Relapse:
    """A relapse: activity climbs for a month to a height, then fades under treatment."""

    day: int
    height: float
    fade: float

    @property
    def reported(self) -> int:
        """The day on which the investigator records it."""
        return self.day + 12


@dataclass(frozen=True, slots=True)
class Course:
    """Activity of one patient over time; 1 is the activity at baseline."""

    floor: float
    delay: float
    speed: float
    relapse: Relapse | None

    def activity(self, days: Days, slowness: float = 1.0) -> Values:
        """Activity on each day, seen by an organ that follows at its own pace."""
        since = np.maximum(days - self.delay, 0)
        level = self.floor + (1 - self.floor) * np.exp(-since / (self.speed * slowness))
        if self.relapse is None:
            return level
        after = days - self.relapse.day
        climb = np.clip((after + MONTH) / MONTH, 0, 1)
        shape = climb * np.exp(-np.maximum(after, 0) / (self.relapse.fade * slowness))
        return level + np.maximum(self.relapse.height - level, 0) * shape


@dataclass(frozen=True, slots=True)
class Plan:
    """What is settled for a patient before the disease is drawn."""

    number: int
    response: str
    nephritis: bool
    relapses: bool

    @property
    def subject(self) -> str:
        """The identifier; X says that no patient stands behind it."""
        return f"X-{self.number:02d}"


def plan_patients(rng: np.random.Generator, patients: int) -> list[Plan]:
    """Share out responses, nephritis and relapses: about a third each, two thirds, and a third."""
    responses = rng.permutation(np.resize(["deep", "partial", "poor", "deep", "partial", "poor", "deep"], patients))
    nephritis = rng.permutation(np.arange(patients) < round(patients * 0.65))
    plans: list[Plan] = []
    for number in range(1, patients + 1):
        response = str(responses[number - 1])
        relapses = response != "poor" and bool(rng.random() < 0.55)
        plans.append(Plan(number, response, bool(nephritis[number - 1]), relapses))
    return plans


def draw_course(rng: np.random.Generator, plan: Plan) -> Course:
    """Draw how fast and how far the activity falls, and the relapse if there is one."""
    relapse = None
    if plan.relapses:
        day = int((6.5 + 14 * rng.beta(1.2, 2.0)) * MONTH)
        relapse = Relapse(day, float(rng.normal(0.82, 0.1)), float(rng.uniform(45, 110)))
    return Course(
        floor=float(rng.uniform(*FLOORS[plan.response])),
        delay=float(rng.uniform(0, 18)),
        speed=float(np.clip(rng.lognormal(np.log(62), 0.4), 28, 130)),
        relapse=relapse,
    )


def wander(rng: np.random.Generator, days: Days, spread: float, memory: float) -> Values:
    """Noise that remembers: near days are alike, far days are not (`memory` in days)."""
    values = np.empty(len(days))
    values[0] = rng.normal(0, spread)
    for k in range(1, len(days)):
        kept = np.exp(-(days[k] - days[k - 1]) / memory)
        values[k] = kept * values[k - 1] + rng.normal(0, spread * np.sqrt(1 - kept**2))
    return values


def organ_activity(rng: np.random.Generator, course: Course, days: Days) -> dict[str, Values]:
    """Activity of each organ on each day: the disease, the organ's own weight and slow noise."""
    activity: dict[str, Values] = {}
    for organ, slowness in SLOWNESS.items():
        weight = float(np.clip(rng.normal(1, 0.1), 0.75, 1.25))
        noise = wander(rng, days, 0.08, 90)
        activity[organ] = np.clip(course.activity(days, slowness) * weight + noise, 0, 1.4)
    return activity
