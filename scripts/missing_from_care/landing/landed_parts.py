"""The landed files as Parquet: a folder for each raw table, a part in it for each source table.

A part tells which file it was made from, and has that file's time of change as its own; so the next
landing knows without reading which files have not changed, and takes their parts over.
"""

import hashlib
import json
import os
import platform
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from missing_from_care.landing.landed_files import (
    LandedModule,
    copy_rows,
    notes,
    rows_writer,
    write_modules,
)
from missing_from_care.landing.source_tables import FaultList, FoundFile, SourceTable
from missing_from_care.landing.year_dates import Spans
from missing_from_care.project import CHECKOUT, SOURCES_FILE, RawTable, raw_tables

# Many rows compress well, and a group of rows is held in memory whole.
MOST_ROWS_OF_A_GROUP, FEWEST_ROWS_OF_A_GROUP, BYTES_OF_A_GROUP = 40_960, 2_048, 16 << 20
MEMORY = "1GB"
# Some disks know a file's time of change to two seconds only.
NS_UNTIL_A_CHANGE_SHOWS = 3_000_000_000


@dataclass(frozen=True, kw_only=True)
class _PartTable(SourceTable):
    """A table that is landed already.

    Attributes:
        part: its rows.
        row_count: how many they are.
        spans: see `LandedModule`.
    """

    part: Path
    row_count: int
    spans: Spans = field(default_factory=Counter)


_Tables = dict[tuple[str, str], _PartTable]


def unfinished_folder(into: Path) -> Path:
    """Where a landing that was killed or refused leaves the parts that it had made."""
    return into.with_name(f".{into.name}.unfinished")


class LandedParts:
    """The parts in a folder.

    Args:
        folder: the folder to fill.
        last: the folder that was landed before; it may not exist.
    """

    def __init__(self, folder: Path, last: Path) -> None:
        self.folder, self.last, self.unfinished = folder, last, unfinished_folder(last)
        self.started_ns = time.time_ns()
        self.counts: Counter[str] = Counter()
        # By file and its hash; of the file's tables by their names.
        self.known: dict[str, dict[str, _Tables]] = defaultdict(dict)

    def __enter__(self) -> "LandedParts":
        self.unfinished.mkdir(mode=0o700, parents=True, exist_ok=True)
        options = {"threads": 1, "memory_limit": MEMORY, "temp_directory": str(self.folder / "tmp")}
        self.connection = duckdb.connect(config=options)
        for part, told in self._parts_before():
            of_file = self.known[told["origin"]].setdefault(told["sha256"], {})
            of_file[told["file"], told["raw_table"]] = _part_table(part, told)
        for table in raw_tables():
            (self.folder / table).mkdir()
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        with suppress(OSError):
            self.unfinished.rmdir()

    def tables_of(self, item: FoundFile) -> list[SourceTable]:
        """The tables of a file if all of them are landed, and the file is as it was then.

        Args:
            item: the file. It is read only if it has the same size and another time of change.
        """
        by_hash = {
            sha256: list(tables.values())
            for sha256, tables in self.known[item.file].items()
            if all(each.tables == len(tables) for each in tables.values())
            and all(each.origin.size == item.size for each in tables.values())
        }
        for tables in by_hash.values():
            times = {each.part.stat().st_mtime_ns for each in tables}
            if item.changed_ns and times == {item.changed_ns}:
                return tables
        if not by_hash:
            return []
        with item.path.open("rb") as stream:
            return by_hash.get(hashlib.file_digest(stream, "sha256").hexdigest(), [])

    def take(
        self, source: SourceTable, table: RawTable, year: str, faults: FaultList
    ) -> LandedModule:
        """Lands a source table as a part of its own, or takes the part over; see `copy_rows`."""
        if isinstance(source, _PartTable):
            said = (*notes(source, table), "unchanged, not read again")
            told = source.file, source.row_count, source.sha256, said, source.spans
            module, part = LandedModule(table, year, "landed", *told), source.part
        else:
            module, part = self._make(source, table, year, faults)
        if part:
            self._put(part, table, source.origin.changed_ns)
        return module

    def finish(self, modules: Iterable[LandedModule]) -> None:
        """Gives each raw table a part at least, and writes the list of what was landed."""
        for table in raw_tables().values():
            if not self.counts[table.name]:
                (self.folder / "rows.csv").touch()
                self._convert(self.folder / table.name / "00000.parquet", table, 0, {})
        shutil.rmtree(self.folder / "tmp", ignore_errors=True)
        write_modules(self.folder, modules)

    def _parts_before(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """The parts of the last landing and of the unfinished one, if this version made them."""
        unfinished = set(self.unfinished.glob("*.parquet"))
        query = "select decode(value) from parquet_kv_metadata(?) where decode(key) = 'landed'"
        for part in sorted({*self.last.glob("*/*.parquet"), *unfinished}):
            told = {}
            with suppress(duckdb.Error, ValueError):
                ((found,),) = self.connection.execute(query, [str(part)]).fetchall()
                told = json.loads(found)
            if told.get("made_by") == _version():
                yield part, told
            elif part in unfinished:
                part.unlink()

    def _make(
        self, source: SourceTable, table: RawTable, year: str, faults: FaultList
    ) -> tuple[LandedModule, Path | None]:
        rows, before = self.folder / "rows.csv", len(faults)
        with rows.open("w", encoding="utf-8", newline="") as stream:
            module = copy_rows(source, table, year, rows_writer(stream), faults)
        if len(faults) > before:
            return module, None
        told = {
            "made_by": _version(),
            "origin": source.origin.file,
            "size": source.origin.size,
            "sha256": source.sha256,
            # The rows of a year depend on all files with a column of the year.
            "tables": 0 if source.year_column else source.tables,
            "raw_table": table.name,
            "file": source.file,
            "header": source.header,
            "notes": source.notes,
            "rows": module.rows,
            "spans": [(*years, count) for years, count in module.spans.items()],
        }
        # Named by a hash: the name of the file may be that of a child.
        name = hashlib.sha256(f"{table.name} {year} {source.file}".encode()).hexdigest()
        part = self.unfinished / f"{name}.parquet"
        self._convert(self.unfinished / name, table, module.rows, told)
        with (self.unfinished / name).open("rb+") as stream:
            os.fsync(stream.fileno())
        (self.unfinished / name).replace(part)
        return module, part

    def _convert(self, part: Path, table: RawTable, rows: int, told: dict[str, Any]) -> None:
        """Makes a part of `rows.csv`, which goes."""
        written = self.folder / "rows.csv"
        group = BYTES_OF_A_GROUP * rows // max(written.stat().st_size, 1)
        group = min(max(group, FEWEST_ROWS_OF_A_GROUP), MOST_ROWS_OF_A_GROUP)
        columns = ", ".join(f"'{name}': 'varchar'" for name in table.landed_columns)
        place = str(part).replace("'", "''")
        try:
            # As the macro `landed_table` reads a landed CSV file, so that both give the same.
            self.connection.execute(
                f"copy (from read_csv(?, columns = {{{columns}}}, auto_detect = false, "
                "header = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', "
                f"max_line_size = 10000000, buffer_size = 10000000)) to '{place}' (format parquet, "
                f"compression zstd, row_group_size {group}, kv_metadata {{landed: ?}})",
                [str(written), json.dumps(told)],
            )
        except duckdb.Error as problem:
            # What DuckDB says may hold a row; of the disk it says nothing else.
            is_of_disk = isinstance(problem, duckdb.IOException)
            why = str(problem).splitlines()[0] if is_of_disk else type(problem).__name__
            raise OSError(5, f"DuckDB: {why}") from None
        written.unlink()

    def _put(self, part: Path, table: RawTable, changed_ns: int) -> None:
        """Puts a part into its place, with the time by which the file's next change shows."""
        self.counts[table.name] += 1
        place = self.folder / table.name / f"{self.counts[table.name]:05}.parquet"
        try:
            place.hardlink_to(part)
        except OSError:
            shutil.copyfile(part, place)
        is_settled = self.started_ns - changed_ns > NS_UNTIL_A_CHANGE_SHOWS
        shown = changed_ns if is_settled else 0
        with suppress(OSError):
            os.utime(place, ns=(shown, shown))


def _part_table(part: Path, told: dict[str, Any]) -> _PartTable:
    return _PartTable(
        file=told["file"],
        header=tuple(told["header"]),
        rows=lambda: iter(()),
        sha256=told["sha256"],
        notes=tuple(told["notes"]),
        origin=FoundFile(part, told["origin"], size=told["size"]),
        tables=told["tables"],
        part=part,
        row_count=told["rows"],
        spans=Counter({(start, end): count for start, end, count in told["spans"]}),
    )


@cache
def _version() -> str:
    """Of all that decides what a part holds: another version reads every file again."""
    told = hashlib.sha256(f"{duckdb.__version__} {platform.python_version()}".encode())
    package = CHECKOUT / "scripts" / "missing_from_care"
    for file in (*sorted((package / "landing").glob("*.py")), package / "project.py", SOURCES_FILE):
        told.update(file.read_bytes())
    return told.hexdigest()
