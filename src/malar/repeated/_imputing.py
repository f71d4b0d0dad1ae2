"""Draw parameters by bootstrap, complete the outcomes, keep them with the design of the analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from malar.errors import ParameterError, UndefinedError
from malar.repeated._fitting import fitted
from malar.repeated._imputation_kernel import draw, profile
from malar.repeated._reading import design_of, never_null, numbers, take, with_outcome
from malar.repeated.reference_based_result import ReferenceBasedResult

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from malar.repeated._design import Design
    from malar.repeated.mmrm import MMRM
    from malar.repeated.reference_based import ReferenceBasedImputation

    Floats = NDArray[np.float64]

TRIES: Final = 5
"""Bootstrap samples allowed for every imputation wanted, before the model is told unfit for the data."""


def imputed(spec: ReferenceBasedImputation, frame: Any, rng: np.random.Generator) -> ReferenceBasedResult:
    """Complete the outcomes of every subject at every visit, many times."""
    design = _whole(spec.model, frame)
    visits = len(design.visits)
    outcome = design.outcome.reshape(-1, visits)
    seen = ~np.isnan(outcome)
    last = np.where(seen.any(axis=1), visits - 1 - np.argmax(seen[:, ::-1], axis=1), -1)
    own, reference = design.columns(), _in_reference(design).columns()
    completed: list[Floats] = []
    failed = 0
    while len(completed) < spec.imputations:
        found = _parameters(spec.model, design, rng)
        if found is None:
            failed += 1
            _refuse_unfit(failed, spec.imputations)
            continue
        coefficients, sigma = found
        means = [(columns @ coefficients).reshape(-1, visits) for columns in (own, reference)]
        completed.append(draw(outcome, profile(means[0], means[1], last, spec.strategy), sigma, rng))
    dropped = np.arange(visits) > last[:, None]
    return ReferenceBasedResult(spec, design, np.array(completed), ~seen, dropped, failed)


def _whole(spec: MMRM, frame: Any) -> Design:
    """One row a subject and visit, in that order; NaN where the outcome is missing."""
    import polars as pl

    columns = take(spec, frame)
    used = with_outcome(spec, columns)
    for name in (spec.subject, spec.visit):
        never_null(used, name)
    constant = [name for name in (spec.arm, *spec.covariates) if name]
    subjects = _subjects(columns, spec, constant)
    values = used.select(spec.subject, spec.visit, outcome_=pl.Series(numbers(used, spec.outcome)))
    visits = used.select(pl.col(spec.visit).unique().sort())
    if spec.visits is not None and set(spec.visits) == set(visits[spec.visit]):
        visits = pl.DataFrame({spec.visit: pl.Series(list(spec.visits), dtype=visits[spec.visit].dtype)})
    rows = subjects.join(visits, how="cross", maintain_order="left_right")
    rows = rows.join(values, on=[spec.subject, spec.visit], how="left", maintain_order="left")
    design = design_of(spec, rows, rows["outcome_"].fill_null(float("nan")).to_numpy())
    if len(design.arms) < 2:
        raise ParameterError(
            f"`{spec.arm}` has one value.", "There is no reference to borrow from.", "Check the frame."
        )
    return design


def _subjects(columns: pl.DataFrame, spec: MMRM, constant: list[str]) -> pl.DataFrame:
    never_null(columns, spec.subject)
    for name in constant:
        never_null(columns, name)
    subjects = columns.select(spec.subject, *constant).unique(maintain_order=True)
    if subjects[spec.subject].n_unique() != subjects.height:
        raise ParameterError(
            f"An arm or covariate ({', '.join(constant)}) has several values in one `{spec.subject}`.",
            "A missed visit has no value of its own to impute from.",
            "Use values at baseline.",
        )
    return subjects


def _in_reference(design: Design) -> Design:
    everyone = np.arange(design.outcome.size)
    whole = design.rows(everyone, design.subject)
    whole.arm[:] = 0
    return whole


def _parameters(spec: MMRM, design: Design, rng: np.random.Generator) -> tuple[Floats, Floats] | None:
    """Coefficients and covariance of a bootstrap sample of subjects within arms; None without a fit."""
    visits = len(design.visits)
    arm = design.arm[::visits]
    drawn = np.concatenate([rng.choice(own := np.flatnonzero(arm == a), own.size) for a in range(len(design.arms))])
    rows = (drawn[:, None] * visits + np.arange(visits)).reshape(-1)
    subject = np.repeat(np.arange(drawn.size), visits)
    seen = ~np.isnan(design.outcome[rows])
    _, dense = np.unique(subject[seen], return_inverse=True)
    sample = design.rows(rows[seen], dense)
    if np.unique(sample.visit).size < visits:
        return None
    basis, _, found = fitted(spec, sample)
    if found is None or basis.columns.shape[1] < len(basis.size):
        return None
    return basis.back @ found.uncertainty.coefficients, found.sigma


def _refuse_unfit(failed: int, wanted: int) -> None:
    if failed > (TRIES - 1) * wanted:
        raise UndefinedError(
            f"The imputation model had no fit in {failed} bootstrap samples.",
            "Imputations from the few that have one would be a selection.",
            "Name covariances with fewer parameters to fall back on, or fewer covariates.",
        )
