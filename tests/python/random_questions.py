"""Makes up questions about returns, mostly about what is in them, on the days that are awkward.

The same seed makes the same questions.
"""

from datetime import date, timedelta
from random import Random

from plain_answers import (
    BREAKDOWNS,
    CATEGORIES,
    FIRST_MONTHS,
    MEASURES,
    NOT_ON_A_DAY,
    OF_THE_PERIOD,
    TIMES,
    Categories,
    Period,
    care_days_of,
    of_occasion,
    unit_at,
)
from plain_count import Returns, birthday, year_end, year_start
from random_returns import at

DAY = timedelta(days=1)
BASES = [*FIRST_MONTHS, "rolling_12_months", "range", "snapshot"]
# On a day how long it has lasted is a stretch of time, as a month is: none of them are joined.
NOT_JOINED = (*OF_THE_PERIOD, "duration_band")
LONGEST_SERIES = {"month": 150, "quarter": 420, "rolling_12_months": 364}


def days_landed(returns: Returns) -> Period:
    """From the first day of the first return to the last of the last."""
    return Period(year_start(min(returns.years)), year_end(max(returns.years)))


def awkward_days(returns: Returns) -> list[date]:
    """Days of the landed years on which counting is easily got wrong."""
    days = [each.started_on for each in returns.counted]
    days += [each.ended_on for each in returns.counted if each.ended_on]
    days += [day for each in returns.episodes for day in (each.first_day, each.last_day) if day]
    days += [day for day in returns.uasc_last_days.values() if day]
    for child in returns.details:
        birth = returns.birth_date(child)
        days += [birthday(birth, year - birth.year) for year in returns.years if birth]
    days += [date(year, *day) for year in returns.years for day in ((4, 1), (9, 1), (12, 31))]
    days += [date(year + 1, 3, 1) - step * DAY for year in returns.years for step in (0, 1, 2)]
    # The change of definition as often as all others together.
    days += [date(2017, 4, 1)] * len(days)
    days = [day + step * DAY for day in days for step in (-1, 0, 1)]
    return sorted(filter(days_landed(returns).holds, days))


def seen(returns: Returns) -> list[tuple[date, Categories]]:
    """The day and categories of each counted occasion and of some days of each episode."""
    whole = days_landed(returns)
    occasions = [
        (each.started_on, of_occasion(each, whole, returns))
        for each in returns.counted + returns.others
        if whole.holds(each.started_on)
    ]
    care = [(day.day, day.categories) for day in care_days_of(whole, "all", returns)]
    return occasions + care[:: len(care) // (len(occasions) + 1) + 1]


def days_and_facts(returns: Returns) -> tuple[list[date], list[tuple[date, Categories]]]:
    """The awkward days and what is seen, kept with the returns: they are drawn from repeatedly."""
    kept = vars(returns)
    if "days_and_facts" not in kept:
        kept["days_and_facts"] = awkward_days(returns), seen(returns)
    return kept["days_and_facts"]


def random_population(rng: Random, categories: Categories) -> str:
    """Everyone, or one to three conditions that mostly hold together of something."""
    conditions = []
    names = [name for name in BREAKDOWNS if name != "none"]
    for name in rng.sample(names, rng.choices([0, 1, 2, 3], [35, 40, 20, 5])[0]):
        listed = [row["category"] for row in CATEGORIES[name]][: 2 if name == TIMES else None]
        category = rng.choice(categories.get(name) or (None,))
        if listed and (category not in listed or at(rng, 0.1)):
            category = rng.choice(listed)
        if category and listed and name not in NOT_JOINED and at(rng, 0.2):
            category = "|".join({category, rng.choice(listed)})
        if category:
            conditions.append(f"{name}:{category}")
    return rng.choice(["&", "&", " & "]).join(conditions) or "all"


def random_periods(
    rng: Random, days: list[date], day: date, basis: str | None = None
) -> dict[str, str]:
    """A period basis, with a first and last period that mostly have the day between them."""
    basis = basis or rng.choice(BASES)
    first, last = sorted(rng.choices(days, k=2))
    if at(rng, 0.8):
        first, last = min(first, day), max(last, day)
    longest = LONGEST_SERIES.get(basis, 2000) * DAY
    if last - first > longest:
        first, last = max(first, day - longest // 2), min(last, day + longest // 2)
        first, last = min(first, last), max(first, last)
    if basis == "snapshot" and at(rng, 0.7):
        last = min(day + rng.choice([0, 0, 1, 3, 20]) * DAY, max(days))
    asked = {"first_period": min(first, last).isoformat(), "last_period": last.isoformat()}
    if basis in FIRST_MONTHS:
        for name, when in (("first_period", first), ("last_period", last)):
            if at(rng, 0.75):
                asked[name] = unit_at(basis, when).name
    return {"period_basis": basis, **asked}


def random_questions(rng: Random, returns: Returns, how_many: int) -> list[dict[str, str]]:
    """Question rows of one request, numbered from 1."""
    questions = []
    days, facts = days_and_facts(returns)
    for number in range(1, how_many + 1):
        day, categories = rng.choice(facts) if facts else (rng.choice(days), {})
        question = {
            "request_ref": "foi-2018-0417",
            "question_no": str(number),
            "part": "",
            "wording": "Made up",
            "measure": rng.choice(list(MEASURES)),
            "breakdown": rng.choice([*BREAKDOWNS, "none"]),
            "population": random_population(rng, categories),
            **random_periods(rng, days, day),
        }
        # A day has no months or quarters, so such a question is refused.
        asked = question["breakdown"] + ":" + question["population"]
        while question["period_basis"] == "snapshot" and any(
            f"{name}:" in asked for name in NOT_ON_A_DAY
        ):
            question |= random_periods(rng, days, day)
        questions.append(question)
    return questions
