"""How many joints, and which, make the item arthritis: published rules, each a condition on joint counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from malar._frames import demand, demand_values, enter
from malar.conditions import Condition, all_of, at_least
from malar.errors import UnknownKeyError
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class ArthritisRule:
    """One way to read the item arthritis from joint counts.

    Parameters
    ----------
    key, title
        Key and name.
    source
        Where it comes from, and the reading chosen.
    condition
        The rule.
    """

    key: str
    title: str
    source: Source
    condition: Condition


_COPIES = "Copies of the SLEDAI-2K item table disagree; the table of 2002 was not read."

ARTHRITIS_RULES: Final[Mapping[str, ArthritisRule]] = {
    made.key: made
    for made in (
        ArthritisRule(
            key="2k_ge2_any_inflammation",
            title="At least two joints with pain and any sign of inflammation (SLEDAI-2K)",
            source=Source(
                "Gladman DD, et al. J Rheumatol 2002;29:288-91", "item table, in copies", Status.PROVISIONAL, _COPIES
            ),
            condition=at_least("inflamed_joints", 2, label="number of inflamed joints"),
        ),
        ArthritisRule(
            key="gt2",
            title="More than two joints with pain and any sign of inflammation (SELENA-SLEDAI, original SLEDAI)",
            source=Source(
                "Bombardier C, et al. Arthritis Rheum 1992;35:630-40", "item table", Status.PROVISIONAL, "From memory."
            ),
            condition=at_least("inflamed_joints", 3, label="number of inflamed joints"),
        ),
        ArthritisRule(
            key="ge2_tender_and_swollen",
            title="At least two joints both tender and swollen",
            source=Source(
                "Morand EF, et al. N Engl J Med 2020;382:211-21 (TULIP-2)",
                "active joint: tender and swollen",
                Status.SECONDARY,
                "The trial's active joint, with the number of joints of SLEDAI-2K.",
            ),
            condition=at_least("active_joints", 2, label="number of joints tender and swollen"),
        ),
        ArthritisRule(
            key="ge1_swollen_mahmoud2025",
            title="Inflammatory pain in joints and at least one swollen joint",
            source=Source(
                "Mahmoud K, et al. Rheumatology 2025;64:3556-62, doi 10.1093/rheumatology/keae695",
                "abstract",
                Status.VERIFIED,
                "The proposal asks for inflammatory pain in symmetrical small joints; a count tells neither symmetry "
                "nor size, so any tender joint stands for it.",
            ),
            condition=all_of(
                at_least("swollen_joints", 1, label="number of swollen joints"),
                at_least("tender_joints", 1, label="number of tender joints"),
            ),
        ),
    )
}
"""Key → rule."""


def propose_arthritis(frame: Any, rule: str, *, form: str = "sledai_2k") -> Any:
    """What joint counts say about the item arthritis under a stated rule.

    Parameters
    ----------
    frame
        Visit frame with the joint counts that the rule reads; any kind of dataframe.
    rule
        Key of :data:`ARTHRITIS_RULES`.
    form
        The form whose item is proposed.

    Returns
    -------
    frame
        The same kind, with `proposed__form__arthritis` (Boolean; null where not counted) and
        `proposed__form__arthritis__rule`, the key of the rule.

    Raises
    ------
    UnknownKeyError
        No rule has the key.
    MissingColumnsError
        A joint count is not there.
    WrongTypeError
        A joint count is no number.
    """
    if rule not in ARTHRITIS_RULES:
        known = ", ".join(ARTHRITIS_RULES)
        raise UnknownKeyError(f"No rule for arthritis has the key `{rule}`.", hint=f"Rules: {known}.")
    inside, back = enter(frame)
    return back(_proposed(inside, ARTHRITIS_RULES[rule], f"proposed__{form}__arthritis"))


def _proposed(frame: pl.LazyFrame, rule: ArthritisRule, column: str) -> pl.LazyFrame:
    import polars as pl

    schema = frame.collect_schema()
    demand(schema.names(), rule.condition.needs(), rule.title)
    demand_values(schema, rule.condition.needs(), rule.title)
    made = rule.condition.test(frozenset(schema.names()))
    return frame.with_columns(made.alias(column), pl.lit(rule.key).alias(f"{column}__rule"))
