"""The search's own view of a problem: how far each number can move, hidden and published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Self

import numpy as np

from missing_from_care.disclosure.solver.problem import Problem

NEAR = 1e-6
ROUNDS = 50  # of bounds that follow from bounds


@dataclass(frozen=True)
class Sparse:
    """A matrix that is mostly zeros, entry by entry.

    Attributes:
        row: of each entry, in order.
        index: its column.
        value: what stands there.
        rows: how many rows there are.
    """

    row: np.ndarray
    index: np.ndarray
    value: np.ndarray
    rows: int

    @classmethod
    def of(cls, rows: Sequence[Mapping[int, float]]) -> Self:
        """A matrix of rows that each say what stands in which column."""
        return cls(
            np.repeat(np.arange(len(rows)), [len(row) for row in rows]),
            np.array([column for row in rows for column in row], dtype=np.int32),
            np.array([value for row in rows for value in row.values()], dtype=float),
            len(rows),
        )

    def sums(self, parts: np.ndarray) -> np.ndarray:
        """For each row the sum of some numbers, one for each entry."""
        return np.bincount(self.row, weights=parts, minlength=self.rows)


@dataclass(frozen=True)
class Space:
    """Tables near the true one, as deviations from it.

    A movable thing is a cell, or the slack of an inequality (its sum minus what is published). The
    sums `matrix @ deviation = 0` hold for every table that fits what is published.

    Attributes:
        matrix: one row for each relation, one column for each movable thing.
        rise, fall: how far each can move if it is hidden (arrays, one entry for each column).
        slack_rise, slack_fall: how far each can move if it is published: 0 for a cell, what
            rounding leaves open for an inequality.
        weight: the information lost if it is hidden; 0 for a slack.
        hidden: which are hidden whatever is decided (boolean).
        choice: which may be hidden or not (boolean).
        opened_by: for the slack of an inequality that is withdrawn with certain cells, those cells.
        is_whole: whether cells are whole numbers.
        cells: how many columns are cells; the slacks follow.
    """

    matrix: Sparse
    rise: np.ndarray
    fall: np.ndarray
    slack_rise: np.ndarray
    slack_fall: np.ndarray
    weight: np.ndarray
    hidden: np.ndarray
    choice: np.ndarray
    opened_by: dict[int, list[int]]
    is_whole: bool
    cells: int

    def openness(self, withheld: set[int]) -> np.ndarray:
        """For each movable thing, 1 if it is hidden when these cells are withheld, else 0."""
        open_ = self.hidden.astype(float)
        open_[sorted(withheld)] = 1.0
        for slack, cells in self.opened_by.items():
            open_[slack] = max(open_[cells])
        return open_

    def limits(self, open_: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The bounds on each deviation, below and above, at an openness between 0 and 1."""
        return (
            -(self.slack_fall + open_ * (self.fall - self.slack_fall)),
            self.slack_rise + open_ * (self.rise - self.slack_rise),
        )

    def with_slacks(self, cells: np.ndarray) -> np.ndarray:
        """Deviations of cells, and of the slacks that follow from them."""
        matrix, far = self.matrix, np.zeros(len(self.rise))
        far[: self.cells] = cells
        sums, is_slack = matrix.sums(matrix.value * far[matrix.index]), matrix.index >= self.cells
        far[matrix.index[is_slack]] = sums[matrix.row[is_slack]]
        return far

    def movable(self) -> np.ndarray:
        """Which columns can move at all when everything is hidden that may be (boolean).

        A sum whose other parts can move so far and no further bounds each of its parts.
        """
        low, high = self.limits((self.hidden | self.choice).astype(float))
        row, index, value = self.matrix.row, self.matrix.index, self.matrix.value
        is_count = self.is_whole & (index < self.cells)
        for _ in range(ROUNDS):
            ends = value * low[index], value * high[index]
            least, most = np.minimum(*ends), np.maximum(*ends)
            up = (least - self.matrix.sums(least)[row]) / value
            down = (most - self.matrix.sums(most)[row]) / value
            above, below = np.maximum(up, down), np.minimum(up, down)
            above = np.where(is_count, np.floor(above + NEAR), above)
            below = np.where(is_count, np.ceil(below - NEAR), below)
            higher, lower = high.copy(), low.copy()
            np.minimum.at(higher, index, np.maximum(above, 0.0))
            np.maximum.at(lower, index, np.minimum(below, 0.0))
            if (high - higher < NEAR).all() and (lower - low < NEAR).all():
                break
            low, high = lower, higher
        return np.asarray(high - low > NEAR)


def space_of(problem: Problem) -> Space:
    """The space of a problem, as its best-informed reader sees it.

    That reader knows the threshold and guesses rightly which cells are primary; whoever is safe
    from that reader is safe from all. A hidden primary cell then stays within its threshold, and
    a hidden cell that is not primary stays above it.
    """
    cells = len(problem.values)
    inequalities = [r for r in problem.relations if r.low < r.high]
    width = cells + len(inequalities)
    rise, fall = np.zeros(width), np.zeros(width)
    slack_rise, slack_fall = np.zeros(width), np.zeros(width)
    for cell, value in enumerate(problem.values):
        low, high = _informed_bounds(problem, cell)
        rise[cell], fall[cell] = high - value, value - low
    rows, opened_by, slack = [], {}, cells - 1
    for relation in problem.relations:
        row: dict[int, float] = {}
        for cell, coefficient in relation.terms:
            row[cell] = row.get(cell, 0) + coefficient
        if relation.low < relation.high:
            slack += 1
            up = sum(k * rise[c] if k > 0 else -k * fall[c] for c, k in row.items())
            down = sum(k * fall[c] if k > 0 else -k * rise[c] for c, k in row.items())
            total = sum(coefficient * problem.values[cell] for cell, coefficient in relation.terms)
            slack_rise[slack] = max(0.0, min(up, relation.high - total))
            slack_fall[slack] = max(0.0, min(down, total - relation.low))
            row[slack] = -1.0
            if relation.withdrawn_with:
                rise[slack], fall[slack] = up, down
                opened_by[slack] = sorted(relation.withdrawn_with)
            else:
                rise[slack], fall[slack] = slack_rise[slack], slack_fall[slack]
        rows.append(row)
    hidden, choice = np.zeros(width, dtype=bool), np.zeros(width, dtype=bool)
    hidden[sorted(problem.unknown_anyway)] = True
    choice[list(problem.cover_cells)] = True
    for slack, openers in opened_by.items():
        hidden[slack] = hidden[openers].any()
        choice[slack] = not hidden[slack] and choice[openers].any()
    return Space(
        matrix=Sparse.of(rows),
        rise=rise,
        fall=fall,
        slack_rise=slack_rise,
        slack_fall=slack_fall,
        weight=np.array([*problem.weights, *[0.0] * len(inequalities)], dtype=float),
        hidden=hidden,
        choice=choice,
        opened_by=opened_by,
        is_whole=problem.is_whole,
        cells=cells,
    )


def _informed_bounds(problem: Problem, cell: int) -> tuple[float, float]:
    low, high = problem.lower[cell], problem.upper[cell]
    value, (least, most) = problem.values[cell], problem.thresholds[cell] or (-inf, inf)
    if problem.thresholds[cell] is None or value < least:
        return low, high
    if value > most:
        return max(low, most + problem.is_whole), high
    return max(low, least), min(high, most)
