"""What every matching is told: distance, caliper, strata and ratio, and how they are read from a frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.controls import _columns
from malar.controls.propensity_score import refuse_dependent
from malar.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.method import Method

    Values = NDArray[np.float64]

Distance = Literal["score", "mahalanobis"]
Scale = Literal["logit", "probability"]
CaliperUnit = Literal["sd", "score"]

LOGIT_HINT: Final = (
    "Scores of 0 or 1 have no logit: match on scale='probability', or look for covariates that separate."
)


@dataclass(frozen=True, slots=True, eq=False)
class ToMatch:
    """What a matching works on.

    Parameters
    ----------
    rows
        The frame that was given, in Polars.
    treated, stratum
        Shape (rows,); who agrees in all exact columns has one stratum.
    score
        The propensity score on its scale, shape (rows,); zeros where none is read.
    place
        Points between which the distance is a straight line, shape (rows, columns): the score itself, or the
        covariates turned and scaled so that it is Mahalanobis'.
    by_score
        Whether distances are differences of scores.
    caliper
        Longest difference of scores allowed, infinity for none.
    """

    rows: pl.DataFrame
    treated: NDArray[np.bool_]
    stratum: NDArray[np.int64]
    score: Values
    place: Values
    by_score: bool
    caliper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """The choices that nearest-neighbor and optimal matching share.

    Parameters
    ----------
    distance
        What is near: the ``score``, or covariates by their ``mahalanobis`` distance.
    covariates
        Columns of the Mahalanobis distance: numbers, Booleans, words (one column a level, the first left out).
    score
        Column of propensity scores, probabilities.
    treatment
        Column: true or 1 treated, false or 0 control.
    ratio
        Controls wanted a treated subject.
    exact
        Columns that must agree: center, nephritis class.
    scale
        Differences of scores are taken on the ``logit`` or the ``probability``.
    caliper
        Longest difference of scores allowed, whatever the distance; None for none.
    caliper_unit
        ``sd``: in standard deviations of the score on its scale, over all subjects (n - 1); ``score``: in its units.
    """

    method: ClassVar[Method]

    distance: Distance = "score"
    covariates: Sequence[str] = ()
    score: str = "propensity_score"
    treatment: str = "treated"
    ratio: int = 1
    exact: Sequence[str] = ()
    scale: Scale = "logit"
    caliper: float | None = 0.2
    caliper_unit: CaliperUnit = "sd"

    def __post_init__(self) -> None:
        for name in ("exact", "covariates"):
            object.__setattr__(self, name, _columns.several(name, getattr(self, name)))
        _columns.one_of("distance", self.distance, get_args(Distance))
        _columns.one_of("scale", self.scale, get_args(Scale))
        _columns.one_of("caliper_unit", self.caliper_unit, get_args(CaliperUnit))
        if bool(self.covariates) != (self.distance == "mahalanobis"):
            raise ParameterError(
                f"The distance is {self.distance!r}, with {len(self.covariates)} covariates.",
                "Covariates have a Mahalanobis distance; a score has taken them in already.",
                "Pass distance='mahalanobis' and covariates=[...] together, or neither.",
            )
        if self.ratio < 1 or self.ratio % 1:
            raise ParameterError(
                f"`ratio` is {self.ratio}.", "Everyone is matched with one control or more.", "Use 1, 2, …"
            )
        if self.caliper is not None and not self.caliper > 0:
            raise ParameterError(
                f"`caliper` is {self.caliper}.", "It is the longest distance allowed.", "Use e.g. 0.2, or None."
            )

    def read(self, frame: Any, what: str, *, ordered: bool = False) -> ToMatch:
        """Read the columns; the score only where distance, caliper or order need it.

        Parameters
        ----------
        frame
            Any kind of dataframe.
        what
            What reads them, for messages.
        ordered
            Whether those who choose are ordered by score.
        """
        import numpy as np
        import polars as pl

        by_score = self.distance == "score"
        scored = ordered or by_score or self.caliper is not None
        score_columns = [self.score] if scored else []
        rows = _columns.take(frame, [self.treatment, *score_columns, *self.exact, *self.covariates], what)
        treated = _columns.treatment(rows, self.treatment)
        score = self._score(rows) if scored else np.zeros(rows.height)
        _columns.never_null(rows, self.exact)
        strata = np.zeros(rows.height, dtype=np.int64)
        if self.exact:
            strata = rows.select(pl.struct(list(self.exact)).rank("dense").cast(pl.Int64)).to_series().to_numpy()
        place = score[:, None] if by_score else self._whitened(rows, treated)
        unit = float(score.std(ddof=1)) if self.caliper_unit == "sd" else 1.0
        caliper = float("inf") if self.caliper is None else self.caliper * unit
        return ToMatch(rows, treated, strata, score, place, by_score, caliper)

    def _score(self, rows: pl.DataFrame) -> Values:
        import numpy as np

        values = _columns.numbers(rows, self.score)
        open_ends = self.scale == "logit"
        outside = (values <= 0) | (values >= 1) if open_ends else (values < 0) | (values > 1)
        if outside.any():
            raise ParameterError(
                f"`{self.score}` has {int(outside.sum())} of {values.size} values that are no probability.",
                "Distances between probabilities and between their logits are different things.",
                LOGIT_HINT,
            )
        return np.log(values) - np.log1p(-values) if open_ends else values

    def _whitened(self, rows: pl.DataFrame, treated: NDArray[np.bool_]) -> Values:
        """Covariates in units of their covariance within arms, whose square root is divided by."""
        import numpy as np

        design = _columns.design(rows, self.covariates)
        values = design.values
        inside = np.array(values)
        for arm in (treated, ~treated):
            inside[arm] -= values[arm].mean(axis=0)
        refuse_dependent(_columns.Design(inside, design.names))
        root = np.linalg.cholesky(inside.T @ inside / (len(values) - 2))
        return np.asarray(np.linalg.solve(root, (values - values.mean(axis=0)).T), dtype=np.float64).T

    def words(self) -> str:
        """The choices in words, for the notes."""
        unit = " standard deviations of it" if self.caliper_unit == "sd" else ""
        score = f"the {self.scale} of the score"
        near = score if self.distance == "score" else f"{len(self.covariates)} covariates (Mahalanobis)"
        within = "caliper" if self.distance == "score" else f"on {score} caliper"
        parts = [
            f"{self.ratio} control{'s' if self.ratio > 1 else ''} a treated",
            f"distance on {near}",
            "no caliper" if self.caliper is None else f"{within} {self.caliper:g}{unit}",
            *([f"exact on {', '.join(self.exact)}"] if self.exact else []),
        ]
        return "; ".join(parts)
