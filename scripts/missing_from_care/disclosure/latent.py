"""Cells that no response prints, but through which readers reason from one printed cell to another.

Of occasions that are counted by whether they were found, and by who went missing, a reader who is
told some can fill in the others. So where two measures of one tree meet in a table, every cell of
that corner of the tree is reasoned about.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from missing_from_care.disclosure.cells import Box, Cell
from missing_from_care.disclosure.rules import Rules
from missing_from_care.disclosure.web import Web, counts

Count = Callable[[Iterable[Cell]], Mapping[Cell, float]]
Period = tuple[date, date]
DAY = timedelta(days=1)


def add_latent(web: Web, rules: Rules, count: Count) -> None:
    """Adds to a web the cells through which its cells hang together.

    Args:
        web: with the printed cells.
        rules: the rule seeds.
        count: gives what cells hold; what it leaves out is left out here.
    """
    cells = set(counts(web, rules))
    while True:
        more = _beside(cells, rules) | _across(cells, rules) | _in_pieces(cells, rules)
        if more <= cells:
            break
        cells |= more
    wanted = sorted(cells - web.values.keys())
    web.values |= count(wanted)
    for cell in wanted:
        if cell not in web.values:
            _subtract(cell, web, rules)


def _beside(cells: set[Cell], rules: Rules) -> set[Cell]:
    """Of each period and population, the measures that connect those that are there."""
    slices: dict[Cell, set[str]] = defaultdict(set)
    for cell in cells:
        slices[cell.measuring("")].add(cell.measure)
    return {
        place.measuring(measure)
        for place, measures in slices.items()
        for measure in _connecting(measures, place.is_snapshot, rules)
    }


def _across(cells: set[Cell], rules: Rules) -> set[Cell]:
    """Of each table, its total and all rows, in the measures that connect those that are there."""
    tables: dict[tuple[Cell, str], dict[str, set[tuple[str, ...]]]] = defaultdict(dict)
    for cell, dimension, codes in rows_of_tables(cells, rules):
        place = cell.without(dimension).measuring("")
        tables[place, dimension].setdefault(cell.measure, set()).add(codes)
    found = set()
    for (place, dimension), rows in tables.items():
        families = [{measure} for measure in rows]
        families.append(_connecting(rows, place.is_snapshot, rules))
        for family in families:
            named = set().union(*(rows.get(measure, set()) for measure in family))
            for measure in family:
                total = place.measuring(measure)
                if adds_up(total, dimension, rules):
                    found.add(total)
                    found |= {
                        _with(total, dimension, codes)
                        for codes in _atoms(named, rules.domains[dimension])
                    }
    return found


def rows_of_tables(
    cells: Iterable[Cell], rules: Rules
) -> Iterator[tuple[Cell, str, tuple[str, ...]]]:
    """Each cell as a row of the table by each of its dimensions, with its categories there."""
    for cell in cells:
        for dimension, codes in cell.box:
            others = {name for name, _ in cell.box} - {dimension}
            if not others & rules.by_question and not cell.is_of_those:
                yield cell, dimension, codes


def _in_pieces(cells: set[Cell], rules: Rules) -> set[Cell]:
    """Of each population, the stretches of time between the days on which a period begins or ends.

    Occasions alone: a child can be in several stretches.
    """
    populations: dict[Box, dict[str, set[Period]]] = defaultdict(dict)
    for cell in cells:
        is_of_occasions = rules.measures[cell.measure].unit == "occasions"
        is_by_question = any(dimension in rules.by_question for dimension, _ in cell.box)
        if is_of_occasions and not cell.is_snapshot and not is_by_question:
            periods = populations[cell.box].setdefault(cell.measure, set())
            periods.add((cell.first_day, cell.last_day))
    found = set()
    for box, by_measure in populations.items():
        families = [{measure} for measure in by_measure]
        families.append(_connecting(by_measure, False, rules))
        for family in families:
            periods = set().union(*(by_measure.get(measure, set()) for measure in family))
            pieces = _pieces(periods)
            found |= {Cell(measure, *piece, False, box) for measure in family for piece in pieces}
    return found


def adds_up(cell: Cell, dimension: str, rules: Rules) -> bool:
    """Whether the rows of a table by this dimension add up to its total."""
    is_of_occasions = rules.measures[cell.measure].unit == "occasions"
    is_by_question = dimension in rules.by_question
    return (is_of_occasions or dimension in rules.one_a_child) and not is_by_question


def _connecting(measures: Iterable[str], is_snapshot: bool, rules: Rules) -> set[str]:
    """The wholes, with all their parts, under or above which two of the measures stand."""
    there = set(measures)
    found: set[str] = set()
    for whole, parts in rules.splits(is_snapshot).items():
        below = [rules.split_below[part, is_snapshot] & there for part in parts]
        outside = there & rules.split_tree(whole, is_snapshot) - set().union(*below)
        if sum(map(bool, (*below, outside))) > 1:
            found |= {whole, *parts}
    return found


def _atoms(rows: Iterable[tuple[str, ...]], domain: frozenset[str]) -> list[tuple[str, ...]]:
    """The finest groups of categories that the rows tell apart, what no row names among them."""
    by_rows: dict[tuple[bool, ...], list[str]] = defaultdict(list)
    ordered = sorted(rows)
    for code in sorted(domain):
        by_rows[tuple(code in row for row in ordered)].append(code)
    return [tuple(codes) for codes in by_rows.values()]


def _pieces(periods: Iterable[Period]) -> list[Period]:
    """The stretches into which periods that overlap cut each other; none if none do."""
    periods = set(periods)
    days = sorted({first for first, _ in periods} | {last + DAY for _, last in periods})
    pieces = [(start, end - DAY) for start, end in pairwise(days)]
    cut = [period for period in periods if period not in pieces]
    return [
        piece
        for piece in pieces
        if any(first <= piece[0] and piece[1] <= last for first, last in cut)
    ]


def _with(cell: Cell, dimension: str, codes: tuple[str, ...]) -> Cell:
    return replace(cell, box=tuple(sorted((*cell.box, (dimension, codes)))))


def _subtract(cell: Cell, web: Web, rules: Rules) -> None:
    """What a group of categories holds, as what the others leave of the total."""
    for dimension, codes in () if cell.is_of_those else cell.box:
        total = cell.without(dimension)
        rows = {
            other.codes(dimension)
            for other in counts(web, rules)
            if other.measure == cell.measure and other.without(dimension) == total
        }
        others = _atoms((row for row in rows if row), rules.domains[dimension])
        parts = [_with(total, dimension, other) for other in others if other != codes]
        if total in web.values and all(part in web.values for part in parts):
            web.values[cell] = web.values[total] - sum(web.values[part] for part in parts)
            return
