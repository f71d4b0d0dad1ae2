"""g-computation, Firth's regression, strata and paired tests against R 4.2.2."""

from __future__ import annotations

import math

import polars as pl
import pytest

from malar.responders import FirthLogistic, GComputation, PairedResponse, Proportion, SignedRank, StratifiedContrast
from malar.responders._score_kernel import difference_limits, stratified_score
from malar.responders._strata_kernel import Strata
from tests.numbers import assert_close
from tests.oracles.reader import read_case

VARIANCES = {"model": "delta_model_based", "delta": "delta_hc0", "ye": "ye_2023", "m_estimation": "m_estimation"}


@pytest.mark.parametrize("variance", VARIANCES)
@pytest.mark.parametrize("oracle", ["gcomp_cgd", "gcomp_lupus_sim"])
def test_g_computation(oracle, variance):
    case = read_case(oracle)
    names = case.whole["inputs"]
    frame = case.frame.with_columns(randomized=pl.lit(value=True))
    response = Proportion(denominator="randomized", unknown="excluded", outcome=names["response"], by=names["arm"])
    result = GComputation(response=response, control="0", covariates=tuple(names["covariates"]), variance=variance).fit(
        frame
    )
    r = case.expected
    se = r[VARIANCES[variance]]
    for term, group, value, error in (
        ("proportion", "1", "p1", "se_p1"),
        ("proportion", "0", "p0", "se_p0"),
        ("difference", None, "rd", "se_rd"),
        ("ratio", None, "rr", "se_log_rr"),
        ("odds_ratio", None, "or", "se_log_or"),
    ):
        ours = result.of(term, group)
        assert_close(ours.estimate, r[value], what=term)
        assert_close(ours.se, se[error], what=f"se of {term}")


@pytest.mark.parametrize("oracle", ["firth_lupus_sim"])
def test_firth(oracle):
    case = read_case(oracle)
    frame = case.frame.with_columns(treated=pl.lit(value=True))
    spec = FirthLogistic(
        response=Proportion(denominator="treated", unknown="excluded", outcome="response"),
        covariates=tuple(case.whole["inputs"]["covariates"]),
    )
    r = case.expected
    for ours, name in zip(spec.fit(frame).numbers, r["coefficients"], strict=True):
        assert_close(ours.estimate, r["coefficients"][name], what=name)
        assert_close(ours.se, r["se"][name], what=f"se {name}")
        assert_close([ours.lower, ours.upper], [r["lower"][name], r["upper"][name]], what=f"limits {name}")
        assert_close(ours.chisq, r["chisq"][name], what=f"chisq {name}")


def strata(table):
    rows = pl.read_csv(read_case_file("strata.csv")).filter(table=table)
    return rows, Strata(*rows.select("x1", "n1", "x2", "n2").to_numpy().astype(float).T)


def read_case_file(name):
    import os
    from pathlib import Path

    from tests.oracles.reader import ELSEWHERE

    read_case("binary_endpoints")
    return Path(os.environ.get("MALAR_ORACLES", ELSEWHERE)) / "binary_endpoints" / name


def subjects(rows):
    parts = []
    for row in rows.iter_rows(named=True):
        for arm, x, n in (("drug", row["x1"], row["n1"]), ("placebo", row["x2"], row["n2"])):
            outcome = [True] * x + [False] * (n - x)
            parts.append(pl.DataFrame({"outcome": outcome}).with_columns(arm=pl.lit(arm), stratum=row["stratum"]))
    return pl.concat(parts).with_columns(randomized=pl.lit(value=True))


@pytest.mark.parametrize("table", ["s1", "s2", "s3"])
@pytest.mark.parametrize("oracle", ["binary_endpoints"])
def test_strata(oracle, table):
    r = read_case(oracle).expected["stratified"][table]
    rows, counts = strata(table)
    response = Proportion(denominator="randomized", unknown="excluded", by="arm")
    for variance, key in (("sato", "sato"), ("greenland_robins", "greenland_robins")):
        spec = StratifiedContrast(response=response, control="placebo", strata=("stratum",), variance=variance)
        result = spec.fit(subjects(rows))
        ours = result.of("difference")
        assert_close([ours.estimate, ours.se], [r["mh_rd"], r[f"se_{key}"]], what=variance)
        assert_close([ours.lower, ours.upper], r[f"ci_{key}"], what=f"limits {variance}")
        test = result.of("cmh_test")
        assert_close([test.chisq, test.p], [r["cmh"]["stat"], r["cmh"]["p"]], what="CMH")
        odds = result.of("odds_ratio")
        assert_close(odds.estimate, r["cmh"]["common_or"], what="common odds ratio")
        assert_close([odds.lower, odds.upper], r["cmh"]["or_ci"], what="its limits")
    corrected = StratifiedContrast(response=response, control="placebo", strata=("stratum",), corrected=True)
    test = corrected.fit(subjects(rows)).of("cmh_test")
    assert_close([test.chisq, test.p], [r["cmh_cc"]["stat"], r["cmh_cc"]["p"]], what="CMH corrected")
    low, high = difference_limits(
        lambda d: stratified_score(counts.x1, counts.n1, counts.x2, counts.n2, d), counts.difference, 1.959963984540054
    )
    expected = r["mn_stratified_mh_weights_ratesci"]  # precise to about 1e-10
    assert_close([low, high], [expected[0], expected[2]], what="stratified Miettinen-Nurminen")


@pytest.mark.parametrize("oracle", ["signed_rank_series"])
def test_signed_rank(oracle):
    case = read_case(oracle)
    for name, r in case.expected["series"].items():
        for zeros in ("wilcoxon", "pratt"):
            spec = SignedRank(before="before", after="after", unknown="refused", zeros=zeros)
            result = spec.fit(case.frame.filter(series=name))
            assert_close(result.of("signed_rank").p, r[f"p_{zeros}"], what=f"{name} {zeros}")
        if "limits" in r:
            change = result.of("change")
            assert_close([change.estimate, change.lower, change.upper], [r["estimate"], *r["limits"]], what=name)
            assert_close(result.of("signed_rank").estimate, r["statistic"], what="V")


@pytest.mark.parametrize("oracle", ["signed_rank_series"])
def test_discordant_pairs(oracle):
    for r in read_case(oracle).expected["mcnemar"]:
        gained, lost = r["gained"], r["lost"]
        frame = pl.DataFrame({"before": [0] * gained + [1] * lost, "after": [1] * gained + [0] * lost})
        result = PairedResponse(before="before", after="after", unknown="refused").fit(frame)
        assert_close(result.of("mcnemar_exact").p, r["p"], what=f"{gained} {lost}")
        odds = result.of("odds_ratio")
        upper = [math.inf if value in (None, "Inf") else value for value in r["odds_limits"]]
        assert_close([odds.lower, odds.upper], upper, what="odds")


def change(gained, lost, n, level=0.95):
    rest = n - gained - lost
    frame = pl.DataFrame(
        {"before": [0] * gained + [1] * lost + [0] * rest, "after": [1] * gained + [0] * lost + [0] * rest}
    )
    spec = PairedResponse(before="before", after="after", unknown="refused", level=level)
    return spec.fit(frame).of("difference")


@pytest.mark.parametrize("oracle", ["paired_and_strata"])
def test_score_limits_of_a_paired_difference(oracle):
    """The nuisance by a search on the multinomial likelihood."""
    for r in read_case(oracle).expected["tango"]:
        found = change(r["gained"], r["lost"], r["n"], r["level"])
        assert_close([found.estimate, found.lower, found.upper], [r["estimate"], r["lower"], r["upper"]], what=str(r))


@pytest.mark.parametrize(
    ("gained", "lost", "n", "printed", "digits"),
    [(6, 16, 161, (-0.1240, -0.0054), "printed_4"), (1, 7, 21, (-0.517, -0.026), "printed_3")],
)
def test_published_score_limits_of_tango(gained, lost, n, printed, digits):
    """Fagerland, Lydersen & Laake, Statistical analysis of contingency tables (2017), chapter 8, and its R package
    contingencytables: response before and after consolidation (Cavo 2012), airways before and after stem cells
    (Bentur 2009)."""
    found = change(gained, lost, n)
    assert_close([found.lower, found.upper], printed, digits)


@pytest.mark.parametrize("oracle", ["paired_and_strata"])
def test_equal_odds_ratios_across_strata(oracle):
    for name, r in read_case(oracle).expected["homogeneity"].items():
        rows = pl.DataFrame({key: r[key] for key in ("x1", "n1", "x2", "n2")}).with_row_index("stratum")
        response = Proportion(denominator="randomized", unknown="excluded", by="arm")
        spec = StratifiedContrast(response=response, control="placebo", strata=("stratum",))
        result = spec.fit(subjects(rows))
        assert_close(result.of("odds_ratio").estimate, r["odds_ratio"], what=name)
        for term in ("breslow_day", "tarone"):
            found = result.of(term)
            assert_close([found.chisq, found.p], [r[term], r[f"{term}_p"]], what=f"{name} {term}")
