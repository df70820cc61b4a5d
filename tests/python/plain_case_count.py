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
LEGAL = "ssd_legal_status"
CODES = {"C1", "C2", "D1", "E1", "V2", "V3", "V4", "J1", "J2", "J3", "L1", "L2", "L3"}


def read_case_table(folder: Path, name: str) -> list[Row]:
    """The rows of a table of the extract, NULL read as blank."""
    rows = plain.read_table(folder, name)
    return [{key: "" if value == "NULL" else value for key, value in row.items()} for row in rows]


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
    """Rule 2: of a child's rows with the same identifier the last; the others are repeats."""
    kept = []
    for (_, name), same in plain.grouped(rows, lambda row: (row[child], row[identifier])).items():
        last = max(same, key=plain.place_in_file)
        kept += [row for row in same if not name or row is last]
        for row in same:
            row["fate"] = "repeated"
    return kept


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
        for row in last_rows(accepted, "miss_person_id", "miss_table_id")
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


def form_episodes(rows: list[Row], legal_rows: list[Row]) -> list[Episode]:
    """Rule 5 for the extract: an episode that is open is open; the latest end of two counts."""
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
        winner = max(
            same,
            key=lambda row: (
                row["end"] or date.max,
                int(row["source_row"]),
                row["source_file"],
            ),
        )
        status = legal_status_on(legal_rows, winner["clae_person_id"], winner["start"])
        is_short_break = status in plain.SHORT_BREAKS
        winner["row"]["fate"] = "left_out" if is_short_break else "counted"
        episodes.append(
            Episode(winner["clae_person_id"], winner["start"], winner["end"], is_short_break)
        )
    return episodes


def legal_code(row: Row) -> str:
    """The first word of the legal status."""
    return (row["lega_legal_status"].upper().split(" ") or [""])[0]


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
            key=lambda row: (
                plain.as_day(row["lega_legal_status_start_date"]),
                *plain.place_in_file(row),
            ),
        )
    )


def is_uasc_status(text: str) -> bool:
    """Whether a status in words says that the child is UASC."""
    text = text.upper().replace("-", " ")
    says_so = "UASC" in text or "UNACCOMPANIED ASYLUM SEEK" in text
    return says_so and "NOT " not in text and "FORMER" not in text


def uasc_last_days(rows: list[Row], years: range) -> dict[tuple[int, str], date | None]:
    """Rule 12: each year that a status reaches into, by the one that ends last."""
    last_days = {}
    for row in rows:
        row["fate"] = "left_out" if row["immi_person_id"] else "rejected"
    statuses = [
        row
        for row in rows
        if row["immi_person_id"] and is_uasc_status(row["immi_immigration_status"])
    ]
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
                    *plain.place_in_file(row),
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
            last = max(same, key=plain.place_in_file)
            last["fate"] = "counted"
            dates[person] = plain.as_day(last["pers_dob"])
    return dates


def judge_legal_rows(rows: list[Row], is_used: bool) -> None:
    """Each legal status's fate."""
    for row in rows:
        if not row["lega_person_id"] or not plain.as_day(row["lega_legal_status_start_date"]):
            row["fate"] = "rejected"
        else:
            row["fate"] = "counted" if is_used and legal_code(row) in CODES else "left_out"


def years_known(modules: list[Row], from_extract: set[str], covered: range) -> dict[int, set[str]]:
    """What is known of each year: of the covered ones from the extract, of others by returns."""
    landed = {row["raw_table"] for row in modules}
    years: dict[int, set[str]] = {year: set(from_extract) for year in covered}
    for row in modules:
        if row["collection_year"] and row["raw_table"] not in from_extract:
            tables = years.setdefault(plain.first_year(row), set())
            if row["status"] == "landed":
                tables.add(row["raw_table"])
    for tables in years.values():
        tables |= {INTERVIEWS} & landed
    return years


def described(occasion: Occasion) -> dict:
    """An occasion as the ledger shows it, with the times of day."""
    start, end = occasion.row["started_at"], occasion.row["ended_at"]
    hours = (end - start).total_seconds() / 3600 if start and end and end >= start else None
    offered = occasion.row["miss_missing_rhi_offered"].upper() in ("Y", "YES")
    accepted = occasion.row["miss_missing_rhi_accepted"].upper()
    return {
        **plain.described(occasion),
        "occasion_number": occasion.number,
        "started_at": start,
        "ended_at": end,
        "duration_hours": hours,
        "offered_by_extract": offered or accepted in ("Y", "YES"),
        "declined_by_extract": offered and accepted in ("N", "NO"),
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

    Returns: the marts by name, and `occasions`.
    """
    modules = plain.read_table(folder, "landed_modules")
    landed = {row["raw_table"] for row in modules if row["status"] == "landed"}
    from_extract = {name for name, case in CASE.items() if name == MISSING or case in landed}
    case = {name: read_case_table(folder, name) for name in (*CASE.values(), LEGAL)}
    returns = {name: plain.read_table(folder, name) for name in plain.TABLES}
    accepted = {name: plain.keep_accepted(name, rows) for name, rows in returns.items()}

    occasions = form_occasions(case["ssd_missing"])
    starts = [plain.year_of(each.started_on) for each in occasions]
    covered = range(min(starts), max(starts) + 1) if starts else range(0)
    known = years_known(modules, from_extract, covered)

    judge_legal_rows(case[LEGAL], EPISODES in from_extract)
    if EPISODES in from_extract:
        episodes = form_episodes(case["ssd_cla_episodes"], case[LEGAL])
    else:
        loaded = {year for year, tables in known.items() if EPISODES in tables}
        episodes = plain.form_episodes(accepted[EPISODES], loaded)
    if HEADER in from_extract:
        born = birth_dates(case["ssd_person"])
    else:
        details = plain.latest_details(accepted[HEADER])
        born = {child: plain.as_day(row["dob"]) for child, row in details.items()}
    if UASC in from_extract:
        last_days = uasc_last_days(case["ssd_immigration_status"], covered)
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
    }
