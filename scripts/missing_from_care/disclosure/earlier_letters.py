"""Figures of letters that were sent without this program, as rows of the ledger."""

import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb

from missing_from_care.base.faults import DataFault, UsageFault
from missing_from_care.base.models_in_memory import read_rows
from missing_from_care.disclosure.forms import figure_for
from missing_from_care.disclosure.ledger import ENTERED, Released, numbers_of
from missing_from_care.response.asking import Question, put
from missing_from_care.response.layout import OF_THE_PERIOD

COLUMNS = (
    *("request_ref", "released_on", "measure", "breakdown", "category", "population"),
    *("period_basis", "period", "value"),
)
NEEDED = ("request_ref", "released_on", "measure", "period_basis", "period", "value")
THOUSANDS = r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))"
Row = Mapping[str, str]


def entered(file: Path, database: Path) -> list[Released]:
    """Reads the figures of earlier letters, one row each, in the words of the register. A CSV file
    with `COLUMNS`; breakdown, category and population may be blank or left out. `value` is a
    number, `[c]` where it was withheld, or a range such as `839..842`. The warehouse knows the
    words and the periods; no return need be landed for them. A UsageFault: there is no such file,
    or it has no row. A DataFault: a row cannot be read, a sentence each."""
    if not file.is_file():
        raise UsageFault(f"{file}: there is no such file.")
    found, _ = read_rows(file, COLUMNS, NEEDED)
    rows = {number: _clean(row) for number, row in found.items() if any(row.values())}
    if not rows:
        raise UsageFault(f"{file} has no row: write one for each figure below the header.")
    with put(database, *map(_question, rows.values())) as connection:
        words = _Words(connection)
        read = [words.released(place, row) for place, row in enumerate(rows.values(), start=1)]
    if problems := [
        f"{file.name}, row {number}: {each}"
        for number, each in zip(rows, read, strict=True)
        if isinstance(each, str)
    ]:
        raise DataFault(*problems)
    return [each for each in read if isinstance(each, Released)]


class _Words:
    """The words of a warehouse, and the questions that were put to it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        def rows(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()

        self._categories = rows(
            "select breakdown, category from int_categories order by breakdown, category_order"
        )
        self._patterns = dict(rows("select period_basis, pattern from period_bases"))
        faults = rows("select cast(question_no as int), sentence from int_question_faults")
        self._faults = dict(faults)
        self._periods = rows(
            "select period_basis, first_period, last_period, period_start, period_end "
            "from int_question_periods"
        )

    def released(self, place: int, row: Row) -> Released | str:
        """A row, which is the question of this number; or what is wrong with it."""
        question = _question(row)
        problems = []
        if not row["request_ref"]:
            problems.append("request_ref is blank: give the request's reference.")
        try:
            on = date.fromisoformat(row["released_on"])
            if on > date.today():
                problems.append(f"released_on {on} has not come yet: give the day of the letter.")
        except ValueError:
            problems.append(f'released_on "{row["released_on"]}" is no day: write 2018-07-16.')
        try:
            low, high = numbers_of(re.sub(THOUSANDS, "", row["value"]))
        except ValueError:
            problems.append(
                f'value "{row["value"]}" is not read: write a number, [c] where it was withheld, '
                "or a range such as 839..842."
            )
        if fault := self._faults.get(place):
            problems.append(fault.partition(f"question {place}: ")[2])
        elif problem := self._category_problem(question.breakdown, row["category"]):
            problems.append(problem)
        asked = (question.period_basis, question.first_period, question.last_period)
        periods = [each[3:] for each in self._periods if each[:3] == asked]
        if len(periods) > 1:
            problems.append(f'period "{row["period"]}" is several: write a row for each.')
        if problems:
            return " Also ".join(problems)
        ((first_day, last_day),) = periods
        named = (question.breakdown, row["category"])
        is_snapshot = question.period_basis == "snapshot"
        figure = figure_for(
            question.measure, first_day, last_day, is_snapshot, question.population, *named
        )
        counted = low if low == high else None
        return Released(on, row["request_ref"], ENTERED, "", figure, low, high, counted)

    def _category_problem(self, breakdown: str, category: str) -> str:
        if breakdown in OF_THE_PERIOD:
            is_one = re.search(self._patterns[breakdown], category)
            return "" if is_one else f'category "{category}" is no {breakdown}.'
        right = [name for of, name in self._categories if of == breakdown]
        if category in right:
            return ""
        near = get_close_matches(category, right, 1)
        meant = f'; did you mean "{near[0]}"?' if near else "."
        names = ", ".join(right)
        return f'category "{category}" is not one of {breakdown}{meant} Right are: {names}.'


def _clean(row: Mapping[str, str | None]) -> dict[str, str]:
    read = {name: (value or "").strip() for name, value in row.items()}
    usual = {"breakdown": "none", "category": "all", "population": "all"}
    return read | {name: read[name] or value for name, value in usual.items()}


def _question(row: Row) -> Question:
    first, _, last = row["period"].partition("..")
    return Question(
        row["measure"].lower(),
        row["breakdown"].lower(),
        row["population"].lower().replace(" ", ""),
        row["period_basis"].lower(),
        first,
        last or first,
    )
