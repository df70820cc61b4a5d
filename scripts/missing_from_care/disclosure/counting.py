"""Counts what no response prints, by SQL over the same facts as every answer."""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import TypeVar

import duckdb

from missing_from_care.base.faults import Fault
from missing_from_care.disclosure import forms
from missing_from_care.disclosure.rules import FIRST, HOURS, LAST, NOT_KNOWN, TIMES, Rules
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
OPEN = "open:"
Number = TypeVar("Number", int, float)


def open_on(day: int) -> str:
    """The factor that says whether an occasion was open at the end of a day."""
    return f"{OPEN}{day}"


def open_day(factor: forms.Factor) -> int | None:
    """The day of such a factor; None for any other."""
    name = str(factor)
    return int(name.removeprefix(OPEN)) if name.startswith(OPEN) else None


class Counter:
    """Counts from `int_answer_facts`.

    Args:
        warehouse: an open connection in which the facts are a table or a view.
        rules: the rule seeds.
        stretches: first and last day of each stretch of time, by its place, as ordinals.
        factors: what is told apart; how often children were missing among it.
    """

    def __init__(
        self,
        warehouse: duckdb.DuckDBPyConnection,
        rules: Rules,
        stretches: Sequence[tuple[int, int]],
        factors: Iterable[forms.Factor],
    ) -> None:
        self.warehouse, self.rules, self.stretches = warehouse, rules, stretches
        often = dict.fromkeys(forms.times_in(factors))
        self.times = {each: f"times_{at}" for at, each in enumerate(often)}

    def occasions(self, table: Table) -> list[int]:
        """The occasions in each cell of a table, in the order of its cells."""
        return self._counted(table, ["count(*)"], f"fact = '{forms.OCCASION}'")[0]

    def children_on(self, event: forms.Event, table: Table) -> list[int]:
        """The children to whom an event happens on its day, in each cell of a table."""
        return self._counted(table, ["count(distinct child_id)"], self._happens(event))[0]

    def children(self, events: Sequence[forms.Event], table: Table) -> dict[forms.Event, list[int]]:
        """The children to whom each event happens at least once, in each cell of a table."""
        if not events:
            return {}
        happened = [
            f"bool_or(coalesce({self._happens(event)}, false)) as e{at}"
            for at, event in enumerate(events)
        ]
        wanted = [f"count_if(e{at})" for at in range(len(events))]
        return dict(zip(events, self._counted(table, wanted, "true", happened), strict=True))

    def _counted(
        self, table: Table, wanted: Sequence[str], which: str, each_child: Sequence[str] = ()
    ) -> list[list[int]]:
        """Each number that is wanted, in each cell of a table.

        Args:
            table: of which cells.
            wanted: aggregates of facts, or of what each child has, if that is given.
            which: of the facts.
            each_child: aggregates of a child's facts.
        """
        keys = [f"g{at}" for at in range(len(table.groups))]
        cases = [
            f"{self._place(factor, groups)} as {key}"
            for key, (factor, groups) in zip(keys, table.groups.items(), strict=True)
        ]
        grouped = f"select {', '.join(['*', *cases])} from facts where {which}"
        if each_child:
            columns = ", ".join(["child_id", *keys, *each_child])
            grouped = f"select {columns} from ({grouped}) group by all"
        found = self.warehouse.execute(
            f"with facts as ({self._facts()}), grouped as ({grouped}) "
            f"select {', '.join([*keys, *wanted])} from grouped group by all"
        ).fetchall()
        rows = {row[: len(keys)]: row[len(keys) :] for row in found}
        if any(None in key and any(numbers) for key, numbers in rows.items()):
            raise Fault("A fact stands in no category of its breakdown.")
        nothing = (0,) * len(wanted)
        cells = product(*(range(len(each)) for each in table.groups.values()))
        counted = [rows.get(cell, nothing) for cell in cells]
        return [list(numbers) for numbers in zip(*counted, strict=True)]

    def _facts(self) -> str:
        if not self.times:
            return "select * from int_answer_facts"
        counted = ", ".join(
            f"count_if({self._happens(each.event)}) as {name}" for each, name in self.times.items()
        )
        return (
            "select facts.*, often.* exclude (child_id) from int_answer_facts as facts "
            f"inner join (select child_id, {counted} from int_answer_facts group by child_id) "
            "as often on facts.child_id = often.child_id"
        )

    def _place(self, factor: forms.Factor, groups: Sequence[Codes]) -> str:
        """Which of some groups a fact stands in."""
        whens = (f"when {self._holds(factor, codes)} then {at}" for at, codes in enumerate(groups))
        return f"case {' '.join(whens)} end"

    def _happens(self, event: forms.Event) -> str:
        said = [f"fact = '{event.source}'"]
        said += [self._holds(factor, codes) for factor, codes in event.where]
        if event.source == forms.OCCASION:
            said.append(_from_to("from_day", event.first, event.last))
            if event.on_day is not None:
                said.append(_is_open(event.on_day))
        elif event.on_day is not None:
            said.append(f"{_is_open(event.on_day)} and to_day >= {_day(event.on_day)}")
        else:
            said.append(f"from_day <= {_day(event.last)} and to_day >= {_day(event.first)}")
        return f"({' and '.join(said)})"

    def _holds(self, factor: forms.Factor, codes: Codes) -> str:
        if factor == "time":
            stretches = [self.stretches[code] for code in sorted(map(int, codes))]
            return _any(_from_to("from_day", first, last) for first, last in _merged(stretches))
        if isinstance(factor, forms.Times):
            return self._numbers(self.times[factor], TIMES, codes)
        if factor in NUMBERS:
            return self._numbers(NUMBERS[factor], factor, codes)
        if (day := open_day(factor)) is not None:
            return _flag(_is_open(day), codes)
        if factor == "any_harm":
            return _flag(_any(f"coalesce({each}, false)" for each in HARMS), codes)
        if factor not in self.rules.domains:
            return _flag(f"coalesce({factor}, false)", codes)
        return f"coalesce({factor}, 'not_known') in ({_listed(codes)})"

    def _numbers(self, column: str, factor: str, codes: Codes) -> str:
        stretches: dict[str, list[tuple[float, float]]] = {}
        for code in map(str, codes):
            if bounds := self.rules.bounds.get((factor, code)):
                beside = self._hours(code) if factor == "duration" else ""
                stretches.setdefault(beside, []).append(bounds)
        said = [
            f"({_between(column, each)}{beside})"
            for beside, several in sorted(stretches.items())
            for each in _merged(several)
        ]
        if factor == "duration" and (since := codes & self.rules.still_missing):
            said.append(f"({column} is null and outcome_since in ({_listed(since)}))")
        elif NOT_KNOWN in codes:
            said.append(f"{column} is null")
        return _any(said)

    def _hours(self, code: str) -> str:
        """What a duration says of hours besides; nothing where no hours are known."""
        if code.endswith(f" {NOT_KNOWN}"):
            return " and hours_missing is null"
        bounds = self.rules.bounds.get((HOURS, code))
        return f" and {_between('hours_missing', bounds)}" if bounds else ""


def _merged(stretches: Iterable[tuple[Number, Number]]) -> list[tuple[Number, Number]]:
    found: list[tuple[Number, Number]] = []
    for low, high in sorted(stretches):
        if found and found[-1][1] == low - 1:
            found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return found


def _between(column: str, stretch: tuple[float, float]) -> str:
    low, high = (int(max(-1e9, min(1e9, end))) for end in stretch)
    return f"{column} between {low} and {high}"


def _listed(codes: Codes) -> str:
    return ", ".join(f"'{code}'" for code in sorted(codes))


def _any(conditions: Iterable[str]) -> str:
    return f"({' or '.join(conditions) or 'false'})"


def _flag(condition: str, codes: Codes) -> str:
    if codes == {"yes"}:
        return condition
    return f"not {condition}" if codes == {"no"} else "true"


def _is_open(day: int) -> str:
    """What began by a day and had not ended at the end of it."""
    return f"(from_day <= {_day(day)} and (ended_on is null or ended_on > {_day(day)}))"


def _day(ordinal: int) -> str:
    return f"(date '0001-01-01' + {ordinal - 1})"


def _from_to(column: str, first: int, last: int) -> str:
    said = [f"{column} >= {_day(first)}"] * (first > FIRST)
    said += [f"{column} <= {_day(last)}"] * (last < LAST)
    return f"({' and '.join(said) or 'true'})"
