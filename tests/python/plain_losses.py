"""What was lost is not zero: rules 16 and 17 for the plain count."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from plain_reading import SEEDS, as_day, seed

MISSING, EPISODES = "ssda903_missing", "ssda903_episodes"
HEADER, UASC, INTERVIEWS = "ssda903_header", "ssda903_uasc", "return_interviews"
OF_RETURNS = (HEADER, EPISODES, MISSING, UASC)
HARM = ("harmed", "sexual_harm", "drug_sale", "crime")

Row = dict[str, str]
Tables = dict[str, list[Row]]
Key = tuple[str, str, str]
"""Council, raw table and collection year; the year is blank for interviews."""


@dataclass
class Losses:
    """What was lost of each module, council and year beyond what may be (rule 16)."""

    folder: Path
    tables: Tables
    files: dict[Key, set[str]]
    lost: set[Key] = field(default_factory=set)

    def threshold(self, name: str) -> float:
        """A percentage of the rule table."""
        (value,) = [
            row["value"] for row in seed("thresholds", self.folder) if row["threshold"] == name
        ]
        return float(value)

    def is_beyond(self, name: str, lost: Iterable[bool]) -> bool:
        """Whether more of them were lost than the threshold says."""
        each = list(lost)
        return sum(each) * 100 > self.threshold(name) * len(each)

    def lose(self, key: Key, lost: Iterable[bool], name: str = "rows_lost_at_most") -> None:
        """Notes a module as lost, unless little is or a person accepts it; never all of it."""
        each = list(lost)
        if self.is_beyond(name, each) and (all(each) or not self.is_accepted(key)):
            self.lost.add(key)

    def is_accepted(self, key: Key) -> bool:
        """Whether a person accepts what was lost of the module's files."""
        return any(
            row["rule_code"] == "MFC50"
            and not row["child_id"]
            and (not row["source_file"] or row["source_file"] in self.files.get(key, ()))
            for row in seed("accepted_findings", self.folder)
        )

    def is_available(self, council: str, table: str, year: str) -> bool:
        """Whether a landed module can be used: later returns correct earlier ones, but for UASC."""
        return not any(
            of == (council, table) and (lost == year or (lost > year and table != UASC))
            for *of, lost in self.lost
            for of in [tuple(of)]
        )


def council_of(row: Row) -> str:
    """The folder of the row's council; blank where one council is landed alone."""
    match = re.match(r"([0-9]{3})/", row["source_file"])
    return match[1] if match else ""


def by_module(tables: Tables) -> dict[Key, list[Row]]:
    """The rows of each council, raw table and collection year."""
    rows = defaultdict(list)
    for name, of_table in tables.items():
        for row in of_table:
            rows[council_of(row), name, row.get("collection_year", "")].append(row)
    return rows


def knowers(tables: Tables, files: dict[Key, set[str]]) -> Callable[[Key], set[str] | None]:
    """For a module the children whom the council's other modules know, None if it has none.

    Interviews know nobody; without a Header or Episodes besides nobody can be known. Those two
    list every child: they are held against each other only of a year that both have.
    """
    known = defaultdict(set)
    lists = set()
    for (council, name, year), rows in by_module(tables).items():
        children = {row["child"] for row in rows if row["child"]}
        known[council, name] |= children
        if children:
            lists.add((council, name, year))
    landed = {(council, name) for council, name, _ in files}

    def others(key: Key) -> set[str] | None:
        council, name, year = key
        if not any((council, each) in landed for each in (HEADER, EPISODES) if each != name):
            return None
        other = {HEADER: EPISODES, EPISODES: HEADER}.get(name)
        if other and (council, other, year) not in lists:
            return None
        return set().union(*(known[council, each] for each in OF_RETURNS if each != name))

    return others


def children_of(key: Key, rows: list[Row], tables: Tables) -> set[str]:
    """The module's children; of interviews those whose start Missing's stretch of time holds."""
    council, name, _ = key
    if name == INTERVIEWS:
        missing = [row for row in tables[MISSING] if council_of(row) == council]
        starts = sorted(filter(None, (as_day(row["mis_start"]) for row in missing)))
        days = {row["mis_start"]: as_day(row["mis_start"]) for row in rows}
        rows = [
            row
            for row in rows
            if starts and (day := days[row["mis_start"]]) and starts[0] <= day <= starts[-1]
        ]
    return {row["child"] for row in rows if row["child"]}


# --- Rule 17 ---------------------------------------------------------------------------------


def relaxed(child: str) -> str:
    """The identifier without regard to case and leading zeros."""
    council, bar, own = child.rpartition("|")
    return f"{council}{bar}{own.upper().lstrip('0')}"


def match_children(losses: Losses) -> None:
    """Reads a council's identifiers as one where a module would be lost otherwise (rule 17)."""
    modules = by_module(losses.tables)
    others = knowers(losses.tables, losses.files)
    for council in {council for council, _, _ in modules}:
        own = {key: rows for key, rows in modules.items() if key[0] == council}
        every = [{row["child"] for row in rows if row["child"]} for rows in own.values()]
        if any(len(set(map(relaxed, each))) < len(each) for each in every):
            continue
        if not any(saved_by_relaxing(losses, key, rows, others(key)) for key, rows in own.items()):
            continue
        smallest: dict[str, str] = {}
        for child in sorted(set().union(*every)):
            smallest.setdefault(relaxed(child), child)
        for row in (row for rows in own.values() for row in rows):
            row["child"] = smallest.get(relaxed(row["child"]), row["child"])


def saved_by_relaxing(losses: Losses, key: Key, rows: list[Row], known: set[str] | None) -> bool:
    """Whether the module is lost by its children, and would not be without case and zeros."""
    if known is None:
        return False
    children = children_of(key, rows, losses.tables)
    freely = set(map(relaxed, known))
    name = "children_unknown_at_most"
    return losses.is_beyond(name, [child not in known for child in children]) and not (
        losses.is_beyond(name, [relaxed(child) not in freely for child in children])
    )


# --- Rule 16 ---------------------------------------------------------------------------------


def find_losses(losses: Losses, born: Callable[[str], str | None]) -> None:
    """Notes every module of which too much was lost; the rows know whether they are rejected.

    Args:
        losses: what was landed.
        born: a child's birth date as its latest Header says it, None if there is no such row.
    """
    modules = by_module(losses.tables)
    others = knowers(losses.tables, losses.files)
    for key, rows in modules.items():
        losses.lose(key, [row["fate"] == "rejected" for row in rows])
        if (known := others(key)) is not None:
            children = children_of(key, rows, losses.tables)
            losses.lose(key, [child not in known for child in children], "children_unknown_at_most")
        kept = [row for row in rows if row["fate"] != "rejected"]
        lose_columns(losses, key, kept)
    # Whether Missing needs the birth dates is known once the Header's losses are.
    for key, rows in modules.items():
        if key[1] == MISSING:
            lose_births(losses, key, [row for row in rows if row["fate"] != "rejected"], born)


def lose_columns(losses: Losses, key: Key, rows: list[Row]) -> None:
    """Columns without which rows would be counted wrongly."""
    name = key[1]
    if name == EPISODES:
        codes = {row["legal_status_code"] for row in seed("legal_statuses", losses.folder)}
        losses.lose(key, [row["ls"].upper() not in codes for row in rows])
    if name == UASC:
        losses.lose(key, [is_unreadable(row["duc"]) for row in rows])
    if name == INTERVIEWS:
        words = {row["interview_outcome"] for row in seed("interview_outcomes", losses.folder)}
        losses.lose(key, [row["outcome"].upper() not in words for row in rows])
        for column in HARM:
            losses.lose(key, [row[column].upper() not in ("Y", "N", "") for row in rows])
        losses.lose(key, [is_unreadable(row["interview_date"]) for row in rows])


def is_unreadable(text: str) -> bool:
    """Filled, but no date."""
    return text != "" and as_day(text) is None


def lose_births(
    losses: Losses, key: Key, rows: list[Row], born: Callable[[str], str | None]
) -> None:
    """Missing is lost with the birth dates of its children, by which rule 6 leaves them out."""
    written = [[born(row["child"]) or "", row["dob"]] for row in rows]
    known: list[date | None] = [as_day(of_header) or as_day(own) for of_header, own in written]
    losses.lose(key, [not day and any(texts) for day, texts in zip(known, written, strict=True)])
    council, _, year = key
    headers = [each for each in losses.files if each[:2] == (council, HEADER) and each[2] >= year]
    if any(header_lost(losses, each) for each in headers):
        losses.lose(key, [not day for day in known])


def header_lost(losses: Losses, key: Key) -> bool:
    """Whether a Header or its birth dates are lost; a column without a word is wholly lost."""
    rows = by_module({HEADER: losses.tables[HEADER]})[key]
    texts = [row["dob"] for row in rows if row["fate"] != "rejected"]
    unreadable = list(map(is_unreadable, texts))
    is_wholly_lost = bool(texts) and (all(unreadable) or not any(texts))
    is_beyond = losses.is_beyond("rows_lost_at_most", unreadable)
    return key in losses.lost or is_wholly_lost or (is_beyond and not losses.is_accepted(key))


def modules_landed(modules: list[Row]) -> dict[Key, set[str]]:
    """The files of each module that landed."""
    files = defaultdict(set)
    for row in modules:
        if row["status"] == "landed":
            files[council_of(row), row["raw_table"], row["collection_year"]].add(row["source_file"])
    return files


def available(losses: Losses) -> dict[str, dict[int, set[str]]]:
    """The raw tables that each council has of each year, interviews with each."""
    years = {year for _, _, year in losses.files if year}
    councils = {council for council, _, _ in losses.files}
    return {
        council: {
            int(year[:4]): {
                name
                for (of, name, of_year) in losses.files
                if of == council
                and of_year in (year, "")
                and losses.is_available(council, name, of_year)
            }
            for year in years
        }
        for council in councils
    }


def losses_of(tables: Tables, modules: list[Row], folder: Path = SEEDS) -> Losses:
    """What rule 16 has to judge."""
    return Losses(folder, tables, modules_landed(modules))
