"""Pairing treated subjects with controls. NumPy and SciPy only.

By a score everyone stands in one line, ordered by score and then by row: rows x log(rows). The nearest control of a
treated subject is the first still free on the left or on the right of his place; where both are equally near, the one
on the left. By covariates all distances stand in a table: treated x controls.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from malar.controls.matching import ToMatch

    Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]


class Line:
    """Scores in order, with the free controls nearest to each place. Place 0 and the last are walls.

    Parameters
    ----------
    score
        Shape (rows,), of one stratum.
    control
        Whether a row is a control.
    """

    __slots__ = ("left", "place", "right", "row", "score")

    def __init__(self, score: NDArray[np.float64], control: NDArray[np.bool_]) -> None:
        order = np.argsort(score, kind="stable")
        n = len(order)
        place = np.empty(n, dtype=np.intp)
        place[order] = np.arange(1, n + 1)
        self.row: list[int] = [-1, *order.tolist(), -1]
        self.place: list[int] = place.tolist()
        self.score: list[float] = [float("-inf"), *score[order].tolist(), float("inf")]
        free = np.concatenate([[True], control[order], [True]])
        here = np.arange(n + 2)
        self.left: list[int] = np.maximum.accumulate(np.where(free, here, 0)).tolist()
        self.right: list[int] = np.minimum.accumulate(np.where(free, here, n + 1)[::-1])[::-1].tolist()

    def nearest(self, row: int) -> tuple[int, float]:
        """Place of the nearest free control of a treated row, and how far it is (infinitely, where there is none)."""
        at = self.place[row]
        low, high = _free(self.left, at), _free(self.right, at)
        below, above = self.score[at] - self.score[low], self.score[high] - self.score[at]
        return (low, below) if below <= above else (high, above)

    def take(self, place: int) -> None:
        """Take the control at a place out of the line."""
        self.left[place], self.right[place] = place - 1, place + 1

    def several(self, row: int, ratio: int, caliper: float) -> list[int]:
        """The nearest controls of a row, nearest first, none taken out; fewer where the caliper leaves fewer."""
        at, chosen = self.place[row], list[int]()
        low, high = self.left[at], self.right[at]
        while len(chosen) < ratio:
            below, above = self.score[at] - self.score[low], self.score[high] - self.score[at]
            if min(below, above) > caliper or min(below, above) == float("inf"):
                break
            if below <= above:
                chosen.append(self.row[low])
                low = self.left[low - 1]
            else:
                chosen.append(self.row[high])
                high = self.right[high + 1]
        return chosen


def _free(link: list[int], at: int) -> int:
    """Follow links to the first free place, and shorten the way for the next who comes."""
    end = at
    while link[end] != end:
        end = link[end]
    while link[at] != end:
        link[at], at = end, link[at]
    return end


class Table:
    """All distances between treated and controls of one stratum; does what `Line` does.

    Parameters
    ----------
    cost
        Shape (treated, controls); infinite where the caliper forbids.
    treated, control
        Row numbers within the stratum.
    """

    __slots__ = ("at", "cost", "row")

    def __init__(self, cost: NDArray[np.float64], treated: NDArray[np.intp], control: NDArray[np.intp]) -> None:
        self.cost = cost
        self.row: list[int] = control.tolist()
        self.at = {row: number for number, row in enumerate(treated.tolist())}

    def nearest(self, row: int) -> tuple[int, float]:
        """Column of the nearest free control of a treated row, and how far it is."""
        cost = self.cost[self.at[row]]
        if not cost.size:
            return 0, float("inf")
        place = int(cost.argmin())
        return place, float(cost[place])

    def take(self, place: int) -> None:
        """Take a control out."""
        self.cost[:, place] = np.inf

    def several(self, row: int, ratio: int, caliper: float) -> list[int]:
        """The nearest controls of a row, nearest first, none taken out."""
        cost = self.cost[self.at[row]]
        order = np.argsort(cost, kind="stable")[:ratio]
        return [self.row[place] for place in order.tolist() if np.isfinite(cost[place]) and cost[place] <= caliper]


def _apart(told: ToMatch, rows: NDArray[np.intp], controls: NDArray[np.intp]) -> NDArray[np.float64]:
    """Distances of treated rows to controls, infinite beyond the caliper of the score."""
    from scipy.spatial.distance import cdist

    cost = np.asarray(cdist(told.place[rows], told.place[controls]))
    if np.isfinite(told.caliper):
        cost[np.abs(told.score[rows][:, None] - told.score[controls][None, :]) > told.caliper] = np.inf
    return cost


def nearest(told: ToMatch, order: str, ratio: int, *, replace: bool) -> Pairs:
    """Rows of treated and of their controls, pair by pair; sets in the order of the treated rows.

    Parameters
    ----------
    told
        Who is treated, strata, scores, distances and the caliper.
    order
        ``largest``, ``smallest``, ``data`` or ``closest``: who chooses first.
    ratio
        Controls wanted a treated; without replacement everyone chooses once before anyone chooses again.
    replace
        Whether a control may be chosen by several.
    """
    found: list[tuple[int, int]] = []
    for members in _groups(told.stratum):
        own, isolated = told.score[members], told.treated[members]
        queue, controls = np.flatnonzero(isolated), np.flatnonzero(~isolated)
        if told.by_score:
            line, caliper = Line(own, ~isolated), told.caliper
        else:
            line, caliper = Table(_apart(told, members[queue], members[controls]), queue, controls), float("inf")
        if replace:
            chosen = [(row, control) for row in queue.tolist() for control in line.several(row, ratio, caliper)]
        elif order == "closest":
            chosen = _closest_first(line, queue.tolist(), ratio, caliper)
        else:
            turns = {
                "largest": np.argsort(-own[queue], kind="stable"),
                "smallest": np.argsort(own[queue], kind="stable"),
            }
            chosen = _in_turn(line, (queue[turns[order]] if order in turns else queue).tolist(), ratio, caliper)
        found += [(int(members[row]), int(members[control])) for row, control in chosen]
    return _sorted(found)


def _in_turn(line: Line | Table, queue: list[int], ratio: int, caliper: float) -> list[tuple[int, int]]:
    chosen: list[tuple[int, int]] = []
    for _ in range(ratio):
        still: list[int] = []
        for row in queue:
            place, far = line.nearest(row)
            if far <= caliper and far != float("inf"):
                chosen.append((row, line.row[place]))
                line.take(place)
                still.append(row)
        queue = still
    return chosen


def _closest_first(line: Line | Table, queue: list[int], ratio: int, caliper: float) -> list[tuple[int, int]]:
    """Of all pairs still possible the closest is made first; on a tie, that of the earlier row."""
    chosen: list[tuple[int, int]] = []
    for _ in range(ratio):
        heap = [(line.nearest(row)[1], turn, row) for turn, row in enumerate(queue)]
        heapify(heap)
        had: list[tuple[int, int]] = []
        while heap:
            promised, turn, row = heappop(heap)
            if promised > caliper or promised == float("inf"):
                break
            place, far = line.nearest(row)
            if far > promised:
                heappush(heap, (far, turn, row))
                continue
            chosen.append((row, line.row[place]))
            line.take(place)
            had.append((turn, row))
        queue = [row for _, row in sorted(had)]
    return chosen


def optimal(told: ToMatch, ratio: int) -> Pairs:
    """Pairs with the smallest total distance among those that match as many as can be matched.

    An assignment of treated subjects, each written `ratio` times, to controls; a pair beyond the caliper costs more
    than all allowed pairs together, so it is used only where nothing else is left, and is then given up.
    """
    from scipy.optimize import linear_sum_assignment

    found: list[tuple[int, int]] = []
    for members in _groups(told.stratum):
        isolated = told.treated[members]
        rows, controls = members[isolated], members[~isolated]
        if not len(rows) or not len(controls):
            continue
        cost = _apart(told, rows, controls)
        allowed = np.isfinite(cost)
        longest = float(cost[allowed].max(initial=0.0))
        cost[~allowed] = (longest + 1.0) * (min(len(rows) * ratio, len(controls)) + 1)
        here, there = linear_sum_assignment(np.tile(cost, (ratio, 1)))
        here = np.asarray(here) % len(rows)
        kept = allowed[here, there]
        found += list(zip(rows[here[kept]].tolist(), controls[there[kept]].tolist(), strict=True))
    return _sorted(found)


def _groups(stratum: NDArray[np.integer]) -> list[NDArray[np.intp]]:
    order = np.argsort(stratum, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(stratum[order])) + 1)


def _sorted(found: list[tuple[int, int]]) -> Pairs:
    """By treated row; the controls of one row stay in the order in which they were chosen."""
    pairs = np.array(sorted(found, key=lambda pair: pair[0]), dtype=np.intp).reshape(-1, 2)
    return pairs[:, 0].copy(), pairs[:, 1].copy()
