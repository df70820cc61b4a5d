"""A second finder of the rules that need more than one row, in plain Python.

It is written from the texts of the rules and shares nothing with the models; it compares every row
with every other one, which is slow and hard to get wrong.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path

from plain_count import (
    EPISODES,
    HEADER,
    MISSING,
    STATUSES,
    UASC,
    Row,
    as_day,
    birthday,
    episode_is_rejected,
    first_year,
    is_unreadable,
    keep_accepted,
    known_modules,
    last_day_of,
    latest_details,
    missing_is_rejected,
    read_table,
    year_end,
    year_start,
)

NEVER = date.max
RULES = [
    "571",
    "574",
    "575",
    "576",
    "577",
    "578",
    "580",
    "581",
    "1012",
    "MFC09",
    "MFC10",
    "INT13",
    "148",
    "501",
    "502",
    "304",
    "MFC23",
    "MFC24",
    "INT36",
    "205A",
    "205B",
    "205D",
    "231",
]
Finding = tuple[str, str, int]


class Returns:
    """Landed returns, and what can be asked of them."""

    def __init__(self, folder: Path) -> None:
        self.landed = known_modules(read_table(folder, "landed_modules"))
        self.missing = read_table(folder, MISSING)
        self.episodes = read_table(folder, EPISODES)
        self.uasc = read_table(folder, UASC)
        self.header = keep_accepted(HEADER, read_table(folder, HEADER))
        details = latest_details(self.header)
        self.born = {child: as_day(row["dob"]) for child, row in details.items()}
        self.sound_episodes = [row for row in self.episodes if not episode_is_rejected(row)]
        self.of_child = defaultdict(list)
        for row in self.sound_episodes:
            self.of_child[row["child"]].append(row)
        self.numbers = numbers(self.missing)

    def has(self, year: int, table: str) -> bool:
        """Whether the module of that year was landed."""
        return table in self.landed.get(year, set())

    def known_birth(self, row: Row) -> date | None:
        """The birth date by rule 6."""
        return self.born.get(row["child"]) or as_day(row["dob"])

    def care(self, child: str, year: int) -> list[tuple[date, date, Row]]:
        """First day, last day and row of the episodes that a return and those before it knew."""
        known = [row for row in self.of_child[child] if first_year(row) <= year]
        best: dict[date, Row] = {}
        for row in sorted(known, key=rule_5_order):
            best[as_day(row["decom"])] = row
        returns = {other for other in self.landed if other <= year and self.has(other, EPISODES)}
        return [(day, last_day_of(best[day], returns) or NEVER, best[day]) for day in sorted(best)]

    def has_day_in_year(self, row: Row) -> bool:
        """Whether the child has a day of care in the return of the row."""
        year = first_year(row)
        return any(
            first_year(each) == year
            and as_day(each["decom"]) <= year_end(year)
            and (as_day(each["dec"]) or NEVER) >= year_start(year)
            for each in self.of_child[row["child"]]
        )

    def uasc_row(self, child: str, year: int) -> Row | None:
        """The child's last row in the UASC module of a return."""
        rows = [row for row in self.uasc if (row["child"], first_year(row)) == (child, year)]
        return max(rows, key=lambda row: int(row["source_row"]), default=None)

    def is_in_header(self, child: str, year: int) -> bool:
        """Whether the Header of a return has the child."""
        return any((row["child"], first_year(row)) == (child, year) for row in self.header)

    def same(self, row: Row, year: int) -> Row | None:
        """The row of another return that is the same occasion (rule 3)."""
        return self.numbers.get((year, row["child"], as_day(row["mis_start"]), row["number"]))


def rule_5_order(row: Row) -> tuple:
    """Rows of one child and start, the one that rule 5 takes last."""
    return first_year(row), as_day(row["dec"]) or NEVER, int(row["source_row"])


def numbers(rows: list[Row]) -> dict[tuple, Row]:
    """Numbers the rows of one child, start and return from the latest end (rule 3)."""
    groups = defaultdict(list)
    for row in rows:
        if row["child"] and as_day(row["mis_start"]):
            groups[first_year(row), row["child"], as_day(row["mis_start"])].append(row)
    numbered = {}
    for key, group in groups.items():
        group.sort(
            key=lambda row: (
                not missing_is_rejected(row),
                as_day(row["mis_end"]) or NEVER,
                int(row["source_row"]),
            ),
            reverse=True,
        )
        for number, row in enumerate(group, start=1):
            row["number"] = number
            numbered[*key, number] = row
    return numbered


def chained(care: list[tuple[date, date, Row]]) -> list[tuple[date, date]]:
    """First and last day of the periods of care: joined until nothing can be joined."""
    periods = [(first, last) for first, last, _ in care]
    while True:
        for one, other in combinations(periods, 2):
            if one[0] <= other[0] <= one[1] or other[0] <= one[0] <= other[1]:
                periods.remove(one)
                periods.remove(other)
                periods.append((min(one[0], other[0]), max(one[1], other[1])))
                break
        else:
            return sorted(periods)


def plain_findings(folder: Path) -> set[Finding]:
    """Code, file and row of what the rules of `RULES` find in a landed folder."""
    returns = Returns(folder)
    found = set()
    for rows, find in (
        (returns.missing, find_in_missing),
        (returns.episodes, find_in_episodes),
        (returns.uasc, find_in_uasc),
    ):
        for row in rows:
            found |= {
                (code, row["source_file"], int(row["source_row"])) for code in find(row, returns)
            }
        later = overlapping(rows)
        code = {id(returns.missing): "574", id(returns.episodes): "501"}.get(id(rows))
        found |= {(code, row["source_file"], int(row["source_row"])) for row in later if code}
    return found


def overlapping(rows: list[Row]) -> list[Row]:
    """The later of two rows of a child and return that overlap by more than their edges."""
    start, end = ("mis_start", "mis_end") if rows and "mis_start" in rows[0] else ("decom", "dec")
    groups = defaultdict(list)
    for row in rows if rows and start in rows[0] else []:
        first, last = as_day(row[start]), as_day(row[end]) or NEVER
        if row["child"] and first and not is_unreadable(row[end]) and last >= first:
            groups[first_year(row), row["child"]].append((first, last, int(row["source_row"]), row))
    later = []
    for group in groups.values():
        for one, other in combinations(sorted(group, key=lambda each: each[:3]), 2):
            if one[0] < other[1] and other[0] < one[1]:
                later.append(other[3])
    return later


def find_in_missing(row: Row, returns: Returns) -> Iterator[str]:
    year, child = first_year(row), row["child"]
    start, end = as_day(row["mis_start"]), as_day(row["mis_end"])
    is_open = not row["mis_end"]
    if end and not year_start(year) <= end <= year_end(year):
        yield "571"
    if not child:
        return
    header = [each for each in returns.header if (first_year(each), each["child"]) == (year, child)]
    if header:
        said = as_day(max(header, key=lambda each: int(each["source_row"]))["dob"])
        if said and as_day(row["dob"]) and said != as_day(row["dob"]):
            yield "INT13"
    if returns.has(year, EPISODES) and not returns.has_day_in_year(row):
        yield "1012"
    if not start:
        return
    yield from compared_with_other_returns(row, returns)
    if any(repeats(row, other) for other in returns.missing):
        yield "MFC24"
    if returns.has(year, EPISODES):
        yield from compared_with_care(row, start, end, is_open, returns)


def repeats(row: Row, other: Row) -> bool:
    """Whether a sound row says what an earlier one of its file says."""
    return (
        row["source_file"] == other["source_file"]
        and row["child"] == other["child"]
        and int(row["source_row"]) > int(other["source_row"])
        and not missing_is_rejected(row)
        and not missing_is_rejected(other)
        and said(row) == said(other)
    )


def said(row: Row) -> tuple:
    """What a row of Missing says, however it is written."""
    status = STATUSES[row["missing"].upper()]
    return row["child"], status, as_day(row["mis_start"]), as_day(row["mis_end"])


def compared_with_other_returns(row: Row, returns: Returns) -> Iterator[str]:
    year, start = first_year(row), as_day(row["mis_start"])
    if not row["mis_end"] and returns.has(year + 1, MISSING) and not returns.same(row, year + 1):
        yield "576"
    if start < year_start(year) and returns.has(year - 1, MISSING):
        before = returns.same(row, year - 1)
        if before is None or before["mis_end"]:
            yield "MFC10"
    if not missing_is_rejected(row):
        earlier = [returns.same(row, other) for other in sorted(returns.landed) if other < year]
        sound = [each for each in earlier if each and not missing_is_rejected(each)]
        if sound and STATUSES[sound[-1]["missing"].upper()] != STATUSES[row["missing"].upper()]:
            yield "MFC09"


def compared_with_care(
    row: Row, start: date, end: date | None, is_open: bool, returns: Returns
) -> Iterator[str]:
    care = returns.care(row["child"], first_year(row))
    holding = [each for each in care if each[0] <= start <= each[1]]
    if is_open and holding and holding[-1][1] < NEVER:
        yield "575"
    begun = [period for period in chained(care) if period[0] <= start]
    if not holding:
        yield "581"
        if begun:
            yield "578"
    elif begun[-1][1] < NEVER and (is_open or (end and end > begun[-1][1])):
        yield "577"
    born = returns.known_birth(row)
    if born and end == birthday(born, 18):
        reasons = [each["rec"].upper() for _, _, each in care if as_day(each["dec"]) == end]
        if reasons and "E8" not in reasons:
            yield "580"


def find_in_episodes(row: Row, returns: Returns) -> Iterator[str]:
    if bool(row["dec"]) != bool(row["rec"]):
        yield "148"
    year, start = first_year(row), as_day(row["decom"])
    if row["child"] and start and not row["dec"] and returns.has(year + 1, EPISODES):
        again = [
            each
            for each in returns.episodes
            if first_year(each) == year + 1
            and each["child"] == row["child"]
            and as_day(each["decom"]) == start
        ]
        if not again:
            yield "502"


def find_in_uasc(row: Row, returns: Returns) -> Iterator[str]:
    born, duc = returns.known_birth(row), as_day(row["duc"])
    if born and birthday(born, 11) > year_end(first_year(row)):
        yield "231"
    if born and duc and duc > birthday(born, 18):
        yield "304"
    if not row["child"]:
        return
    if returns.has(first_year(row), EPISODES) and not returns.has_day_in_year(row):
        yield "MFC23"
    of_child = [
        int(each["source_row"])
        for each in returns.uasc
        if (first_year(each), each["child"]) == (first_year(row), row["child"])
    ]
    if int(row["source_row"]) < max(of_child):
        yield "INT36"
    else:
        yield from uasc_in_two_returns(row, returns)


def uasc_in_two_returns(row: Row, returns: Returns) -> Iterator[str]:
    """Rules 205A, 205B and 205D for the child's last row; no flags, so 205C finds nothing."""
    year, born = first_year(row), returns.known_birth(row)
    adult = birthday(born, 18) if born else None
    ceased = as_day(row["duc"]) or adult
    in_year = ceased is not None and year_start(year) <= ceased <= year_end(year)
    before, after = (
        returns.uasc_row(row["child"], year - 1),
        returns.uasc_row(row["child"], year + 1),
    )
    compared = {
        other
        for other in (year - 1, year + 1)
        if returns.has(other, UASC) and returns.is_in_header(row["child"], other)
    }
    if year + 1 in compared and after is None and not in_year:
        yield "205A"
    if year - 1 in compared and before is None:
        yield "205D"
    if (
        before
        and adult
        and ((as_day(before["duc"]) or adult) != adult or (ceased != adult and not in_year))
    ):
        yield "205B"
