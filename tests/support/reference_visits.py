"""Which columns date a reference visit: recording one of them may move baseline or the visit before."""

from __future__ import annotations

from malar.conditions import Since
from malar.endpoints import Endpoint
from malar.instruments import INSTRUMENTS, Instrument


def anchors() -> tuple[str, ...]:
    """A sign of each form that is always recorded: filling others then adds no assessed visit."""
    signs = [sign for made in INSTRUMENTS.values() for sign in made.signs()]
    return tuple({sign.partition("__")[0]: sign for sign in reversed(signs)}.values())


def dated_by(made: Instrument | Endpoint) -> frozenset[str]:
    """Columns whose being known tells which visit is a reference: filling one moves baseline or the visit before."""
    if not isinstance(made, Endpoint):
        return frozenset()
    steps = [need for step in made.derivations for need in step.needs()]
    compared = [column for since, _, column in (need.partition("__") for need in made.needs()) if since in list(Since)]
    given = {name for step in made.derivations for name in step.gives()}
    beside = [need for need in made.visit_needs() if need.startswith(tuple(f"{since}_" for since in Since))]
    found = set(beside)
    for column in (*steps, *compared):
        by = next((one for one in made.instruments if column in (*one.gives(), *one.signs())), None)
        if by is None:
            found |= set() if column in given else {column}
        elif not (by.signs() and by.assessed):
            found |= set(by.needs())
    return frozenset(found)
