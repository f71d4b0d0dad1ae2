"""McNemar's test of a state before and after in the same patients, exact and mid-P."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, ClassVar, Final

from malar.method import Method
from malar.responders._pairs import Unpaired, demand_options, pairs
from malar.responders.estimates import Estimate, Estimates
from malar.responders.proportion_limits import clopper_pearson
from malar.sources import Source, Status

MCNEMAR: Final = Source(
    "McNemar Q. Note on the sampling error of the difference between correlated proportions or percentages. "
    "Psychometrika 1947;12:153-7",
    status=Status.SECONDARY,
    reading="Exact: binomial, given the number of discordant pairs; both tails.",
)
FAGERLAND: Final = Source(
    "Fagerland MW, Lydersen S, Laake P. The McNemar test for binary matched-pairs data: mid-p and asymptotic are "
    "better than exact conditional. BMC Med Res Methodol 2013;13:91",
    status=Status.SECONDARY,
)
TANGO: Final = Source(
    "Tango T. Equivalence test and confidence interval for the difference in proportions for the paired-sample design. "
    "Stat Med 1998;17:891-908",
    status=Status.SECONDARY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedResponse:
    """Patients who gained a state against those who lost it.

    Parameters
    ----------
    before, after
        Columns of the state: true or above 0 is in it, false or 0 is not; one row a subject.
    unknown
        What an incomplete pair means: ``excluded`` (the note counts them) or ``refused``. There is no default.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    Only patients who changed tell of the change. ``odds_ratio`` is gained over lost, with the exact limits that
    belong to the exact test. ``difference`` has Tango's score limits: the differences that a score test does not
    reject; they stay within -1 and 1, and say something where nobody changed. They are approximate: with few
    patients they can exclude 0 where the exact test does not. ``smallest_p`` is the exact p if all who changed had
    changed the same way.

    Source
    ------
    McNemar 1947; Fagerland 2013; Tango 1998.

    Examples
    --------
    >>> import polars as pl
    >>> series = pl.DataFrame({"before": [False] * 7 + [True], "after": [True] * 6 + [False, True]})
    >>> result = PairedResponse(before="before", after="after", unknown="refused").fit(series)
    >>> result.of("mcnemar_exact").p, round(result.of("mcnemar_mid_p").p, 6)
    (0.03125, 0.015625)
    """

    method: ClassVar[Method] = Method(
        key="paired_response", title="McNemar's test, exact and mid-P", source=MCNEMAR, also=(FAGERLAND, TANGO)
    )

    before: str
    after: str
    unknown: Unpaired
    level: float = 0.95

    def __post_init__(self) -> None:
        demand_options(self.unknown, self.level)

    def fit(self, frame: Any) -> Estimates:
        """Count the pairs.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a subject.

        Returns
        -------
        Estimates
            Proportions before and after, their difference, gained over lost, and the tests.

        Raises
        ------
        MissingColumnsError, WrongTypeError
            A column is not there or is neither Boolean nor numeric.
        ParameterError
            A subject has several rows.
        UndefinedError
            No pair is complete, or an incomplete one is refused.
        """
        whole, left = pairs(frame, self.before, self.after, self.unknown, "McNemar's test")
        n = whole.height
        first, second = (whole["before"] > 0), (whole["after"] > 0)
        gained, lost = int((~first & second).sum()), int((first & ~second).sum())
        numbers = (
            _state("before", int(first.sum()), n),
            _state("after", int(second.sum()), n),
            _difference(gained, lost, n, self.level),
            *_changes(gained, lost, self.level),
        )
        return Estimates(self.method, self.level, numbers, note=f"{left} incomplete pairs left out")


def _state(term: str, events: int, n: int) -> Estimate:
    return Estimate(term=term, n=n, events=events, estimate=events / n, unit="probability")


def _difference(gained: int, lost: int, n: int, level: float) -> Estimate:
    from malar.responders._paired_kernel import paired_limits

    low, high = paired_limits(gained, lost, n, NormalDist().inv_cdf(0.5 + level / 2))
    return Estimate(
        term="difference",
        estimate=(gained - lost) / n,
        lower=low,
        upper=high,
        unit="probability",
        note="after less before; score limits",
        source=TANGO.cite(),
    )


def _changes(gained: int, lost: int, level: float) -> tuple[Estimate, ...]:
    from malar.responders._paired_kernel import discordant_p

    exact, mid = discordant_p(gained, lost)
    said = f"{gained} gained, {lost} lost"
    changed = gained + lost
    low, high = clopper_pearson(gained, changed, level=level) if changed else (0.0, 1.0)
    return (
        Estimate(
            term="odds_ratio",
            estimate=gained / lost if lost else None,
            lower=low / (1 - low),
            upper=high / (1 - high) if high < 1 else float("inf"),
            unit="ratio",
            note=f"{said}; exact limits",
        ),
        Estimate(term="mcnemar_exact", p=exact, note=said),
        Estimate(term="mcnemar_mid_p", p=mid, note=said, source=FAGERLAND.cite()),
        Estimate(term="smallest_p", p=min(1.0, 2.0 ** (1 - changed)), note="if all who changed had changed one way"),
    )
