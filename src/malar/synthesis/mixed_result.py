"""A proportion or rate pooled by the likelihood of its counts, and its rows in the table of results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import expit

from malar.results import results_table
from malar.synthesis._distributions import chi2_tail, normal_quantile, t_quantile, two_sided
from malar.synthesis._glmm_kernel import Counts, Mixed
from malar.synthesis._table import accepted, interval_rows, prediction_note, row
from malar.synthesis.pooled_result import Interval

if TYPE_CHECKING:
    import polars as pl

    from malar.synthesis.mixed_pooling import MixedPooling

NAN: Final = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class MixedResult:
    """Counts pooled by maximum likelihood; numbers are NaN where the climb did not converge.

    Parameters
    ----------
    spec
        What was asked for.
    names
        Studies, in the order of the frame.
    counts
        Their counts.
    fitted
        Mean, between-study standard deviation and likelihoods, as the kernel gave them.
    """

    spec: MixedPooling
    names: tuple[str, ...]
    counts: Counts
    fitted: Mixed

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.names)

    @property
    def converged(self) -> bool:
        """Whether the likelihood has a maximum that was reached."""
        return self.fitted.converged

    @property
    def estimate(self) -> float:
        """The pooled logit or log rate."""
        return self.fitted.mean if self.converged else NAN

    @property
    def se(self) -> float:
        """Its standard error."""
        return self.fitted.mean_se if self.converged else NAN

    @property
    def tau2(self) -> float:
        """Between-study variance on the link scale."""
        return self.fitted.tau**2 if self.converged else NAN

    @property
    def quantile(self) -> float:
        """The deviate that the limits use."""
        level = self.spec.level
        return normal_quantile(level) if self.spec.limits == "normal" else t_quantile(level, self.k - 1)

    @property
    def lower(self) -> float:
        """Lower confidence limit on the link scale."""
        return self.estimate - self.quantile * self.se

    @property
    def upper(self) -> float:
        """Upper confidence limit on the link scale."""
        return self.estimate + self.quantile * self.se

    @property
    def heterogeneity(self) -> tuple[float, int, float]:
        """Deviance of one common value against one for each study, degrees of freedom, p."""
        deviance = self.counts.deviance
        return deviance, self.k - 1, chi2_tail(deviance, self.k - 1)

    @property
    def tau2_test(self) -> tuple[float, float]:
        """Likelihood ratio of τ² against 0, and its p: half of that of chi-squared with 1, for τ² is on its border."""
        ratio = max(0.0, 2.0 * (self.fitted.log_likelihood - self.fitted.log_likelihood_common))
        return (ratio, chi2_tail(ratio, 1) / 2.0) if ratio > 0.0 else (0.0, 1.0)

    @property
    def prediction(self) -> tuple[float, float]:
        """Limits of the logit or log rate of a new study; NaN where undefined."""
        df = {"k-2": self.k - 2, "k-1": self.k - 1, "normal": 0}[self.spec.prediction]
        if self.spec.prediction == "normal":
            quantile = normal_quantile(self.spec.level)
        else:
            quantile = t_quantile(self.spec.level, df) if df > 0 else NAN
        spread = quantile * float(np.sqrt(self.tau2 + self.se**2))
        return self.estimate - spread, self.estimate + spread

    @property
    def natural(self) -> Interval:
        """The proportion or rate of the median study, with limits."""
        return Interval(*(self._back(value) for value in (self.estimate, self.lower, self.upper)))

    @property
    def natural_prediction(self) -> tuple[float, float]:
        """Prediction limits as a proportion or rate."""
        low, high = self.prediction
        return self._back(low), self._back(high)

    def _back(self, value: float) -> float:
        return float(expit(value) if self.spec.outcome == "proportion" else np.exp(value))

    def table(
        self,
        *,
        definition: str | None = None,
        population: str | None = None,
        denominator: str | None = None,
        group: str | None = None,
        time: float | None = None,
        note: str = "",
    ) -> pl.DataFrame:
        """Rows of the table of results.

        Parameters
        ----------
        definition, population, denominator, group, time
            Columns of the table, taken as they are.
        note
            Put before what the pooling itself notes.

        Returns
        -------
        polars.DataFrame
            Terms ``pooled`` (natural scale), ``pooled_scale``, ``prediction``, ``heterogeneity`` and ``tau2``.
        """
        spec, level = self.spec, self.spec.level
        unit, link = ("probability", "logit") if spec.outcome == "proportion" else ("events per unit of time", "log")
        common: dict[str, Any] = {
            "analysis": "mixed_pooling",
            "source": spec.method.source.cite(),
            "definition": definition,
            "population": population,
            "denominator": denominator,
            "group": group,
            "time": time,
        }
        common["note"] = "; ".join(filter(None, (note, *self._notes(link))))
        on_link = {"estimate": self.estimate, "se": self.se, "lower": self.lower, "upper": self.upper}
        on_link["p"] = two_sided(self.estimate / self.se, None if spec.limits == "normal" else self.k - 1)
        rows = [row(common, "pooled", "n", self.k, "studies")]
        rows += [row(common, "pooled", "events", float(self.counts.events.sum()), "events")]
        rows += interval_rows(common, "pooled", self.natural, unit, level)
        rows += [row(common, "pooled_scale", name, value, link, level=level) for name, value in on_link.items()]
        low, high = self.natural_prediction
        predicted = prediction_note(spec.prediction, low)
        rows += [row(common, "prediction", s, x, unit, predicted, level) for s, x in (("lower", low), ("upper", high))]
        chisq, df, p = self.heterogeneity
        rows += [row(common, "heterogeneity", s, x) for s, x in (("chisq", chisq), ("df", df), ("p", p))]
        rows.append(row(common, "tau2", "estimate", self.tau2, f"{link}²"))
        ratio, p = self.tau2_test
        rows += [row(common, "tau2", s, x, None, "likelihood ratio") for s, x in (("chisq", ratio), ("p", p))]
        return results_table(rows)

    def _notes(self, link: str) -> list[str]:
        family = "binomial" if self.spec.outcome == "proportion" else "Poisson"
        notes = [
            f"{family}-normal likelihood, {self.spec.nodes} adaptive nodes, {link} link",
            "normal limits" if self.spec.limits == "normal" else "limits by t with k-1",
            accepted(self.spec.across),
        ]
        if not self.converged:
            notes.append("undefined: the likelihood has no maximum, for studies with none and with all are mixed")
        return [note for note in notes if note]
