"""Inequalities that every safe choice of withheld cells meets.

After M. Fischetti and J. J. Salazar, Solving the cell suppression problem on tabular data with
linear constraints, Management Science 47(7), 2001: the prices of a reader's linear programme bound
how far a cell can move, by a sum over the hidden cells. If that bound is too low, one more of the
cells in the sum must be withheld.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from missing_from_care.disclosure.solver.attack import Room
from missing_from_care.disclosure.solver.moves import Move
from missing_from_care.disclosure.solver.problem import Need
from missing_from_care.disclosure.solver.space import NEAR, Space


@dataclass(frozen=True)
class Cut:
    """sum of share * openness >= 1, over some of the columns that may be hidden or not."""

    columns: tuple[int, ...]
    shares: tuple[float, ...]

    def shortfall(self, open_: np.ndarray) -> float:
        """By how much an openness misses it; 0 or less if it does not."""
        return 1.0 - float(np.dot(open_[list(self.columns)], self.shares))


def cuts_from(space: Space, cell: int, need: Need, room: Room) -> Iterator[Cut]:
    """The inequalities that the prices of two moves of a cell prove.

    Args:
        space: what can move how far.
        cell: the cell that moved.
        need: what it needs.
        room: its furthest moves, at any openness. What the prices prove holds at every openness.
    """
    up_base, up_share = _bound(space, cell, 1, room.up, max(need.width, need.above))
    down_base, down_share = _bound(space, cell, -1, room.down, max(need.width, need.below))
    for needed, base, share in (
        (need.width, up_base + down_base, up_share + down_share),
        (need.above, up_base, up_share),
        (need.below, down_base, down_share),
    ):
        missing = needed - base
        if needed > NEAR and missing > NEAR:
            yield _cut(share / missing)


def one_more_of(columns: list[int]) -> Cut:
    """At least one of these columns must be hidden."""
    return Cut(tuple(columns), (1.0,) * len(columns))


def _cut(share: np.ndarray) -> Cut:
    """No column counts for more than the whole of what is missing."""
    columns = np.flatnonzero(share > NEAR)
    return Cut(tuple(columns.tolist()), tuple(np.minimum(share[columns], 1.0).tolist()))


def _bound(
    space: Space, cell: int, sign: int, move: Move, enough: float
) -> tuple[float, np.ndarray]:
    """A bound on the reach of a cell: a constant, and what each column adds when it is hidden.

    Every table has matrix @ deviation = 0, so any multiple of the relations may be added to the
    reach; what is left is bounded column by column. This holds for every list of prices.
    """
    near_whole = np.abs(move.prices - np.round(move.prices)) < NEAR
    prices = np.where(near_whole, np.round(move.prices), move.prices)
    left = space.matrix.summed(prices)
    left[cell] += sign
    left[np.abs(left) < 1e-9] = 0.0
    upward, downward = np.maximum(left, 0.0), np.maximum(-left, 0.0)
    own = upward[cell] if sign > 0 else downward[cell]
    upward[cell] = downward[cell] = 0.0
    always = upward * space.slack_rise + downward * space.slack_fall
    open_only = upward * space.rise + downward * space.fall - always
    base = always.sum() + open_only[space.hidden].sum()
    base += own * min(space.rise[cell] if sign > 0 else space.fall[cell], enough)
    return float(base), np.where(space.choice, open_only, 0.0)
