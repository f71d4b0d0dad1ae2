"""Subjects behind a published Kaplan-Meier curve and its numbers at risk, in plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ROUNDS: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class Rebuilt:
    """Rows that give the curve back, and the numbers at risk that they have at the published times."""

    time: Floats
    event: NDArray[np.bool_]
    at_risk: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """One interval between published numbers at risk, with some number of censored subjects in it."""

    events: Ints  # at each step of the curve within
    censored: Floats  # times
    left: int  # at risk at the end
    height: float  # the rebuilt curve at the end


def rebuild(step: Floats, height: Floats, risk_time: Floats, at_risk: Ints, end: float, events: int | None) -> Rebuilt:
    """Events and censorings whose Kaplan-Meier curve is the published one.

    Parameters
    ----------
    step, height
        Times at which the curve falls and its height from each on, increasing and falling, shape (k,).
    risk_time, at_risk
        Times of the published numbers at risk, increasing from the origin, shape (m,).
    end
        Last time of the curve.
    events
        Total of events, where published.

    Returns
    -------
    Rebuilt
        As many rows as were at risk first.

    Notes
    -----
    In each interval the censored are spread evenly; at each fall the events are the whole number that brings
    the rebuilt curve closest to the published one. The number censored is sought that leaves the published
    number at risk at the interval's end (a fall on that very day comes after it). In the last interval it is
    sought that gives the total of events; without a total the rate of censoring of the intervals before is
    carried on. All who are left at the end are censored there.
    """
    bounds = np.append(risk_time, max(end, float(risk_time[-1])))
    now, shape, rate_base, lost = int(at_risk[0]), 1.0, float(risk_time[-1] - risk_time[0]), 0
    owner = np.clip(np.searchsorted(risk_time, step, side="right") - 1, 0, None)
    pieces: list[_Piece] = []
    found: list[int] = []
    for i in range(risk_time.size):
        inside = owner == i
        steps, heights, span = step[inside], height[inside], (float(bounds[i]), float(bounds[i + 1]))
        found.append(now)
        if i + 1 < risk_time.size:
            piece = _seek(steps, heights, span, now, shape, target=int(at_risk[i + 1]))
        elif events is not None:
            so_far = sum(int(p.events.sum()) for p in pieces)
            piece = _seek_events(steps, heights, span, now, shape, events - so_far)
        else:
            width = span[1] - span[0]
            piece = _fill(steps, heights, span, now, shape, round(lost / rate_base * width) if rate_base > 0 else 0)
        pieces.append(piece)
        now, shape, lost = piece.left, piece.height, lost + piece.censored.size
    times = [np.repeat(step, np.concatenate([piece.events for piece in pieces]))]
    n_events = times[0].size
    times += [piece.censored for piece in pieces]
    times.append(np.full(now, bounds[-1]))
    time = np.concatenate(times)
    event = np.arange(time.size) < n_events
    order = np.lexsort((~event, time))
    return Rebuilt(time[order], event[order], np.array(found, dtype=np.int64))


def _fill(steps: Floats, heights: Floats, span: tuple[float, float], now: int, shape: float, censored: int) -> _Piece:
    """Go along one interval with a number of censored subjects spread evenly in it."""
    number = min(max(censored, 0), now)
    spots = span[0] + (np.arange(number) + 0.5) / max(number, 1) * (span[1] - span[0])
    gone = np.searchsorted(spots, steps, side="left")
    events = np.zeros(steps.size, dtype=np.int64)
    taken = 0
    for k in range(steps.size):
        here = now - taken - int(gone[k])
        if here <= 0 or shape <= 0.0:
            break
        events[k] = min(here, max(0, round(here * (1.0 - float(heights[k]) / shape))))
        taken += int(events[k])
        shape *= 1.0 - float(events[k]) / here
    kept = spots[: max(now - taken, 0)]
    return _Piece(events, kept, now - taken - kept.size, shape)


def _seek(steps: Floats, heights: Floats, span: tuple[float, float], now: int, shape: float, *, target: int) -> _Piece:
    """The piece that leaves the published number at risk, or comes closest to it."""
    last = float(heights[-1]) if heights.size else shape
    guess = round(now * last / shape) - target if shape > 0.0 else 0
    best, tried = _fill(steps, heights, span, now, shape, guess), {guess}
    current = best
    for _ in range(ROUNDS):
        guess += current.left - target
        if current.left == target or guess in tried or not 0 <= guess <= now:
            break
        tried.add(guess)
        current = _fill(steps, heights, span, now, shape, guess)
        if abs(current.left - target) < abs(best.left - target):
            best = current
    return best


def _seek_events(
    steps: Floats, heights: Floats, span: tuple[float, float], now: int, shape: float, wanted: int
) -> _Piece:
    """The piece whose events come closest to a number; the fewest censored among equals."""
    low, high = 0, now
    while low < high:  # events fall as the censored rise
        middle = (low + high) // 2
        if int(_fill(steps, heights, span, now, shape, middle).events.sum()) > wanted:
            low = middle + 1
        else:
            high = middle
    near = [_fill(steps, heights, span, now, shape, c) for c in range(max(low - 2, 0), min(low + 2, now) + 1)]
    return min(near, key=lambda piece: abs(int(piece.events.sum()) - wanted))
