"""Writes the same returns as CSV, as XML and as workbooks, so that their results can be compared.

XML gives rows in the order of its children, so the three forms have their rows in that order.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl

from missing_from_care.base.project import raw_tables

FORMS = ("csv", "xml", "xlsx")
MODULES = ("header", "episodes", "missing", "uasc")
XML_NAMES = {"CHILD": "CHILDID", "PLACE": "PL"}

Rows = list[dict[str, str]]
Return = dict[str, Rows]


def columns_of(table: str) -> list[str]:
    """The columns of a raw table's CSV file, in upper case."""
    return [name.upper() for name in raw_tables()[table].file_columns]


def read_csv_file(path: Path) -> tuple[str, Rows]:
    """The raw table of a CSV file in UTF-8 or cp1252, and its rows but those that are all blank."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    names = {name.lower() for name in reader.fieldnames or []}
    table = next(table.name for table in raw_tables().values() if table.needed <= names)
    return table, [row for row in reader if any(row.values())]


def read_returns(source: Path) -> tuple[dict[str, Return], list[Path]]:
    """The returns of a source folder by collection year, and the files of interviews."""
    returns: dict[str, Return] = {}
    interviews = []
    for path in sorted(source.rglob("*.csv")):
        table, rows = read_csv_file(path)
        if table == "return_interviews":
            interviews.append(path)
        else:
            year = path.relative_to(source).parts[0]
            returns.setdefault(year, {})[table.removeprefix("ssda903_")] = rows
    return {year: by_child(modules) for year, modules in returns.items()}, interviews


def by_child(modules: Return) -> Return:
    """The rows of each module child by child, in the order in which children first appear."""
    children: dict[str, None] = {}
    for name in MODULES:
        children |= dict.fromkeys(row["CHILD"] for row in modules[name])
    place = {child: at for at, child in enumerate(children)}
    return {name: sorted(modules[name], key=lambda row: place[row["CHILD"]]) for name in MODULES}


def write_forms(source: Path, folder: Path, code: str) -> dict[str, Path]:
    """Writes the returns and interviews of a source folder in every form.

    Args:
        source: a source folder of CSV files in folders of collection years.
        folder: where `csv`, `xml` and `xlsx` go, each a source folder of its own.
        code: the council's, whose folder is added to each of them.

    Returns:
        The three source folders by form.
    """
    returns, interviews = read_returns(source)
    for form in FORMS:
        for year, modules in returns.items():
            place = folder / form / code / year
            place.mkdir(parents=True)
            if form == "csv":
                for name, rows in modules.items():
                    (place / f"{name}.csv").write_bytes(as_csv(f"ssda903_{name}", rows))
            elif form == "xml":
                (place / "return.xml").write_text(as_xml(modules), encoding="utf-8", newline="")
            else:
                write_workbook(place / "return.xlsx", modules)
        for path in interviews:
            copy = folder / form / code / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    return {form: folder / form for form in FORMS}


def as_csv(table: str, rows: Rows) -> bytes:
    """A CSV file in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns_of(table), "", "ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def element(name: str, value: str) -> str:
    """An element of text; an empty one in the short form that the return has."""
    text = escape(value, {"\r": "&#13;"})
    return f"<{name}>{text}</{name}>" if value else f"<{name} />"


def fields(row: dict[str, str], columns: list[str]) -> str:
    """The elements of a row."""
    return "".join(element(XML_NAMES.get(name, name), row.get(name) or "") for name in columns)


def as_xml(modules: Return) -> str:
    """The return as XML: what a CHILD cannot say of itself stands in a further CHILD."""
    children = dict.fromkeys(row["CHILD"] for name in MODULES for row in modules[name])
    text = "".join(part for child in children for part in child_elements(child, modules))
    return f"<?xml version='1.0' encoding='utf-8'?>\n<EXPSSDA903>{text}</EXPSSDA903>\n"


def child_elements(child: str, modules: Return) -> Iterator[str]:
    """The CHILD elements of one child."""
    headers, episodes, missing, uasc = (
        [row for row in modules[name] if row["CHILD"] == child] for name in MODULES
    )
    first = headers[0] if headers else {"CHILD": child}
    episode_columns = columns_of("ssda903_episodes")[1:]
    inner = "".join(f"<EPISODE>{fields(row, episode_columns)}</EPISODE>" for row in episodes)
    absences = "".join(absence(row, first) for row in missing)
    fits = uasc and all(uasc[0][name] == first.get(name) for name in ("SEX", "DOB"))
    flag = "<UASC>1</UASC>" + fields(uasc[0], ["DUC"]) if fits else "<UASC />"
    if headers:
        named = fields(first, columns_of("ssda903_header"))
        yield f"<CHILD><HEADER>{named}{flag}{absences}</HEADER>{inner}</CHILD>"
    else:
        yield f"<CHILD>{fields(first, ['CHILD'])}{inner}{absences}</CHILD>"
    for row in headers[1:]:
        yield f"<CHILD><HEADER>{fields(row, columns_of('ssda903_header'))}</HEADER></CHILD>"
    for row in uasc[1:] if fits else uasc:
        yield f"<CHILD>{fields(row, columns_of('ssda903_uasc'))}<UASC>1</UASC></CHILD>"


def absence(row: dict[str, str], header: dict[str, str]) -> str:
    """An AMISSING; it says its own birth date only where that is not the HEADER's."""
    own = [] if row["DOB"] == header.get("DOB") else ["DOB"]
    return f"<AMISSING>{fields(row, [*own, 'MISSING', 'MIS_START', 'MIS_END'])}</AMISSING>"


def write_workbook(path: Path, modules: Return) -> None:
    """A workbook with a sheet for each module, dates and numbers as a person would type them."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in modules.items():
        sheet = book.create_sheet(name.capitalize())
        columns = columns_of(f"ssda903_{name}")
        sheet.append(columns)
        for at, row in enumerate(rows, start=2):
            for place, column in enumerate(columns, start=1):
                value = typed(row.get(column) or "")
                if value is not None:
                    cell = sheet.cell(at, place, value)
                    cell.number_format = "dd/mm/yyyy" if isinstance(value, dt.date) else "General"
    book.save(path)


def typed(text: str) -> str | int | dt.date | None:
    """What a spreadsheet makes of a text: a day, a whole number, or the text; none if blank."""
    day = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text)
    if day:
        try:
            return dt.date(int(day[3]), int(day[2]), int(day[1]))
        except ValueError:
            return text
    return int(text) if re.fullmatch(r"[1-9]\d{0,8}", text) else text or None
