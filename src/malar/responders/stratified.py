"""Responders of an arm against its control within strata: test, difference and odds ratio in common."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from malar.errors import ParameterError, UndefinedError
from malar.method import Method
from malar.responders._counted import Table, demand_arms, demand_decided, tables, told
from malar.responders.contrast import MN
from malar.responders.estimates import Estimate, Estimates
from malar.responders.proportion import Proportion
from malar.sources import Source, Status

if TYPE_CHECKING:
    from malar.responders._strata_kernel import Strata

CMH: Final = Source(
    "Mantel N, Haenszel W. Statistical aspects of the analysis of data from retrospective studies of disease. "
    "J Natl Cancer Inst 1959;22:719-48",
    status=Status.SECONDARY,
    reading="Without continuity correction unless asked for.",
)
SATO: Final = Source(
    "Sato T. On the variance estimator for the Mantel-Haenszel risk difference. Biometrics 1989;45:1323-4",
    status=Status.SECONDARY,
)
GR: Final = Source(
    "Greenland S, Robins JM. Estimation of a common effect parameter from sparse follow-up data. "
    "Biometrics 1985;41:55-68",
    status=Status.SECONDARY,
)
RBG: Final = Source("Robins J, Breslow N, Greenland S. Biometrics 1986;42:311-23", status=Status.SECONDARY)

BRESLOW_DAY: Final = Source(
    "Breslow NE, Day NE. Statistical methods in cancer research, volume 1. Lyon: IARC 1980",
    "section 4.4",
    Status.SECONDARY,
    reading="The common odds ratio is Mantel and Haenszel's.",
)
TARONE: Final = Source(
    "Tarone RE. On heterogeneity tests based on efficient scores. Biometrika 1985;72:91-5", status=Status.SECONDARY
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StratifiedContrast:
    """Responders of each arm against a control, stratum by stratum and in common.

    Parameters
    ----------
    response
        Who counts, what an unknown outcome counts as, and the column of arms: a :class:`Proportion` with `by`.
        ``unknown='bounds'`` is refused.
    control
        Name of the arm compared with.
    strata
        Columns whose combinations are the strata: those of the randomization.
    variance
        Of the Mantel-Haenszel difference: ``sato``, or ``greenland_robins``.
    corrected
        Continuity correction of the Cochran-Mantel-Haenszel test.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    Strata weigh n1 n2 / n. A stratum without subjects in one of the two arms says nothing of their contrast;
    the note counts such strata. The term ``difference_score`` has the stratified limits of Miettinen and
    Nurminen: the common differences that the weighted score does not reject, variance times n/(n - 1) in each
    stratum. The common odds ratio has the limits of Robins, Breslow and Greenland on the log scale. Whether there is
    a common one is asked by ``breslow_day``, and by ``tarone`` with his correction for the estimated ratio: each
    stratum needs some size, and with few subjects neither finds much.

    Source
    ------
    Mantel & Haenszel 1959; Sato 1989; Miettinen & Nurminen 1985; Breslow & Day 1980; Tarone 1985.

    Examples
    --------
    >>> import polars as pl
    >>> trial = pl.DataFrame(
    ...     {
    ...         "arm": ["drug"] * 4 + ["placebo"] * 4,
    ...         "class": ["III", "III", "IV", "IV"] * 2,
    ...         "outcome": [True, True, True, False, True, False, False, False],
    ...         "randomized": True,
    ...     }
    ... )
    >>> response = Proportion(denominator="randomized", unknown="nonresponder", by="arm")
    >>> spec = StratifiedContrast(response=response, control="placebo", strata=("class",))
    >>> spec.fit(trial).of("difference").estimate
    0.5
    """

    method: ClassVar[Method] = Method(
        key="stratified_contrast",
        title="Responders of two arms within strata (Cochran-Mantel-Haenszel)",
        source=CMH,
        also=(SATO, GR, RBG, MN, BRESLOW_DAY, TARONE),
    )

    response: Proportion
    control: str
    strata: tuple[str, ...]
    variance: Literal["sato", "greenland_robins"] = "sato"
    corrected: bool = False
    level: float = 0.95

    def __post_init__(self) -> None:
        demand_arms(self.response, "A stratified contrast")
        demand_decided(self.response, "A stratified contrast")
        if not self.strata or self.variance not in ("sato", "greenland_robins") or not 0 < self.level < 1:
            raise ParameterError(
                "There are no strata, the variance is unknown, or the level is not between 0 and 1.",
                "A common contrast is of strata, with one variance.",
                "Pass strata=('class',), variance='sato' or 'greenland_robins', and level=0.95.",
            )

    def fit(self, frame: Any) -> Estimates:
        """Compare within strata.

        Parameters
        ----------
        frame
            Any kind of dataframe with one row a subject, as for :class:`Proportion`, and the strata.

        Returns
        -------
        Estimates
            By arm: the test, the common difference with two kinds of limits, and the common odds ratio.

        Raises
        ------
        UndefinedError
            The control is not there, a stratum is null, or no stratum has subjects in both arms.
        """
        numbers: list[Estimate] = []
        by_arm = tables(self.response, frame, self.control, self.strata)
        for arm, found in by_arm.items():
            names: dict[str, Any] = {"group": arm, "comparator": self.control}
            numbers += self._of(found, names)
        note = f"{told(self.response, by_arm)}; strata: {', '.join(self.strata)}"
        return Estimates(self.method, self.level, tuple(numbers), self.response.denominator, note)

    def _of(self, found: list[Table], names: dict[str, Any]) -> Iterator[Estimate]:
        import numpy as np

        from malar.responders import _score_kernel, _strata_kernel

        counts = [table.counts for table in found if table.arm.n and table.control.n]
        if not counts:
            raise UndefinedError(
                "No stratum has subjects in both arms.",
                "Arms are compared within strata.",
                "Use fewer strata, or ResponderContrast.",
            )
        s = _strata_kernel.Strata(*np.array(counts, dtype=np.float64).T)
        used = f"{len(counts)} strata{_left_out(found)}"
        yield self._test(s, names, used)
        variance = getattr(_strata_kernel, f"{self.variance}_variance")(s)
        se, z = math.sqrt(max(variance, 0.0)), NormalDist().inv_cdf(0.5 + self.level / 2)
        d = s.difference
        cited = SATO if self.variance == "sato" else GR
        common: dict[str, Any] = {"estimate": d, "unit": "probability", **names}
        note = f"Mantel-Haenszel weights, {self.variance.replace('_', ' ')} variance, {used}"
        limits: dict[str, Any] = {"lower": d - z * se, "upper": d + z * se}
        yield Estimate(term="difference", se=se, note=note, source=cited.cite(), **limits, **common)
        low, high = _score_kernel.difference_limits(
            lambda delta: _score_kernel.stratified_score(s.x1, s.n1, s.x2, s.n2, delta), d, z
        )
        note = f"Mantel-Haenszel weights, stratified score limits, {used}"
        yield Estimate(term="difference_score", lower=low, upper=high, note=note, source=MN.cite(), **common)
        found_ratio = _strata_kernel.odds_ratio(s)
        yield _odds_ratio(found_ratio, z, names, used)
        yield from _homogeneity(s, found_ratio[0], names)

    def _test(self, s: Strata, names: dict[str, Any], used: str) -> Estimate:
        from malar.responders._strata_kernel import cmh

        statistic = cmh(s, corrected=self.corrected)
        note = f"Cochran-Mantel-Haenszel{', continuity corrected' if self.corrected else ''}, {used}"
        if math.isnan(statistic):
            return Estimate(term="cmh_test", note=f"{note}; all respond or none does in every stratum", **names)
        p = math.erfc(math.sqrt(statistic / 2))
        return Estimate(term="cmh_test", chisq=statistic, df=1, p=p, note=note, **names)


def _left_out(found: list[Table]) -> str:
    """How many strata, and subjects of them, say nothing because one arm is not there."""
    sizes = [table.arm.n + table.control.n for table in found if not (table.arm.n and table.control.n)]
    sizes = [size for size in sizes if size]
    return f"; {len(sizes)} strata of one arm only left out, {sum(sizes)} subjects" if sizes else ""


def _homogeneity(s: Strata, common: float, names: dict[str, Any]) -> Iterator[Estimate]:
    """Tests of equal odds ratios across the strata."""
    from scipy.special import chdtrc

    from malar.responders._strata_kernel import equal_odds_ratios

    cited = (("breslow_day", BRESLOW_DAY), ("tarone", TARONE))
    if not 0 < common < math.inf:
        for term, source in cited:
            yield Estimate(term=term, note="the common odds ratio is not determined", source=source.cite(), **names)
        return
    *statistics, df = equal_odds_ratios(s, common)
    for (term, source), statistic in zip(cited, statistics, strict=True):
        if df < 1:
            yield Estimate(term=term, note="fewer than two strata tell of a ratio", source=source.cite(), **names)
            continue
        note = f"equal odds ratios, {df + 1} strata with some responders and some without response"
        p = float(chdtrc(df, statistic))
        yield Estimate(term=term, chisq=statistic, df=df, p=p, note=note, source=source.cite(), **names)


def _odds_ratio(found: tuple[float, float], z: float, names: dict[str, Any], used: str) -> Estimate:
    value, variance = found
    note = f"Mantel-Haenszel, {used}"
    if math.isnan(variance):
        return Estimate(term="odds_ratio", note=f"{note}; 0, without end, or not determined", **names)
    reach = math.exp(z * math.sqrt(variance))
    limits: dict[str, Any] = {"lower": value / reach, "upper": value * reach}
    return Estimate(term="odds_ratio", estimate=value, unit="ratio", note=note, source=RBG.cite(), **limits, **names)
