"""Problems for the protection tests: published ones, random ones, and a brute-force attacker."""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator

from missing_from_care.disclosure.solver.problem import Problem, Relation

Terms = list[tuple[int, int]]

# Fischetti and Salazar, Management Science 47(7), 2001: rows I, II, III and total by columns A, B,
# C and total; II-C is sensitive. The cheapest cover is 8, 17 and 12: 59 with the cell itself.
FISCHETTI_SALAZAR = [20, 50, 10, 80, 8, 19, 22, 49, 17, 32, 12, 61, 45, 101, 44, 190]

# A table of the sdcTable test suite (test-simpleheuristic.R): every line has none or at least two
# withheld cells, and yet cell 1 is exactly 47.
LINE_RULE_FAILS = [
    *(30, 47, 64, 89, 230, 90, 124, 5, 31, 250, 92, 100, 59, 85, 336),
    *(800, 991, 651, 685, 3127, 1012, 1262, 779, 890, 3943),
]
LINE_RULE_PRIMARY = [0, 1, 2, 5, 7, 11, 13, 16, 18]

# Two groupings of the same eight units, of the sdcTable test suite (test-linked-tables.r): A, B, I,
# J, K, L, M, N, then county 1, county 2, big, small and the total. Small less county 1 is K + N.
LINKED = [2, 2, 8, 8, 3, 3, 3, 7, 20, 16, 6, 30, 36]
LINKED_SUMS = [
    [(0, 1), (1, 1), (2, 1), (3, 1), (8, -1)],
    [(4, 1), (5, 1), (6, 1), (7, 1), (9, -1)],
    [(5, 1), (6, 1), (10, -1)],
    [(0, 1), (1, 1), (2, 1), (3, 1), (4, 1), (7, 1), (11, -1)],
    [(8, 1), (9, 1), (12, -1)],
    [(10, 1), (11, 1), (12, -1)],
]


def sums(shape: tuple[int, ...]) -> list[Terms]:
    """The sums of a table whose last row, column or layer is the total of the others."""
    index = {at: i for i, at in enumerate(itertools.product(*map(range, shape)))}
    lines = []
    for axis, size in enumerate(shape):
        for at in index:
            if at[axis] == 0:
                line = [index[(*at[:axis], step, *at[axis + 1 :])] for step in range(size)]
                lines.append([*((cell, 1) for cell in line[:-1]), (line[-1], -1)])
    return lines


def with_totals(shape: tuple[int, ...], draw: Callable[[], int]) -> list[int]:
    """The cells of a table of this shape, totals included, its inner cells drawn one by one."""
    inner = itertools.product(*(range(size - 1) for size in shape))
    drawn = {at: draw() for at in inner}
    cells = []
    for at in itertools.product(*map(range, shape)):
        ways = [range(s - 1) if i == s - 1 else [i] for i, s in zip(at, shape, strict=True)]
        cells.append(sum(drawn[way] for way in itertools.product(*ways)))
    return cells


def small_count(chance: random.Random) -> int:
    """A count as it stands in such tables: often 0, often within the threshold."""
    return chance.choice([0, 0, 1, 2, 3, 4, 5, 6, 7, 9, 12])


def stated(
    values: Iterable[int],
    equations: Iterable[Terms | Relation],
    primary: Iterable[int],
    threshold: tuple[int, int] | None = None,
    **more: object,
) -> Problem:
    """A problem of sums that are 0, with one threshold for all cells that are printed."""
    values = tuple(values)
    relations = [r if isinstance(r, Relation) else Relation(tuple(r), 0, 0) for r in equations]
    kept = {"published", "withheld_before", "unpublished"} & more.keys()
    more |= {name: frozenset(more[name]) for name in kept}
    hidden = more.get("unpublished", ())
    thresholds = [None if cell in hidden else threshold for cell in range(len(values))]
    return Problem(values, relations, frozenset(primary), thresholds=thresholds, **more)


def problem_of(values: list[int], equations: list[Terms | Relation], **more: object) -> Problem:
    """A problem in which 1 to 4 is primary."""
    primary = [cell for cell, value in enumerate(values) if 1 <= value <= 4]
    return stated(values, equations, primary, **more)


def random_problem(seed: int) -> Problem:
    """A small table, cube, pair of groupings, or table of children beside one of occasions."""
    chance = random.Random(seed)
    kind = ("table", "cube", "linked", "bounded")[seed % 4]
    threshold = (1, 4) if seed % 8 < 4 else None
    draw = lambda: small_count(chance)  # noqa: E731
    if kind == "linked":
        units = [draw() for _ in range(6)]
        groups = [chance.sample(range(6), 3), chance.sample(range(6), 3)]
        values, equations = [*units], []
        for group in groups:
            rest = [unit for unit in range(6) if unit not in group]
            for members in (group, rest):
                equations.append([*((unit, 1) for unit in members), (len(values), -1)])
                values.append(sum(units[unit] for unit in members))
        equations += [[(6, 1), (7, 1), (10, -1)], [(8, 1), (9, 1), (10, -1)]]
        return problem_of([*values, sum(units)], equations, threshold=threshold)
    if kind == "bounded":
        return _children_and_occasions(chance, threshold)
    size = 3 if kind == "cube" else chance.choice([3, 4])
    shape = (size, chance.choice([3, 4]), 3)[: 3 if kind == "cube" else 2]
    return problem_of(with_totals(shape, draw), sums(shape), threshold=threshold)


def _children_and_occasions(chance: random.Random, threshold: tuple[int, int] | None) -> Problem:
    """Two tables of the same shape: no more children than occasions, and one rounded share."""
    shape = (3, 3)
    occasions = with_totals(shape, lambda: small_count(chance))
    inner = [cell for cell in range(9) if cell % 3 < 2 and cell < 6]
    picked = {cell: chance.randint(min(1, occasions[cell]), occasions[cell]) for cell in inner}
    drawn = iter([picked[cell] for cell in inner])
    children = with_totals(shape, lambda: next(drawn))
    second = [[(cell + 9, coefficient) for cell, coefficient in line] for line in sums(shape)]
    bounds = [Relation(((cell, 1), (cell + 9, -1)), 0, float("inf")) for cell in range(9)]
    if occasions[8]:
        share = round(100 * occasions[2] / occasions[8])
        taken = frozenset({2, 8}) if chance.random() < 0.5 else frozenset()
        bounds += [
            Relation(((2, 100), (8, 0.5 - share)), 0, float("inf"), taken),
            Relation(((2, 100), (8, -0.5 - share)), -float("inf"), 0, taken),
        ]
    return problem_of(occasions + children, [*sums(shape), *second, *bounds], threshold=threshold)


class BruteForce:
    """Tries whole tables that fit what is published, as a reader with everything known would.

    Args:
        problem: the cells.
        withheld: those that are not published.
        informed: whether the reader knows the threshold and which cells are primary.
    """

    def __init__(self, problem: Problem, withheld: Iterable[int], informed: bool = True) -> None:
        hidden = set(withheld) | problem.withheld_before | problem.unpublished
        self.low, self.high = list(problem.values), list(problem.values)
        for cell in hidden:
            self.low[cell], self.high[cell] = problem.lower[cell], problem.upper[cell]
            threshold = problem.thresholds[cell]
            if informed and threshold and problem.values[cell] > threshold[1]:
                self.low[cell] = threshold[1] + 1
            elif informed and threshold and problem.values[cell] >= threshold[0]:
                self.low[cell], self.high[cell] = threshold
        self.rows = [
            relation for relation in problem.relations if not relation.withdrawn_with & hidden
        ]
        self.hidden = hidden

    def values_of(self, cell: int) -> Iterator[int]:
        """Every value that a hidden cell has in some table, in no special order of tables."""
        for value in range(self.low[cell], self.high[cell] + 1):
            low, high = [*self.low], [*self.high]
            low[cell] = high[cell] = value
            if self._exists(low, high):
                yield value

    def pins(self, cell: int) -> bool:
        """Whether only one value is possible."""
        return len(list(itertools.islice(self.values_of(cell), 2))) == 1

    def _exists(self, low: list[float], high: list[float]) -> bool:
        if not self._narrow(low, high):
            return False
        open_cells = [cell for cell in self.hidden if low[cell] < high[cell]]
        if not open_cells:
            return True
        cell = min(open_cells, key=lambda at: (high[at] - low[at], at))
        for value in range(low[cell], high[cell] + 1):
            tried_low, tried_high = [*low], [*high]
            tried_low[cell] = tried_high[cell] = value
            if self._exists(tried_low, tried_high):
                return True
        return False

    def _narrow(self, low: list[float], high: list[float]) -> bool:
        """Rules values out relation by relation; False once a cell has none left."""
        changed = True
        while changed:
            changed = False
            for row in self.rows:
                least = [k * (low if k > 0 else high)[cell] for cell, k in row.terms]
                most = [k * (high if k > 0 else low)[cell] for cell, k in row.terms]
                all_least, all_most = sum(least), sum(most)
                if all_least > row.high + 1e-9 or all_most < row.low - 1e-9:
                    return False
                for (cell, k), mine_least, mine_most in zip(row.terms, least, most, strict=True):
                    up = row.high - (all_least - mine_least)
                    down = row.low - (all_most - mine_most)
                    top, bottom = (up / k, down / k) if k > 0 else (down / k, up / k)
                    if top < high[cell] - 1e-9:
                        high[cell], changed = (
                            int(top // 1 if top % 1 < 1 - 1e-9 else top + 0.5),
                            True,
                        )
                    if bottom > low[cell] + 1e-9:
                        low[cell], changed = (
                            int(-(-bottom // 1)) if bottom % 1 > 1e-9 else int(bottom),
                            True,
                        )
                    if low[cell] > high[cell]:
                        return False
        return True


def two_on_every_line(problem: Problem) -> set[int]:
    """What is often done by hand: add the smallest cell wherever a line has one withheld cell."""
    hidden = set(problem.primary)
    changed = True
    while changed:
        changed = False
        for relation in problem.relations:
            if relation.low != relation.high:
                continue
            line = [cell for cell, _ in relation.terms]
            spare = [c for c in line if c not in hidden and problem.values[c] > 0]
            if len(hidden.intersection(line)) == 1 and spare:
                hidden.add(min(spare, key=lambda cell: (problem.values[cell], cell)))
                changed = True
    return hidden
