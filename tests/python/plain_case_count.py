"""The plain-Python count for a council whose occasions come from a case-management extract.

What the extract says is read here, from `DOMAIN.md` and the models' descriptions alone; the rules
that hold for any source are those of `plain_count`. It shares nothing with the models.
"""

import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import plain_count as plain
from plain_count import EPISODES, HEADER, INTERVIEWS, MISSING, UASC, Episode, Occasion, Row

CASE = {
    MISSING: "ssd_missing",
    EPISODES: "ssd_cla_episodes",
    HEADER: "ssd_person",
    UASC: "ssd_immigration_status",
}
LEGAL, PLACEMENT = "ssd_legal_status", "ssd_cla_placement"
CODES = {"C1", "C2", "D1", "E1", "V2", "V3", "V4", "J1", "J2", "J3", "L1", "L2", "L3"}
PLACES = {
    "U1",
    "U2",
    "U3",
    "U4",
    "U5",
    "U6",
    "Q1",
    "Q2",
    "K1",
    "K2",
    "K3",
    "H5",
    "P1",
    "P2",
    "P3",
    "R1",
    "R2",
    "R3",
    "R5",
    "S1",
    "A3",
    "A4",
    "A5",
    "A6",
    "T0",
    "T1",
    "T2",
    "T3",
    "T4",
    "Z1",
}
YES, NO = {"Y", "YES", "1", "TRUE"}, {"N", "NO", "0", "FALSE"}
# Rule 21: the systems' own words, as the random extracts write them.
WORDS = {
    "Interim care order Sec. 38(1)": "C1",
    "Care Order Sec. 31(a)": "C2",
    "Care Order Sec.31(a) & Placement Order (Sec. 21)": "E1",
    "Accommodated S20": "V2",
    "Agreed series of short-term breaks, individual episodes": "V3",
    "Respite - recorded as one agreement": "V4",
    "Supervision order": "",
    "Other order": "",
}
# What a system writes for nothing.
NOTHING = {
    "null",
    "na",
    "n/a",
    "#n/a",
    "nan",
    "none",
    "-",
    "?",
    "unknown",
    "#ref!",
    "nil",
    ".",
    "not known",
}
PLACEHOLDERS = {date(1900, 1, 1), date(9999, 12, 31)}


def read_case_table(folder: Path, name: str) -> list[Row]:
    """The rows of a table of the extract, blank where nothing is said, with the day of taking."""
    taken = {
        row["source_file"]: plain.as_day(row.get("taken_on") or "") or date.min
        for row in plain.read_table(folder, "landed_modules")
        if row["raw_table"] == name
    }
    return [
        {key: filled(value) for key, value in row.items()} | {"taken": taken[row["source_file"]]}
        for row in plain.read_table(folder, name)
    ]


def filled(value: str) -> str:
    """The value; blank if it is a word for nothing or a placeholder day."""
    if value.lower() in NOTHING or plain.as_day(value) in PLACEHOLDERS:
        return ""
    return value


def newest(row: Row) -> tuple[date, int, str]:
    """Rule 21: which row is right; the greatest is."""
    return row["taken"], int(row["source_row"]), row["source_file"]


def not_superseded(rows: list[Row], child: str, identifier: str, start: str) -> list[Row]:
    """Rule 21: the rows that no newer extract has as well; the others are repeats.

    A row is known by its identifier, else by its start.
    """
    kept = []
    for same in plain.grouped(
        rows, lambda row: (row[child], row[identifier] or plain.as_day(row[start]))
    ).values():
        last_taken = max(row["taken"] for row in same)
        for row in same:
            if row["taken"] == last_taken:
                kept.append(row)
            else:
                row["fate"] = "repeated"
    return kept


def as_time(text: str) -> datetime | None:
    """Date and time of day; None if only a date is written."""
    match = re.fullmatch(r"(.*?)[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?", text)
    day = plain.as_day(match.group(1)) if match else None
    if not match or day is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups()[1:])
    return datetime(day.year, day.month, day.day, hour, minute, second)


def is_midnight(moment: datetime | None) -> bool:
    """Whether nothing but a day is said."""
    return moment is None or (moment.hour, moment.minute, moment.second) == (0, 0, 0)


def last_rows(rows: list[Row], child: str, identifier: str) -> list[Row]:
    """Rule 2: of a child's rows with the same identifier the newest; the others are repeats."""
    kept = []
    for (_, name), same in plain.grouped(rows, lambda row: (row[child], row[identifier])).items():
        last = max(same, key=newest)
        kept += [row for row in same if not name or row is last]
        for row in same:
            row["fate"] = "repeated"
    return kept


def without_older_twins(rows: list[Row]) -> list[Row]:
    """Rules 3 and 21 for occasions without an identifier: numbered within each extract."""
    kept = [row for row in rows if row["miss_table_id"]]
    twins: dict[tuple, list[Row]] = {}
    nameless = [row for row in rows if not row["miss_table_id"]]
    for (*key, _), same in plain.grouped(
        nameless, lambda row: (row["miss_person_id"], start_time(row), row["taken"])
    ).items():
        same.sort(
            key=lambda row: (
                plain.as_day(row["miss_missing_episode_end_date"]) or date.max,
                int(row["source_row"]),
                row["source_file"],
            ),
            reverse=True,
        )
        for number, row in enumerate(same):
            twins.setdefault((*key, number), []).append(row)
    return kept + [max(same, key=newest) for same in twins.values()]


def start_time(row: Row) -> datetime:
    """The start; midnight if only a date is written."""
    text = row["miss_missing_episode_start_date"]
    day = plain.as_day(text)
    return as_time(text) or datetime(day.year, day.month, day.day)


def missing_is_rejected(row: Row) -> bool:
    """Rule 7 for the occasions of the extract."""
    start = plain.as_day(row["miss_missing_episode_start_date"])
    end = plain.as_day(row["miss_missing_episode_end_date"])
    return (
        not row["miss_person_id"]
        or start is None
        or plain.is_unreadable(row["miss_missing_episode_end_date"])
        or row["miss_missing_episode_type"].upper() not in plain.STATUSES
        or (end is not None and start > end)
        or start > date.today()
        or start.year < 1991
    )


def form_occasions(rows: list[Row]) -> list[Occasion]:
    """One occasion for each row that is left, and the times of day if the system knows any."""
    starts = [as_time(row["miss_missing_episode_start_date"]) for row in rows]
    ends = [as_time(row["miss_missing_episode_end_date"]) for row in rows]
    knows_starts = not all(map(is_midnight, starts))
    knows_ends = knows_starts and not all(map(is_midnight, ends))
    accepted = []
    for row, start, end in zip(rows, starts, ends, strict=True):
        row["fate"] = "rejected" if missing_is_rejected(row) else ""
        row["started_at"] = start if knows_starts else None
        row["ended_at"] = end if knows_ends else None
        row["mis_end"] = row["miss_missing_episode_end_date"]
        row["missing"] = row["miss_missing_episode_type"]
        if not row["fate"]:
            accepted.append(row)
    occasions = [
        Occasion(row["miss_person_id"], plain.as_day(row["miss_missing_episode_start_date"]), [row])
        for row in without_older_twins(last_rows(accepted, "miss_person_id", "miss_table_id"))
    ]
    for same_day in plain.grouped(
        occasions, lambda each: (each.child_id, each.started_on)
    ).values():
        same_day.sort(key=order_in_the_day)
        for number, occasion in enumerate(same_day, start=1):
            occasion.number = number
    return occasions


def order_in_the_day(occasion: Occasion) -> tuple:
    """Rule 3, last sentence, with times of day: the earliest end first, then the earliest start."""
    row = occasion.row
    file, number = plain.place_in_file(row)
    return (
        occasion.ended_on or date.max,
        row["ended_at"] or datetime.max,
        row["started_at"] or datetime.max,
        number,
        file,
    )


def form_episodes(rows: list[Row], legal_rows: list[Row], placements: list[Row]) -> list[Episode]:
    """Rule 5 for the extract: an episode that is open is open; the latest end of two counts.

    Of two extracts that have the child's episode of a day the newer is right (rule 21).
    """
    accepted = []
    for row in rows:
        start = plain.as_day(row["clae_cla_episode_start_date"])
        end = plain.as_day(row["clae_cla_episode_ceased_date"])
        is_rejected = (
            not row["clae_person_id"]
            or start is None
            or plain.is_unreadable(row["clae_cla_episode_ceased_date"])
            or (end is not None and end < start)
        )
        row["fate"] = "rejected" if is_rejected else ""
        if not is_rejected:
            accepted.append(row | {"start": start, "end": end, "row": row})
    episodes = []
    kept = last_rows(accepted, "clae_person_id", "clae_cla_episode_id")
    for row in accepted:
        row["row"]["fate"] = "repeated"
    for same in plain.grouped(kept, lambda row: (row["clae_person_id"], row["start"])).values():
        last_taken = max(row["taken"] for row in same)
        winner = max(
            (row for row in same if row["taken"] == last_taken),
            key=lambda row: (
                row["end"] or date.max,
                int(row["source_row"]),
                row["source_file"],
            ),
        )
        status = legal_status_on(legal_rows, winner["clae_person_id"], winner["start"])
        is_short_break = status in plain.SHORT_BREAKS
        winner["row"]["fate"] = "left_out" if is_short_break else "counted"
        winner["place"] = place_on(placements, winner)
        episodes.append(
            Episode(
                winner["clae_person_id"], winner["start"], winner["end"], is_short_break, winner
            )
        )
    return episodes


def place_code(row: Row) -> str | None:
    """The code of the return that the placement type is, or begins with."""
    code = row["clap_cla_placement_type"].upper().split(" ")[0]
    return code if code in PLACES else None


def place_on(rows: list[Row], episode: Row) -> str | None:
    """Where the child was placed: by the placement's identifier, else by child and dates."""

    def fits(row: Row) -> bool:
        start = plain.as_day(row["clap_cla_placement_start_date"])
        end = plain.as_day(row["clap_cla_placement_end_date"])
        return start is not None and start <= episode["start"] <= (end or date.max)

    child, name = episode["clae_person_id"], episode["clae_cla_placement_id"]
    named = [
        row
        for row in rows
        if name and row["clap_cla_placement_id"] == name and row["clap_person_id"] in (child, "")
    ]
    if not named:
        named = [row for row in rows if row["clap_person_id"] == child and fits(row)]
    if not named:
        return None
    return place_code(
        max(
            named,
            key=lambda row: (
                fits(row),
                plain.as_day(row["clap_cla_placement_start_date"]) or date.min,
                int(row["source_row"]),
                row["source_file"],
            ),
        )
    )


def legal_code(row: Row) -> str:
    """The code that the legal status is or begins with, or that its words stand for."""
    text = row["lega_legal_status"]
    code = (text.upper().split(" ") or [""])[0]
    return code if code in CODES else WORDS.get(text, "C2" if "Full care order" in text else "")


def legal_status_on(rows: list[Row], child: str, day: date) -> str | None:
    """The legal status of a looked-after child in force on a day, the one that began last."""
    in_force = [
        row
        for row in rows
        if row["lega_person_id"] == child
        and legal_code(row) in CODES
        and (plain.as_day(row["lega_legal_status_start_date"]) or date.max) <= day
        and (plain.as_day(row["lega_legal_status_end_date"]) or date.max) >= day
    ]
    if not in_force:
        return None
    return legal_code(
        max(
            in_force,
            key=lambda row: (plain.as_day(row["lega_legal_status_start_date"]), *newest(row)),
        )
    )


def is_uasc_status(text: str) -> bool:
    """Whether a status in words says that the child is UASC."""
    text = text.upper().replace("-", " ")
    says_so = "UASC" in text or "UNACCOMPANIED ASYLUM SEEK" in text
    return says_so and "NOT " not in text and "FORMER" not in text


def uasc_last_days(rows: list[Row], years: set[int]) -> dict[tuple[int, str], date | None]:
    """Rule 12: each year that a status reaches into, by the one that ends last."""
    last_days = {}
    for row in rows:
        row["fate"] = "left_out" if row["immi_person_id"] else "rejected"
    current = not_superseded(
        [row for row in rows if row["immi_person_id"]],
        "immi_person_id",
        "immi_immigration_status_id",
        "immi_immigration_status_start_date",
    )
    statuses = [row for row in current if is_uasc_status(row["immi_immigration_status"])]
    for year in years:
        reaching = [
            row
            for row in statuses
            if (plain.as_day(row["immi_immigration_status_start_date"]) or date.min)
            <= plain.year_end(year)
            and (plain.as_day(row["immi_immigration_status_end_date"]) or date.max)
            >= plain.year_start(year)
        ]
        for child, of_child in plain.grouped(reaching, lambda row: row["immi_person_id"]).items():
            winner = max(
                of_child,
                key=lambda row: (
                    plain.as_day(row["immi_immigration_status_end_date"]) or date.max,
                    *newest(row),
                ),
            )
            winner["fate"] = "counted"
            last_days[year, child] = plain.as_day(winner["immi_immigration_status_end_date"])
    return last_days


def birth_dates(rows: list[Row]) -> dict[str, date | None]:
    """Rule 6: the last row of each person."""
    dates = {}
    for person, same in plain.grouped(rows, lambda row: row["pers_person_id"]).items():
        for row in same:
            row["fate"] = "repeated" if person else "rejected"
        if person:
            last = max(same, key=newest)
            last["fate"] = "counted"
            dates[person] = plain.as_day(last["pers_dob"])
    return dates


def judge_legal_rows(rows: list[Row], is_used: bool) -> list[Row]:
    """The legal statuses that hold, and each one's fate."""
    for row in rows:
        is_known = is_used and legal_code(row) in CODES
        row["fate"] = "counted" if is_known else "left_out"
        if not row["lega_person_id"] or not plain.as_day(row["lega_legal_status_start_date"]):
            row["fate"] = "rejected"
    return not_superseded(
        [row for row in rows if row["fate"] != "rejected"],
        "lega_person_id",
        "lega_legal_status_id",
        "lega_legal_status_start_date",
    )


def judge_placements(rows: list[Row], is_used: bool) -> list[Row]:
    """The placements that hold, and each one's fate."""
    for row in rows:
        row["fate"] = "counted" if is_used and place_code(row) else "left_out"
        has_start = plain.as_day(row["clap_cla_placement_start_date"]) is not None
        if not row["clap_cla_placement_id"] and not (row["clap_person_id"] and has_start):
            row["fate"] = "rejected"
    return not_superseded(
        [row for row in rows if row["fate"] != "rejected"],
        "clap_person_id",
        "clap_cla_placement_id",
        "clap_cla_placement_start_date",
    )


def windows(modules: list[Row], occasions: list[Occasion]) -> dict[str, tuple[date, date]]:
    """Rule 21: the first and last day that each table of the extract covers.

    What is told of no file of a table is taken from the other tables, and what is told of none from
    the years in which occasions started.
    """
    told: dict[str, dict[str, list[date]]] = {}
    for row in modules:
        if row["raw_table"].startswith("ssd_") and row["status"] == "landed":
            days = told.setdefault(row["raw_table"], {})
            for key in ("covers_from", "covers_to", "taken_on"):
                if day := plain.as_day(row.get(key) or ""):
                    days.setdefault(key, []).append(day)
    starts = [plain.year_of(each.started_on) for each in occasions]
    firsts = {
        name: min(days["covers_from"]) for name, days in told.items() if "covers_from" in days
    }
    lasts = {
        name: max(days.get("covers_to") or days["taken_on"])
        for name, days in told.items()
        if "covers_to" in days or "taken_on" in days
    }
    first = max(firsts.values(), default=plain.year_start(min(starts)) if starts else None)
    last = min(lasts.values(), default=plain.year_end(max(starts)) if starts else None)
    return {
        name: (firsts.get(name, first), lasts.get(name, last))
        for name in told
        if firsts.get(name, first) and lasts.get(name, last)
    }


def years_known(
    modules: list[Row],
    from_extract: set[str],
    covered: dict[str, tuple[date, date]],
    occasions: list[Occasion],
) -> dict[int, set[str]]:
    """What is known of each year: from the extract what it wholly covers, else from the returns."""
    landed = {row["raw_table"] for row in modules}
    starts = [each.started_on for each in occasions]
    first = min([window[0] for window in covered.values()] + starts, default=None)
    last = max([window[1] for window in covered.values()] + starts, default=None)
    years: dict[int, set[str]] = {}
    if first and last:
        for year in range(plain.year_of(first), plain.year_of(last) + 1):
            years[year] = {
                name
                for name in from_extract
                if CASE[name] in covered
                and covered[CASE[name]][0] <= plain.year_start(year)
                and covered[CASE[name]][1] >= plain.year_end(year)
            }
    for row in modules:
        if row["collection_year"]:
            tables = years.setdefault(plain.first_year(row), set())
            if row["status"] == "landed" and row["raw_table"] not in from_extract:
                tables.add(row["raw_table"])
    for tables in years.values():
        tables |= {INTERVIEWS} & landed
    return years


def described(occasion: Occasion) -> dict:
    """An occasion as the ledger shows it, with the times of day."""
    start, end = occasion.row["started_at"], occasion.row["ended_at"]
    hours = (end - start).total_seconds() / 3600 if start and end and end >= start else None
    offered = occasion.row["miss_missing_rhi_offered"].upper() in YES
    accepted = occasion.row["miss_missing_rhi_accepted"].upper()
    return {
        **plain.described(occasion),
        "occasion_number": occasion.number,
        "started_at": start,
        "ended_at": end,
        "duration_hours": hours,
        "offered_by_extract": offered or accepted in YES,
        "declined_by_extract": offered and accepted in NO,
    }


def account(tables: dict[str, list[Row]], modules: list[Row]) -> plain.Table:
    """Rule 8, for the returns by year and for the extract as a whole."""
    keys = {(row["raw_table"], row["collection_year"] or "all") for row in modules}
    fates = {
        key: Counter()
        for key in keys
        if "landed"
        in {
            row["status"]
            for row in modules
            if (row["raw_table"], row["collection_year"] or "all") == key
        }
    }
    for name, rows in tables.items():
        for row in rows:
            fates[name, row.get("collection_year") or "all"][row["fate"]] += 1
    return [
        {
            "raw_table": name,
            "collection_year": year,
            "rows_landed": tally.total(),
            **{f"rows_{fate}": tally[fate] for fate in plain.FATES},
        }
        for (name, year), tally in fates.items()
    ]


def plain_case_count(folder: Path) -> dict[str, plain.Table]:
    """Counts everything from a landed folder whose occasions come from the extract.

    Args:
        folder: holds the landed tables of the extract, and those of the returns for what it lacks.

    Returns: the marts by name, and `occasions`, the `placements` of the episodes and the
        `years_of_occasions` that the extract covers.
    """
    modules = plain.read_table(folder, "landed_modules")
    landed = {row["raw_table"] for row in modules if row["status"] == "landed"}
    from_extract = {name for name, case in CASE.items() if name == MISSING or case in landed}
    case = {name: read_case_table(folder, name) for name in (*CASE.values(), LEGAL, PLACEMENT)}
    returns = {
        name: [
            {key: filled(value) for key, value in row.items()}
            for row in plain.read_table(folder, name)
        ]
        for name in plain.TABLES
    }
    accepted = {name: plain.keep_accepted(name, rows) for name, rows in returns.items()}

    occasions = form_occasions(case["ssd_missing"])
    covered = windows(modules, occasions)
    known = years_known(modules, from_extract, covered, occasions)

    legal_rows = judge_legal_rows(case[LEGAL], EPISODES in from_extract)
    placements = judge_placements(case[PLACEMENT], EPISODES in from_extract)
    if EPISODES in from_extract:
        episodes = form_episodes(case["ssd_cla_episodes"], legal_rows, placements)
    else:
        loaded = {year for year, tables in known.items() if EPISODES in tables}
        episodes = plain.form_episodes(accepted[EPISODES], loaded)
    if HEADER in from_extract:
        born = birth_dates(case["ssd_person"])
    else:
        details = plain.latest_details(accepted[HEADER])
        born = {child: plain.as_day(row["dob"]) for child, row in details.items()}
    if UASC in from_extract:
        years = {year for year, tables in known.items() if UASC in tables}
        last_days = uasc_last_days(case["ssd_immigration_status"], years)
    else:
        last_days = plain.uasc_last_days(accepted[UASC])
    for name in from_extract:
        for row in accepted[name]:
            row["fate"] = "left_out"

    of_child = plain.grouped(episodes, lambda episode: episode.child_id)
    for each in occasions:
        each.birth_date = born.get(each.child_id)
        if UASC in known[plain.year_of(each.started_on)]:
            each.is_uasc = plain.is_uasc_on(each.child_id, each.started_on, last_days)
        plain.decide(each, of_child.get(each.child_id, []), plain.DEFINITION)
    interviews = plain.link_interviews(accepted[INTERVIEWS], occasions)
    counted = plain.grouped(
        [each for each in occasions if not each.left_out_reason],
        lambda each: plain.year_of(each.started_on),
    )
    marts: dict[str, plain.Table] = {f"q{number}": [] for number in (1, 2, 3, 4)}
    for year, tables in sorted(known.items()):
        key = {"financial_year": plain.written(year)}
        of_year = counted.get(year, [])
        marts["q1"].append({**key, **plain.question_1(of_year, tables)})
        marts["q2"] += plain.question_2(year, of_year, interviews, tables)
        marts["q3"].append({**key, **plain.question_3(year, episodes, last_days, tables)})
        marts["q4"].append({**key, **plain.question_4(of_year, tables)})
    return {
        "foi_q1_missing_occasions": marts["q1"],
        "foi_q2_harm_while_missing": marts["q2"],
        "foi_q3_uasc_children": marts["q3"],
        "foi_q4_uasc_missing_occasions": marts["q4"],
        "dq_row_accounting": account(case | returns, modules),
        "occasions": [described(each) for each in occasions],
        "placements": [
            {
                "child_id": each.child_id,
                "started_on": each.first_day,
                "placement_code": each.row["place"],
            }
            for each in episodes
            if EPISODES in from_extract
        ],
        "years_of_occasions": [
            {"financial_year": plain.written(year)}
            for year, tables in sorted(known.items())
            if MISSING in tables
        ],
    }
