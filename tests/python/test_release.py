"""The gate: what it withholds cannot be worked out, alone or with what was released before."""

import random
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

import small_worlds
from missing_from_care.asking import TRY_OUT, Question, ask
from missing_from_care.disclosure import gate
from missing_from_care.disclosure.cells import Cell
from missing_from_care.disclosure.counting import counting
from missing_from_care.disclosure.ledger import Released
from missing_from_care.disclosure.rule_seeds import read_rules
from missing_from_care.disclosure.rules import Rules
from missing_from_care.disclosure.solver.search import Pattern
from missing_from_care.disclosure.verdict import protected, released
from missing_from_care.faults import DataFault, ProtectionFault
from missing_from_care.project import CHECKOUT
from missing_from_care.response.reading import read_response
from plain_count import read_returns
from random_questions import random_questions
from small_worlds import FIRST, LAST, cell_for, response, response_of, table

RESPONSES = 500


@pytest.fixture(scope="module")
def rules() -> Rules:
    return small_worlds.rules()


def nothing_else(_cells) -> dict[Cell, float]:
    """Counts no cell that is not printed."""
    return {}


def test_no_withheld_number_is_pinned_in_500_random_responses(rules: Rules) -> None:
    """And the rule of thumb, two on every line, fails on some of the same."""
    worlds = small_worlds.every_world()
    counts = small_worlds.counts_in(worlds)
    choice = random.Random(20180716)
    judged = stopped = line_rule_failed = withheld = 0
    while judged < RESPONSES:
        world = small_worlds.random_world(choice)
        asked = choice.sample(small_worlds.kinds(), choice.randint(4, 12))
        answer = response(world, asked)
        values = {
            kind: each.answers[0].value for kind, each in zip(asked, answer.tables, strict=True)
        }
        try:
            verdict = gate.judge_as_it_is(answer, rules, small_worlds.counting(world), ())
        except ProtectionFault:
            stopped += 1
            assert stopped < RESPONSES
            continue
        judged += 1
        hidden = {kind for kind in asked if cell_for(*kind, rules) in verdict.withheld}
        assert {kind for kind, value in values.items() if 1 <= value <= 4} <= hidden
        assert not any(values[kind] == 0 for kind in hidden)
        withheld += len(hidden)
        shown = {kind: None if kind in hidden else value for kind, value in values.items()}
        fits = small_worlds.consistent(counts, shown)
        for kind in hidden:
            possible = np.unique(counts[kind][fits])
            assert len(possible) > 1, (world, asked, hidden, kind)
        by_thumb = small_worlds.two_on_each_line(values)
        loose = {kind: None if kind in by_thumb else value for kind, value in values.items()}
        fits = small_worlds.consistent(counts, loose)
        line_rule_failed += any(
            len(np.unique(counts[kind][fits])) == 1 for kind in by_thumb if 1 <= values[kind] <= 4
        )
    assert withheld > RESPONSES
    assert line_rule_failed > 0


def asked_for(rules: Rules, *tables, ledger=(), count=nothing_else):
    answer = response_of(tables)
    return answer, gate.judge(answer, rules, count, ledger)


def test_what_nobody_asked_for_but_follows_is_protected(rules: Rules) -> None:
    """20 occasions, 18 of them of those seeking asylum: 2 were not, so one number is withheld."""
    _, verdict = asked_for(
        rules,
        table(1, "occasions_missing", None, 20),
        table(2, "occasions_missing", "yes", 18),
    )
    assert len(verdict.withheld) == 1
    assert verdict.cover == tuple(verdict.withheld)


OVERLAPPING = "duration_band,more_than_1,more,8,2,, duration_band,1_to_5,some,9,1,5,"


def test_a_band_that_overlaps_is_made_of_the_stretches_that_it_covers() -> None:
    found = small_worlds.rules(OVERLAPPING)
    of = {name: codes for (of, name), (_, codes) in found.elements.items() if of == "duration_band"}
    assert of["4_to_7"] == {"4..5", "6..7"}
    assert of["1_to_5"] == {"1_day", "2_to_3", "4..5"}
    assert of["more_than_1"] == of["2_to_3"] | of["4_to_7"] | of["8_to_30"] | of["more_than_30"]
    apart = [codes for name, codes in of.items() if name not in ("more_than_1", "1_to_5")]
    assert found.domains["duration_band"] == frozenset().union(*apart)
    assert sum(map(len, apart)) == len(found.domains["duration_band"])
    assert found.labels["duration_band", "4..5"] == "4 to 5"


def test_a_band_that_overlaps_gives_nothing_away() -> None:
    """More than a day is 20, of which 17 and 3: the 3 is withheld, and another number with it."""
    numbers = {"more_than_1": 20, "2_to_3": 17, "4_to_7": 3, "8_to_30": 0, "more_than_30": 0}
    numbers |= {"same_day": 10, "1_day": 10, "all": 40}
    tables = []
    for number, (category, value) in enumerate(numbers.items(), start=1):
        asked = table(number, "occasions_missing", None, value)
        population = "all" if category == "all" else f"duration_band:{category}"
        answers = (replace(asked.answers[0], population=population),)
        tables.append(replace(asked, answers=answers))
    overlapping = small_worlds.rules("duration_band,more_than_1,more,8,2,,")
    _, verdict = asked_for(overlapping, *tables)
    withheld = {dict(cell.box)["duration_band"] for cell in verdict.withheld if cell.box}
    assert ("4_to_7",) in withheld
    assert len(verdict.withheld) > 1


def test_the_same_number_in_two_questions_is_withheld_in_both(rules: Rules) -> None:
    tables = [table(number, "occasions_missing", None, 3) for number in (1, 2)]
    answer, verdict = asked_for(rules, *tables)
    shown = protected(answer, rules, verdict)
    assert [each.answers[0].is_withheld for each in shown.tables] == [True, True]
    assert [each.answers[0].value for each in shown.tables] == [None, None]


def test_two_different_numbers_for_one_cell_are_a_fault(rules: Rules) -> None:
    with pytest.raises(DataFault, match="two different numbers"):
        asked_for(
            rules,
            table(1, "occasions_missing", None, 30),
            table(2, "occasions_missing", None, 31),
        )


def test_all_of_a_small_group_is_withheld(rules: Rules) -> None:
    """Of 8 occasions found, harm is known of all 8: that is told of each of these children."""
    _, verdict = asked_for(
        rules,
        table(1, "occasions_found", None, 12),
        table(2, "occasions_any_harm", None, 12),
    )
    assert not verdict.withheld
    _, verdict = asked_for(
        rules,
        table(1, "children_looked_after", None, 8),
        table(2, "children_missing", None, 8),
    )
    assert {cell.measure for cell in verdict.withheld} == {"children_missing"}


def test_an_average_goes_with_what_it_is_worked_out_from(rules: Rules) -> None:
    tables = [
        table(1, "occasions_missing", None, 20),
        table(2, "children_missing", None, 4),
        table(3, "occasions_per_child_missing", None, 5.0),
    ]
    _, verdict = asked_for(rules, *tables)
    assert {cell.measure for cell in verdict.withheld} == {
        "children_missing",
        "occasions_per_child_missing",
    }


def test_an_average_that_gives_a_number_away_is_withheld(rules: Rules) -> None:
    """20 occasions and 5.0 for each child say 4 children, though that number is not asked for."""

    def count(cells):
        held = {"children_missing": 4.0, "occasions_missing": 20.0}
        return {each: held[each.measure] for each in cells}

    _, verdict = asked_for(
        rules,
        table(1, "occasions_missing", None, 20),
        table(2, "occasions_per_child_missing", None, 5.0),
        count=count,
    )
    assert {cell.measure for cell in verdict.withheld} == {"occasions_per_child_missing"}


# Three responses: the year, its first half, and four months more. What is left of the year is 2.
HALF, REST = date(2017, 9, 30), date(2018, 1, 31)
THIRDS = (
    table(1, "occasions_missing", None, 20),
    table(1, "occasions_missing", None, 11, FIRST, HALF),
    table(1, "occasions_missing", None, 7, HALF + timedelta(days=1), REST),
)


def count_pieces(cells) -> dict[Cell, float]:
    """What single stretches of the year hold."""
    held = {(FIRST, HALF): 11, (HALF + timedelta(days=1), REST): 7}
    held[REST + timedelta(days=1), LAST] = 2
    held[HALF + timedelta(days=1), LAST] = 9
    held[FIRST, LAST] = 20
    held[FIRST, REST] = 18
    return {each: float(held[each.first_day, each.last_day]) for each in cells}


def release(rules: Rules, number: int, ledger: list[Released]) -> list[Released]:
    answer = response_of((THIRDS[number],), f"foi-{number}")
    verdict = gate.judge(answer, rules, count_pieces, ledger)
    return released(answer, rules, verdict, date(2018, 7, 16 + number), "0" * 64)


def test_three_responses_that_are_safe_alone_are_not_safe_together(rules: Rules) -> None:
    for number in range(3):
        assert [each.low for each in release(rules, number, [])] == [
            THIRDS[number].answers[0].value
        ]
    ledger = release(rules, 0, [])
    ledger += release(rules, 1, ledger)
    assert [each.low for each in ledger] == [20, 11]
    assert [each.low for each in release(rules, 2, ledger)] == [None]


def test_the_third_is_stopped_if_it_prints_its_number(rules: Rules, monkeypatch) -> None:
    """The audit does not rely on the search: a choice that withholds nothing does not pass."""
    ledger = release(rules, 0, [])
    ledger += release(rules, 1, ledger)
    monkeypatch.setattr(gate, "protect", lambda _: Pattern((), (), 0, 0, True))
    with pytest.raises(ProtectionFault, match="Nothing was released") as fault:
        release(rules, 2, ledger)
    assert fault.value.status == 4


def test_a_planted_unsafe_choice_is_caught_every_time(rules: Rules, monkeypatch) -> None:
    """Each cell that the search withholds is printed after all, one at a time."""
    choice = random.Random(1)
    search = gate.protect
    planted = 0
    while planted < 60:
        world = small_worlds.random_world(choice)
        answer = response(world, choice.sample(small_worlds.kinds(), 10))
        monkeypatch.setattr(gate, "protect", search)
        try:
            pattern = gate.judge_as_it_is(answer, rules, small_worlds.counting(world), ()).pattern
        except ProtectionFault:
            continue
        for left_out in pattern.suppressed:
            if not pattern.is_optimal:
                continue
            weaker = replace(
                pattern,
                suppressed=tuple(cell for cell in pattern.suppressed if cell != left_out),
                secondary=tuple(cell for cell in pattern.secondary if cell != left_out),
            )
            monkeypatch.setattr(gate, "protect", lambda _, weaker=weaker: weaker)
            with pytest.raises(ProtectionFault):
                gate.judge_as_it_is(answer, rules, small_worlds.counting(world), ())
            planted += 1


def test_a_number_that_contradicts_the_ledger_is_told_with_both_days(rules: Rules) -> None:
    before = response_of((table(1, "occasions_missing", None, 43),), "foi-1")
    verdict = gate.judge(before, rules, nothing_else, ())
    ledger = released(before, rules, verdict, date(2017, 7, 1), "0" * 64)
    now = response_of((table(1, "occasions_missing", None, 44),), "foi-2")
    verdict = gate.judge(now, rules, nothing_else, ledger)
    (revision,) = verdict.revisions
    assert (revision.earlier.released_on, revision.earlier.value) == (date(2017, 7, 1), 43)
    shown = protected(now, rules, verdict)
    assert shown.tables[0].answers[0].note == "Revised since 1 July 2017."
    assert "Revised since 1 July 2017." in shown.notes_used
    assert not gate.judge(before, rules, nothing_else, ledger).revisions


def test_a_cell_withheld_before_stays_withheld(rules: Rules) -> None:
    """A later response, in which it would need no cover, must not bring it to light."""
    first = response_of(
        (table(1, "occasions_missing", None, 20), table(2, "occasions_missing", "yes", 18))
    )
    verdict = gate.judge(first, rules, nothing_else, ())
    ledger = released(first, rules, verdict, date(2018, 7, 16), "0" * 64)
    (hidden,) = verdict.withheld
    again = next(each for each in first.tables if each.answers[0].value == verdict.printed[hidden])
    later = gate.judge(response_of((again,)), rules, nothing_else, ledger)
    assert later.withheld == {hidden}


def test_what_cannot_be_protected_names_the_table_that_is_in_the_way(rules: Rules) -> None:
    """Six occasions are public; to say that one of the two groups is small gives both."""
    total = response_of((table(1, "occasions_missing", None, 6),), "foi-1")
    verdict = gate.judge(total, rules, nothing_else, ())
    ledger = released(total, rules, verdict, date(2018, 7, 16), "0" * 64)
    split = (table(1, "occasions_missing", "yes", 1), table(2, "occasions_missing", "no", 5))
    with pytest.raises(ProtectionFault) as fault:
        asked_for(rules, *split, ledger=ledger)
    said = " ".join(fault.value.sentences)
    assert "Without Question 1 or Question 2 it could be." in said


@pytest.mark.parametrize("seed", [3, 11, 14, 18, 22, 39])
def test_random_requests_about_the_demonstration(seed: int, database: Path) -> None:
    """The links that the rules give are true of counted numbers, whatever is asked for."""
    choice = random.Random(seed)
    returns = read_returns(CHECKOUT / "seeds" / "extracts")
    asked = [
        Question(**{field.name: question[field.name] for field in fields(Question)})
        for question in random_questions(choice, returns, choice.randint(2, 8))
    ]
    with ask(database, *asked) as connection:
        answer = read_response(connection, TRY_OUT)
        rules = read_rules(connection, date(2018, 7, 16))
    verdict = gate.judge_as_it_is(answer, rules, counting(database, rules), ())
    shown = protected(answer, rules, verdict)
    for whole, safe in zip(answer.tables, shown.tables, strict=True):
        for before, after in zip(whole.answers, safe.answers, strict=True):
            is_count = before.unit in ("occasions", "children")
            if is_count and before.value is not None and 1 <= before.value <= 4:
                assert after.is_withheld
            assert after.value in (None, before.value)
            assert not (after.is_withheld and before.value == 0)
