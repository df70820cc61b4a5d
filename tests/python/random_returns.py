"""Writes random returns as a council might have them, dense with the awkward cases of counting.

Children, dates and outcomes are made up. The same seed writes the same bytes.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from zlib import crc32

Landed = Callable[[int], Path]
"""The folder of landed returns by the seed that they are written from."""

DAY = timedelta(days=1)
# Of fixtures/postcodes.csv, or in no directory.
HOMES = ("XL1 1AA", "xl11aa", "XL2 2BB", "XN8 8HH", "XV1 1KK", "")
PLACED_AT = (
    *("XL1 1AA", "XL2-2BB", "XL3 3CC", " xm4 4dd ", "XM55EE", "XW6 6FF", "XS7 7GG", "XN9 9JJ"),
    *("XL2 2BB", "XQ9 9QQ", ""),
)
COLUMNS = {
    "header": "CHILD SEX DOB ETHNIC UPN MOTHER MC_DOB",
    "episodes": "CHILD DECOM RNE LS CIN PLACE PLACE_PROVIDER DEC REC REASON_PLACE_CHANGE HOME_POST"
    " PL_POST URN",
    "missing": "CHILD DOB MISSING MIS_START MIS_END",
    "uasc": "CHILD SEX DOB DUC",
    "interviews": "INTERVIEW_ID CHILD MIS_START OCCASION OFFERED_DATE OUTCOME INTERVIEW_DATE"
    " CONDUCTED_BY HARMED SEXUAL_HARM DRUG_SALE CRIME",
    "more_of_interviews": "POLICE_NOTIFIED TRAFFICKING_CONCERN EXPLOITATION_CONCERN RISK_GRADE"
    " INTERVIEW_PROVIDER FOUND_BY",
}
CHILD_IDS = ["7", "007", "0070", "A7", "A007", "X-12", "12", "0012", "ZB/3", "00451", "Q9K", "C1"]
CHILD_IDS_APART = ["007", "0070", "A7", "X-12", "0012", "ZB/3", "00451", "Q9K", "C1"]
MISSING_WORDS = ["M", "M", "m", "Missing", "MISSING", "missing"]
AWAY_WORDS = ["A", "A", "a", "Absent", "ABSENT", "Away", "AWAY", "away"]
SEXES = ["1", "2", "2", "1.0", "M", "F", "f", "U", "", "9"]
ETHNIC = ["WBRI", "WBRI", "MWAS", "BAFR", "oOTH", "CHNE", "REFU", "", "ZZZZ"]
LEGAL_STATUSES = ["C1", "C2", "C2", "V2", "V2", "E1", "J1", "l1", "", "Q9"]
PLACES = ["U1", "U6", "K2", "K2", "k2", "K1", "H5", "H5", "P2", "R5", "T4", "", "X9"]
UNREADABLE = ["31/02/2016", "not known", "2016-13-01", "29/02/2015", "01/04/17", "2016", "1.0"]
NUMBERS = ["", "", "1", "1.0", "2", "2.0", " 2", "3", "9"]
OUTCOMES = ["COMPLETED", "COMPLETED", "completed", "DECLINED", "NOT_OFFERED", "AWAITED", ""]
FILE_NAMES = ["{}.csv", "903 {} FINAL (v2).csv", "copy of {}_{}.csv", "export-{}.final.csv"]
INTERVIEW_FOLDERS = ["", "return interviews", "from the neighbours/2nd batch"]


class Chances(Random):
    """Chances of one made-up council, and how often what befalls its data does."""

    faults = 1.0


@dataclass
class Child:
    """What really happened to one made-up child."""

    child_id: str
    born: date
    is_uasc: bool
    uasc_until: date | None
    episodes: list[dict]
    occasions: list[dict]


def year_start(year: int) -> date:
    """1 April of the collection year."""
    return date(year, 4, 1)


def year_end(year: int) -> date:
    """31 March of the collection year."""
    return date(year + 1, 3, 31)


def at(rng: Chances, chance: float) -> bool:
    """Whether something with that chance happens."""
    return rng.random() < chance


def at_fault(rng: Chances, chance: float) -> bool:
    """Whether a fault of that chance is in the data; careful councils have fewer."""
    return at(rng, chance * rng.faults)


def write_day(rng: Chances, day: date | None) -> str:
    """A date in one of the forms in circulation, blank for none."""
    if day is None:
        return rng.choice(["", "", " "])
    text = day.strftime("%d/%m/%Y") if at(rng, 0.75) else day.isoformat()
    text += " 00:00:00" if at(rng, 0.1) else ""
    return f" {text} " if at(rng, 0.05) else text


def eighteenth_birthday(born: date) -> date:
    """The 18th birthday; 1 March for 29 February."""
    is_leap_day = (born.month, born.day) == (2, 29)
    return date(born.year + 18, 3, 1) if is_leap_day else born.replace(year=born.year + 18)


def make_child(rng: Chances, child_id: str, years: list[int]) -> Child:
    """A child; for many of them the 18th birthday lies in the years."""
    age = 18 if at(rng, 0.4) else rng.randint(9, 16)
    born = date(rng.choice(years) - age, 4, 1) + rng.randint(0, 364) * DAY
    born = date(rng.choice([1996, 2000]), 2, 29) if at(rng, 0.2) else born
    until = rng.choice([None, eighteenth_birthday(born), any_day(rng, years)])
    child = Child(child_id, born, at(rng, 0.5), until, make_episodes(rng, years), [])
    for _ in range(rng.randint(3, 9)):
        child.occasions += make_occasions(rng, awkward_day(rng, child, years))
    return child


def any_day(rng: Chances, years: list[int]) -> date:
    """Any day of the collection years."""
    return year_start(rng.choice(years)) + rng.randint(0, 364) * DAY


def awkward_day(rng: Chances, child: Child, years: list[int]) -> date:
    """A day on which the rules are easily got wrong, within the collection years."""
    year = rng.choice(years)
    edges = [year_start(year), year_start(year) + DAY, year_end(year), year_end(year) - DAY]
    edges += [date(year + 1, 3, 1), date(year + 1, 3, 1) - DAY]
    turning = [eighteenth_birthday(child.born)] * 3 + [child.uasc_until]
    turning += [episode[key] for episode in child.episodes for key in ("decom", "dec")]
    near = [day + step * DAY for day in turning if day for step in (-1, 0, 0, 1)]
    near = [day for day in near if year_start(years[0]) <= day <= year_end(years[-1])]
    return rng.choice(rng.choice([edges, near or edges, [any_day(rng, years)]]))


def make_episodes(rng: Chances, years: list[int]) -> list[dict]:
    """A chain of episodes with changeover days and gaps, and short breaks beside it."""
    day = year_start(years[0]) + rng.randint(-40, 60) * DAY
    only_short_breaks = at(rng, 0.12)
    episodes = []
    while day <= year_end(years[-1]):
        end = rng.choice(
            [day + rng.choice([0, 1, 20, 45, 70, 90]) * DAY] * 9 + [year_end(day.year)]
        )
        status = "V3" if only_short_breaks or at(rng, 0.1) else rng.choice(LEGAL_STATUSES)
        status = status if at_fault(rng, 1) else status.replace("Q9", "C2") or "C2"
        is_open = at(rng, 0.08)
        episodes.append({"decom": day, "dec": None if is_open else end, "ls": status})
        if at(rng, 0.12):
            first = day + rng.randint(0, 3) * DAY
            last = first + rng.randint(0, 30) * DAY
            episodes.append({"decom": first, "dec": last, "ls": rng.choice(["V4", "v3"])})
        if is_open and at(rng, 0.5):
            break
        day = end + (0 if at(rng, 0.7) and end > day else rng.choice([1, 2, 30])) * DAY
    return episodes


def make_occasions(rng: Chances, start: date) -> list[dict]:
    """An occasion, often with others that start on the same day or when it ends."""
    occasions = []
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        length = rng.choice([0, 0, 0, 1, 2, 5, 40, 250, 420, 800, None])
        end = None if length is None else start + length * DAY
        end = occasions[-1]["end"] if occasions and at(rng, 0.3) else end
        occasions.append({"start": start, "end": end, "missing": at(rng, 0.55)})
    ends = [each["end"] for each in occasions if each["end"]]
    if ends and at(rng, 0.3):
        end = min(ends) + rng.choice([0, 1, 3]) * DAY
        occasions.append({"start": min(ends), "end": end, "missing": at(rng, 0.55)})
    return occasions


def postcodes_of(child: str, start: object) -> dict[str, str]:
    """Where a child is from and placed, without a chance of its own: mostly in the directory."""
    number = crc32(f"{child} {start}".encode())
    return {"HOME_POST": HOMES[number % len(HOMES)], "PL_POST": PLACED_AT[number // 7 % 11]}


def finish(rng: Chances, rows: list[dict], faults: list[dict], twice: float = 0.06) -> list[dict]:
    """The rows, and copies with a fault that rejects them; some rows twice or out of order."""
    chance = min(0.35, len(rows) / 60)
    copies = [{**rng.choice(rows), **fault} for fault in faults if at_fault(rng, chance)]
    rows = [row for row in rows + copies for _ in range(2 if at(rng, twice) else 1)]
    return rng.sample(rows, len(rows)) if at(rng, 0.5) else rows


def mostly_own_year(rng: Chances, own: list[dict], carried_over: list[dict]) -> list[dict]:
    """Most dates of a return must be of its own year, or it would not be taken for that year's."""
    at_most = len(own) // (2 if len(own) > 8 else 4)
    return rng.sample(carried_over, min(len(carried_over), at_most)) + own


def birth_date_said(rng: Chances, child: Child) -> str:
    """The birth date as some system has it: mostly right."""
    weights = [80, 10, 5 * rng.faults, 5 * rng.faults]
    said = rng.choices(["right", "wrong", "blank", "unreadable"], weights)[0]
    day = {"right": child.born, "wrong": child.born + rng.choice([-1, 1, 300]) * DAY}.get(said)
    return rng.choice(UNREADABLE) if said == "unreadable" else write_day(rng, day)


def header_rows(rng: Chances, children: list[Child]) -> list[dict]:
    """Children with their details, some twice, some not at all, some rows without a child."""
    rows = []
    for child in children:
        for _ in range(rng.choices([0, 1, 2], [15, 70, 15])[0]):
            details = {"SEX": rng.choice(SEXES), "ETHNIC": rng.choice(ETHNIC), "MOTHER": "0"}
            rows.append({"CHILD": child.child_id, "DOB": birth_date_said(rng, child), **details})
    return finish(rng, rows, [{"CHILD": ""}])


def episode_rows(rng: Chances, children: list[Child], year: int) -> list[dict]:
    """The episodes of the year, some not continued, some twice with another end."""
    own, carried_over = [], []
    for child in children:
        for start, end, status in (tuple(episode.values()) for episode in child.episodes):
            if start > year_end(year) or (end and end < year_start(year)) or at(rng, 0.05):
                continue
            ends = [end if end and end <= year_end(year) else None]
            if at(rng, 0.15):
                ends.append(rng.choice([None, start, start + rng.randint(0, 60) * DAY, *ends]))
            for each in ends:
                row = {"CHILD": child.child_id, "DECOM": write_day(rng, start)}
                row["PLACE"] = rng.choice(PLACES)
                row |= postcodes_of(row["CHILD"], row["DECOM"])
                row["LS"] = rng.choice(["V4", "C2"]) if at(rng, 0.1) else status
                row["DEC"] = write_day(rng, each)
                (own if start >= year_start(year) else carried_over).append(row)
    faults = [{"CHILD": " "}, {"DECOM": ""}, {"DECOM": "?"}, {"DEC": rng.choice(UNREADABLE)}]
    faults.append({"DECOM": "02/06/2017", "DEC": "01/06/2017"})
    return finish(rng, mostly_own_year(rng, own, carried_over), faults)


def missing_rows(rng: Chances, children: list[Child], year: int) -> list[dict]:
    """The occasions of the year and those carried over, some forgotten, some changed."""
    own, carried_over = [], []
    for child in children:
        for start, end, is_missing in (tuple(each.values()) for each in child.occasions):
            is_over = end is not None and end < year_start(year)
            if start > year_end(year) or at(rng, 0.94 if is_over else 0.04):
                continue
            shown = (
                end if end and end <= year_end(year) and not (is_over and at(rng, 0.5)) else None
            )
            words = MISSING_WORDS if is_missing != at(rng, 0.2) else AWAY_WORDS
            row = {"CHILD": f" {child.child_id} " if at(rng, 0.05) else child.child_id}
            row |= {"DOB": birth_date_said(rng, child), "MISSING": rng.choice(words)}
            row |= {"MIS_START": write_day(rng, start), "MIS_END": write_day(rng, shown)}
            (own if start >= year_start(year) else carried_over).append(row)
    start = year_start(year) + 9 * DAY
    faults = [{"CHILD": ""}, {"MIS_START": " "}, {"MIS_START": rng.choice(UNREADABLE)}]
    faults += [{"MIS_END": rng.choice(UNREADABLE)}, {"MISSING": rng.choice(["", "X", "MA"])}]
    faults.append({"MIS_START": write_day(rng, year_end(year) + DAY), "MIS_END": ""})
    faults.append({"MIS_START": write_day(rng, start), "MIS_END": write_day(rng, start - DAY)})
    return finish(rng, mostly_own_year(rng, own, carried_over), faults, 0.1)


def uasc_rows(rng: Chances, children: list[Child]) -> list[dict]:
    """Unaccompanied asylum-seeking children, some twice, some with a date nobody can read."""
    rows = []
    for child in (child for child in children if child.is_uasc and at(rng, 0.9)):
        for _ in range(2 if at(rng, 0.2) else 1):
            until = write_day(rng, None if at(rng, 0.2) else child.uasc_until)
            row = {"CHILD": child.child_id, "SEX": "1", "DOB": birth_date_said(rng, child)}
            rows.append({**row, "DUC": rng.choice(UNREADABLE) if at_fault(rng, 0.1) else until})
    return finish(rng, rows, [{"CHILD": ""}])


def interview_day_said(rng: Chances, start: date, child: Child) -> str:
    """A day soon after the start or an end, around the 72 hours; sometimes no day at all."""
    ends = [each["end"] for each in child.occasions if each["start"] == start and each["end"]]
    day = rng.choice([start, *ends, *ends]) + rng.choice([-1, 0, 1, 2, 3, 3, 4, 5]) * DAY
    return (
        rng.choice(UNREADABLE)
        if at_fault(rng, 0.05)
        else write_day(rng, None if at(rng, 0.1) else day)
    )


def interview_rows(rng: Chances, children: list[Child]) -> list[dict]:
    """Interviews: one over several occasions, two for one, some that match nothing."""
    rows = []
    for child in children:
        starts = [each["start"] for each in child.occasions for _ in range(rng.randint(0, 2))]
        for start in [*starts, any_day(rng, [starts[0].year if starts else 2016])]:
            row = {"INTERVIEW_ID": f"I{rng.randint(1, 30)}", "CHILD": child.child_id}
            row |= {"MIS_START": write_day(rng, start), "OCCASION": rng.choice(NUMBERS)}
            row["OFFERED_DATE"] = write_day(rng, start + 3 * DAY)
            row["INTERVIEW_DATE"] = interview_day_said(rng, start, child)
            row["CONDUCTED_BY"] = rng.choice(["Leicester", "Ynys Môn", "Rutland, County of"])
            row["OUTCOME"] = rng.choice(OUTCOMES)
            row["OUTCOME"] = row["OUTCOME"] if at_fault(rng, 1) else row["OUTCOME"] or "AWAITED"
            for column in ("HARMED", "SEXUAL_HARM", "DRUG_SALE", "CRIME"):
                row[column] = rng.choice(["Y", "y", " Y", "N", "N", "n", "", ""])
            row["FOUND_BY"] = rng.choice(["Police", "carer", "Social worker", "returned", ""])
            for column in ("POLICE_NOTIFIED", "TRAFFICKING_CONCERN", "EXPLOITATION_CONCERN"):
                row[column] = rng.choice(["Yes", "y", "1", "N", "unknown", "High", "", ""])
            row["RISK_GRADE"] = rng.choice(["High", "medium", "L", "no apparent risk", "Y", ""])
            row["INTERVIEW_PROVIDER"] = rng.choice(["in-house", "Commissioned", "other", "?", ""])
            rows.append(row)
    faults = [{"CHILD": ""}, {"MIS_START": ""}, {"MIS_START": rng.choice(UNREADABLE)}]
    faults += [{"OCCASION": wrong} for wrong in ("0", "-1", "1.5", "first", "0.0")]
    return finish(rng, rows, faults)


def write_file(rng: Chances, path: Path, module: str, rows: list[dict], label: str) -> None:
    """One CSV file in one of the forms in circulation."""
    columns = COLUMNS[module].split()
    if module == "interviews":
        more = COLUMNS["more_of_interviews"].split()
        columns += rng.sample(more, rng.choice([0, 3, len(more), len(more)]))
    if at(rng, 0.3):
        rng.shuffle(columns)
    if at(rng, 0.3):
        columns = ["LA", *columns, "YEAR"]
    text = io.StringIO()
    line_end, quoting = rng.choice(["\n", "\r\n"]), rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    writer = csv.DictWriter(text, columns, "", "ignore", lineterminator=line_end, quoting=quoting)
    writer.writeheader()
    writer.writerows({"LA": "Ynys Môn", "YEAR": label[:4], **row} for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    encoding = rng.choice(["utf-8", "utf-8-sig", "cp1252"])
    encoding = "utf-8" if "\u200b" in text.getvalue() else encoding
    path.write_bytes(text.getvalue().encode(encoding))


DATE_COLUMNS = {"DOB", "DECOM", "DEC", "MIS_START", "MIS_END", "DUC"} | {
    *("OFFERED_DATE", "INTERVIEW_DATE")
}
DATE_FORMS = ("%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d-%b-%y", "%b %d, %Y", "%d/%m/%y", "%Y%m%d")
WRAPPINGS = ("\t{}", "{}\u00a0", "\u200b{}\ufeff", "'{}", '="{}"')


def as_saved_elsewhere(rng: Random, rows: list[dict]) -> list[dict]:
    """The rows as some program saved them: another form of dates, wrapped or damaged texts."""
    form = rng.choice(DATE_FORMS) if at(rng, 0.5) else None
    damage = rng.choice([str.lower, str.lower, lambda child: child.lstrip("0")])
    is_damaged = at(rng, 0.15)
    rows = [dict(row) for row in rows]
    for row in rows:
        for column in (DATE_COLUMNS) & set(row):
            row[column] = other_form(row[column], form) if form else row[column]
        if is_damaged:
            row["CHILD"] = damage(row["CHILD"])
        if at(rng, 0.3):
            row["CHILD"] = rng.choice(WRAPPINGS).format(row["CHILD"])
    return rows


def other_form(text: str, form: str) -> str:
    """A date in another form; what is none stays."""
    for known in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip().split(" 00:")[0], known).strftime(form)
        except ValueError:
            continue
    return text


def write_random_returns(folder: Path, seed: int, careful: bool = False, many: int = 1) -> None:
    """Writes the source folder of a made-up council.

    Args:
        folder: where `2016-17/…` and the other collection years go; made if need be.
        seed: the same seed writes the same files.
        careful: whether faults are so rare that most modules are not lost, while each file has a
            form of its own.
        many: how many times as many children as the dozen at most of a small council.
    """
    rng = Chances(seed)
    rng.faults = (0.05 if seed % 2 else 0.25) if careful else 1.0
    first = rng.choice([2013, 2014, 2015, 2016, 2016, 2016, 2017])
    years = list(range(first, first + rng.choice([1, 2, 2, 3, 3, 4])))
    of_council = CHILD_IDS_APART if careful and at(rng, 0.7) else CHILD_IDS
    ids = rng.sample(of_council, rng.randint(3, 9 if careful else 12))
    for further in range(1, many):
        more = rng.sample(of_council, rng.randint(3, 9 if careful else 12))
        ids += [f"{child_id}{further}" for child_id in more]
    children = [make_child(rng, child_id, years) for child_id in ids]
    for year in years:
        label = f"{year}-{(year + 1) % 100:02d}"
        modules = {
            "header": header_rows(rng, children),
            "episodes": episode_rows(rng, children, year),
            "missing": [] if at(rng, 0.08) else missing_rows(rng, children, year),
            "uasc": [] if at(rng, 0.12) else uasc_rows(rng, children),
        }
        for module, rows in modules.items():
            rows = as_saved_elsewhere(rng, rows) if careful else rows
            name = rng.choice(FILE_NAMES).format(rng.choice([module, module[0]]), module)
            write_file(rng, folder / label / name, module, rows, label)
    path = folder / rng.choice(INTERVIEW_FOLDERS) / "interviews (shared).csv"
    rows = interview_rows(rng, children)
    rows = as_saved_elsewhere(rng, rows) if careful else rows
    write_file(rng, path, "interviews", rows, "")
