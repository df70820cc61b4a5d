"""What the quality report says, read from the built warehouse; and its private workbook, which has
every finding, and what to do about it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import yaml

from missing_from_care.base.faults import DataFault
from missing_from_care.base.texts import one_line
from missing_from_care.base.warehouse import open_database, queries, rows_of, tables_lacking
from missing_from_care.documents.workbook.content import Column, Cover, Report, TableSheet, Value
from missing_from_care.documents.workbook.writing import LONGEST_CELL

Row = dict[str, Any]

NEEDED = (
    *("dq_findings", "dq_finding_summary", "dq_row_accounting", "int_module_losses"),
    *("dq_published_comparison", "validation_rules", "authority"),
)
SQL = queries(__file__)
SHEETS = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
FINDINGS = "findings"
SHORTHAND = "The shorthand [x] means: not available."
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
    tables: dict[str, Any] = {"totals": next(rows(connection, SQL["totals"]))}
    tables |= {name: list(rows(connection, SQL[name])) for name in SHEETS if name != FINDINGS}
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


def rows(connection: duckdb.DuckDBPyConnection, query: str = SQL[FINDINGS]) -> Iterator[Row]:
    """The rows of a query, else every finding, file by file; read on a cursor of their own."""
    return rows_of(connection.cursor().execute(query))


def authority_name(connection: duckdb.DuckDBPyConnection) -> str:
    """Whose returns these are, as the rule seed `authority` has it."""
    found = connection.execute("select value from authority where setting = 'name'").fetchone()
    return found[0] if found else "The authority"


NUMBERS = frozenset(
    (*EFFECTS, *(f"rows_{effect}" for effect in EFFECTS), "findings", "accepted", "rules",
     "rows_with_findings", "rows_landed", "ours", "published", "difference", "source_row",
     "example_row", "lost")
)  # fmt: skip


def report(author: str, tables: dict[str, Any], findings: Iterable[Row]) -> Report:
    """The private workbook.

    Args:
        author: the organisation whose returns these are.
        tables: from `reading.summary`.
        findings: every finding, from `reading.rows`; read once.
    """
    paragraphs = (
        SHEETS[FINDINGS]["introduction"],
        totals_sentence(tables["totals"]),
        "Mend the source, not the landed copy: land the returns and build again, and what was "
        "mended is no longer listed here.",
        "Effect says what became of the row: rejected, repeated (another row counts in its place), "
        "left out by rule, or counted all the same.",
        "An accepted finding stays listed, with the reason; it is accepted in the seed of "
        "exceptions.",
    )
    return Report(
        title=f"Quality report, {author}",
        author=author,
        cover=Cover(f"Quality report on the returns of {author}", paragraphs=paragraphs),
        tables=[_table(name, (tables | {FINDINGS: findings})[name]) for name in SHEETS],
    )


def _table(name: str, found: Iterable[Row]) -> TableSheet:
    """A sheet with its rows; one row says so where there is none."""
    sheet = SHEETS[name]
    rows = ([_shown(row[key]) for _, key, _ in sheet["columns"]] for row in found)
    first = next(rows, ["None", *["[x]"] * (len(sheet["columns"]) - 1)])
    return TableSheet(
        name=sheet["name"],
        title=sheet["title"],
        columns=tuple(
            Column(heading, "whole" if key in NUMBERS else "text", width)
            for heading, key, width in sheet["columns"]
        ),
        rows=chain([first], rows),
        introduction=(sheet["introduction"], SHORTHAND),
        is_wrapped=name != FINDINGS,
    )


def _shown(value: Any) -> Value:
    """A value as a cell holds it: no empty cell, no control character, nothing cut by Excel."""
    if value is None or value == "":
        return "[x]"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _readable(value) if isinstance(value, str) else value


@lru_cache(maxsize=10_000)
def _readable(text: str) -> str:
    """A text in one line. Most texts stand in very many rows, so what was cleaned is kept."""
    return one_line(text)[:LONGEST_CELL] or "[x]"
