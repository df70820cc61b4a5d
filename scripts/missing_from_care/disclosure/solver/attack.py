"""Whether a choice of withheld cells leaves every protected cell the room it needs."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from missing_from_care.disclosure.solver.moves import Move, Mover, made_whole, moved
from missing_from_care.disclosure.solver.problem import Need, Problem
from missing_from_care.disclosure.solver.space import NEAR, Space


@dataclass(frozen=True)
class Room:
    """How far a cell can move up and down: the furthest moves that were asked for."""

    up: Move
    down: Move

    def meets(self, need: Need) -> bool:
        """Whether this is all the room that the cell needs."""
        up, down = self.up.reach + NEAR, self.down.reach + NEAR
        return up >= need.above and down >= need.below and up + down >= need.width

    def uses(self) -> set[int]:
        """The columns without which these moves are not possible."""
        return moved(self.up.deviations) | moved(self.down.deviations)


class Attack:
    """Attacks patterns of one problem.

    Args:
        problem: what to protect.
        space: the same problem as `space_of` sees it.

    Attributes:
        needs: what each protected cell needs, rounded up where cells are whole numbers.
        work: how much has been asked so far: 1 for each question, 10 more in whole numbers.
    """

    def __init__(self, problem: Problem, space: Space) -> None:
        self.space = space
        self.needs = {cell: _rounded(problem, need) for cell, need in problem.protected.items()}
        self._mover, self._whole_mover = Mover(space), None
        self.work = 0

    def room(self, cell: int, open_: np.ndarray, enough: float | None = None) -> Room:
        """The room that a cell has at an openness between 0 and 1, in fractions of units.

        Args:
            cell: which.
            open_: for each column, how far it is hidden.
            enough: stop looking beyond this; what the cell needs if left out.
        """
        return self._room(self._mover, cell, self.space.limits(open_), enough)

    def quick_room(self, cell: int, open_: np.ndarray) -> Room | None:
        """The room that a cell has with some columns hidden, or None if it is not enough.

        In fractions: where whole numbers leave less room, it is too hopeful.
        """
        room = self.room(cell, open_)
        return room if room.meets(self.needs[cell]) else None

    def whole_room(self, cell: int, open_: np.ndarray) -> Room | None:
        """The room that a cell has with some columns hidden, or None if it is not enough.

        Whole numbers only, if the problem is made of them. Then a cell that cannot move by 1 may
        still move by 2, so nothing is settled until the furthest move is known.
        """
        room, need = self.quick_room(cell, open_), self.needs[cell]
        if room is None or not self.space.is_whole:
            return room
        limits = self.space.limits(open_)
        up, down = (made_whole(self.space, move, limits) for move in (room.up, room.down))
        if up and down:
            return Room(up, down)
        self._whole_mover = self._whole_mover or Mover(self.space, whole=True)
        self.work += 10
        for enough in (None, np.inf):
            room = self._room(self._whole_mover, cell, limits, enough)
            if room.meets(need):
                return room
        return None

    def is_safe(self, withheld: set[int]) -> bool:
        """Whether every protected cell has its room if these are withheld."""
        open_ = self.space.openness(withheld)
        return all(self.whole_room(cell, open_) is not None for cell in self.needs)

    def _room(
        self,
        mover: Mover,
        cell: int,
        limits: tuple[np.ndarray, np.ndarray],
        enough: float | None,
    ) -> Room:
        need = self.needs[cell]
        self.work += 1
        up = mover.furthest(cell, 1, limits, enough or max(need.width, need.above))
        rest = enough or max(need.width - up.reach, need.below)
        if rest <= NEAR:
            nothing = np.zeros_like(up.deviations)
            return Room(up, Move(0.0, nothing, np.zeros(len(self.space.matrix))))
        return Room(up, mover.furthest(cell, -1, limits, rest))


def _rounded(problem: Problem, need: Need) -> Need:
    if not problem.is_whole:
        return need
    return Need(*(ceil(size - NEAR) for size in (need.width, need.below, need.above)))
