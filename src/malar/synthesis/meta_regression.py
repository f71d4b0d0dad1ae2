"""Meta-regression: how the effect of studies varies with what differs between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar._frames import demand, demand_words, enter
from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.sources import Source, Status
from malar.synthesis.pooling import Pooling

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.synthesis.meta_regression_result import MetaRegressionResult

METHOD: Final = Method(
    key="meta_regression",
    title="Random-effects regression of studies' effects on their characteristics",
    source=Source(
        "Knapp G, Hartung J. Improved tests for a random effects meta-regression with a single covariate. "
        "Stat Med 2003;22:2693-710",
        status=Status.SECONDARY,
        reading="Student's t with k-p degrees of freedom; F for all moderators together.",
    ),
    also=(
        Source(
            "Viechtbauer W. Conducting meta-analyses in R with the metafor package. J Stat Softw 2010;36(3)",
            status=Status.SECONDARY,
            reading="I² from the typical within-study variance given the moderators.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite meta_regression` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaRegression:
    """Regress the effects of studies on moderators, with a between-study variance that they leave.

    Parameters
    ----------
    pooling
        Measure, τ² estimator, limits and level.
    moderators
        Columns of numbers, or of words: these become one indicator for each value but the first in order.

    Notes
    -----
    Coefficients are on the pooled scale. Ten studies a moderator is the usual least; the fit needs two more
    studies than coefficients. A relation across studies is none within them: patients of a study with a higher
    mean dose need not be those who had it.

    Source
    ------
    Knapp & Hartung 2003; agrees with R metafor 3.8-1.

    Examples
    --------
    >>> import polars as pl
    >>> studies = pl.DataFrame({"estimate": [0.1, 0.3, 0.6, 0.7], "se": [0.1] * 4, "dose": [1, 2, 3, 4]})
    >>> fitted = MetaRegression(pooling=Pooling(measure="estimate"), moderators=("dose",)).fit(studies)
    >>> dict(zip(fitted.terms, fitted.coefficients.round(2).tolist()))
    {'intercept': -0.1, 'dose': 0.21}
    """

    method: ClassVar[Method] = METHOD

    pooling: Pooling
    moderators: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "moderators", tuple(self.moderators))
        if not self.moderators or len(set(self.moderators)) < len(self.moderators):
            raise ParameterError("Moderators are missing or named twice.", hint="Name each column once.")

    def fit(self, frame: Any) -> MetaRegressionResult:
        """Regress.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a study: the measure's columns and the moderators.

        Returns
        -------
        MetaRegressionResult
            Coefficients with limits, the test of all moderators, and the heterogeneity they leave.

        Raises
        ------
        MissingColumnsError
            A column is not there.
        UndefinedError
            A moderator is null, does not vary or is a combination of others; too few studies.
        ParameterError
            What :meth:`Pooling.fit` refuses.
        """
        from malar.synthesis._pool_kernel import pool
        from malar.synthesis.meta_regression_result import MetaRegressionResult

        rows = enter(frame)[0].collect()
        demand(rows.columns, self.moderators, "A meta-regression", "Name the column, or add it to the studies.")
        y, v, names, _ = self.pooling.effects(rows)
        terms, design = _design(rows, self.moderators)
        fitted = pool(y, v, design, self.pooling.tau2)
        return MetaRegressionResult(
            spec=self, names=names, terms=terms, effects=y, variances=v, design=design, fitted=fitted
        )


def _design(rows: pl.DataFrame, moderators: tuple[str, ...]) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    import numpy as np

    terms, columns = ["intercept"], [np.ones(rows.height)]
    for name in moderators:
        for term, column in _columns_of(rows, name):
            terms.append(term)
            columns.append(column)
    design = np.column_stack(columns)
    if rows.height < design.shape[1] + 2:
        raise UndefinedError(
            f"{rows.height} studies cannot carry {design.shape[1]} coefficients and a between-study variance.",
            "The fit would follow chance.",
            "Take fewer moderators, or pool by subgroup.",
        )
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise UndefinedError(
            "A moderator does not vary, or follows from the others.",
            "Its coefficient is not determined.",
            "Leave it out.",
        )
    return tuple(terms), design


def _columns_of(rows: pl.DataFrame, name: str) -> list[tuple[str, NDArray[np.float64]]]:
    import polars as pl

    column = rows[name]
    numeric = column.dtype.is_numeric() or column.dtype == pl.Boolean
    unknown = column.null_count() + (int((~column.cast(pl.Float64).is_finite()).sum()) if numeric else 0)
    if unknown:
        raise UndefinedError(
            f"`{name}` is null, NaN or infinite in {unknown} of {rows.height} studies.",
            "A study without it has no place in the regression.",
            "Filter these studies, and say how many.",
        )
    if numeric:
        return [(name, column.cast(pl.Float64).to_numpy())]
    demand_words(rows.schema, [name], "A moderator")
    values = column.cast(pl.String)
    levels = values.unique().sort()
    if levels.len() < 2:
        raise UndefinedError(
            f"`{name}` is the same in all {rows.height} studies.", "Its coefficient is not determined.", "Leave it out."
        )
    return [(f"{name} = {level}", (values == level).cast(pl.Float64).to_numpy()) for level in levels[1:]]
