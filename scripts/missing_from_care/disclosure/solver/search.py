"""Chooses the cells to withhold besides the primary ones, so that as little as possible is lost.

Cover is found for one cell after another, what it can spare is shown again, and then each withheld
cell is tried to be done without. The idea of looking for the moves that a reader must think
possible is that of M. Fischetti and J. J. Salazar, Management Science 47(7), 2001.
"""

import hmac
from dataclasses import dataclass

import numpy as np

from missing_from_care.base.faults import ProtectionFault
from missing_from_care.disclosure.solver.moves import NEAR, TRIES, Attack, Space, moved
from missing_from_care.disclosure.solver.problem import Problem

SPREAD = 1.0  # by how much of itself a seed may raise what it costs to withhold a cell
WORK, LARGE_WORK = 2000, 1000  # questions about single cells before a choice is good enough
UNASKED = 0.15  # how often a protected cell gets cover whether it needs it or not


class Unprotectable(ProtectionFault):
    """Nothing that may be withheld protects a cell."""

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
        self.attack = Attack(problem, seconds)
        self.space, self.pool = self.attack.space, self.attack.pool
        # What each column costs.
        self.price = _prices(self.space, seed)
        self.unasked = self._unasked()
        self.price[sorted(self.unasked)] = 0.0
        self.best: set[int] | None = None

    def run(self) -> Pattern:
        if not self._improve(set(), self.price) or self.best is None:
            everything = self.space.openness(set(self.problem.cover_cells))
            has_room, widths = self.attack.has_room, self.attack.widths
            raise Unprotectable(next(cell for cell in widths if not has_room(cell, everything)))
        self._exchange()
        chosen = self.best | self.unasked
        suppressed = self.problem.withheld_with(chosen)
        return Pattern(suppressed, tuple(sorted(chosen)), self.problem.cost(suppressed))

    def _unasked(self) -> set[int]:
        """Cover that is withheld before anything is chosen, and costs nothing from then on. Here
        every cell is as good as another, or a reader could rule out what is dear."""
        found: set[int] = set()
        if self.seed is None:
            return found
        for cell in self.attack.widths:
            share = _share(self.seed, "unasked", cell)
            if share < UNASKED:
                price = np.full(len(self.price), np.inf)
                for at in range(self.space.cells):
                    price[at] = _share(self.seed, "way", cell, at)
                found |= self._one_way(cell, 1 if share < UNASKED / 2 else -1, price)
        return found

    def _one_way(self, cell: int, sign: int, price: np.ndarray) -> set[int]:
        """Cells that let a protected cell move, all withheld, as if it had no other cover. Each of
        them moves with the cell, so none is known exactly. None of them, if the cell can move
        without them or no move in whole numbers was found."""
        for way in (sign, -sign):
            end = self.space.rise[cell] if way > 0 else self.space.fall[cell]
            size = min(self.attack.widths[cell], end)
            if size > NEAR:
                _, whole = self._move(cell, way, size, set(), price)
                if whole is not None:
                    cells = {at for at in moved(whole) if at < self.space.cells}
                    return {at for at in cells if self.space.choice[at]}
        return set()

    def _improve(self, start: set[int], price: np.ndarray) -> bool:
        """Keeps the choice that grows from some cells at a price, if it is the best so far."""
        found = self._cover(start, price)
        if found is None:
            return False
        # Without the cells that it can spare.
        for cell in self._by_price(found):
            if self.attack.is_safe(found - {cell}):
                found.discard(cell)

        def cost(cells: set[int]) -> float:
            return float(self.price[sorted(cells)].sum())

        if self.best is not None and not cost(found) < cost(self.best) - 1e-9:
            return False
        self.best = found
        return True

    def _by_price(self, cells: set[int]) -> list[int]:
        """Cells, the dearest first."""
        return sorted(cells, key=lambda column: (-self.price[column], column))

    def _exchange(self) -> None:
        """Tries to do without one withheld cell after another, the dearest first. In a small
        problem also from nothing: what was chosen for its sake may be dear without it."""
        improved, is_large = True, self.attack.is_large
        while improved and self.best is not None:
            improved = False
            for cell in self._by_price(self.best):
                if self.attack.work > (LARGE_WORK if is_large else WORK):
                    return
                without = self.price.copy()
                without[cell] = np.inf
                starts = [self.best - {cell}] + ([] if is_large else [set()])
                if any(self._improve(start, without) for start in starts):
                    improved = True
                    break

    # --- Cover for one cell after another -------------------------------------------------------

    def _cover(self, start: set[int], price: np.ndarray) -> set[int] | None:
        """Some cells and more, so that every protected cell has its room; None if nothing does. The
        price of each column says what to avoid; infinity what may not be taken."""
        attack, space = self.attack, self.space
        chosen = {column for column in start if column < space.cells}
        allowed = space.choice[: space.cells] & np.isfinite(price[: space.cells])
        everything = space.openness(set(np.flatnonzero(allowed).tolist()))
        for cell, width in attack.widths.items():
            open_ = space.openness(chosen)
            if attack.has_room(cell, open_):
                continue
            # The width is shared out between up and down.
            furthest = abs(attack.room(cell, space.limits(everything))[0][cell])
            splits = [(width, 0.0), (0.0, width), (furthest, max(0.0, width - furthest))]
            ways: list[tuple[float, list[int]]] = []
            for up, down in dict.fromkeys(splits):
                added = self._both(cell, up, down, chosen, price)
                if added is not None:
                    ways.append((price[sorted(added)].sum(), sorted(added)))
                    if attack.is_large and attack.has_room(cell, space.openness(chosen | added)):
                        break
            for _, way in sorted(ways):
                if attack.has_room(cell, space.openness(chosen.union(way))):
                    chosen |= set(way)
                    break
            else:
                if not attack.has_room(cell, everything):
                    return None
                columns = self.pool.cheapest(cell, width, self.pool.closed(open_), price)
                chosen |= self._cells_for(columns, chosen, price)
        return chosen

    def _both(
        self, cell: int, up: float, down: float, chosen: set[int], price: np.ndarray
    ) -> set[int] | None:
        """What to withhold besides so that a cell can move this far up and this far down."""
        added: set[int] = set()
        for sign, size in ((1, up), (-1, down)):
            if size > NEAR:
                move, _ = self._move(cell, sign, size, chosen | added, price)
                if move is None:
                    return None
                closed = self.space.choice & (self.space.openness(chosen | added) < 0.5)
                columns = {column for column in moved(move) if closed[column]}
                added |= self._cells_for(columns, chosen | added, price)
        return added

    def _move(
        self, cell: int, sign: int, size: float, chosen: set[int], price: np.ndarray
    ) -> tuple[np.ndarray | None, np.ndarray | None]:
        """The cheapest move that takes a cell this far, and the same in whole numbers if it has.
        The price of a column is paid in proportion to how far it moves, which is not what hiding it
        costs: a good guide, no more."""
        space, open_ = self.space, self.space.openness(chosen)
        allowed, closed = space.choice & np.isfinite(price), space.choice & (open_ < 0.5)
        limits = space.limits(np.where(allowed, 1.0, open_))
        reach = np.minimum(np.maximum(-limits[0], limits[1]), max(size, NEAR))
        cost = np.where(closed & allowed, price, 0.0) / np.maximum(reach, NEAR)
        for attempt in range(TRIES if self.attack.is_large else 1):
            self.attack.spend()
            move = self.attack.mover.cheapest(cell, sign, limits, size, cost, attempt)
            whole = None if move is None else self.attack.made_whole(move, limits)
            if move is None or whole is not None:
                break
        self.pool.add(whole)
        return move, whole

    def _cells_for(self, columns: set[int], chosen: set[int], price: np.ndarray) -> set[int]:
        """The cells to withhold so that columns are hidden: a slack takes its cheapest cell."""
        cells = {column for column in columns if column < self.space.cells}
        for slack in sorted(columns - cells):
            openers = [cell for cell in self.space.opened_by[slack] if self.space.choice[cell]]
            openers = [cell for cell in openers if np.isfinite(price[cell])] or openers
            if not (cells | chosen).intersection(openers):
                cells.add(min(openers, key=lambda cell: (price[cell], cell)))
        return cells


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
