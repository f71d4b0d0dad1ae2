"""Duval and Tweedie's trim and fill: the pooled value if a funnel's missing side mirrored the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from malar.errors import UndefinedError
from malar.method import Method
from malar.sources import Source, Status
from malar.synthesis import _studies
from malar.synthesis.pooling import Pooling
from malar.synthesis.small_studies import SmallStudyCheck

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.synthesis.pooled_result import PooledResult

Side = Literal["left", "right", "by_slope"]

METHOD: Final = Method(
    key="trim_and_fill",
    title="Trim and fill of a funnel",
    source=Source(
        "Duval S, Tweedie R. Trim and fill: a simple funnel-plot-based method of testing and adjusting for "
        "publication bias in meta-analysis. Biometrics 2000;56:455-63",
        status=Status.SECONDARY,
        reading="Estimator L0 of the number of missing studies; the missing side by Egger's slope.",
    ),
)
"""What `malar list estimators` and `malar cite trim_and_fill` print."""

MOST_ROUNDS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimAndFill:
    """Add mirror images of studies that would make a funnel even; at least ten studies.

    Parameters
    ----------
    pooling
        How the studies are pooled.
    side
        Where studies are thought to be missing: ``left`` (low effects), ``right``, or ``by_slope`` of
        :class:`SmallStudyCheck`.

    Notes
    -----
    A sensitivity analysis, no correction: nobody knows that studies are missing, and between-study differences make
    a funnel uneven as well. Mirrored studies are invented, and the note says so. Of equal effects the less precise
    is trimmed first.

    Source
    ------
    Duval & Tweedie 2000; agrees with R metafor 3.8-1 (``trimfill``).
    """

    method: ClassVar[Method] = METHOD

    pooling: Pooling
    side: Side = "by_slope"

    def __post_init__(self) -> None:
        _studies.one_of("side", self.side, ("left", "right", "by_slope"))

    def fit(self, frame: Any) -> TrimAndFillResult:
        """Trim, and fill.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a study.

        Returns
        -------
        TrimAndFillResult
            How many were added on which side, and the pooled value with them.

        Raises
        ------
        UndefinedError
            Fewer than ten studies, or all of one standard error; no number of missing studies is stable.
        ParameterError
            What :meth:`Pooling.fit` refuses.
        """
        import numpy as np

        slope = SmallStudyCheck(pooling=self.pooling).fit(frame).slope
        side: Literal["left", "right"] = self.side if self.side != "by_slope" else "right" if slope < 0 else "left"
        y, v, _, _ = self.pooling.effects(frame)
        sign = 1.0 if side == "left" else -1.0
        order = np.lexsort((v, np.round(sign * y, 12)))
        effects, variances = sign * y[order], v[order]
        missing, middle = self._missing(effects, variances)
        kept = effects.size - missing
        filled = np.append(effects, 2.0 * middle - effects[kept:])
        pooled = self._pool(sign * filled, np.append(variances, variances[kept:]))
        return TrimAndFillResult(self, side, missing, self._pool(sign * effects, variances), pooled)

    def _missing(self, effects: NDArray[np.float64], variances: NDArray[np.float64]) -> tuple[int, float]:
        """Number of missing studies on the low side of rising effects, and the middle that goes with it."""
        import numpy as np
        from scipy.stats import rankdata

        k, missing = effects.size, 0
        for _ in range(MOST_ROUNDS):
            kept = k - missing
            middle = self._pool(effects[:kept], variances[:kept]).estimate
            ranks = rankdata(np.abs(effects - middle))
            high = float(ranks[effects > middle].sum())
            found = max(0, round((4.0 * high - k * (k + 1)) / (2 * k - 1)))
            if found == missing:
                return missing, middle
            missing = min(found, k - 2)
        raise UndefinedError("No number of missing studies is stable.", "Trimming goes to and fro.", "Leave it out.")

    def _pool(self, y: NDArray[np.float64], v: NDArray[np.float64]) -> PooledResult:
        return self.pooling.pool(y, v, tuple(str(place) for place in range(y.size)))


@dataclass(frozen=True, slots=True, eq=False)
class TrimAndFillResult:
    """The pooled value with and without mirrored studies.

    Parameters
    ----------
    spec
        What was asked for.
    side
        Where studies were added: ``left`` (low effects) or ``right``.
    added
        How many.
    before, after
        Pooled without and with them.
    """

    spec: TrimAndFill
    side: Literal["left", "right"]
    added: int
    before: PooledResult
    after: PooledResult

    def table(self, **labels: Any) -> pl.DataFrame:
        """Rows of the table of results: ``added``, and ``filled_scale`` on the pooled scale.

        Parameters
        ----------
        labels
            Columns of the table, taken as they are.
        """
        from malar.results import results_table
        from malar.synthesis._table import row

        told = f"{self.added} invented studies on the {self.side}: a sensitivity analysis, no correction"
        note = "; ".join(filter(None, (labels.get("note", ""), told)))
        common = {**labels, "analysis": METHOD.key, "source": METHOD.source.cite(), "note": note}
        scale, level = self.after.measure.scale, self.after.spec.level
        numbers = (("estimate", self.after.estimate), ("se", self.after.se), ("lower", self.after.lower),
                   ("upper", self.after.upper))  # fmt: skip
        rows = [row(common, "added", "n", self.added, "studies")]
        return results_table(rows + [row(common, "filled_scale", s, x, scale, level=level) for s, x in numbers])
