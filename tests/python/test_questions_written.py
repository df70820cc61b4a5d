"""Questions that once ended in a fault, from the question to every published file."""

import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from missing_from_care.base.project import CHECKOUT
from missing_from_care.base.warehouse import open_warehouse
from missing_from_care.disclosure.assessment import refusal
from missing_from_care.pack.making import public_files
from missing_from_care.response.answers import Response
from missing_from_care.response.asking import question_of
from missing_from_care.response.layout import grid
from plain_answers import BREAKDOWNS, CATEGORIES, MEASURES, OF_THE_PERIOD
from released_responses import answered, protect

PERCENT = "percent_of_looked_after_children_missing"
YEAR, DAY = "financial_year:2017/18", "snapshot:2018-03-31"
ASKED = {
    "a percentage that ends in .0": [
        ("children_looked_after", "none", "all", YEAR),
        (PERCENT, "none", "all", YEAR),
    ],
    "months by month": [("occasions_missing", "month", "all", "month:2017-04..2017-06")],
    "quarters by quarter": [
        ("occasions_missing", "quarter", "all", "quarter:2016/17 Q3..2017/18 Q2"),
        ("children_missing", "quarter", "all", "quarter:2016/17 Q3..2017/18 Q2"),
    ],
    "quarters by month": [("occasions_missing", "month", "all", "quarter:2016/17 Q4..2017/18 Q1")],
    "years by quarter": [("children_missing", "quarter", "all", "calendar_year:2016..2017")],
    "children missing on a day by how long": [
        ("children_missing", "duration_band", "all", DAY),
        ("children_missing", "none", "all", DAY),
        ("children_missing", "none", "duration_band:more_than_30", DAY),
        ("occasions_missing", "duration_band", "all", DAY),
        ("occasions_still_missing", "none", "all", DAY),
        ("children_missing", "duration_band", "sex:male", "snapshot:2017-12-31"),
    ],
}


def written(database: Path, response: Response, asked: list[tuple[str, ...]]) -> Response:
    """A response to questions as it is released, after all its files were made."""
    questions = [question_of(*words) for words in asked]
    (found,) = answered(database, {"foi-2018-0417": questions}).values()
    safe = protect(database, replace(found, received_on=response.received_on), [])
    with open_warehouse(database) as warehouse:
        safe = replace(safe, refusal=refusal(warehouse, safe))
    assert public_files(safe)
    return safe


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_every_file_is_written(
    asked: list[tuple[str, ...]], database: Path, responses: dict[str, Response]
) -> None:
    safe = written(database, responses["foi-2018-0417"], asked)
    for table in safe.tables:
        laid_out = grid(table)
        assert len(set(laid_out.headings)) == len(laid_out.headings)
        labels = [row[: laid_out.labels] for row in laid_out.rows]
        assert len(set(labels)) == len(labels)


def test_a_percentage_keeps_its_decimal(database: Path, responses: dict[str, Response]) -> None:
    """In a table of its own a figure of 11.0 is no whole number."""
    safe = written(database, responses["foi-2018-0417"], ASKED["a percentage that ends in .0"])
    assert [each.value for each in safe.tables[1].answers] == [11.0]
    assert b"11.0" in public_files(safe)["response.html"]


# --- docs/questions.md -----------------------------------------------------------------------


def rows_of_the_page() -> list[list[list[str]]]:
    """The words of the last three columns of the page's first table, row by row."""
    text = (CHECKOUT / "docs" / "questions.md").read_text(encoding="utf-8")
    lines = text.partition("| asked for | in | measure")[2].partition("\n\n")[0].splitlines()
    cells = [re.split(r" (?<!\\)\| ", line.strip("| ")) for line in lines[2:]]
    return [[re.findall(r"`([^`]+)`", cell) for cell in row[-3:]] for row in cells]


def test_every_row_that_the_page_offers_is_one_of_the_register() -> None:
    rows = rows_of_the_page()
    assert len(rows) > 25
    for measures, breakdowns, populations in rows:
        assert measures
        assert breakdowns
        assert populations
        for measure, breakdown, population in product(measures, breakdowns, populations):
            assert measure in MEASURES
            assert breakdown in BREAKDOWNS
            for condition in () if population == "all" else population.split("&"):
                name, _, which = condition.partition(":")
                listed = {row["category"] for row in CATEGORIES[name]}
                assert set(which.replace("\\|", "|").split("|")) <= listed
            is_of_care = MEASURES[measure]["counts"] != "occasion"
            assert not is_of_care or BREAKDOWNS[breakdown]["applies_to_care"] == "true"


def test_the_page_names_every_breakdown() -> None:
    """But for those of place, which only councils that pool their returns ask for."""
    text = (CHECKOUT / "docs" / "questions.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+)`", text))
    assert BREAKDOWNS.keys() - named <= {"council", "region", "country", "uasc", *OF_THE_PERIOD}
