"""The marts against a plain-Python count that shares no code with them."""

import os
import random
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

import compiled_models
from landed_words import land_words
from missing_from_care.base.project import CHECKOUT
from missing_from_care.landing.land import land
from plain_count import plain_count

MARTS = {
    "foi_q1_missing_occasions": ("financial_year",),
    "foi_q2_harm_while_missing": ("financial_year", "question_part"),
    "foi_q3_uasc_children": ("financial_year",),
    "foi_q4_uasc_missing_occasions": ("financial_year",),
    "dq_row_accounting": ("raw_table", "collection_year"),
}
LEDGER = [
    "child_id",
    "started_on",
    "ended_on",
    "is_found",
    "recorded_status",
    "counts_as",
    "outcome",
    "left_out_reason",
    "is_uasc",
    "age_at_start",
    "duration_days",
]


def in_order(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


def assert_agrees(connection: duckdb.DuckDBPyConnection, counted: dict[str, list[dict]]) -> None:
    """Every mart and the ledger hold what the plain count says, row for row."""
    for mart in MARTS:
        expected = counted[mart]
        found = compiled_models.rows(connection, mart, list(expected[0])) if expected else []
        assert in_order(found) == in_order(expected), mart
    assert_ledger_agrees(connection, counted)


def assert_ledger_agrees(
    connection: duckdb.DuckDBPyConnection, counted: dict[str, list[dict]]
) -> None:
    """The ledger holds what the plain count says, row for row."""
    found = compiled_models.rows(connection, "fct_missing_occasions", LEDGER)
    expected = [{column: row[column] for column in LEDGER} for row in counted["occasions"]]
    assert in_order(found) == in_order(expected)


@pytest.fixture(scope="module")
def statements(statements: compiled_models.Statements) -> compiled_models.Statements:
    """Of all models those that the counts read."""
    return statements.needed_for(*MARTS, "fct_missing_occasions")


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    return compiled_models.connect()


def test_demonstration(
    warehouse: duckdb.DuckDBPyConnection, statements: compiled_models.Statements
) -> None:
    extracts = CHECKOUT / "seeds" / "extracts"
    compiled_models.build(warehouse, statements, extracts)
    assert_agrees(warehouse, plain_count(extracts))


def test_reopened_occasions(
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    """An end of one return that the next leaves out: the status changed, several on one day."""
    land_words(
        tmp_path,
        missing="""
            2015-16 C1 M 30/03/2016 31/03/2016
            2016-17 C1 A 30/03/2016 -
            2016-17 C1 M 28/03/2017 28/03/2017
            2016-17 C1 A 28/03/2017 30/03/2017
            2016-17 C1 M 28/03/2017 29/03/2017
            2017-18 C1 A 28/03/2017 -
            2017-18 C1 M 28/03/2017 28/03/2017
            2015-16 C1 M 01/03/2016 02/03/2016
            2016-17 C1 M 01/03/2016 -
            2017-18 C1 M 01/03/2016 05/03/2016
        """,
        episodes="".join(
            f"{year} C1 01/04/2014 - C2\n" for year in ("2015-16", "2016-17", "2017-18")
        ),
    )
    compiled_models.build(warehouse, statements, tmp_path)
    counted = plain_count(tmp_path)
    assert_ledger_agrees(warehouse, counted)
    assert all(row["is_found"] and row["ended_on"] for row in counted["occasions"])


def accept_as_missing(landed: Path, table: str, year: str) -> None:
    """Turns a landed module into one that was accepted as missing."""
    for name in (table, "landed_modules"):
        lines = (landed / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        if name == table:
            kept = [lines[0]] + [line for line in lines[1:] if f",{year}," not in line]
        else:
            kept = [
                f"{table},{year},accepted_missing,,0,,,,,"
                if line.startswith(f"{table},{year},")
                else line
                for line in lines
            ]
        (landed / f"{name}.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")


@pytest.mark.parametrize("table", ["header", "episodes", "missing", "uasc"])
def test_a_figure_that_needs_a_missing_module_is_not_available(
    table: str,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    landed = tmp_path / "landed"
    shutil.copytree(CHECKOUT / "seeds" / "extracts", landed)
    accept_as_missing(landed, f"ssda903_{table}", "2015-16")
    compiled_models.build(warehouse, statements, landed)
    assert_agrees(warehouse, plain_count(landed))
    figure = {
        "header": "(select occasions_missing is not null from foi_q1_missing_occasions",
        "episodes": "(select occasions_missing is null from foi_q1_missing_occasions",
        "missing": "(select occasions_missing is null from foi_q1_missing_occasions",
        "uasc": "(select uasc_children_in_year is null from foi_q3_uasc_children",
    }[table]
    found = warehouse.execute(f"select {figure} where financial_year = '2015/16')").fetchone()
    assert found == (True,)


def test_the_definition_one_year_earlier_changes_the_answers(
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    """One cell of one row of the seed, and no code."""
    seed = CHECKOUT / "seeds" / "rules" / "definition_by_year.csv"
    text = seed.read_text(encoding="utf-8")
    edited = text.replace(
        "2016-04-01,2017-03-31,missing_and_absent", "2016-04-01,2017-03-31,every_incident_missing"
    )
    assert edited != text
    (tmp_path / seed.name).write_text(edited, encoding="utf-8")
    extracts = CHECKOUT / "seeds" / "extracts"
    try:
        compiled_models.load_csv(warehouse, tmp_path / seed.name)
        compiled_models.build(warehouse, statements, extracts)
    finally:
        compiled_models.load_csv(warehouse, seed)
    moved = (
        (None, date(2016, 3, 31), "missing", "absent"),
        (date(2016, 4, 1), None, "missing", "missing"),
    )
    assert_agrees(warehouse, plain_count(extracts, moved))
    breaks = warehouse.execute(
        "select financial_year from foi_q1_missing_occasions where is_break_in_series"
    ).fetchall()
    assert breaks == [("2016/17",)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2016-04-01,2017-03-31", "2016-03-31,2017-03-31", "two rows cover 2016-03-31"),
        (",2014-03-31", "2010-04-01,2014-03-31", "no row covers the days before 2010-04-01"),
        ("2017-04-01,,", "2017-04-01,2030-03-31,", "no row covers the days after 2030-03-31"),
        ("2016-04-01,2017-03-31", "2017-04-01,2016-03-31", "ends before it begins"),
    ],
)
def test_definitions_that_do_not_hold_on_every_day_raise_a_sentence(
    old: str, new: str, said: str, tmp_path: Path, statements: compiled_models.Statements
) -> None:
    seed = CHECKOUT / "seeds" / "rules" / "definition_by_year.csv"
    text = seed.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / seed.name).write_text(text.replace(old, new), encoding="utf-8")
    warehouse = compiled_models.connect()
    compiled_models.load_csv(warehouse, tmp_path / seed.name)
    test = compiled_models.data_test("sound_rows_definition_by_year", statements)
    with pytest.raises(duckdb.Error, match=said):
        warehouse.execute(test).fetchall()


def test_order_of_rows_in_the_landed_files_changes_nothing(
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    landed = tmp_path / "landed"
    shutil.copytree(CHECKOUT / "seeds" / "extracts", landed)
    for file in landed.glob("ssda903_*.csv"):
        header, *lines = file.read_text(encoding="utf-8").splitlines()
        random.Random(7).shuffle(lines)
        file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    compiled_models.build(warehouse, statements, landed)
    assert_agrees(warehouse, plain_count(CHECKOUT / "seeds" / "extracts"))


@pytest.mark.skipif(
    "FOI_TEST_RETURNS" not in os.environ, reason="FOI_TEST_RETURNS names no folder of returns"
)
def test_your_own_returns(
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    """A council can compare both counts on its own returns; nothing enters the checkout."""
    land(Path(os.environ["FOI_TEST_RETURNS"]), tmp_path / "landed", form="csv")
    compiled_models.build(warehouse, statements, tmp_path / "landed")
    assert_agrees(warehouse, plain_count(tmp_path / "landed"))
