"""The leak scan: a secret planted anywhere in a public file is found, and what is none is not."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import duckdb
import pytest
from openpyxl import Workbook

from missing_from_care.disclosure.leaks import Secrets, leaks, secrets_of
from missing_from_care.pack import making
from small_worlds import response_of, table

CHILD, INTERVIEW, BORN = "005644", "RI-2017-0042", date(2003, 5, 2)


@pytest.fixture(scope="module")
def secrets() -> Secrets:
    response = response_of((table(1, "occasions_missing", None, 843),))
    with duckdb.connect() as warehouse:
        warehouse.execute("create table stg_ssda903__header (child_id varchar, birth_date date)")
        warehouse.execute("insert into stg_ssda903__header values (?, ?)", [CHILD, BORN])
        warehouse.execute("insert into stg_ssda903__header values ('843', null), ('17', null)")
        warehouse.execute("insert into stg_ssda903__header values ('857|0042-B', null)")
        warehouse.execute("create table stg_return_interviews (interview_id varchar)")
        warehouse.execute("insert into stg_return_interviews values (?)", [INTERVIEW])
        return secrets_of(warehouse, response, [839, 4])


def workbook(author: str = "Invented Council") -> bytes:
    book, stream = Workbook(), BytesIO()
    book.properties.creator = author
    book.active.append(["2017/18", 843, "[c]"])
    book.save(stream)
    return stream.getvalue()


def with_part(name: str, text: str) -> bytes:
    """The workbook with a part that no program shows."""
    stream = BytesIO(workbook())
    with ZipFile(stream, "a") as parts:
        parts.writestr(name, text)
    return stream.getvalue()


def test_a_clean_workbook_passes(secrets: Secrets) -> None:
    """843 is a child's identifier too, but a figure of the answer; 17 is too short to tell."""
    assert leaks({"answer.xlsx": workbook(), "answer.csv": b"2017/18,843,17\n"}, secrets) == []


def test_the_numbers_of_a_style_are_no_identifiers(secrets: Secrets) -> None:
    """A system may number its interviews from 1: the weight of a font is none of them."""
    numbered = replace(secrets, identifiers=secrets.identifiers | {"600"})
    page = b"<style>th { font-weight: 600 }</style><p>Interview %s</p>"
    assert leaks({"page": page % b"one"}, numbered) == []
    assert len(leaks({"page": page % b"600"}, numbered)) == 1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"<x hidden='{CHILD}'/>", "the identifier of a child"),
        (f"<!-- {INTERVIEW} -->", "the identifier of a child"),
        ("<x hidden='0042-B'/>", "the identifier of a child"),
        ("<t>02/05/2003</t>", "date of birth"),
        ("<t>2003-05-02</t>", "date of birth"),
        ("<t>LE1 1FZ</t>", "a postcode"),
        ("<t>A123456789012</t>", "a unique pupil number"),
        ("<t>/home/somebody/returns/2017-18/missing.csv</t>", "the path of a file"),
        (r"<t>C:\Users\somebody\returns</t>", "the path of a file"),
        ("<v>839</v>", "a number that is withheld"),
        ("<cp:lastModifiedBy>A. N. Other</cp:lastModifiedBy>", "document properties"),
        ("<Manager>A. N. Other</Manager>", "document properties"),
    ],
)
def test_a_secret_in_a_hidden_part_is_found(secrets: Secrets, text: str, what: str) -> None:
    (found,) = leaks({"answer.xlsx": with_part("xl/hidden/part.xml", text)}, secrets)
    assert what in found
    assert found.startswith("answer.xlsx, part xl/hidden/part.xml holds ")
    for secret in (CHILD, INTERVIEW, "2003", "839", "somebody", "Other", "LE1"):
        assert secret not in found.replace("xl/hidden/part.xml", "")


@pytest.mark.parametrize(
    "place", ["page", "csv", "name", "comment", "attribute", "utf-16", "author"]
)
def test_a_secret_is_found_in_every_place(secrets: Secrets, place: str) -> None:
    stream = BytesIO(workbook())
    with ZipFile(stream, "a") as parts:
        parts.comment = CHILD.encode()
    data = {
        "page": f"<p>Child {CHILD}.</p>".encode(),
        "csv": f"2017/18,{CHILD},1\n".encode(),
        "name": with_part(f"xl/{CHILD}.xml", ""),
        "comment": stream.getvalue(),
        "attribute": f'<td data-child="{CHILD}">1</td>'.encode(),
        "utf-16": f"Child {CHILD}".encode("utf-16"),
        "author": workbook(author="A. N. Other"),
    }[place]
    assert len(leaks({"answer": data}, secrets)) == 1


def test_a_leak_in_a_public_file_stops_the_release(monkeypatch, tmp_path, database) -> None:
    """The pack is not written, nor the ledger."""
    clean = making.public_files
    planted = with_part("xl/hidden/part.xml", "<t>02/05/2003</t>")
    monkeypatch.setattr(making, "public_files", lambda *of: clean(*of) | {"planted.xlsx": planted})
    out = tmp_path / "out"
    with (
        pytest.raises(making.ProtectionFault, match="date of birth"),
        making.making_pack(database, "foi-2018-0417", out),
    ):
        pytest.fail("A pack with a leak was made.")
    assert [file.name for file in out.iterdir() if not file.name.startswith(".")] == []


def test_a_name_with_marks_of_the_language_of_files_is_the_author_still(secrets: Secrets) -> None:
    """The properties of the file write `<` and `&` otherwise than the name does."""
    name = 'Cyngor Sir Ynys Môn & "Friends" <North>'
    assert leaks({"answer.xlsx": workbook(author=name)}, replace(secrets, author=name)) == []
