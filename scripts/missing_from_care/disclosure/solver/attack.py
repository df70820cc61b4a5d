"""Whether a choice of withheld cells leaves every protected cell the room it needs."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import ceil

import numpy as np

from missing_from_care.base.faults import ProtectionFault
from missing_from_care.disclosure.solver.moves import (
    TRIES,
    Limits,
    Move,
    Mover,
    made_whole,
    moved,
)
from missing_from_care.disclosure.solver.problem import Need, Problem
from missing_from_care.disclosure.solver.space import NEAR, Space

LARGE = 800  # columns from which moves are sought near the true figures


@dataclass(frozen=True)
class Room:
    """How far a cell can move up and down: the furthest moves that were asked for."""

    up: Move
    down: Move

    def meets(self, need: Need) -> bool:
        """Whether this is all the room that the cell needs."""
        return need.is_met(0, -self.down.reach, self.up.reach)


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
        least = min(sets, key=lambda columns: (price[columns].sum(), columns))
        return set(least)

    def _moves_of(self, cell: int) -> tuple[dict[int, float], dict[int, float]]:
        return self.reaches[cell][1], self.reaches[cell][-1]

    def _columns(self, mask: int) -> set[int]:
        return {column for column, bit in self.bits.items() if mask & bit}


class Attack:
    """Attacks patterns of one problem.

    Args:
        problem: what to protect.
        space: the same problem as `space_of` sees it.
        seconds: of processor time, after which asking goes on no more.

    Attributes:
        needs: what each protected cell needs, rounded up where cells are whole numbers.
        is_large: whether the problem is too large for anything but a good choice.
        mover: solves for moves.
        pool: the moves found so far.
        work: how much has been asked so far: `effort` for each question, 10 times as much more in
            whole numbers.
        effort: 1, and 1 more for each 1,000 relations.
    """

    def __init__(self, problem: Problem, space: Space, seconds: float) -> None:
        self.space, self.seconds, self._end = space, seconds, time.process_time() + seconds
        self.needs = {cell: _rounded(problem, need) for cell, need in problem.protected.items()}
        self.is_large = len(space.rise) > LARGE
        self.mover, self.pool = Mover(space), Pool(space, self.needs)
        self.work, self.effort = 0, 1 + space.matrix.rows // 1000

    def room(self, cell: int, open_: np.ndarray) -> Room:
        """The room that a cell has, up to what it needs, when some columns are hidden."""
        return self._room(cell, self.space.limits(open_))

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
        for attempt in range(TRIES):
            room = self._room(cell, limits, attempt=attempt)
            if not attempt and not room.meets(need):
                return False
            for move in (room.up, room.down):
                whole = made_whole(self.space, move, limits) if self.space.is_whole else move
                self.pool.add(whole)
            if self.pool.meets(cell, need, closed):
                return True
        if self.is_large and closed:
            return False  # it takes too long to be sure
        self.spend(10)
        for enough in (None, np.inf):
            room = self._room(cell, limits, enough, None)
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
        cell: int,
        limits: Limits,
        enough: float | None = None,
        attempt: int | None = 0,
    ) -> Room:
        need = self.needs[cell]
        self.spend()
        up = self.mover.furthest(cell, 1, limits, enough or max(need.width, need.above), attempt)
        rest = enough or max(need.width - up.reach, need.below)
        if rest <= NEAR:
            return Room(up, Move(0.0, np.zeros_like(up.deviations)))
        return Room(up, self.mover.furthest(cell, -1, limits, rest, attempt))


def _rounded(problem: Problem, need: Need) -> Need:
    if not problem.is_whole:
        return need
    return Need(*(ceil(size - NEAR) for size in (need.width, need.below, need.above)))
