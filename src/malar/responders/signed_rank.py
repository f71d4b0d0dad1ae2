"""Wilcoxon's signed-rank test of a score before and after, exact with ties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from malar.errors import ParameterError
from malar.method import Method
from malar.responders._pairs import Unpaired, demand_options, pairs
from malar.responders.estimates import Estimate, Estimates
from malar.sources import Source, Status

WILCOXON: Final = Source(
    "Wilcoxon F. Individual comparisons by ranking methods. Biometrics Bull 1945;1:80-3",
    status=Status.SECONDARY,
    reading="Ties share midranks, and the distribution is that of these midranks; zeros are dropped first.",
)
PRATT: Final = Source(
    "Pratt JW. Remarks on zeros and ties in the Wilcoxon signed rank procedures. J Am Stat Assoc 1959;54:655-67",
    status=Status.SECONDARY,
    reading="With zeros='pratt', zeros take part in the ranking and are dropped after it.",
)
HODGES: Final = Source(
    "Hodges JL, Lehmann EL. Estimates of location based on rank tests. Ann Math Stat 1963;34:598-611",
    status=Status.SECONDARY,
)

MOST: Final = 1000
"""Pairs above which an exact distribution is of no use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRank:
    """Change of a score from before to after in the same patients.

    Parameters
    ----------
    before, after
        Columns of the two measurements, one row a subject.
    unknown
        What an incomplete pair means: ``excluded`` (the note counts them) or ``refused``. There is no default.
    zeros
        ``wilcoxon``: pairs without change are dropped before ranking; ``pratt``: after it.
    level
        Confidence level, between 0 and 1.

    Notes
    -----
    The p is exact for any ties: the probability, over all signs of the observed midranks, of so extreme a sum. The
    estimate is the median of the averages of every two changes (Hodges and Lehmann), zeros included; its limits
    are order statistics of these averages, at an attained level that the note gives: at least `level`, conservative
    with ties. With five pairs or fewer no 95 % limits exist, and they are infinite. ``smallest_p`` is the
    p if all changes had the same sign: 0.25 with three patients, 0.0625 with five, 0.03125 with six.
    A before-and-after series has no control: it cannot tell treatment from regression to the mean.

    Source
    ------
    Wilcoxon 1945; Pratt 1959; Hodges & Lehmann 1963.

    Examples
    --------
    >>> import polars as pl
    >>> series = pl.DataFrame({"before": [16, 14, 18, 20, 12], "after": [8, 4, 6, 5, 8]})
    >>> result = SignedRank(before="before", after="after", unknown="refused").fit(series)
    >>> result.of("signed_rank").p, result.of("smallest_p").p, result.of("change").estimate
    (0.0625, 0.0625, -10.0)
    """

    method: ClassVar[Method] = Method(
        key="signed_rank", title="Signed-rank test of a paired change, exact", source=WILCOXON, also=(PRATT, HODGES)
    )

    before: str
    after: str
    unknown: Unpaired
    zeros: Literal["wilcoxon", "pratt"] = "wilcoxon"
    level: float = 0.95

    def __post_init__(self) -> None:
        demand_options(self.unknown, self.level)
        if self.zeros not in ("wilcoxon", "pratt"):
            raise ParameterError(
                f"Zeros cannot be treated as `{self.zeros}`.", "They change the ranks.", "Use 'wilcoxon' or 'pratt'."
            )

    def fit(self, frame: Any) -> Estimates:
        """Rank the changes.

        Parameters
        ----------
        frame
            Any kind of dataframe, one row a subject.

        Returns
        -------
        Estimates
            ``change`` (after less before) with exact limits, ``signed_rank`` and ``smallest_p``.

        Raises
        ------
        MissingColumnsError, WrongTypeError
            A column is not there or holds no numbers.
        ParameterError
            A subject has several rows, or there are more than 1000 pairs.
        UndefinedError
            No pair is complete, or an incomplete one is refused.
        """
        from malar.responders import _paired_kernel as kernel

        whole, left = pairs(frame, self.before, self.after, self.unknown, "A signed-rank test")
        if whole.height > MOST:
            raise ParameterError(
                f"There are {whole.height} pairs.", f"The exact test is for at most {MOST}.", "Use a model instead."
            )
        change = (whole["after"] - whole["before"]).round(10).to_numpy()
        ranks, signs = kernel.signed_ranks(change, pratt=self.zeros == "pratt")
        statistic, p = kernel.signed_rank_p(ranks, signs)
        low, high, attained = kernel.walsh_limits(change, self.level)
        zeros = len(change) - len(ranks)
        tied = len(ranks) - len(set(ranks.tolist()))
        averages = kernel.walsh_averages(change)
        note = f"order statistics of pairwise averages, attained level {attained:.4f}"
        numbers = (
            Estimate(
                term="change",
                n=len(change),
                estimate=float((averages[(len(averages) - 1) // 2] + averages[len(averages) // 2]) / 2),
                lower=low,
                upper=high,
                note=note if attained < 1 else f"{len(change)} pairs are too few for limits at this level",
            ),
            Estimate(
                term="signed_rank",
                estimate=statistic,
                p=p,
                note=f"sum of positive ranks; {zeros} zeros ({self.zeros}), {tied} ties, exact for them",
            ),
            Estimate(term="smallest_p", p=min(1.0, 2.0 ** (1 - len(ranks))), note="if all changes had one sign"),
        )
        return Estimates(self.method, self.level, numbers, note=f"{left} incomplete pairs left out")
