"""The evidence report: caveats first, every system its part, nothing from outside, quickly built."""

from __future__ import annotations

import re
import time

import polars as pl
import pytest

from malar.errors import UnknownKeyError
from malar.evidence import read_evidence
from malar.reports.evidence_beside import draw_beside
from malar.reports.evidence_forests import draw_contrast, draw_forests
from malar.reports.evidence_funnels import draw_funnels, funnel_words
from malar.reports.evidence_report import evidence_report
from malar.reports.figures.evidence_map import draw_evidence_map
from malar.reports.figures.evidence_timeline import draw_evidence_timeline
from malar.reports.figures.forest import draw_forest
from malar.reports.figures.funnel import draw_funnel


@pytest.fixture(scope="module")
def page() -> str:
    return evidence_report(read_evidence())


def test_it_is_built_in_under_five_seconds_of_work(page: str) -> None:
    began = time.process_time()
    again = evidence_report(read_evidence())
    assert time.process_time() - began < 5
    assert again == page


def test_caveats_come_first_in_plain_words(page: str) -> None:
    head = page.index("Read this first")
    assert head < page.index('class="contents"')
    caveats = page[head : page.index('class="contents"')]
    assert "had no control group" in caveats
    assert "counts were not read: wang-2012" in caveats
    assert "have not reported yet: NCT02633163" in caveats
    assert "One trial, of 18 patients, compared cells with placebo" in caveats
    assert "−8 points, 95 % CI −40 to +34" in caveats
    assert "no advice on treatment" in caveats


@pytest.mark.parametrize(
    "key",
    ["pilot", "series", "multicenter", "registry", "autoimmune", "single-center", "compassionate", "two-hundred",
     "single-case", "controlled", "denominators", "pooled", "beside", "priors", "claims", "contradictions",
     "comparators", "bias", "numbers", "reports"],
)  # fmt: skip
def test_every_system_has_its_part(page: str, key: str) -> None:
    assert f'id="section-{key}"' in page


def test_figures_of_several_reports_name_each_report(page: str) -> None:
    table = page[page.index('id="table-two-hundred-figures"') : page.index('id="section-single-case"')]
    for key in ("wang-2014: major", "gu-2014: renal", "wen-2019: low", "deng-2017: renal", "liang-2018: death"):
        assert key in table


def test_every_report_and_claim_is_on_the_page(page: str) -> None:
    evidence = read_evidence()
    assert all(key in page for key in evidence.studies)
    assert page.count("not assessed") > 40
    rows = page[page.index('id="table-claims-table"') : page.index('id="section-overview"')]
    assert rows.count('<th scope="row"') == 36


def test_it_needs_no_network(page: str) -> None:
    outside = re.findall(r'(?:src|href)="(?!#|data:)([^"]*)"', page)
    links = re.findall(r'<a href="(https://[^"]*)" rel="noreferrer">', page)
    assert outside == links
    places = {address.split("/")[2] for address in links}
    assert places == {"doi.org", "pubmed.ncbi.nlm.nih.gov", "clinicaltrials.gov"}


def test_the_forest_has_weights_prediction_and_heterogeneity() -> None:
    death, response, transplantation = draw_forests(read_evidence())
    kinds = set(death.data["kind"])
    assert {"study", "apart", "pooled", "prediction", "line"} <= kinds
    assert abs((death.data["weight"].sum() or 0) - 1) < 1e-9
    assert any("I²" in label for label in death.data["label"])
    assert any("from memory" in label for label in death.data["label"])
    assert "By the likelihood of the counts: 4 % (0–28)" in death.data["label"].to_list()
    assert "Without each report in turn: 3 to 7 %" in death.data["label"].to_list()
    assert "pooled" not in set(response.data["kind"])
    assert any("differ in definition" in label for label in response.data["label"])
    assert response.data["group"].n_unique() > 5
    assert "pooled" in set(transplantation.data["kind"])


def test_the_contrast_tells_its_interval_in_words() -> None:
    figure = draw_contrast(read_evidence(), "deng-2017", "MSC", "placebo")
    assert "Renal remission -8 points (-40 to 34)" in figure.alt.replace("−", "-")


def test_a_system_has_a_page_of_its_own_with_the_cautions_first() -> None:
    one = evidence_report(read_evidence(), system="series")
    assert one.index("Read this first") < one.index('id="section-series"')
    assert 'id="section-pilot"' not in one
    assert "3/6" in one
    assert "Assumed, and not told by the report" in one
    with pytest.raises(UnknownKeyError, match="No system is called `moon`"):
        evidence_report(read_evidence(), system="moon")


def test_series_beside_control_arms_are_called_naive() -> None:
    figure = draw_beside(read_evidence())
    differences = [label for label in figure.data["label"] if label.startswith("Naive difference")]
    assert len(differences) == 5
    assert all("unadjusted" in label for label in differences)
    assert {"study", "apart", "line"} == set(figure.data["kind"])


def test_no_funnel_is_drawn_below_ten_reports() -> None:
    assert not list(draw_funnels(read_evidence()))
    assert funnel_words(read_evidence()).startswith("Whether small reports show more")
    rows = pl.DataFrame({"study": [f"s{i}" for i in range(12)], "effect": [0.1 * i for i in range(12)],
                         "se": [0.1 + 0.05 * i for i in range(12)]})  # fmt: skip
    assert draw_funnel(rows.head(9)).alt.startswith("No data. 9 reports: below 10")
    assert draw_funnel(rows).alt.startswith("12 reports; pooled")
    assert draw_funnel(rows, middle=5.0).alt.endswith("12 reports outside the limits of chance.")


def test_figures_without_rows_say_so() -> None:
    forest = {"group": str, "label": str, "kind": str, "numbers": str, "estimate": float, "lower": float,
              "upper": float, "weight": float}  # fmt: skip
    nothing = draw_forest(pl.DataFrame(schema=forest), key="f", title="F", caption="c")
    assert nothing.alt.startswith("No data")
    text = ["therapy", "outcome", "verification", "study", "control"]
    assert draw_evidence_map(pl.DataFrame(schema=dict.fromkeys(text, str))).alt.startswith("No data")
    line = {"study": str, "year": int, "n": int, "therapy": str, "group": str, "control": str, "state": str}
    assert draw_evidence_timeline(pl.DataFrame(schema=line)).alt.startswith("No data")
