"""A figure by what it counts, so that the same number is one figure wherever it is printed."""

from dataclasses import dataclass
from datetime import date

from missing_from_care.base.texts import long_day
from missing_from_care.disclosure.rules import Rules
from missing_from_care.response.answers import Answer

Condition = tuple[str, str]
PICKED = "times_missing_band"


@dataclass(frozen=True, order=True)
class Figure:
    """What a number counts, in the words of the register: a measure in a period, both days
    included, or on the one day of a snapshot.

    `conditions` are pairs of breakdown and category, or several as in `16|17`, that all hold, in
    order: those of the population and the row of the table. Of children picked by how often they
    were missing, `row` is that of the table in which they stand, which does not bear on how often.
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
