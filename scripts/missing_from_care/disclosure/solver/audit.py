"""Attacks a choice of withheld cells: for each, the narrowest range that a reader can work out.

It trusts nothing that the search did: it starts from the problem and the list of withheld cells,
takes every other cell as read, and solves for the least and the most that each withheld cell can
be. Three readers try: one who has only what is published, one who knows the threshold rule too,
and one who also guesses rightly which cells are primary.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

from missing_from_care.base.faults import DataFault
from missing_from_care.disclosure.solver.problem import NEAR, Need, Problem
from missing_from_care.disclosure.solver.ranges import (
    Clock,
    Range,
    Row,
    System,
    narrowest_ranges,
)

READER = "one who has only what is published"
RULE_READER = "one who knows the threshold rule"
GUESSER = "one who also guesses which cells are primary"


@dataclass(frozen=True)
class Finding:
    """Why a cell is not protected.

    Attributes:
        cell: its index.
        reader: who can work it out.
        reason: one sentence without a value.
    """

    cell: int
    reader: str
    reason: str


@dataclass(frozen=True)
class Audit:
    """What attacking a pattern showed.

    Attributes:
        by_reader: for each reader who was asked, the ranges of the cells that were asked for.
        ranges: those of the best-informed reader, [low, high] for each cell withheld now and each
            protected one, in order of cells. Some table reaches each end.
        bounds: that reader's bounds of the same cells: no table exceeds them. They follow from what
            is published and not from the true table, so they may be published themselves.
        findings: why it is not safe; empty if it is.
    """

    by_reader: dict[str, dict[int, Range]]
    ranges: dict[int, Range]
    bounds: dict[int, Range]
    findings: tuple[Finding, ...]

    @property
    def safe(self) -> bool:
        """Whether no reader gets closer to any withheld cell than it needs."""
        return not self.findings


def audit(
    problem: Problem,
    withheld: Iterable[int],
    shown_ranges: Mapping[int, Range] | None = None,
    *,
    every_reader: bool = False,
    seconds: float = 120,
) -> Audit:
    """Attacks the problem with these cells withheld and every other cell published.

    Args:
        problem: the cells and what readers know about them.
        withheld: indices of the cells that get a marker now, primary and secondary. Those withheld
            before and those nobody prints are hidden without being named.
        shown_ranges: for cells that are hidden, a range that is published in their place, both
            ends included. Every reader knows it.
        every_reader: whether to work out what each reader finds for each cell. Else the weaker
            readers are asked only for what the best-informed one gets too close to, which is
            enough: each reader knows all that the ones before know.
        seconds: of processor time that it may take.

    Raises:
        DataFault: a cell is named that does not exist or is published already, or a range is
            shown that does not hold its cell.
        ProtectionFault: the solver failed or was not done in time, so nothing is proved.
    """
    withheld, shown_ranges, clock = frozenset(withheld), shown_ranges or {}, Clock(seconds)
    for cell in sorted(withheld):
        if not 0 <= cell < len(problem.values) or cell in problem.published:
            raise DataFault(f"Cell {cell} does not exist or is published: it cannot be withheld.")
    hidden = tuple(sorted(withheld | problem.withheld_before | problem.unpublished))
    _check_shown(problem, hidden, shown_ranges)
    column = {cell: number for number, cell in enumerate(hidden)}
    asked = {cell: problem.protected.get(cell, problem.least_need) for cell in hidden}
    asked = {c: need for c, need in asked.items() if c in withheld or c in problem.protected}
    values = [problem.values[cell] for cell in hidden]
    rows = _what_is_published(problem, column)
    readers = [READER]
    if any(problem.thresholds[cell] for cell in hidden):
        readers += [RULE_READER, GUESSER]
    by_reader: dict[str, dict[int, Range]] = {}
    bounds: dict[int, Range] = {}
    close: list[Finding] = []
    for reader in reversed(readers):
        known = [_limits(problem, cell, reader, shown_ranges) for cell in hidden]
        system = System(
            lower=[low for low, _ in known],
            upper=[high for _, high in known],
            rows=rows,
            is_whole=problem.is_whole,
        )
        needs = {column[cell]: need for cell, need in asked.items()}
        found, outer = narrowest_ranges(system, values, needs, clock)
        by_reader[reader] = {cell: found[column[cell]] for cell in asked}
        bounds = bounds or {cell: outer[column[cell]] for cell in asked}
        nearer = _too_narrow(problem, asked, by_reader[reader], reader)
        close = nearer + close
        if not every_reader:
            asked = {finding.cell: asked[finding.cell] for finding in nearer}
        if not asked:
            break
    findings = (*_told_outright(problem, frozenset(hidden)), *close)
    return Audit(by_reader, by_reader[readers[-1]], bounds, findings)


def _check_shown(
    problem: Problem, hidden: tuple[int, ...], shown_ranges: Mapping[int, Range]
) -> None:
    for cell, (low, high) in sorted(shown_ranges.items()):
        if cell not in hidden:
            raise DataFault(f"Cell {cell} has a range and is not withheld: withhold it too.")
        if not low <= problem.values[cell] <= high:
            raise DataFault(f"The range shown for cell {cell} does not hold it: correct it.")


def _limits(problem: Problem, cell: int, reader: str, shown_ranges: Mapping[int, Range]) -> Range:
    """What a reader knows about one hidden cell before any sum is looked at.

    The rule: values within the threshold are primary, and no zero serves as cover. So a marker is
    never below the threshold, and a marker that is not primary lies above it. What is not true of
    the cell (a zero that is primary for another reason) is not assumed.
    """
    least, most = shown_ranges.get(cell, (-inf, inf))
    low, high = max(problem.lower[cell], least), min(problem.upper[cell], most)
    threshold, value = problem.thresholds[cell], problem.values[cell]
    if reader == READER or threshold is None or value < threshold[0]:
        return low, high
    least, most = threshold
    if reader == RULE_READER:
        return max(low, least), high
    if value <= most:
        return max(low, least), min(high, most)
    return max(low, most + 1 if problem.is_whole else most), high


def _what_is_published(problem: Problem, column: Mapping[int, int]) -> list[Row]:
    """The relations with every published number put in, as bounds on sums of hidden cells."""
    rows: dict[tuple[tuple[int, float], ...], Range] = {}
    for relation in problem.relations:
        if any(cell in column for cell in relation.withdrawn_with):
            continue
        unknown: dict[int, float] = {}
        told = 0.0
        for cell, coefficient in relation.terms:
            if cell in column:
                unknown[column[cell]] = unknown.get(column[cell], 0) + coefficient
            else:
                told += coefficient * problem.values[cell]
        key = tuple(sorted((c, k) for c, k in unknown.items() if k))
        if key:
            low, high = rows.get(key, (-inf, inf))
            rows[key] = max(low, relation.low - told), min(high, relation.high - told)
    return [(key, low, high) for key, (low, high) in rows.items()]


def _told_outright(problem: Problem, hidden: frozenset[int]) -> list[Finding]:
    return [
        Finding(cell, READER, f"Cell {cell} is primary and is not withheld.")
        for cell in sorted(problem.primary - hidden)
    ] + [
        Finding(cell, RULE_READER, f"Cell {cell} is a zero withheld as cover.")
        for cell in sorted(hidden - problem.unknown_anyway)
        if problem.values[cell] == 0
    ]


def _too_narrow(
    problem: Problem, asked: Mapping[int, Need], ranges: Mapping[int, Range], reader: str
) -> list[Finding]:
    findings = []
    for cell, need in asked.items():
        low, high = ranges[cell]
        if high - low <= NEAR:
            reason = f"Cell {cell} can be worked out exactly by {reader}."
        elif high - low < need.width - NEAR:
            reason = f"Cell {cell} needs a range {need.width} wide; {reader} gets a narrower one."
        elif not need.is_met(problem.values[cell], low, high):
            reason = f"Cell {cell} is approached more closely than it may be by {reader}."
        else:
            continue
        findings.append(Finding(cell, reader, reason))
    return findings
