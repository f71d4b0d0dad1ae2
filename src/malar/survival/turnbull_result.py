"""What Turnbull's estimate holds, and its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from malar.results import results_table
from malar.survival._asked import finite_days

if TYPE_CHECKING:
    import polars as pl

    from malar.survival._turnbull_kernel import Masses
    from malar.survival.turnbull import Turnbull


@dataclass(frozen=True, slots=True, eq=False)
class GroupMasses:
    """One group's distribution.

    Parameters
    ----------
    group
        Label; None where there is one group.
    n
        Rows read.
    masses
        Innermost intervals, their probabilities, and whether the maximum was found.
    """

    group: str | None
    n: int
    masses: Masses


@dataclass(frozen=True, slots=True, eq=False)
class TurnbullResult:
    """Distributions of all groups of one fit.

    Parameters
    ----------
    spec
        The estimator that was fitted.
    groups
        One distribution a group, in the order of the groups' values.
    """

    spec: Turnbull
    groups: tuple[GroupMasses, ...]

    def intervals(self) -> pl.DataFrame:
        """Where the probability lies: ``group, left, right, mass``; an event in (left, right]; null = never seen."""
        import polars as pl

        return pl.concat(
            pl.DataFrame({"left": g.masses.left, "right": g.masses.right, "mass": g.masses.mass}).select(
                pl.lit(g.group, dtype=pl.String).alias("group"),
                "left",
                pl.when(pl.col("right").is_finite()).then("right").alias("right"),
                "mass",
            )
            for g in self.groups
        )

    def at(self, times: float | Sequence[float]) -> pl.DataFrame:
        """Bounds of the event-free probability at some days.

        Parameters
        ----------
        times
            Days from the start of the analysis, >= 0.

        Returns
        -------
        polars.DataFrame
            ``group, time, lower, upper``: ``upper`` counts mass whose interval ends by the day, ``lower`` also
            that whose interval has begun. These are no confidence limits: the data do not say more.
        """
        import numpy as np
        import polars as pl

        wanted = finite_days(times)
        frames: list[pl.DataFrame] = []
        for g in self.groups:
            m, day = g.masses, wanted[:, None]
            begun = (m.left < day) | ((m.left == m.right) & (m.left <= day))
            columns = {"time": wanted, "lower": 1.0 - begun @ m.mass, "upper": 1.0 - (m.right <= day) @ m.mass}
            group = pl.lit(g.group, dtype=pl.String).alias("group")
            frames.append(pl.DataFrame({k: np.clip(v, 0.0, None) for k, v in columns.items()}).select(group, pl.all()))
        return pl.concat(frames)

    def table(
        self,
        times: float | Sequence[float],
        *,
        definition: str | None = None,
        population: str | None = None,
        denominator: str | None = None,
        note: str | None = None,
    ) -> pl.DataFrame:
        """The table of results of this fit.

        Parameters
        ----------
        times
            Days to report.
        definition, population, denominator, note
            What the caller knows: the event's definition, the analysis set, who counts, a remark.

        Returns
        -------
        polars.DataFrame
            Columns of :data:`malar.results.COLUMNS`: per group ``n``; per day two estimates, terms ``events as
            early as possible`` and ``events as late as possible``, and ``se`` null with its reason.
        """
        common = {"analysis": self.spec.method.key, "source": self.spec.method.source.cite()}
        common |= {"definition": definition, "population": population, "denominator": denominator}
        rows: list[dict[str, Any]] = []
        for g in self.groups:
            found = None if g.masses.converged else f"maximum not found: slope {g.masses.gradient:.1e}"
            mine = common | {"group": g.group, "note": "; ".join(filter(None, (note, found))) or None}
            rows.append(mine | {"statistic": "n", "value": float(g.n), "unit": "count"})
            own = TurnbullResult(self.spec, (g,)).at(times)
            for row in own.iter_rows(named=True):
                for name, term in (("lower", "events as early as possible"), ("upper", "events as late as possible")):
                    place = mine | {"time": row["time"], "term": term, "unit": "probability"}
                    rows.append(place | {"statistic": "estimate", "value": row[name]})
                    rows.append(place | {"statistic": "se", "value": None, "note": _join(mine["note"], NO_SE)})
        return results_table(rows)


NO_SE = "no standard error: the estimate has no normal limit"


def _join(*parts: str | None) -> str:
    return "; ".join(filter(None, parts))
