"""A return whose every value of a child carries a mark, and a hundred and more ways to spoil it."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence

import openpyxl

from missing_from_care.base.project import raw_tables

Files = dict[str, bytes]
CHILDREN = tuple(f"ZQK{number:03d}" for number in range(1, 7))
BIRTHS = tuple(f"{number + 13}/08/2003" for number in range(6))
STARTS = tuple(f"{number + 13}/10/2017" for number in range(6))
ENDS = tuple(f"{number + 20}/10/2017" for number in range(6))
POSTCODE, TEXT = "ZQ9 7ZK", "Zqkina O'Zqk, seen near ZQ9 7ZK"
DAYS = tuple(text.split("/") for text in (*BIRTHS, *STARTS, *ENDS))
MARK = re.compile(
    "zqk|zq9"
    + "".join(
        f"|{d}.?{m}.?{y}|{y}.?{m}.?{d}|{m}.?{d}.?{y}" for d, m, y in sorted(map(tuple, DAYS))
    ),
    re.I,
)
TEXTS = ("header", "episodes", "missing", "uasc", "interviews")
PLACES = {name: f"2017-18/{name}.csv" for name in TEXTS} | {"interviews": "interviews.csv"}
TABLES = {name: f"ssda903_{name}" for name in TEXTS} | {"interviews": "return_interviews"}


def marks_in(text: str) -> list[str]:
    """What stands in a text that can only be a value of a marked child, with what is around it."""
    return [text[max(found.start() - 60, 0) : found.end() + 40] for found in MARK.finditer(text)]


def marked_rows(name: str, children: Sequence[str] = CHILDREN) -> list[list[str]]:
    """The column names of a module and a row for each child."""
    values = {
        "upn": "ZQK{}", "mother": "0", "sex": "1", "ethnic": "WBRI", "rne": "S", "ls": "C2",
        "cin": "N1", "place": "U4", "place_provider": "PR1", "home_post": POSTCODE,
        "pl_post": POSTCODE, "urn": "ZQK77", "missing": "M", "interview_id": "ZQKI{}",
        "outcome": "COMPLETED", "conducted_by": TEXT, "harmed": "Y", "crime": "N",
    }  # fmt: skip
    columns = [each for each in raw_tables()[TABLES[name]].file_columns if each != "mc_dob"]
    rows = [[each.upper() for each in columns]]
    for number, child in enumerate(children):
        at = number % len(BIRTHS)
        days = {"dob": BIRTHS[at], "mis_start": STARTS[at], "mis_end": ENDS[at]}
        days |= {"decom": BIRTHS[at], "offered_date": ENDS[at], "interview_date": ENDS[at]}
        found = values | days | {"child": child}
        rows.append([found.get(each, "").format(number) for each in columns])
    return rows


def as_text(rows: list[list[str]], separator: str = ",") -> str:
    """Rows as a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    return text.getvalue()


def sound_files() -> Files:
    """The marked return as CSV files."""
    return {PLACES[name]: as_text(marked_rows(name)).encode() for name in TEXTS}


def faulty_files() -> Iterator[tuple[str, Files]]:
    """Each fault with the whole source that has it; of text files in two of the modules."""
    for at, (fault, spoil) in enumerate(TEXT_FAULTS.items()):
        for name in ("missing", [each for each in TEXTS if each != "missing"][at % 4]):
            yield f"{name}: {fault}", sound_files() | {PLACES[name]: spoil(marked_rows(name))}
    interviews = {PLACES["interviews"]: sound_files()[PLACES["interviews"]]}
    for fault, data in workbooks():
        yield f"workbook: {fault}", interviews | {f"2017-18/{fault.partition(',')[0]}": data}
    for fault, text in xml_faults().items():
        yield f"xml: {fault}", interviews | {"2017-18/return.xml": text.encode()}
    whole = zipped(sound_files())
    for fault, data in {
        "cut": whole[: len(whole) // 2],
        "flipped": whole[:200] + bytes(255 - each for each in whole[200:260]) + whole[260:],
        "no zip": sound_files()[PLACES["missing"]],
        "no list of entries": whole.replace(b"PK\x01\x02", b"PK\x09\x09"),
        "another zip in it": zipped({"inner.zip": whole}),
    }.items():
        yield f"zip: {fault}", {"2017-18.zip": data}


def _changed(row: int, change: Callable[[str], str]) -> Callable[[list[list[str]]], bytes]:
    """A change to one line of the file."""

    def spoil(rows: list[list[str]]) -> bytes:
        lines = as_text(rows).splitlines()
        lines[row] = change(lines[row])
        return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")

    return spoil


def _everywhere(change: Callable[[str, str], str]) -> Callable[[list[list[str]]], bytes]:
    """A change to every value below the column names, which is told its column."""

    def spoil(rows: list[list[str]]) -> bytes:
        below = [[change(*pair) for pair in zip(rows[0], row, strict=True)] for row in rows[1:]]
        return as_text([rows[0], *below]).encode()

    return spoil


def _with_column(name: str, values: str) -> Callable[[list[list[str]]], bytes]:
    return lambda rows: as_text([[*rows[0], name], *([*row, values] for row in rows[1:])]).encode()


def _date(column: str, value: str, other: str) -> str:
    return other if "/" in value and column != "CONDUCTED_BY" else value


def _month_first(column: str, value: str) -> str:
    day, month, year = (*value.split("/"), "", "")[:3]
    return _date(column, value, f"{month}/{day}/{year}")


def _half_month_first(column: str, value: str) -> str:
    return _month_first(column, value) if value[1:2] in "13579" else value


TEXT_FAULTS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "a value too many": _changed(3, lambda line: f"{line},{TEXT},ZQK"),
    "a value too few": _changed(3, lambda line: line.rpartition(",")[0].rpartition(",")[0]),
    "a quotation mark never closed": _changed(3, lambda line: f'"{line}'),
    "text after the closing quotation mark": _changed(3, lambda line: f'"ZQK"{line}'),
    "quotation marks within a value": _changed(3, lambda line: line.replace("ZQK", 'ZQ"K')),
    "a NUL": _changed(3, lambda line: line.replace("ZQK", "ZQK\0")),
    "a byte that is no character": _changed(3, lambda line: line.replace("ZQK", "ZQK\udc81")),
    "such a byte behind a mark of UTF-8": lambda rows: b"\xef\xbb\xbf"
    + as_text(rows).encode().replace(b"ZQK", b"ZQK\x81"),
    "such a byte in a value without a name": _changed(3, lambda line: f"{line},ZQK\udc81"),
    "a row too long": _changed(3, lambda line: line.replace("ZQK", "ZQK" * 400_000)),
    "a value too long": _changed(3, lambda line: line.replace("ZQK", "ZQK" * 45_000)),
    "column names run into the first row": lambda rows: as_text(
        [rows[0] + rows[1], *rows[2:]]
    ).encode(),
    "a byte that is no character, column names run into the first row": lambda rows: as_text(
        [rows[0] + rows[1], *([*row, *row] for row in rows[2:])]
    ).encode().replace(b"ZQK004", b"ZQK\x81", 2).replace(b"ZQK\x81", b"ZQK004", 1),
    "no column names": lambda rows: as_text(rows[1:]).encode(),
    "column names in the middle": lambda rows: as_text([*rows[1:4], rows[0], *rows[4:]]).encode(),
    "a column name cut off": _changed(0, lambda line: line[:-3]),
    "a column named as a child": _changed(0, lambda line: f"{line},{TEXT.split(',')[0]}"),
    "columns twice": lambda rows: as_text([row + row for row in rows]).encode(),
    "a title with a name": lambda rows: f"{TEXT}\n{as_text(rows)}".encode(),
    "semicolons below commas": lambda rows: (
        as_text(rows[:1]) + as_text(rows[1:], ";")
    ).encode(),
    "one line end only": lambda rows: as_text(rows).replace("\n", "\r").encode(),
    "half a file": lambda rows: as_text(rows).encode()[: len(as_text(rows)) * 2 // 3],
    "UTF-16 cut off": lambda rows: as_text(rows).encode("utf-16")[:-3],
    "UTF-16 with a half character": lambda rows: as_text(rows).encode("utf-16-le").replace(
        "ZQK".encode("utf-16-le"), "ZQK".encode("utf-16-le") + b"\x00\xd8"
    ),
    "rows twice": lambda rows: as_text(rows + rows[1:]).encode(),
    "values in the next column": lambda rows: as_text(
        [rows[0], *(row[-1:] + row[:-1] for row in rows[1:])]
    ).encode(),
    "text for dates": _everywhere(lambda column, value: _date(column, value, TEXT)),
    "months first": _everywhere(_month_first),
    "dates in two forms": _everywhere(_half_month_first),
    "text for codes": _everywhere(lambda _, value: TEXT if len(value) < 3 else value),
    "a council's column of other values": _with_column("LA", "ZQK"),
    "a council's column that differs": lambda rows: as_text(
        [[*rows[0], "LA"], *([*row, row[0]] for row in rows[1:])]
    ).encode(),
    "a year's column of other values": _with_column("YEAR", TEXT),
    "a workbook's beginning": lambda rows: b"PK\x03\x04" + as_text(rows).encode(),
}  # fmt: skip


def zipped(files: Files) -> bytes:
    """A zip file."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, data, kind)
    return written.getvalue()


def workbooks() -> Iterator[tuple[str, bytes]]:
    """Workbooks, each with one fault; the file's name and the fault."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name in TEXTS[:4]:
        sheet = book.create_sheet(name)
        for row in marked_rows(name):
            sheet.append(row)
    missing = book["missing"]
    missing["D4"], missing["E4"], missing["B4"] = 7.25, True, 1e300
    missing["A5"].number_format = "000000"
    saved = io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet, cell = "xl/worksheets/sheet3.xml", b'<c r="D3" t="inlineStr">'
    value = parts[sheet].partition(cell)[2].partition(b"</c>")[0]
    for fault, part, old, new in (
        ("other types", sheet, b"", b""),
        ("a formula without a result", sheet, cell + value, b'<c r="D3"><f>"ZQK"</f>'),
        ("a number that is none", sheet, cell + value, b'<c r="D3"><v>ZQK003</v>'),
        ("a shared text that is none", sheet, cell + value, b'<c r="D3" t="s"><v>ZQK003</v>'),
        ("a truth value that is none", sheet, cell + value, b'<c r="D3" t="b"><v>ZQK003</v>'),
        ("an error", sheet, cell + value, b'<c r="D3" t="e"><v>ZQK003</v>'),
        ("a kind that is none", sheet, cell + value, b'<c r="D3" t="ZQK003"><v>ZQK003</v>'),
        ("a style that is none", sheet, cell, b'<c r="D3" s="ZQK003" t="n">'),
        ("a cell that is nowhere", sheet, b'r="D3"', b'r="ZQK003ZQK"'),
        ("a cell far to the right", sheet, cell, b'<c r="ZQK3"><v>7</v></c><c r="D3" t="s">'),
        ("a row that is none", sheet, b'<row r="3"', b'<row r="ZQK003"'),
        ("rows out of order", sheet, b'<row r="3"', b'<row r="5"'),
        ("a sheet cut off", sheet, parts[sheet][-300:], b"<ZQK003"),
        ("an entity", sheet, b"<worksheet", b'<!DOCTYPE w [<!ENTITY x "ZQK003">]><worksheet'),
        ("a text that breaks XML", sheet, b"ZQK003", b"ZQK003<ZQK&ZQK;"),
        ("a sheet's name twice", "xl/workbook.xml", b'name="uasc"', b'name="missing"'),
        ("a sheet that leads nowhere", "xl/_rels/workbook.xml.rels", b"sheet3", b"ZQK003"),
        ("a size that is none", sheet, b"<dimension ref=", b'<dimension ref="ZQK003:ZQK" x='),
    ):  # fmt: skip
        assert old in parts[part], fault
        data = zipped(parts | {part: parts[part].replace(old, new, 1)})
        yield f"return.xlsx, {fault}", data
    whole = zipped(parts)
    yield "return.xlsx, cut", whole[: len(whole) // 2]
    yield "return.xlsx, text", sound_files()[PLACES["missing"]]
    yield "return.xls, a web page", b"<html>" + sound_files()[PLACES["missing"]]
    yield "return.xls, an old workbook in name", b"\xd0\xcf\x11\xe0" + b"ZQK003\0" * 2_000
    for fault, cells in {
        "a day that is none": 'office:value-type="date" office:date-value="ZQK003"',
        "a number that is none": 'office:value-type="float" office:value="ZQK003"',
        "a time that is none": 'office:value-type="time" office:time-value="PTZQKé003"',
        "a kind that is none": 'office:value-type="ZQK003" office:value="é"',
        "repeated without end": 'table:number-columns-repeated="ZQK003"',
    }.items():
        yield f"return.ods, {fault}", open_document(cells)


def open_document(attributes: str) -> bytes:
    """A spreadsheet in OpenDocument, one cell of which has these attributes."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    text = 'office:value-type="string"'
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f"<table:table-cell {attributes if (at, each) == (3, row[3]) else text}>"
            f"<text:p>{each}</text:p></table:table-cell>"
            for each in row
        )
        + "</table:table-row>"
        for at, row in enumerate(marked_rows("missing"))
    )
    content = (
        f"<?xml version='1.0' encoding='UTF-8'?><office:document-content{spaces}><office:body>"
        f"<office:spreadsheet><table:table table:name='missing'>{rows}</table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    parts = {"mimetype": kind, "META-INF/manifest.xml": "<manifest/>", "content.xml": content}
    return zipped({name: part.encode() for name, part in parts.items()})


def xml_faults() -> dict[str, str]:
    """Returns in XML, each with one fault."""

    def child(at: int, more: str = "", in_header: str = "") -> str:
        absence = f"<AMISSING><MISSING>M</MISSING><MIS_START>{STARTS[at]}</MIS_START></AMISSING>"
        return (
            f"<CHILD><HEADER><CHILDID>{CHILDREN[at]}</CHILDID><DOB>{BIRTHS[at]}</DOB>{in_header}"
            f"{absence}</HEADER><EPISODE><DECOM>{BIRTHS[at]}</DECOM><LS>C2</LS></EPISODE>"
            f"{more}</CHILD>\n"
        )

    def whole(*children: str, before: str = "") -> str:
        text = f"{before}<EXPSSDA903>{''.join(children)}</EXPSSDA903>"
        return f"<?xml version='1.0' encoding='utf-8'?>{text}"

    sound = [child(at) for at in range(6)]
    deep = "".join(f"<ZQK{at}>" for at in range(60)) + "".join(
        f"</ZQK{59 - at}>" for at in range(60)
    )
    return {
        "a tag never closed": whole(*sound[:2], child(2, "<NOTE>ZQK003")),
        "a tag closed by another": whole(*sound[:2], child(2, "<NOTE>ZQK003</ZQK003>")),
        "a value within brackets": whole(*sound[:2], child(2, f"<NOTE><{CHILDREN[2]}></NOTE>")),
        "an element named as a child": whole(
            child(2, in_header="<ZQK003>ZQK1</ZQK003><ZQK003>ZQK2</ZQK003>")
        ),
        "a value twice": whole(child(2, in_header="<CHILDID>ZQK999</CHILDID>")),
        "two headers": whole(child(2, "<HEADER><CHILDID>ZQK003</CHILDID></HEADER>")),
        "elements without end": whole(child(2, deep)),
        "an entity": whole(*sound, before='<!DOCTYPE x [<!ENTITY zqk "ZQK003">]>'),
        "an entity that is not known": whole(child(2, "<NOTE>&ZQK003;</NOTE>")),
        "a letter that is none": whole(child(2, "<NOTE>ZQK003\x01</NOTE>")),
        "an attribute without marks": whole(child(2, "<NOTE kind=ZQK003>x</NOTE>")),
        "a comment that does not end": whole(child(2, "<!-- ZQK003")),
        "cut off": whole(*sound)[:400],
        "an episode within an episode": whole(child(2, "<EPISODE><EPISODE/>ZQK003</EPISODE>")),
        "an encoding that is not known": whole(*sound).replace("utf-8", "ZQK-003"),
        "no dates but text": whole(*sound).replace("/10/2017", TEXT).replace("/08/2003", TEXT),
        "too much of a child": whole(child(2, f"<NOTE>{'ZQK003' * 200_000}</NOTE>")),
        "text before the beginning": f"ZQK003 {whole(*sound)}",
    }
