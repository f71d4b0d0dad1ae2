"""Exact tests of two arms, for tables as small as twelve against six."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final, get_args

from malar.errors import ParameterError
from malar.method import Method
from malar.responders._counted import demand_arms, demand_decided, tables, told
from malar.responders.contrast_limits import ExactTest
from malar.responders.estimates import Estimate, Estimates
from malar.responders.proportion import Proportion
from malar.sources import Source, Status

FISHER: Final = Source(
    "Fisher RA. The logic of inductive inference. J R Stat Soc 1935;98:39-82",
    status=Status.SECONDARY,
    reading="Two-sided: all tables no more probable than the observed one, as fisher.test of R.",
)
MID: Final = Source(
    "Lydersen S, Fagerland MW, Laake P. Recommended tests for association in 2 x 2 tables. Stat Med 2009;28:1159-75",
    status=Status.SECONDARY,
    reading="Two-sided: the less probable tables, and half of all as probable as the observed one, as in the "
    "authors' book of 2017 (Statistical Analysis of Contingency Tables, section 4.4).",
)
BOSCHLOO: Final = Source("Boschloo RD. Stat Neerl 1970;24:1-35", status=Status.SECONDARY)
BARNARD: Final = Source(
    "Barnard GA. Significance tests for 2 x 2 tables. Biometrika 1947;34:123-38",
    status=Status.SECONDARY,
    reading="Tables ordered by the score statistic with pooled variance, as barnard_exact of SciPy.",
)
CHAN_ZHANG: Final = Source(
    "Chan ISF, Zhang Z. Test-based exact confidence intervals for the difference of two binomial proportions. "
    "Biometrics 1999;55:1202-9",
    status=Status.SECONDARY,
    reading="Statistic with variance under the difference, without the factor N/(N - 1), each side tested by "
    "itself: agrees with StatXact 11 and with RISKDIFF(METHOD=SCORE) of SAS 9.4.",
)

CITED: Final[dict[ExactTest, Source]] = {
    "fisher": FISHER,
    "fisher_mid_p": MID,
    "boschloo": BOSCHLOO,
    "barnard": BARNARD,
}

LARGEST: Final = 200
"""Subjects of an arm above which the unconditional tests are refused: their cost grows with the square."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactContrast:
    """Exact tests and an exact interval of each arm against a control.

    Parameters
    ----------
    response
        Who counts, what an unknown outcome counts as, and the column of arms: a :class:`Proportion` with `by`.
        ``unknown='bounds'`` is refused.
    control
        Name of the arm compared with.
    tests
        Among ``fisher``, ``fisher_mid_p``, ``boschloo`` and ``barnard``.
    limits
        Also give the unconditional exact limits of the difference.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    ``smallest_p`` is the smallest two-sided Fisher p that arms of these sizes can give whatever happens: where
    it is above 0.05, no outcome could have been significant. Boschloo's test is never weaker than Fisher's.
    The mid-P test may exceed its level slightly. The unconditional p is the largest over the unknown common
    proportion (a grid of 513, its peaks refined), and the limits are those differences that neither one-sided
    test rejects at half of 1 - level.

    Source
    ------
    Fisher 1935; Boschloo 1970; Barnard 1947; Lydersen 2009; Chan & Zhang 1999.

    Examples
    --------
    >>> import polars as pl
    >>> trial = pl.DataFrame(
    ...     {"arm": ["cells"] * 3 + ["control"] * 3, "outcome": [True] * 3 + [False] * 3, "treated": True}
    ... )
    >>> response = Proportion(denominator="treated", unknown="nonresponder", by="arm")
    >>> result = ExactContrast(response=response, control="control", limits=False).fit(trial)
    >>> [(one.term, round(one.p, 4)) for one in result.numbers]
    [('fisher', 0.1), ('fisher_mid_p', 0.05), ('boschloo', 0.0313), ('barnard', 0.0313), ('smallest_p', 0.1)]
    """

    method: ClassVar[Method] = Method(
        key="exact_contrast",
        title="Exact and mid-P tests of two small arms",
        source=FISHER,
        also=(MID, BOSCHLOO, BARNARD, CHAN_ZHANG),
    )

    response: Proportion
    control: str
    tests: tuple[ExactTest, ...] = ("fisher", "fisher_mid_p", "boschloo", "barnard")
    limits: bool = True
    level: float = 0.95

    def __post_init__(self) -> None:
        demand_arms(self.response, "An exact test")
        demand_decided(self.response, "An exact test")
        if set(self.tests) - set(get_args(ExactTest)) or not 0 < self.level < 1:
            raise ParameterError(
                "A test is unknown, or the level is not between 0 and 1.",
                "Each orders the tables in its own way.",
                f"Use {', '.join(get_args(ExactTest))} and level=0.95.",
            )

    def fit(self, frame: Any) -> Estimates:
        """Test every arm against the control.

        Parameters
        ----------
        frame
            Any kind of dataframe with one row a subject, as for :class:`Proportion`.

        Returns
        -------
        Estimates
            By arm: a p for each test, the smallest p attainable, and the exact limits of the difference.

        Raises
        ------
        UndefinedError
            The control is not there.
        ParameterError
            Above 200 subjects in an arm, where the unconditional methods are not meant for.
        """
        found = tables(self.response, frame, self.control)
        numbers: list[Estimate] = []
        for arm, (pair,) in found.items():
            names: dict[str, Any] = {"group": arm, "comparator": self.control}
            numbers += self._of(pair.counts, names)
        return Estimates(self.method, self.level, tuple(numbers), self.response.denominator, told(self.response, found))

    def _of(self, counts: tuple[int, int, int, int], names: dict[str, Any]) -> Iterator[Estimate]:
        from malar.responders import _exact_kernel as kernel

        x1, n1, x2, n2 = counts
        if max(n1, n2) > LARGEST and (self.limits or {"boschloo", "barnard"} & set(self.tests)):
            raise ParameterError(
                f"An arm has {max(n1, n2)} subjects.",
                f"The unconditional exact methods are meant for at most {LARGEST}.",
                "Use tests=('fisher', 'fisher_mid_p') and limits=False, or ResponderContrast.",
            )
        values = dict(zip(("fisher", "fisher_mid_p"), kernel.fisher(*counts), strict=True))
        for name in self.tests:
            value = values[name] if name in values else getattr(kernel, name)(*counts)
            yield Estimate(term=name, p=value, source=CITED[name].cite(), note="two-sided", **names)
        note = f"smallest two-sided Fisher p of any outcome with {n1} and {n2} subjects"
        yield Estimate(term="smallest_p", p=kernel.fisher_smallest(n1, n2), note=note, **names)
        if self.limits:
            low, high = kernel.difference_limits(*counts, self.level)
            yield Estimate(
                term="difference",
                estimate=x1 / n1 - x2 / n2,
                lower=low,
                upper=high,
                unit="probability",
                source=CHAN_ZHANG.cite(),
                note="unconditional exact limits",
                **names,
            )
