"""The least and the most that some unknowns of a linear system can be, by solving for them."""

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, floor, inf, isfinite

import highspy
import networkx as nx
import numpy as np
from numpy.typing import NDArray

from missing_from_care.base.faults import ProtectionFault
from missing_from_care.disclosure.solver.problem import NEAR, Need

SMALL = 300  # unknowns in one part, up to which every range is worked out exactly
TOLL = 1e-3  # what moving an unknown by 1 costs beside the one that is asked for

Range = tuple[float, float]
Numbers = NDArray[np.float64]
Row = tuple[tuple[tuple[int, float], ...], float, float]


@dataclass(frozen=True)
class System:
    """What is known about some unknowns.

    Attributes:
        lower, upper: the bounds of each unknown.
        rows: sums of unknowns and their bounds: pairs of (unknown, coefficient), low, high.
        is_whole: whether every unknown is a whole number.
    """

    lower: Sequence[float]
    upper: Sequence[float]
    rows: Sequence[Row]
    is_whole: bool


class Clock:
    """Stops what takes too long: nothing is proved then, so nothing may be released.

    Args:
        seconds: of processor time, from now.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds, self.end = seconds, time.process_time() + seconds

    def left(self) -> float:
        """Seconds that are left.

        Raises:
            ProtectionFault: none are.
        """
        left = self.end - time.process_time()
        if left <= 0:
            raise ProtectionFault(
                f"The audit was not done after {self.seconds:g} seconds of processor time, so "
                "nothing is proved and nothing may be released: publish fewer tables at once, or "
                "give it more time."
            )
        return left


def narrowest_ranges(
    system: System, actual: Sequence[float], asked: Mapping[int, Need], clock: Clock
) -> tuple[dict[int, Range], dict[int, Range]]:
    """The range [low, high] of each unknown that is asked for, over all solutions of the system.

    In a part of the system with more than `SMALL` unknowns what was found is enough where it is as
    wide as it has to be. It is then near the true solution and must not be told.

    Args:
        system: what is known.
        actual: one solution, the true one.
        asked: the unknowns to find the range of, and how wide it has to be.
        clock: how long it may take.

    Returns: ranges each end of which some solution reaches; and bounds that no solution exceeds,
        worked out from the system alone.

    Raises:
        ProtectionFault: the solver did not answer, or not in time.
    """
    lower, upper = _tightened(system, clock)
    leader, rows = _merged(range(len(lower)), list(_open_rows(system, lower, upper)))
    bounds = {unknown: (lower[unknown], upper[unknown]) for unknown in asked}
    needs: dict[int, Need] = {}
    for unknown, need in asked.items():
        needs[leader[unknown]] = needs.get(leader[unknown], need).and_also(need)
    ranges = dict(bounds)
    found: dict[int, Range] = {}
    exact: set[int] = set()
    for members, own in _parts(rows):
        column = {unknown: number for number, unknown in enumerate(members)}
        questions = {column[unknown]: needs[unknown] for unknown in members if unknown in needs}
        if not questions:
            continue
        part = System(
            [lower[unknown] for unknown in members],
            [upper[unknown] for unknown in members],
            [
                (tuple((column[unknown], times) for unknown, times in terms), low, high)
                for terms, low, high in own
            ],
            system.is_whole,
        )
        values = [actual[unknown] for unknown in members]
        answers = _Part(part, values, clock).ranges(questions)
        found |= {members[at]: each for at, each in zip(questions, answers, strict=True)}
        if len(members) <= SMALL:
            exact.update(members)
    for unknown in asked:
        ranges[unknown] = found.get(leader[unknown], ranges[unknown])
        if leader[unknown] in exact:
            bounds[unknown] = ranges[unknown]
    return _tidied(ranges), _tidied(bounds)


def _tightened(system: System, clock: Clock) -> tuple[list[float], list[float]]:
    """The bounds that follow from one relation after another, until nothing new follows."""
    lower, upper = list(map(float, system.lower)), list(map(float, system.upper))
    rows_of: list[list[int]] = [[] for _ in lower]
    for number, (terms, _, _) in enumerate(system.rows):
        for unknown, _ in terms:
            rows_of[unknown].append(number)
    waiting, is_waiting = deque(range(len(system.rows))), [True] * len(system.rows)
    visits = 100 * len(system.rows)  # bounds of fractions can creep for ever
    while waiting and visits:
        visits -= 1
        if visits % 1000 == 0:
            clock.left()
        number = waiting.popleft()
        is_waiting[number] = False
        terms, low, high = system.rows[number]
        least, most = _span(terms, lower, upper)
        for unknown, times in terms:
            start, end = lower[unknown], upper[unknown]
            if abs(times) * (end - start) <= min(high - least, most - low) + NEAR:
                continue
            # Where the others are least, this one may be as much as is left, and the reverse.
            spare, lack = (high - least) / abs(times), (most - low) / abs(times)
            below, above = (end - lack, start + spare) if times > 0 else (end - spare, start + lack)
            if system.is_whole:
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
    return lower, upper


def _span(
    terms: Sequence[tuple[int, float]], lower: Sequence[float], upper: Sequence[float]
) -> Range:
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


def _open_rows(system: System, lower: list[float], upper: list[float]) -> Iterator[Row]:
    """The relations that still say something, without the unknowns that are known by now."""
    for terms, low, high in system.rows:
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
    kept: dict[tuple[tuple[int, float], ...], Range] = {}
    for terms, low, high in rows:
        sums: dict[int, float] = {}
        for at, times in terms:
            at = first.get(at, at)
            sums[at] = sums.get(at, 0) + times
        if left := tuple(sorted((at, times) for at, times in sums.items() if times)):
            known = kept.get(left, (-inf, inf))
            kept[left] = max(low, known[0]), min(high, known[1])
    merged = [(left, low, high) for left, (low, high) in kept.items()]
    return _merged([first.get(at, at) for at in leader], merged)


def _parts(rows: Sequence[Row]) -> Iterator[tuple[list[int], list[Row]]]:
    """The parts of a system that no relation links: their unknowns in order, and relations."""
    linked = nx.Graph()
    for terms, _, _ in rows:
        nx.add_path(linked, [at for at, _ in terms])
        linked.add_node(terms[0][0])
    part_of: dict[int, list[Row]] = {}
    parts: list[tuple[list[int], list[Row]]] = [
        (sorted(members), []) for members in nx.connected_components(linked)
    ]
    for members, own in parts:
        part_of |= dict.fromkeys(members, own)
    for row in rows:
        part_of[row[0][0][0]].append(row)
    yield from parts


class _Part:
    """One connected part of a system.

    In a large part the first question about an unknown is put near the true solution: moves up and
    down are unknowns of their own, each of which costs a little. Such moves touch few unknowns and
    are mostly whole numbers. What they leave open is asked of all solutions, then of whole ones.
    """

    def __init__(self, system: System, actual: Sequence[float], clock: Clock) -> None:
        self.system, self.clock, self.count = system, clock, len(actual)
        self.actual = np.array(actual, dtype=float)
        self.seen = {1: self.actual.copy(), -1: self.actual.copy()}
        self.moves = self._moves() if self.count > SMALL else None
        self.anywhere = _model(system)
        self.whole: highspy.Highs | None = None

    def ranges(self, asked: Mapping[int, Need]) -> list[Range]:
        """The ranges of some unknowns."""
        ends = {1: self.system.lower, -1: self.system.upper}
        for sense, unknown in product((1, -1), asked):
            if self.moves is not None and self.seen[sense][unknown] != ends[sense][unknown]:
                self._note(self._move(self.moves, unknown, sense))
        for unknown, need in asked.items():
            for sense in (1, -1):
                if self.seen[sense][unknown] != ends[sense][unknown] and (
                    self.count <= SMALL
                    or not need.is_met(self.actual[unknown], *self._range(unknown))
                ):
                    self._ask_all(unknown, sense)
        return [self._range(unknown) for unknown in asked]

    def _range(self, unknown: int) -> Range:
        return self.seen[1][unknown], self.seen[-1][unknown]

    def _ask_all(self, unknown: int, sense: int) -> None:
        point = self._extreme(self.anywhere, unknown, sense)
        self._note(point)
        reach = sense * ceil(sense * point[unknown] - NEAR)
        if self.system.is_whole and reach != self.seen[sense][unknown]:
            self.whole = self.whole or _model(self.system, whole=True)
            self._note(np.round(self._extreme(self.whole, unknown, sense)))

    def _note(self, point: Numbers) -> None:
        if self.system.is_whole:
            if np.abs(point - np.round(point)).max() > NEAR:
                return
            point = np.round(point)
        np.minimum(self.seen[1], point, out=self.seen[1])
        np.maximum(self.seen[-1], point, out=self.seen[-1])

    def _moves(self) -> highspy.Highs:
        lower, upper = np.array(self.system.lower), np.array(self.system.upper)
        rows = []
        for terms, low, high in self.system.rows:
            told = sum(times * self.actual[at] for at, times in terms)
            down = tuple((at + self.count, -times) for at, times in terms)
            rows.append((terms + down, low - told, high - told))
        ends = np.concatenate([upper - self.actual, self.actual - lower])
        model = _model(System([0.0] * (2 * self.count), ends.tolist(), rows, self.system.is_whole))
        model.setOptionValue("simplex_strategy", 1)
        columns = np.arange(2 * self.count, dtype=np.int32)
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


def _model(system: System, whole: bool = False) -> highspy.Highs:
    lp = highspy.HighsLp()
    count, rows = len(system.lower), system.rows
    lp.num_col_, lp.num_row_ = count, len(rows)
    lp.col_cost_ = np.zeros(count)
    lp.col_lower_ = np.array(system.lower, dtype=float)
    lp.col_upper_ = np.array(system.upper, dtype=float)
    lp.row_lower_ = np.array([low for _, low, _ in rows], dtype=float)
    lp.row_upper_ = np.array([high for _, _, high in rows], dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(terms) for terms, _, _ in rows)], dtype=np.int32)
    entries = [term for terms, _, _ in rows for term in terms]
    lp.a_matrix_.index_ = np.array([unknown for unknown, _ in entries], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([coefficient for _, coefficient in entries], dtype=float)
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * count
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.setOptionValue("random_seed", 0)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.setOptionValue("mip_abs_gap", 0.5)
    if not whole:
        model.setOptionValue("presolve", "off")
        model.setOptionValue("solver", "simplex")
        model.setOptionValue("simplex_strategy", 4)
    model.passModel(lp)
    return model


def _tidied(ranges: Mapping[int, Range]) -> dict[int, Range]:
    return {unknown: (_tidy(low), _tidy(high)) for unknown, (low, high) in ranges.items()}


def _tidy(number: float) -> float:
    rounded = round(float(number), 6)
    return int(rounded) if rounded.is_integer() else rounded
