"""A prior of a treatment effect, with what each source says and how far they conflict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from malar.errors import UndefinedError
from malar.synthesis._distributions import two_sided
from malar.synthesis._effect_kernel import deflated, moments
from malar.synthesis.prior import Part, Prior

if TYPE_CHECKING:
    import polars as pl

    from malar.synthesis._effect_kernel import Floats
    from malar.synthesis.effect_prior import TreatmentEffectPrior

NAN = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class EffectPriorResult:
    """A prior of the log odds ratio, above 0 where the treatment helps.

    Parameters
    ----------
    spec
        What was asked for.
    prior
        The mixture: parts ``studies`` and ``skeptical``.
    apparent
        Points and density of the difference of treated and control series before any deflation; None without series.
    likelihood
        Of the randomized trials at the prior's points, highest 1; None without trials.
    """

    spec: TreatmentEffectPrior
    prior: Prior
    apparent: tuple[Floats, Floats] | None
    likelihood: Floats | None

    @property
    def mass(self) -> tuple[float, float]:
        """Probability of harm (below 0) and of benefit (above 0)."""
        below = self.prior.below(0.0)
        return below, 1.0 - below

    @property
    def series(self) -> tuple[float, float]:
        """Mean and standard deviation of the effect by the series, less the inflation; NaN without series."""
        if self.apparent is None:
            return NAN, NAN
        mean, sd = moments(*self.apparent)
        return mean - self.spec.inflation, float(np.hypot(sd, self.spec.inflation_sd))

    @property
    def trials(self) -> tuple[float, float]:
        """Mean and standard deviation of the effect by the trials and the skeptical prior; NaN without trials."""
        if self.likelihood is None:
            return NAN, NAN
        return moments(self.prior.grid, self.likelihood * _skeptical(self.spec, self.prior.grid))

    @property
    def conflict(self) -> tuple[float, float]:
        """Series less trials as a standard normal deviate, and its two-sided p; NaN where one is missing.

        The trials' value here is that of the likelihood under a normal prior (0, 3), so that skepticism makes no
        conflict of its own.
        """
        if self.apparent is None or self.likelihood is None:
            return NAN, NAN
        vague = self.likelihood * np.exp(-0.5 * (self.prior.grid / 3.0) ** 2)
        (first, first_sd), (second, second_sd) = self.series, moments(self.prior.grid, vague)
        z = (first - second) / float(np.hypot(first_sd, second_sd))
        return z, two_sided(z)

    @property
    def odds_ratio(self) -> tuple[float, float, float]:
        """Median odds ratio and its 95 % interval."""
        ends = self.prior.interval()
        middle, low, high = (float(np.exp(x)) for x in (self.prior.quantile(0.5), *ends))
        return middle, low, high

    def sensitivity(
        self, *, inflation: tuple[float, ...], inflation_sd: tuple[float, ...] | None = None
    ) -> pl.DataFrame:
        """The prior under other inflations, as :meth:`TreatmentEffectPrior.sensitivity` gives it.

        Raises
        ------
        UndefinedError
            Without series there is no inflation.
        """
        import polars as pl

        if self.apparent is None:
            raise UndefinedError("There is no open series.", "Without one there is no inflation to vary.")
        rows: list[dict[str, Any]] = []
        for sd in inflation_sd or (self.spec.inflation_sd,):
            for value in inflation:
                spec = replace(self.spec, inflation=value, inflation_sd=sd)
                one = build(spec, self.prior.grid, self.apparent, self.likelihood)
                harm, benefit = one.mass
                rows.append(
                    {
                        "inflation": float(value),
                        "inflation_sd": float(sd),
                        "mean": one.prior.mean,
                        "sd": one.prior.sd,
                        "odds_ratio": one.odds_ratio[0],
                        "harm": harm,
                        "benefit": benefit,
                        "conflict": one.conflict[0],
                    }
                )
        return pl.DataFrame(rows).with_columns(pl.col("conflict").fill_nan(None))

    def table(self, **labels: Any) -> pl.DataFrame:
        """Rows of the table of results: the prior, the mass on both sides, and each source by itself.

        Parameters
        ----------
        labels
            Columns of the table, taken as they are.
        """
        import polars as pl

        from malar.results import results_table
        from malar.synthesis._table import row

        spec = self.spec
        stated = (
            f"inflation {spec.inflation:g} (sd {spec.inflation_sd:g}), skeptical sd {spec.skeptical_sd:g} with "
            f"weight {spec.skeptical_weight:g}, half-normal {spec.tau_scale:g} between series; provisional"
        )
        note = "; ".join(filter(None, (labels.get("note", ""), stated)))
        common: dict[str, Any] = {
            **labels,
            "analysis": "treatment_effect_prior",
            "source": spec.method.source.cite(),
            "note": note,
        }
        harm, benefit = self.mass
        rows = [row(common, "harm", "p", harm, "probability"), row(common, "benefit", "p", benefit, "probability")]
        for term, (mean, sd) in (("series", self.series), ("trials", self.trials)):
            rows += [row(common, term, s, x, "log odds ratio") for s, x in (("estimate", mean), ("se", sd))]
        rows += [row(common, "conflict", s, x) for s, x in zip(("z", "p"), self.conflict, strict=True)]
        return pl.concat([self.prior.table(level=0.95, **common), results_table(rows)])


def _skeptical(spec: TreatmentEffectPrior, grid: Floats) -> Floats:
    return np.exp(-0.5 * (grid / spec.skeptical_sd) ** 2)


def build(
    spec: TreatmentEffectPrior, grid: Floats, apparent: tuple[Floats, Floats] | None, likelihood: Floats | None
) -> EffectPriorResult:
    """Multiply the sources, and mix with the skeptical prior."""
    skeptical = _skeptical(spec, grid)
    studies = skeptical.copy()
    if apparent is not None:
        studies *= deflated(grid, apparent, spec.inflation, spec.inflation_sd)
    if likelihood is not None:
        studies *= likelihood
    step = float(grid[1] - grid[0])
    if not studies.sum() > 0.0:
        raise UndefinedError(
            "Series, trials and skepticism leave no effect possible.",
            "They contradict each other beyond what a computer can hold.",
            "Raise inflation_sd or skeptical_sd.",
        )
    parts = (
        Part("studies", 1.0 - spec.skeptical_weight, studies / (studies.sum() * step)),
        Part("skeptical", spec.skeptical_weight, skeptical / (skeptical.sum() * step)),
    )
    prior = Prior(scale="identity", grid=grid, parts=parts, unit="log odds ratio")
    return EffectPriorResult(spec, prior, apparent, likelihood)
