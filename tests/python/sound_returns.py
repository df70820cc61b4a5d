"""Small sound returns of made-up councils, in which every figure can be known, for tests of damage.

A return is a dictionary of tables by file, `2017-18/missing.csv`; a row is a dictionary by column,
its dates are days.
"""

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from random import Random

from random_returns import COLUMNS

DAY = timedelta(days=1)
YEARS = ("2016-17", "2017-18")
Tables = dict[str, list[dict]]


def sound_return(seed: int) -> Tables:
    """One or two years of 12 to 16 children, with 12 to 60 occasions in a year.

    Two children turn 18, one is on short breaks only, and some change their placement; occasions
    may share a day or be carried over.
    """
    rng = Random(seed)
    years = YEARS[rng.randint(0, 1) :]
    written = rng.choice(["{:06d}", "00{:04d}", "AB{:04d}", "Z{:04d}q"])
    numbers = rng.sample(range(1000, 9999), rng.randint(12, 16))
    children = [
        {"CHILD": written.format(number), "DOB": date(2002, 1, 1) + rng.randint(0, 2500) * DAY}
        for number in numbers
    ]
    for child in children[:2]:
        child["DOB"] = date(1999, 10, 1) + rng.randint(0, 100) * DAY
    care = {child["CHILD"]: _care(rng, child is children[2]) for child in children}
    occasions = [
        occasion
        for child in children
        for _ in range(rng.choice([1, 1, 2, 3]))
        for occasion in _occasions(rng, child, years)
    ]
    tables: Tables = {}
    for year in years:
        first, last = date(int(year[:4]), 4, 1), date(int(year[:4]) + 1, 3, 31)
        tables[f"{year}/header.csv"] = [
            {**child, "SEX": "1", "ETHNIC": "WBRI", "MOTHER": "0"} for child in children
        ]
        tables[f"{year}/episodes.csv"] = [
            {"CHILD": child, **episode, "DEC": _by(episode["DEC"], last), "RNE": "S", "PLACE": "U4"}
            for child, episodes in care.items()
            for episode in episodes
            if episode["DECOM"] <= last and (episode["DEC"] or last) >= first
        ]
        tables[f"{year}/missing.csv"] = [
            {**occasion, "MIS_END": _by(occasion["MIS_END"], last)}
            for occasion in occasions
            if occasion["MIS_START"] <= last and (occasion["MIS_END"] or last) >= first
        ]
        duc = (None, date(2019, 5, 17), date(int(year[:4]), 10, rng.randint(2, 30)))
        tables[f"{year}/uasc.csv"] = [
            {**child, "SEX": "1", "DUC": day} for child, day in zip(children[3:6], duc, strict=True)
        ]
    tables["interviews.csv"] = _interviews(rng, occasions)
    return tables


def _by(day: date | None, last: date) -> date | None:
    return day if day and day <= last else None


def _care(rng: Random, is_short_breaks: bool) -> list[dict]:
    """A chain of one to three episodes, the last mostly open; some begin in the last year."""
    day = date(2016, 4, 1) - rng.randint(10, 120) * DAY
    day += rng.choice([0, 0, 0, 500]) * DAY
    episodes = []
    for _ in range(rng.randint(0, 2)):
        end = day + rng.randint(60, 300) * DAY
        episodes.append({"DECOM": day, "DEC": end})
        day = end
    episodes.append({"DECOM": day, "DEC": rng.choice([None, None, max(day, date(2018, 2, 14))])})
    statuses = ["V4"] if is_short_breaks else ["C2", "C1", "V2", "E1"]
    return [{**episode, "LS": rng.choice(statuses)} for episode in episodes]


def _occasions(rng: Random, child: dict, years: tuple[str, ...]) -> list[dict]:
    """One occasion, or two of one day; a few are never over."""
    start = date(int(rng.choice(years)[:4]), 4, 1) + rng.randint(0, 364) * DAY
    days = rng.choice([[0], [1], [3], [12], [0, 2], [1, 1], [40], [None]])
    return [
        {
            **child,
            "MISSING": rng.choice("MMA"),
            "MIS_START": start,
            "MIS_END": None if length is None else start + length * DAY,
        }
        for length in days
    ]


def _interviews(rng: Random, occasions: list[dict]) -> list[dict]:
    return [
        {
            "INTERVIEW_ID": f"I{number}",
            "CHILD": occasion["CHILD"],
            "MIS_START": occasion["MIS_START"],
            "OFFERED_DATE": occasion["MIS_END"],
            "OUTCOME": rng.choice(["COMPLETED", "COMPLETED", "DECLINED"]),
            "INTERVIEW_DATE": occasion["MIS_END"] + 2 * DAY,
            "CONDUCTED_BY": "Leicester",
            **{name: rng.choice("YN") for name in ("HARMED", "SEXUAL_HARM", "DRUG_SALE", "CRIME")},
        }
        for number, occasion in enumerate(occasions)
        if occasion["MIS_END"]
    ]


def as_texts(tables: Tables) -> dict[str, list[dict[str, str]]]:
    """The rows with days as 03/06/2017 and nothing as a blank."""
    return {
        file: [{key: british(value) for key, value in row.items()} for row in rows]
        for file, rows in tables.items()
    }


def british(value: date | str | None) -> str:
    """A value of a row as the Department's return has it."""
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else value or ""


def columns_of(file: str) -> list[str]:
    """The columns of a file's module."""
    return COLUMNS[Path(file).stem].split()


def as_csv(file: str, rows: list[dict[str, str]], separator: str = ",") -> str:
    """The text of one file, with what its rows have besides the columns of the module."""
    text = io.StringIO()
    columns = list(dict.fromkeys([*columns_of(file), *(name for row in rows for name in row)]))
    writer = csv.DictWriter(text, columns, "", delimiter=separator, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
