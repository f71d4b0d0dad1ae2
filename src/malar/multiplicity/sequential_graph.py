"""The graphical procedure over hypotheses that are each tested at several looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, cast

from malar.errors import ParameterError
from malar.looks import GroupSequentialTest
from malar.method import Method
from malar.multiplicity._looks_read import looks_of
from malar.multiplicity.graph import GRAPH, ROUNDING, Graph, pass_on
from malar.multiplicity.sequential_graph_result import Comparison, SequentialGraphResult
from malar.sources import Source, Status

MAURER_BRETZ: Final = Source(
    "Maurer W, Bretz F. Multiple testing in group sequential trials using graphical approaches. "
    "Stat Biopharm Res 2013;5:311-20",
    "algorithm 1",
    Status.SECONDARY,
    reading="A level that was raised is compared with the current look; with earlier ones only if asked for.",
)
HUNG: Final = Source(
    "Hung HMJ, Wang SJ, O'Neill R. Statistical considerations for testing multiple endpoints in group sequential or "
    "adaptive clinical trials. J Biopharm Stat 2007;17:1201-10",
    status=Status.SECONDARY,
)
GLIMM: Final = Source(
    "Glimm E, Maurer W, Bretz F. Hierarchical testing of multiple endpoints in group-sequential trials. "
    "Stat Med 2010;29:219-28",
    status=Status.SECONDARY,
)
LIU_ANDERSON: Final = Source(
    "Liu Q, Anderson KM. On adaptive extensions of group sequential trials for clinical investigations. "
    "J Am Stat Assoc 2008;103:1621-30",
    status=Status.SECONDARY,
    reading="Sequential p: the smallest level at which any look so far would have led to a claim.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialGraph:
    """Hypotheses that share alpha over a graph and are each tested at looks of their own.

    Parameters
    ----------
    names
        The hypotheses, such as keys of definitions.
    graph
        Shares of alpha and where they go, in that order; :meth:`Graph.of` for Holm and a fixed sequence.
    tests
        Of each hypothesis its planned looks and bounds.
    alpha
        One-sided probability of any false claim, over all hypotheses and looks.
    analyses
        Of each hypothesis the analyses of the trial (1, 2, …) at which its looks are held, rising; by default look k
        is at analysis k.
    earlier_looks
        Whether a raised level may claim by the p of an earlier look. It keeps the error too, yet a claim then rests
        on fewer data than there are, and the latest may be weaker.

    Notes
    -----
    At an analysis, hypothesis i with share w is claimed where its p is at most the nominal level that its bounds have
    at this look for the level w alpha. Its share is then passed on, and the others are compared again. A raised level
    is used as if it had been there from the first look: bounds of the looks before are not undone.

    Each intersection of hypotheses is tested by Bonferroni over group sequential tests, so the error is kept whatever
    the dependence between endpoints, and of looks of different endpoints. Testing a second endpoint at the full level
    at whichever look the first was claimed does not keep it (Hung 2007).

    Those at their bounds in one step are claimed together. The order of claims changes no verdict, only the level shown
    at a claim: shortcut and closed test agree where bounds fall as the level rises, as all bounds here do at levels
    in use (:meth:`GroupSequentialTest.repeated_p`).

    Source
    ------
    Maurer & Bretz 2013; Glimm 2010; Hung 2007.

    Examples
    --------
    SRI-4 first, at weeks 24 and 52; renal response after it, assessed at both looks too:

    >>> from malar.looks import GroupSequentialTest, OBrienFlemingType, PocockType
    >>> plan = SequentialGraph(
    ...     names=("sri_4", "renal"),
    ...     graph=Graph.of("fixed_sequence", 2),
    ...     tests=(
    ...         GroupSequentialTest(bounds=OBrienFlemingType(), information=(0.5, 1)),
    ...         GroupSequentialTest(bounds=PocockType(), information=(0.5, 1)),
    ...     ),
    ...     alpha=0.025,
    ... )
    >>> interim = plan.fit({"sri_4": [0.001], "renal": [0.02]})
    >>> interim.claimed
    ('sri_4',)
    >>> final = plan.fit({"sri_4": [0.001], "renal": [0.02, 0.004]})
    >>> [(claim.hypothesis, claim.analysis, round(claim.nominal, 4)) for claim in final.claims]
    [('sri_4', 1, 0.0015), ('renal', 2, 0.0139)]
    """

    names: Sequence[str]
    graph: Graph
    tests: Sequence[GroupSequentialTest]
    alpha: float
    analyses: Sequence[Sequence[int]] | None = None
    earlier_looks: bool = False

    method: ClassVar[Method] = Method(
        key="sequential_graph",
        title="Graphical procedure over repeated looks (Maurer-Bretz)",
        source=MAURER_BRETZ,
        also=(GRAPH.source, GLIMM, HUNG, LIU_ANDERSON),
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "tests", tuple(self.tests))
        if self.analyses is not None:
            object.__setattr__(self, "analyses", tuple(tuple(looks) for looks in self.analyses))
        k = len(self.graph.weights)
        if not len(self.names) == len(set(self.names)) == len(self.tests) == k or not 0 < self.alpha < 1:
            raise ParameterError(
                f"There are {len(set(self.names))} names and {len(self.tests)} tests for {k} weights, or alpha is "
                "not between 0 and 1.",
                "Each hypothesis has a name, a share and a plan of looks.",
                "Pass as many of each, in one order, and alpha=0.025.",
            )
        when = self.held
        if len(when) != k or any(
            len(looks) != test.looks or list(looks) != sorted(set(looks)) or looks[0] < 1
            for looks, test in zip(when, self.tests, strict=True)
        ):
            raise ParameterError(
                "The analyses do not fit the looks.",
                "Each look of a hypothesis is held at one analysis of the trial, later looks at later ones.",
                "Pass for each hypothesis as many rising numbers, 1 or more, as its test has looks.",
            )

    @property
    def held(self) -> tuple[tuple[int, ...], ...]:
        """Of each hypothesis the analyses at which its looks are held."""
        if self.analyses is None:
            return tuple(tuple(range(1, test.looks + 1)) for test in self.tests)
        return tuple(tuple(looks) for looks in self.analyses)

    def fit(self, p: Mapping[str, Sequence[float | None]] | Any) -> SequentialGraphResult:
        """What may be claimed, and when.

        Parameters
        ----------
        p
            By hypothesis the one-sided p of its looks so far, in order; or any kind of dataframe with the columns
            ``hypothesis``, ``look`` (from 1) and ``p``. A name left out, or None, has no result at that look:
            nothing is claimed by it, and what it was to spend counts as spent.

        Returns
        -------
        SequentialGraphResult
            Every comparison made, the claims in their order, sequential and adjusted p.

        Raises
        ------
        MissingColumnsError, WrongTypeError
            A frame lacks one of the columns, or holds no numbers there.
        ParameterError
            A name is none of the hypotheses, a value is no probability, or there are more than looks; a look of the
            frame is no look of the plan, or given twice.
        """
        given = cast("Mapping[str, Sequence[float | None]]", p) if isinstance(p, Mapping) else looks_of(p)
        seen = self._seen(given)
        now = max(
            (self.held[i][k] for i, row in enumerate(seen) for k, value in enumerate(row) if value is not None),
            default=0,
        )
        weights, edges = list(self.graph.weights), [list(row) for row in self.graph.transitions]
        left, compared = set(range(len(seen))), list[Comparison]()
        for analysis in range(1, now + 1):
            changed, step = sorted(left), 0
            while changed:
                step += 1
                found = [one for i in changed for one in self._compared(seen, analysis, step, i, weights[i])]
                compared += found
                claimed = sorted({self.names.index(one.hypothesis) for one in found if one.reached})
                before = weights[:]
                for i in claimed:
                    left.discard(i)
                    pass_on(i, left, weights, edges)
                changed = [i for i in sorted(left) if weights[i] > before[i] + ROUNDING]
        levels = tuple(self.alpha * weights[i] if i in left else 0.0 for i in range(len(seen)))
        return SequentialGraphResult(self, seen, tuple(compared), levels, now)

    def _compared(
        self, seen: Sequence[Sequence[float | None]], analysis: int, step: int, i: int, weight: float
    ) -> Iterator[Comparison]:
        """A hypothesis against its bounds at an analysis, at the level that it has by then."""
        for k in self.open_looks(seen, analysis, i):
            value, level = seen[i][k], self.alpha * min(1.0, weight)
            if value is None:
                continue
            if weight <= ROUNDING:
                yield Comparison(analysis, step, self.names[i], k + 1, 0.0, float("inf"), 0.0, value)
                continue
            bounds = self.tests[i].at(level)
            yield Comparison(analysis, step, self.names[i], k + 1, level, bounds.critical[k], bounds.nominal[k], value)

    def open_looks(self, seen: Sequence[Sequence[float | None]], analysis: int, i: int) -> list[int]:
        """Looks, from 0, by which a hypothesis may be claimed at an analysis."""
        looks = [k for k in range(len(seen[i])) if self.held[i][k] <= analysis]
        return looks if self.earlier_looks else [k for k in looks if self.held[i][k] == analysis]

    def _seen(self, p: Mapping[str, Sequence[float | None]]) -> tuple[tuple[float | None, ...], ...]:
        rows = [tuple(None if value is None else float(value) for value in p.get(name, ())) for name in self.names]
        wrong = sum(not 0 <= value <= 1 for row in rows for value in row if value is not None)
        longer = sum(len(row) > test.looks for row, test in zip(rows, self.tests, strict=True))
        if set(p) - set(self.names) or wrong or longer:
            raise ParameterError(
                f"{len(set(p) - set(self.names))} names are no hypotheses, {wrong} values no probabilities, and "
                f"{longer} hypotheses have more p than looks.",
                "Each claim rests on the bounds of its own look.",
                f"Pass one-sided p by name, in the order of the looks. Names: {', '.join(self.names)}.",
            )
        return tuple(rows)
