"""Fills the occasions up until each year has its totals: occasions, children, repeaters."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from demonstration.register import (
    DAY,
    YEARS,
    Child,
    Register,
    birthday,
    days,
    first_day,
    last_day,
)

YOUNGEST = 11
MOST_OF_ONE_CHILD = 75
Care = dict[Child, list[date]]
Shares = dict[Child, Counter[str]]

DURATIONS = ((0, 0), (1, 1), (2, 3), (4, 9), (10, 40))
DURATION_WEIGHTS = (58, 27, 9, 4, 2)


@dataclass(frozen=True)
class Totals:
    """What a year's counted occasions of one status add up to.

    Attributes:
        occasions: number of occasions.
        children: children who had one at least.
        repeaters: children who had two or more.
        uasc: unaccompanied asylum-seeking children to add among the children, at least.
    """

    occasions: int
    children: int
    repeaters: int
    uasc: int = 0


def fill_occasions(register: Register, totals: dict[tuple[int, str], Totals]) -> None:
    """Adds ordinary occasions of ordinary children until every total is reached.

    Args:
        register: holds all children, and the occasions of the built cases.
        totals: by collection year and status.

    Raises:
        ValueError: the built cases alone go beyond a total.
    """
    for year in YEARS:
        care = {
            child: _days_in_care(child, year) for child in register.children if not child.is_case
        }
        shares: Shares = {}
        for status in ("M", "A"):
            if (year, status) in totals:
                built = register.counted.get((year, status), Counter())
                _share_out(register.rng, status, totals[year, status], built, care, shares)
        for child, numbers in shares.items():
            _add(register, child, care[child], numbers)


def _share_out(
    rng: Random, status: str, totals: Totals, built: Counter[str], care: Care, shares: Shares
) -> None:
    """Says which child has how many occasions of a status in a year.

    The children with the most are none that came as asylum seekers.
    """
    children = totals.children - len(built)
    repeaters = totals.repeaters - sum(number > 1 for number in built.values())
    once = children - repeaters
    spare = totals.occasions - sum(built.values()) - once - 2 * repeaters
    if min(repeaters, once, spare) < 0 or (spare and not repeaters):
        raise ValueError(f"The built cases do not fit the totals {totals}")
    chosen = _who(rng, totals.uasc, children, care, set(shares) if status == "A" else set())
    most = [child for child in chosen if not child.is_uasc][: children // 2]
    chosen = most + [child for child in chosen if child not in most]
    numbers = _numbers(rng, repeaters, spare) + [1] * once
    for child, number in zip(chosen, numbers, strict=True):
        shares.setdefault(child, Counter())[status] += number


def _who(rng: Random, uasc: int, number: int, care: Care, missing: set[Child]) -> list[Child]:
    """Children in care long enough, the older the likelier; half of those missing already too."""
    able = [child for child, possible in care.items() if len(possible) > 90]
    chosen = rng.sample([child for child in able if child.is_uasc], uasc)
    both = [child for child in able if child in missing and child not in chosen]
    chosen = (chosen + both[: len(both) // 2])[:number]
    others = [
        child
        for child in able
        if not child.is_uasc and len(care[child]) > 250 and child not in chosen
    ]
    while len(chosen) < number:
        weights = [len(care[child]) * _eagerness(child, care[child][0]) for child in others]
        at = rng.choices(range(len(others)), weights=weights)[0]
        chosen.append(others.pop(at))
    rng.shuffle(chosen)
    return chosen


def _eagerness(child: Child, day: date) -> int:
    return (day.year - child.born.year - YOUNGEST + 1) ** 2


def _numbers(rng: Random, repeaters: int, spare: int) -> list[int]:
    """Two for each repeater and the rest shared so that a few children have very many."""
    numbers = [2] * repeaters
    weights = [rng.expovariate(1) ** 1.8 for _ in range(repeaters)]
    while spare:
        at = rng.choices(range(repeaters), weights=weights)[0]
        if numbers[at] < MOST_OF_ONE_CHILD:
            numbers[at] += 1
            spare -= 1
    return sorted(numbers, reverse=True)


def _days_in_care(child: Child, year: int) -> list[date]:
    """The days of a year on which the child was in care, not too young and under 18.

    The last days before 31 March are left, so that nobody is still missing on it.
    """
    first = max(first_day(year), birthday(child.born, YOUNGEST))
    last = min(last_day(year) - 2 * DAY, child.eighteenth - DAY)
    in_care = {
        day
        for episode in child.episodes
        if not episode.is_short_break
        for day in days(max(first, episode.began), min(last, episode.ended or last))
    }
    return sorted(in_care)


def _add(register: Register, child: Child, possible: list[date], numbers: Counter[str]) -> None:
    """Spreads a child's occasions over the year; none starts before the previous one ended."""
    rng = register.rng
    starts = _starts(rng, possible, sum(numbers.values()))
    statuses = list(numbers.elements())
    rng.shuffle(statuses)
    for at, (started, status) in enumerate(zip(starts, statuses, strict=True)):
        following = starts[at + 1] if at + 1 < len(starts) else possible[-1]
        wished = min(_end(rng, started), following)
        ended = started
        while ended < wished and child.is_looked_after_on(ended + DAY):
            ended += DAY
        register.went(child, status, started, ended)


def _starts(rng: Random, possible: list[date], number: int) -> list[date]:
    """Days in bursts: most occasions follow another within a week, some on the same day."""
    starts: list[date] = []
    while len(starts) < number:
        day = rng.choice(possible)
        for _ in range(rng.randint(1, 5)):
            starts.append(day)
            day += timedelta(days=rng.choice((0, 1, 1, 2, 2, 3, 5, 8)))
            if day not in possible:
                break
    return sorted(starts[:number])


def _end(rng: Random, started: date) -> date:
    shortest, longest = rng.choices(DURATIONS, weights=DURATION_WEIGHTS)[0]
    return started + timedelta(days=rng.randint(shortest, longest))
