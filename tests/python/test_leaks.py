"""The leak scan: a secret planted anywhere in a public file is found, and what is none is not."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile, ZipInfo

import duckdb
import pytest
from openpyxl import Workbook

from missing_from_care.disclosure.leaks import Secrets, blank_response, leaks, secrets_of
from missing_from_care.pack import making
from missing_from_care.response.answers import Response
from pack_cases import ranged
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
        warehouse.execute("insert into stg_ssda903__header values ('CH 77/b (2)', null)")
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
    assert leaks({"answer.xlsx": workbook(), "answer.csv": b"2017/18,843,17\n"}, secrets, {}) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"<x hidden='{CHILD}'/>", "the identifier of a child"),
        (f"<!-- {INTERVIEW} -->", "the identifier of a child"),
        ("<x hidden='0042-B'/>", "the identifier of a child"),
        ("<t>02/05/2003</t>", "date of birth"),
        ("<t>2003-05-02</t>", "date of birth"),
        ("<t>02-05-2003</t>", "date of birth"),
        ("<t>02.05.2003</t>", "date of birth"),
        ("<t>born2003-05-02T00:00:00Z</t>", "date of birth"),
        ("<t>born on 2 May 2003</t>", "date of birth"),
        ("<t>LE1 1FZ</t>", "a postcode"),
        ("<t>A123456789012</t>", "a unique pupil number"),
        ("<t>/home/somebody/returns/2017-18/missing.csv</t>", "the path of a file"),
        (r"<t>C:\Users\somebody\returns</t>", "the path of a file"),
        ("<v>839</v>", "a number that is withheld"),
        ("<t>on 839 occasions</t>", "a number that is withheld"),
        ("<x hidden='CH 77/b (2)'/>", "the identifier of a child"),
        ("<cp:lastModifiedBy>A. N. Other</cp:lastModifiedBy>", "document properties"),
        ("<Manager>A. N. Other</Manager>", "document properties"),
    ],
)
def test_a_secret_in_a_hidden_part_is_found(secrets: Secrets, text: str, what: str) -> None:
    (found,) = leaks({"answer.xlsx": with_part("xl/hidden/part.xml", text)}, secrets, {})
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
    assert len(leaks({"answer": data}, secrets, {})) == 1


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
    assert leaks({"answer.xlsx": workbook(author=name)}, replace(secrets, author=name), {}) == []


@pytest.fixture(scope="module")
def documents(
    responses: dict[str, Response],
) -> dict[str, tuple[Response, dict[str, bytes], dict[str, bytes]]]:
    """Each demonstration response with ranges and markers, its public files, and the blank ones."""
    found = {}
    for ref, response in responses.items():
        safe = ranged(response)
        found[ref] = safe, making.public_files(safe), making.public_files(blank_response(safe))
    return found


def secrets_with(response: Response, **secret: Iterable[str]) -> Secrets:
    """Secrets of a council that has these, but for what the answer itself says."""
    with duckdb.connect() as warehouse:
        warehouse.execute("create table stg_x (child_id varchar, birth_date date)")
        plain = secrets_of(warehouse, response, ())
    return replace(
        plain, **{name: frozenset(values) - plain.allowed for name, values in secret.items()}
    )


def test_what_stands_in_documents_whatever_the_data_is_no_identifier(documents) -> None:
    """Whatever numbers a council gives its children: colours, sizes and fixed words are none."""
    numbers = {f"{number:06d}" for number in range(1_000_000)}
    numbers |= {str(number) for number in range(100_000)}
    for response, files, blank in documents.values():
        text = b" ".join(blank.values()).decode(errors="replace")
        fixed = set(re.findall(r"(?i)\b[0-9a-f]{6,8}\b", text)) | {"FF0000", "2018", "856", "12"}
        assert len(fixed) > 20
        secrets = secrets_with(response, identifiers=numbers | fixed)
        assert leaks(files, secrets, blank) == []
    assert leaks(files, secrets, {})


def test_no_number_that_is_withheld_is_met_by_accident(documents) -> None:
    for response, files, blank in documents.values():
        secrets = secrets_with(response, numbers=map(str, range(100_000)))
        assert leaks(files, secrets, blank) == []


def test_a_range_is_no_leak_of_what_lies_within_it_and_its_ends_are_words() -> None:
    first = table(1, "occasions_missing", None, 843)
    answer = replace(first.answers[0], value=None, is_withheld=True, low=1839.0, high=1842.0)
    response = response_of((replace(first, answers=(answer,)),))
    secrets = secrets_with(response, numbers=("1839", "1840", "1842", "839"))
    assert secrets.numbers == {"1840", "839"}
    said = b"<p>It was 1,839 to 1,842.</p>"
    assert leaks({"page": said}, secrets, {}) == []
    assert leaks({"page": said}, secrets_with(response, identifiers=["839", "842"]), {}) == []
    for leak in (b"<p>It was 1,840 of them.</p>", b"<td>1,840</td>", b"<td>839</td>", b"a,839,b"):
        assert len(leaks({"page": said + leak}, secrets, {})) == 1, leak


def parts_of(data: bytes) -> list[tuple[str, ...]]:
    """The way to each part of a zip file and of those within it; an empty one for another file."""
    if not data.startswith(b"PK"):
        return [()]
    with ZipFile(BytesIO(data)) as parts:
        return [(name, *inner) for name in parts.namelist() for inner in parts_of(parts.read(name))]


def planted(data: bytes, secret: str, *, in_attribute: bool) -> bytes:
    """A file with a secret in each part, within its last mark or as a text before it."""

    def plant(text: str) -> str:
        if not text.rstrip().endswith(">"):
            return f"{text}\n{secret}\n"
        start = text.rindex("<")
        mark = f'<x descr="{secret}"/>' if in_attribute else f"<x>{secret}</x>"
        return text[:start] + mark + text[start:]

    if not data.startswith(b"PK"):
        return plant(data.decode()).encode()
    stream = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(stream, "w") as target:
        for name in source.namelist():
            content = planted(source.read(name), secret, in_attribute=in_attribute)
            target.writestr(name, content)
    return stream.getvalue()


def assert_found_in_every_part(
    files: dict[str, bytes],
    blank: dict[str, bytes],
    secrets: Secrets,
    secret: str,
    *,
    in_attribute: bool,
) -> int:
    """Each part is told of, once: a sentence names its part and no other; says how many.

    All parts of a file have the secret at once, since what is found in one hangs on no other.
    """
    met = 0
    for name, data in files.items():
        bad = {name: planted(data, secret, in_attribute=in_attribute)}
        found = leaks(bad, secrets, {name: blank.get(name, b"")})
        parts = ["/".join(part) for part in parts_of(data)]
        told = Counter(sentence.partition(" holds ")[0] for sentence in found)
        assert told == Counter(f"{name}, part {part}" if part else name for part in parts)
        met += len(parts)
    return met


@pytest.mark.parametrize("secret", ["100000", "FF0000", "RI-2017-0042"])
def test_a_secret_planted_in_any_part_of_any_document_is_found(documents, secret: str) -> None:
    """Though a colour or a size of the documents may be written alike."""
    response, files, blank = documents["foi-2018-0417"]
    secrets = secrets_with(response, identifiers=[secret])
    met = 0
    for in_attribute in (False, True):
        met += assert_found_in_every_part(files, blank, secrets, secret, in_attribute=in_attribute)
    assert met > 50


def test_a_withheld_number_planted_in_any_part_is_found(documents) -> None:
    response, files, blank = documents["foi-2018-0417"]
    secrets = secrets_with(response, numbers=["7771"])
    assert_found_in_every_part(files, blank, secrets, "7771", in_attribute=False)


@pytest.mark.parametrize("place", ["comment of a part", "a file within", "after a page"])
def test_a_secret_beside_the_parts_is_found(place: str, secrets: Secrets) -> None:
    stream = BytesIO(workbook())
    with ZipFile(stream, "a") as parts:
        inner = ZipInfo("xl/embeddings/inner.xlsx")
        if place == "comment of a part":
            inner.comment = CHILD.encode()
        is_within = place == "a file within"
        parts.writestr(inner, with_part("xl/x.xml", f"<t>{CHILD}</t>") if is_within else b"")
    data = stream.getvalue()
    if place == "after a page":
        data = f"<p>{CHILD}</p>".encode() + data
    assert len(leaks({"answer.xlsx": data}, secrets, {})) == 1
