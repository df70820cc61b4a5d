"""Breaks source files in the ways in which files are broken; the same seed breaks the same way."""

import csv
import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from random import Random

import openpyxl

from return_forms import as_csv, as_xml, by_child, typed

MODULES = ("header", "episodes", "missing", "uasc")
DATES = ("%d/%m/%Y", "%Y-%m-%d", "%d/%m/%y", "%d-%b-%Y", "%Y%m%d", "%d/%m/%Y %H:%M:%S")
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "cp500")
PIECES = (
    *('"', ",", '","', '"x"y', "\r", "\n\n", "\t", ";", "\0", "é", "=1+1", " ", "<", "&x;", "]]>"),
    *("</CHILD>", "<CHILD>", "<EPISODE>", "<!--", "<!DOCTYPE x>", "../", "PK\x01\x02", "1.0"),
)
FORMS = ("csv", "csv", "csv", "csv", "xml", "xml", "xlsx", "zip", "years", "extract")
SSD = {
    "ssd_missing": ["1", "A1", "2017-06-03 21:30:00", "M", "2017-06-04 08:00:00", "Y", "N"],
    "ssd_immigration_status": ["1", "A1", "2017-01-01", "", "UASC"],
}


def sound_return(rng: Random) -> dict[str, list[dict[str, str]]]:
    """A return for 2017-18 with a handful of rows."""
    children = [f"{rng.choice('A0Zé')}{at:02d}" for at in range(rng.randint(2, 5))]
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in MODULES}
    for at, child in enumerate(children):
        born, start = f"0{at + 1}/03/2004", f"{10 + at}/05/2017"
        rows["header"].append({"CHILD": child, "SEX": "1", "DOB": born, "ETHNIC": "WBRI"})
        place = {"LS": "C2", "PLACE": "U4", "HOME_POST": "LE1 1AA"}
        rows["episodes"].append({"CHILD": child, "DECOM": start, "DEC": "01/12/2017"} | place)
        occasion = {"MISSING": "M", "MIS_START": f"{10 + at}/06/2017", "MIS_END": ""}
        rows["missing"].append({"CHILD": child, "DOB": born} | occasion)
    rows["uasc"].append({"CHILD": children[0], "SEX": "1", "DOB": "01/03/2004", "DUC": ""})
    return by_child(rows)


def write_broken_source(folder: Path, seed: int) -> None:
    """Writes a source folder of which one file is broken once or several times.

    Args:
        folder: the source folder; made.
        seed: chooses the form of the return, and what is broken.
    """
    rng = Random(seed)
    form = rng.choice(FORMS)
    modules = sound_return(rng)
    files = {f"2017-18/{name}.csv": as_csv(f"ssda903_{name}", modules[name]) for name in MODULES}
    broken = rng.choice(sorted(files))
    if form == "xml":
        broken, files = "2017-18/r.xml", {"2017-18/r.xml": as_xml(modules).encode()}
    elif form == "xlsx":
        broken = "2017-18/r.xlsx"
        files = {broken: broken_workbook(rng, modules)}
    elif form == "years":
        files = {name[8:]: with_years(text) for name, text in files.items()}
        broken = broken[8:]
    elif form == "extract":
        broken = f"{rng.choice(sorted(SSD))}.csv"
        files[broken] = extract(broken)
    if form != "xlsx":
        files[broken] = broken_bytes(rng, files[broken])
    if form == "zip":
        broken, files = "all.zip", {"all.zip": as_zip(files)}
        if rng.random() < 0.3:
            files[broken] = flipped(rng, files[broken])
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def broken_bytes(rng: Random, data: bytes) -> bytes:
    """Breaks a file of text one to three times; sometimes nothing is left."""
    ways = [flipped, cut_short, cut_out, doubled_slice, piece_put_in, piece_put_in]
    ways += [columns_changed, columns_changed, cells_changed, cells_changed, rows_changed]
    ways += [rows_changed, encoded_otherwise]
    for _ in range(rng.choice([1, 1, 2, 3])):
        data = rng.choice(ways)(rng, data)
    return data if rng.random() > 0.02 else b""


def broken_workbook(rng: Random, modules: dict[str, list[dict[str, str]]]) -> bytes:
    """A workbook broken in the rows of a sheet, in one of its parts, or in its bytes."""
    book, name = openpyxl.Workbook(), rng.choice(MODULES)
    book.remove(book.active)
    way = rng.choice(["rows", "rows", "part", "part", "bytes"])
    for module in MODULES:
        data = as_csv(f"ssda903_{module}", modules[module])
        if module == name and way == "rows":
            data = rng.choice([columns_changed, cells_changed, rows_changed])(rng, data)
        sheet = book.create_sheet(module)
        for row in table_of(data):
            sheet.append([typed(value) for value in row])
    saved = io.BytesIO()
    book.save(saved)
    if way == "bytes":
        return rng.choice([flipped, cut_short, cut_out])(rng, saved.getvalue())
    with zipfile.ZipFile(saved) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    if way == "part":
        sheets = [part for part in parts if "/worksheets/" in part]
        part = rng.choice(sheets if rng.random() < 0.6 else sorted(parts))
        change = rng.choice([flipped, flipped, cut_out, doubled_slice, cut_short, numbers_changed])
        parts[part] = change(rng, parts[part])
    return as_zip(parts)


def numbers_changed(rng: Random, data: bytes) -> bytes:
    """Row numbers, styles, indexes of texts: any number becomes another one, perhaps absurd."""
    numbers = list(re.finditer(rb"[0-9]+", data))
    if not numbers:
        return data
    found = rng.choice(numbers)
    other = rng.choice([b"0", b"-1", b"99999999999", b"1e400", b"nan", b"7", b"3.5"])
    return data[: found.start()] + other + data[found.end() :]


def flipped(rng: Random, data: bytes) -> bytes:
    broken = bytearray(data)
    for _ in range(rng.randint(1, 4) if broken else 0):
        broken[rng.randrange(len(broken))] = rng.randrange(256)
    return bytes(broken)


def cut_short(rng: Random, data: bytes) -> bytes:
    return data[: rng.randint(0, len(data))]


def cut_out(rng: Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + data[at + rng.randint(1, 30) :]


def doubled_slice(rng: Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + data[at : at + rng.randint(1, 80)] * 2 + data[at:]


def piece_put_in(rng: Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(PIECES).encode(rng.choice(["utf-8", "cp1252"])) + data[at:]


def encoded_otherwise(rng: Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(rng.choice(ENCODINGS), "replace")


def table_of(data: bytes) -> list[list[str]]:
    text = data.decode("utf-8", "replace").replace("\0", "")
    return list(csv.reader(io.StringIO(text, newline=""))) or [[]]


def as_text(rows: list[list[str]], rng: Random) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=rng.choice(["\n", "\r\n"])).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def columns_changed(rng: Random, data: bytes) -> bytes:
    """A column dropped, doubled, renamed, moved or left without its name."""
    if data.startswith(b"<"):
        name = rng.choice([b"CHILDID", b"HEADER", b"DEC", b"PL", b"AMISSING", b"CHILD"])
        return data.replace(name, rng.choice([b"", b"X", b"DUC", b"HEADER"]), rng.randint(1, 4))
    rows = table_of(data)
    at = rng.randrange(max(1, len(rows[0])))
    way = rng.choice(["drop", "double", "rename", "move", "unnamed"])
    for number, row in enumerate(rows):
        if at < len(row):
            value = row[at]
            if way == "drop":
                del row[at]
            elif way == "double":
                row.append(value)
            elif way == "move":
                row.insert(0, row.pop(at))
            elif number == 0:
                row[at] = "" if way == "unnamed" else rng.choice(["DUC", "YEAR", "x", "child "])
    return as_text(rows, rng)


def cells_changed(rng: Random, data: bytes) -> bytes:
    """Dates in other forms, serial dates, numbers with decimals, quotation marks and commas."""
    if data.startswith(b"<"):
        return data.replace(b"2017</", rng.choice([b"17</", b"2017 00:00</", b"</", b"43000</"]))
    form = rng.choice([*DATES, "serial"])
    rows = table_of(data)
    for row in rows[1:]:
        for at, value in enumerate(row):
            try:
                day = dt.datetime.strptime(value, "%d/%m/%Y")
            except ValueError:
                odd = [value, f"{value}.0", f'a "{value}"', f"{value}, b", "two\nlines", "a\rb"]
                row[at] = rng.choice(odd) if rng.random() < 0.2 else value
                continue
            serial = str((day - dt.datetime(1899, 12, 30)).days)
            row[at] = serial if form == "serial" else day.strftime(form)
    return as_text(rows, rng)


def rows_changed(rng: Random, data: bytes) -> bytes:
    """Rows cut off, dropped, doubled, blank, or the header alone."""
    if data.startswith(b"<"):
        return data.replace(b"</EPISODE>", rng.choice([b"", b"</EPISODE><EPISODE/>"]), 1)
    rows = table_of(data)
    way = rng.choice(["cut", "drop", "double", "blank", "header alone", "twice the header"])
    at = rng.randrange(len(rows))
    if way == "cut":
        rows[at] = rows[at][: rng.randint(0, len(rows[at]))]
    elif way == "drop":
        del rows[at]
    elif way in ("double", "twice the header"):
        rows.insert(at, list(rows[at if way == "double" else 0]))
    elif way == "blank":
        rows.insert(at, rng.choice([[], [""] * len(rows[0]), [" "]]))
    else:
        del rows[1:]
    return as_text(rows, rng)


def with_years(data: bytes) -> bytes:
    header, *rows = data.decode().splitlines()
    return "\n".join([f"YEAR,{header}", *(f"2017/18,{row}" for row in rows), ""]).encode()


def extract(name: str) -> bytes:
    table = name.removesuffix(".csv")
    columns = as_csv(table, []).decode().strip().lower()
    return f"{columns}\n{','.join(SSD[table])}\n".encode()


def as_zip(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()
