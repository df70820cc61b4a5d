"""What must hold of a landing: its options, the two folders, each year's modules, the councils."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from functools import cache
from pathlib import Path

import duckdb

from missing_from_care.base.faults import UsageFault
from missing_from_care.base.models_in_memory import rule_rows
from missing_from_care.base.project import RawTable, raw_tables
from missing_from_care.landing.parts import MODULES_FILE, PART_NAME, LandedModule
from missing_from_care.landing.source_tables import FaultList, listed
from missing_from_care.landing.years import is_collection_year, placed_year, split_council

APART = "put each council's files into a folder named by its code of three digits"
DATE = re.compile(
    r"(?<![0-9])(?:([0-9]{4})[-_. ]?([0-9]{2})[-_. ]?([0-9]{2})"
    r"|([0-9]{1,2})[-_. ]([0-9]{1,2}|[a-z]{3,9})[-_. ]([0-9]{4})"
    r"|([0-9]{2})([0-9]{2})([0-9]{4}))(?![0-9])",
    re.I,
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def accepted_module(text: str) -> tuple[str, str]:
    """Reads `uasc:2015-16`, a module or raw table; else a `UsageFault`."""
    name, _, year = text.strip().partition(":")
    for table in raw_tables().values():
        if name.strip().lower() in (table.name, table.module.lower()):
            return table.name, year.strip()
    raise UsageFault(
        f"--accept-missing {text}: write a module ({_return_modules()}) and a collection year, as "
        "uasc:2015-16."
    )


def taken_option(text: str) -> tuple[str, str]:
    """Reads `FILE:DATE` of `--taken`, as missing.csv:2018-02-01; else a `UsageFault`."""
    file, _, day = text.rpartition(":")
    with suppress(ValueError):
        if file:
            return file, dt.date.fromisoformat(day).isoformat()
    raise UsageFault(f"--taken {text}: write a file and a day, as missing.csv:2018-02-01.")


def covers_option(text: str) -> tuple[str, str]:
    """Reads `FROM..TO` of `--covers`, two days in their order; else a `UsageFault`."""
    with suppress(ValueError):
        first, last = (dt.date.fromisoformat(day.strip()) for day in text.split("..", 1))
        if first <= last:
            return first.isoformat(), last.isoformat()
    raise UsageFault(f"--covers {text}: write two days, as 2014-04-01..2018-03-31.")


def day_in_name(file: str) -> str:
    """The day that a file's name tells, else its nearest folder's; blank if none does. 2018-02-01
    and 20180201 are read, then 01-02-2018 with the day first and 01-Feb-2018. A name with two
    different days tells none."""
    for name in reversed(file.partition("#")[0].split("/")):
        days = {day for found in DATE.finditer(name) if (day := _day(found.groups()))}
        if days:
            return days.pop() if len(days) == 1 else ""
    return ""


def _day(parts: Sequence[str | None]) -> str:
    found = [part for part in parts if part]
    year, month, day = found if parts[0] else reversed(found)
    with suppress(ValueError):
        number = MONTHS.index(month.lower()[:3]) + 1 if month.isalpha() else int(month)
        return dt.date(int(year), number, int(day)).isoformat()
    return ""


def checked_places(source: Path, into: Path) -> tuple[Path, Path]:
    """Checks that the source folder may be read and the other be replaced; gives both resolved. A
    UsageFault: one is no folder, they lie within each other, or `into` holds other files."""
    if not source.is_dir():
        raise UsageFault(f"{source} is not a folder: give the folder that holds the returns.")
    source, into = source.resolve(), into.resolve()
    if into.is_relative_to(source) or source.is_relative_to(into):
        raise UsageFault(
            f"{into} and the source folder {source} lie within each other: the raw tables need a "
            "folder of their own, since it is replaced as a whole."
        )
    if into.exists() and not into.is_dir():
        raise UsageFault(f"{into} is a file: give a folder for the raw tables.")
    present = {path.relative_to(into).as_posix() for path in into.rglob("*")}
    ours = {MODULES_FILE, *raw_tables(), *(f"{name}.csv" for name in raw_tables())}
    others = [name for name in present - ours if not re.fullmatch(PART_NAME, name)]
    if others or (present and MODULES_FILE not in present):
        raise UsageFault(
            f"{into} holds files that landing did not write, and it would be replaced as a whole: "
            "give a new folder, or empty this one yourself."
        )
    return source, into


def check_accepted(accepted: frozenset[tuple[str, str]]) -> None:
    """Raises a `UsageFault` unless each is a raw table of the return and a collection year."""
    for name, year in sorted(accepted):
        if name not in return_tables() or not is_collection_year(year):
            raise UsageFault(
                f"{name}:{year} cannot be accepted as missing: give a module "
                f"({_return_modules()}) and a collection year, as `uasc:2015-16`."
            )


def return_tables() -> dict[str, RawTable]:
    """The raw tables of the annual return, by name."""
    return {name: table for name, table in raw_tables().items() if table.has_collection_year}


def _return_modules() -> str:
    return ", ".join(table.module.lower() for table in return_tables().values())


def check_taken(files: Sequence[str], taken: Mapping[str, str]) -> None:
    """Raises a `UsageFault` if a day is told for a file that is no case-management extract."""
    for name in sorted(set(taken) - set(files)):
        raise UsageFault(
            f"--taken {name}: there is no case-management extract of that name; there are "
            f"{listed(sorted(files)) or 'none'}."
        )


def check_newest(
    connection: duckdb.DuckDBPyConnection, extracts: Sequence[LandedModule], faults: FaultList
) -> None:
    """Checks that of two extracts with the same row it is known which is newer (rule 21)."""
    by_table: dict[str, list[LandedModule]] = defaultdict(list)
    for each in extracts:
        by_table[each.table.name].append(each)
    for of_table in by_table.values():
        if len({each.taken_on for each in of_table} - {""}) == len(of_table):
            continue
        table = of_table[0].table
        rows = " union all ".join(
            f"select distinct {table.identified_by} as row_id, '{each.taken_on}' as taken_on "
            f"from {each.relation} where {table.identified_by} <> ''"
            for each in of_table
        )
        is_shared = connection.execute(
            f"select row_id from ({rows}) group by row_id having count(*) > 1 "
            "and (min(taken_on) = '' or count(distinct taken_on) < count(*)) limit 1"
        ).fetchall()
        if is_shared:
            files = listed(sorted(each.source_file for each in of_table))
            faults.add(
                f"{files} hold the same rows of {table.module}: which of them is newer? Put the "
                "date into each name, as 2018-02-01, or tell it with --taken FILE:2018-02-01."
            )


@cache
def known_councils() -> dict[str, str]:
    """Councils by their code of three digits."""
    return {row["la_code"]: row["council"] for row in rule_rows("councils")}


def check_councils(modules: Sequence[LandedModule], faults: FaultList) -> None:
    """Checks that files lie in folders of known councils, or none does, and name no other ones."""
    files = [each.source_file for each in modules if each.source_file]
    councils = {split_council(file)[0] for file in files}
    if len(councils) > 1 and "" in councils:
        beside = min(file for file in files if not split_council(file)[0])
        faults.add(
            f"The folder {max(councils)} is named as a council's, by three digits, but {beside} "
            "lies in no council's folder: put every council's files into its own, or rename it."
        )
    for code in sorted(councils - set(known_councils()) - {""}):
        faults.add(
            f"The folder {code} is named as a council's, but no council has that code: see "
            "seeds/rules/councils.csv, and correct the name or add the council's row there."
        )


def check_council_columns(modules: Sequence[LandedModule], faults: FaultList) -> None:
    """Checks that the files of one return name one council, and the one of their folder."""
    codes = {name.lower(): code for code, name in known_councils().items()}
    by_return: dict[str, dict[str, str]] = defaultdict(dict)
    for each in modules:
        file, folder = each.source_file, split_council(each.source_file)[0]
        read = {name: codes.get(name.lower(), re.sub("[.]0$", "", name)) for name in each.councils}
        named = set(read.values())
        # A value that is no council's may be of a child, from the next column.
        shown = [name for name, code in read.items() if code in known_councils()]
        others = len(read) - len(shown)
        values = listed([*shown, *([f"{others} that are no council's"] if others else [])])
        if len(named) > 1:
            faults.add(f"{file}: the column of the council holds {values}: {APART}.")
        elif folder and named & set(known_councils()) - {folder}:
            faults.add(
                f"{file} lies in the folder of {known_councils().get(folder, folder)}, but its "
                f"column of the council says {values}: {APART}."
            )
        else:
            by_return[placed_year(folder, each.collection_year)] |= dict.fromkeys(named, file)
    for year, files in sorted(by_return.items()):
        if year and len(files) > 1:
            faults.add(
                f"{year} has files of several councils ({listed(sorted(set(files.values())))}) by "
                f"their column of the council: {APART}."
            )


def check_modules(
    seen: Mapping[tuple[str, str], Sequence[str]],
    years: Set[str],
    folders: Sequence[str],
    accepted: frozenset[tuple[str, str]],
    faults: FaultList,
) -> None:
    """Checks that each needed module stands in each year once, or is missing and accepted.

    Args:
        seen: files by raw table and collection year.
        years, folders: the collection years that have any module of the return; a folder.
        accepted: (raw table, collection year) of modules known to be missing.
        faults: is given a sentence for each fault.
    """
    placed = {split_council(year) for year in folders}
    councils, in_folders = {each for each, _ in placed}, {each for _, each in placed}
    for name, year in sorted(accepted):
        module = raw_tables()[name].module
        found = [seen.get((name, placed_year(each, year)), []) for each in sorted(councils)]
        there = ", ".join(file for of_one in found for file in of_one)
        if year not in in_folders:
            faults.add(f"{module} of {year} is accepted as missing, but there is no folder {year}.")
        elif all(found):
            faults.add(
                f"{module} of {year} is accepted as missing, but there it is: "
                f"{there}. Run it again without accepting it."
            )
    wanted = {split_council(year)[1] for year in years}
    wanted |= {year for _, year in accepted} & in_folders
    for place in sorted(placed_year(each, year) for each in councils for year in wanted):
        year = split_council(place)[1]
        for table in return_tables().values():
            files = seen.get((table.name, place), [])
            if len(files) > 1:
                faults.add(
                    f"{place} has {table.module} {len(files)} times: {', '.join(files)}. Keep the "
                    "one that was submitted and move the others out of the source folder."
                )
            elif not files and (table.name, year) not in accepted:
                columns = ", ".join(name.upper() for name in table.columns if name in table.needed)
                faults.add(
                    f"{place} has no {table.module} (a file with the columns {columns}): add it, "
                    "or accept that with --accept-missing "
                    f"{table.module.lower()}:{year}; what needs it is then “not available”."
                )
