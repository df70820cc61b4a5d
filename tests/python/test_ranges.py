"""A withheld figure that is released as a range: every document gives the range and never more."""

import csv
import json
import re
from dataclasses import replace
from io import BytesIO, StringIO

import duckdb
import pytest
from docx import Document
from openpyxl import load_workbook
from rich.console import Console

from accessibility import check_workbook
from missing_from_care.base.models_in_memory import build_model
from missing_from_care.disclosure.assessment import refusal
from missing_from_care.documents.letter import letter_bytes
from missing_from_care.documents.open_data import open_data_files
from missing_from_care.documents.page.page import page_bytes
from missing_from_care.documents.workbook.content import workbook_content
from missing_from_care.documents.workbook.writing import workbook_bytes
from missing_from_care.response.answers import Answer, Response
from missing_from_care.response.layout import shown, terminal_tables
from pack_cases import changed, protected, ranged
from read_page import read_page
from walkers import (
    RANGE,
    is_label,
    letter_sections,
    sections_with_tables,
    sheet_table,
    strays_of_letter,
    workbook_numbers,
)

REQUESTS = ("foi-2018-0417", "foi-2018-0523", "foi-2018-0611")


@pytest.fixture(params=REQUESTS)
def response(responses: dict[str, Response], request: pytest.FixtureRequest) -> Response:
    return ranged(responses[request.param])


def ranges_of(response: Response) -> list[str]:
    """Every range of a response, as it is written."""
    answers = [each for table in response.tables for each in table.answers]
    found = [shown(each) for each in answers if each.is_range]
    assert len(found) > 2
    return found


def workbook_of(response: Response) -> bytes:
    return workbook_bytes(workbook_content(response))


@pytest.mark.parametrize(
    ("unit", "low", "high", "said"),
    [
        ("occasions", 839, 842, "839 to 842"),
        ("children", 1839.0, 12_842.0, "1,839 to 12,842"),
        ("occasions", 0, 1, "0 to 1"),
        ("percent", 4, 1234.5, "4.0 to 1,234.5"),
    ],
)
def test_a_range_is_written_as_figures_are(
    responses: dict[str, Response], unit: str, low: float, high: float, said: str
) -> None:
    answer = responses[REQUESTS[0]].tables[0].answers[0]
    hidden = replace(answer, unit=unit, value=None, is_withheld=True, low=low, high=high)
    assert shown(hidden) == said


@pytest.mark.parametrize(
    "wrong",
    [
        {"low": 3.0, "high": 3.0},
        {"low": 4.0, "high": 3.0},
        {"low": 3.0},
        {"high": 3.0},
        {"low": 1.0, "high": 4.0, "is_withheld": False},
        {"low": 1.0, "high": 4.0, "value": 2.0},
    ],
)
def test_what_is_no_range_of_a_withheld_figure_is_refused(
    responses: dict[str, Response], wrong: dict[str, object]
) -> None:
    answer = responses[REQUESTS[0]].tables[0].answers[0]
    with pytest.raises(ValueError, match="no range"):
        replace(answer, **({"value": None, "is_withheld": True} | wrong))


def test_the_workbook_gives_ranges_and_says_what_they_mean(response: Response) -> None:
    data = workbook_of(response)
    assert check_workbook(data) == []
    book = load_workbook(BytesIO(data))
    notes = [cell.value for cell in book["Notes"]["B"]]
    assert notes.count(response.notes["ranges"]) == 1
    found = []
    for table, sheet in zip(response.tables, book.worksheets[3:], strict=True):
        cells = [cell for row in sheet_table(sheet)[1:] for cell in row]
        given = [cell for cell in cells if RANGE.fullmatch(str(cell.value)) and not is_label(cell)]
        assert {cell.data_type for cell in given} <= {"s"}
        above = [cell.value for cell in sheet["A"]]
        assert (response.notes["ranges_in_table"] in above) == table.has_ranges == bool(given)
        found += [cell.value for cell in given]
    assert sorted(found) == sorted(ranges_of(response))


def test_a_range_that_nothing_above_explains_is_not_accessible(response: Response) -> None:
    silent = replace(response, notes=response.notes | {"ranges_in_table": "Some are not exact."})
    assert {each.check for each in check_workbook(workbook_of(silent))} == {"S3"}


def test_the_page_has_the_ranges_of_the_workbook(response: Response) -> None:
    data = page_bytes(response)
    page = read_page(data)
    figures = [td for section in sections_with_tables(page) for td in section.all("td")]
    given = [td.text for td in figures if RANGE.fullmatch(td.text)]
    assert sorted(given) == sorted(ranges_of(response))
    assert response.notes["ranges"] in page.text


def test_the_letter_gives_ranges_in_sentences_and_tables(response: Response) -> None:
    document = Document(BytesIO(letter_bytes(response)))
    assert strays_of_letter(document, workbook_numbers(workbook_of(response)), response) == {}
    said = letter_sections(document)
    text = "\n".join(line for lines in said.values() for line in lines)
    assert any(each in text for each in ranges_of(response))


def test_a_sentence_of_the_letter_gives_a_range_with_its_unit(
    responses: dict[str, Response],
) -> None:
    first = responses[REQUESTS[0]]

    def hide(each: Answer) -> Answer:
        ends = {6.0: (5.0, 7.0), 843.0: (839.0, 842.0)}.get(each.value)
        if each.measure != "occasions_missing" or not ends:
            return each
        return replace(each, value=None, is_withheld=True, low=ends[0], high=ends[1])

    letter = Document(BytesIO(letter_bytes(protected(changed(first, hide), lambda _: False))))
    assert letter_sections(letter)["Question 1"][0] == (
        "Children in our care went missing on 5 to 7 occasions in 2014/15, 107 in 2015/16, 43 in "
        "2016/17 and 839 to 842 in 2017/18."
    )


def test_open_data_has_both_ends_and_no_value(response: Response) -> None:
    files = open_data_files(response)
    rows = [
        row
        for name in files
        if name.endswith(".csv")
        for row in csv.DictReader(StringIO(files[name].decode(), newline=""), strict=True)
    ]
    answers = [each for table in response.tables for each in table.answers]
    for row, answer in zip(rows, answers, strict=True):
        assert (row["status"] == "range") == answer.is_range
        ends = [answer.low, answer.high] if answer.is_range else []
        assert [float(row[end]) for end in ("lower", "upper") if row[end]] == ends
        assert not (answer.is_range and row["value"])
        whole = re.compile(r"\d+" if answer.unit in ("occasions", "children") else r"[\d.]+")
        assert all(whole.fullmatch(row[end]) for end in ("lower", "upper") if row[end])
    for resource in json.loads(files["datapackage.json"])["resources"]:
        fields = {each["name"]: each for each in resource["schema"]["fields"]}
        assert not fields["lower"]["constraints"]["required"]
        assert "blank unless the status is range" in fields["upper"]["description"]


def test_the_terminal_shows_ranges(response: Response) -> None:
    console = Console(width=80, file=StringIO())
    for table in terminal_tables(response):
        console.print(table)
    words = " ".join(console.file.getvalue().split())
    assert "[c]" in words and re.search(r"\d to\b", words)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((), []),
        (("range",), ["exemption", "balance", "range"]),
        (("marker",), ["exemption", "balance"]),
        (("range", "marker"), ["exemption", "cover", "balance", "range"]),
    ],
)
def test_the_refusal_names_ranges_and_markers_where_they_are(
    responses: dict[str, Response], kinds: tuple[str, ...], expected: list[str]
) -> None:
    response = responses[REQUESTS[0]]
    table = response.tables[0]
    ends = {"range": {"low": 1.0, "high": 4.0}, "marker": {}}
    hidden = [
        replace(answer, value=None, is_withheld=True, **ends[kind])
        for answer, kind in zip(table.answers, kinds, strict=False)
    ]
    answers = (*hidden, *table.answers[len(hidden) :])
    safe = replace(response, tables=(replace(table, answers=answers),))
    with duckdb.connect() as connection:
        build_model(connection, "refusal")
        wording = dict(
            connection.execute(
                "select sentence, wording from refusal where coalesce(valid_from, '0001') <= $day "
                "and coalesce(valid_to, '9999') >= $day",
                {"day": safe.dated.isoformat()},
            ).fetchall()
        )
        assert refusal(connection, safe) == tuple(wording[each] for each in expected)
