"""Queries on implausible values and on parts greater than their whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.checks.query import DataQuery

if TYPE_CHECKING:
    import polars as pl

    from malar.schema import Study


def _implausible_labs(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    from malar.schema.analytes import ANALYTES

    ranges = pl.DataFrame(
        [(a.key, float(a.plausible[0]), float(a.plausible[1])) for a in ANALYTES.values()],
        schema={"analyte": pl.String, "least": pl.Float64, "most": pl.Float64},
        orient="row",
    )
    joined = study["labs"].join(ranges, on="analyte", how="left", maintain_order="left")
    outside = (pl.col("value") < pl.col("least")) | (pl.col("value") > pl.col("most"))
    return joined.filter(outside).with_columns(column="analyte")


def _implausible(table: str) -> DataQuery:
    def find(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        from malar.schema.tables import TABLES, day_columns

        day = pl.col(days[0][0]) if (days := day_columns(table)) else pl.lit(None, dtype=pl.Int64)
        found = [pl.DataFrame(schema={"subject": pl.String, "day": pl.Int64, "column": pl.String})]
        for column, spec in TABLES[table].columns().items():
            low, high = (spec.metadata or {}).get("plausible", (None, None))
            if low is None and high is None:
                continue
            value = pl.col(column)
            outside = (value < low if low is not None else False) | (value > high if high is not None else False)
            subject = pl.col("subject") if "subject" in TABLES[table].column_names() else pl.lit(None, dtype=pl.String)
            rows = study[table].filter(outside)
            placed = rows.with_columns(subject=subject, day=day, column=pl.lit(column))
            found.append(placed.select("subject", "day", "column"))
        return pl.concat(found)

    return DataQuery(
        key=f"implausible_{table}",
        title=f"A value in {table} is outside the plausible range of its column.",
        action="Check the value and its unit. It was kept as it is.",
        severity="warning",
        table=table,
        find=find,
    )


def _part_above_whole(study: Study, _scored: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    from malar.schema.analytes import PARTS

    keys = ["subject", "day", "specimen", "number"]
    values = study["labs"].select(*keys, "analyte", "value").drop_nulls("value")
    found = [pl.DataFrame(schema={"subject": pl.String, "day": pl.Int64, "column": pl.String})]
    for part, whole in PARTS:
        parts, wholes = (values.filter(pl.col("analyte") == name) for name in (part, whole))
        both = parts.join(wholes, on=keys, suffix="_whole").filter(pl.col("value") > pl.col("value_whole"))
        found.append(both.select("subject", "day", column=pl.lit(part)))
    return pl.concat(found)


QUERIES: Final = (
    DataQuery(
        key="implausible_result",
        title="A laboratory result is outside the plausible range of its analyte.",
        action="Check the value and its unit: a factor of 10 or 1000 is the usual cause. It was kept as it is.",
        severity="warning",
        table="labs",
        find=_implausible_labs,
    ),
    _implausible("subjects"),
    _implausible("visits"),
    _implausible("infusions"),
    _implausible("products"),
    DataQuery(
        key="part_above_whole",
        title="A kind of white cell outnumbers all white cells.",
        action="One of the two counts is wrong, or a percentage stands for a count. Correct it.",
        severity="error",
        table="labs",
        find=_part_above_whole,
    ),
)
