"""The gate: nothing is released unless the audit finds every withheld cell protected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from missing_from_care.faults import DataFault, ProtectionFault
from missing_from_care.protection.audit import Audit, audit
from missing_from_care.protection.search import Pattern, Unprotectable, protect
from missing_from_care.release.cells import Cell, cell_of, in_words
from missing_from_care.release.ledger import Released
from missing_from_care.release.links import Count, web_of
from missing_from_care.release.rules import Rules
from missing_from_care.release.stating import Statement, bases, is_derived, state
from missing_from_care.release.web import Node, Rest
from missing_from_care.response.answers import Answer, Response
from missing_from_care.response.book import long_day


@dataclass(frozen=True)
class Revision:
    """A number that differs from the one released before."""

    cell: Cell
    earlier: Released


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
    """

    printed: Mapping[Cell, float]
    statement: Statement
    pattern: Pattern
    audit: Audit
    withheld: frozenset[Cell]
    revisions: tuple[Revision, ...]
    public: tuple[Node, ...]


def judge(
    response: Response, rules: Rules, count: Count, ledger: Sequence[Released] = ()
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
    latest = {each.cell: each for each in ledger if _is_near(each.cell, printed)}
    now = {**count(cell for cell in latest if cell not in printed), **printed}
    revisions = tuple(
        Revision(cell, each)
        for cell, each in sorted(latest.items())
        if each.value is not None and cell in now and now[cell] != each.value
    )
    is_revised = {each.cell for each in revisions}
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
        raise ProtectionFault(
            f"{_opening(response)}{_named(statement.nodes[fault.cell], rules)} cannot be "
            "protected: readers can work it out too closely even if everything else is withheld "
            "that may be. Ask for less: join categories or periods, or leave a table out."
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
                f"{_opening(response)}{_named(statement.nodes[each.cell], rules)}: "
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


def protected(response: Response, rules: Rules, verdict: Verdict) -> Response:
    """The response as it may be published: without the numbers that are withheld."""
    notes = dict(response.notes)
    since = {each.cell: each.earlier.released_on for each in verdict.revisions}

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
    response: Response, verdict: Verdict, released_on: date, file_sha256: str
) -> list[Released]:
    """The rows of the ledger for a response that passed."""
    return [
        Released(
            released_on,
            response.request_ref,
            file_sha256,
            cell,
            None if cell in verdict.withheld else value,
        )
        for cell, value in verdict.printed.items()
    ]


def _answered(response: Response, rules: Rules) -> list[tuple[Answer, Cell | None]]:
    return [
        (answer, cell_of(answer, rules)) for table in response.tables for answer in table.answers
    ]


def _is_near(cell: Cell, printed: Mapping[Cell, float]) -> bool:
    """Whether a released cell has a day in common with a printed one."""
    return any(
        cell.first_day <= other.last_day and other.first_day <= cell.last_day for other in printed
    )


def _opening(response: Response) -> str:
    return f"Request {response.request_ref}: "


def _named(node: Node, rules: Rules) -> str:
    """A cell in words; a rest as what it is left of."""
    if isinstance(node, Rest):
        parts = " and ".join(in_words(part, rules) for part in node.parts)
        return f"{in_words(node.whole, rules)}, less {parts}"
    return in_words(node, rules)
