"""One-mean mixed models of counts: exact likelihood by adaptive Gauss-Hermite quadrature. NumPy and SciPy only.

The linear predictor of study i is μ + τu, u standard normal. Binomial counts have a logit link, Poisson counts a
log link with the log of patient-time as offset.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.special import expit, gammaln, log1p, xlogy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Family = Literal["binomial", "poisson"]

STARTS: Final = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0)
"""Between-study standard deviations tried before the likelihood is climbed."""

MOST_STEPS: Final = 100
HIGHEST: Final = 300.0
"""A log rate beyond which the exponential is held, so that it stays a number."""
WIDEST: Final = 30.0
"""A between-study standard deviation beyond this has run away."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Counts and their sizes: subjects (binomial) or patient-time (Poisson), shape (k,) or (k, 1)."""

    family: Family
    events: Floats
    size: Floats

    def log_likelihood(self, eta: Floats) -> Floats:
        """Of each count at a linear predictor, without the constant."""
        if self.family == "binomial":
            return self.events * eta - self.size * (np.maximum(eta, 0.0) + log1p(np.exp(-np.abs(eta))))
        return self.events * eta - self.size * np.exp(np.minimum(eta, HIGHEST))

    def expected(self, eta: Floats) -> tuple[Floats, Floats]:
        """Mean and variance of each count at a linear predictor."""
        if self.family == "binomial":
            p = expit(eta)
            return self.size * p, self.size * p * (1.0 - p)
        mean = self.size * np.exp(np.minimum(eta, HIGHEST))
        return mean, mean

    @property
    def constant(self) -> float:
        """What the log likelihood lacks."""
        x, n = self.events, self.size
        if self.family == "binomial":
            return float((gammaln(n + 1.0) - gammaln(x + 1.0) - gammaln(n - x + 1.0)).sum())
        return float((xlogy(x, n) - gammaln(x + 1.0)).sum())

    @property
    def common(self) -> float:
        """The linear predictor of one common proportion or rate."""
        x, n = float(self.events.sum()), float(self.size.sum())
        return float(np.log(x / (n - x))) if self.family == "binomial" else float(np.log(x / n))

    @property
    def deviance(self) -> float:
        """Twice the log likelihood ratio of a value for each study against one for all."""
        x, n = self.events, self.size
        share = float(x.sum()) / float(n.sum())
        if self.family == "binomial":
            return float(2.0 * (xlogy(x, x / (n * share)) + xlogy(n - x, (n - x) / (n * (1.0 - share)))).sum())
        return float(2.0 * (xlogy(x, x / (n * share)) - (x - n * share)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """Maximum-likelihood fit."""

    mean: float
    mean_se: float
    tau: float
    log_likelihood: float
    log_likelihood_common: float
    converged: bool
    steps: int


@cache
def _nodes(count: int) -> tuple[Floats, Floats]:
    """Gauss-Hermite nodes, and log weights with the weight function divided out."""
    nodes, weights = np.polynomial.hermite.hermgauss(count)
    keep = weights > 0.0
    return nodes[keep], np.log(weights[keep]) + nodes[keep] ** 2


def modes(counts: Counts, mean: Floats, tau: float, start: Floats | None = None) -> tuple[Floats, Floats]:
    """Where each study's integrand is highest, and its curvature there; mean broadcasts against the counts."""
    u = np.zeros(np.broadcast(counts.events, mean).shape) if start is None else start.copy()
    curvature = np.ones_like(u)
    for _ in range(MOST_STEPS):
        fitted, spread = counts.expected(mean + tau * u)
        curvature = 1.0 + tau * tau * spread
        step = (tau * (counts.events - fitted) - u) / curvature
        u += np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-8:
            break
    return u, curvature


def study_terms(
    counts: Counts, mean: Floats, tau: float, nodes: int, start: Floats | None = None
) -> tuple[Floats, Floats, Floats, Floats]:
    """Log likelihood of each study, and the posterior of u on its nodes.

    Returns
    -------
    tuple
        Log likelihoods, shape of the counts; values of u and their posterior probabilities with one axis more; and
        the modes of u.
    """
    z, log_weight = _nodes(nodes)
    mode, curvature = modes(counts, mean, tau, start)
    width = np.sqrt(2.0 / curvature)
    u = mode[..., None] + width[..., None] * z
    wide = Counts(counts.family, counts.events[..., None], counts.size[..., None])
    height = wide.log_likelihood(np.asarray(mean)[..., None] + tau * u) - 0.5 * u * u + log_weight
    top = height.max(axis=-1, keepdims=True)
    share = np.exp(height - top)
    total = share.sum(axis=-1, keepdims=True)
    value = np.log(width * total[..., 0]) + top[..., 0] - 0.5 * np.log(2.0 * np.pi)
    return value, u, share / total, mode


def log_likelihood(counts: Counts, mean: float, tau: float, nodes: int) -> float:
    """Log likelihood of all studies, with its constant."""
    if tau == 0.0:
        return float(counts.log_likelihood(np.full(counts.events.shape, mean)).sum()) + counts.constant
    value, *_ = study_terms(counts, np.asarray(mean), tau, nodes)
    return float(value.sum()) + counts.constant


def fit(counts: Counts, nodes: int) -> Mixed:
    """Mean and between-study standard deviation of highest likelihood.

    The start is the highest of a few; then Newton's steps, halved where they climb down. The likelihood is even in
    τ, so that τ = 0 is stationary: it is the answer where the likelihood does not rise from it.
    """
    common = counts.common
    at_zero = log_likelihood(counts, common, 0.0, nodes)
    heights = [log_likelihood(counts, common, tau, nodes) for tau in STARTS]
    best = int(np.argmax(heights))
    if heights[best] <= at_zero and _rise(counts, common) <= 0.0:
        return _at_zero(counts, common, at_zero)
    mean, tau, value, information, steps, converged = _climb(counts, common, STARTS[best], nodes)
    if abs(tau) < 1e-5 or value <= at_zero:
        return _at_zero(counts, common, at_zero)
    covariance = np.linalg.inv(information)
    se = float(np.sqrt(covariance[0, 0])) if covariance[0, 0] > 0.0 else float("nan")
    return Mixed(mean, se, abs(tau), value, at_zero, converged and abs(tau) < WIDEST, steps)


def _rise(counts: Counts, common: float) -> float:
    """Twice the second derivative in τ at 0: above 0 where the counts vary more than one value allows."""
    fitted, spread = counts.expected(np.full(counts.events.shape, common))
    return float(((counts.events - fitted) ** 2 - spread).sum())


def _at_zero(counts: Counts, common: float, value: float) -> Mixed:
    _, spread = counts.expected(np.full(counts.events.shape, common))
    return Mixed(common, float(1.0 / np.sqrt(spread.sum())), 0.0, value, value, converged=True, steps=0)


def _climb(
    counts: Counts, mean: float, tau: float, nodes: int
) -> tuple[float, float, float, NDArray[np.float64], int, bool]:
    constant = counts.constant
    at = _derivatives(counts, mean, tau, nodes, None)
    for step in range(1, MOST_STEPS + 1):
        direction = _uphill(at.information, at.gradient)
        length = min(1.0, 1.0 / float(np.abs(direction).max()))
        while True:
            trial = (mean + length * float(direction[0]), tau + length * float(direction[1]))
            after = _derivatives(counts, *trial, nodes, at.mode)
            if after.value >= at.value - 1e-12 * abs(at.value) or length < 1e-6:
                break
            length *= 0.5
        (mean, tau), moved = trial, length * float(np.abs(direction).max())
        at = after
        if moved < 1e-9 or abs(tau) > WIDEST:
            return mean, tau, at.value + constant, at.information, step, moved < 1e-9
    return mean, tau, at.value + constant, at.information, MOST_STEPS, False


@dataclass(frozen=True, slots=True, eq=False)
class _Surface:
    """The log likelihood at one point: value, gradient, observed information, and the modes of u."""

    value: float
    gradient: Floats
    information: Floats
    mode: Floats


def _uphill(information: Floats, gradient: Floats) -> Floats:
    """Newton's direction, or the gradient over the diagonal where the surface is not concave."""
    (a, b), (_, d) = information
    determinant = a * d - b * b
    if a > 0.0 and determinant > 1e-12 * a * abs(d):
        return np.array([d * gradient[0] - b * gradient[1], a * gradient[1] - b * gradient[0]]) / determinant
    return gradient / np.maximum(np.abs(np.diag(information)), 1e-3)


def _derivatives(counts: Counts, mean: float, tau: float, nodes: int, start: Floats | None) -> _Surface:
    """Log likelihood without its constant, gradient and observed information in (μ, τ), by Louis's identity."""
    value, u, share, mode = study_terms(counts, np.asarray(mean), tau, nodes, start)
    wide = Counts(counts.family, counts.events[..., None], counts.size[..., None])
    fitted, spread = wide.expected(mean + tau * u)
    score = wide.events - fitted

    def expect(values: Floats) -> Floats:
        return (share * values).sum(axis=-1)

    by_mean, by_tau = expect(score), expect(score * u)
    curves = np.array([spread, spread * u, spread * u * u])
    products = np.array([score * score, score * score * u, score * score * u * u])
    inner = ((curves - products) * share).sum(axis=-1) + np.array([by_mean**2, by_mean * by_tau, by_tau**2])
    first, cross, second = (float(x) for x in inner.sum(axis=-1))
    gradient = np.array([by_mean.sum(), by_tau.sum()])
    return _Surface(float(value.sum()), gradient, np.array([[first, cross], [cross, second]]), mode)
