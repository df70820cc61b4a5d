"""Chooses the cells to withhold besides the primary ones, so that as little as possible is lost.

Cover is found for one cell after another, what it can spare is shown again, and then each withheld
cell is tried to be done without. The idea of looking for the moves that a reader must think
possible is that of M. Fischetti and J. J. Salazar, Management Science 47(7), 2001.
"""

import hmac
from dataclasses import dataclass

import numpy as np

from missing_from_care.base.faults import ProtectionFault
from missing_from_care.disclosure.solver.attack import Attack
from missing_from_care.disclosure.solver.cover import cover, one_way, without_waste
from missing_from_care.disclosure.solver.problem import Problem
from missing_from_care.disclosure.solver.space import Space, space_of

SPREAD = 1.0  # by how much of itself a seed may raise what it costs to withhold a cell
WORK, LARGE_WORK = 2000, 1000  # questions about single cells before a choice is good enough
UNASKED = 0.15  # how often a protected cell gets cover whether it needs it or not


class Unprotectable(ProtectionFault):
    """Nothing that may be withheld protects a cell.

    Args:
        cell: its index.
    """

    def __init__(self, cell: int) -> None:
        super().__init__(
            f"Cell {cell} cannot be protected: it can be worked out too closely even if every cell "
            "that may be withheld is. Publish less: join groups or leave a table out."
        )
        self.cell = cell


@dataclass(frozen=True)
class Pattern:
    """Which cells to withhold.

    Attributes:
        suppressed: primary and secondary cells, in order.
        secondary: those that only serve as cover.
        cost: the sum of the weights of `suppressed`.
    """

    suppressed: tuple[int, ...]
    secondary: tuple[int, ...]
    cost: float


def protect(problem: Problem, seed: bytes | None = None, *, seconds: float = 300) -> Pattern:
    """A safe choice of cells to withhold that costs little.

    Safe against the best-informed reader, who knows the threshold and which cells are primary. How
    hard it tries is counted in questions and not in seconds, so that the answer is always the same.

    Args:
        problem: what to protect.
        seed: a secret. With it weights are raised (by up to `SPREAD`), and some protected cells
            (`UNASKED`) get cover whether they need it or not. Else a reader who knows that nothing
            is withheld without need could rule out each table in which less would do. The same
            seed makes the same choice on every machine.
        seconds: of processor time, after which it gives up.

    Raises:
        Unprotectable: nothing that may be withheld protects every primary cell.
        ProtectionFault: there was not time enough to find out.
    """
    return _Search(problem, seed, seconds).run()


class _Search:
    def __init__(self, problem: Problem, seed: bytes | None, seconds: float) -> None:
        self.problem, self.seed = problem, seed
        self.space = space_of(problem)
        self.attack = Attack(problem, self.space, seconds)
        self.price = _prices(self.space, seed)
        self.unasked = self._unasked()
        self.price[sorted(self.unasked)] = 0.0
        self.best: set[int] | None = None

    def run(self) -> Pattern:
        if not self._improve(set(), self.price) or self.best is None:
            everything = self.space.openness(set(self.problem.cover_cells))
            needs = self.attack.needs
            raise Unprotectable(
                next(cell for cell in needs if not self.attack.has_room(cell, everything))
            )
        self._exchange()
        chosen = self.best | self.unasked
        suppressed = self.problem.withheld_with(chosen)
        return Pattern(suppressed, tuple(sorted(chosen)), self.problem.cost(suppressed))

    def _unasked(self) -> set[int]:
        """Cover that is withheld before anything is chosen, and costs nothing from then on.

        Here every cell is as good as another, or a reader could rule out what is dear.
        """
        found: set[int] = set()
        if self.seed is None:
            return found
        for cell in self.attack.needs:
            share = _share(self.seed, "unasked", cell)
            if share < UNASKED:
                price = np.full(len(self.price), np.inf)
                for at in range(self.space.cells):
                    price[at] = _share(self.seed, "way", cell, at)
                found |= one_way(self.attack, cell, 1 if share < UNASKED / 2 else -1, price)
        return found

    def _cost(self, cells: set[int]) -> float:
        return float(self.price[sorted(cells)].sum())

    def _improve(self, start: set[int], price: np.ndarray) -> bool:
        found = cover(self.attack, start, price)
        if found is not None:
            found = without_waste(self.attack, found, self.price)
        if found is None or not self._is_better(found):
            return False
        self.best = found
        return True

    def _is_better(self, found: set[int]) -> bool:
        return self.best is None or self._cost(found) < self._cost(self.best) - 1e-9

    def _is_tired(self) -> bool:
        return self.attack.work > (LARGE_WORK if self.attack.is_large else WORK)

    def _exchange(self) -> None:
        """Tries to do without one withheld cell after another, the dearest first.

        In a small problem also from nothing: what was chosen for its sake may be dear without it.
        """
        improved = True
        while improved and self.best is not None:
            improved = False
            for cell in sorted(self.best, key=lambda column: (-self.price[column], column)):
                if self._is_tired():
                    return
                without = self.price.copy()
                without[cell] = np.inf
                starts = [self.best - {cell}] + ([] if self.attack.is_large else [set()])
                if any(self._improve(start, without) for start in starts):
                    improved = True
                    break


def _prices(space: Space, seed: bytes | None) -> np.ndarray:
    """The weight of each column and a little more, so that of two equal choices the one with fewer
    cells is cheaper, then the one with earlier cells. All of it together is less than 1 unit.
    With a seed each weight is raised by a share of its own first, up to `SPREAD`.
    """
    count = max(1, int(space.choice[: space.cells].sum()))
    order = np.arange(len(space.weight)) / len(space.weight)
    little = (1.0 + order / count) * 1e-3 / (2.0 * count)
    little[space.cells :] = 0.0
    weight = space.weight.copy()
    if seed is not None:
        weight[: space.cells] *= [
            1.0 + SPREAD * _share(seed, "price", at) for at in range(space.cells)
        ]
    return np.where(space.choice, weight + little, 0.0)


def _share(seed: bytes, what: str, *cells: int) -> float:
    """A number from 0 up to 1 that nobody can foretell who does not know the seed."""
    digest = hmac.digest(seed, " ".join([what, *map(str, cells)]).encode(), "sha256")
    return int.from_bytes(digest[:6]) / 2**48
