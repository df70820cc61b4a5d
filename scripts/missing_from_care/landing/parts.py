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
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import duckdb

from missing_from_care.landing.read_text import sql_path, sql_text
from missing_from_care.landing.source_tables import (
    FoundFile,
    Rows,
    SourceTable,
    column_names,
    listed,
    printable,
)
from missing_from_care.landing.years import year_column
from missing_from_care.project import CHECKOUT, SOURCES_FILE, RawTable, raw_tables

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
        covers_from: first day that it covers, if that was told.
        covers_to: last day.
    """

    table: RawTable
    collection_year: str
    status: str
    source_file: str = ""
    rows: int = 0
    sha256: str = ""
    notes: tuple[str, ...] = ()
    date_forms: str = ""
    taken_on: str = ""
    covers_from: str = ""
    covers_to: str = ""


@dataclass(frozen=True)
class Part:
    """The rows of a source table as a Parquet file.

    Attributes:
        path: the file.
        rows: how many there are.
        notes: what was found when they were read.
        councils: what a column of the council holds, if there is one.
    """

    path: Path
    rows: int
    notes: tuple[str, ...]
    councils: tuple[str, ...] = ()


class LandedParts:
    """Reads source tables into parts, in a folder that landing fills.

    Args:
        folder: the folder to fill.
        last: the folder that was landed before; it may not exist.
    """

    def __init__(self, folder: Path, last: Path) -> None:
        self.folder, self.last = folder, last
        self.work = folder / "work"
        self.work.mkdir(mode=0o700)
        options = {"threads": 1, "memory_limit": MEMORY, "temp_directory": str(self.work / "tmp")}
        self.connection = duckdb.connect(config=options)
        # By the file, its hash and its table.
        self.known: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for path in sorted(last.glob("*/*.parquet")):
            query = "select decode(value) from parquet_kv_metadata(?) where decode(key) = 'landed'"
            with suppress(duckdb.Error, ValueError):
                ((found,),) = self.connection.execute(query, [_pattern(path)]).fetchall()
                told = json.loads(found)
                if told.get("made_by") == _version():
                    self.known[told["origin"], told["sha256"]].append(told | {"path": path})

    def __enter__(self) -> "LandedParts":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def tables_of(self, item: FoundFile, sha256: str) -> list[SourceTable]:
        """The tables of a file if all of them are landed already, and whole.

        Args:
            item: the file.
            sha256: the hash of its bytes.
        """
        told = self.known[item.file, sha256]
        if not told or any(each["tables"] != len(told) or not _is_whole(each) for each in told):
            return []
        return [
            SourceTable(each["file"], tuple(each["header"]), notes=tuple(each["notes"]))
            for each in told
        ]

    def make(self, source: SourceTable, table: RawTable, year: str) -> Part:
        """Reads a source table, or takes over the part that was made of it.

        Raises:
            DataFault: it cannot be read; the sentences name rows.
        """
        part = self.work / "new.parquet"
        if source.rows is None:
            told = next(
                each
                for each in self.known[source.origin.file, source.sha256]
                if (each["file"], each["raw_table"]) == (source.file, table.name)
            )
            try:
                part.hardlink_to(told["path"])
            except OSError:
                shutil.copyfile(told["path"], part)
            ((rows,),) = self.connection.execute(
                f"select count(*) from read_parquet({sql_path(part)})"
            ).fetchall()
            notes = (*source.notes, "unchanged, not read again")
            return Part(part, rows, notes, tuple(told["councils"]))
        names = table.named(column_names(source.header))
        values = [
            f"nullif(c{names.index(name)}, '')" if name in names else "cast(null as varchar)"
            for name in table.columns
        ]
        values = [f"{value} as {name}" for value, name in zip(values, table.columns, strict=True)]
        values += [f"'{year}' as collection_year"] if table.has_collection_year else []
        values += [f"{sql_text(source.file)} as source_file"]
        values += ["cast(source_row as varchar) as source_row"]
        councils = self.distinct(source, council_column(source.header))
        told = {
            "made_by": _version(),
            "origin": source.origin.file,
            "sha256": source.sha256,
            # The rows of a year depend on all files with a column of the year.
            "tables": source.tables,
            "raw_table": table.name,
            "file": source.file,
            "header": source.header,
            "councils": councils,
        }
        rows, notes = self._copy(source, ", ".join(values), part, told)
        return Part(part, rows, notes, councils)

    def settled(self, source: SourceTable) -> SourceTable:
        """The same table, its rows read once and kept, so that they can be asked repeatedly."""
        kept = self.work / f"settled-{len(list(self.work.glob('settled-*')))}.parquet"
        _, notes = self._copy(source, "*", kept, {})
        relation = f"read_parquet({sql_path(kept)})"
        return replace(source, rows=lambda _work, _careful: Rows(relation), notes=notes)

    def distinct(self, source: SourceTable, at: int | None) -> tuple[str, ...]:
        """The different values of a column, a few at most."""
        if at is None:
            return ()
        for careful in (False, True):
            rows = source.rows(self.work, careful)
            with suppress(duckdb.Error):
                found = self.connection.execute(
                    f"select distinct trim(c{at}) from {rows.relation} where trim(c{at}) <> '' "
                    "order by 1 limit 9"
                )
                return tuple(value for (value,) in found.fetchall())
        return ()

    def _copy(
        self, source: SourceTable, values: str, part: Path, told: dict[str, Any]
    ) -> tuple[int, tuple[str, ...]]:
        """Writes rows as Parquet; DuckDB reads them once more, carefully, if it stumbles."""
        for careful in (False, True):
            rows = source.rows(self.work, careful)
            notes = (*source.notes, *rows.notes)
            size = max(source.origin.size // max(rows.count or 1, 1), 1)
            group = min(max(BYTES_OF_A_GROUP // size, FEWEST_ROWS_OF_A_GROUP), MOST_ROWS_OF_A_GROUP)
            try:
                # The number of rows is known only when they are read: the notes come with them.
                ((count,),) = self.connection.execute(
                    f"copy (select {values} from {rows.relation}) to {sql_text(str(part))} "
                    "(format parquet, compression zstd, "
                    f"row_group_size {group}, kv_metadata {{landed: ?}})",
                    [json.dumps(told | {"notes": notes})],
                ).fetchall()
            except duckdb.IOException as problem:
                raise OSError(5, f"DuckDB: {str(problem).splitlines()[0]}") from None
            except duckdb.Error as problem:
                # What DuckDB says may hold a row.
                if careful:
                    raise OSError(5, f"DuckDB: {type(problem).__name__}") from None
                continue
            if rows.count in (None, count):
                return count, notes
        raise OSError(5, "DuckDB: another number of rows than lines")

    def put(self, part: Part, table: RawTable, number: int) -> Path:
        """Puts a part into its place, named by its order and its hash."""
        folder = self.folder / table.name
        folder.mkdir(mode=0o700, exist_ok=True)
        place = folder / f"{number:05}-{file_hash(part.path)}.parquet"
        return part.path.replace(place)

    def finish(self, modules: Iterable[LandedModule], form: Form) -> None:
        """Gives each raw table its file or parts, and writes the list of what was landed."""
        for table in raw_tables().values():
            parts = sorted((self.folder / table.name).glob("*.parquet"))
            columns = ", ".join(f"cast(null as varchar) as {name}" for name in table.landed_columns)
            rows = f"(select {columns} limit 0)"
            if parts:
                rows = f"read_parquet([{', '.join(map(sql_path, parts))}])"
            if form == "csv":
                place = sql_text(str(self.folder / f"{table.name}.csv"))
                self.connection.execute(f"copy (from {rows}) to {place} (format csv, header)")
                shutil.rmtree(self.folder / table.name, ignore_errors=True)
            elif not parts:
                place = self.work / "new.parquet"
                self.connection.execute(
                    f"copy (from {rows}) to {sql_text(str(place))} (format parquet)"
                )
                self.put(Part(place, 0, ()), table, 1)
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


def council_column(header: Sequence[str]) -> int | None:
    """Where a table has the council of each row, or none."""
    names = [name.replace("_", "").replace(" ", "") for name in column_names(header)]
    wanted = ("la", "lacode", "laname", "localauthority", "localauthoritycode", "council")
    return next((at for at, name in enumerate(names) if name in wanted), None)


def notes_on_columns(header: Sequence[str], table: RawTable, is_split: bool) -> tuple[str, ...]:
    """What the user should know of a table's columns: which are blank, which left out.

    Args:
        header: the column names.
        table: the raw table.
        is_split: whether its column of years was used.
    """
    names = table.named(column_names(header))
    used = {*table.columns, year_column(header) if is_split else None}
    blank = [name.upper() for name in table.file_columns if name not in names]
    extra = [printable(name.upper()) for name in names if name and name not in used]
    unnamed = sum(1 for name in names if not name)
    told = [f"lacks {listed(blank)}: blank"] if blank else []
    told += [f"left out {listed(extra, most=6)}"] if extra else []
    told += [f"left out {unnamed} without a name"] if unnamed else []
    return tuple(told)


def file_hash(path: Path) -> str:
    """The hash of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_whole(told: dict[str, Any]) -> bool:
    """Whether a part holds the bytes that its name tells."""
    return told["path"].stem[-64:] == file_hash(told["path"])


def _pattern(path: Path) -> str:
    return sql_path(path)[1:-1].replace("''", "'")


@cache
def _version() -> str:
    """Of all that decides what a part holds: another version reads every file again."""
    told = hashlib.sha256(f"{duckdb.__version__} {platform.python_version()}".encode())
    package = CHECKOUT / "scripts" / "missing_from_care"
    for file in (*sorted((package / "landing").glob("*.py")), package / "project.py", SOURCES_FILE):
        told.update(file.read_bytes())
    return told.hexdigest()
