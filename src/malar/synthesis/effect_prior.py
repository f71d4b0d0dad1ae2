"""Prior of a treatment effect that sets open series beside a small randomized trial, and lets either be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.sources import Source, Status
from malar.synthesis import _studies
from malar.synthesis.alike import ALIKE, OVERLAP, demand_alike
from malar.synthesis.predictive_prior import MetaAnalyticPredictive

if TYPE_CHECKING:
    import polars as pl

    from malar.synthesis._effect_kernel import Floats
    from malar.synthesis.effect_prior_result import EffectPriorResult

METHOD: Final = Method(
    key="treatment_effect_prior",
    title="Prior of a log odds ratio from open series, their inflation, and randomized trials",
    source=Source(
        "Turner RM, Spiegelhalter DJ, Smith GCS, Thompson SG. Bias modelling in evidence synthesis. "
        "J R Stat Soc A 2009;172:21-47",
        status=Status.PROVISIONAL,
        reading="One additive, normal inflation term on the log odds of open series; our own arrangement.",
    ),
    also=(
        Source(
            "Spiegelhalter DJ, Freedman LS, Parmar MKB. Bayesian approaches to randomized trials. "
            "J R Stat Soc A 1994;157:357-416",
            status=Status.PROVISIONAL,
            reading="A skeptical prior around no effect, also kept as a part of the final mixture.",
        ),
    ),
)
"""What `malar list estimators` and `malar cite treatment_effect_prior` print."""

ARMS: Final = ("treated", "control")

LARGEST: Final = 10.0
"""Log odds: an odds ratio of 22,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatmentEffectPrior:
    """Prior of the log odds ratio of response, treated against control, for a trial in planning.

    Parameters
    ----------
    inflation
        Log odds by which open series are thought to flatter the treatment: selection, regression to the mean,
        other drugs, assessors who know. No default, for the answer rests on it.
    inflation_sd
        Standard deviation of that, above 0: nobody knows the inflation.
    tau_scale
        Scale of the half-normal prior of the spread between series on the logit scale.
    skeptical_sd
        Standard deviation of the skeptical prior around a log odds ratio of 0; 1 puts 95 % between 1/7 and 7.
    skeptical_weight
        Its share in the final mixture, from 0.02: so much mass stays on both sides of 0 whatever the studies say.
    arm, randomized
        Columns: ``treated`` or ``control``; true where the study was randomized.
    study, columns, across
        As :class:`malar.synthesis.Pooling` takes them; a randomized trial has two rows of one name.

    Notes
    -----
    δ is the log odds ratio. Series: the predictive difference D of a new population's treated and control logits,
    each by :class:`MetaAnalyticPredictive` from arms that were not randomized against each other, is δ plus an
    inflation, normal with the mean and standard deviation given. Trials: binomial likelihood of both arms, the
    middle of their logits integrated over its normal prior (0, 2); several trials share δ. Prior ∝ skeptical × series ×
    trials, then mixed with the skeptical one. Quadrature throughout. The two sources are kept apart in the result,
    with a test of their conflict.

    Source
    ------
    Turner et al. 2009 and Spiegelhalter et al. 1994, arranged by us: provisional.

    Examples
    --------
    >>> import polars as pl
    >>> arms = pl.DataFrame(
    ...     {
    ...         "study": ["series 1", "series 2", "registry", "trial", "trial"],
    ...         "arm": ["treated", "treated", "control", "treated", "control"],
    ...         "randomized": [False, False, False, True, True],
    ...         "events": [24, 23, 8, 5, 3],
    ...         "n": [40, 83, 75, 12, 6],
    ...     }
    ... )
    >>> spec = TreatmentEffectPrior(inflation=1.0, inflation_sd=0.5, tau_scale=0.5, skeptical_weight=0.2)
    >>> result = spec.fit(arms)
    >>> below, above = result.mass
    >>> below > 0.02 and above > 0.02
    True
    """

    method: ClassVar[Method] = METHOD

    inflation: float
    inflation_sd: float
    tau_scale: float
    skeptical_weight: float
    skeptical_sd: float = 1.0
    arm: str = "arm"
    randomized: str = "randomized"
    study: str = "study"
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    across: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "across", tuple(self.across))
        _studies.within("inflation", self.inflation, -LARGEST, LARGEST, "Pass log odds, e.g. 0.5.")
        for name in ("inflation_sd", "tau_scale", "skeptical_sd"):
            hint = "Nothing is known for certain: pass log odds above 0, e.g. 0.5."
            _studies.within(name, getattr(self, name), 0.0, LARGEST, hint)
        if not 0.02 <= self.skeptical_weight < 1.0:
            raise ParameterError(
                f"`skeptical_weight` is {self.skeptical_weight}.",
                "Without it open series could rule harm out before the trial.",
                "Use 0.02 to 0.99, e.g. 0.2.",
            )

    def fit(self, frame: Any) -> EffectPriorResult:
        """Build the prior.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row an arm: ``study``, ``arm``, ``randomized``, ``events``, ``n``.

        Returns
        -------
        EffectPriorResult
            The prior, what series and trials say each, their conflict, and the mass on both sides of 0.

        Raises
        ------
        MissingColumnsError
            A column is not there.
        UndefinedError
            Unknown values; no trial and no series; series without any control arms.
        ParameterError
            An arm that is neither, a randomized trial without its two arms, studies that differ.
        """
        from malar.synthesis._effect_kernel import apparent_difference, trial_likelihood
        from malar.synthesis.effect_prior_result import build

        counts, marks = self._arms(frame)
        series = {arm: counts[(marks["arm"] == arm) & (marks["randomized"] == "no")] for arm in ARMS}
        grid = _grid(self)
        apparent = None
        if series["treated"].shape[0]:
            _demand_comparator(series["control"].shape[0])
            predict = MetaAnalyticPredictive(outcome="proportion", tau_scale=self.tau_scale).predict
            sides = [predict(*series[arm].T) for arm in ARMS]
            apparent = apparent_difference(*((one.grid, one.density) for one in sides))
        trials = _trials(counts, marks)
        if apparent is None and not trials:
            raise UndefinedError("There is neither a treated series nor a randomized trial.", "Nothing tells of it.")
        likelihood = trial_likelihood(grid, trials) if trials else None
        return build(self, grid, apparent, likelihood)

    def _arms(self, frame: Any) -> tuple[Floats, Mapping[str, Floats]]:
        """Counts of shape (arms, 2); and of each arm its kind, whether randomized, and its study."""
        import numpy as np
        import polars as pl

        from malar._frames import as_sign, demand, enter

        rows = enter(frame)[0].collect()
        needed = (self.arm, self.randomized, self.study)
        demand(rows.columns, needed, "A prior of a treatment effect", "Give one row an arm, with its study.")
        marks = rows.select(arm=pl.col(self.arm).cast(pl.String), study=pl.col(self.study).cast(pl.String))
        signs = rows.select(randomized=as_sign(self.randomized))["randomized"]
        unknown = signs.null_count() + marks["study"].null_count()
        wrong = int((~marks["arm"].fill_null("").is_in(ARMS)).sum())
        if unknown or wrong:
            raise ParameterError(
                f"{wrong} arms are neither treated nor control, and {unknown} studies or randomizations are null.",
                "Whether an arm was randomized decides how far it is trusted.",
                "Fill `arm` with treated or control, `randomized` with true or false, `study` with a name.",
            )
        if marks.select("arm", "study").is_duplicated().any():
            raise ParameterError(
                "A study has several rows of one arm.",
                "Its patients would count as independent studies.",
                "Add them up, or give each series a name of its own where they share nobody.",
            )
        demand_alike(rows.unique(subset=self.study, maintain_order=True), across=(*ALIKE, *self.across))
        unnamed = rows.drop(self.study, OVERLAP, strict=False)
        studies = _studies.read_studies(
            unnamed, ("events", "n"), self.columns, what="A prior", study=self.study, across=self.across, fewest=1
        )
        counts = np.column_stack([studies.values["events"], studies.values["n"]])
        words = np.where(signs.to_numpy(), "yes", "no")
        named: dict[str, Any] = {
            "arm": marks["arm"].to_numpy(),
            "randomized": words,
            "study": marks["study"].to_numpy(),
        }
        return counts, named

    def sensitivity(
        self, frame: Any, *, inflation: tuple[float, ...], inflation_sd: tuple[float, ...] | None = None
    ) -> pl.DataFrame:
        """The prior under other inflations.

        Parameters
        ----------
        frame
            As :meth:`fit` takes it.
        inflation, inflation_sd
            Values to try, every pair of them; `inflation_sd` by default the one of this prior.

        Returns
        -------
        polars.DataFrame
            One row a pair: `inflation`, `inflation_sd`, `mean`, `sd`, `odds_ratio` (median), `harm` and `benefit`
            (mass below and above 0), `conflict` (standard normal deviate between series and trials).
        """
        return self.fit(frame).sensitivity(inflation=inflation, inflation_sd=inflation_sd)


def _grid(spec: TreatmentEffectPrior) -> Floats:
    import numpy as np

    reach = max(8.0, 9.0 * spec.skeptical_sd)
    return np.linspace(-reach, reach, 2 * int(reach / 0.01) + 1)


def _demand_comparator(arms: int) -> None:
    if not arms:
        raise UndefinedError(
            "The treated series have no control arms to stand beside.",
            "A response rate alone tells nothing of an effect.",
            "Add comparator arms (arm = control, randomized = false) of like patients, definition and time.",
        )


def _trials(counts: Floats, marks: Mapping[str, Floats]) -> list[Floats]:
    """Of each randomized trial: events and n of the treated, events and n of the control arm."""
    import numpy as np

    inside = marks["randomized"] == "yes"
    trials: list[Floats] = []
    for name in np.unique(marks["study"][inside]):
        own = inside & (marks["study"] == name)
        pairs = [counts[own & (marks["arm"] == arm)] for arm in ARMS]
        if any(one.shape[0] != 1 for one in pairs):
            raise ParameterError(
                "A randomized trial has not exactly one treated and one control row.",
                "Its effect is the difference of its own two arms.",
                "Give two rows of one study name; add up dose arms first, and say so.",
            )
        trials.append(np.concatenate([pairs[0][0], pairs[1][0]]))
    return trials
