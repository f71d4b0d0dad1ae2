"""Annualized rates of recurrent events where some patients have many: negative binomial regression."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar._frames import demand, demand_values, enter
from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.responders._arms import words
from malar.responders.estimates import Estimate, Estimates
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

LARGEST: Final = 709.0
"""Logarithms above it have no number."""
LAWLESS: Final = Source(
    "Lawless JF. Negative binomial and mixed Poisson regression. Can J Stat 1987;15:209-25", status=Status.SECONDARY
)
MASS: Final = Source(
    "Venables WN, Ripley BD. Modern Applied Statistics with S, 4th ed. New York: Springer 2002 (MASS, glm.nb)",
    status=Status.SECONDARY,
    reading="Standard errors of the coefficients from the expected information at the estimated size parameter.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NegativeBinomialRate:
    """Rates of events per patient-year by arm, and their ratios, with patients who differ.

    Parameters
    ----------
    control
        Arm compared with; None with ``by=None``.
    events, exposure
        Columns of the number of events and the time observed in years; by default those that
        :class:`EventRate` counts, in ``.subjects`` of its result.
    by
        Column of arms, never null; None for one group.
    covariates
        Numbers and Booleans as they are, text as categories.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    The variance of a count is mean + dispersion mean²; the logarithm of the time observed is the offset. Limits are
    on the log scale. A subject without time and events is left out, and the note counts them. Where the counts vary
    no more than Poisson ones, the dispersion is 0 and the numbers are those of a Poisson regression. Death
    ends observation here as censoring would; see :class:`MeanCumulativeFunction` where many die.

    Source
    ------
    Lawless 1987; agrees with glm.nb of R's MASS 7.3-58.2.

    Examples
    --------
    >>> import polars as pl
    >>> flares = pl.DataFrame(
    ...     {
    ...         "group": ["cells"] * 6 + ["control"] * 6,
    ...         "events": [0, 0, 1, 4, 0, 1, 2, 0, 6, 3, 1, 3],
    ...         "patient_years": 1.0,
    ...     }
    ... )
    >>> result = NegativeBinomialRate(control="control").fit(flares)
    >>> [round(result.of("rate", arm).estimate, 2) for arm in ("cells", "control")]
    [1.0, 2.5]
    >>> round(result.of("group=cells").estimate, 2)
    0.4
    """

    method: ClassVar[Method] = Method(
        key="negative_binomial_rate",
        title="Annualized rates by negative binomial regression",
        source=LAWLESS,
        also=(MASS,),
    )

    control: str | None
    events: str = "events"
    exposure: str = "patient_years"
    by: str | None = "group"
    covariates: Sequence[str] = ()
    level: float = 0.95

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariates", tuple(self.covariates))
        if (self.by is None) != (self.control is None) or not 0 < self.level < 1:
            raise ParameterError(
                "Arms and control are not named together, or the level is not between 0 and 1.",
                "A rate ratio is of an arm to its control.",
                "Pass by='group' and control='placebo', or None for both; level=0.95.",
            )

    def fit(self, frame: Any) -> Estimates:
        """Fit the regression.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a subject.

        Returns
        -------
        Estimates
            Without covariates, a ``rate`` for each arm; then rate ratios by term, and the ``dispersion``.

        Raises
        ------
        MissingColumnsError, WrongTypeError
            A column is not there, or holds no numbers.
        ParameterError
            Counts that are no whole numbers from 0 on, negative times, or events without time.
        UndefinedError
            Nulls, no time at all, no event at all, or a control that is not there.
        """
        import polars as pl

        inside, _ = enter(frame)
        schema = inside.collect_schema()
        wanted = (self.events, self.exposure, *([self.by] if self.by else []), *self.covariates)
        demand(schema.names(), wanted, "A rate", "Count events and time first, e.g. with EventRate.")
        demand_values(schema, (self.events, self.exposure), "A rate")
        rows = inside.select(list(dict.fromkeys(wanted))).collect()
        self._check(rows)
        used = rows.filter(pl.col(self.exposure) > 0)
        note = f"{rows.height - used.height} subjects without time left out"
        return Estimates(self.method, self.level, tuple(self._numbers(used)), note=note)

    def _check(self, rows: pl.DataFrame) -> None:
        import polars as pl

        nulls = sum(column.null_count() for column in rows.get_columns())
        y, t = pl.col(self.events).cast(pl.Float64), pl.col(self.exposure).cast(pl.Float64)
        wrong = rows.filter(
            (y < 0) | (y != y.round()) | ~y.is_finite() | (t < 0) | ~t.is_finite() | ((t == 0) & (y > 0))
        ).height
        if nulls or not rows.height or not rows.select((t.sum() > 0) & (y.sum() > 0)).item():
            raise UndefinedError(
                f"There are {nulls} nulls, no time observed, or no event.",
                "A rate needs time in which events happened; no row is dropped silently.",
                "Count with EventRate, or report the exact upper limit (garwood) where nothing happened.",
            )
        if wrong:
            raise ParameterError(
                f"{wrong} rows have counts that are no whole numbers from 0 on, or events without time.",
                "They are no counts over time.",
                "Look at how events and exposure were derived.",
            )

    def _numbers(self, rows: pl.DataFrame) -> Iterator[Estimate]:
        import numpy as np
        import polars as pl

        from malar.responders import _design, _negative_binomial_kernel

        arms = self._arms(rows)
        named = words(rows, self.by) if self.by else None
        columns = [np.ones(rows.height)]
        columns += [(named == name).to_numpy().astype(np.float64) for name in arms] if named is not None else []
        others, terms = _design.covariates(rows, tuple(self.covariates))
        x = np.hstack([np.column_stack(columns), others])
        names = ("intercept", *(f"{self.by}={name}" for name in arms), *terms)
        _design.demand_rank(x, names)
        y, years = (rows[name].cast(pl.Float64).to_numpy() for name in (self.events, self.exposure))
        model = _negative_binomial_kernel.fit(x, y, np.log(years))
        z = NormalDist().inv_cdf(0.5 + self.level / 2)
        if not model.converged:
            yield Estimate(term="dispersion", note="the fit did not converge: an arm without events, or too few")
            return
        if not terms:
            for i, name in enumerate((self.control, *arms)):
                mine = np.ones(len(y), dtype=bool) if named is None else (named == name).to_numpy()
                weights = np.zeros(x.shape[1])
                weights[[0, i]] = 1.0
                counts: dict[str, Any] = {"n": float(mine.sum()), "events": float(y[mine].sum()), "group": name}
                yield _exponential("rate", weights, model, z, "events per patient-year", counts)
        for j, name in enumerate(names[1:], start=1):
            arm: dict[str, Any] = {"group": arms[j - 1], "comparator": self.control} if j <= len(arms) else {}
            yield _exponential(name, np.eye(x.shape[1])[j], model, z, "rate ratio", arm)
        yield _dispersion(model)

    def _arms(self, rows: pl.DataFrame) -> list[str]:
        if self.by is None:
            return []
        every = words(rows, self.by).unique().sort().to_list()
        arms = [name for name in every if name != self.control]
        if len(arms) == len(every) or not arms:
            raise UndefinedError(
                f"The control is not there beside another arm; there are {len(every)} arms.",
                "A rate ratio is of an arm to its control.",
                "Name one of the arms as control, or pass by=None and control=None.",
            )
        return arms


def _exponential(term: str, weights: Any, model: Any, z: float, unit: str, names: dict[str, Any]) -> Estimate:
    value = float(weights @ model.coefficients)
    se = math.sqrt(float(weights @ model.covariance @ weights))
    test: dict[str, Any] = {}
    if term != "rate":
        test = {"z": value / se, "p": math.erfc(abs(value / se) / math.sqrt(2))}
    upper = value + z * se
    limits: dict[str, Any] = {
        "lower": math.exp(value - z * se),
        "upper": math.exp(upper) if upper < LARGEST else math.inf,
    }
    note = "se of the logarithm"
    return Estimate(term=term, estimate=math.exp(value), se=se, unit=unit, note=note, **limits, **test, **names)


def _dispersion(model: Any) -> Estimate:
    if math.isinf(model.theta):
        return Estimate(term="dispersion", estimate=0.0, note="counts vary no more than Poisson ones")
    note = f"1/theta; theta {model.theta:.6g}, se {model.theta_se:.3g}"
    return Estimate(term="dispersion", estimate=1 / model.theta, se=model.theta_se / model.theta**2, note=note)
