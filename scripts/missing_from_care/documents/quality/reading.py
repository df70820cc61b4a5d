"""Reads what the quality report says from the built warehouse."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from missing_from_care.base.faults import DataFault
from missing_from_care.base.warehouse import open_database, rows_of, tables_lacking

Row = dict[str, Any]

NEEDED = (
    "dq_findings",
    "dq_finding_summary",
    "dq_row_accounting",
    "int_module_losses",
    "dq_published_comparison",
    "validation_rules",
    "authority",
)

FINDINGS = """
    select
        findings.*, replace(findings.effect, '_', ' ') as what_became_of_it, rules.what_to_do
    from dq_findings as findings
    left join validation_rules as rules on findings.rule_code = rules.rule_code
    order by findings.source_file, findings.source_row, findings.rule_code
"""
TOTALS = """
    select
        coalesce(sum(findings), 0) as findings,
        coalesce(sum(accepted), 0) as accepted,
        count(*) as rules_broken,
        (select count(*) from validation_rules) as rules_checked,
        (
            select count(*) from dq_finding_summary
            where grouped_by = 'source_file' and group_value <> ''
        ) as files
    from dq_finding_summary
    where grouped_by = 'rule_code'
"""
GROUPS = """
    select nullif(group_value, '') as {group}, * exclude (grouped_by, group_value)
    from dq_finding_summary
    where grouped_by = '{group}'
    order by {order}
"""
SUMMARY = {
    "by_rule": GROUPS.format(
        group="rule_code", order="severity <> 'rejected', findings desc, rule_code"
    ),
    "by_year": GROUPS.format(group="collection_year", order="collection_year"),
    "worst_files": GROUPS.format(group="source_file", order="findings desc, source_file"),
    "losses": "select * from int_module_losses order by not is_beyond, source_file, part",
    "accounting": "select * from dq_row_accounting order by raw_table, collection_year",
    "published": "select * from dq_published_comparison order by financial_year, measure",
}

EFFECTS = {name: name.replace("_", " ") for name in ("rejected", "repeated", "left_out", "counted")}
"""What becomes of a row with a finding, by the columns of the tables."""

CHILD_LEVEL = ("example_row", "example_child", "example_finding")
"""What only the private workbook may show."""


@contextmanager
def opened(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, for reading only; raises as `open_database`, and a DataFault if it holds no
    findings, since another version of the project built it."""
    with open_database(database) as connection:
        if lacking := tables_lacking(connection, *NEEDED):
            raise DataFault(
                f"{database.name} has no table {', '.join(lacking)}: build it with `dbt build` of "
                "this version."
            )
        yield connection


def summary(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """The `totals` (one row) and, as lists of rows, `by_rule`, `by_year`, `worst_files`, `losses`,
    `accounting` and `published`. Examples name children: see `without_children`."""
    tables: dict[str, Any] = {"totals": next(rows(connection, TOTALS))}
    tables |= {name: list(rows(connection, query)) for name, query in SUMMARY.items()}
    return tables


def totals_sentence(totals: Row) -> str:
    """How much was found, in a sentence."""
    return (
        f"{totals['findings']:,} findings in {totals['files']:,} files, {totals['accepted']:,} of "
        f"them accepted; {totals['rules_broken']} of {totals['rules_checked']} rules found "
        "something."
    )


def without_children(tables: dict[str, Any]) -> dict[str, Any]:
    """A summary without what only the private workbook may show."""
    return {
        name: found
        if name == "totals"
        else [{key: row[key] for key in row if key not in CHILD_LEVEL} for row in found]
        for name, found in tables.items()
    }


def rows(connection: duckdb.DuckDBPyConnection, query: str = FINDINGS) -> Iterator[Row]:
    """The rows of a query, else every finding, file by file; read on a cursor of their own."""
    return rows_of(connection.cursor().execute(query))


def authority_name(connection: duckdb.DuckDBPyConnection) -> str:
    """Whose returns these are, as the rule seed `authority` has it."""
    found = connection.execute("select value from authority where setting = 'name'").fetchone()
    return found[0] if found else "The authority"
