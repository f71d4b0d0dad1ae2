"""The evidence report: what has been published on cell therapy in lupus, on one page that stands alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from malar.errors import UnknownKeyError
from malar.evidence.caveats import caveats, controlled_words
from malar.evidence.study import DISEASES, THERAPIES
from malar.reports import evidence_tables as tables
from malar.reports.evidence_beside import beside_section
from malar.reports.evidence_claims import claims_table, numbers_table
from malar.reports.evidence_denominators import denominators_section
from malar.reports.evidence_forests import draw_contrast, draw_forests
from malar.reports.evidence_funnels import draw_funnels, funnel_words
from malar.reports.evidence_priors import priors_section
from malar.reports.evidence_systems import systems
from malar.reports.figures.evidence_map import draw_evidence_map
from malar.reports.figures.evidence_timeline import draw_evidence_timeline
from malar.reports.page import Report, Section, render

if TYPE_CHECKING:
    import polars as pl

    from malar.evidence.library import Evidence
    from malar.evidence.study import Study

TITLE: Final = "Cell therapy in lupus: what has been published"
COLUMNS: Final = {
    "response": "response",
    "complete_response": "complete response",
    "relapse": "relapse",
    "survival": "survival",
    "treatment_death": "death by treatment",
    "infection": "infection",
    "harm": "other harm",
    "activity": "activity",
    "kidney": "kidney",
    "serology": "serology",
    "organ": "other organs",
    "medication": "medication",
}
"""Outcomes of the map, in order of its columns."""


def evidence_report(evidence: Evidence, *, system: str = "") -> str:
    """Write the page.

    Parameters
    ----------
    evidence
        The data set, with studies of your own where they were added.
    system
        Only the page of this system of the founding documents, as in ``series``; empty for the whole.

    Returns
    -------
    str
        One self-contained HTML page; the same data set gives the same text.

    Raises
    ------
    UnknownKeyError
        No system has the key.
    """
    from malar import __version__

    n = len(evidence.studies)
    sections = _one(evidence, system) if system else _all(evidence)
    report = Report(
        title=f"Cell therapy in lupus: {sections[0].title}" if system else TITLE,
        subtitle=f"{n} reports, data set of {evidence.as_of}",
        mark=None,
        banner=caveats(evidence),
        sections=sections,
        footer={
            "Software": f"Malar {__version__}. Research software, no medical device; it gives no advice on treatment.",
            "Data set": f"{evidence.as_of}. {evidence.reading}",
            "Limits": "Of counts: Clopper CJ, Pearson ES. Biometrika 1934;26:404-13. Of estimates with a standard "
            "error: on the log(-log) scale. Of differences: Newcombe RG. Stat Med 1998;17:873-90, method 10.",
            "Added by the user": ", ".join(evidence.added) or "nothing",
        },
    )
    return render(report)


def _all(evidence: Evidence) -> tuple[Section, ...]:
    return (
        _controlled(evidence),
        _claims(evidence),
        _overview(evidence),
        denominators_section(evidence),
        *systems(evidence),
        _pooled(evidence),
        beside_section(evidence),
        priors_section(evidence),
        *_lists(evidence),
    )


def _one(evidence: Evidence, system: str) -> tuple[Section, ...]:
    known = {section.key: section for section in systems(evidence)}
    if system not in known:
        raise UnknownKeyError(f"No system is called `{system}`.", hint=f"Use one of {', '.join(known)}.")
    return (known[system],)


def _overview(evidence: Evidence) -> Section:
    intro = (
        "The map shows which questions have been asked, and how the answers were read; the timeline shows when, in how "
        "many patients, and which reports tell of the same ones.",
    )
    figures = (draw_evidence_map(_map_rows(evidence)), draw_evidence_timeline(_timeline_rows(evidence)))
    return Section("overview", "What has been reported", intro, figures, (tables.overlap_table(evidence),))


def _map_rows(evidence: Evidence) -> pl.DataFrame:
    import polars as pl

    rows: list[tuple[str, str, str, str, str]] = []
    for therapy in THERAPIES:
        for topic, words in COLUMNS.items():
            for study in _reports(evidence, therapy):
                levels = [one.verification for one in study.outcomes if one.topic == topic]
                if levels:
                    best = min(levels, key=list(type(levels[0])).index)
                    control = "yes" if study.controlled else "no"
                    rows.append((THERAPIES[therapy], words, best.value, study.key, control))
    schema = ["therapy", "outcome", "verification", "study", "control"]
    ordered = sorted(rows, key=lambda row: list(COLUMNS.values()).index(row[1]))
    first_seen = sorted(ordered, key=lambda row: list(THERAPIES.values()).index(row[0]))
    return pl.DataFrame(first_seen, schema=schema, orient="row")


def _reports(evidence: Evidence, therapy: str) -> list[Study]:
    return [one for one in evidence.studies.values() if one.therapy == therapy and one.design != "review"]


def _timeline_rows(evidence: Evidence) -> pl.DataFrame:
    import polars as pl

    now = int(evidence.as_of[:4])
    rows = [
        {
            "study": study.key,
            "year": now if study.use == "awaited" else study.year,
            "n": study.n,
            "therapy": THERAPIES[therapy],
            "group": study.overlap_group or None,
            "control": "yes" if study.controlled else "no",
            "state": "awaited" if study.use == "awaited" else "published",
        }
        for therapy in THERAPIES
        for study in _reports(evidence, therapy)
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _controlled(evidence: Evidence) -> Section:
    study = evidence.study("deng-2017")
    intro = (
        controlled_words(evidence),
        "Both arms had pulses of glucocorticoid and cyclophosphamide, and patients were not refractory; with five of "
        "six on placebo in remission there was little room to do better. Three further randomized trials are known "
        "from reviews only (yang-2014 and zeng-2016 are said to be positive, tang-2016 negative), and one compared one "
        "infusion with two (wang-2012: no notable difference).",
        "For transplantation the nearest randomized evidence gave the conditioning without a graft (petri-2010): "
        "complete response in 11/21 against 9/26 at 6 months, 10/21 against 13/20 at 30.",
    )
    figure = draw_contrast(evidence, "deng-2017", "MSC", "placebo")
    table = tables.means_table(study, "MSC", "placebo")
    return Section(
        "controlled", "With a control group", intro, (figure,), (table, tables.trials_table(evidence)), study.notes
    )


def _pooled(evidence: Evidence) -> Section:
    intro = (
        "Only reports that share no patients, that count the same outcome in the same people at the same time, are "
        "pooled; figures from memory, reviews and diseases other than lupus never. Where that leaves one report there "
        "is nothing to pool, and the plot says so. With two or three reports the limits are wide, as they should be.",
    )
    figures = (*draw_forests(evidence), *draw_funnels(evidence))
    return Section(
        "pooled", "Side by side, and pooled where that is possible", (*intro, funnel_words(evidence)), figures
    )


def _claims(evidence: Evidence) -> Section:
    intro = (
        "Five documents that a patient or a doctor may find, and what the studies themselves say. A verdict is of the "
        "words, not of those who wrote them.",
        *(f"{one.key}: {one.title} ({one.kind}; {one.publisher})." for one in evidence.documents),
    )
    return Section("claims", "Claims of the founding documents", intro, tables=(claims_table(evidence),))


def _lists(evidence: Evidence) -> tuple[Section, ...]:
    lupus = ", ".join(DISEASES.values())
    return (
        Section(
            "contradictions",
            "Where published figures do not add up",
            ("Found by arithmetic, or by a reader; shown as they were printed.",),
            tables=(tables.contradictions_table(evidence),),
        ),
        Section(
            "comparators",
            "What patients reach without cells",
            (
                "A share of responders means little until it is set beside these. They run from 11 to 83 % with the "
                "definition and the population.",
            ),
            tables=(tables.comparators_table(evidence),),
        ),
        Section(
            "bias",
            "Risk of bias",
            ("No report has been judged yet: a judgment needs a reader who signs for it.",),
            tables=(tables.bias_table(evidence),),
        ),
        Section(
            "numbers",
            "Every number of the documents",
            ("So that nothing is passed over: each number of the five founding documents, and what became of it.",),
            tables=(numbers_table(evidence),),
        ),
        Section(
            "reports", "All reports", (f"By therapy and year; of {lupus}.",), tables=(tables.reports_table(evidence),)
        ),
    )
