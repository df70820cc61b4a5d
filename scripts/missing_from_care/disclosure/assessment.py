"""The assessment of a response: what is withheld and why, what readers can still work out, and the
few lines that a person decides and signs. It holds unprotected numbers, so it is private."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from missing_from_care.base.texts import long_day
from missing_from_care.disclosure.figures import Figure
from missing_from_care.disclosure.forms import is_derived, is_maximum
from missing_from_care.disclosure.rules import Policy, Rules
from missing_from_care.disclosure.statement import Node, named
from missing_from_care.disclosure.verdict import Revision, Verdict
from missing_from_care.response.answers import Response
from missing_from_care.response.reading import IN_FORCE

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Line:
    """One withheld cell.

    Attributes:
        counted: what it counts, in words.
        value: what it holds.
        kind: why it is withheld.
        span: the narrowest range that a reader can work out; empty for a figure that is no count.
        policy: the row that makes it small; None for cover.
    """

    counted: str
    value: str
    kind: str
    span: str
    policy: Policy | None


def refusal(warehouse: duckdb.DuckDBPyConnection, safe: Response) -> tuple[str, ...]:
    """The paragraphs of the refusal notice (FOIA s.17), none if nothing is withheld.

    Args:
        warehouse: an open warehouse, for the seed `refusal`.
        safe: the response as it is published; its date says which wording holds.
    """
    answers = [each for table in safe.tables for each in table.answers if each.is_withheld]
    said_of = [
        name
        for name, is_said in {
            "withheld": answers,
            "several": len(answers) > 1,
            "range": any(each.is_range for each in answers),
        }.items()
        if is_said
    ]
    about = [*{each.measure for each in answers}, *{each.breakdown for each in answers}]
    query = f"""
        select wording
        from refusal
        where
            list_contains($said_of, said_of)
            and (about is null or list_has_any(string_split(about, '|'), $about))
            and {IN_FORCE}
        order by cast(sentence_order as int)
    """
    values = {"said_of": said_of, "about": about, "day": safe.dated}
    return tuple(wording for (wording,) in warehouse.execute(query, values).fetchall())


def assessment_page(response: Response, rules: Rules, verdict: Verdict) -> bytes:
    """The page, complete but for the decisions and the signature.

    Args:
        response: the request and its answers.
        rules: the rule seeds.
        verdict: of the gate.
    """
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("assessment.html.j2").render(
        response=response,
        verdict=verdict,
        lines=[line(figure, rules, verdict) for figure in sorted(verdict.withheld)],
        followed=[line(node, rules, verdict) for node in unprinted(verdict)],
        policies=list(dict.fromkeys(verdict.statement.policies.values())),
        holds_for=lambda policy: holds_for(policy, rules),
        public=[named(node, rules) for node in verdict.given_away],
        revisions=[revision_sentence(each, rules) for each in verdict.revisions],
        long_day=long_day,
    )
    return page.encode()


def unprinted(verdict: Verdict) -> list[Node]:
    """Small figures that nothing prints but that readers could reason to, each once."""
    cells = verdict.statement.cells
    seen = {cells[each] for each in verdict.printed if each in cells}
    found: dict[int, Node] = {}
    for node in verdict.statement.policies:
        if cells[node] not in seen:
            found.setdefault(cells[node], node)
    return list(found.values())


def audit_record(rules: Rules, verdict: Verdict) -> list[dict[str, Any]]:
    """Every cell that had to stay unknown, with what each reader can work out, for machines."""
    statement = verdict.statement
    return [
        {
            "counts": [named(node, rules) for node in statement.nodes_at(at)],
            "value": statement.problem.values[at],
            "is_printed": any(node in verdict.printed for node in statement.nodes_at(at)),
            "is_small": at in statement.problem.primary,
            "ranges": {
                reader: list(ranges[at])
                for reader, ranges in verdict.audit.by_reader.items()
                if at in ranges
            },
        }
        for at in verdict.audit.ranges
    ]


def holds_for(policy: Policy, rules: Rules) -> str:
    """The measure or breakdown of a row of the policy, in words."""
    if policy.applies_to in rules.measures:
        return rules.measures[policy.applies_to].heading
    return rules.labels.get((policy.applies_to, ""), "All other counts")


def revision_sentence(revision: Revision, rules: Rules) -> str:
    """That a number differs from the one released before, with both days."""
    earlier = revision.earlier
    return (
        f"{named(revision.figure, rules)}: {earlier.low:,g} was released on "
        f"{long_day(earlier.released_on)} in answer to {earlier.request_ref}; the number is now "
        "another one. The notes of this response say that it was revised."
    )


def line(node: Node, rules: Rules, verdict: Verdict) -> Line:
    """A withheld figure, or one that follows from others, as the page shows it."""
    statement = verdict.statement
    at = statement.cells.get(node)
    policy = statement.policies.get(node)
    value = statement.values.get(node, 0)
    if isinstance(node, Figure):
        value = verdict.printed.get(node, value)
    span: tuple[float | None, float | None] = (None, None)
    if at is not None:
        span = verdict.audit.ranges.get(at, span)
    low, high = span
    if policy:
        kind = "small" if node in verdict.printed else "follows from what is printed"
    elif node in verdict.no_counts and is_maximum(node, rules):
        kind, low = "one child's number", None
    elif node in verdict.no_counts and is_derived(node, rules):
        kind, low = "worked out from a withheld figure", None
    elif at in statement.problem.withheld_before:
        kind = "withheld in an earlier response"
    elif at in statement.problem.primary:
        kind = "the same as a small figure"
    else:
        kind = "cover"
    return Line(
        counted=named(node, rules),
        value=f"{value:,g}",
        kind=kind,
        span="" if low is None else f"{low:,g} to {high:,g}",
        policy=policy,
    )
