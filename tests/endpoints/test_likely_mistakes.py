"""Things most likely to be derived wrongly, each shown on invented patients."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from malar.course.study_columns import derive_study_columns
from malar.endpoints import rule
from malar.instruments.bilag_2004 import BILAG_2004
from malar.instruments.sledai_2k import SLEDAI_2K
from tests.support.study_maker import make_study

QUIET: dict[str, Any] = {
    **dict.fromkeys(SLEDAI_2K.names(), False),
    "hemolytic_anemia": False,
    "gastrointestinal_activity": False,
    "standard_therapy": True,
    "investigational_drug": False,
    "treatment_failure": False,
}


def graded(**grades: str) -> dict[str, Any]:
    """Grades of BILAG-2004 with the number of A and B; E where none is named."""
    letters = {system: grades.get(system, "E") for system in BILAG_2004.systems}
    counts = {f"bilag_2004__n_{x.lower()}": sum(letter == x for letter in letters.values()) for x in "AB"}
    return {"bilag_2004": 0, **counts, **{f"bilag_2004__{system}": letter for system, letter in letters.items()}}


def verdict(key: str, *visits: dict[str, Any]) -> bool | None:
    """The verdict at the last visit of one invented patient."""
    rows = [{"subject": "a", "day": 30 * number, **QUIET, **visit} for number, visit in enumerate(visits)]
    return rule(key).flag(pl.DataFrame(rows, infer_schema_length=None))[key][-1]


@pytest.mark.parametrize(("dose", "at_most_5", "below_5"), [(4.9, True, True), (5.0, True, False), (5.1, False, False)])
def test_1_doris_contradicts_itself_on_5_mg(dose: float, *, at_most_5: bool, below_5: bool) -> None:
    visit = {"pga": 0.4, "prednisone_mg_day": dose}
    assert verdict("doris_2021", visit) is at_most_5
    assert verdict("doris_2021_below_5", visit) is below_5
    for key in ("doris_2021", "doris_2021_below_5"):
        assert "5" in rule(key).criteria["dose"].sentence()
        assert "abstract" in rule(key).source.reading


def test_2_the_operators_of_pga_differ() -> None:
    """DORIS strict, LLDAS inclusive; a rise of 0.3 is worse in SRI and BICLA, and not in the BICLA of EMBLEM."""
    assert verdict("doris_2021", {"pga": 0.5, "prednisone_mg_day": 0}) is False
    assert verdict("doris_2021_pga_at_most_0_5", {"pga": 0.5, "prednisone_mg_day": 0}) is True
    assert verdict("lldas", {"pga": 1.0, "prednisone_mg_day": 0}) is True
    assert verdict("lldas", {"pga": 1.01, "prednisone_mg_day": 0}) is False
    before = {"sledai_2k__arthritis": True, "pga": 1.2, **graded(musculoskeletal="B")}
    same, worse = ({"pga": pga, **graded(musculoskeletal="C")} for pga in (1.49, 1.5))
    for key in ("sri_4", "bicla"):
        assert verdict(key, before, same) is True
        assert verdict(key, before, worse) is False
    assert verdict("bicla_emblem", before, worse) is True


@pytest.mark.parametrize(
    ("then", "now", "worse"),
    [("A", "B", False), ("B", "B", False), ("C", "B", True), ("D", "B", True), ("E", "B", True), ("B", "A", True)],
)
def test_6_a_new_b_is_not_any_b(then: str, now: str, *, worse: bool) -> None:
    """From A to B is an improvement. The kidney has one new B already, so one more is too many."""
    before = {"sledai_2k__arthritis": True, "pga": 1, **graded(mucocutaneous=then)}
    after = {"pga": 1, **graded(mucocutaneous=now, renal="B")}
    assert verdict("sri_4", before, after) is not worse


def test_8_medication_rules_move_the_rate() -> None:
    """Three patients who respond; one took an anti-inflammatory drug, one raised the dose of azathioprine."""
    active = ("arthritis", "rash")
    visits = [(subject, day, active if day == 0 else (), ()) for subject in "abc" for day in (0, 364)]
    drug = {"stop": 400, "unit": "mg", "frequency": "daily", "route": "oral"}
    courses = [
        *({"subject": subject, "drug": "prednisone", "start": -90, **drug, "dose": 5} for subject in "abc"),
        *({"subject": subject, "drug": "azathioprine", "start": -90, **drug, "dose": 50} for subject in "ab"),
        {"subject": "b", "drug": "ibuprofen", "start": 200, **drug, "dose": 400},
        {"subject": "c", "drug": "azathioprine", "start": -90, **drug, "dose": 50, "stop": 199},
        {"subject": "c", "drug": "azathioprine", "start": 200, **drug, "dose": 100},
    ]  # fmt: skip
    treated, events = [(subject, "randomization", 0) for subject in "abc"], [("a", 10, "infection")]
    study = make_study(visits, milestones=treated, events=events, more={"medications": pl.DataFrame(courses)})
    rules = [f"treatment_failure_tulip_{when}" for when in ("late", "early")]
    frame = derive_study_columns(study, study.visit_frame("sledai_2k"), rules)
    grades = {0: graded(musculoskeletal="A"), 364: graded(musculoskeletal="C")}
    seen = pl.DataFrame([{"day": day, "pga": 1.0, "treatment_failure": None, **grades[day]} for day in grades])
    frame = frame.join(seen, on="day", maintain_order="left")
    for name in ("sri_4", "bicla"):
        counts = {}
        for rules_of in ("without_medication_rules", "tulip", "tulip_early"):
            key = f"{name}_{rules_of}"
            counts[rules_of] = rule(key).flag(frame).filter(day=364)[key].to_list()
        assert counts == {
            "without_medication_rules": [True, True, True],
            "tulip": [True, True, False],
            "tulip_early": [True, False, False],
        }
