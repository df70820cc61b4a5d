"""How far a cell can move while everything published stays as it is: the search's own attack."""

from dataclasses import dataclass

import highspy
import networkx as nx
import numpy as np

from missing_from_care.base.faults import Fault
from missing_from_care.disclosure.solver.space import NEAR, Space

TRIES = 4
TOLL = 1e-4  # what moving a column by 1 costs beside what hiding it does

Limits = tuple[np.ndarray, np.ndarray]
Terms = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Move:
    """A move of one cell: how far it moves (0 or more), and how far everything moves with it."""

    reach: float
    deviations: np.ndarray


class Mover:
    """Solves for moves in one space.

    Up and down are unknowns of their own, and each costs something. From where nothing moves a few
    steps lead to such a move; it touches few columns and is mostly made of whole numbers. Cells
    that cannot move whatever is hidden are left out, and cells that move alike are one unknown.

    Args:
        space: what can move how far.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self.leader, rows = _leaders(space)
        leaders = np.unique(self.leader[self.leader >= 0])
        self.members = np.flatnonzero(self.leader >= 0)
        self.place = np.searchsorted(leaders, self.leader[self.members])
        self.count = len(leaders)
        self.columns = np.arange(2 * self.count, dtype=np.int32)
        self.opened = [(at, slack) for at, (_, _, _, slack) in enumerate(rows) if slack is not None]
        place = {int(cell): at for at, cell in enumerate(leaders)}
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = len(rows), 2 * self.count
        lp.col_cost_ = lp.col_lower_ = lp.col_upper_ = np.zeros(2 * self.count)
        lp.row_lower_ = np.array([low for _, low, _, _ in rows], dtype=float)
        lp.row_upper_ = np.array([high for _, _, high, _ in rows], dtype=float)
        entries = [
            (place[cell] + back * self.count, -times if back else times)
            for terms, *_ in rows
            for back in (0, 1)
            for cell, times in terms
        ]
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *(2 * len(row[0]) for row in rows)], dtype=np.int32)
        lp.a_matrix_.index_ = np.array([column for column, _ in entries], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([times for _, times in entries], dtype=float)
        self.fractions = _solver(lp)
        self.whole: highspy.Highs | None = None
        # Each attempt sets the costs a little otherwise.
        steps = np.outer(np.arange(TRIES), np.arange(2.0 * len(space.rise)) * 7919)
        self.factors = 1.0 + steps % 97 / 97

    def furthest(
        self, cell: int, sign: int, limits: Limits, enough: float, attempt: int | None = 0
    ) -> Move:
        """The furthest that a cell moves, unless very much else must move for it.

        Args:
            cell: its column.
            sign: up (1) or down (-1).
            limits: the bounds on each deviation, below and above.
            enough: further than this does not matter.
            attempt: 0 to `TRIES` - 1, each for another of several such moves; None for one in whole
                numbers, which takes long.
        """
        costs = np.zeros(len(self.factors[0])) if attempt is None else TOLL * self.factors[attempt]
        costs[cell if sign > 0 else len(costs) // 2 + cell] -= 1.0
        solver = self.fractions
        if attempt is None:
            if self.whole is None:
                lp = solver.getLp()
                lp.integrality_ = [highspy.HighsVarType.kInteger] * (2 * self.count)
                self.whole = _solver(lp, presolve="on")
            solver = self.whole
        move = self._move(solver, cell, sign, limits, (0.0, enough), costs)
        if move is None:
            raise Fault("The solver could not tell how far a cell can move.")
        return move

    def cheapest(
        self,
        cell: int,
        sign: int,
        limits: Limits,
        size: float,
        cost: np.ndarray,
        attempt: int = 0,
    ) -> Move | None:
        """The cheapest move that takes a cell this far, or None if there is none.

        Args:
            cell, sign, limits, attempt: as for `furthest`.
            size: how far.
            cost: what moving each column by 1 costs.
        """
        costs = (np.concatenate([cost, cost]) + TOLL) * self.factors[attempt]
        return self._move(self.fractions, cell, sign, limits, (size, size), costs)

    def _move(
        self,
        solver: highspy.Highs,
        cell: int,
        sign: int,
        limits: Limits,
        size: tuple[float, float],
        costs: np.ndarray,
    ) -> Move | None:
        far = np.zeros(self.space.cells)
        if self.leader[cell] >= 0:
            below, above = np.zeros(2 * self.count), np.full(2 * self.count, np.inf)
            for part, ends in enumerate((limits[1], -limits[0])):
                np.minimum.at(above, self.place + part * self.count, ends[self.members])
            own = int(self.place[np.searchsorted(self.members, cell)])
            there, back = (own, self.count + own)[::sign]
            below[there], above[there], above[back] = size[0], min(size[1], above[there]), 0.0
            if size[0] > above[there] + NEAR:
                return None
            both = np.concatenate([self.place, self.place + self.count])
            paid = costs[np.concatenate([self.members, self.members + len(self.space.rise)])]
            solver.setBasis()
            solver.changeColsBounds(len(self.columns), self.columns, below, above)
            sums = np.bincount(both, paid)  # numpy's types take them for whole numbers
            solver.changeColsCost(len(self.columns), self.columns, sums)  # type: ignore[arg-type]
            for row, slack in self.opened:
                solver.changeRowBounds(row, limits[0][slack], limits[1][slack])
            solver.run()
            if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return None
            flow = np.array(solver.getSolution().col_value)
            far[self.members] = (flow[: self.count] - flow[self.count :])[self.place]
        elif size[0] > NEAR:
            return None
        return Move(max(0.0, sign * far[cell]), self.space.with_slacks(far))


def _solver(lp: highspy.HighsLp, presolve: str = "off") -> highspy.Highs:
    """A solver that prints nothing and gives the same answer to the same question."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    solver.setOptionValue("presolve", presolve)
    if presolve == "off":
        solver.setOptionValue("solver", "simplex")
    solver.passModel(lp)
    return solver


def _leaders(space: Space) -> tuple[np.ndarray, list[tuple[Terms, float, float, int | None]]]:
    """For each cell the first that always moves as it does, and the relations between these.

    Returns: -1 for a cell that never moves; and terms, least, most and, where the relation can be
        withdrawn, its slack, whose limits are the least and the most.
    """
    movable = space.movable()
    rows: list[tuple[dict[int, float], float, float, int | None]] = [
        ({}, 0.0, 0.0, None) for _ in range(space.matrix.rows)
    ]
    matrix, cells = space.matrix, space.cells
    low, high = space.limits((space.hidden | space.choice).astype(float))
    for row, column, times in zip(
        matrix.row.tolist(), matrix.index.tolist(), matrix.value.tolist(), strict=True
    ):
        if column >= cells:
            opener = column if column in space.opened_by else None
            rows[row] = (rows[row][0], low[column], high[column], opener)
        elif movable[column]:
            rows[row][0][column] = times
    leader = list(range(cells))
    while True:
        kept: dict[tuple[Terms, int | None], tuple[float, float]] = {}
        for terms, least, most, opener in rows:
            merged: dict[int, float] = {}
            for cell, times in terms.items():
                merged[leader[cell]] = merged.get(leader[cell], 0.0) + times
            left = tuple(sorted((cell, times) for cell, times in merged.items() if times))
            ends = [(times * low[cell], times * high[cell]) for cell, times in left]
            can_bind = least > sum(map(min, ends)) + NEAR or most < sum(map(max, ends)) - NEAR
            if left and (can_bind or opener is not None):
                known = kept.get((left, opener), (-np.inf, np.inf))
                kept[left, opener] = max(least, known[0]), min(most, known[1])
        rows = [(dict(terms), *ends, opener) for (terms, opener), ends in kept.items()]
        alike = nx.Graph(
            list(terms)
            for terms, least, most, _ in rows
            if len(terms) == 2 and least == most == 0 and sum(terms.values()) == 0
        )
        if not alike:
            break
        first = {cell: min(group) for group in nx.connected_components(alike) for cell in group}
        leader = [first.get(cell, cell) for cell in leader]
    found = np.where(movable[:cells], leader, -1)
    return found, [
        (tuple(terms.items()), least, most, opener) for terms, least, most, opener in rows
    ]


def made_whole(space: Space, move: Move, limits: Limits) -> Move | None:
    """A move in whole numbers: this one, or a small multiple of it that keeps to the limits.

    None if there is no such multiple; another whole move may still exist.
    """
    for times in (1, 2, 3, 4, 6):
        far = times * move.deviations
        cells = far[: space.cells]
        if np.abs(cells - np.round(cells)).max(initial=0.0) > NEAR:
            continue
        if (far >= limits[0] - NEAR).all() and (far <= limits[1] + NEAR).all():
            return Move(times * move.reach, far)
    return None


def moved(deviations: np.ndarray) -> set[int]:
    """The columns that a move changes."""
    return {int(column) for column in np.flatnonzero(np.abs(deviations) > NEAR)}
