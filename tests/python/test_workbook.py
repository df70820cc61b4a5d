"""The response workbook: what it refuses, what it writes, and that its bytes stay the same."""

import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from missing_from_care.accessibility.checking import check_workbook
from missing_from_care.workbook.writing import AnswerSheet, Column, Cover, CoverLine, workbook_bytes
from workbook_sample import HARM, OCCASIONS, sample

FOLDER = Path(__file__).parent


def written(**changes: object) -> Workbook:
    """The sample with changes, written, checked and read again."""
    data = workbook_bytes(sample(**changes))
    assert check_workbook(data) == []
    return load_workbook(BytesIO(data))


def table(rows: list[tuple], *columns: Column, name: str = "Answer") -> AnswerSheet:
    """A table whose other parts do not matter."""
    return AnswerSheet(name, "Occasions by place [note 1] [note 2] [note 3]", columns, tuple(rows))


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
    assert (share.value, share.number_format) == (0.004, "#,##0.0%")
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
        "import hashlib, workbook_sample, missing_from_care.workbook.writing as w;"
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
    ("rows", "columns", "sentence"),
    [
        ([("A", None)], (PLACE, COUNT), "holds None"),
        ([(" ", 1)], (PLACE, COUNT), "is empty"),
        ([("*", 1)], (PLACE, COUNT), "is empty or holds no letter"),
        ([("A", "")], (PLACE, COUNT), "a number .whole. or shorthand alone"),
        ([("A", "12 [r]")], (PLACE, COUNT), "a number .whole. or shorthand alone"),
        ([("A", "[q]")], (PLACE, COUNT), "a number .whole. or shorthand alone"),
        ([("A", 1.5)], (PLACE, COUNT), "a number .whole."),
        ([("A", True)], (PLACE, COUNT), "holds True"),
        ([("A", float("nan"))], (PLACE, Column("Mean", "decimal")), "a number .decimal."),
        ([("A", 12)], (PLACE, Column("Text")), "the number 12 in a column of text"),
        ([("A", "1,234")], (PLACE, Column("Text")), "a number as text"),
        ([("A", "see [note 1]")], (PLACE, Column("Text")), "holds a note"),
        ([("A [note 1, 2]", 1)], (PLACE, COUNT), "refer to a note as"),
        ([("A (1)", 1)], (PLACE, COUNT), "marks something"),
        ([("A¹", 1)], (PLACE, COUNT), "marks something"),
        ([("See www.example.org", 1)], (PLACE, COUNT), "a web address"),
        ([("A", 1, 2)], (PLACE, COUNT), "3 cells for 2 columns"),
        ([("A", 1)], (PLACE, Column("place", "whole")), "twice"),
        ([], (PLACE, COUNT), "no row"),
        ([("y" * 1501, 1)], (PLACE, COUNT), "1501 characters"),
    ],
)
def test_a_table_that_some_could_not_read_is_refused(rows, columns, sentence):
    with pytest.raises(ValueError, match=sentence):
        table(rows, *columns)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"notes": ()}, "no such note"),
        ({"answers": (HARM,)}, "is not referred to"),
        ({"shorthand": {"[c]": "confidential"}}, "is not explained"),
        ({"shorthand": {"[q]": "a question"}}, "not harmonised"),
        ({"answers": (replace(OCCASIONS, title="Of [q] [note 1]"),)}, "is not explained"),
        ({"author": "Jane Smith"}, "not an organisation"),
        ({"keywords": ()}, "needs keywords"),
        ({"language": ""}, "language such as"),
        ({"title": " "}, "is empty"),
    ],
)
def test_a_workbook_that_some_could_not_read_is_refused(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        sample(**changes)


def test_links_must_lead_somewhere_and_say_where():
    with pytest.raises(ValueError, match="https: or mailto:"):
        CoverLine("Licence", "Open Government Licence", link="ftp://example.org")
    with pytest.raises(ValueError, match="say where it leads"):
        CoverLine("Licence", "Click here", link="https://example.org")
