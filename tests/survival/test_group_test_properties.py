"""What must hold of every log-rank and Gray test, and what is refused or not determined."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malar.errors import ParameterError, UndefinedError
from malar.survival import GrayTest, LogRank
from tests.numbers import assert_close
from tests.survival.test_kaplan_meier_published import PLACEBO, SIX_MP, weeks

relaxed = settings(deadline=None, max_examples=50)
row = st.tuples(st.integers(0, 9), st.sampled_from([0, 1, 2]), st.sampled_from("abc"), st.sampled_from("xy"))
rows = st.lists(row, min_size=2, max_size=40).filter(lambda found: len({arm for _, _, arm, _ in found}) > 1)

TIED = "1 2 b; 1 2 a; 0 2 a; 1 1 b; 1 2 b; 1 2 b; 0 2 a; 0 2 b; 0 1 b; 1 2 b; 1 2 b; 0 2 a; 1 2 b"


def frame(found) -> pl.DataFrame:
    schema = {"time": pl.Int64, "cause": pl.Int64, "arm": pl.String, "center": pl.String}
    return pl.DataFrame(found, schema=schema, orient="row").with_columns(event=pl.col("cause") == 1)


def test_leukemia_as_published():
    """Kleinbaum & Klein, Survival Analysis, chapter 2."""
    result = LogRank().fit(pl.concat([weeks(SIX_MP, "6-MP"), weeks(PLACEBO, "placebo")]))
    assert_close(result.scores.expected, [19.25, 10.75], "printed_2")
    assert_close(result.chisq, 16.79, "printed_2")
    assert result.z < 0


@relaxed
@given(rows, st.randoms(use_true_random=False), st.sampled_from([0.0, 1.0]))
def test_row_order_scale_and_labels_do_not_matter(found, random, rho):
    mixed = frame(random.sample(found, len(found))).with_columns(pl.col("time") * 7 + 3)
    for spec in (LogRank(strata="center", rho=rho), GrayTest(strata="center", rho=rho, causes=("1", "2"))):
        theirs = spec.fit(mixed).table()["value"]
        assert_close(spec.fit(frame(found)).table()["value"], theirs, "derivative")


@relaxed
@given(rows)
def test_weights_of_early_and_late_events_add_up_to_the_log_rank_score(found):
    early, late, all_ = (LogRank(rho=r, gamma=g).fit(frame(found)).scores for r, g in ((1, 0), (0, 1), (0, 0)))
    assert_close((early + late).observed, all_.observed, "rounding")
    assert_close((early + late).expected, all_.expected, "rounding")


@relaxed
@given(rows)
def test_scores_cancel_and_covariances_are_positive(found):
    scores = LogRank().fit(frame(found)).scores
    parts = [(scores.observed - scores.expected, scores.covariance)]
    parts += [(cause.score, cause.covariance) for cause in GrayTest(causes=("1", "2")).fit(frame(found)).causes]
    for score, covariance in parts:
        assert abs(score.sum()) < 1e-9
        assert np.linalg.eigvalsh(covariance).min() > -1e-9


@relaxed
@given(rows)
def test_without_other_causes_or_censoring_grays_score_is_the_log_rank_score(found):
    only = frame(found).with_columns(cause=1, event=True)
    gray = GrayTest().fit(only).causes[0]
    scores = LogRank().fit(only).scores
    assert_close(gray.score, scores.observed - scores.expected, "rounding")


@relaxed
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([1, 2]), st.sampled_from("abc")), min_size=6, max_size=24))
def test_many_ties_among_few_still_give_a_covariance(found):
    ends = [(time, cause, arm, "x") for time, cause, arm in found] + [(5, 1, "a", "x"), (5, 2, "b", "x")]
    for cause in GrayTest(causes=("1", "2")).fit(frame(ends)).causes:
        assert np.linalg.eigvalsh(cause.covariance).min() > -1e-9


def test_more_events_tied_than_a_group_holds():
    """The variance of the rule for ties would be negative; cuminc of cmprsk 2.2-11 gives -3.239482."""
    words = [row.split() for row in TIED.split(";")]
    found = [(int(time), int(cause), arm, "x") for time, cause, arm in words]
    test = GrayTest().fit(frame(found)).tests().filter(cause="2").row(0)
    assert test[1] > 0.0
    assert test[2] == 1


def test_a_stratum_of_one_group_adds_nothing():
    both = frame([(1, 1, "a", "x"), (2, 0, "b", "x"), (3, 1, "b", "x"), (4, 1, "a", "x")])
    alone = pl.concat([both, frame([(1, 1, "a", "y"), (2, 2, "a", "y"), (5, 1, "a", "y")])])
    assert_close(LogRank(strata="center").fit(alone).chisq, LogRank().fit(both).chisq, "rounding")
    ours, theirs = (GrayTest(strata="center", causes=("1", "2")).fit(part).tests() for part in (alone, both))
    assert_close(ours["chisq"], theirs["chisq"], "rounding")


def test_without_events_nothing_is_compared_and_the_table_says_so():
    none = frame([(3, 0, "a", "x"), (4, 0, "b", "x")])
    table = LogRank().fit(none).table()
    assert table.filter(statistic="p")["value"].to_list() == [None]
    assert "nothing is compared" in table["note"][0]
    tests = GrayTest(causes=("1",)).fit(none).tests()
    assert tests.rows() == [("1", None, 0, None)]


def test_table_of_a_log_rank_test():
    table = (
        LogRank(rho=1, strata=["center"])
        .fit(frame([(1, 1, "a", "x"), (2, 1, "b", "x"), (3, 0, "b", "x")]))
        .table(definition="flare", population="treated")
    )
    assert table.filter(statistic="n")["value"].to_list() == [1, 2]
    assert table.filter(statistic="events")["value"].to_list() == [1, 1]
    assert table.filter(pl.col("statistic").is_in(["chisq", "df", "p", "z"])).height == 4
    assert "stratified" in table["note"][0]
    assert "S^1" in table["note"][0]


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(UndefinedError, match="one value"):
        LogRank().fit(frame([(1, 1, "a", "x")]))
    with pytest.raises(UndefinedError, match="`center` is null in 1"):
        LogRank(strata="center").fit(frame([(1, 1, "a", None), (1, 1, "b", "x")]))
    with pytest.raises(ParameterError, match="`rho` is -1"):
        LogRank(rho=-1)
    with pytest.raises(ParameterError, match="`rho` is inf"):
        GrayTest(rho=float("inf"))
