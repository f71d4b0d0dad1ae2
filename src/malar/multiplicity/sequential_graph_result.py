"""What a graphical procedure over looks holds: comparisons, claims, sequential and adjusted p."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.multiplicity.graph import ROUNDING, edge_frame, pass_on
from malar.results import results_table

if TYPE_CHECKING:
    import polars as pl

    from malar.multiplicity.sequential_graph import SequentialGraph

HALVINGS = 50


@dataclass(frozen=True, slots=True)
class Comparison:
    """One p against its bound.

    Parameters
    ----------
    analysis
        Analysis of the trial, from 1.
    step
        Within the analysis, from 1: after claims, those whose level was raised are compared again.
    hypothesis
        Its name.
    look
        Look of the hypothesis, from 1.
    level
        Local level, its share of alpha; 0 before any was passed on to it.
    critical, nominal
        Bound of the look at that level, as Z and as one-sided p.
    p
        The p seen.
    """

    analysis: int
    step: int
    hypothesis: str
    look: int
    level: float
    critical: float
    nominal: float
    p: float

    @property
    def reached(self) -> bool:
        """Whether the hypothesis is claimed by this."""
        return self.level > 0 and self.p <= self.nominal * (1 + ROUNDING)


@dataclass(frozen=True, slots=True)
class SequentialGraphResult:
    """Claims of a trial with several hypotheses and looks.

    Parameters
    ----------
    plan
        What was laid down.
    p
        One-sided p of every hypothesis by look; None without a result.
    comparisons
        In their order.
    levels
        Local level of each hypothesis after the last analysis; 0 for those claimed.
    analysis
        The last analysis with a result; 0 before any.
    """

    plan: SequentialGraph
    p: tuple[tuple[float | None, ...], ...]
    comparisons: tuple[Comparison, ...]
    levels: tuple[float, ...]
    analysis: int

    @property
    def claims(self) -> tuple[Comparison, ...]:
        """The comparison by which each hypothesis was claimed, in the order of the claims."""
        return tuple({one.hypothesis: one for one in reversed(self.comparisons) if one.reached}.values())[::-1]

    @property
    def claimed(self) -> tuple[str, ...]:
        """Names of the hypotheses claimed, in the order of the claims."""
        return tuple(claim.hypothesis for claim in self.claims)

    def repeated_p(self) -> dict[str, tuple[float | None, ...]]:
        """By hypothesis, the smallest level of its own test at which each look would be at its bound."""
        return dict(zip(self.plan.names, self._repeated(), strict=True))

    def sequential_p(self) -> dict[str, float]:
        """By hypothesis, the smallest level of its own test at which any look so far would have led to a claim."""
        return {name: _smallest(row) for name, row in self.repeated_p().items()}

    def adjusted_p(self) -> dict[str, float]:
        """By hypothesis, the smallest alpha at which the whole procedure claims it by now; 1 where none does.

        Notes
        -----
        Where earlier looks count, these are the graph's adjusted p of the sequential p. Else the alpha at which the
        verdict changes is found by halving, to 1e-15.
        """
        rows = self._repeated()
        if self.plan.earlier_looks:
            return dict(zip(self.plan.names, self.plan.graph.adjust(map(_smallest, rows)), strict=True))
        return {name: self._smallest_alpha(rows, i) for i, name in enumerate(self.plan.names)}

    def edges(self) -> pl.DataFrame:
        """The graph as it is after the last analysis, as a figure takes it.

        Returns
        -------
        polars.DataFrame
            As :meth:`Graph.edges`; ``claimed`` is the analysis at which a hypothesis was claimed.
        """
        graph, left = self.plan.graph, set(range(len(self.plan.names)))
        weights, edges = list(graph.weights), [list(row) for row in graph.transitions]
        for name in self.claimed:
            i = self.plan.names.index(name)
            left.discard(i)
            pass_on(i, left, weights, edges)
        when = {claim.hypothesis: claim.analysis for claim in self.claims}
        return edge_frame(self.plan.names, weights, edges, when)

    def _repeated(self) -> tuple[tuple[float | None, ...], ...]:
        found: list[tuple[float | None, ...]] = []
        for test, row in zip(self.plan.tests, self.p, strict=True):
            levels = test.repeated_p(1.0 if value is None else value for value in row)
            found.append(tuple(None if value is None else one for value, one in zip(row, levels, strict=True)))
        return tuple(found)

    def _smallest_alpha(self, rows: Sequence[Sequence[float | None]], i: int) -> float:
        low, high = 0.0, 1.0
        if i not in self._claimed_at(high, rows):
            return 1.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if i in self._claimed_at(middle, rows) else (middle, high)
        return high

    def _claimed_at(self, alpha: float, rows: Sequence[Sequence[float | None]]) -> set[int]:
        """Hypotheses claimed at another alpha, by their repeated p."""
        graph, everything = self.plan.graph, set(range(len(rows)))
        weights, edges, left = list(graph.weights), [list(row) for row in graph.transitions], set(everything)
        for analysis in range(1, self.analysis + 1):
            now = [_smallest(rows[i][k] for k in self.plan.open_looks(rows, analysis, i)) for i in range(len(rows))]
            while True:
                shares = {i: weights[i] * alpha for i in sorted(left) if weights[i] > ROUNDING}
                reached = [i for i, share in shares.items() if now[i] <= share * (1 + ROUNDING) and now[i] < 1]
                if not reached:
                    break
                for i in reached:
                    left.discard(i)
                    pass_on(i, left, weights, edges)
        return everything - left

    def table(self) -> pl.DataFrame:
        """Rows of the table of results.

        Returns
        -------
        polars.DataFrame
            `group` is the hypothesis and `time` the analysis. Every comparison has the terms ``observed``,
            ``local_level``, ``nominal_level`` and ``critical``; every hypothesis ``claimed_at_analysis`` (null where it
            is not), ``sequential_p``, ``adjusted_p`` and ``level_left``.
        """
        return results_table([*self._compared_rows(), *self._hypothesis_rows()])

    def _compared_rows(self) -> Iterator[dict[str, Any]]:
        for one in self.comparisons:
            note = f"step {one.step}, look {one.look}: {'claimed' if one.reached else 'not claimed'}"
            shared = {**self._shared(one.hypothesis), "time": one.analysis, "note": note}
            yield {**shared, "term": "observed", "statistic": "p", "value": one.p, "unit": "probability"}
            for term, value in (("local_level", one.level), ("nominal_level", one.nominal)):
                yield {**shared, "term": term, "statistic": "estimate", "value": value, "unit": "probability"}
            finite = one.critical if math.isfinite(one.critical) else None
            reason = "" if finite is not None else "; no level to test at"
            yield {**shared, "term": "critical", "statistic": "z", "value": finite, "note": note + reason}

    def _hypothesis_rows(self) -> Iterator[dict[str, Any]]:
        when = {claim.hypothesis: claim.analysis for claim in self.claims}
        sequential, adjusted = self.sequential_p(), self.adjusted_p()
        for name, level in zip(self.plan.names, self.levels, strict=True):
            shared = {**self._shared(name), "time": self.analysis}
            note = f"one-sided alpha {self.plan.alpha:g}"
            reason = note if name in when else f"{note}; not claimed by analysis {self.analysis}"
            at: dict[str, Any] = {"term": "claimed_at_analysis", "statistic": "estimate", "unit": "count"}
            yield {**shared, **at, "value": when.get(name), "note": reason}
            for term, value in (("sequential_p", sequential[name]), ("adjusted_p", adjusted[name])):
                yield {**shared, "term": term, "statistic": "p", "value": value, "unit": "probability", "note": note}
            left: dict[str, Any] = {"term": "level_left", "statistic": "estimate", "unit": "probability"}
            yield {**shared, **left, "value": level, "note": note}

    def _shared(self, name: str) -> dict[str, Any]:
        method = self.plan.method
        return {"analysis": method.key, "group": name, "source": method.source.cite()}


def _smallest(values: Iterator[float | None] | Sequence[float | None]) -> float:
    return min((value for value in values if value is not None), default=1.0)
