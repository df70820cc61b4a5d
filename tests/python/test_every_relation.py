"""Every relation of the model is needed: without it, a response gives a number away.

Each case is a small world, what is asked of it, and one thing that the gate does not know any more.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from attacker import attacking
from missing_from_care.base.faults import ProtectionFault
from missing_from_care.disclosure import gate, largest, relations, statement
from missing_from_care.disclosure.forms import Event
from missing_from_care.disclosure.gate import protected
from missing_from_care.disclosure.relations import _Builder
from missing_from_care.response.answers import Response
from published_figures import Finding
from small_worlds import Fact, occasions, of_one_child, response_of, rules, table, warehouse_of

YEAR = (date(2017, 4, 1), date(2018, 3, 31))
BEFORE = (date(2016, 4, 1), date(2017, 3, 31))
BOTH = (BEFORE[0], YEAR[1])
FIRST_HALF = (date(2017, 4, 1), date(2017, 9, 30))
SECOND_HALF = (date(2017, 10, 1), date(2018, 3, 31))
FROM_JULY = (date(2017, 7, 1), date(2018, 3, 31))
JULY_TO_SEPTEMBER = (date(2017, 7, 1), date(2017, 9, 30))
IN_FEBRUARY = (date(2018, 2, 28), date(2018, 2, 28))
AT_END = (date(2018, 3, 31), date(2018, 3, 31))
# Measure, population, number, first and last day.
Row = tuple


def children(count: int, times: int = 1, **words: object) -> list[Fact]:
    """So many children with so many occasions each."""
    return [fact for _ in range(count) for fact in of_one_child(occasions(times, **words))]


def in_care(facts: Iterable[Fact], to_day: date = YEAR[1]) -> list[Fact]:
    """Care from 1 April 2017 of the children of some facts, one fact a child."""
    care = {"fact": "care", "counts_as": None, "from_day": YEAR[0], "to_day": to_day}
    return [replace(each, ended_on=None, **care) for each in facts]


def answered(rows: Iterable[Row]) -> Response:
    """A response that prints these figures, each a table of its own; one day is a snapshot.

    What stands after "by" in a population is a row of a breakdown.
    """
    tables = []
    for number, (measure, population, value, *period) in enumerate(rows, start=1):
        first, last = period or YEAR
        asked = table(number, measure, None, value, first, last)
        basis = "snapshot" if first == last else "range"
        of, _, row = population.partition(" by ")
        breakdown, _, category = row.partition(":")
        answer = replace(asked.answers[0], population=of, period_basis=basis)
        if row:
            answer = replace(answer, breakdown=breakdown, category=category)
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
    """A world, what is asked of it, and what the gate does not know any more.

    Attributes:
        forgotten: a kind of relation, or what is put in the place of something.
        facts: what happened.
        rows: what is asked.
    """

    forgotten: str | tuple[object, str, object]
    facts: list[Fact]
    rows: list[Row]


def forgetting(kind: str) -> tuple[object, str, object]:
    """A builder that knows nothing of one kind."""

    def know(self: _Builder, of: str, *what: object, **more: object) -> None:
        if of != kind:
            KNOW(self, of, *what, **more)

    return _Builder, "_know", know


def no(*_: object) -> bool:
    return False


def nothing(*_: object) -> list:
    return []


def no_overlap(self: _Builder, events: list[Event]) -> list:
    """The coverings without those that tell what two parts have in common."""
    return [each for each in COVERINGS(self, events) if each[2] is None]


KNOW, COVERINGS, OFTEN = _Builder._know, _Builder._coverings, _Builder._often
MALE, FEMALE = {"sex": "male"}, {"sex": "female"}


def by_sex(measure: str, male: int, female: int, *period: date, also: str = "") -> list[Row]:
    """A figure of boys, of girls and of nobody else."""
    numbers = {"male": male, "female": female, "not_known": 0}
    return [(measure, f"{also}sex:{name}", number, *period) for name, number in numbers.items()]


def boys_and_girls(count: int, girls: int, **words: object) -> list[Fact]:
    """Children with an occasion each."""
    return occasions(count, **MALE, **words) + occasions(girls, **FEMALE, **words)


def by_ethnic_group(of: str, **numbers: int) -> list[Row]:
    """Children missing by ethnic group, none of those that are not named."""
    names = ("white", "mixed", "asian", "black", "other", "not_known")
    also = "" if of == "all" else f"{of}&"
    return [
        ("children_missing", f"{also}ethnic_group:{name}", numbers.get(name, 0)) for name in names
    ]


GIRL = boys_and_girls(19, 1)
OPEN_GIRL = boys_and_girls(19, 1, ended_on=None)
THREE_GIRLS = boys_and_girls(17, 3)
CASES = {
    "two tables of occasions have one total": Case(
        "tables agree",
        boys_and_girls(12, 0, uasc="yes") + boys_and_girls(5, 3),
        [
            *by_sex("occasions_missing", 17, 3),
            ("occasions_missing", "uasc:yes", 12),
            ("occasions_missing", "uasc:no", 8),
        ],
    ),
    "two tables of children have one total": Case(
        "tables agree",
        boys_and_girls(12, 0, ethnic_group="white") + boys_and_girls(5, 3, ethnic_group="black"),
        [
            *by_sex("children_missing", 17, 3),
            ("children_missing", "ethnic_group:white", 12),
            ("children_missing", "ethnic_group:black", 8),
            *(
                ("children_missing", f"ethnic_group:{name}", 0)
                for name in ("mixed", "asian", "other", "not_known")
            ),
        ],
    ),
    "two tables of children on a day have one total": Case(
        "tables agree",
        in_care(boys_and_girls(12, 0, uasc="yes") + boys_and_girls(5, 3)),
        [
            *by_sex("children_looked_after_at_end", 17, 3),
            ("children_looked_after_at_end", "uasc:yes", 12),
            ("children_looked_after_at_end", "uasc:no", 8),
        ],
    ),
    "who was missing once is in one month alone": Case(
        "an occasion for each child",
        [*children(5, day=date(2017, 4, 10)), *children(1, day=date(2017, 10, 10))],
        [
            ("children_missing", "all", 6),
            ("children_missing", "times_missing_band:once by month:2017-04", 5),
            ("children_missing", "times_missing_band:once by month:2017-10", 1),
        ],
    ),
    "missing in half a year is missing in the year": Case(
        "a part of another",
        GIRL,
        [
            ("children_missing", "all", 20),
            ("children_missing", "sex:female", 1),
            ("children_missing", "sex:male", 19, *FIRST_HALF),
        ],
    ),
    "who is missing is looked after": Case(
        "a part of another",
        GIRL + in_care(GIRL),
        [
            ("children_looked_after", "all", 20),
            ("children_looked_after", "sex:female", 1),
            ("children_missing", "sex:male", 19),
        ],
    ),
    "what is open in March was open in February": Case(
        (Event, "_is_still_so_on", lambda self, other: self.on_day == other.on_day),
        OPEN_GIRL,
        [
            ("children_missing", "all", 20, *IN_FEBRUARY),
            ("children_missing", "sex:female", 1, *IN_FEBRUARY),
            ("children_missing", "duration_band:more_than_30&sex:male", 19, *AT_END),
        ],
    ),
    "looked after at the end is looked after in the year": Case(
        "looked after at the end",
        in_care(GIRL),
        [
            ("children_looked_after", "all", 20),
            ("children_looked_after", "sex:female", 1),
            ("children_looked_after_at_end", "sex:male", 19),
        ],
    ),
    "occasions of boys are told by quarter where boys missing are": Case(
        (relations, "_of", lambda *_: {}),
        GIRL,
        [
            ("occasions_missing", "all", 20),
            ("occasions_missing", "sex:female", 1),
            ("children_missing", "sex:male", 19, *FIRST_HALF),
        ],
    ),
    "two halves are a year": Case(
        "parts cover a whole",
        occasions(16) + occasions(4, day=SECOND_HALF[0]),
        [
            ("children_missing", "all", 20),
            ("children_missing", "all", 16, *FIRST_HALF),
            ("children_missing", "all", 4, *SECOND_HALF),
        ],
    ),
    "in each half those in care are UASC or not, where no occasion is told": Case(
        "parts cover a whole",
        in_care(occasions(16, uasc="yes") + occasions(4)),
        [
            (measure, of, number, *half)
            for half in (FIRST_HALF, SECOND_HALF)
            for measure, of, number in (
                ("children_looked_after", "all", 20),
                ("children_looked_after", "uasc:yes", 16),
                ("children_looked_after", "uasc:no", 4),
            )
        ],
    ),
    "missing or absent is one of the two": Case(
        "parts cover a whole",
        occasions(16, day=BEFORE[0]) + occasions(4, day=BEFORE[0], counts_as="absent"),
        [
            ("children_missing_or_absent", "all", 20, *BEFORE),
            ("children_missing", "all", 16, *BEFORE),
            ("children_absent", "all", 4, *BEFORE),
        ],
    ),
    "two stretches that overlap are a year": Case(
        "parts cover a whole",
        occasions(16) + occasions(4, day=SECOND_HALF[0]),
        [
            ("children_missing", "all", 20),
            ("children_missing", "all", 16, *FIRST_HALF),
            ("children_missing", "all", 4, *FROM_JULY),
        ],
    ),
    "two stretches have at least what they have in common": Case(
        (_Builder, "_coverings", no_overlap),
        occasions(14) + occasions(1, day=JULY_TO_SEPTEMBER[0]) + occasions(5, day=SECOND_HALF[0]),
        [
            ("children_missing", "all", 20),
            ("children_missing", "all", 15, *FIRST_HALF),
            ("children_missing", "all", 6, *FROM_JULY),
            ("children_missing", "all", 1, *JULY_TO_SEPTEMBER),
        ],
    ),
    "a child has one open occasion": Case(
        "one open occasion a child",
        boys_and_girls(17, 3, ended_on=None),
        [
            ("occasions_missing", "all", 20, *AT_END),
            *by_sex("children_missing", 17, 3, *AT_END),
        ],
    ),
    "a child is still missing once": Case(
        "one open occasion a child",
        boys_and_girls(19, 0, ended_on=None) + boys_and_girls(0, 1),
        [
            ("children_missing", "all", 20),
            ("children_missing", "sex:female", 1),
            ("occasions_still_missing", "all", 19),
            ("occasions_still_missing", "sex:female", 0),
        ],
    ),
    "no more children than occasions": Case(
        "an occasion for each child",
        GIRL,
        [
            ("occasions_missing", "all", 20),
            ("occasions_missing", "sex:female", 1),
            ("children_missing", "sex:male", 19),
        ],
    ),
    "twice is at least two occasions": Case(
        (_Builder, "_often", lambda *known: (1.0, OFTEN(*known)[1])),
        children(17) + children(1, 2),
        [
            ("occasions_missing", "all", 19),
            ("children_missing", "all", 18),
            ("children_missing_more_than_once", "all", 1),
        ],
    ),
    "once is no more than one occasion": Case(
        (_Builder, "_often", lambda *known: (OFTEN(*known)[0], 1000.0)),
        THREE_GIRLS,
        [
            ("occasions_missing", "times_missing_band:once", 20),
            *by_sex("children_missing", 17, 3, also="times_missing_band:once&"),
        ],
    ),
    "no occasions of no children": Case(
        "a child for its occasions",
        occasions(12, uasc="yes") + occasions(5) + occasions(3, **MALE),
        [
            ("occasions_missing", "sex:not_known", 17),
            ("occasions_missing", "sex:male", 3),
            ("children_missing", "sex:female", 0),
            ("occasions_missing", "uasc:yes", 12),
            ("occasions_missing", "uasc:no", 8),
        ],
    ),
    "how often bounds the occasions of girls": Case(
        (_Builder, "_by_how_often", nothing),
        children(4, **FEMALE) + children(1, 2, **FEMALE) + children(4, 3, **FEMALE),
        [
            ("children_missing", "sex:female", 9),
            ("occasions_missing", "sex:female", 18),
            ("occasions_missing", "times_missing_band:twice", 2),
            ("children_missing", "times_missing_band:once", 4),
        ],
    ),
    "more than once in half a year is more than once in the year": Case(
        (relations, "_nested", nothing),
        children(19, 2, **MALE) + children(1, 2, **FEMALE),
        [
            ("children_missing_more_than_once", "all", 20),
            ("children_missing_more_than_once", "sex:female", 1),
            ("children_missing_more_than_once", "sex:male", 19, *FIRST_HALF),
        ],
    ),
    "nobody was missing more than once": Case(
        "a child for its occasions",
        [*children(5, day=date(2017, 4, 10)), *children(1, day=date(2017, 10, 10))],
        [
            ("children_missing_more_than_once", "all", 0),
            ("children_missing", "all", 6),
            ("children_missing", "all", 5, *FIRST_HALF),
            ("children_missing", "all", 1, *SECOND_HALF),
        ],
    ),
    "children were not absent since 2017": Case(
        (_Builder, "_without_definition", lambda _, form: form),
        THREE_GIRLS,
        [
            ("children_missing", "all", 20),
            *by_sex("children_missing_or_absent", 17, 3),
        ],
    ),
    "no occasions were absent since 2017": Case(
        (_Builder, "_is_absent_by_definition", no),
        occasions(12)
        + occasions(5, day=BEFORE[0])
        + occasions(3, day=BEFORE[0], counts_as="absent"),
        [
            ("occasions_missing_or_absent", "all", 12),
            ("occasions_missing", "all", 17, *BOTH),
            ("occasions_missing_or_absent", "all", 8, *BEFORE),
            ("occasions_absent", "all", 3, *BEFORE),
        ],
    ),
    "who was hurt was harmed": Case(
        (_Builder, "_is_impossible_harm", no),
        boys_and_girls(19, 1, was_hurt=True),
        [
            ("occasions_any_harm", "all", 20),
            ("occasions_any_harm", "sex:female", 1),
            ("occasions_hurt", "sex:male", 19),
        ],
    ),
    "who was harmed was harmed in one of four ways": Case(
        (_Builder, "_is_impossible_harm", no),
        boys_and_girls(5, 15, was_hurt=True),
        [
            ("occasions_any_harm", "all", 20),
            ("occasions_any_harm", "sex:male", 5),
            ("occasions_any_harm", "sex:not_known", 0),
            ("occasions_hurt", "sex:female", 15),
            ("occasions_sexually_harmed", "sex:female", 0),
            ("occasions_drug_sale", "sex:female", 0),
            ("occasions_crime", "sex:female", 0),
        ],
    ),
    "an interview that was declined was offered": Case(
        (relations, "IMPLIED", ()),
        boys_and_girls(19, 1, is_interview_offered=True, is_interview_declined=True),
        [
            ("occasions_interview_offered", "all", 20),
            ("occasions_interview_offered", "sex:female", 1),
            ("occasions_interview_declined", "sex:male", 19),
        ],
    ),
    "who is still missing is missing at the end": Case(
        (_Builder, "_is_never_open", no),
        OPEN_GIRL,
        [
            ("occasions_missing", "all", 20, *AT_END),
            ("occasions_missing", "sex:female", 1, *AT_END),
            ("occasions_still_missing", "sex:male", 19),
        ],
    ),
    "an occasion that is open in March was open in February": Case(
        (_Builder, "_is_never_open", no),
        OPEN_GIRL,
        [
            ("occasions_missing", "all", 20, *IN_FEBRUARY),
            ("occasions_missing", "sex:female", 1, *IN_FEBRUARY),
            ("occasions_missing", "duration_band:more_than_30&sex:male", 19, *AT_END),
        ],
    ),
    "what definitions tie stands in one table": Case(
        (_Builder, "_tied", nothing),
        OPEN_GIRL,
        [
            ("occasions_missing", "all", 20, *AT_END),
            ("occasions_missing", "sex:female", 1, *AT_END),
            ("occasions_still_missing", "sex:male", 19),
        ],
    ),
    "nobody is not known to seek asylum": Case(
        (_Builder, "_is_unlikely", no),
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
        (statement._Stating, "_rests", nothing),
        boys_and_girls(18, 2),
        [("occasions_missing", "all", 20), ("occasions_missing", "sex:male", 18)],
    ),
    "an average": Case(
        (statement._Stating, "_of_share", nothing),
        children(17, 3, **MALE) + children(3, 3, **FEMALE),
        [
            ("occasions_missing", "all", 60),
            ("occasions_per_child_missing", "all", 3.0),
            *by_sex("children_missing", 17, 3),
        ],
    ),
    "a small group that nothing prints is added up": Case(
        (statement, "_wholes", nothing),
        children(3, **MALE, ethnic_group="white") + children(12, **FEMALE, ethnic_group="asian"),
        [
            *by_ethnic_group("all", white=3, asian=12),
            *by_ethnic_group("sex:male", white=3),
        ],
    ),
    "nobody is left of a small group": Case(
        (statement._Stating, "_rests_of", nothing),
        THREE_GIRLS + in_care(THREE_GIRLS),
        [
            ("children_missing", "all", 20),
            ("children_looked_after", "all", 20),
            *by_sex("children_missing", 17, 3),
            *by_sex("children_looked_after", 17, 3),
        ],
    ),
    "the longest of all is the longest of a part": Case(
        (largest, "_giving_away", lambda *_: set()),
        occasions(10, **MALE, ended_on=date(2017, 4, 11))
        + occasions(1, **FEMALE, ended_on=date(2017, 4, 14)),
        [
            ("longest_duration_days", "all", 13),
            ("longest_duration_days", "sex:male", 10),
            ("longest_duration_days", "sex:female", 13),
            ("occasions_found", "sex:not_known", 0),
        ],
    ),
}


def found_out(case: Case) -> list[Finding]:
    """What readers find out of the response to a case; nothing if it is stopped."""
    warehouse = world(case.facts)
    response = answered(case.rows)
    try:
        verdict = gate.judge(response, rules(warehouse), warehouse, advises=False)
    except ProtectionFault:
        return []
    found = attacking([protected(response, verdict)]).result()
    return [each for each in found if each.verdict not in ("protected", "idle")]


@pytest.mark.parametrize("name", CASES)
def test_with_the_whole_model_nothing_is_found_out(name: str) -> None:
    assert not [str(each) for each in found_out(CASES[name])]


@pytest.mark.parametrize("name", CASES)
def test_without_a_relation_a_number_is_found_out(name: str, monkeypatch) -> None:
    forgotten = CASES[name].forgotten
    if isinstance(forgotten, str):
        forgotten = forgetting(forgotten)
    monkeypatch.setattr(*forgotten)
    assert [each for each in found_out(CASES[name]) if each.verdict == "leak"]


def test_who_is_in_care_at_the_end_of_a_day_is_so_on_the_next() -> None:
    """20 from July, one a girl, and 19 boys at the end of June: the attacker does not know this."""
    facts = in_care(GIRL)
    warehouse = world(facts)
    response = answered(
        [
            ("children_looked_after", "all", 20, *FROM_JULY),
            ("children_looked_after", "sex:female", 1, *FROM_JULY),
            ("children_looked_after_at_end", "sex:male", 19, YEAR[0], date(2017, 6, 30)),
        ]
    )
    verdict = gate.judge(response, rules(warehouse), warehouse, advises=False)
    assert len(verdict.withheld) > 1


def test_there_are_as_many_children_as_groups_with_occasions() -> None:
    """1 to 4 children and occasions in four ethnic groups are 4 children: nothing can hide that."""
    groups = ("white", "black", "asian", "other")
    warehouse = world([fact for name in groups for fact in children(1, 5, ethnic_group=name)])
    rows = [("occasions_missing", f"ethnic_group:{name}", 5) for name in groups]
    response = answered([("children_missing", "all", 4), *rows])
    with pytest.raises(ProtectionFault, match="cannot be protected"):
        gate.judge(response, rules(warehouse), warehouse, advises=False)


def test_the_council_of_everybody_is_no_condition() -> None:
    """4 of 51 are still missing: found less missing tells it, whether a council is named or not."""
    warehouse = world(occasions(47) + occasions(4, ended_on=None))
    (council,) = rules(warehouse).domain("council")
    response = answered(
        [
            ("occasions_missing", "all", 51),
            ("occasions_found", f"council:{council}", 47),
        ]
    )
    verdict = gate.judge(response, rules(warehouse), warehouse, advises=False)
    assert verdict.withheld


def test_the_problem_is_stated_alike_in_every_process() -> None:
    """Places of cells are drawn on for the choice, so they may not hang on how Python hashes."""
    here = Path(__file__).parent
    code = (
        "import test_every_relation as t;"
        "w = t.world(t.children(3, sex='male', ethnic_group='white', uasc='yes'));"
        "r = t.answered([('children_missing', 'sex:male&ethnic_group:white&uasc:yes', 3)]);"
        "v = t.gate.judge(r, t.rules(w), w);"
        "print([(str(node), at) for node, at in v.statement.cells.items()])"
    )
    path = os.pathsep.join(map(str, (here, here.parents[1] / "scripts")))
    stated = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(stated) == 1
