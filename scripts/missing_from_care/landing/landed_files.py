"""The landed files as CSV, one for each raw table, and the list of what was landed."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

from missing_from_care.faults import DataFault
from missing_from_care.landing.source_tables import (
    FaultList,
    FoundFile,
    SourceTable,
    column_names,
    listed,
)
from missing_from_care.landing.year_dates import START_AND_END, Spans, span
from missing_from_care.project import RawTable, raw_tables

MODULES_FILE = "landed_modules.csv"
MODULES_COLUMNS = (
    "raw_table",
    "collection_year",
    "status",
    "source_file",
    "rows_landed",
    "sha256",
    "date_forms",
    "taken_on",
    "covers_from",
    "covers_to",
)
MOST_SENTENCES_OF_A_FILE = 5
ROWS_AT_ONCE = 100

WriteRows = Callable[[Sequence[Sequence[str]]], None]


@dataclass(frozen=True)
class LandedModule:
    """A file that was landed, or a missing module that was accepted.

    Attributes:
        table: the raw table.
        collection_year: `2017-18`; nothing for return interviews.
        status: `landed` or `accepted_missing`.
        source_file: path below the source folder; nothing if accepted as missing.
        rows: number of rows landed.
        sha256: hash of the source file's bytes, in hexadecimal.
        notes: what the user should know about the file.
        spans: in which years its rows start and end, where the table has dates.
    """

    table: RawTable
    collection_year: str
    status: str
    source_file: str = ""
    rows: int = 0
    sha256: str = ""
    notes: tuple[str, ...] = ()
    spans: Spans = field(default_factory=Counter)


class LandedFiles:
    """The open files of the raw tables in a folder; each has its header line from the start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack = ExitStack()
        self.writers: dict[str, WriteRows] = {}

    def __enter__(self) -> "LandedFiles":
        with ExitStack() as opened:
            for table in raw_tables().values():
                path = self.folder / f"{table.name}.csv"
                stream = opened.enter_context(path.open("w", encoding="utf-8", newline=""))
                self.writers[table.name] = rows_writer(stream)
                self.writers[table.name]([table.landed_columns])
            self.stack = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def tables_of(self, _file: FoundFile) -> list[SourceTable]:
        """The tables of a file that need not be read again: here none."""
        return []

    def take(
        self, source: SourceTable, table: RawTable, year: str, faults: FaultList
    ) -> LandedModule:
        """Lands a source table; see `copy_rows`."""
        return copy_rows(source, table, year, self.writers[table.name], faults)

    def finish(self, modules: Iterable[LandedModule]) -> None:
        """Writes the list of what was landed."""
        write_modules(self.folder, modules)


def write_modules(folder: Path, modules: Iterable[LandedModule]) -> None:
    """Writes `landed_modules.csv`, the last file, by which a folder is known as landed."""
    with (folder / MODULES_FILE).open("w", encoding="utf-8", newline="") as stream:
        write = rows_writer(stream)
        write([MODULES_COLUMNS])
        for each in modules:
            name, year, rows = each.table.name, each.collection_year, str(each.rows)
            write([(name, year, each.status, each.source_file, rows, each.sha256, *[""] * 4)])


def rows_writer(stream: Any) -> WriteRows:
    """Writes rows with quotation marks only where a reader needs them.

    A carriage return needs them too, which Python's CSV writer knows only from 3.13 on; so a row
    with one is quoted throughout, and every version of Python writes the same bytes.
    """
    plain = csv.writer(stream, lineterminator="\n")
    quoted = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)

    def write(rows: Sequence[Sequence[str]]) -> None:
        if "\r" not in "".join(chain.from_iterable(rows)):
            plain.writerows(rows)
            return
        for row in rows:
            (quoted if "\r" in "".join(row) else plain).writerow(row)

    return write


def copy_rows(
    source: SourceTable, table: RawTable, year: str, write: WriteRows, faults: FaultList
) -> LandedModule:
    """Copies the rows of a source table into a raw table, value by value.

    Args:
        source: where the rows come from.
        table: the raw table.
        year: the collection year, or nothing where the table has none.
        write: takes rows of the raw table.
        faults: is given a sentence for each row that has too few or too many values.

    Returns:
        What was landed, with notes on columns left out or blank.
    """
    names = table.named(column_names(source.header))
    width = len(names)
    # A column that the file lacks is taken from the blank value put behind each row.
    positions = [names.index(name) if name in names else width for name in table.columns]
    choose = itemgetter(*positions)
    dates = START_AND_END.get(table.name)
    start, end = (table.columns.index(name) for name in dates) if dates else (None, None)
    prefix = (year, source.file) if table.has_collection_year else (source.file,)
    landed: list[Sequence[str]] = []
    spans: Spans = Counter()
    rows = misfits = 0
    try:
        for number, values in source.rows():
            if len(values) != width:
                if len(values) < width or "".join(values[width:]).strip():
                    misfits += 1
                    if misfits <= MOST_SENTENCES_OF_A_FILE:
                        faults.add(_misfit(source, number, len(values), width))
                    continue
                del values[width:]
            values.append("")
            chosen = choose(values)
            landed.append((*chosen, *prefix, str(number)))
            rows += 1
            if rows % ROWS_AT_ONCE == 0:
                write(landed)
                landed.clear()
            if dates and (years := span(chosen[start], chosen[end])):
                spans[years] += 1
    except DataFault as fault:
        faults.add(*fault.sentences)
    write(landed)
    if misfits > MOST_SENTENCES_OF_A_FILE:
        more = misfits - MOST_SENTENCES_OF_A_FILE
        faults.add(f"{source.file}: {more:,} more rows do not have {width} values.")
    told = notes(source, table)
    return LandedModule(table, year, "landed", source.file, rows, source.sha256, told, spans)


def _misfit(source: SourceTable, number: int, found: int, expected: int) -> str:
    what = "it may be cut off" if found < expected else source.surplus
    return (
        f"{source.file}, row {number} below the header: found {found} values, expected {expected}; "
        f"{what}. Mend that row in the program the file came from."
    )


def notes(source: SourceTable, table: RawTable) -> tuple[str, ...]:
    """What the user should know of a table: what its reader said, columns left out or blank."""
    names, told = table.named(column_names(source.header)), list(source.notes)
    used = {*table.columns, source.year_column}
    blank = [name.upper() for name in table.file_columns if name not in names]
    extra = [ascii(name.upper())[1:-1][:40] for name in names if name and name not in used]
    unnamed = sum(1 for name in names if not name)
    if blank:
        told.append(f"lacks {listed(blank)}: blank")
    if extra:
        told.append(f"left out {listed(extra, most=6)}")
    if unnamed:
        told.append(f"left out {unnamed} without a name")
    return tuple(told)
