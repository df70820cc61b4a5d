"""A pack of everything awkward at once, from register and rules to files.

A wording that starts as a formula, long texts, 60 categories, a question with no data, 25
questions, a name with &, quotes and Welsh letters.
"""

import csv
import os
import shutil
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

import compiled_models
from accessibility import check_workbook
from missing_from_care.base.project import CHECKOUT
from missing_from_care.pack import provenance
from missing_from_care.pack.making import Pack, making_pack, write_pack
from read_page import read_page
from walkers import letter_sections, page_table, sections_with_tables, sheet_table

REQUEST = "FOI/2018/99"
AUTHORITY = 'Cyngor Môn & Tŷ\'r “Ŵyn” "Council"'
WORDING = f'=HYPERLINK("x") & <b>how many</b> {{{{ name }}}} {"long " * 900}?'
MONTHS = [f"{year}-{month:02}" for year in (2016, 2017) for month in range(1, 13)]
SUBJECT = f"=1+1 & <i>Tŷ</i> {'Llanfairpwllgwyngyllgogerychwyrndrobwll' * 3}"


def rewritten(file: Path, change: Callable[[list[dict[str, str]]], list[dict[str, str]]]) -> None:
    """Writes a CSV file again with its rows changed."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    text = StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(change(rows))
    file.write_text(text.getvalue(), encoding="utf-8")


def question(number: int, measure: str, breakdown: str, period: str, wording: str) -> dict:
    return {
        "request_ref": REQUEST, "question_no": str(number), "part": "", "wording": wording,
        "measure": measure, "breakdown": breakdown, "population": "all",
        "period_basis": "month" if "-" in period else "financial_year",
        "first_period": period, "last_period": period,
    }  # fmt: skip


@pytest.fixture(scope="module")
def pack(statements: compiled_models.Statements, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    folder = tmp_path_factory.mktemp("awkward")
    for name in ("rules", "requests", "extracts"):
        shutil.copytree(CHECKOUT / "seeds" / name, folder / name)
    rewritten(
        folder / "rules" / "authority.csv",
        lambda rows: [r | {"value": AUTHORITY} if r["setting"] == "name" else r for r in rows],
    )
    rewritten(
        folder / "rules" / "categories.csv",
        lambda rows: rows + [
            rows[-1] | {
                "breakdown": "placement_type", "category": f"more_{n}", "category_order": f"{n}",
                "label": f"Lle & “{n}” <b> {'Llanfairpwllgwyngyll' * (n % 4)}", "lowest": "",
            }
            for n in range(15, 61)
        ],
    )  # fmt: skip
    rewritten(
        folder / "extracts" / "landed_modules.csv",
        lambda rows: [
            r | {"status": "accepted", "source_file": "", "rows_landed": "0", "sha256": ""}
            if r["raw_table"] == "ssda903_uasc"
            else r
            for r in rows
        ],
    )
    rewritten(folder / "extracts" / "ssda903_uasc.csv", lambda _: [])
    asked = [
        question(1, "occasions_missing_or_absent", "placement_type", "2017/18", WORDING),
        question(2, "uasc_children", "none", "2016/17", "How many came alone?"),
        *[
            question(at, "occasions_missing_or_absent", "none", month, f"+{at} & “{month}”?")
            for at, month in enumerate(MONTHS[-23:], start=3)
        ],
    ]
    rewritten(folder / "requests" / "foi_request_questions.csv", lambda _: asked)
    rewritten(
        folder / "requests" / "foi_requests.csv",
        lambda rows: [rows[0] | {"request_ref": REQUEST, "subject": SUBJECT}],
    )
    connection = compiled_models.connect(folder)
    for file in (*(folder / "rules").glob("*.csv"), *(folder / "requests").glob("*.csv")):
        compiled_models.load_csv(connection, file)
    compiled_models.build(connection, statements, folder / "extracts")
    connection.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provenance, "RULES", folder / "rules")
        patch.setenv("FOI_EXTRACTS", os.fspath(folder / "extracts"))
        database = folder / f"{compiled_models.CATALOG}.duckdb"
        with making_pack(database, REQUEST, folder / "responses") as made:
            write_pack(made, date(2018, 8, 1))
    return made


def test_the_workbook_holds_it_and_passes_every_check(pack: Pack) -> None:
    data = pack.public["foi-2018-99.xlsx"]
    assert check_workbook(data, file_name="foi-2018-99.xlsx") == []
    book = load_workbook(BytesIO(data))
    assert [sheet.title for sheet in book][3:] == [f"Question {n}" for n in range(1, 26)]
    assert len(sheet_table(book["Question 1"])) == 62
    assert [cell.value for cell in sheet_table(book["Question 2"])[1]][1:] == ["[x]"]
    assert {cell.data_type for sheet in book for row in sheet for cell in row} == {"s", "n"}
    texts = " ".join(str(cell.value) for sheet in book for row in sheet for cell in row)
    for said in (AUTHORITY, SUBJECT, '=HYPERLINK("x") & <b>how many</b> {{ name }}', "+25 & “"):
        assert said in texts


def test_the_letter_holds_it(pack: Pack) -> None:
    letter = Document(BytesIO(pack.public["foi-2018-99-letter.docx"]))
    asked = [each.text for each in letter.paragraphs if each.style.name == "Question asked"]
    assert len(asked) == 25
    # A long question is shortened; the workbook has it whole.
    beginning, _, where = asked[0].partition(" … ")
    assert " ".join(WORDING.split()).startswith(f"{beginning} ")
    assert "workbook" in where
    said = letter_sections(letter)
    assert said["Question 2"][0].endswith("we do not hold the figure for 2016/17 [x].")
    assert said["Information that we do not hold"]
    assert AUTHORITY in " ".join(text for texts in said.values() for text in texts)


def test_the_page_and_the_open_data_hold_it(pack: Pack) -> None:
    page = read_page(pack.public["response.html"])
    assert page.all("b", "i", "script") == []
    assert page.all("header")[0].text == AUTHORITY
    assert SUBJECT in page.all("h1")[0].text
    assert '=HYPERLINK("x") & <b>how many</b>' in page.text
    first, second = sections_with_tables(page)[:2]
    assert len(page_table(first)) == 62
    assert page_table(second)[1][1:] == ["[x]"]
    rows = {
        name: list(csv.DictReader(StringIO(data.decode(), newline="")))
        for name, data in pack.public.items()
        if name.endswith(".csv")
    }
    assert len(rows) == 25
    assert len(rows["question-1.csv"]) == 61
    assert [row["status"] for row in rows["question-2.csv"]] == ["not_available"]


def test_the_index_leads_to_it(pack: Pack) -> None:
    index = read_page((pack.folder.parent / "index.html").read_bytes())
    assert index.all("header")[0].text == AUTHORITY
    (heading,) = index.all("h2")
    assert heading.text == SUBJECT
    page = pack.folder.parent / heading.all("a")[0].attributes["href"]
    assert page.is_file()
