"""Nearest-neighbor matching on the propensity score: everyone chooses in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, get_args

from malar.controls import _columns, _scores
from malar.controls._scores import CaliperUnit, Scale
from malar.controls.matched_sets import MatchedSets
from malar.errors import ParameterError
from malar.method import Method
from malar.sources import Source, Status

Order = Literal["largest", "smallest", "data", "closest"]

METHOD: Final = Method(
    key="nearest_neighbor_matching",
    title="Nearest-neighbor matching on the propensity score",
    source=Source(
        "Rosenbaum PR, Rubin DB. Constructing a control group using multivariate matched sampling methods that "
        "incorporate the propensity score. Am Stat 1985;39:33-8",
        status=Status.SECONDARY,
        reading="Of controls equally near, the first met when walking away along the line of everyone in order of "
        "score and then of row, lower scores first.",
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
class NearestNeighborMatching:
    """Set beside each treated subject the control nearest in propensity score, one treated after another.

    Parameters
    ----------
    score
        Column of propensity scores, probabilities.
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
        Distances on the ``logit`` or the ``probability``.
    caliper
        Longest distance allowed; None for none.
    caliper_unit
        ``sd``: in standard deviations of the score on its scale, over all subjects (n - 1); ``score``: in its units.

    Notes
    -----
    Greedy: no pair is undone, so the total distance is not the smallest possible (see `OptimalMatching`). With a ratio
    above 1 and without replacement everyone chooses one control before anyone chooses the next. Ties: those who
    choose are ordered by score and then by row; controls equally near are taken as `malar cite` says. Row order
    therefore matters where scores tie, and only there.

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

    score: str = "propensity_score"
    treatment: str = "treated"
    ratio: int = 1
    replace: bool = False
    order: Order = "largest"
    exact: Sequence[str] = ()
    scale: Scale = "logit"
    caliper: float | None = 0.2
    caliper_unit: CaliperUnit = "sd"

    def __post_init__(self) -> None:
        if isinstance(self.exact, str):
            raise ParameterError("`exact` is one word.", "It is a list of columns.", "Pass exact=['center'].")
        object.__setattr__(self, "exact", tuple(self.exact))
        _columns.one_of("order", self.order, get_args(Order))
        _scores.check(self.ratio, self.scale, self.caliper, self.caliper_unit)

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
            No rows, one arm only, or nulls.
        ParameterError
            Scores that are no probabilities.
        """
        from malar.controls._match_kernel import nearest

        told = _scores.read(
            frame,
            "Nearest-neighbor matching",
            treatment=self.treatment,
            score=self.score,
            scale=self.scale,
            exact=self.exact,
            caliper=self.caliper,
            caliper_unit=self.caliper_unit,
        )
        pairs = nearest(
            told.score, told.treated, told.stratum, self.order, self.ratio, told.caliper, replace=self.replace
        )
        how = "with replacement" if self.replace else f"without replacement, {self.order} first"
        note = f"{_scores.words(self.scale, self.exact, self.caliper, self.caliper_unit, self.ratio)}; {how}"
        return MatchedSets(self.method, note, self.treatment, told.rows, told.score, *pairs, replaced=self.replace)
