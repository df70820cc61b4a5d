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
from missing_from_care.base.faults import ProtectionFault
from missing_from_care.disclosure.solver.problem import Problem
from missing_from_care.disclosure.solver.search import protect

TABLES = int(os.environ.get("FOI_TEST_BACKWARDS", "40"))
TELLING = (83, 111)  # tables that tell a cell if nothing is withheld without need
SEEDS = [number.to_bytes(2) for number in range(400)]
MOST_WORLDS = 1000  # of one table; beyond that, some of them
MOST_SEARCHED = 60  # of these, the likeliest first


def _problem(shape: tuple[int, int], values: Sequence[int], most: int) -> Problem:
    """A table whose weights say where a cell stands and nothing of what it holds.

    As in a response, where a figure that was asked for costs three times another.
    """
    places = itertools.product(range(shape[0]), range(shape[1]))
    weights = [3 if row == shape[0] - 1 or column == shape[1] - 1 else 1 for row, column in places]
    return cases.problem_of(
        values, cases.sums(shape), weights=weights, threshold=(1, 4), upper=[most] * len(values)
    )


def _worlds(
    problem: Problem, hidden: Sequence[int], chance: random.Random
) -> Iterator[tuple[int, ...]]:
    """Tables that fit what is published, in no special order. A marker is never 0."""
    attacker = cases.BruteForce(problem, hidden, informed=False)

    def narrowed(low: list[int], high: list[int]) -> Iterator[tuple[int, ...]]:
        if not attacker._narrow(low, high):
            return
        open_cells = [at for at in hidden if low[at] < high[at]]
        if not open_cells:
            yield tuple(low)
            return
        first = chance.choice(open_cells)
        values = range(low[first], high[first] + 1)
        for tried in chance.sample(values, len(values)):
            tried_low, tried_high = [*low], [*high]
            tried_low[first] = tried_high[first] = tried
            yield from narrowed(tried_low, tried_high)

    low = [max(1, low) if at in hidden else low for at, low in enumerate(attacker.low)]
    yield from narrowed(low, [*attacker.high])


def _some_worlds(
    problem: Problem, hidden: Sequence[int], chance: random.Random
) -> list[tuple[int, ...]]:
    """All worlds, or some of very many: half of these one after the other, half from all over."""
    worlds = set(itertools.islice(_worlds(problem, hidden, chance), MOST_WORLDS))
    if len(worlds) == MOST_WORLDS:
        near = chance.sample(sorted(worlds), 100)
        worlds = {*near, *(next(_worlds(problem, hidden, chance)) for _ in range(100))}
    return chance.sample(sorted(worlds), len(worlds))


def _to_spare(problem: Problem, hidden: Sequence[int]) -> int | None:
    """How many of the cells withheld as cover could be shown; None where the choice is unsafe."""
    if not problem.primary <= set(hidden) or _is_pinned(problem, set(hidden)):
        return None
    return sum(
        not _is_pinned(problem, set(hidden) - {cell}) for cell in set(hidden) - problem.primary
    )


def _is_pinned(problem: Problem, hidden: set[int]) -> bool:
    attacker = cases.BruteForce(problem, hidden)
    return any(attacker.pins(cell) for cell in problem.primary)


def _chooses(problem: Problem, hidden: Sequence[int], seed: bytes) -> bool:
    try:
        return protect(problem, seed).suppressed == hidden
    except ProtectionFault:
        return False


@pytest.mark.parametrize("number", sorted({*range(TABLES), *TELLING}))
def test_two_values_stay_possible(number):
    chance = random.Random(number)
    shape = (chance.choice([3, 4]), chance.choice([3, 4]))
    values = cases.with_totals(shape, lambda: cases.small_count(chance))
    most = 2 * max(values)
    problem = _problem(shape, values, most)
    used = SEEDS[number % len(SEEDS)]
    try:
        hidden = protect(problem, used).suppressed
    except ProtectionFault:
        pytest.skip("nothing protects it")
    possible = {cell: {values[cell]} for cell in problem.primary}
    worlds = [_problem(shape, world, most) for world in _some_worlds(problem, hidden, chance)]
    spare = {world.values: _to_spare(world, hidden) for world in worlds}
    worlds = [world for world in worlds if spare[world.values] is not None]
    worlds.sort(key=lambda world: spare[world.values])  # the likeliest to be chosen so
    for seed, world in itertools.product([used, *SEEDS], worlds[:MOST_SEARCHED]):
        if all(len(found) > 1 for found in possible.values()):
            return
        tells = any(
            found == {values[cell]} != {world.values[cell]} for cell, found in possible.items()
        )
        if tells and _chooses(world, hidden, seed):
            for cell, found in possible.items():
                found.add(world.values[cell])
    assert all(len(found) > 1 for found in possible.values()), (values, hidden, possible)
