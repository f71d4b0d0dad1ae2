"""Read the columns of a repeated-measures model: a row without an outcome is missing; any other gap is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from malar._frames import demand, demand_words, enter
from malar.errors import ParameterError, UndefinedError, WrongTypeError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from malar.repeated._design import Design, Factor
    from malar.repeated.mmrm import MMRM

WHAT: Final = "The repeated-measures model"
RESTS_ON_ORDER: Final = frozenset(
    {
        "heterogeneous_toeplitz",
        "toeplitz",
        "ante_dependence",
        "heterogeneous_autoregressive",
        "autoregressive",
    }
)
"""Covariances that depend on which visits are neighbors."""


def read(spec: MMRM, frame: Any) -> tuple[Design, int]:
    """The design of the rows with an outcome, and the number of rows without one."""
    columns = take(spec, frame)
    used = with_outcome(spec, columns)
    for name in (spec.subject, spec.visit, *([spec.arm] if spec.arm else []), *spec.covariates):
        never_null(used, name)
    return design_of(spec, used, numbers(used, spec.outcome)), columns.height - used.height


def with_outcome(spec: MMRM, columns: pl.DataFrame) -> pl.DataFrame:
    """Rows that have an outcome; refused where there is none."""
    used = columns.filter(columns[spec.outcome].is_not_null())
    if used.height == 0:
        raise UndefinedError(
            f"`{spec.outcome}` is null in all {columns.height} rows.",
            "Nothing can be estimated without an outcome.",
            "Check how it was derived.",
        )
    return used


def design_of(spec: MMRM, used: pl.DataFrame, outcome: NDArray[np.float64]) -> Design:
    """The design of some rows, none of whose columns is null."""
    from malar.repeated._design import Design, ranks

    _once(used, spec)
    _order_known(used[spec.visit], spec)
    visits = _order(used[spec.visit], spec.visits, "visits")
    arms = _arms(used, spec)
    subjects = used[spec.subject].unique(maintain_order=True).to_list()
    return Design(
        outcome=outcome,
        subject=ranks(used[spec.subject].to_list(), tuple(subjects)),
        visit=ranks(used[spec.visit].to_list(), visits),
        arm=ranks(used[spec.arm].to_list() if spec.arm else [None] * used.height, arms),
        visits=tuple(map(_label, visits)),
        arms=tuple(map(_label, arms)),
        covariates=tuple(_factor(used, name) for name in spec.covariates),
        by_visit=spec.covariates_by_visit,
        arm_by_visit=spec.arm_by_visit,
        names=(spec.visit, spec.arm or "arm"),
    )


def take(spec: MMRM, frame: Any) -> pl.DataFrame:
    """The columns of a specification, from any dataframe."""
    lazy, _ = enter(frame)
    arm = [spec.arm] if spec.arm else []
    wanted = list(dict.fromkeys([spec.outcome, spec.subject, spec.visit, *arm, *spec.covariates]))
    demand(lazy.collect_schema().names(), wanted, WHAT, "Name the column when the model is made, or derive it.")
    return lazy.select(wanted).collect()


def never_null(used: pl.DataFrame, name: str) -> None:
    """Raise where a column has nulls or NaN, or values without a name."""
    demand_words(used.schema, [name], "Each subject, visit, arm and category")
    nulls = used[name].null_count()
    if nulls:
        raise UndefinedError(
            f"`{name}` is null in {nulls} of {used.height} rows with an outcome.",
            "The model has no place for such a row, and none is dropped silently.",
            "Fill it, or filter these rows out and report how many they were.",
        )
    wild = int(used[name].is_nan().sum() or 0) if used[name].dtype.is_float() else 0
    if wild:
        raise UndefinedError(
            f"`{name}` is NaN in {wild} of {used.height} rows with an outcome.",
            "NaN is equal to nothing, not even to itself.",
            "Fill it, or filter these rows out and report how many they were.",
        )


def numbers(used: pl.DataFrame, name: str) -> NDArray[np.float64]:
    """A column as finite floats."""
    import numpy as np
    import polars as pl

    if not used[name].dtype.is_numeric():
        raise WrongTypeError(
            f"`{name}` is {used[name].dtype}, not a number.",
            "Means are modeled.",
            "Pass a score or a change; a binary outcome has estimators of its own.",
        )
    values = used[name].cast(pl.Float64).to_numpy()
    wild = int(np.count_nonzero(~np.isfinite(values)))
    if wild:
        raise UndefinedError(
            f"`{name}` is NaN or infinite in {wild} of {used.height} rows.",
            "It has no mean.",
            "Use null for a value that is missing.",
        )
    return values


def _once(used: pl.DataFrame, spec: MMRM) -> None:
    twice = used.height - used.select(spec.subject, spec.visit).n_unique()
    if twice:
        raise ParameterError(
            f"{twice} rows repeat a `{spec.subject}` and `{spec.visit}`.",
            "One outcome a subject and visit has a place in the covariance matrix.",
            "Choose one row a visit, e.g. the one closest to the planned day.",
        )


def _order_known(column: pl.Series, spec: MMRM) -> None:
    import polars as pl

    neighbors = sorted(set(spec.preference) & RESTS_ON_ORDER)
    if spec.visits is None and neighbors and isinstance(column.dtype, (pl.String, pl.Categorical)):
        raise ParameterError(
            f"`{column.name}` is text, and {neighbors[0]} rests on which visits are neighbors.",
            "By alphabet, month 12 would come before month 3.",
            "State the order with `visits=(...)`, or use planned days or an Enum.",
        )


def _order(column: pl.Series, stated: tuple[Any, ...] | None, option: str) -> tuple[Any, ...]:
    """Values present, in the order stated, or of their kind (numbers, Enum, text)."""
    present = column.unique().sort().to_list()
    if stated is None:
        return tuple(present)
    if set(stated) != set(present) or len(set(stated)) != len(stated):
        raise ParameterError(
            f"`{option}` lists {len(stated)} values; `{column.name}` has {len(present)} with an outcome, "
            f"{len(set(stated) & set(present))} of them listed.",
            "A visit without a place has no place in the covariance matrix.",
            f"List each once; present are {', '.join(map(repr, present))}.",
        )
    return tuple(stated)


def _arms(used: pl.DataFrame, spec: MMRM) -> tuple[Any, ...]:
    """Arms present, the reference first."""
    if spec.arm is None:
        return (None,)
    if used.select(spec.subject, spec.arm).n_unique() != used[spec.subject].n_unique():
        raise ParameterError(
            f"A subject is in more than one `{spec.arm}`.",
            "Arms are compared between subjects.",
            "Use the arm as randomized for all of a subject's visits.",
        )
    present = used[spec.arm].unique().sort().to_list()
    if spec.reference is None:
        return tuple(present)
    if spec.reference not in present:
        raise ParameterError(
            f"`reference` is {spec.reference!r}, which `{spec.arm}` does not have.",
            "Contrasts are against it.",
            f"Arms are {', '.join(map(repr, present))}.",
        )
    return (spec.reference, *(arm for arm in present if arm != spec.reference))


def _factor(used: pl.DataFrame, name: str) -> Factor:
    import polars as pl

    from malar.repeated._design import Factor, ranks

    kind = used[name].dtype
    if kind.is_numeric():
        return Factor(name, (), numbers(used, name))
    if isinstance(kind, (pl.String, pl.Boolean, pl.Categorical, pl.Enum)):
        levels = tuple(used[name].unique().sort().to_list())
        codes = ranks(used[name].to_list(), levels).astype("float64")
        return Factor(name, tuple(map(_label, levels)), codes)
    raise WrongTypeError(
        f"`{name}` is {kind}.",
        "A covariate is a number or a category.",
        "Convert it to a number, text or Boolean first.",
    )


def _label(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
