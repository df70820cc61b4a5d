"""The comparison of the two engines: what it must find, and that no macro lacks an engine."""

import re
from pathlib import Path

import duckdb
import pytest

from compare_engines import difference
from missing_from_care.base.project import CHECKOUT

ROWS = "select 1 as key, 'C1' as child, date '2018-03-31' as day union all select 2, null, null"


def compared(tmp_path: Path, theirs: str) -> str:
    """How DuckDB's ROWS differ from what the other engine wrote."""
    with duckdb.connect() as connection:
        connection.execute(f"create table mart as {ROWS}")
        connection.execute(f"copy ({theirs}) to '{tmp_path / 'part-0.parquet'}'")
        return difference(connection, "mart", tmp_path)


def test_the_same_rows_in_another_order_are_equal(tmp_path: Path) -> None:
    assert compared(tmp_path, f"from ({ROWS}) order by key desc") == ""


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (ROWS.replace("'C1'", "'C2'"), "1 rows of DuckDB and 1 of Spark have no equal"),
        (ROWS.replace("2, null,", "2, '',"), "1 rows of DuckDB and 1 of Spark have no equal"),
        (f"{ROWS} union all {ROWS}", "0 rows of DuckDB and 2 of Spark have no equal"),
        (ROWS.replace("1 as key", "1.0 as key"), "other columns or types (key)"),
        (f"select *, 1 as more from ({ROWS})", "other columns or types (more)"),
        (f"select child, key, day from ({ROWS})", "other columns or types (their order)"),
    ],
)
def test_every_kind_of_difference_is_found(tmp_path: Path, theirs: str, said: str) -> None:
    assert compared(tmp_path, theirs) == said


def test_every_dispatched_macro_is_written_for_both_engines() -> None:
    macros = "".join(file.read_text(encoding="utf-8") for file in (CHECKOUT / "macros").glob("*"))
    dispatched = set(re.findall(r"dispatch\('(\w+)', 'missing_from_care'\)", macros))
    written = set(re.findall(r"macro (\w+?__\w+)\(", macros))
    of_both = {name for name in dispatched if f"default__{name}" in written}
    needed = {
        f"{engine}__{name}" for name in dispatched - of_both for engine in ("duckdb", "spark")
    }
    assert needed and of_both and needed <= written
