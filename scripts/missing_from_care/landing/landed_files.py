"""The landed files: one UTF-8 CSV file for each raw table, and the list of what was landed."""

import csv
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from missing_from_care.faults import DataFault
from missing_from_care.landing.source_tables import FaultList, SourceTable, column_names, listed
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
)
MOST_SENTENCES_OF_A_FILE = 5
ROWS_BETWEEN_WORDS = 50_000

WriteRow = Callable[[Sequence[str]], None]


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
    """

    table: RawTable
    collection_year: str
    status: str
    source_file: str = ""
    rows: int = 0
    sha256: str = ""
    notes: tuple[str, ...] = ()


class LandedFiles:
    """The open files of the raw tables in a folder; each has its header line from the start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack = ExitStack()
        self.writers: dict[str, WriteRow] = {}

    def __enter__(self) -> "LandedFiles":
        with ExitStack() as opened:
            for table in raw_tables().values():
                path = self.folder / f"{table.name}.csv"
                stream = opened.enter_context(path.open("w", encoding="utf-8", newline=""))
                self.writers[table.name] = _row_writer(stream)
                self.writers[table.name](table.landed_columns)
            self.stack = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def writer(self, table: RawTable) -> WriteRow:
        """What writes a row of a raw table."""
        return self.writers[table.name]

    def write_modules(self, modules: Iterable[LandedModule]) -> None:
        """Writes `landed_modules.csv`, the last file, by which a folder is known as landed."""
        with (self.folder / MODULES_FILE).open("w", encoding="utf-8", newline="") as stream:
            write = _row_writer(stream)
            write(MODULES_COLUMNS)
            for each in modules:
                name, year, rows = each.table.name, each.collection_year, str(each.rows)
                write((name, year, each.status, each.source_file, rows, each.sha256))


def _row_writer(stream: Any) -> WriteRow:
    """Writes rows with quotation marks only where a reader needs them.

    A carriage return needs them too, which Python's CSV writer knows only from 3.13 on; so a row
    with one is quoted throughout, and every version of Python writes the same bytes.
    """
    plain = csv.writer(stream, lineterminator="\n")
    quoted = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)

    def write(row: Sequence[str]) -> None:
        (quoted if "\r" in "".join(row) else plain).writerow(row)

    return write


def copy_rows(
    source: SourceTable,
    table: RawTable,
    year: str,
    write: WriteRow,
    spans: Spans,
    faults: FaultList,
    tell: Callable[[int], None] = lambda _: None,
) -> LandedModule:
    """Copies the rows of a source table into a raw table, value by value.

    Args:
        source: where the rows come from.
        table: the raw table.
        year: the collection year, or nothing where the table has none.
        write: takes a row of the raw table.
        spans: is given the years in which each row starts and ends, where the table has dates.
        faults: is given a sentence for each row that has too few or too many values.
        tell: is told the number of rows now and then, to show progress.

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
            write((*chosen, *prefix, str(number)))
            rows += 1
            if rows % ROWS_BETWEEN_WORDS == 0:
                tell(rows)
            if dates and (years := span(chosen[start], chosen[end])):
                spans[years] += 1
    except DataFault as fault:
        faults.add(*fault.sentences)
    if misfits > MOST_SENTENCES_OF_A_FILE:
        more = misfits - MOST_SENTENCES_OF_A_FILE
        faults.add(f"{source.file}: {more:,} more rows do not have {width} values.")
    notes = _notes(source, table, names)
    return LandedModule(table, year, "landed", source.file, rows, source.sha256, notes)


def _misfit(source: SourceTable, number: int, found: int, expected: int) -> str:
    what = "it may be cut off" if found < expected else source.surplus
    return (
        f"{source.file}, row {number} below the header: found {found} values, expected {expected}; "
        f"{what}. Mend that row in the program the file came from."
    )


def _notes(source: SourceTable, table: RawTable, names: Sequence[str]) -> tuple[str, ...]:
    notes = list(source.notes)
    used = {*table.columns, source.year_column}
    blank = [name.upper() for name in table.file_columns if name not in names]
    extra = [ascii(name.upper())[1:-1][:40] for name in names if name and name not in used]
    unnamed = sum(1 for name in names if not name)
    if blank:
        notes.append(f"lacks {listed(blank)}: blank")
    if extra:
        notes.append(f"left out {listed(extra, most=6)}")
    if unnamed:
        notes.append(f"left out {unnamed} without a name")
    return tuple(notes)
