"""Occasions from a case-management extract, against a plain-Python count and beside the returns."""

import csv
import shutil
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pytest

import compiled_models
from missing_from_care.base.project import CHECKOUT
from missing_from_care.landing.land import land
from plain_case_count import plain_case_count
from plain_count import plain_count
from random_case_extract import add_case_extract, drop_returns
from random_returns import write_random_returns
from rule_tables import load_rules, losses_at_most
from shared_folders import made_once
from test_marts_agree import LEDGER, MARTS, in_order

RANDOM_EXTRACTS = 16
CASE_LEDGER = [*LEDGER, "occasion_number", "started_at", "ended_at", "duration_hours"]


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    """Random extracts have more faults than any real one: nothing is too much to lose here."""
    connection = compiled_models.connect()
    connection.execute(
        "update thresholds set value = '100'"
        " where threshold in ('rows_lost_at_most', 'children_unknown_at_most')"
    )
    return connection


@pytest.fixture(scope="module")
def strict_warehouse() -> duckdb.DuckDBPyConnection:
    """With the thresholds as they are."""
    return compiled_models.connect()


@pytest.fixture(scope="module")
def statements(statements: compiled_models.Statements) -> compiled_models.Statements:
    """Of all models those that these tests read."""
    return statements.needed_for(
        *MARTS,
        "fct_missing_occasions",
        "int_answer_facts",
        "dq_findings",
        "dq_source_comparison",
        "dq_published_comparison",
    )


@pytest.fixture(scope="module")
def from_the_extract(statements: compiled_models.Statements) -> compiled_models.Statements:
    """The models as dbt compiles them when the variable `occasions_from` chooses the extract."""
    chosen = statements.with_variable("whichever_is_landed", "case_management")
    assert chosen != statements
    return chosen.needed_for(*MARTS, "fct_missing_occasions", "int_answer_facts")


@pytest.fixture(scope="module")
def returns_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Landed random returns by their seed, landed once; every fourth has a dozen children."""

    def make(seed: int, folder: Path) -> None:
        write_random_returns(folder / "source", seed, many=1 if seed % 4 == 0 else 6)
        land(folder / "source", folder / "returns", form="csv")

    return lambda seed: (
        made_once(tmp_path_factory, f"beside an extract {seed}", partial(make, seed)) / "returns"
    )


def assert_agrees(connection: duckdb.DuckDBPyConnection, counted: dict[str, list[dict]]) -> None:
    for mart in MARTS:
        expected = counted[mart]
        if not expected:
            assert compiled_models.rows(connection, mart, ["1"]) == [], mart
            continue
        found = compiled_models.rows(connection, mart, list(expected[0]))
        assert in_order(found) == in_order(expected), mart
    found = compiled_models.rows(
        connection,
        "int_care_episodes where raw_table = 'ssd_cla_episodes'",
        ["child_id", "started_on", "placement_code"],
    )
    assert in_order(found) == in_order(counted["placements"])
    found = compiled_models.rows(connection, "fct_missing_occasions", CASE_LEDGER)
    expected = [{column: row[column] for column in CASE_LEDGER} for row in counted["occasions"]]
    assert in_order(found) == in_order(expected)


def assert_balances(connection: duckdb.DuckDBPyConnection) -> None:
    off = connection.execute(
        "select * from dq_row_accounting where rows_landed"
        " <> rows_rejected + rows_repeated + rows_left_out + rows_counted"
    ).fetchall()
    assert off == []


@pytest.mark.parametrize("seed", range(RANDOM_EXTRACTS))
def test_random_extracts(
    seed: int,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    from_the_extract: compiled_models.Statements,
    returns_of: Callable[[int], Path],
) -> None:
    """What the extract lacks comes from the returns beside it; their other rows are left out."""
    add_case_extract(returns_of(seed), tmp_path / "both", seed)
    compiled_models.build(warehouse, from_the_extract, tmp_path / "both")
    assert_balances(warehouse)
    counted = plain_case_count(tmp_path / "both")
    assert_agrees(warehouse, counted)
    assert_hours_agree(warehouse, counted["occasions"])


def hours_band(occasion: dict) -> str:
    """Rule 27."""
    hours = occasion["duration_hours"]
    if occasion["ended_on"] is None:
        return "still_missing"
    if hours is None:
        return "not_known"
    bands = ("up_to_24", "over_24_to_48", "over_48_to_72")
    return next((band for days, band in enumerate(bands, 1) if hours <= 24 * days), "over_72")


def assert_hours_agree(connection: duckdb.DuckDBPyConnection, occasions: list[dict]) -> None:
    """Hours are told where the extract has times."""
    counted = [each for each in occasions if each["outcome"] == "counted"]
    told = connection.execute(
        "select child_id, from_day, hours_band from int_answer_facts"
        " where fact = 'occasion' and care = 'looked_after'"
    ).fetchall()
    assert Counter(told) == Counter(
        (each["child_id"], each["started_on"], hours_band(each)) for each in counted
    )
    has_times = any(each["duration_hours"] is not None for each in occasions)
    known = connection.execute("select bool_or(has_times) from int_council_years").fetchone()
    assert known == (has_times,)


@pytest.mark.parametrize("seed", range(3))
def test_an_extract_alone_is_counted_without_the_variable(
    seed: int,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
    returns_of: Callable[[int], Path],
) -> None:
    add_case_extract(returns_of(seed), tmp_path / "case", seed, lacks=False)
    drop_returns(tmp_path / "case")
    compiled_models.build(warehouse, statements, tmp_path / "case")
    assert_balances(warehouse)
    assert_agrees(warehouse, plain_case_count(tmp_path / "case"))
    assert compiled_models.rows(warehouse, "dq_source_comparison", ["financial_year"]) == []
    compared = compiled_models.rows(warehouse, "dq_published_comparison", ["ours"])
    assert {row["ours"] for row in compared} <= {None}, "the extract was never published"


@pytest.mark.parametrize("seed", range(3))
def test_an_extract_beside_the_returns_changes_no_answer(
    seed: int,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
    returns_of: Callable[[int], Path],
) -> None:
    """By default the returns are counted; the extract's rows are compared only."""
    returns = returns_of(seed)
    add_case_extract(returns, tmp_path / "both", seed)
    compiled_models.build(warehouse, statements, tmp_path / "both")
    assert_balances(warehouse)
    counted = plain_count(returns, seeds=losses_at_most(tmp_path / "rules", 100))
    for mart in MARTS:
        columns = list(counted[mart][0])
        found = compiled_models.rows(warehouse, mart, columns)
        found = [row for row in found if not str(row.get("raw_table")).startswith("ssd_")]
        assert in_order(found) == in_order(counted[mart]), mart
    found = compiled_models.rows(warehouse, "fct_missing_occasions", LEDGER)
    assert in_order(found) == in_order(
        [{column: row[column] for column in LEDGER} for row in counted["occasions"]]
    )
    of_extract = warehouse.execute(
        "select sum(rows_counted), sum(rows_left_out) > 0 from dq_row_accounting"
        " where starts_with(raw_table, 'ssd_')"
    ).fetchone()
    assert of_extract == (0, True)
    assert_compares(warehouse, tmp_path / "both", counted)


def assert_compares(
    connection: duckdb.DuckDBPyConnection, both: Path, counted: dict[str, list[dict]]
) -> None:
    """The comparison, from the two ledgers."""

    def tally(occasions: list[dict]) -> dict[tuple, int]:
        numbers: dict[tuple, int] = {}
        for row in occasions:
            start = row["started_on"]
            year = start.year if (start.month, start.day) >= (4, 1) else start.year - 1
            key = (f"{year}/{(year + 1) % 100:02d}", row["recorded_status"], row["child_id"], start)
            numbers[key] = numbers.get(key, 0) + 1
        return numbers

    of_extract = plain_case_count(both)
    ours, theirs = tally(counted["occasions"]), tally(of_extract["occasions"])
    years = {row["financial_year"] for row in counted["foi_q1_missing_occasions"]}
    covered = {row["financial_year"] for row in of_extract["years_of_occasions"]}
    expected = []
    for year in sorted(years & covered):
        for status in ("A", "M"):
            keys = {key for key in ours.keys() | theirs.keys() if key[:2] == (year, status)}
            in_both = sum(min(ours.get(key, 0), theirs.get(key, 0)) for key in keys)
            in_returns = sum(ours.get(key, 0) for key in keys)
            in_extract = sum(theirs.get(key, 0) for key in keys)
            expected.append((year, status, in_returns, in_extract, in_both))
    found = connection.execute(
        "select financial_year, recorded_status, occasions_in_returns, occasions_in_extract,"
        " occasions_in_both from dq_source_comparison order by all"
    ).fetchall()
    assert found == expected


def test_what_the_extract_says_of_interviews_says_nothing_of_harm(
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    from_the_extract: compiled_models.Statements,
    returns_of: Callable[[int], Path],
) -> None:
    """Without return interviews nothing is known of harm, whatever was offered and accepted."""
    add_case_extract(returns_of(3), tmp_path / "case", 3, lacks=False)
    interviews = tmp_path / "case" / "return_interviews.csv"
    header = interviews.read_text(encoding="utf-8").splitlines()[0]
    interviews.write_text(header + "\n", encoding="utf-8")
    modules = tmp_path / "case" / "landed_modules.csv"
    lines = modules.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("return_interviews,")]
    modules.write_text("\n".join(kept) + "\n", encoding="utf-8")
    compiled_models.build(warehouse, from_the_extract, tmp_path / "case")
    columns = ["is_interview_offered", "is_interview_declined"]
    found = compiled_models.rows(warehouse, "fct_missing_occasions", columns)
    expected = [
        {columns[0]: row["offered_by_extract"], columns[1]: row["declined_by_extract"]}
        for row in plain_case_count(tmp_path / "case")["occasions"]
    ]
    assert in_order(found) == in_order(expected)
    assert {row["is_interview_offered"] for row in found} == {True, False}
    said = warehouse.execute(
        "select count(*) from fct_missing_occasions where is_interview_completed or was_hurt"
        " or was_sexually_harmed or was_in_drug_sale or was_in_crime or interview_rows > 0"
    ).fetchone()
    assert said == (0,)
    known = warehouse.execute(
        "select count(occasions_with_outcome) from foi_q2_harm_while_missing"
    ).fetchone()
    assert known == (0,)


BREAKS: dict[str, list[tuple[str, str]]] = {
    "ssd_missing": [
        ("", "1,a,01/05/2017 10:00,Missing,01/05/2017 09:00,Y,Y"),
        ("", "2,a,01/01/1991,away,NULL,NA,NA"),
        ("MFC31", "3,,01/05/2017,M,,,"),
        ("MFC32", "4,a,,M,,,"),
        ("MFC32", "5,a,31/04/2017,M,,,"),
        ("MFC33", "6,a,01/05/2017,M,later,,"),
        ("MFC34", "7,a,01/05/2017,X,,,"),
        ("MFC34", "8,a,01/05/2017,NULL,,,"),
        ("MFC35", "9,a,02/05/2017,M,01/05/2017,,"),
        ("MFC36", "10,a,31/12/1990,M,,,"),
        ("MFC36", "11,a,01/05/2999,M,,,"),
    ],
    "ssd_cla_episodes": [
        ("", "1,a,,01/05/2017,,,01/05/2017,,,,,"),
        ("MFC37", "2,NULL,,01/05/2017,,,,,,,,"),
        ("MFC38", "3,a,,?,,,,,,,,"),
        ("MFC39", "4,a,,01/05/2017,,,later,,,,,"),
        ("MFC40", "5,a,,02/05/2017,,,01/05/2017,,,,,"),
    ],
    "ssd_immigration_status": [("", "1,a,,?,UASC"), ("MFC42", "2,,01/05/2017,,UASC")],
    "ssd_person": [("", ",a,F,,,?,,"), ("MFC41", ",,F,,,01/05/2003,,")],
    "ssd_legal_status": [
        ("", "1,a,C2,01/05/2017,"),
        ("MFC43", "2,,C2,01/05/2017,"),
        ("MFC43", "3,a,C2,,"),
    ],
    "ssd_cla_placement": [
        ("", "p1,,,01/05/2017,U1,,,,,,"),
        ("", ",,a,01/05/2017,Residential school,,,,,,"),
        ("MFC55", ",,a,,U1,,,,,,"),
        ("MFC55", ",,,01/05/2017,U1,,,,,,"),
    ],
}


def test_each_rule_of_the_extract_finds_its_row_and_not_the_neighbour(
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    landed = tmp_path / "landed"
    shutil.copytree(CHECKOUT / "seeds" / "extracts", landed)
    modules = [(landed / "landed_modules.csv").read_text(encoding="utf-8").splitlines()[0]]
    interviews = landed / "return_interviews.csv"
    header = interviews.read_text(encoding="utf-8").splitlines()[0]
    interviews.write_text(header + "\n", encoding="utf-8")
    for table, rows in BREAKS.items():
        lines = [f"{row},f,{number}" for number, (_, row) in enumerate(rows, start=1)]
        header = ",".join(statements.raw_tables[table])
        text = "\n".join([header, *lines]) + "\n"
        (landed / f"{table}.csv").write_text(text, encoding="utf-8")
        modules.append(f"{table},,landed,f,{len(rows)},,,,,")
    (landed / "landed_modules.csv").write_text("\n".join(modules) + "\n", encoding="utf-8")
    drop_returns(landed)
    compiled_models.build(warehouse, statements, landed)
    assert_balances(warehouse)
    found = warehouse.execute(
        "select raw_table, source_row, rule_code, effect from dq_findings"
        " where starts_with(raw_table, 'ssd_') order by all"
    ).fetchall()
    expected = [
        (table, number, code, "rejected")
        for table, rows in sorted(BREAKS.items())
        for number, (code, _) in enumerate(rows, start=1)
        if code
    ]
    assert found == expected
    with (CHECKOUT / "seeds" / "rules" / "validation_rules.csv").open(encoding="utf-8") as file:
        rules = [
            row
            for row in csv.DictReader(file)
            if row["raw_table"].startswith("ssd_") and row["severity"] == "rejected"
        ]
    assert {row["rule_code"] for row in rules} == {code for _, _, code, _ in found}


def test_the_variable_names_a_source_that_is_landed(tmp_path: Path) -> None:
    """The demonstration council has no extract: dbt says so, in a sentence."""
    built = compiled_models.run_dbt(
        [
            "build",
            "--vars",
            "occasions_from: case_management",
            "--select",
            "+occasions_come_from_a_landed_table",
        ],
        tmp_path,
    )
    assert built.returncode != 0
    assert "The variable occasions_from is case_management." in built.stdout


def test_an_extract_as_a_council_has_it(
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    """From the files themselves: two occasions of a day, by the clock, and no other source."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "missing.csv").write_text(
        "miss_table_id,miss_person_id,miss_missing_episode_start_date,miss_missing_episode_type,"
        "miss_missing_episode_end_date,miss_missing_rhi_offered,miss_missing_rhi_accepted\n"
        "2,007,2017-05-01 20:00:00.000,Missing,2017-05-01 23:15:00.000,Y,N\n"
        "1,007,2017-05-01 08:00:00.000,Absent,2017-05-01 09:30:00.000,NA,NULL\n",
        encoding="utf-8",
    )
    (source / "care.csv").write_text(
        "clae_cla_episode_id,clae_person_id,clae_cla_episode_start_date,"
        "clae_cla_episode_ceased_date\n9,007,2017-04-01 00:00:00.000,NULL\n",
        encoding="utf-8",
    )
    land(source, tmp_path / "landed", form="csv")
    compiled_models.build(warehouse, statements, tmp_path / "landed")
    columns = ["occasion_number", "recorded_status", "counts_as", "duration_hours"]
    found = compiled_models.rows(warehouse, "fct_missing_occasions", columns)
    assert sorted(found, key=lambda row: row["occasion_number"]) == [
        dict(zip(columns, (1, "A", "missing", 1.5), strict=True)),
        dict(zip(columns, (2, "M", "missing", 3.25), strict=True)),
    ]
    figures = ["financial_year", "occasions_missing", "children_missing"]
    assert compiled_models.rows(warehouse, "foi_q1_missing_occasions", figures) == [
        dict(zip(figures, ("2017/18", 2, 1), strict=True))
    ]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("01/04/2017 09:05", "2017-04-01 09:05:00"),
        ("1/4/2017 9:05:10", "2017-04-01 09:05:10"),
        ("2017-04-01T23:59:59", "2017-04-01 23:59:59"),
        (" 2017-04-01 23:59:59.997 ", "2017-04-01 23:59:59"),
        ("2017-04-01 00:00:00", "2017-04-01 00:00:00"),
        ("29/02/2016 12:00", "2016-02-29 12:00:00"),
        ("01/04/2017", None),
        ("2017-04-01", None),
        ("29/02/2017 12:00", None),
        ("01/04/2017 25:00", None),
        ("01/04/17 12:00", None),
        ("12:00", None),
        ("", None),
    ],
)
def test_times_of_day_are_read(
    text: str,
    moment: str | None,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    compiled_models.make_empty(warehouse, "ssd_missing", statements.raw_tables["ssd_missing"])
    warehouse.execute(
        "insert into ssd_missing (miss_missing_episode_start_date, source_file, source_row)"
        " values (?, 'f', '1')",
        [text],
    )
    warehouse.execute(
        "create or replace table stg_landed_modules as select 'ssd_missing' as raw_table,"
        " 'landed' as status, 'f' as source_file, '' as date_forms,"
        " cast(null as varchar) as collection_year, cast(null as date) as taken_on"
    )
    (statement,) = [sql for name, sql in statements if name == "stg_ssd__missing"]
    found = warehouse.execute(f"select started_at from ({statement})").fetchone()
    assert (str(found[0]) if found[0] else None) == moment


# Extracts as councils have them: six occasions of six children in November 2017.

MISSING_HEADER = (
    "miss_table_id,miss_person_id,miss_missing_episode_start_date,miss_missing_episode_type,"
    "miss_missing_episode_end_date,miss_missing_rhi_offered,miss_missing_rhi_accepted"
)
CARE_HEADER = (
    "clae_cla_episode_id,clae_person_id,clae_cla_placement_id,clae_cla_episode_start_date,"
    "clae_cla_episode_ceased_date"
)
NUMBERS = range(1, 7)
ENDED = [f"2017-11-{11 + number} 08:00:00.000" for number in NUMBERS]
OPEN = ["NULL"] * 6


def missing_lines(ends: list[str], types: list[str] | None = None, ids: str = "m") -> list[str]:
    """The six occasions; `ids` blank for a system that gives none."""
    return [
        f"{ids and f'{ids}{number}'},10{number},2017-11-{10 + number} 21:00:00.000,{kind},{end},,"
        for number, end, kind in zip(NUMBERS, ends, types or ["M"] * 6, strict=True)
    ]


def build_extract(
    connection: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
    folder: Path,
    files: dict[str, list[str]],
    told: dict[str, dict[str, str]] | None = None,
) -> None:
    """Lands and builds an extract.

    Args:
        files: names with their lines; the episodes of care are added if there are none.
        told: what `landed_modules` says of a file, by the end of its name.
    """
    source = folder / "source"
    care = [f"e{number},10{number},p{number},2017-05-01,NULL" for number in NUMBERS]
    for name, lines in ({"care.csv": [CARE_HEADER, *care]} | files).items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    land(source, folder / "landed", form="csv")
    modules = folder / "landed" / "landed_modules.csv"
    rows = compiled_models.read_csv(modules)
    for row in rows:
        for name, days in (told or {}).items():
            if row["source_file"].endswith(name):
                row |= days
    with modules.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    compiled_models.build(connection, statements, folder / "landed")
    assert_balances(connection)


def occasions_and_open(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """The occasions in the ledger, and those still missing."""
    return connection.execute(
        "select count(*), count(*) - count(ended_on) from fct_missing_occasions"
    ).fetchone()


def years(connection: duckdb.DuckDBPyConnection) -> dict[str, int | None]:
    """Question 1's occasions by year; None is not available."""
    return dict(
        connection.execute(
            "select financial_year, occasions_missing_or_absent from foi_q1_missing_occasions"
        ).fetchall()
    )


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("ssd_missing_01-12-2017.csv", "ssd_missing_01-02-2018.csv"),
        ("z/missing 2017-12-01.csv", "a/missing 2018-02-01.csv"),
        ("missing_20171201.csv", "missing_01-Feb-2018.csv"),
        ("01-12-2017/missing.csv", "01-02-2018/missing.csv"),
    ],
)
@pytest.mark.parametrize("ids", ["m", ""])
def test_the_newest_of_two_extracts_says_how_each_occasion_ended(
    older: str,
    newer: str,
    ids: str,
    tmp_path: Path,
    strict_warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    """Never the order of letters; and 2017/18 is not wholly covered in February."""
    files = {
        older: [MISSING_HEADER, *missing_lines(OPEN, ids=ids)],
        newer: [MISSING_HEADER, *missing_lines(ENDED, ids=ids)],
    }
    build_extract(strict_warehouse, statements, tmp_path, files)
    assert occasions_and_open(strict_warehouse) == (6, 0)
    assert years(strict_warehouse) == {"2017/18": None}


def test_a_year_that_the_newest_extract_covers_is_answered_and_what_it_lost_is_a_finding(
    tmp_path: Path,
    strict_warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    files = {
        "missing_2017-12-01.csv": [MISSING_HEADER, *missing_lines(OPEN)],
        "missing_2018-04-30.csv": [MISSING_HEADER, *missing_lines(ENDED)[1:]],
    }
    build_extract(strict_warehouse, statements, tmp_path, files)
    assert occasions_and_open(strict_warehouse) == (6, 1)
    assert years(strict_warehouse) == {"2017/18": 6, "2018/19": None}
    found = strict_warehouse.execute(
        "select rule_code, source_file, source_row, effect from dq_findings"
        " where rule_code <> 'MFC50'"
    ).fetchall()
    assert found == [("MFC57", "missing_2017-12-01.csv", 1, "counted")]


@pytest.mark.parametrize(
    ("days", "figures"),
    [
        ({}, {"2017/18": 6}),
        ({"covers_from": "2017-04-01", "covers_to": "2018-03-31"}, {"2017/18": 6}),
        ({"covers_from": "2017-04-02", "covers_to": "2018-03-31"}, {"2017/18": None}),
        ({"covers_from": "2017-04-01", "covers_to": "2018-03-30"}, {"2017/18": None}),
        (
            {"covers_from": "2016-04-01", "taken_on": "2018-04-01"},
            {"2016/17": 0, "2017/18": 6, "2018/19": None},
        ),
        ({"taken_on": "2018-03-30"}, {"2017/18": None}),
    ],
)
def test_a_year_counts_only_if_the_extract_wholly_covers_it(
    days: dict[str, str],
    figures: dict[str, int | None],
    tmp_path: Path,
    strict_warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    files = {"missing.csv": [MISSING_HEADER, *missing_lines(ENDED)]}
    build_extract(strict_warehouse, statements, tmp_path, files, {"missing.csv": days})
    assert years(strict_warehouse) == figures


@pytest.mark.parametrize(
    "nothing",
    [
        "1900-01-01 00:00:00.000",
        "01/01/1900",
        "9999-12-31",
        "null",
        "NULL",
        "(null)",
        "N/A",
        '=""',
    ],
)
def test_an_end_that_is_a_placeholder_leaves_the_occasion_open(
    nothing: str,
    tmp_path: Path,
    strict_warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    ends = ['"="""""' if nothing == '=""' else nothing] * 6
    files = {"missing.csv": [MISSING_HEADER, *missing_lines(ends)]}
    build_extract(strict_warehouse, statements, tmp_path, files)
    assert occasions_and_open(strict_warehouse) == (6, 6)
    assert years(strict_warehouse) == {"2017/18": 6}


def test_words_for_types_are_read_and_an_unknown_one_names_its_seed(
    tmp_path: Path,
    strict_warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    """Two of six rows with no known type are too many for an answer, until the word is added."""
    types = ["Missing", "Away from placement without authorisation", "Missing from care"]
    types += ["Unauthorised absence", "Not where they should be", "Not where they should be"]
    files = {"missing.csv": [MISSING_HEADER, *missing_lines(ENDED, types)]}
    build_extract(strict_warehouse, statements, tmp_path, files)
    assert years(strict_warehouse) == {"2017/18": None}
    found = strict_warehouse.execute(
        "select findings.rule_code, findings.source_row, rules.what_to_do"
        " from dq_findings as findings inner join validation_rules as rules"
        " on findings.rule_code = rules.rule_code where findings.rule_code <> 'MFC50' order by all"
    ).fetchall()
    assert [(code, row) for code, row, _ in found] == [("MFC34", 5), ("MFC34", 6)]
    assert "status_spellings.csv" in found[0][2]
    strict_warehouse.execute(
        "insert into status_spellings values ('NOT WHERE THEY SHOULD BE', 'M', 'test')"
    )
    compiled_models.build(strict_warehouse, statements, tmp_path / "landed")
    load_rules(strict_warehouse, None, "status_spellings")
    assert years(strict_warehouse) == {"2017/18": 6}
    statuses = strict_warehouse.execute(
        "select recorded_status from fct_missing_occasions order by child_id"
    ).fetchall()
    assert statuses == [("M",), ("A",), ("M",), ("A",), ("M",), ("M",)]


LEGAL_HEADER = (
    "lega_legal_status_id,lega_person_id,lega_legal_status,"
    "lega_legal_status_start_date,lega_legal_status_end_date"
)


@pytest.mark.parametrize(
    ("status", "figure"),
    [
        ("Care Order Sec. 31(a)", 6),
        ("V2 - Single period of accommodation under s20", 6),
        ("Agreed series of short-term breaks", 0),
        ("regular occ. acc by LA S.20(1) CA under 16", 0),
        ("V4", 0),
        ("A status of our own", None),
    ],
)
def test_legal_statuses_in_words_tell_short_breaks_from_care(
    status: str,
    figure: int | None,
    tmp_path: Path,
    strict_warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    """What cannot be told is not available, and every row is a finding that names the seed."""
    legal = [f"l{number},10{number},{status},2017-05-01,NULL" for number in NUMBERS]
    files = {
        "missing.csv": [MISSING_HEADER, *missing_lines(ENDED)],
        "legal.csv": [LEGAL_HEADER, *legal],
    }
    build_extract(strict_warehouse, statements, tmp_path, files)
    assert years(strict_warehouse) == {"2017/18": figure}
    found = strict_warehouse.execute(
        "select count(*) from dq_findings where rule_code = 'MFC52'"
    ).fetchone()
    assert found == (6 if figure is None else 0,)


def test_how_far_from_home_is_what_the_extract_says(
    tmp_path: Path,
    strict_warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    """Rule 26: whole miles, rounded down; what is no distance is not known."""
    said = ["4.99", "5.0", "", "-1", "1e3", "inf"]
    header = (
        "clap_cla_placement_id,clap_cla_placement_start_date,clap_cla_placement_type,"
        "clap_cla_placement_end_date,clap_cla_placement_distance"
    )
    placements = [f"p{number},2017-05-01,U4,,{miles}" for number, miles in enumerate(said, 1)]
    files = {
        "missing.csv": [MISSING_HEADER, *missing_lines(ENDED)],
        "placements.csv": [header, *placements],
    }
    build_extract(strict_warehouse, statements, tmp_path, files)
    found = strict_warehouse.execute(
        "select miles_from_home from fct_missing_occasions order by child_id"
    ).fetchall()
    assert [miles for (miles,) in found] == [4, 5, None, None, 1000, None]
    known = "select bool_and(has_distances), bool_or(has_placement_areas) from int_council_years"
    assert strict_warehouse.execute(f"{known} where has_episodes").fetchone() == (True, False)
    files["placements.csv"] = [header, *(f"p{number},2017-05-01,U4,," for number in NUMBERS)]
    build_extract(strict_warehouse, statements, tmp_path / "without", files)
    assert strict_warehouse.execute(f"{known} where has_episodes").fetchone() == (False, False)


def test_placements_come_from_their_own_table(
    tmp_path: Path,
    strict_warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    """By identifier, with or without a person; an identifier read as a number has its .0."""
    care = [f"e{number},10{number},{number}.0,2017-05-01,NULL" for number in NUMBERS]
    placements = [
        "1,2017-05-01,K2,NULL",
        "2,2017-05-01,K2 - Children's home,NULL",
        "3,2017-05-01,Residential school,NULL",
        "4,2017-05-01,U1,NULL",
        "5,2017-05-01,U4,NULL",
        "6,2017-05-01,h5,NULL",
    ]
    header = (
        "clap_cla_placement_id,clap_cla_placement_start_date,clap_cla_placement_type,"
        "clap_cla_placement_end_date"
    )
    files = {
        "missing.csv": [MISSING_HEADER, *missing_lines(ENDED)],
        "care.csv": [CARE_HEADER, *care],
        "placements.csv": [header, *placements],
    }
    build_extract(strict_warehouse, statements, tmp_path, files)
    found = strict_warehouse.execute(
        "select placement_type from fct_missing_occasions order by child_id"
    ).fetchall()
    assert [kind for (kind,) in found] == [
        "childrens_home",
        "childrens_home",
        "residential_school",
        "foster_relative_or_friend",
        "foster_other",
        "semi_independent",
    ]
    known = "select bool_and(has_placements) from int_council_years where has_episodes"
    assert strict_warehouse.execute(known).fetchone() == (True,)
    (tmp_path / "source" / "placements.csv").unlink()
    land(tmp_path / "source", tmp_path / "without", form="csv")
    compiled_models.build(strict_warehouse, statements, tmp_path / "without")
    assert strict_warehouse.execute(known).fetchone() == (False,)
