"""Answers a question of an analyst's own from a built warehouse, without building it again.

The views that depend on the questions are run, word for word as the warehouse holds them, over the
one question; every table they read is the warehouse's own. So it is what the register would give.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from missing_from_care.base.faults import DataFault, UsageFault
from missing_from_care.base.models_in_memory import read_rows
from missing_from_care.base.register import append_rows, changing_register, references
from missing_from_care.base.warehouse import open_warehouse

TRY_OUT = "try-out"
STORE = "warehouse_read_here"
QUESTIONS = "stg_foi_request_questions"
REQUESTS = "stg_foi_requests"
QUESTION_VIEWS = (
    *("int_population_conditions", "int_question_periods", "int_question_faults"),
    *("int_question_problems", "int_answer_counts", "int_answers"),
)


@dataclass(frozen=True)
class Question:
    """A question in the words of the register, with periods as their basis writes them."""

    measure: str
    breakdown: str
    population: str
    period_basis: str
    first_period: str
    last_period: str


def question_of(measure: str, by: str, of: str, period: str) -> Question:
    """Reads `financial_year:2014/15..2017/18`, else a UsageFault, and a question's other words."""
    basis, colon, span = period.partition(":")
    first, _, last = span.partition("..")
    if not (colon and first):
        raise UsageFault(
            f"The period {period!r} is not read: write it as financial_year:2014/15..2017/18, or "
            "snapshot:2018-03-31."
        )
    return Question(measure, by, of, basis, first, last or first)


def ask(database: Path, *questions: Question) -> duckdb.DuckDBPyConnection:
    """Puts questions to a warehouse, which is only read. In the connection `foi_answers`,
    `stg_foi_requests` and all that a response is read from hold these questions alone, numbered
    from 1, as request `try-out`. A DataFault: a word is wrong, or a period is not landed."""
    connection = put(database, *questions)
    wrong = connection.execute("select sentence from int_question_problems order by 1").fetchall()
    if wrong:
        opening = f"Request {TRY_OUT}, question 1: "
        said = (text.removeprefix(opening) for (text,) in wrong)
        raise DataFault(*(f"{text[:1].upper()}{text[1:]}" for text in said))
    columns = connection.execute(
        "select string_agg(column_name, ', ' order by column_index) from duckdb_columns() "
        f"where database_name = '{STORE}' and table_name = 'foi_answers'"
    ).fetchall()[0][0]
    connection.execute(
        f"create table foi_answers as select {columns} from int_answers "
        "order by period_order, category_order"
    )
    return connection


def put(database: Path, *questions: Question) -> duckdb.DuckDBPyConnection:
    """Puts questions to a warehouse, whether they can be answered or not: in the connection
    `QUESTION_VIEWS` are of these alone, numbered from 1."""
    with open_warehouse(database) as warehouse:
        # A view's text may name the database that it was made in.
        catalog = warehouse.execute("select current_database()").fetchall()[0][0]
    connection = duckdb.connect()
    connection.execute(
        f"attach '{str(database).replace(chr(39), chr(39) * 2)}' as {STORE} (read_only)"
    )
    connection.execute(f"attach ':memory:' as \"{catalog}\"")
    connection.execute(f'use "{catalog}".main')
    tables = connection.execute(
        f"select table_name from duckdb_tables() where database_name = '{STORE}'"
    ).fetchall()
    for (table,) in tables:
        if table not in (QUESTIONS, REQUESTS, "foi_answers"):
            connection.execute(f'create view "{table}" as select * from {STORE}.main."{table}"')
    connection.execute(f"create table {REQUESTS} as select * from {STORE}.main.{REQUESTS} limit 0")
    connection.execute(
        f"insert into {REQUESTS} (request_ref, subject) values (?, 'A try-out, not for release')",
        [TRY_OUT],
    )
    connection.execute(
        f"create table {QUESTIONS} as select * from {STORE}.main.{QUESTIONS} limit 0"
    )
    columns = ("request_ref", "question_no", "part", "wording", *asdict(questions[0]))
    connection.executemany(
        f"insert into {QUESTIONS} ({', '.join(columns)}) values ({', '.join('?' * len(columns))})",
        [
            (
                *(TRY_OUT, str(number), "", ""),
                *(each.measure.lower(), each.breakdown.lower()),
                *(each.population.lower().replace(" ", ""), each.period_basis.lower()),
                *(each.first_period, each.last_period),
            )
            for number, each in enumerate(questions, start=1)
        ],
    )
    texts = dict(
        connection.execute(
            f"select view_name, sql from duckdb_views() where database_name = '{STORE}'"
        ).fetchall()
    )
    for view in QUESTION_VIEWS:
        connection.execute(texts[view])
    return connection


def save_question(question: Question, request_ref: str) -> Path:
    """Adds a question that was tried before to a request of the register, as its next one; gives
    the file, written whole or not at all. Of several that add at once each waits for the one
    before. A UsageFault: the register is not there, has no such request, or cannot be added to.
    Else raises as `read_rows` and `changing_register`."""
    with changing_register() as (requests, questions):
        if request_ref not in references(requests):
            raise UsageFault(
                f"{requests.name} has no request {request_ref}: add its row first, then save again."
            )
        columns = ("request_ref", "question_no")
        rows, _ = read_rows(questions, columns, columns)
        numbers = [
            int(number)
            for row in rows.values()
            if row["request_ref"] == request_ref
            and (number := row["question_no"] or "").isdecimal()
        ]
        row = {"request_ref": request_ref, "question_no": str(max(numbers, default=0) + 1)}
        append_rows(questions, [row | asdict(question)])
    return questions
