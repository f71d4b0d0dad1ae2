"""The visits of a study with scores and verdicts beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from malar.endpoints import rule

if TYPE_CHECKING:
    import polars as pl

    from malar.instruments.weighted_items import Missing
    from malar.schema import Study


def judge_visits(study: Study, definitions: Sequence[str], *, missing: Missing = "unknown") -> pl.DataFrame:
    """Score and judge every visit of a study.

    Parameters
    ----------
    study
        A study.
    definitions
        Keys of definitions.
    missing
        What an unknown item counts as: ``unknown``, ``absent`` or ``carry``.

    Returns
    -------
    polars.DataFrame
        The visit frame with the scores, and for each definition its criteria and verdict.

    Raises
    ------
    UnknownKeyError
        No definition has a key given.
    """
    rules = [rule(key) for key in definitions]
    needs = dict.fromkeys(need for made in rules for need in made.visit_needs())
    windows = {made.window_days for endpoint in rules for made in endpoint.instruments}
    frame = study.visit_frame(*needs, window_days=max(windows, default=30))
    for made in rules:
        frame = made.flag(frame, missing=missing)
    return frame
