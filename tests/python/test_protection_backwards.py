"""The choice of cover cannot be run backwards: not from it alone does a single table follow.

A reader who knows the whole program, the weights and the bounds, but not the seed, runs it on each
table that fits what is published. Tables from which some seed makes the same choice are possible.
"""

import itertools
import os
import random
from collections.abc import Iterator, Sequence

import pytest

import protection_cases as cases
from missing_from_care.disclosure.solver.audit import audit
from missing_from_care.disclosure.solver.problem import Problem
from missing_from_care.disclosure.solver.search import protect
from missing_from_care.faults import ProtectionFault

TABLES = int(os.environ.get("FOI_TEST_BACKWARDS", "12"))
SEEDS = [bytes([number]) for number in range(20)]
MOST_TABLES_TRIED = 20  # for each other value of a cell


def _problem(shape: tuple[int, int], values: Sequence[int], most: int) -> Problem:
    """A table whose weights say where a cell stands and nothing of what it holds."""
    places = itertools.product(range(shape[0]), range(shape[1]))
    weights = [
        1 + 3 * (row == shape[0] - 1) + 3 * (column == shape[1] - 1) for row, column in places
    ]
    return cases.problem_of(
        values, cases.sums(shape), weights=weights, threshold=(1, 4), upper=[most] * len(values)
    )


def _tables(
    problem: Problem, hidden: Sequence[int], cell: int, value: int, chance: random.Random
) -> Iterator[list[int]]:
    """Tables that fit what is published, one cell given, in no special order.

    A marker is never 0.
    """
    attacker = cases.BruteForce(problem, hidden, informed=False)

    def narrowed(low: list[int], high: list[int]) -> Iterator[list[int]]:
        if not attacker._narrow(low, high):
            return
        open_cells = [at for at in hidden if low[at] < high[at]]
        if not open_cells:
            yield low
            return
        first = chance.choice(open_cells)
        values = list(range(low[first], high[first] + 1))
        for tried in chance.sample(values, len(values)):
            tried_low, tried_high = [*low], [*high]
            tried_low[first] = tried_high[first] = tried
            yield from narrowed(tried_low, tried_high)

    low = [max(1, low) if at in hidden else low for at, low in enumerate(attacker.low)]
    high = [*attacker.high]
    low[cell] = high[cell] = value
    yield from narrowed(low, high)


def _chooses(problem: Problem, hidden: Sequence[int], seeds: Sequence[bytes]) -> bool:
    """Whether some seed makes this choice."""
    if not problem.primary <= set(hidden):
        return False
    for seed in seeds:
        try:
            if protect(problem, seed).suppressed == hidden:
                return True
        except ProtectionFault:
            return False
    return False


@pytest.mark.parametrize("number", range(TABLES))
def test_two_values_stay_possible(number):
    chance = random.Random(number)
    shape = (chance.choice([3, 4]), chance.choice([3, 4]))
    values = cases.with_totals(shape, lambda: cases.small_count(chance))
    problem = _problem(shape, values, 2 * max(values))
    used = number % len(SEEDS)
    try:
        hidden = protect(problem, SEEDS[used]).suppressed
    except ProtectionFault:
        pytest.skip("nothing protects it")
    seeds = SEEDS[used:] + SEEDS[:used]
    ranges = audit(problem, hidden).ranges
    possible = {cell: {values[cell]} for cell in problem.primary}
    for cell, found in possible.items():
        others = [v for v in range(1, int(problem.upper[cell]) + 1) if v != values[cell]]
        near = sorted(others, key=lambda v: (not ranges[cell][0] <= v <= ranges[cell][1], v))
        for value in near:
            if len(found) > 1:
                break
            for table in itertools.islice(
                _tables(problem, hidden, cell, value, chance), MOST_TABLES_TRIED
            ):
                if _chooses(_problem(shape, table, 2 * max(values)), hidden, seeds):
                    for at, known in possible.items():
                        known.add(table[at])
                    break
    assert all(len(found) > 1 for found in possible.values()), (values, hidden, possible)
