"""What the results say, written into the documentation: the table, and each estimator's own shortfalls on its page."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from simulations.coverage import results
from simulations.coverage.families import FAMILIES, Family
from simulations.coverage.responders import LIMITS, lowest_coverage
from simulations.coverage.scenario import LEVEL, SIZES, Method, Scenario
from simulations.coverage.verdict import best, falls_short, margin

DOCS: Final = Path(__file__).parents[2] / "docs" / "estimators"
PAGE: Final = "coverage.md"
BEGIN: Final = "<!-- Coverage, written by make coverage. Do not edit. -->"
END: Final = "<!-- End of coverage. -->"

HEAD: Final = """<!-- Written by make coverage. Do not edit. -->

# How often the limits cover

A 95 % interval should contain the truth in 95 of 100 trials. Here trials are made from models whose truth is known by
formula, each estimator is fitted as you would fit it, and its intervals are counted: 2,000 trials a size unless said
otherwise. Arms have 12 and 6, 20 and 20, 100 and 100, 500 and 500 patients; a method of one group gets them all. For
calibration and published results the size is a number of negative controls or of studies. The models resemble lupus
trials; other truths give other numbers.

How to read the table:

- **Per cent of intervals that cover.** The standard error of 2,000 trials is 0.5 points, so 94.0 to 96.0 is what 95 %
  looks like.
- **≡** known without chance: the coverage is added up over all possible data. The simulated trials agree, and stand in
  the committed results.
- **(–3.1)**: in 3.1 % of the trials there was no interval at all: a null limit, a fit that did not converge, data that
  the estimator refuses. They are left out of the coverage before it; the results also give the coverage of all trials,
  in which they do not cover. A limit without end (median not reached, ratio to no events) is an interval, and counted.
- **bold**: below 95 % by more than chance, that is by two standard errors (94.0 of 2,000); for exact limits whose
  coverage is known, below 95 % at all.
"""


WHY: Final = (
    "Most have one of three causes. Where an estimate is 0 or 1 its standard error is 0: plain limits are then 0 to 0 "
    "because nobody died, log limits 1 to 1 because everybody kept the state; prefer log-log limits, which are then "
    "null. "
    "Plain limits of a skewed estimate (a mean time, a hazard, a net benefit) miss more on one side than on the other. "
    "Sandwich variances (robust Cox, g-computation, weights, restricted means with covariates) and the normal quantile "
    "are too small while patients are few; so is the normal quantile where the spread between studies or negative "
    "controls is estimated from few of them."
)


class Line(NamedTuple):
    """A method's results at a size."""

    family: str
    scenario: Scenario
    method: Method
    row: dict[str, Any]


def lines() -> Iterator[Line]:
    """All results with what they are of, in the order of the table."""
    for family, made in FAMILIES.items():
        rows = {(row["scenario"], row["method"], row["size"]): row for row in results.read(family)}
        for scenario in made.scenarios:
            for method in scenario.methods:
                for label in made.labels:
                    row = rows.get((scenario.key, method.key, label))
                    if row is not None:
                        yield Line(family, scenario, method, row)


def percent(value: float) -> str:
    """With one decimal, rounded toward less so that 94.96 does not look like 95.0."""
    return f"{int(value * 1000 + 1e-9) / 10:.1f}"


def cell(line: Line) -> str:
    """One number of the table."""
    found = best(line.row)
    if found is None:
        return "none"
    text = percent(found) + ("≡" if line.row["enumerated"] is not None else "")
    if falls_short(line.row, line.method):
        text = f"**{text}**"
    missing = line.row["not_estimable"] / line.row["replications"]
    return text + (f" (–{100 * missing:.1f})" if missing else "")


def table(family: str, all_lines: list[Line]) -> str:
    """The table of a family: a row a method, a column a size."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    titles: dict[tuple[str, str], str] = {}
    for line in all_lines:
        if line.family == family:
            key = (line.scenario.key, line.method.key)
            titles[key] = line.method.title
            found.setdefault(key, {})[line.row["size"]] = cell(line)
    labels, unit = FAMILIES[family].labels, FAMILIES[family].unit
    head = "95 % limits" if unit == "patients" else f"95 % limits, by number of {unit}"
    rows = [
        f"| {titles[key]} | {' | '.join(cells.get(label, '') for label in labels)} |" for key, cells in found.items()
    ]
    return "\n".join([f"| {head} | {' | '.join(labels)} |", "|---|" + "--:|" * len(labels), *rows])


def section(family: str, made: Family, all_lines: list[Line]) -> str:
    """A family's models and table."""
    own = {line.scenario.key for line in all_lines if line.family == family}
    models = [
        f"- {scenario.model}{' ' + scenario.left_out if scenario.left_out else ''}"
        for scenario in made.scenarios
        if scenario.key in own
    ]
    return f"## {made.title}\n\n{table(family, all_lines)}\n\nModels:\n\n" + "\n".join(models)


def shortfalls(all_lines: list[Line]) -> list[Line]:
    """Where limits cover less often than they say."""
    return [line for line in all_lines if falls_short(line.row, line.method)]


def told(line: Line) -> str:
    """A coverage in words."""
    row = line.row
    found = best(row)
    assert found is not None
    return f"{line.method.title}, n = {row['size']}: {percent(found)} %{_chance(row)}" + (
        f" ({said})" if (said := "; ".join(_remarks(line))) else ""
    )


def _chance(row: dict[str, Any]) -> str:
    """The standard error, where there is one."""
    if row["enumerated"] is not None:
        return ""
    c, n = best(row), row["confirming_replications"]
    error = math.sqrt(c * (1 - c) / n) if c is not None and n else row["standard_error"]
    return f" ± {100 * error:.1f}"


def _remarks(line: Line) -> Iterator[str]:
    row = line.row
    if row["confirming_replications"] is not None:
        first = f"{percent(row['coverage'])} % in {row['replications']:,}"
        yield f"{row['confirming_replications']:,} further trials, after {first}"
    if row["enumerated"] is None:
        yield f"below the truth {row['too_low']}, above it {row['too_high']}"
    if row["not_estimable"]:
        yield f"none in {row['not_estimable']} of {row['replications']:,}"
    if line.method.aside and last(line):
        yield line.method.aside


def last(line: Line) -> bool:
    """Of the largest size."""
    return line.row["size"] == FAMILIES[line.family].labels[-1]


def large(all_lines: list[Line]) -> Iterator[str]:
    """What lies outside chance in a family's last column, with what further trials say."""
    for line in all_lines:
        row = line.row
        estimated = row["covered"] + row["too_low"] + row["too_high"]
        if not last(line) or row["enumerated"] is not None or line.method.exact or not estimated:
            continue
        if abs(row["coverage"] - LEVEL) > margin(estimated):
            yield told(line)


def always() -> str:
    """The exact promise of one proportion, at its worst place."""
    rows: list[str] = []
    titles = {"clopper_pearson": "Clopper–Pearson", "wilson": "Wilson", "jeffreys": "Jeffreys", "mid_p": "mid-P"}
    found = {size.n: lowest_coverage(size.n) for size in SIZES}
    for key in LIMITS:
        cells = [f"{percent(found[size.n][key][0])} at {found[size.n][key][1]:.3f}" for size in SIZES]
        rows.append(f"| {titles[key]} | {' | '.join(cells)} |")
    sizes = " | ".join(str(size.n) for size in SIZES)
    return "\n".join([f"| limits | {sizes} |", "|---|" + "--:|" * len(SIZES), *rows])


def coverage_page(all_lines: list[Line]) -> str:
    """The page of the table."""
    low, far = shortfalls(all_lines), list(large(all_lines))
    methods = len({(line.scenario.key, line.method.key) for line in all_lines if line.row["enumerated"] is None})
    parts = [HEAD]
    parts += [section(family, made, all_lines) for family, made in FAMILIES.items()]
    parts.append(
        "## One proportion, wherever it lies\n\nThe lowest coverage over true proportions from 0.01 to 0.99 in steps "
        "of 0.001, "
        f"added up over all counts, and the proportion at which it is reached:\n\n{always()}\n\n"
        "Clopper and Pearson's limits keep their promise everywhere; the others keep it on average."
    )
    parts.append(
        "## In the last column\n\n"
        f"Of {methods} methods simulated, one in twenty lies outside two standard errors by chance, at n = 1,000 or "
        "100 studies. Each that did was tried in nine times as many further trials, and the table gives those, unless "
        "the reason is known:\n\n" + ("\n".join(f"- {text}." for text in far) or "None did.")
    )
    parts.append(
        f"## Every shortfall\n\nBelow 95 % by more than chance; each is repeated on its estimator's page. {WHY}\n\n"
        + ("\n".join(f"- [{line.scenario.page}]({line.scenario.page}): {told(line)}." for line in low) or "None.")
    )
    parts.append(
        "## Make it again\n\n`make coverage` simulates everything and writes this page; "
        "`python -m simulations.coverage states` one family. Every replication has a seed of its own, keyed by the "
        "name of its model, the size and its number, so that any can be repeated alone; the tests repeat the first "
        "twenty of "
        "most cells. Counts, widths and standard errors are in `simulations/coverage/results`."
    )
    return "\n\n".join(parts) + "\n"


def block(page: str, all_lines: list[Line]) -> str:
    """What a page of an estimator says of coverage."""
    own = [line for line in all_lines if line.scenario.page == page]
    low = shortfalls(own)
    made = FAMILIES[own[0].family]
    sizes = [label for label in made.labels if any(line.row["size"] == label for line in own)]
    where = (
        f"Counted in simulated trials with a known truth, of {', '.join(sizes)} {made.unit}: "
        f"[how often the limits cover]({PAGE}).\n\n"
    )
    if not low:
        said = "No shortfall: nowhere below 95 % by more than chance."
    else:
        said = (
            "Below 95 % by more than chance (± standard error; intervals that lay below the truth and above it):\n\n"
            + "\n".join(f"- {told(line)}." for line in low)
        )
    wide = [line for line in own if line.method.aside and last(line) and (best(line.row) or 0.0) > LEVEL]
    if wide:
        said += "\n\nAbove 95 %, with a reason:\n\n" + "\n".join(f"- {told(line)}." for line in wide)
    return f"{BEGIN}\n\n## How often the limits cover\n\n{where}{said}\n\n{END}\n"


def written() -> dict[Path, str]:
    """Every page with what it should say now."""
    all_lines = list(lines())
    made = {DOCS / PAGE: coverage_page(all_lines)}
    for page in sorted({line.scenario.page for line in all_lines}):
        text = (DOCS / page).read_text(encoding="utf-8")
        own = block(page, all_lines)
        if BEGIN in text:
            before, rest = text.split(BEGIN)
            made[DOCS / page] = before + own + rest.split(END)[1].lstrip("\n")
        else:
            made[DOCS / page] = text.rstrip("\n") + "\n\n" + own
    return made
