"""Several hypotheses in one trial: adjusted p that keep the chance of any false claim at its level."""

from __future__ import annotations

from typing import Final

from malar.method import Method
from malar.multiplicity.dunnett import DUNNETT, dunnett
from malar.multiplicity.graph import GRAPH, Graph
from malar.multiplicity.sequential_graph import SequentialGraph
from malar.multiplicity.sequential_graph_result import Comparison, SequentialGraphResult
from malar.multiplicity.stepwise import FIXED_SEQUENCE, HOCHBERG, HOLM, fixed_sequence, hochberg, holm

METHODS: Final[tuple[Method, ...]] = (HOLM, HOCHBERG, FIXED_SEQUENCE, GRAPH, SequentialGraph.method, DUNNETT)
"""What `malar list estimators` prints of this room."""

__all__ = [
    "METHODS",
    "Comparison",
    "Graph",
    "SequentialGraph",
    "SequentialGraphResult",
    "dunnett",
    "fixed_sequence",
    "hochberg",
    "holm",
]
"""A hypothesis may be claimed at level alpha where its adjusted p is at most alpha."""
