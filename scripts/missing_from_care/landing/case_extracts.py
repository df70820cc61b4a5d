"""When a case-management extract was taken, what it covers, and which of two is newer (rule 21)."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress

import duckdb

from missing_from_care.base.faults import UsageFault
from missing_from_care.landing.parts import LandedModule
from missing_from_care.landing.source_tables import FaultList, listed

DATE = re.compile(
    r"(?<![0-9])(?:([0-9]{4})[-_. ]?([0-9]{2})[-_. ]?([0-9]{2})"
    r"|([0-9]{1,2})[-_. ]([0-9]{1,2}|[a-z]{3,9})[-_. ]([0-9]{4})"
    r"|([0-9]{2})([0-9]{2})([0-9]{4}))(?![0-9])",
    re.I,
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def day_in_name(file: str) -> str:
    """The day that a file's name tells, else its nearest folder's; blank if none does.

    Args:
        file: the path below the source folder. 2018-02-01 and 20180201 are read, then 01-02-2018
            with the day first and 01-Feb-2018. A name with two different days tells none.
    """
    for name in reversed(file.partition("#")[0].split("/")):
        days = {day for found in DATE.finditer(name) if (day := _day(found.groups()))}
        if days:
            return days.pop() if len(days) == 1 else ""
    return ""


def _day(parts: Sequence[str | None]) -> str:
    found = [part for part in parts if part]
    year, month, day = found if parts[0] else reversed(found)
    month = month.lower()[:3]
    with suppress(ValueError):
        number = MONTHS.index(month) + 1 if month.isalpha() else int(month)
        return dt.date(int(year), number, int(day)).isoformat()
    return ""


def taken_option(text: str) -> tuple[str, str]:
    """Reads `FILE:DATE` of `--taken`, as missing.csv:2018-02-01.

    Raises:
        UsageFault: it is not of this form.
    """
    file, _, day = text.rpartition(":")
    with suppress(ValueError):
        if file:
            return file, dt.date.fromisoformat(day).isoformat()
    raise UsageFault(f"--taken {text}: write a file and a day, as missing.csv:2018-02-01.")


def covers_option(text: str) -> tuple[str, str]:
    """Reads `FROM..TO` of `--covers`, as 2014-04-01..2018-03-31.

    Raises:
        UsageFault: it is not of this form, or ends before it begins.
    """
    first, _, last = text.partition("..")
    with suppress(ValueError):
        days = dt.date.fromisoformat(first.strip()), dt.date.fromisoformat(last.strip())
        if days[0] <= days[1]:
            return days[0].isoformat(), days[1].isoformat()
    raise UsageFault(f"--covers {text}: write two days, as 2014-04-01..2018-03-31.")


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
    """Checks that of two extracts with the same row it is known which is newer."""
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
        ((is_shared,),) = connection.execute(
            f"select count(*) > 0 from (select row_id from ({rows}) group by row_id having "
            "count(*) > 1 and (min(taken_on) = '' or count(distinct taken_on) < count(*)))"
        ).fetchall()
        if is_shared:
            files = listed(sorted(each.source_file for each in of_table))
            faults.add(
                f"{files} hold the same rows of {table.module}: which of them is newer? Put the "
                "date into each name, as 2018-02-01, or tell it with --taken FILE:2018-02-01."
            )
