"""Score test of proportional hazards: is the slope in a coefficient that changes with g(time) more than chance?

The model is extended by the products x g(t); at the fitted coefficients and none of the products the information
has three blocks, each a sum over event times weighted by 1, g and g².
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.survival._partial_kernel import Evaluation

    Floats = NDArray[np.float64]


def score_statistics(at: Evaluation, g: Floats) -> tuple[Floats, float]:
    """Score statistics of one product at a time and of all together.

    Parameters
    ----------
    at
        The likelihood at its maximum.
    g
        Function of time at each event time, shape (K,).

    Returns
    -------
    tuple
        Shape (p,), each with one degree of freedom; and the global statistic with p.
    """
    model, terms = at.model, at.model.terms
    p = len(model.x)
    g = (g - np.average(g, weights=model.death_sums(model.weight[model.event]))) / (np.ptp(g) or 1.0)
    slope = model.x[:, model.event] @ (model.weight[model.event] * g[model.event_place])
    slope = slope - at.mean @ (terms.lift * g[terms.of])
    within, across, own = at.information(), at.information(g), at.information(g**2)
    left = own - across @ np.linalg.solve(within, across)
    variances = np.diag(left)
    known = variances > 1e-10 * np.abs(np.diag(own))
    single = np.divide(slope**2, variances, out=np.full(p, np.nan), where=known)
    together = float(slope @ np.linalg.solve(left, slope)) if known.all() else float("nan")
    return single, together
