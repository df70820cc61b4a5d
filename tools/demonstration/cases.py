"""Occasions that a counting rule is about, each kind built by name and at least three times.

Nobody may be missing at 31 March of the first three years in the published sense. So whoever has
an occasion open over such a year end is, on that day, either no longer looked after (the usual
case here: the occasion began in care and counts, the care ended before 31 March) or looked after
for short breaks only (then the occasion is left out).
"""

from datetime import date, timedelta

from demonstration.care import new_child, stay
from demonstration.register import DAY, YEARS, Child, Register, first_day, written

Stays = tuple[tuple[date, date | None], ...]


def add_occasion_cases(register: Register) -> None:
    """Adds every case of this module to the register."""
    for build in (
        carried_over_one_year_end,
        carried_over_two_year_ends,
        carried_over_one_of_a_day,
        open_but_not_repeated,
        closed_but_repeated,
        status_changed_between_returns,
        carried_over_without_original,
        same_day_repeats,
        start_on_previous_end,
        overlapping,
        still_missing,
        during_short_breaks,
        on_changeover_day,
        outside_care,
        around_eighteenth_birthday,
        born_on_29_february,
    ):
        build(register)


def case_child(register: Register, year: int, *stays: tuple[date, date | None], **how) -> Child:
    """A child of about 15 in a year, with periods of care that have no random changes."""
    born = date(year - 15, 5, 1) + timedelta(days=register.rng.randint(0, 300))
    child = new_child(register, how.pop("born", born), is_uasc=how.pop("is_uasc", False))
    child.is_case = True
    for began, ended in stays:
        stay(register, child, began, ended, moves=how.get("moves", []))
    return child


def carried_over_one_year_end(register: Register) -> None:
    """Open at 31 March, ended in the next year; care ended while the child was away."""
    for status, year, is_uasc in (("A", 2014, False), ("A", 2015, False), ("M", 2016, True)):
        care = (date(year - 1, 9, 10), date(year + 1, 3, 20))
        child = case_child(register, year, care, is_uasc=is_uasc)
        started, ended = date(year + 1, 3, 2), date(year + 1, 4, 19)
        register.went(child, status, started, ended, again_in=(year + 1,))
    child = case_child(register, 2015, (date(2014, 6, 3), date(2016, 3, 18)))
    register.went(child, "M", date(2015, 11, 6), date(2015, 11, 9))
    register.went(child, "M", date(2016, 3, 11), date(2016, 5, 2), again_in=(2016,))


def carried_over_two_year_ends(register: Register) -> None:
    """Open at 31 March of two years, in three returns."""
    child = case_child(register, 2014, (date(2013, 11, 4), date(2015, 2, 27)), is_uasc=True)
    register.went(child, "M", date(2015, 1, 19), date(2016, 6, 8), again_in=(2015, 2016))
    child = case_child(register, 2015, (date(2015, 6, 15), date(2016, 2, 29)), is_uasc=True)
    register.went(child, "M", date(2015, 9, 1), date(2015, 9, 4))
    register.went(child, "M", date(2016, 1, 25), date(2017, 7, 3), again_in=(2016, 2017))
    child = case_child(register, 2015, (date(2015, 5, 5), date(2015, 6, 30)))
    stay(register, child, date(2015, 10, 1), date(2016, 6, 30), legal="V4", moves=[])
    stay(register, child, date(2016, 7, 4), date(2016, 8, 12), legal="V2", moves=[])
    stay(register, child, date(2016, 8, 15), None, legal="V4", moves=[])
    register.went(
        child, "M", date(2016, 3, 29), date(2017, 4, 2), again_in=(2016, 2017), counts=False
    )


def carried_over_one_of_a_day(register: Register) -> None:
    """Two occasions of one day, of which only the open one is carried over (rule 3)."""
    for status, year in (("A", 2014), ("A", 2015), ("M", 2016)):
        child = case_child(register, year, (date(year, 2, 8), date(year + 1, 3, 24)))
        day = date(year + 1, 3, 15)
        register.went(child, status, day, day)
        register.went(child, status, day, date(year + 1, 4, 6), again_in=(year + 1,))


def open_but_not_repeated(register: Register) -> None:
    """Open in a return whose successor does not have it; care ended before 31 March."""
    for year in (2014, 2015, 2016):
        child = case_child(register, year, (date(year, 5, 12), date(year + 1, 3, 9)))
        register.went(child, "A", date(year + 1, 2, 20), None)


def closed_but_repeated(register: Register) -> None:
    """Ended, and in the next return all the same: still one occasion."""
    for year, month in ((2015, 8), (2015, 10), (2015, 12)):
        child = case_child(register, year, (date(year - 1, 7, 7), None))
        started = date(year, month, 14)
        register.went(child, "A", started, started + 2 * DAY, again_in=(year + 1,))


def status_changed_between_returns(register: Register) -> None:
    """Away in one return and missing in the next: during short breaks, so left out both times."""
    for year in (2015, 2016, 2016):
        child = case_child(register, year, (date(year, 4, 20), date(year, 6, 11)))
        stay(register, child, date(year, 9, 3), date(year + 1, 9, 30), legal="V4", moves=[])
        if year + 1 < YEARS[-1]:
            stay(register, child, date(year + 1, 11, 7), None, legal="V2", moves=[])
        started, ended = date(year + 1, 3, 27), date(year + 1, 4, 3)
        register.went(child, "A", started, ended, again_in=(year + 1,), again_as="M", counts=False)


def carried_over_without_original(register: Register) -> None:
    """In a later return only: from before the first one, or begun where no care was on record."""
    for day, status in ((14, "M"), (20, "A"), (26, "M")):
        child = case_child(register, 2014, (date(2012, 10, 2), date(2015, 9, 18)))
        register.went(child, status, date(2014, 3, day), date(2014, 4, 5), again_in=(2014,))
    for year in (2015, 2016, 2017):
        child = case_child(register, year, (date(year, 4, 16), date(year, 12, 20)))
        start, end = f"25/03/{year}", f"11/04/{year}"
        status = "M" if year == YEARS[-1] else "A"
        register.row(year, child.child_id, written(child.born), status, start, end)


def same_day_repeats(register: Register) -> None:
    """Several times on one day, with equal ends and with different ones."""
    for number in (2, 3, 4):
        child = case_child(register, 2017, (date(2016, 10, 6), None))
        for turn in range(number):
            register.went(child, "M", date(2017, 8, 9), date(2017, 8, 9) + (turn // 2) * DAY)
        register.went(child, "M", date(2017, 10, 20), date(2017, 10, 21))


def start_on_previous_end(register: Register) -> None:
    """Found and gone again on the same day: two occasions (validation rule 574)."""
    for month in (6, 9, 11):
        child = case_child(register, 2017, (date(2017, 1, 13), None))
        for day, back in ((3, 5), (5, 6), (6, 9)):
            register.went(child, "M", date(2017, month, day), date(2017, month, back))


def overlapping(register: Register) -> None:
    """Begins before the previous one ended, as the return has it: counted and reported."""
    for month in (5, 7, 12):
        child = case_child(register, 2017, (date(2016, 12, 1), date(2018, 2, 2)))
        register.went(child, "M", date(2017, month, 4), date(2017, month, 12))
        register.went(child, "M", date(2017, month, 9), date(2017, month, 10))


def still_missing(register: Register) -> None:
    """Open at the end of the last year, in care: counted, not found."""
    for day, is_uasc in ((5, False), (19, True), (24, True), (30, False)):
        child = case_child(register, 2017, (date(2017, 6, 22), None), is_uasc=is_uasc)
        register.went(child, "M", date(2017, 12, day), date(2018, 1, 3))
        register.went(child, "M", date(2018, 3, day), None)


def during_short_breaks(register: Register) -> None:
    """On a day with a short break only: left out. With another episode too: counted."""
    for status, year, legal in (("A", 2014, "V3"), ("M", 2015, "V4"), ("A", 2016, "V4")):
        child = case_child(register, year)
        stay(register, child, first_day(year), date(year, 9, 15), legal=legal, moves=[])
        stay(register, child, date(year, 12, 1), date(year + 2, 2, 5), legal="V2", moves=[])
        register.went(child, status, date(year, 7, 4), date(year, 7, 5), counts=False)
    for legal in ("V3", "V4", "V4"):
        child = case_child(register, 2017)
        stay(register, child, date(2017, 5, 2), None, legal=legal, moves=[])
        register.went(child, "M", date(2017, 10, 13), date(2017, 10, 13), counts=False)
        child = case_child(register, 2017)
        stay(register, child, date(2017, 5, 2), date(2017, 8, 21), legal=legal, moves=[])
        stay(register, child, date(2017, 8, 21), None, legal="V2", moves=[])
        register.went(child, "M", date(2017, 8, 21), date(2017, 8, 22))


def on_changeover_day(register: Register) -> None:
    """Starts on the day one placement ends and the next begins: counted once."""
    cases = (("A", 2015), ("A", 2016), ("M", 2017), ("M", 2017), ("M", 2017))
    for number, (status, year) in enumerate(cases):
        moved = date(year, 10, 3 + number)
        child = case_child(register, year, (date(year, 4, 9), None), moves=[moved])
        register.went(child, status, moved, moved + number * DAY)


def outside_care(register: Register) -> None:
    """Starts before care, between two periods, after care, or of a child never in care."""
    for status, year in (("A", 2014), ("M", 2015), ("A", 2016), ("M", 2017)):
        child = case_child(
            register,
            year,
            (date(year, 5, 8), date(year, 8, 17)),
            (date(year, 11, 2), date(year + 1, 1, 26)),
        )
        for started in (date(year, 5, 7), date(year, 9, 9), date(year + 1, 1, 27)):
            register.went(child, status, started, started + DAY, counts=False)
    for status, year in (("A", 2015), ("M", 2016), ("M", 2017)):
        child = case_child(register, year)
        register.went(child, status, date(year, 10, 10), date(year, 10, 11), counts=False)


def around_eighteenth_birthday(register: Register) -> None:
    """The day before counts; the birthday itself, still in care, and the days after do not.

    In the years that must equal the published figures, which know no test of age, the occasion
    after the birthday begins when care has ended too.
    """
    for month in (7, 10, 12):
        eighteenth = date(2017, month, 16)
        born = eighteenth.replace(year=1999)
        ended = eighteenth + 12 * DAY
        child = case_child(register, 2017, (date(2016, 3, 1), ended), born=born)
        register.went(child, "M", eighteenth - DAY, eighteenth - DAY)
        register.went(child, "M", eighteenth, eighteenth + DAY, counts=False)
        register.went(child, "M", eighteenth + 6 * DAY, eighteenth + 8 * DAY, counts=False)
    for year in (2014, 2015, 2016):
        eighteenth = date(year, 11, 25)
        born = eighteenth.replace(year=year - 18)
        child = case_child(register, year, (date(2013, 2, 4), eighteenth), born=born)
        register.went(child, "A", eighteenth + DAY, eighteenth + 2 * DAY, counts=False)


def born_on_29_february(register: Register) -> None:
    """Turns 18 on 1 March 2018: 28 February counts, 1 March does not (rule 6)."""
    for _ in range(3):
        care = (date(2017, 5, 30), date(2018, 3, 1))
        child = case_child(register, 2017, care, born=date(2000, 2, 29))
        register.went(child, "M", date(2018, 2, 28), date(2018, 2, 28))
        register.went(child, "M", date(2018, 3, 1), date(2018, 3, 2), counts=False)
