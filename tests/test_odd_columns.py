"""Columns that a frame from elsewhere may bring: each is read as what it says, or refused by a message."""

from __future__ import annotations

import math

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from malar.controls import Balance, PropensityScore, Weighting
from malar.errors import ParameterError, UndefinedError, WrongTypeError
from malar.repeated import MMRM
from malar.responders import NegativeBinomialRate, Proportion, ResponderContrast, StratifiedContrast
from malar.synthesis import MetaRegression, Pooling, SmallStudyCheck

COHORT = pl.DataFrame({"treated": [0, 1] * 6, "age": [21, 34, 28, 41, 36, 30, 45, 52, 27, 39, 33, 48], "word": "alike"})
TRIAL = pl.DataFrame({"arm": ["a", "b"] * 4, "outcome": [0, 1, 1, 1, 0, 1, 0, 0], "treated": 1, "stratum": [1, 2] * 4})
VISITS = pl.DataFrame(
    {
        "subject": [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0],
        "visit": [3.0, 6.0] * 4,
        "arm": ["a"] * 4 + ["b"] * 4,
        "y": [0.1, 1.0, 2.0, 1.5, 0.5, 2.5, 3.0, 2.0],
    }
)
STUDIES = pl.DataFrame({"estimate": [0.0] * 12, "se": [0.1 * place for place in range(1, 13)], "word": "alike"})


@pytest.mark.parametrize("kind", [pl.Float64, pl.Float32, pl.Boolean, pl.UInt8, pl.Decimal(4, 1)])
def test_a_treatment_is_0_and_1_in_any_type(kind):
    """A treatment of floats, as pandas makes of whole numbers, ended in an error of polars."""
    typed = COHORT.with_columns(pl.col("treated").cast(kind))
    for spec in (Balance(covariates=["age"]), Weighting(covariates=["age"], estimand="ate")):
        ours, expected = spec.fit(typed), spec.fit(COHORT)
        if isinstance(spec, Balance):
            assert_frame_equal(ours.table(), expected.table(), check_exact=True)
    assert (
        PropensityScore(covariates=["age"])
        .fit(typed)
        .table()
        .equals(PropensityScore(covariates=["age"]).fit(COHORT).table())
    )
    with pytest.raises(ParameterError, match="1 of 12 values other than 0 and 1"):
        Balance(covariates=["age"]).fit(COHORT.with_columns(treated=pl.Series([0.5, *[0.0, 1.0] * 5, 1.0])))


def test_what_does_not_vary_is_named():
    with pytest.raises(UndefinedError, match="`word` each is one word in all 12 rows"):
        Balance(covariates=["word"]).fit(COHORT)
    with pytest.raises(UndefinedError, match="`word` is the same in all 12 studies"):
        MetaRegression(pooling=Pooling(measure="estimate"), moderators=("word",)).fit(STUDIES)


def test_equal_effects_have_no_test_of_asymmetry():
    found = SmallStudyCheck(pooling=Pooling(measure="estimate")).fit(STUDIES)
    assert found.slope == 0.0
    assert math.isnan(found.se)
    assert found.table().filter(pl.col("statistic").is_in(["se", "p"]))["value"].to_list() == [None, None]


def test_lists_and_spans_are_no_names():
    response = Proportion(denominator="treated", unknown="nonresponder", by="arm")
    listed = TRIAL.with_columns(pl.concat_list("arm"))
    for spec in (response, ResponderContrast(response=response, control="a")):
        with pytest.raises(WrongTypeError, match="`arm` holds List"):
            spec.fit(listed)
    with pytest.raises(WrongTypeError, match="`stratum` holds List"):
        StratifiedContrast(response=response, control="a", strata=("stratum",)).fit(
            TRIAL.with_columns(pl.concat_list("stratum"))
        )
    with pytest.raises(WrongTypeError, match="`age` is Duration"):
        Balance(covariates=["age"]).fit(COHORT.with_columns(pl.duration(days="age").alias("age")))
    for name in ("subject", "visit", "arm"):
        with pytest.raises(WrongTypeError, match=f"`{name}` holds List"):
            MMRM(outcome="y").fit(VISITS.with_columns(pl.concat_list(name)))


@pytest.mark.parametrize("name", ["subject", "visit"])
def test_nan_is_no_subject_and_no_visit(name):
    frame = VISITS.with_columns(pl.when(pl.int_range(pl.len()) == 0).then(math.nan).otherwise(name).alias(name))
    with pytest.raises(UndefinedError, match=f"`{name}` is NaN in 1 of 8 rows"):
        MMRM(outcome="y").fit(frame)


def test_endless_counts_are_no_counts():
    frame = pl.DataFrame({"group": ["a", "b"] * 3, "events": [1.0, 2, 0, 1, math.inf, 3], "patient_years": 1.0})
    with pytest.raises(ParameterError, match="1 rows have counts"):
        NegativeBinomialRate(control="a").fit(frame)
