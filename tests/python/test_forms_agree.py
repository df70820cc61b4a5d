"""The same return as CSV, as XML and as a workbook gives the same answers and the same findings.

The number of a row is compared as well, since the forms are written with their rows in one order;
the name of the file is not. Rules 303 and 105 are left out: they judge the flag, which only XML
has.
"""

from itertools import product
from pathlib import Path

import duckdb
import pytest

import compiled_models
from landing_sources import rows_of
from missing_from_care.base.project import RawTable, raw_tables
from missing_from_care.landing.land import land
from random_returns import write_random_returns
from return_forms import FORMS, MODULES, write_forms
from rule_tables import load_rules, losses_at_most
from test_marts_agree import LEDGER

MARTS = (
    "foi_q1_missing_occasions",
    "foi_q2_harm_while_missing",
    "foi_q3_uasc_children",
    "foi_q4_uasc_missing_occasions",
    "dq_row_accounting",
)
FINDING = [
    "rule_code",
    "severity",
    "raw_table",
    "collection_year",
    "child_id",
    "source_row",
    "effect",
    "finding",
]
OF_FORMS = tuple(raw_tables().values())
ONLY_IN_XML = {"303", "105"}
COUNCILS = ("330", "801", "856", "857")


@pytest.fixture(scope="module")
def statements(statements: compiled_models.Statements) -> compiled_models.Statements:
    """Of all models those that are compared and what they read."""
    return statements.needed_for(*MARTS, "dq_findings", "fct_missing_occasions")


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    return compiled_models.connect()


def all_rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[dict]:
    """A table's rows with all its columns, in an order that depends on nothing but the rows."""
    columns = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
    return in_order(compiled_models.rows(connection, table, columns))


def in_order(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


def landed_values(landed: Path, table: RawTable) -> list[tuple[str, ...]]:
    """What was landed of a raw table, but for the names of the files."""
    where = ("collection_year",) if table.has_collection_year else ("source_file",)
    columns = (*table.file_columns, *where, "source_row")
    return sorted(
        (row["source_file"].partition("/")[0], *(row[column] for column in columns))
        for row in rows_of(landed, table.name)
    )


def findings(connection: duckdb.DuckDBPyConnection) -> list[dict]:
    """The findings that every form can have."""
    found = compiled_models.rows(connection, "dq_findings", FINDING)
    return in_order([row for row in found if row["rule_code"] not in ONLY_IN_XML])


@pytest.mark.parametrize("lost", [100, 5])
def test_random_returns(
    lost: int,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    """Each of a council, since models are planned once for all; one is of a dozen children at most.

    Once nothing counts as lost, and once what does in practice.
    """
    sources, years = {}, []
    for seed, code in enumerate(COUNCILS, start=lost):
        write_random_returns(tmp_path / code, seed, many=4 if code != COUNCILS[0] else 1)
        sources = write_forms(tmp_path / code, tmp_path / "forms", code)
        years.append({folder.name for folder in (sources["xml"] / code).glob("20*")})
    unequal = product(
        (f"ssda903_{name}" for name in MODULES), set.union(*years) - set.intersection(*years)
    )
    accepted = frozenset(unequal)
    load_rules(warehouse, losses_at_most(tmp_path / "rules", lost), "thresholds")
    results = {}
    for form in FORMS:
        landed = tmp_path / "landed" / form
        land(sources[form], landed, accepted, form="csv")
        compiled_models.build(warehouse, statements, landed)
        results[form] = {mart: all_rows(warehouse, mart) for mart in MARTS}
        results[form]["dq_findings"] = findings(warehouse)
        results[form]["occasions"] = in_order(
            compiled_models.rows(warehouse, "fct_missing_occasions", LEDGER)
        )
        results[form] |= {table.name: landed_values(landed, table) for table in OF_FORMS}
    assert all(results["csv"][name] for name in ("dq_findings", "occasions", "ssda903_episodes"))
    for form in FORMS[1:]:
        for table, expected in results["csv"].items():
            assert results[form][table] == expected, (form, table)
