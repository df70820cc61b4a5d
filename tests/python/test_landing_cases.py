"""Landing: what councils really have: several councils, envelopes, old workbooks, extracts."""

import io
import zipfile

import openpyxl
import pytest

from land_extracts import covers_option, taken_option
from landing_sources import EPISODES, HEADER, MISSING, RETURN, UASC, fill, put, refused, rows_of
from missing_from_care.base.faults import UsageFault
from missing_from_care.landing.checks import day_in_name
from missing_from_care.landing.land import land
from test_landing_xml import CHILD

EXTRACT = (
    "miss_table_id,miss_person_id,miss_missing_episode_start_date,miss_missing_episode_type,"
    "miss_missing_episode_end_date\nm1,101,2017-11-21 21:00:00,M,2017-11-22 08:00:00\n"
)
PLACEMENTS = (
    "clap_cla_placement_id,clap_cla_id,clap_cla_placement_start_date,clap_cla_placement_type,"
    "clap_cla_placement_end_date\np1,c1,2017-05-21,K2,\n"
)


@pytest.fixture
def source(tmp_path):
    fill(tmp_path / "source" / "2017-18", RETURN)
    return tmp_path / "source"


@pytest.fixture
def into(tmp_path):
    return tmp_path / "landed"


def modules(into):
    """Raw table, year and rows of what was landed."""
    return {
        (row["raw_table"], row["collection_year"]): row["rows_landed"]
        for row in rows_of(into, "landed_modules")
    }


# What is refused is named first


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.xls", "<html><table><tr><td>CHILD</td></tr></table></html>", "is a web page"),
        ("missing.xls", "<?xml version='1.0'?><Workbook/>", "is XML text, not a workbook"),
        ("missing.xls", MISSING.replace(",", "\t"), "it is text"),
        ("missing.ods", b"PK\x03\x04 cut off", "cannot be read as a workbook"),
        ("missing.csv", MISSING.replace("MIS_END", "FINISH"), "lacks MIS_END"),
    ],
)
def test_what_is_refused_comes_before_what_is_missing(source, into, name, content, said):
    (source / "2017-18" / "m.csv").unlink()
    put(source, f"2017-18/{name}", content)
    put(source, "2017-18/notes.pdf", "x")
    sentences = refused(source, into)
    assert sentences[0].startswith(f"2017-18/{name} ") and said in sentences[0]
    assert sentences[-1] == "Not used: 2017-18/notes.pdf (no CSV, XML, workbook or zip file)."
    if "lacks" not in said:
        assert sentences[1].startswith("2017-18 has no Missing")


def test_a_file_that_is_not_used_is_named_when_its_module_is_missing(source, into):
    put(source, "2017-18/m.csv", MISSING.replace("MISSING,MIS_START,MIS_END", "A,B,C"))
    sentences = refused(source, into)
    assert sentences[0].startswith("2017-18 has no Missing")
    assert sentences[1] == "Not used: 2017-18/m.csv (not recognised by its columns)."


def test_a_workbook_named_as_text(source, into):
    packed = io.BytesIO()
    openpyxl.Workbook().save(packed)
    put(source, "2017-18/m.csv", packed.getvalue())
    assert "2017-18/m.csv is a workbook or a zip file" in refused(source, into)[0]


# Several councils


@pytest.mark.parametrize(
    "column", ["LA", "LACODE", "LA_CODE", "LOCAL_AUTHORITY", "Local Authority"]
)
@pytest.mark.parametrize(("ours", "other"), [("856", "831"), ("Leicester", "Derby")])
def test_two_councils_in_one_file(source, into, column, ours, other):
    header, row, _ = MISSING.split("\n")
    put(source, "2017-18/m.csv", f"{header},{column}\n{row},{ours}\n{row},{other}\n")
    (sentence,) = refused(source, into)
    assert sentence.startswith("2017-18/m.csv: the column of the council holds ")
    assert ours in sentence and other in sentence and "three digits" in sentence


def test_two_councils_in_two_files_of_a_return(source, into):
    for name, council in {"m.csv": "856", "u.csv": "Derby"}.items():
        header, row, _ = RETURN[name].split("\n")
        put(source, f"2017-18/{name}", f"{header},LA\n{row},{council}\n")
    (sentence,) = refused(source, into)
    assert "2017-18/m.csv, 2017-18/u.csv" in sentence


def test_another_council_than_the_folders(tmp_path, into):
    header, row, _ = MISSING.split("\n")
    files = RETURN | {"m.csv": f"{header},LA\n{row},Derby\n"}
    fill(tmp_path / "source" / "856" / "2017-18", files)
    (sentence,) = refused(tmp_path / "source", into)
    assert "856/2017-18/m.csv lies in the folder of Leicester" in sentence and "Derby" in sentence


@pytest.mark.parametrize("value", ["856", "856.0", "Leicester", "leicester"])
def test_one_council_by_code_or_name(tmp_path, into, value):
    header, row, _ = MISSING.split("\n")
    files = RETURN | {"m.csv": f"{header},LA\n{row},{value}\n{row},Leicester\n"}
    fill(tmp_path / "source" / "856" / "2017-18", files)
    land(tmp_path / "source", into, form="csv")
    assert modules(into)["ssda903_missing", "2017-18"] == "2"


# Years


def years(text, labels):
    header, row, *_ = text.split("\n")
    rows = [f"{row.replace('/2017', f'/{year[:4]}')},{year}\n" for year in labels]
    return f"{header},YEAR\n" + "".join(rows)


def test_a_year_of_which_no_file_has_a_row_is_missing(tmp_path, into):
    source = tmp_path / "source"
    fill(source, {name: years(text, ["2016-17", "2018-19"]) for name, text in RETURN.items()})
    report = land(source, into, form="csv")
    assert {year for _, year in modules(into)} == {"2016-17", "2018-19"}
    assert any("No file has rows of 2017-18" in each for each in report.remarks)


def test_a_year_of_which_other_modules_have_rows_has_no_missing_child(tmp_path, into):
    source, three = tmp_path / "source", ["2016-17", "2017-18", "2018-19"]
    files = {name: years(text, three) for name, text in RETURN.items()}
    fill(source, files | {"m.csv": years(MISSING, ["2016-17", "2018-19"])})
    land(source, into, form="csv")
    assert modules(into)["ssda903_missing", "2017-18"] == "0"
    put(source, "e.csv", years(EPISODES, ["2016-17", "2018-19"]))
    assert refused(source, into)[0].startswith("2017-18 has no Episodes")


# XML


@pytest.mark.parametrize(
    "text",
    [
        "<Message><Header><A>1</A></Header><Body><EXPSSDA903>{}</EXPSSDA903></Body></Message>",
        "<m:Message xmlns:m='urn:x'><EXPSSDA903 xmlns='urn:y'>{}</EXPSSDA903></m:Message>",
        "<message><expssda903>{}</expssda903></message>",
        "<a><b><c><ExpSSDA903>{}</ExpSSDA903></c></b></a>",
    ],
)
def test_a_return_in_an_envelope(tmp_path, into, text):
    put(tmp_path / "source", "2017-18/r.xml", text.format(CHILD))
    land(tmp_path / "source", into, form="csv")
    assert rows_of(into, "ssda903_missing")[0]["mis_start"] == "03/06/2017"
    assert modules(into)["ssda903_episodes", "2017-18"] == "1"


# Workbooks


def test_the_words_of_errors_and_a_table_that_begins_elsewhere(source, into):
    book = openpyxl.Workbook()
    for number, row in enumerate([line.split(",") for line in UASC.split("\n")[:2]]):
        for column, value in enumerate(row):
            book.active.cell(5 + number, 3 + column, value or None)
    book.active["F6"] = "#N/A"
    book.active["F6"].data_type = "e"
    book.active["C7"], book.active["C7"].number_format = 42, "00000"
    (source / "2017-18" / "u.csv").unlink()
    book.save(source / "2017-18" / "u.xlsm")
    land(source, into, form="csv")
    rows = rows_of(into, "ssda903_uasc")
    assert [(row["child"], row["duc"], row["source_row"]) for row in rows] == [
        ("007", "#N/A", "1"),
        ("00042", "", "2"),
    ]


MANIFEST = """<?xml version="1.0"?><m:manifest
 xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry m:full-path="/"
 m:media-type="application/vnd.oasis.opendocument.spreadsheet"/></m:manifest>"""
ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="UASC">{}</table:table></office:spreadsheet></office:body>
</office:document-content>"""


def test_an_open_document(source, into):
    def cell(text):
        if "/" in text:
            day = "-".join(reversed(text.split("/")))
            kind = f'office:value-type="date" office:date-value="{day}"'
        else:
            kind = 'office:value-type="string"'
        return f"<table:table-cell {kind}><text:p>{text}</text:p></table:table-cell>"

    rows = "".join(
        f"<table:table-row>{''.join(map(cell, line.split(',')))}</table:table-row>"
        for line in UASC.split("\n")[:2]
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", ODS.format(rows))
    (source / "2017-18" / "u.csv").unlink()
    put(source, "2017-18/u.ods", packed.getvalue())
    land(source, into, form="csv")
    assert [(row["child"], row["dob"]) for row in rows_of(into, "ssda903_uasc")] == [
        ("007", "02/03/2004")
    ]


def test_rows_of_formulas_without_a_result_are_not_left_out(source, into):
    book = openpyxl.Workbook()
    book.active.append(["CHILD", "DUC"])
    book.active.append(["=A1", "=B1"])
    (source / "2017-18" / "u.csv").unlink()
    book.save(source / "2017-18" / "u.xlsx")
    assert "column CHILD: found a formula without its result" in refused(source, into)[0]


def test_orders_on_liberty_are_a_module_that_no_answer_needs(source, into):
    put(source, "2017-18/dolo.csv", "CHILD,DOB,DOLO_START,DOLO_END\n1,02/03/2004,03/06/2017,\n")
    report = land(source, into, form="csv")
    assert report.not_used == (("2017-18/dolo.csv", "DoLO, no answer needs it"),)


# Case-management extracts


@pytest.mark.parametrize(
    ("file", "day"),
    [
        ("ssd_missing_2018-02-01.csv", "2018-02-01"),
        ("ssd_missing_01-02-2018.csv", "2018-02-01"),
        ("20180201/ssd_missing.csv", "2018-02-01"),
        ("01-Feb-2018/deep/ssd_missing.csv", "2018-02-01"),
        ("extract 1 february 2018.xlsx#Missing", "2018-02-01"),
        ("2017-12-01/missing_20180201.csv", "2018-02-01"),
        ("missing_2018-02-31.csv", ""),
        ("missing_20180201_20180301.csv", ""),
        ("missing.csv", ""),
        ("2017-18/missing.csv", ""),
    ],
)
def test_the_day_in_a_name(file, day):
    assert day_in_name(file) == day


def test_of_two_extracts_with_the_same_row_the_newer_is_told_or_asked_for(tmp_path, into):
    source = tmp_path / "source"
    fill(source, {"new.csv": EXTRACT, "old.csv": EXTRACT.replace("2017-11-22 08:00:00", "")})
    (sentence,) = refused(source, into)
    assert "new.csv, old.csv hold the same rows" in sentence and "--taken" in sentence
    land(source, into, form="csv", taken={"new.csv": "2018-02-01", "old.csv": "2017-12-01"})
    days = {row["source_file"]: row["taken_on"] for row in rows_of(into, "landed_modules")}
    assert days == {"new.csv": "2018-02-01", "old.csv": "2017-12-01"}
    with pytest.raises(UsageFault, match="no case-management extract of that name"):
        land(source, into, taken={"newer.csv": "2018-02-01"})


def test_extracts_of_the_same_day_or_without_a_shared_row(tmp_path, into):
    source = tmp_path / "source"
    fill(source, {"a_2018-02-01.csv": EXTRACT, "b_2018-02-01.csv": EXTRACT})
    assert "which of them is newer?" in refused(source, into)[0]
    put(source, "b_2018-02-01.csv", EXTRACT.replace("m1", "m2"))
    land(source, into, form="csv")
    assert len(rows_of(into, "ssd_missing")) == 2


def test_what_an_extract_covers(tmp_path, into):
    source = tmp_path / "source"
    fill(source, {"m_2018-05-01.csv": EXTRACT, "placements.csv": PLACEMENTS})
    report = land(source, into, form="csv")
    assert any("--covers FROM..TO" in each for each in report.remarks)
    told = {row["raw_table"]: row for row in rows_of(into, "landed_modules")}
    assert told["ssd_missing"]["covers_to"] == "2018-05-01"
    assert told["ssd_cla_placement"]["rows_landed"] == "1"
    report = land(source, into, form="csv", covers=("2014-04-01", "2018-03-31"))
    assert not any("--covers" in each for each in report.remarks)
    days = {(row["covers_from"], row["covers_to"]) for row in rows_of(into, "landed_modules")}
    assert days == {("2014-04-01", "2018-03-31")}


def test_what_is_told_on_the_command_line():
    assert taken_option("a/m.csv:2018-02-01") == ("a/m.csv", "2018-02-01")
    assert covers_option("2014-04-01..2018-03-31") == ("2014-04-01", "2018-03-31")
    for wrong in ("m.csv", "m.csv:01/02/2018", ":2018-02-01"):
        with pytest.raises(UsageFault, match="--taken"):
            taken_option(wrong)
    for wrong in ("2014-04-01", "2018-03-31..2014-04-01", "2014..2018"):
        with pytest.raises(UsageFault, match="--covers"):
            covers_option(wrong)


def test_a_header_twice_is_two_modules(source, into):
    put(source, "2017-18/again.txt", HEADER.replace(",", ";"))
    assert "2017-18 has Header 2 times" in refused(source, into)[0]
