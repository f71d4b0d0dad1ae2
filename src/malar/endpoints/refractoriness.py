"""Refractory lupus: what has failed before, as trials of cells asked for it, and their entry criteria."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from malar.conditions import all_of, any_of, at_least, at_most, present
from malar.endpoints.endpoint import Endpoint
from malar.instruments.sledai_2k import SLEDAI_2K
from malar.sources import Source, Status

_FAILED: Final = (
    "Failed is what the history says; a subject's verdict is the same at every visit. How often a dose was given is "
    "not in the history, and is not judged."
)
_NOTE: Final = "Earlier therapies as the history table records them."

REFRACTORY: Final = Endpoint(
    key="refractory",
    title="Refractory: at least two immunosuppressants failed",
    source=Source(
        "Usage of trials in refractory lupus; no agreed definition",
        status=Status.PROVISIONAL,
        reading=f"Two different drugs, whatever their dose and duration; biologics count. {_FAILED}",
    ),
    criteria={"failed": present("failed_two_immunosuppressants", label="failure of at least two immunosuppressants")},
    note=_NOTE,
)
REFRACTORY_TO_ONE: Final = REFRACTORY.amend(
    "refractory_to_one",
    title="Refractory: at least one immunosuppressant failed",
    source=replace(REFRACTORY.source, reading=f"One drug, whatever its dose and duration; biologics count. {_FAILED}"),
    changes={"failed": present("failed_one_immunosuppressant", label="failure of at least one immunosuppressant")},
)

_WANG: Final = Source(
    "Wang D, et al. Arthritis Res Ther 2014;16:R79, doi 10.1186/ar4520; registry entry NCT01741857",
    "eligibility in the registry",
    Status.VERIFIED,
    "Cyclophosphamide of 0.4 to 0.6 g/m² every two weeks is read as at least 0.4 g/m². Of the other "
    "immunosuppressants the registry names mycophenolate mofetil, 2 g a day for 3 months, as an example: others count "
    f"after 3 months at any dose. More than 20 mg of prednisone counts where it failed before or is taken on day 0. "
    f"{_FAILED}",
)
_WANG_FAILED: Final = {
    "glucocorticoid": present(
        "failed_glucocorticoid_above_20", label="failure of more than 20 mg of prednisone a day (> 20)"
    ),
    "immunosuppressant": any_of(
        present(
            "failed_cyclophosphamide_0_4_g_6_months",
            label="failure of cyclophosphamide of at least 0.4 g/m² for 6 months (>= 0.4)",
        ),
        present(
            "failed_other_immunosuppressant_3_months", label="failure of another immunosuppressant given for 3 months"
        ),
    ),
}
REFRACTORY_WANG: Final = Endpoint(
    key="refractory_wang_2014",
    title="Refractory by the registry of Wang 2014",
    source=_WANG,
    criteria=_WANG_FAILED,
    note=_NOTE,
)
ELIGIBLE_WANG: Final = Endpoint(
    key="eligible_wang_2014",
    title="Eligible by the registry of Wang 2014",
    source=replace(
        _WANG,
        reading=f"{_WANG.reading} SLEDAI is read as SLEDAI-2K, and protein of at least 1 g in 24 hours is asked of "
        "every patient, as the list of criteria prints it; the patients reported include one below 8. Ages are 15 to "
        "70; another field of the registry says 60. Classification and contraception are not judged.",
    ),
    criteria={
        "score": at_least("sledai_2k", 8, label="SLEDAI-2K"),
        "protein": at_least("lab__urine_protein_24h", 1, label="protein in 24 hours", unit="g"),
        "age": all_of(
            at_least("age_years", 15, label="age", unit="years"), at_most("age_years", 70, label="age", unit="years")
        ),
        **_WANG_FAILED,
    },
    note=f"Judged on the day of each visit; entry is that of screening. {_NOTE}",
    instruments=(SLEDAI_2K,),
)
REFRACTORY_LIANG: Final = Endpoint(
    key="refractory_liang_2010",
    title="Refractory as in Liang 2010 (candidate)",
    source=Source(
        "Liang J, et al. Ann Rheum Dis 2010;69:1423-9, doi 10.1136/ard.2009.123463; erratum 2011;70:237",
        "eligibility, as remembered",
        Status.PROVISIONAL,
        "A candidate: the methods were not read. Cyclophosphamide pulses of 0.5 to 0.75 g/m² monthly are read as at "
        "least 0.5 g/m², with at least 20 mg of prednisone failed before or taken on day 0; failure of mycophenolate "
        f"at any dose stands alone. {_FAILED}",
    ),
    criteria={
        "failed": any_of(
            all_of(
                present(
                    "failed_cyclophosphamide_0_5_g_6_months",
                    label="failure of cyclophosphamide of at least 0.5 g/m² for 6 months (>= 0.5)",
                ),
                present(
                    "failed_glucocorticoid_at_least_20",
                    label="failure of at least 20 mg of prednisone a day (>= 20)",
                ),
            ),
            present("failed_mycophenolate", label="failure of mycophenolate"),
        )
    },
    note=_NOTE,
)

DEFINITIONS: Final = (REFRACTORY, REFRACTORY_TO_ONE, REFRACTORY_WANG, ELIGIBLE_WANG, REFRACTORY_LIANG)
