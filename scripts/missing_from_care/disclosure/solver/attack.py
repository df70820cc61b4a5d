"""Whether a choice of withheld cells leaves every protected cell the room it needs."""

import time
from dataclasses import dataclass
from math import ceil

import numpy as np

from missing_from_care.disclosure.solver.moves import TRIES, Flow, Move, Mover, made_whole
from missing_from_care.disclosure.solver.pool import Pool
from missing_from_care.disclosure.solver.problem import Need, Problem
from missing_from_care.disclosure.solver.space import NEAR, Space
from missing_from_care.faults import ProtectionFault

LARGE = 800  # columns from which moves are sought near the true figures


@dataclass(frozen=True)
class Room:
    """How far a cell can move up and down: the furthest moves that were asked for."""

    up: Move
    down: Move

    def meets(self, need: Need) -> bool:
        """Whether this is all the room that the cell needs."""
        return need.is_met(0, -self.down.reach, self.up.reach)


class Attack:
    """Attacks patterns of one problem.

    Args:
        problem: what to protect.
        space: the same problem as `space_of` sees it.
        seconds: of processor time, after which asking goes on no more.

    Attributes:
        needs: what each protected cell needs, rounded up where cells are whole numbers.
        is_large: whether the problem is too large for anything but a good choice.
        flow: the cheapest moves.
        pool: the moves found so far.
        tries: how many moves are looked at until one is made of whole numbers.
        work: how much has been asked so far: `effort` for each question, 10 times as much more in
            whole numbers.
        effort: 1, and 1 more for each 1,000 relations.
    """

    def __init__(self, problem: Problem, space: Space, seconds: float) -> None:
        self.space, self.seconds, self._end = space, seconds, time.process_time() + seconds
        self.needs = {cell: _rounded(problem, need) for cell, need in problem.protected.items()}
        self.is_large = space.matrix.columns > LARGE
        self.flow, self.pool = Flow(space), Pool(space, self.needs)
        self._mover = self.flow if self.is_large else Mover(space)
        self._whole_mover: Mover | None = None
        self.tries = TRIES if self.is_large else 1
        self.work, self.effort = 0, 1 + space.matrix.rows // 1000

    def room(self, cell: int, open_: np.ndarray, enough: float | None = None) -> Room:
        """The room that a cell has at an openness between 0 and 1, in fractions of units.

        Args:
            cell: which.
            open_: for each column, how far it is hidden.
            enough: stop looking beyond this; what the cell needs if left out.
        """
        return self._room(self._mover, cell, self.space.limits(open_), enough)

    def has_room(self, cell: int, open_: np.ndarray, closed: int | None = None) -> bool:
        """Whether a cell has the room that it needs with some columns hidden.

        In whole numbers only, if the problem is made of them. Then a cell that cannot move by 1
        may still move by 2, so nothing is settled until the furthest move is known.

        Args:
            cell: which.
            open_: for each column, 1 if it is hidden.
            closed: what `pool.closed` makes of it, if that is known.
        """
        need = self.needs[cell]
        closed = self.pool.closed(open_) if closed is None else closed
        if self.pool.meets(cell, need, closed):
            return True
        limits = self.space.limits(open_)
        room = self._room(self._mover, cell, limits, None)
        if not room.meets(need):
            return False
        if not self.space.is_whole:
            self.pool.add(room.up)
            self.pool.add(room.down)
            return True
        for attempt in range(self.tries):
            if attempt:
                self.flow.attempt = attempt
                room = self._room(self.flow, cell, limits, None)
            for move in (room.up, room.down):
                self.pool.add(made_whole(self.space, move, limits))
            if self.pool.meets(cell, need, closed):
                self.flow.attempt = 0
                return True
        self.flow.attempt = 0
        if self.is_large and closed:
            return False  # it takes too long to be sure
        self._whole_mover = self._whole_mover or Mover(self.space, whole=True)
        self.spend(10)
        for enough in (None, np.inf):
            room = self._room(self._whole_mover, cell, limits, enough)
            for move in (room.up, room.down):
                self.pool.add(move)
            if room.meets(need):
                return True
        return False

    def is_safe(self, withheld: set[int]) -> bool:
        """Whether every protected cell has its room if these are withheld."""
        open_ = self.space.openness(withheld)
        closed = self.pool.closed(open_)
        return all(self.has_room(cell, open_, closed) for cell in self.needs)

    def spend(self, questions: int = 1) -> None:
        """Notes that a question is asked.

        Raises:
            ProtectionFault: there is no time left.
        """
        self.work += questions * self.effort
        if time.process_time() > self._end:
            raise ProtectionFault(
                f"No safe choice was found in {self.seconds:g} seconds of processor time, so "
                "nothing may be released: publish fewer tables at once, or give it more time."
            )

    def _room(
        self,
        mover: Mover | Flow,
        cell: int,
        limits: tuple[np.ndarray, np.ndarray],
        enough: float | None,
    ) -> Room:
        need = self.needs[cell]
        self.spend()
        up = mover.furthest(cell, 1, limits, enough or max(need.width, need.above))
        rest = enough or max(need.width - up.reach, need.below)
        if rest <= NEAR:
            nothing = np.zeros_like(up.deviations)
            return Room(up, Move(0.0, nothing, np.zeros(self.space.matrix.rows)))
        return Room(up, mover.furthest(cell, -1, limits, rest))


def _rounded(problem: Problem, need: Need) -> Need:
    if not problem.is_whole:
        return need
    return Need(*(ceil(size - NEAR) for size in (need.width, need.below, need.above)))
