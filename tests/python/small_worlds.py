"""Responses about a few occasions, and an attacker who tries every table that could be behind them.

He shares no code with the program. He knows what each printed figure counts, the rule that 1 to 4
are withheld and zeros shown, and lists all tables of single groups that give what is printed.
"""

import itertools
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from itertools import product

import duckdb
import numpy as np

from missing_from_care.base.models_in_memory import build_model
from missing_from_care.disclosure.forms import Figure, figure_for
from missing_from_care.disclosure.rules import Rules, read_rules
from missing_from_care.response.answers import Answer, Response, Table

FIRST, LAST = date(2017, 4, 1), date(2018, 3, 31)
SEEDS = (
    "measures",
    "derived_measures",
    "breakdowns",
    "categories",
    "suppression_policy",
    "protected_differences",
    "unlikely_categories",
    "published_measures",
)
RESPONDED_ON = date(2018, 7, 16)
COUNCIL = "x"
NUMBERS = itertools.count()
# One occasion is in one group: seeking asylum or not, and absent, found or still missing.
GROUPS = tuple(product(("yes", "no"), ("absent", "found", "still")))
COUNTED = {
    "occasions_missing": {"found", "still"},
    "occasions_absent": {"absent"},
    "occasions_missing_or_absent": {"absent", "found", "still"},
    "occasions_found": {"found"},
    "occasions_still_missing": {"still"},
}
MOST_IN_A_GROUP = 8


@dataclass(frozen=True)
class Fact:
    """An occasion, or a piece of care, as `int_answer_facts` has it.

    Attributes:
        child_id: whose it is.
        from_day: the start of the occasion, or the first day of the care.
        to_day: the last day of the care; of an occasion the start.
        ended_on: blank where it has not.
        counts_as: blank for care.
    """

    child_id: str
    from_day: date = FIRST
    to_day: date = FIRST
    ended_on: date | None = None
    counts_as: str | None = "missing"
    uasc: str = "no"
    sex: str = "not_known"
    fact: str = "occasion"
    age_in_years: int | None = None
    ethnic_group: str = "not_known"
    placement_type: str = "not_known"
    legal_status: str = "not_known"
    council: str = COUNCIL
    is_interview_offered: bool = False
    is_interview_completed: bool = False
    is_interview_declined: bool = False
    is_interviewed_in_time: bool = False
    was_hurt: bool = False
    was_sexually_harmed: bool = False
    was_in_drug_sale: bool = False
    was_in_crime: bool = False
    care: str = "looked_after"
    trafficking_concern: str = "not_known"
    hours_missing: int | None = None


FLAGS = [name for name, value in asdict(Fact("")).items() if isinstance(value, bool)]


def warehouse_of(
    facts: Iterable[Fact] = (), more_categories: str = ""
) -> duckdb.DuckDBPyConnection:
    """A warehouse with the rule seeds and a council whose statuses count as recorded.

    Args:
        facts: what happened.
        more_categories: bands of one's own, a row of the seed each, parted by blanks.
    """
    connection = duckdb.connect()
    for seed in SEEDS:
        build_model(connection, seed)
    for row in more_categories.split():
        values = [value or None for value in row.split(",")]
        connection.execute("insert into categories values (?, ?, ?, ?, ?, ?, ?, ?)", values)
    connection.execute(
        f"create table int_councils as select '{COUNCIL}' as la_code, 'Invented Council' as "
        "council, 'Not known' as region, 'Not known' as country"
    )
    connection.execute(
        "create table int_definitions as select la_code, cast(null as date) as valid_from, "
        "cast(null as date) as valid_to, 'missing' as missing_counts_as, 'absent' as "
        "absent_counts_as from int_councils"
    )
    connection.execute(
        "create table dim_financial_years (financial_year text, first_day date, last_day date)"
    )
    connection.execute(
        "create table dq_published_comparison (financial_year text, measure text, published int)"
    )
    set_facts(connection, facts)
    return connection


def set_facts(connection: duckdb.DuckDBPyConnection, facts: Iterable[Fact]) -> None:
    """Puts other facts into a warehouse."""
    rows = [asdict(each) for each in facts]
    kinds = dict.fromkeys(asdict(Fact("")), "text")
    kinds |= dict.fromkeys(("from_day", "to_day", "ended_on"), "date")
    kinds |= dict.fromkeys(FLAGS, "boolean") | {"age_in_years": "int", "hours_missing": "int"}
    columns = ", ".join(f"unnest(cast(? as {kind}[])) as {name}" for name, kind in kinds.items())
    connection.execute(
        f"create or replace table int_answer_facts as with told as (select {columns}) select *, "
        "date_diff('day', from_day, ended_on) as duration_days, cast(null as int) as days_in_care, "
        "if(ended_on is null, 'still_open', 'found') as outcome_since from told",
        [[row[name] for row in rows] for name in kinds],
    )


def occasions(count: int, **words: object) -> list[Fact]:
    """So many occasions, each of another child and ended on the day after its start.

    Args:
        count: how many.
        **words: what else is so of each; `day` is that of the start.
    """
    day = words.pop("day", FIRST)
    ended = words.pop("ended_on", day + timedelta(days=1))
    return [Fact(f"child-{next(NUMBERS)}", day, day, ended, **words) for _ in range(count)]


def of_one_child(facts: list[Fact]) -> list[Fact]:
    """The same, all of the child of the first."""
    return [replace(each, child_id=facts[0].child_id) for each in facts]


def looked_after(*children: str) -> list[Fact]:
    """Children who are looked after all the year."""
    return [Fact(child, FIRST, LAST, counts_as=None, fact="care") for child in children]


def rules(connection: duckdb.DuckDBPyConnection) -> Rules:
    """The rules as a warehouse holds them, on the day of the response."""
    return read_rules(connection, RESPONDED_ON)


def facts_of(world: Mapping[tuple, int]) -> list[Fact]:
    """The occasions of a world."""
    found: list[Fact] = []
    for (uasc, state), count in world.items():
        counts_as = "absent" if state == "absent" else "missing"
        ended = None if state == "still" else FIRST + timedelta(days=1)
        found += occasions(count, uasc=uasc, counts_as=counts_as, ended_on=ended)
    return found


def kinds() -> list[tuple[str, str | None]]:
    """Every measure for all, for those seeking asylum and for the others."""
    return list(product(COUNTED, (None, "yes", "no")))


def members(measure: str, uasc: str | None) -> np.ndarray:
    """1 for each group that a cell counts."""
    return np.array([int(state in COUNTED[measure] and uasc in (None, of)) for of, state in GROUPS])


def response(world: Mapping[tuple, int], asked: Iterable[tuple[str, str | None]]) -> Response:
    """A response that prints these cells, each question a table of its own."""
    values = np.array([world[group] for group in GROUPS])
    tables = tuple(
        table(number, measure, uasc, float(members(measure, uasc) @ values))
        for number, (measure, uasc) in enumerate(asked, start=1)
    )
    return response_of(tables)


def response_of(tables: tuple[Table, ...], request_ref: str = "small") -> Response:
    """A response with the least that it needs."""
    return Response(
        request_ref=request_ref,
        subject="A small world",
        received_on=date(2018, 6, 18),
        responded_on=RESPONDED_ON,
        due_on=None,
        tables=tables,
        definitions=(),
        authority={"name": "Invented Council"},
        notes={"revised_since": "Revised since {day}."},
        is_of_invented_children=True,
    )


def table(
    number: int,
    measure: str,
    uasc: str | None,
    value: float,
    first_day: date = FIRST,
    last_day: date = LAST,
) -> Table:
    """One question with one answer."""
    answer = Answer(
        question_no=str(number),
        part="",
        population=f"uasc:{uasc}" if uasc else "all",
        breakdown="none",
        period_basis="range",
        period="2017/18",
        period_order=1,
        period_start=first_day,
        period_end=last_day,
        category="all",
        category_label="All",
        category_order=1,
        measure=measure,
        heading=measure,
        definition="",
        by_definition=False,
        unit="occasions",
        value=value,
        marker=None,
        note=None,
        wording="",
    )
    return Table(str(number), f"Question {number}", "", "", "Period", (answer,))


def figure_named(measure: str, uasc: str | None = None) -> Figure:
    """The figure of a question above."""
    population = f"uasc:{uasc}" if uasc else "all"
    return figure_for(measure, FIRST, LAST, False, population, "none", "all")


def random_world(choice: random.Random) -> dict[tuple, int]:
    """Few occasions in each group, none in some."""
    return {group: choice.choice((0, 0, 1, 1, 2, 3, 4, 5, 6)) for group in GROUPS}


def every_world() -> np.ndarray:
    """All tables of the groups: one row a table, one column a group."""
    sizes = np.indices((MOST_IN_A_GROUP + 1,) * len(GROUPS), dtype=np.int8)
    return sizes.reshape(len(GROUPS), -1).T


def counts_in(worlds: np.ndarray) -> dict[tuple[str, str | None], np.ndarray]:
    """What each kind of cell holds in each table."""
    return {kind: (worlds @ members(*kind).astype(np.int8)) for kind in kinds()}


def consistent(
    counts: Mapping[tuple[str, str | None], np.ndarray],
    shown: Mapping[tuple[str, str | None], tuple[float, float] | None],
) -> np.ndarray:
    """Which tables give what is printed: from a least to a most, or anything but zero (None)."""
    fits = np.ones(len(next(iter(counts.values()))), dtype=bool)
    for kind, span in shown.items():
        low, high = span or (1, np.inf)
        fits &= (counts[kind] >= low) & (counts[kind] <= high)
    return fits


def two_on_each_line(values: Mapping[tuple[str, str | None], float]) -> set[tuple]:
    """The usual rule of thumb: withhold 1 to 4, then on every printed line a second cell."""
    hidden = {kind for kind, value in values.items() if 1 <= value <= 4}
    for line in lines():
        if line <= values.keys() and len(line & hidden) == 1:
            others = [kind for kind in line - hidden if values[kind] > 0]
            hidden |= {min(others, key=lambda kind: (values[kind], str(kind)))} if others else set()
    return hidden


def lines() -> Iterator[set[tuple[str, str | None]]]:
    """Rows and columns of the tables as a reader would draw them, totals included."""
    for measure in COUNTED:
        yield {(measure, None), (measure, "yes"), (measure, "no")}
    for uasc in (None, "yes", "no"):
        yield {
            (m, uasc)
            for m in ("occasions_missing_or_absent", "occasions_missing", "occasions_absent")
        }
        yield {
            (m, uasc) for m in ("occasions_missing", "occasions_found", "occasions_still_missing")
        }
