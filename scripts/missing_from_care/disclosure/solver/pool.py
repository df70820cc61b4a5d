"""The moves found so far: what one question found often answers the next."""

from collections.abc import Iterable
from itertools import product

import numpy as np

from missing_from_care.disclosure.solver.moves import Move, moved
from missing_from_care.disclosure.solver.problem import Need
from missing_from_care.disclosure.solver.space import NEAR, Space


class Pool:
    """Keeps for each protected cell how far known moves take it, and what they need hidden.

    Sets of columns are kept as bits of a number.

    Args:
        space: what can move how far.
        cells: those that are protected.
    """

    def __init__(self, space: Space, cells: Iterable[int]) -> None:
        self.space, self.columns = space, np.flatnonzero(space.choice)
        self.bits = {int(column): 1 << at for at, column in enumerate(self.columns)}
        self.limits = space.limits(np.ones(len(space.rise)))
        self.reaches: dict[int, dict[int, dict[int, float]]] = {
            cell: {1: {}, -1: {}} for cell in cells
        }

    def add(self, move: Move | None) -> None:
        """Adds a move, and its reverse if that keeps to the limits too."""
        if move is None:
            return
        columns = moved(move.deviations)
        mask = sum(self.bits.get(column, 0) for column in columns)
        for far in (move.deviations, -move.deviations):
            if (far < self.limits[0] - NEAR).any() or (far > self.limits[1] + NEAR).any():
                continue
            for cell in columns & self.reaches.keys():
                known = self.reaches[cell][1 if far[cell] > 0 else -1]
                known[mask] = max(known.get(mask, 0.0), abs(far[cell]))

    def closed(self, open_: np.ndarray) -> int:
        """The columns that are not hidden, of those that may be."""
        return sum(self.bits[int(at)] for at in self.columns[open_[self.columns] < 0.5])

    def meets(self, cell: int, need: Need, closed: int) -> bool:
        """Whether known moves give a cell its room, although some columns are not hidden."""
        up, down = (
            max((far for mask, far in known.items() if not mask & closed), default=0.0)
            for known in self._moves_of(cell)
        )
        return need.is_met(0, -down, up)

    def cheapest(self, cell: int, need: Need, closed: int, price: np.ndarray) -> set[int]:
        """What to hide of the closed columns so that known moves give a cell its room.

        For a cell that has it when everything is hidden.
        """
        ups, downs = ({0: 0.0} | known for known in self._moves_of(cell))
        ways = {
            (up | down) & closed
            for (up, rise), (down, fall) in product(ups.items(), downs.items())
            if need.is_met(0, -fall, rise)
        }
        sets = [sorted(self._columns(way)) for way in ways]
        return set(min(sets, key=lambda columns: (price[columns].sum(), columns)))

    def _moves_of(self, cell: int) -> tuple[dict[int, float], dict[int, float]]:
        return self.reaches[cell][1], self.reaches[cell][-1]

    def _columns(self, mask: int) -> set[int]:
        return {column for column, bit in self.bits.items() if mask & bit}
