"""How alike treated and controls are, before and after: the table that stands before every comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, get_args

from malar.controls import _columns
from malar.errors import UndefinedError
from malar.method import Method
from malar.results import results_table
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

    from malar.controls._balance_kernel import Likeness

Standardize = Literal["treated", "pooled", "control"]
MEASURES: Final = ("mean_treated", "mean_control", "smd", "variance_ratio", "ks")
SAMPLES: Final = ("before", "after")

METHOD: Final = Method(
    key="balance",
    title="Balance of covariates between arms, before and after",
    source=Source(
        "Austin PC. Balance diagnostics for comparing the distribution of baseline covariates between treatment groups "
        "in propensity-score matched samples. Stat Med 2009;28:3083-107",
        status=Status.SECONDARY,
        reading="Differences after are divided by the standard deviation before, so that both have one unit.",
    ),
    also=(Source("Ho DE, Imai K, King G, Stuart EA. MatchIt, R package version 4.7.1", status=Status.SECONDARY),),
)
"""What `malar list estimators` and `malar cite balance` print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Standardized mean differences, variance ratios and Kolmogorov-Smirnov distances of covariates.

    Parameters
    ----------
    covariates
        Columns to compare: numbers, Booleans, words (one line a level). Name those left out of the score too.
    treatment
        Column: true or 1 treated, false or 0 control.
    weight
        Column of weights, >= 0, that make the sample after: from `MatchedSets.weighted` or `WeightedSample.weighted`.
        None compares before only.
    standardize
        Whose standard deviation, before, is the unit: of the ``treated`` (for effects in the treated), ``pooled`` (root
        of the mean of both variances), or of the ``control``.

    Notes
    -----
    Of a 0/1 column the standard deviation is the root of p(1 - p), and no variance ratio is given. Weighted variances
    have ``(sum w)^2 - sum w^2`` in the denominator. No p-values: balance is of this sample, and a test would pass
    merely because matching left fewer subjects.

    Source
    ------
    Austin 2009; agrees with summary() of MatchIt 4.7.1.

    Examples
    --------
    >>> import polars as pl
    >>> cohort = pl.DataFrame({"treated": [1, 1, 0, 0, 0], "age": [30, 40, 50, 35, 30], "weight": [1, 1, 0, 1, 1]})
    >>> Balance(covariates=["age"], weight="weight").fit(cohort).rows().select("sample", pl.col("smd").round(2)).rows()
    [('before', -0.47), ('after', 0.35)]
    """

    method: ClassVar[Method] = METHOD

    covariates: Sequence[str]
    treatment: str = "treated"
    weight: str | None = None
    standardize: Standardize = "treated"

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariates", _columns.several("covariates", self.covariates))
        _columns.one_of("standardize", self.standardize, get_args(Standardize))

    def fit(self, frame: Any) -> BalanceResult:
        """Compare the arms.

        Parameters
        ----------
        frame
            Polars, pandas, pyarrow or DuckDB frame, one row a subject, all subjects there were before.

        Returns
        -------
        BalanceResult
            One line a covariate (or level) and sample.

        Raises
        ------
        MissingColumnsError
            A named column is absent.
        UndefinedError
            No rows, one arm only, nulls, or an arm that weighs nothing.
        """
        import numpy as np

        from malar.controls._balance_kernel import likeness, unit

        weight = [self.weight] if self.weight else []
        rows = _columns.take(frame, [self.treatment, *self.covariates, *weight], "The balance")
        treated = _columns.treatment(rows, self.treatment)
        design = _columns.design(rows, self.covariates, every_level=True)
        weights = {"before": np.ones(rows.height)}
        if self.weight:
            weights["after"] = _columns.weights(rows, self.weight)
            for arm in (treated, ~treated):
                if not weights["after"][arm].sum() > 0:
                    raise UndefinedError(
                        f"`{self.weight}` is 0 in a whole arm.", "Nobody is left to compare.", "Widen the caliper."
                    )
        found: dict[str, dict[str, Likeness]] = {}
        for name, values in zip(design.names, design.values.T, strict=True):
            scale = unit(values, treated, self.standardize)
            found[name] = {sample: likeness(values, treated, w, scale) for sample, w in weights.items()}
        return BalanceResult(self, found)


@dataclass(frozen=True, slots=True, eq=False)
class BalanceResult:
    """Likeness of the arms in each covariate.

    Parameters
    ----------
    spec
        What was compared, and in which unit.
    covariates
        Covariate (or ``covariate: level``), then sample, ``before`` or ``after``.
    """

    spec: Balance
    covariates: Mapping[str, Mapping[str, Likeness]]

    def rows(self) -> pl.DataFrame:
        """One row a covariate and sample: ``covariate, sample`` and the five measures; null where undefined."""
        import polars as pl

        lines = [
            {"covariate": name, "sample": sample, **{m: getattr(found, m) for m in MEASURES}}
            for name, samples in self.covariates.items()
            for sample, found in samples.items()
        ]
        return pl.DataFrame(lines).with_columns(pl.col(MEASURES).fill_nan(None))

    def largest(self, sample: Literal["before", "after"] = "after") -> float:
        """Largest standardized difference, whatever its sign; NaN where one is undefined."""
        import numpy as np

        return float(np.max(np.abs([found[sample].smd for found in self.covariates.values()])))

    def table(self, *, definition: str | None = None, population: str | None = None) -> pl.DataFrame:
        """The table of results: covariate as ``term``, sample as ``group``, the measure as ``unit``."""
        common = {"analysis": self.spec.method.key, "definition": definition, "population": population}
        common |= {"source": self.spec.method.source.cite(), "statistic": "estimate"}
        whose = {"treated": "of the treated", "control": "of the controls", "pooled": "pooled"}[self.spec.standardize]
        said = f"differences in standard deviations {whose}, before"
        rows: list[dict[str, Any]] = []
        for line in self.rows().iter_rows(named=True):
            for measure in MEASURES:
                reason = _reason(measure) if line[measure] is None else ""
                told = {"term": line["covariate"], "group": line["sample"], "unit": measure, "value": line[measure]}
                rows.append({**common, **told, "note": reason or said})
        return results_table(rows)


def _reason(measure: str) -> str:
    if measure == "variance_ratio":
        return "null: the column is 0 and 1 only, or a variance is 0"
    return "null: the standard deviation before is 0"
