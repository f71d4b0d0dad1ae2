"""From a frame to both strategies' curves, and the same again for samples of subjects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from malar.controls import _clone_kernel as kernel
from malar.controls import _columns
from malar.controls._clone_kernel import Curves, Strategy
from malar.controls._cohort import Cohort, read_cohort
from malar.controls.propensity_score import refuse_dependent, refuse_separated
from malar.errors import UndefinedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.controls._logistic_kernel import LogisticFit
    from malar.controls.clone_censor_weight import CloneCensorWeight

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Estimates of bootstrap samples: shapes (samples, 2, days), (samples, 2, causes, days), (samples, 2)."""

    free: Floats
    incidence: Floats
    mean: Floats
    undefined: int
    """Samples without a finite regression, or with nobody followed to the horizon; they are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Both strategies, first the treated: clones, weights, curves at the days of events; and bootstrap samples."""

    cohort: Cohort
    cuts: Floats
    strategies: tuple[Strategy, Strategy]
    weights: tuple[Floats, Floats]
    days: Floats
    curves: tuple[Curves, Curves]
    samples: Samples | None


def fit_clones(spec: CloneCensorWeight, frame: Any, rng: np.random.Generator | None) -> Fitted:
    """Clone, censor, weight, estimate; and again for every sample drawn."""
    cohort = read_cohort(spec, frame)
    cuts = kernel.cut_days(spec.interval_days, spec.grace_days, spec.horizon)
    (treated_clones, treated_fit), (control_clones, control_fit) = (
        _treated(spec, cohort, cuts),
        _control(spec, cohort, cuts),
    )
    strategies, fits = (treated_clones, control_clones), (treated_fit, control_fit)
    happened = [one.clones.exit[one.clones.code > 0] for one in strategies]
    days = np.unique(np.concatenate([*happened, [spec.horizon]]))
    found = [_estimate(spec, cohort, one, fit, days) for one, fit in zip(strategies, fits, strict=True)]
    for name, (_, curves) in zip(("treated", "control"), found, strict=True):
        if curves is None:
            raise UndefinedError(
                f"No clone of the strategy {name!r} is followed to day {spec.horizon:g}.",
                "Its curve is not determined there.",
                "Choose an earlier horizon.",
            )
    (first, above), (second, below) = found
    assert above is not None
    assert below is not None
    samples = None if rng is None else _samples(spec, cohort, strategies, days, rng)
    return Fitted(cohort, cuts, strategies, (first, second), days, (above, below), samples)


def _treated(spec: CloneCensorWeight, cohort: Cohort, cuts: Floats) -> tuple[Strategy, LogisticFit | None]:
    all_started = spec.stand_in == "all_started"
    clones, decisions = kernel.treated_strategy(cohort.subjects, cuts, spec.grace_days, all_started=all_started)
    if decisions.deviates.all() and decisions.deviates.size:
        raise UndefinedError(
            f"Of {decisions.subject.size} subjects who might have begun treatment by day {spec.grace_days:g} none did.",
            "Nobody shows how the strategy would have gone on.",
            "Use a longer grace period, or stand_in='all_started'.",
        )
    known = np.zeros(decisions.subject.size) if all_started else cuts[np.maximum(decisions.interval - 1, 0)]
    design = _columns.Design(cohort.known_at(decisions.subject, known), cohort.design.names)
    return _regressed(Strategy(clones, decisions, design.values), design, "untreated when the grace period ended")


def _control(spec: CloneCensorWeight, cohort: Cohort, cuts: Floats) -> tuple[Strategy, LogisticFit | None]:
    until = float("inf") if spec.untreated == "never" else spec.grace_days
    clones, decisions = kernel.control_strategy(cohort.subjects, cuts, until)
    opened = cuts[np.maximum(decisions.interval - 1, 0)]
    values, names = [cohort.known_at(decisions.subject, opened)], list(cohort.design.names)
    later = decisions.interval > 0
    several = min(spec.degree, np.unique(opened[later]).size - 1)
    for power in range(1, several + 1):
        values.append(((opened / spec.horizon) ** power)[:, None])
        names.append(f"time to the power of {power}")
    if later.any() and not later.all():
        values.append(np.where(later, 0.0, 1.0)[:, None])
        names.append("day 0")
    design = _columns.Design(np.column_stack(values), tuple(names))
    return _regressed(Strategy(clones, decisions, design.values), design, "treated")


def _regressed(strategy: Strategy, design: _columns.Design, what: str) -> tuple[Strategy, LogisticFit | None]:
    """The strategy with its regression, unless that has no finite fit."""
    if not strategy.decisions.deviates.any():
        return strategy, None
    refuse_dependent(design)
    fit = kernel.fit_deviation(strategy, None)
    assert fit is not None
    refuse_separated(design, strategy.decisions.deviates, fit, what)
    return strategy, fit


def _estimate(
    spec: CloneCensorWeight,
    cohort: Cohort,
    strategy: Strategy,
    fit: LogisticFit | None,
    days: Floats,
    times: Floats | None = None,
) -> tuple[Floats, Curves | None]:
    """Weights of the spans, each subject taken so many times, and the curves if there are any."""
    most = float("inf") if spec.largest_weight is None else spec.largest_weight
    weight = kernel.span_weights(strategy, fit, cohort.labels.len(), most)
    if times is not None:
        weight = weight * times[strategy.clones.subject]
    if fit is not None and not fit.converged:
        return weight, None
    return weight, kernel.curves_of(strategy.clones, weight, len(cohort.causes), days, spec.horizon)


def _samples(
    spec: CloneCensorWeight,
    cohort: Cohort,
    strategies: tuple[Strategy, Strategy],
    days: Floats,
    rng: np.random.Generator,
) -> Samples:
    n = cohort.labels.len()
    kept: list[tuple[Curves, Curves]] = []
    for _ in range(spec.resamples):
        times = rng.multinomial(n, np.full(n, 1.0 / n)).astype(np.float64)
        treated, control = (
            _estimate(spec, cohort, one, kernel.fit_deviation(one, times), days, times)[1] for one in strategies
        )
        if treated is not None and control is not None:
            kept.append((treated, control))
    shape, causes = (len(kept), 2, days.size), len(cohort.causes)
    return Samples(
        np.array([[one.free for one in both] for both in kept]).reshape(shape),
        np.array([[one.incidence for one in both] for both in kept]).reshape(len(kept), 2, causes, days.size),
        np.array([[one.mean for one in both] for both in kept]).reshape(len(kept), 2),
        spec.resamples - len(kept),
    )
