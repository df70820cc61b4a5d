"""Landing: what is recognised, what is refused and how it is said, and that no row is lost."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import forked
from land_extracts import accepted_module
from landing_sources import (
    EPISODES,
    HEADER,
    INTERVIEWS,
    MISSING,
    RETURN,
    UASC,
    fill,
    only_sentence,
    put,
    refused,
    rows_of,
)
from missing_from_care.base.faults import BusyFault, DataFault, UsageFault
from missing_from_care.base.project import CHECKOUT, raw_tables
from missing_from_care.base.whole_files import replacing_folder, write_file_whole
from missing_from_care.landing import land as landing_module
from missing_from_care.landing import read_text
from missing_from_care.landing.land import land
from missing_from_care.landing.source_tables import is_blank


@pytest.fixture
def source(tmp_path):
    """A source folder with one sound return, 2017-18, and no interviews."""
    folder = tmp_path / "source"
    fill(folder / "2017-18", RETURN)
    return folder


@pytest.fixture
def into(tmp_path):
    """Where to land; it does not exist yet."""
    return tmp_path / "landed"


def run_command(*arguments):
    """Runs the command as a user does."""
    script = CHECKOUT / "scripts" / "land_extracts.py"
    return forked.run([script, *arguments], os.environ | {"COLUMNS": "80"})


# What is landed


def test_lands_each_module_with_where_its_rows_came_from(source, into):
    put(source, "interviews from the county.csv", INTERVIEWS)
    report = land(source, into, form="csv")
    assert {path.name for path in into.iterdir()} == {
        "landed_modules.csv",
        *(f"{name}.csv" for name in raw_tables()),
    }
    for name, table in raw_tables().items():
        first_line = (into / f"{name}.csv").read_text(encoding="utf-8").split("\n")[0]
        assert first_line == ",".join(table.landed_columns)
    assert rows_of(into, "ssda903_uasc") == [
        {
            "child": "007",
            "sex": "1",
            "dob": "02/03/2004",
            "duc": "",
            "uasc_flag": "",
            "collection_year": "2017-18",
            "source_file": "2017-18/u.csv",
            "source_row": "1",
        }
    ]
    assert rows_of(into, "return_interviews")[0]["source_file"] == "interviews from the county.csv"
    modules = rows_of(into, "landed_modules")
    assert [(m["raw_table"], m["collection_year"], m["rows_landed"]) for m in modules] == [
        ("return_interviews", "", "1"),
        ("ssda903_episodes", "2017-18", "1"),
        ("ssda903_header", "2017-18", "1"),
        ("ssda903_missing", "2017-18", "1"),
        ("ssda903_uasc", "2017-18", "1"),
    ]
    assert report.remarks == () and report.not_used == () and report.into == into.resolve()


def test_columns_in_any_order_and_case_with_extra_and_absent_ones(source, into):
    content = "\ufeff mis_end ,LA,Missing,CHILD,YEAR,,mis_start\n,856,A,x,2018,,01/01/2018\n"
    put(source, "2017-18/m.csv", content)
    report = land(source, into, form="csv")
    row = rows_of(into, "ssda903_missing")[0]
    assert (row["child"], row["dob"], row["missing"]) == ("x", "", "A")
    assert (row["mis_start"], row["mis_end"]) == ("01/01/2018", "")
    notes = next(m.notes for m in report.landed if m.table.module == "Missing")
    assert notes == ("lacks DOB: blank", "left out LA, YEAR", "left out 1 without a name")


def test_values_keep_their_spaces_quotes_commas_and_line_ends(source, into):
    awkward = [" A1 ", "1.0", 'says "no"', "a, b", "two\nlines", "two\r\nlines", "old\rmac"]
    quoted = ",".join('"' + value.replace('"', '""') + '"' for value in awkward)
    put(source, "2017-18/h.csv", HEADER + "\n" + quoted + "\r\n")
    land(source, into, form="csv")
    row = rows_of(into, "ssda903_header")[1]
    assert list(row.values())[:7] == awkward
    assert row["source_row"] == "3"


def test_a_quoted_comma_far_down_a_long_file(source, into):
    rows = [f"C{number},1,01/01/2005,WBRI,,," for number in range(30_000)]
    rows[-1] = 'LAST,1,01/01/2005,WBRI,"a, b\nc",,'
    put(source, "2017-18/h.csv", HEADER.split("\n")[0] + "\n" + "\n".join(rows))
    land(source, into, form="csv")
    landed = rows_of(into, "ssda903_header")
    assert len(landed) == 30_000
    assert landed[-1]["upn"] == "a, b\nc" and landed[-1]["source_row"] == "30000"


def test_windows_1252_and_line_ends_of_windows(source, into):
    put(source, "2017-18/u.csv", "CHILD,SEX,DOB,DUC\r\nZoë’s,1,,\r\n".encode("cp1252"))
    report = land(source, into, form="csv")
    assert rows_of(into, "ssda903_uasc")[0]["child"] == "Zoë’s"
    assert "decoded from cp1252" in next(m.notes for m in report.landed if m.table.module == "UASC")


def test_blank_lines_are_no_rows_but_count(source, into):
    put(source, "2017-18/u.csv", "\nCHILD,SEX,DOB,DUC\n\nA,1,,\n\n\nB,1,,\n\n")
    land(source, into, form="csv")
    landed = rows_of(into, "ssda903_uasc")
    assert [(row["child"], row["source_row"]) for row in landed] == [("A", "2"), ("B", "5")]


def test_blank_surplus_values_are_dropped(source, into):
    put(source, "2017-18/u.csv", "CHILD,SEX,DOB,DUC\nA,1,,01/01/2020,, \n")
    land(source, into, form="csv")
    assert rows_of(into, "ssda903_uasc")[0]["duc"] == "01/01/2020"


def test_headers_alone_are_a_module_without_rows(source, into):
    put(source, "2017-18/m.csv", MISSING.split("\n")[0])
    land(source, into, form="csv")
    assert rows_of(into, "ssda903_missing") == []
    assert rows_of(into, "landed_modules")[2]["rows_landed"] == "0"


def test_a_file_without_a_line_end_at_its_end_is_pointed_out(source, into):
    put(source, "2017-18/m.csv", MISSING + "A1,,M,01/03/2018,")
    notes = [m.notes for m in land(source, into, form="csv").landed if m.notes]
    assert notes == [("no line end at its end: is it whole?",)]
    assert len(rows_of(into, "ssda903_missing")) == 2


def test_any_depth_and_several_interview_files(source, into):
    (source / "2017-18" / "final" / "sent").mkdir(parents=True)
    (source / "2017-18" / "u.csv").rename(source / "2017-18" / "final" / "sent" / "x.TXT")
    put(source, "2017-18/i.csv", INTERVIEWS)
    put(source, "rhi/county/i.csv", INTERVIEWS)
    land(source, into, form="csv")
    assert rows_of(into, "ssda903_uasc")[0]["source_file"] == "2017-18/final/sent/x.TXT"
    files = [row["source_file"] for row in rows_of(into, "return_interviews")]
    assert files == ["2017-18/i.csv", "rhi/county/i.csv"]


def test_without_interviews_question_2_is_not_available(source, into):
    report = land(source, into, form="csv")
    assert rows_of(into, "return_interviews") == []
    assert "return_interviews" not in {m["raw_table"] for m in rows_of(into, "landed_modules")}
    assert any("question 2" in remark for remark in report.remarks)


def test_what_is_not_used_is_listed_with_the_reason(source, into):
    put(source, "2017-18/r.csv", "CHILD,DOB,REVIEW,REVIEW_CODE\nA1,,,\n")
    put(source, "2017-18/staff.csv", "NAME,ROOM\nx,1\n")
    put(source, "2017-18/blank.csv", "")
    put(source, "2017-18/lines.csv", "\r\n\r\n")
    put(source, "2017-18/scan.pdf", "x")
    put(source, "2017-18/~$return.csv", "x")
    put(source, ".git/config.csv", MISSING)
    put(source, "read me.txt", 'A note; says "hello"\n')
    report = land(source, into, form="csv")
    assert dict(report.not_used) == {
        ".git": "hidden",
        "2017-18/blank.csv": "empty",
        "2017-18/lines.csv": "empty",
        "2017-18/r.csv": "Reviews, no answer needs it",
        "2017-18/scan.pdf": "no CSV, XML, workbook or zip file",
        "2017-18/staff.csv": "not recognised by its columns",
        "2017-18/~$return.csv": "lock file of a program that has the file open",
        "read me.txt": "not recognised by its columns",
    }


def test_links_are_followed_only_within_the_source_folder(source, into, tmp_path):
    put(tmp_path, "elsewhere/u.csv", UASC)
    (source / "2017-18" / "outside.csv").symlink_to(tmp_path / "elsewhere" / "u.csv")
    (source / "2017-18" / "outside").symlink_to(tmp_path / "elsewhere")
    (source / "2017-18" / "loop").symlink_to(source)
    (source / "2017-18" / "nowhere.csv").symlink_to(source / "gone.csv")
    if hasattr(os, "mkfifo"):
        os.mkfifo(source / "2017-18" / "pipe.csv")
    reasons = dict(land(source, into, form="csv").not_used)
    assert "outside the source folder" in reasons["2017-18/outside.csv"]
    assert "outside the source folder" in reasons["2017-18/outside"]
    assert reasons["2017-18/loop"] == "link to a folder, not followed"
    assert reasons["2017-18/nowhere.csv"] == "link that leads nowhere"
    assert reasons.get("2017-18/pipe.csv", "not a file that can be read").startswith("not a file")
    assert len(rows_of(into, "ssda903_uasc")) == 1


def test_a_year_folder_without_a_return_is_told(source, into):
    put(source, "2015-16/return.pdf", "x")
    assert any("2015-16" in remark for remark in land(source, into, form="csv").remarks)


def test_a_missing_module_can_be_accepted(source, into):
    (source / "2017-18" / "u.csv").unlink()
    report = land(source, into, frozenset({("ssda903_uasc", "2017-18")}), form="csv")
    assert rows_of(into, "landed_modules")[-1] == {
        "raw_table": "ssda903_uasc",
        "collection_year": "2017-18",
        "status": "accepted_missing",
        "source_file": "",
        "rows_landed": "0",
        "sha256": "",
        "date_forms": "",
        "taken_on": "",
        "covers_from": "",
        "covers_to": "",
    }
    assert any("UASC of 2017-18" in remark for remark in report.remarks)


# What is refused: modules, years and names


def test_a_missing_module_is_named_with_the_way_out(source, into):
    (source / "2017-18" / "u.csv").unlink()
    sentence = only_sentence(source, into)
    assert "2017-18 has no UASC" in sentence and "--accept-missing uasc:2017-18" in sentence


def test_a_module_that_is_there_twice(source, into):
    put(source, "2017-18/copy.csv", UASC)
    assert "UASC 2 times: 2017-18/copy.csv, 2017-18/u.csv" in only_sentence(source, into)


def test_accepting_what_is_there_or_what_has_no_folder(source, into):
    there = only_sentence(source, into, frozenset({("ssda903_uasc", "2017-18")}))
    assert "there it is: 2017-18/u.csv" in there
    no_folder = only_sentence(source, into, frozenset({("ssda903_uasc", "2014-15")}))
    assert "there is no folder 2014-15" in no_folder


@pytest.mark.parametrize("pair", [("return_interviews", "2017-18"), ("ssda903_uasc", "2017-19")])
def test_accepting_what_cannot_be_missing(source, into, pair):
    with pytest.raises(UsageFault, match="cannot be accepted as missing"):
        land(source, into, frozenset({pair}), form="csv")


@pytest.mark.parametrize("name", ["2017", "2017-2018", "2017_18", "2016-18", "returns"])
def test_a_return_in_a_folder_that_is_no_collection_year(source, into, name):
    (source / "2017-18").rename(source / name)
    sentence = only_sentence(source, into)
    assert sentence.startswith(f"The folder {name} holds Episodes, Header, Missing, UASC")
    assert "`2017-18`" in sentence and "2016-17 in some tools and 2017-18 in others" in sentence


def test_a_return_in_no_folder_at_all(source, into):
    put(source, "u.csv", UASC)
    assert "outside any folder of a collection year" in only_sentence(source, into)
    assert "give the folder above it" in only_sentence(source / "2017-18", into)


def test_a_source_folder_without_any_return(source, into):
    shutil.rmtree(source / "2017-18")
    put(source, "i.csv", INTERVIEWS)
    assert "no folder of a collection year" in only_sentence(source, into)


def test_a_folder_whose_dates_belong_to_another_year(source, into):
    shutil.copytree(source / "2017-18", source / "2018-19")
    sentence = only_sentence(source, into)
    assert sentence.startswith("The folder 2018-19 does not hold what its name says: 0 of 2 rows")
    assert "2 fit 2017-18" in sentence


def test_open_episodes_do_not_hide_a_wrong_label(source, into):
    lines = EPISODES.split("\n")
    still_open = lines[1].replace("30/11/2017", "")
    put(source, "2017-18/e.csv", "\n".join([lines[0], *[lines[1]] * 6, *[still_open] * 30]))
    (source / "2017-18").rename(source / "2018-19")
    assert "0 of 7 rows with an end fit 2018-19" in only_sentence(source, into)


def test_one_file_of_another_year(source, into):
    lines = EPISODES.split("\n")
    put(source, "2017-18/e.csv", "\n".join([lines[0], *[lines[1]] * 60]))
    put(source, "2017-18/m.csv", MISSING + "A1,,M,2016-06-03,2016-06-04 00:00:00\n" * 9)
    assert "1 of 10 rows with dates in 2017-18/m.csv" in only_sentence(source, into)


def test_a_few_impossible_rows_land(source, into):
    lines = EPISODES.split("\n")
    put(source, "2017-18/e.csv", "\n".join([lines[0], *[lines[1]] * 3]))
    put(source, "2017-18/m.csv", MISSING + "A1,,M,03/06/2027,\nA1,,M,31/02/2017,\nA1,,M,,\n")
    land(source, into, form="csv")
    assert len(rows_of(into, "ssda903_missing")) == 4


# What is refused: columns, rows and bytes


@pytest.mark.parametrize(
    ("columns", "found", "missing"),
    [
        ("CHILD,MISSING,MIS_START", "MISSING, MIS_START", "Missing, but lacks MIS_END"),
        ("CHILDID,SEX,DOB,DUC", "DUC", "UASC, but lacks CHILD"),
        ("CHILD,DECOM,DEC", "DECOM, DEC", "Episodes, but lacks LS, PLACE"),
        ("CHILD,SEX,ETHNIC", "ETHNIC", "Header, but lacks DOB"),
        ("CHILD,MIS_START,OUTCOME,HARMED,DRUG_SALE", "MIS_START", "lacks SEXUAL_HARM, CRIME"),
        ("CHILD,DECOM,DEC,LS,PLCE", "DECOM, LS, DEC", "lacks PLACE (perhaps column 5)"),
    ],
)
def test_a_file_that_lacks_a_column_it_is_known_by(source, into, columns, found, missing):
    put(source, "2017-18/extra.csv", columns + "\n")
    sentence = next(s for s in refused(source, into) if "2017-18/extra.csv has " in s)
    assert found in sentence and missing in sentence


def test_interviews_under_the_headings_of_other_systems(source, into):
    """With a column that the file need not have, and without the others."""
    headings = "Child ID,Missing Start Date,RHI Outcome,Physically Harmed,Sexual Harm,County Lines"
    put(
        source,
        "interviews.csv",
        f"{headings},Criminal Activity,Police Informed\nA1,03/06/2017,COMPLETED,N,N,Y,N,Yes\n",
    )
    land(source, into, form="csv")
    (row,) = rows_of(into, "return_interviews")
    assert (row["child"], row["mis_start"], row["drug_sale"]) == ("A1", "03/06/2017", "Y")
    assert (row["police_notified"], row["risk_grade"]) == ("Yes", "")


def test_a_broken_module_is_not_called_missing_too(source, into):
    put(source, "2017-18/m.csv", "CHILD,MISSING,MIS_START\n")
    assert "lacks MIS_END" in only_sentence(source, into)


def test_a_column_that_is_there_twice(source, into):
    put(source, "2017-18/u.csv", "CHILD,SEX,DOB,DUC,duc\n")
    assert "2017-18/u.csv has the column DUC more than once" in only_sentence(source, into)


def test_a_file_that_is_two_modules(source, into):
    put(source, "2017-18/both.csv", "CHILD,SEX,DOB,ETHNIC,DUC\n")
    assert "has the columns of Header and UASC" in only_sentence(source, into)


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_separator_encoding_and_line_end(source, into, separator, encoding, line_end):
    lines = ['"CHILD",SEX,DOB,DUC', 'Zoë,1,02/03/2004,"say ""x"""', "B,2,03/03/2004,", ""]
    text = line_end.join(lines).replace(",", separator)
    put(source, "2017-18/u.csv", text.encode(encoding))
    land(source, into, form="csv")
    rows = rows_of(into, "ssda903_uasc")
    assert [tuple(row.values())[:4] for row in rows] == [
        ("Zoë", "1", "02/03/2004", 'say "x"'),
        ("B", "2", "03/03/2004", ""),
    ]
    assert [row["source_row"] for row in rows] == ["1", "2"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(source, into, encoding):
    put(source, "2017-18/u.csv", UASC.encode(encoding))
    land(source, into, form="csv")
    assert rows_of(into, "ssda903_uasc")[0]["child"] == "007"


@pytest.mark.parametrize(
    "above",
    [
        "sep=,\n",
        "sep=,\n\nA title\n",
        '"sep=,"\r\n',
        "UASC report,,,\n\n",
        'Children "UASC", 2017\nmade by, me\n,,,\n',
        "\n" * 25,
    ],
)
def test_lines_above_the_column_names(source, into, above):
    put(source, "2017-18/u.csv", above + UASC + "B,1,,\n")
    land(source, into, form="csv")
    rows = rows_of(into, "ssda903_uasc")
    assert [(row["child"], row["source_row"]) for row in rows] == [("007", "1"), ("B", "2")]


def test_a_separator_that_the_first_line_names(source, into):
    put(source, "2017-18/u.csv", "sep=;\n" + UASC.replace(",", ";"))
    land(source, into, form="csv")
    assert rows_of(into, "ssda903_uasc")[0]["dob"] == "02/03/2004"


@pytest.mark.parametrize("blank", [",,,", " , ,,", "   ", '"","","",""', "\u00a0,\u200b,,"])
def test_rows_of_nothing_are_passed_over_and_said_once(source, into, blank):
    put(source, "2017-18/u.csv", UASC + f"{blank}\n" * 300 + "B,1,,\n")
    report = land(source, into, form="csv")
    rows = rows_of(into, "ssda903_uasc")
    assert [(row["child"], row["source_row"]) for row in rows] == [("007", "1"), ("B", "302")]
    notes = next(m.notes for m in report.landed if m.table.module == "UASC")
    assert notes == ("300 blank rows passed over",)


def test_nul_bytes(source, into):
    put(source, "2017-18/u.csv", UASC.encode() + b"A,1,,\n" * 2000 + b"\0,1,,\n")
    assert "2017-18/u.csv holds NUL bytes" in refused(source, into)[0]


@pytest.mark.parametrize(
    ("row", "place", "expected"),
    [
        (b"B,1,\x81,", "row 2 below the header, column DOB", "Windows-1252"),
        (b'B,1,"x', "row 2 below the header", "opened and never closed"),
        (b'B,1,"x"y,', "row 2 below the header", "text follows a closing quotation mark"),
        (b'B,1,"' + b"x" * 140_000 + b'",', "row 2 below the header", "more than 131,072 char"),
        (b"B," * 600_000, "row 2 below the header", "more than 1,000,000 characters in one row"),
        (b"B,1,", "row 2 below the header", "found 3 values, expected 4; it may be cut off"),
        (b"B,1,,,5", "row 2 below the header", "found 5 values, expected 4"),
    ],
)
def test_a_row_that_cannot_be_landed(source, into, row, place, expected):
    put(source, "2017-18/u.csv", UASC.encode() + row + b"\n")
    sentence = only_sentence(source, into)
    assert f"2017-18/u.csv, {place}" in sentence and expected in sentence
    assert "xxx" not in sentence


def test_bytes_that_break_the_promise_of_the_byte_order_mark(source, into):
    put(source, "2017-18/u.csv", b"\xef\xbb\xbf" + UASC.encode() + b"Zo\xeb,1,,\n")
    assert "UTF-8, as its byte order mark says" in only_sentence(source, into)


def test_column_names_that_cannot_be_read(source, into):
    put(source, "notes.txt", '"CHILD"x,DUC\n')
    assert "notes.txt, the line of column names: text follows" in only_sentence(source, into)


def test_all_faults_are_told_at_once_but_not_without_end(source, into):
    put(source, "2017-18/u.csv", UASC + "x\n" * 50)
    put(source, "2017-18/m.csv", MISSING + "x\n" * 7)
    sentences = refused(source, into)
    assert len(sentences) == 12
    assert "2017-18/u.csv: 46 more rows do not have 4 values." not in sentences
    assert "2017-18/u.csv: 45 more rows do not have 4 values." in sentences
    for number in range(30):
        put(source, f"2017-18/{number}.csv", "CHILD,DUC,DUC\n")
    sentences = refused(source, into)
    assert len(sentences) == 21 and sentences[-1].startswith("… and ")


def test_a_file_that_changes_while_it_is_read(source, into, monkeypatch):
    read = landing_module.read_tables

    def read_and_change(item):
        tables = read(item)
        with item.path.open("ab") as stream:
            stream.write(b"B,1,,\n" if item.file.endswith("u.csv") else b"")
        return tables

    monkeypatch.setattr(landing_module, "read_tables", read_and_change)
    assert "2017-18/u.csv changed while it was read" in only_sentence(source, into)


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes only there")
def test_a_file_name_that_is_no_text(source, into):
    Path(os.fsdecode(os.fsencode(source) + b"/2017-18/\xff.csv")).write_text("x")
    assert "rename it" in only_sentence(source, into)


def test_a_file_that_cannot_be_read(source, into, monkeypatch):
    def fail(_item):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(landing_module, "read_tables", fail)
    assert "2017-18/e.csv cannot be read (Permission denied)" in refused(source, into)[0]


# Where to, and all or nothing


def test_places_that_cannot_be_landed_into(source, into, tmp_path):
    put(tmp_path, "full/notes.doc", "x")
    put(tmp_path, "file", "x")
    for wrong in (source, source / "in", tmp_path, tmp_path / "full", tmp_path / "file"):
        with pytest.raises(UsageFault):
            land(source, wrong, form="csv")
    for wrong in (tmp_path / "none", tmp_path / "file"):
        with pytest.raises(UsageFault, match="is not a folder"):
            land(wrong, into, form="csv")
    assert not into.exists() and (tmp_path / "full" / "notes.doc").exists()


def test_landing_again_replaces_the_folder_and_never_adds(source, into):
    land(source, into, form="csv")
    (source / "2017-18").rename(source / "2018-19")
    for file, text in RETURN.items():
        put(source, f"2018-19/{file}", text.replace("/2017", "/2018"))
    land(source, into, form="csv")
    assert {row["collection_year"] for row in rows_of(into, "landed_modules")} == {"2018-19"}
    put(into, "mine.txt", "x")
    with pytest.raises(UsageFault, match="did not write"):
        land(source, into, form="csv")


def test_a_fault_leaves_the_old_folder_and_makes_no_parents(source, into, tmp_path):
    land(source, into, form="csv")
    before = {path.name: path.read_bytes() for path in into.iterdir()}
    put(source, "2017-18/u.csv", UASC + "x\n")
    refused(source, into)
    refused(source, tmp_path / "new" / "deep")
    assert {path.name: path.read_bytes() for path in into.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["landed", "source"]


def test_what_a_killed_run_left_is_put_right(source, into, tmp_path):
    land(source, into, form="csv")
    into.rename(tmp_path / ".landed.old")
    put(tmp_path, ".landed.new/half.csv", "x")
    with replacing_folder(into) as work:
        assert list(work.iterdir()) == []
        assert (into / "landed_modules.csv").exists()
        (work / "new").write_text("x")
    assert [path.name for path in into.iterdir()] == ["new"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["landed", "source"]


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked there")
def test_two_runs_do_not_write_the_same_folder(source, into):
    with replacing_folder(into), pytest.raises(BusyFault, match="Another run"):
        land(source, into, form="csv")


def test_a_disk_that_is_full_is_told(source, into, tmp_path):
    with pytest.raises(UsageFault, match="No space left"), replacing_folder(into):
        raise OSError(28, "No space left on device")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]
    assert source.exists()


def test_a_file_is_written_whole(tmp_path):
    path = tmp_path / "answer.csv"
    put(tmp_path, ".answer.csv.new", "half")
    write_file_whole(path, b"one")
    write_file_whole(path, b"two")
    assert path.read_bytes() == b"two"
    with pytest.raises(UsageFault, match="could not be written"):
        write_file_whole(tmp_path / "gone" / "answer.csv", b"x")
    assert [each.name for each in tmp_path.iterdir()] == ["answer.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ there")
@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_the_old_folder(source, into, tmp_path, with_signal):
    land(source, into, form="csv")
    before = (into / "ssda903_episodes.csv").read_bytes()
    line = EPISODES.split("\n")[1] + "\n"
    put(source, "2017-18/e.csv", EPISODES + line * 150_000)
    script = CHECKOUT / "scripts" / "land_extracts.py"
    process = subprocess.Popen([sys.executable, str(script), str(source), "--into", str(into)])
    while process.poll() is None and not (tmp_path / ".landed.new").exists():
        pass
    process.send_signal(with_signal)
    assert process.wait() != 0
    assert (into / "ssda903_episodes.csv").read_bytes() == before
    if with_signal == signal.SIGTERM:
        assert not (tmp_path / ".landed.new").exists()
    land(source, into, form="csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["landed", "source"]
    assert len(rows_of(into, "ssda903_episodes")) == 150_001


# Laws

VALUES = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8
) | st.sampled_from(["", "A1", "03/06/2017", "a, b", 'say "x"', "two\nlines", "\r", "1.0"])


def as_csv(columns, rows, line_end):
    """A file as some program may have written it."""
    lines = [
        ",".join('"' + value.replace('"', '""') + '"' for value in row) for row in (columns, *rows)
    ]
    return line_end.join(lines) + line_end


@settings(max_examples=36, deadline=None)
@given(
    data=st.data(),
    line_end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
)
def test_every_row_lands_once_and_unchanged_whatever_the_order(data, line_end, mark):
    with tempfile.TemporaryDirectory() as folder:
        tables = {
            table.name: data.draw(st.just([]) | st.lists(row, min_size=5, max_size=15))
            for table in raw_tables().values()
            for row in [st.lists(VALUES, min_size=len(table.columns), max_size=len(table.columns))]
        }
        landed = []
        for attempt in ("first", "second"):
            source, into = Path(folder, attempt), Path(folder, f"{attempt} landed")
            for name in data.draw(st.permutations(sorted(tables))):
                columns = raw_tables()[name].columns
                order = data.draw(st.permutations(range(len(columns))))
                header = [columns[at].upper() for at in order]
                rows = [[row[at] for at in order] for row in tables[name]]
                text = mark + as_csv(header, rows, line_end)
                put(source, f"2017-18/{name} x.csv", text)
            try:
                land(source, into, form="csv")
            except DataFault as fault:
                # Random dates may well belong to another year, and then that is what is said.
                told = ("does not hold what its name says", "look month-first", "the same rows")
                assert all(any(each in s for each in told) for s in fault.sentences)
                return
            landed.append({name: (into / f"{name}.csv").read_bytes() for name in tables})
            for name, rows in tables.items():
                width = len(raw_tables()[name].columns)
                result = rows_of(into, name)
                numbered = [(at, row) for at, row in enumerate(rows, 1) if not is_blank(row)]
                assert [list(row.values())[:width] for row in result] == [r for _, r in numbered]
                assert [int(row["source_row"]) for row in result] == [at for at, _ in numbered]
        assert landed[0] == landed[1]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_plain_rows_are_read_by_duckdb_alone(source, into, line_end, monkeypatch):
    """Windows ends lines by two characters: such a file is not read row by row for that."""
    monkeypatch.setattr(read_text, "_careful", lambda *_: pytest.fail("Read row by row."))
    fill(source / "2017-18", {name: text.replace("\n", line_end) for name, text in RETURN.items()})
    land(source, into, form="csv")
    (row,) = rows_of(into, "ssda903_missing")
    assert row["mis_end"] == "04/06/2017"


def test_two_runs_write_the_same_bytes(source, tmp_path):
    put(source, "i.csv", INTERVIEWS)
    results = []
    for name in ("one", "two"):
        land(source, tmp_path / name, form="csv")
        results.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert results[0] == results[1]
    assert all(b"\r" not in content for content in results[0].values())


# The command


def test_the_command_prints_what_it_did_within_80_columns(source, into):
    put(source, "2017-18/a rather long name of a folder [final]/Reviews.csv", "CHILD,REVIEW\n")
    put(source, "2017-18/u.csv", "CHILD,DUC,LA,YEAR\n")
    (source / "2017-18" / "m.csv").unlink()
    result = run_command(source, "--into", into, "--accept-missing", "Missing:2017-18")
    assert result.returncode == 0, result.stderr
    assert "lacks SEX" in result.stdout and "accepted as" in result.stdout
    assert "[final]" in result.stdout and "question 2" in result.stdout
    lines = result.stdout.rstrip().split("\n")
    assert lines[-1] == str(into.resolve())
    assert max(map(len, lines[:-1])) <= 80
    assert result.stderr == ""


def test_the_command_says_what_is_wrong_and_how_it_ended(source, into):
    (source / "2017-18" / "m.csv").unlink()
    result = run_command(source, "--into", into)
    assert result.returncode == 3 and "2017-18 has no Missing" in result.stderr
    assert "Traceback" not in result.stderr and result.stdout == ""
    result = run_command(source, "--into", CHECKOUT / "landed")
    assert result.returncode == 2 and "inside the checkout" in result.stderr
    assert not (CHECKOUT / "landed").exists()
    assert run_command(source, "--into", into, "--accept-missing", "x").returncode == 2
    assert run_command("--help").returncode == 0


def test_modules_are_accepted_under_either_name_in_any_case():
    assert accepted_module("UASC:2015-16") == ("ssda903_uasc", "2015-16")
    assert accepted_module("ssda903_Uasc:2015-16") == ("ssda903_uasc", "2015-16")
