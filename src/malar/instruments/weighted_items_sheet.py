"""The sheet of an instrument that adds weights: items with weights and meanings, window, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malar.condition_kinds import told

if TYPE_CHECKING:
    from malar.instruments.weighted_items import WeightedItems


def body(made: WeightedItems) -> str:
    """What the sheet says below source and reading."""
    rows = "\n".join(
        f"| `{item.key}` | {item.weight} | {item.system} | {item.meaning} | {item.unless or '–'} "
        f"| {item.measured.sentence() if item.measured else '–'}{' (provisional: see below)' if item.doubt else ''} |"
        for item in made.items
    )
    doubts = "\n".join(f"- **{item.key}**: {item.doubt}" for item in made.items if item.doubt)
    choices = "\n".join(f"- **{name}**: {text}." for name, text in made.parameters.items())
    windows = ", ".join(str(days) for days in made.allowed_windows)
    return (
        f"Sum of the weights of the items present, 0 to {made.maximum}. An item counts if present at the visit or "
        f"within {made.window_days} days before (published windows: {windows}); an item recorded on a day between "
        "visits counts at the next visit in the window.\n\n"
        "| item | weight | system | scored when | not when | agrees with the laboratory where |\n"
        f"|---|---|---|---|---|---|\n{rows}\n\n"
        + (f"## Not settled\n\n{doubts}\n\n" if doubts else "")
        + f"## Parameters\n\n{choices}\n\n"
        "## Unknown items\n\nThe score is unknown where an item is; its bounds are the scores with every unknown item "
        "absent and with every one present. Where an item rests on several measurements, it is proposed as absent only "
        "where all are normal.\n"
    )


def meaning(made: WeightedItems) -> list[str]:
    """What it means beside key, source and reading."""
    parts = [made.form, str(made.window_days), str(made.allowed_windows), str(sorted(made.parameters.items()))]
    for item in made.items:
        measured = told("", item.measured).removeprefix(": ") if item.measured else ""
        parts.append(f"{item.key} {item.weight} {item.system} {item.meaning} {item.unless} {measured}")
    return parts
