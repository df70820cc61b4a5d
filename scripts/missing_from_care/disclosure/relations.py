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
from functools import partial
from itertools import combinations, pairwise, product
from math import inf

import duckdb

from missing_from_care.base.faults import DataFault
from missing_from_care.disclosure.counting import HARMS, IMPLIED, Counter, open_day, open_on
from missing_from_care.disclosure.forms import CARE, OCCASION, Event, Factor, Form, Times, times_in
from missing_from_care.disclosure.rules import FIRST, LAST, TIMES, Rules, Stretch
from missing_from_care.disclosure.solver.problem import NEAR, Relation
from missing_from_care.disclosure.tables import Box, Codes, Table, shared, tables_for, too_many

YES, NO = frozenset({"yes"}), frozenset({"no"})
MISSING, ABSENT = frozenset({"missing"}), frozenset({"absent"})
# With 7,000 numbers one answer takes half a minute, with 35,000 more than five.
MOST_NUMBERS = 10_000
Terms = tuple[tuple[int, float], ...]


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
    doubted: Iterable[Form] = (),
) -> Model:
    """The numbers behind some forms, and how they hang together.

    Args:
        forms: what figures count.
        rules: the rule seeds.
        warehouse: an open connection with `int_answer_facts`.
        doubted: of the forms, those in which no category is taken to be empty.

    Raises:
        ProtectionFault: too many factors stand together.
        DataFault: the numbers contradict each other.
    """
    return _Builder(sorted(set(forms), key=_in_order), rules, warehouse, doubted).build()


@dataclass
class _Cells:
    """Tables by their place, with a place for the number of each cell; None for a known 0."""

    tables: Mapping[int, Table]
    places: dict[int, list[int | None]] = field(default_factory=dict)

    def sum_in(self, at: int, box: Box) -> Terms:
        """A box as a sum of cells of a table."""
        places = self.places[at]
        cells = (places[cell] for cell in self.tables[at].within(box))
        return tuple((place, 1.0) for place in cells if place is not None)

    def sum(self, box: Box) -> Terms | None:
        """A box as a sum of cells of the smallest table that covers it; None if none does."""
        at = [at for at, table in self.tables.items() if table.covers(box)]
        if not at:
            return None
        return self.sum_in(min(at, key=lambda each: (len(self.places[each]), each)), box)


class _Builder:
    def __init__(
        self,
        forms: Sequence[Form],
        rules: Rules,
        warehouse: duckdb.DuckDBPyConnection,
        doubted: Iterable[Form],
    ) -> None:
        self.rules = rules
        self.model = Model()
        self.same = {form: self._without_definition(form) for form in forms}
        self.forms = sorted(set(self.same.values()), key=_in_order)
        self.stretches = self._stretches()
        self.doubted = [
            self._box(form.event, form.children) for form in map(self.same.__getitem__, doubted)
        ]
        factors = [name for form in self.forms for name in form.children]
        self.counter = Counter(warehouse, rules, self.stretches, factors)
        # By kind, so that two kinds of knowledge may say the same.
        self.known: dict[tuple[str, Relation], None] = {}
        self.occasions: _Cells | None = None
        self.on_days: dict[Event, _Cells] = {}
        self.events: dict[Event, _Cells] = {}
        self.who_tables: dict[int, Table] = {}

    def build(self) -> Model:
        children = [form for form in self.forms if form.unit == "children"]
        events = {form.event for form in children if not _adds_up(form.event)}
        # Who had been missing before the period is among those of the time before, and together
        # with who had not those of both.
        events |= {
            name.event
            for form in children
            for name in times_in(form.children)
            if name.event.last < form.event.first
        }
        self._add_occasions(children)
        self._add_children_on_days(children)
        self._add_events(children, sorted(events, key=_event_order))
        for form, same in self.same.items():
            self.model.sums[form] = self._sum(same.unit, same.event, same.children)
        self._order()
        self._covers()
        self._children_and_occasions()
        self.model.relations = [relation for _, relation in self.known]
        return self.model

    def _know(self, kind: str, more: Terms, less: Terms, high: float = inf) -> None:
        """0 <= more - less <= high, if it holds."""
        terms: dict[int, float] = defaultdict(float)
        for place, times in more:
            terms[place] += times
        for place, times in less:
            terms[place] -= times
        left = tuple((place, times) for place, times in sorted(terms.items()) if times)
        if not left or (high == inf and all(times > 0 for _, times in left)):
            return
        total = sum(times * self.model.values[place] for place, times in left)
        if -NEAR <= total <= high + NEAR:
            self.known[kind, Relation(left, 0, high)] = None
        elif kind == "tables agree":
            raise DataFault(
                "Figures that must agree do not: build the warehouse again, and if that does not "
                "help report a fault of the program."
            )

    def _without_definition(self, form: Form) -> Form:
        """Where nothing counts as absent, all that is counted is missing."""
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
        boxes: list[Box] = [
            self._box(form.event, form.children)
            for form in self.forms
            if form.unit == "occasions" or times_in(form.children)
        ]
        if not boxes:
            return
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
            if _adds_up(form.event):
                day = replace(form.event, where=())
                boxes[day].append({**form.event.factors, **form.children})
        for day, of_day in sorted(boxes.items(), key=lambda each: _event_order(each[0])):
            used = {name for box in of_day for name in box}
            for form in children:
                if not _adds_up(form.event) and _ends_in(day, form.event):
                    of_day.append(_of(used, {**form.event.factors, **form.children}))
            self.on_days[day] = self._cells(of_day, partial(self.counter.children_on, day))

    def _cells(self, boxes: Iterable[Box], count: Callable[[Table], list[int]]) -> _Cells:
        tables, edges = tables_for(boxes, self._domain)
        cells = _Cells(dict(enumerate(tables)))
        for at, table in enumerate(tables):
            cells.places[at] = self._numbers(table, count(table))
        self._agree(cells, edges)
        return cells

    def _agree(self, cells: _Cells, pairs: Iterable[tuple[int, int]]) -> None:
        """What tables share they count alike."""
        for a, b in pairs:
            for box in shared(cells.tables[a], cells.tables[b]):
                self._know("tables agree", cells.sum_in(a, box), cells.sum_in(b, box), high=0)

    def _numbers(
        self, table: Table, counted: Sequence[int], within: Box | None = None
    ) -> list[int | None]:
        """A place for each cell of a table; None for what everybody knows to be 0."""
        places: list[int | None] = []
        for box, value in zip(table.cells(), counted, strict=True):
            if value == 0 and self._is_nothing({**(within or {}), **box}):
                places.append(None)
            else:
                places.append(len(self.model.values))
                self.model.values.append(int(value))
        if len(self.model.values) > MOST_NUMBERS:
            raise too_many(table.groups)
        return places

    def _tied(self, boxes: Sequence[Box]) -> list[Box]:
        """Boxes that bring factors together which a definition ties."""
        used = {factor: box[factor] for box in boxes for factor in box}
        tied: list[Box] = []
        harms = [name for name in HARMS if name in used]
        if "any_harm" in used and harms:
            tied.append(dict.fromkeys(("any_harm", *harms), YES))
        tied += [dict.fromkeys(pair, YES) for pair in IMPLIED if used.keys() >= set(pair)]
        tied += _nested(boxes)
        tied += [{**self._box(name.event, {}), name: used[name]} for name in times_in(used)]
        days = sorted(day for name in used if (day := open_day(name)) is not None)
        for day in days:
            time = self._time(FIRST, day)
            tied.append({open_on(day): YES, "time": time, "duration": self.rules.still_missing})
        if {"counts_as", "time"} <= used.keys():
            for _, first, last in self.rules.nothing_absent:
                tied.append({"counts_as": used["counts_as"], "time": self._time(first, last)})
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
        tables = [Table({}), *(each for each in tables if each.groups)]
        self.who_tables = dict(enumerate(tables))
        hosts: dict[Event, set[int]] = {event: set() for event in events}
        for form in children:
            if form.event in hosts:
                often = set(times_in(form.children))
                hosts[form.event] |= {self._host(form.children)} | {
                    at for at, table in enumerate(tables) if not often.isdisjoint(table.groups)
                }
        for at, table in enumerate(tables):
            for name in times_in(table.groups):
                if name.event in hosts:
                    hosts[name.event].add(at)
        near = {event: {0, *of} for event, of in hosts.items()}
        for form, event in product(self.forms, events):
            is_part = form.unit == "occasions" and form.event.within(event)
            if is_part or _ends_in(form.event, event):
                near[event].add(self._host(form.children))
        for one, other in combinations(events, 2):
            if one.within(other) or other.within(one):
                near[one] |= hosts[other]
                near[other] |= hosts[one]
        for at, table in enumerate(tables):
            with_table = [event for event in events if at in near[event]]
            counted = self.counter.children(with_table, table)
            for event in with_table:
                cells = self.events.setdefault(event, _Cells(self.who_tables))
                cells.places[at] = self._numbers(table, counted[event], self._box(event, {}))
        for cells in self.events.values():
            self._agree(cells, combinations(sorted(cells.places), 2))

    def _by_how_often(self, boxes: Sequence[Box]) -> list[Box]:
        """Boxes that bring together how often and by what else occasions and children are told: how
        often bounds the occasions of each category, not of all of them alone."""
        tables = self.occasions.tables.values() if self.occasions else ()
        used = {name for table in tables for name in table.groups}
        pairs = sorted({each for box in boxes for each in box.items()}, key=_pair_order)
        return [
            {often: codes, name: others}
            for (often, codes), (name, others) in product(pairs, pairs)
            if isinstance(often, Times) and isinstance(name, str) and name in used
        ]

    def _host(self, box: Box) -> int:
        at = [at for at, table in self.who_tables.items() if table.covers(box)]
        return min(at, key=lambda each: (len(self.who_tables[each].groups), each))

    def _told_by(self, at: int) -> list[Event]:
        """The events that are counted by a table of children."""
        return [event for event, cells in self.events.items() if at in cells.places]

    def _order(self) -> None:
        """Who went through the one went through the other."""

        def know(kind: str, part: Event, whole: Event, box: Box, at: int) -> None:
            less = self._sum("children", part, box, at)
            self._know(kind, self._sum("children", whole, box, at), less)

        for at, table in self.who_tables.items():
            events = self._told_by(at)
            for (part, whole), box in product(_next(events), table.cells()):
                know("a part of another", part, whole, box, at)
            for name, event in product(table.groups, events):
                if isinstance(name, Times) and name.event != event and name.event in events:
                    for box in table.cells():
                        if all(low for low, _ in self._bands(box[name])):
                            know("picked by another", event, name.event, box, at)
        for (day, cells), event in product(self.on_days.items(), self.events):
            if _ends_in(day, event):
                for at, both in self._common(cells, event, event.factors):
                    less = self._sum("children", day, {**event.factors, **both})
                    more = self._sum("children", event, both, at)
                    self._know("looked after at the end", more, less)

    def _common(self, cells: _Cells, event: Event, box: Box) -> Iterator[tuple[int, Box]]:
        """Conditions of the child that an event's tables and tables that add up can both tell."""
        for at, table in product(self.events[event].places, cells.tables.values()):
            if table.covers(box):
                yield from ((at, each) for each in shared(table, self.who_tables[at]))

    def _covers(self) -> None:
        for at, table in self.who_tables.items():
            for whole, parts, common in self._coverings(self._told_by(at)):
                for box in table.cells():
                    sums = [self._sum("children", part, box, at) for part in parts]
                    more = tuple(term for terms in sums for term in terms)
                    less = self._sum("children", whole, box, at)
                    if common:
                        less += self._sum("children", common, box, at)
                    self._know("parts cover a whole", more, less)

    def _coverings(
        self, events: Sequence[Event]
    ) -> Iterator[tuple[Event, list[Event], Event | None]]:
        """Wholes with events that cover them; two that overlap with what they have in common."""
        families: dict[tuple[object, ...], dict[Codes, Event]] = defaultdict(dict)
        # Days of care cut time too, where no occasion does.
        spans = list(pairwise(sorted({edge for e in events for edge in (e.first, e.last + 1)})))
        names = sorted({name for each in events for name, _ in each.where} | {"time"})
        for event in events:
            time = frozenset(
                at
                for at, (first, after) in enumerate(spans)
                if event.first <= first and after <= event.last + 1
            )
            box: Box = {**event.factors, "time": time}
            for name in names:
                others = frozenset((k, v) for k, v in box.items() if k != name)
                own = box.get(name, self._domain(name))
                families[event.source, event.on_day, name, others][own] = event
        for (_, _, told_by, _), family in families.items():
            if len(family) < 2:
                continue
            empty: Codes = frozenset()
            if told_by != "time":
                empty = self._domain(str(told_by)) & self.rules.unlikely
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
        for event in self.events if self.occasions else ():
            if self.occasions and event.source == OCCASION:
                for at, box in self._common(self.occasions, event, self._box(event, {})):
                    self._link(self.occasions, event, box, at)

    def _link(self, cells: _Cells, event: Event, box: Box, at: int) -> None:
        occasions = self._sum("occasions", event, box)
        children = self._sum("children", event, box, at)
        if event.on_day is not None:
            self._know("one open occasion a child", occasions, children, high=0)
            return
        open_codes = event.factors.get("duration", self._domain("duration"))
        open_codes &= self.rules.still_missing
        of_open = {**self._box(event, box), "duration": open_codes}
        if open_codes and (still := cells.sum(of_open)):
            self._know("one open occasion a child", children, still)
        places = self.events[event].places[at]
        cell_at = dict(zip(places, self.who_tables[at].cells(), strict=True))
        often = {place: self._often(event, cell_at[place]) for place, _ in children}
        fewest = tuple((place, often[place][0]) for place, _ in children)
        self._know("an occasion for each child", occasions, fewest)
        greatest = tuple((place, often[place][1]) for place, _ in children)
        self._know("a child for its occasions", greatest, occasions)

    def _often(self, event: Event, box: Box) -> Stretch:
        """How often an event happened to a child of a box to whom it happened, least and most."""
        least, most = 1.0, 2.0 * max(self.model.values) + 10
        for name in times_in(box):
            bounds = self._bands(box[name])
            if event.within(name.event):
                bounds = [each for each in bounds if each[1]] or bounds
                most = min(most, max(high for _, high in bounds))
            if name.event.within(event):
                least = max(least, min(low for low, _ in bounds))
        return least, most

    # --- What is nothing by definition ----------------------------------------------------------

    def _is_nothing(self, box: Box) -> bool:
        """Whether everybody knows that nothing is counted in a box."""
        return (
            self._is_unlikely(box)
            or self._is_absent_by_definition(box)
            or self._is_impossible_harm(box)
            or self._is_never_open(box)
            or self._is_more_often(box)
        )

    def _is_unlikely(self, box: Box) -> bool:
        if not any(codes and codes <= self.rules.unlikely for codes in box.values()):
            return False
        return not any(
            all(name in box and box[name] <= codes for name, codes in doubted.items())
            for doubted in self.doubted
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
                council == of and from_day <= first and last <= to_day
                for of, from_day, to_day in self.rules.nothing_absent
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
        durations = map(str, box.get("duration", ()))
        lasts = [self.rules.bounds.get(("duration", code), (inf, inf)) for code in durations]
        least = min((low for low, _ in lasts), default=0)
        most = max((high for _, high in lasts), default=inf)
        is_open = {day: codes for name, codes in box.items() if (day := open_day(name)) is not None}
        for day, codes in is_open.items():
            is_open_later = any(later > day and is_open[later] == YES for later in is_open)
            if codes == NO and last <= day and (is_open_later or first + least > day):
                return True
            if codes == YES and (first > day or min(last, day) + most <= day):
                return True
        return False

    def _is_more_often(self, box: Box) -> bool:
        """No child is missing more often in a part of an event than in all of it. The occasions
        tell this too; without these cells there are fewer numbers."""
        often = {name: self._bands(box[name]) for name in times_in(box)}
        return any(
            one.event.within(other.event)
            and min(low for low, _ in often[one]) > max(high for _, high in often[other])
            for one, other in product(often, often)
            if one != other
        )

    # --- Tools ----------------------------------------------------------------------------------

    def _sum(self, unit: str, event: Event, box: Box, at: int | None = None) -> Terms:
        """A form as a sum of numbers."""
        found: Terms | None
        if unit == "occasions":
            found = self.occasions.sum(self._box(event, box)) if self.occasions else None
        elif _adds_up(event):
            found = self.on_days[replace(event, where=())].sum({**event.factors, **box})
        else:
            found = self.events[event].sum_in(self._host(box) if at is None else at, box)
        if found is None:
            raise DataFault("A figure is no sum of its table: report this as a fault.")
        return found

    def _domain(self, factor: Factor) -> Codes:
        if factor == "time":
            return frozenset(range(len(self.stretches)))
        return self.rules.domain(TIMES if isinstance(factor, Times) else str(factor))

    def _bands(self, codes: Codes) -> list[Stretch]:
        """How often some codes of `Times` are, least and most of each."""
        return [self.rules.bounds[TIMES, code] for code in map(str, codes)]

    def _stretches(self) -> list[tuple[int, int]]:
        """The stretches of time within which no figure begins or ends."""
        edges = {FIRST, LAST + 1}
        events = [form.event for form in self.forms]
        events += [name.event for form in self.forms for name in times_in(form.children)]
        for event in events:
            if event.source == OCCASION:
                edges |= {event.first, event.last + 1}
        if any(event.factors.get("counts_as") for event in events):
            for _, first, last in self.rules.nothing_absent:
                edges |= {first, last + 1}
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
        if event.source == OCCASION and (event.first, event.last) != (FIRST, LAST):
            found["time"] = self._time(event.first, event.last)
        if event.source == OCCASION and event.on_day is not None:
            found[open_on(event.on_day)] = YES
        return found


def _of(used: Set[Factor], box: Box) -> dict[Factor, Codes]:
    """What a box says of some factors."""
    return {name: codes for name, codes in box.items() if name in used}


def _nested(boxes: Iterable[Box]) -> list[Box]:
    """Boxes that bring together how often children were missing in an event and in a part of it."""
    often = {(name, box[name]) for box in boxes for name in times_in(box)}
    return [
        {one: codes, other: others}
        for (one, codes), (other, others) in combinations(sorted(often, key=_pair_order), 2)
        if one != other and (one.event.within(other.event) or other.event.within(one.event))
    ]


def _adds_up(event: Event) -> bool:
    return event.source == CARE and event.on_day is not None


def _ends_in(day: Event, event: Event) -> bool:
    """Whether children who are looked after on a day are so in a stretch of time."""
    return day.source == CARE and replace(day, where=event.where).within(event)


def _next(events: Sequence[Event]) -> Iterator[tuple[Event, Event]]:
    """Each event with those next above it."""
    above = {
        event: [other for other in events if other != event and event.within(other)]
        for event in events
    }
    for event, wholes in above.items():
        for whole in wholes:
            if not any(whole in above[between] for between in wholes if between != whole):
                yield event, whole


def _pair_order(pair: tuple[Factor, Codes]) -> tuple[object, ...]:
    return str(pair[0]), sorted(pair[1])


def _event_order(event: Event) -> tuple[object, ...]:
    where = [(name, sorted(codes)) for name, codes in event.where]
    return event.source, event.first, event.last, event.on_day or 0, where


def _in_order(form: Form) -> tuple[object, ...]:
    return form.unit, _event_order(form.event), sorted(map(_pair_order, form.who))
