"""A good choice of withheld cells, quickly: cover for one cell after another, then clean-up."""

from collections.abc import Callable

import highspy
import numpy as np

from missing_from_care.disclosure.solver.attack import Attack, Room
from missing_from_care.disclosure.solver.moves import linear_model, moved, quiet_solver
from missing_from_care.disclosure.solver.problem import Need
from missing_from_care.disclosure.solver.space import NEAR, Space

Ask = Callable[[int, np.ndarray], Room | None]


class Coverer:
    """Finds cheap cover by linear programming: the cheapest move that gives a cell its room.

    Args:
        space: what can move how far.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self.count = space.matrix.shape[1]
        self.both_ways = np.arange(2 * self.count, dtype=np.int32)
        self.solver = quiet_solver()
        self.solver.setOptionValue("presolve", "off")
        self.solver.setOptionValue("solver", "simplex")
        matrix = np.hstack([space.matrix, -space.matrix])
        self.solver.passModel(linear_model(matrix, np.zeros(len(matrix))))

    def cheapest(
        self, cell: int, sign: int, size: float, open_: np.ndarray, price: np.ndarray
    ) -> set[int] | None:
        """The columns to hide so that a cell can move this far, beyond those hidden now.

        The price of a column is paid in proportion to how far it moves, which is not what hiding
        it costs: a good guide, no more.
        """
        allowed = self.space.choice & np.isfinite(price)
        low, high = self.space.limits(np.where(allowed, 1.0, open_))
        reach = np.minimum(np.maximum(-low, high), max(size, NEAR))
        closed = self.space.choice & (open_ < 0.5)
        cost = np.where(closed & allowed, price, 0.0) / np.maximum(reach, NEAR)
        low[cell], high[cell] = (0.0, size) if sign > 0 else (-size, 0.0)
        below, above = np.zeros(2 * self.count), np.concatenate([high, -low])
        below[cell if sign > 0 else self.count + cell] = size
        everything = np.concatenate([cost, cost])
        self.solver.changeColsBounds(2 * self.count, self.both_ways, below, above)
        self.solver.changeColsCost(2 * self.count, self.both_ways, everything)
        self.solver.run()
        if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        flow = np.array(self.solver.getSolution().col_value)
        used = moved(flow[: self.count] - flow[self.count :])
        return {column for column in used if closed[column]}


def cover(
    attack: Attack, coverer: Coverer, start: set[int], price: np.ndarray, ask: Ask
) -> set[int] | None:
    """Cells to withhold, starting from some, so that every protected cell has its room.

    Args:
        attack: the problem.
        coverer: made for the same space.
        start: columns hidden to begin with, beside those hidden anyway.
        price: what to avoid: a number for each column; infinity for what may not be taken.
        ask: how to find out whether a cell has its room: quickly, or in whole numbers.

    Returns:
        The cells of `start` and more, or None if even hiding everything is not enough.
    """
    chosen = {column for column in start if column < attack.space.cells}
    allowed = attack.space.choice[: attack.space.cells] & np.isfinite(price[: attack.space.cells])
    everything = set(np.flatnonzero(allowed).tolist())
    for cell, need in attack.needs.items():
        open_ = attack.space.openness(chosen)
        if ask(cell, open_):
            continue
        best = None
        for up, down in _splits(attack, cell, need, everything):
            added = _both(attack.space, coverer, cell, up, down, chosen, price)
            if added is not None:
                cost = price[sorted(added)].sum()
                if best is None or cost < best[0] - NEAR:
                    best = cost, added
        if best is not None:
            chosen |= best[1]
        if best is None or not ask(cell, attack.space.openness(chosen)):
            if not ask(cell, attack.space.openness(everything)):
                return None
            chosen = set(everything)
    return chosen


def _splits(
    attack: Attack, cell: int, need: Need, everything: set[int]
) -> list[tuple[float, float]]:
    """Ways to share the width out between up and down."""
    up, down = need.width - need.below, need.width - need.above
    ways = [(max(need.above, up), need.below), (need.above, max(need.below, down))]
    room = attack.room(cell, attack.space.openness(everything))
    ways.append((room.up.reach, max(need.below, need.width - room.up.reach)))
    return list(dict.fromkeys(ways))


def _both(
    space: Space,
    coverer: Coverer,
    cell: int,
    up: float,
    down: float,
    chosen: set[int],
    price: np.ndarray,
) -> set[int] | None:
    added: set[int] = set()
    for sign, size in ((1, up), (-1, down)):
        limit = space.rise[cell] if sign > 0 else space.fall[cell]
        if size > limit + NEAR:
            return None
        if size > NEAR:
            more = coverer.cheapest(cell, sign, size, space.openness(chosen | added), price)
            if more is None:
                return None
            added |= _cells_for(space, more, chosen | added, price)
    return added


def _cells_for(space: Space, columns: set[int], chosen: set[int], price: np.ndarray) -> set[int]:
    """The cells to withhold so that these columns are hidden: a slack takes its cheapest cell."""
    cells = {column for column in columns if column < space.cells}
    for slack in sorted(columns - cells):
        openers = [cell for cell in space.opened_by[slack] if space.choice[cell]]
        openers = [cell for cell in openers if np.isfinite(price[cell])] or openers
        if not (cells | chosen).intersection(openers):
            cells.add(min(openers, key=lambda cell: (price[cell], cell)))
    return cells


def without_waste(attack: Attack, chosen: set[int], price: np.ndarray, ask: Ask) -> set[int]:
    """A choice without the cells that it can spare, the dearest tried first.

    Args:
        attack: the problem, for which `chosen` is safe.
        chosen: cells withheld as cover.
        price: what each column costs.
        ask: as for `cover`.
    """
    kept = set(chosen)
    open_ = attack.space.openness(kept)
    rooms: dict[int, Room] = {cell: ask(cell, open_) for cell in attack.needs}
    for cell in sorted(chosen, key=lambda column: (-price[column], -column)):
        trial = attack.space.openness(kept - {cell})
        closing = set(np.flatnonzero(attack.space.openness(kept) > trial).tolist())
        renewed = {}
        for protected, room in rooms.items():
            if closing & room.uses():
                renewed[protected] = ask(protected, trial)
                if renewed[protected] is None:
                    break
        else:
            kept.discard(cell)
            rooms |= renewed
    return kept
