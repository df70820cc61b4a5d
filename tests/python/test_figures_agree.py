"""The figures of random requests, summed from the gate's own counts: each is that of the answers.

The gate reasons over numbers that it counts itself, by what a figure's form says; so each sum is a
second count of what `foi_answers` says, by other SQL.
"""

import os
import random
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import pytest

import compiled_models
import plain_answers
from missing_from_care.base.faults import ProtectionFault
from missing_from_care.disclosure.forms import (
    PICKED,
    Figure,
    bases,
    figure_for,
    is_derived,
    is_maximum,
)
from missing_from_care.disclosure.statement import Known, state
from missing_from_care.landing.land import land
from plain_count import Returns, read_returns
from plain_reading import seed as seed_rows
from random_questions import random_questions
from random_returns import Landed, write_random_returns
from rule_tables import load_rules, losses_at_most, write_rules
from small_worlds import (
    FIRST,
    LAST,
    occasions,
    of_one_child,
    rules,
    warehouse_of,
)
from test_answers_agree import EXTRACTS, OVERLAPPING, ask, question_of, random_case
from test_several_councils import COUNCILS

REQUESTS_EACH = int(os.environ.get("FOI_TEST_FIGURES", "6"))
READ = ("foi_answers", "int_question_problems", "int_definitions", "int_councils")
OF_A_REQUEST = 100
"""More questions than any has: all requests are asked at once, the next from the next hundred."""
PRINTED = f"""
    select
        cast(answers.question_no as integer) // {OF_A_REQUEST} as request,
        answers.measure,
        answers.period_start,
        answers.period_end,
        questions.period_basis = 'snapshot' as is_snapshot,
        answers.population,
        answers.breakdown,
        answers.category,
        answers.value
    from foi_answers as answers
    inner join stg_foi_request_questions as questions
        on answers.request_ref = questions.request_ref
        and answers.question_no = questions.question_no
    where answers.value is not null
"""


@pytest.fixture(scope="module")
def read(statements: compiled_models.Statements) -> compiled_models.Statements:
    """The statements of the models that the gate and the answers are made from."""
    return statements.needed_for(*READ)


@pytest.fixture
def warehouse(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """An empty warehouse in which nothing counts as lost."""
    connection = compiled_models.connect()
    load_rules(connection, losses_at_most(tmp_path / "rules", 100), "thresholds")
    return connection


def printed(warehouse: duckdb.DuckDBPyConnection) -> dict[int, dict[Figure, float]]:
    """The figures that each request asked for, with the numbers of the answers."""
    found: dict[int, dict[Figure, float]] = defaultdict(dict)
    for request, *words, value in warehouse.execute(PRINTED).fetchall():
        figure = figure_for(*words)
        assert found[request].setdefault(figure, value) == value, figure
    return found


def assert_figures_agree(
    warehouse: duckdb.DuckDBPyConnection,
    read: compiled_models.Statements,
    returns: Returns,
    seed: int,
    requests: int = REQUESTS_EACH,
    also: list[dict[str, str]] | None = None,
) -> Counter:
    """Each figure of random requests is what it is counted again; says how many of each kind.

    `also` are the questions of one request more.
    """
    found_rules = rules(warehouse)
    choice, counted = random.Random(seed), Counter()
    asked = [also] if also else []
    asked += [random_questions(choice, returns, choice.randint(1, 6)) for _ in range(requests)]
    numbered = [
        question | {"question_no": str(OF_A_REQUEST * request + int(question["question_no"]))}
        for request, questions in enumerate(asked)
        for question in questions
    ]
    ask(warehouse, read, numbered)
    found = printed(warehouse)
    for request in range(len(asked)):
        answers = found[request]
        try:
            statement = state(Known(answers), found_rules, warehouse)
        except ProtectionFault:
            counted["refused"] += 1
            continue
        for figure, value in answers.items():
            if not is_derived(figure, found_rules):
                # Where a figure can hold nothing the gate has no number for it.
                assert statement.values.get(figure, 0) == value, figure
            elif not is_maximum(figure, found_rules):
                rule = found_rules.derived[figure.measure]
                top, bottom = (statement.values.get(base, 0) for base in bases(figure, found_rules))
                assert abs(rule.scale * top / bottom - value) < 0.501 / 10**rule.decimals, figure
            counted[figure.measure] += bool(value)
            counted["snapshot"] += bool(value) and figure.is_snapshot
            counted["picked"] += bool(value) and bool(figure.row)
    return counted


@pytest.mark.parametrize("seed", range(5))
def test_figures_of_random_returns(
    seed: int, tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, read, landed_returns: Landed
) -> None:
    landed, returns, _ = random_case(seed, landed_returns, tmp_path, tmp_path / "rules")
    compiled_models.build(warehouse, read, landed)
    counted = assert_figures_agree(warehouse, read, returns, seed)
    assert counted["refused"] < REQUESTS_EACH / 2


def test_figures_of_the_demonstration(warehouse: duckdb.DuckDBPyConnection, read) -> None:
    compiled_models.build(warehouse, read, EXTRACTS)
    also = [
        question_of(1, "occasions_missing sex times_missing_band:twice", "financial_year 2017/18"),
        question_of(2, "occasions_still_missing none all", "snapshot 2018-03-31"),
    ]
    counted = assert_figures_agree(warehouse, read, read_returns(EXTRACTS), 1, also=also)
    assert counted["snapshot"]
    assert counted["picked"]


@pytest.mark.parametrize("seed", [0, 2])
def test_figures_of_bands_that_overlap(
    seed: int,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    read,
    landed_returns: Landed,
    monkeypatch,
) -> None:
    landed, returns, _ = random_case(seed, landed_returns, tmp_path, tmp_path / "rules")
    rows = [*seed_rows("categories")]
    names = list(rows[0])
    more = [
        dict(zip(names, line.split(","), strict=True)) for line in OVERLAPPING.split("\n") if line
    ]
    load_rules(warehouse, write_rules(tmp_path / "bands", "categories", rows + more), "categories")
    for row in more:
        listed = [*plain_answers.CATEGORIES[row["breakdown"]], row]
        monkeypatch.setitem(plain_answers.CATEGORIES, row["breakdown"], listed)
    compiled_models.build(warehouse, read, landed)
    assert_figures_agree(warehouse, read, returns, seed)


@pytest.mark.parametrize("have_definitions", [tuple(COUNCILS), ("856",)])
def test_figures_of_several_councils(
    have_definitions: tuple[str, ...],
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    read,
) -> None:
    """With a definition each, and with one alone: the others count as recorded."""
    for council, seed in COUNCILS.items():
        write_random_returns(tmp_path / "source" / council, seed)
    land(tmp_path / "source", tmp_path / "landed", form="csv")
    own = seed_rows("definition_by_year")
    definitions = [row | {"la_code": council} for council in have_definitions for row in own]
    folder = write_rules(tmp_path / "rules", "definition_by_year", definitions)
    load_rules(warehouse, folder, "definition_by_year")
    compiled_models.build(warehouse, read, tmp_path / "landed")
    returns = read_returns(tmp_path / "landed", seeds=folder)
    counted = assert_figures_agree(warehouse, read, returns, len(have_definitions), 40)
    assert counted["occasions_absent"] or counted["children_absent"]


def test_children_picked_by_how_often_stand_in_the_row_of_that() -> None:
    """Of those missing twice, all are in the row `twice` and none in the row `once`."""
    figures = [
        figure_for(
            "children_missing", FIRST, LAST, False, "times_missing_band:twice", PICKED, category
        )
        for category in ("once", "twice")
    ]
    twice = [fact for _ in range(6) for fact in of_one_child(occasions(2))]
    warehouse = warehouse_of(twice + occasions(8))
    printed = dict(zip(figures, (0, 6), strict=True))
    statement = state(Known(printed), rules(warehouse), warehouse)
    assert statement.values == {figures[1]: 6}
