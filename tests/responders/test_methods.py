"""Estimators of responders, counts and multiplicity name their sources, and listing them loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import malar.multiplicity
import malar.responders
from malar.catalog import catalog
from malar.estimators import METHODS
from malar.sources import Status


def test_all_are_listed_once_with_their_sources():
    own = (*malar.responders.METHODS, *malar.multiplicity.METHODS)
    assert set(own) <= set(METHODS)
    assert len({method.key for method in METHODS}) == len(METHODS)
    assert not [method.key for method in own if method.status == Status.PROVISIONAL]
    told = {entry["key"]: entry["status"] for entry in catalog("estimators")}
    assert all(told[method.key] == method.status.label for method in METHODS)
    specs = [getattr(malar.responders, name) for name in malar.responders.__all__]
    found = {spec.method for spec in specs if hasattr(spec, "method") and hasattr(spec, "fit")}
    assert found == set(malar.responders.METHODS)


def test_import_is_light():
    code = (
        "import sys, malar.estimators, malar.multiplicity as m; m.holm([0.1]);"
        "print([m for m in ('numpy', 'polars', 'scipy', 'narwhals') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
