"""Parts of the evidence report: each system that the founding documents speak of, with its figures and cautions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from malar.evidence.denominators import among_followed, life_table, same_events
from malar.evidence.telling import told_dose
from malar.reports.evidence_tables import figures_table
from malar.reports.page import Column, Section, Table

if TYPE_CHECKING:
    from malar.evidence.library import Evidence
    from malar.evidence.study import Study

YEAR: Final = 12


SOURCES: Final = {
    "pilot": ("liang-2010",),
    "series": ("wang-2013", "wang-2018"),
    "multicenter": ("wang-2014",),
    "registry": ("alchi-2013", "jayne-2004"),
    "autoimmune": ("farge-2010",),
    "single-center": ("burt-2006", "burt-2018"),
    "compassionate": ("barbado-2018",),
    "two-hundred": ("wang-2014", "gu-2014", "wen-2019", "wang-2018", "deng-2017", "liang-2018"),
    "single-case": ("gcmaf-case",),
}
"""Reports that each system rests on; it is the order of the parts."""


def systems(evidence: Evidence) -> tuple[Section, ...]:
    """The systems of the founding documents, one part each, with the citations they rest on."""
    parts = (_pilot, _series, _multicenter, _registry, _autoimmune, _single_center, _compassionate, _two_hundred,
             _single_case)  # fmt: skip
    return tuple(_cited(evidence, part(evidence)) for part in parts)


def _cited(evidence: Evidence, section: Section) -> Section:
    cited = (f"{key}: {evidence.study(key).cite()}" for key in SOURCES[section.key])
    return replace(section, notes=(*section.notes, *cited))


def _pilot(evidence: Evidence) -> Section:
    study = evidence.study("liang-2010")
    organs = figures_table(
        "pilot-organs",
        "The pilot, organ by organ",
        "Counts of a news item (S0), of those affected at entry; where it gives no denominator there is none.",
        [one for one in study.outcomes if one.topic == "organ"],
    )
    rest = figures_table(
        "pilot-figures",
        "The pilot's other figures",
        "Activity and proteinuria are means with standard deviations of the 12 patients seen at one year.",
        [one for one in (*study.baseline, *study.follow_up, *study.outcomes) if one.topic != "organ"],
    )
    intro = (
        "Fifteen patients, no control group. Organ by organ the numbers are of one news item; the abstract says only "
        "that signs outside the kidney improved. They entered when their disease was active, and active disease tends "
        "to calm down whatever is done.",
    )
    return Section("pilot", "Nanjing, pilot of 15 patients", intro, tables=(organs, rest), notes=study.notes)


def _series(evidence: Evidence) -> Section:
    study = evidence.study("wang-2013")
    table = life_table(study, "relapse")
    last = among_followed(study, "complete_remission")[-1]
    years = ", ".join(
        f"{_percent(share)} by year {months / YEAR:.0f}"
        for months, share in zip(table.months, table.cumulative, strict=True)
    )
    twice = same_events(evidence, 28, "wang-2018", "any_remission")
    intro = (
        f"Eighty-seven patients were treated and followed for 27 months on average. The share in complete remission is "
        f"of those seen at each visit: at four years that is {last.events} of {last.followed}, three people, and the "
        f"{last.not_followed} others are not in it. Over all treated it lies between {_percent(last.least)} and "
        f"{_percent(last.greatest)}.",
        "Those not seen have either not yet reached the visit (they entered later), or died, or were lost. These are "
        "different things, and the report does not tell them apart; 5 of the 87 died.",
        f"Relapse by life table: {years}, under an assumption that the report does not confirm (told at its table).",
        f"Later, the same 28 patients in remission at five years were printed as {twice[0].percent} % of "
        f"{twice[0].n} treated in the journal and as {twice[1].percent} % of {twice[1].n} alive at a congress.",
    )
    followed = (_followed(evidence, "complete_remission"), _followed(evidence, "relapse"), _life_table(study))
    later = figures_table(
        "series-later",
        "The same cohort at five years (wang-2018)",
        "Remission of all 81 treated, and of the 68 alive.",
        evidence.study("wang-2018").outcomes,
    )
    whole = figures_table(
        "series-whole", "Counts over all 87", "Crude, at last contact.", [one for one in study.outcomes if one.n == 87]
    )
    return Section("series", "Nanjing, 87 patients", intro, tables=(*followed, whole, later), notes=study.notes)


def _followed(evidence: Evidence, name: str) -> Table:
    columns = (
        Column("year", "When"),
        Column("count", "Had it / followed", numeric=True),
        Column("share", "Share", numeric=True),
        Column("limits", "Exact 95 % limits", numeric=True),
        Column("not_followed", "Treated, not followed", numeric=True),
        Column("reached", "of them not yet reached"),
        Column("lost", "of them lost"),
        Column("bounds", "Bounds over all treated", numeric=True),
    )
    rows = tuple(
        (
            f"Year {one.months / YEAR:.0f}",
            f"{one.events}/{one.followed}",
            _percent(one.share),
            f"{100 * one.lower:.0f}–{100 * one.upper:.0f} %",
            one.not_followed,
            "not told" if one.not_yet_reached is None else one.not_yet_reached,
            "not told" if one.lost is None else one.lost,
            f"{_percent(one.least)} to {_percent(one.greatest)}",
        )
        for one in among_followed(evidence.study("wang-2013"), name)
    )
    words = name.replace("_", " ")
    caption = f"{words.capitalize()} among those followed to each visit: prevalences, not a course of one cohort."
    return Table(
        f"followed-{name.replace('_', '-')}", f"{words.capitalize()} by year", caption, columns, rows, stacked=True
    )


def _life_table(study: Study) -> Table:
    columns = (
        Column("year", "When"),
        Column("count", "Relapsed / followed", numeric=True),
        Column("share", "In that year", numeric=True),
        Column("cumulative", "By the end of it", numeric=True),
    )
    table = life_table(study, "relapse")
    counts = among_followed(study, "relapse")
    rows = tuple(
        (f"Year {months / YEAR:.0f}", f"{one.events}/{one.followed}", _percent(one.share), _percent(share))
        for months, share, one in zip(table.months, table.cumulative, counts, strict=True)
    )
    return Table("relapse-life-table", "Relapse by life table", table.assumption, columns, rows, stacked=True)


def _multicenter(evidence: Evidence) -> Section:
    study = evidence.study("wang-2014")
    intro = (
        "Forty patients in four centers, two infusions a week apart, no control group. Thirteen had a major and eleven "
        "a partial response; the clinic's page prints 33 and 28 %, which is 32.5 and 27.5 % rounded up. Seven of the "
        "24 relapsed within the year.",
        "One of the centers is that of the other Nanjing reports: these patients must not be added to theirs.",
    )
    table = figures_table(
        "multicenter-figures", "Multicenter study", "Of 40 treated, or of 24 responders.", study.outcomes
    )
    return Section("multicenter", "Multicenter study, two infusions", intro, tables=(table,), notes=study.notes)


def _registry(evidence: Evidence) -> Section:
    study = evidence.study("alchi-2013")
    parts = [
        evidence.figure(f"alchi-2013/{name}@60")
        for name in ("disease_free_survival", "relapse_incidence", "non_relapse_mortality")
    ]
    total = sum(one.percent for one in parts if one.percent is not None)
    intro = (
        "Twenty-eight patients of the European registry after autologous transplantation. At five years 81 % are "
        "alive (standard error 8). What follows the sign ± is a standard error, not half an interval.",
        f"Free of disease {parts[0].percent}, relapsed {parts[1].percent} and dead without relapse {parts[2].percent} "
        f"make {total} %: more than half relapse, which the congress abstract leaves out.",
    )
    tables = (
        figures_table(
            "registry-figures", "Registry, 28 patients (2013)", "Kaplan-Meier and incidence.", study.outcomes
        ),
        figures_table(
            "registry-earlier",
            "The registry's earlier report, 53 patients (2004)",
            "Shares patients with the later one.",
            evidence.study("jayne-2004").outcomes,
        ),
    )
    notes = (*study.notes, *evidence.study("jayne-2004").notes)
    return Section("registry", "European registry of transplantation in lupus", intro, tables=tables, notes=notes)


def _autoimmune(evidence: Evidence) -> Section:
    study = evidence.study("farge-2010")
    intro = (
        "Nine hundred patients of one registry, with any autoimmune disease. About a tenth had lupus, and nothing here "
        "is of lupus alone; it stands apart and is pooled with nothing.",
    )
    table = figures_table(
        "autoimmune-figures", "All autoimmune diseases", "Not a lupus cohort.", (*study.baseline, *study.outcomes)
    )
    return Section(
        "autoimmune", "The 900 patients with all autoimmune diseases", intro, tables=(table,), notes=study.notes
    )


def _single_center(evidence: Evidence) -> Section:
    burt = evidence.study("burt-2006")
    intro = (
        "Fifty patients enrolled, 48 transplanted, one center. The congress abstract gives five-year survival of 84 %, "
        "50 % free of disease and 4 % treatment-related mortality; the paper's abstract gives 2 % (1 of 50). Two more "
        "died between mobilization and transplantation. The clinic's page says 70 % are disease-free.",
    )
    tables = (
        figures_table("burt-figures", "Single center, 2006", "Of 50 enrolled.", burt.outcomes),
        figures_table(
            "burt-later", "The same center, 2018", "Two regimens, not randomized.", evidence.study("burt-2018").outcomes
        ),
    )
    return Section("single-center", "Transplantation at a single center", intro, tables=tables, notes=burt.notes)


def _compassionate(evidence: Evidence) -> Section:
    study = evidence.study("barbado-2018")
    dose = "" if study.dose is None else told_dose(study.dose).partition(";")[0]
    intro = (
        f"Three patients with nephritis of class IV, treated once during a flare ({dose}), followed for nine months: "
        "two complete remissions and one partial, doses cut by 50 to 90 %. Three chosen patients cannot say how often "
        "this happens: the exact limits of two in three are 9 to 99 %.",
    )
    table = figures_table("compassionate-figures", "Three cases", "By SLEDAI.", study.outcomes)
    return Section("compassionate", "Three compassionate cases", intro, tables=(table,), notes=study.notes)


def _two_hundred(evidence: Evidence) -> Section:
    references = (
        "wang-2014/major_clinical_response@12", "wang-2014/partial_clinical_response@12", "gu-2014/renal_remission@12",
        "wen-2019/low_disease_activity@12", "wang-2018/any_remission@60 of treated",
        "deng-2017/renal_remission@6 on MSC", "deng-2017/renal_remission@6 on placebo",
        "liang-2018/serious_infection", "liang-2018/death",
    )  # fmt: skip
    intro = (
        "A page for patients says that three of four of over 200 patients benefited, without severe reactions. No "
        "single report says so. The rates that were published are below; the only 75 % is the arm on cells of a trial "
        "in which placebo had 83 %. That there was no control group, as the page says itself, was right.",
    )
    table = figures_table(
        "two-hundred-figures",
        "What was published instead",
        "liang-2018 counts patients with any autoimmune disease.",
        [evidence.figure(reference) for reference in references],
        named=True,
    )
    return Section("two-hundred", "The claim of 200 patients", intro, tables=(table,))


def _single_case(evidence: Evidence) -> Section:
    study = evidence.study("gcmaf-case")
    table = figures_table("case-figures", "One case", "Told by the clinic's page only.", study.outcomes)
    intro = ("One patient with lupus and Sjögren disease, told of by a clinic's page. No report was found.",)
    return Section("single-case", "A single case with another product", intro, tables=(table,), notes=study.notes)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
