"""Malar takes a lupus patient from visit record to verdict. Research software, no medical device.

Names are loaded when first used: listing definitions imports no dataframe library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from malar.catalog import references
    from malar.checks import check
    from malar.endpoints import rule
    from malar.errors import MalarError
    from malar.importers.csv_folder import import_csv
    from malar.importers.geo import import_geo
    from malar.instruments import instrument
    from malar.repeated import MMRM, ReferenceBasedImputation
    from malar.responders import Proportion
    from malar.schema import Settings, Study, read_study, study_from_frames
    from malar.sheets import sheet
    from malar.survival import (
        CoxRegression,
        CumulativeIncidence,
        FineGray,
        GrayTest,
        Guyot,
        KaplanMeier,
        LogRank,
        Multistate,
        NelsonAalen,
        PanelMultistate,
        RestrictedMean,
        StateOccupancy,
        Turnbull,
    )
    from malar.timelines import (
        Estimand,
        apply_estimand,
        derive_competing,
        derive_denominators,
        derive_states,
        derive_states_at_visits,
        derive_time_to_event,
        judge_visits,
        judgeable,
        outcome,
    )

__version__ = "0.1.0"

_MODULES = {
    "outcome": "timelines",
    "derive_competing": "timelines",
    "CoxRegression": "survival",
    "CumulativeIncidence": "survival",
    "Estimand": "timelines",
    "FineGray": "survival",
    "KaplanMeier": "survival",
    "MMRM": "repeated",
    "ReferenceBasedImputation": "repeated",
    "GrayTest": "survival",
    "Guyot": "survival",
    "LogRank": "survival",
    "Multistate": "survival",
    "NelsonAalen": "survival",
    "PanelMultistate": "survival",
    "RestrictedMean": "survival",
    "Turnbull": "survival",
    "MalarError": "errors",
    "Proportion": "responders",
    "Settings": "schema",
    "StateOccupancy": "survival",
    "Study": "schema",
    "apply_estimand": "timelines",
    "check": "checks",
    "derive_denominators": "timelines",
    "references": "catalog",
    "derive_states": "timelines",
    "derive_states_at_visits": "timelines",
    "derive_time_to_event": "timelines",
    "import_csv": "importers.csv_folder",
    "import_geo": "importers.geo",
    "instrument": "instruments",
    "judge_visits": "timelines",
    "judgeable": "timelines",
    "read_study": "schema",
    "rule": "endpoints",
    "sheet": "sheets",
    "study_from_frames": "schema",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)


__all__ = [
    "MMRM",
    "CoxRegression",
    "CumulativeIncidence",
    "Estimand",
    "FineGray",
    "GrayTest",
    "Guyot",
    "KaplanMeier",
    "LogRank",
    "MalarError",
    "Multistate",
    "NelsonAalen",
    "PanelMultistate",
    "Proportion",
    "ReferenceBasedImputation",
    "RestrictedMean",
    "Settings",
    "StateOccupancy",
    "Study",
    "Turnbull",
    "__version__",
    "apply_estimand",
    "check",
    "derive_competing",
    "derive_denominators",
    "derive_states",
    "derive_states_at_visits",
    "derive_time_to_event",
    "import_csv",
    "import_geo",
    "instrument",
    "judge_visits",
    "judgeable",
    "outcome",
    "read_study",
    "references",
    "rule",
    "sheet",
    "study_from_frames",
]
