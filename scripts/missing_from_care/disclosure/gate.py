"""The gate: nothing is released unless the audit finds every withheld cell protected."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from missing_from_care.disclosure.cells import Cell, cell_of, in_words
from missing_from_care.disclosure.latent import Count
from missing_from_care.disclosure.ledger import Released
from missing_from_care.disclosure.links import web_of
from missing_from_care.disclosure.rules import Rules
from missing_from_care.disclosure.solver.audit import audit
from missing_from_care.disclosure.solver.search import Pattern, Unprotectable, protect
from missing_from_care.disclosure.stating import Statement, state
from missing_from_care.disclosure.verdict import Earlier, Revision, Verdict, as_cells
from missing_from_care.disclosure.web import Node, bases, is_derived, named
from missing_from_care.faults import DataFault, ProtectionFault
from missing_from_care.response.answers import Answer, Response


class _Stuck(ProtectionFault):
    """A cell cannot be protected whatever is withheld."""


def judge(
    response: Response, rules: Rules, count: Count, ledger: Sequence[Released] = ()
) -> Verdict:
    """Decides what of a response is withheld, and audits the choice; says what is in the way.

    Arguments and errors are those of `judge_as_it_is`.
    """
    try:
        return judge_as_it_is(response, rules, count, ledger)
    except _Stuck as fault:
        ways = " or ".join(_ways_out(response, rules, count, ledger))
        advice = f"Without {ways} it could be." if ways else "No one table is the cause."
        raise ProtectionFault(
            *fault.sentences,
            f"{advice} Join categories or periods in the questions of the register, or leave a "
            "table out and say why.",
        ) from None


def judge_as_it_is(
    response: Response, rules: Rules, count: Count, ledger: Sequence[Released]
) -> Verdict:
    """Decides what of a response is withheld, and audits the choice.

    Args:
        response: with every number.
        rules: the rule seeds.
        count: counts cells that the response does not print.
        ledger: everything released before.

    Raises:
        ProtectionFault: a cell cannot be protected, or the audit finds one that is not.
        DataFault: two answers give different numbers for the same cell.
    """
    printed = cells_of(response, rules)
    before = as_cells(ledger, rules)
    latest = {each.cell: each for each in before}
    latest = {cell: latest[cell] for cell in _near(printed, latest)}
    now = {**count(cell for cell in latest if cell not in printed), **printed}
    by_request = {(each.cell, each.request_ref): each for each in before if each.cell in now}
    revisions = tuple(
        Revision(cell, each)
        for (cell, _), each in sorted(by_request.items())
        if _differs(each, now)
    )
    is_revised = {cell for cell, each in latest.items() if _differs(each, now)}
    earlier = {
        cell: each.value
        for cell, each in latest.items()
        if cell not in is_revised and (cell in now or each.value is not None)
    }
    held = {cell: now.get(cell, value) for cell, value in earlier.items()} | printed
    web = web_of(held, rules, count)
    public: frozenset[Node] = frozenset()
    if earlier:
        alone = state(web, rules, frozenset(), earlier)
        public = frozenset(
            alone.nodes[each.cell]
            for each in audit(alone.problem, ()).findings
            if alone.nodes[each.cell] not in earlier
        )
    statement = state(web, rules, printed.keys(), earlier, public)
    try:
        pattern = protect(statement.problem)
    except Unprotectable as fault:
        named_cell = named(statement.nodes[fault.cell], rules)
        raise _Stuck(
            f"{_opening(response)}{named_cell} cannot be protected: readers can work it out too "
            "closely even if everything is withheld that may be. Nothing was released."
        ) from None
    return audited(response, rules, printed, statement, pattern, revisions, public)


def audited(
    response: Response,
    rules: Rules,
    printed: Mapping[Cell, float],
    statement: Statement,
    pattern: Pattern,
    revisions: tuple[Revision, ...] = (),
    public: frozenset[Node] = frozenset(),
) -> Verdict:
    """Lets a choice of cells through only if the audit finds nothing.

    Raises:
        ProtectionFault: one sentence for each cell that readers can work out too closely.
    """
    found = audit(statement.problem, pattern.suppressed)
    if not found.safe:
        raise ProtectionFault(
            *dict.fromkeys(
                f"{_opening(response)}{named(statement.nodes[each.cell], rules)}: "
                f"{each.reason.removeprefix(f'Cell {each.cell} ')} Nothing was released."
                for each in found.findings
            )
        )
    chosen = {statement.nodes[at] for at in pattern.suppressed}
    hidden = chosen | statement.policies.keys() | set(public)
    hidden |= {statement.nodes[at] for at in statement.problem.withheld_before}
    withheld = {
        cell
        for cell in printed
        if cell in hidden
        or cell in statement.carried
        or (is_derived(cell, rules) and hidden.intersection(bases(cell, rules)))
    }
    return Verdict(
        printed,
        statement,
        pattern,
        found,
        frozenset(withheld),
        revisions,
        tuple(node for node in statement.nodes if node in public),
        frozenset(cell for cell in printed if is_derived(cell, rules)),
    )


def cells_of(response: Response, rules: Rules) -> dict[Cell, float]:
    """The cells that a response prints, each once.

    Raises:
        DataFault: two answers give different numbers for the same cell.
    """
    found: dict[Cell, float] = {}
    for answer, cell in _answered(response, rules):
        if cell is None or answer.value is None:
            continue
        if found.setdefault(cell, answer.value) != answer.value:
            raise DataFault(
                f"{_opening(response)}{in_words(cell, rules)} has two different numbers: report "
                "this as a fault of the program."
            )
    return found


def _ways_out(
    response: Response, rules: Rules, count: Count, ledger: Sequence[Released]
) -> Iterator[str]:
    """The tables without any one of which the rest could be released."""
    for left_out in response.tables:
        tables = tuple(table for table in response.tables if table is not left_out)
        try:
            judge_as_it_is(replace(response, tables=tables), rules, count, ledger)
        except ProtectionFault:
            continue
        yield left_out.label


def _answered(response: Response, rules: Rules) -> list[tuple[Answer, Cell | None]]:
    return [
        (answer, cell_of(answer, rules)) for table in response.tables for answer in table.answers
    ]


def _differs(released: Earlier, now: Mapping[Cell, float]) -> bool:
    """Whether a number was released that is another one now."""
    value = released.value
    return value is not None and now.get(released.cell, value) != value


def _near(printed: Iterable[Cell], released: Iterable[Cell]) -> list[Cell]:
    """The released cells that share a day with a printed one, or with such a cell, and so on."""
    periods = {(cell.first_day, cell.last_day) for cell in printed}
    waiting = {(cell.first_day, cell.last_day) for cell in released} - periods
    while met := {
        (first, last)
        for first, last in waiting
        if any(first <= to_day and from_day <= last for from_day, to_day in periods)
    }:
        periods |= met
        waiting -= met
    return [cell for cell in released if (cell.first_day, cell.last_day) in periods]


def _opening(response: Response) -> str:
    return f"Request {response.request_ref}: "
