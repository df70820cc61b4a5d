"""Every relation of the model is needed: without it, a response gives a number away.

Each case is a small world, what is asked of it, and one thing that the gate does not know any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import duckdb
import pytest

from attacker import attacking
from missing_from_care.disclosure import gate
from missing_from_care.disclosure.statement import state
from missing_from_care.disclosure.verdict import protected
from missing_from_care.faults import ProtectionFault
from missing_from_care.response.answers import Response
from published_figures import Finding
from small_worlds import (
    Fact,
    occasions,
    of_one_child,
    response_of,
    rules,
    table,
    warehouse_of,
)

DAY = timedelta(days=1)
YEAR = (date(2017, 4, 1), date(2018, 3, 31))
BEFORE = (date(2016, 4, 1), date(2017, 3, 31))
FIRST_HALF = (date(2017, 4, 1), date(2017, 9, 30))
SECOND_HALF = (date(2017, 10, 1), date(2018, 3, 31))
AT_END = (date(2018, 3, 31), date(2018, 3, 31))
# Measure, population, number, first and last day.
Row = tuple[str, str, float, date, date]


def children(count: int, times: int = 1, **words: object) -> list[Fact]:
    """So many children with so many occasions each."""
    return [fact for _ in range(count) for fact in of_one_child(occasions(times, **words))]


def in_care(count: int, **words: object) -> list[Fact]:
    """So many children looked after all the year."""
    facts = occasions(count, **words)
    return [
        replace(
            each,
            from_day=YEAR[0],
            to_day=words.get("to_day", YEAR[1]),
            ended_on=None,
            counts_as=None,
            fact="care",
        )
        for each in facts
    ]


def answered(rows: Iterable[Row]) -> Response:
    """A response that prints these figures, each a table of its own; one day is a snapshot."""
    tables = []
    for number, (measure, population, value, *period) in enumerate(rows, start=1):
        first, last = period or YEAR
        asked = table(number, measure, None, value, first, last)
        basis = "snapshot" if first == last else "range"
        answer = replace(asked.answers[0], population=population, period_basis=basis)
        tables.append(replace(asked, answers=(answer,)))
    return response_of(tuple(tables))


def world(facts: Iterable[Fact]) -> duckdb.DuckDBPyConnection:
    """A warehouse of a council that counts nothing as absent from 1 April 2017."""
    warehouse = warehouse_of(facts)
    warehouse.execute(
        "create or replace table int_definitions as select * from (values "
        "('x', null, date '2017-03-31', 'missing', 'absent'), "
        "('x', date '2017-04-01', null, 'missing', 'missing')) "
        "as told (la_code, valid_from, valid_to, missing_counts_as, absent_counts_as)"
    )
    return warehouse


@dataclass(frozen=True)
class Case:
    """A world, what is asked of it, and what gives a number away.

    Attributes:
        kind: of relation that is left out.
        facts: what happened.
        rows: what is asked.
    """

    kind: str
    facts: list[Fact]
    rows: list[Row]


MALE, FEMALE = {"sex": "male"}, {"sex": "female"}
CASES = {
    "two tables of occasions have one total": Case(
        "tables agree",
        occasions(12, **MALE, uasc="yes") + occasions(5, **MALE) + occasions(3, **FEMALE),
        [
            ("occasions_missing", "sex:male", 17),
            ("occasions_missing", "sex:female", 3),
            ("occasions_missing", "sex:not_known", 0),
            ("occasions_missing", "uasc:yes", 12),
            ("occasions_missing", "uasc:no", 8),
        ],
    ),
    "two tables of children have one total": Case(
        "tables agree",
        children(12, **MALE, ethnic_group="white")
        + children(5, **MALE, ethnic_group="black")
        + children(3, **FEMALE, ethnic_group="black"),
        [
            ("children_missing", "sex:male", 17),
            ("children_missing", "sex:female", 3),
            ("children_missing", "sex:not_known", 0),
            ("children_missing", "ethnic_group:white", 12),
            ("children_missing", "ethnic_group:black", 8),
            *(
                ("children_missing", f"ethnic_group:{name}", 0)
                for name in ("mixed", "asian", "other", "not_known")
            ),
        ],
    ),
    "missing in half a year is missing in the year": Case(
        "a part of another",
        children(19, **MALE) + children(1, **FEMALE),
        [
            ("children_missing", "all", 20),
            ("children_missing", "sex:female", 1),
            ("children_missing", "sex:male", 19, *FIRST_HALF),
        ],
    ),
    "looked after at the end is looked after in the year": Case(
        "looked after at the end",
        in_care(19, **MALE) + in_care(1, **FEMALE),
        [
            ("children_looked_after", "all", 20),
            ("children_looked_after", "sex:female", 1),
            ("children_looked_after_at_end", "sex:male", 19),
        ],
    ),
    "two halves are a year": Case(
        "parts cover a whole",
        children(16) + children(4, day=SECOND_HALF[0]),
        [
            ("children_missing", "all", 20),
            ("children_missing", "all", 16, *FIRST_HALF),
            ("children_missing", "all", 4, *SECOND_HALF),
        ],
    ),
    "a child has one open occasion": Case(
        "one open occasion a child",
        occasions(17, **MALE, ended_on=None) + occasions(3, **FEMALE, ended_on=None),
        [
            ("occasions_missing", "all", 20, *AT_END),
            ("children_missing", "sex:male", 17, *AT_END),
            ("children_missing", "sex:female", 3, *AT_END),
            ("children_missing", "sex:not_known", 0, *AT_END),
        ],
    ),
    "no more children than occasions": Case(
        "an occasion for each child",
        occasions(19, **MALE) + occasions(1, **FEMALE),
        [
            ("occasions_missing", "all", 20),
            ("occasions_missing", "sex:female", 1),
            ("children_missing", "sex:male", 19),
        ],
    ),
    "once is no more than one occasion": Case(
        "a child for its occasions",
        children(17, **MALE) + children(3, **FEMALE),
        [
            ("occasions_missing", "times_missing_band:once", 20),
            ("children_missing", "times_missing_band:once&sex:male", 17),
            ("children_missing", "times_missing_band:once&sex:female", 3),
            ("children_missing", "times_missing_band:once&sex:not_known", 0),
        ],
    ),
    "nobody was absent since": Case(
        "definitions",
        children(17, **MALE) + children(3, **FEMALE),
        [
            ("children_missing", "all", 20),
            ("children_missing_or_absent", "sex:male", 17),
            ("children_missing_or_absent", "sex:female", 3),
            ("children_missing_or_absent", "sex:not_known", 0),
        ],
    ),
    "nobody is not known to seek asylum": Case(
        "empty categories",
        occasions(10, **MALE, uasc="yes") + occasions(7, uasc="yes") + occasions(3),
        [
            ("occasions_missing", "sex:male", 10),
            ("occasions_missing", "sex:female", 0),
            ("occasions_missing", "sex:not_known", 10),
            ("occasions_missing", "uasc:yes", 17),
            ("occasions_missing", "uasc:no", 3),
        ],
    ),
    "girls are all but boys": Case(
        "differences",
        occasions(18, **MALE) + occasions(2, **FEMALE),
        [
            ("occasions_missing", "all", 20),
            ("occasions_missing", "sex:male", 18),
        ],
    ),
}


def found_out(case: Case) -> list[Finding] | None:
    """What readers find out of the response to a case; None if it is stopped."""
    warehouse = world(case.facts)
    response = answered(case.rows)
    try:
        verdict = gate.judge_as_it_is(response, rules(warehouse), warehouse)
    except ProtectionFault as fault:
        print(*fault.sentences)
        return None
    found = attacking([protected(response, verdict)]).result()
    return [each for each in found if each.verdict not in ("protected", "idle")]


@pytest.mark.parametrize("name", CASES)
def test_with_the_whole_model_nothing_is_found_out(name: str) -> None:
    assert not found_out(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_without_a_relation_a_number_is_found_out(name: str, monkeypatch) -> None:
    without = frozenset({CASES[name].kind})
    monkeypatch.setattr(gate, "state", partial(state, without=without))
    found = found_out(CASES[name])
    print(name, *map(str, found or ["stopped"]), sep="\n")
    assert [each for each in found or () if each.verdict == "leak"]
