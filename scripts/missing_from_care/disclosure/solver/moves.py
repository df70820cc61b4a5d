"""How far a cell can move while everything published stays as it is: the search's own attack."""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from missing_from_care.disclosure.solver.space import NEAR, Space, Sparse
from missing_from_care.faults import Fault

TRIES = 4
TOLL = 1e-4  # what moving a column by 1 costs beside what hiding it does


@dataclass(frozen=True)
class Move:
    """The furthest move of one cell.

    Attributes:
        reach: how far it moves (0 or more).
        deviations: how far everything moves with it.
        prices: one multiplier for each relation, from linear programming duality: they prove
            that it cannot move further. Empty for moves in whole numbers.
    """

    reach: float
    deviations: np.ndarray
    prices: np.ndarray


def quiet_solver() -> highspy.Highs:
    """A solver that prints nothing and gives the same answer to the same question."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    return solver


class Mover:
    """Solves for moves in one space; keeps the last basis, so that like questions are quick.

    Args:
        space: what can move how far.
        whole: whether cells move by whole numbers only.
    """

    def __init__(self, space: Space, whole: bool = False) -> None:
        self.space, self.whole = space, whole
        self.columns = np.arange(space.matrix.columns, dtype=np.int32)
        self.solver = quiet_solver()
        if not whole:
            self.solver.setOptionValue("presolve", "off")
            self.solver.setOptionValue("solver", "simplex")
        lp = linear_model(space.matrix, np.zeros(space.matrix.rows))
        if whole:
            kinds = highspy.HighsVarType
            lp.integrality_ = [
                kinds.kInteger if column < space.cells else kinds.kContinuous
                for column in self.columns
            ]
        self.solver.passModel(lp)

    def furthest(
        self, cell: int, sign: int, limits: tuple[np.ndarray, np.ndarray], enough: float
    ) -> Move:
        """The furthest that a cell moves up (sign 1) or down (-1), up to `enough`.

        Args:
            cell: its column.
            sign: the direction.
            limits: the bounds on each deviation, below and above.
            enough: further than this does not matter.
        """
        low, high = limits[0].copy(), limits[1].copy()
        if sign > 0:
            low[cell], high[cell] = 0.0, min(high[cell], enough)
        else:
            low[cell], high[cell] = max(low[cell], -enough), 0.0
        self.solver.changeColsBounds(len(self.columns), self.columns, low, high)
        self.solver.changeColCost(cell, -float(sign))
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise Fault("The solver could not tell how far a cell can move.")
        solution = self.solver.getSolution()
        self.solver.changeColCost(cell, 0.0)
        deviations = np.array(solution.col_value)
        prices = np.empty(0) if self.whole else np.array(solution.row_dual)
        return Move(max(0.0, sign * deviations[cell]), deviations, prices)


class Flow:
    """Solves for cheap moves: up and down are columns of their own, and each costs something.

    From where nothing moves a few steps lead to such a move; it touches few columns and is mostly
    made of whole numbers.

    Args:
        space: what can move how far.

    Attributes:
        attempt: 0 to `TRIES` - 1; each sets the costs a little otherwise, so that another move is
            found where one was not made of whole numbers.
    """

    def __init__(self, space: Space) -> None:
        self.count = space.matrix.columns
        self.columns = np.arange(2 * self.count, dtype=np.int32)
        self.solver = quiet_solver()
        self.solver.setOptionValue("presolve", "off")
        self.solver.setOptionValue("solver", "simplex")
        steps = np.outer(np.arange(TRIES), self.columns.astype(float) * 7919)
        self.attempt, self.factors = 0, 1.0 + steps % 97 / 97
        # A slack that is nobody's choice is no column here, but bounds on its row.
        bound = np.arange(self.count) >= space.cells
        bound[list(space.opened_by)] = False
        own = bound[space.matrix.index]
        self.slacks, self.slack_rows = space.matrix.index[own], space.matrix.row_of[own]
        least, most = np.zeros(space.matrix.rows), np.zeros(space.matrix.rows)
        least[self.slack_rows] = -space.slack_fall[self.slacks]
        most[self.slack_rows] = space.slack_rise[self.slacks]
        matrix = space.matrix.without(bound).doubled()
        self.solver.passModel(linear_model(matrix, least, most))

    def furthest(
        self, cell: int, sign: int, limits: tuple[np.ndarray, np.ndarray], enough: float
    ) -> Move:
        """The furthest that a cell moves up to `enough`, unless much else must move for it."""
        costs = TOLL * self.factors[self.attempt]
        costs[cell if sign > 0 else self.count + cell] -= 1.0
        move = self._move(cell, sign, limits, 0.0, enough, costs)
        if move is None:
            raise Fault("The solver could not tell how far a cell can move.")
        return move

    def cheapest(
        self,
        cell: int,
        sign: int,
        limits: tuple[np.ndarray, np.ndarray],
        size: float,
        cost: np.ndarray,
    ) -> Move | None:
        """The cheapest move that takes a cell this far, or None if there is none.

        Args:
            cell, sign, limits: as for `Mover.furthest`.
            size: how far.
            cost: what moving each column by 1 costs.
        """
        return self._move(
            cell,
            sign,
            limits,
            size,
            size,
            (np.concatenate([cost, cost]) + TOLL) * self.factors[self.attempt],
        )

    def _move(
        self,
        cell: int,
        sign: int,
        limits: tuple[np.ndarray, np.ndarray],
        least: float,
        most: float,
        costs: np.ndarray,
    ) -> Move | None:
        below, above = np.zeros(2 * self.count), np.concatenate([limits[1], -limits[0]])
        there, back = (cell, self.count + cell)[::sign]
        above[self.slacks] = above[self.count + self.slacks] = 0.0
        below[there], above[there], above[back] = least, min(most, above[there]), 0.0
        if least > above[there] + NEAR:
            return None
        self.solver.setBasis()
        self.solver.changeColsBounds(len(self.columns), self.columns, below, above)
        self.solver.changeColsCost(len(self.columns), self.columns, costs)
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self.solver.getSolution()
        flow = np.array(solution.col_value)
        deviations = flow[: self.count] - flow[self.count :]
        deviations[self.slacks] = np.array(solution.row_value)[self.slack_rows]
        return Move(max(0.0, sign * deviations[cell]), deviations, np.empty(0))


def linear_model(
    matrix: Sparse, sums: np.ndarray, above: np.ndarray | None = None
) -> highspy.HighsLp:
    """A model without costs, its columns fixed at 0, its rows bounded.

    Args:
        matrix: one row for each relation, one column for each unknown.
        sums: the least of each row.
        above: the most of each row; `sums` if left out.
    """
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.rows, matrix.columns
    lp.col_cost_ = lp.col_lower_ = lp.col_upper_ = np.zeros(matrix.columns)
    lp.row_lower_ = sums
    lp.row_upper_ = sums if above is None else above
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = matrix.start
    lp.a_matrix_.index_ = matrix.index
    lp.a_matrix_.value_ = matrix.value
    return lp


def made_whole(space: Space, move: Move, limits: tuple[np.ndarray, np.ndarray]) -> Move | None:
    """A move in whole numbers: this one, or a small multiple of it that keeps to the limits.

    None if there is no such multiple; another whole move may still exist.
    """
    for times in (1, 2, 3, 4, 6):
        far = times * move.deviations
        cells = far[: space.cells]
        if np.abs(cells - np.round(cells)).max(initial=0.0) > NEAR:
            continue
        if (far >= limits[0] - NEAR).all() and (far <= limits[1] + NEAR).all():
            return Move(times * move.reach, far, move.prices)
    return None


def moved(deviations: Sequence[float]) -> set[int]:
    """The columns that a move changes."""
    return {int(column) for column in np.flatnonzero(np.abs(deviations) > NEAR)}
