"""A figure by what it counts, so that the same number is one figure wherever it is printed; and
what it counts as one form: children or occasions, by conditions on factors and days.

No form has a name here. `Occasions found` and `occasions missing, 2 to 3 days` are both occasions
that count as missing and whose duration lies in certain stretches; so whatever can be said of one
form holds for every measure, breakdown and population that is put in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import inf

from missing_from_care.base.texts import long_day
from missing_from_care.disclosure.rules import BEFORE, FIRST, TIMES, Codes, Rules
from missing_from_care.response.answers import Answer
from missing_from_care.response.layout import OF_THE_PERIOD

Condition = tuple[str, str]
PICKED = "times_missing_band"


@dataclass(frozen=True, order=True)
class Figure:
    """What a number counts, in the words of the register.

    Attributes:
        measure: of the seed `measures`.
        first_day, last_day: of the period, both included; the same day for a snapshot.
        is_snapshot: counts what stands on the day, not what happened in the period.
        conditions: pairs of breakdown and category, or several as in `16|17`, that all hold, in
            order: those of the population and the row of the table.
        row: of children picked by how often they were missing, the row of the table that they
            stand in, which does not bear on how often; else empty.
    """

    measure: str
    first_day: date
    last_day: date
    is_snapshot: bool
    conditions: tuple[Condition, ...] = ()
    row: tuple[Condition, ...] = ()

    @property
    def every_condition(self) -> tuple[Condition, ...]:
        """Those that hold, and the row."""
        return (*self.conditions, *self.row)


def in_text(conditions: tuple[Condition, ...]) -> str:
    """`sex:male&uasc:yes`; `all` for none."""
    return "&".join(map(":".join, conditions)) or "all"


def from_text(text: str) -> tuple[Condition, ...]:
    """The conditions of `in_text`; a ValueError if a condition has no colon."""
    found = []
    for condition in text.split("&") if text != "all" else ():
        breakdown, categories = condition.split(":")
        found.append((breakdown, "|".join(sorted(set(categories.split("|"))))))
    return tuple(sorted(found))


def figure_for(
    measure: str,
    first_day: date,
    last_day: date,
    is_snapshot: bool,
    population: str,
    breakdown: str,
    category: str,
) -> Figure:
    """What a row of a question's table counts, in the words of the register."""
    conditions = set(from_text(population))
    row: tuple[Condition, ...] = ()
    if breakdown not in ("none", PICKED) and any(name == PICKED for name, _ in conditions):
        row = ((breakdown, category),)
    elif breakdown != "none":
        conditions.add((breakdown, category))
    return Figure(measure, first_day, last_day, is_snapshot, tuple(sorted(conditions)), row)


def figure_of(answer: Answer) -> Figure:
    """The figure that an answer prints."""
    is_snapshot = answer.period_basis == "snapshot"
    when = (answer.period_start, answer.period_end, is_snapshot)
    row = (answer.breakdown, answer.category)
    return figure_for(answer.measure, *when, answer.population, *row)


def in_words(figure: Figure, rules: Rules) -> str:
    """`Occasions missing, 1 April 2017 to 31 March 2018 (Unaccompanied asylum-seeking)`."""
    last = long_day(figure.last_day)
    period = f"on {last}" if figure.is_snapshot else f"{long_day(figure.first_day)} to {last}"
    said = []
    for breakdown, category in figure.every_condition:
        heading = rules.labels.get((breakdown, ""), breakdown)
        said.append(": ".join(dict.fromkeys((heading, rules.label(breakdown, category)))))
    of = f" ({'; '.join(said)})" if said else ""
    return f"{rules.measures[figure.measure].heading}, {period}{of}"


OCCASION, CARE = "occasion", "care"
IN_CARE = frozenset({"looked_after"})
IS_MISSING = ("counts_as", "missing")


@dataclass(frozen=True)
class Event:
    """Something that happens to a child on a day: an occasion, or a day of care.

    Attributes:
        source: `occasion` or `care`.
        where: factors of the day with the categories that count, in order of their names.
        first, last: of the days that count, as ordinals; of an occasion the day of its start.
        on_day: counts what is so on that day: an occasion that has not ended, or a child that is
            looked after at the end of it. None for whatever happens from the first day to the last.
    """

    source: str
    where: tuple[tuple[str, Codes], ...]
    first: int
    last: int
    on_day: int | None = None

    @cached_property
    def factors(self) -> dict["Factor", Codes]:
        """The categories that count, by factor."""
        return dict(self.where)

    def within(self, other: "Event") -> bool:
        """Whether a child to whom this happens is one to whom the other happens."""
        if self.source == CARE and other.source == OCCASION:
            return False
        if other.on_day is not None and not self._is_still_so_on(other):
            return False
        if self.source == OCCASION and other.source == CARE:
            is_of_others = not self.factors.get("care", IN_CARE) <= IN_CARE
            if self.on_day is not None or is_of_others:
                return False
        first, last = self.first, self.last
        if self.source == CARE and self.on_day is not None and other.on_day is None:
            # Who is in care at the end of a day is in care on the next, wherever that may be.
            is_next = self.on_day + 1 == other.first and not other.where
            first = last = self.on_day + is_next
        if not (other.first <= first and last <= other.last):
            return False
        return all(self.factors.get(name, {None}) <= codes for name, codes in other.where)

    def _is_still_so_on(self, other: "Event") -> bool:
        """Whether what is so on this day was so on the day of another."""
        if self.source != other.source or self.on_day is None:
            return False
        if self.source == OCCASION:
            return other.on_day is not None and self.last <= other.on_day <= self.on_day
        return self.on_day == other.on_day


@dataclass(frozen=True)
class Times:
    """How often a child was missing within an event: a factor of the child."""

    event: Event

    def __str__(self) -> str:
        where = [f"{name}:{'+'.join(sorted(codes))}" for name, codes in self.event.where]
        return f"times {self.event.first} {self.event.last} {self.event.on_day} {'&'.join(where)}"


Factor = str | Times


def times_in(factors: Iterable[Factor]) -> list[Times]:
    """Those of some factors that say how often."""
    return [each for each in factors if isinstance(each, Times)]


@dataclass(frozen=True)
class Form:
    """What a figure counts.

    Attributes:
        unit: `occasions`, or `children` to whom the event happened at least once.
        event: what is counted.
        who: factors of the child with the categories that count.
    """

    unit: str
    event: Event
    who: frozenset[tuple[Factor, Codes]]

    @cached_property
    def children(self) -> dict[Factor, Codes]:
        """The categories of the child that count, by factor."""
        return dict(self.who)

    def within(self, other: "Form") -> bool:
        """Whether all that this counts is counted by the other, whatever the numbers."""
        if self.unit != other.unit and other.unit == "occasions":
            return False
        if not self.event.within(other.event):
            return False
        return all(self.children.get(name, {None}) <= codes for name, codes in other.who)


def form_of(figure: Figure, rules: Rules) -> Form | None:
    """The form of a count, or of the largest of one; None where nothing can be in it."""
    try:
        return _form_of(figure, rules)
    except _NothingError:
        return None


class _NothingError(Exception):
    """Conditions that nothing fulfils."""


def _form_of(figure: Figure, rules: Rules) -> Form:
    measure = rules.measures[figure.measure]
    first, last = figure.first_day.toordinal(), figure.last_day.toordinal()
    source = CARE if measure.is_care else OCCASION
    if figure.is_snapshot and measure.is_care and not measure.is_on_last_day:
        event = Event(source, (), last, last)
    elif figure.is_snapshot or measure.is_on_last_day:
        event = Event(source, (), FIRST, last, last)
    else:
        event = Event(source, (), first, last)
    if source == OCCASION and not any(name == "care" for name, _ in figure.every_condition):
        event = replace(event, where=(("care", IN_CARE),) if rules.knows_others else ())
    who: dict[Factor, Codes] = {}
    for condition in figure.every_condition:
        if condition[0] == BEFORE:
            _restrict_before(who, first, rules, rules.element(*condition)[1])
    picked = [each for each in figure.conditions if each[0] == PICKED]
    for condition in figure.conditions:
        if condition[0] not in (PICKED, BEFORE):
            event = _narrowed(event, condition, rules, who)
    for condition in picked:
        among = _narrowed(event, IS_MISSING, rules, {})
        _restrict(who, Times(among), rules.element(*condition)[1])
    for condition in figure.row:
        if condition[0] != BEFORE:
            event = _narrowed(event, condition, rules, who)
    for condition in measure.conditions:
        if condition[0] == TIMES:
            missing = _narrowed(event, IS_MISSING, rules, {})
            _restrict(who, Times(missing), rules.element(*condition)[1])
        elif condition != ("found", "no") or not figure.is_snapshot:
            event = _narrowed(event, condition, rules, who)
    unit = "children" if measure.unit == "children" else "occasions"
    return Form(unit, event, frozenset(who.items()))


def _narrowed(event: Event, condition: Condition, rules: Rules, who: dict[Factor, Codes]) -> Event:
    """The event under one more condition; one of the child is put into `who`."""
    breakdown, category = condition
    if breakdown in OF_THE_PERIOD:
        return _in_time(event, *_span(breakdown, category))
    factor, codes = rules.element(*condition)
    if breakdown == "duration_band" and event.on_day is not None:
        return _lasting(event, codes, rules)
    if codes == rules.domain(factor):
        # As the region of the one council that was landed.
        return event
    if factor in rules.of_child:
        _restrict(who, factor, codes)
        return event
    codes &= event.factors.get(factor, codes)
    if not codes:
        raise _NothingError
    where = dict(event.where) | {factor: codes}
    return replace(event, where=tuple(sorted(where.items())))


def _restrict(who: dict[Factor, Codes], factor: Factor, codes: Codes) -> None:
    who[factor] = who.get(factor, codes) & codes
    if not who[factor]:
        raise _NothingError


def _restrict_before(who: dict[Factor, Codes], first: int, rules: Rules, codes: Codes) -> None:
    """Whether the child had been missing before a period is how often it was in the time before."""
    if codes == rules.domain(TIMES):
        return
    if first > rules.landed_from:
        where = [("counts_as", frozenset({"missing"})), *([("care", IN_CARE)] * rules.knows_others)]
        earlier = Event(OCCASION, tuple(sorted(where)), rules.landed_from, first - 1)
        _restrict(who, Times(earlier), codes)
    elif not rules.element(BEFORE, "first_time")[1] <= codes:
        raise _NothingError


def _in_time(event: Event, first: int, last: int) -> Event:
    if event.source == CARE and event.on_day is not None:
        if not first <= event.on_day <= last:
            raise _NothingError
        return event
    first, last = max(event.first, first), min(event.last, last)
    if first > last:
        raise _NothingError
    return replace(event, first=first, last=last)


def _lasting(event: Event, codes: Codes, rules: Rules) -> Event:
    """On a day, how long a child has been missing says when that began."""
    bounds = [rules.bounds.get(("duration", code)) for code in codes]
    stretches = [each for each in bounds if each]
    if not stretches or event.source == CARE or event.on_day is None:
        raise _NothingError
    least, most = min(low for low, _ in stretches), max(high for _, high in stretches)
    first = FIRST if most == inf else event.on_day - int(most)
    return _in_time(event, first, event.on_day - int(least))


def _span(breakdown: str, category: str) -> tuple[int, int]:
    """First and last day of `2017-04`, or of `2017/18 Q1`, the quarter that begins in April."""
    if breakdown == "month":
        year, month = map(int, category.split("-"))
        months = 1
    else:
        year, quarter = int(category[:4]), int(category[-1])
        year, month = (year + 1, 1) if quarter == 4 else (year, 1 + 3 * quarter)
        months = 3
    after = year * 12 + month - 1 + months
    end = date(after // 12, after % 12 + 1, 1)
    return date(year, month, 1).toordinal(), end.toordinal() - 1


def bases(figure: Figure, rules: Rules) -> Iterator[Figure]:
    """The counts that a figure which is no count is worked out from."""
    derived = rules.derived[figure.measure]
    for measure in (derived.numerator, derived.denominator):
        if measure:
            yield replace(figure, measure=measure)


def is_derived(figure: Figure, rules: Rules) -> bool:
    """Whether a figure is no count: a share, an average, a largest number."""
    return figure.measure in rules.derived


def is_maximum(figure: Figure, rules: Rules) -> bool:
    """Whether a figure is the largest of what is counted."""
    return is_derived(figure, rules) and not rules.derived[figure.measure].denominator
