"""Reads one request and its answers from the warehouse; every number comes as it stands there."""

from dataclasses import MISSING, fields, replace
from datetime import date
from itertools import groupby
from operator import attrgetter

import duckdb

from missing_from_care.base.faults import DataFault, UsageFault
from missing_from_care.base.models_in_memory import macro_sql
from missing_from_care.base.texts import one_line
from missing_from_care.response.answers import Answer, Change, Estimate, Handling, Response, Table

TOO_MUCH = "is_beyond and accepted_reason is null"

# A question that is only tried out is due on no day.
REQUEST = """
    select
        requests.subject,
        requests.received_on,
        requests.responded_on,
        coalesce(deadlines.extended_due_on, deadlines.earliest_due_on) as answer_by,
        requests.clock_started_on,
        requests.fee_notice_on,
        requests.fee_paid_on,
        case
            when requests.responded_on > answer_by
                then
                    greatest(
                        1, answer_days.working_day_number - last_days.working_day_number
                    )
            else 0
        end as working_days_late
    from stg_foi_requests as requests
    left join foi_deadlines as deadlines on requests.request_ref = deadlines.request_ref
    left join dim_working_days as answer_days on requests.responded_on = answer_days.day
    left join dim_working_days as last_days
        on coalesce(deadlines.extended_due_on, deadlines.earliest_due_on) = last_days.day
    where requests.request_ref = ?
"""

ESTIMATE = """
    select
        requests.cost_of,
        cast(requests.cost_records as int) as records,
        cast(requests.cost_minutes as double) as minutes,
        round(records * minutes / 60, 1),
        limits.limit_pounds / limits.pounds_an_hour as limit_hours,
        limits.limit_pounds,
        limits.pounds_an_hour,
        cast(floor(limit_hours * 60 / minutes) as int),
        coalesce(requests.cost_offer, '')
    from stg_foi_requests as requests
    inner join (
        select
            coalesce(try_cast(valid_from as date), cast('0001-01-01' as date)) as first_day,
            coalesce(try_cast(valid_to as date), cast('9999-12-31' as date)) as last_day,
            cast(limit_pounds as double) as limit_pounds,
            cast(pounds_an_hour as double) as pounds_an_hour
        from cost_limits
    ) as limits on requests.received_on between limits.first_day and limits.last_day
    where requests.request_ref = ? and requests.cost_of is not null
"""

INVENTED = "select 1 from stg_landed_modules where source_file ilike '%invented%' limit 1"

ANSWERS = """
    select distinct
        answers.question_no,
        answers.part,
        answers.population,
        answers.breakdown,
        questions.period_basis,
        answers.period,
        answers.period_order,
        answers.period_start,
        answers.period_end,
        answers.category,
        answers.category_label,
        answers.category_order,
        answers.measure,
        measures.heading,
        measures.definition,
        measures.by_definition = 'true' as by_definition,
        answers.unit,
        answers.value,
        answers.marker,
        answers.note,
        questions.wording,
        try_cast(answers.question_no as int) as question_order,
        answers.part = '' as is_without_part,
        questions.asked_order,
        answers.measure_order
    from foi_answers as answers
    inner join (
        select
            *,
            min(source_row) over (
                partition by request_ref, question_no, part, measure, population, breakdown
            ) as asked_order
        from stg_foi_request_questions
    ) as questions
        on
            answers.request_ref = questions.request_ref
            and answers.question_no = questions.question_no
            and answers.part = questions.part
            and answers.measure = questions.measure
            and answers.population = questions.population
            and answers.breakdown = questions.breakdown
    inner join measures on answers.measure = measures.measure
    where answers.request_ref = ?
    order by
        question_order, question_no, is_without_part, part, asked_order, measure_order,
        period_order, category_order
"""

DEFINITIONS = """
    select distinct definitions.wording
    from foi_answers as answers
    inner join int_definitions as definitions
        on
            coalesce(definitions.valid_from, answers.period_start) <= answers.period_end
            and coalesce(definitions.valid_to, answers.period_end) >= answers.period_start
    inner join measures on answers.measure = measures.measure
    where answers.request_ref = ? and measures.by_definition = 'true'
    order by definitions.wording
"""

CHANGES = """
    select distinct valid_from, coalesce(change, (
        select wording from letter_texts where letter_text = 'change_unnamed'
    ))
    from (
        select
            *,
            lag(definition_id) over (
                partition by la_code order by valid_from asc nulls first
            ) as definition_before
        from int_definitions
    )
    where definition_before <> definition_id
    order by all
"""

# `financial_year`, `sex`, and populations: `uasc:yes&sex:male` is "Unaccompanied; Sex: Male", and
# `age:16|17` "Age: 16 or 17".
HEADINGS = """
    select breakdown, heading from breakdowns
    union all
    select period_basis, heading from period_bases
    union all
    select population, string_agg(condition, '; ' order by condition_order)
    from (
        select
            conditions.population,
            min(condition_order) as condition_order,
            breakdowns.heading
            || coalesce(
                ': ' || nullif(
                    string_agg(coalesce(label, category), ' or ' order by category_order),
                    breakdowns.heading
                ),
                ''
            ) as condition
        from int_population_conditions as conditions
        inner join breakdowns using (breakdown)
        left join int_categories using (breakdown, category)
        group by conditions.population, breakdown, breakdowns.heading
    )
    group by population
"""

IN_FORCE = """
    $day between coalesce(try_cast(valid_from as date), $day)
    and coalesce(try_cast(valid_to as date), $day)
"""
"""Which rows of a rule seed hold on a day."""

WORDS = f"""
    select 'letter:' || letter_text, wording
    from letter_texts
    where {IN_FORCE}
    union all
    select 'sentence:' || measure, sentence from measures
    union all
    select 'harm:occasions_' || outcome, wording from harm_outcomes
    union all
    select 'period:' || period_basis, in_words from period_bases
    union all
    select 'review_on:' || setting, review_on from authority where review_on is not null
    union all
    select 'review_on:cost_limits', max(review_on) from cost_limits having count(review_on) > 0
    union all
    select threshold, value from thresholds
    union all
    select kind || ':' || lpad(item_order, 3, '0'), wording from sign_off_items
    order by all
"""


def read_response(warehouse: duckdb.DuckDBPyConnection, request_ref: str) -> Response:
    """Reads a request of the register, by the authority's reference, and its answers.

    A UsageFault: the register has no such request, or it has no question. A DataFault: its
    reference cannot name a pack, or another request's would name the same; a question cannot be
    read or asks for a period of which no return is landed; or so much was lost that nothing it asks
    for is left.
    """
    request = warehouse.execute(REQUEST, [request_ref]).fetchone()
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
    found = warehouse.execute(ANSWERS, [request_ref]).fetchall()
    estimates = [Estimate(*row) for row in warehouse.execute(ESTIMATE, [request_ref]).fetchall()]
    # A request that is refused for its cost may have no question that figures answer.
    if not (found or estimates):
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
        tables=tables_of(answers, dict(warehouse.execute(HEADINGS).fetchall())),
        definitions=texts(warehouse, DEFINITIONS, request_ref),
        authority=dict(warehouse.execute("select setting, value from authority").fetchall()),
        notes=dict(warehouse.execute("select note, wording from notes").fetchall()),
        is_of_invented_children=is_of_invented_children(warehouse),
        changes=tuple(Change(*row) for row in warehouse.execute(CHANGES).fetchall()),
        handling=replace(Handling(*handled), estimate=estimates[0] if estimates else None),
    )
    return replace(response, words=words_on(warehouse, response.dated))


def words_on(warehouse: duckdb.DuckDBPyConnection, day: date) -> dict[str, str]:
    """What the rule seeds give letter and sign-off sheet on a day: see `Response.words`."""
    return dict(warehouse.execute(WORDS, {"day": day}).fetchall())


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
    return warehouse.execute(INVENTED).fetchone() is not None


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
