"""BILAG-2004 through a study: systems ever involved from the history, attribution, and units of the laboratory."""

from __future__ import annotations

from pathlib import Path

import pytest

from malar.instruments.bilag_2004 import BILAG_2004
from malar.timelines import judge_visits, needed_frame
from tests.schema.folder import read

VISITS = "subject,day\nA,0\nB,0\n"
HISTORY = "subject,kind,number,term\n"


@pytest.mark.parametrize(
    ("terms", "renal", "ophthalmic"),
    [
        (["renal"], True, False),
        (["Renal ", "hematological"], True, False),
        (["none"], False, False),
        (["kidneys"], None, None),
        (["renal", "eyes"], True, None),
        ([], None, None),
    ],
)
def test_a_list_of_systems_is_complete_unless_a_term_is_no_system(
    tmp_path: Path, terms: list[str], renal: bool | None, ophthalmic: bool | None
) -> None:
    rows = "".join(f"A,organ_system,{number},{term}\n" for number, term in enumerate(terms, 1))
    history = HISTORY + rows + "B,organ_system,1,constitutional\nB,therapy,1,rituximab\n"
    frame = needed_frame(
        read(tmp_path, visits=VISITS, history=history), ["ever_involved__renal", "ever_involved__ophthalmic"]
    )
    assert frame["ever_involved__renal"].to_list() == [renal, False]
    assert frame["ever_involved__ophthalmic"].to_list() == [ophthalmic, False]


def test_a_study_is_graded_and_judged_from_its_tables(tmp_path: Path) -> None:
    constitutional = ("weight_loss", "lymphadenopathy_splenomegaly", "anorexia")
    items = "subject,day,instrument,item,value,attributed\nA,0,bilag_2004,pyrexia,4,no\nB,0,bilag_2004,pyrexia,4,\n"
    items += "".join(f"{s},0,bilag_2004,{key},0,\n" for s in "AB" for key in constitutional)
    items += "A,0,bilag_2004,active_sediment,1,\nA,0,bilag_2004,hemolysis,0,\nB,0,bilag_2004_grades,renal,4,\n"
    labs = "subject,day,analyte,value,unit\nA,0,upcr,150,mg/mmol\nA,0,hemoglobin,7.9,g/dL\n"
    labs += "A,0,gfr,90,mL/min/1.73m2\nA,0,uacr,110,mg/mmol\nA,0,urine_dipstick_protein,2,\n"
    study = read(tmp_path, visits=VISITS, items=items, labs=labs, history=HISTORY + "A,organ_system,1,renal\n")
    frame = BILAG_2004.score(needed_frame(study, BILAG_2004.needs()))
    assert frame["bilag_2004__constitutional"].to_list() == ["E", "B"]
    assert frame["bilag_2004__renal"].to_list() == ["A", "A"]
    assert frame["bilag_2004__hematological__rank__low"].to_list() == [3, 0]
    judged = judge_visits(study, ["bilag_flare_tulip"])
    assert judged["bilag_flare_tulip"].to_list() == [None, None]
