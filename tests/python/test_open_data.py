"""Open data: every row is an answer, no file gives a withheld figure, machines can read them."""

import csv
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import frictionless
import pytest

from missing_from_care.base.faults import DataFault, ProtectionFault
from missing_from_care.documents.open_data import open_data_files
from missing_from_care.response.answers import Response
from missing_from_care.response.layout import exact, shown
from pack_cases import AUTHORITY, changed, nasty, protected, renumbered

STATUSES = {"[c]": "withheld", "[x]": "not_available", "[z]": "not_applicable"}


@pytest.fixture(scope="module")
def packs(responses: dict[str, Response]) -> dict[str, Response]:
    return {ref: protected(response) for ref, response in responses.items()}


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(data.decode(), newline=""), strict=True))


def test_every_answer_is_one_row_and_every_row_an_answer(packs: dict[str, Response]) -> None:
    statuses = set()
    missing = {"2014/15": "[x]", "2015/16": "[z]"}
    first = changed(
        packs["foi-2018-0417"],
        lambda each: (
            replace(each, value=None, marker=missing[each.period])
            if each.period in missing and not each.is_withheld
            else each
        ),
    )
    for response in [first, *packs.values()]:
        files = open_data_files(response)
        written = [row for name in files if name.endswith(".csv") for row in rows(files[name])]
        answers = [each for table in response.tables for each in table.answers]
        assert len(written) == len(answers)
        for row, answer in zip(written, answers, strict=True):
            figure = shown(answer)
            assert row["question"] == answer.question_no + answer.part
            codes = ("measure", "category", "category_label", "period", "unit", "population")
            assert [row[code] for code in codes] == [getattr(answer, code) for code in codes]
            days = (answer.period_start.isoformat(), answer.period_end.isoformat())
            assert (row["period_start"], row["period_end"]) == days
            assert (row["is_break_in_series"] == "true") == (answer.marker == "[b]")
            statuses.add(row["status"])
            if isinstance(figure, str):
                assert (row["value"], row["status"]) == ("", STATUSES[figure])
            else:
                assert (float(row["value"]), row["status"]) == (figure, "shown")
    assert statuses == {"shown", "withheld", "not_available", "not_applicable"}


def test_frictionless_finds_each_package_valid(
    packs: dict[str, Response], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ref, response in packs.items():
        folder = tmp_path / ref
        folder.mkdir()
        files = open_data_files(response)
        for name, data in files.items():
            (folder / name).write_bytes(data)
        monkeypatch.chdir(folder)
        report = frictionless.validate("datapackage.json")
        assert report.valid, report.flatten(["type", "note"])
        assert len(report.tasks) == len([name for name in files if name.endswith(".csv")])
        (folder / "question-1.csv").write_bytes(files["question-1.csv"].replace(b",shown", b",0"))
        assert not frictionless.validate("datapackage.json").valid


def test_the_descriptions_name_the_file_the_columns_and_the_licence(
    packs: dict[str, Response],
) -> None:
    files = open_data_files(packs["foi-2018-0523"])
    package = json.loads(files["datapackage.json"])
    assert package["licenses"][0]["name"] == "OGL-UK-3.0"
    for resource in package["resources"]:
        name = resource["path"]
        metadata = json.loads(files[f"{name}-metadata.json"])
        header, rest = files[name].split(b"\r\n", 1)
        columns = header.decode().split(",")
        assert metadata["url"] == name
        assert [each["name"] for each in metadata["tableSchema"]["columns"]] == columns
        assert [each["name"] for each in resource["schema"]["fields"]] == columns
        assert metadata["tableSchema"]["primaryKey"] == resource["schema"]["primaryKey"]
        assert metadata["dialect"]["lineTerminators"] == [resource["dialect"]["lineTerminator"]]
        assert b"\n" not in rest.replace(b"\r\n", b"")
        assert "invented children" in metadata["dc:description"]


def test_what_the_requester_wrote_stays_out_of_the_tables(packs: dict[str, Response]) -> None:
    response = nasty(packs["foi-2018-0611"])
    tables = tuple(
        replace(table, answers=tuple(replace(a, category_label="All") for a in table.answers))
        for table in response.tables
    )
    files = open_data_files(replace(response, tables=tables))
    text = b"".join(data for name, data in files.items() if name.endswith(".csv")).decode()
    assert "alert" not in text
    assert "calc" not in text
    metadata = json.loads(files["question-1.csv-metadata.json"])
    assert metadata["dc:publisher"] == AUTHORITY
    assert "=cmd|" in metadata["dc:title"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_is_refused(
    packs: dict[str, Response], start: str
) -> None:
    response = packs["foi-2018-0417"]
    table = response.tables[0]
    answers = (replace(table.answers[0], category_label=f"{start}1+1"), *table.answers[1:])
    with pytest.raises(DataFault, match=r"question-1\.csv, column category_label: .* formula"):
        open_data_files(replace(response, tables=(replace(table, answers=answers),)))


def test_two_questions_never_share_a_file(packs: dict[str, Response]) -> None:
    response = packs["foi-2018-0417"]
    tables = tuple(renumbered(response.tables[0], number) for number in ("1/2", "1-2", "../1 2"))
    files = open_data_files(replace(response, tables=tables))
    names = [name for name in files if name.endswith(".csv")]
    assert len(names) == 3
    assert not [name for name in names if "/" in name or name.startswith(".")]


def test_what_is_not_protected_is_not_written(responses: dict[str, Response]) -> None:
    with pytest.raises(ProtectionFault, match="not protected"):
        open_data_files(responses["foi-2018-0417"])


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [
        ("average", 1.5, "1.5"),
        ("percent", 12.5, "12.5"),
        ("percent", 12.0, "12.0"),
        ("children", 3.0, "3"),
    ],
)
def test_what_is_no_count_keeps_its_decimal(unit: str, value: float, written: str) -> None:
    """Every document takes its figures from there."""
    assert str(exact(value, unit)) == written
