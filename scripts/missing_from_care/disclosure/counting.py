"""Counts what no response prints, by SQL over the same facts as every answer."""

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import TypeVar

import duckdb

from missing_from_care.base.faults import Fault
from missing_from_care.disclosure.forms import FIRST, LAST, OCCASION, Event, Factor, Times
from missing_from_care.disclosure.rules import HOURS, NOT_KNOWN, TIMES, Rules
from missing_from_care.disclosure.tables import Codes, Table

NUMBERS = {
    "age": "age_in_years",
    "duration": "duration_days",
    "time_in_care": "days_in_care",
    "distance_band": "miles_from_home",
    TIMES: "times",
}
HARMS = ("was_hurt", "was_sexually_harmed", "was_in_drug_sale", "was_in_crime")
# What the outcomes of an interview say of each other (seed `interview_outcomes`).
IMPLIED = (
    ("is_interviewed_in_time", "is_interview_completed"),
    ("is_interviewed_in_time", "is_interview_offered"),
    ("is_interview_completed", "is_interview_offered"),
    ("is_interview_declined", "is_interview_offered"),
)
EPOCH = "date '0001-01-01'"
OPEN = "open:"
Number = TypeVar("Number", int, float)


def open_on(day: int) -> str:
    """The factor that says whether an occasion was open at the end of a day."""
    return f"{OPEN}{day}"


def open_day(factor: Factor) -> int | None:
    """The day of such a factor; None for any other."""
    name = str(factor)
    return int(name.removeprefix(OPEN)) if name.startswith(OPEN) else None


class Counter:
    """Counts from `int_answer_facts`.

    Args:
        warehouse: an open connection in which the facts are a table or a view.
        rules: the rule seeds.
        stretches: first and last day of each stretch of time, by its place, as ordinals.
    """

    def __init__(
        self,
        warehouse: duckdb.DuckDBPyConnection,
        rules: Rules,
        stretches: Sequence[tuple[int, int]],
    ) -> None:
        self.warehouse, self.rules, self.stretches = warehouse, rules, stretches
        self.times: dict[Times, str] = {}

    def occasions(self, table: Table) -> list[int]:
        """The occasions in each cell of a table, in the order of its cells."""
        return self._grouped(table, {"n": "count(*)"}, "fact = 'occasion'")["n"]

    def children_on(self, event: Event, table: Table) -> list[int]:
        """The children to whom an event happens on its day, in each cell of a table."""
        return self._grouped(table, {"n": "count(distinct child_id)"}, self._happens(event))["n"]

    def children(self, events: Sequence[Event], table: Table) -> dict[Event, list[int]]:
        """The children to whom each event happens at least once, in each cell of a table."""
        happened = {f"e{at}": self._happens(event) for at, event in enumerate(events)}
        each_child = ", ".join(
            f"bool_or(coalesce({holds}, false)) as {name}" for name, holds in happened.items()
        )
        wanted = {name: f"count(case when {name} then 1 end)" for name in happened}
        found = self._grouped(table, wanted, "true", each_child)
        return {event: found[f"e{at}"] for at, event in enumerate(events)}

    def _grouped(
        self, table: Table, wanted: Mapping[str, str], which: str, each_child: str = ""
    ) -> dict[str, list[int]]:
        """What is wanted in each cell of a table; of what each child has, if that is given."""
        if not wanted:
            return {}
        groups = [
            f"case {' '.join(self._when(factor, codes, at) for at, codes in enumerate(each))} end"
            for factor, each in zip(table.factors, table.groups, strict=True)
        ]
        keys = ", ".join(f"{each} as g{at}" for at, each in enumerate(groups))
        names = ", ".join(f"g{at}" for at in range(len(groups)))
        aggregates = ", ".join(f"{each} as {name}" for name, each in wanted.items())
        grouped = f"select *{', ' if keys else ''}{keys} from facts where {which}"
        if each_child:
            grouped = (
                f"select {names}{', ' if names else ''}{each_child} from ({grouped}) "
                f"group by child_id{', ' if names else ''}{names}"
            )
        query = (
            f"with facts as ({self._facts()}), grouped as ({grouped}) "
            f"select {names}{', ' if names else ''}{aggregates} from grouped "
            f"{'group by ' + names if names else ''}"
        )
        rows = self.warehouse.execute(query).fetchall()
        sizes = [len(each) for each in table.groups]
        found = {name: [0] * prod(sizes) for name in wanted}
        for row in rows:
            key, numbers = row[: len(groups)], row[len(groups) :]
            if None in key:
                if any(numbers):
                    raise Fault("A fact stands in no category of its breakdown.")
                continue
            at = 0
            for size, group in zip(sizes, key, strict=True):
                at = at * size + group
            for name, number in zip(wanted, numbers, strict=True):
                found[name][at] = number
        return found

    def _facts(self) -> str:
        if not self.times:
            return "select * from int_answer_facts"
        counted = ", ".join(
            f"count(case when {self._happens(each.event)} then 1 end) as {name}"
            for each, name in self.times.items()
        )
        return (
            "select facts.*, often.* exclude (child_id) from int_answer_facts as facts "
            f"inner join (select child_id, {counted} from int_answer_facts group by child_id) "
            "as often on facts.child_id = often.child_id"
        )

    def know_times(self, factors: Iterable[Factor]) -> None:
        """Makes ready to count by how often a child was missing."""
        for each in factors:
            if isinstance(each, Times) and each not in self.times:
                self.times[each] = f"times_{len(self.times)}"

    def _when(self, factor: Factor, codes: Codes, at: int) -> str:
        return f"when {self._holds(factor, codes)} then {at}"

    def _happens(self, event: Event) -> str:
        said = [f"fact = '{event.source}'"]
        said += [self._holds(factor, codes) for factor, codes in event.where]
        if event.source == OCCASION:
            said.append(_from_to("from_day", event.first, event.last))
            if event.on_day is not None:
                said.append(self._holds(open_on(event.on_day), frozenset({"yes"})))
        elif event.on_day is not None:
            day = _day(event.on_day)
            said.append(f"from_day <= {day} and to_day >= {day}")
            said.append(f"(ended_on is null or ended_on > {day})")
        else:
            said.append(f"from_day <= {_day(event.last)} and to_day >= {_day(event.first)}")
        return f"({' and '.join(said)})"

    def _holds(self, factor: Factor, codes: Codes) -> str:
        if factor == "time":
            stretches = [self.stretches[code] for code in sorted(map(int, codes))]
            return _any(_from_to("from_day", first, last) for first, last in _merged(stretches))
        if isinstance(factor, Times):
            return self._numbers(self.times[factor], TIMES, codes)
        if factor in NUMBERS:
            return self._numbers(NUMBERS[factor], factor, codes)
        if (open_at := open_day(factor)) is not None:
            day = _day(open_at)
            return _flag(f"(from_day <= {day} and (ended_on is null or ended_on > {day}))", codes)
        if factor == "any_harm":
            return _flag(_any(f"coalesce({each}, false)" for each in HARMS), codes)
        if factor not in self.rules.domains:
            return _flag(f"coalesce({factor}, false)", codes)
        listed = ", ".join(f"'{code}'" for code in sorted(codes))
        return f"coalesce({factor}, 'not_known') in ({listed})"

    def _numbers(self, column: str, factor: str, codes: Codes) -> str:
        stretches: dict[str, list[tuple[float, float]]] = {}
        for code in map(str, codes):
            if bounds := self.rules.bounds.get((factor, code)):
                beside = self._hours(code) if factor == "duration" else ""
                stretches.setdefault(beside, []).append(bounds)
        said = [
            f"({column} between {_number(low)} and {_number(high)}{beside})"
            for beside, each in sorted(stretches.items())
            for low, high in _merged(each)
        ]
        if factor == "duration" and (since := codes & self.rules.still_missing):
            listed = ", ".join(f"'{code}'" for code in sorted(since))
            said.append(f"({column} is null and outcome_since in ({listed}))")
        elif NOT_KNOWN in codes:
            said.append(f"{column} is null")
        return _any(said)

    def _hours(self, code: str) -> str:
        """What a duration says of hours besides; nothing where no hours are known."""
        if code.endswith(f" {NOT_KNOWN}"):
            return " and hours_missing is null"
        if not (bounds := self.rules.bounds.get((HOURS, code))):
            return ""
        return f" and hours_missing between {_number(bounds[0])} and {_number(bounds[1])}"


def _merged(stretches: Iterable[tuple[Number, Number]]) -> list[tuple[Number, Number]]:
    found: list[tuple[Number, Number]] = []
    for low, high in sorted(stretches):
        if found and found[-1][1] == low - 1:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def _number(number: float) -> int:
    return int(max(-1e9, min(1e9, number)))


def _any(conditions: Iterable[str]) -> str:
    return f"({' or '.join(conditions) or 'false'})"


def _flag(condition: str, codes: Codes) -> str:
    if codes == {"yes"}:
        return condition
    return f"not {condition}" if codes == {"no"} else "true"


def _day(ordinal: int) -> str:
    return f"({EPOCH} + {ordinal - 1})"


def _from_to(column: str, first: int, last: int) -> str:
    said = []
    if first > FIRST:
        said.append(f"{column} >= {_day(first)}")
    if last < LAST:
        said.append(f"{column} <= {_day(last)}")
    return f"({' and '.join(said) or 'true'})"
