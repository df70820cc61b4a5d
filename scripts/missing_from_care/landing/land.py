"""Lands a folder of returns, interviews and case-management extracts as the raw tables.

Values, row order and rows stay as the source has them; nothing is written unless all of it can be.
"""

import shutil
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from missing_from_care.faults import DataFault
from missing_from_care.landing import checks
from missing_from_care.landing.landed_files import LandedFiles, LandedModule
from missing_from_care.landing.landed_parts import LandedParts, unfinished_folder
from missing_from_care.landing.progress import Progress, Steps, Tell
from missing_from_care.landing.read_source import read_tables
from missing_from_care.landing.recognition import recognise
from missing_from_care.landing.reporting import LandingReport, remarks
from missing_from_care.landing.source_folder import (
    collection_years_of,
    find_files,
    misplaced,
    placed_year,
    split_council,
    year_folders,
)
from missing_from_care.landing.source_tables import FaultList, FoundFile, SourceTable
from missing_from_care.landing.year_column import Placed, split, year_column
from missing_from_care.landing.year_dates import Spans, disagreement
from missing_from_care.landing.zip_files import with_packed_files
from missing_from_care.project import RawTable, raw_tables
from missing_from_care.whole_files import replacing_folder

__all__ = ["MOST_BYTES_AS_CSV", "Form", "LandingReport", "land"]

Form = Literal["auto", "csv", "parquet"]
MOST_BYTES_AS_CSV = 256 << 20
"""Of source files: below it landing takes seconds, and a person may want to look at the rows."""

Landed = LandedFiles | LandedParts


@dataclass
class _Sorted:
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
    form: Form = "auto",
    last: Path | None = None,
) -> LandingReport:
    """Lands the returns, return interviews and case-management extracts below a folder.

    Args:
        source: the folder that holds one folder for each collection year, named `2017-18`.
        into: the folder to write; replaced as a whole. It is new, empty, or written by this.
        accepted: (raw table, collection year) of modules known to be missing.
        tell: is told the name of each file when it is read.
        progress: is told how many bytes are done, of how many so far.
        form: of the raw tables; `auto` is Parquet above `MOST_BYTES_AS_CSV`. As Parquet, a file
            that has not changed since it was landed is not read again.
        last: the folder that was landed before, if it is not `into`.

    Returns:
        What was landed and what was not used.

    Raises:
        UsageFault: a folder or an accepted module does not exist, or `into` is not for writing.
        BusyFault: another landing is writing `into`.
        DataFault: with one sentence for every fault found; nothing was written but, as Parquet,
            what can be taken over by the next run, in `unfinished_folder`.
    """
    source, into = checks.checked_places(source, into)
    checks.check_accepted(accepted)
    faults, last = FaultList(), (last or into).resolve()
    with ExitStack() as opened:
        files = with_packed_files(find_files(source), opened)
        steps = Steps(tell, progress, files)
        is_large = sum(each.size for each in files) > MOST_BYTES_AS_CSV
        is_parquet = form == "parquet" or (form == "auto" and is_large)
        with (
            replacing_folder(into) as work,
            LandedParts(work, last) if is_parquet else LandedFiles(work) as landed,
        ):
            found = _sort(files, landed, faults, steps)
            _check_years(found, source, accepted, faults)
            checks.check_councils([each.file for _, _, each in found.to_land], faults)
            folders = sorted({*year_folders(source), *found.years})
            checks.check_modules(found.seen, found.years, folders, accepted, faults)
            modules = _write(landed, found, accepted, faults, steps)
    shutil.rmtree(unfinished_folder(last), ignore_errors=True)
    told = remarks({table.name for table, _, _ in found.to_land}, found.years, folders, accepted)
    return LandingReport(into, tuple(modules), tuple(found.not_used), told)


def _sort(files: list[FoundFile], landed: Landed, faults: FaultList, steps: Steps) -> _Sorted:
    found = _Sorted()
    for item in files:
        steps.begin(item.file, item.size, is_look=True)
        _sort_file(replace(item, path=steps.watched(item.path)), landed, found, faults)
    if found.all_years:
        steps.begin("the years of files with all years")
    for table, year_alone, source in split(found.all_years, faults):
        year = placed_year(split_council(source.file)[0], year_alone)
        found.years.add(year)
        found.seen[table.name, year].append(source.file)
        found.to_land.append((table, year, source))
    found.not_used.sort()
    return found


def _sort_file(item: FoundFile, landed: Landed, found: _Sorted, faults: FaultList) -> None:
    if item.unused:
        found.not_used.append((item.file, item.unused))
        return
    if item.fault:
        faults.add(item.fault)
        return
    try:
        tables = landed.tables_of(item) or read_tables(item.path, item.file)
    except DataFault as fault:
        faults.add(*fault.sentences)
        return
    except OSError as problem:
        faults.add(f"{item.file} cannot be read ({problem.strerror}): close it or free it.")
        return
    if not tables:
        found.not_used.append((item.file, "empty"))
    for table in tables:
        _sort_table(replace(table, origin=item, tables=len(tables)), item.file, found, faults)


def _sort_table(source: SourceTable, file: str, found: _Sorted, faults: FaultList) -> None:
    if source.unused:
        found.not_used.append((source.file, source.unused))
        return
    recognition, years = recognise(source), collection_years_of(file)
    table = recognition.table
    if recognition.unused or (table and table.has_collection_year):
        found.years.update(years)
    if recognition.fault:
        faults.add(recognition.fault)
    if table is None:
        if not recognition.fault:
            unused = f"{recognition.unused}, no answer needs it" if recognition.unused else None
            found.not_used.append((source.file, unused or "not recognised by its columns"))
        return
    if not table.has_collection_year:
        years = [""]
    elif len(years) > 1:
        faults.add(f"{source.file} stands in {' and in '.join(years)}: which of them is it?")
        return
    elif not years:
        _sort_without_year(source, table, file, found, is_faulty=bool(recognition.fault))
        return
    found.seen[table.name, years[0]].append(source.file)
    if not recognition.fault:
        found.to_land.append((table, years[0], source))


def _sort_without_year(
    source: SourceTable, table: RawTable, file: str, found: _Sorted, is_faulty: bool
) -> None:
    """A module in no folder of a year: its rows may tell their years themselves."""
    if year_column(source):
        found.all_years += [] if is_faulty else [(table, source)]
    else:
        file = split_council(file)[1]
        folder = file.partition("/")[0] if "/" in file else ""
        found.stray[folder].append(table.module)


def _check_years(
    found: _Sorted, source: Path, accepted: frozenset[tuple[str, str]], faults: FaultList
) -> None:
    for folder, modules in sorted(found.stray.items()):
        faults.add(misplaced(folder, modules, source))
    is_case_extract = any(table.is_case_extract for table, _, _ in found.to_land)
    is_told = faults.sentences or found.stray or found.all_years or accepted
    if not (found.years or is_told or is_case_extract):
        faults.add(
            "The source folder holds no folder of a collection year with a file of the annual "
            "return in it, nor a case-management extract: put the files of each return into a "
            "folder named as `2017-18`."
        )


def _write(
    landed: Landed,
    found: _Sorted,
    accepted: frozenset[tuple[str, str]],
    faults: FaultList,
    steps: Steps,
) -> list[LandedModule]:
    """Writes the raw tables, checking every row on the way; raises all faults at its end."""
    modules = [
        LandedModule(raw_tables()[name], year, "accepted_missing") for name, year in accepted
    ]
    spans: dict[str, dict[str, Spans]] = defaultdict(lambda: defaultdict(Counter))
    steps.to_land([source.origin.size for _, _, source in found.to_land])
    in_order = sorted(found.to_land, key=lambda each: (each[0].name, each[1], each[2].file))
    for table, year, source in in_order:
        steps.begin(source.file, source.origin.size)
        module = landed.take(source, table, split_council(year)[1], faults)
        modules.append(module)
        spans[year][source.file] += module.spans
    for year in sorted(spans):
        sentence = disagreement(split_council(year)[1], spans[year]) if year else None
        faults.add(*([sentence] if sentence else []))
    faults.raise_if_any()
    modules.sort(key=lambda each: (each.table.name, each.collection_year, each.source_file))
    landed.finish(modules)
    return modules
