"""How far a cell can move while everything published stays as it is: the search's own attack."""

import time
from collections.abc import Iterable
from itertools import product
from math import ceil, inf

import highspy
import networkx as nx
import numpy as np

from missing_from_care.base.faults import Fault, ProtectionFault
from missing_from_care.disclosure.solver.problem import Problem

NEAR = 1e-6
ROUNDS = 50  # of bounds that follow from bounds
TRIES = 4
TOLL = 1e-4  # what moving a column by 1 costs beside what hiding it does
LARGE = 800  # columns from which moves are sought near the true figures

Limits = tuple[np.ndarray, np.ndarray]
Terms = tuple[tuple[int, float], ...]


class Space:
    """Tables near the true one, as deviations from it, as the best-informed reader sees them.

    That reader knows the threshold and guesses rightly which cells are primary; whoever is safe
    from that reader is safe from all. A movable thing is a cell, or the slack of an inequality (its
    sum minus what is published). The sums of times * deviation are 0 in every row, for every table
    that fits what is published.

    Attributes:
        cells: how many columns are cells; the slacks follow.
        rows: how many relations there are.
        row, column, times: the entries of the relations, row by row.
        rise, fall: how far each column can move if it is hidden.
        slack_rise, slack_fall: how far each can move if it is published: 0 for a cell, what
            rounding leaves open for an inequality.
        weight: the information lost if it is hidden; 0 for a slack.
        hidden: which are hidden whatever is decided (boolean).
        choice: which may be hidden or not (boolean).
        opened_by: for the slack of an inequality that is withdrawn with certain cells, those cells.
    """

    def __init__(self, problem: Problem) -> None:
        self.cells, self.rows = len(problem.values), len(problem.relations)
        width = self.cells + sum(relation.low < relation.high for relation in problem.relations)
        self.rise, self.fall = np.zeros(width), np.zeros(width)
        self.slack_rise, self.slack_fall = np.zeros(width), np.zeros(width)
        for cell, value in enumerate(problem.values):
            low, high = _informed_bounds(problem, cell)
            self.rise[cell], self.fall[cell] = high - value, value - low
        self.opened_by: dict[int, list[int]] = {}
        rows: list[dict[int, float]] = []
        slack = self.cells - 1
        for relation in problem.relations:
            row: dict[int, float] = {}
            for cell, times in relation.terms:
                row[cell] = row.get(cell, 0) + times
            if relation.low < relation.high:
                slack += 1
                rise, fall = self.rise, self.fall
                up = sum(k * rise[c] if k > 0 else -k * fall[c] for c, k in row.items())
                down = sum(k * fall[c] if k > 0 else -k * rise[c] for c, k in row.items())
                total = sum(times * problem.values[cell] for cell, times in relation.terms)
                self.slack_rise[slack] = max(0.0, min(up, relation.high - total))
                self.slack_fall[slack] = max(0.0, min(down, total - relation.low))
                row[slack] = -1.0
                if relation.withdrawn_with:
                    rise[slack], fall[slack] = up, down
                    self.opened_by[slack] = sorted(relation.withdrawn_with)
                else:
                    rise[slack], fall[slack] = self.slack_rise[slack], self.slack_fall[slack]
            rows.append(row)
        self.row = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        self.column = np.array([column for row in rows for column in row], dtype=np.int32)
        self.times = np.array([times for row in rows for times in row.values()], dtype=float)
        self.weight = np.zeros(width)
        self.weight[: self.cells] = problem.weights
        self.hidden, self.choice = np.zeros(width, dtype=bool), np.zeros(width, dtype=bool)
        self.hidden[sorted(problem.unknown_anyway)] = True
        self.choice[list(problem.cover_cells)] = True
        for slack, openers in self.opened_by.items():
            self.hidden[slack] = self.hidden[openers].any()
            self.choice[slack] = not self.hidden[slack] and self.choice[openers].any()

    def openness(self, withheld: set[int]) -> np.ndarray:
        """For each movable thing, 1 if it is hidden when these cells are withheld, else 0."""
        open_ = self.hidden.astype(float)
        open_[sorted(withheld)] = 1.0
        for slack, cells in self.opened_by.items():
            open_[slack] = max(open_[cells])
        return open_

    def limits(self, open_: np.ndarray) -> Limits:
        """The bounds on each deviation, below and above, at an openness between 0 and 1."""
        return (
            -(self.slack_fall + open_ * (self.fall - self.slack_fall)),
            self.slack_rise + open_ * (self.rise - self.slack_rise),
        )

    def with_slacks(self, cells: np.ndarray) -> np.ndarray:
        """Deviations of cells, and of the slacks that follow from them."""
        far = np.zeros(len(self.rise))
        far[: self.cells] = cells
        sums, is_slack = self._sums(self.times * far[self.column]), self.column >= self.cells
        far[self.column[is_slack]] = sums[self.row[is_slack]]
        return far

    def movable(self) -> np.ndarray:
        """Which columns can move at all when everything is hidden that may be (boolean): a sum
        whose other parts can move so far and no further bounds each of its parts."""
        low, high = self.limits((self.hidden | self.choice).astype(float))
        is_count = self.column < self.cells
        for _ in range(ROUNDS):
            ends = self.times * low[self.column], self.times * high[self.column]
            least, most = np.minimum(*ends), np.maximum(*ends)
            up = (least - self._sums(least)[self.row]) / self.times
            down = (most - self._sums(most)[self.row]) / self.times
            above, below = np.maximum(up, down), np.minimum(up, down)
            above = np.where(is_count, np.floor(above + NEAR), above)
            below = np.where(is_count, np.ceil(below - NEAR), below)
            higher, lower = high.copy(), low.copy()
            np.minimum.at(higher, self.column, np.maximum(above, 0.0))
            np.maximum.at(lower, self.column, np.minimum(below, 0.0))
            if (high - higher < NEAR).all() and (lower - low < NEAR).all():
                break
            low, high = lower, higher
        return np.asarray(high - low > NEAR)

    def _sums(self, parts: np.ndarray) -> np.ndarray:
        """For each relation the sum of some numbers, one for each entry."""
        return np.bincount(self.row, weights=parts, minlength=self.rows)


def _informed_bounds(problem: Problem, cell: int) -> tuple[float, float]:
    """A hidden primary cell stays within its threshold, one that is not primary above it."""
    low, high = problem.lower[cell], problem.upper[cell]
    value, (least, most) = problem.values[cell], problem.thresholds[cell] or (-inf, inf)
    if problem.thresholds[cell] is None or value < least:
        return low, high
    return (max(low, most + 1), high) if value > most else (max(low, least), min(high, most))


class Mover:
    """Solves for moves in one space: how far everything moves with a cell. Up and down are unknowns
    of their own, and each costs something. From where nothing moves a few steps lead to such a
    move; it touches few columns and is mostly made of whole numbers. Cells that cannot move
    whatever is hidden are left out, and cells that move alike are one unknown."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.leader, rows = _leaders(space)
        leaders = np.unique(self.leader[self.leader >= 0])
        self.members = np.flatnonzero(self.leader >= 0)
        self.place = np.searchsorted(leaders, self.leader[self.members])
        self.count = len(leaders)
        self.columns = np.arange(2 * self.count, dtype=np.int32)
        self.opened = [(at, slack) for at, (_, _, _, slack) in enumerate(rows) if slack is not None]
        place = {int(cell): at for at, cell in enumerate(leaders)}
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = len(rows), 2 * self.count
        lp.col_cost_ = lp.col_lower_ = lp.col_upper_ = np.zeros(2 * self.count)
        lp.row_lower_ = np.array([low for _, low, _, _ in rows], dtype=float)
        lp.row_upper_ = np.array([high for _, _, high, _ in rows], dtype=float)
        entries = [
            (place[cell] + back * self.count, -times if back else times)
            for terms, *_ in rows
            for back in (0, 1)
            for cell, times in terms
        ]
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *(2 * len(row[0]) for row in rows)], dtype=np.int32)
        lp.a_matrix_.index_ = np.array([column for column, _ in entries], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([times for _, times in entries], dtype=float)
        self.fractions = _solver(lp)
        self.whole: highspy.Highs | None = None
        # Each attempt sets the costs a little otherwise.
        steps = np.outer(np.arange(TRIES), np.arange(2.0 * len(space.rise)) * 7919)
        self.factors = 1.0 + steps % 97 / 97

    def furthest(
        self, cell: int, sign: int, limits: Limits, enough: float, attempt: int | None
    ) -> np.ndarray:
        """The furthest that a cell moves up (1) or down (-1), unless very much else must for it;
        further than is enough does not matter. An attempt from 0 to `TRIES` - 1 gives one of
        several such moves; None one in whole numbers, which takes long."""
        costs = np.zeros(len(self.factors[0])) if attempt is None else TOLL * self.factors[attempt]
        costs[cell if sign > 0 else len(costs) // 2 + cell] -= 1.0
        solver = self.fractions
        if attempt is None:
            if self.whole is None:
                lp = solver.getLp()
                lp.integrality_ = [highspy.HighsVarType.kInteger] * (2 * self.count)
                self.whole = _solver(lp, presolve="on")
            solver = self.whole
        move = self._move(solver, cell, sign, limits, (0.0, enough), costs)
        if move is None:
            raise Fault("The solver could not tell how far a cell can move.")
        return move

    def cheapest(
        self, cell: int, sign: int, limits: Limits, size: float, cost: np.ndarray, attempt: int
    ) -> np.ndarray | None:
        """The cheapest move that takes a cell this far; `cost` is what moving each column costs."""
        costs = (np.concatenate([cost, cost]) + TOLL) * self.factors[attempt]
        return self._move(self.fractions, cell, sign, limits, (size, size), costs)

    def _move(
        self,
        solver: highspy.Highs,
        cell: int,
        sign: int,
        limits: Limits,
        size: tuple[float, float],
        costs: np.ndarray,
    ) -> np.ndarray | None:
        far = np.zeros(self.space.cells)
        if self.leader[cell] < 0:
            return None if size[0] > NEAR else self.space.with_slacks(far)
        below, above = np.zeros(2 * self.count), np.full(2 * self.count, np.inf)
        for part, ends in enumerate((limits[1], -limits[0])):
            np.minimum.at(above, self.place + part * self.count, ends[self.members])
        own = int(self.place[np.searchsorted(self.members, cell)])
        there, back = (own, self.count + own)[::sign]
        below[there], above[there], above[back] = size[0], min(size[1], above[there]), 0.0
        if size[0] > above[there] + NEAR:
            return None
        both = np.concatenate([self.place, self.place + self.count])
        paid = costs[np.concatenate([self.members, self.members + len(self.space.rise)])]
        solver.setBasis()
        solver.changeColsBounds(len(self.columns), self.columns, below, above)
        sums = np.bincount(both, paid)  # numpy's types take them for whole numbers
        solver.changeColsCost(len(self.columns), self.columns, sums)  # type: ignore[arg-type]
        for row, slack in self.opened:
            solver.changeRowBounds(row, limits[0][slack], limits[1][slack])
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        flow = np.array(solver.getSolution().col_value)
        far[self.members] = (flow[: self.count] - flow[self.count :])[self.place]
        return self.space.with_slacks(far)


def _solver(lp: highspy.HighsLp, presolve: str = "off") -> highspy.Highs:
    """A solver that prints nothing and gives the same answer to the same question."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    solver.setOptionValue("presolve", presolve)
    if presolve == "off":
        solver.setOptionValue("solver", "simplex")
    solver.passModel(lp)
    return solver


def _leaders(space: Space) -> tuple[np.ndarray, list[tuple[Terms, float, float, int | None]]]:
    """For each cell the first that always moves as it does, -1 for one that never moves; and the
    relations between these: terms, least, most and, where one can be withdrawn, its slack, whose
    limits are the least and the most."""
    movable, cells = space.movable(), space.cells
    low, high = space.limits((space.hidden | space.choice).astype(float))
    entries: list[list[tuple[int, float]]] = [[] for _ in range(space.rows)]
    ends: list[tuple[float, float, int | None]] = [(0.0, 0.0, None)] * space.rows
    for row, column, times in zip(
        space.row.tolist(), space.column.tolist(), space.times.tolist(), strict=True
    ):
        if column >= cells:
            opener = column if column in space.opened_by else None
            ends[row] = (low[column], high[column], opener)
        elif movable[column]:
            entries[row].append((column, times))
    rows = [(tuple(terms), *each) for terms, each in zip(entries, ends, strict=True)]
    leader = list(range(cells))
    while True:
        kept: dict[tuple[Terms, int | None], tuple[float, float]] = {}
        for terms, least, most, opener in rows:
            merged: dict[int, float] = {}
            for cell, times in terms:
                merged[leader[cell]] = merged.get(leader[cell], 0.0) + times
            left = tuple(sorted((cell, times) for cell, times in merged.items() if times))
            reach = [(times * low[cell], times * high[cell]) for cell, times in left]
            can_bind = least > sum(map(min, reach)) + NEAR or most < sum(map(max, reach)) - NEAR
            if left and (can_bind or opener is not None):
                known = kept.get((left, opener), (-np.inf, np.inf))
                kept[left, opener] = max(least, known[0]), min(most, known[1])
        rows = [(terms, *each, opener) for (terms, opener), each in kept.items()]
        alike = nx.Graph(
            [cell for cell, _ in terms]
            for terms, least, most, _ in rows
            if len(terms) == 2 and least == most == 0 and terms[0][1] == -terms[1][1]
        )
        if not alike:
            return np.where(movable[:cells], leader, -1), rows
        first = {cell: min(group) for group in nx.connected_components(alike) for cell in group}
        leader = [first.get(cell, cell) for cell in leader]


class Pool:
    """For each protected cell how far known moves take it, and what they need hidden, as bits."""

    def __init__(self, space: Space, cells: Iterable[int]) -> None:
        self.columns = np.flatnonzero(space.choice)
        self.bits = {int(column): 1 << at for at, column in enumerate(self.columns)}
        self.limits = space.limits(np.ones(len(space.rise)))
        self.reaches: dict[int, tuple[dict[int, float], dict[int, float]]] = {
            cell: ({}, {}) for cell in cells
        }

    def add(self, move: np.ndarray | None) -> None:
        """Adds a move, and its reverse if that keeps to the limits too."""
        if move is None:
            return
        columns = moved(move)
        mask = sum(self.bits.get(column, 0) for column in columns)
        for far in (move, -move):
            if (far < self.limits[0] - NEAR).any() or (far > self.limits[1] + NEAR).any():
                continue
            for cell in columns & self.reaches.keys():
                known = self.reaches[cell][0 if far[cell] > 0 else 1]
                known[mask] = max(known.get(mask, 0.0), abs(far[cell]))

    def closed(self, open_: np.ndarray) -> int:
        """The columns that are not hidden, of those that may be."""
        return sum(self.bits[int(at)] for at in self.columns[open_[self.columns] < 0.5])

    def meets(self, cell: int, width: float, closed: int) -> bool:
        """Whether known moves give a cell its width, although some columns are not hidden."""
        reach = sum(
            max((far for mask, far in known.items() if not mask & closed), default=0.0)
            for known in self.reaches[cell]
        )
        return reach >= width - NEAR

    def cheapest(self, cell: int, width: float, closed: int, price: np.ndarray) -> set[int]:
        """What to hide of the closed columns so that known moves give a cell its width; for a cell
        that has it when everything is hidden."""
        ups, downs = ({0: 0.0} | known for known in self.reaches[cell])
        ways = {
            (up | down) & closed
            for (up, rise), (down, fall) in product(ups.items(), downs.items())
            if rise + fall >= width - NEAR
        }
        sets = [sorted(column for column, bit in self.bits.items() if way & bit) for way in ways]
        least = min(sets, key=lambda columns: (price[columns].sum(), columns))
        return set(least)


class Attack:
    """Tells whether a choice of withheld cells leaves every protected cell the room it needs.

    Args:
        problem: what to protect.
        seconds: of processor time, after which asking goes on no more.

    Attributes:
        widths: how wide the range of each protected cell must be, in whole numbers.
        is_large: whether the problem is too large for anything but a good choice.
        work: how much has been asked so far; more of many relations, and of whole numbers.
    """

    def __init__(self, problem: Problem, seconds: float) -> None:
        self.space, self.seconds = Space(problem), seconds
        self._end = time.process_time() + seconds
        self.widths = {cell: ceil(width - NEAR) for cell, width in problem.protected.items()}
        self.is_large = len(self.space.rise) > LARGE
        self.mover, self.pool = Mover(self.space), Pool(self.space, self.widths)
        self.work, self.effort = 0, 1 + self.space.rows // 1000

    def has_room(self, cell: int, open_: np.ndarray, closed: int | None = None) -> bool:
        """Whether a cell has the room that it needs with some columns hidden, in whole numbers. A
        cell that cannot move by 1 may still move by 2, so nothing is settled until the furthest
        move is known. `closed` is what `pool.closed` makes of `open_`, if that is known."""
        width = self.widths[cell]
        closed = self.pool.closed(open_) if closed is None else closed
        if self.pool.meets(cell, width, closed):
            return True
        limits = self.space.limits(open_)
        for attempt in range(TRIES):
            up, down = self.room(cell, limits, attempt)
            if not attempt and abs(up[cell]) + abs(down[cell]) < width - NEAR:
                return False
            for move in (up, down):
                self.pool.add(self.made_whole(move, limits))
            if self.pool.meets(cell, width, closed):
                return True
        if self.is_large and closed:
            return False  # it takes too long to be sure
        self.spend(10)
        for enough in (None, np.inf):
            up, down = self.room(cell, limits, None, enough)
            for move in (up, down):
                self.pool.add(move)
            if abs(up[cell]) + abs(down[cell]) >= width - NEAR:
                return True
        return False

    def room(
        self, cell: int, limits: Limits, attempt: int | None = 0, enough: float | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The moves of a cell up and down, together as far as it needs if nothing else is said."""
        self.spend()
        up = self.mover.furthest(cell, 1, limits, enough or self.widths[cell], attempt)
        rest = enough or self.widths[cell] - abs(up[cell])
        if rest <= NEAR:
            return up, np.zeros_like(up)
        return up, self.mover.furthest(cell, -1, limits, rest, attempt)

    def is_safe(self, withheld: set[int]) -> bool:
        """Whether every protected cell has its room if these are withheld."""
        open_ = self.space.openness(withheld)
        closed = self.pool.closed(open_)
        return all(self.has_room(cell, open_, closed) for cell in self.widths)

    def made_whole(self, move: np.ndarray, limits: Limits) -> np.ndarray | None:
        """A move in whole numbers: this one, or a small multiple of it that keeps to the limits;
        None if there is no such multiple; another whole move may still exist."""
        for times in (1, 2, 3, 4, 6):
            far = times * move
            cells = far[: self.space.cells]
            if np.abs(cells - np.round(cells)).max(initial=0.0) > NEAR:
                continue
            if (far >= limits[0] - NEAR).all() and (far <= limits[1] + NEAR).all():
                return np.asarray(far)
        return None

    def spend(self, questions: int = 1) -> None:
        """Notes that a question is asked; a ProtectionFault if there is no time left."""
        self.work += questions * self.effort
        if time.process_time() > self._end:
            raise ProtectionFault(
                f"No safe choice was found in {self.seconds:g} seconds of processor time, so "
                "nothing may be released: publish fewer tables at once, or give it more time."
            )


def moved(move: np.ndarray) -> set[int]:
    """The columns that a move changes."""
    return {int(column) for column in np.flatnonzero(np.abs(move) > NEAR)}
