"""The bank holiday seed against a library that works holidays out by rule."""

import csv
from datetime import date

import holidays
import pytest

from missing_from_care.base.project import CHECKOUT

PARTS = {
    "england_and_wales": ("ENG", "WLS"),
    "scotland": ("SCT",),
    "northern_ireland": ("NIR",),
}

# (part, day): why the library has it and the seed has not.
EXPLAINED = {
    ("scotland", "2006-11-30"): "the St Andrew's Day Act was passed after that day, in 2007",
    ("scotland", "2010-01-04"): "2 January was a Saturday and no proclamation moved it",
    ("scotland", "2011-01-04"): "1 January was a Saturday and no proclamation moved it",
}


def rows():
    with (CHECKOUT / "seeds" / "rules" / "bank_holidays.csv").open(encoding="utf-8") as opened:
        return list(csv.DictReader(opened))


def thresholds():
    with (CHECKOUT / "seeds" / "rules" / "thresholds.csv").open(encoding="utf-8") as opened:
        return {row["threshold"]: row["value"] for row in csv.DictReader(opened)}


def years():
    """The years that the calendar says it covers, whole."""
    first, last = thresholds()["calendar_first_day"], thresholds()["calendar_last_day"]
    assert first.endswith("-01-01") and last.endswith("-12-31")
    return range(int(first[:4]), int(last[:4]) + 1)


@pytest.mark.parametrize("part", PARTS)
def test_the_seed_has_the_librarys_holidays_but_for_those_explained(part):
    seed = {row["holiday_date"] for row in rows() if row[part] == "true"}
    for division in PARTS[part]:
        library = {
            str(day)
            for day in holidays.country_holidays("GB", subdiv=division, years=years())
            if day.weekday() < 5
        }
        assert seed - library == set()
        assert library - seed == {day for where, day in EXPLAINED if where == part}


def test_every_year_of_the_calendar_is_there_in_every_part():
    for part, least in {"england_and_wales": 8, "scotland": 8, "northern_ireland": 10}.items():
        for year in years():
            found = {r["holiday_date"] for r in rows() if r[part] == "true"}
            assert sum(day.startswith(str(year)) for day in found) >= least, (part, year)


def test_no_holiday_lies_outside_the_calendar_or_on_a_weekend():
    for row in rows():
        day = date.fromisoformat(row["holiday_date"])
        assert day.year in years() and day.weekday() < 5, row


def test_a_holiday_in_doubt_says_where_to_look():
    doubtful = [row for row in rows() if row["is_confirmed"] == "false"]
    assert [row["holiday_date"] for row in doubtful] == ["2027-01-04", "2028-01-04"]
    assert all("Gazette" in row["source"] for row in doubtful)
