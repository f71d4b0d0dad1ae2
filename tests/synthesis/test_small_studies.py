"""Small studies against large ones: rank correlation, and trim and fill, as metafor 3.8-1 gives them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from malar.errors import ParameterError, UndefinedError
from malar.synthesis import Pooling, RankCheck, TrimAndFill
from tests.numbers import assert_close
from tests.oracles.reader import Case, read_case

LARGE = ("meta_debruin2009", "meta_pritz1997")


def spec(case: Case) -> Pooling:
    columns = {role: name for role, name in case.columns.items() if name}
    return Pooling(measure="proportion_logit", columns=columns, study=columns["study"], limits="normal")


@pytest.mark.parametrize("name", LARGE)
def test_oracle_of_the_rank_correlation(name: str) -> None:
    case = read_case(name)
    r = case.expected["PLO_ranktest"]
    found = RankCheck(pooling=spec(case)).fit(case.frame)
    assert_close((found.tau, found.p), (r["tau"], r["p"]))
    assert found.table()["term"].unique().to_list() == ["rank_correlation"]


@pytest.mark.parametrize("name", LARGE)
def test_oracle_of_trim_and_fill(name: str) -> None:
    case = read_case(name)
    r = case.expected["PLO_trimfill_REML"]
    found = TrimAndFill(pooling=spec(case)).fit(case.frame)
    assert (found.added, found.side) == (r["k0"], r["side"])
    assert_close((found.after.estimate, found.after.se), (r["est"], r["se"]), "stops_early")


def funnel(*, holes: bool) -> pl.DataFrame:
    rows = [(sign * se, se) for se in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6) for sign in (-1.0, 1.0)]
    kept = [row for row in rows if not (holes and row[0] < -0.35)]
    return pl.DataFrame({"estimate": [e for e, _ in kept], "se": [s for _, s in kept]})


def test_an_even_funnel_gains_nothing_and_an_uneven_one_is_evened_on_its_empty_side() -> None:
    pooling = Pooling(measure="ratio", tau2="DL")
    even = TrimAndFill(pooling=pooling, side="left").fit(funnel(holes=False))
    assert even.added == 0
    assert_close(even.after.estimate, even.before.estimate, "rounding")
    frame = pl.concat([funnel(holes=True), funnel(holes=True).head(2).with_columns(pl.col("se") + 0.05)])
    uneven = TrimAndFill(pooling=pooling).fit(frame)
    assert uneven.side == "left"
    assert uneven.added > 0
    assert uneven.after.estimate < uneven.before.estimate
    assert "invented studies on the left" in uneven.table()["note"][0]
    mirrored = TrimAndFill(pooling=pooling).fit(frame.with_columns(-pl.col("estimate")))
    assert (mirrored.side, mirrored.added) == ("right", uneven.added)
    assert_close(mirrored.after.estimate, -uneven.after.estimate, "rounding")


def test_few_studies_are_refused_by_both() -> None:
    pooling = Pooling(measure="ratio")
    for check in (RankCheck(pooling=pooling), TrimAndFill(pooling=pooling)):
        with pytest.raises(UndefinedError, match="too few to look for small-study effects"):
            check.fit(funnel(holes=False).head(9))
    with pytest.raises(ParameterError, match="`side` is 'up'"):
        TrimAndFill(pooling=pooling, side="up")  # pyright: ignore[reportArgumentType]


def test_the_rank_correlation_is_exact_without_ties_however_many_studies() -> None:
    """40 studies; R metafor 3.8-1 `ranktest` in R 4.2.2. The normal approximation gives p = 0.9629 here."""
    places = np.arange(1, 41)
    se = np.round(0.2 + (places * 0.6180339887) % 1, 6)
    frame = pl.DataFrame({"estimate": np.round(np.sin(places) + se / 2, 6), "se": se})
    found = RankCheck(pooling=Pooling(measure="estimate")).fit(frame)
    assert_close((found.tau, found.p), (0.00512820512820513, 0.97230510190925190), "rounding")


def test_equal_effects_are_trimmed_alike_in_any_order_of_rows() -> None:
    effects = [0.8, 0.8, 0.7, 0.9, 0.9, 0.0, 0.1, -0.1, 0.05, 0.6, 0.7, 0.8]
    frame = pl.DataFrame({"estimate": effects, "se": [0.9, 0.3, 0.5, 0.8, 0.4, 0.2, 0.25, 0.22, 0.3, 0.7, 0.75, 0.55]})
    spec = TrimAndFill(pooling=Pooling(measure="estimate", tau2="DL"), side="left")
    found = spec.fit(frame)
    assert found.added > 0
    for order in (frame.reverse(), frame.sort("se"), frame.sort("se", descending=True)):
        again = spec.fit(order)
        assert again.added == found.added
        assert_close(again.after.estimate, found.after.estimate, "rounding")
