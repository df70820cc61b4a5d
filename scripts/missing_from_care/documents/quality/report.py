"""What the quality report says, read from the built warehouse; and its private workbook, which has
every finding, and what to do about it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from missing_from_care.base.faults import DataFault
from missing_from_care.base.texts import one_line
from missing_from_care.base.warehouse import open_database, queries, rows_of, tables_lacking
from missing_from_care.documents.workbook.content import Column, Cover, Report, TableSheet, Value
from missing_from_care.documents.workbook.writing import LONGEST_CELL

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

SQL = queries(__file__)
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
    tables: dict[str, Any] = {"totals": next(rows(connection, SQL["totals"]))}
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


def rows(connection: duckdb.DuckDBPyConnection, query: str = SQL["findings"]) -> Iterator[Row]:
    """The rows of a query, else every finding, file by file; read on a cursor of their own."""
    return rows_of(connection.cursor().execute(query))


def authority_name(connection: duckdb.DuckDBPyConnection) -> str:
    """Whose returns these are, as the rule seed `authority` has it."""
    found = connection.execute("select value from authority where setting = 'name'").fetchone()
    return found[0] if found else "The authority"


PRIVATE = (
    "Private: it names children. Only for the team that mends the source; never publish it, send "
    "it on or make a public file from it."
)
SHORTHAND = "The shorthand [x] means: not available."


class Sheet(NamedTuple):
    """A worksheet with one table as `TableSheet` has it; of its columns heading, key, width."""

    name: str
    title: str
    columns: tuple[tuple[str, str, int], ...]
    introduction: str = PRIVATE
    is_wrapped: bool = True


COMMONEST = (("Commonest rule", "commonest_rule", 12), ("What the rule finds", "rule_finds", 50))
EXAMPLE = (
    ("Example: file", "example_file", 40),
    ("Example: row", "example_row", 10),
    ("Example: child", "example_child", 14),
    ("Example: what was found", "example_finding", 60),
    ("What to do", "what_to_do", 60),
)
BY_EFFECT = tuple((text.capitalize(), effect, 12) for effect, text in EFFECTS.items())
SUMMARY_SHEETS = {
    "by_rule": Sheet(
        "By rule",
        "Findings by rule, those that reject a row first",
        (
            ("Rule", "rule_code", 10), ("Raw table", "raw_table", 20), ("Severity", "severity", 12),
            *BY_EFFECT, ("Findings", "findings", 12), ("Accepted", "accepted", 12),
            ("What the rule finds", "rule_finds", 50), *EXAMPLE, ("Authority", "authority", 40),
        ),
    ),
    "by_year": Sheet(
        "By year",
        "Findings by collection year, each with its commonest rule",
        (
            ("Collection year", "collection_year", 18), ("Findings", "findings", 12),
            ("Accepted", "accepted", 12), *BY_EFFECT, *COMMONEST, *EXAMPLE,
        ),
    ),
    "worst_files": Sheet(
        "Worst files",
        "Files by their number of findings, each with its commonest rule",
        (
            ("File", "source_file", 50), ("Findings", "findings", 12),
            ("Accepted", "accepted", 12), ("Rows with a finding", "rows_with_findings", 12),
            ("Rules", "rules", 10), *BY_EFFECT, *COMMONEST, *EXAMPLE[1:],
        ),
    ),
    "losses": Sheet(
        "Losses",
        "What was lost of each module, what is too much first",
        (
            ("File", "source_file", 50), ("Raw table", "raw_table", 24),
            ("Collection year", "collection_year", 18), ("What of it", "part", 18),
            ("Lost", "lost", 12), ("Of", "counted", 12), ("In words", "sentence", 110),
        ),
        "Of a module that lost more than the threshold allows no figure is available.",
    ),
    "accounting": Sheet(
        "Accounting",
        "What became of every row that was landed",
        (
            ("Raw table", "raw_table", 24), ("Collection year", "collection_year", 18),
            ("Rows landed", "rows_landed", 14), ("Rejected", "rows_rejected", 14),
            ("Repeated", "rows_repeated", 14), ("Left out", "rows_left_out", 14),
            ("Counted", "rows_counted", 14),
        ),
        "Rows landed are those rejected, repeated, left out by rule and counted together.",
    ),
    "published": Sheet(
        "Published figures",
        "Our figures beside those the Department for Education published, counted its way",
        (
            ("Financial year", "financial_year", 16), ("Measure", "measure", 42),
            ("Ours", "ours", 12), ("Published", "published", 12),
            ("Published status", "published_status", 18), ("Difference", "difference", 12),
            ("Comparison", "comparison", 20), ("Note", "note", 90), ("Release", "release", 22),
        ),
        "Private: ours are not protected. Contains public sector information licensed under the "
        "Open Government Licence v3.0.",
    ),
}  # fmt: skip
FINDINGS_SHEET = Sheet(
    "Findings",
    "Every finding, file by file",
    (
        ("File", "source_file", 45), ("Row", "source_row", 9), ("Child", "child_id", 14),
        ("Rule", "rule_code", 9), ("What was found", "finding", 130),
        ("Effect", "what_became_of_it", 11),
        ("What to do", "what_to_do", 110), ("Severity", "severity", 11),
        ("Raw table", "raw_table", 20), ("Collection year", "collection_year", 16),
        ("Accepted", "is_accepted", 11), ("Why accepted", "accepted_reason", 80),
    ),
    is_wrapped=False,
)  # fmt: skip

NUMBERS = frozenset(
    (*EFFECTS, *(f"rows_{effect}" for effect in EFFECTS), "findings", "accepted", "rules",
     "rows_with_findings", "rows_landed", "ours", "published", "difference", "source_row",
     "example_row", "lost")
)  # fmt: skip
"""The columns of numbers."""


def report(author: str, tables: Mapping[str, Any], findings: Iterable[Row]) -> Report:
    """The private workbook of an organisation, `author`, from the tables of `reading.summary` and
    every finding of `reading.rows`, which are read once."""
    paragraphs = (
        PRIVATE,
        totals_sentence(tables["totals"]),
        "Mend the source, not the landed copy: land the returns and build again, and what was "
        "mended is no longer listed here.",
        "Effect says what became of the row: rejected, repeated (another row counts in its place), "
        "left out by rule, or counted all the same.",
        "An accepted finding stays listed, with the reason; it is accepted in the seed of "
        "exceptions.",
    )
    sheets = [_table(sheet, tables[name]) for name, sheet in SUMMARY_SHEETS.items()]
    return Report(
        title=f"Quality report, {author}",
        author=author,
        cover=Cover(f"Quality report on the returns of {author}", paragraphs=paragraphs),
        tables=[*sheets, _table(FINDINGS_SHEET, findings)],
    )


def _table(sheet: Sheet, found: Iterable[Row]) -> TableSheet:
    """A sheet with its rows; one row says so where there is none."""
    rows = ([_shown(row[key]) for _, key, _ in sheet.columns] for row in found)
    first = next(rows, ["None", *["[x]"] * (len(sheet.columns) - 1)])
    return TableSheet(
        name=sheet.name,
        title=sheet.title,
        columns=tuple(
            Column(heading, "whole" if key in NUMBERS else "text", width)
            for heading, key, width in sheet.columns
        ),
        rows=chain([first], rows),
        introduction=(sheet.introduction, SHORTHAND),
        is_wrapped=sheet.is_wrapped,
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
