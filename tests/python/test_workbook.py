"""The response workbook: what it refuses, what it writes, and that its bytes stay the same."""

import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from accessibility import check_workbook
from missing_from_care.documents.workbook.content import Column, Cover, CoverLine, TableSheet
from missing_from_care.documents.workbook.writing import workbook_bytes
from workbook_sample import HARM, OCCASIONS, sample

FOLDER = Path(__file__).parent


def written(**changes: object) -> Workbook:
    """The sample with changes, written, checked and read again."""
    data = workbook_bytes(sample(**changes))
    assert check_workbook(data) == []
    return load_workbook(BytesIO(data))


def found(**changes: object) -> set[str]:
    """The checks that find something in the sample with changes."""
    return {finding.check for finding in check_workbook(workbook_bytes(sample(**changes)))}


def table(rows: list[tuple], *columns: Column, name: str = "Answer") -> TableSheet:
    """A table whose other parts do not matter."""
    return TableSheet(name, "Occasions by place [note 1] [note 2] [note 3]", columns, tuple(rows))


def texts(workbook: Workbook, sheet: str) -> list[str]:
    """Column A of a worksheet."""
    return [cell.value for cell in workbook[sheet]["A"]]


def test_sheets_come_in_order_and_the_cover_says_what_it_is_told():
    workbook = written()
    assert workbook.sheetnames == ["Cover", "Contents", "Notes", "Question 1", "Question 2"]
    cover = texts(workbook, "Cover")
    assert cover[1] == "Not for release: the figures have not been protected against disclosure."
    assert cover[cover.index("Who answers") + 1] == "Ŵyndale & Llŷn Council"
    assert workbook.properties.created.date() == date(2018, 7, 2)
    assert workbook.properties.modified.date() == date(2018, 7, 2)
    assert workbook.properties.creator == "Ŵyndale & Llŷn Council"


def test_the_cover_is_no_wider_than_a_printed_page():
    """A single column too wide for the page is cut, not made smaller."""
    cover = written()["Cover"]
    inches_a_character = 9 / 96  # a digit of Arial 12 is 9 pixels wide
    margins = cover.page_margins.left + cover.page_margins.right
    assert cover.column_dimensions["A"].width * inches_a_character < 8.27 - margins


def test_contents_lead_to_every_other_sheet():
    contents = written()["Contents"]
    links = {cell.hyperlink.location: cell.value for cell in contents["A"] if cell.hyperlink}
    assert links["'Question 2'!A1"] == "Question 2"
    assert contents["B7"].value.startswith("Occasions on which a child was found")
    assert sorted(links) == ["'Cover'!A1", "'Notes'!A1", "'Question 1'!A1", "'Question 2'!A1"]


def test_values_keep_their_kind():
    sheet = written()["Question 1"]
    header = next(cell.row for cell in sheet["A"] if cell.value == "Financial year")
    year, missing, away, _, share, break_in_series = sheet[header + 1]
    assert (year.value, year.data_type) == ("2014/15", "s")
    assert (missing.value, missing.number_format) == (6, "#,##0")
    assert (away.value, away.alignment.horizontal) == ("[c]", "right")
    assert (share.value, share.number_format) == (0.4, "#,##0.0")
    assert break_in_series.value == "[z]"


def test_only_shorthand_in_use_is_explained():
    explained = [text for text in texts(written(), "Question 2") if "shorthand" in text]
    assert [text[14:17] for text in explained] == ["[c]", "[x]"]


def test_a_workbook_without_notes_has_no_notes_sheet():
    workbook = written(answers=(HARM,), notes=())
    assert workbook.sheetnames == ["Cover", "Contents", "Question 2"]


def test_same_content_gives_the_same_bytes_a_second_later():
    first = workbook_bytes(sample())
    time.sleep(1.1)
    assert workbook_bytes(sample()) == first
    assert workbook_bytes(sample(title="Another title")) != first


def test_same_content_gives_the_same_bytes_in_another_process():
    code = (
        "import hashlib, workbook_sample, missing_from_care.documents.workbook.writing as w;"
        "print(hashlib.sha256(w.workbook_bytes(workbook_sample.sample())).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": f"{FOLDER}:{FOLDER.parents[1]}/scripts"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+44 116",
        "-5 to 5 days",
        "@home",
        '=HYPERLINK("x")',
        "#N/A",
        'A & B "C" <d>',
        "ŵŷâ’",
    ],
)
def test_text_stays_text(text):
    sheet = written(answers=(table([(text, 1)], Column("Place"), Column("N", "whole")),))["Answer"]
    cell = sheet.cell(sheet.max_row, 1)
    assert (cell.value, cell.data_type) == (text, "s")


def test_control_characters_are_shown_as_replaced():
    answer = table([("a\x07b\r\n\tc _x0007_ \ud800", 1)], Column("Place"), Column("N", "whole"))
    sheet = written(answers=(answer,))["Answer"]
    assert sheet.cell(sheet.max_row, 1).value == "a\ufffdb c \ufffd \ufffd"


def test_sixty_rows_and_twenty_five_answers():
    rows = [(f"Place {number}", number * 1000) for number in range(60)]
    answers = [
        table(rows, Column("Place"), Column("Occasions", "whole"), name=f"Question {number}")
        for number in range(25)
    ]
    assert len(written(answers=tuple(answers)).sheetnames) == 28


def test_very_long_text_is_kept_whole():
    words = " ".join(f"word{number}" for number in range(2000))
    cover = Cover("Answer", (CoverLine("What was asked", f"{words}\n-----\nAnd this?"),))
    shown = texts(written(cover=cover), "Cover")
    assert " ".join(shown[2:-1]) == words and shown[-1] == "And this?"
    label = "y" * 1500
    sheet = written(answers=(table([(label, 1)], Column("Place"), Column("N", "whole")),))["Answer"]
    assert sheet.cell(sheet.max_row, 1).value == label
    assert sheet.row_dimensions[sheet.max_row].height <= 409


def test_sheet_names_become_safe_and_unique():
    names = ("Notes", "By place: [all]/any?", "by place all any", "'" + "long name " * 6)
    columns = (Column("Place"), Column("Occasions", "whole"))
    answers = tuple(table([("A", 1)], *columns, name=name) for name in names)
    workbook = written(answers=answers)
    assert workbook.sheetnames[3:] == [
        "Notes 2",
        "By place all any",
        "by place all any 2",
        "long name long name long name l",
    ]


PLACE, COUNT = Column("Place"), Column("Occasions", "whole")


@pytest.mark.parametrize(
    ("rows", "columns", "check_id"),
    [
        ([("*", 1)], (PLACE, COUNT), "N1"),
        ([("A", "12 [r]")], (PLACE, COUNT), "S3"),
        ([("A", "[q]")], (PLACE, COUNT), "S2"),
        ([("A", "[q]")], (PLACE, COUNT), "S1"),
        ([("A", 12)], (PLACE, Column("Text")), "F11"),
        ([("A", "1,234")], (PLACE, Column("Text")), "S3"),
        ([("A", "see [note 1]")], (PLACE, Column("Text")), "N3"),
        ([("A [note 1, 2]", 1)], (PLACE, COUNT), "N2"),
        ([("A (1)", 1)], (PLACE, COUNT), "N2"),
        ([("A¹", 1)], (PLACE, COUNT), "N1"),
        ([("See www.example.org", 1)], (PLACE, COUNT), "F1"),
        ([("A", 1)], (PLACE, Column("place", "whole")), "T5"),
    ],
)
def test_a_table_that_some_could_not_read_is_found(rows, columns, check_id):
    assert check_id in found(answers=(table(rows, *columns),))


@pytest.mark.parametrize(
    ("changes", "check_id"),
    [
        ({"notes": ()}, "N4"),
        ({"answers": (HARM,)}, "N4"),
        ({"shorthand": {"[c]": "confidential"}}, "S1"),
        ({"answers": (replace(OCCASIONS, title="Of [q] [note 1]"),)}, "S1"),
        ({"answers": (replace(OCCASIONS, title="Of [q] [note 1]"),)}, "S2"),
        ({"author": "Jane Smith"}, "P1b"),
        ({"keywords": ()}, "P1b"),
        ({"language": ""}, "P1"),
        ({"title": " "}, "P1"),
        ({"cover": Cover("A", (CoverLine("B", "Click here", "https://example.org"),))}, "F1"),
    ],
)
def test_a_workbook_that_some_could_not_read_is_found(changes, check_id):
    assert check_id in found(**changes)


@pytest.mark.parametrize(
    ("rows", "columns", "sentence"),
    [
        ([(" ", 1)], (PLACE, COUNT), "on the worksheet Answer is empty"),
        ([("A", "")], (PLACE, COUNT), "is empty"),
        ([("A", 1)], (PLACE, Column("")), "is empty"),
        ([("y" * 1501, 1)], (PLACE, COUNT), "has 1501 characters: 1500"),
        ([("A", 1)], (PLACE, Column("y " * 200, "whole")), "has 399 characters: 250"),
        ([("A", 1, 2)], (PLACE, COUNT), "zip"),
    ],
)
def test_what_a_cell_cannot_hold_is_refused(rows, columns, sentence):
    with pytest.raises(ValueError, match=sentence):
        workbook_bytes(sample(answers=(table(rows, *columns),)))


def test_a_line_of_the_cover_without_a_text_is_refused_by_its_label():
    cover = Cover("Answer", (CoverLine("Email for reviews", " \n---"),))
    with pytest.raises(ValueError, match="“Email for reviews” on the cover is empty"):
        workbook_bytes(sample(cover=cover))


@pytest.mark.parametrize("more", range(4))
def test_no_label_of_the_cover_stands_alone_at_the_foot_of_a_printed_page(more: int) -> None:
    lines = tuple(CoverLine(f"Label {number}", "A text") for number in range(40))
    cover = Cover("Answer", lines, paragraphs=("A paragraph",) * more)
    sheet = load_workbook(BytesIO(workbook_bytes(sample(cover=cover))))["Cover"]
    last_rows = [each.id for each in sheet.row_breaks.brk]
    assert len(last_rows) > 1
    assert not [row for row in last_rows if sheet.cell(row, 1).value.startswith("Label")]
    # Excel passes over the breaks of a worksheet that is fitted to its page.
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    # A4 with the margins of the sheet is as high as this.
    room = 842 - 72 * (sheet.page_margins.top + sheet.page_margins.bottom)
    for first, last in pairwise([0, *last_rows, sheet.max_row]):
        height = sum(sheet.row_dimensions[row].height for row in range(first + 1, last + 1))
        assert height <= room
