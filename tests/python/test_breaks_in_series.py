"""A break in series is marked where the new definition begins, in every document alike."""

import csv
from dataclasses import replace
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from missing_from_care.documents.page.charts import charts
from missing_from_care.pack.making import public_files
from missing_from_care.response.answers import Response
from missing_from_care.response.asking import question_of
from missing_from_care.response.layout import terminal_tables
from read_page import read_page
from released_responses import answered
from walkers import sections_with_tables, sheet_table

# What is asked; what stands before [b] in the workbook, and how many rows of the CSV are marked.
ASKED = {
    "years": (("none", "financial_year:2014/15..2017/18"), ["2017/18"], 1),
    "years by sex": (("sex", "financial_year:2014/15..2017/18"), ["2017/18"], 3),
    "nine months by sex": (("sex", "month:2017-01..2017-09"), ["April 2017"], 3),
    "calendar years": (("none", "calendar_year:2015..2017"), ["2017"], 1),
    "quarters": (("none", "quarter:2016/17 Q3..2017/18 Q2"), ["2017/18 Q1"], 1),
    "months": (("none", "month:2017-01..2017-06"), ["April 2017"], 1),
    "a year by month": (("month", "financial_year:2017/18"), ["April 2017"], 1),
    "two years by month": (("month", "financial_year:2016/17..2017/18"), ["April 2017"], 1),
    "calendar years by quarter": (("quarter", "calendar_year:2016..2017"), ["2017/18 Q1"], 1),
    "months by month": (("month", "month:2017-03..2017-05"), ["April 2017"], 1),
    "after the change": (("month", "range:2017-05-01..2017-07-31"), [], 0),
}
IN_THE_LINE = {"years", "calendar years", "quarters", "months", "two years by month",
               "calendar years by quarter", "months by month"}  # fmt: skip


@pytest.fixture(scope="module")
def answers(database: Path, responses: dict[str, Response]) -> Response:
    """One response to all that is asked here, a question each."""
    asked = [
        question_of("occasions_missing", breakdown, "all", periods)
        for (breakdown, periods), *_ in ASKED.values()
    ]
    (found,) = answered(database, {"foi-2018-0417": asked}).values()
    received_on = responses["foi-2018-0417"].received_on
    return replace(found, received_on=received_on, is_protected=True)


@pytest.fixture(scope="module")
def files(answers: Response) -> dict[str, bytes]:
    """The public files of that response."""
    return public_files(answers)


@pytest.mark.parametrize("what", ASKED)
def test_the_break_is_marked_once_and_where_it_begins(
    what: str, answers: Response, files: dict[str, bytes]
) -> None:
    number = list(ASKED).index(what)
    _, starts, rows_marked = ASKED[what]
    sheet = load_workbook(BytesIO(files["foi-2018-0417.xlsx"]))[f"Question {number + 1}"]
    texts = [str(cell.value) for row in sheet_table(sheet) for cell in row]
    assert [text.partition(" [b]")[0] for text in texts if "[b]" in text] == starts
    section = sections_with_tables(read_page(files["response.html"]))[number]
    shown = [cell.text for cell in section.all("th", "td") if "[b]" in cell.text]
    assert [text.partition(" [b]")[0] for text in shown] == starts
    one_table = replace(answers, tables=answers.tables[number : number + 1])
    (printed,) = (table.columns for table in terminal_tables(one_table))
    texts = [text for column in printed for text in (str(column.header), *column.cells)]
    assert [text.partition(" \\[b]")[0] for text in texts if "[b]" in text] == starts
    rows = list(csv.DictReader(StringIO(files[f"question-{number + 1}.csv"].decode())))
    assert sum(row["is_break_in_series"] == "true" for row in rows) == rows_marked
    drawn = "".join(drawing for _, drawing in charts(answers.tables[number], "chart"))
    if what in IN_THE_LINE:
        assert drawn.count("stroke-dasharray") == 1
    elif "by sex" not in what:
        assert "stroke-dasharray" not in drawn


def test_the_note_on_the_break_stands_beside_it_and_on_no_other_row(
    files: dict[str, bytes],
) -> None:
    book = load_workbook(BytesIO(files["foi-2018-0417.xlsx"]))
    (mark,) = [a.value for a, b in book["Notes"].iter_rows(max_col=2) if "changed" in str(b.value)]
    for name in book.sheetnames[3:]:
        texts = [str(cell.value) for row in book[name] for cell in row]
        assert [text for text in texts if mark in text] == [
            text for text in texts if text.endswith(f"[b] {mark}")
        ]
