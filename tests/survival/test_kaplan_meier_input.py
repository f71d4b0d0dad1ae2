"""Every row is used, or the fit is refused with the reason."""

from __future__ import annotations

import polars as pl
import pytest

from malar.errors import MalarError, MissingColumnsError, ParameterError, UndefinedError, WrongTypeError
from malar.survival import KaplanMeier

GOOD = {"time": [3.0, 5.0], "event": [1, 0], "entry": [0.0, 1.0], "w": [1.0, 2.0], "arm": ["a", "b"]}
SPEC = KaplanMeier(entry="entry", weight="w", by="arm")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"time": [3.0, None]}, UndefinedError, "`time` is null in 1 of 2 rows"),
        ({"time": [3.0, float("nan")]}, UndefinedError, "`time` is NaN or infinite in 1 of 2 rows"),
        ({"time": [3.0, -5.0]}, ParameterError, "`time` is negative in 1 of 2 rows"),
        ({"time": ["3", "5"]}, WrongTypeError, "`time` is String, not a number"),
        ({"entry": [0.0, 5.0]}, ParameterError, "`entry` is at or after `time` in 1 of 2 rows"),
        ({"entry": [None, 0.0]}, UndefinedError, "`entry` is null in 1 of 2 rows"),
        ({"entry": [-1.0, 0.0]}, ParameterError, "`entry` is negative in 1 of 2 rows"),
        ({"event": [1, 2]}, ParameterError, "`event` has 1 of 2 values other than 0 and 1"),
        ({"event": [1.0, float("nan")]}, ParameterError, "`event` has 1 of 2 values other than 0 and 1"),
        ({"event": ["yes", "no"]}, WrongTypeError, "`event` is String"),
        ({"w": [1.0, -2.0]}, ParameterError, "`w` is negative in 1 of 2 rows"),
        ({"w": [1.0, None]}, UndefinedError, "`w` is null"),
        ({"w": [1.0, 0.0]}, UndefinedError, "`w` is 0 in every row"),
        ({"arm": ["a", None]}, UndefinedError, "`arm` is null in 1 of 2 rows"),
    ],
)
def test_refuses(change, error, message):
    with pytest.raises(error) as caught:
        SPEC.fit(pl.DataFrame(GOOD | change))
    assert str(caught.value).startswith(message)
    assert caught.value.hint


def test_missing_columns_are_all_named():
    with pytest.raises(MissingColumnsError, match="`entry`, `w`, `arm`"):
        SPEC.fit(pl.DataFrame({"time": [1], "event": [True]}))


def test_no_rows():
    with pytest.raises(UndefinedError, match="without rows"):
        KaplanMeier().fit(pl.DataFrame({"time": [], "event": []}, schema={"time": pl.Float64, "event": pl.Boolean}))


def test_no_dataframe():
    with pytest.raises(WrongTypeError, match="list is not a dataframe"):
        KaplanMeier().fit([1, 2])


@pytest.mark.parametrize(
    "options", [{"interval": "logit"}, {"level": 95}, {"level": 0.0}, {"variance": "robust"}, {"level": float("nan")}]
)
def test_refuses_parameters(options):
    with pytest.raises(ParameterError):
        KaplanMeier(**options)


def test_null_event_is_censored_and_boolean_is_one():
    time = [1, 2, 3]
    curves = [
        KaplanMeier().fit(pl.DataFrame({"time": time, "event": event})).curve()
        for event in ([1, None, 0], [True, False, None], [1.0, 0.0, 0.0])
    ]
    assert curves[0].equals(curves[1])
    assert curves[0].equals(curves[2])
    nobody = KaplanMeier().fit(pl.DataFrame({"time": time, "event": [None, None, None]}))
    assert nobody.curves[0].events.sum() == 0


def test_asking_outside():
    result = KaplanMeier(by="arm").fit(pl.DataFrame(GOOD))
    for ask in (
        lambda: result.at(-1),
        lambda: result.at(float("inf")),
        lambda: result.quantile(1.0),
        lambda: result["c"],
    ):
        with pytest.raises(MalarError):
            ask()


def test_a_group_of_numbers_keeps_their_order():
    rows = pl.DataFrame({"time": [1, 2, 3], "event": [1, 1, 1], "dose": [10, 2, 2]})
    assert [c.group for c in KaplanMeier(by="dose").fit(rows).curves] == ["2", "10"]
