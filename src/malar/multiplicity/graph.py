"""The graphical procedure: hypotheses hold shares of alpha and pass them on when they are claimed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from malar.errors import ParameterError
from malar.method import Method
from malar.multiplicity.stepwise import probabilities
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl

GRAPH: Final = Method(
    key="graphical_procedure",
    title="Graphical procedure of Bretz and others",
    source=Source(
        "Bretz F, Maurer W, Brannath W, Posch M. A graphical approach to sequentially rejective multiple test "
        "procedures. Stat Med 2009;28:586-604",
        "algorithm 1",
        Status.SECONDARY,
    ),
)

ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Graph:
    """Shares of alpha and where they go.

    Parameters
    ----------
    weights
        Share of alpha of each hypothesis at the start; their sum is at most 1.
    transitions
        Row i: how the share of hypothesis i is divided among the others when it is claimed. Zero on the diagonal,
        rows sum to at most 1.

    Notes
    -----
    Weighted Bonferroni tests: no assumption on the dependence. A claimed hypothesis passes its share on, and
    the edges are redrawn around it. The order of claims does not matter for the adjusted p.

    Source
    ------
    Bretz 2009.

    Examples
    --------
    Complete response at two doses first, each then passing on to the flares of its dose:

    >>> graph = Graph(weights=(0.5, 0.5, 0, 0), transitions=((0, 0, 1, 0), (0, 0, 0, 1), (0, 1, 0, 0), (1, 0, 0, 0)))
    >>> graph.adjust([0.01, 0.04, 0.02, 0.5])
    (0.02, 0.04, 0.04, 0.5)
    """

    weights: Sequence[float]
    transitions: Sequence[Sequence[float]]

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", tuple(float(w) for w in self.weights))
        object.__setattr__(self, "transitions", tuple(tuple(float(g) for g in row) for row in self.transitions))
        k, shares = len(self.weights), (self.weights, *self.transitions)
        square = len(self.transitions) == k and all(len(row) == k for row in self.transitions)
        sound = all(min(row, default=0) >= 0 and sum(row) <= 1 + ROUNDING for row in shares)
        if not k or not square or not sound or any(self.transitions[i][i] for i in range(k)):
            raise ParameterError(
                "The weights or transitions are no shares.",
                "Alpha can be divided and passed on, not made.",
                "Pass k weights and k rows of k shares, none negative, sums at most 1, zeros on the diagonal.",
            )

    @classmethod
    def of(cls, procedure: Literal["holm", "fixed_sequence"], hypotheses: int) -> Graph:
        """The graph of a procedure that is one.

        Parameters
        ----------
        procedure
            ``holm``, or ``fixed_sequence`` in the order of the hypotheses.
        hypotheses
            How many, at least 1.

        Returns
        -------
        Graph
            The same claims as :func:`holm` and :func:`fixed_sequence`, and able to carry looks.

        Raises
        ------
        ParameterError
            The procedure is no graph, Hochberg's among them, or there are no hypotheses.

        Notes
        -----
        Hochberg's procedure steps up: it claims by the largest p first and rests on Simes' inequality, which is known
        for independent and for positively dependent tests. At repeated looks it would need that for the sequential
        p of every set of hypotheses; that is not so in general, and no level is guaranteed.

        Examples
        --------
        >>> [round(p, 12) for p in Graph.of("holm", 3).adjust([0.01, 0.04, 0.03])]
        [0.03, 0.06, 0.06]
        """
        k = range(hypotheses)
        if procedure == "fixed_sequence" and hypotheses >= 1:
            return cls([float(i == 0) for i in k], [[float(j == i + 1) for j in k] for i in k])
        if procedure == "holm" and hypotheses >= 1:
            return cls([1 / hypotheses] * hypotheses, [[float(i != j) / max(1, hypotheses - 1) for j in k] for i in k])
        raise ParameterError(
            f"`{procedure}` of {hypotheses} hypotheses is no graph.",
            "Hochberg's and Hommel's step up and pass no shares on; over looks their level is not guaranteed.",
            "Use holm or fixed_sequence, or write the weights and transitions.",
        )

    def adjust(self, p: Iterable[float]) -> tuple[float, ...]:
        """Adjusted p of every hypothesis.

        Parameters
        ----------
        p
            Unadjusted p, in the order of the weights.

        Returns
        -------
        tuple of float
            Adjusted p; 1 where no share ever reaches the hypothesis.

        Raises
        ------
        ParameterError
            A value is no probability, or there are not as many as weights.
        """
        values = probabilities(p)
        if len(values) != len(self.weights):
            raise ParameterError(
                f"There are {len(values)} p for {len(self.weights)} hypotheses.",
                "Each hypothesis has one.",
                "Pass them in the order of the weights.",
            )
        weights, edges = list(self.weights), [list(row) for row in self.transitions]
        left, out, largest = set(range(len(values))), [1.0] * len(values), 0.0
        while left:
            # Nothing is passed on through a hypothesis without a share: the rest keep 1.
            ratios = {i: values[i] / weights[i] if weights[i] > ROUNDING else float("inf") for i in left}
            i = min(sorted(left), key=ratios.__getitem__)
            if ratios[i] > 1:
                largest = 1.0
            largest = max(largest, min(1.0, ratios[i]))
            out[i] = largest
            left.discard(i)
            pass_on(i, left, weights, edges)
        return tuple(out)

    def edges(self, names: Sequence[str]) -> pl.DataFrame:
        """Shares and arrows, as a figure of the graph takes them.

        Parameters
        ----------
        names
            The hypotheses, in the order of the weights.

        Returns
        -------
        polars.DataFrame
            One row an arrow, and one a hypothesis without any: ``hypothesis``, its ``share`` of alpha, ``claimed``
            (null), where the arrow leads ``to``, and the ``part`` of the share that goes there.

        Raises
        ------
        ParameterError
            There are not as many names as weights.
        """
        if len(names) != len(self.weights):
            raise ParameterError(
                f"There are {len(names)} names for {len(self.weights)} hypotheses.",
                "Each oval of the figure has one.",
                "Pass them in the order of the weights.",
            )
        return edge_frame(names, self.weights, self.transitions, {})


def edge_frame(
    names: Sequence[str],
    weights: Sequence[float],
    edges: Sequence[Sequence[float]],
    claimed: Mapping[str, int],
) -> pl.DataFrame:
    """Rows of :meth:`Graph.edges`; a hypothesis claimed at an analysis has neither share nor arrows left."""
    import polars as pl

    rows: list[tuple[str, float, int | None, str | None, float | None]] = []
    for i, name in enumerate(names):
        if name in claimed:
            rows.append((name, 0.0, claimed[name], None, None))
            continue
        led = [(names[j], g) for j, g in enumerate(edges[i]) if g > ROUNDING and names[j] not in claimed]
        rows += [(name, weights[i], None, to, g) for to, g in led] or [(name, weights[i], None, None, None)]
    schema = {
        "hypothesis": pl.String,
        "share": pl.Float64,
        "claimed": pl.Int64,
        "to": pl.String,
        "part": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def pass_on(i: int, left: set[int], weights: list[float], edges: list[list[float]]) -> None:
    """Give away the share of a claimed hypothesis and redraw the edges of those left around it."""
    old = [row[:] for row in edges]
    for j in left:
        weights[j] += weights[i] * old[i][j]
        around = 1 - old[j][i] * old[i][j]
        for k in left:
            edges[j][k] = (old[j][k] + old[j][i] * old[i][k]) / around if j != k and around > ROUNDING else 0.0
    weights[i] = 0.0
