"""Landing: the return as a workbook, and case-management extracts."""

import csv
import datetime as dt

import openpyxl
import pytest

from landing_sources import INTERVIEWS, RETURN, fill, only_sentence, put, refused, rows_of, values
from missing_from_care.base.faults import DataFault
from missing_from_care.base.project import raw_tables
from missing_from_care.landing.land import land

MISSING_EXTRACT = (
    "miss_table_id,miss_person_id,miss_missing_episode_start_date,miss_missing_episode_type,"
    "miss_missing_episode_end_date\n1,00451,2017-06-03 21:30:00,Missing,2017-06-04 00:00:00\n"
)


@pytest.fixture
def source(tmp_path):
    """An empty source folder."""
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


@pytest.fixture
def into(tmp_path):
    """Where to land; it does not exist yet."""
    return tmp_path / "landed"


def sheets_of(path, **sheets):
    """Writes a workbook, each sheet a list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return book


def as_sheets(files):
    """CSV files as rows of sheets."""
    return {name[0]: list(csv.reader(text.splitlines())) for name, text in files.items()}


def test_a_workbook_with_a_sheet_for_each_module(source, into):
    sheets_of(source / "2017-18" / "return.xlsx", **as_sheets(RETURN), notes=[["only a note"]])
    report = land(source, into, form="csv")
    assert rows_of(into, "ssda903_uasc")[0]["source_file"] == "2017-18/return.xlsx#u"
    assert values(into, "ssda903_uasc") == [("007", "1", "02/03/2004", "", "", "1")]
    assert report.not_used == (("2017-18/return.xlsx#notes", "sheet without a table"),)


def test_cells_are_read_as_a_person_sees_them(source, into):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Missing episodes 2017/18"])
    sheet.merge_cells("A1:E1")
    sheet.append([])
    sheet.append(["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"])
    day, moment = dt.date(2017, 6, 3), dt.datetime(2017, 6, 4, 21, 30)
    sheet.append([451, "02/03/2004", "M", day, moment])
    sheet.append([])
    sheet.append(["00451", 43000, True, 43000.0, 1.5])
    sheet["A4"].number_format, sheet["A6"].number_format = "000000", "@"
    sheet["D6"].number_format = "dd/mm/yy"
    sheet.sheet_state = "hidden"
    chart = book.create_chartsheet("Trend")
    chart.add_chart(openpyxl.chart.BarChart())
    book.create_sheet("Seen")
    fill(source / "2017-18", {name: RETURN[name] for name in ("h.csv", "e.csv", "u.csv")})
    book.save(source / "2017-18" / "m.xlsx")
    report = land(source, into, form="csv")
    assert values(into, "ssda903_missing") == [
        ("000451", "02/03/2004", "M", "03/06/2017", "04/06/2017 21:30:00", "1"),
        ("00451", "43000", "TRUE", "22/09/2017", "1.5", "3"),
    ]
    assert ("2017-18/m.xlsx#Trend", "chart") in report.not_used
    notes = next(each.notes for each in report.landed if each.table.module == "Missing")
    assert notes == ("hidden sheet", "1 blank row passed over")


def test_a_formula_without_its_result_is_not_blank(source, into):
    sheets = as_sheets(RETURN)
    sheets["u"][1][3] = "=TODAY()"
    sheets_of(source / "2017-18" / "r.xlsx", **sheets)
    sentence = only_sentence(source, into)
    assert "2017-18/r.xlsx#u, row 1 below the header, column DUC" in sentence
    assert "a formula without its result" in sentence


def test_a_value_beside_the_table(source, into):
    sheets = as_sheets(RETURN)
    sheets["u"][1].append("ask Sam")
    sheets_of(source / "2017-18" / "r.xlsx", **sheets)
    sentence = only_sentence(source, into)
    assert "to the right of the last column that has a name" in sentence and "Sam" not in sentence


@pytest.mark.parametrize("content", [b"x", b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0 locked"])
def test_a_workbook_that_cannot_be_opened(source, into, content):
    fill(source / "2017-18", RETURN | {"r.xlsx": content})
    sentence = only_sentence(source, into)
    assert sentence.startswith("2017-18/r.xlsx cannot be read as a workbook")


# Case-management extracts


def test_a_case_management_extract_alone(source, into):
    put(source, "exports/missing.csv", MISSING_EXTRACT)
    sheets_of(
        source / "exports" / "case.xlsx",
        care=[
            ["clae_person_id", "clae_cla_episode_start_date", "clae_cla_episode_ceased"],
            ["00451", dt.datetime(2017, 1, 2), None],
        ],
        people=[
            ["pers_person_id", "pers_sex", "pers_ethnicity", "pers_dob", "pers_forename"],
            ["00451", "M", "WBRI", dt.date(2004, 3, 2), "Sam"],
        ],
    )
    report = land(source, into, form="csv")
    assert values(into, "ssd_missing") == [
        ("1", "00451", "2017-06-03 21:30:00", "Missing", "2017-06-04 00:00:00", "", "", "1")
    ]
    care = rows_of(into, "ssd_cla_episodes")[0]
    assert (care["clae_cla_episode_start_date"], care["source_row"]) == ("02/01/2017", "1")
    assert "Sam" not in (into / "ssd_person.csv").read_text(encoding="utf-8")
    modules = rows_of(into, "landed_modules")
    assert [(row["raw_table"], row["collection_year"]) for row in modules] == [
        ("ssd_cla_episodes", ""),
        ("ssd_missing", ""),
        ("ssd_person", ""),
    ]
    assert any(
        "left out 1 of unknown name" in note for each in report.landed for note in each.notes
    )
    assert {path.stem for path in into.iterdir()} == {*raw_tables(), "landed_modules"}


def test_an_extract_that_lacks_a_column_is_not_guessed(source, into):
    put(source, "m.csv", MISSING_EXTRACT.replace("_end_date", "_finish"))
    sentences = refused(source, into)
    assert "looks like missing episodes (case management), but lacks" in sentences[0]


def test_returns_interviews_and_an_extract_together(source, into):
    fill(source / "2017-18", RETURN)
    fill(source, {"i.csv": INTERVIEWS, "m.csv": MISSING_EXTRACT})
    land(source, into, form="csv")
    assert len(rows_of(into, "landed_modules")) == 6


def test_nothing_that_can_be_landed(source, into):
    put(source, "i.csv", INTERVIEWS)
    with pytest.raises(DataFault, match="nor a case-management extract"):
        land(source, into, form="csv")
