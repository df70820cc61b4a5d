"""What readers know about the figures, from what they count alone.

Occasions, and children on a day, add up: each figure is a sum over the cells of a table (`tables`).
Children who went through something at least once do not; for them it is known

- that children to whom one thing happened are among those to whom another did (a part of the time,
  or of the conditions; missing among looked after),
- that a whole is at most the sum of parts that cover it, and two things that overlap have at least
  what they have together and in common,
- that children and occasions go together: none without the other, as many times as a band says.

A relation that is only likely, such as one open occasion a child, is taken as known where the
numbers obey it: readers never know less than this.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import combinations, pairwise, product
from math import inf

import duckdb

from missing_from_care.base.faults import DataFault
from missing_from_care.disclosure.counting import HARMS, IMPLIED, Counter, open_day, open_on
from missing_from_care.disclosure.forms import (
    CARE,
    FIRST,
    LAST,
    OCCASION,
    Event,
    Factor,
    Form,
    Times,
)
from missing_from_care.disclosure.rules import TIMES, Rules
from missing_from_care.disclosure.tables import Box, Codes, Table, shared, tables_for, too_many

YES = frozenset({"yes"})
NO = frozenset({"no"})
MISSING = frozenset({"missing"})
ABSENT = frozenset({"absent"})
# With 7,000 numbers one answer takes half a minute, with 35,000 more than five.
MOST_NUMBERS = 10_000
Terms = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Relation:
    """low <= sum of coefficient * number <= high.

    Attributes:
        kind: of knowledge, in words.
        terms: pairs of the place of a number and its coefficient.
        low, high: bounds of the sum.
    """

    kind: str
    terms: Terms
    low: float
    high: float


@dataclass
class Model:
    """All numbers that readers reason through, and what they know of them.

    Attributes:
        values: what each number is.
        relations: what is known of several of them at once.
        sums: each form as a sum of numbers.
    """

    values: list[int] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    sums: dict[Form, Terms] = field(default_factory=dict)

    def value(self, form: Form) -> float:
        """What a form counts."""
        return sum(times * self.values[place] for place, times in self.sums[form])


def model_of(
    forms: Iterable[Form],
    rules: Rules,
    warehouse: duckdb.DuckDBPyConnection,
    without: frozenset[str] = frozenset(),
) -> Model:
    """The numbers behind some forms, and how they hang together.

    Args:
        forms: what figures count.
        rules: the rule seeds.
        warehouse: an open connection with `int_answer_facts`.
        without: kinds of relations to leave out; to show what each is for.

    Raises:
        ProtectionFault: too many factors stand together.
        DataFault: the numbers contradict each other.
    """
    return _Builder(sorted(set(forms), key=_in_order), rules, warehouse, without).build()


class _Builder:
    def __init__(
        self,
        forms: Sequence[Form],
        rules: Rules,
        warehouse: duckdb.DuckDBPyConnection,
        without: frozenset[str],
    ) -> None:
        self.rules, self.without = rules, without
        self.model = Model()
        self.same = {form: self._without_definition(form) for form in forms}
        self.forms = sorted(set(self.same.values()), key=_in_order)
        self.stretches = self._stretches()
        self.counter = Counter(warehouse, rules, self.stretches)
        self.occasions: _Cells | None = None
        self.on_days: dict[Event, _Cells] = {}
        self.events: dict[Event, dict[int, list[int | None]]] = {}
        self.who_tables: list[Table] = []

    def build(self) -> Model:
        children = [form for form in self.forms if form.unit == "children"]
        events = [form.event for form in children if not self._is_additive(form.event)]
        # Who had been missing before the period is among those of the time before, and together
        # with who had not those of both.
        events += [
            name.event
            for form in children
            for name in form.children
            if isinstance(name, Times) and name.event.last < form.event.first
        ]
        events = sorted(set(events), key=_event_order)
        factors = [name for form in self.forms for name in form.children]
        self.counter.know_times(factors)
        self._add_occasions(children)
        self._add_children_on_days(children)
        self._add_events(children, events)
        for form, same in self.same.items():
            self.model.sums[form] = self._sum(same.unit, same.event, same.children)
        self._order()
        self._covers()
        self._children_and_occasions()
        self._only_what_holds()
        return self.model

    def _without_definition(self, form: Form) -> Form:
        """Where nothing counts as absent, all that is counted is missing."""
        if "definitions" in self.without:
            return form
        who = {
            (Times(self._of_days_missing(name.event, {})) if isinstance(name, Times) else name): of
            for name, of in form.who
        }
        event = self._of_days_missing(form.event, form.children)
        return Form(form.unit, event, frozenset(who.items()))

    def _of_days_missing(self, event: Event, who: Box) -> Event:
        days = [(event.first, event.last)]
        if event.factors.get("counts_as") != MISSING or not self._is_nothing_absent(days, who):
            return event
        where = tuple(each for each in event.where if each[0] != "counts_as")
        return replace(event, where=where)

    # --- Tables that add up -------------------------------------------------------------------

    def _add_occasions(self, children: Sequence[Form]) -> None:
        # How often children were missing bounds them by occasions: once is in one month alone.
        counted = [
            form
            for form in self.forms
            if form.unit == "occasions" or any(isinstance(name, Times) for name in form.children)
        ]
        if not counted:
            return
        boxes: list[Box] = [self._box(form.event, form.children) for form in counted]
        used = {name for box in boxes for name in box}
        beside = [
            self._box(form.event, _of(used, form.children))
            for form in children
            if form.event.source == OCCASION
        ]
        boxes += beside
        if "duration" in used:
            boxes += [{"duration": self.rules.still_missing, **box} for box in beside]
        boxes += self._tied(boxes)
        self.occasions = self._cells(boxes, self.counter.occasions)

    def _add_children_on_days(self, children: Sequence[Form]) -> None:
        boxes: dict[Event, list[Box]] = defaultdict(list)
        for form in children:
            if self._is_additive(form.event):
                day = replace(form.event, where=())
                boxes[day].append({**form.event.factors, **form.children})
        for day, of_day in sorted(boxes.items(), key=lambda each: _event_order(each[0])):
            used = {name for box in of_day for name in box}
            for form in children:
                if not self._is_additive(form.event) and _ends_in(day, form.event):
                    of_day.append(_of(used, {**form.event.factors, **form.children}))
            self.on_days[day] = self._cells(of_day, partial(self.counter.children_on, day))

    def _cells(self, boxes: Iterable[Box], count: Callable[[Table], list[int]]) -> "_Cells":
        tables, edges = tables_for(boxes, self._domain)
        cells = _Cells(tables, [self._numbers(table, count(table)) for table in tables])
        for a, b in edges:
            for box in shared(tables[a], tables[b]):
                left, right = cells.sum_in(a, box), cells.sum_in(b, box)
                self._know("tables agree", left, right, 0, 0)
        return cells

    def _numbers(
        self, table: Table, counted: Sequence[int], within: Box | None = None
    ) -> list[int | None]:
        """A place for each cell of a table; None for what everybody knows to be 0."""
        places: list[int | None] = []
        for box, value in zip(table.cells(), counted, strict=True):
            is_nothing = value == 0 and self._is_nothing({**(within or {}), **box})
            places.append(None if is_nothing else self._number(value))
        if len(self.model.values) > MOST_NUMBERS:
            raise too_many(table.factors)
        return places

    def _number(self, value: int) -> int:
        self.model.values.append(int(value))
        return len(self.model.values) - 1

    def _tied(self, boxes: Sequence[Box]) -> list[Box]:
        """Boxes that bring factors together which a definition ties."""
        used = {factor: box[factor] for box in boxes for factor in box}
        tied: list[Box] = []
        harms = [name for name in HARMS if name in used]
        if "any_harm" in used and harms:
            tied.append(dict.fromkeys(("any_harm", *harms), YES))
        tied += [dict.fromkeys(pair, YES) for pair in IMPLIED if used.keys() >= set(pair)]
        tied += _nested(boxes)
        for name in used:
            if isinstance(name, Times):
                tied.append({**self._box(name.event, {}), name: used[name]})
        days = sorted(day for name in used if (day := open_day(name)) is not None)
        for day in days:
            time = self._time(FIRST, day)
            tied.append({open_on(day): YES, "time": time, "duration": self.rules.still_missing})
        if {"counts_as", "time"} <= used.keys():
            for each in self.rules.nothing_absent:
                time = self._time(_ordinal(each.first_day, FIRST), _ordinal(each.last_day, LAST))
                tied.append({"counts_as": used["counts_as"], "time": time})
        for day, later in pairwise(days):
            time = self._time(FIRST, day)
            tied.append({open_on(day): YES, open_on(later): YES, "time": time})
        if "duration" not in used:
            tied = [{k: v for k, v in box.items() if k != "duration"} for box in tied]
        return tied

    # --- Children to whom something happens at least once ---------------------------------------

    def _add_events(self, children: Sequence[Form], events: Sequence[Event]) -> None:
        boxes: list[Box] = [form.children for form in self.forms]
        boxes += _nested(boxes) + self._by_how_often(boxes)
        tables, _ = tables_for(boxes, self._domain)
        self.who_tables = [Table((), ()), *(each for each in tables if each.factors)]
        hosts: dict[Event, set[int]] = {event: set() for event in events}
        for form in children:
            if form.event in hosts:
                hosts[form.event].add(self._host(form.children))
                often = {name for name in form.children if isinstance(name, Times)}
                hosts[form.event] |= {
                    at
                    for at, table in enumerate(self.who_tables)
                    if often.intersection(table.factors)
                }
        for at, table in enumerate(self.who_tables):
            for name in table.factors:
                if isinstance(name, Times) and name.event in hosts:
                    hosts[name.event].add(at)
        near = {event: {0, *of} for event, of in hosts.items()}
        for form, event in product(self.forms, events):
            if _ends_in(form.event, event) or (
                form.unit == "occasions" and form.event.within(event)
            ):
                near[event].add(self._host(form.children))
        for one, other in combinations(events, 2):
            if one.within(other) or other.within(one):
                near[one] |= hosts[other]
                near[other] |= hosts[one]
        for at, table in enumerate(self.who_tables):
            with_table = [event for event in events if at in near[event]]
            counted = self.counter.children(with_table, table)
            for event in with_table:
                box = self._box(event, {})
                numbers = self._numbers(table, counted[event], box)
                self.events.setdefault(event, {})[at] = numbers
        for places in self.events.values():
            for a, b in combinations(sorted(places), 2):
                for box in shared(self.who_tables[a], self.who_tables[b]):
                    left = _sum_in(self.who_tables[a], places[a], box)
                    right = _sum_in(self.who_tables[b], places[b], box)
                    self._know("tables agree", left, right, 0, 0)

    def _by_how_often(self, boxes: Sequence[Box]) -> list[Box]:
        """Boxes that bring together how often and by what else occasions and children are told.

        How often bounds the occasions of each category, not of all of them alone.
        """
        tables = self.occasions.tables if self.occasions else []
        used = {name for table in tables for name in table.factors}
        pairs = {each for box in boxes for each in box.items()}
        ordered = sorted(pairs, key=lambda each: (str(each[0]), sorted(each[1])))
        return [
            {often: codes, name: others}
            for (often, codes), (name, others) in product(ordered, ordered)
            if isinstance(often, Times) and isinstance(name, str) and name in used
        ]

    def _host(self, box: Box) -> int:
        at = [at for at, table in enumerate(self.who_tables) if table.covers(box)]
        return min(at, key=lambda each: (len(self.who_tables[each].factors), each))

    def _order(self) -> None:
        """Who went through the one went through the other."""
        for at, table in enumerate(self.who_tables):
            events = [event for event, tables in self.events.items() if at in tables]
            for part, whole in _next(events):
                for box in table.cells():
                    less = self._sum("children", part, box, at)
                    more = self._sum("children", whole, box, at)
                    self._know("a part of another", more, less, 0, inf)
            for name, event in product(table.factors, events):
                if isinstance(name, Times) and name.event != event and name.event in events:
                    for box in table.cells():
                        if all(self.rules.bounds[TIMES, code][0] for code in map(str, box[name])):
                            less = self._sum("children", event, box, at)
                            more = self._sum("children", name.event, box, at)
                            self._know("picked by another", more, less, 0, inf)
        for day, cells in self.on_days.items():
            for event in self.events:
                if _ends_in(day, event):
                    for at, shared_box in self._common(cells, event, event.factors):
                        less = self._sum("children", day, {**event.factors, **shared_box})
                        more = self._sum("children", event, shared_box, at)
                        self._know("looked after at the end", more, less, 0, inf)

    def _common(self, cells: "_Cells", event: Event, box: Box) -> Iterator[tuple[int, Box]]:
        """Conditions of the child that an event's tables and tables that add up can both tell."""
        for at, table in product(self.events[event], cells.tables):
            if table.covers(box):
                yield from ((at, each) for each in shared(table, self.who_tables[at]))

    def _covers(self) -> None:
        for at, table in enumerate(self.who_tables):
            events = [event for event, tables in self.events.items() if at in tables]
            for whole, parts, common in self._coverings(events):
                for box in table.cells():
                    sums = [self._sum("children", part, box, at) for part in parts]
                    more = tuple(term for terms in sums for term in terms)
                    less = self._sum("children", whole, box, at)
                    if common:
                        less += self._sum("children", common, box, at)
                    self._know("parts cover a whole", more, less, 0, inf)

    def _coverings(
        self, events: Sequence[Event]
    ) -> Iterator[tuple[Event, list[Event], Event | None]]:
        """Wholes with events that cover them; two that overlap with what they have in common."""
        families: dict[
            tuple[str, int | None, str, frozenset[tuple[Factor, Codes]]], dict[Codes, Event]
        ] = defaultdict(dict)
        # Days of care cut time too, where no occasion does.
        edges = {edge for event in events for edge in (event.first, event.last + 1)}
        spans = list(pairwise(sorted(edges)))
        for event in events:
            time: Codes = frozenset(
                at
                for at, (first, after) in enumerate(spans)
                if event.first <= first and after <= event.last + 1
            )
            box: Box = {**event.factors, "time": time}
            names = {name for each in events for name, _ in each.where} | {"time"}
            for name in sorted(names):
                others = frozenset((k, v) for k, v in box.items() if k != name)
                own = box.get(name, self._domain(name))
                families[event.source, event.on_day, name, others][own] = event
        for (_, _, name, _), family in families.items():
            if len(family) < 2:
                continue
            empty: Codes = frozenset()
            if name != "time":
                empty = self._domain(name) & self.rules.unlikely
            for codes, whole in family.items():
                for sign in (1, -1):
                    parts: list[Codes] = []
                    for each in sorted(family, key=lambda s: (sign * len(s), sorted(s))):
                        if each < codes and not any(each & other for other in parts):
                            parts.append(each)
                    left = codes.difference(*parts)
                    if len(parts) > 1 and left <= empty:
                        yield whole, [family[part] for part in parts], None
            for one, other in combinations(family, 2):
                if one & other and not (one <= other or other <= one) and one | other in family:
                    both = [family[one], family[other]]
                    yield family[one | other], both, family.get(one & other)

    def _children_and_occasions(self) -> None:
        """No child without an occasion, and no occasion without a child."""
        if not self.occasions:
            return
        for event in self.events:
            if event.source == OCCASION:
                of_event = self._box(event, {})
                for at, box in self._common(self.occasions, event, of_event):
                    self._link(event, box, at)

    def _link(self, event: Event, box: Box, at: int) -> None:
        occasions = self._sum("occasions", event, box)
        children = self._sum("children", event, box, at)
        if event.on_day is not None:
            self._know("one open occasion a child", occasions, children, 0, 0)
            return
        open_codes = event.factors.get("duration", self._domain("duration"))
        open_codes &= self.rules.still_missing
        of_open = {**self._box(event, box), "duration": open_codes}
        if open_codes and self.occasions and (still := self.occasions.sum(of_open)):
            self._know("one open occasion a child", children, still, 0, inf)
        cells = dict(zip(self.events[event][at], self.who_tables[at].cells(), strict=True))
        often = {place: self._often(event, cells[place]) for place, _ in children}
        fewest = tuple((place, often[place][0]) for place, _ in children)
        self._know("an occasion for each child", occasions, fewest, 0, inf)
        greatest = tuple((place, often[place][1]) for place, _ in children)
        self._know("a child for its occasions", greatest, occasions, 0, inf)

    def _often(self, event: Event, box: Box) -> tuple[float, float]:
        """How often an event happened to a child of a box to whom it happened, least and most."""
        least, most = 1.0, 2.0 * max(self.model.values) + 10
        for name, codes in box.items():
            if isinstance(name, Times):
                bounds = [self.rules.bounds[TIMES, code] for code in map(str, codes)]
                if event.within(name.event):
                    bounds = [each for each in bounds if each[1]] or bounds
                    most = min(most, max(high for _, high in bounds))
                if name.event.within(event):
                    least = max(least, min(low for low, _ in bounds))
        return least, most

    # --- Tools ----------------------------------------------------------------------------------

    def _sum(self, unit: str, event: Event, box: Box, at: int | None = None) -> Terms:
        """A form as a sum of numbers."""
        found: Terms | None
        if unit == "occasions":
            found = self.occasions.sum(self._box(event, box)) if self.occasions else None
        elif self._is_additive(event):
            found = self.on_days[replace(event, where=())].sum({**event.factors, **box})
        else:
            at = self._host(box) if at is None else at
            found = _sum_in(self.who_tables[at], self.events[event][at], box)
        if found is None:
            raise DataFault("A figure is no sum of its table: report this as a fault.")
        return found

    def _know(self, kind: str, more: Terms, less: Terms, low: float, high: float) -> None:
        """low <= more - less <= high."""
        if kind in self.without:
            return
        terms: dict[int, float] = defaultdict(float)
        for place, times in more:
            terms[place] += times
        for place, times in less:
            terms[place] -= times
        left = tuple((place, times) for place, times in sorted(terms.items()) if times)
        if left and not (high == inf and all(times > 0 for _, times in left)):
            self.model.relations.append(Relation(kind, left, low, high))

    def _only_what_holds(self) -> None:
        held = []
        values = self.model.values
        for each in dict.fromkeys(self.model.relations):
            total = sum(times * values[place] for place, times in each.terms)
            if each.low - 1e-6 <= total <= each.high + 1e-6:
                held.append(each)
            elif each.kind == "tables agree":
                raise DataFault(
                    "Figures that must agree do not: build the warehouse again, and if that does "
                    "not help report a fault of the program."
                )
        self.model.relations = held

    def _is_additive(self, event: Event) -> bool:
        return event.source == CARE and event.on_day is not None

    def _domain(self, factor: Factor) -> Codes:
        if factor == "time":
            return frozenset(range(len(self.stretches)))
        return self.rules.domain(TIMES if isinstance(factor, Times) else str(factor))

    def _stretches(self) -> list[tuple[int, int]]:
        edges = {FIRST, LAST + 1}
        events = [form.event for form in self.forms]
        events += [
            name.event for form in self.forms for name in form.children if isinstance(name, Times)
        ]
        for event in events:
            if event.source == OCCASION:
                edges |= {event.first, event.last + 1}
        if any(event.factors.get("counts_as") for event in events):
            for each in self.rules.nothing_absent:
                if each.first_day:
                    edges.add(each.first_day.toordinal())
                if each.last_day:
                    edges.add(each.last_day.toordinal() + 1)
        return [(first, after - 1) for first, after in pairwise(sorted(edges))]

    def _time(self, first: int, last: int) -> Codes:
        return frozenset(
            at
            for at, (from_day, to_day) in enumerate(self.stretches)
            if first <= from_day and to_day <= last
        )

    def _days(self, codes: Codes) -> list[tuple[int, int]]:
        """First and last day of some stretches of time."""
        return [self.stretches[code] for code in map(int, codes)]

    def _box(self, event: Event, box: Box) -> dict[Factor, Codes]:
        """What an event and conditions of the child restrict, time and open occasions too."""
        found: dict[Factor, Codes] = {**event.factors, **box}
        if event.source != OCCASION:
            return found
        if (event.first, event.last) != (FIRST, LAST):
            found["time"] = self._time(event.first, event.last)
        if event.on_day is not None:
            found[open_on(event.on_day)] = YES
        return found

    def _is_nothing(self, box: Box) -> bool:
        """Whether everybody knows that nothing is counted in a box."""
        if "empty categories" not in self.without and any(
            codes and codes <= self.rules.unlikely for codes in box.values()
        ):
            return True
        if "definitions" in self.without:
            return False
        return (
            self._is_absent_by_definition(box)
            or self._is_impossible_harm(box)
            or self._is_never_open(box)
            or self._is_more_often(box)
        )

    def _is_absent_by_definition(self, box: Box) -> bool:
        if box.get("counts_as") != ABSENT or "time" not in box:
            return False
        return self._is_nothing_absent(self._days(box["time"]), box)

    def _is_nothing_absent(self, stretches: Iterable[tuple[int, int]], box: Box) -> bool:
        """Whether by its definition no council of a box counts anything of these days as absent."""
        councils = box.get("council") or self.rules.domain("council")
        return all(
            any(
                _ordinal(each.first_day, FIRST) <= first and last <= _ordinal(each.last_day, LAST)
                for each in self.rules.nothing_absent
                if each.council == council
            )
            for first, last in stretches
            for council in councils
        )

    def _is_impossible_harm(self, box: Box) -> bool:
        if box.get("any_harm") == NO and any(box.get(name) == YES for name in HARMS):
            return True
        if box.get("any_harm") == YES and all(box.get(name) == NO for name in HARMS):
            return True
        return any(box.get(one) == YES and box.get(other) == NO for one, other in IMPLIED)

    def _is_never_open(self, box: Box) -> bool:
        if "time" not in box:
            return False
        days = self._days(box["time"])
        first, last = min(first for first, _ in days), max(last for _, last in days)
        least, most = self._lasts(box.get("duration", frozenset()))
        is_open = {day: codes for name, codes in box.items() if (day := open_day(name)) is not None}
        for day, codes in is_open.items():
            is_open_later = any(later > day and is_open[later] == YES for later in is_open)
            if codes == NO and last <= day and is_open_later:
                return True
            if codes == YES and (first > day or min(last, day) + most <= day):
                return True
            if codes == NO and last <= day and first + least > day:
                return True
        return False

    def _lasts(self, codes: Codes) -> tuple[float, float]:
        """The least and the most days that some durations are."""
        if not codes:
            return 0, inf
        bounds = [self.rules.bounds.get(("duration", code), (inf, inf)) for code in map(str, codes)]
        return min(low for low, _ in bounds), max(high for _, high in bounds)

    def _is_more_often(self, box: Box) -> bool:
        """No child is missing more often in a part of an event than in all of it.

        The occasions tell this too; without these cells there are fewer numbers.
        """
        often = {
            name: [self.rules.bounds[TIMES, code] for code in map(str, codes)]
            for name, codes in box.items()
            if isinstance(name, Times)
        }
        return any(
            one.event.within(other.event)
            and min(low for low, _ in often[one]) > max(high for _, high in often[other])
            for one in often
            for other in often
            if one != other
        )


@dataclass
class _Cells:
    """Tables with a place for the number of each cell."""

    tables: list[Table]
    places: list[list[int | None]]

    def sum_in(self, at: int, box: Box) -> Terms:
        return _sum_in(self.tables[at], self.places[at], box)

    def sum(self, box: Box) -> Terms | None:
        """A box as a sum of cells of the smallest table that covers it; None if none does."""
        at = [at for at, table in enumerate(self.tables) if table.covers(box)]
        if not at:
            return None
        smallest = min(at, key=lambda each: (len(self.places[each]), each))
        return self.sum_in(smallest, box)


def _sum_in(table: Table, places: Sequence[int | None], box: Box) -> Terms:
    return tuple((place, 1.0) for at in table.within(box) if (place := places[at]) is not None)


def _of(used: Set[Factor], box: Box) -> dict[Factor, Codes]:
    """What a box says of some factors."""
    return {name: codes for name, codes in box.items() if name in used}


def _nested(boxes: Iterable[Box]) -> list[Box]:
    """Boxes that bring together how often children were missing in an event and in a part of it."""
    often = {
        (name, codes) for box in boxes for name, codes in box.items() if isinstance(name, Times)
    }
    ordered = sorted(often, key=lambda each: (str(each[0]), sorted(each[1])))
    return [
        {one: codes, other: others}
        for (one, codes), (other, others) in combinations(ordered, 2)
        if one != other and (one.event.within(other.event) or other.event.within(one.event))
    ]


def _ends_in(day: Event, event: Event) -> bool:
    """Whether children who are looked after on a day are so in a stretch of time."""
    return day.source == CARE and replace(day, where=event.where).within(event)


def _next(events: Sequence[Event]) -> Iterator[tuple[Event, Event]]:
    """Each event with those next above it."""
    above: Mapping[Event, list[Event]] = {
        event: [other for other in events if other != event and event.within(other)]
        for event in events
    }
    for event, wholes in above.items():
        for whole in wholes:
            if not any(whole in above[between] for between in wholes if between != whole):
                yield event, whole


def _event_order(event: Event) -> tuple[object, ...]:
    where = [(name, sorted(codes)) for name, codes in event.where]
    return event.source, event.first, event.last, event.on_day or 0, where


def _in_order(form: Form) -> tuple[object, ...]:
    who = sorted((str(name), sorted(codes)) for name, codes in form.who)
    return form.unit, _event_order(form.event), who


def _ordinal(day: date | None, else_: int) -> int:
    return day.toordinal() if day else else_
