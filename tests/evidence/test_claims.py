"""The 36 claims of the founding documents, and a page of the user's own, by the same rules."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from malar.errors import ParameterError, UnknownKeyError
from malar.evidence import read_evidence
from malar.evidence.claim import VERDICTS, read_claims
from malar.evidence.claims_check import CheckedClaim, check_claims

HERE = Path(__file__).parent
CLAIMS = check_claims(read_evidence())


@pytest.mark.parametrize("one", CLAIMS, ids=lambda one: f"{one.claim.document}: {one.claim.claim[:40]}")
def test_a_claim_has_verdict_figures_and_sources(one: CheckedClaim) -> None:
    assert one.verdict in VERDICTS
    assert set(one.as_json()) == {"document", "claim", "verdict", "figures", "sources"}
    assert one.figures
    if one.claim.studies:
        assert one.sources
    # A reader is never kinder than the rules: what they find wrong is never said to agree.
    if one.by_rule == "disagrees":
        assert not one.verdict.startswith("agrees")


def test_every_document_is_there_and_the_verdicts_are_counted() -> None:
    assert len(CLAIMS) == 36
    single = Counter(one.claim.documents[0] for one in CLAIMS if len(one.claim.documents) == 1)
    assert single == {"S0": 7, "S1": 12, "S2": 6, "S3": 1, "S4": 6}
    assert Counter(one.verdict for one in CLAIMS) == {
        "disagrees": 10,
        "agrees": 5,
        "agrees_incompletely": 4,
        "documents_disagree": 4,
        "document_only": 3,
        "unsupported": 3,
        "not_found": 3,
        "misleading": 2,
        "outdated": 2,
    }


def test_where_documents_disagree_both_are_shown() -> None:
    for one in CLAIMS:
        if one.verdict == "documents_disagree":
            assert len(one.claim.documents) > 1
            assert all(document in one.figures[0] for document in one.claim.documents)


def test_sources_are_links_where_one_is_known() -> None:
    links = [source for one in CLAIMS for source in one.sources if "https://" in source]
    assert len(links) > 30


def test_a_page_of_ones_own_is_judged_by_the_same_rules() -> None:
    checked = check_claims(read_evidence(), read_claims(HERE / "claims.toml"))
    assert [one.verdict for one in checked] == [
        "agrees_incompletely",
        "agrees",
        "disagrees",
        "document_only",
        "not_checkable",
    ]
    assert {one.claim.document for one in checked} == {"Our page"}
    assert "No control group: wang-2013." in checked[0].figures


def test_an_arm_quoted_without_its_control_arm_agrees_incompletely(tmp_path: Path) -> None:
    arm = '{figure = "deng-2017/renal_remission@6 on MSC", percent = 75, events = 9, n = 12}'
    control = '{figure = "deng-2017/renal_remission@6 on placebo", percent = 83, events = 5, n = 6}'
    path = tmp_path / "page.toml"
    verdicts: list[str] = []
    for says in (arm, f"{arm}, {control}"):
        path.write_text(f'document = "A"\n[[claims]]\nclaim = "75 % respond"\nsays = [{says}]\n', encoding="utf-8")
        (one,) = check_claims(read_evidence(), read_claims(path))
        verdicts.append(one.verdict)
        assert any("placebo" in line for line in one.figures)
    assert verdicts == ["agrees_incompletely", "agrees"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('document = "Our page"', "", r"claims 1: `documents` is missing"),
        (", percent = 50}", "}", "is named without a number"),
        ('claim = "lupus can be cured"', 'clam = "lupus can be cured"', "claims 5: `claim` is missing"),
        ("{figure =", "{figur =", "is not said once"),
    ],
)
def test_an_error_in_a_page_names_file_and_field(tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "page.toml"
    path.write_text((HERE / "claims.toml").read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ParameterError, match=told) as caught:
        read_claims(path)
    assert caught.value.fact.startswith("page.toml")


def test_a_figure_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.toml"
    text = (HERE / "claims.toml").read_text(encoding="utf-8").replace("remission@48", "remission@60")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnknownKeyError, match="0 figures answer"):
        check_claims(read_evidence(), read_claims(path))
