"""A figure by what it counts, so that the same number is one figure wherever it is printed."""

from dataclasses import dataclass
from datetime import date

Condition = tuple[str, str]


@dataclass(frozen=True, order=True)
class Figure:
    """What a number counts, in the words of the register.

    Attributes:
        measure: of the seed `measures`.
        first_day, last_day: of the period, both included; the same day for a snapshot.
        is_snapshot: counts what stands on the day, not what happened in the period.
        conditions: pairs of breakdown and category that all hold, in order: those of the
            population and the row of the table.
        row: of children picked by how often they were missing, the row of the table that they
            stand in, which does not bear on how often; else empty.
    """

    measure: str
    first_day: date
    last_day: date
    is_snapshot: bool
    conditions: tuple[Condition, ...] = ()
    row: tuple[Condition, ...] = ()


def in_text(conditions: tuple[Condition, ...]) -> str:
    """`sex:male&uasc:yes`; `all` for none."""
    return "&".join(map(":".join, conditions)) or "all"


def from_text(text: str) -> tuple[Condition, ...]:
    """The conditions of `in_text`.

    Raises:
        ValueError: a condition has no colon.
    """
    if text == "all":
        return ()
    return tuple(sorted(_condition(each) for each in text.split("&")))


def _condition(text: str) -> Condition:
    breakdown, category = text.split(":")
    return breakdown, category
