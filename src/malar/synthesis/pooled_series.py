"""Several pooled values in a row: without each study, as studies came, or by subgroup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from malar._frames import demand, enter
from malar.errors import UndefinedError
from malar.synthesis.alike import ALIKE, demand_alike
from malar.synthesis.mixed_pooling import MixedPooling
from malar.synthesis.pooling import Pooling

if TYPE_CHECKING:
    import polars as pl

    from malar.synthesis.mixed_result import MixedResult
    from malar.synthesis.pooled_result import PooledResult

    Result = PooledResult | MixedResult

Spec = Pooling | MixedPooling
Kind = Literal["without", "up to", "subgroup"]

FEWEST: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class PooledSeries:
    """Pooled values, each with the words that say of which studies.

    Parameters
    ----------
    kind
        What the labels are: the study left ``without``, the value ``up to`` which studies count, a ``subgroup``.
    labels
        One a pooled value.
    results
        The pooled values; None where too few studies, or counts of none and all, leave one undefined.
    reasons
        Why a value is undefined; empty where it is not.
    """

    kind: Kind
    labels: tuple[str, ...]
    results: tuple[Result | None, ...]
    reasons: tuple[str, ...]

    def __getitem__(self, label: str) -> Result | None:
        return self.results[self.labels.index(label)]

    def summary(self) -> pl.DataFrame:
        """One row a pooled value.

        Returns
        -------
        polars.DataFrame
            `label`, `k`, `estimate`, `se`, `lower`, `upper` and `tau2` on the pooled scale; `natural`,
            `natural_lower`, `natural_upper`; `reason` where they are null.
        """
        import polars as pl

        rows = [_summary(*one) for one in zip(self.labels, self.results, self.reasons, strict=True)]
        return pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col(pl.Float64).fill_nan(None))

    def table(self, **labels: Any) -> pl.DataFrame:
        """Rows of the table of results; `group` holds the label, behind the kind.

        Parameters
        ----------
        labels
            Columns of the table, as :meth:`PooledResult.table` takes them, without `group`.
        """
        import polars as pl

        from malar.results import results_table

        parts: list[pl.DataFrame] = []
        for label, result, reason in zip(self.labels, self.results, self.reasons, strict=True):
            group = label if self.kind == "subgroup" else f"{self.kind} {label}"
            if result is not None:
                parts.append(result.table(group=group, **labels))
            else:
                note = "; ".join(filter(None, (labels.get("note", ""), f"undefined: {reason}")))
                row = {"analysis": "pooling", "term": "pooled", "statistic": "estimate", "group": group}
                parts.append(results_table([{**labels, **row, "note": note}]))
        return pl.concat(parts)


def _summary(label: str, result: Result | None, reason: str) -> dict[str, Any]:
    names = ("k", "estimate", "se", "lower", "upper", "tau2")
    numbers: dict[str, Any] = {name: None if result is None else getattr(result, name) for name in names}
    natural = None if result is None else result.natural
    ends = {
        "natural": None if natural is None else natural.estimate,
        "natural_lower": None if natural is None else natural.lower,
        "natural_upper": None if natural is None else natural.upper,
    }
    return {"label": label, **numbers, **ends, "reason": reason}


def _series(pooling: Spec, kind: Kind, parts: Sequence[tuple[str, pl.DataFrame]]) -> PooledSeries:
    results: list[Result | None] = []
    reasons: list[str] = []
    for _, rows in parts:
        try:
            results.append(pooling.fit(rows))
            reasons.append("")
        except UndefinedError as error:
            results.append(None)
            reasons.append(error.fact)
    return PooledSeries(kind, tuple(label for label, _ in parts), tuple(results), tuple(reasons))


def _rows(frame: Any, columns: Sequence[str], what: str) -> pl.DataFrame:
    rows = enter(frame)[0].collect()
    demand(rows.columns, columns, what, "Name the column, or add it to the frame of studies.")
    for name in columns:
        nulls = rows[name].null_count()
        if nulls:
            raise UndefinedError(
                f"`{name}` is null in {nulls} of {rows.height} studies.",
                "Such a study has no place in the order or in any subgroup.",
                "Fill it, or filter these studies and say how many.",
            )
    return rows


def leave_one_out(pooling: Spec, frame: Any) -> PooledSeries:
    """The pooled value without each study in turn: whether one study carries it.

    Parameters
    ----------
    pooling
        How the studies are pooled.
    frame
        Any dataframe, one row a study, at least three.

    Returns
    -------
    PooledSeries
        One value a study left out, in the order of the frame.

    Raises
    ------
    UndefinedError
        Fewer than three studies.
    MalarError
        What :meth:`Pooling.fit` refuses of all studies together.

    Examples
    --------
    >>> import polars as pl
    >>> series = pl.DataFrame({"study": ["a", "b", "c"], "events": [24, 9, 11], "n": [40, 12, 30]})
    >>> leave_one_out(Pooling(measure="proportion_logit"), series).summary()["natural"].round(2).to_list()
    [0.55, 0.49, 0.63]
    """
    rows = enter(frame)[0].collect()
    if rows.height < FEWEST:
        raise UndefinedError(
            f"{rows.height} studies are too few to leave one out.", "One study is not pooled.", "Give three or more."
        )
    names = pooling.fit(rows).names
    places = range(rows.height)
    return _series(pooling, "without", [(names[i], rows[[j for j in places if j != i]]) for i in places])


def cumulative(pooling: Spec, frame: Any, *, order: str) -> PooledSeries:
    """The pooled value as studies came: those up to each value of a column.

    Parameters
    ----------
    pooling
        How the studies are pooled.
    frame
        Any dataframe, one row a study.
    order
        Column that orders the studies, such as the year; studies of one value come in together.

    Returns
    -------
    PooledSeries
        One value for each value of the column, in rising order; undefined until two studies are in.

    Raises
    ------
    MissingColumnsError
        The column is not there.
    UndefinedError
        It is null in a study.
    MalarError
        What :meth:`Pooling.fit` refuses of all studies together.
    """
    rows = _rows(frame, [order], "A cumulative pooling")
    pooling.fit(rows)
    steps = rows[order].unique().sort()
    return _series(pooling, "up to", [(str(step), rows.filter(rows[order] <= step)) for step in steps])


def split_by(pooling: Spec, frame: Any, by: str) -> PooledSeries:
    """The pooled value of each subgroup, each with its own between-study variance, in order of their names.

    Subgroups may differ in definition, for they are not averaged; they may not share patients, for they are compared.
    """
    rows = _rows(frame, [by], "Pooling by subgroup")
    demand_alike(rows, across=(*ALIKE, *pooling.across))
    groups = [(str(value), rows.filter(rows[by] == value)) for value in rows[by].unique().sort()]
    return _series(pooling, "subgroup", groups)
