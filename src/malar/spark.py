"""Beyond one machine: the same scores, derivations and verdicts on Spark, whole subjects at a time, through Arrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from malar._frames import demand
from malar.course.derivation import Derivation
from malar.endpoints import DEFINITIONS, Endpoint
from malar.errors import ParameterError, UnknownKeyError, WrongTypeError, near
from malar.instruments import INSTRUMENTS, Instrument, Missing
from malar.rules import Rule

if TYPE_CHECKING:
    import polars as pl

Step = str | Instrument | Rule | Derivation | Callable[[Any], Any]
"""Key of an instrument or definition, one of them itself, a derivation, or a function from a frame to a frame."""


def derive_on_spark(
    frame: Any, steps: Sequence[Step], *, missing: Missing = "unknown", partitions: int | None = None
) -> Any:
    """Score, derive and judge a visit frame on Spark.

    Parameters
    ----------
    frame
        PySpark DataFrame with `subject`, `day` and the columns that the first steps read. One row a subject and day.
    steps
        What is done, in this order; later steps read what earlier ones add. A function gets and returns a Polars
        frame of some whole subjects, and is sent to the workers.
    missing
        What an unknown item counts as.
    partitions
        Number of groups that the subjects are divided into; each group is in the memory of one worker at once.
        By default Spark's `spark.sql.shuffle.partitions`.

    Returns
    -------
    pyspark.sql.DataFrame
        The same rows, in no order, with the columns that the steps add; lazy, as every frame of Spark.

    Raises
    ------
    WrongTypeError
        The frame is none of Spark.
    MissingColumnsError
        It lacks `subject`, `day` or a column that a step reads.
    UnknownKeyError
        No instrument or definition has a key given.
    ParameterError
        Fewer than one partition.

    Notes
    -----
    Nothing that Malar derives looks across subjects, so that a group of whole subjects has the answers of the whole
    frame. Subjects are grouped by a hash of their identifier and each group goes through Polars in one piece: a
    group a subject would cost more in calls than in work. The workers need Malar installed, and Java 17 or newer.
    """
    if not type(frame).__module__.startswith("pyspark.sql"):
        raise WrongTypeError(
            f"A {type(frame).__name__} is no frame of Spark.",
            "On one machine, scores and rules take the frame themselves.",
            "Call `score` or `flag` on it, or make it with spark.createDataFrame.",
        )
    if partitions is not None and partitions < 1:
        raise ParameterError("Spark needs at least one group of subjects.", hint="Pass partitions=1 or more, or none.")
    demand(frame.columns, ("subject", "day"), "Spark")
    made = [_known(step) for step in steps]
    kinds, functions = import_module("pyspark.sql.pandas.types"), import_module("pyspark.sql.functions")
    empty = kinds.to_arrow_schema(frame.schema).empty_table()
    schema = _through(empty, made, missing).schema

    def of_group(table: Any) -> Any:
        return _through(table, made, missing).cast(schema)

    n = partitions or int(frame.sparkSession.conf.get("spark.sql.shuffle.partitions"))
    group = functions.pmod(functions.hash("subject"), functions.lit(n))
    return frame.groupBy(group).applyInArrow(of_group, kinds.from_arrow_schema(schema))


def _known(step: Step) -> Any:
    if not isinstance(step, str):
        return step
    known = {**INSTRUMENTS, **DEFINITIONS}
    if step not in known:
        raise UnknownKeyError(
            f"No instrument or definition has the key `{step}`.", hint=near(step, known, "instruments or definitions")
        )
    return known[step]


def _through(table: Any, steps: Sequence[Any], missing: Missing) -> Any:
    """An Arrow table through the steps, in types that Spark knows."""
    import polars as pl

    library: Any = pl
    frame = library.from_arrow(table)
    for step in steps:
        if isinstance(step, Endpoint):
            frame = step.flag(frame, missing=missing)
        elif isinstance(step, Rule):
            frame = step.flag(frame)
        elif hasattr(step, "score"):
            frame = step.score(frame, missing=missing)
        elif hasattr(step, "derive"):
            frame = step.derive(frame)
        else:
            frame = step(frame)
    return _for_spark(frame)


def _for_spark(frame: pl.DataFrame) -> Any:
    """An Arrow table without unsigned numbers, categories and large text, which Spark does not hold."""
    import polars as pl
    import polars.selectors as cs

    arrow: Any = import_module("pyarrow")
    plain = frame.with_columns(
        cs.unsigned_integer().cast(pl.Int64), (cs.categorical() | cs.enum()).cast(pl.String)
    )  # fmt: skip
    export: Any = plain.to_arrow
    table = export(compat_level=pl.CompatLevel.oldest())
    fields = [
        arrow.field(field.name, arrow.string() if arrow.types.is_large_string(field.type) else field.type)
        for field in table.schema
    ]
    return table.cast(arrow.schema(fields))
