"""Occasions from a case-management extract, against a plain-Python count and beside the returns."""

import csv
import shutil
from pathlib import Path

import duckdb
import pytest

import compiled_models
from missing_from_care.landing.land import land
from missing_from_care.project import CHECKOUT
from plain_case_count import plain_case_count
from plain_count import plain_count
from random_case_extract import add_case_extract, drop_returns
from random_returns import write_random_returns
from test_marts_agree import LEDGER, MARTS, in_order

RANDOM_EXTRACTS = 80
CASE_LEDGER = [*LEDGER, "occasion_number", "started_at", "ended_at", "duration_hours"]


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    return compiled_models.connect()


@pytest.fixture(scope="module")
def from_the_extract(tmp_path_factory: pytest.TempPathFactory) -> compiled_models.Statements:
    """The models as dbt compiles them when the variable chooses the extract."""
    work = tmp_path_factory.mktemp("compiled_case")
    return compiled_models.compile_models(work, ["--vars", "occasions_from: case_management"])


def landed_returns(folder: Path, seed: int) -> Path:
    write_random_returns(folder / "source", seed)
    land(folder / "source", folder / "returns")
    return folder / "returns"


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
) -> None:
    """What the extract lacks comes from the returns beside it; their other rows are left out."""
    add_case_extract(landed_returns(tmp_path, seed), tmp_path / "both", seed)
    compiled_models.build(warehouse, from_the_extract, tmp_path / "both")
    assert_balances(warehouse)
    assert_agrees(warehouse, plain_case_count(tmp_path / "both"))


@pytest.mark.parametrize("seed", range(10))
def test_an_extract_alone_is_counted_without_the_variable(
    seed: int,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    add_case_extract(landed_returns(tmp_path, seed), tmp_path / "case", seed, lacks=False)
    drop_returns(tmp_path / "case")
    compiled_models.build(warehouse, statements, tmp_path / "case")
    assert_balances(warehouse)
    assert_agrees(warehouse, plain_case_count(tmp_path / "case"))
    assert compiled_models.rows(warehouse, "dq_source_comparison", ["financial_year"]) == []
    compared = compiled_models.rows(warehouse, "dq_published_comparison", ["ours"])
    assert {row["ours"] for row in compared} <= {None}, "the extract was never published"


@pytest.mark.parametrize("seed", range(10))
def test_an_extract_beside_the_returns_changes_no_answer(
    seed: int,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    """By default the returns are counted; the extract's rows are compared only."""
    returns = landed_returns(tmp_path, seed)
    add_case_extract(returns, tmp_path / "both", seed)
    compiled_models.build(warehouse, statements, tmp_path / "both")
    assert_balances(warehouse)
    counted = plain_count(returns)
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
) -> None:
    """Without return interviews nothing is known of harm, whatever was offered and accepted."""
    add_case_extract(landed_returns(tmp_path, 3), tmp_path / "case", 3, lacks=False)
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
}


def test_each_rule_of_the_extract_finds_its_row_and_not_the_neighbour(
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    landed = tmp_path / "landed"
    shutil.copytree(CHECKOUT / "seeds" / "extracts", landed)
    modules = ["raw_table,collection_year,status,source_file,rows_landed,sha256"]
    interviews = landed / "return_interviews.csv"
    header = interviews.read_text(encoding="utf-8").splitlines()[0]
    interviews.write_text(header + "\n", encoding="utf-8")
    for table, rows in BREAKS.items():
        lines = [f"{row},f,{number}" for number, (_, row) in enumerate(rows, start=1)]
        header = (landed / f"{table}.csv").read_text(encoding="utf-8").splitlines()[0]
        text = "\n".join([header, *lines]) + "\n"
        (landed / f"{table}.csv").write_text(text, encoding="utf-8")
        modules.append(f"{table},,landed,f,{len(rows)},")
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
        rules = [row for row in csv.DictReader(file) if row["raw_table"].startswith("ssd_")]
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
    land(source, tmp_path / "landed")
    compiled_models.build(warehouse, statements, tmp_path / "landed")
    columns = ["occasion_number", "recorded_status", "counts_as", "duration_hours"]
    assert compiled_models.rows(warehouse, "fct_missing_occasions", columns) == [
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
    compiled_models.load_csv(warehouse, CHECKOUT / "seeds" / "extracts" / "ssd_missing.csv")
    warehouse.execute(
        "insert into ssd_missing (miss_missing_episode_start_date, source_row) values (?, '1')",
        [text],
    )
    (statement,) = [sql for name, sql in statements if name == "stg_ssd__missing"]
    found = warehouse.execute(f"select started_at from ({statement})").fetchone()
    assert (str(found[0]) if found[0] else None) == moment
