"""A published report: what was done to whom, what it found, and how that was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from malar.evidence.fields import KEY, Fields, read_toml
from malar.evidence.published_figure import PublishedFigure, read_figure
from malar.evidence.risk_of_bias import RiskOfBias, read_risk_of_bias
from malar.evidence.verification import Verification

THERAPIES: Final[Mapping[str, str]] = {
    "msc": "mesenchymal cells",
    "hsct": "hematopoietic transplantation",
    "engineered_cells": "engineered immune cells",
    "chemotherapy": "conditioning without a graft",
}
PRODUCTS: Final[Mapping[str, tuple[str, str]]] = {
    "allogeneic_bm_msc": ("msc", "another person's bone marrow MSC"),
    "autologous_bm_msc": ("msc", "one's own bone marrow MSC"),
    "uc_msc": ("msc", "umbilical cord MSC"),
    "ad_msc": ("msc", "adipose tissue MSC"),
    "amniotic_msc": ("msc", "amniotic MSC"),
    "autologous_hsct": ("hsct", "one's own blood stem cells"),
    "allogeneic_hsct": ("hsct", "another person's blood stem cells"),
    "car_t": ("engineered_cells", "CAR-T cells"),
    "car_nk": ("engineered_cells", "CAR-NK cells"),
    "cyclophosphamide": ("chemotherapy", "high-dose cyclophosphamide alone"),
}
"""What was given, each with its therapy; a report that mixes two names both, one that does not tell names none."""

DESIGNS: Final[Mapping[str, str]] = {
    "randomized": "randomized trial",
    "controlled": "controlled, not randomized",
    "single_arm": "one arm, no control group",
    "retrospective": "looked back on, no control group",
    "registry": "registry, no control group",
    "case_series": "cases, no control group",
    "case_report": "one case",
    "review": "review of other reports",
}
DISEASES: Final[Mapping[str, str]] = {
    "sle": "lupus",
    "lupus_nephritis": "lupus nephritis",
    "autoimmune": "all autoimmune diseases",
}
USES: Final = ("primary", "sensitivity", "no", "unread", "awaited", "comparator", "benchmark")
SIZES: Final = ("enrolled", "treated", "analyzed", "completed", "lupus", "studies", "trials")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """What one infusion held, as told."""

    value: float | None
    least: float | None
    greatest: float | None
    sd: float | None
    unit: str
    words: str
    infusions: str
    interval: str
    route: str
    verification: Verification
    documents: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """A report and its figures.

    Parameters
    ----------
    key
        As in ``wang-2013``.
    therapy, design, disease
        Keys of :data:`THERAPIES`, :data:`DESIGNS` and :data:`DISEASES`; `…_words` say more.
    products
        Keys of :data:`PRODUCTS`; empty where the report does not tell.
    verification, verified_scope, found_at
        How the report was read, which part of it, and where.
    unchecked
        Fields of the citation that are remembered only.
    overlap_group, overlap
        Group of reports that share patients, and what is known of it.
    use, use_because
        What the report may serve in a pooled estimate.
    risk_of_bias
        Null until a named reader records it: *not assessed*.
    sizes, arms
        How many, by ``enrolled``, ``treated``, …; and by arm.
    """

    key: str
    title: str
    authors: str
    journal: str
    year: int | None
    pages: str
    doi: str
    pmid: str
    pmcid: str
    erratum: str
    unchecked: tuple[str, ...]
    registration: str
    design: str
    design_words: str
    therapy: str
    therapy_words: str
    products: tuple[str, ...]
    disease: str
    center: str
    cell_source: str
    donor: str
    conditioning: str
    enrollment: str
    refractory: str
    histology: str
    verification: Verification
    verified_scope: str
    found_at: str
    overlap_group: str
    overlap: str
    use: str
    use_because: str
    notes: tuple[str, ...]
    sizes: Mapping[str, int]
    arms: Mapping[str, int]
    dose: Dose | None
    risk_of_bias: RiskOfBias | None
    baseline: tuple[PublishedFigure, ...]
    follow_up: tuple[PublishedFigure, ...]
    outcomes: tuple[PublishedFigure, ...]
    patients: tuple[Mapping[str, Any], ...]

    @property
    def figures(self) -> tuple[PublishedFigure, ...]:
        """Outcomes, baseline and follow-up."""
        return (*self.outcomes, *self.baseline, *self.follow_up)

    @property
    def n(self) -> int | None:
        """Patients treated, else enrolled."""
        return self.sizes.get("treated", self.sizes.get("enrolled"))

    @property
    def controlled(self) -> bool:
        """Whether there was a control group of any kind."""
        return self.design in ("randomized", "controlled")

    @property
    def link(self) -> str:
        """Address of the paper or register entry; empty where none is known."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        if self.registration.startswith("NCT"):
            return f"https://clinicaltrials.gov/study/{self.registration}"
        return ""

    def cite(self) -> str:
        """The citation in one line, with its link."""
        place = " ".join(part for part in (self.journal, str(self.year or ""), self.pages) if part)
        authors = f"{self.authors.rstrip('.')}." if self.authors else ""
        parts = [authors, f"{self.title}." if self.title else "", f"{place}."]
        told = " ".join(part for part in (*parts, self.link) if part not in ("", "."))
        return f"{told} (remembered: {', '.join(self.unchecked)})" if self.unchecked else told


def read_study_file(path: Path, documents: tuple[str, ...] = ()) -> Study:
    """Read one report from its file.

    Raises
    ------
    ParameterError
        A field is missing, unknown, or outside what it allows; the message names file and field.
    UnreadableError
        The file is no TOML.
    """
    fields = read_toml(path)
    key = fields.text("key")
    if not KEY.fullmatch(key):
        fields.refuse("key", f"is {key!r}", "Use lowercase letters, digits and hyphens, as in wang-2013.")
    level = Verification(fields.choice("verification", list(Verification)))

    def figures(name: str, topic: str | None = None) -> tuple[PublishedFigure, ...]:
        return tuple(read_figure(row, key, level, topic=topic, documents=documents) for row in fields.tables(name))

    study = Study(
        key=key,
        verification=level,
        year=fields.count("year"),
        design=fields.choice("design", list(DESIGNS)),
        therapy=fields.choice("therapy", list(THERAPIES)),
        products=_products(fields),
        disease=fields.choice("disease", list(DISEASES)),
        use=fields.choice("use", USES, "sensitivity"),
        unchecked=fields.texts("unchecked"),
        notes=fields.texts("notes"),
        sizes=_counts(fields.table("n"), SIZES),
        arms=_counts(fields.table("arms"), None),
        dose=_dose(fields.table("dose"), level),
        risk_of_bias=read_risk_of_bias(fields.table("risk_of_bias"), fields.text("design")),
        baseline=figures("baseline", "baseline"),
        follow_up=figures("follow_up", "follow_up"),
        outcomes=figures("outcomes"),
        patients=tuple(row.values for row in fields.tables("patients")),
        **{word: fields.text(word, "") for word in _WORDS},
    )
    fields.done()
    return study


_WORDS: Final = (
    "title", "authors", "journal", "pages", "doi", "pmid", "pmcid", "erratum", "registration", "design_words",
    "therapy_words", "center", "cell_source", "donor", "conditioning", "enrollment", "refractory", "histology",
    "verified_scope", "found_at", "overlap_group", "overlap", "use_because",
)  # fmt: skip


def _products(fields: Fields) -> tuple[str, ...]:
    named = fields.texts("products")
    therapy = fields.text("therapy")
    for product in named:
        if product not in PRODUCTS or PRODUCTS[product][0] != therapy:
            known = ", ".join(key for key, (of, _) in PRODUCTS.items() if of == therapy)
            fields.refuse("products", f"names {product!r}", f"Of {therapy}: {known}.")
    return named


def _counts(fields: Fields | None, allowed: tuple[str, ...] | None) -> Mapping[str, int]:
    if fields is None:
        return {}
    counts = {name: fields.count(name) or 0 for name in (allowed or fields.values) if name in fields}
    fields.done()
    return counts


def _dose(fields: Fields | None, level: Verification) -> Dose | None:
    if fields is None:
        return None
    numbers: dict[str, Any] = {name: fields.number(name) for name in ("value", "least", "greatest", "sd")}
    words: dict[str, Any] = {
        name: fields.text(name, "") for name in ("unit", "words", "infusions", "interval", "route", "note")
    }
    dose = Dose(
        verification=Verification(fields.choice("verification", list(Verification), level.value)),
        documents=fields.texts("documents"),
        **numbers,
        **words,
    )
    fields.done()
    return dose
