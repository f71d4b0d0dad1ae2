"""Rules: criteria, Kleene logic, variants; sheets and lock made from the same declarations."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from malar import references, rule, sheet
from malar.conditions import at_most, present
from malar.errors import MalarError, MissingColumnsError, ParameterError, UnknownKeyError, WrongTypeError
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.rules import Rule
from malar.sheets import DECLARED, meaning
from malar.sources import Source, Status

ROOT = Path(__file__).parents[1]
SOURCE = Source("Nobody N. Journal of Examples 2026;1:1", "Table 1", Status.VERIFIED, "As it stands.")
CALM = Rule(
    key="calm", title="Calm", source=SOURCE, criteria={"1": at_most("score", 4), "2": present("well")}, note="A toy."
)


def test_a_criterion_that_fails_decides_even_when_another_is_unknown() -> None:
    frame = pl.DataFrame({"score": [3, 3, 5, 5, None, None], "well": [True, None, None, True, False, True]})
    judged = CALM.flag(frame)
    assert judged["calm"].to_list() == [True, None, False, False, False, None]
    assert judged["calm__1"].to_list() == [True, True, False, False, None, None]
    assert judged.columns == ["score", "well", "calm__1", "calm__2", "calm"]


def test_a_variant_has_a_key_of_its_own_and_leaves_the_rule_as_it_was() -> None:
    other = CALM.amend("calm_2", title="Calmer", source=SOURCE, changes={"1": at_most("score", 2)}, without=["2"])
    assert (other.variant_of, list(other.criteria)) == ("calm", ["1"])
    assert list(CALM.criteria) == ["1", "2"]
    assert other.flag(pl.DataFrame({"score": [2, 3]}))["calm_2"].to_list() == [True, False]


@pytest.mark.parametrize(("key", "without"), [("calm", ()), ("calm_2", ("3",))])
def test_a_key_never_changes_meaning(key: str, without: tuple[str, ...]) -> None:
    with pytest.raises(ParameterError, match="cannot amend"):
        CALM.amend(key, title="x", source=SOURCE, without=without)


def test_missing_columns_say_the_fact_why_and_what_to_do() -> None:
    with pytest.raises(MissingColumnsError) as caught:
        CALM.flag(pl.DataFrame({"score": [1]}))
    assert caught.value.fact == "Calm needs 1 columns that the frame lacks: `well`."
    assert caught.value.why
    assert "visit_frame" in caught.value.hint


@pytest.mark.parametrize("key", sorted(DECLARED))
def test_every_key_has_a_sheet_with_source_status_and_reading(key: str) -> None:
    made = DECLARED[key]
    page = sheet(key)
    assert made.source.cite() in page
    assert made.source.reading in page
    assert f"Status **{made.status.label}" in page
    assert references([key])[0] == made.source.cite()


def test_the_sheet_of_an_instrument_has_every_item_and_threshold() -> None:
    page = sheet("sledai_2k")
    assert all(f"| `{item.key}` | {item.weight} |" in page for item in SLEDAI_2K.items)
    assert "(< 100)" in page
    assert "arthritis_min_joints" in page


def test_a_composite_is_as_sure_as_the_weakest_of_its_parts() -> None:
    made = rule("sledai_2k_at_most_4")
    assert made.source.status is Status.VERIFIED
    assert made.status is Status.SECONDARY
    assert "a part of it is weaker" in sheet(made.key)


def test_the_lock_holds_a_meaning_and_not_its_form() -> None:
    flare = rule("sledai_2k_flare")
    assert meaning(flare) != meaning(rule("sledai_2k_flare_since_baseline"))
    assert ">= 4" in meaning(flare)


def test_generated_pages_and_lock_are_current() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "generate.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_a_changed_meaning_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "tools")
    import generate

    lock = (ROOT / "definitions.lock").read_text(encoding="utf-8")
    changed = tmp_path / "definitions.lock"
    changed.write_text(lock.replace("sledai_2k_flare  ", "sledai_2k_flare  0"), encoding="utf-8")
    monkeypatch.setattr(generate, "LOCK", changed)
    assert generate.changed_meanings([]) == ["sledai_2k_flare"]
    assert generate.changed_meanings(["sledai_2k_flare"]) == []


@pytest.mark.parametrize("ask", [rule, sheet, lambda key: references([key])])
def test_keys_that_nothing_has_are_told_with_those_that_are_known(ask: object) -> None:
    with pytest.raises(UnknownKeyError) as caught:
        ask("nothing")  # pyright: ignore
    assert isinstance(caught.value, MalarError)
    assert caught.value.hint


def test_a_rule_without_criteria_is_refused() -> None:
    with pytest.raises(ParameterError, match="no criteria"):
        CALM.amend("calm_3", title="x", source=SOURCE, without=["1", "2"])


def test_text_where_a_value_is_compared_is_refused() -> None:
    with pytest.raises(WrongTypeError, match="`score` holds String"):
        CALM.flag(pl.DataFrame({"score": ["3"], "well": [True]}))


def test_judging_again_replaces_the_verdict() -> None:
    judged = CALM.flag(pl.DataFrame({"score": [3], "well": [True]}).to_pandas())
    again = CALM.flag(judged.assign(score=5))
    assert again["calm"].tolist() == [False]


def test_a_clinical_score_is_cited_with_the_score_it_is_made_from() -> None:
    cited = references(["clinical_quiescence"])
    assert any("Gladman" in text for text in cited)
    assert len(cited) == len(set(cited))


def test_a_key_that_is_gone_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "tools")
    import generate

    longer = tmp_path / "definitions.lock"
    longer.write_text((ROOT / "definitions.lock").read_text(encoding="utf-8") + "gone  00\n", encoding="utf-8")
    monkeypatch.setattr(generate, "LOCK", longer)
    assert generate.changed_meanings([]) == ["gone"]
    assert "nothing has this key now" in generate.explained("gone")
    assert "give the new reading a new key" in generate.explained("sledai_2k")
