"""That a fit which calls itself converged has found a maximum, and the highest one that several starts lead to."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.repeated import MMRM
from malar.repeated._covariances_kernel import STRUCTURES
from malar.repeated._likelihood_kernel import solve
from malar.repeated._moments_kernel import gather


def few(seed: int) -> pl.DataFrame:
    """Twelve against six with up to five visits, of which some are hardly seen."""
    rng = np.random.default_rng(seed)
    visits = int(rng.integers(2, 6))
    lag = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))
    correlation = rng.choice([0.0, 0.5, 0.95]) ** lag
    change = rng.multivariate_normal(np.zeros(visits), correlation, 18) * 10.0 ** rng.integers(-3, 4)
    gone = rng.random((18, visits)) < rng.choice([0.0, 0.2, 0.5])
    if rng.random() < 0.5:
        gone = np.maximum.accumulate(gone, axis=1)
    if rng.random() < 0.3:
        gone[:12, -1] = True
    return pl.DataFrame(
        {
            "subject": np.repeat(np.arange(18), visits),
            "visit": np.tile(np.arange(visits), 18),
            "arm": np.repeat(["cells"] * 12 + ["control"] * 6, visits),
            "change": np.where(gone, np.nan, change).ravel(),
        }
    ).with_columns(pl.col("change").fill_nan(None))


def heights(result, *, reml: bool):
    """The log-likelihood at a covariance matrix, by the data of a result."""
    design, made = result.design, result.basis
    rest = design.outcome - made.columns @ (made.columns.T @ design.outcome)
    data = gather(np.column_stack((made.columns, rest)), design.subject, design.visit, made.logdet)
    return lambda sigma: solve(data, sigma, reml=reml)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 100_000), st.sampled_from(sorted(STRUCTURES)), st.sampled_from(["reml", "ml"]))
def test_nothing_near_a_converged_fit_is_higher_and_no_direction_is_flat(seed, name, likelihood):
    frame = few(seed)
    if frame["change"].null_count() == frame.height:
        return
    result = MMRM(outcome="change", covariance=name, likelihood=likelihood, df="satterthwaite").fit(frame)
    attempt = result.attempts[0]
    assert result.converged == (attempt.reason == "")
    if not result.converged:
        assert result.contrasts()["estimate"].null_count() == result.contrasts().height
        assert attempt.reason in result.table()["note"][0]
        return
    assert attempt.maxima >= 1
    visits = len(result.design.visits)
    structure = STRUCTURES[name if visits > 1 else "unstructured"](visits)
    height = heights(result, reml=likelihood == "reml")
    theta = structure.start(result.covariance)
    assert abs(height(structure.matrix(theta)).loglik - attempt.loglik) < 1e-6
    for k in range(theta.size):
        size = 1e-2 if hasattr(structure, "share") else 1e-2 * abs(np.abs(theta).max())
        for side in (-1.0, 1.0):
            moved = theta.copy()
            moved[k] += side * size
            there = height(structure.matrix(moved))
            assert there is None or there.loglik < attempt.loglik, k


@pytest.mark.parametrize("name", sorted(STRUCTURES))
@pytest.mark.parametrize("likelihood", ["reml", "ml"])
def test_a_visit_of_one_subject_in_each_arm_determines_no_variance(name, likelihood):
    """Its means follow its outcomes exactly: a variance of its own has no estimate, whatever rounding leaves."""
    rng = np.random.default_rng(3)
    frame = pl.DataFrame(
        {
            "subject": np.repeat(np.arange(20), 3),
            "visit": np.tile([1, 2, 3], 20),
            "arm": np.repeat(np.where(np.arange(20) % 2, "cells", "control"), 3),
            "change": rng.normal(0, 1, (20, 3)).cumsum(axis=1).ravel(),
        }
    ).filter((pl.col("visit") < 3) | (pl.col("subject") < 2))
    result = MMRM(outcome="change", covariance=name, likelihood=likelihood, df="satterthwaite").fit(frame)
    assert result.converged == (name in ("autoregressive", "compound_symmetry"))


def test_of_several_maxima_the_highest_is_used_and_their_number_told():
    """Two maxima under compound symmetry: correlations of about -0.44 and 0; starts near 0 end at the lower one."""
    frame = two_maxima()
    result = MMRM(outcome="change", covariance="compound_symmetry", likelihood="ml", df="satterthwaite").fit(frame)
    height = heights(result, reml=False)
    grid = [
        there.loglik
        for rho in np.linspace(-0.49, 0.95, 73)
        for log in np.linspace(-1.0, 5.0, 121)
        if (there := height(np.exp(log) * (rho + (1 - rho) * np.eye(3)))) is not None
    ]
    attempt = result.attempts[0]
    assert attempt.maxima == 2
    assert attempt.loglik >= max(grid)
    assert result.covariance[0, 1] < -0.3 * result.covariance[0, 0]
    assert result.convergence()["maxima"].to_list() == [2]


def two_maxima() -> pl.DataFrame:
    """Twenty-three patients of an invented trial; outcomes at visits 1, 2 and 3, None = missing."""
    seen = {
        "cells": [
            (-0.5, 4.3, None),
            (2.3, -3.2, -1.5),
            *(
                (first, None, None)
                for first in (-1.8, -3.6, -4.2, -0.9, -1.2, -4.2, -4.9, 2.2, 2.8, 0.7, 0.0, 0.4, -3.4)
            ),
        ],
        "control": [
            *((first, None, None) for first in (-2.3, 1.6, -1.5)),
            (-0.9, -4.9, None),
            (-0.2, 1.2, 2.8),
            (-1.0, 0.4, 1.4),
            (1.7, 3.0, None),
            (0.3, 1.9, None),
        ],
    }
    rows = [
        (f"{arm}{i}", visit, arm, value)
        for arm, outcomes in seen.items()
        for i, three in enumerate(outcomes)
        for visit, value in enumerate(three, start=1)
    ]
    return pl.DataFrame(rows, schema=["subject", "visit", "arm", "change"], orient="row")
