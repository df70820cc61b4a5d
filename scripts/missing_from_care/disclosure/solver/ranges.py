"""The least and the most that some unknowns of a linear system can be, by solving for them."""

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf, isfinite

import highspy
import numpy as np

from missing_from_care.faults import ProtectionFault

NEAR = 1e-6

Range = tuple[float, float]
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
    system: System, actual: Sequence[float], asked: Iterable[int], clock: Clock
) -> dict[int, Range]:
    """The range [low, high] of each unknown that is asked for, over all solutions of the system.

    Linear programming first. If the unknowns are whole numbers and the solution it finds is not,
    the same question is asked again of whole numbers only, unless a whole solution already met
    reaches as far.

    Args:
        system: what is known.
        actual: one solution, the true one.
        asked: the unknowns to find the range of.
        clock: how long it may take.

    Raises:
        ProtectionFault: the solver did not answer, or not in time.
    """
    lower, upper = _tightened(system, clock)
    rows = list(_open_rows(system, lower, upper))
    part_of = _parts(len(lower), rows)
    parts: dict[int, list[int]] = {}
    ranges = {unknown: (lower[unknown], upper[unknown]) for unknown in asked}
    for unknown, (low, high) in ranges.items():
        if high - low > NEAR and part_of[unknown] is not None:
            parts.setdefault(part_of[unknown], []).append(unknown)
    for part, questions in parts.items():
        members = [unknown for unknown in range(len(lower)) if part_of[unknown] == part]
        column = {unknown: number for number, unknown in enumerate(members)}
        small = System(
            [lower[unknown] for unknown in members],
            [upper[unknown] for unknown in members],
            [
                (tuple((column[unknown], times) for unknown, times in terms), low, high)
                for terms, low, high in rows
                if part_of[terms[0][0]] == part
            ],
            system.is_whole,
        )
        values = [actual[unknown] for unknown in members]
        found = _solved(small, values, [column[unknown] for unknown in questions], clock)
        ranges |= zip(questions, found, strict=True)
    return {unknown: (_tidy(low), _tidy(high)) for unknown, (low, high) in ranges.items()}


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
        least = sum(times * (lower if times > 0 else upper)[at] for at, times in terms)
        most = sum(times * (upper if times > 0 else lower)[at] for at, times in terms)
        for unknown, times in terms:
            mine = abs(times) * (upper[unknown] - lower[unknown])
            # Where the others are least, this one may be as much as is left, and the reverse.
            spare, lack = (high - least) / abs(times), (most - low) / abs(times)
            if mine <= min(high - least, most - low) + NEAR:
                continue
            start, end = lower[unknown], upper[unknown]
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
                least = sum(k * (lower if k > 0 else upper)[at] for at, k in terms)
                most = sum(k * (upper if k > 0 else lower)[at] for at, k in terms)
    return lower, upper


def _open_rows(system: System, lower: list[float], upper: list[float]) -> Iterator[Row]:
    """The relations that still say something, without the unknowns that are known by now."""
    for terms, low, high in system.rows:
        known = sum(k * lower[at] for at, k in terms if upper[at] - lower[at] <= NEAR)
        rest = tuple((at, k) for at, k in terms if upper[at] - lower[at] > NEAR)
        least = sum(k * (lower if k > 0 else upper)[at] for at, k in rest)
        most = sum(k * (upper if k > 0 else lower)[at] for at, k in rest)
        low, high = low - known, high - known
        low, high = (low if least < low - NEAR else -inf), (high if most > high + NEAR else inf)
        if rest and (isfinite(low) or isfinite(high)):
            yield rest, low, high


def _parts(count: int, rows: Sequence[Row]) -> list[int | None]:
    """For each unknown the part of the system that it is in; None where no relation is left."""
    parent = list(range(count))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    is_related = [False] * count
    for terms, _, _ in rows:
        for unknown, _ in terms:
            is_related[unknown] = True
            parent[root(unknown)] = root(terms[0][0])
    return [root(at) if is_related[at] else None for at in range(count)]


def _solved(
    system: System, actual: Sequence[float], asked: Sequence[int], clock: Clock
) -> list[Range]:
    """The ranges in one connected part of a system."""
    model, whole_model = _model(system), None
    seen = {1: np.array(actual, dtype=float), -1: np.array(actual, dtype=float)}
    ends: dict[int, dict[int, float]] = {1: {}, -1: {}}

    def note(point: np.ndarray) -> None:
        np.minimum(seen[1], point, out=seen[1])
        np.maximum(seen[-1], point, out=seen[-1])

    for sense, bounds in ((1, system.lower), (-1, system.upper)):
        for unknown in asked:
            if system.is_whole and seen[sense][unknown] == bounds[unknown]:
                ends[sense][unknown] = bounds[unknown]
                continue
            point = _extreme(model, unknown, sense, clock)
            ends[sense][unknown] = point[unknown]
            if system.is_whole and np.abs(point - np.round(point)).max() < NEAR:
                note(np.round(point))
    if system.is_whole:
        for sense in (1, -1):
            for unknown in asked:
                reach = sense * ceil(sense * ends[sense][unknown] - NEAR)
                if reach != seen[sense][unknown]:
                    whole_model = whole_model or _model(system, whole=True)
                    note(np.round(_extreme(whole_model, unknown, sense, clock)))
                ends[sense][unknown] = seen[sense][unknown]
    return [(ends[1][unknown], ends[-1][unknown]) for unknown in asked]


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
    model = highspy.Highs()
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


def _extreme(model: highspy.Highs, unknown: int, sense: int, clock: Clock) -> np.ndarray:
    """The solution in which one unknown is least (sense 1) or most (sense -1)."""
    model.setOptionValue("time_limit", model.getRunTime() + clock.left())
    model.changeColCost(unknown, float(sense))
    model.run()
    solved = model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    point = np.array(model.getSolution().col_value) if solved else np.empty(0)
    model.changeColCost(unknown, 0.0)
    if not solved:
        clock.left()
        raise ProtectionFault(
            "The audit could not be solved, so nothing is proved and nothing may be released: "
            "check the bounds and the relations of the cells."
        )
    return point


def _tidy(number: float) -> float:
    rounded = round(float(number), 6)
    return int(rounded) if rounded.is_integer() else rounded
