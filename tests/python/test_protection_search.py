"""The search for cells to withhold: published problems, random ones, and every pattern tried."""

import itertools
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import forked
import protection_cases as cases
from missing_from_care.base.faults import ProtectionFault
from missing_from_care.disclosure.solver import moves
from missing_from_care.disclosure.solver.audit import audit
from missing_from_care.disclosure.solver.search import protect

PROTECT = Path(__file__).resolve().parents[2] / "tools" / "protect.py"


def test_fischetti_salazar_costs_59():
    problem = cases.stated(cases.FISCHETTI_SALAZAR, cases.sums((4, 4)), [6])
    pattern = protect(problem)
    assert pattern.secondary == (4, 8, 10)
    assert pattern.cost == 59
    assert audit(problem, pattern.suppressed).ranges[6] == (5, 30)


def test_table_that_satisfies_the_line_rule_needs_one_more_cell():
    problem = cases.stated(cases.LINE_RULE_FAILS, cases.sums((5, 5)), cases.LINE_RULE_PRIMARY)
    pattern = protect(problem)
    assert pattern.secondary == (8,)
    assert audit(problem, pattern.suppressed).ranges[1] == (0, 78)


def test_linked_tables_need_one_more_cell():
    problem = cases.stated(cases.LINKED, cases.LINKED_SUMS, [0, 1, 4, 5, 6])
    pattern = protect(problem)
    assert pattern.secondary == (7,)
    assert audit(problem, pattern.suppressed).safe


@pytest.mark.parametrize("part", range(4), ids=["tables", "cubes", "linked", "bounded"])
def test_500_random_problems_are_never_pinned(part):
    line_rule_failures = unprotectable = 0
    for seed in range(part, 500, 4):
        problem = cases.random_problem(seed)
        try:
            pattern = protect(problem)
        except ProtectionFault:
            unprotectable += 1
            everything = cases.BruteForce(problem, problem.withheld_with(problem.cover_cells))
            assert any(everything.pins(cell) for cell in problem.primary), seed
            continue
        attacker = cases.BruteForce(problem, pattern.suppressed)
        assert not [cell for cell in pattern.suppressed if attacker.pins(cell)], seed
        assert audit(problem, pattern.suppressed).safe, seed
        assert all(problem.values[cell] > 0 for cell in pattern.secondary), seed
        by_hand = cases.BruteForce(problem, cases.two_on_every_line(problem))
        line_rule_failures += any(by_hand.pins(cell) for cell in problem.primary)
    assert unprotectable < 40
    assert line_rule_failures > 0


@pytest.mark.parametrize("seed", range(24))
def test_no_pattern_is_cheaper(seed):
    problem = cases.random_problem(4 * seed if seed % 2 else 4 * seed + 2)
    free = problem.cover_cells
    if len(free) > 9:
        pytest.skip("too many patterns to try")
    cheapest = None
    for size in range(len(free) + 1):
        for cover in itertools.combinations(free, size):
            cost = problem.cost(problem.withheld_with(cover))
            if cheapest is not None and cost >= cheapest:
                continue
            attacker = cases.BruteForce(problem, problem.withheld_with(cover))
            if not any(attacker.pins(cell) for cell in problem.primary):
                cheapest = cost
    if cheapest is None:
        with pytest.raises(ProtectionFault):
            protect(problem)
    else:
        assert protect(problem).cost == cheapest


def test_same_problem_same_answer():
    for seed in (1, 2, 9, 15):
        assert protect(cases.random_problem(seed)) == protect(cases.random_problem(seed))


@pytest.mark.parametrize("seed", range(8))
def test_large_problem_is_covered_well(seed, monkeypatch):
    problem = cases.random_problem(seed)
    try:
        cheapest = protect(problem)
    except ProtectionFault:
        cheapest = None
    monkeypatch.setattr(moves, "LARGE", 0)
    if cheapest is None:
        with pytest.raises(ProtectionFault, match="cannot be protected"):
            protect(problem)
        return
    pattern = protect(problem)
    assert audit(problem, pattern.suppressed).safe
    assert cheapest.cost <= pattern.cost <= 1.5 * cheapest.cost


def test_search_without_time_finds_nothing():
    problem = cases.stated(cases.FISCHETTI_SALAZAR, cases.sums((4, 4)), [6])
    with pytest.raises(ProtectionFault, match="No safe choice was found in 0 seconds"):
        protect(problem, seconds=0)


def test_seed_chooses_among_safe_patterns_that_cost_little_more():
    chosen, least, paid = set(), 0, 0
    for number in (*range(12), 16, 20):
        problem = cases.random_problem(number)
        problem = replace(problem, weights=(10,) * len(problem.values))
        cheapest = protect(problem)
        for secret in (b"a", b"b", b"c", b"d"):
            pattern = protect(problem, secret)
            assert pattern == protect(problem, secret)
            assert audit(problem, pattern.suppressed).safe
            assert cheapest.cost <= pattern.cost
            least += problem.cost(cheapest.secondary)
            paid += problem.cost(pattern.secondary)
            chosen.add((number, pattern.suppressed))
    assert len(chosen) > 28
    assert least < paid < 1.25 * least


def test_wider_ranges_cost_more():
    table = cases.FISCHETTI_SALAZAR, cases.sums((4, 4)), [6]
    for width, cost in ((26, 60), (200, 305)):
        problem = cases.stated(*table, width=width)
        pattern = protect(problem)
        assert pattern.cost == cost
        low, high = audit(problem, pattern.suppressed).ranges[6]
        assert high - low >= width


def test_what_was_published_before_is_no_cover():
    problem = cases.stated(
        cases.FISCHETTI_SALAZAR, cases.sums((4, 4)), [6], published=[4, 8], withheld_before=[5]
    )
    pattern = protect(problem)
    assert not {4, 5, 8}.intersection(pattern.suppressed)
    assert audit(problem, pattern.suppressed).safe


def test_difference_that_nobody_prints_is_protected():
    # All children, those seeking asylum, and the others, whom no table names: 2.
    problem = cases.stated(
        [30, 28, 2, 12, 18],
        [[(1, 1), (2, 1), (0, -1)], [(3, 1), (4, 1), (0, -1)]],
        [2],
        unpublished=[2],
    )
    pattern = protect(problem)
    assert pattern.suppressed == (1,)
    assert pattern.cost == 28


def test_equal_cells_are_withheld_together():
    # A table of one row, its total, and a table of that total and another row.
    problem = cases.stated([3, 3, 9, 12], [[(0, 1), (1, -1)], [(1, 1), (2, 1), (3, -1)]], [0])
    pattern = protect(problem)
    assert (pattern.secondary, pattern.cost) == ((1, 2), 15)
    assert audit(problem, pattern.suppressed).ranges == dict.fromkeys((0, 1, 2), (0, 12))
    assert audit(problem, [0, 2]).findings[0].cell == 0


def test_nothing_protects():
    problem = cases.stated([3, 0, 3], [[(0, 1), (1, 1), (2, -1)]], [0], published=[2])
    with pytest.raises(ProtectionFault, match="Cell 0 cannot be protected"):
        protect(problem)


def _run(tmp_path: Path, case: object, *options: str) -> subprocess.CompletedProcess:
    file = tmp_path / "case.json"
    file.write_text(case if isinstance(case, str) else json.dumps(case), encoding="utf-8")
    return forked.run([PROTECT, file, *options])


def test_command_prints_the_answer(tmp_path):
    case = {
        "cells": cases.FISCHETTI_SALAZAR,
        "equations": cases.sums((4, 4)),
        "primary": [6],
        "name": "ignored",
    }
    done = _run(tmp_path, case)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "suppressed": [4, 6, 8, 10],
        "cost": 59,
        "ranges": {"4": [0, 25], "6": [5, 30], "8": [0, 25], "10": [4, 29]},
        "safe": True,
    }
    assert json.loads(_run(tmp_path, case, "--width", "26").stdout)["cost"] == 60
    assert _run(tmp_path, case, "--width", "0").returncode == 2


def test_command_says_that_nothing_protects(tmp_path):
    case = {"cells": [3, 0, 3], "equations": [[[0, 1], [1, 1], [2, -1]]], "primary": [0]}
    done = _run(tmp_path, case | {"published": [2]})
    assert done.returncode == 4
    answer = json.loads(done.stdout)
    assert (answer["safe"], answer["ranges"]) == (False, {"0": [3, 3]})
    assert "cannot be protected" in done.stderr
