"""The gate: nothing is released unless the audit finds every withheld figure protected."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from missing_from_care.base.faults import DataFault, ProtectionFault
from missing_from_care.base.texts import long_day
from missing_from_care.disclosure.forms import (
    Figure,
    bases,
    figure_of,
    form_of,
    in_words,
    is_derived,
)
from missing_from_care.disclosure.largest import largest_withheld
from missing_from_care.disclosure.ledger import RELEASED, Released
from missing_from_care.disclosure.relations import model_of
from missing_from_care.disclosure.rules import SQL, Rules
from missing_from_care.disclosure.solver.audit import Audit, Range, audit
from missing_from_care.disclosure.solver.search import Pattern, Unprotectable, protect
from missing_from_care.disclosure.statement import Known, Node, Statement, named, state
from missing_from_care.response.answers import Answer, Response


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
        revisions: what was released of numbers that are others now.
        given_away: what earlier responses let readers work out already.
        no_counts: figures that are no counts, such as percentages.
    """

    printed: Mapping[Figure, float]
    statement: Statement
    pattern: Pattern
    audit: Audit
    withheld: frozenset[Figure]
    ranges: Mapping[Figure, Range]
    revisions: tuple[Released, ...]
    given_away: tuple[Node, ...]
    no_counts: frozenset[Figure]

    @property
    def counts_withheld(self) -> tuple[Figure, ...]:
        """The figures withheld that are counts, in order."""
        return tuple(sorted(self.withheld - self.no_counts))

    @property
    def cover(self) -> tuple[Figure, ...]:
        """Those of them that are not small, but would give a small one away."""
        cells = self.statement.cells
        small = {cells[node] for node in self.statement.policies}
        return tuple(each for each in self.counts_withheld if cells.get(each) not in small)

    def cost(self, figures: Iterable[Figure]) -> float:
        """What is lost by withholding counts: the width of what can still be told of each."""
        cells = [self.statement.cells.get(figure) for figure in figures]
        bounds = self.audit.bounds
        return sum(bounds[at][1] - bounds[at][0] for at in cells if at in bounds)


def judge(
    response: Response,
    rules: Rules,
    warehouse: duckdb.DuckDBPyConnection,
    ledger: Sequence[Released] = (),
    seed: bytes | None = None,
    *,
    advises: bool = True,
) -> Verdict:
    """Decides what of a response is withheld, and audits the choice.

    Args:
        response: with every number.
        rules: the rule seeds.
        warehouse: an open connection with the facts and the Department's figures.
        ledger: everything released before that still counts, the oldest first.
        seed: private to the council, by which one of several good choices is made.
        advises: tries, where nothing protects a figure, which tables are in the way.

    Raises:
        ProtectionFault: a figure cannot be protected, or the audit finds one that is not.
        DataFault: two answers give different numbers for the same figure.
    """
    opening = f"Request {response.request_ref}: "
    printed = figures_of(response, rules)
    known, earlier = _known(response, printed, rules, warehouse, ledger)
    figures = set(known.figures)
    requests = sorted({each.request_ref for each in ledger if each.figure in figures})
    in_the_way = f" It was released with {', '.join(requests)}." if requests else ""
    known = _with_given_away(known, rules, warehouse)
    statement = state(known, rules, warehouse)
    problem, cells = statement.problem, statement.cells
    # A marker beside what everybody can work out is no protection.
    given = {cells[node] for node in known.given_away if node in cells}
    stuck = [
        f"{opening}{in_words(figure, rules)} can be worked out from what was released before, so "
        f"nothing can protect it.{in_the_way}"
        for figure, number in printed.items()
        if cells.get(figure) in given and figure not in known.shown
        if rules.is_small(figure.measure, number)
    ]
    if stuck:
        raise ProtectionFault(*stuck)
    try:
        pattern = protect(problem, seed=seed)
    except Unprotectable as fault:
        stuck = [
            f"{opening}{named(statement.nodes_at(fault.cell)[0], rules)} cannot be protected: "
            "readers can work it out too closely even if everything is withheld that may be. "
            f"Nothing was released.{in_the_way}"
        ]
        if advises:

            def judged(rest: Response) -> Verdict:
                return judge(rest, rules, warehouse, ledger, seed, advises=False)

            stuck.append(_advice(response, judged))
        raise ProtectionFault(*stuck) from None
    found = audit(problem, pattern.suppressed)
    if not found.safe:
        raise ProtectionFault(
            *dict.fromkeys(
                f"{opening}{named(statement.nodes_at(each.cell)[0], rules)}: "
                f"{each.reason.removeprefix(f'Cell {each.cell} ')} Nothing was released."
                for each in found.findings
            )
        )
    hidden = {*pattern.suppressed, *problem.primary, *problem.withheld_before}
    no_counts = frozenset(each for each in printed if is_derived(each, rules))
    withheld = {each for each in printed if cells.get(each) in hidden}
    # What is no count goes with what it is worked out from.
    for figure in no_counts:
        made_of = [cells.get(base) for base in bases(figure, rules)]
        if figure in known.withheld or not hidden.isdisjoint(made_of):
            withheld.add(figure)
    withheld |= largest_withheld(known, withheld, rules, warehouse)
    return Verdict(
        printed,
        statement,
        pattern,
        found,
        frozenset(withheld),
        _ranges(withheld - no_counts, statement, found, rules, known),
        tuple(
            each
            for each in earlier
            if each.figure in printed
            and each.low is not None
            and each.low == each.high != printed[each.figure]
        ),
        tuple(sorted(known.given_away, key=str)),
        no_counts,
    )


def _advice(response: Response, judged: Callable[[Response], Verdict]) -> str:
    """Names the tables without any one of which the rest could be released."""
    ways = []
    for left_out in response.tables if len(response.tables) > 1 else ():
        tables = tuple(table for table in response.tables if table is not left_out)
        try:
            judged(replace(response, tables=tables))
        except ProtectionFault:
            continue
        ways.append(left_out.label)
    what = f"Without {' or '.join(ways)} it could be." if ways else "No one table is the cause."
    return (
        f"{what} Join categories or periods in the questions of the register, or leave a table out "
        "and say why."
    )


def figures_of(response: Response, rules: Rules) -> dict[Figure, float]:
    """The figures that a response prints, each once; a DataFault if one has two numbers."""
    found: dict[Figure, float] = {}
    for answer in response.answers:
        if answer.value is None:
            continue
        figure = figure_of(answer)
        if found.setdefault(figure, answer.value) != answer.value:
            raise DataFault(
                f"Request {response.request_ref}: {in_words(figure, rules)} has two different "
                "numbers: report this as a fault of the program."
            )
    return found


def _ranges(
    withheld: Set[Figure], statement: Statement, found: Audit, rules: Rules, known: Known
) -> dict[Figure, Range]:
    """The figures that the policy releases as a range, which tells nothing that is not known."""
    small = {statement.cells[node] for node in statement.policies}
    before = {statement.cells.get(figure) for figure in known.ranges}
    ranges = {}
    for figure in sorted(withheld):
        at = statement.cells[figure]
        policy = rules.policy(figure.measure)
        as_range = policy.small_as_range if at in small else policy.cover_as_range
        low, high = found.bounds[at]
        is_bounded = high < statement.problem.upper[at] or at in before
        if as_range and is_bounded and low < high <= low + max(low, 9):
            ranges[figure] = (low, high)
    return ranges


def _known(
    response: Response,
    printed: Mapping[Figure, float],
    rules: Rules,
    warehouse: duckdb.DuckDBPyConnection,
    ledger: Sequence[Released],
) -> tuple[Known, list[Released]]:
    """What is public beside the response: all that was released, and the Department's figures. A
    number that was released and is another now is taken as it is now: that is what a reader knows
    who has also been told by how much it was revised, and no reader knows more."""
    usable = [each for each in ledger if each.figure.measure in rules.measures]
    near = set(_near(printed, {each.figure for each in usable}, rules))
    rows = [each for each in usable if each.figure in near]
    shown = {each.figure for each in rows if each.low is not None and each.low == each.high}
    ranges = {
        each.figure: (each.low, each.high)
        for each in rows
        if each.low is not None and each.high is not None and each.low < each.high
    }
    withheld = {each.figure for each in rows} - shown
    elsewhere = _published_elsewhere(warehouse, rules)
    shown |= set(_near(printed, elsewhere, rules, directly=True))
    return Known(printed, _asked_for(response), shown, withheld - shown, ranges), rows


def _published_elsewhere(warehouse: duckdb.DuckDBPyConnection, rules: Rules) -> list[Figure]:
    """The figures that the Department publishes and that count the same here."""
    rows = warehouse.execute(SQL["published_elsewhere"]).fetchall()
    figures = {Figure(name, first, last, False): value for name, first, last, value in rows}
    forms = {each: form for each in figures if (form := form_of(each, rules))}
    model = model_of(forms.values(), rules, warehouse)
    return [figure for figure, form in forms.items() if model.value(form) == figures[figure]]


def _asked_for(response: Response) -> frozenset[Figure]:
    """The figures that were asked for: the first measure of each question, or of its parts."""
    found: set[Figure] = set()
    by_question: dict[str, list[Answer]] = defaultdict(list)
    for table in response.tables:
        by_question[table.question_no] += table.answers
    for answers in by_question.values():
        parts = {each.part for each in answers} - {""}
        first: dict[str, str] = {}
        for each in answers:
            if each.part or not parts:
                first.setdefault(each.part, each.measure)
        found |= {figure_of(each) for each in answers if first.get(each.part) == each.measure}
    return frozenset(found)


def _with_given_away(known: Known, rules: Rules, warehouse: duckdb.DuckDBPyConnection) -> Known:
    """With what earlier responses alone let readers work out, which nobody can protect."""
    if not known.withheld:
        return known
    statement = state(replace(known, printed={}, asked=frozenset()), rules, warehouse)
    found = audit(statement.problem, ())
    nodes = {node for each in found.findings for node in statement.nodes_at(each.cell)}
    return replace(known, given_away=frozenset(nodes))


def _near(
    printed: Iterable[Figure], known: Iterable[Figure], rules: Rules, *, directly: bool = False
) -> list[Figure]:
    """The known figures that share a day with a printed one, or with such a one, and so on. What is
    open on a day began on any day before it."""

    def days(figure: Figure) -> tuple[date, date]:
        reaches_back = figure.is_snapshot and not rules.measures[figure.measure].is_care
        return date.min if reaches_back else figure.first_day, figure.last_day

    periods = {days(each) for each in printed}
    waiting = {days(each) for each in known} - periods
    while met := {
        (first, last)
        for first, last in waiting
        if any(first <= to_day and from_day <= last for from_day, to_day in periods)
    }:
        periods |= met
        waiting -= met
        if directly:
            break
    return [each for each in known if days(each) in periods]


def protected(response: Response, verdict: Verdict) -> Response:
    """The response as it may be published: without the numbers that are withheld."""
    notes = dict(response.notes)
    since = {each.figure: each.released_on for each in reversed(verdict.revisions)}

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
        about = (released_on, response.request_ref, RELEASED, file_sha256, figure)
        rows.append(Released(*about, *span, value))
    return rows
