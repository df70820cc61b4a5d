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
from missing_from_care.disclosure.solver.problem import Problem
from missing_from_care.disclosure.solver.search import protect
from missing_from_care.faults import ProtectionFault

TABLES = int(os.environ.get("FOI_TEST_BACKWARDS", "6"))
SEEDS = [bytes([number]) for number in range(20)]
MOST_TABLES_TRIED = 300


def _problem(shape: tuple[int, int], values: Sequence[int], most: int) -> Problem:
    """A table whose weights say where a cell stands and nothing of what it holds."""
    places = itertools.product(range(shape[0]), range(shape[1]))
    weights = [
        1 + 3 * (row == shape[0] - 1) + 3 * (column == shape[1] - 1) for row, column in places
    ]
    return cases.problem_of(
        values, cases.sums(shape), weights=weights, threshold=(1, 4), upper=[most] * len(values)
    )


def _tables(problem: Problem, hidden: Sequence[int], chance: random.Random) -> Iterator[list[int]]:
    """Every table that fits what is published, in no special order; a marker is never 0."""
    attacker = cases.BruteForce(problem, hidden, informed=False)

    def narrowed(low: list[int], high: list[int]) -> Iterator[list[int]]:
        if not attacker._narrow(low, high):
            return
        open_cells = [cell for cell in hidden if low[cell] < high[cell]]
        if not open_cells:
            yield low
            return
        cell = min(open_cells, key=lambda at: (high[at] - low[at], at))
        values = list(range(low[cell], high[cell] + 1))
        for value in chance.sample(values, len(values)):
            tried_low, tried_high = [*low], [*high]
            tried_low[cell] = tried_high[cell] = value
            yield from narrowed(tried_low, tried_high)

    low = [max(1, low) if cell in hidden else low for cell, low in enumerate(attacker.low)]
    yield from narrowed(low, [*attacker.high])


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
    possible: dict[int, set[int]] = {cell: set() for cell in problem.primary}
    for table in itertools.islice(_tables(problem, hidden, chance), MOST_TABLES_TRIED):
        missing = [cell for cell, found in possible.items() if len(found) < 2]
        if not missing:
            break
        if any(table[cell] not in possible[cell] for cell in missing) and _chooses(
            _problem(shape, table, 2 * max(values)), hidden, SEEDS[used:] + SEEDS[:used]
        ):
            for cell, found in possible.items():
                found.add(table[cell])
    assert all(len(found) > 1 for found in possible.values()), (values, hidden, possible)
