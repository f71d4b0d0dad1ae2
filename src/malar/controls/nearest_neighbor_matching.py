"""Nearest-neighbor matching, on the propensity score or on covariates: everyone chooses in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, get_args

from malar.controls import _columns
from malar.controls.matched_sets import MatchedSets
from malar.controls.matching import Matching
from malar.method import Method
from malar.sources import Source, Status

Order = Literal["largest", "smallest", "data", "closest"]

METHOD: Final = Method(
    key="nearest_neighbor_matching",
    title="Nearest-neighbor matching on the propensity score or Mahalanobis distance",
    source=Source(
        "Rosenbaum PR, Rubin DB. Constructing a control group using multivariate matched sampling methods that "
        "incorporate the propensity score. Am Stat 1985;39:33-8",
        status=Status.SECONDARY,
        reading="Of controls equally near, the first met when walking away along the line of everyone in order of "
        "score and then of row, lower scores first; by Mahalanobis distance, the first row.",
    ),
    also=(
        Source(
            "Austin PC. Optimal caliper widths for propensity-score matching when estimating differences in means and "
            "differences in proportions in observational studies. Pharm Stat 2011;10:150-61",
            status=Status.SECONDARY,
            reading="0.2 standard deviations of the logit, of all subjects together.",
        ),
        Source("Ho DE, Imai K, King G, Stuart EA. MatchIt, R package version 4.7.1", status=Status.SECONDARY),
    ),
)
"""What `malar list estimators` and `malar cite nearest_neighbor_matching` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestNeighborMatching(Matching):
    """Set beside each treated subject the control nearest to him, one treated after another.

    Parameters
    ----------
    distance
        What is near: the ``score``, or covariates by their ``mahalanobis`` distance.
    covariates
        Columns of the Mahalanobis distance: numbers, Booleans, words (one column a level, the first left out).
    score
        Column of propensity scores, probabilities; not read where neither distance, caliper nor order need it.
    treatment
        Column: true or 1 treated, false or 0 control.
    ratio
        Controls wanted a treated subject.
    replace
        Whether a control may be used for several treated.
    order
        Who chooses first: the ``largest`` score (hardest to match), the ``smallest``, in the order of the ``data``,
        or always the ``closest`` pair still possible. Without meaning with replacement.
    exact
        Columns that must agree: center, nephritis class.
    scale
        Differences of scores are taken on the ``logit`` or the ``probability``.
    caliper
        Longest difference of scores allowed, whatever the distance; None for none.
    caliper_unit
        ``sd``: in standard deviations of the score on its scale, over all subjects (n - 1); ``score``: in its units.

    Notes
    -----
    Greedy: no pair is undone, so the total distance is not the smallest possible (see `OptimalMatching`). With a ratio
    above 1 and without replacement everyone chooses one control before anyone chooses the next. Mahalanobis:
    ``sqrt((x - y)' S^-1 (x - y))`` with S the covariance within arms, pooled (n - 2). Ties: those who choose are
    ordered by score and then by row; controls equally near are taken as `malar cite` says. Row order therefore
    matters where distances or scores tie, and only there. Time grows with rows x log(rows) for the score; with
    treated x controls, in time and memory, for Mahalanobis.

    Source
    ------
    Rosenbaum & Rubin 1985; pairs agree with MatchIt 4.7.1, ties included, where MatchIt has the same options.

    Examples
    --------
    >>> import polars as pl
    >>> cohort = pl.DataFrame({"treated": [1, 1, 0, 0, 0], "propensity_score": [0.6, 0.5, 0.52, 0.3, 0.1]})
    >>> sets = NearestNeighborMatching(scale="probability", caliper=None).fit(cohort)
    >>> sets.pairs().select("treated_row", "control_row").rows()
    [(0, 2), (1, 3)]
    """

    method: ClassVar[Method] = METHOD

    replace: bool = False
    order: Order = "largest"

    def __post_init__(self) -> None:
        Matching.__post_init__(self)
        _columns.one_of("order", self.order, get_args(Order))

    def fit(self, frame: Any) -> MatchedSets:
        """Match.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject (or a subject and trial), with the score.

        Returns
        -------
        MatchedSets
            Pairs, those left over, and the frame to analyze. No pair at all is a result too.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        UndefinedError
            No rows, one arm only, nulls, or covariates that are combinations of each other within arms.
        ParameterError
            Scores that are no probabilities.
        """
        from malar.controls._match_kernel import nearest

        ordered = self.order in ("largest", "smallest") and not self.replace
        told = self.read(frame, "Nearest-neighbor matching", ordered=ordered)
        pairs = nearest(told, self.order, self.ratio, replace=self.replace)
        how = "with replacement" if self.replace else f"without replacement, {self.order} first"
        return MatchedSets.of(self, f"{self.words()}; {how}", told, pairs, replaced=self.replace)
