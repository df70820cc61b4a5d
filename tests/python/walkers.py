"""Walks each number of a response's documents back to its workbook."""

import re
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO

from docx.document import Document as Letter
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from missing_from_care.base.texts import long_day, without_notes
from missing_from_care.response.answers import Response
from read_page import Element, figures_in

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
RANGE = re.compile(r"\d[\d,]*(?:\.\d+)? to \d[\d,]*(?:\.\d+)?")
STATUSES = {"[c]": "withheld", "[x]": "not_available", "[z]": "not_applicable"}


def numbers(texts: list[str]) -> set[str]:
    """The numbers of texts, as they are written."""
    return {number.strip(",") for text in texts for number in NUMBER.findall(text)}


def letter_sections(document: Letter) -> dict[str, list[str]]:
    """The texts below each second heading, those of tables too; captions and wordings apart."""
    found: dict[str, list[str]] = {"": []}
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            found[list(found)[-1]] += [cell.text for row in block.rows for cell in row.cells]
        elif block.style.name == "Heading 2":
            found[block.text] = []
        elif block.style.name not in ("Question asked", "Caption"):
            found[list(found)[-1]].append(block.text)
    return found


def workbook_numbers(data: bytes) -> dict[str, set[str]]:
    """The numbers of each worksheet, in texts and as figures."""
    found = {}
    for sheet in load_workbook(BytesIO(data)):
        values = [cell.value for row in sheet for cell in row if cell.value is not None]
        figures = [v for v in values if not isinstance(v, str)]
        as_said = [f"{v:,}" for v in figures] + [f"{v:,.1f}" for v in figures]
        found[sheet.title] = numbers([*as_said, *(v for v in values if isinstance(v, str))])
    return found


def strays_of_letter(
    document: Letter, held: Mapping[str, set[str]], response: Response
) -> dict[str, set[str]]:
    """The numbers below each heading that stand neither in the workbook nor in the settings.

    A question may have numbers of another one that it names, `(question 7)`.

    Args:
        document: the letter.
        held: what `workbook_numbers` gave.
        response: for its settings, words and days.
    """
    told = [*response.authority.values(), *response.words.values(), *response.refusal]
    days = (response.received_on, response.responded_on, response.handling.clarified_on)
    told += [response.request_ref, *(long_day(day) for day in days if day)]
    elsewhere = numbers(told) | held["Cover"] | {"3"}  # of the licence's address
    strays = {}
    for heading, texts in letter_sections(document).items():
        allowed = elsewhere
        if heading.startswith("Question"):
            named = {NUMBER.search(heading)[0], *re.findall(r"\(question (\d+)\)", " ".join(texts))}
            sheet = re.compile(rf"Question ({'|'.join(named)})(\D.*)?|Notes")
            allowed = named.union(*(held[name] for name in held if sheet.fullmatch(name)))
        questions = {table.question_no for table in response.tables}
        in_notes = re.findall(r"\(Questions ([^)]*)\.\)", " ".join(texts))
        if found := numbers(texts) - allowed - (questions & numbers(in_notes)):
            strays[heading] = found
    return strays


def sections_with_tables(page: Element) -> list[Element]:
    """The sections of a response page that hold a table."""
    return [each for each in page.all("section") if each.all("table")]


def chart_numbers(svg: Element) -> set[str]:
    """The figures that a chart shows or its text alternative says; how many are not shown is
    none."""
    said = re.sub(r"Not shown: \d+\.", "", svg.text.replace("With the figure 0", "0"))
    return set(figures_in(said.replace("$", " ")))


def page_table(section: Element) -> list[list[str]]:
    """The table of a section, headings first, as a reader sees it."""
    (table,) = section.all("table")
    return [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")]


def sheet_table(sheet: Worksheet) -> list[list[Cell]]:
    """The table of a worksheet, headings first."""
    (reference,) = (each.ref for each in sheet.tables.values())
    return [list(row) for row in sheet[reference]]


def as_shown(cell: Cell) -> str:
    """What a spreadsheet program shows in a cell."""
    if isinstance(cell.value, str):
        return cell.value
    return f"{cell.value:,.1f}" if ".0" in cell.number_format else f"{cell.value:,}"


def figures_of(sheet: Worksheet) -> list[tuple[Cell, set[str]]]:
    """The figures of a worksheet, each with what its row and its column are called."""
    headings, *rows = sheet_table(sheet)
    found = []
    for row in rows:
        named = list(zip((plain(each.value) for each in headings), row, strict=True))
        labels = {plain(cell.value) for _, cell in named if is_label(cell)}
        found += [(cell, labels | {heading}) for heading, cell in named if not is_label(cell)]
    return found


def is_label(cell: Cell) -> bool:
    """Whether a cell names a row, so it holds neither a figure nor what stands instead of one.

    A band of ages reads as a range does; figures stand at the right.
    """
    return cell.alignment.horizontal == "left"


def ends_of(text: str) -> list[float]:
    """The two numbers of a range."""
    return [float(end.replace(",", "")) for end in text.split(" to ")]


def plain(text: str) -> str:
    """A label without its notes and its sign of a break."""
    return without_notes(text).replace("[b]", "").strip()


def cells_of_row(row: Mapping[str, str], sheets: list[Worksheet]) -> list[Cell]:
    """The cells of a question's worksheets that hold the figure of a row of its open data."""
    part = row["question"].lstrip("0123456789")
    period = row["period"]
    if row["period_basis"] == "month":
        period = f"{datetime.strptime(period[:7], '%Y-%m'):%B %Y}{period[7:]}"
    names = {period, row["category_label"], row["measure_label"]}
    names |= {f"Part {part}: {row['measure_label']}", f"{row['measure_label']} (part {part})"}
    return [
        cell
        for sheet in sheets
        if row["population"] == "all" or row["population_label"] in sheet["A1"].value
        for cell, called in figures_of(sheet)
        if called <= names
    ]
