"""Landing: in which form the dates of a file are, and what is refused or left unread."""

import csv
import datetime as dt
import io
from functools import partial

import openpyxl
import pytest

from landing_sources import INTERVIEWS as SOUND_INTERVIEWS
from landing_sources import fill, only_sentence, put, rows_of
from missing_from_care.base.faults import DataFault
from missing_from_care.landing.land import land

BASE = {
    "header.csv": "CHILD,SEX,DOB,ETHNIC",
    "episodes.csv": "CHILD,DECOM,RNE,LS,CIN,PLACE,DEC,REC",
    "missing.csv": "CHILD,DOB,MISSING,MIS_START,MIS_END",
    "uasc.csv": "CHILD,SEX,DOB,DUC",
}
DAYS = {"DOB": dt.date(2004, 3, 1), "DECOM": dt.date(2017, 5, 1)}
DAYS |= {"MIS_START": dt.date(2017, 6, 3), "MIS_END": dt.date(2017, 6, 4)}
TEXT = {"SEX": "1", "ETHNIC": "WBRI", "RNE": "S", "LS": "C2", "CIN": "N1", "PLACE": "U4"}
NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def uk(day):
    return f"{day:%d/%m/%Y}"


def us(day):
    return f"{day:%m/%d/%Y}"


def named(day):
    return f"{day.day:02}-{NAMES[day.month - 1]}-{day:%y}"


def serial(day, first=dt.date(1899, 12, 30)):
    return str((day - first).days)


def module(file, write=uk, only=None, numbers=range(12)):
    """A file of the sound base, 12 children with starts on 3 to 14 June; some dates otherwise."""
    columns = BASE[file].split(",")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for number in numbers if file != "uasc.csv" else range(3):
        row = {"CHILD": str(100201 + number), "MISSING": "M"} | TEXT
        for name, first in DAYS.items():
            how = write if only is None or name in only else uk
            row[name] = how(first + dt.timedelta(days=number))
        writer.writerow([row.get(name, "") for name in columns])
    return text.getvalue()


@pytest.fixture
def source(tmp_path):
    fill(tmp_path / "source" / "2017-18", {file: module(file) for file in BASE})
    return tmp_path / "source"


@pytest.fixture
def into(tmp_path):
    return tmp_path / "landed"


def landed(source, into):
    """What landing says of each raw table's dates, and its remarks on them."""
    report = land(source, into, form="csv")
    forms = {each["raw_table"]: each["date_forms"] for each in rows_of(into, "landed_modules")}
    return forms, [each for each in report.remarks if "column" in each]


def test_the_sound_base_is_in_the_returns_own_form(source, into):
    forms, remarks = landed(source, into)
    assert set(forms.values()) == {""} and remarks == []


@pytest.mark.parametrize(
    ("form", "write"),
    [
        ("month_name", named),
        ("month_name", lambda day: f"{day.day} {NAMES[day.month - 1].upper()} {day.year}"),
        ("month_name", lambda day: f"{day.day}{NAMES[day.month - 1].lower()}{day.year}"),
        ("month_name", lambda day: f"{NAMES[day.month - 1]} {day.day}, {day.year}"),
        ("compact", lambda day: f"{day:%Y%m%d}"),
        ("serial_1900", serial),
        ("day_first_short", lambda day: f"{day:%d/%m/%y}"),
        ("", lambda day: f"{day:%d-%m-%Y}"),
        ("", lambda day: f"{day:%d.%m.%Y}"),
        ("", lambda day: f"{day:%Y-%m-%d}"),
        ("", lambda day: f"{day:%d/%m/%Y} 12:00:00 AM"),
        ("", lambda day: f"{day:%Y-%m-%d}T00:00:00Z"),
        ("", lambda day: f"{day:%Y-%m-%d} 00:00:00+00:00"),
    ],
)
@pytest.mark.parametrize("file", ["missing.csv", "episodes.csv", "header.csv"])
def test_each_form_is_known_and_no_value_is_changed(source, into, file, form, write):
    put(source, f"2017-18/{file}", module(file, write))
    forms, remarks = landed(source, into)
    table = f"ssda903_{file.removesuffix('.csv')}"
    if write is serial and file == "header.csv":
        # Birth dates alone fit both epochs: they are not guessed at.
        form, said = "none", remarks.pop()
        assert "from 1900 or from 1904" in said and f"2017-18/{file}, column DOB" in said
    assert remarks == []
    assert {each.rpartition("=")[2] for each in forms[table].split()} == {form} - {""}
    column = {"missing.csv": "mis_start", "episodes.csv": "decom", "header.csv": "dob"}[file]
    assert rows_of(into, table)[0][column] == write(DAYS[column.upper()])


def test_a_column_may_differ_from_the_others_of_its_file(source, into):
    put(source, "2017-18/missing.csv", module("missing.csv", named, only=["MIS_START"]))
    assert landed(source, into)[0]["ssda903_missing"] == "mis_start=month_name"


def test_the_collection_year_tells_from_when_serial_numbers_count(source, into):
    write = partial(serial, first=dt.date(1904, 1, 1))
    put(source, "2017-18/missing.csv", module("missing.csv", write))
    forms, _ = landed(source, into)
    assert forms["ssda903_missing"] == "dob=serial_1904 mis_start=serial_1904 mis_end=serial_1904"


@pytest.mark.parametrize("file", ["header.csv", "episodes.csv"])
def test_numbers_of_1904_that_fit_1900_too_are_not_guessed_at(source, into, file):
    write = partial(serial, first=dt.date(1904, 1, 1))
    put(source, f"2017-18/{file}", module(file, write))
    forms, remarks = landed(source, into)
    assert {each.rpartition("=")[2] for each in forms[f"ssda903_{file[:-4]}"].split()} == {"none"}
    assert all("from 1900 or from 1904" in said for said in remarks) and remarks


def test_interviews_held_after_the_last_return_tell_from_when_their_numbers_count(source, into):
    """Of occasions at the end of March; what fits neither the year nor the next tells nothing."""
    names, row, _ = SOUND_INTERVIEWS.split("\n")
    days = [dt.date(2018, 4, 3) + dt.timedelta(days=number) for number in range(12)]
    rows = [row.replace("06/06/2017", serial(day)) for day in days]
    put(source, "interviews.csv", "\n".join([names, *rows, ""]))
    assert landed(source, into)[0]["return_interviews"] == "interview_date=serial_1900"


@pytest.mark.parametrize("from_1904", [True, False])
def test_a_workbook_says_from_when_its_numbers_count(source, into, from_1904):
    """Cells formatted as dates come as they show; those set back to General as their numbers."""
    book = openpyxl.Workbook()
    first = dt.date(1904, 1, 1) if from_1904 else dt.date(1899, 12, 30)
    if from_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(BASE["header.csv"].split(","))
    for number, day in enumerate((dt.date(2004, 3, 1), dt.date(2004, 3, 14))):
        book.active.append([str(number), 1, int(serial(day, first)), "WBRI"])
    book.create_sheet("Missing").append(BASE["missing.csv"].split(","))
    book["Missing"].append(["1", None, "M", dt.date(2017, 6, 13), dt.date(2017, 6, 14)])
    (source / "2017-18" / "header.csv").unlink()
    (source / "2017-18" / "missing.csv").unlink()
    book.save(source / "2017-18" / "r.xlsx")
    forms, _ = landed(source, into)
    assert forms["ssda903_header"] == ("dob=serial_1904" if from_1904 else "dob=serial_1900")
    assert rows_of(into, "ssda903_missing")[0]["mis_start"] == "13/06/2017"


# Month-first


@pytest.mark.parametrize("numbers", [range(12), range(10), range(5)])
@pytest.mark.parametrize("file", ["missing.csv", "episodes.csv", "header.csv"])
@pytest.mark.parametrize(
    "write", [us, lambda day: f"{day:%m-%d-%Y}", lambda day: f"{day:%m/%d/%y}"]
)
def test_month_first_is_refused_even_if_no_day_is_above_12(source, into, file, numbers, write):
    put(source, f"2017-18/{file}", module(file, write, numbers=numbers))
    sentence = only_sentence(source, into)
    assert sentence.startswith(f"2017-18/{file}, column")
    assert "the dates look month-first (as 12/31/2017): save the file with UK" in sentence


@pytest.mark.parametrize("numbers", [range(10), range(5), range(1)])
def test_the_sound_base_is_day_first_also_if_no_day_is_above_12(source, into, numbers):
    for file in ("missing.csv", "episodes.csv", "header.csv"):
        put(source, f"2017-18/{file}", module(file, numbers=numbers))
    forms, remarks = landed(source, into)
    assert set(forms.values()) == {""} and remarks == []


def test_occasions_on_the_first_of_each_month_are_no_month_first_dates(source, into):
    rows = "".join(f"1,,M,01/{month:02}/2017,\n" for month in range(4, 13))
    put(source, "2017-18/missing.csv", f"CHILD,DOB,MISSING,MIS_START,MIS_END\n{rows}")
    assert landed(source, into) == (dict.fromkeys(landed(source, into)[0], ""), [])


def first_days(header, line):
    """A file of 12 rows, its dates the first of 12 months of one year, day-first."""
    months = [(number, f"01/{number:02}/") for number in range(1, 13)]
    return f"{header}\n" + "".join(line.format(n=100200 + n, day=day) for n, day in months)


INTERVIEWS = (
    "INTERVIEW_ID,CHILD,MIS_START,OCCASION,OFFERED_DATE,OUTCOME,INTERVIEW_DATE,CONDUCTED_BY,"
    "HARMED,SEXUAL_HARM,DRUG_SALE,CRIME"
)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("header.csv", first_days(BASE["header.csv"], "{n},1,{day}2004,WBRI\n")),
        ("episodes.csv", first_days(BASE["episodes.csv"], "{n},{day}2015,S,C2,N1,U4,,\n")),
        ("missing.csv", first_days(BASE["missing.csv"], "{n},{day}2004,M,01/05/2017,\n")),
        (
            "interviews.csv",
            first_days(INTERVIEWS, "I{n},{n},{day}2017,,,COMPLETED,{day}2017,,,,,\n"),
        ),
    ],
)
def test_dates_made_the_first_of_their_month_are_day_first(source, into, file, text):
    """As where birth dates are coarsened: only in January could they all be month-first."""
    put(source, f"2017-18/{file}", text)
    forms, remarks = landed(source, into)
    assert set(forms.values()) == {""} and remarks == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        # Of days that are all of January 2018 the year tells; days on the 3rd are made by nobody.
        ("missing.csv", first_days(BASE["missing.csv"], "{n},,M,{day}2018,\n")),
        (
            "interviews.csv",
            first_days(INTERVIEWS, "I{n},{n},{day}2018,,,COMPLETED,{day}2018,,,,,\n"),
        ),
        (
            "header.csv",
            first_days(BASE["header.csv"], "{n},1,{day}2004,WBRI\n").replace("01/", "03/"),
        ),
    ],
)
def test_days_that_only_month_first_explains_are_refused(source, into, file, text):
    put(source, f"2017-18/{file}", text)
    with pytest.raises(DataFault, match=f"2017-18/{file}, column.* the dates look month-first"):
        land(source, into)


# No one form


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda day: f"{day:%Y-%d-%m}", "year-day-month"),
        (lambda day: f"{day:%y-%m-%d}", "two digits for the year"),
        (lambda day: f"week {day:%W}", "no one form"),
        (lambda day: [uk(day), f"{day:%d%b%Y}", f"{day:%Y%m%d}"][day.day % 3], "no one form"),
        (uk, "only be day-first"),
    ],
)
def test_dates_that_no_form_reads_are_said_and_left_unread(source, into, write, said):
    file = "CHILD,DOB,MISSING,MIS_START,MIS_END\n"
    days = [dt.date(2017, 6, 14) + dt.timedelta(days=number) for number in range(15)]
    if said == "only be day-first":
        texts = [uk(day) for day in days] + [us(day) for day in days]
    else:
        texts = [write(day) for day in days]
    put(source, "2017-18/missing.csv", file + "".join(f"1,,M,{text},\n" for text in texts))
    forms, remarks = landed(source, into)
    assert forms["ssda903_missing"] == "mis_start=none"
    assert len(remarks) == 1 and "2017-18/missing.csv, column MIS_START" in remarks[0]
    assert said in remarks[0] and "not available" in remarks[0]


@pytest.mark.parametrize("write", ["{:%Y-%d-%m}", "{:%d-%b-%Y}"])
def test_days_and_months_swapped_by_a_spreadsheet(source, into, write):
    """What could be a month was turned and converted; the rest stayed text as it was."""
    days = [dt.date(2017, 6, 1) + dt.timedelta(days=number) for number in range(28)]
    swapped = [dt.date(2017, day.day, day.month) if day.day <= 12 else day for day in days]
    texts = [
        f"{new:%d-%b-%Y}" if day.day <= 12 and "b" in write else
        f"{new:%Y-%m-%d}" if day.day <= 12 else uk(day)
        for day, new in zip(days, swapped, strict=True)
    ]  # fmt: skip
    rows = "".join(f"1,,M,{text},\n" for text in texts)
    put(source, "2017-18/missing.csv", f"CHILD,DOB,MISSING,MIS_START,MIS_END\n{rows}")
    forms, remarks = landed(source, into)
    assert forms["ssda903_missing"] == "mis_start=none" and "swapped" in remarks[0]


def test_a_tenth_of_wrong_dates_does_not_hide_the_form(source, into):
    rows = "".join(f"1,,M,{day:02}/06/2017,\n" for day in range(1, 28)) + "1,,M,soon,\n1,,M,N/A,\n"
    put(source, "2017-18/missing.csv", f"CHILD,DOB,MISSING,MIS_START,MIS_END\n{rows}")
    forms, remarks = landed(source, into)
    assert forms["ssda903_missing"] == "" and remarks == []


def test_a_column_is_read_in_the_form_of_most_of_its_dates_and_the_rest_is_said(source, into):
    texts = [f"{day:02}-Jun-2017" for day in range(14, 23)] + ["23/06/2017", "24/06/2017"]
    rows = "".join(f"1,,M,{text},\n" for text in texts)
    put(source, "2017-18/missing.csv", f"CHILD,DOB,MISSING,MIS_START,MIS_END\n{rows}")
    forms, remarks = landed(source, into)
    assert forms["ssda903_missing"] == "mis_start=month_name"
    assert "2017-18/missing.csv, column MIS_START: many dates are in another form" in remarks[0]


def test_a_file_without_a_date_has_no_form(source, into):
    put(source, "2017-18/missing.csv", "CHILD,DOB,MISSING,MIS_START,MIS_END\n1,,M,NULL,-\n")
    forms, remarks = landed(source, into)
    assert forms["ssda903_missing"] == "" and remarks == []
