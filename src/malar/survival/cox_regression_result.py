"""What a Cox regression holds, and the tables that are made of it when asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from malar.errors import UndefinedError
from malar.survival import _columns
from malar.survival.convergence import Convergence

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival._cox_kernel import Estimate, Prepared
    from malar.survival.cox_regression import CoxRegression

    Floats = NDArray[np.float64]

Transform = Literal["km", "identity", "rank", "log"]


@dataclass(frozen=True, slots=True, eq=False)
class CoxRegressionResult:
    """One fit: p coefficients with their variance, and what predictions need.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    n, n_events
        Rows used, and rows among them with the event.
    strata
        Labels of the strata in order; (None,) where there is one.
    prepared, fitted
        Sorted rows and estimates of the kernel.
    """

    spec: CoxRegression
    n: int
    n_events: int
    strata: tuple[str | None, ...]
    prepared: Prepared
    fitted: Estimate

    @property
    def coefficient(self) -> Floats:
        """Log hazard ratios a unit of each covariate, shape (p,); infinite where the likelihood is monotone."""
        return self.fitted.coefficient

    @property
    def covariance(self) -> Floats:
        """Variance of the coefficients, robust where the fit is, shape (p, p)."""
        robust = self.fitted.robust_variance
        return self.fitted.model_variance if robust is None else robust

    @property
    def robust(self) -> bool:
        """Whether standard errors are those of the sandwich."""
        return self.fitted.robust_variance is not None

    @property
    def log_likelihood(self) -> tuple[float, float]:
        """Log partial likelihood with all coefficients 0, and at the estimates."""
        return self.fitted.ascent.start.loglik, self.fitted.ascent.end.loglik

    @property
    def convergence(self) -> Convergence:
        """How the search for the maximum ended."""
        ascent = self.fitted.ascent
        unbounded = tuple(name for name, runs in zip(self.spec.covariates, ascent.runaway, strict=True) if runs)
        return Convergence(ascent.settled, ascent.iterations, unbounded)

    def coefficients(self) -> pl.DataFrame:
        """Each covariate's log hazard ratio and hazard ratio.

        Returns
        -------
        polars.DataFrame
            ``term, estimate, se, z, p, lower, upper`` of the log hazard ratio a unit of the covariate, and
            ``hazard_ratio, hazard_ratio_lower, hazard_ratio_upper``. Undefined = null.
        """
        from malar.survival._wald import coefficient_frame

        frame = coefficient_frame(self.spec.covariates, self.coefficient, self.covariance, self.spec.level)
        return frame.rename({name: name.replace("ratio", "hazard_ratio") for name in frame.columns if "ratio" in name})

    def tests(self) -> pl.DataFrame:
        """Tests of all coefficients being 0.

        Returns
        -------
        polars.DataFrame
            ``test, chisq, df, p`` of the likelihood-ratio, score and Wald test, and with robust standard errors
            of the robust score test; the likelihood-ratio and score test then take rows for independent.
        """
        from malar.survival import _cox_kernel as kernel
        from malar.survival._wald import chi_squared_frame, wald_statistic

        start = self.fitted.ascent.start
        before, after = self.log_likelihood
        found = {
            "likelihood_ratio": max(2.0 * (after - before), 0.0),
            "score": kernel.score_test(start),
            "wald": wald_statistic(self.coefficient, self.covariance),
        }
        if self.robust:
            found["robust_score"] = kernel.robust_score_test(start, self.prepared.cluster)
        p = len(self.spec.covariates)
        return chi_squared_frame("test", {name: (value, p) for name, value in found.items()})

    def proportionality(self, transform: Transform = "km") -> pl.DataFrame:
        """Score test of proportional hazards: does a coefficient change with a function of time?

        Parameters
        ----------
        transform
            The function: ``km`` (1 - Kaplan-Meier estimate just before, over all rows, weights ignored),
            ``identity``, ``rank`` among the times of all rows, or ``log``.

        Returns
        -------
        polars.DataFrame
            ``term, chisq, df, p``, one row a covariate and the last, ``global``, for all. Model-based, also where
            standard errors are robust. Null where too few event times determine it.

        Raises
        ------
        UndefinedError
            The fit did not converge; ``log`` of an event at time 0.
        """
        from malar.survival._proportionality_kernel import score_statistics
        from malar.survival._wald import chi_squared_frame

        _columns.one_of("transform", transform, get_args(Transform))
        self.demand_converged("A test of proportionality")
        single, together = score_statistics(self.fitted.ascent.end, self._function_of_time(transform))
        found = {name: (float(value), 1) for name, value in zip(self.spec.covariates, single, strict=True)}
        return chi_squared_frame("term", found | {"global": (together, len(found))})

    def baseline(self) -> pl.DataFrame:
        """Cumulative hazard at covariates 0.

        Returns
        -------
        polars.DataFrame
            ``stratum, time, cumulative_hazard, survival`` at each event time.
        """
        from malar.survival.cox_prediction import baseline_frame

        self.demand_converged("The baseline hazard")
        return baseline_frame(self)

    def predict(self, frame: Any, times: float | Sequence[float]) -> pl.DataFrame:
        """Survival of subjects with given covariates.

        Parameters
        ----------
        frame
            One row a profile: the covariates, constant from day 0 on, and the column of strata if there is one.
        times
            Days, >= 0.

        Returns
        -------
        polars.DataFrame
            ``row, stratum, time, cumulative_hazard, survival, se, lower, upper``, profiles in order, times within;
            ``se`` of the survival, log-log limits. Null beyond the last observed time of the stratum.

        Raises
        ------
        MissingColumnsError, WrongTypeError, UndefinedError
            As in `CoxRegression.fit`; or the fit did not converge, or a stratum was not seen in it.
        """
        from malar.survival.cox_prediction import prediction_frame

        self.demand_converged("Survival of given covariates")
        return prediction_frame(self, frame, times)

    def martingale_residuals(self) -> Floats:
        """Events less the expected number, a row used, in the order they came; shape (n,)."""
        import numpy as np

        at = self.fitted.ascent.end
        out = np.empty(self.n)
        expected = np.exp(at.eta) * at.exposure(at.hazard)
        out[self.prepared.order] = -expected
        out[self.prepared.order[at.model.event]] += 1.0
        return out

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
            Columns of :data:`malar.results.COLUMNS`: counts; a covariate's log hazard ratio and hazard ratio;
            tests of all coefficients; the test of proportional hazards, as analysis ``proportionality``.
        """
        from malar.survival.cox_regression_rows import rows

        labels = {
            "definition": definition, "population": population, "denominator": denominator,
            "group": group, "comparator": comparator,
        }  # fmt: skip
        return rows(self, labels=labels, note=note)

    def demand_converged(self, what: str) -> None:
        """Raise `UndefinedError` where there are no finite estimates."""
        reason = self.convergence.reason
        if reason is not None:
            raise UndefinedError(
                f"{what} rests on finite estimates: {reason}.",
                "What an infinite coefficient predicts depends on where the search was broken off.",
                "Leave the covariate out, or join categories until each has events.",
            )

    def _function_of_time(self, transform: Transform) -> Floats:
        import numpy as np

        from malar.survival._km_kernel import product_limit

        prepared, times = self.prepared, self.prepared.event_time
        if transform == "identity":
            return times
        if transform == "log":
            if (times <= 0.0).any():
                raise UndefinedError("An event is at time 0.", "It has no logarithm.", "Use `transform='km'`.")
            return np.log(times)
        if transform == "rank":
            ranked = np.sort(prepared.time)
            ends = np.searchsorted(ranked, times) + np.searchsorted(ranked, times, side="right")
            return (ends.astype(np.float64) + 1.0) / 2.0
        event = np.zeros(self.n, dtype=np.bool_)
        event[prepared.model.event] = True
        curve = product_limit(prepared.time, event, np.ones(self.n), prepared.entry, jackknife=False)
        before = np.searchsorted(curve.time, times, side="left")
        return 1.0 - np.append(1.0, curve.survival)[before]
