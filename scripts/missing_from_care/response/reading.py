"""Reads one request and its answers from the warehouse; every number comes as it stands there."""

from dataclasses import MISSING, fields, replace
from datetime import date
from itertools import groupby
from operator import attrgetter

import duckdb

from missing_from_care.base.faults import DataFault, UsageFault
from missing_from_care.base.models_in_memory import macro_sql
from missing_from_care.base.texts import one_line
from missing_from_care.base.warehouse import queries
from missing_from_care.response.answers import Answer, Change, Estimate, Handling, Response, Table

TOO_MUCH = "is_beyond and accepted_reason is null"
SQL = queries(__file__)


def read_response(warehouse: duckdb.DuckDBPyConnection, request_ref: str) -> Response:
    """Reads a request of the register, by the authority's reference, and its answers. A UsageFault:
    the register has no such request, or it has no question. A DataFault: its reference cannot name
    a pack, or another request's would name the same; a question cannot be read or asks for a period
    of which no return is landed; or so much was lost that nothing it asks for is left."""
    request = warehouse.execute(SQL["request"], [request_ref]).fetchone()
    if request is None:
        known = ", ".join(texts(warehouse, "select request_ref from stg_foi_requests order by 1"))
        raise UsageFault(f"The register has no request {request_ref}. It has: {known or 'none'}.")
    subject, received_on, responded_on, due_on, *handled = request
    own, wanted = macro_sql("file_stem", "request_ref"), macro_sql("file_stem", "?")
    unusable = texts(
        warehouse,
        "select distinct problem from dq_request_register "
        f"where column_name = 'request_ref' and {own} = {wanted} order by all",
        request_ref,
    )
    if unusable:
        raise DataFault(*(f"Request {request_ref}: its reference {each}." for each in unusable))
    problems = texts(
        warehouse,
        "select distinct sentence from int_question_problems where request_ref = ? order by all",
        request_ref,
    )
    if problems:
        raise DataFault(*problems)
    found = warehouse.execute(SQL["answers"], [request_ref]).fetchall()
    costs = warehouse.execute(SQL["estimate"], [request_ref]).fetchall()
    # A request that is refused for its cost may have no question that figures answer.
    if not (found or costs):
        raise UsageFault(
            f"Request {request_ref} has no question yet: add its rows to foi_request_questions.csv."
        )
    given = sum(each.default is MISSING for each in fields(Answer))
    answers = [Answer(*row[:given]) for row in found]
    too_much = losses(warehouse, TOO_MUCH)
    if answers and too_much and all(each.value is None for each in answers):
        raise DataFault(
            f"Request {request_ref}: nothing that it asks for is left of what was landed.",
            *too_much,
        )
    response = Response(
        request_ref=request_ref,
        subject=one_line(subject or request_ref),
        received_on=received_on,
        responded_on=responded_on,
        due_on=due_on,
        tables=tables_of(answers, dict(warehouse.execute(SQL["headings"]).fetchall())),
        definitions=texts(warehouse, SQL["definitions"], request_ref),
        authority=dict(warehouse.execute("select setting, value from authority").fetchall()),
        notes=dict(warehouse.execute("select note, wording from notes").fetchall()),
        is_of_invented_children=is_of_invented_children(warehouse),
        changes=tuple(Change(*row) for row in warehouse.execute(SQL["changes"]).fetchall()),
        handling=replace(Handling(*handled), estimate=Estimate(*costs[0]) if costs else None),
    )
    return replace(response, words=words_on(warehouse, response.dated))


def words_on(warehouse: duckdb.DuckDBPyConnection, day: date) -> dict[str, str]:
    """What the rule seeds give letter and sign-off sheet on a day: see `Response.words`."""
    return dict(warehouse.execute(SQL["words"], [day]).fetchall())


def dated_anew(response: Response, day: date, warehouse: duckdb.DuckDBPyConnection) -> Response:
    """A response that replaces the first one on a later day, in the words of that day."""
    return replace(
        response,
        responded_on=day,
        words=words_on(warehouse, day),
        handling=replace(response.handling, first_answered_on=response.responded_on),
    )


def is_of_invented_children(warehouse: duckdb.DuckDBPyConnection) -> bool:
    """Whether the children are invented: a file that was landed says so in its name."""
    return warehouse.execute(SQL["invented"]).fetchone() is not None


def losses(warehouse: duckdb.DuckDBPyConnection, which: str = "true") -> tuple[str, ...]:
    """What was lost of the landed modules that meet a condition, a sentence each (rule 16)."""
    query = f"select sentence from int_module_losses where {which} order by source_file, part"
    return texts(warehouse, query)


def losses_in_short(warehouse: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """What was too much, a sentence each, accepted or not, and the number of the other rows."""
    rows, files = warehouse.execute(
        "select coalesce(sum(lost), 0), count(*) from int_module_losses "
        "where part = 'rows' and not is_beyond"
    ).fetchall()[0]
    rest = f"{rows:,} rows in {files:,} files are not counted for a fault of theirs, within what "
    rest += "may be lost: the sign-off sheet has them by file, the quality report one by one."
    return (*losses(warehouse, "is_beyond"), *([rest] if rows else []))


def texts(warehouse: duckdb.DuckDBPyConnection, query: str, *parameters: str) -> tuple[str, ...]:
    """The first column of what a query finds."""
    return tuple(row[0] for row in warehouse.execute(query, parameters).fetchall())


def tables_of(answers: list[Answer], headings: dict[str, str]) -> tuple[Table, ...]:
    """Groups answers into tables: parts of a question share one where they can."""
    tables = []
    for question_no, of_question in groupby(answers, attrgetter("question_no")):
        groups: dict[tuple[str, ...], list[Answer]] = {}
        for each in of_question:
            key = (each.breakdown, each.population, each.period_basis)
            groups.setdefault(key, []).append(each)
        for number, group in enumerate(groups.values(), start=1):
            parts = {each.part for each in group}
            suffix = ""
            if len(groups) > 1:
                suffix = parts.pop() if len(parts) == 1 and parts != {""} else f" table {number}"
            tables.append(
                Table(
                    question_no=question_no,
                    label=f"Question {question_no}{suffix}",
                    population=headings.get(group[0].population, ""),
                    breakdown="" if group[0].breakdown == "none" else headings[group[0].breakdown],
                    period_heading=headings[group[0].period_basis],
                    answers=tuple(group),
                )
            )
    return tuple(tables)
