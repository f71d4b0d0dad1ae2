"""What a Fine-Gray regression holds, and the tables that are made of it when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.errors import UndefinedError
from malar.survival import _columns, _covariates
from malar.survival.convergence import Convergence

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival._fine_gray_kernel import Estimate, Prepared
    from malar.survival.fine_gray import FineGray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FineGrayResult:
    """One fit: p coefficients with their variance, and what predictions need.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    n, n_events, n_competing
        Rows used; rows among them with the cause of interest; with another.
    prepared, fitted
        Sorted rows and estimates of the kernel.
    """

    spec: FineGray
    n: int
    n_events: int
    n_competing: int
    prepared: Prepared
    fitted: Estimate

    @property
    def coefficient(self) -> Floats:
        """Log subdistribution hazard ratios a unit of each covariate, shape (p,); infinite where monotone."""
        return self.fitted.coefficient

    @property
    def covariance(self) -> Floats:
        """Robust variance of the coefficients, shape (p, p)."""
        return self.fitted.variance

    @property
    def log_likelihood(self) -> tuple[float, float]:
        """Log weighted partial likelihood with all coefficients 0, and at the estimates; no test rests on it."""
        return self.fitted.ascent.start.loglik, self.fitted.ascent.end.loglik

    @property
    def convergence(self) -> Convergence:
        """How the search for the maximum ended."""
        ascent = self.fitted.ascent
        unbounded = tuple(name for name, runs in zip(self.spec.covariates, ascent.runaway, strict=True) if runs)
        return Convergence(ascent.settled, ascent.iterations, unbounded)

    def coefficients(self) -> pl.DataFrame:
        """Each covariate's log subdistribution hazard ratio, and the ratio.

        Returns
        -------
        polars.DataFrame
            ``term, estimate, se, z, p, lower, upper`` of the log ratio a unit of the covariate, and
            ``subdistribution_hazard_ratio``, ``…_lower``, ``…_upper``. Undefined = null.
        """
        from malar.survival._wald import coefficient_frame

        frame = coefficient_frame(self.spec.covariates, self.coefficient, self.covariance, self.spec.level)
        names = {name: f"subdistribution_hazard_{name}" for name in frame.columns if name.startswith("ratio")}
        return frame.rename(names)

    def tests(self) -> pl.DataFrame:
        """Wald test of all coefficients being 0, with the robust variance: ``test, chisq, df, p``."""
        from malar.survival._wald import chi_squared_frame, wald_statistic

        value = wald_statistic(self.coefficient, self.covariance)
        return chi_squared_frame("test", {"wald": (value, len(self.spec.covariates))})

    def predict(self, frame: Any, times: float | Sequence[float]) -> pl.DataFrame:
        """Cumulative incidence of the cause of interest for given covariates.

        Parameters
        ----------
        frame
            One row a profile, with the covariates.
        times
            Days, >= 0.

        Returns
        -------
        polars.DataFrame
            ``row, time, incidence, se, lower, upper``, profiles in order, times within. ``se`` from the rows'
            influence on coefficients, baseline and censoring weights; limits on the scale log(-log(1 - incidence)).
            Null beyond the last observed time.

        Raises
        ------
        MissingColumnsError, WrongTypeError, UndefinedError
            As in `FineGray.fit`; or the fit did not converge.
        """
        import numpy as np
        import polars as pl

        from malar.survival._limits import limits
        from malar.survival.kaplan_meier_result import finite_days

        self.demand_converged()
        columns = _columns.take(frame, list(self.spec.covariates), "A prediction of Fine-Gray regression")
        x = _covariates.matrix(columns, self.spec.covariates)
        z = (x - self.prepared.center[:, None]) / self.prepared.scale[:, None]
        days = finite_days(times)
        hazard, se = np.full((2, columns.height, days.size), np.nan)
        for j in np.flatnonzero(days <= self.prepared.time[-1]):
            hazard[:, j], se[:, j] = self._hazards(z, float(days[j]))
        free = np.exp(-hazard)
        lower, upper = limits(free, free * se, "log-log", self.spec.level)
        return pl.DataFrame(
            {
                "row": np.repeat(np.arange(columns.height), days.size),
                "time": np.tile(days, columns.height),
                "incidence": -np.expm1(-hazard).ravel(),
                "se": (free * se).ravel(),
                "lower": np.where(free == 1.0, 0.0, 1.0 - upper).ravel(),
                "upper": np.where(free == 1.0, 0.0, 1.0 - lower).ravel(),
            }
        ).fill_nan(None)

    def table(
        self,
        *,
        definition: str | None = None,
        population: str | None = None,
        denominator: str | None = None,
        group: str | None = None,
        comparator: str | None = None,
        note: str | None = None,
    ) -> pl.DataFrame:
        """The table of results of this fit.

        Parameters
        ----------
        definition, population, denominator, group, comparator, note
            What the caller knows: the event's definition, the analysis set, who counts, the arms, a remark.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`malar.results.COLUMNS`: counts, a covariate's log ratio and ratio, the Wald test.
        """
        from malar.results import results_table
        from malar.survival.cox_regression_rows import coefficient_rows, counts, test_rows

        method = self.spec.method
        said = (note, f"cause {self.spec.interest}", "robust variance", self.convergence.reason)
        labels = {
            "definition": definition, "population": population, "denominator": denominator,
            "group": group, "comparator": comparator,
        }  # fmt: skip
        common = {"analysis": method.key, "source": method.source.cite(), "note": "; ".join(filter(None, said))}
        found = counts(self.n, self.n_events)
        found += coefficient_rows(self.coefficients(), "subdistribution hazard ratio", self.spec.level)
        found += test_rows(self.tests(), "test")
        return results_table(common | labels | row for row in found)

    def demand_converged(self) -> None:
        """Raise `UndefinedError` where there are no finite estimates."""
        reason = self.convergence.reason
        if reason is not None:
            raise UndefinedError(
                f"Cumulative incidence of given covariates rests on finite estimates: {reason}.",
                "What an infinite coefficient predicts depends on where the search was broken off.",
                "Leave the covariate out, or join categories until each has events.",
            )

    def _hazards(self, z: Floats, day: float) -> tuple[Floats, Floats]:
        """Cumulative subdistribution hazard of each profile at a day, and its standard error."""
        import numpy as np

        from malar.survival import _cox_hazard_kernel as hazards
        from malar.survival._fine_gray_kernel import baseline_rows

        at = self.fitted.ascent.end
        base = hazards.baseline(at)
        span = slice(0, int(np.searchsorted(self.prepared.event_time, day, side="right")))
        relative, slope = hazards.cumulative_hazard(at, base, z, span)
        own = baseline_rows(self.prepared, at, span)
        variance = hazards.variance_by_influence(own, slope, self.fitted.influence)
        return relative * base.hazard[span.stop], relative * np.sqrt(np.maximum(variance, 0.0))
