"""The gate: nothing is released unless the audit finds every withheld figure protected."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date

import duckdb

from missing_from_care.base.faults import DataFault, ProtectionFault
from missing_from_care.disclosure.figures import Figure, figure_of, in_words
from missing_from_care.disclosure.forms import bases, form_of, is_derived
from missing_from_care.disclosure.largest import largest_withheld
from missing_from_care.disclosure.ledger import Released
from missing_from_care.disclosure.relations import model_of
from missing_from_care.disclosure.rules import Rules
from missing_from_care.disclosure.solver.audit import Audit, audit
from missing_from_care.disclosure.solver.search import Pattern, Unprotectable, protect
from missing_from_care.disclosure.statement import Known, Statement, named, state
from missing_from_care.disclosure.verdict import Revision, Verdict
from missing_from_care.response.answers import Answer, Response


class _Stuck(ProtectionFault):
    """A figure cannot be protected whatever is withheld."""


def judge(
    response: Response,
    rules: Rules,
    warehouse: duckdb.DuckDBPyConnection,
    ledger: Sequence[Released] = (),
    seed: bytes | None = None,
) -> Verdict:
    """Decides what of a response is withheld, and audits the choice; says what is in the way.

    Arguments and errors are those of `judge_as_it_is`.
    """

    def judged(some: Response) -> Verdict:
        return judge_as_it_is(some, rules, warehouse, ledger, seed)

    try:
        return judged(response)
    except _Stuck as fault:
        ways = " or ".join(_ways_out(response, judged))
        advice = f"Without {ways} it could be." if ways else "No one table is the cause."
        raise ProtectionFault(
            *fault.sentences,
            f"{advice} Join categories or periods in the questions of the register, or leave a "
            "table out and say why.",
        ) from None


def judge_as_it_is(
    response: Response,
    rules: Rules,
    warehouse: duckdb.DuckDBPyConnection,
    ledger: Sequence[Released] = (),
    seed: bytes | None = None,
) -> Verdict:
    """Decides what of a response is withheld, and audits the choice.

    Args:
        response: with every number.
        rules: the rule seeds.
        warehouse: an open connection with the facts and the Department's figures.
        ledger: everything released before that still counts, the oldest first.
        seed: private to the council, by which one of several good choices is made.

    Raises:
        ProtectionFault: a figure cannot be protected, or the audit finds one that is not.
        DataFault: two answers give different numbers for the same figure.
    """
    printed = figures_of(response, rules)
    known, latest = _known(response, printed, rules, warehouse, ledger)
    known = _with_given_away(known, rules, warehouse)
    statement = state(known, rules, warehouse)
    _refuse_given_away(response, known, statement, rules, ledger)
    try:
        pattern = protect(statement.problem, seed=seed)
    except Unprotectable as fault:
        named_cell = named(statement.nodes_at(fault.cell)[0], rules)
        raise _Stuck(
            f"{_opening(response)}{named_cell} cannot be protected: readers can work it out too "
            "closely even if everything is withheld that may be. Nothing was released."
            + _in_the_way(known, ledger)
        ) from None
    return audited(response, rules, warehouse, known, statement, pattern, latest)


def audited(
    response: Response,
    rules: Rules,
    warehouse: duckdb.DuckDBPyConnection,
    known: Known,
    statement: Statement,
    pattern: Pattern,
    earlier: Iterable[Released] = (),
) -> Verdict:
    """Lets a choice of figures through only if the audit finds nothing.

    Raises:
        ProtectionFault: one sentence for each figure that readers can work out too closely.
    """
    found = audit(statement.problem, pattern.suppressed)
    if not found.safe:
        raise ProtectionFault(
            *dict.fromkeys(
                f"{_opening(response)}{named(statement.nodes_at(each.cell)[0], rules)}: "
                f"{each.reason.removeprefix(f'Cell {each.cell} ')} Nothing was released."
                for each in found.findings
            )
        )
    problem, cells = statement.problem, statement.cells
    hidden = {*pattern.suppressed, *problem.primary, *problem.withheld_before}
    withheld = {
        figure
        for figure in known.printed
        if cells.get(figure) in hidden
        or figure in statement.carried
        or (
            is_derived(figure, rules)
            and any(cells.get(base) in hidden for base in bases(figure, rules))
        )
    }
    withheld |= largest_withheld(known, withheld, rules, warehouse)
    no_counts = frozenset(each for each in known.printed if is_derived(each, rules))
    return Verdict(
        known.printed,
        statement,
        pattern,
        found,
        frozenset(withheld),
        _ranges(withheld - no_counts, statement, found, rules, known),
        tuple(
            Revision(each.figure, each)
            for each in earlier
            if each.figure in known.printed
            and each.low is not None
            and each.low == each.high != known.printed[each.figure]
        ),
        tuple(sorted(known.given_away, key=str)),
        no_counts,
    )


def figures_of(response: Response, rules: Rules) -> dict[Figure, float]:
    """The figures that a response prints, each once.

    Raises:
        DataFault: two answers give different numbers for the same figure.
    """
    found: dict[Figure, float] = {}
    for table in response.tables:
        for answer in table.answers:
            if answer.value is None:
                continue
            figure = figure_of(answer)
            if found.setdefault(figure, answer.value) != answer.value:
                raise DataFault(
                    f"{_opening(response)}{in_words(figure, rules)} has two different numbers: "
                    "report this as a fault of the program."
                )
    return found


def _ranges(
    withheld: Set[Figure], statement: Statement, found: Audit, rules: Rules, known: Known
) -> dict[Figure, tuple[float, float]]:
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
    """What is public beside the response: all that was released, and the Department's figures.

    A number that was released and is another now is taken as it is now: that is what a reader knows
    who has also been told by how much it was revised, and no reader knows more.
    """
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
    elsewhere = published_elsewhere(warehouse, rules)
    shown |= set(_near(printed, elsewhere, rules, directly=True))
    return Known(printed, asked_for(response), shown, withheld - shown, ranges), rows


def published_elsewhere(warehouse: duckdb.DuckDBPyConnection, rules: Rules) -> list[Figure]:
    """The figures that the Department publishes and that count the same here."""
    rows = warehouse.execute(
        "select measures.same_as, years.first_day, years.last_day, compared.published "
        "from dq_published_comparison as compared "
        "inner join published_measures as measures on compared.measure = measures.measure "
        "inner join dim_financial_years as years "
        "on compared.financial_year = years.financial_year "
        "where compared.published is not null and measures.same_as is not null "
        "and (select count(*) from int_councils) = 1 order by all"
    ).fetchall()
    figures = {Figure(name, first, last, False): value for name, first, last, value in rows}
    forms = {each: form for each in figures if (form := form_of(each, rules))}
    model = model_of(forms.values(), rules, warehouse)
    return [figure for figure, form in forms.items() if model.value(form) == figures[figure]]


def asked_for(response: Response) -> frozenset[Figure]:
    """The figures that were asked for: the first measure of each question, or of its parts."""
    found: set[Figure] = set()
    by_question: dict[str, list[Answer]] = {}
    for table in response.tables:
        by_question.setdefault(table.question_no, []).extend(table.answers)
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
    before = replace(known, printed={}, asked=frozenset())
    statement = state(before, rules, warehouse)
    found = audit(statement.problem, ())
    nodes = {node for each in found.findings for node in statement.nodes_at(each.cell)}
    return replace(known, given_away=frozenset(nodes))


def _refuse_given_away(
    response: Response,
    known: Known,
    statement: Statement,
    rules: Rules,
    ledger: Sequence[Released],
) -> None:
    """Stops a response that would print a marker beside what everybody can work out."""
    given = {statement.cells[node] for node in known.given_away if node in statement.cells}
    stuck = [
        figure
        for figure in known.printed
        if statement.cells.get(figure) in given and figure not in known.shown
    ]
    small = [figure for figure in stuck if rules.is_small(figure.measure, known.printed[figure])]
    if small:
        raise ProtectionFault(
            *(
                f"{_opening(response)}{in_words(figure, rules)} can be worked out from what was "
                "released before, so nothing can protect it." + _in_the_way(known, ledger)
                for figure in small
            )
        )


def _in_the_way(known: Known, ledger: Sequence[Released]) -> str:
    requests = sorted({each.request_ref for each in ledger if each.figure in known.figures})
    return f" It was released with {', '.join(requests)}." if requests else ""


def _ways_out(response: Response, judged: Callable[[Response], Verdict]) -> Iterator[str]:
    """The tables without any one of which the rest could be released."""
    for left_out in response.tables if len(response.tables) > 1 else ():
        tables = tuple(table for table in response.tables if table is not left_out)
        try:
            judged(replace(response, tables=tables))
        except ProtectionFault:
            continue
        yield left_out.label


def _near(
    printed: Iterable[Figure], known: Iterable[Figure], rules: Rules, *, directly: bool = False
) -> list[Figure]:
    """The known figures that share a day with a printed one, or with such a one, and so on.

    What is open on a day began on any day before it.
    """

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


def _opening(response: Response) -> str:
    return f"Request {response.request_ref}: "
