"""The cheapest choice of withheld cells that meets all inequalities found so far."""

from dataclasses import dataclass

import highspy
import numpy as np

from missing_from_care.disclosure.solver.cuts import Cut
from missing_from_care.disclosure.solver.moves import linear_model, quiet_solver
from missing_from_care.disclosure.solver.space import Space, Sparse
from missing_from_care.faults import Fault


@dataclass(frozen=True)
class Choice:
    """An answer of the master problem.

    Attributes:
        bound: no choice that meets the inequalities is cheaper.
        open_: for each column of the space, how far it is hidden (whole after `whole`).
        extra: the reduced cost of each column, or zeros.
        is_solved: whether it is the cheapest, and not only a bound.
        work: the simplex iterations that it took.
    """

    bound: float
    open_: np.ndarray
    extra: np.ndarray
    is_solved: bool
    work: int = 0


class Master:
    """Collects inequalities and solves for the cheapest choice.

    Args:
        space: the columns and their weights.
        price: what hiding each column costs, including what breaks ties.
    """

    def __init__(self, space: Space, price: np.ndarray) -> None:
        self.space, self.price = space, price
        self.columns = np.flatnonzero(space.choice)
        self.position = {int(column): i for i, column in enumerate(self.columns)}
        self.cuts: dict[Cut, None] = {}
        self.solver = quiet_solver()
        self.solver.setOptionValue("presolve", "off")
        links = self._links()
        lp = linear_model(links, np.zeros(links.rows), np.full(links.rows, np.inf))
        lp.col_cost_ = price[self.columns]
        lp.col_upper_ = np.ones(len(self.columns))
        self.solver.passModel(lp)

    def _links(self) -> Sparse:
        """One row for each relation that is withdrawn with cells: only if one of them is hidden."""
        slacks = [column for column in self.space.opened_by if column in self.position]
        links = []
        for slack in slacks:
            openers = [cell for cell in self.space.opened_by[slack] if cell in self.position]
            link = dict.fromkeys((self.position[cell] for cell in openers), 1.0)
            links.append({self.position[slack]: -1.0, **link})
        return Sparse.of(links, len(self.columns))

    def add(self, cut: Cut) -> bool:
        """Adds an inequality; whether it is new."""
        if cut in self.cuts:
            return False
        self.cuts[cut] = None
        where = np.array([self.position[column] for column in cut.columns], dtype=np.int32)
        self.solver.addRow(1.0, np.inf, len(where), where, np.array(cut.shares))
        return True

    def relaxed(self) -> Choice:
        """The cheapest choice in fractions."""
        nothing = np.zeros(len(self.price))
        if not len(self.columns):
            return Choice(0.0, self.space.hidden.astype(float), nothing, is_solved=True)
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise Fault("The solver could not choose between the cells that may be withheld.")
        solution = self.solver.getSolution()
        return Choice(
            bound=self.solver.getObjectiveValue(),
            open_=self._spread(solution.col_value, self.space.hidden.astype(float)),
            extra=self._spread(solution.col_dual, nothing),
            is_solved=True,
        )

    def whole(self, fixed: dict[int, int], ceiling: float, nodes: int) -> Choice | None:
        """The cheapest choice with every cell hidden or not.

        Args:
            fixed: columns known to be hidden (1) or not (0).
            ceiling: dearer choices are of no interest.
            nodes: how many branches the solver may try.

        Returns:
            None if there is none below the ceiling.
        """
        solver = quiet_solver()
        solver.passModel(self.solver.getLp())
        count = len(self.columns)
        kinds = np.where(
            self.columns < self.space.cells,
            int(highspy.HighsVarType.kInteger),
            int(highspy.HighsVarType.kContinuous),
        )
        solver.changeColsIntegrality(
            count, np.arange(count, dtype=np.int32), kinds.astype(np.uint8)
        )
        for column, value in fixed.items():
            solver.changeColBounds(self.position[column], value, value)
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("objective_bound", ceiling)
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        info = solver.getInfo()
        values = np.round(solver.getSolution().col_value) if info.primal_solution_status else []
        return Choice(
            bound=info.mip_dual_bound,
            open_=self._spread(values, self.space.hidden.astype(float)),
            extra=np.zeros(len(self.price)),
            is_solved=status == highspy.HighsModelStatus.kOptimal,
            work=info.simplex_iteration_count,
        )

    def _spread(self, values: list[float], onto: np.ndarray) -> np.ndarray:
        if len(values):
            onto[self.columns] = values
        return onto
