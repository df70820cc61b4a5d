"""A good choice of withheld cells, quickly: cover for one cell after another, then clean-up."""

import numpy as np

from missing_from_care.disclosure.solver.attack import Attack
from missing_from_care.disclosure.solver.moves import TRIES, Move, made_whole, moved
from missing_from_care.disclosure.solver.problem import Need
from missing_from_care.disclosure.solver.space import NEAR, Space


def cover(attack: Attack, start: set[int], price: np.ndarray) -> set[int] | None:
    """Cells to withhold, starting from some, so that every protected cell has its room.

    Args:
        attack: the problem.
        start: columns hidden to begin with, beside those hidden anyway.
        price: what to avoid: a number for each column; infinity for what may not be taken.

    Returns:
        The cells of `start` and more, or None if even hiding everything is not enough.
    """
    chosen = {column for column in start if column < attack.space.cells}
    allowed = attack.space.choice[: attack.space.cells] & np.isfinite(price[: attack.space.cells])
    everything = set(np.flatnonzero(allowed).tolist())
    for cell, need in attack.needs.items():
        open_ = attack.space.openness(chosen)
        if attack.has_room(cell, open_):
            continue
        ways: list[tuple[float, list[int]]] = []
        for up, down in _splits(attack, cell, need, everything):
            added = _both(attack, cell, up, down, chosen, price)
            if added is not None:
                ways.append((price[sorted(added)].sum(), sorted(added)))
                if attack.is_large and attack.has_room(cell, attack.space.openness(chosen | added)):
                    break
        for _, way in sorted(ways):
            if attack.has_room(cell, attack.space.openness(chosen.union(way))):
                chosen |= set(way)
                break
        else:
            if not attack.has_room(cell, attack.space.openness(everything)):
                return None
            columns = attack.pool.cheapest(cell, need, attack.pool.closed(open_), price)
            chosen |= _cells_for(attack.space, columns, chosen, price)
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
    attack: Attack, cell: int, up: float, down: float, chosen: set[int], price: np.ndarray
) -> set[int] | None:
    added: set[int] = set()
    for sign, size in ((1, up), (-1, down)):
        if size > NEAR:
            more = _columns_for(attack, cell, sign, size, chosen | added, price)
            if more is None:
                return None
            added |= _cells_for(attack.space, more, chosen | added, price)
    return added


def _columns_for(
    attack: Attack, cell: int, sign: int, size: float, chosen: set[int], price: np.ndarray
) -> set[int] | None:
    """The columns to hide so that a cell can move this far, beyond those hidden now."""
    move, _ = _move_for(attack, cell, sign, size, chosen, price)
    if move is None:
        return None
    closed = attack.space.choice & (attack.space.openness(chosen) < 0.5)
    return {column for column in moved(move.deviations) if closed[column]}


def one_way(attack: Attack, cell: int, sign: int, price: np.ndarray) -> set[int]:
    """Cells that let a protected cell move, all withheld, as if it had no other cover.

    Args:
        attack: the problem.
        cell: the protected cell.
        sign: the direction that is tried first.
        price: as for `cover`.

    Returns:
        Each of them moves with the cell, so none is known exactly. None of them, if the cell can
        move without them or no move in whole numbers was found.
    """
    space, need = attack.space, attack.needs[cell]
    for way in (sign, -sign):
        end = space.rise[cell] if way > 0 else space.fall[cell]
        size = min(max(need.width, need.below, need.above), end)
        if size <= NEAR:
            continue
        _, whole = _move_for(attack, cell, way, size, set(), price)
        if whole is not None:
            return {at for at in moved(whole.deviations) if at < space.cells and space.choice[at]}
    return set()


def _move_for(
    attack: Attack, cell: int, sign: int, size: float, chosen: set[int], price: np.ndarray
) -> tuple[Move | None, Move | None]:
    """The cheapest move that takes a cell this far, and the same in whole numbers if it has any.

    The price of a column is paid in proportion to how far it moves, which is not what hiding it
    costs: a good guide, no more.
    """
    space, open_ = attack.space, attack.space.openness(chosen)
    allowed, closed = space.choice & np.isfinite(price), space.choice & (open_ < 0.5)
    limits = space.limits(np.where(allowed, 1.0, open_))
    reach = np.minimum(np.maximum(-limits[0], limits[1]), max(size, NEAR))
    cost = np.where(closed & allowed, price, 0.0) / np.maximum(reach, NEAR)
    for attempt in range(TRIES if attack.is_large else 1):
        attack.spend()
        move = attack.mover.cheapest(cell, sign, limits, size, cost, attempt)
        whole = move and (made_whole(space, move, limits) if space.is_whole else move)
        if move is None or whole is not None:
            break
    attack.pool.add(whole)
    return move, whole


def _cells_for(space: Space, columns: set[int], chosen: set[int], price: np.ndarray) -> set[int]:
    """The cells to withhold so that these columns are hidden: a slack takes its cheapest cell."""
    cells = {column for column in columns if column < space.cells}
    for slack in sorted(columns - cells):
        openers = [cell for cell in space.opened_by[slack] if space.choice[cell]]
        openers = [cell for cell in openers if np.isfinite(price[cell])] or openers
        if not (cells | chosen).intersection(openers):
            cells.add(min(openers, key=lambda cell: (price[cell], cell)))
    return cells


def without_waste(attack: Attack, chosen: set[int], price: np.ndarray) -> set[int]:
    """A choice without the cells that it can spare, the dearest tried first.

    Args:
        attack: the problem, for which `chosen` is safe.
        chosen: cells withheld as cover.
        price: what each column costs.
    """
    kept = set(chosen)
    for cell in sorted(chosen, key=lambda column: (-price[column], column)):
        if attack.is_safe(kept - {cell}):
            kept.discard(cell)
    return kept
