"""Carrying forward within its limits and never across rescue; non-response imputed in a column of its own."""

from __future__ import annotations

import polars as pl
import pytest

from malar.course import derive_carried, impute_nonresponse
from malar.errors import ParameterError


def carried(values: list[object], days: list[int] | None = None, **options: object) -> list[object]:
    days = days or list(range(0, 30 * len(values), 30))
    columns: dict[str, object] = {"subject": ["a"] * len(values), "day": days, "x": values}
    if "rescue" in options:
        columns["rescue"] = options["rescue"]
        options["rescue"] = "rescue"
    given: dict[str, object] = {"max_visits": 1, "max_days": 60, **options}
    frame = pl.DataFrame(columns, strict=False)
    out = derive_carried(frame.reverse(), ["x"], **given).reverse()  # pyright: ignore
    assert out["x"].to_list() == pytest.approx(values, nan_ok=True) or out["x"].to_list() == values
    return out["x__locf"].to_list()


def test_it_is_carried_to_so_many_visits_and_no_further() -> None:
    assert carried([True, None, None, False, None]) == [True, True, None, False, False]
    assert carried([True, None, None], max_visits=2) == [True, True, True]


def test_it_is_carried_so_many_days_and_no_further() -> None:
    assert carried([2.0, None], [0, 60]) == [2.0, 2.0]
    assert carried([2.0, None], [0, 61]) == [2.0, None]


def test_nan_is_unknown() -> None:
    assert carried([2.0, float("nan")]) == [2.0, 2.0]


def test_no_value_crosses_rescue_or_what_may_have_been_rescue() -> None:
    for rescue in (True, None):
        assert carried([1, None, None], max_visits=2, rescue=[False, rescue, False]) == [1, None, None]
        assert carried([1, 2, None], rescue=[False, rescue, False]) == [1, 2, 2]
    assert carried([1, None, None], max_visits=2, rescue=[True, False, False]) == [1, 1, 1]
    assert carried([1, None, None], max_visits=2, rescue=[False, False, True]) == [1, 1, None]


def test_subjects_do_not_see_each_other() -> None:
    frame = pl.DataFrame({"subject": ["a", "b"], "day": [0, 30], "x": [1, None]})
    assert derive_carried(frame, ["x"], max_visits=1, max_days=60)["x__locf"].to_list() == [1, None]


@pytest.mark.parametrize("limits", [{"max_visits": 0, "max_days": 60}, {"max_visits": 1, "max_days": 0}])
def test_limits_that_carry_nothing_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(ParameterError):
        carried([1], **limits)


def test_an_imputed_failure_stands_beside_the_verdict_and_does_not_replace_it() -> None:
    out = impute_nonresponse(pl.DataFrame({"f": [True, False, None]}), "f")
    assert out["f"].to_list() == [True, False, None]
    assert out["f__nri"].to_list() == [True, False, False]
