"""How the plain count reads a landed value: texts, identifiers (rule 17) and dates.

It shares nothing with the models. The words for nothing are read from their seed.
"""

import csv
import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

Parts = tuple[str | int, ...]
"""Year, month and day; the year may have two digits."""

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "rules"
BIRTHS = {"dob", "mc_dob"}
DATE_COLUMNS = BIRTHS | {
    *("decom", "dec", "mis_start", "mis_end", "duc"),
    *("offered_date", "interview_date"),
}
ZERO_WIDTH = dict.fromkeys(map(ord, "\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"), " ")
SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE][+-]?[0-9]+")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
TIME = re.compile(
    r"(?P<day>.+?)(?:[ T]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r" ?(?P<half>[AP]M)? ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.IGNORECASE,
)
MOST_DAYS = 2_900_000
UTC = {"Z", "+00:00", "+0000", "-00:00", "-0000"}
DAY_FIRST = re.compile(r"([0-9]{1,2})([-./ ])([0-9]{1,2})\2([0-9]{4})")
DAY_FIRST_SHORT = re.compile(r"([0-9]{1,2})([-./ ])([0-9]{1,2})\2([0-9]{2})")
ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
NAMED = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?[-./ ]*([a-z]{3,9})[-./, ]*([0-9]{4}|[0-9]{2})")
NAME_FIRST = re.compile(r"([a-z]{3,9})[-./ ]*([0-9]{1,2})(?:st|nd|rd|th)?[-./, ]+([0-9]{4})")
COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
SERIAL = re.compile(r"([0-9]{1,7})(?:\.[0-9]+)?")


@cache
def seed(name: str, folder: Path = SEEDS) -> list[dict[str, str]]:
    """The rows of a rule seed; the project's own where the folder has none of that name."""
    path = folder / f"{name}.csv"
    path = path if path.exists() else SEEDS / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def words_for_nothing() -> frozenset[str]:
    """Words, in lower case, by which a system writes a blank."""
    return frozenset(row["word"].strip("'") for row in seed("blank_words") if row["kind"] == "word")


@cache
def placeholder_days() -> frozenset[date]:
    """Days by which a system writes a blank."""
    rows = seed("blank_words")
    return frozenset(date.fromisoformat(row["word"]) for row in rows if row["kind"] == "date")


# --- Texts and identifiers -------------------------------------------------------------------


def clean(text: str) -> str:
    """The value without white space around it and without what a spreadsheet wraps it in."""
    before = None
    while text != before:
        before = text
        while text and (text[0].translate(ZERO_WIDTH).isspace()):
            text = text[1:]
        while text and (text[-1].translate(ZERO_WIDTH).isspace()):
            text = text[:-1]
        wrapped = re.fullmatch(r'="(.*)"', text, re.DOTALL)
        text = (wrapped[1] if wrapped else text).removeprefix("'")
    return "" if text.lower() in words_for_nothing() else text


def clean_child(text: str) -> str:
    """An identifier (rule 17): no `.0` behind it; in scientific notation it is no child."""
    return "" if SCIENTIFIC.fullmatch(text) else text.removesuffix(".0")


# --- Dates -----------------------------------------------------------------------------------


@cache
def as_day(text: str, form: str = "day_first", last_year: int = 9999) -> date | None:
    """The day that a text of a column of that form says; None if blank or unreadable.

    Args:
        text: the value.
        form: as landing names it.
        last_year: the last year that a year of two digits can mean.
    """
    match = TIME.fullmatch(text)
    found = match and READERS[form](match["day"])
    if not found:
        return None
    try:
        year, month, day_of_month = found
        day = date(full_year(str(year), last_year), int(month), int(day_of_month))
        return next_day_in_summer(day, match) if match["hour"] else day
    except (ValueError, OverflowError):
        return None


def next_day_in_summer(day: date, match: re.Match) -> date:
    """A time in UTC from 23:00 in British summer time belongs to the next day."""
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].upper() == "PM" else 0)
    if hour > 23 or int(match["minute"]) > 59:
        raise ValueError("no time of day")
    is_utc = (match["zone"] or "").upper() in UTC
    first, last = last_sunday(day.year, 3), last_sunday(day.year, 10)
    return day + timedelta(days=1) if is_utc and hour == 23 and first <= day < last else day


def last_sunday(year: int, month: int) -> date:
    """The day on which British summer time begins or ends; the months have 31 days."""
    last = date(year, month, 31)
    return last - timedelta(days=last.isoweekday() % 7)


def full_year(digits: str, last_year: int) -> int:
    """The year; of two digits the last that is not after `last_year`."""
    return int(digits) if len(digits) == 4 else last_year - (last_year - int(digits)) % 100


def read_day_first(text: str) -> Parts | None:
    """3/6/2017 and 2017-06-03."""
    if match := DAY_FIRST.fullmatch(text):
        return match[4], match[3], match[1]
    match = ISO.fullmatch(text)
    return match.groups() if match else None


def read_day_first_short(text: str) -> Parts | None:
    """3/6/17."""
    match = DAY_FIRST_SHORT.fullmatch(text)
    return (match[4], match[3], match[1]) if match else None


def read_month_name(text: str) -> Parts | None:
    """3 June 2017, 03-Jun-17 and Jun 3, 2017."""
    if match := NAMED.fullmatch(text.lower()):
        day, name, year = match.groups()
    elif match := NAME_FIRST.fullmatch(text.lower()):
        name, day, year = match.groups()
    else:
        return None
    for number, month in enumerate(MONTHS, start=1):
        if name in (month, month[:3]) or (name, month) == ("sept", "september"):
            return year, number, day
    return None


def read_compact(text: str) -> Parts | None:
    """20170603."""
    match = COMPACT.fullmatch(text)
    return match.groups() if match else None


def read_serial(text: str, epoch: date) -> Parts | None:
    """A spreadsheet's number of days; since 1899, number 60 was a day that never was."""
    match = SERIAL.fullmatch(text)
    number = int(match[1]) if match else 60
    if epoch.year < 1900:
        number = None if number == 60 else number + (number < 60)
    elif not match:
        number = None
    if number is None or number > MOST_DAYS:
        return None
    day = epoch + timedelta(days=number)
    return str(day.year), day.month, day.day


READERS: dict[str, Callable[[str], Parts | None]] = {
    "day_first": read_day_first,
    "day_first_short": read_day_first_short,
    "month_name": read_month_name,
    "compact": read_compact,
    "serial_1900": lambda text: read_serial(text, date(1899, 12, 30)),
    "serial_1904": lambda text: read_serial(text, date(1904, 1, 1)),
    "none": {}.get,
}


def read_date(text: str, form: str, last_year: int) -> str:
    """The day as 2017-06-03; blank for none and for a placeholder; else a word for unreadable."""
    day = as_day(text, form, last_year)
    if not text or day in placeholder_days():
        return ""
    return day.isoformat() if day else "unreadable"
