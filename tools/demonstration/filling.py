"""Fills the register up with ordinary children until the totals of each year are reached."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from demonstration.care import new_child, stay, with_gap
from demonstration.register import (
    YEARS,
    Child,
    Register,
    days,
    first_day,
    last_day,
)

SHARE_RETURNING = 0.07
SHARE_WITH_GAP = 0.03
LONGEST_STAY = 5_500  # days in care before the first year: nobody in it is 18 already

Measure = Callable[[Child, int], bool]
Stay = list[date | None]


def fill_uasc(register: Register, in_year: dict[int, int], at_end: dict[int, int]) -> None:
    """Adds unaccompanied asylum-seeking children until both totals of every year are reached.

    Args:
        register: holds the children of the built cases already.
        in_year: children who were looked after and UASC on a day of the year, by year.
        at_end: those who were on 31 March in the sense of the snapshot, by year.
    """

    def in_care_as_uasc(child: Child, year: int) -> bool:
        return child.is_uasc and any(
            child.is_looked_after_on(day) and child.is_uasc_on(day)
            for day in days(first_day(year), last_day(year))
        )

    def at_end_as_uasc(child: Child, year: int) -> bool:
        return child.is_looked_after_at_end_of(year) and child.is_uasc_on(last_day(year))

    _fill(
        register,
        _remaining(register, in_year, in_care_as_uasc),
        _remaining(register, at_end, at_end_as_uasc),
        stock=1,
        is_uasc=True,
    )


def fill_care(
    register: Register, in_year: dict[int, int], at_end: dict[int, int], before: int
) -> None:
    """Adds ordinary children until the totals of looked-after children are reached.

    Args:
        register: holds the children of the built cases and the UASC already.
        in_year: children looked after on a day of the year, by year.
        at_end: children looked after at 31 March, by year.
        before: children looked after at 31 March before the first year.
    """
    here = sum(child.is_looked_after_at_end_of(YEARS[0] - 1) for child in register.children)
    _fill(
        register,
        _remaining(register, in_year, Child.is_looked_after_in),
        _remaining(register, at_end, Child.is_looked_after_at_end_of),
        stock=before - here,
        is_uasc=False,
    )


def _remaining(register: Register, totals: dict[int, int], measure: Measure) -> dict[int, int]:
    return {
        year: total - sum(measure(child, year) for child in register.children)
        for year, total in totals.items()
    }


def _fill(
    register: Register,
    in_year: dict[int, int],
    at_end: dict[int, int],
    *,
    stock: int,
    is_uasc: bool,
) -> None:
    """Lets children come and leave so that each year has its total and each 31 March its own.

    Raises:
        ValueError: more children turn 18 in a year than leave in it.
    """
    rng = register.rng
    stays: dict[str, list[Stay]] = {}
    by_id: dict[str, Child] = {}
    here: list[Child] = []
    gone: list[Child] = []

    def comes(child: Child, day: date) -> Child:
        stays.setdefault(child.child_id, []).append([day, None])
        by_id[child.child_id] = child
        return child

    for _ in range(stock):
        days_before = min(LONGEST_STAY, 1 + round(rng.expovariate(1 / 900)))
        began = first_day(YEARS[0]) - timedelta(days=days_before)
        here.append(comes(_newcomer(register, began, is_uasc, first_day(YEARS[0])), began))
    for year in YEARS:
        for _ in range(in_year[year] - len(here)):
            day = _day_of(rng, year)
            child = None if is_uasc else _returning(rng, gone, day)
            here.append(comes(child or _newcomer(register, day, is_uasc, day), day))
        leaving = _leaving(rng, here, in_year[year] - at_end[year], year, stays)
        for child in leaving:
            stays[child.child_id][-1][1] = _last_day_in_care(
                rng, child, stays[child.child_id][-1][0], year
            )
        names = {child.child_id for child in leaving}
        gone += leaving
        here = [child for child in here if child.child_id not in names]
    for child_id, periods in stays.items():
        _live(register, by_id[child_id], periods)


def _newcomer(register: Register, began: date, is_uasc: bool, is_under_18_on: date) -> Child:
    """A child who comes into care on a day, under 18 then and on another day."""
    rng = register.rng
    bands = ((0.0, 1.0), (1.0, 5.0), (5.0, 10.0), (10.0, 15.0), (15.0, 17.3))
    low, high = rng.choices(bands, weights=(15, 19, 22, 28, 16))[0]
    if is_uasc:
        low, high = 15.2, 16.9
    born = began - _years(rng.uniform(low, high))
    too_old = is_under_18_on - _years(17.9)
    if born <= too_old:
        born = too_old + timedelta(days=rng.randint(1, 900))
    return new_child(register, min(born, began), is_uasc=is_uasc)


def _returning(rng: Random, gone: list[Child], day: date) -> Child | None:
    """Sometimes a child who left in an earlier year and is under 17: taken off the list."""
    if rng.random() >= SHARE_RETURNING:
        return None
    young = [child for child in gone if child.eighteenth > day + timedelta(days=365)]
    if not young:
        return None
    child = rng.choice(young)
    gone.remove(child)
    return child


def _leaving(
    rng: Random, here: list[Child], number: int, year: int, stays: dict[str, list[Stay]]
) -> list[Child]:
    """Who leaves in a year: all who turn 18, then others, of newcomers twice as many."""
    grown = [child for child in here if child.eighteenth <= last_day(year)]
    if len(grown) > number:
        raise ValueError(f"{len(grown)} turn 18 in {year}, but {number} leave: try another seed")
    names = {child.child_id for child in grown}
    others = [child for child in here if child.child_id not in names]
    for _ in range(number - len(grown)):
        weights = [2 if stays[child.child_id][-1][0] >= first_day(year) else 1 for child in others]
        chosen = rng.choices(range(len(others)), weights=weights)[0]
        grown.append(others.pop(chosen))
    return grown


def _last_day_in_care(rng: Random, child: Child, began: date | None, year: int) -> date:
    """A day of the year from the child's first on, at the latest the 18th birthday."""
    if child.eighteenth <= last_day(year):
        return child.eighteenth
    earliest = max(began or first_day(year), first_day(year))
    return earliest + timedelta(days=rng.randint(0, (last_day(year) - earliest).days))


def _day_of(rng: Random, year: int) -> date:
    return first_day(year) + timedelta(days=rng.randint(0, 364))


def _years(number: float) -> timedelta:
    return timedelta(days=round(number * 365.25))


def _live(register: Register, child: Child, periods: list[Stay]) -> None:
    for began, ended in periods:
        assert began is not None
        pieces: list[tuple[date, date | None]] = [(began, ended)]
        if register.rng.random() < SHARE_WITH_GAP and not child.is_uasc:
            pieces = with_gap(register.rng, began, ended)
        for first, last in pieces:
            stay(register, child, first, last)
    if child.sex == 2 and child.born < date(2000, 1, 1) and register.rng.random() < 0.06:
        child.child_born = min(child.eighteenth, date(2018, 1, 31)) - timedelta(
            days=register.rng.randint(20, 300)
        )
