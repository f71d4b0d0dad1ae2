"""Estimators name their sources, and listing them loads no numerical library."""

from __future__ import annotations

import subprocess
import sys

import pytest

from malar import survival
from malar.sources import Status
from malar.survival import METHODS

ESTIMATORS = [getattr(survival, name) for name in survival.__all__ if name not in ("METHODS", "Method")]


def test_import_is_light():
    code = (
        "import sys, malar.survival as s; s.KaplanMeier(); s.StateOccupancy();"
        "s.LogRank(); s.GrayTest(); s.RestrictedMean(365);"
        "s.CoxRegression(covariates=['a']); s.FineGray(covariates=['a'], interest=1);"
        "print([m for m in ('numpy', 'polars', 'scipy', 'narwhals') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_every_estimator_is_listed_with_its_sources(estimator):
    method = estimator.method
    assert method in METHODS
    assert method.sources[0].cite() == method.source.cite()
    assert (method.status == Status.PROVISIONAL) == (method.key == "guyot")  # no other software checks it
    assert len({m.key for m in METHODS}) == len(METHODS)
