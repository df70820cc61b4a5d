"""Lands a folder of returns, interviews and case-management extracts as the raw tables.

Values, row order and rows stay as the source has them; nothing is written unless all of it can be.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from missing_from_care.faults import DataFault
from missing_from_care.landing import checks, read_text, read_workbook, read_xml
from missing_from_care.landing.case_extracts import check_newest, check_taken, day_in_name
from missing_from_care.landing.date_forms import DateForms, find_date_forms
from missing_from_care.landing.date_forms import spans as date_spans
from missing_from_care.landing.find_files import WORKBOOKS, find_files
from missing_from_care.landing.parts import (
    Form,
    LandedModule,
    LandedParts,
    file_hash,
    notes_on_columns,
)
from missing_from_care.landing.progress import Progress, Steps, Tell
from missing_from_care.landing.read_text import sql_path, sql_text
from missing_from_care.landing.recognise import recognise
from missing_from_care.landing.source_tables import FaultList, FoundFile, Rows, SourceTable, listed
from missing_from_care.landing.years import (
    ADVICE,
    START_AND_END,
    Label,
    Spans,
    collection_years_of,
    disagreement,
    misplaced,
    placed_year,
    read_label,
    shift_of_bare_years,
    split_council,
    year_column,
    year_folders,
    year_name,
)
from missing_from_care.project import RawTable, raw_tables
from missing_from_care.whole_files import replacing_folder

__all__ = ["Form", "LandingReport", "land"]

MOST_SENTENCES_ON_YEARS = 3
# In a year of which other modules have rows, these may have none: nobody was missing, or UASC.
MAY_HAVE_NO_ROWS = ("ssda903_missing", "ssda903_uasc")

Placed = tuple[RawTable, str, SourceTable]


@dataclass(frozen=True)
class LandingReport:
    """What was landed.

    Attributes:
        into: the folder that holds the raw tables now.
        landed: one entry for each file that was landed or module accepted as missing, in the order
            of raw table, collection year and file.
        not_used: file and reason for each file that was not used.
        remarks: sentences about what the figures will lack.
    """

    into: Path
    landed: tuple[LandedModule, ...]
    not_used: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


@dataclass
class _Found:
    """The source files sorted by what they are.

    Attributes:
        to_land: what can be landed, with raw table and collection year ("" where it has none).
        all_years: raw table and file where the rows have a column of the collection year.
        seen: files by raw table and collection year, those with a fault too.
        years: the collection years that hold any module of the return.
        stray: modules by first folder, where that is no collection year.
        not_used: file and reason.
    """

    to_land: list[Placed] = field(default_factory=list)
    all_years: list[tuple[RawTable, SourceTable]] = field(default_factory=list)
    seen: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    years: set[str] = field(default_factory=set)
    stray: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    not_used: list[tuple[str, str]] = field(default_factory=list)


def land(
    source: Path,
    into: Path,
    accepted: frozenset[tuple[str, str]] = frozenset(),
    tell: Tell = lambda _: None,
    progress: Progress = lambda _done, _all: None,
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
        tell: is told the name of each file when it is read.
        progress: is told how many bytes are done, of how many so far.
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
        steps = Steps(tell, progress, files)
        work = opened.enter_context(replacing_folder(into))
        work.chmod(0o700)
        parts = opened.enter_context(LandedParts(work, (last or into).resolve()))
        return _Landing(source, into, parts, accepted, steps, taken or {}, covers).run(files, form)


class _Landing:
    """One run of landing."""

    def __init__(
        self,
        source: Path,
        into: Path,
        parts: LandedParts,
        accepted: frozenset[tuple[str, str]],
        steps: Steps,
        taken: Mapping[str, str],
        covers: tuple[str, str],
    ) -> None:
        self.source, self.into, self.parts, self.accepted = source, into, parts, accepted
        self.steps, self.taken, self.covers = steps, taken, covers
        self.found, self.faults = _Found(), FaultList()
        self.remarks: list[str] = []
        self.states: dict[str, tuple[int, int]] = {}

    def run(self, files: Sequence[FoundFile], form: Form) -> LandingReport:
        for item in files:
            self.steps.look(item)
            self._sort_file(item)
        self._split_all_years()
        found, faults = self.found, self.faults
        found.not_used.sort()
        check_taken(
            [each.file for table, _, each in found.to_land if table.is_case_extract], self.taken
        )
        modules = self._take_all()
        self._check_years()
        checks.check_councils([each.file for _, _, each in found.to_land], faults)
        folders = sorted({*year_folders(self.source), *found.years})
        checks.check_modules(found.seen, found.years, folders, self.accepted, faults)
        faults.raise_if_any(found.not_used)
        modules.sort(key=lambda each: (each.table.name, each.collection_year, each.source_file))
        self.parts.finish(modules, form)
        self.steps.end()
        remarks = (*self._lacking(folders), *self.remarks)
        return LandingReport(self.into, tuple(modules), tuple(found.not_used), remarks)

    # What the files are

    def _sort_file(self, item: FoundFile) -> None:
        if item.unused:
            self.found.not_used.append((item.file, item.unused))
            return
        if item.fault:
            self.faults.add(item.fault)
            return
        try:
            item, sha256 = self._on_disk(item)
            tables = self.parts.tables_of(item, sha256) or read_tables(item)
        except DataFault as fault:
            self.faults.add(*fault.sentences)
            return
        except OSError as problem:
            self.faults.add(_unreadable(item.file, problem))
            return
        if not tables:
            self.found.not_used.append((item.file, "empty"))
        for table in tables:
            whole = replace(table, origin=item, sha256=sha256, tables=len(tables))
            self._sort_table(whole, item.file)

    def _on_disk(self, item: FoundFile) -> tuple[FoundFile, str]:
        """The file, unpacked if it lies in a zip file, and the hash of its bytes."""
        if item.unpack:
            place = self.parts.work / f"unpacked-{len(self.states)}"
            item.unpack(place)
            item = replace(item, path=place)
        self.states[item.file] = _state(item.path)
        return item, file_hash(item.path)

    def _sort_table(self, source: SourceTable, file: str) -> None:
        found = self.found
        if source.unused:
            found.not_used.append((source.file, source.unused))
            return
        recognition, years = recognise(source.file, source.header), collection_years_of(file)
        table = recognition.table
        if recognition.unused or (table and table.has_collection_year):
            found.years.update(years)
        if recognition.fault:
            self.faults.add(recognition.fault)
        if table is None:
            if not recognition.fault:
                unused = f"{recognition.unused}, no answer needs it" if recognition.unused else None
                found.not_used.append((source.file, unused or "not recognised by its columns"))
            return
        if not table.has_collection_year:
            years = [""]
        elif len(years) > 1:
            both = " and in ".join(years)
            self.faults.add(f"{source.file} stands in {both}: which of them is it?")
            return
        elif not years and year_column(source.header):
            found.all_years += [] if recognition.fault else [(table, source)]
            return
        elif not years:
            folder, is_below, _ = split_council(file)[1].partition("/")
            found.stray[folder if is_below else ""].append(table.module)
            return
        found.seen[table.name, years[0]].append(source.file)
        if not recognition.fault:
            found.to_land.append((table, years[0], source))

    # Files with all years

    def _split_all_years(self) -> None:
        """Splits files with all years by their column.

        A year between a file's first and last of which it has no row is a year without rows only
        where other modules have some of it, and only for Missing and UASC. A year of which no
        module has a row is missing.
        """
        labels: dict[str, dict[str, Label]] = {}
        spans: dict[str, dict[Label, Spans]] = {}
        taken = []
        for table, source in self.found.all_years:
            self.steps.land(source.file)
            try:
                settled = self.parts.settled(source)
                labels[source.file] = self._labels(settled)
                spans[source.file] = self._spans_by_label(table, settled, labels[source.file])
                taken.append((table, settled))
            except DataFault as fault:
                self.faults.add(*fault.sentences)
            except OSError as problem:
                self.faults.add(_unreadable(source.file, problem))
        shift = shift_of_bare_years(spans, self.faults)
        if shift is None:
            return
        by_table = []
        for table, source in taken:
            council = split_council(source.file)[0]
            years: dict[str, list[str]] = defaultdict(list)
            for text, label in labels[source.file].items():
                years[placed_year(council, label.named(shift))].append(text)
            by_table.append((table, source, years))
            self.found.years.update(years)
        for table, source, years in by_table:
            without = set(self.found.years) if table.name in MAY_HAVE_NO_ROWS and years else set()
            council = split_council(source.file)[0]
            without = {
                year
                for year in without
                if split_council(year)[0] == council and min(years) < year < max(years)
            }
            for year in sorted({*years, *without}):
                self.found.seen[table.name, year].append(source.file)
                part = _rows_with(source, years.get(year, []), split_council(year)[1])
                self.found.to_land.append((table, year, part))

    def _labels(self, source: SourceTable) -> dict[str, Label]:
        """What the column of years holds; a `DataFault` names the rows where that is no year."""
        column = year_column(source.header) or ""
        value, relation = _year_value(source), source.rows(self.parts.work, False).relation
        found = self.parts.connection.execute(f"select distinct {value} from {relation}").fetchall()
        labels = {text: read_label(text) for (text,) in found}
        wrong = [text for text, label in labels.items() if label is None]
        if wrong:
            rows = self.parts.connection.execute(
                f"select source_row from {relation} where array_contains(?, {value}) "
                "order by cast(source_row as bigint)",
                [wrong],
            ).fetchall()
            sentences = [
                f"{source.file}, row {number} below the header, column {column.upper()}: found no "
                f"collection year there: {ADVICE}."
                for (number,) in rows[:MOST_SENTENCES_ON_YEARS]
            ]
            more = len(rows) - len(sentences)
            if more > 0:
                sentences.append(f"{source.file}: {more:,} more rows without a collection year.")
            raise DataFault(*sentences)
        return {text: label for text, label in labels.items() if label}

    def _spans_by_label(
        self, table: RawTable, source: SourceTable, labels: Mapping[str, Label]
    ) -> dict[Label, Spans]:
        spans: dict[Label, Spans] = {label: Counter() for label in labels.values()}
        names = table.named(read_text.column_names(source.header))
        if table.name not in START_AND_END:
            return spans
        chosen = [f"c{names.index(name)} as {name}" for name in START_AND_END[table.name]]
        relation = source.rows(self.parts.work, False).relation
        named = f"(select {_year_value(source)} as label, {', '.join(chosen)} from {relation})"
        columns = START_AND_END[table.name]
        dates = find_date_forms(self.parts.connection, named, columns, None)
        found = date_spans(self.parts.connection, named, columns, dates, "label")
        for label, start, end, count in found:
            spans[labels[label]][start, end] += count
        return spans

    # What is landed

    def _take_all(self) -> list[LandedModule]:
        """Reads every row, checking it on the way."""
        modules = [
            LandedModule(raw_tables()[name], year, "accepted_missing")
            for name, year in self.accepted
        ]
        in_order = sorted(
            self.found.to_land, key=lambda each: (each[0].name, each[1], each[2].file)
        )
        self.steps.to_land([source.origin.size // max(source.tables, 1) for *_, source in in_order])
        spans: dict[str, dict[str, Spans]] = defaultdict(lambda: defaultdict(Counter))
        councils: dict[tuple[str, str], tuple[str, ...]] = {}
        extracts = []
        for number, (table, year, source) in enumerate(in_order, start=1):
            self.steps.land(source.file, source.origin.size // max(source.tables, 1))
            try:
                part = self.parts.make(source, table, split_council(year)[1])
                self._check_unchanged(source.origin)
            except DataFault as fault:
                self.faults.add(*fault.sentences)
                continue
            except OSError as problem:
                self.faults.add(_unreadable(source.file, problem))
                continue
            rows = f"read_parquet({sql_path(part.path)})"
            dates = self._dates(table, split_council(year)[1], source, rows)
            if table.name in START_AND_END:
                found = date_spans(self.parts.connection, rows, START_AND_END[table.name], dates)
                for _, start, end, count in found:
                    spans[year][source.file][start, end] += count
            if part.councils:
                councils[year, source.file] = part.councils
            is_split = source.tables == 0
            module = LandedModule(
                table,
                split_council(year)[1],
                "landed",
                source.file,
                part.rows,
                source.sha256,
                (*part.notes, *notes_on_columns(source.header, table, is_split)),
                " ".join(f"{name}={form}" for name, form in dates.forms.items()),
            )
            if table.is_case_extract:
                day = self.taken.get(source.file) or day_in_name(source.file)
                module = replace(
                    module,
                    taken_on=day,
                    covers_from=self.covers[0],
                    covers_to=self.covers[1] or day,
                )
            modules.append(module)
            path = self.parts.put(part, table, number)
            extracts += [(module, path)] if table.is_case_extract else []
        checks.check_council_columns(councils, self.faults)
        check_newest(self.parts.connection, extracts, self.faults)
        if extracts and not self.covers[0]:
            self.remarks.append(
                "It is not told which days the case-management extracts cover: tell it with "
                "--covers FROM..TO, since years that are not wholly covered are “not available”."
            )
        for year in sorted(spans):
            sentence = disagreement(split_council(year)[1], spans[year]) if year else None
            self.faults.add(*([sentence] if sentence else []))
        return modules

    def _dates(self, table: RawTable, year: str, source: SourceTable, rows: str) -> DateForms:
        """The forms of a file's dates; dates that look month-first are refused."""
        first, file = int(year[:4]) if year else None, source.file
        from_1904 = read_workbook.FROM_1904 in source.notes
        dates = find_date_forms(self.parts.connection, rows, table.dates, first, from_1904)
        if dates.refused:
            columns = f"column{'s' * (len(dates.refused) > 1)} {', '.join(dates.refused).upper()}"
            self.faults.add(
                f"{file}, {columns}: the dates look month-first (as 12/31/2017): save the file "
                "with UK regional settings, or export it again."
            )
        for column, remark in dates.remarks.items():
            is_lost = dates.forms.get(column) == "none"
            lost = ", so no date there is read and what needs them is “not available”"
            self.remarks.append(
                f"{file}, column {column.upper()}: {remark}{lost if is_lost else ''}. Export the "
                "file again with dates as dd/mm/yyyy."
            )
        return dates

    def _check_unchanged(self, item: FoundFile) -> None:
        if _state(item.path) != self.states[item.file]:
            raise DataFault(
                f"{item.file} changed while it was read: wait until nothing writes to it, then "
                "run it again."
            )

    # What is missing

    def _check_years(self) -> None:
        found = self.found
        for folder, modules in sorted(found.stray.items()):
            self.faults.add(misplaced(folder, modules, self.source))
        is_case_extract = any(table.is_case_extract for table, _, _ in found.to_land)
        is_told = self.faults.sentences or found.stray or found.all_years or self.accepted
        if not (found.years or is_told or is_case_extract):
            self.faults.add(
                "The source folder holds no folder of a collection year with a file of the annual "
                "return in it, nor a case-management extract: put the files of each return into a "
                "folder named as `2017-18`."
            )

    def _lacking(self, folders: Sequence[str]) -> list[str]:
        """Sentences about what the figures will lack."""
        found = self.found
        told = [
            f"{raw_tables()[name].module} of {year} is missing and accepted: what needs it is “not "
            "available”."
            for name, year in sorted(self.accepted)
        ]
        told += [
            f"The folder {year} holds no file of the annual return, so that year is not landed."
            for year in folders
            if year not in found.years
            and split_council(year)[1] not in {other for _, other in self.accepted}
        ]
        for council in sorted({split_council(year)[0] for year in found.years}):
            years = [int(year[:4]) for of, year in map(split_council, found.years) if of == council]
            gaps = sorted(set(range(min(years), max(years))) - set(years))
            missing = [placed_year(council, year_name(first)) for first in gaps]
            missing = [year for year in missing if year not in folders]
            if missing:
                told.append(
                    f"No file has rows of {listed(missing)}, though of years before and after: "
                    "what needs a return of that year is “not available”."
                )
        if not any(table.name == "return_interviews" for table, _, _ in found.to_land):
            told.append("There are no return interviews: question 2 will be “not available”.")
        return told


def read_tables(item: FoundFile) -> list[SourceTable]:
    """Reads the tables of a file by the ending of its name; any other is read as text."""
    suffix = item.file[item.file.rfind(".") :].lower()
    if suffix in WORKBOOKS:
        return read_workbook.read_tables(item)
    return (read_xml if suffix == ".xml" else read_text).read_tables(item)


def _rows_with(source: SourceTable, texts: Sequence[str], year: str) -> SourceTable:
    """The rows of one year of a file with all years."""
    column = (year_column(source.header) or "").upper()

    def rows(work: Path, careful: bool) -> Rows:
        relation = source.rows(work, careful).relation
        wanted = ", ".join(map(sql_text, texts)) or "null"
        where = f"{_year_value(source)} in ({wanted})"
        return Rows(f"(select * from {relation} where {where})")

    notes = (*source.notes, f"rows of {year} by {column}")
    return replace(source, rows=rows, notes=notes, tables=0)


def _year_value(source: SourceTable) -> str:
    at = read_text.column_names(source.header).index(year_column(source.header) or "")
    return f"coalesce(c{at}, '')"


def _state(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _unreadable(file: str, problem: OSError) -> str:
    return f"{file} cannot be read ({problem.strerror}): close it or free it."
