"""Counts cells that no response prints, by the same SQL as those that one does."""

from collections.abc import Iterable
from pathlib import Path

from missing_from_care.asking import Question, ask
from missing_from_care.disclosure.cells import Cell, conditions_of, is_nameable
from missing_from_care.disclosure.latent import Count
from missing_from_care.disclosure.rules import Rules


def counting(database: Path, rules: Rules) -> Count:
    """A function that counts cells from a warehouse; it leaves out those no question can ask for.

    Args:
        database: the DuckDB file; it is only read.
        rules: the rule seeds.
    """

    def count(cells: Iterable[Cell]) -> dict[Cell, float]:
        wanted = [cell for cell in dict.fromkeys(cells) if is_nameable(cell, rules)]
        if not wanted:
            return {}
        with ask(database, *(_question(cell, rules) for cell in wanted)) as connection:
            found = connection.execute(
                "select cast(question_no as int), value from foi_answers where value is not null"
            ).fetchall()
        return {wanted[number - 1]: value for number, value in found}

    return count


def _question(cell: Cell, rules: Rules) -> Question:
    first, last = cell.first_day.isoformat(), cell.last_day.isoformat()
    return Question(
        measure=cell.measure,
        breakdown="none",
        population="&".join(conditions_of(cell.box, rules)) or "all",
        period_basis="snapshot" if cell.is_snapshot else "range",
        first_period=last if cell.is_snapshot else first,
        last_period=last,
    )
