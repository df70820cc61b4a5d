"""Lands a folder of returns, interviews and case-management extracts as the raw tables.

Values, row order and rows stay as the source has them; nothing is written unless all of it can be.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from missing_from_care.base.faults import DataFault
from missing_from_care.base.project import RawTable, raw_tables
from missing_from_care.base.whole_files import replacing_folder
from missing_from_care.landing import checks, date_forms, read_text, read_xml, years
from missing_from_care.landing.find_files import WORKBOOKS, find_files
from missing_from_care.landing.parts import Form, LandedModule, LandedParts, file_hash, of_relation
from missing_from_care.landing.recognise import recognise
from missing_from_care.landing.source_tables import (
    FROM_1904,
    FaultList,
    FoundFile,
    SourceTable,
    column_names,
    listed,
    sql_text,
)
from missing_from_care.landing.years import Label, Spans, placed_year, split_council, year_column

__all__ = ["Form", "LandingReport", "land"]

MOST_SENTENCES_ON_YEARS = 3
# In a year of which other modules have rows, these may have none: nobody was missing, or UASC.
MAY_HAVE_NO_ROWS = ("ssda903_missing", "ssda903_uasc")

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class LandingReport:
    """What was landed.

    Attributes:
        into: the folder that holds the raw tables now.
        landed: files that were landed and modules accepted as missing, in the order of raw table,
            collection year and file.
        not_used: file and reason.
        remarks: sentences about what the figures will lack.
    """

    into: Path
    landed: tuple[LandedModule, ...]
    not_used: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


def land(
    source: Path,
    into: Path,
    accepted: frozenset[tuple[str, str]] = frozenset(),
    progress: Progress = lambda _done, _all, _file: None,
    form: Form = "parquet",
    last: Path | None = None,
    taken: Mapping[str, str] | None = None,
    covers: tuple[str, str] = ("", ""),
) -> LandingReport:
    """Lands the returns, return interviews and case-management extracts below a folder.

    Args:
        source: the folder that holds one folder for each collection year, named `2017-18`.
        into: the folder to write; replaced as a whole. It is new, empty, or written by this.
        accepted: (raw table, collection year) of modules known to be missing.
        progress: is told how many bytes are read, of how many, and which file is next.
        form: of the raw tables. The rows of a file that has not changed since it was landed as
            Parquet are not read again.
        last: the folder that was landed before, if it is not `into`.
        taken: by file, the day on which a case-management extract was taken, 2018-02-01.
        covers: first and last day that the case-management extracts cover.

    Returns:
        What was landed and what was not used.

    Raises:
        UsageFault: a folder or an accepted module does not exist, or `into` is not for writing.
        BusyFault: another landing is writing `into`.
        DataFault: with one sentence for every fault found: files that were refused, then what is
            missing, then each file that was not used. Nothing was written.
    """
    source, into = checks.checked_places(source, into)
    checks.check_accepted(accepted)
    with ExitStack() as opened:
        files = find_files(source, opened)
        work = opened.enter_context(replacing_folder(into, mode=0o700))
        parts = LandedParts(work, (last or into).resolve())
        opened.callback(parts.connection.close)
        landing = _Landing(source, parts, accepted, taken or {}, covers)
        done, size = 0, sum(item.size for item in files)
        for item in files:
            progress(done, size, item.file)
            landing.look(item)
            done += item.size
        landing.split_all_years()
        folders = landing.check()
        parts.finish(landing.modules, form)
        progress(size, size, "")
        remarks = (*landing.lacking(folders), *landing.remarks)
        return LandingReport(into, tuple(landing.modules), tuple(landing.not_used), remarks)


class _Landing:
    """What was found so far in one run of landing."""

    def __init__(
        self,
        source: Path,
        parts: LandedParts,
        accepted: frozenset[tuple[str, str]],
        taken: Mapping[str, str],
        covers: tuple[str, str],
    ) -> None:
        self.source, self.parts, self.accepted = source, parts, accepted
        # Of the years that have a folder; return interviews are of any of them.
        first = [int(split_council(name)[1][:4]) for name in years.year_folders(source)]
        self.span = (min(first), max(first)) if first else None
        self.taken, self.covers = taken, covers
        self.modules = [
            LandedModule(raw_tables()[name], year, "accepted_missing") for name, year in accepted
        ]
        self.not_used: list[tuple[str, str]] = []
        self.faults, self.remarks = FaultList(), list[str]()
        # Files by raw table and collection year, those with a fault too.
        self.seen: dict[tuple[str, str], list[str]] = defaultdict(list)
        # The collection years that hold any module of the return.
        self.years: set[str] = set()
        # Modules by first folder, where that is no collection year.
        self.stray: dict[str, list[str]] = defaultdict(list)
        # What holds all years, with SQL of a row's year and what that says; spans by file.
        self.all_years: list[tuple[FoundFile, RawTable, SourceTable, str, dict[str, Label]]] = []
        self.label_spans: dict[str, dict[Label, Spans]] = {}
        self.spans: dict[str, dict[str, Spans]] = defaultdict(lambda: defaultdict(Counter))

    def look(self, item: FoundFile) -> None:
        """Reads a file, if it is for reading."""
        if item.unused:
            self.not_used.append((item.file, item.unused))
            return
        with self.faults.of(item.file):
            if item.fault:
                raise DataFault(item.fault)
            if unpack := item.unpack:
                item = replace(item, path=self.parts.new_path())
                unpack(item.path)
            before = item.path.stat()
            item = replace(item, sha256=file_hash(item.path))
            tables = self.parts.tables_of(item) or read_tables(item)
            if not tables:
                self.not_used.append((item.file, "empty"))
            for table in tables:
                with self.faults.of(table.file):
                    self._take(item, table, len(tables))
            after = item.path.stat()
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise DataFault(
                    f"{item.file} changed while it was read: wait until nothing writes to it, "
                    "then run it again."
                )

    def _take(self, item: FoundFile, source: SourceTable, tables: int) -> None:
        """Lands a table, if it is to be landed and its year is known."""
        if source.unused:
            self.not_used.append((source.file, source.unused))
            return
        found = years.named_by(item.file)
        table, unneeded, fault = recognise(source.file, source.header)
        if unneeded or (table and table.has_collection_year):
            self.years.update(found)
        if fault:
            self.faults.add(fault)
        elif table is None:
            why = f"{unneeded}, no answer needs it" if unneeded else "not recognised by its columns"
            self.not_used.append((source.file, why))
        if table is None:
            return
        if not table.has_collection_year:
            found = [""]
        if len(found) > 1:
            both = " and in ".join(found)
            raise DataFault(f"{source.file} stands in {both}: which of them is it?")
        if found:
            self.seen[table.name, found[0]].append(source.file)
            if not fault:
                self._land(item, source, table, found[0], tables)
        elif not year_column(source.header):
            folder, is_below, _ = split_council(item.file)[1].partition("/")
            self.stray[folder if is_below else ""].append(table.module)
        elif not fault:
            self._read_labels(item, table, source)

    def _land(
        self, item: FoundFile, source: SourceTable, table: RawTable, placed: str, tables: int
    ) -> None:
        """Reads every row of a table, and decides the form of its dates."""
        year = split_council(placed)[1]
        module = self.parts.make(item, source, table, year, tables)
        connection, rows = self.parts.connection, module.relation
        epoch = None
        if item.file.lower().endswith((".xlsx", ".xlsm")):
            epoch = "serial_1904" if FROM_1904 in source.notes else "serial_1900"
        first = int(year[:4]) if year else None
        span = None if table.is_case_extract else self.span
        dates = date_forms.find_date_forms(connection, rows, table.dates, first, epoch, span)
        if dates.refused:
            columns = f"column{'s' * (len(dates.refused) > 1)} {', '.join(dates.refused).upper()}"
            self.faults.add(
                f"{source.file}, {columns}: the dates look month-first (as 12/31/2017): save the "
                "file with UK regional settings, or export it again."
            )
        for column, remark in dates.remarks.items():
            is_lost = dates.forms.get(column) == "none"
            lost = ", so no date there is read and what needs them is “not available”"
            self.remarks.append(
                f"{source.file}, column {column.upper()}: {remark}{lost if is_lost else ''}. "
                "Export the file again with dates as dd/mm/yyyy."
            )
        if table.name in years.START_AND_END:
            found = date_forms.spans(connection, rows, years.START_AND_END[table.name], dates)
            for _, start, end, count in found:
                self.spans[placed][source.file][start, end] += count
        forms = " ".join(f"{name}={form}" for name, form in dates.forms.items())
        module = replace(module, date_forms=forms)
        if table.is_case_extract:
            day = self.taken.get(source.file) or checks.day_in_name(source.file)
            from_day, to_day = self.covers
            module = replace(module, taken_on=day, covers_from=from_day, covers_to=to_day or day)
        self.modules.append(module)

    def _read_labels(self, item: FoundFile, table: RawTable, source: SourceTable) -> None:
        """Reads what the column of years holds; a `DataFault` names the rows without a year."""
        connection = self.parts.connection
        relation, notes = self.parts.settled(item, source)
        names, column = column_names(source.header), str(year_column(source.header))
        value = f"coalesce(c{names.index(column)}, '')"
        found = connection.execute(f"select distinct {value} from {relation}").fetchall()
        read = {text: years.read_label(text) for (text,) in found}
        labels = {text: label for text, label in read.items() if label is not None}
        if wrong := [text for text in read if text not in labels]:
            rows = connection.execute(
                f"select source_row from {relation} where array_contains(?, {value}) "
                "order by cast(source_row as bigint)",
                [wrong],
            ).fetchall()
            sentences = [
                f"{source.file}, row {number} below the header, column {column.upper()}: found no "
                f"collection year there: {years.ADVICE}."
                for (number,) in rows[:MOST_SENTENCES_ON_YEARS]
            ]
            if more := len(rows) - len(sentences):
                sentences.append(f"{source.file}: {more:,} more rows without a collection year.")
            raise DataFault(*sentences)
        spans = self.label_spans[source.file] = {label: Counter() for label in labels.values()}
        if columns := years.START_AND_END.get(table.name):
            named = table.named(names)
            chosen = [f"c{named.index(name)} as {name}" for name in columns]
            dated = f"(select {value} as label, {', '.join(chosen)} from {relation})"
            dates = date_forms.find_date_forms(connection, dated, columns, None)
            of_labels = date_forms.spans(connection, dated, columns, dates, "label")
            for label, start, end, count in of_labels:
                spans[labels[label]][start, end] += count
        source = of_relation(source, relation, notes)
        self.all_years.append((item, table, source, value, labels))

    def split_all_years(self) -> None:
        """Lands files with all years, split by their column. A year between a file's first and last
        of which it has no row is a year without rows only where other modules have some of it, and
        only for Missing and UASC. A year of which no module has a row is missing."""
        shift = years.shift_of_bare_years(self.label_spans, self.faults)
        if shift is None:
            return
        by_file: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for *_, source, _, labels in self.all_years:
            council = split_council(source.file)[0]
            for text, label in labels.items():
                by_file[source.file][placed_year(council, label.named(shift))].append(text)
            self.years.update(by_file[source.file])
        for item, table, source, value, _ in self.all_years:
            texts, council = by_file[source.file], split_council(source.file)[0]
            without = {
                year
                for year in self.years
                if table.name in MAY_HAVE_NO_ROWS
                and split_council(year)[0] == council
                and min(texts, default=year) < year < max(texts, default=year)
            }
            relation = next(source.rows(self.parts.work)).relation
            column = str(year_column(source.header)).upper()
            for placed in sorted({*texts, *without}):
                self.seen[table.name, placed].append(source.file)
                wanted = ", ".join(map(sql_text, texts.get(placed, []))) or "null"
                rows = f"(select * from {relation} where {value} in ({wanted}))"
                notes = (*source.notes, f"rows of {split_council(placed)[1]} by {column}")
                with self.faults.of(source.file):
                    self._land(item, of_relation(source, rows, notes), table, placed, 0)

    def check(self) -> list[str]:
        """Raises all faults, those of files first, then what is missing; gives the year folders."""
        extracts = [each for each in self.modules if each.table.is_case_extract]
        checks.check_taken([each.source_file for each in extracts], self.taken)
        self.modules.sort(key=lambda one: (one.table.name, one.collection_year, one.source_file))
        self.not_used.sort()
        checks.check_council_columns(self.modules, self.faults)
        checks.check_newest(self.parts.connection, extracts, self.faults)
        if extracts and not self.covers[0]:
            self.remarks.append(
                "It is not told which days the case-management extracts cover: tell it with "
                "--covers FROM..TO, since years that are not wholly covered are “not available”."
            )
        for placed in sorted(self.spans):
            if sentence := years.disagreement(split_council(placed)[1], self.spans[placed]):
                self.faults.add(sentence)
        for folder, modules in sorted(self.stray.items()):
            self.faults.add(years.misplaced(folder, modules, self.source))
        is_told = self.faults.sentences or self.stray or self.all_years or self.accepted
        if not (self.years or is_told or extracts):
            self.faults.add(
                "The source folder holds no folder of a collection year with a file of the annual "
                "return in it, nor a case-management extract: put the files of each return into a "
                "folder named as `2017-18`."
            )
        checks.check_councils(self.modules, self.faults)
        folders = sorted({*years.year_folders(self.source), *self.years})
        checks.check_modules(self.seen, self.years, folders, self.accepted, self.faults)
        self.faults.raise_if_any(self.not_used)
        return folders

    def lacking(self, folders: list[str]) -> list[str]:
        """Sentences about what the figures will lack."""
        told = [
            f"{raw_tables()[name].module} of {year} is missing and accepted: what needs it is “not "
            "available”."
            for name, year in sorted(self.accepted)
        ]
        told += [
            f"The folder {year} holds no file of the annual return, so that year is not landed."
            for year in folders
            if year not in self.years
            and split_council(year)[1] not in {other for _, other in self.accepted}
        ]
        for council in sorted({split_council(year)[0] for year in self.years}):
            first = [int(year[:4]) for of, year in map(split_council, self.years) if of == council]
            gaps = sorted(set(range(min(first), max(first))) - set(first))
            missing = [placed_year(council, years.year_name(gap)) for gap in gaps]
            missing = [year for year in missing if year not in folders]
            if missing:
                told.append(
                    f"No file has rows of {listed(missing)}, though of years before and after: "
                    "what needs a return of that year is “not available”."
                )
        if not any(each.table.name == "return_interviews" for each in self.modules):
            told.append("There are no return interviews: question 2 will be “not available”.")
        return told


def read_tables(item: FoundFile) -> list[SourceTable]:
    """Reads the tables of a file by the ending of its name; any other is read as text. Gives them
    with their column names, rows when asked for; none if the file is empty. A sheet is named
    `book.xlsx#Sheet` in messages; what is no table of an extract is one not used. A DataFault: not
    even the column names can be read: it is no such file, damaged, behind a password, beyond the
    limits, or holds what no return has. An OSError: it cannot be read."""
    suffix = item.file[item.file.rfind(".") :].lower()
    if suffix in WORKBOOKS:
        # What it reads number formats with takes as long to import as all the rest.
        from missing_from_care.landing import read_workbook

        return read_workbook.read_tables(item)
    return read_xml.read_tables(item) if suffix == ".xml" else read_text.read_tables(item)
