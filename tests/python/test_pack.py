"""Provenance, checksums and the sign-off sheet: what a pack is rebuilt and signed off by."""

import json
import shutil
import subprocess
from copy import deepcopy
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import duckdb
import pytest
from docx import Document

from missing_from_care.base.faults import DataFault, UsageFault
from missing_from_care.base.project import CHECKOUT
from missing_from_care.pack.making import checked_workbook, checks_of, sign_off_bytes
from missing_from_care.pack.provenance import checksums, dbt_results, differences, provenance
from missing_from_care.response.answers import Response
from missing_from_care.response.reading import read_response

REQUEST = "foi-2018-0417"


@pytest.fixture(scope="module")
def warehouse(
    database: Path, tmp_path_factory: pytest.TempPathFactory
) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(shutil.copy(database, tmp_path_factory.mktemp("of a pack")))


@pytest.fixture(scope="module")
def response(warehouse: duckdb.DuckDBPyConnection) -> Response:
    return read_response(warehouse, REQUEST)


@pytest.fixture(scope="module")
def record(response: Response, warehouse: duckdb.DuckDBPyConnection) -> dict:
    return provenance(response, warehouse)


def test_the_record_is_the_same_again_and_names_every_input(record, response, warehouse) -> None:
    assert json.dumps(provenance(response, warehouse)) == json.dumps(record)
    landed = {f"extracts/{f.name}" for f in (CHECKOUT / "seeds" / "extracts").glob("*.csv")}
    rules = {f"rules/{f.name}" for f in (CHECKOUT / "seeds" / "rules").glob("*.csv")}
    assert landed | rules | {"templates/letter.docx"} <= record["inputs"].keys()
    assert len(record["request"]["stg_foi_request_questions"]) == 20
    (landed_rows,) = warehouse.execute("select count(*) from ssda903_missing").fetchone()
    assert record["rows"]["ssda903_missing"] == landed_rows > 1000
    assert record["dated"] == "2018-07-16" and "duckdb" in record["versions"]
    # No folder of this computer, nor its user, is told.
    assert str(CHECKOUT) not in json.dumps(record)


def test_a_difference_is_laid_to_the_input_that_has_it(record: dict) -> None:
    now = deepcopy(record)
    assert differences(record, now) == []
    now["rows"] = {}
    now["git"] = {}
    assert differences(record, now) == []
    now["inputs"]["rules/measures.csv"] = "0" * 64
    del now["inputs"]["extracts/ssda903_missing.csv"]
    now["inputs"]["extracts/new.csv"] = "1" * 64
    now["versions"]["duckdb"] = "9"
    now["program_sha256"] = "2" * 64
    assert differences(record, now) == [
        "inputs: extracts/new.csv is new.",
        "inputs: extracts/ssda903_missing.csv was there and is gone.",
        "inputs: rules/measures.csv differs.",
        "program_sha256 differs.",
        f"versions: duckdb differs: {record['versions']['duckdb']}, 9.",
    ]


def test_other_extracts_than_those_of_the_warehouse_are_refused(
    response, warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export that forgets FOI_EXTRACTS must not say that it used the demonstration's files."""
    shutil.copy(CHECKOUT / "seeds" / "extracts" / "landed_modules.csv", tmp_path)
    monkeypatch.setenv("FOI_EXTRACTS", str(tmp_path))
    assert "extracts/landed_modules.csv" in provenance(response, warehouse)["inputs"]
    file = tmp_path / "landed_modules.csv"
    file.write_text(file.read_text().replace("accepted", "landed").replace(",47,", ",48,"))
    with pytest.raises(UsageFault, match=r"was not built from .*FOI_EXTRACTS"):
        provenance(response, warehouse)
    file.unlink()
    with pytest.raises(UsageFault, match="was not built from"):
        provenance(response, warehouse)


def test_rules_that_changed_since_the_build_are_refused(response, warehouse) -> None:
    warehouse.execute("begin")
    warehouse.execute("update measures set sentence = 'Other' where measure = 'occasions_missing'")
    with pytest.raises(UsageFault, match=r"measures.csv of .* has changed since .*`dbt build`"):
        provenance(response, warehouse)
    warehouse.execute("rollback")


def test_a_checkout_without_git_says_nothing_of_it(
    response, warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    record = provenance(response, warehouse)
    assert record["git"] == {}
    assert "no git" in checks_of(response, record, date(2018, 7, 16))[-1][1]


def test_only_the_tests_of_this_build_are_told(
    warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path))
    assert dbt_results(warehouse) == {}
    results = {
        "metadata": {"invocation_id": "this"},
        "args": {"select": []},
        "results": [
            {"unique_id": "test.project.a", "status": "pass"},
            {"unique_id": "test.project.b", "status": "warn"},
            {"unique_id": "model.project.c", "status": "success"},
        ],
    }
    (tmp_path / "run_results.json").write_text(json.dumps(results))
    assert dbt_results(warehouse) == {}
    connection = duckdb.connect()
    connection.execute("create table dbt_build as select 'this' as invocation_id")
    counts = {"model success": 1, "test pass": 1, "test warn": 1}
    assert dbt_results(connection) == {"selected": [], "counts": counts}
    connection.execute("update dbt_build set invocation_id = 'another'")
    assert dbt_results(connection) == {}


def test_checksums_are_those_that_sha256sum_checks(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("a page")
    (tmp_path / "letter of today.docx").write_bytes(b"\x00")
    (tmp_path / "SHA256SUMS").write_text(checksums(tmp_path))
    assert len((tmp_path / "SHA256SUMS").read_text().splitlines()) == 2
    assert checksums(tmp_path) == (tmp_path / "SHA256SUMS").read_text()
    if not shutil.which("sha256sum"):
        pytest.skip("sha256sum is not installed, so its reading of the list is not tried.")
    command = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "page" / "index.html").write_text("another page")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 1


def test_the_sign_off_sheet_tells_what_was_checked_and_leaves_lines(response, record) -> None:
    checks = [*checks_of(response, record, date(2027, 1, 1)), ("Workbook", "40 checks & <passed>")]
    data = sign_off_bytes(response, checks)
    assert data == sign_off_bytes(response, checks)
    document = Document(BytesIO(data))
    by_program, by_hand, signed = (
        [[cell.text for cell in row.cells] for row in table.rows] for table in document.tables
    )
    assert ["Disclosure protection", "NOT PROTECTED: not for release"] in by_program
    assert ["Workbook", "40 checks & <passed>"] in by_program
    assert by_program[1][1].startswith("not known")
    assert "regulator_contact" in by_program[3][1]
    assert len(by_hand) == 6 and len(signed) == 3
    assert "Private" in document.paragraphs[1].text


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        ("see https://example.org", r"\(F1 Cover A1\): A web address"),
        ("occasions " * 40, "on the worksheet Cover has 434 characters"),
    ],
)
def test_a_text_that_cannot_be_shown_is_refused_with_its_place(
    response: Response, subject: str, sentence: str
) -> None:
    with pytest.raises(DataFault, match=rf"^Request {REQUEST}: .*{sentence}"):
        checked_workbook(replace(response, subject=subject), f"{REQUEST}.xlsx")
