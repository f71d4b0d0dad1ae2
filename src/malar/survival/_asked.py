"""Days that a caller asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from malar.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def finite_days(times: float | Sequence[float] | Floats) -> Floats:
    """Times asked for, as an array; `ParameterError` where one is negative or not finite."""
    import numpy as np

    wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if not bool(np.all(np.isfinite(wanted) & (wanted >= 0.0))):
        raise ParameterError(
            "`times` has a negative or infinite time.",
            "The analysis starts at day 0.",
            "Use finite days >= 0.",
        )
    return wanted
