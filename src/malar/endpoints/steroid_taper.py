"""Lowering of glucocorticoid in trials of a year: taper of TULIP, reduction of BLISS and of ILLUMINATE."""

from __future__ import annotations

from typing import Final

from malar.conditions import above, absent, at_least, at_most
from malar.endpoints.endpoint import Endpoint
from malar.sources import Source, Status

BASELINE: Final = "prednisone_mg_day_at_baseline"
_LABEL: Final = "prednisone at baseline"
_UNIT: Final = "mg/day"
_DAYS: Final = (
    "Weeks count from day 0, and the dose of baseline is that of day 0. The verdict is that of week 52: it stands at "
    "visits from day 350 onward, and what is taken after the visit is not looked at."
)
_NOTE: Final = (
    "Doses as recorded in the medications table; stopping the treatment, death and rescue are not judged here: see the "
    "columns of treatment failure."
)

TULIP: Final = Endpoint(
    key="glucocorticoid_taper_tulip",
    title="Sustained glucocorticoid taper (TULIP)",
    source=Source(
        "Furie RA, et al. Lancet Rheumatol 2019;1:e208; Morand EF, et al. N Engl J Med 2020;382:211-21, doi "
        "10.1056/NEJMoa1912196",
        "key secondary endpoint: glucocorticoid",
        Status.VERIFIED,
        f"Sustained from week 40 means a dose of at most 7.5 mg on every day from day 280 to day 364. {_DAYS}",
    ),
    criteria={
        "dose": at_most(
            "highest_prednisone_mg_day_weeks_40_52", 7.5, label="the greatest dose of weeks 40 to 52", unit=_UNIT
        )
    },
    among=at_least(BASELINE, 10, label=_LABEL, unit=_UNIT),
    note=_NOTE,
)

BLISS: Final = Endpoint(
    key="glucocorticoid_reduction_bliss",
    title="Glucocorticoid reduction (BLISS)",
    source=Source(
        "Furie R, et al. Arthritis Rheum 2011;63:3918-30; Navarra SV, et al. Lancet 2011;377:721-31",
        "secondary endpoint: prednisone",
        Status.VERIFIED,
        f"The average of the daily doses from day 280 to day 364 is judged by both limits. {_DAYS}",
    ),
    criteria={
        "dose": at_most(
            "mean_prednisone_mg_day_weeks_40_52", 7.5, label="the average dose of weeks 40 to 52", unit=_UNIT
        ),
        "share": at_most(
            "mean_prednisone_percent_of_baseline_weeks_40_52",
            75,
            label="the average dose of weeks 40 to 52, in percent of baseline,",
            unit="%",
        ),
    },
    among=above(BASELINE, 7.5, label=_LABEL, unit=_UNIT),
    note=_NOTE,
)

TABALUMAB: Final = Endpoint(
    key="glucocorticoid_reduction_tabalumab",
    title="Glucocorticoid reduction (ILLUMINATE, tabalumab)",
    source=Source(
        "Tabalumab trials in SLE (ILLUMINATE), Ann Rheum Dis, publisher's table number 195476",
        "glucocorticoid sparing",
        Status.VERIFIED,
        "At least 3 consecutive months are read as 91 days in a row, each at a dose of at most 7.5 mg and at most 75 "
        f"% of that of day 0. {_DAYS}",
    ),
    criteria={
        "duration": at_least(
            "longest_days_prednisone_reduced_weeks_24_52",
            91,
            label="the longest time at a reduced dose in weeks 24 to 52",
            unit="days",
        ),
        "background": absent(
            "background_drug_raised_since_baseline", label="an antimalarial or immunosuppressant begun or raised"
        ),
    },
    among=above(BASELINE, 7.5, label=_LABEL, unit=_UNIT),
    note=_NOTE,
)

DEFINITIONS: Final = (TULIP, BLISS, TABALUMAB)
