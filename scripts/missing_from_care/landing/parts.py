"""The landed files: a Parquet part for each source table, known by its hash; CSV on request.

A part is named by the hash of its bytes and tells which file it was made from. So the next landing
takes it over if the file has the same bytes still and the part is whole, and reads no row again.
"""

import csv
import hashlib
import json
import platform
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import duckdb

from missing_from_care.base.project import CHECKOUT, SOURCES_FILE, RawTable, raw_tables
from missing_from_care.landing.recognise import known_columns
from missing_from_care.landing.source_tables import (
    FoundFile,
    Rows,
    SourceTable,
    column_names,
    listed,
    sql_path,
    sql_text,
)
from missing_from_care.landing.years import YEAR_COLUMNS, year_column

Form = Literal["parquet", "csv"]
MODULES_FILE = "landed_modules.csv"
MODULES_COLUMNS = (
    *("raw_table", "collection_year", "status", "source_file", "rows_landed", "sha256"),
    *("date_forms", "taken_on", "covers_from", "covers_to"),
)
PART_NAME = "[a-z0-9_]+/[0-9]{5,}-[0-9a-f]{64}[.]parquet"
# Many rows compress well, and a group of rows is held in memory whole.
MOST_ROWS_OF_A_GROUP, FEWEST_ROWS_OF_A_GROUP, BYTES_OF_A_GROUP = 40_960, 2_048, 16 << 20
MEMORY = "1GB"
WHY = {
    duckdb.IOException: "the disk is full, or cannot be read or written",
    duckdb.OutOfMemoryException: f"a row needs more memory than {MEMORY}",
}
COUNCIL_COLUMNS = ("la", "lacode", "laname", "localauthority", "localauthoritycode", "council")


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
        date_forms: `mis_start=month_name`, for columns that are not in the return's own form.
        taken_on: day on which a case-management extract was taken, 2018-02-01; else nothing.
        covers_from, covers_to: first and last day that it covers, if that was told.
        councils: what a column of the council holds, if there is one.
        path: the rows as a Parquet file, until all are in their places.
    """

    table: RawTable
    collection_year: str
    status: str = "landed"
    source_file: str = ""
    rows: int = 0
    sha256: str = ""
    notes: tuple[str, ...] = ()
    date_forms: str = ""
    taken_on: str = ""
    covers_from: str = ""
    covers_to: str = ""
    councils: tuple[str, ...] = ()
    path: Path | None = field(default=None, compare=False)

    @property
    def relation(self) -> str:
        """The rows as DuckDB reads them; blank if there are none."""
        return f"read_parquet({sql_path(self.path)})" if self.path else ""


class LandedParts:
    """Reads source tables into parts, in a folder to fill; `last` was landed before, if any."""

    def __init__(self, folder: Path, last: Path) -> None:
        self.folder, self.work, self.made = folder, folder / "work", 0
        self.work.mkdir(mode=0o700)
        place = str(self.work / "tmp")
        self.connection = duckdb.connect(
            config={"threads": 1, "memory_limit": MEMORY, "temp_directory": place}
        )
        # By the file and its hash.
        self.known: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for path in sorted(last.glob("*/*.parquet")):
            query = f"select decode(value) from parquet_kv_metadata({sql_path(path)})"
            with suppress(duckdb.Error, ValueError):
                ((found,),) = self.connection.execute(query).fetchall()
                told = json.loads(found)
                if told["made_by"] == _version():
                    self.known[told["origin"], told["sha256"]].append(told | {"path": path})

    def new_path(self) -> Path:
        """A path for what is needed on the way."""
        self.made += 1
        return self.work / f"{self.made}"

    def tables_of(self, item: FoundFile) -> list[SourceTable]:
        """The tables of a file if all of them are landed already, and whole."""
        told = self.known[item.file, item.sha256]
        is_whole = all(
            each["tables"] == len(told) and each["path"].stem[-64:] == file_hash(each["path"])
            for each in told
        )
        return [
            SourceTable(each["file"], (*each["header"],), notes=(*each["notes"],), landed=each)
            for each in told
            if is_whole
        ]

    def make(
        self, item: FoundFile, source: SourceTable, table: RawTable, year: str, tables: int
    ) -> LandedModule:
        """Reads a source table, or takes over the part that was made of it.

        Args:
            item, source: the file and the table in it.
            table, year: the raw table and the collection year; nothing if it has none.
            tables: how many tables the file holds; 0 if it holds several years, since which rows
                are of which then depends on other files too.

        Raises:
            DataFault: it cannot be read; the sentences name rows.
        """
        part = self.new_path()
        if source.landed:
            try:
                part.hardlink_to(source.landed["path"])
            except OSError:
                shutil.copyfile(source.landed["path"], part)
            rows, councils = source.landed["rows"], tuple(source.landed["councils"])
            notes = (*source.notes, "unchanged, not read again")
        else:
            names = table.named(column_names(source.header))
            values = [
                f"nullif(c{names.index(name)}, '')" if name in names else "cast(null as varchar)"
                for name in table.columns
            ]
            values += [f"'{year}'"] if table.has_collection_year else []
            values += [sql_text(source.file), "cast(source_row as varchar)"]
            named = zip(values, table.landed_columns, strict=True)
            chosen = ", ".join(f"{value} as {name}" for value, name in named)
            told = {
                "made_by": _version(),
                "origin": item.file,
                "sha256": item.sha256,
                "tables": tables,
                "raw_table": table.name,
                "file": source.file,
                "header": source.header,
            }
            rows, notes, councils = self._copy(item, source, chosen, part, told)
        notes += _notes_on_columns(source.header, table, is_split=tables == 0)
        landed = LandedModule(table, year, "landed", source.file, rows, item.sha256, notes)
        return replace(landed, councils=councils, path=part)

    def settled(self, item: FoundFile, source: SourceTable) -> tuple[str, tuple[str, ...]]:
        """SQL of a table's rows, read once and kept to be asked repeatedly; and the notes."""
        kept = self.new_path()
        _, notes, _ = self._copy(item, source, "*", kept, {})
        return f"read_parquet({sql_path(kept)})", notes

    def _copy(
        self, item: FoundFile, source: SourceTable, values: str, part: Path, told: dict[str, Any]
    ) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
        """Writes rows as Parquet; gives their number, notes, and the councils that they name."""
        why = "its rows cannot be told apart"
        for rows in source.rows(self.work):
            notes = (*source.notes, *rows.notes)
            size = max(item.size // max(rows.count or 1, 1), 1)
            group = min(max(BYTES_OF_A_GROUP // size, FEWEST_ROWS_OF_A_GROUP), MOST_ROWS_OF_A_GROUP)
            try:
                councils = self._councils(rows, source.header)
                told |= {"rows": rows.count, "notes": notes, "councils": councils}
                form = f"parquet, compression zstd, row_group_size {group}, "
                form += "kv_metadata {landed: ?}"
                chosen = f"(select {values} from {rows.relation})"
                count = self._write(chosen, part, form, [json.dumps(told)])
            except duckdb.Error as problem:
                # What DuckDB says may hold a row.
                why = next((words for kind, words in WHY.items() if isinstance(problem, kind)), why)
                continue
            if rows.count in (None, count):
                return count, notes, councils
        raise OSError(5, why)

    def _write(self, rows: str, place: Path, form: str, told: Sequence[str] = ()) -> int:
        statement = f"copy {rows} to {sql_text(str(place))} (format {form})"
        ((count,),) = self.connection.execute(statement, told).fetchall()
        return int(count)

    def _councils(self, rows: Rows, header: Sequence[str]) -> tuple[str, ...]:
        """The different values of a column of the council, a few at most."""
        for at, name in enumerate(column_names(header)):
            if _is_council(name):
                found = self.connection.execute(
                    f"select distinct trim(c{at}) from {rows.relation} where trim(c{at}) <> '' "
                    "order by 1 limit 9"
                )
                return tuple(value for (value,) in found.fetchall())
        return ()

    def finish(self, modules: Sequence[LandedModule], form: Form) -> None:
        """Gives each raw table its file or parts, and writes the list of what was landed."""
        for table in raw_tables().values():
            parts = [each.path for each in modules if each.table == table and each.path]
            place = self.folder / (table.name if form == "parquet" else f"{table.name}.csv")
            if parts and form == "csv":
                rows = f"(from read_parquet([{', '.join(map(sql_path, parts))}]))"
                self._write(rows, place, "csv, header")
            elif form == "csv":
                place.write_text(",".join(table.landed_columns) + "\n", encoding="utf-8")
            else:
                place.mkdir(mode=0o700)
                if not parts:
                    parts = [self.new_path()]
                    columns = (f"null::varchar as {name}" for name in table.landed_columns)
                    self._write(f"(select {', '.join(columns)} limit 0)", parts[0], "parquet")
                for number, part in enumerate(parts, start=1):
                    part.replace(place / f"{number:05}-{file_hash(part)}.parquet")
        shutil.rmtree(self.work)
        with (self.folder / MODULES_FILE).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(MODULES_COLUMNS)
            for each in modules:
                told = (each.table.name, each.collection_year, each.status, each.source_file)
                days = (each.date_forms, each.taken_on, each.covers_from, each.covers_to)
                writer.writerow((*told, each.rows, each.sha256, *days))
        for path in self.folder.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)


def of_relation(source: SourceTable, relation: str, notes: Iterable[str]) -> SourceTable:
    """A table of other rows, which are there already."""
    return replace(source, rows=lambda _: iter((Rows(relation),)), notes=tuple(notes))


def _notes_on_columns(header: Sequence[str], table: RawTable, is_split: bool) -> tuple[str, ...]:
    """Which columns are blank, which left out; `is_split`: its column of years was used."""
    names = table.named(column_names(header))
    used = {*table.columns, year_column(header) if is_split else None}
    blank = [name.upper() for name in table.file_columns if name not in names]
    known = known_columns().union(YEAR_COLUMNS, filter(_is_council, names))
    extra = [name.upper() for name in names if name in known - used]
    others = sum(1 for name in names if name and name not in known | used)
    unnamed = sum(1 for name in names if not name)
    told = [f"lacks {listed(blank)}: blank"] if blank else []
    told += [f"left out {listed(extra, most=6)}"] if extra else []
    # Not by name: where the column names have run into the first row, these are of a child.
    told += [f"left out {others} of unknown name"] if others else []
    told += [f"left out {unnamed} without a name"] if unnamed else []
    return tuple(told)


def _is_council(name: str) -> bool:
    return name.replace("_", "").replace(" ", "") in COUNCIL_COLUMNS


def file_hash(path: Path) -> str:
    """The hash of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@cache
def _version() -> str:
    """Of all that decides what a part holds: another version reads every file again."""
    told = hashlib.sha256(f"{duckdb.__version__} {platform.python_version()}".encode())
    package = CHECKOUT / "scripts" / "missing_from_care"
    reading = sorted((package / "landing").glob("*.py"))
    for file in (*reading, package / "base" / "project.py", SOURCES_FILE):
        told.update(file.read_bytes())
    return told.hexdigest()
