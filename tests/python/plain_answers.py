"""A second answer to any question of the register, in plain Python, to check `foi_answers` against.

It is written from the counting rules of `DOMAIN.md` (section 4), from issue 4 and from the words of
the rule seeds alone, and shares nothing with the models. What an occasion and an episode of care
are, it takes from the plain count. It is slow and simple on purpose.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import hypot
from pathlib import Path

from plain_count import (
    DEFINITION,
    EPISODES,
    HEADER,
    INTERVIEWS,
    MISSING,
    UASC,
    Definition,
    Episode,
    Occasion,
    Returns,
    Row,
    age_on,
    as_day,
    birthday,
    counts_as,
    is_uasc_on,
    read_returns,
    written,
    year_of,
)

DAY = timedelta(days=1)
RULES = Path(__file__).parents[2] / "seeds" / "rules"
NOT_KNOWN = "not_known"
TIMES = "times_missing_band"
# The breakdowns whose categories are the months or quarters of the period.
OF_THE_PERIOD = ("month", "quarter")
BEFORE = "missing_before"
# What a snapshot has not.
NOT_ON_A_DAY = (*OF_THE_PERIOD, BEFORE)
# A year, quarter or month begins in each of these months.
FIRST_MONTHS = {
    "financial_year": (4,),
    "calendar_year": (1,),
    "academic_year": (9,),
    "quarter": (1, 4, 7, 10),
    "month": tuple(range(1, 13)),
}


def seed(name: str) -> list[Row]:
    """The rows of a rule seed."""
    with (RULES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(name: str, code: str, meaning: str) -> dict[str, str]:
    """What each code of a rule seed means."""
    return {row[code]: row[meaning] for row in seed(name)}


MEASURES = {row["measure"]: row for row in seed("measures")}
BREAKDOWNS = {row["breakdown"]: row for row in seed("breakdowns")}
CATEGORIES = {
    breakdown: [row for row in seed("categories") if row["breakdown"] == breakdown]
    for breakdown in BREAKDOWNS
}
# The authority's own place, where its returns are landed alone.
PLACE = {"council": "856", "region": "east_midlands", "country": "england"}
for breakdown, category in PLACE.items():
    CATEGORIES[breakdown] = [{"category": category, "joins": ""}]
PLACES = {breakdown: (category,) for breakdown, category in PLACE.items()}
# The categories of each breakdown in which something stands: one, unless they overlap.
Categories = dict[str, tuple[str, ...]]
SEXES = codes("sexes", "sex_code", "sex")
ETHNIC_GROUPS = codes("ethnic_groups", "ethnic_code", "ethnic_group")
PLACEMENT_TYPES = codes("placement_types", "placement_code", "placement_type")
# The columns that a file of interviews need not have, each a breakdown (rule 24).
OF_INTERVIEWS = [name for name, row in BREAKDOWNS.items() if row["needs"] == name != "uasc"]
OF_PLACES = ("placement_area", "distance_band")
INTERVIEW_WORDS = {
    (row["breakdown"], row["words"]): row["category"] for row in seed("interview_words")
}
POSTCODES = {
    row["pcds"].replace(" ", ""): row
    for row in csv.DictReader(
        (Path(__file__).parent / "fixtures" / "postcodes.csv").open(encoding="utf-8", newline="")
    )
}
COUNTRIES = {
    "E": "elsewhere_in_england",
    "W": "wales",
    "S": "scotland",
    "N": "northern_ireland",
}
SINCE = codes("reasons_ceased", "reason_ceased_code", "outcome_since")
LEGAL_STATUSES = codes("legal_statuses", "legal_status_code", "legal_status")


def meaning_of(code: str, meanings: dict[str, str]) -> str:
    """What a code means; `1.0` is the code 1, as some copies write whole numbers."""
    return meanings.get(code.upper().removesuffix(".0"), NOT_KNOWN)


def bands_of(breakdown: str, number: int) -> tuple[str, ...]:
    """The categories whose bounds hold the number: more than one, if they overlap."""
    return tuple(
        row["category"]
        for row in CATEGORIES[breakdown]
        if (row["lowest"] or row["highest"])
        and (not row["lowest"] or int(row["lowest"]) <= number)
        and (not row["highest"] or number <= int(row["highest"]))
    )


def with_joining(breakdown: str, category: str) -> tuple[str, ...]:
    """A category, and those that join it with others."""
    rows = CATEGORIES[breakdown]
    return (category, *(r["category"] for r in rows if category in r["joins"].split("|")))


# --- Periods ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included; a snapshot is the end of one day."""

    first: date
    last: date
    name: str = ""
    is_part: bool = False
    is_snapshot: bool = False

    @property
    def label(self) -> str:
        """The period as the reader sees it; part of a year, quarter or month says so."""
        days = f"{in_words(self.first)} to {in_words(self.last)}"
        if self.is_snapshot:
            return in_words(self.last)
        if not self.name:
            return days
        return f"{self.name} (part: {days})" if self.is_part else self.name

    def holds(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return self.first <= day <= self.last

    @property
    def years(self) -> list[int]:
        """The financial years that it touches."""
        return list(range(year_of(self.first), year_of(self.last) + 1))


def in_words(day: date) -> str:
    """`1 April 2017`."""
    return f"{day.day} {day:%B} {day.year}"


def label_of(basis: str, first: date) -> str:
    """How a whole period is written that begins on that day."""
    if basis == "calendar_year":
        return str(first.year)
    if basis == "month":
        return f"{first.year}-{first.month:02d}"
    if basis == "quarter":
        return f"{written(year_of(first))} Q{(first.month - 4) % 12 // 3 + 1}"
    return written(first.year)


def unit_at(basis: str, day: date) -> Period:
    """The whole year, quarter or month in which a day lies."""
    first = day.replace(day=1)
    while first.month not in FIRST_MONTHS[basis]:
        first = (first - DAY).replace(day=1)
    after = (first + 31 * DAY).replace(day=1)
    while after.month not in FIRST_MONTHS[basis]:
        after = (after + 31 * DAY).replace(day=1)
    return Period(first, after - DAY, label_of(basis, first))


def units(basis: str, first: date, last: date) -> Iterator[Period]:
    """The years, quarters or months from one day to another, the outer ones cut there."""
    day = first
    while day <= last:
        unit = unit_at(basis, day)
        is_part = unit.first < first or unit.last > last
        yield Period(max(unit.first, first), min(unit.last, last), unit.name, is_part)
        day = unit.last + DAY


def unit_named(basis: str, text: str) -> Period:
    """The period that a question names, `2017/18 Q1`, or the one day `2018-03-31`."""
    day = as_day(text)
    if day:
        return Period(day, day)
    month = FIRST_MONTHS[basis][0]
    if basis == "quarter":
        month = (4, 7, 10, 1)[int(text[-1]) - 1]
    if basis == "month":
        month = int(text[5:])
    year = int(text[:4])
    # The fourth quarter of 2017/18 begins in 2018.
    return unit_at(basis, date(year + (basis == "quarter" and month == 1), month, 1))


def periods(question: Row) -> list[Period]:
    """The periods that a question asks for."""
    basis, first, last = (question[key] for key in ("period_basis", "first_period", "last_period"))
    if basis in FIRST_MONTHS:
        return list(units(basis, unit_named(basis, first).first, unit_named(basis, last).last))
    end = as_day(last)
    if basis == "snapshot":
        return [Period(end, end, is_snapshot=True)]
    if basis == "range":
        return [Period(as_day(first), end)]
    # Twelve months: the same day a year before the day after the last; 29 February is 1 March.
    return [Period(birthday(end + DAY, -1), end)]


# --- Categories ------------------------------------------------------------------------------


def episode_on(day: date, episodes: list[Episode]) -> Episode:
    """The episode that says where a child was: no short break if possible, the last begun."""
    covering = [each for each in episodes if each.covers(day)]
    return max(covering, key=lambda each: (not each.is_short_break, each.first_day))


def of_birth(day: date, birth: date | None) -> Categories:
    """Age and age band on a day."""
    age = age_on(day, birth)
    if age is None:
        return {"age": (NOT_KNOWN,), "age_band": (NOT_KNOWN,)}
    return {"age": bands_of("age", age), "age_band": bands_of("age_band", age)}


def of_child(child: str, returns: Returns) -> Categories:
    """Sex and ethnic group by the child's latest Header."""
    details = returns.details.get(child, {})
    return {
        "sex": with_joining("sex", meaning_of(details.get("sex", ""), SEXES)),
        "ethnic_group": with_joining(
            "ethnic_group", meaning_of(details.get("ethnic", ""), ETHNIC_GROUPS)
        ),
    }


def of_episode(episode: Episode) -> Categories:
    """Placement and legal status of an episode."""
    return {
        "placement_type": with_joining(
            "placement_type", meaning_of(episode.row.get("place", ""), PLACEMENT_TYPES)
        ),
        "legal_status": with_joining("legal_status", meaning_of(episode.row["ls"], LEGAL_STATUSES)),
        **placed(episode.row),
    }


def placed(row: Row) -> Categories:
    """Where the placement lies and how far from home, by the postcodes (rule 26)."""
    home, place = (
        POSTCODES.get(row.get(column, "").upper().replace(" ", "").replace("-", ""))
        for column in ("home_post", "pl_post")
    )
    area, miles = NOT_KNOWN, None
    if place:
        here = "E06000016" in (place["oslaua"], place["oscty"])
        area = "in_area" if here else COUNTRIES[place["oslaua"][0]]
    if home and place and home["oseast1m"] and place["oseast1m"]:
        across = [int(place[key]) - int(home[key]) for key in ("oseast1m", "osnrth1m")]
        if (home["oslaua"][0] == "N") == (place["oslaua"][0] == "N"):
            miles = int(hypot(*across) / 1609.344)
    return {
        "placement_area": with_joining("placement_area", area),
        "distance_band": (NOT_KNOWN,) if miles is None else bands_of("distance_band", miles),
    }


def of_day(day: date) -> Categories:
    """Month and quarter of a day."""
    return {basis: (unit_at(basis, day).name,) for basis in OF_THE_PERIOD}


def linked_to(occasion: Occasion, returns: Returns) -> list[Row]:
    """The interview rows of an occasion."""
    return returns.interviews.get((occasion.child_id, occasion.started_on, occasion.number), [])


def yes_or_no(is_uasc: bool | None) -> tuple[str]:
    """The category of a child that is UASC, is not, or of which no return says."""
    return ({True: "yes", False: "no", None: NOT_KNOWN}[is_uasc],)


def days_between(occasion: Occasion, end: date | None) -> int | None:
    """Whole days from the start to an end (rule 15)."""
    return (end - occasion.started_on).days if end else None


def in_full_care(episodes: list[Episode]) -> list[Episode]:
    """Episodes in order, short breaks apart."""
    found = [each for each in episodes if not each.is_short_break]
    return sorted(found, key=lambda each: each.first_day)


def care_began(episode: Episode, episodes: list[Episode]) -> date | None:
    """When the episode's period of care began; not known if its start is in no return (rule 23)."""
    first, goes_on_to = None, None
    for each in in_full_care(episodes):
        if first is None or (goes_on_to and (each.first_day - goes_on_to).days > 1):
            first = each
        if each is episode:
            break
        goes_on_to = max(goes_on_to or date.min, each.last_day or date.max)
    reason = first.row.get("rne", first.row.get("clae_cla_episode_start_reason", ""))
    return first.first_day if reason.upper() == "S" else None


def outcome_since(occasion: Occasion, episodes: list[Episode]) -> str:
    """What is known of the child since (rule 22)."""
    if occasion.ended_on:
        return "found"
    if not reached(occasion, episodes):
        return "still_open"
    last = in_full_care(episodes)[-1]
    if last.last_day is None:
        return "still_open"
    reason = last.row.get("rec", last.row.get("clae_cla_episode_ceased_reason", ""))
    if reason.upper() in SINCE:
        return SINCE[reason.upper()]
    age = age_on(last.last_day, occasion.birth_date)
    return "turned_18" if age is not None and age >= 18 else "left_care"


def reached(occasion: Occasion, episodes: list[Episode]) -> bool:
    """Whether an episode has the day on which the occasion started in it."""
    return any(each.covers(occasion.started_on) for each in episodes)


def of_time_in_care(occasion: Occasion, episodes: list[Episode]) -> tuple[str, ...]:
    """How long the child had been in care when the occasion started (rule 23)."""
    if not reached(occasion, episodes):
        return (NOT_KNOWN,)
    began = care_began(episode_on(occasion.started_on, episodes), episodes)
    return bands_of("time_in_care", (occasion.started_on - began).days) if began else (NOT_KNOWN,)


def of_interviews(interviews: list[Row], column: str) -> tuple[str, ...]:
    """What interviews say in a column; of several the category that comes first (rule 24)."""
    listed = [row["category"] for row in CATEGORIES[column]]
    words = [row.get(column, "").upper() for row in interviews]
    said = [INTERVIEW_WORDS.get((name, word)) for word in words for name in (column, "all")]
    found = [category for category in listed if category in said]
    return with_joining(column, (found or [NOT_KNOWN])[0])


def of_occasion(occasion: Occasion, period: Period, returns: Returns) -> Categories:
    """An occasion's categories in every breakdown but the times missing."""
    start = occasion.started_on
    days = days_between(occasion, period.last if period.is_snapshot else occasion.ended_on)
    episodes = returns.episodes_of.get(occasion.child_id, [])
    interviews = linked_to(occasion, returns)
    is_in_care = reached(occasion, episodes)
    nowhere = dict.fromkeys(
        ("placement_type", "legal_status", "placement_area", "distance_band"), (NOT_KNOWN,)
    )
    first_missing = returns.first_missing.get(occasion.child_id)
    return {
        "none": ("all",),
        **{column: of_interviews(interviews, column) for column in OF_INTERVIEWS},
        **of_birth(start, occasion.birth_date),
        **of_child(occasion.child_id, returns),
        **(of_episode(episode_on(start, episodes)) if is_in_care else nowhere),
        **of_day(start),
        "duration_band": ("still_missing",) if days is None else bands_of("duration_band", days),
        "outcome_since": (outcome_since(occasion, episodes),),
        BEFORE: ("before" if first_missing and first_missing < period.first else "first_time",),
        # The return has dates alone.
        "hours_band": ("not_known" if occasion.ended_on else "still_missing",),
        "time_in_care": of_time_in_care(occasion, episodes),
        "uasc": yes_or_no(occasion.is_uasc),
        "care": ("looked_after" if is_in_care else "not_looked_after",),
        "counts_as": (occasion.counts_as,),
        **PLACES,
    }


# --- The occasions asked for -----------------------------------------------------------------


@dataclass
class Case:
    """An occasion in a period, with its categories and the interview rows linked to it."""

    occasion: Occasion
    categories: Categories
    interviews: list[Row]
    on_snapshot: bool

    @property
    def child(self) -> str:
        """The child's id."""
        return self.occasion.child_id

    @property
    def is_missing(self) -> bool:
        """Whether it counts as missing (rule 4)."""
        return self.occasion.counts_as == "missing"

    @property
    def was_found(self) -> bool:
        """Found, and counting as missing: what question 2 is about (rules 10 and 11)."""
        return self.is_missing and self.occasion.is_found


def is_in(occasion: Occasion, period: Period) -> bool:
    """Whether it started in the period (rule 1); on a snapshot, whether it was going on."""
    if not period.is_snapshot:
        return period.holds(occasion.started_on)
    end = occasion.ended_on
    return occasion.started_on <= period.last and (end is None or end > period.last)


def conditions_of(population: str) -> list[tuple[str, str]]:
    """The breakdown and categories of each condition, `16|17`; none for everyone."""
    if population == "all":
        return []
    pairs = (condition.strip().partition(":") for condition in population.split("&"))
    return [(breakdown, category) for breakdown, _, category in pairs]


def fits(categories: Categories, conditions: list[tuple[str, str]]) -> bool:
    """Whether all conditions hold."""
    return all(
        any(category in categories[breakdown] for category in joined.split("|"))
        for breakdown, joined in conditions
    )


def cases_of(
    period: Period, population: str, returns: Returns, of_others: bool = False
) -> list[Case]:
    """The occasions that a question is about, with the times that their children were missing.

    Children who are not looked after are among them only if asked for (rule 25).
    """
    conditions = conditions_of(population)
    others = [condition for condition in conditions if condition[0] != TIMES]
    cases = []
    of_others = of_others or any(name == "care" for name, _ in conditions)
    for each in returns.counted + (returns.others if of_others else []):
        if is_in(each, period):
            categories = of_occasion(each, period, returns)
            cases.append(Case(each, categories, linked_to(each, returns), period.is_snapshot))
    cases = [case for case in cases if fits(case.categories, others)]
    times = Counter(case.child for case in cases if case.is_missing)
    for case in cases:
        case.categories[TIMES] = bands_of(TIMES, times[case.child])
    return [case for case in cases if fits(case.categories, conditions)]


# --- The days of care asked for --------------------------------------------------------------


@dataclass
class CareDay:
    """A day of a child in an episode of care, with its categories."""

    child: str
    day: date
    categories: Categories
    is_last_of_period: bool
    goes_on: bool

    @property
    def is_at_end(self) -> bool:
        """Whether the child is looked after at the end of the period's last day (rule 13)."""
        return self.is_last_of_period and self.goes_on

    @property
    def is_uasc(self) -> bool:
        """Whether the child is UASC on that day (rule 12)."""
        return self.categories["uasc"] == ("yes",)


def every_day(first: date, last: date, *_: object) -> list[date]:
    """All the days from the first to the last."""
    return [first + number * DAY for number in range((last - first).days + 1)]


def days_that_matter(first: date, last: date, child: str, returns: Returns) -> list[date]:
    """The days on which a category can change, the first and the last: the others add nothing.

    Within one episode only the month, the age and the UASC status change.
    """
    days = {first, last}
    birth = returns.birth_date(child)
    for year in range(first.year, last.year + 1):
        days |= {date(year, month, 1) for month in range(1, 13)}
        if birth:
            days.add(birthday(birth, year - birth.year))
        duc = returns.uasc_last_days.get((year, child))
        days |= {duc + DAY} if duc else set()
        duc = returns.uasc_last_days.get((year - 1, child))
        days |= {duc + DAY} if duc else set()
    return sorted(day for day in days if first <= day <= last)


def care_days_of(
    period: Period,
    population: str,
    returns: Returns,
    days_of: Callable[..., list[date]] = days_that_matter,
) -> list[CareDay]:
    """The days of care, short breaks apart, on which all conditions of the population hold."""
    conditions = conditions_of(population)
    found = []
    for episode in returns.episodes:
        first = max(episode.first_day, period.first)
        last = min(episode.last_day or period.last, period.last)
        if episode.is_short_break or first > last:
            continue
        child, birth = episode.child_id, returns.birth_date(episode.child_id)
        goes_on = episode.last_day is None or episode.last_day > period.last
        of_them = {"none": ("all",), **of_child(child, returns), **of_episode(episode)}
        for day in days_of(first, last, child, returns):
            is_known = UASC in returns.years.get(year_of(day), set())
            is_uasc = is_uasc_on(child, day, returns.uasc_last_days) if is_known else None
            categories = {
                **of_them,
                **of_birth(day, birth),
                **of_day(day),
                "uasc": yes_or_no(is_uasc),
                **PLACES,
            }
            if fits(categories, conditions):
                found.append(CareDay(child, day, categories, day == period.last, goes_on))
    return found


# --- Measures --------------------------------------------------------------------------------


def children(chosen: list) -> int:
    """Different children."""
    return len({each.child for each in chosen})


def says_yes(case: Case, *columns: str) -> bool:
    """Whether any linked interview row says `Y` in one of the columns (rule 11)."""
    return any(row[column].upper() == "Y" for row in case.interviews for column in columns)


def has_outcome(case: Case, *outcomes: str) -> bool:
    """Whether any linked interview row has one of the outcomes."""
    return any(row["outcome"].upper() in outcomes for row in case.interviews)


def interviewed_within_72_hours(case: Case) -> bool:
    """Whether any completed interview was on the day of the end or the next three (rule 19)."""
    days = [
        as_day(row["interview_date"])
        for row in case.interviews
        if row["outcome"].upper() == "COMPLETED"
    ]
    end = case.occasion.ended_on
    return any(0 <= (day - end).days <= 3 for day in days if day and end)


def longest_duration(cases: list[Case]) -> int | None:
    """Whole days of the longest occasion missing that has ended (rule 15)."""
    days = [
        days_between(case.occasion, case.occasion.ended_on)
        for case in cases
        if case.is_missing and case.occasion.ended_on
    ]
    return max(days, default=None)


def times_missing(cases: list[Case]) -> Counter:
    """How often each child was missing."""
    return Counter(case.child for case in cases if case.is_missing)


def one_decimal(number: int, of: int) -> float | None:
    """A quotient to one decimal, halves up; none of nothing."""
    if not of:
        return None
    exact = Fraction(number, of)
    hundredths = Decimal(exact.numerator) / Decimal(exact.denominator)
    return float(hundredths.quantize(Decimal("0.1"), ROUND_HALF_UP))


def each_one(_: object) -> bool:
    """All of them."""
    return True


IS_COUNTED: dict[str, Callable[[Case], bool]] = {
    "occasions_missing": lambda case: case.is_missing,
    "occasions_absent": lambda case: case.occasion.counts_as == "absent",
    "occasions_missing_or_absent": each_one,
    "occasions_found": lambda case: case.was_found,
    "occasions_still_missing": lambda case: (
        case.is_missing and (case.on_snapshot or not case.occasion.is_found)
    ),
    "occasions_hurt": lambda case: case.was_found and says_yes(case, "harmed"),
    "occasions_sexually_harmed": lambda case: case.was_found and says_yes(case, "sexual_harm"),
    "occasions_drug_sale": lambda case: case.was_found and says_yes(case, "drug_sale"),
    "occasions_crime": lambda case: case.was_found and says_yes(case, "crime"),
    "occasions_any_harm": lambda case: (
        case.was_found and says_yes(case, "harmed", "sexual_harm", "drug_sale", "crime")
    ),
    "occasions_with_interview": lambda case: case.was_found and has_outcome(case, "COMPLETED"),
    "occasions_without_interview": lambda case: (
        case.was_found and not has_outcome(case, "COMPLETED")
    ),
    "occasions_interview_offered": lambda case: (
        case.was_found and has_outcome(case, "COMPLETED", "DECLINED", "AWAITED")
    ),
    "occasions_interview_declined": lambda case: case.was_found and has_outcome(case, "DECLINED"),
    "occasions_interviewed_within_72_hours": lambda case: (
        case.was_found and interviewed_within_72_hours(case)
    ),
}
# Distinct children of the occasions that another measure counts.
CHILDREN_OF = {
    "children_missing": "occasions_missing",
    "children_absent": "occasions_absent",
    "children_missing_or_absent": "occasions_missing_or_absent",
}
IN_CARE: dict[str, Callable[[CareDay], bool]] = {
    "children_looked_after": each_one,
    "children_looked_after_at_end": lambda day: day.is_at_end,
    "uasc_children": lambda day: day.is_uasc,
    "uasc_children_at_end": lambda day: day.is_at_end and day.is_uasc,
}


def figure(measure: str, cases: list[Case], care_days: list[CareDay]) -> float | None:
    """The value of a measure, of the occasions and days of care in one category."""
    if measure in IN_CARE:
        return children(list(filter(IN_CARE[measure], care_days)))
    if measure in IS_COUNTED:
        return len(list(filter(IS_COUNTED[measure], cases)))
    if measure in CHILDREN_OF:
        return children(list(filter(IS_COUNTED[CHILDREN_OF[measure]], cases)))
    times = times_missing(cases)
    if measure == "children_missing_more_than_once":
        return sum(number >= 2 for number in times.values())
    if measure == "longest_duration_days":
        return longest_duration(cases)
    if measure == "percent_of_looked_after_children_missing":
        return one_decimal(100 * len(times), children(care_days))
    if measure == "occasions_per_child_missing":
        return one_decimal(times.total(), len(times))
    raise ValueError(f"no such measure: {measure}")


# --- Markers ---------------------------------------------------------------------------------


def applies(question: Row) -> bool:
    """Whether the measure has the breakdown and the conditions asked for."""
    words = [question["breakdown"], *(word for word, _ in conditions_of(question["population"]))]
    is_of_care = MEASURES[question["measure"]]["counts"] in ("care", "both")
    return not is_of_care or all(BREAKDOWNS[word]["applies_to_care"] == "true" for word in words)


def is_by_definition(question: Row) -> bool:
    """Whether the figure depends on what counts as missing."""
    words = [question["breakdown"], *(word for word, _ in conditions_of(question["population"]))]
    rows = [MEASURES[question["measure"]], *(BREAKDOWNS[word] for word in words)]
    return any(row["by_definition"] == "true" for row in rows)


def is_available(question: Row, period: Period, returns: Returns) -> bool:
    """Whether every year that the period touches has the modules that the figure needs."""
    measure = MEASURES[question["measure"]]
    words = [question["breakdown"], *(word for word, _ in conditions_of(question["population"]))]
    needed = {EPISODES}
    if measure["counts"] in ("occasion", "both"):
        needed.add(MISSING)
    if "care" in words and not returns.is_of_extract:
        return False  # Only a case-management extract holds others.
    if "hours_band" in words:
        return False  # The returns and extracts drawn here have dates alone.
    if measure["needs_uasc"] == "true" or "uasc" in words:
        needed.add(UASC)
    if {"age", "age_band", "sex", "ethnic_group"} & set(words):
        needed.add(HEADER)
    if BEFORE in words and not all(
        {EPISODES, MISSING} <= returns.years.get(year - 1, set()) for year in period.years
    ):
        return False
    if not all(needed <= returns.years.get(year, set()) for year in period.years):
        return False
    for word in set(OF_PLACES).intersection(words):
        # Of all rows, those that are rejected too.
        if all(placed(each)[word] == (NOT_KNOWN,) for each in returns.tables[EPISODES]):
            return False
    columns = [word for word in words if word in OF_INTERVIEWS]
    if not columns and measure["needs_interviews"] == "false":
        return True
    return any(
        row["raw_table"] == INTERVIEWS and row["status"] == "landed" for row in returns.modules
    ) and all(any(row.get(each) for row in returns.tables[INTERVIEWS]) for each in columns)


def changes_in(period: Period, definition: Definition) -> list[date]:
    """The days of the period on which the definition changes, its first day included (rule 4)."""

    def meaning_on(day: date) -> list[str]:
        return [counts_as(status, day, definition) for status in ("M", "A")]

    first_days = [first for first, *_ in definition if first and period.holds(first)]
    return [first for first in first_days if meaning_on(first) != meaning_on(first - DAY)]


# --- Answers ---------------------------------------------------------------------------------


def categories_shown(breakdown: str, period: Period) -> list[str]:
    """The rows of an answer: every listed category, or the months or quarters touched."""
    if breakdown in OF_THE_PERIOD:
        return [unit.name for unit in units(breakdown, period.first, period.last)]
    return [row["category"] for row in CATEGORIES[breakdown]]


def plain_answer(
    question: Row,
    returns: Returns,
    definition: Definition = DEFINITION,
    days_of: Callable[..., list[date]] = days_that_matter,
) -> list[dict]:
    """Answers one question row of the register.

    Args:
        question: measure, breakdown, population, period_basis, first_period and last_period.
        returns: what was landed, as `read_returns` reads it.
        definition: rule 4, the one with which the returns were read.
        days_of: which days of an episode to look at; all of them gives the same answers.

    Returns: for each period and category its first and last day, the value and the marker.
    """
    answers = []
    measure, breakdown = question["measure"], question["breakdown"]
    counts = MEASURES[measure]["counts"]
    for period in periods(question):
        cases, care_days = [], []
        is_answered = applies(question) and is_available(question, period, returns)
        if is_answered and counts in ("occasion", "both"):
            cases = cases_of(period, question["population"], returns, breakdown == "care")
        if is_answered and counts in ("care", "both"):
            care_days = care_days_of(period, question["population"], returns, days_of)
        for category in categories_shown(breakdown, period):
            value, marker = None, "[x]" if applies(question) else "[z]"
            if is_answered:
                value = figure(
                    measure,
                    [case for case in cases if category in case.categories[breakdown]],
                    [day for day in care_days if category in day.categories[breakdown]],
                )
                is_break = is_by_definition(question) and any(
                    breakdown not in OF_THE_PERIOD or category in of_day(day)[breakdown]
                    for day in changes_in(period, definition)
                )
                marker = "[z]" if value is None else "[b]" if is_break else None
            answers.append(
                {
                    "period": period.label,
                    "period_start": period.first,
                    "period_end": period.last,
                    "category": category,
                    "value": value,
                    "marker": marker,
                }
            )
    return answers


def plain_answers(
    questions: list[Row], folder: Path, definition: Definition = DEFINITION
) -> list[dict]:
    """Answers question rows from a folder of landed raw tables; the rows of `plain_answer`."""
    returns = read_returns(folder, definition)
    return [row for each in questions for row in plain_answer(each, returns, definition)]
