"""Events of special interest after cells: what each is found by, and how many had it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from malar.declarations import Declaration
from malar.sources import Source, Status

if TYPE_CHECKING:
    import polars as pl


OWN_LIST: Final = Source(
    "Malar's own list",
    "",
    Status.PROVISIONAL,
    "Found by kind or by words of the term; a term worded otherwise is missed.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialInterest:
    """A kind of event that is looked for by name.

    Parameters
    ----------
    key, title
        Its key, and name for people.
    kinds
        Kinds of the events table that are all of it.
    words
        Words of which one, whole, must stand in the term of an event of `of_kinds`.
    of_kinds
        Kinds among which terms are searched.
    least_grade
        Only events of at least this grade; 0: any.
    serious
        Whether only serious events count.
    source
        Where the list comes from.
    note
        What the reader must know.
    """

    key: str
    title: str
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    of_kinds: tuple[str, ...] = ("adverse_event", "infection")
    least_grade: int = 0
    serious: bool = False
    source: Source = OWN_LIST
    note: str = ""
    variant_of: str = ""

    @property
    def status(self) -> Status:
        """How sure the list is."""
        return self.source.status

    def parts(self) -> tuple[Declaration, ...]:
        """Declarations that it rests on: none."""
        return ()

    def body(self) -> str:
        """What its sheet says."""
        by_kind = f"Events recorded as {', '.join(self.kinds)}. " if self.kinds else ""
        by_word = (
            f"Events recorded as {' or '.join(self.of_kinds)} whose term has one of: {', '.join(self.words)}. "
            if self.words
            else ""
        )
        limits = f"Of grade {self.least_grade} or more. " if self.least_grade else ""
        limits += "Serious ones only. " if self.serious else ""
        return f"{by_kind}{by_word}{limits}{self.note}".strip() + "\n"

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        return [self.body()]

    def of(self, events: pl.DataFrame) -> pl.DataFrame:
        """Those of some events that are of this kind."""
        import polars as pl

        found = pl.col("kind").is_in(list(self.kinds))
        if self.words:
            pattern = r"(?i)\b(" + "|".join(word.replace(" ", r"\s+") for word in self.words) + r")\b"
            found = found | (pl.col("kind").is_in(list(self.of_kinds)) & pl.col("term").str.contains(pattern))
        if self.least_grade:
            found = found & (pl.col("grade") >= self.least_grade).fill_null(value=False)
        if self.serious:
            found = found & pl.col("serious").fill_null(value=False)
        return events.filter(found)


SPECIAL_INTERESTS: Final[Sequence[SpecialInterest]] = (
    SpecialInterest(
        key="infusion_reaction", title="Infusion reaction", words=("infusion related reaction", "infusion reaction")
    ),
    SpecialInterest(
        key="thromboembolism",
        title="Thromboembolism",
        words=("thrombosis", "thromboembolism", "embolism", "thrombotic event"),
        note="Read beside antiphospholipid status.",
    ),
    SpecialInterest(
        key="serious_infection", title="Serious infection", kinds=("infection",), serious=True
    ),
    SpecialInterest(
        key="opportunistic_infection",
        title="Opportunistic infection",
        words=(
            "zoster", "tuberculosis", "pneumocystis", "cytomegalovirus", "aspergillosis", "cryptococcosis",
            "candidemia", "nocardiosis", "toxoplasmosis", "leukoencephalopathy", "histoplasmosis",
        ),
    ),
    SpecialInterest(
        key="hypogammaglobulinemia",
        title="Hypogammaglobulinemia",
        words=("hypogammaglobulinemia", "hypogammaglobulinaemia"),
    ),
    SpecialInterest(key="b_cell_aplasia", title="B-cell aplasia", words=("b-cell aplasia", "b cell aplasia")),
    SpecialInterest(
        key="severe_cytopenia",
        title="Severe cytopenia",
        words=("neutropenia", "thrombocytopenia", "anemia", "pancytopenia", "cytopenia", "lymphopenia"),
        least_grade=3,
        note="Prolonged where it lasts beyond day 30; see the days beside.",
    ),
    SpecialInterest(key="cytokine_release", title="Cytokine release syndrome", kinds=("crs",)),
    SpecialInterest(key="neurotoxicity", title="Neurotoxicity of effector cells", kinds=("icans",)),
    SpecialInterest(
        key="iec_hs", title="IEC-HS", words=("iec-hs", "hemophagocytic lymphohistiocytosis", "hemophagocytic syndrome")
    ),
    SpecialInterest(key="graft_versus_host", title="Graft-versus-host disease", kinds=("gvhd",)),
    SpecialInterest(key="graft_failure", title="Graft failure", kinds=("graft_failure",)),
    SpecialInterest(
        key="malignancy",
        title="Malignancy",
        words=("malignancy", "carcinoma", "lymphoma", "leukemia", "sarcoma", "melanoma", "cancer", "myelodysplasia"),
    ),
    SpecialInterest(key="t_cell_malignancy", title="T-cell malignancy", words=("t-cell lymphoma", "t cell lymphoma")),
    SpecialInterest(
        key="secondary_autoimmunity",
        title="Secondary autoimmune disease",
        words=("thyroiditis", "graves disease", "immune thrombocytopenia", "autoimmune hemolytic anemia", "myasthenia"),
    ),
    SpecialInterest(
        key="ovarian_failure", title="Ovarian failure", words=("ovarian failure", "amenorrhea", "premature menopause")
    ),
    SpecialInterest(key="pregnancy_reported", title="Pregnancy", kinds=("pregnancy",)),
    SpecialInterest(key="death_any", title="Death", kinds=("death",)),
)  # fmt: skip
"""In the order of a report."""
