"""Relapse after any remission, as a derivation that an endpoint can run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from malar.condition_kinds import told
from malar.conditions import Condition, Since, present
from malar.course.relapse import derive_relapse
from malar.declarations import Declaration
from malar.endpoints.endpoint import Endpoint
from malar.sources import Source, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class RelapseAfter:
    """A remission that was reached at an earlier assessed visit and is lost at this one.

    Parameters
    ----------
    remission
        Definition of the remission.
    treatment
        Condition that must hold beside the loss; None: the loss alone is a relapse.
    assessed
        Boolean column that tells which visits were assessed; empty, or not in the frame: every visit of it.
    """

    remission: Endpoint
    treatment: Condition | None = None
    assessed: str = ""
    variant_of: str = ""

    @property
    def key(self) -> str:
        """Name of the column that it adds."""
        return f"relapse_after__{self.remission.key}{'__treated' if self.treatment else ''}"

    @property
    def title(self) -> str:
        """Its name for people."""
        return f"Loss of: {self.remission.title}"

    @property
    def source(self) -> Source:
        """That of the remission."""
        return self.remission.source

    @property
    def status(self) -> Status:
        """How sure it is: as the remission."""
        return self.remission.status

    def needs(self) -> tuple[str, ...]:
        """Columns that it reads at the visits."""
        treatment = self.treatment.needs() if self.treatment else ()
        assessed = (self.assessed,) if self.assessed and not self.remission.instruments else ()
        return tuple(dict.fromkeys([*self.remission.visit_needs(), *map(_plain, treatment), *assessed]))

    def gives(self) -> tuple[str, ...]:
        """Columns that it adds."""
        return (self.key, f"{self.key}__at_risk", f"{self.key}__day", f"{self.key}__after_day")

    def derive(self, frame: Any) -> Any:
        """Judge the remission where the frame lacks it, and add the relapse."""
        if self.remission.key not in _names(frame):
            frame = self.remission.flag(frame)
        assessed = self.assessed if self.assessed in _names(frame) else None
        return derive_relapse(frame, self.remission.key, name=self.key, treatment=self.treatment, assessed=assessed)

    def parts(self) -> tuple[Declaration, ...]:
        """The remission."""
        return (self.remission,)

    def body(self) -> str:
        """What a sheet says of it."""
        treatment = f" and {self.treatment.sentence()}" if self.treatment else ""
        return (
            f"True at an assessed visit after one at which `{self.remission.key}` was true, where it is false"
            f"{treatment}.\n"
        )

    def meaning(self) -> list[str]:
        """What it means beside key, source and reading."""
        treatment = [told("treatment", self.treatment)] if self.treatment else []
        return [self.body(), self.assessed, *treatment, *self.remission.meaning()]


def relapse_after(
    remission: Endpoint,
    *,
    key: str,
    title: str,
    source: Source,
    treatment: Condition | None = None,
    assessed: str = "",
    note: str = "",
) -> Endpoint:
    """The endpoint that judges a relapse after a remission, among those who were ever in it.

    Parameters
    ----------
    remission
        Definition of the remission.
    key, title, source
        Those of the relapse.
    treatment, assessed
        As in :class:`RelapseAfter`.
    note
        What every output must say beside it.

    Examples
    --------
    >>> from malar.endpoints import rule
    >>> from malar.sources import Source
    >>> lost = relapse_after(rule("clinical_quiescence"), key="lost", title="Lost", source=Source("Own"))
    >>> lost.criteria["lost"].sentence()
    'loss of remission (Clinical quiescence (clinical SLEDAI-2K = 0)) is present'
    """
    step = RelapseAfter(remission=remission, treatment=treatment, assessed=assessed)
    return Endpoint(
        key=key,
        title=title,
        source=source,
        criteria={"lost": present(step.key, label=f"loss of remission ({remission.title})")},
        among=present(f"{step.key}__at_risk", label="an earlier visit in remission"),
        note=note,
        instruments=remission.instruments,
        derivations=(*remission.derivations, step),
    )


def _names(frame: Any) -> list[str]:
    return frame.collect_schema().names() if hasattr(frame, "collect_schema") else list(frame.columns)


def _plain(need: str) -> str:
    since, _, column = need.partition("__")
    return column if since in list(Since) else need
