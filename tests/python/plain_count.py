"""A second count of everything, in plain Python, against which the SQL models are checked.

It is written from the counting rules of `DOMAIN.md` (section 4) alone and shares nothing with the
models or with `scripts/`; how values are read stands in `plain_reading`, what was lost (rules 16
and 17) in `plain_losses`. Each function names its rule. It is slow and simple on purpose: a
difference between the two counts means that one of them has misread a rule.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from plain_losses import (
    EPISODES,
    HEADER,
    INTERVIEWS,
    MISSING,
    UASC,
    Row,
    available,
    council_of,
    find_losses,
    is_unreadable,
    losses_of,
    match_children,
)
from plain_reading import BIRTHS, DATE_COLUMNS, SEEDS, as_day, clean, clean_child, read_date, seed

Table = list[dict]
Definition = list[tuple[date | None, date | None, str, str]]

TABLES = (HEADER, EPISODES, MISSING, UASC, INTERVIEWS)

# Rule 4: first day, last day, what M counts as, what A counts as.
DEFINITION: Definition = [
    (None, date(2017, 3, 31), "missing", "absent"),
    (date(2017, 4, 1), None, "missing", "missing"),
]
# Rule 20: of a council without rows of its own nothing is assumed.
AS_RECORDED: Definition = [(None, None, "missing", "absent")]
STATUSES = {"M": "M", "MISSING": "M", "A": "A", "ABSENT": "A", "AWAY": "A"}
SHORT_BREAKS = {"V3", "V4"}
FLAGGED_UASC = {"", "1", "1.0", "Y", "TRUE"}
QUESTION_PARTS = {
    "a": ("hurt", "harmed"),
    "b": ("sexually_harmed", "sexual_harm"),
    "c": ("drug_sale", "drug_sale"),
    "d": ("crime", "crime"),
}
TWO_DIGITS_AHEAD = 20
FATES = ("rejected", "repeated", "left_out", "counted")

WHOLE_NUMBER = re.compile(r"([0-9]+)(?:\.0+)?")


@dataclass
class Episode:
    """An episode of care as rule 5 leaves it; `last_day` is blank while it is open."""

    child_id: str
    first_day: date
    last_day: date | None
    is_short_break: bool
    row: Row = field(default_factory=dict)

    def covers(self, day: date) -> bool:
        """Whether the day lies in the episode, both ends included (rule 5)."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass
class Occasion:
    """One occasion (rules 2 and 3): its rows from the earliest to the latest return."""

    child_id: str
    started_on: date
    rows: list[Row]
    number: int = 0
    left_out_reason: str | None = None
    counts_as: str | None = None
    is_uasc: bool | None = None
    birth_date: date | None = None

    @property
    def row(self) -> Row:
        """The row of the latest return, which gives the status (rule 3)."""
        return self.rows[-1]

    @property
    def ended_on(self) -> date | None:
        """The end by the latest return that has one (rule 10)."""
        ends = [as_day(row["mis_end"]) for row in self.rows]
        return next((end for end in reversed(ends) if end), None)

    @property
    def is_found(self) -> bool:
        """Whether the end is filled in any return (rule 10)."""
        return any(as_day(row["mis_end"]) for row in self.rows)


# --- Reading what was landed -----------------------------------------------------------------


def read_table(folder: Path, name: str) -> list[Row]:
    """The rows of one landed table, values clean and dates as 2017-06-03; none if not landed."""
    rows = read_csv(folder, name)
    modules = read_csv(folder, "landed_modules")
    forms = {
        (row["raw_table"], row["collection_year"], row["source_file"]): dict(
            pair.split("=") for pair in row.get("date_forms", "").split()
        )
        for row in modules
    }
    ends = [first_year(row) + 1 for row in modules if row["collection_year"]]
    for row in rows:
        place = name, row.get("collection_year", ""), row.get("source_file", "")
        end = first_year(row) + 1 if row.get("collection_year") else max(ends, default=0)
        for column in DATE_COLUMNS & set(row):
            form = forms.get(place, {}).get(column, "day_first")
            row[column] = read_date(
                row[column], form, end if column in BIRTHS else end + TWO_DIGITS_AHEAD
            )
        if row.get("child"):
            row["child"] = behind_council(row, clean_child(row["child"]))
    return rows


def read_csv(folder: Path, name: str) -> list[Row]:
    """The rows of one landed table, values clean; where a row came from is kept as it is."""
    path = folder / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            {key: value if key == "source_file" else clean(value) for key, value in row.items()}
            for row in csv.DictReader(file)
        ]


def behind_council(row: Row, child: str) -> str:
    """The child told from those of other councils, where several are landed."""
    return f"{council_of(row)}|{child}" if child and council_of(row) else child


def first_year(row: Row) -> int:
    """The year in which the row's collection year begins: 2017 for `2017-18`."""
    label = row["collection_year"]
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", label) or (int(label[:4]) + 1) % 100 != int(
        label[5:]
    ):
        raise ValueError(f"not a collection year: {label!r}")
    return int(label[:4])


def place_in_file(row: Row) -> tuple[str, int]:
    """Where the row stands in its source, for rules that speak of earlier and later rows."""
    return row["source_file"], int(row["source_row"])


def last_of(rows: Iterable[Row]) -> Row:
    """The last row of the latest return."""
    return max(rows, key=lambda row: (first_year(row), *place_in_file(row)))


# --- Rule 1: financial years -----------------------------------------------------------------


def year_of(day: date) -> int:
    """The year in which the day's financial year begins (rule 1)."""
    return day.year if (day.month, day.day) >= (4, 1) else day.year - 1


def year_start(year: int) -> date:
    """1 April (rule 1)."""
    return date(year, 4, 1)


def year_end(year: int) -> date:
    """31 March (rule 1)."""
    return date(year + 1, 3, 31)


def written(year: int) -> str:
    """The financial year as people write it, `2017/18` (rule 1)."""
    return f"{year}/{(year + 1) % 100:02d}"


# --- Rule 7: rejected rows -------------------------------------------------------------------


def missing_is_rejected(row: Row) -> bool:
    """Rule 7, word by word."""
    start, end = as_day(row["mis_start"]), as_day(row["mis_end"])
    return (
        not row["child"]
        or start is None
        or is_unreadable(row["mis_end"])
        or row["missing"].upper() not in STATUSES
        or (end is not None and start > end)
        or start > year_end(first_year(row))
    )


def episode_is_rejected(row: Row) -> bool:
    """Rule 7 for Episodes: no child, no readable start, unreadable end, end before start."""
    start, end = as_day(row["decom"]), as_day(row["dec"])
    return (
        not row["child"]
        or start is None
        or is_unreadable(row["dec"])
        or (end is not None and end < start)
    )


def child_is_blank(row: Row) -> bool:
    """Rule 7 for Header and UASC: no child."""
    return not row["child"]


def interview_is_rejected(row: Row) -> bool:
    """Rule 7 for return interviews: no child, no readable start, or no sensible number."""
    return not row["child"] or as_day(row["mis_start"]) is None or occasion_asked(row) < 1


def occasion_asked(row: Row) -> int:
    """Which occasion of the day an interview row means: blank is the first, 0 not a number."""
    if not row["occasion"]:
        return 1
    match = WHOLE_NUMBER.fullmatch(row["occasion"])
    return int(match.group(1)) if match else 0


IS_REJECTED: dict[str, Callable[[Row], bool]] = {
    HEADER: child_is_blank,
    EPISODES: episode_is_rejected,
    MISSING: missing_is_rejected,
    UASC: child_is_blank,
    INTERVIEWS: interview_is_rejected,
}


def keep_accepted(name: str, rows: list[Row]) -> list[Row]:
    """The rows that rule 7 lets through; the others learn their fate."""
    for row in rows:
        row["fate"] = "rejected" if IS_REJECTED[name](row) else ""
    return [row for row in rows if not row["fate"]]


# --- Rules 2 and 3: occasions ----------------------------------------------------------------


def grouped(rows: Iterable, key: Callable) -> dict:
    """Lists of rows by key, in the order in which they come."""
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def form_occasions(rows: list[Row]) -> list[Occasion]:
    """Rule 2 (one row is one occasion) and rule 3 (unless it is carried over)."""
    same_start = grouped(
        rows, lambda row: (row["child"], as_day(row["mis_start"]), first_year(row))
    )
    same_occasion = defaultdict(list)
    for child, start, year in sorted(same_start):
        latest_end_first = sorted(
            same_start[child, start, year],
            key=lambda row: (as_day(row["mis_end"]) or date.max, *place_in_file(row)),
            reverse=True,
        )
        for number, row in enumerate(latest_end_first, start=1):
            same_occasion[child, start, number].append(row)
    occasions = [Occasion(child, start, rows) for (child, start, _), rows in same_occasion.items()]
    number_for_the_reader(occasions)
    return sorted(occasions, key=lambda each: (each.child_id, each.started_on, each.number))


def number_for_the_reader(occasions: list[Occasion]) -> None:
    """Rule 3, last sentence: 1, 2, … from the earliest end, open last, then row order."""
    of_one_day = grouped(occasions, lambda each: (each.child_id, each.started_on))
    for same_day in of_one_day.values():
        same_day.sort(
            key=lambda each: (
                each.ended_on or date.max,
                first_year(each.row),
                as_day(each.row["mis_end"]) or date.max,
                *place_in_file(each.row),
            )
        )
        for number, occasion in enumerate(same_day, start=1):
            occasion.number = number


# --- Rule 4: definition ----------------------------------------------------------------------


def counts_as(status: str, day: date, definition: Definition) -> str:
    """What an occasion of that recorded status, started that day, counts as (rule 4)."""
    fitting = [
        {"M": as_m, "A": as_a}[status]
        for first, last, as_m, as_a in definition
        if (first is None or first <= day) and (last is None or day <= last)
    ]
    if len(fitting) != 1:
        raise ValueError(f"{len(fitting)} definitions hold on {day}")
    return fitting[0]


def meanings(year: int, definition: Definition) -> list[tuple[str, str]]:
    """What M and A count as in a financial year, one after the other if it changes within."""
    return [
        (as_m, as_a)
        for first, last, as_m, as_a in definition
        if (first is None or first <= year_end(year)) and (last is None or year_start(year) <= last)
    ]


def is_break_in_series(year: int, definition: Definition) -> bool:
    """Whether the definition differs from the year before (rule 4)."""
    return meanings(year, definition) != meanings(year - 1, definition)


# --- Rule 5: in care -------------------------------------------------------------------------


def form_episodes(rows: list[Row], loaded: set[int]) -> list[Episode]:
    """One episode for each child and DECOM (rule 5), and each row's fate.

    Args:
        rows: accepted rows of the Episodes table.
        loaded: first years of the returns whose Episodes were landed.
    """
    episodes = []
    for (child, start), same_start in grouped(
        rows, lambda row: (row["child"], as_day(row["decom"]))
    ).items():
        winner = max(
            same_start,
            key=lambda row: (
                first_year(row),
                as_day(row["dec"]) or date.max,
                *place_in_file(row),
            ),
        )
        is_short_break = winner["ls"].upper() in SHORT_BREAKS
        for row in same_start:
            row["fate"] = "repeated"
        winner["fate"] = "left_out" if is_short_break else "counted"
        last_day = last_day_of(winner, loaded)
        episodes.append(Episode(child, start, last_day, is_short_break, winner))
    return episodes


def last_day_of(row: Row, loaded: set[int]) -> date | None:
    """DEC; 31 March of its own year if open and a later return does not repeat it (rule 5)."""
    year = first_year(row)
    if not row["dec"] and any(later > year for later in loaded):
        return year_end(year)
    return as_day(row["dec"])


def reason_not_in_care(day: date, episodes: list[Episode]) -> str | None:
    """Why rule 5 leaves the day out, None if the child was looked after."""
    on_that_day = [episode for episode in episodes if episode.covers(day)]
    if not on_that_day:
        return "not_looked_after"
    return "short_break" if all(each.is_short_break for each in on_that_day) else None


# --- Rule 6: under 18 ------------------------------------------------------------------------


def latest_details(rows: list[Row]) -> dict[str, Row]:
    """Each child's last row of the latest Header (rule 6); each row's fate."""
    details = {}
    for child, of_child in grouped(rows, lambda row: row["child"]).items():
        details[child] = last_of(of_child)
        for row in of_child:
            row["fate"] = "repeated"
        details[child]["fate"] = "counted"
    return details


def birthday(birth: date, age: int) -> date:
    """The birthday, 1 March for a child born on 29 February if the year has none (rule 6)."""
    try:
        return birth.replace(year=birth.year + age)
    except ValueError:
        return date(birth.year + age, 3, 1)


def age_on(day: date, birth: date | None) -> int | None:
    """Whole years, None if the birth date is not known."""
    if birth is None:
        return None
    years = day.year - birth.year
    return years if birthday(birth, years) <= day else years - 1


def is_adult(day: date, birth: date | None) -> bool:
    """Whether the day is the 18th birthday or later; not, if the birth date is not known."""
    return birth is not None and birthday(birth, 18) <= day


# --- Rule 12: UASC on a day ------------------------------------------------------------------


def uasc_last_days(rows: list[Row]) -> dict[tuple[int, str], date | None]:
    """For each return's year and child in its UASC table: DUC, None if blank or unreadable.

    A row of a return in XML that is flagged as not UASC is left out.
    """
    for row in rows:
        row["fate"] = "left_out"
    rows = [row for row in rows if row.get("uasc_flag", "").upper() in FLAGGED_UASC]
    last_days = {}
    for key, of_child in grouped(rows, lambda row: (first_year(row), row["child"])).items():
        for row in of_child:
            row["fate"] = "repeated"
        last_of(of_child)["fate"] = "counted"
        last_days[key] = as_day(last_of(of_child)["duc"])
    return last_days


def is_uasc_on(child: str, day: date, last_days: dict[tuple[int, str], date | None]) -> bool:
    """Rule 12, by the return of the day's own year."""
    key = year_of(day), child
    return key in last_days and (last_days[key] is None or day <= last_days[key])


# --- Questions 1 and 4 -----------------------------------------------------------------------


def count_occasions(occasions: list[Occasion]) -> dict[str, int]:
    """Occasions and children by what they count as (rules 4 and 14)."""
    missing = [each for each in occasions if each.counts_as == "missing"]
    absent = [each for each in occasions if each.counts_as == "absent"]
    return {
        "occasions_missing": len(missing),
        "occasions_absent": len(absent),
        "occasions_missing_or_absent": len(missing) + len(absent),
        "children_missing": len({each.child_id for each in missing}),
        "children_missing_or_absent": len({each.child_id for each in missing + absent}),
    }


def known_only(figures: dict[str, int], is_known: bool) -> dict[str, int | None]:
    """The figures, or None for each: a figure without its module is not known, never 0."""
    return figures if is_known else dict.fromkeys(figures)


def question_1(occasions: list[Occasion], known: set[str]) -> dict[str, int | None]:
    """Occasions on which looked-after children went missing."""
    return known_only(count_occasions(occasions), {MISSING, EPISODES} <= known)


def question_4(occasions: list[Occasion], known: set[str]) -> dict[str, int | None]:
    """Question 1's occasions of children who were UASC on the day of the start (rule 14)."""
    figures = count_occasions([each for each in occasions if each.is_uasc])
    del figures["children_missing_or_absent"]
    return known_only(figures, {MISSING, EPISODES, UASC} <= known)


# --- Question 2 ------------------------------------------------------------------------------


def link_interviews(rows: list[Row], occasions: list[Occasion]) -> dict[tuple, list[Row]]:
    """Interview rows by (child, start, number) of the occasion; each row's fate."""
    by_key = {(each.child_id, each.started_on, each.number): each for each in occasions}
    linked = defaultdict(list)
    for row in rows:
        key = (row["child"], as_day(row["mis_start"]), occasion_asked(row))
        is_counted = key in by_key and by_key[key].left_out_reason is None
        row["fate"] = "counted" if is_counted else "left_out"
        if key in by_key:
            linked[key].append(row)
    return linked


def question_2(
    year: int, occasions: list[Occasion], interviews: dict[tuple, list[Row]], known: set[str]
) -> Table:
    """Found occasions that count as missing, by what any linked interview row says (rule 11)."""
    found = [each for each in occasions if each.counts_as == "missing" and each.is_found]
    linked = [interviews.get((each.child_id, each.started_on, each.number), []) for each in found]
    interviewed = sum(any(row["outcome"].upper() == "COMPLETED" for row in rows) for rows in linked)
    is_known = {MISSING, EPISODES} <= known
    table = []
    for part, (outcome, column) in QUESTION_PARTS.items():
        said_yes = sum(any(row[column].upper() == "Y" for row in rows) for rows in linked)
        from_interviews = {
            "occasions_with_outcome": said_yes,
            "occasions_with_interview": interviewed,
            "occasions_without_interview": len(found) - interviewed,
        }
        table.append(
            {
                "financial_year": written(year),
                "question_part": part,
                "outcome": outcome,
                "occasions_found": len(found) if is_known else None,
                **known_only(from_interviews, is_known and INTERVIEWS in known),
            }
        )
    return table


# --- Question 3 ------------------------------------------------------------------------------


def question_3(
    year: int,
    episodes: list[Episode],
    last_days: dict[tuple[int, str], date | None],
    known: set[str],
) -> dict[str, int | None]:
    """Looked-after children and UASC, in the year and at 31 March (rule 13)."""
    first, last = year_start(year), year_end(year)
    in_care = [each for each in episodes if not each.is_short_break and each.first_day <= last]
    in_year = [each for each in in_care if each.last_day is None or each.last_day >= first]
    at_the_end = [each for each in in_care if each.last_day is None or each.last_day > last]
    both = {
        each.child_id
        for each in in_year
        # UASC status only ever ceases within a year, so the first day in care decides.
        if is_uasc_on(each.child_id, max(each.first_day, first), last_days)
    }
    looked_after = {
        "looked_after_in_year": len({each.child_id for each in in_year}),
        "looked_after_at_31_march": len({each.child_id for each in at_the_end}),
    }
    uasc = {
        "uasc_children_in_year": len(both),
        "uasc_children_at_31_march": len(
            {each.child_id for each in at_the_end if is_uasc_on(each.child_id, last, last_days)}
        ),
    }
    return {
        **known_only(uasc, {EPISODES, UASC} <= known),
        **known_only(looked_after, EPISODES in known),
    }


# --- Rule 8: nothing disappears --------------------------------------------------------------


def account(tables: dict[str, list[Row]], modules: list[Row]) -> Table:
    """Landed rows by their fate, for each raw table and collection year (rule 8)."""
    fates = {
        (row["raw_table"], row["collection_year"] or "all"): []
        for row in modules
        if row["status"] == "landed"
    }
    for name, rows in tables.items():
        for row in rows:
            fates.setdefault((name, row.get("collection_year") or "all"), []).append(row["fate"])
    table = []
    for name, collection_year in sorted(fates):
        tally = Counter(fates[name, collection_year])
        if set(tally) - set(FATES):
            raise ValueError(f"a row of {name} {collection_year} has no fate")
        table.append(
            {
                "raw_table": name,
                "collection_year": collection_year,
                "rows_landed": len(fates[name, collection_year]),
                **{f"rows_{fate}": tally[fate] for fate in FATES},
            }
        )
    return table


# --- All together ----------------------------------------------------------------------------


def known_modules(modules: list[Row]) -> dict[int, set[str]]:
    """The landed raw tables of each collection year with a landed or accepted-missing module."""
    everywhere = {
        row["raw_table"]
        for row in modules
        if not row["collection_year"] and row["status"] == "landed"
    }
    years = defaultdict(lambda: set(everywhere))
    for row in modules:
        if row["collection_year"] and row["status"] in ("landed", "accepted_missing"):
            tables = years[first_year(row)]
            if row["status"] == "landed":
                tables.add(row["raw_table"])
    return dict(years)


def decide(occasion: Occasion, episodes: list[Episode], definition: Definition) -> None:
    """Leaves an occasion out by rule 5, then rule 6, or says what it counts as (rule 4)."""
    day = occasion.started_on
    occasion.left_out_reason = reason_not_in_care(day, episodes) or (
        "aged_18_or_over" if is_adult(day, occasion.birth_date) else None
    )
    for row in occasion.rows:
        row["fate"] = "repeated"
    occasion.row["fate"] = "left_out" if occasion.left_out_reason else "counted"
    if not occasion.left_out_reason:
        occasion.counts_as = counts_as(recorded_status(occasion), day, definition)


def recorded_status(occasion: Occasion) -> str:
    """`M` or `A`, as the latest return has it (rule 3)."""
    return STATUSES[occasion.row["missing"].upper()]


def described(occasion: Occasion) -> dict:
    """An occasion as the ledger shows it; the duration is in whole days (rule 15)."""
    start, end = occasion.started_on, occasion.ended_on
    return {
        "child_id": occasion.child_id,
        "started_on": start,
        "ended_on": end,
        "is_found": occasion.is_found,
        "recorded_status": recorded_status(occasion),
        "counts_as": occasion.counts_as,
        "outcome": "left_out" if occasion.left_out_reason else "counted",
        "left_out_reason": occasion.left_out_reason,
        "is_uasc": occasion.is_uasc,
        "age_at_start": age_on(start, occasion.birth_date),
        "duration_days": (end - start).days if end else None,
    }


@dataclass
class Returns:
    """What was landed, as the counting rules read it."""

    modules: list[Row]
    years: dict[int, set[str]]
    tables: dict[str, list[Row]]
    details: dict[str, Row]
    uasc_last_days: dict[tuple[int, str], date | None]
    episodes: list[Episode]
    occasions: list[Occasion]
    interviews: dict[tuple, list[Row]]
    definitions: dict[str, Definition]
    is_of_extract: bool = False

    @property
    def others(self) -> list[Occasion]:
        """The occasions of children under 18 who are not looked after: an extract's (rule 25)."""
        return [
            replace(
                each,
                counts_as=counts_as(
                    recorded_status(each),
                    each.started_on,
                    self.definitions[council_of(each.row)],
                ),
            )
            for each in (self.occasions if self.is_of_extract else ())
            if each.left_out_reason == "not_looked_after"
            and not is_adult(each.started_on, each.birth_date)
        ]

    @property
    def counted(self) -> list[Occasion]:
        """The occasions that no rule leaves out."""
        return [each for each in self.occasions if not each.left_out_reason]

    @cached_property
    def episodes_of(self) -> dict[str, list[Episode]]:
        """Each child's episodes of care."""
        return grouped(self.episodes, lambda episode: episode.child_id)

    @cached_property
    def first_missing(self) -> dict[str, date]:
        """When each child first went missing in the landed years (rule 28)."""
        landed_from = date(min(self.years), 4, 1)
        days: dict[str, date] = {}
        for each in self.counted:
            if each.counts_as == "missing" and each.started_on >= landed_from:
                first = days.get(each.child_id, each.started_on)
                days[each.child_id] = min(first, each.started_on)
        return days

    def birth_date(self, child: str) -> date | None:
        """The child's birth date by its latest Header (rule 6)."""
        return as_day(self.details[child]["dob"]) if child in self.details else None


def definitions_of(
    councils: Iterable[str], definition: Definition, seeds: Path
) -> dict[str, Definition]:
    """Rule 20: what holds for the authority, by seed for others, as recorded where none does."""
    (authority,) = [row["value"] for row in seed("authority", seeds) if row["setting"] == "la_code"]
    counted_as = {
        row["definition_id"]: (row["missing_counts_as"], row["absent_counts_as"])
        for row in seed("definitions", seeds)
    }
    rows = grouped(seed("definition_by_year", seeds), lambda row: row["la_code"])
    by_seed = {
        code: [
            (
                date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                *counted_as[row["definition_id"]],
            )
            for row in of_council
        ]
        for code, of_council in rows.items()
    }
    own = by_seed | {authority: definition}
    return {council: own.get(council or authority, AS_RECORDED) for council in councils}


def read_returns(folder: Path, definition: Definition = DEFINITION, seeds: Path = SEEDS) -> Returns:
    """Applies every counting rule to a folder of landed raw tables.

    Args:
        folder: holds `ssda903_missing.csv` and the other landed tables, and `landed_modules.csv`.
        definition: the authority's (rule 4): first day, last day, what M and A count as.
        seeds: a folder with rule seeds; the project's own stand for those it does not have.
    """
    modules = read_table(folder, "landed_modules")
    tables = {name: read_table(folder, name) for name in TABLES}
    losses = losses_of(tables, modules, seeds)
    match_children(losses)
    accepted = {name: keep_accepted(name, rows) for name, rows in tables.items()}
    details = latest_details(accepted[HEADER])
    find_losses(losses, lambda child: details[child]["dob"] if child in details else None)
    of_councils = available(losses)

    episodes = []
    for council, rows in grouped(accepted[EPISODES], council_of).items():
        loaded = {year for year, known in of_councils[council].items() if EPISODES in known}
        episodes += form_episodes(rows, loaded)
    returns = Returns(
        modules=modules,
        years={
            year: set(TABLES).intersection(
                *(known.get(year, set()) for known in of_councils.values())
            )
            for year in known_modules(modules)
        },
        tables=tables,
        details=details,
        uasc_last_days=uasc_last_days(accepted[UASC]),
        episodes=episodes,
        occasions=form_occasions(accepted[MISSING]),
        interviews={},
        definitions=definitions_of(of_councils, definition, seeds),
    )
    for each in returns.occasions:
        council = council_of(each.row)
        each.birth_date = returns.birth_date(each.child_id) or as_day(each.row["dob"])
        if UASC in of_councils[council].get(year_of(each.started_on), set()):
            each.is_uasc = is_uasc_on(each.child_id, each.started_on, returns.uasc_last_days)
        decide(each, returns.episodes_of[each.child_id], returns.definitions[council])
    returns.interviews = link_interviews(accepted[INTERVIEWS], returns.occasions)
    return returns


def plain_count(
    folder: Path, definition: Definition = DEFINITION, seeds: Path = SEEDS
) -> dict[str, Table]:
    """Counts everything from a folder of landed raw tables; the arguments of `read_returns`.

    Returns: the marts by name, each a list of rows sorted by key, and `occasions`.
    """
    returns = read_returns(folder, definition, seeds)
    last_days = returns.uasc_last_days
    counted = grouped(returns.counted, lambda each: year_of(each.started_on))

    marts: dict[str, Table] = {name: [] for name in ("q1", "q2", "q3", "q4")}
    for year, known in sorted(returns.years.items()):
        key = {"financial_year": written(year)}
        is_break = any(is_break_in_series(year, each) for each in returns.definitions.values())
        break_mark = {"is_break_in_series": is_break}
        marts["q1"].append({**key, **question_1(counted[year], known), **break_mark})
        marts["q2"] += question_2(year, counted[year], returns.interviews, known)
        marts["q3"].append({**key, **question_3(year, returns.episodes, last_days, known)})
        marts["q4"].append({**key, **question_4(counted[year], known), **break_mark})
    return {
        "foi_q1_missing_occasions": marts["q1"],
        "foi_q2_harm_while_missing": marts["q2"],
        "foi_q3_uasc_children": marts["q3"],
        "foi_q4_uasc_missing_occasions": marts["q4"],
        "dq_row_accounting": account(returns.tables, returns.modules),
        "occasions": [described(each) for each in returns.occasions],
    }
