"""Responses about a few occasions, and an attacker who tries every table that could be behind them.

He shares no code with the program. He knows what each printed cell counts, the rule that 1 to 4 are
withheld and zeros shown, and lists all tables of single groups that give the printed cells.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import product

import duckdb
import numpy as np

from missing_from_care.disclosure.cells import Cell, cell
from missing_from_care.disclosure.latent import Count
from missing_from_care.disclosure.rule_seeds import read_rules
from missing_from_care.disclosure.rules import Rules
from missing_from_care.models_in_memory import build_model
from missing_from_care.response.answers import Answer, Response, Table

FIRST, LAST = date(2017, 4, 1), date(2018, 3, 31)
SEEDS = (
    "measures",
    "measure_parts",
    "derived_measures",
    "breakdowns",
    "categories",
    "suppression_policy",
)
# One occasion is in one group: seeking asylum or not, and absent, found or still missing.
GROUPS = tuple(product(("yes", "no"), ("absent", "found", "still")))
COUNTED = {
    "occasions_missing": {"found", "still"},
    "occasions_absent": {"absent"},
    "occasions_missing_or_absent": {"absent", "found", "still"},
    "occasions_found": {"found"},
    "occasions_still_missing": {"still"},
}
MOST_IN_A_GROUP = 8


def rules(more_categories: str = "") -> Rules:
    """The project's own rules, with the same policy for every measure; and bands of one's own."""
    with duckdb.connect() as connection:
        for seed in SEEDS:
            build_model(connection, seed)
        for row in more_categories.split():
            values = [value or None for value in row.split(",")]
            connection.execute("insert into categories values (?, ?, ?, ?, ?, ?, ?)", values)
        return read_rules(connection, date(2018, 7, 16))


def kinds() -> list[tuple[str, str | None]]:
    """Every measure for all, for those seeking asylum and for the others."""
    return list(product(COUNTED, (None, "yes", "no")))


def members(measure: str, uasc: str | None) -> np.ndarray:
    """1 for each group that a cell counts."""
    return np.array([int(state in COUNTED[measure] and uasc in (None, of)) for of, state in GROUPS])


def response(world: Mapping[tuple, int], asked: Iterable[tuple[str, str | None]]) -> Response:
    """A response that prints these cells, each question a table of its own."""
    values = np.array([world[group] for group in GROUPS])
    tables = tuple(
        table(number, measure, uasc, float(members(measure, uasc) @ values))
        for number, (measure, uasc) in enumerate(asked, start=1)
    )
    return response_of(tables)


def counting(world: Mapping[tuple, int]) -> Count:
    """Counts any cell of the year in this world, printed or not."""

    def count(cells: Iterable[Cell]) -> dict[Cell, float]:
        values = np.array([world[group] for group in GROUPS])
        held = {}
        for each in cells:
            codes = each.codes("uasc")
            if each.measure in COUNTED and set(dict(each.box)) <= {"uasc"}:
                held[each] = float(members(each.measure, codes[0] if codes else None) @ values)
        return held

    return count


def response_of(tables: tuple[Table, ...], request_ref: str = "small") -> Response:
    """A response with the least that it needs."""
    return Response(
        request_ref=request_ref,
        subject="A small world",
        received_on=date(2018, 6, 18),
        responded_on=date(2018, 7, 16),
        due_on=None,
        tables=tables,
        definitions=(),
        authority={"name": "Invented Council"},
        notes={"revised_since": "Revised since {day}."},
        is_of_invented_children=True,
    )


def table(
    number: int,
    measure: str,
    uasc: str | None,
    value: float,
    first_day: date = FIRST,
    last_day: date = LAST,
) -> Table:
    """One question with one answer."""
    answer = Answer(
        question_no=str(number),
        part="",
        population=f"uasc:{uasc}" if uasc else "all",
        breakdown="none",
        period_basis="range",
        period="2017/18",
        period_order=1,
        period_start=first_day,
        period_end=last_day,
        category="all",
        category_label="All",
        category_order=1,
        measure=measure,
        heading=measure,
        definition="",
        by_definition=False,
        unit="occasions",
        value=value,
        marker=None,
        note=None,
        wording="",
    )
    return Table(str(number), f"Question {number}", "", "", "Period", (answer,))


def cell_for(measure: str, uasc: str | None, found: Rules) -> Cell:
    """The cell of a question above."""
    conditions = [f"uasc:{uasc}"] if uasc else []
    return cell(measure, FIRST, LAST, False, conditions, found)


def random_world(choice: random.Random) -> dict[tuple, int]:
    """Few occasions in each group, none in some."""
    return {group: choice.choice((0, 0, 1, 1, 2, 3, 4, 5, 6)) for group in GROUPS}


def every_world() -> np.ndarray:
    """All tables of the groups: one row a table, one column a group."""
    sizes = np.indices((MOST_IN_A_GROUP + 1,) * len(GROUPS), dtype=np.int8)
    return sizes.reshape(len(GROUPS), -1).T


def counts_in(worlds: np.ndarray) -> dict[tuple[str, str | None], np.ndarray]:
    """What each kind of cell holds in each table."""
    return {kind: (worlds @ members(*kind).astype(np.int8)) for kind in kinds()}


def consistent(
    counts: Mapping[tuple[str, str | None], np.ndarray],
    shown: Mapping[tuple[str, str | None], float | None],
) -> np.ndarray:
    """Which tables give what is printed; a marker (None) stands for anything but zero."""
    fits = np.ones(len(next(iter(counts.values()))), dtype=bool)
    for kind, value in shown.items():
        fits &= counts[kind] > 0 if value is None else counts[kind] == value
    return fits


def two_on_each_line(values: Mapping[tuple[str, str | None], float]) -> set[tuple]:
    """The usual rule of thumb: withhold 1 to 4, then on every printed line a second cell."""
    hidden = {kind for kind, value in values.items() if 1 <= value <= 4}
    for line in lines():
        if line <= values.keys() and len(line & hidden) == 1:
            others = [kind for kind in line - hidden if values[kind] > 0]
            hidden |= {min(others, key=lambda kind: (values[kind], str(kind)))} if others else set()
    return hidden


def lines() -> Iterator[set[tuple[str, str | None]]]:
    """Rows and columns of the tables as a reader would draw them, totals included."""
    for measure in COUNTED:
        yield {(measure, None), (measure, "yes"), (measure, "no")}
    for uasc in (None, "yes", "no"):
        yield {
            (m, uasc)
            for m in ("occasions_missing_or_absent", "occasions_missing", "occasions_absent")
        }
        yield {
            (m, uasc) for m in ("occasions_missing", "occasions_found", "occasions_still_missing")
        }
