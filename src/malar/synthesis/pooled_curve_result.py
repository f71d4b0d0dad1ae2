"""What a pooled survival curve holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.synthesis.pooled_curve import PooledCurve

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class PooledCurveResult:
    """One pooled curve.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    studies
        Names, in their order.
    times
        Ends of the intervals, shape (m,).
    studies_at
        Studies that were still followed, shape (m,).
    survival, log_se
        Pooled survival, and the standard error of its logarithm, shape (m,).
    q
        Q of all intervals together, and its degrees of freedom.
    """

    spec: PooledCurve
    studies: tuple[str, ...]
    times: Floats
    studies_at: NDArray[np.int64]
    survival: Floats
    log_se: Floats
    q: tuple[float, int]

    @property
    def i2(self) -> float:
        """Share of Q beyond what chance would give, 0 where there is none."""
        q, df = self.q
        return max(0.0, 1.0 - df / q) if q > 0 else 0.0

    def curve(self) -> pl.DataFrame:
        """``time, studies, survival, se, lower, upper``: limits on the log scale, at most 1; null at 0."""
        from statistics import NormalDist

        import numpy as np
        import polars as pl

        z = NormalDist().inv_cdf(0.5 + self.spec.level / 2)
        return pl.DataFrame(
            {
                "time": self.times,
                "studies": self.studies_at,
                "survival": self.survival,
                "se": self.survival * self.log_se,
                "lower": self.survival * np.exp(-z * self.log_se),
                "upper": np.minimum(1.0, self.survival * np.exp(z * self.log_se)),
            }
        ).fill_nan(None)

    def median(self) -> tuple[float | None, float | None, float | None]:
        """Time at which half survive, between two times in proportion; lower and upper where the limits do.

        None where a curve stays above a half.
        """
        rows = self.curve()
        estimate, lower, upper = (self._half(rows[name].to_numpy()) for name in ("survival", "lower", "upper"))
        return estimate, lower, upper

    def _half(self, survival: Floats) -> float | None:
        import numpy as np

        below = np.flatnonzero(survival <= 0.5)
        if not below.size:
            return None
        k = int(below[0])
        start, before = (0.0, 1.0) if k == 0 else (float(self.times[k - 1]), float(survival[k - 1]))
        return start + (float(self.times[k]) - start) * (before - 0.5) / (before - float(survival[k]))

    def table(self, *, labels: Mapping[str, str | None] | None = None, note: str = "") -> pl.DataFrame:
        """The curve as rows of the table of results.

        Parameters
        ----------
        labels
            Columns that are the same in all rows.
        note
            What the reader must know.
        """
        from malar.results import results_table

        spec = self.spec
        effects = "random effects" if spec.random else "one common curve"
        added = "a quarter of a patient added on either side" if spec.correction else "nothing added"
        said = "; ".join(filter(None, (note, effects, added, "limits on the log scale")))
        common = {"analysis": spec.method.key, "source": spec.method.source.cite(), "note": said, **(labels or {})}
        rows = [
            common
            | {
                "time": row["time"],
                "statistic": statistic,
                "value": row[column],
                "unit": "studies" if column == "studies" else "probability",
                "level": spec.level if column in ("lower", "upper") else None,
            }
            for row in self.curve().iter_rows(named=True)
            for statistic, column in (
                ("n", "studies"),
                ("estimate", "survival"),
                *((c, c) for c in ("se", "lower", "upper")),
            )
        ]
        q, df = self.q
        rows += [
            common | {"term": "heterogeneity", "statistic": statistic, "value": value}
            for statistic, value in (("chisq", q), ("df", float(df)))
        ]
        rows.append(common | {"term": "i2", "statistic": "estimate", "value": self.i2, "unit": "share"})
        return results_table(rows)
