"""What a matching holds: who was set beside whom, who was left over, and the frame to analyze."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.controls import _columns
from malar.results import results_table

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.controls._match_kernel import Pairs
    from malar.controls.matching import Matching, ToMatch
    from malar.method import Method


@dataclass(frozen=True, slots=True, eq=False)
class MatchedSets:
    """Treated subjects with their controls.

    Parameters
    ----------
    method, note
        The matching, and its choices in words.
    treatment
        Column of who was treated.
    rows
        The frame that was given, in Polars.
    unit
        What distances are measured in: ``score`` or ``mahalanobis``.
    treated, control
        Row numbers of each pair, shape (pairs,); a treated subject with several controls has several pairs.
    distance
        How far apart each pair is, shape (pairs,).
    replaced
        Whether a control may stand in several sets.
    """

    method: Method
    note: str
    treatment: str
    rows: pl.DataFrame
    unit: str
    treated: NDArray[np.intp]
    control: NDArray[np.intp]
    distance: NDArray[np.float64]
    replaced: bool

    @classmethod
    def of(cls, spec: Matching, note: str, told: ToMatch, pairs: Pairs, *, replaced: bool) -> MatchedSets:
        """The pairs that a matching made, with their distances."""
        import numpy as np

        treated, control = pairs
        apart = np.linalg.norm(told.place[treated] - told.place[control], axis=1)
        common = (spec.method, note, spec.treatment, told.rows, spec.distance)
        return cls(*common, treated, control, apart, replaced=replaced)

    @property
    def n_treated(self) -> int:
        """Treated subjects with a control."""
        import numpy as np

        return int(np.unique(self.treated).size)

    @property
    def n_control(self) -> int:
        """Different controls in use."""
        import numpy as np

        return int(np.unique(self.control).size)

    @property
    def sum_distance(self) -> float:
        """Sum of the pairs' distances, on the scale of the score or Mahalanobis'."""
        return float(self.distance.sum())

    def pairs(self) -> pl.DataFrame:
        """One row a pair: ``matched_set`` (from 1), ``treated_row`` and ``control_row`` (from 0), ``distance``."""
        import numpy as np
        import polars as pl

        sets = np.unique(self.treated, return_inverse=True)[1] + 1
        rows = {"treated_row": self.treated, "control_row": self.control}
        return pl.DataFrame({"matched_set": sets, **rows, "distance": self.distance})

    def matched(self) -> pl.DataFrame:
        """The rows to analyze: all columns of the frame and three more.

        Returns
        -------
        polars.DataFrame
            One row a subject and set, treated first: ``matched_set``; ``weight``, 1 for the treated and one over the
            number of controls of the set for each of them; ``frame_row``, the row in the frame given, which tells
            a control used in several sets.

        Raises
        ------
        ParameterError
            The frame has columns of these names.
        """
        import polars as pl

        _columns.demand_free(self.rows, ("matched_set", "weight", "frame_row"))
        pairs = self.pairs()
        heads = pairs.select("matched_set", frame_row="treated_row", weight=pl.lit(1.0)).unique(maintain_order=True)
        tails = pairs.select("matched_set", frame_row="control_row", weight=1.0 / pl.len().over("matched_set"))
        sets = pl.concat([heads, tails]).sort("matched_set", maintain_order=True)
        return self.rows[sets["frame_row"].to_list()].with_columns(
            sets["matched_set"], sets["weight"], sets["frame_row"]
        )

    def weighted(self) -> pl.DataFrame:
        """The frame given, every row once, with ``weight``: 0 where unmatched, summed over sets where reused."""
        import numpy as np
        import polars as pl

        _columns.demand_free(self.rows, ("weight",))
        weight = np.zeros(self.rows.height)
        share = self.pairs().select(1.0 / pl.len().over("matched_set")).to_series().to_numpy()
        np.add.at(weight, self.control, share)
        weight[self.treated] = 1.0
        return self.rows.with_columns(pl.Series("weight", weight))

    def unmatched(self) -> pl.DataFrame:
        """Treated subjects left without a control: whom the result does not speak of."""
        import polars as pl

        treated = pl.Series(_columns.sign(self.rows, self.treatment))
        has = pl.int_range(self.rows.height, eager=True).is_in(self.treated.tolist())
        return self.rows.filter(treated & ~has)

    def table(self, *, definition: str | None = None, population: str | None = None) -> pl.DataFrame:
        """The table of results: subjects, those matched, those left over, and the distances."""
        treated = _columns.sign(self.rows, self.treatment)
        note = self.note
        left = int(treated.sum()) - self.n_treated
        if left:
            note += f"; {left} treated without a control: the estimate is of the matched treated, not of all"
        common = {"analysis": self.method.key, "definition": definition, "population": population, "note": note}
        common["source"] = self.method.source.cite()
        count = {"statistic": "n", "unit": "count"}
        counts = (
            ("treated", None, int(treated.sum())),
            ("treated", "matched", self.n_treated),
            ("treated", "unmatched", left),
            ("control", None, int((~treated).sum())),
            ("control", "matched", self.n_control),
            (None, "pairs", len(self.treated)),
        )
        rows: list[dict[str, Any]] = [
            {**common, **count, "group": group, "term": term, "value": float(n)} for group, term, n in counts
        ]
        distance = {"term": "sum_of_distances", "statistic": "estimate", "value": self.sum_distance}
        return results_table([*rows, {**common, **distance, "unit": self.unit}])
