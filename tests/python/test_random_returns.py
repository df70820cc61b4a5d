"""Random returns, each landed and built once and held against every count that shares no code."""

from pathlib import Path

import duckdb
import pytest

import compiled_models
import plain_count
from missing_from_care.landing.land import land
from plain_findings import RULES, plain_findings
from plain_published import OneReturn
from random_returns import write_random_returns
from rule_tables import load_rules, losses_at_most
from test_marts_agree import MARTS, assert_agrees

# The faults befall rows, and there are as many rows as in 200 small councils.
RANDOM_RETURNS = 40
PUBLISHED = "dq_published_comparison"


@pytest.fixture(scope="module")
def statements(statements: compiled_models.Statements) -> compiled_models.Statements:
    return statements.needed_for(
        *MARTS, "fct_missing_occasions", "dq_findings", "dq_rejected_rows", PUBLISHED
    )


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    return compiled_models.connect()


@pytest.mark.parametrize("seed", range(RANDOM_RETURNS))
def test_random_returns(
    seed: int,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    """Row accounting is one of the marts compared, so that it balances in each as well.

    In two of three nothing counts as lost; in the third files are as different programs save them.
    Every fifth is of a dozen children at most.
    """
    careful, landed = seed % 3 == 2, tmp_path / "landed"
    write_random_returns(tmp_path / "source", seed, careful, many=1 if seed % 5 == 0 else 6)
    rules = losses_at_most(tmp_path / "rules", 5 if careful else 100)
    land(tmp_path / "source", landed, form="csv")
    load_rules(warehouse, rules, "thresholds")
    compiled_models.build(warehouse, statements, landed)
    assert_agrees(warehouse, plain_count.plain_count(landed, seeds=rules))
    assert_finds_what_breaks_rules(warehouse, landed, careful)
    if not careful:
        assert_counts_as_published(warehouse, landed)


def assert_finds_what_breaks_rules(
    warehouse: duckdb.DuckDBPyConnection, landed: Path, careful: bool
) -> None:
    """The rules that need several rows against a finder that compares each row with each."""
    place = ["raw_table", "source_file", "source_row"]
    rows = compiled_models.rows(warehouse, "dq_findings", ["rule_code", "severity", *place])
    if not careful:
        found = [
            (each["rule_code"], each["source_file"], each["source_row"])
            for each in rows
            if each["rule_code"] in RULES
        ]
        assert len(set(found)) == len(found)
        assert set(found) == plain_findings(landed)
    rejected = {
        tuple(each[name] for name in place) for each in rows if each["severity"] == "rejected"
    }
    given = compiled_models.rows(warehouse, "dq_rejected_rows", place)
    assert rejected == {tuple(each.values()) for each in given}


def assert_counts_as_published(warehouse: duckdb.DuckDBPyConnection, landed: Path) -> None:
    """Each year by its own return alone, as the Department counts."""
    compared = compiled_models.rows(warehouse, PUBLISHED, ["financial_year", "measure", "ours"])
    tables = {
        name: plain_count.read_table(landed, name)
        for name in (
            plain_count.MISSING,
            plain_count.EPISODES,
            plain_count.HEADER,
            plain_count.UASC,
        )
    }
    modules = plain_count.read_table(landed, "landed_modules")
    for year, known in plain_count.known_modules(modules).items():
        if {plain_count.MISSING, plain_count.EPISODES, plain_count.UASC} <= known:
            label = plain_count.written(year)
            ours = {
                row["measure"]: row["ours"] for row in compared if row["financial_year"] == label
            }
            assert ours == OneReturn(tables, year).counts()
