"""The quality report: what it prints, what its private workbook holds, what it refuses."""

import json
import os
import stat
import subprocess
from io import BytesIO
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook
from rich.console import Console

import forked
from missing_from_care.base.faults import DataFault, UsageFault
from missing_from_care.base.models_in_memory import build_model
from missing_from_care.base.project import CHECKOUT
from missing_from_care.documents.quality import report as quality
from missing_from_care.documents.quality import terminal
from missing_from_care.documents.workbook import writing

CHILD = "CHILD-77"
FAULTY = "=1+1 \x07 31/02/2017"
LONG_NAME = "2017-18/the missing children of the council [final], as sent by the team in June.csv"
OTHER = "2016-17/missing.csv"

RULES = [
    ("1004", "ssda903_missing", "rejected", "start of the occasion is blank or unreadable"),
    ("574", "ssda903_missing", "warning", "occasions of one child overlap"),
    ("502", "ssda903_episodes", "warning", "open episode is not continued"),
]
# rule, table, year, file, row, child, finding, effect, accepted, reason
FINDINGS = [
    ("1004", "ssda903_missing", "2017-18", LONG_NAME, 2, CHILD, FAULTY, "rejected", False, None),
    ("1004", "ssda903_missing", "2017-18", LONG_NAME, 9, None, "blank", "rejected", True, "Seen"),
    ("574", "ssda903_missing", "2017-18", LONG_NAME, 3, CHILD, "overlap", "counted", False, None),
    ("574", "ssda903_missing", "2016-17", OTHER, 5, CHILD, "over", "left_out", False, None),
    ("574", "ssda903_missing", "2016-17", OTHER, 6, CHILD, "over", "counted", False, None),
]  # fmt: skip


def make_database(path: Path, findings: list[tuple] = FINDINGS) -> Path:
    """A warehouse with just what the report reads, in the shape that the models promise."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table validation_rules (rule_code text, raw_table text, severity text, "
            "finding text, effect text, what_to_do text, authority text)"
        )
        for code, table, severity, finding in RULES:
            advice = f"Mend it in the case system: {finding}, then land the return again."
            connection.execute(
                "insert into validation_rules values (?, ?, ?, ?, 'counted', ?, 'DfE')",
                [code, table, severity, finding, advice],
            )
        connection.execute(
            "create table dq_findings (rule_code text, raw_table text, collection_year text, "
            "source_file text, source_row int, child_id text, finding text, effect text, "
            "is_accepted boolean, accepted_reason text, severity text)"
        )
        for finding in findings:
            severity = next(rule[2] for rule in RULES if rule[0] == finding[0])
            places = ", ".join("?" * 11)
            connection.execute(f"insert into dq_findings values ({places})", [*finding, severity])
        connection.execute(
            "create table dq_row_accounting as select 'ssda903_missing' as raw_table, "
            "'2017-18' as collection_year, 877::bigint as rows_landed, 9::bigint as rows_rejected, "
            "0::bigint as rows_repeated, 22::bigint as rows_left_out, 846::bigint as rows_counted"
        )
        connection.execute(
            "create table int_module_losses as select 'ssda903_missing' as raw_table, "
            "'2017-18' as collection_year, 'rows' as part, '2017-18/missing.csv' as source_file, "
            "877 as counted, 9 as lost, false as is_beyond, "
            "'2017-18/missing.csv: 9 of 877 rows are not counted (1.0%).' as sentence"
        )
        connection.execute(
            "create table dq_published_comparison as select '2017/18' as financial_year, "
            "unnest(['missing_incidents', 'cla_at_31_march']) as measure, "
            "unnest([843, 688]) as ours, unnest([0, null]) as published, "
            "unnest(['published', 'not_published']) as published_status, "
            "unnest([843, null]) as difference, unnest(['differs', 'not published']) as comparison,"
            " 'How it is counted.' as note, null::text as release"
        )
        connection.execute(
            "create table authority as select 'name' as setting, 'Wyndale Council' as value"
        )
        build_model(connection, "dq_finding_summary")
    return path


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return make_database(tmp_path / "wyndale.duckdb")


def report(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs the command as a user does, on a terminal 80 columns wide."""
    script = CHECKOUT / "scripts" / "quality_report.py"
    return forked.run([script, *arguments], os.environ | {"COLUMNS": "80"})


def sheet_rows(data: bytes, name: str) -> list[dict]:
    """A worksheet's table as dictionaries."""
    sheet = load_workbook(BytesIO(data))[name]
    (area,) = (table.ref for table in sheet.tables.values())
    headings, *values = ([cell.value for cell in row] for row in sheet[area])
    assert all(value is not None for row in values for value in row), "no cell is empty"
    return [dict(zip(headings, row, strict=True)) for row in values]


def test_terminal_shows_counts_and_advice_at_80_columns_and_no_child(database: Path) -> None:
    done = report("--database", database)
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines()[:-1])) <= 80
    for text in ("5 findings in 2 files, 1 of", "1 different, 1 not published", "+843", "877"):
        assert text in done.stdout
    assert "Mend it in the case" in done.stdout
    for secret in (CHILD, "31/02/2017", "overlap\n", "Seen"):
        assert secret not in done.stdout
    assert done.stdout.splitlines()[-1] == str(database.with_name("quality-report.xlsx"))
    assert "…" not in done.stdout


def test_summary_adds_up_by_rule_year_and_file(database: Path) -> None:
    with quality.opened(database) as connection:
        tables = quality.summary(connection)
    assert tables["totals"] == {
        "findings": 5, "accepted": 1, "rules_broken": 2, "rules_checked": 3, "files": 2
    }  # fmt: skip
    rules = {row["rule_code"]: row for row in tables["by_rule"]}
    assert list(rules) == ["1004", "574"]  # what rejects a row comes first
    assert (rules["574"]["findings"], rules["574"]["left_out"], rules["574"]["counted"]) == (
        3,
        1,
        2,
    )
    assert rules["1004"]["accepted"] == 1
    assert rules["1004"]["example_row"] == 2  # an example that nobody has accepted yet
    years = {row["collection_year"]: row["findings"] for row in tables["by_year"]}
    assert years == {"2016-17": 2, "2017-18": 3}
    worst = tables["worst_files"][0]
    assert (worst["source_file"], worst["rows_with_findings"]) == (LONG_NAME, 3)
    assert (worst["commonest_rule"], worst["of_this_rule"]) == ("1004", 2)


def test_json_is_the_summary_without_children(database: Path) -> None:
    done = report("--database", database, "--json")
    summary = json.loads(done.stdout)
    assert summary["totals"]["findings"] == 5
    assert {row["comparison"] for row in summary["published"]} == {"differs", "not published"}
    assert Path(summary["workbook"]).is_file()
    assert CHILD not in done.stdout
    assert "31/02/2017" not in done.stdout


def test_workbook_lists_every_finding_with_its_row_and_what_to_do(database: Path) -> None:
    report("--database", database)
    path = database.with_name("quality-report.xlsx")
    data = path.read_bytes()
    assert load_workbook(BytesIO(data)).sheetnames == [
        "Cover", "By rule", "By year", "Worst files", "Losses", "Accounting", "Published figures",
        "Findings",
    ]  # fmt: skip
    found = sheet_rows(data, "Findings")
    assert [(row["File"], row["Row"]) for row in found] == [
        (OTHER, 5), (OTHER, 6), (LONG_NAME, 2), (LONG_NAME, 3), (LONG_NAME, 9)
    ]  # fmt: skip
    assert found[0]["Effect"] == "left out"
    assert found[2]["Child"] == CHILD
    assert found[2]["What was found"] == "=1+1 \ufffd 31/02/2017"
    assert found[2]["What to do"].startswith("Mend it in the case system")
    assert (found[4]["Child"], found[4]["Accepted"], found[4]["Why accepted"]) == (
        "[x]", "yes", "Seen"
    )  # fmt: skip
    example = sheet_rows(data, "By rule")[0]
    assert (example["Example: row"], example["Example: child"]) == (2, CHILD)
    assert sheet_rows(data, "Accounting")[0]["Rows landed"] == 877
    assert sheet_rows(data, "Published figures")[0]["Published"] == "[x]"


def test_text_is_never_a_formula(database: Path) -> None:
    report("--database", database)
    sheet = load_workbook(database.with_name("quality-report.xlsx"))["Findings"]
    cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value)[0] == "="]
    assert [cell.data_type for cell in cells] == ["s"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_only_the_user_can_read_the_workbook_and_nothing_is_left_beside_it(database: Path) -> None:
    report("--database", database)
    path = database.with_name("quality-report.xlsx")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(each.name for each in database.parent.iterdir()) == [path.name, database.name]


def test_more_findings_than_a_sheet_holds_go_on_the_next(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "ROWS_ON_A_SHEET", 2)
    with quality.opened(database) as connection:
        content = quality.report(
            "Wyndale Council", quality.summary(connection), quality.rows(connection)
        )
        data = writing.report_bytes(content, tmp_path)
    names = load_workbook(BytesIO(data)).sheetnames
    assert names[-3:] == ["Findings", "Findings 2", "Findings 3"]
    assert [len(sheet_rows(data, name)) for name in names[-3:]] == [2, 2, 1]


def test_a_warehouse_without_findings_says_so(tmp_path: Path) -> None:
    database = make_database(tmp_path / "clean.duckdb", findings=[])
    done = report("--database", database)
    assert done.returncode == 0, done.stderr
    assert "0 findings in 0 files" in done.stdout
    data = database.with_name("quality-report.xlsx").read_bytes()
    assert sheet_rows(data, "Findings")[0]["File"] == "None"


def test_a_finding_without_rule_year_or_file_is_shown_all_the_same(tmp_path: Path) -> None:
    database = make_database(tmp_path / "odd.duckdb")
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into dq_findings (rule_code, severity, effect) "
            "values ('new', 'warning', 'counted')"
        )
        connection.execute("drop table dq_finding_summary")
        build_model(connection, "dq_finding_summary")
    with quality.opened(database) as connection:
        tables = quality.summary(connection)
    for name in ("by_rule", "by_year", "worst_files"):
        assert sum(row["findings"] for row in tables[name]) == 6
    with Path(os.devnull).open("w") as nowhere:
        terminal.show(Console(file=nowhere, width=80), tables)


def test_wrong_use_and_an_older_warehouse_end_in_one_sentence(tmp_path: Path) -> None:
    done = report("--database", tmp_path / "none.duckdb")
    assert done.returncode == UsageFault.status
    assert "`dbt build`" in done.stderr
    (tmp_path / "text.duckdb").write_text("no database", encoding="utf-8")
    assert report("--database", tmp_path / "text.duckdb").returncode == UsageFault.status
    duckdb.connect(str(tmp_path / "old.duckdb")).close()
    done = report("--database", tmp_path / "old.duckdb")
    assert done.returncode == DataFault.status
    assert "dq_findings" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_warehouse_that_is_being_built_is_busy(database: Path) -> None:
    with duckdb.connect(str(database)):
        done = report("--database", database)
    assert (done.returncode, len(done.stderr.splitlines())) == (5, 1)


@pytest.mark.parametrize("folder", [".", "docs", "seeds/extracts", "warehouse/../seeds"])
def test_the_workbook_stays_out_of_folders_that_are_committed(database: Path, folder: str) -> None:
    done = report("--database", database, "--out", CHECKOUT / folder)
    assert done.returncode == UsageFault.status
    assert "inside the checkout" in done.stderr
    ignored = (CHECKOUT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"responses/", "target/", "warehouse/*"} <= set(ignored)
