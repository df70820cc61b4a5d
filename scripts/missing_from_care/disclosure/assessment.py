"""The assessment of a response: what is withheld and why, what readers can still work out, and the
few lines that a person decides and signs. It holds unprotected numbers, so it is private."""

from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from missing_from_care.base.texts import long_day
from missing_from_care.disclosure.forms import Figure, in_words, is_maximum
from missing_from_care.disclosure.gate import Verdict
from missing_from_care.disclosure.ledger import Released
from missing_from_care.disclosure.rules import SQL, Policy, Rules
from missing_from_care.disclosure.statement import Node, named
from missing_from_care.response.answers import Response


def refusal(warehouse: duckdb.DuckDBPyConnection, safe: Response) -> tuple[str, ...]:
    """The paragraphs of the refusal notice (FOIA s.17), none if nothing is withheld, from the seed
    `refusal` of a warehouse. The date of the response, `safe` to be published, says which wording
    holds."""
    answers = [each for each in safe.answers if each.is_withheld]
    is_said = {
        "withheld": bool(answers),
        "several": len(answers) > 1,
        "range": any(each.is_range for each in answers),
    }
    said = [name for name in is_said if is_said[name]]
    about = [*{each.measure for each in answers}, *{each.breakdown for each in answers}]
    found = warehouse.execute(SQL["refusal"], [said, about, safe.dated]).fetchall()
    return tuple(wording for (wording,) in found)


def assessment_page(response: Response, rules: Rules, verdict: Verdict) -> bytes:
    """The page, complete but for the decisions and the signature.

    Args:
        response: the request and its answers.
        rules: the rule seeds.
        verdict: of the gate.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    cells = verdict.statement.cells
    seen = {cells[each] for each in verdict.printed if each in cells}
    # Small figures that nothing prints but that readers could reason to, each once.
    unprinted: dict[int, Node] = {}
    for node in verdict.statement.policies:
        if cells[node] not in seen:
            unprinted.setdefault(cells[node], node)
    page = environment.get_template("assessment.html.j2").render(
        response=response,
        verdict=verdict,
        lines=[_line(figure, rules, verdict) for figure in sorted(verdict.withheld)],
        followed=[_line(node, rules, verdict) for node in unprinted.values()],
        policies=list(dict.fromkeys(verdict.statement.policies.values())),
        holds_for=lambda policy: _holds_for(policy, rules),
        public=[named(node, rules) for node in verdict.given_away],
        revisions=[revision_sentence(each, rules) for each in verdict.revisions],
        long_day=long_day,
    )
    return page.encode()


def audit_record(rules: Rules, verdict: Verdict) -> list[dict[str, Any]]:
    """Every cell that had to stay unknown, with what readers can work out, for machines."""
    problem, nodes_at = verdict.statement.problem, verdict.statement.nodes_at
    return [
        {
            "counts": [named(node, rules) for node in nodes_at(at)],
            "value": problem.values[at],
            "is_printed": any(node in verdict.printed for node in nodes_at(at)),
            "is_small": at in problem.primary,
            "ranges": {"one who also guesses which cells are primary": list(ends)},
        }
        for at, ends in verdict.audit.ranges.items()
    ]


def revision_sentence(earlier: Released, rules: Rules) -> str:
    """That a number differs from the one released before, with both days."""
    return (
        f"{in_words(earlier.figure, rules)}: {earlier.low:,g} was released on "
        f"{long_day(earlier.released_on)} in answer to {earlier.request_ref}; the number is now "
        "another one. The notes of this response say that it was revised."
    )


def _holds_for(policy: Policy, rules: Rules) -> str:
    """The measure or breakdown of a row of the policy, in words."""
    if policy.applies_to in rules.measures:
        return rules.measures[policy.applies_to].heading
    return rules.labels.get((policy.applies_to, ""), "All other counts")


def _line(node: Node, rules: Rules, verdict: Verdict) -> dict[str, Any]:
    """A withheld figure, or one that follows from others, as the page shows it."""
    statement = verdict.statement
    at, policy = statement.cells.get(node), statement.policies.get(node)
    ends = verdict.audit.ranges.get(at) if at is not None else None
    value = statement.values.get(node, 0)
    if isinstance(node, Figure):
        value = verdict.printed.get(node, value)
    if policy:
        why = "small" if node in verdict.printed else "follows from what is printed"
    elif isinstance(node, Figure) and node in verdict.no_counts:
        is_largest = is_maximum(node, rules)
        why = "one child's number" if is_largest else "worked out from a withheld figure"
        ends = None
    elif at in statement.problem.withheld_before:
        why = "withheld in an earlier response"
    elif at in statement.problem.primary:
        why = "the same as a small figure"
    else:
        why = "cover"
    return {
        "counted": named(node, rules),
        "value": f"{value:,g}",
        "kind": why,
        "span": f"{ends[0]:,g} to {ends[1]:,g}" if ends else "",
        "policy": policy,
    }
