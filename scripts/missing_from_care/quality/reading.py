"""Reads what the quality report says from the built warehouse; the SQL here only adds up."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from missing_from_care.faults import DataFault
from missing_from_care.warehouse import open_database, tables_lacking

Row = dict[str, Any]

NEEDED = (
    "dq_findings",
    "dq_row_accounting",
    "int_module_losses",
    "dq_published_comparison",
    "validation_rules",
    "authority",
)

FINDINGS = """
    select
        findings.rule_code, findings.severity, findings.raw_table, findings.collection_year,
        findings.source_file, findings.source_row, findings.child_id, findings.finding,
        findings.effect, replace(findings.effect, '_', ' ') as what_became_of_it,
        findings.is_accepted, findings.accepted_reason,
        rules.what_to_do, rules.finding as rule_finds, rules.authority
    from dq_findings as findings
    left join validation_rules as rules on findings.rule_code = rules.rule_code
"""

# One row a group: how many, which rule is the commonest, the first row that breaks it.
GROUPS = """
    with findings as (
        {findings}
    ),

    numbered as (
        select
            *,
            count(*) over (partition by {group}, rule_code) as of_this_rule,
            row_number() over (
                partition by {group}, rule_code
                order by is_accepted, source_file, source_row
            ) as place_in_line
        from findings
    ),

    examples as (
        select *
        from numbered
        where place_in_line = 1
        qualify row_number() over (
            partition by {group} order by of_this_rule desc, rule_code
        ) = 1
    ),

    totals as (
        select
            {group},
            count(*) as findings,
            count(*) filter (where is_accepted) as accepted,
            count(distinct rule_code) as rules,
            count(distinct source_file || '|' || source_row) as rows_with_findings,
            count(*) filter (where effect = 'rejected') as rejected,
            count(*) filter (where effect = 'repeated') as repeated,
            count(*) filter (where effect = 'left_out') as left_out,
            count(*) filter (where effect = 'counted') as counted
        from findings
        group by {group}
    )

    select
        totals.*,
        examples.rule_code as commonest_rule, examples.of_this_rule, examples.severity,
        examples.raw_table, examples.rule_finds, examples.what_to_do, examples.authority,
        examples.source_file as example_file, examples.source_row as example_row,
        examples.child_id as example_child, examples.finding as example_finding
    from totals
    inner join examples on totals.{group} is not distinct from examples.{group}
    order by {order}
"""

BY_RULE = GROUPS.format(
    findings=FINDINGS,
    group="rule_code",
    order="severity <> 'rejected', findings desc, rule_code",
)
BY_YEAR = GROUPS.format(findings=FINDINGS, group="collection_year", order="collection_year")
BY_FILE = GROUPS.format(findings=FINDINGS, group="source_file", order="findings desc, source_file")
ALL_FINDINGS = f"{FINDINGS} order by source_file, source_row, findings.rule_code"
TOTALS = """
    select
        (select count(*) from dq_findings) as findings,
        (select count(*) from dq_findings where is_accepted) as accepted,
        (select count(distinct rule_code) from dq_findings) as rules_broken,
        (select count(*) from validation_rules) as rules_checked,
        (select count(distinct source_file) from dq_findings) as files
"""
SUMMARY = {
    "by_rule": BY_RULE,
    "by_year": BY_YEAR,
    "worst_files": BY_FILE,
    "losses": "select * from int_module_losses order by not is_beyond, source_file, part",
    "accounting": "select * from dq_row_accounting order by raw_table, collection_year",
    "published": "select * from dq_published_comparison order by financial_year, measure",
}

CHILD_LEVEL = ("example_row", "example_child", "example_finding")
"""What only the private workbook may show."""


@contextmanager
def opened(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, for reading only.

    Args:
        database: the DuckDB file that `dbt build` wrote.

    Raises:
        UsageFault: there is no such file, or it is no DuckDB database.
        BusyFault: it is open for writing elsewhere.
        DataFault: it holds no findings, since another version of the project built it.
    """
    with open_database(database) as connection:
        if lacking := tables_lacking(connection, *NEEDED):
            raise DataFault(
                f"{database.name} has no table {', '.join(lacking)}: build it with `dbt build` of "
                "this version."
            )
        yield connection


def summary(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The totals, and every table of the report but the findings themselves.

    Returns:
        `totals` (one row) and, as lists of rows, `by_rule`, `by_year`, `worst_files`,
        `losses`, `accounting` and `published`. Examples name children: see `without_children`.
    """
    tables: dict[str, Any] = {"totals": next(rows(connection, TOTALS))}
    tables |= {name: list(rows(connection, query)) for name, query in SUMMARY.items()}
    return tables


def without_children(tables: dict[str, Any]) -> dict[str, Any]:
    """A summary without what only the private workbook may show."""
    kept = {name: [_without(row) for row in found] for name, found in tables.items()
            if name != "totals"}  # fmt: skip
    return {"totals": tables["totals"]} | kept


def _without(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in CHILD_LEVEL}


def findings(connection: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    """Every finding, file by file, read a piece at a time."""
    return rows(connection, ALL_FINDINGS)


def authority_name(connection: duckdb.DuckDBPyConnection) -> str:
    """Whose returns these are, as the rule seed `authority` has it."""
    found = connection.execute("select value from authority where setting = 'name'").fetchone()
    return found[0] if found else "The authority"


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[Row]:
    """The rows of a query, by column name, on a cursor of their own."""
    cursor = connection.cursor().execute(query)
    names = [column[0] for column in cursor.description]
    while piece := cursor.fetchmany(10_000):
        for values in piece:
            yield dict(zip(names, values, strict=True))
