"""The audit: published ranges, exact ranges by brute force, planted mistakes, bad problems."""

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

import protection_cases as cases
from missing_from_care.base.faults import DataFault, Fault, ProtectionFault, UsageFault
from missing_from_care.disclosure.solver import audit as audit_module
from missing_from_care.disclosure.solver.audit import audit
from missing_from_care.disclosure.solver.problem import Relation
from missing_from_care.disclosure.solver.search import protect
from protection_case import read_case


def test_published_ranges():
    table = cases.stated(cases.FISCHETTI_SALAZAR, cases.sums((4, 4)), [6])
    assert audit(table, [4, 6, 8, 10]).ranges[6] == (5, 30)
    fails = cases.stated(cases.LINE_RULE_FAILS, cases.sums((5, 5)), cases.LINE_RULE_PRIMARY)
    assert audit(fails, fails.primary).ranges[1] == (47, 47)
    assert audit(fails, {*fails.primary, 8}).ranges[1] == (0, 78)
    linked = cases.stated(cases.LINKED, cases.LINKED_SUMS, [0, 1, 4, 5, 6])
    assert audit(linked, linked.primary).ranges[4] == (3, 3)
    assert audit(linked, {*linked.primary, 7}).safe


def test_each_grouping_alone_is_safe():
    county, size = (
        [cases.LINKED_SUMS[i] for i in (0, 1, 4)],
        [cases.LINKED_SUMS[i] for i in (2, 3, 5)],
    )
    for sums in (county, size):
        assert audit(cases.stated(cases.LINKED, sums, [0, 1, 4, 5, 6]), [0, 1, 4, 5, 6]).safe


@pytest.mark.parametrize("seed", range(60))
def test_ranges_are_those_of_brute_force(seed):
    problem = cases.random_problem(seed)
    withheld = cases.two_on_every_line(problem)
    unruled = replace(problem, thresholds=(None,) * len(problem.values))
    for informed, each in ((False, unruled), (True, problem)):
        attacker = cases.BruteForce(problem, withheld, informed)
        for cell, ends in audit(each, withheld).ranges.items():
            possible = list(attacker.values_of(cell))
            assert ends == (possible[0], possible[-1]), (informed, cell)


@pytest.mark.parametrize("seed", range(0, 80, 2))
def test_taking_away_cover_is_noticed(seed):
    problem = cases.random_problem(seed)
    try:
        pattern = protect(problem)
    except ProtectionFault:
        pytest.skip("nothing protects it")
    chance = random.Random(seed)
    if pattern.secondary:
        planted = set(pattern.suppressed) - {chance.choice(pattern.secondary)}
        attacked = audit(problem, planted)
        assert not attacked.safe
        assert not {finding.cell for finding in attacked.findings} - planted
    if problem.primary:
        forgotten = min(problem.primary)
        findings = audit(problem, set(pattern.suppressed) - {forgotten}).findings
        assert findings[0].reason == f"Cell {forgotten} is primary and is not withheld."


def test_zero_as_cover_is_noticed():
    problem = cases.stated([3, 0, 9, 12], [[(0, 1), (1, 1), (2, 1), (3, -1)]], [0])
    assert "zero" in audit(problem, [0, 1, 2]).findings[0].reason


def test_who_knows_more_gets_closer():
    # 3 + 9 = 12, and a reader of the rule knows that a small number is within 1 to 4.
    table = [3, 9, 12], [[(0, 1), (1, 1), (2, -1)]], [0]
    assert audit(cases.stated(*table), [0, 1]).ranges == {0: (0, 12), 1: (0, 12)}
    informed = audit(cases.stated(*table, threshold=(1, 4)), [0, 1]).ranges
    assert informed == {0: (1, 4), 1: (8, 11)}


def test_guessing_the_primary_cells_can_be_enough():
    # Of 5 withheld children, one cell is primary (4 at most) and the other is not (5 at least).
    problem = cases.stated([1, 5, 6], [[(0, 1), (1, 1), (2, -1)]], [0], threshold=(1, 4))
    attacked = audit(problem, [0, 1])
    assert attacked.ranges[0] == (1, 1)
    assert attacked.findings[0].reason == "Cell 0 can be worked out exactly."


def test_fractions_do_not_hide_a_whole_number():
    # 2a + 2b = 4c + 2 with a, b, c up to 1: in fractions c can be a half, in whole numbers not.
    problem = cases.stated(
        [1, 0, 0], [Relation(((0, 2), (1, 2), (2, -4)), 2, 2)], [0, 1, 2], upper=[1, 1, 1]
    )
    assert audit(problem, [0, 1, 2]).ranges == {0: (0, 1), 1: (0, 1), 2: (0, 0)}


def test_percentage_gives_a_cell_away_unless_it_is_withdrawn():
    # 2 of 7 is 29%: with the 7 published, only 2 fits. Withheld with the 2, it says nothing.
    lines = [[(0, 1), (1, 1), (2, -1)]]
    for taken, ends in ((frozenset(), (2, 2)), (frozenset({0}), (0, 7))):
        share = Relation(((0, 100), (2, -29)), -3.5, 3.5, taken)
        problem = cases.stated([2, 5, 7], [*lines, share], [0])
        assert audit(problem, [0, 1]).ranges[0] == ends
    with pytest.raises(ProtectionFault):
        protect(cases.stated([2, 5, 7], [*lines, Relation(((0, 100),), 151, 249)], [0]))


def test_withheld_before_must_stay_unknown():
    # An earlier response withheld cells 0 and 1; the total of 1 and 3 would give 1 away.
    problem = cases.stated(
        [3, 9, 12, 5, 14],
        [[(0, 1), (1, 1), (2, -1)], [(1, 1), (3, 1), (4, -1)]],
        [0],
        published=[2],
        withheld_before=[0, 1],
    )
    assert {finding.cell for finding in audit(problem, []).findings} == {0, 1}
    assert protect(problem).suppressed == (3,)


def test_range_narrower_than_the_policy_asks():
    problem = cases.stated(cases.FISCHETTI_SALAZAR, cases.sums((4, 4)), [6], width=26)
    assert "needs a range 26 wide" in audit(problem, [4, 6, 8, 10]).findings[0].reason


def test_unpublished_cell_with_a_need_is_protected_and_others_are_not_asked():
    lines = [[(1, 1), (2, 1), (0, -1)], [(3, 1), (4, 1), (0, -1)]]
    table = [30, 28, 2, 12, 18]
    asked = cases.stated(table, lines, [], unpublished=[2], widths={2: 2})
    assert [finding.cell for finding in audit(asked, []).findings] == [2]
    assert protect(asked).suppressed == (1,)
    plain = audit(cases.stated(table, lines, [], unpublished=[2]), [])
    assert plain.safe
    assert not plain.ranges


@pytest.mark.parametrize("seed", range(6))
def test_large_part_gets_ranges_that_are_reached_and_the_same_verdict(seed, monkeypatch):
    problem = cases.random_problem(seed)
    withheld = cases.two_on_every_line(problem)
    exact = audit(problem, withheld)
    monkeypatch.setattr(audit_module, "SMALL", 0)
    found = audit(problem, withheld)
    assert found.safe == exact.safe
    for cell, (low, high) in found.ranges.items():
        assert exact.ranges[cell][0] <= low <= problem.values[cell] <= high <= exact.ranges[cell][1]
        # What is released must not be narrower than what a reader finds.
        least, most = found.bounds[cell]
        assert least <= exact.ranges[cell][0] <= exact.ranges[cell][1] <= most
    assert exact.bounds == exact.ranges


def test_audit_without_time_is_not_safe():
    problem = cases.stated(cases.FISCHETTI_SALAZAR, cases.sums((4, 4)), [6])
    with pytest.raises(ProtectionFault, match="not done after 0 seconds"):
        audit(problem, [4, 6, 8, 10], seconds=0)


def test_audit_imports_nothing_of_the_search():
    mine = {"base.faults", "disclosure.solver.problem"}
    lines = Path(audit_module.__file__).read_text(encoding="utf-8").splitlines()
    own = {line.split()[1] for line in lines if line.startswith("from missing")}
    assert own == {f"missing_from_care.{name}" for name in mine}


BAD = {
    "[1": "not valid JSON",
    "[]": "expected one JSON object",
    '{"cells": []}': "`equations` is missing",
    '{"cells": [], "equations": [], "primary": []}': "no cells",
    '{"cells": [1, "x"], "equations": [], "primary": []}': "`cells`, entry 1",
    '{"cells": [1, NaN], "equations": [], "primary": []}': "`cells`, entry 1",
    '{"cells": [1, -2], "equations": [], "primary": []}': "Cell 1 lies outside its bounds",
    '{"cells": [1], "equations": [[[0, 1]]], "primary": []}': "Equation 0 does not hold",
    '{"cells": [1], "equations": [[[3, 1]]], "primary": []}': "Equation 0 names cell 3",
    '{"cells": [1], "equations": [[0, 1]], "primary": []}': "[cell, coefficient] pairs",
    '{"cells": [1], "equations": [], "primary": [1]}': "`primary` names cell 1",
    '{"cells": [1], "equations": [], "primary": [0.5]}': "not a cell index",
    '{"cells": [1], "equations": [], "primary": [0], "published": [0]}': "published already",
    '{"cells": [1], "equations": [], "primary": [], "threshold": [1, 4]}': "not primary",
    '{"cells": [1], "equations": [], "primary": [0], "width": -1}': "`width` is not above 0",
    '{"cells": [1], "equations": [], "primary": [0], "lower": [0, 0]}': "one for each cell",
}


@pytest.mark.parametrize("text", BAD)
def test_bad_problem_gets_one_sentence(tmp_path, text):
    file = tmp_path / "case.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataFault) as caught:
        read_case(file)
    assert BAD[text] in str(caught.value)
    assert len(caught.value.sentences) == 1


def test_missing_file_is_wrong_use(tmp_path):
    with pytest.raises(UsageFault):
        read_case(tmp_path / "none.json")


def test_every_optional_part_is_read(tmp_path):
    file = tmp_path / "case.json"
    case = {
        "cells": [2, 5, 7, 1],
        "equations": [{"terms": [[0, 1], [1, 1]], "equals": 7}],
        "primary": [0],
        "inequalities": [{"terms": [[0, 1], [1, -1]], "high": 0}],
        "lower": [0, 0, 0, 0],
        "upper": [9, 9, 9, 9],
        "weights": [1, 2, 3, 4],
        "published": [2],
        "unpublished": [3],
        "threshold": [[1, 4], None, None, None],
        "width": 2,
    }
    file.write_text(json.dumps(case), encoding="utf-8")
    problem = read_case(file)
    assert problem.width == 2
    assert read_case(file, width=3).width == 3
    assert problem.relations[0] == Relation(((0, 1), (1, 1)), 7, 7)
    assert problem.thresholds == [(1, 4), None, None, None]
    assert protect(problem).secondary == (1,)
    with pytest.raises(Fault):
        audit(problem, [2])
