"""The effect after matching: a weighted regression whose errors know the sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.controls import _columns
from malar.controls.effect import Effect, demand_spread
from malar.controls.propensity_score import refuse_dependent, refuse_separated
from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.sources import Source, Status

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

Kind = Literal["linear", "logistic"]

METHOD: Final = Method(
    key="matched_effect",
    title="Effect after matching, with errors robust to the matched sets",
    source=Source(
        "Abadie A, Spiess J. Robust post-matching inference. J Am Stat Assoc 2022;117:983-95",
        status=Status.SECONDARY,
        reading="Valid for matching without replacement; with replacement controls are a second kind of cluster.",
    ),
    also=(
        Source(
            "Cameron AC, Gelbach JB, Miller DL. Robust inference with multiway clustering. "
            "J Bus Econ Stat 2011;29:238-49",
            status=Status.SECONDARY,
        ),
        Source(
            "Zeileis A, Koell S, Graham N. sandwich, R package version 3.0-2 (vcovCL, HC1)", status=Status.SECONDARY
        ),
    ),
)
"""What `malar list estimators` and `malar cite matched_effect` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedEffect:
    """Compare the outcome of treated and controls in the frame that `MatchedSets.matched` returns.

    Parameters
    ----------
    outcome
        Column: a number, or Boolean. Of a Boolean, ``linear`` gives the difference of proportions.
    kind
        ``linear``: difference of means. ``logistic``: log odds ratio.
    treatment
        Column: true or 1 treated, false or 0 control.
    covariates
        Columns to adjust for besides; the log odds ratio is then conditional on them.
    weight
        Column of weights.
    clusters
        One or two columns: the matched set, and with replacement the row of the frame (``frame_row``) too.
    level
        Confidence level.

    Notes
    -----
    Variance: sandwich with scores summed within clusters, times G / (G - 1) and (n - 1) / (n - k). Limits and p-value
    from the t distribution with G - 1 degrees of freedom, G being the number of clusters (of the rarer kind).
    Unknown outcomes are refused: leave out whole sets, or impute, and say which.

    Source
    ------
    Abadie & Spiess 2022; agrees with vcovCL of R sandwich 3.0-2.

    Examples
    --------
    >>> import polars as pl
    >>> arms = {"treated": [1, 0, 1, 0, 1, 0], "matched_set": [1, 1, 2, 2, 3, 3], "weight": 1.0}
    >>> matched = pl.DataFrame({**arms, "change": [-6, -2, -8, -5, -4, -4]})
    >>> effect = MatchedEffect(outcome="change", kind="linear").fit(matched)
    >>> round(effect.estimate, 3), round(effect.se, 3), effect.df
    (-2.333, 1.344, 2)
    """

    method: ClassVar[Method] = METHOD

    outcome: str
    kind: Kind
    treatment: str = "treated"
    covariates: Sequence[str] = ()
    weight: str = "weight"
    clusters: Sequence[str] = ("matched_set",)
    level: float = 0.95

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariates", _columns.several("covariates", self.covariates))
        object.__setattr__(self, "clusters", _columns.several("clusters", self.clusters))
        _columns.one_of("kind", self.kind, get_args(Kind))
        _columns.confidence(self.level)
        if not 1 <= len(self.clusters) <= 2:
            raise ParameterError(
                f"{len(self.clusters)} kinds of clusters are named.",
                "Subjects of one set are not independent.",
                "Name one or two columns.",
            )

    def fit(self, frame: Any) -> Effect:
        """Estimate the effect.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject and set.

        Returns
        -------
        Effect
            Treated minus control.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        UndefinedError
            No rows, one arm only, nulls, fewer than two clusters, no more rows than coefficients, or an outcome that
            the treatment separates.
        ParameterError
            An outcome other than 0 and 1 for a log odds ratio.
        """
        import numpy as np

        from malar.controls._sandwich_kernel import cluster_covariance

        named = [self.treatment, self.outcome, self.weight, *self.covariates, *self.clusters]
        rows = _columns.take(frame, named, "The effect after matching")
        treated = _columns.treatment(rows, self.treatment)
        weight = _columns.weights(rows, self.weight)
        design = self._design(rows, treated)
        y, solved = self._solve(rows, design, weight)
        coefficients, bread, scores = solved
        clusters = self._clusters(rows)
        covariance = cluster_covariance(scores, bread, clusters)
        g = min(int(np.unique(own).size) for own in clusters)
        arms = [weight * arm for arm in (treated, ~treated)]
        return Effect(
            method=self.method,
            note=f"errors clustered by {' and '.join(self.clusters)} ({g} clusters), HC1, t with {g - 1} df",
            unit="difference" if self.kind == "linear" else "log odds ratio",
            estimate=float(coefficients[1]),
            se=demand_spread(float(np.sqrt(max(covariance[1, 1], 0.0))), y if self.kind == "linear" else None),
            df=g - 1,
            level=self.level,
            counts=(int((arms[0] > 0).sum()), int((arms[1] > 0).sum())),
            means=(float(arms[0] @ y / arms[0].sum()), float(arms[1] @ y / arms[1].sum())),
        )

    def _design(self, rows: pl.DataFrame, treated: NDArray[np.bool_]) -> _columns.Design:
        import numpy as np

        from malar.controls._logistic_kernel import standardized

        more = _columns.design(rows, self.covariates) if self.covariates else None
        values = treated.astype(np.float64)[:, None]
        made = _columns.Design(
            values if more is None else np.column_stack([values, standardized(more.values)[0]]),
            (self.treatment, *(more.names if more else ())),
        )
        refuse_dependent(made)
        if rows.height <= len(made.names) + 1:
            raise UndefinedError(
                f"There are {rows.height} rows for {len(made.names) + 1} coefficients.",
                "No row is left over to tell how much outcomes differ.",
                "Match more subjects, or adjust for fewer covariates.",
            )
        return made

    def _solve(
        self, rows: pl.DataFrame, design: _columns.Design, weight: Values
    ) -> tuple[Values, tuple[Values, Values, Values]]:
        import numpy as np

        from malar.controls._logistic_kernel import fit_logistic
        from malar.controls._sandwich_kernel import linear, logistic

        full = np.column_stack([np.ones(rows.height), design.values])
        if self.kind == "linear":
            y = _columns.numbers(rows, self.outcome)
            return y, linear(full, y, weight)
        happened = _columns.sign(rows, self.outcome)
        fit = fit_logistic(design.values, happened, weight)
        refuse_separated(design, happened, fit, "a responder")
        return happened.astype(np.float64), logistic(full, happened, weight, fit)

    def _clusters(self, rows: pl.DataFrame) -> list[NDArray[np.integer]]:
        import polars as pl

        _columns.never_null(rows, self.clusters, "A row without a set has errors of its own.", "Match first.")
        found = [rows[name].rank("dense").cast(pl.Int64).to_numpy() for name in self.clusters]
        if any(own.max() < 2 for own in found):
            raise UndefinedError(
                "There is one cluster only.", "Nothing tells how much sets differ.", "Match more subjects."
            )
        return list(found)
