"""Optimal matching, on the propensity score or on covariates: the pairs with the smallest total distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from malar.controls.matched_sets import MatchedSets
from malar.controls.matching import Matching
from malar.method import Method
from malar.sources import Source, Status

METHOD: Final = Method(
    key="optimal_matching",
    title="Optimal matching on the propensity score or Mahalanobis distance",
    source=Source(
        "Rosenbaum PR. Optimal matching for observational studies. J Am Stat Assoc 1989;84:1024-32",
        status=Status.SECONDARY,
        reading="With a caliper: as many pairs as can be had, and among these the smallest sum of distances.",
    ),
    also=(Source("Berkelaar M, et al. lpSolve, R package version 5.6.18 (lp.assign)", status=Status.SECONDARY),),
)
"""What `malar list estimators` and `malar cite optimal_matching` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimalMatching(Matching):
    """Match so that the sum of all distances is the smallest possible, without replacement.

    Parameters
    ----------
    distance, covariates, score, treatment, ratio, exact, scale, caliper, caliper_unit
        As in `NearestNeighborMatching`.

    Notes
    -----
    An assignment problem, solved exactly (SciPy's linear_sum_assignment) stratum by stratum. As many pairs as the
    caliper and strata allow are made; among such sets of pairs the total distance is the smallest. Several solutions
    can have the same total; which is returned depends on row order. Time grows with the square of the treated times
    the controls at worst, memory with treated x ratio x controls: some thousand subjects a stratum.

    Source
    ------
    Rosenbaum 1989; totals agree with lp.assign of R lpSolve 5.6.18.

    Examples
    --------
    >>> import polars as pl
    >>> cohort = pl.DataFrame({"treated": [1, 1, 0, 0], "propensity_score": [0.6, 0.5, 0.55, 0.9]})
    >>> sets = OptimalMatching(scale="probability", caliper=None).fit(cohort)
    >>> sets.pairs().select("treated_row", "control_row").rows(), round(sets.sum_distance, 2)
    ([(0, 3), (1, 2)], 0.35)
    """

    method: ClassVar[Method] = METHOD

    def fit(self, frame: Any) -> MatchedSets:
        """Match.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject (or a subject and trial), with the score.

        Returns
        -------
        MatchedSets
            Pairs, those left over, and the frame to analyze.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        UndefinedError
            No rows, one arm only, nulls, or covariates that are combinations of each other within arms.
        ParameterError
            Scores that are no probabilities.
        """
        from malar.controls._match_kernel import optimal

        told = self.read(frame, "Optimal matching")
        return MatchedSets.of(self, f"{self.words()}; optimal", told, optimal(told, self.ratio), replaced=False)
