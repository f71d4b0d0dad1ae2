"""From a frame to the columns of a repeated-measures model, and back from its reference grid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.intp]

TOLERANCE: Final = 1e-9
"""Singular values below this share of the largest are zero; so are the parts of a function outside the design."""


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """A covariate: a number, or dummies of all levels but the first.

    Parameters
    ----------
    name
        Column of the frame.
    levels
        Levels of a category in order; empty for a number.
    values
        The covariate in each row used: the number, or the number of the level.
    """

    name: str
    levels: tuple[str, ...]
    values: Floats

    def dummies(self) -> Floats:
        """Columns of the model, one row a row used."""
        if not self.levels:
            return self.values[:, None]
        return (self.values[:, None] == np.arange(1, len(self.levels))).astype(np.float64)

    def names(self) -> list[str]:
        """Names of those columns."""
        return [f"{self.name}[{level}]" for level in self.levels[1:]] or ([] if self.levels else [self.name])

    def typical(self, weights: str) -> Floats:
        """Where the reference grid holds the covariate: its mean; for a category equal or observed shares."""
        if self.levels and weights == "equal":
            return np.full(len(self.levels) - 1, 1.0 / len(self.levels))
        return self.dummies().mean(axis=0)


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Rows used, and how the model's columns are made of them.

    Parameters
    ----------
    outcome
        Outcome of each row used.
    subject, visit, arm
        Numbers of each row's subject, visit and arm.
    visits, arms
        Labels in order; the first arm is the reference. One arm, without a label, where none is named.
    covariates
        In the order of the specification.
    by_visit
        Names of the covariates whose effect may differ between visits.
    arm_by_visit
        The arm's effect may differ between visits.
    names
        Column names of visit and arm, for terms.
    """

    outcome: Floats
    subject: Whole
    visit: Whole
    arm: Whole
    visits: tuple[str, ...]
    arms: tuple[str, ...]
    covariates: tuple[Factor, ...]
    by_visit: tuple[str, ...]
    arm_by_visit: bool
    names: tuple[str, str]

    def rows(self, chosen: Whole, subject: Whole) -> Design:
        """Some rows, in any order and as often as named, as those of other subjects."""
        covariates = tuple(replace(factor, values=factor.values[chosen]) for factor in self.covariates)
        return replace(
            self,
            outcome=self.outcome[chosen],
            subject=subject,
            visit=self.visit[chosen],
            arm=self.arm[chosen],
            covariates=covariates,
        )

    def columns(self) -> Floats:
        """The design matrix, shape (rows, coefficients)."""
        visit = _one_hot(self.visit, len(self.visits))
        arm = _one_hot(self.arm, len(self.arms))
        return self._blocks(visit, arm, [factor.dummies() for factor in self.covariates])

    def grid(self, weights: str) -> Floats:
        """Rows of the reference grid, shape (arms · visits, coefficients): visits vary fastest."""
        arms, visits = len(self.arms), len(self.visits)
        visit = np.tile(np.eye(visits), (arms, 1))[:, 1:]
        arm = np.repeat(np.eye(arms), visits, axis=0)[:, 1:]
        typical = [np.tile(factor.typical(weights), (arms * visits, 1)) for factor in self.covariates]
        return self._blocks(visit, arm, typical)

    def _blocks(self, visit: Floats, arm: Floats, covariates: list[Floats]) -> Floats:
        blocks = [np.ones((len(visit), 1)), visit, arm, *covariates]
        if self.arm_by_visit:
            blocks.append(_products(arm, visit))
        for factor, values in zip(self.covariates, covariates, strict=True):
            if factor.name in self.by_visit:
                blocks.append(_products(values, visit))
        return np.concatenate(blocks, axis=1)

    def coefficients(self) -> list[tuple[str, str]]:
        """Term and name of each coefficient."""
        visit, arm = self.names
        visits = [f"{visit}[{label}]" for label in self.visits[1:]]
        arms = [f"{arm}[{label}]" for label in self.arms[1:]]
        found = [("intercept", "intercept")]
        found += [(visit, name) for name in visits] + [(arm, name) for name in arms]
        found += [(factor.name, name) for factor in self.covariates for name in factor.names()]
        if self.arm_by_visit:
            found += [(f"{arm}:{visit}", f"{a}:{v}") for a in arms for v in visits]
        for factor in self.covariates:
            if factor.name in self.by_visit:
                found += [(f"{factor.name}:{visit}", f"{name}:{v}") for name in factor.names() for v in visits]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """An orthonormal basis of the design, and the way from its coefficients to functions of the design's own.

    Parameters
    ----------
    columns
        Shape (rows, rank).
    back
        Turns a function of the design's coefficients, shape (m, p), into one of the basis': (p, rank).
    within
        Projector on the functions that the design can estimate, (p, p), in the scale of ``size``.
    size
        Norm of each column of the design.
    logdet
        Logarithm of the determinant of XᵀX (of its positive part, where columns depend on each other).
    """

    columns: Floats
    back: Floats
    within: Floats
    size: Floats
    logdet: float

    def functions(self, wanted: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Functions of the basis' coefficients, and which of them the design can estimate."""
        scaled = wanted / self.size
        rest = np.abs(scaled - scaled @ self.within).max(axis=1, initial=0.0)
        return wanted @ self.back, rest <= 1e-7 * np.abs(scaled).max(axis=1, initial=0.0)


def basis(design: Floats) -> Basis:
    """Factor a design matrix; columns that depend on others are found by its singular values."""
    size = np.sqrt(np.einsum("ij,ij->j", design, design))
    size = np.where(size > 0.0, size, 1.0)
    q, r = np.linalg.qr(design / size)
    u, s, v = np.linalg.svd(r)
    kept = s > TOLERANCE * s[0]
    v = v[: len(s)][kept]
    logdet = 2.0 * float(np.log(s[kept]).sum())
    if kept.all():
        logdet += 2.0 * float(np.log(size).sum())
    return Basis(q @ u[:, : len(s)][:, kept], (v / s[kept, None]).T / size[:, None], v.T @ v, size, logdet)


def _one_hot(codes: Whole, levels: int) -> Floats:
    return (codes[:, None] == np.arange(1, levels)).astype(np.float64)


def _products(left: Floats, right: Floats) -> Floats:
    return (left[:, :, None] * right[:, None, :]).reshape(len(left), -1)


def ranks(values: list[Any], order: tuple[Any, ...]) -> Whole:
    """The place of each value in an order."""
    place = {value: i for i, value in enumerate(order)}
    return np.array([place[value] for value in values], dtype=np.intp)
