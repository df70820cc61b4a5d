"""The gate: what it withholds cannot be worked out, alone or with what was released before."""

import random
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from missing_from_care.base.faults import DataFault, ProtectionFault
from missing_from_care.base.project import CHECKOUT
from missing_from_care.disclosure import gate
from missing_from_care.disclosure.gate import Verdict, protected, released
from missing_from_care.disclosure.ledger import Released
from missing_from_care.disclosure.rules import read_rules
from missing_from_care.disclosure.solver.search import Pattern
from missing_from_care.response.answers import Response, Table
from missing_from_care.response.asking import TRY_OUT, Question, ask
from missing_from_care.response.reading import read_response
from plain_count import read_returns
from random_questions import random_questions
from small_worlds import (
    FIRST,
    LAST,
    Fact,
    consistent,
    counts_in,
    every_world,
    facts_of,
    figure_named,
    kinds,
    looked_after,
    occasions,
    of_one_child,
    random_world,
    response,
    response_of,
    rules,
    set_facts,
    table,
    two_on_each_line,
    warehouse_of,
)

RESPONSES = 500


def test_no_withheld_number_is_pinned_in_500_random_responses() -> None:
    """And the rule of thumb, two on every line, fails on some of the same."""
    counts = counts_in(every_world())
    choice = random.Random(20180716)
    warehouse = warehouse_of()
    found_rules = rules(warehouse)
    judged = stopped = line_rule_failed = withheld = as_ranges = 0
    while judged < RESPONSES:
        world = random_world(choice)
        asked = choice.sample(kinds(), choice.randint(4, 12))
        answer = response(world, asked)
        values = {
            kind: each.answers[0].value for kind, each in zip(asked, answer.tables, strict=True)
        }
        set_facts(warehouse, facts_of(world))
        try:
            verdict = gate.judge(answer, found_rules, warehouse, advises=False)
        except ProtectionFault:
            stopped += 1
            assert stopped < RESPONSES
            continue
        judged += 1
        hidden = {kind for kind in asked if figure_named(*kind) in verdict.withheld}
        assert {kind for kind, value in values.items() if 1 <= value <= 4} <= hidden
        assert not any(values[kind] == 0 for kind in hidden)
        withheld += len(hidden)
        shown = {kind: (value, value) for kind, value in values.items()}
        shown |= {kind: verdict.ranges.get(figure_named(*kind)) for kind in hidden}
        for kind, value in values.items():
            low, high = shown[kind] or (value, value)
            assert low <= value <= high, (world, asked, kind)
        as_ranges += sum(shown[kind] is not None for kind in hidden)
        fits = consistent(counts, shown)
        for kind in hidden:
            possible = np.unique(counts[kind][fits])
            assert len(possible) > 1, (world, asked, hidden, kind)
        by_thumb = two_on_each_line(values)
        loose = {
            kind: None if kind in by_thumb else (value, value) for kind, value in values.items()
        }
        fits = consistent(counts, loose)
        line_rule_failed += any(
            len(np.unique(counts[kind][fits])) == 1 for kind in by_thumb if 1 <= values[kind] <= 4
        )
    assert withheld > RESPONSES
    assert as_ranges > RESPONSES
    assert line_rule_failed > 0


def judged(
    facts: Iterable[Fact],
    *tables: Table,
    ledger: list[Released] | None = None,
    more_categories: str = "",
) -> tuple[Response, Verdict]:
    warehouse = warehouse_of(facts, more_categories)
    answer = response_of(tables)
    return answer, gate.judge(answer, rules(warehouse), warehouse, ledger or [])


def seeking_asylum(yes: int, no: int) -> list[Fact]:
    return occasions(yes, uasc="yes") + occasions(no, uasc="no")


def test_what_nobody_asked_for_but_follows_is_protected() -> None:
    """20 occasions, 18 of them of those seeking asylum: 2 were not, so one number is withheld."""
    _, verdict = judged(
        seeking_asylum(18, 2),
        table(1, "occasions_missing", None, 20),
        table(2, "occasions_missing", "yes", 18),
    )
    assert len(verdict.withheld) == 1
    assert verdict.cover == tuple(verdict.withheld)


def test_a_small_number_is_released_as_the_range_of_the_policy() -> None:
    answer, verdict = judged(occasions(3), table(1, "occasions_missing", None, 3))
    shown = protected(answer, verdict).tables[0].answers[0]
    assert (shown.value, shown.low, shown.high) == (None, 1, 4)


OVERLAPPING = "duration_band,more_than_1,more,8,2,,, duration_band,1_to_5,some,9,1,5,,"


def test_a_band_that_overlaps_is_made_of_the_stretches_that_it_covers() -> None:
    found = rules(warehouse_of(more_categories=OVERLAPPING))
    of = {name: codes for (of, name), (_, codes) in found.elements.items() if of == "duration_band"}
    assert of["4_to_7"] == {"4..5", "6..7"}
    assert of["1_to_5"] == {"1..1", "2..3", "4..5"}
    assert of["more_than_1"] == of["2_to_3"] | of["4_to_7"] | of["8_to_30"] | of["more_than_30"]
    apart = [codes for name, codes in of.items() if name not in ("more_than_1", "1_to_5")]
    assert found.domain("duration") == frozenset().union(*apart)
    assert sum(map(len, apart)) == len(found.domain("duration"))


def test_a_band_that_overlaps_gives_nothing_away() -> None:
    """More than a day is 20, of which 17 and 3: the 3 is withheld, and another number with it."""
    numbers = {"more_than_1": 20, "2_to_3": 17, "4_to_7": 3, "8_to_30": 0, "more_than_30": 0}
    numbers |= {"same_day": 10, "1_day": 10, "all": 40}
    days = {0: 10, 1: 10, 2: 17, 4: 3}
    facts = [
        fact
        for lasted, count in days.items()
        for fact in occasions(count, ended_on=FIRST + timedelta(days=lasted))
    ]
    tables = []
    for number, (category, value) in enumerate(numbers.items(), start=1):
        asked = table(number, "occasions_missing", None, value)
        population = "all" if category == "all" else f"duration_band:{category}"
        answers = (replace(asked.answers[0], population=population),)
        tables.append(replace(asked, answers=answers))
    _, verdict = judged(facts, *tables, more_categories="duration_band,more_than_1,more,8,2,,,")
    withheld = {figure.conditions for figure in verdict.withheld}
    assert (("duration_band", "4_to_7"),) in withheld
    assert len(verdict.withheld) > 1


def test_the_same_number_in_two_questions_is_withheld_in_both() -> None:
    tables = [table(number, "occasions_missing", None, 3) for number in (1, 2)]
    answer, verdict = judged(occasions(3), *tables)
    shown = protected(answer, verdict)
    assert [each.answers[0].is_withheld for each in shown.tables] == [True, True]
    assert [each.answers[0].value for each in shown.tables] == [None, None]


def test_two_different_numbers_for_one_figure_are_a_fault() -> None:
    with pytest.raises(DataFault, match="two different numbers"):
        judged(
            occasions(30),
            table(1, "occasions_missing", None, 30),
            table(2, "occasions_missing", None, 31),
        )


def test_a_number_that_the_facts_do_not_give_is_a_fault() -> None:
    with pytest.raises(DataFault, match="is 31 in the answers and 30 in the facts"):
        judged(occasions(30), table(1, "occasions_missing", None, 31))


def test_all_of_a_small_group_is_withheld() -> None:
    """Of 9 occasions found, harm is known of all 9: that is told of each of these children."""
    _, verdict = judged(
        occasions(12, was_hurt=True),
        table(1, "occasions_found", None, 12),
        table(2, "occasions_any_harm", None, 12),
    )
    assert not verdict.withheld
    facts = occasions(8)
    _, verdict = judged(
        facts + looked_after(*(each.child_id for each in facts)),
        table(1, "children_looked_after", None, 8),
        table(2, "children_missing", None, 8),
    )
    assert {figure.measure for figure in verdict.withheld} == {"children_missing"}


def test_all_of_a_small_group_are_unaccompanied_however_it_is_asked() -> None:
    """Of 6 children 6 are unaccompanied and 0 are not: neither may be told, of 12 both are."""
    for number, withheld in ((6, {"uasc:yes", "uasc:no"}), (12, set())):
        names = (f"child {place}" for place in range(number))
        _, verdict = judged(
            [replace(each, uasc="yes") for each in looked_after(*names)],
            table(1, "children_looked_after_at_end", "yes", number),
            table(2, "children_looked_after_at_end", "no", 0),
        )
        assert {":".join(figure.conditions[0]) for figure in verdict.withheld} == withheld


def five_each(children: int) -> list[Fact]:
    return [fact for _ in range(children) for fact in of_one_child(occasions(5))]


def test_a_zero_of_a_few_children_picked_by_how_often_is_shown() -> None:
    """The occasions of two children are withheld, that they were never absent is not."""
    tables = [
        table(1, "occasions_missing", None, 10),
        table(2, "occasions_absent", None, 0),
    ]
    picked = [
        replace(each, answers=(replace(each.answers[0], population="times_missing_band:3_to_5"),))
        for each in tables
    ]
    _, verdict = judged(five_each(2), *picked)
    assert {figure.measure for figure in verdict.withheld} == {"occasions_missing"}


def test_an_average_goes_with_what_it_is_worked_out_from() -> None:
    _, verdict = judged(
        five_each(4),
        table(1, "occasions_missing", None, 20),
        table(2, "children_missing", None, 4),
        table(3, "occasions_per_child_missing", None, 5.0),
    )
    assert {figure.measure for figure in verdict.withheld} == {
        "children_missing",
        "occasions_per_child_missing",
    }


def test_an_average_that_gives_a_number_away_is_withheld() -> None:
    """20 occasions and 5.0 for each child say 4 children, though that number is not asked for."""
    _, verdict = judged(
        five_each(4),
        table(1, "occasions_missing", None, 20),
        table(2, "occasions_per_child_missing", None, 5.0),
    )
    assert {figure.measure for figure in verdict.withheld} == {"occasions_per_child_missing"}


# Three responses: the year, its first half, and four months more. What is left of the year is 2.
HALF, REST = date(2017, 9, 30), date(2018, 1, 31)
THIRDS = (
    table(1, "occasions_missing", None, 20),
    table(1, "occasions_missing", None, 11, FIRST, HALF),
    table(1, "occasions_missing", None, 7, HALF + timedelta(days=1), REST),
)


@pytest.fixture
def year() -> duckdb.DuckDBPyConnection:
    """A year whose pieces are those of `THIRDS`."""
    return warehouse_of(
        occasions(11) + occasions(7, day=HALF + timedelta(days=1)) + occasions(2, day=LAST)
    )


def release(year: duckdb.DuckDBPyConnection, number: int, ledger: list[Released]) -> list[Released]:
    answer = response_of((THIRDS[number],), f"foi-{number}")
    verdict = gate.judge(answer, rules(year), year, ledger)
    return released(answer, verdict, date(2018, 7, 16 + number), "0" * 64)


def test_three_responses_that_are_safe_alone_are_not_safe_together(year) -> None:
    for number in range(3):
        value = THIRDS[number].answers[0].value
        assert [(each.low, each.high) for each in release(year, number, [])] == [(value, value)]
    ledger = release(year, 0, [])
    ledger += release(year, 1, ledger)
    assert [each.low for each in ledger] == [each.high for each in ledger] == [20, 11]
    (third,) = release(year, 2, ledger)
    assert third.low is None or third.low < third.high


def test_the_third_is_stopped_if_it_prints_its_number(year, monkeypatch) -> None:
    """The audit does not rely on the search: a choice that withholds nothing does not pass."""
    ledger = release(year, 0, [])
    ledger += release(year, 1, ledger)
    monkeypatch.setattr(gate, "protect", lambda *_, **__: Pattern((), (), 0))
    with pytest.raises(ProtectionFault, match="Nothing was released") as fault:
        release(year, 2, ledger)
    assert fault.value.status == 4


def test_a_planted_unsafe_choice_is_caught_every_time(monkeypatch) -> None:
    """Each figure that the search withholds is printed after all, one at a time."""
    choice = random.Random(1)
    warehouse = warehouse_of()
    found_rules = rules(warehouse)
    search = gate.protect
    planted = 0
    while planted < 60:
        world = random_world(choice)
        answer = response(world, choice.sample(kinds(), 10))
        set_facts(warehouse, facts_of(world))
        monkeypatch.setattr(gate, "protect", search)
        try:
            pattern = gate.judge(answer, found_rules, warehouse, advises=False).pattern
        except ProtectionFault:
            continue
        for left_out in pattern.suppressed:
            weaker = replace(
                pattern,
                suppressed=tuple(cell for cell in pattern.suppressed if cell != left_out),
                secondary=tuple(cell for cell in pattern.secondary if cell != left_out),
            )
            monkeypatch.setattr(gate, "protect", lambda *_, weaker=weaker, **__: weaker)
            with pytest.raises(ProtectionFault):
                gate.judge(answer, found_rules, warehouse, advises=False)
            planted += 1


def test_a_number_that_contradicts_the_ledger_is_told_with_both_days() -> None:
    before, verdict = judged(occasions(43), table(1, "occasions_missing", None, 43))
    ledger = released(before, verdict, date(2017, 7, 1), "0" * 64)
    now, verdict = judged(occasions(44), table(1, "occasions_missing", None, 44), ledger=ledger)
    (revision,) = verdict.revisions
    assert (revision.released_on, revision.low) == (date(2017, 7, 1), 43)
    shown = protected(now, verdict)
    assert shown.tables[0].answers[0].note == "Revised since 1 July 2017."
    assert "Revised since 1 July 2017." in shown.notes_used
    _, verdict = judged(occasions(43), *before.tables, ledger=ledger)
    assert not verdict.revisions


def test_a_figure_withheld_before_stays_withheld() -> None:
    """A later response, in which it would need no cover, must not bring it to light."""
    facts = seeking_asylum(18, 2)
    first, verdict = judged(
        facts,
        table(1, "occasions_missing", None, 20),
        table(2, "occasions_missing", "yes", 18),
    )
    ledger = released(first, verdict, date(2018, 7, 16), "0" * 64)
    (hidden,) = verdict.withheld
    again = next(each for each in first.tables if each.answers[0].value == verdict.printed[hidden])
    _, later = judged(facts, again, ledger=ledger)
    assert later.withheld == {hidden}


def test_what_cannot_be_protected_names_the_table_that_is_in_the_way() -> None:
    """Six occasions are public, so a number of the others in 5 to 6 gives both groups.

    Nothing but the one who is left makes it a range, so a reader knows that it is not 6.
    """
    facts = seeking_asylum(1, 5)
    total, verdict = judged(facts, table(1, "occasions_missing", None, 6))
    ledger = released(total, verdict, date(2018, 7, 16), "0" * 64)
    split = (table(1, "occasions_missing", "yes", 1), table(2, "occasions_missing", "no", 5))
    with pytest.raises(ProtectionFault) as fault:
        judged(facts, *split, ledger=ledger)
    said = " ".join(fault.value.sentences)
    assert "Without Question 2 it could be." in said


def test_too_many_numbers_to_reason_about_are_refused_and_not_tried(database: Path) -> None:
    """How often children were missing, in parts of a year and of each other: 35,000 numbers."""
    placed = "legal_status:placement_order"
    year, quarters = (
        ("financial_year", "2017/18", "2017/18"),
        ("quarter", "2017/18 Q3", "2017/18 Q4"),
    )
    asked = [
        Question("occasions_still_missing", "times_missing_band", *each)
        for each in (
            *(("all", *year), (placed, *year)),
            *((f"{placed}&sex:female", *year), (placed, *quarters)),
        )
    ]
    once = "times_missing_band:once&quarter:2017/18 Q3"
    asked += [Question("occasions_found", each, once, *year) for each in ("ethnic_group", "sex")]
    with ask(database, *asked) as connection:
        answer = read_response(connection, TRY_OUT)
        with pytest.raises(ProtectionFault, match="ethnic_group, sex, times_missing_band"):
            gate.judge(answer, read_rules(connection, date(2018, 7, 16)), connection, advises=False)


@pytest.mark.parametrize("seed", [3, 11, 14, 18, 22, 39])
def test_random_requests_about_the_demonstration(seed: int, database: Path) -> None:
    """The relations that the rules give are true of counted numbers, whatever is asked for."""
    choice = random.Random(seed)
    returns = read_returns(CHECKOUT / "seeds" / "extracts")
    asked = [
        Question(**{field.name: question[field.name] for field in fields(Question)})
        for question in random_questions(choice, returns, choice.randint(2, 8))
    ]
    with ask(database, *asked) as connection:
        answer = read_response(connection, TRY_OUT)
        found_rules = read_rules(connection, date(2018, 7, 16))
        verdict = gate.judge(answer, found_rules, connection, advises=False)
    shown = protected(answer, verdict)
    for whole, safe in zip(answer.tables, shown.tables, strict=True):
        for before, after in zip(whole.answers, safe.answers, strict=True):
            is_count = before.unit in ("occasions", "children")
            if is_count and before.value is not None and 1 <= before.value <= 4:
                assert after.is_withheld
            assert after.value in (None, before.value)
            assert not (after.is_withheld and before.value == 0)
            assert not after.is_range or after.low <= before.value <= after.high


def test_children_who_are_not_looked_after_are_a_part_of_all_that_are_known() -> None:
    """Of 20 that are known 17 are looked after: of the 3 others nothing is told, nor of the 17."""
    facts = occasions(17) + occasions(3, care="not_looked_after")
    tables = []
    for number, (value, population) in enumerate(
        [(17, "all"), (20, "care:looked_after|not_looked_after")], start=1
    ):
        asked = table(number, "occasions_missing", None, value)
        answers = (replace(asked.answers[0], population=population),)
        tables.append(replace(asked, answers=answers))
    _, verdict = judged(facts, *tables)
    assert verdict.withheld
    _, verdict = judged(facts, tables[0])
    assert not verdict.withheld


def test_over_24_hours_is_a_part_of_over_a_day() -> None:
    """Of 20 that ended on a later day 17 lasted over 24 hours: of the 3 others nothing is told."""
    facts = occasions(17, hours_missing=30) + occasions(3, hours_missing=20)
    days = "duration_band:1_day|2_to_3|4_to_7|8_to_30|more_than_30"
    hours = "hours_band:over_24_to_48|over_48_to_72|over_72"
    tables = []
    for number, (value, population) in enumerate([(20, days), (17, hours)], start=1):
        asked = table(number, "occasions_missing", None, value)
        answers = (replace(asked.answers[0], population=population),)
        tables.append(replace(asked, answers=answers))
    _, verdict = judged(facts, *tables)
    assert verdict.withheld
    for each in tables:
        _, verdict = judged(facts, each)
        assert not verdict.withheld


def test_who_had_not_been_missing_before_is_what_the_later_months_add() -> None:
    """Of 24 children 20 were missing in the first months: 4 had not been before the others."""
    later = date(2017, 10, 1)
    first = occasions(20)
    again = [replace(each, from_day=later, to_day=later, ended_on=later) for each in first[:3]]
    facts = first + again + occasions(4, day=later)
    new = table(3, "children_missing", None, 4, later)
    new = replace(new, answers=(replace(new.answers[0], population="missing_before:first_time"),))
    tables = [
        table(1, "children_missing", None, 20, FIRST, later - timedelta(days=1)),
        table(2, "children_missing", None, 24),
        new,
    ]
    warehouse = warehouse_of(facts)
    warehouse.execute("insert into dim_financial_years values ('2017/18', ?, ?)", [FIRST, LAST])
    for asked, is_more_withheld in ((tables, True), (tables[1:], False)):
        verdict = gate.judge(response_of(asked), rules(warehouse), warehouse, [])
        assert (len(verdict.withheld) > 1) == is_more_withheld


@pytest.mark.parametrize(("number", "is_withheld"), [(9, True), (10, False)])
def test_a_group_of_exactly_the_policys_size_is_small(number: int, is_withheld: bool) -> None:
    """Of 9 children who are looked after all went missing; of 10 it may be told."""
    facts = occasions(number)
    _, verdict = judged(
        facts + looked_after(*(each.child_id for each in facts)),
        table(1, "children_looked_after", None, number),
        table(2, "children_missing", None, number),
    )
    assert bool(verdict.withheld) is is_withheld


@pytest.mark.parametrize(("children", "is_withheld"), [(4, True), (5, False)])
def test_the_longest_is_shown_where_more_children_than_the_group_size_reached_its_band(
    children: int, is_withheld: bool
) -> None:
    _, verdict = judged(
        occasions(children, ended_on=FIRST + timedelta(days=9)),
        table(1, "longest_duration_days", None, 9),
    )
    assert bool(verdict.withheld) is is_withheld


def test_a_row_of_the_policy_holds_on_its_first_and_its_last_day() -> None:
    warehouse = warehouse_of()
    warehouse.execute(
        "update suppression_policy set valid_from = '2018-06-01', valid_to = '2018-06-30'"
    )
    for day in (date(2018, 6, 1), date(2018, 6, 30)):
        assert read_rules(warehouse, day).interval("occasions_missing") == (1, 4)
    for day in (date(2018, 5, 31), date(2018, 7, 1)):
        with pytest.raises(DataFault, match="no row `all` in force"):
            read_rules(warehouse, day)


def test_what_was_open_on_a_day_stands_beside_the_months_in_which_it_began() -> None:
    """Released before, it shares no day with the spring."""
    day, spring = date(2018, 3, 31), (FIRST, date(2017, 6, 30))
    figure = replace(
        figure_named("occasions_still_missing"), first_day=day, last_day=day, is_snapshot=True
    )
    earlier = [Released(day, "earlier", "released", "0" * 64, figure, 12.0, 12.0, 12.0)]
    facts = occasions(20) + occasions(12, ended_on=None)
    _, verdict = judged(facts, table(1, "occasions_missing", None, 32, *spring), ledger=earlier)
    assert figure in verdict.statement.cells
