"""Writes the invented register as returns in the dress that councils' files really have."""

import csv
import io
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from demonstration.interviews import Interview
from demonstration.register import (
    YEARS,
    Child,
    Register,
    first_day,
    label,
    written,
)
from missing_from_care.base.project import raw_tables

Rows = list[list[str]]

FILE_NAMES = {
    2014: "ssda903-{module}-invented-children.csv",
    2015: "{module} 2016 invented children.csv",
    2016: "903_{module}_invented_children_1617.csv",
    2017: "invented-children-{module}-return-2018.csv",
}
COUNCIL_FILE = "interviews/return-interviews-invented-children.csv"
HOST_FILE = "interviews/harrowmere-invented-children.csv"
README_FILE = "READ ME - INVENTED CHILDREN.txt"
README = """\
INVENTED CHILDREN

Every child, occasion, postcode and interview in these folders is invented by a program
(tools/make_demo_extracts.py, random seed {seed}). No row is about anybody. Postcodes and the
other authorities' names do not exist.

To 2016-17 the totals are made to equal figures that the Department for Education published for
Leicester, so that the answers have a familiar size (SFR34/2015, SFR41/2016, SFR50/2017 and later
releases of "Children looked after in England including adoption"; Open Government Licence v3).
2017-18 has the number of children looked after published for it, but as many missing children
and occasions as were published for 2019/20. None of it is evidence about Leicester.
"""


def write_returns(
    register: Register, interviews: tuple[list[Interview], list[Interview]], folder: Path, seed: int
) -> None:
    """Writes four returns, two files of interviews and a note that the children are invented.

    Args:
        register: everything the returns tell.
        interviews: the council's rows and the other authority's.
        folder: made if it is not there; files of the same names are written over.
        seed: told in the note.
    """
    for year in YEARS:
        for module, (columns, rows) in _modules(register, year).items():
            path = folder / label(year) / FILE_NAMES[year].format(module=module)
            _write(path, columns, rows, with_bom=year == 2016)
    columns = _columns("return_interviews")
    columns = columns[: columns.index("CRIME") + 1]
    council, host = ([row.cells() for row in rows] for rows in interviews)
    _write(folder / COUNCIL_FILE, columns, council)
    _with_decimals(host, columns.index("OCCASION"))
    _write(folder / HOST_FILE, columns, host, encoding="cp1252")
    _write_bytes(folder / README_FILE, README.format(seed=seed).encode())


def _modules(register: Register, year: int) -> dict[str, tuple[list[str], Rows]]:
    """The four modules of one year's return, with what is peculiar to that year's files."""
    missing = sorted(register.missing_rows.get(year, []), key=lambda row: row[0])
    if year == 2015:
        missing = [[_iso(cell) for cell in row] for row in missing]
    if year == 2016:
        missing = [_lower_case(at, row) for at, row in enumerate(missing)]
    rows_of = {
        "header": _each(register, year, _header_rows),
        "episodes": _episode_rows(register, year),
        "missing": missing,
        "uasc": _each(register, year, _uasc_rows),
    }
    columns_of = {module: _columns(f"ssda903_{module}") for module in rows_of}
    if year == 2014:
        _with_decimals(rows_of["header"], columns_of["header"].index("MOTHER"))
    if year == 2017:
        for module, rows in rows_of.items():
            columns_of[module] += ["LA", "YEAR"]
            rows_of[module] = [[*row, "856", "2018"] for row in rows]
    return {module: (columns_of[module], rows) for module, rows in rows_of.items()}


def _columns(raw_table: str) -> list[str]:
    """The columns that a raw table has of a CSV file, in upper case as the return has them."""
    return [column.upper() for column in raw_tables()[raw_table].file_columns]


def _with_decimals(rows: Rows, at: int) -> None:
    """Writes `1.0` for `1` in one column, as a spreadsheet does that takes it for a number."""
    for row in rows:
        row[at] = f"{row[at]}.0" if row[at] else ""


def _each(register: Register, year: int, rows_of: Callable[[Child, int], Rows]) -> Rows:
    """The rows of all children with care in the year, in the order of their ids."""
    present = [child for child in register.children if child.is_in_return(year)]
    return [row for child in sorted(present, key=_by_id) for row in rows_of(child, year)]


def _by_id(child: Child) -> str:
    return child.child_id


def _header_rows(child: Child, year: int) -> Rows:
    if not child.in_header:
        return []
    is_mother = child.child_born and child.child_born < first_day(year + 1)
    born = written(child.header_born.get(year, child.born))
    row = [child.child_id, str(child.sex), born, child.ethnic, child.upn]
    row += ["1", written(child.child_born)] if is_mother else ["", ""]
    if year not in child.header_row_before:
        return [row]
    return [[*row[:2], written(child.header_row_before[year]), *row[3:]], row]


def _episode_rows(register: Register, year: int) -> Rows:
    rows = list(register.episode_rows.get(year, []))
    for child in register.children:
        for episode in child.episodes:
            if not episode.is_in_return(year):
                continue
            has_ended = episode.ended is not None and episode.ended < first_day(year + 1)
            rows.append([
                child.child_id, written(episode.began), episode.new_because,
                episode.legal_status, episode.need, episode.place, episode.provider,
                written(episode.ended) if has_ended else "",
                episode.ceased_because if has_ended else "",
                episode.change_because if has_ended and year > YEARS[0] else "",
                episode.home_post, episode.place_post, episode.urn,
            ])  # fmt: skip
    return sorted(rows, key=lambda row: row[0])


def _uasc_rows(child: Child, year: int) -> Rows:
    ceased = child.uasc_ceased or child.eighteenth
    if not child.is_uasc or (ceased < first_day(year) and year not in child.duc_text):
        return []
    is_known = ceased < first_day(year + 1)
    planned = written(child.eighteenth) if child.has_future_duc else ""
    duc = child.duc_text.get(year, written(ceased) if is_known else planned)
    row = [child.child_id, str(child.sex), written(child.born), duc]
    if year not in child.uasc_row_before:
        return [row]
    return [[*row[:3], child.uasc_row_before[year]], row]


def _iso(cell: str) -> str:
    return re.sub(r"^(\d\d)/(\d\d)/(\d{4})$", r"\3-\2-\1", cell)


def _lower_case(at: int, row: list[str]) -> list[str]:
    """Every ninth status as somebody typed it who did not hold the shift key."""
    return [*row[:2], row[2].lower(), *row[3:]] if at % 9 == 0 else row


def _write(
    path: Path,
    columns: list[str],
    rows: Iterable[list[str]],
    *,
    with_bom: bool = False,
    encoding: str = "utf-8",
) -> None:
    """Writes one CSV file; with a byte order mark its lines end in CRLF, as spreadsheets do it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n" if with_bom else "\n")
    writer.writerow(columns)
    writer.writerows(rows)
    _write_bytes(path, text.getvalue().encode("utf-8-sig" if with_bom else encoding))


def _write_bytes(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
