"""One survival curve from published curves, without a law for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar._frames import demand, enter
from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.sources import Source, Status

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.synthesis.pooled_curve_result import PooledCurveResult

    Floats = NDArray[np.float64]

METHOD: Final = Method(
    key="pooled_curve",
    title="Pooled survival curve of published curves, by intervals",
    source=Source(
        "Combescure C, Foucher Y, Jackson D. Meta-analysis of single-arm survival studies: a distribution-free "
        "approach for estimating summary survival curves with random effects. Stat Med 2014;33:2521-37",
        status=Status.SECONDARY,
        reading="Arcsine of the root of conditional survival, with a quarter of a patient added on either side; "
        "covariance between studies by moments over all pairs of intervals.",
    ),
    also=(
        Source(
            "Jackson D, White IR, Thompson SG. Extending DerSimonian and Laird's methodology to perform multivariate "
            "random effects meta-analyses. Stat Med 2010;29:1282-97",
            status=Status.SECONDARY,
        ),
    ),
)
"""What `malar list estimators` and `malar cite pooled_curve` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledCurve:
    """A survival curve over studies whose curves were read at the same times.

    Parameters
    ----------
    random
        Studies differ by random effects that go together from interval to interval; False: one common curve.
    correction
        Add a quarter of a patient to the survivors and to the others of each interval, so that an interval without
        events has a variance that fits it.
    study, time, survival, n_risk
        Columns: name of the study; time > 0; survival then, between 0 and 1; patients at risk at the start of the
        interval that ends then.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    Conditional survival of each interval, pooled by generalized least squares on the arcsine scale; the curve is the
    product. Limits on the logarithm of survival, by the delta method, with the covariance between intervals. Within a
    study intervals are independent given the curve. After a study's curve has come to 0 nobody is left and its rows
    say nothing.

    Source
    ------
    Combescure, Foucher & Jackson 2014; agrees with metaSurvival 0.1.0.

    Examples
    --------
    >>> import polars as pl
    >>> read = pl.DataFrame({
    ...     "study": ["a", "a", "b", "b", "c", "c"],
    ...     "time": [12, 24] * 3,
    ...     "survival": [0.9, 0.8, 0.8, 0.7, 0.95, 0.8],
    ...     "n_risk": [40, 33, 25, 18, 60, 50],
    ... })
    >>> PooledCurve().fit(read).curve().select("time", pl.col("survival", "lower", "upper").round(2)).rows()
    [(12.0, 0.9, 0.82, 0.98), (24.0, 0.77, 0.69, 0.86)]
    """

    method: ClassVar[Method] = METHOD

    random: bool = True
    correction: bool = True
    study: str = "study"
    time: str = "time"
    survival: str = "survival"
    n_risk: str = "n_risk"
    level: float = 0.95

    def __post_init__(self) -> None:
        if not 0.0 < self.level < 1.0:
            raise ParameterError(f"`level` is {self.level}.", "It is a probability.", "Use e.g. 0.95.")

    def fit(self, frame: Any) -> PooledCurveResult:
        """Pool the curves.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a study and time.

        Raises
        ------
        MissingColumnsError
            A column is not there.
        UndefinedError
            Fewer than two studies, a null, or a study that was not read at a time before its last.
        ParameterError
            Survival that rises or lies outside 0 to 1, times or numbers at risk not above 0, a time twice.
        """
        from malar.synthesis import _curve_kernel as kernel
        from malar.synthesis.pooled_curve_result import PooledCurveResult

        names, times, survival, n_risk = self._read(frame)
        y, v = kernel.transform(_conditional(survival), n_risk, correction=self.correction)
        sigma = kernel.between_studies(y, v)
        mean, covariance = kernel.pool(y, v, sigma if self.random else 0.0 * sigma)
        pooled, log_se = kernel.curve(mean, covariance)
        return PooledCurveResult(self, names, times, _studies_at(y), pooled, log_se, kernel.heterogeneity(y, v))

    def _read(self, frame: Any) -> tuple[tuple[str, ...], Floats, Floats, Floats]:
        """Names, times, and survival and numbers at risk of shape (studies, times), NaN after a study's last."""
        import polars as pl

        lazy, _ = enter(frame)
        wanted = [self.study, self.time, self.survival, self.n_risk]
        demand(lazy.collect_schema().names(), wanted, METHOD.title, "Name the columns when the estimator is made.")
        rows = lazy.select(
            study=pl.col(self.study).cast(pl.String),
            time=pl.col(self.time).cast(pl.Float64),
            survival=pl.col(self.survival).cast(pl.Float64),
            n_risk=pl.col(self.n_risk).cast(pl.Float64),
        ).collect()
        _refuse(rows)
        wide = [
            rows.pivot(on="time", index="study", values=column, sort_columns=False).sort("study")
            for column in ("survival", "n_risk")
        ]
        times = rows["time"].unique().sort().to_list()
        order = [str(time) for time in times]
        survival, n_risk = (one.select(order).to_numpy().astype("float64") for one in wide)
        _refuse_gaps(survival)
        return tuple(wide[0]["study"]), rows["time"].unique().sort().to_numpy(), survival, n_risk


def _refuse(rows: pl.DataFrame) -> None:
    import polars as pl

    nulls = sum(rows.null_count().row(0))
    if nulls or rows["study"].n_unique() < 2:
        raise UndefinedError(
            f"{rows['study'].n_unique()} studies, and {nulls} values that are null.",
            "A pooled curve needs two studies, and no row is dropped silently.",
            "Give each study its times, survival and numbers at risk.",
        )
    inside = pl.col("survival").is_between(0, 1) & (pl.col("time") > 0) & (pl.col("n_risk") > 0)
    wrong = rows.filter(~inside).height + int(rows.select("study", "time").is_duplicated().sum())
    ordered = rows.sort("study", "time").with_columns(before=pl.col("survival").shift(1).over("study"))
    rising = ordered.filter(pl.col("survival") > pl.col("before")).height
    if wrong or rising:
        raise ParameterError(
            f"{wrong} rows have a survival outside 0 to 1, a time or number at risk not above 0, or a time twice; "
            f"in {rising} survival rises.",
            "No survival curve does.",
            "Correct what was read from the figure.",
        )


def _refuse_gaps(survival: Floats) -> None:
    import numpy as np

    seen = ~np.isnan(survival)
    last = seen.shape[1] - 1 - seen[:, ::-1].argmax(axis=1)
    gaps = int(((~seen).cumsum(axis=1)[np.arange(len(last)), last] > 0).sum())
    if gaps:
        raise UndefinedError(
            f"{gaps} studies were not read at a time before their last.",
            "Conditional survival of an interval needs both of its ends.",
            "Read every curve at the same times, up to where it ends.",
        )


def _conditional(survival: Floats) -> Floats:
    """Survival of each interval given its start, NaN where not observed or nobody was left."""
    import numpy as np

    start = np.concatenate((np.ones((survival.shape[0], 1)), survival[:, :-1]), axis=1)
    return np.divide(survival, start, out=np.full(survival.shape, np.nan), where=start > 0)


def _studies_at(y: Floats) -> NDArray[np.int64]:
    import numpy as np

    return (~np.isnan(y)).sum(axis=0).astype(np.int64)
