"""Reading the rows of a panel: every row is used, or the fit is refused with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from malar.errors import ParameterError, UndefinedError
from malar.survival import _columns, _covariates
from malar.survival._panel_kernel import ENTERED, VISIT
from malar.survival._panel_reading import KINDS, Visits

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from malar.survival.panel_multistate import PanelMultistate

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

NO_PLACE: Final = "A row without it has no place in a history."


def read_visits(columns: pl.DataFrame, spec: PanelMultistate) -> Visits:
    """Rows in the order of subject and time.

    Raises
    ------
    WrongTypeError, UndefinedError, ParameterError
        As in `PanelMultistate.fit`.
    """
    _columns.never_null(columns, spec.subject, NO_PLACE, "Set those rows aside.")
    _columns.numbers(columns, spec.time, NO_PLACE, "Set those rows aside.")
    columns = columns.sort(spec.subject, spec.time)
    subject = columns[spec.subject].rank("dense").to_numpy().astype(np.int64) - 1
    time = _columns.numbers(columns, spec.time, NO_PLACE, "Set those rows aside.")
    _one_row_a_day(subject, time, spec)
    possible = _possible(columns, spec)
    _first_known(subject, possible, spec)
    names = (*spec.covariates, *spec.shared)
    covariates = _covariates.matrix(columns, names).T if names else np.zeros((columns.height, 0))
    return Visits(subject, time, possible, _kinds(columns, possible, spec), covariates)


def _possible(columns: pl.DataFrame, spec: PanelMultistate) -> Floats:
    """States each row allows, shape (rows, S)."""
    import polars as pl

    sets = {state: (state,) for state in spec.states} | dict(spec.unknown)
    text = columns[spec.state].cast(pl.String)
    strange = text.drop_nulls().filter(~text.drop_nulls().is_in(list(sets)))
    if strange.len():
        raise ParameterError(
            f"`{spec.state}` has {strange.n_unique()} values in {strange.len()} rows that are no state.",
            "Such a row says nothing to the model.",
            f"States are {', '.join(spec.states)}; name sets of them in `unknown`; null is alive, state unknown.",
        )
    labels = list(sets)
    masks = np.array([[state in members for state in spec.states] for members in sets.values()], dtype=np.float64)
    living = np.isin(np.arange(len(spec.states)), spec.starts()).astype(np.float64)
    code = text.replace_strict(labels, list(range(len(labels))), default=len(labels), return_dtype=pl.Int64)
    return np.vstack([masks, living])[code.to_numpy()]


def _kinds(columns: pl.DataFrame, possible: Floats, spec: PanelMultistate) -> Ints:
    """How each row was observed, as `Steps.kind`."""
    import polars as pl

    known = possible.sum(axis=1) == 1.0
    kind = np.full(columns.height, VISIT)
    if spec.observed is not None:
        text = columns[spec.observed].cast(pl.String).fill_null("visit")
        strange = int((~text.is_in(list(KINDS))).sum())
        if strange:
            raise ParameterError(
                f"`{spec.observed}` has {strange} values that are no way of observing.",
                "Each has its own likelihood.",
                f"Use {', '.join(KINDS)}; null is a visit.",
            )
        kind = text.replace_strict(dict(KINDS), return_dtype=pl.Int64).to_numpy().copy()
        vague = int(((kind != VISIT) & ~known).sum())
        if vague:
            raise ParameterError(
                f"`{spec.observed}` is no visit in {vague} rows of unknown state.",
                "What was entered must be known.",
                "Make them visits, or name the state.",
            )
    exact = np.isin(np.arange(len(spec.states)), [spec.states.index(state) for state in spec.exact])
    kind[(kind == VISIT) & known & exact[possible.argmax(axis=1)]] = ENTERED
    return kind


def _one_row_a_day(subject: Ints, time: Floats, spec: PanelMultistate) -> None:
    twice = int(((subject[1:] == subject[:-1]) & (time[1:] == time[:-1])).sum())
    if twice:
        raise ParameterError(
            f"`{spec.subject}` and `{spec.time}` repeat in {twice} rows.",
            "A subject is in one state at a time.",
            "Keep one row a time: a death rather than a visit of that day.",
        )


def _first_known(subject: Ints, possible: Floats, spec: PanelMultistate) -> None:
    first = np.append(True, subject[1:] != subject[:-1])
    vague = int((possible[first].sum(axis=1) != 1.0).sum())
    if vague:
        raise UndefinedError(
            f"The first `{spec.state}` is unknown in {vague} of {int(first.sum())} subjects.",
            "The likelihood starts from a known state.",
            "Set rows before the first known state aside.",
        )
    if not (subject[1:] == subject[:-1]).any():
        raise UndefinedError(
            "Every subject has a single row.", "Intensities are told by what happens between rows.", "Add visits."
        )
