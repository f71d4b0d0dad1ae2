"""What a panel model holds, and the tables that are made of it when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from malar.errors import UndefinedError
from malar.survival.convergence import Convergence

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival._panel_ascent_kernel import Maximum
    from malar.survival._panel_kernel import Design
    from malar.survival._panel_prediction_kernel import Course
    from malar.survival._panel_reading import Terms, Visits
    from malar.survival.panel_multistate import PanelMultistate

    Floats = NDArray[np.float64]

Profile = Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class PanelMultistateResult:
    """One fit: P parameters on the log scale with their variance, and what follows from them.

    Parameters
    ----------
    spec
        The model that was fitted.
    visits
        Rows read.
    design, terms
        How log intensities depend on the parameters, and what those are.
    maximum
        Where the search ended, covariates standardized.
    """

    spec: PanelMultistate
    visits: Visits
    design: Design
    terms: Terms
    maximum: Maximum

    @property
    def n(self) -> int:
        """Subjects."""
        return int(self.visits.subject[-1]) + 1

    @property
    def minus_2_log_likelihood(self) -> float:
        """Minus twice the log-likelihood at the estimates."""
        return -2.0 * self.maximum.loglik

    @property
    def coefficient(self) -> Floats:
        """Log baseline intensities at covariates 0 in the first period, then coefficients; shape (P,).

        Infinite where the likelihood is monotone.
        """
        from malar.survival._panel_estimates import coefficient

        return coefficient(self.terms, self.maximum, self.design.start.size)

    @property
    def covariance(self) -> Floats:
        """Variance of the parameters, NaN where one has no finite estimate, shape (P, P)."""
        from malar.survival._panel_estimates import covariance

        return covariance(self.terms, self.maximum, self.design.start.size)

    @property
    def convergence(self) -> Convergence:
        """How the search for the maximum ended."""
        from malar.survival._panel_estimates import parameter_names

        names = [": ".join(filter(None, name)) for name in parameter_names(self.spec, self.terms)]
        unbounded = tuple(name for name, runs in zip(names, self.maximum.runaway, strict=True) if runs)
        return Convergence(self.maximum.settled, self.maximum.iterations, unbounded)

    def coefficients(self) -> pl.DataFrame:
        """Effects of covariates and periods.

        Returns
        -------
        polars.DataFrame
            ``transition, term, estimate, se, z, p, lower, upper`` of the log ratio of intensities a unit of the
            covariate, or of a period to the first, and ``intensity_ratio`` with its limits. ``transition`` is null
            for effects on all. Undefined = null.
        """
        from malar.survival.panel_multistate_rows import effect_frame

        return effect_frame(self)

    def intensities(self, profile: Profile | None = None, day: float = 0.0) -> pl.DataFrame:
        """Intensity of each transition.

        Parameters
        ----------
        profile
            Value of every covariate; needed where there are any.
        day
            Day that tells the period.

        Returns
        -------
        polars.DataFrame
            ``given, state, intensity, se, lower, upper``, a day; Wald limits of the log intensity.
        """
        from malar.survival.panel_multistate_rows import intensity_frame

        return intensity_frame(self, *self.rates(profile, day))

    def intensity_matrix(self, profile: Profile | None = None, day: float = 0.0) -> Floats:
        """The matrix of intensities a day, rows summing to 0, shape (S, S), in the order of ``spec.states``."""
        rate, _ = self.rates(profile, day)
        return self.design.matrices(rate[None, :], len(self.spec.states))[0]

    def sojourns(self, profile: Profile | None = None, day: float = 0.0) -> pl.DataFrame:
        """Mean length of one stay in each state that can be left, were the period's intensities to last.

        Parameters
        ----------
        profile, day
            As in `intensities`.

        Returns
        -------
        polars.DataFrame
            ``state, days, se, lower, upper``; limits on the log scale.
        """
        from malar.survival.panel_multistate_rows import stay_frame

        return stay_frame(self, *self.rates(profile, day))

    def at(self, times: float | Sequence[float], profile: Profile | None = None, from_day: float = 0.0) -> pl.DataFrame:
        """Transition probabilities.

        Parameters
        ----------
        times
            Days, not before ``from_day``.
        profile
            Value of every covariate, constant from ``from_day`` on; needed where there are any.
        from_day
            Day started from.

        Returns
        -------
        polars.DataFrame
            ``given, time, state, probability, se, lower, upper``; of one ``given`` and time they sum to 1.
        """
        import numpy as np
        import polars as pl

        from malar.survival.panel_multistate_rows import days_from, probability_frame

        days = days_from(times, from_day)
        found = self._course(days, profile, from_day)
        parts = [
            probability_frame(self, days, found.probability[:, given], found.probability_slope[:, :, given])
            for given in range(len(self.spec.states))
        ]
        names = np.repeat(np.array(self.spec.states), days.size * len(self.spec.states))
        return pl.concat(parts).insert_column(0, pl.Series("given", names))

    def occupancy(
        self,
        times: float | Sequence[float],
        start: str | Mapping[str, float],
        profile: Profile | None = None,
        from_day: float = 0.0,
    ) -> pl.DataFrame:
        """Probability of each state from a state, or from shares of states.

        Parameters
        ----------
        start
            State on ``from_day``, or the share in each state, taken as known; shares sum to 1.
        times, profile, from_day
            As in `at`.

        Returns
        -------
        polars.DataFrame
            ``time, state, probability, se, lower, upper``.
        """
        import numpy as np

        from malar.survival.panel_multistate_rows import days_from, probability_frame, shares

        days, share = days_from(times, from_day), shares(start, self.spec.states)
        found = self._course(days, profile, from_day)
        mixed = np.einsum("g,mgs->ms", share, found.probability)
        return probability_frame(self, days, mixed, np.einsum("g,mpgs->mps", share, found.probability_slope))

    def time_in_state(self, until: float, profile: Profile | None = None, from_day: float = 0.0) -> pl.DataFrame:
        """Mean time spent in each state from a day until another, by the state started from.

        Parameters
        ----------
        until
            Last day of the span.
        profile, from_day
            As in `at`.

        Returns
        -------
        polars.DataFrame
            ``given, state, until, days, se, lower, upper``; the days of one ``given`` sum to the span; plain limits.
        """
        from malar.survival.panel_multistate_rows import days_from, time_frame

        return time_frame(self, self._course(days_from(until, from_day), profile, from_day), until, from_day)

    def table(
        self,
        times: float | Sequence[float] = (),
        until: Sequence[float] = (),
        profile: Profile | None = None,
        from_day: float = 0.0,
        *,
        group: str | None = None,
        definition: str | None = None,
        population: str | None = None,
        denominator: str | None = None,
        unit: str = "days",
        note: str | None = None,
    ) -> pl.DataFrame:
        """The table of results of this fit.

        Parameters
        ----------
        times, until
            Days to report transition probabilities at, and days to report mean time in state until.
        profile, from_day
            As in `at`.
        group, definition, population, denominator, note
            What the caller knows: the arm, the key of the states' definition, the analysis set, who counts, a
            remark.
        unit
            Unit of the times.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`malar.results.COLUMNS`: subjects; intensities in the period of ``from_day`` and mean
            stays; effects of covariates; transition probabilities with ``given to state`` as ``term``. Without
            convergence, subjects and effects only, with the reason.
        """
        from malar.survival.panel_multistate_rows import days_from, rows

        labels = {"group": group, "definition": definition, "population": population, "denominator": denominator}
        asked = (days_from(times, from_day), until, profile, from_day)
        return rows(self, *asked, labels=labels, unit=unit, note=note)

    def demand_converged(self, what: str) -> None:
        """Raise `UndefinedError` where the likelihood has no maximum that was found."""
        reason = self.convergence.reason
        if reason is not None:
            raise UndefinedError(
                f"{what} rests on finite estimates: {reason}.",
                "Where the search was broken off is no estimate.",
                "Leave that transition or covariate out, or join states: such changes were never seen, or visits lie "
                "too far apart to tell how fast they come.",
            )

    def rates(self, profile: Profile | None, day: float) -> tuple[Floats, Floats]:
        """Intensities, shape (K,), and derivatives of their logarithms by the parameters, shape (K, P)."""
        import numpy as np

        from malar.survival._panel_estimates import profile_values

        self.demand_converged("An intensity")
        period = int(np.searchsorted(np.array(self.spec.breaks), day, side="right"))
        values = profile_values(self.spec, profile)[period]
        rate = self.design.intensities(self.coefficient, values[None, :])[0]
        return rate, self.design.link * values[self.terms.column]

    def _course(self, days: Floats, profile: Profile | None, from_day: float) -> Course:
        import numpy as np

        from malar.survival._panel_estimates import profile_values
        from malar.survival._panel_prediction_kernel import course

        self.demand_converged("A probability or time in state")
        breaks, values = np.array(self.spec.breaks), profile_values(self.spec, profile)
        return course(self.design, self.coefficient, values, breaks, from_day, days)
