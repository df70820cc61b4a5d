"""How far a cell can move while everything published stays as it is: the search's own attack."""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from missing_from_care.disclosure.solver.space import NEAR, Space
from missing_from_care.faults import Fault


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
        self.columns = np.arange(space.matrix.shape[1], dtype=np.int32)
        self.solver = quiet_solver()
        if not whole:
            self.solver.setOptionValue("presolve", "off")
            self.solver.setOptionValue("solver", "simplex")
        lp = linear_model(space.matrix, np.zeros(len(space.matrix)))
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


def linear_model(
    matrix: np.ndarray, sums: np.ndarray, above: np.ndarray | None = None
) -> highspy.HighsLp:
    """A model without costs, its columns fixed at 0, its rows bounded.

    Args:
        matrix: one row for each relation, one column for each unknown.
        sums: the least of each row.
        above: the most of each row; `sums` if left out.
    """
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = lp.col_lower_ = lp.col_upper_ = np.zeros(matrix.shape[1])
    lp.row_lower_ = sums
    lp.row_upper_ = sums if above is None else above
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    rows, columns = np.nonzero(matrix)
    lp.a_matrix_.start_ = np.searchsorted(rows, np.arange(len(matrix) + 1)).astype(np.int32)
    lp.a_matrix_.index_ = columns.astype(np.int32)
    lp.a_matrix_.value_ = matrix[rows, columns]
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
