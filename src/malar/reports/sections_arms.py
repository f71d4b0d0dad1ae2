"""The section of the study report on responders of one arm against another: differences with their limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from malar.endpoints import DEFINITIONS
from malar.errors import UnknownKeyError
from malar.reports.figures.forest import DIFFERENCE, draw_forest
from malar.reports.page import Section
from malar.responders import Proportion, ResponderContrast
from malar.timelines import derive_denominators

if TYPE_CHECKING:
    import polars as pl

    from malar.reports.analysis import Analysis
    from malar.responders import Estimates
    from malar.schema import PlannedVisit, Study

CHANCE: Final = (
    "Patients were assigned by chance. The endpoints overlap, and no allowance is made for looking at several."
)
NO_CHANCE: Final = (
    "The arms were not formed by chance: a difference between them is no effect of treatment. Compare them with "
    "matched or weighted controls first."
)


def arms_section(analysis: Analysis) -> Section | None:
    """Differences in responders at the last visit that was due in half of every arm; None with one arm."""
    names = arms_compared(analysis.study)
    visit = _last_due(analysis, names)
    if not names or visit is None:
        return None
    control = names[0]
    rows = [row for key in analysis.beside.endpoints for row in _rows(analysis, key, visit, control)]
    if not rows:
        return None
    by_chance = analysis.study.settings.day0 == "randomization"
    figure = draw_forest(
        _frame(rows),
        axis=DIFFERENCE,
        key="responders-by-arm",
        title=f"Responders at {visit.label}, less those under {control}",
        caption=(
            f"Difference in the share of patients who reach the endpoint at {visit.label}, with 95 % score limits "
            f"(Miettinen and Nurminen). {control} is the arm compared with, {_chosen(analysis.study)}; the visit is "
            "the last that was due in at least half of every arm. All who were due before the data cut count; an "
            "unknown outcome counts as none reached."
        ),
        mark=analysis.study.settings.mark,
    )
    return Section("arms", "Responders by arm", intro=(CHANCE if by_chance else NO_CHANCE,), figures=(figure,))


def arms_compared(study: Study) -> list[str]:
    """Arms, the one compared with first; none where there is one arm, or somebody's is not recorded.

    Raises
    ------
    UnknownKeyError
        study.toml names an arm that nobody is in.
    """
    arms = study["subjects"]["arm"]
    names = arms.drop_nulls().unique().sort().to_list()
    control = study.settings.analysis.control_arm
    if control and control not in names:
        raise UnknownKeyError(
            "study.toml names a control_arm that no subject is in.",
            "Every arm would be compared with nothing.",
            f"Arms of the study: {', '.join(names) or 'none recorded'}.",
        )
    if len(names) < 2 or arms.has_nulls():
        return []
    return [control, *(name for name in names if name != control)] if control else names


def _chosen(study: Study) -> str:
    return "as study.toml names it" if study.settings.analysis.control_arm else "as the first by name"


def contrasts(analysis: Analysis, key: str, visit: PlannedVisit, control: str) -> Estimates:
    """Responders of every arm against the control at one planned visit, of all who were due.

    Raises
    ------
    UndefinedError
        An arm has nobody who was due.
    """
    response = Proportion(denominator=analysis.population, unknown="nonresponder", by="arm")
    return ResponderContrast(response=response, control=control, measures=("difference",)).fit(
        _due(analysis, key, visit)
    )


def _due(analysis: Analysis, key: str, visit: PlannedVisit) -> pl.DataFrame:
    import polars as pl

    cohort = derive_denominators(analysis.study, analysis.judged, key, planned=(visit,))
    return cohort.filter(pl.col("due").fill_null(value=True) & pl.col(analysis.population).fill_null(value=False))


def _last_due(analysis: Analysis, names: list[str]) -> PlannedVisit | None:
    """The last planned visit after day 0 that was due in at least half of every arm."""
    arms = dict(analysis.study["subjects"].drop_nulls("arm")["arm"].value_counts().iter_rows())
    keys = analysis.beside.endpoints
    for visit in reversed([each for each in analysis.planned if each.day > 0]) if keys else ():
        due = dict(_due(analysis, keys[0], visit)["arm"].value_counts().iter_rows())
        if all(2 * due.get(name, 0) >= arms[name] for name in names):
            return visit
    return None


def _rows(analysis: Analysis, key: str, visit: PlannedVisit, control: str) -> list[dict[str, Any]]:
    found = contrasts(analysis, key, visit, control)
    counts = {one.group: f"{one.events:.0f}/{one.n:.0f}" for one in found.numbers if one.term == "proportion"}
    return [
        {
            "group": f"{one.group} less {control}",
            "label": DEFINITIONS[key].title,
            "kind": "study",
            "numbers": f"{counts[one.group]} against {counts[control]}",
            "estimate": one.estimate,
            "lower": one.lower,
            "upper": one.upper,
            "weight": None,
        }
        for one in found.numbers
        if one.term == "difference"
    ]


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    import polars as pl

    numbers: dict[str, Any] = dict.fromkeys(("estimate", "lower", "upper", "weight"), pl.Float64)
    frame = pl.DataFrame(rows, schema_overrides=numbers)
    return frame.sort("group", maintain_order=True)
