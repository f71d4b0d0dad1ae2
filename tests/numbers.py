"""The one function that compares numbers, with every tolerance named in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Two numbers are equal where |got - expected| <= absolute + relative |expected|."""

    relative: float
    absolute: float


TOLERANCES: Final = {
    "exact": Tolerance(0.0, 0.0),
    "rounding": Tolerance(1e-10, 1e-12),  # the same quantity computed on two ways
    "oracle": Tolerance(1e-7, 1e-12),  # another software, 15 digits
    "oracle_6": Tolerance(1e-6, 1e-12),  # another software whose own iteration stops there
    "pooled_likelihood": Tolerance(1e-5, 1e-10),  # two climbs of one likelihood
    "root_of_rpact": Tolerance(1e-5, 2e-7),  # rpact's search for a bound, stopped 1e-8 before the level
    "stops_early": Tolerance(1e-3, 1e-6),  # another software that stops early
    "derivative": Tolerance(1e-5, 1e-7),  # central differences
    "optimizer": Tolerance(1e-4, 3e-5),  # another software's search for a maximum, stopped at about 1e-5
    "likelihood": Tolerance(1e-9, 1e-7),  # flat at the maximum
    "degrees_of_freedom": Tolerance(1e-4, 0.0),
    "p_value": Tolerance(1e-3, 1e-9),
    "printed_4": Tolerance(0.0, 0.5000001e-4),  # a book or paper, 4 decimals
    "printed_3": Tolerance(0.0, 0.5000001e-3),
    "printed_2": Tolerance(0.0, 0.5000001e-2),
}


def assert_close(got: Any, expected: Any, tolerance: str = "oracle", what: str = "") -> None:
    """Fail where numbers differ by more than a named tolerance.

    None, null and NaN are one value, equal to itself only; infinities equal those of their sign.

    >>> assert_close([1.0, None], [1.0 + 1e-9, float("nan")])
    >>> assert_close(0.8571, 6 / 7, "printed_4")
    >>> assert_close([1.0, 2.0], [1.0, 2.1], what="survival")
    Traceback (most recent call last):
    AssertionError: survival: 1 of 2 numbers differ (oracle); at (1,): got 2.0, expected 2.1
    >>> assert_close([1.0, None], [1.0, 0.0])
    Traceback (most recent call last):
    AssertionError: 1 of 2 numbers differ (oracle); at (1,): got nan, expected 0.0
    """
    left, right = _array(got), _array(expected)
    label = f"{what}: " if what else ""
    assert left.shape == right.shape, f"{label}shape {left.shape}, expected {right.shape}"
    limit = TOLERANCES[tolerance]
    with np.errstate(invalid="ignore"):
        near = np.abs(left - right) <= limit.absolute + limit.relative * np.abs(right)
    finite = np.isfinite(left) & np.isfinite(right)
    same = np.where(finite, near, (left == right) | (np.isnan(left) & np.isnan(right)))
    wrong = np.argwhere(~same)
    if wrong.size or not same.all():
        place = tuple(int(i) for i in wrong[0])
        raise AssertionError(
            f"{label}{len(wrong)} of {left.size} numbers differ ({tolerance}); "
            f"at {place}: got {float(left[place])!r}, expected {float(right[place])!r}"
        )


def _array(values: Any) -> np.ndarray:
    if hasattr(values, "to_list"):
        values = values.to_list()
    return np.asarray(values, dtype=np.float64)
