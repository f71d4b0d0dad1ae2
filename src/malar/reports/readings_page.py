"""The page that sets the readings of a definition side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from malar.endpoints import rule
from malar.reports._words import interval, percent
from malar.reports.figures.readings import draw_readings
from malar.reports.page import Column, Report, Section, Table, render
from malar.timelines.judgeable import in_words

if TYPE_CHECKING:
    from malar.endpoints import Endpoint
    from malar.reports.readings import Readings

DENOMINATORS = {
    "enrolled": "all enrolled who were due",
    "randomized": "all randomized who were due",
    "treated": "all treated who were due",
    "alive": "those alive on the planned day who were due",
    "followed": "those assessed in the window of the visit",
    "evaluable": "those assessed with a verdict that is known",
    "ever_responders": "those who had responded by then",
}
UNKNOWN = {
    "nonresponder": "an unknown verdict counts as a failure",
    "excluded": "unknown verdicts are left out of both counts",
    "bounds": "unknown verdicts are counted both ways",
}


def readings_page(readings: Readings) -> str:
    """Write the page: a figure, the numbers, and what each reading changes.

    Parameters
    ----------
    readings
        From :func:`malar.reports.readings.compare_readings`; at least one reading could be judged.

    Returns
    -------
    str
        One self-contained HTML page.
    """
    from malar import __version__

    made, settings = rule(readings.key), readings.study.settings
    counts = f"{DENOMINATORS[readings.denominator]}; {UNKNOWN[readings.unknown]}"
    figure = draw_readings(readings.table, counts=counts, level=readings.level, mark=settings.mark)
    intro = (
        f"Counted below the line: {DENOMINATORS[readings.denominator]}. Of those, {UNKNOWN[readings.unknown]}.",
        "The reading named first was prespecified. The others answer how much the result rests on that choice; they "
        "are of the same patients, none is tested against another, and none may take the place of the first now.",
    )
    side_by_side = Section(
        "side-by-side", "Side by side", intro, figures=(figure,), tables=(_wide(readings), _long(readings))
    )
    differences = Section("differences", "What each reading changes", tables=(_differences(readings),))
    report = Report(
        title=f"{made.title}, under every reading",
        subtitle=settings.title,
        mark=settings.mark,
        banner=_caveats(readings),
        sections=(side_by_side, differences),
        footer={
            "Software": f"Malar {__version__}. Research software, no medical device; it gives no advice on treatment.",
            "Limits": f"Exact {readings.level:.0%} limits: Clopper CJ, Pearson ES. Biometrika 1934;26:404-13.",
            "Prespecified definition": f"{made.key}: {made.source.cite()}",
        },
    )
    return render(report)


def _wide(readings: Readings) -> Table:
    """A row a reading, a column a planned visit."""
    table = readings.table
    visits = table.select("time", "visit").unique(maintain_order=True).sort("time").rows()
    cells = {(row["definition"], row["time"]): row for row in table.iter_rows(named=True)}
    rows: list[tuple[str, ...]] = []
    for key, title, role in table.select("definition", "title", "role").unique(maintain_order=True).rows():
        shares = [_share(cells[key, time]) for time, _ in visits]
        rows.append((title, role, *shares))
    columns = (
        Column("reading", "Reading"),
        Column("role", "Role"),
        *(Column(f"day_{time}".replace("-", "minus_"), visit, numeric=True) for time, visit in visits),
    )
    caption = "True of all who count, and the share, at each planned visit."
    return Table("attainment", "Attainment by planned visit", caption, columns, tuple(rows))


def _share(row: dict[str, float | None]) -> str:
    low, high = row["lowest"], row["highest"]
    if not row["n"]:
        return "0/0"
    return f"{row['events']}/{row['n']} ({percent(low) if low == high else interval(low, high)})"


def _long(readings: Readings) -> Table:
    """Every number, visit by visit."""
    columns = (
        Column("visit", "Visit"),
        Column("reading", "Reading"),
        Column("counts", "True / counted", numeric=True),
        Column("percent", "Share", numeric=True),
        Column("limits", f"{readings.level:.0%} limits", numeric=True),
        Column("unknown", "Unknown verdicts", numeric=True),
        Column("perhaps", "May or may not count", numeric=True),
    )
    rows = tuple(
        (
            row["visit"],
            row["title"],
            f"{row['events']}/{row['n']}",
            _share(row).partition("(")[2].removesuffix(")") or None,
            interval(row["lower"], row["upper"]) or None,
            row["n_unknown"],
            row["n_perhaps"],
        )
        for row in readings.table.sort("time", maintain_order=True).iter_rows(named=True)
    )
    caption = (
        "Unknown verdicts are among those of the denominator, before anything is made of them. Of those who may or may "
        "not count it is not known whether they were due or belong; they are in no count."
    )
    return Table("numbers", "All numbers", caption, columns, rows, data=readings.table)


def _differences(readings: Readings) -> Table:
    """What each reading says otherwise than the prespecified one."""
    first = rule(readings.key)
    rows: list[tuple[str, str, str, str]] = [(first.title, first.key, "prespecified", first.status.label)]
    for key in readings.told["key"].to_list()[1:]:
        made = rule(key)
        rows.append((made.title, key, _otherwise(first, made), made.status.label))
    columns = (
        Column("reading", "Reading"),
        Column("key", "Key"),
        Column("otherwise", "Says otherwise"),
        Column("status", "Status"),
    )
    return Table("differences-table", "Readings", "Against the prespecified reading.", columns, tuple(rows))


def _otherwise(first: Endpoint, other: Endpoint) -> str:
    """Criteria that another reading changes, adds or leaves out; its own reading where they are the same."""
    ours, theirs = first.conditions(), other.conditions()
    said = [
        f"{name}: {part.sentence()}"
        for name, part in theirs.items()
        if name not in ours or part.sentence() != ours[name].sentence()
    ]
    said += [f"without {name}" for name in ours if name not in theirs]
    return "; ".join(said) or other.source.reading or "the same criteria on other scores"


def _caveats(readings: Readings) -> tuple[str, ...]:
    """What must be read before any number."""
    said: list[str] = []
    if readings.study.settings.analysis.visits_driven_by_activity:
        said.append("Visits were made when patients were unwell: percentages over visits are biased.")
    for row in readings.told.iter_rows(named=True):
        lacks = f"Unknown at every visit: {in_words(row['missing_inputs']).replace('`', '')}."
        if not row["judgeable"]:
            said.append(f"{row['title']} is not judged. {lacks}")
        elif row["only"]:
            said.append(
                f"{row['title']} could only be {row['only']} or unknown, so that its share says nothing. {lacks}"
            )
    weak = readings.told.filter(readings.told["status"] == "provisional")["title"].to_list()
    if weak:
        said.append(f"Provisional, from memory and never exact: {'; '.join(weak)}.")
    return tuple(said)
