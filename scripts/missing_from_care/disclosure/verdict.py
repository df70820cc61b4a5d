"""What the gate found of a response, and the response as it may then be published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from missing_from_care.asking import Question
from missing_from_care.disclosure.cells import OF_THOSE, Cell, cell, cell_of
from missing_from_care.disclosure.earlier_letters import figure_asked
from missing_from_care.disclosure.figures import Figure
from missing_from_care.disclosure.ledger import RELEASED, Released
from missing_from_care.disclosure.rules import Rules
from missing_from_care.disclosure.solver.audit import Audit
from missing_from_care.disclosure.solver.search import Pattern
from missing_from_care.disclosure.stating import Statement
from missing_from_care.disclosure.web import Node
from missing_from_care.response.answers import Answer, Response
from missing_from_care.response.book import long_day


@dataclass(frozen=True)
class Earlier:
    """A cell as it was released; `value` is None unless the number was shown."""

    released_on: date
    request_ref: str
    cell: Cell
    value: float | None


@dataclass(frozen=True)
class Revision:
    """A number that differs from the one released before."""

    cell: Cell
    earlier: Earlier


@dataclass(frozen=True)
class Verdict:
    """What the gate found.

    Attributes:
        printed: the cells of the response, with what they hold.
        statement: the problem that was solved.
        pattern: which cells are withheld.
        audit: what readers can still work out.
        withheld: the cells of the response that get a marker.
        revisions: numbers that contradict earlier ones.
        public: what earlier responses let readers work out already.
        is_derived: cells that are no counts, such as percentages.
    """

    printed: Mapping[Cell, float]
    statement: Statement
    pattern: Pattern
    audit: Audit
    withheld: frozenset[Cell]
    revisions: tuple[Revision, ...]
    public: tuple[Node, ...]

    is_derived: frozenset[Cell]

    @property
    def counts_withheld(self) -> tuple[Cell, ...]:
        """The cells withheld that are counts, in order."""
        return tuple(sorted(self.withheld - self.is_derived))

    @property
    def cover(self) -> tuple[Cell, ...]:
        """Those of them that are not small, but would give a small one away."""
        small = self.statement.policies.keys() | set(self.public)
        return tuple(cell for cell in self.counts_withheld if cell not in small)

    def cost(self, cells: Iterable[Cell]) -> float:
        """What is lost by withholding cells: the sum of what they hold."""
        return sum(self.printed[cell] for cell in cells)


def protected(response: Response, rules: Rules, verdict: Verdict) -> Response:
    """The response as it may be published: without the numbers that are withheld."""
    notes = dict(response.notes)
    since = {each.cell: each.earlier.released_on for each in reversed(verdict.revisions)}

    def shown(answer: Answer) -> Answer:
        cell = cell_of(answer, rules)
        if cell in since:
            text = notes["revised_since"].replace("{day}", long_day(since[cell]))
            notes[f"revised_since {since[cell]}"] = text
            answer = replace(answer, note=f"{answer.note} {text}" if answer.note else text)
        if cell in verdict.withheld:
            answer = replace(answer, value=None, is_withheld=True)
        return answer

    tables = tuple(
        replace(table, answers=tuple(map(shown, table.answers))) for table in response.tables
    )
    return replace(response, tables=tables, notes=notes, is_protected=True)


def released(
    response: Response, rules: Rules, verdict: Verdict, released_on: date, file_sha256: str
) -> list[Released]:
    """The rows of the ledger for a response that passed."""
    found = {}
    for table in response.tables:
        for answer in table.answers:
            if (of := cell_of(answer, rules)) in verdict.printed:
                counted = verdict.printed[of]
                shown = None if of in verdict.withheld else counted
                found[of] = Released(
                    released_on,
                    response.request_ref,
                    RELEASED,
                    file_sha256,
                    figure_of(answer, rules),
                    shown,
                    shown,
                    counted,
                )
    return list(found.values())


def figure_of(answer: Answer, rules: Rules) -> Figure:
    """The figure that an answer prints."""
    words = (answer.measure, answer.breakdown, answer.population, answer.period_basis)
    return figure_asked(
        Question(*words, answer.period, answer.period),
        answer.category,
        answer.period_start,
        answer.period_end,
        on_last_day=rules.measures[answer.measure].is_on_last_day,
        by_question=rules.by_question,
    )


def as_cells(ledger: Iterable[Released], rules: Rules) -> list[Earlier]:
    """What was released, as cells."""
    found = []
    for each in ledger:
        figure = each.figure
        conditions = [":".join(pair) for pair in figure.conditions]
        days = (figure.first_day, figure.last_day, figure.is_snapshot)
        of = cell(figure.measure, *days, conditions, rules)
        if of:
            row = tuple((f"{name}{OF_THOSE}", (category,)) for name, category in figure.row)
            of = replace(of, box=tuple(sorted((*of.box, *row))))
            value = each.low if each.low == each.high else None
            found.append(Earlier(each.released_on, each.request_ref, of, value))
    return found
