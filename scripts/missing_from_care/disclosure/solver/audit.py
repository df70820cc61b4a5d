"""Attacks a choice of withheld cells: for each, the narrowest range that a reader can work out.

It trusts nothing that the search did: it starts from the problem and the list of withheld cells,
takes every other cell as read, and solves for the least and the most that each withheld cell can
be, for a reader who knows the threshold rule and also guesses rightly which cells are primary.
Whoever knows less works out less.
"""

import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, floor, inf, isfinite

import highspy
import networkx as nx
import numpy as np
from numpy.typing import NDArray

from missing_from_care.base.faults import DataFault, ProtectionFault
from missing_from_care.disclosure.solver.problem import NEAR, Problem

SMALL = 300  # unknowns in one part, up to which every range is worked out exactly
TOLL = 1e-3  # what moving an unknown by 1 costs beside the one that is asked for

Range = tuple[float, float]
Numbers = NDArray[np.float64]
Terms = tuple[tuple[int, float], ...]
# Pairs of unknown and coefficient, and the least and the most that their sum can be.
Row = tuple[Terms, float, float]


@dataclass(frozen=True)
class Finding:
    """Why a cell is not protected: its index, and one sentence without a value."""

    cell: int
    reason: str


@dataclass(frozen=True)
class Audit:
    """What attacking a pattern showed.

    Attributes:
        ranges: [low, high] for each cell withheld now and each protected one, in order of cells.
            Some table reaches each end.
        bounds: of the same cells, what no table exceeds. They follow from what is published and not
            from the true table, so they may be published themselves.
        findings: why it is not safe; empty if it is.
    """

    ranges: dict[int, Range]
    bounds: dict[int, Range]
    findings: tuple[Finding, ...]

    @property
    def safe(self) -> bool:
        """Whether the reader gets closer to no withheld cell than it needs."""
        return not self.findings


def audit(problem: Problem, withheld: Iterable[int], *, seconds: float = 120) -> Audit:
    """Attacks the problem with these cells withheld and every other cell published.

    In a part of it with more than `SMALL` unknowns what was found is enough where it is as wide as
    it has to be. It is then near the true solution and must not be told.

    Args:
        problem: the cells and what readers know about them.
        withheld: indices of the cells that get a marker now, primary and secondary. Those withheld
            before and those nobody prints are hidden without being named.
        seconds: of processor time that it may take.

    Raises:
        DataFault: a cell is named that does not exist or is published already.
        ProtectionFault: the solver failed or was not done in time, so nothing is proved.
    """
    clock, withheld = _Clock(seconds), frozenset(withheld)
    for cell in sorted(withheld):
        if not 0 <= cell < len(problem.values) or cell in problem.published:
            raise DataFault(f"Cell {cell} does not exist or is published: it cannot be withheld.")
    hidden = sorted(withheld | problem.withheld_before | problem.unpublished)
    column = {cell: number for number, cell in enumerate(hidden)}
    widths = {c: problem.protected.get(c, 1) for c in hidden}
    widths = {c: each for c, each in widths.items() if c in withheld or c in problem.protected}
    limits = [_limits(problem, cell) for cell in hidden]
    lower, upper = [low for low, _ in limits], [high for _, high in limits]
    rows = _what_is_published(problem, column)
    _tighten(rows, lower, upper, clock)
    leader, rows = _merged(range(len(hidden)), list(_open_rows(rows, lower, upper)))
    needed: dict[int, float] = {}
    for cell, width in widths.items():
        first = leader[column[cell]]
        needed[first] = max(width, needed.get(first, 0))
    found: dict[int, Range] = {}
    exact: set[int] = set()
    for members, own in _parts(rows):
        asked = {at: needed[at] for at in members if at in needed}
        if asked:
            values = {at: problem.values[hidden[at]] for at in members}
            part = _Part(own, members, lower, upper, values, clock)
            found |= part.ranges(asked)
            exact.update(members if len(members) <= SMALL else ())
    ranges, bounds = {}, {}
    for cell in widths:
        at = column[cell]
        known = (lower[at], upper[at])
        ranges[cell] = _tidied(found.get(leader[at], known))
        bounds[cell] = ranges[cell] if leader[at] in exact else _tidied(known)
    return Audit(ranges, bounds, tuple(_findings(problem, hidden, widths, ranges)))


def _limits(problem: Problem, cell: int) -> Range:
    """What the reader knows about one hidden cell before any sum is looked at. The rule: values
    within the threshold are primary, and no zero serves as cover. So a marker is never below the
    threshold, and one that is not primary lies above it. What is not true of the cell (a zero that
    is primary for another reason) is not assumed."""
    low, high = problem.lower[cell], problem.upper[cell]
    threshold, value = problem.thresholds[cell], problem.values[cell]
    if threshold is None or value < threshold[0]:
        return float(low), float(high)
    if value <= threshold[1]:
        return float(max(low, threshold[0])), float(min(high, threshold[1]))
    return float(max(low, threshold[1] + 1)), float(high)


def _what_is_published(problem: Problem, column: Mapping[int, int]) -> list[Row]:
    """The relations with every published number put in, as bounds on sums of hidden cells."""
    rows: dict[Terms, Range] = {}
    for relation in problem.relations:
        if any(cell in column for cell in relation.withdrawn_with):
            continue
        unknown: dict[int, float] = defaultdict(float)
        told = 0.0
        for cell, times in relation.terms:
            if cell in column:
                unknown[column[cell]] += times
            else:
                told += times * problem.values[cell]
        _bound(rows, unknown, relation.low - told, relation.high - told)
    return [(terms, *ends) for terms, ends in rows.items()]


def _bound(rows: dict[Terms, Range], sums: Mapping[int, float], low: float, high: float) -> None:
    """Adds a row, or narrows the one of the same sum."""
    if terms := tuple(sorted((at, times) for at, times in sums.items() if times)):
        known = rows.get(terms, (-inf, inf))
        rows[terms] = max(low, known[0]), min(high, known[1])


def _findings(
    problem: Problem, hidden: list[int], widths: Mapping[int, float], ranges: Mapping[int, Range]
) -> Iterator[Finding]:
    for cell in sorted(problem.primary - set(hidden)):
        yield Finding(cell, f"Cell {cell} is primary and is not withheld.")
    for cell in hidden:
        if cell not in problem.unknown_anyway and problem.values[cell] == 0:
            yield Finding(cell, f"Cell {cell} is a zero withheld as cover.")
    for cell, width in widths.items():
        low, high = ranges[cell]
        if high - low <= NEAR:
            yield Finding(cell, f"Cell {cell} can be worked out exactly.")
        elif high - low < width - NEAR:
            reason = f"Cell {cell} needs a range {width} wide; readers get a narrower one."
            yield Finding(cell, reason)


def _tighten(rows: Sequence[Row], lower: list[float], upper: list[float], clock: "_Clock") -> None:
    """Narrows bounds by one relation after another, until nothing new follows."""
    rows_of: list[list[int]] = [[] for _ in lower]
    for number, (terms, _, _) in enumerate(rows):
        for unknown, _ in terms:
            rows_of[unknown].append(number)
    waiting, is_waiting = deque(range(len(rows))), [True] * len(rows)
    visits = 100 * len(rows)  # bounds of fractions can creep for ever
    while waiting and visits:
        visits -= 1
        if visits % 1000 == 0:
            clock.left()
        number = waiting.popleft()
        is_waiting[number] = False
        terms, low, high = rows[number]
        least, most = _span(terms, lower, upper)
        for unknown, times in terms:
            start, end = lower[unknown], upper[unknown]
            if abs(times) * (end - start) <= min(high - least, most - low) + NEAR:
                continue
            # Where the others are least, this one may be as much as is left, and the reverse.
            spare, lack = (high - least) / abs(times), (most - low) / abs(times)
            below, above = (end - lack, start + spare) if times > 0 else (end - spare, start + lack)
            below = ceil(below - NEAR) if isfinite(below) else below
            above = floor(above + NEAR) if isfinite(above) else above
            below, above = max(start, below), min(end, above)
            if below - start > NEAR or end - above > NEAR:
                lower[unknown], upper[unknown] = below, max(below, above)
                for other in rows_of[unknown]:
                    if not is_waiting[other]:
                        is_waiting[other] = True
                        waiting.append(other)
                least, most = _span(terms, lower, upper)


def _span(terms: Terms, lower: Sequence[float], upper: Sequence[float]) -> Range:
    """The least and the most that a sum can be."""
    least = most = 0.0
    for unknown, times in terms:
        if times > 0:
            least += times * lower[unknown]
            most += times * upper[unknown]
        else:
            least += times * upper[unknown]
            most += times * lower[unknown]
    return least, most


def _open_rows(rows: Iterable[Row], lower: list[float], upper: list[float]) -> Iterator[Row]:
    """The relations that still say something, without the unknowns that are known by now."""
    for terms, low, high in rows:
        known = sum(k * lower[at] for at, k in terms if upper[at] - lower[at] <= NEAR)
        rest = tuple((at, k) for at, k in terms if upper[at] - lower[at] > NEAR)
        least, most = _span(rest, lower, upper)
        low, high = low - known, high - known
        low, high = (low if least < low - NEAR else -inf), (high if most > high + NEAR else inf)
        if rest and (isfinite(low) or isfinite(high)):
            yield rest, low, high


def _merged(leader: Sequence[int], rows: list[Row]) -> tuple[list[int], list[Row]]:
    """For each unknown the first that is always equal to it, and the relations between these."""
    alike = nx.Graph(
        [at for at, _ in terms]
        for terms, low, high in rows
        if len(terms) == 2 and low == high == 0 and terms[0][1] == -terms[1][1]
    )
    if not alike:
        return list(leader), rows
    first = {at: min(group) for group in nx.connected_components(alike) for at in group}
    kept: dict[Terms, Range] = {}
    for terms, low, high in rows:
        sums: dict[int, float] = defaultdict(float)
        for at, times in terms:
            sums[first.get(at, at)] += times
        _bound(kept, sums, low, high)
    merged = [(terms, *ends) for terms, ends in kept.items()]
    return _merged([first.get(at, at) for at in leader], merged)


def _parts(rows: Sequence[Row]) -> Iterator[tuple[list[int], list[Row]]]:
    """The parts of a system that no relation links: their unknowns in order, and relations."""
    linked = nx.Graph()
    for terms, _, _ in rows:
        nx.add_path(linked, [at for at, _ in terms])
        linked.add_node(terms[0][0])
    parts: list[tuple[list[int], list[Row]]] = []
    part_of: dict[int, list[Row]] = {}
    for members in nx.connected_components(linked):
        parts.append((sorted(members), []))
        part_of |= dict.fromkeys(members, parts[-1][1])
    for row in rows:
        part_of[row[0][0][0]].append(row)
    yield from parts


class _Clock:
    """Stops what takes too long: nothing is proved then, so nothing may be released."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.end = seconds, time.process_time() + seconds

    def left(self) -> float:
        """Seconds of processor time that are left; a ProtectionFault if none are."""
        left = self.end - time.process_time()
        if left <= 0:
            raise ProtectionFault(
                f"The audit was not done after {self.seconds:g} seconds of processor time, so "
                "nothing is proved and nothing may be released: publish fewer tables at once, or "
                "give it more time."
            )
        return left


class _Part:
    """One connected part of a system. In a large part the first question about an unknown is put
    near the true solution: moves up and down are unknowns of their own, each of which costs a
    little. Such moves touch few unknowns and are mostly whole numbers. What they leave open is
    asked of all solutions, then of whole ones."""

    def __init__(
        self,
        rows: Iterable[Row],
        members: list[int],
        lower: Sequence[float],
        upper: Sequence[float],
        values: Mapping[int, float],
        clock: _Clock,
    ) -> None:
        self.clock, self.members, self.count = clock, members, len(members)
        self.place = {unknown: number for number, unknown in enumerate(members)}
        self.rows = [
            (tuple((self.place[at], times) for at, times in terms), low, high)
            for terms, low, high in rows
        ]
        self.lower = np.array([lower[at] for at in members], dtype=float)
        self.upper = np.array([upper[at] for at in members], dtype=float)
        self.actual = np.array([values[at] for at in members], dtype=float)
        # The least and the most of each unknown in any solution seen.
        self.seen = {1: self.actual.copy(), -1: self.actual.copy()}
        self.anywhere = _model(self.rows, self.lower, self.upper)
        self.whole: highspy.Highs | None = None

    def ranges(self, asked: Mapping[int, float]) -> dict[int, Range]:
        """The ranges of some unknowns, given how wide each has to be."""
        ends = {1: self.lower, -1: self.upper}
        widths = {self.place[unknown]: width for unknown, width in asked.items()}
        if self.count > SMALL:
            model = self._moves()
            for sense, at in product((1, -1), widths):
                if self.seen[sense][at] != ends[sense][at]:
                    self._note(self._move(model, at, sense))
        for at, width in widths.items():
            for sense in (1, -1):
                is_wide = self.seen[-1][at] - self.seen[1][at] >= width - NEAR
                is_enough = self.count > SMALL and is_wide
                if self.seen[sense][at] != ends[sense][at] and not is_enough:
                    self._ask_all(at, sense)
        return {self.members[at]: (self.seen[1][at], self.seen[-1][at]) for at in widths}

    def _ask_all(self, unknown: int, sense: int) -> None:
        point = self._extreme(self.anywhere, unknown, sense)
        self._note(point)
        reach = sense * ceil(sense * point[unknown] - NEAR)
        if reach != self.seen[sense][unknown]:
            self.whole = self.whole or _model(self.rows, self.lower, self.upper, whole=True)
            self._note(np.round(self._extreme(self.whole, unknown, sense)))

    def _note(self, point: Numbers) -> None:
        if np.abs(point - np.round(point)).max() <= NEAR:
            np.minimum(self.seen[1], np.round(point), out=self.seen[1])
            np.maximum(self.seen[-1], np.round(point), out=self.seen[-1])

    def _moves(self) -> highspy.Highs:
        rows = []
        for terms, low, high in self.rows:
            told = sum(times * self.actual[at] for at, times in terms)
            down = tuple((at + self.count, -times) for at, times in terms)
            rows.append((terms + down, low - told, high - told))
        ends = np.concatenate([self.upper - self.actual, self.actual - self.lower])
        model = _model(rows, np.zeros(len(ends)), ends)
        model.setOptionValue("simplex_strategy", 1)
        columns = np.arange(len(ends), dtype=np.int32)
        model.changeColsCost(len(columns), columns, np.full(len(columns), TOLL))
        return model

    def _move(self, model: highspy.Highs, unknown: int, sense: int) -> Numbers:
        model.clearSolver()  # from where nothing moves, a few steps are enough
        model.changeColCost(unknown, TOLL + sense)
        model.changeColCost(unknown + self.count, TOLL - sense)
        moves = self._solution(model)
        model.changeColCost(unknown, TOLL)
        model.changeColCost(unknown + self.count, TOLL)
        if moves is None:
            return self.actual
        return self.actual + moves[: self.count] - moves[self.count :]

    def _extreme(self, model: highspy.Highs, unknown: int, sense: int) -> Numbers:
        """The solution in which one unknown is least (sense 1) or most (sense -1)."""
        model.changeColCost(unknown, float(sense))
        point = self._solution(model)
        model.changeColCost(unknown, 0.0)
        if point is None:
            raise ProtectionFault(
                "The audit could not be solved, so nothing is proved and nothing may be released: "
                "check the bounds and the relations of the cells."
            )
        return point

    def _solution(self, model: highspy.Highs) -> Numbers | None:
        model.setOptionValue("time_limit", model.getRunTime() + self.clock.left())
        model.run()
        self.clock.left()
        solved = model.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return np.array(model.getSolution().col_value) if solved else None


def _model(
    rows: Sequence[Row], lower: Numbers, upper: Numbers, whole: bool = False
) -> highspy.Highs:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(lower), len(rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(len(lower)), lower, upper
    lp.row_lower_ = np.array([low for _, low, _ in rows], dtype=float)
    lp.row_upper_ = np.array([high for _, _, high in rows], dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(terms) for terms, _, _ in rows)], dtype=np.int32)
    entries = [term for terms, _, _ in rows for term in terms]
    lp.a_matrix_.index_ = np.array([unknown for unknown, _ in entries], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([coefficient for _, coefficient in entries], dtype=float)
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    options: dict[str, bool | int | float | str] = {
        **{"output_flag": False, "threads": 1, "random_seed": 0},
        **{"mip_rel_gap": 0.0, "mip_abs_gap": 0.5},
    }
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * len(lower)
    else:
        options |= {"presolve": "off", "solver": "simplex", "simplex_strategy": 4}
    for name, value in options.items():
        model.setOptionValue(name, value)
    model.passModel(lp)
    return model


def _tidied(ends: Range) -> Range:
    low, high = (round(float(end), 6) for end in ends)
    return int(low) if low.is_integer() else low, int(high) if high.is_integer() else high
