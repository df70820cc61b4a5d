"""Lands a folder of annual returns and return interviews as the raw tables of the warehouse.

Values, row order and rows stay as the source has them; nothing is written unless all of it can be.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from missing_from_care.faults import DataFault
from missing_from_care.landing.checks import check_accepted, check_modules, checked_places
from missing_from_care.landing.delimited_text import read_tables
from missing_from_care.landing.landed_files import LandedFiles, LandedModule, copy_rows
from missing_from_care.landing.recognition import recognise
from missing_from_care.landing.source_folder import (
    FoundFile,
    collection_year_of,
    find_files,
    misplaced,
    year_folders,
)
from missing_from_care.landing.source_tables import FaultList, SourceTable
from missing_from_care.landing.year_dates import Spans, disagreement
from missing_from_care.project import RawTable, raw_tables
from missing_from_care.whole_files import replacing_folder

Tell = Callable[[str], None]


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
class _Sorted:
    """The source files sorted by what they are.

    Attributes:
        to_land: what can be landed, with raw table and collection year ("" for interviews).
        seen: files by raw table and collection year, those with a fault too.
        years: the collection years whose folder holds any module of the return.
        stray: modules by first folder, where that is no collection year.
        not_used: file and reason.
    """

    to_land: list[tuple[RawTable, str, SourceTable]] = field(default_factory=list)
    seen: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    years: set[str] = field(default_factory=set)
    stray: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    not_used: list[tuple[str, str]] = field(default_factory=list)


def land(
    source: Path,
    into: Path,
    accepted: frozenset[tuple[str, str]] = frozenset(),
    tell: Tell = lambda _: None,
) -> LandingReport:
    """Lands the returns and return interviews below a folder.

    Args:
        source: the folder that holds one folder for each collection year, named `2017-18`.
        into: the folder to write; replaced as a whole. It is new, empty, or written by this.
        accepted: (raw table, collection year) of modules known to be missing.
        tell: is told the name of each file when it is read, to show progress.

    Returns:
        What was landed and what was not used.

    Raises:
        UsageFault: a folder or an accepted module does not exist, or `into` is not for writing.
        DataFault: with one sentence for every fault found; nothing was written.
    """
    source, into = checked_places(source, into)
    check_accepted(accepted)
    faults = FaultList()
    found = _sort(find_files(source), faults, tell)
    _check_years(found, source, accepted, faults)
    check_modules(found.seen, found.years, year_folders(source), accepted, faults)
    with replacing_folder(into) as work:
        modules = _write(work, found, accepted, faults, tell)
    remarks = _remarks(found, year_folders(source), accepted)
    return LandingReport(into, tuple(modules), tuple(found.not_used), remarks)


def _sort(files: list[FoundFile], faults: FaultList, tell: Tell) -> _Sorted:
    found = _Sorted()
    for item in files:
        if item.unused:
            found.not_used.append((item.file, item.unused))
            continue
        if item.fault:
            faults.add(item.fault)
            continue
        tell(item.file)
        try:
            tables = read_tables(item.path, item.file)
        except DataFault as fault:
            faults.add(*fault.sentences)
            continue
        except OSError as problem:
            faults.add(f"{item.file} cannot be read ({problem.strerror}): close it or free it.")
            continue
        if not tables:
            found.not_used.append((item.file, "empty"))
        for table in tables:
            _sort_table(table, found, faults)
    return found


def _sort_table(source: SourceTable, found: _Sorted, faults: FaultList) -> None:
    recognition = recognise(source)
    table, year = recognition.table, collection_year_of(source.file)
    if year and (recognition.unused or (table and table.has_collection_year)):
        found.years.add(year)
    if recognition.fault:
        faults.add(recognition.fault)
    if table is None:
        if not recognition.fault:
            unused = f"{recognition.unused}, no answer needs it" if recognition.unused else None
            found.not_used.append((source.file, unused or "not recognised by its columns"))
        return
    if table.has_collection_year and not year:
        folder = source.file.partition("/")[0] if "/" in source.file else ""
        found.stray[folder].append(table.module)
        return
    year = year if table.has_collection_year else ""
    found.seen[table.name, year].append(source.file)
    if not recognition.fault:
        found.to_land.append((table, year, source))


def _check_years(
    found: _Sorted, source: Path, accepted: frozenset[tuple[str, str]], faults: FaultList
) -> None:
    for folder, modules in sorted(found.stray.items()):
        faults.add(misplaced(folder, modules, source))
    if not found.years and not found.stray and not accepted:
        faults.add(
            "The source folder holds no folder of a collection year with a file of the annual "
            "return in it: put the CSV files of each return into a folder named as `2017-18`."
        )


def _write(
    work: Path,
    found: _Sorted,
    accepted: frozenset[tuple[str, str]],
    faults: FaultList,
    tell: Tell,
) -> list[LandedModule]:
    """Writes the raw tables, checking every row on the way; raises all faults at its end."""
    modules = [
        LandedModule(raw_tables()[name], year, "accepted_missing") for name, year in accepted
    ]
    spans: dict[str, dict[str, Spans]] = defaultdict(dict)
    with LandedFiles(work) as landed:
        in_order = sorted(found.to_land, key=lambda each: (each[0].name, each[1], each[2].file))
        for table, year, source in in_order:
            tell(source.file)
            seen: Spans = Counter()
            modules.append(copy_rows(source, table, year, landed.writer(table), seen, faults))
            spans[year][source.file] = seen
        for year in sorted(spans):
            sentence = disagreement(year, spans[year]) if year else None
            faults.add(*([sentence] if sentence else []))
        faults.raise_if_any()
        modules.sort(key=lambda each: (each.table.name, each.collection_year, each.source_file))
        landed.write_modules(modules)
    return modules


def _remarks(
    found: _Sorted, folders: list[str], accepted: frozenset[tuple[str, str]]
) -> tuple[str, ...]:
    remarks = [
        f"{raw_tables()[name].module} of {year} is missing and accepted: what needs it is “not "
        "available”."
        for name, year in sorted(accepted)
    ]
    remarks += [
        f"The folder {year} holds no file of the annual return, so that year is not landed."
        for year in folders
        if year not in found.years and year not in {other for _, other in accepted}
    ]
    if not any(not table.has_collection_year for table, _, _ in found.to_land):
        remarks.append("There are no return interviews: question 2 will be “not available”.")
    return tuple(remarks)
