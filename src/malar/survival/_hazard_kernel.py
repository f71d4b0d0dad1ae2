"""Nelson-Aalen arithmetic on arrays: O(n log n) time, O(n) memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from malar.survival._risk_kernel import RiskSets, ascending, risk_sets, running, spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


def cumulative_hazard(
    time: Floats, event: Flags, weight: Floats, entry: Floats | None, variance: str
) -> tuple[RiskSets, Floats, Floats]:
    """Cumulative hazard and its standard error at the distinct times.

    Parameters
    ----------
    time, event, weight, entry
        One value a row, shape (n,); at risk at t means entry < t <= time; all rows valid.
    variance
        ``aalen``: Σ d/Y²; ``binomial``: Σ d(Y-d)/Y³; ``infinitesimal_jackknife``: the sum over rows of
        the squared weighted influence 1/Y for an event less the running sum of d/Y² while at risk.

    Returns
    -------
    tuple
        Counts, cumulative hazard and standard error, shape (times,).
    """
    order, time = ascending(time)
    event, weight = event[order], weight[order]
    entry = None if entry is None else entry[order]
    sets = risk_sets(time, event, weight, entry)
    happened = sets.events > 0.0
    at_risk = np.where(happened, sets.at_risk, np.inf)
    hazard = np.where(sets.last, 1.0, sets.events / at_risk)
    if variance == "infinitesimal_jackknife":
        own = np.where(event, 1.0 / at_risk[sets.index], 0.0)
        squared = spread(sets, weight, entry, running(hazard / at_risk), own)
    elif variance == "aalen":
        squared = running(hazard / at_risk)
    else:
        squared = running(hazard * (1.0 - hazard) / at_risk)
    return sets, running(hazard), np.sqrt(squared)
