"""What the gate found of a response, and the response as it may then be published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from missing_from_care.base.texts import long_day
from missing_from_care.disclosure.figures import Figure, figure_of
from missing_from_care.disclosure.ledger import Released
from missing_from_care.disclosure.solver.audit import Audit
from missing_from_care.disclosure.solver.search import Pattern
from missing_from_care.disclosure.statement import Node, Statement
from missing_from_care.response.answers import Answer, Response

Range = tuple[float, float]


@dataclass(frozen=True)
class Revision:
    """A number that differs from the one released before."""

    figure: Figure
    earlier: Released


@dataclass(frozen=True)
class Verdict:
    """What the gate found.

    Attributes:
        printed: the figures of the response, with their numbers.
        statement: the problem that was solved.
        pattern: which cells of it are withheld.
        audit: what readers can still work out.
        withheld: the figures of the response that get a marker or a range.
        ranges: those of them that are released as a range.
        revisions: numbers that contradict earlier ones.
        given_away: what earlier responses let readers work out already.
        no_counts: figures that are no counts, such as percentages.
    """

    printed: Mapping[Figure, float]
    statement: Statement
    pattern: Pattern
    audit: Audit
    withheld: frozenset[Figure]
    ranges: Mapping[Figure, Range]
    revisions: tuple[Revision, ...]
    given_away: tuple[Node, ...]
    no_counts: frozenset[Figure]

    @property
    def counts_withheld(self) -> tuple[Figure, ...]:
        """The figures withheld that are counts, in order."""
        return tuple(sorted(self.withheld - self.no_counts))

    @property
    def cover(self) -> tuple[Figure, ...]:
        """Those of them that are not small, but would give a small one away."""
        small = {self.statement.cells[node] for node in self.statement.policies}
        return tuple(
            figure
            for figure in self.counts_withheld
            if self.statement.cells.get(figure) not in small
        )

    def cost(self, figures: Iterable[Figure]) -> float:
        """What is lost by withholding counts: the width of what can still be told of each."""
        spans = [self.span(figure) for figure in figures]
        return sum(high - low for low, high in spans)

    def span(self, figure: Figure) -> Range:
        """What can be told of a count that is withheld."""
        at = self.statement.cells.get(figure)
        return (0.0, 0.0) if at is None else self.audit.bounds.get(at, (0.0, 0.0))


def protected(response: Response, verdict: Verdict) -> Response:
    """The response as it may be published: without the numbers that are withheld."""
    notes = dict(response.notes)
    since = {each.figure: each.earlier.released_on for each in reversed(verdict.revisions)}

    def shown(answer: Answer) -> Answer:
        figure = figure_of(answer)
        if figure in since:
            text = notes["revised_since"].replace("{day}", long_day(since[figure]))
            notes[f"revised_since {since[figure]}"] = text
            answer = replace(answer, note=f"{answer.note} {text}" if answer.note else text)
        if figure in verdict.withheld and answer.value is not None:
            low, high = verdict.ranges.get(figure, (None, None))
            answer = replace(answer, value=None, is_withheld=True, low=low, high=high)
        return answer

    tables = tuple(
        replace(table, answers=tuple(map(shown, table.answers))) for table in response.tables
    )
    return replace(response, tables=tables, notes=notes, is_protected=True)


def released(
    response: Response, verdict: Verdict, released_on: date, file_sha256: str
) -> list[Released]:
    """The rows of the ledger for a response that passed."""
    rows = []
    for figure, value in verdict.printed.items():
        span: tuple[float | None, float | None] = (value, value)
        if figure in verdict.withheld:
            span = verdict.ranges.get(figure, (None, None))
        rows.append(
            Released(
                released_on=released_on,
                request_ref=response.request_ref,
                event="released",
                file_sha256=file_sha256,
                figure=figure,
                low=span[0],
                high=span[1],
                counted=value,
            )
        )
    return rows
