"""Puts linked cells as a problem for the search and the audit."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from itertools import product

from missing_from_care.disclosure.cells import Cell
from missing_from_care.disclosure.order import is_part
from missing_from_care.disclosure.rules import Policy, Rules
from missing_from_care.disclosure.solver.problem import Need, Problem, Relation
from missing_from_care.disclosure.web import Link, Node, Web, bases, counts, is_derived


@dataclass(frozen=True)
class Statement:
    """A problem whose cells have names.

    Attributes:
        problem: for the search and the audit.
        nodes: by the index of the cell in the problem.
        carried: figures that are no counts, such as percentages, which are withheld because what
            they are worked out from is.
        policies: for each primary cell the row of the policy that makes it so.
    """

    problem: Problem
    nodes: tuple[Node, ...]
    carried: frozenset[Cell]
    policies: Mapping[Node, Policy]


def state(
    web: Web,
    rules: Rules,
    printed: Set[Cell],
    earlier: Mapping[Cell, float | None],
    public: Set[Node] = frozenset(),
) -> Statement:
    """States what has to be protected.

    Args:
        web: all cells with their links.
        rules: measures and policy.
        printed: the cells of this response.
        earlier: cells of earlier responses: their value, or None where it was withheld.
        public: what earlier responses let readers work out already, so that nobody can protect it.
    """
    nodes, seen = tuple(web.values), printed | earlier.keys()
    index = {node: at for at, node in enumerate(nodes)}
    shown_before = {cell for cell, value in earlier.items() if value is not None}
    withheld_before = earlier.keys() - shown_before
    policies = {
        node: policy
        for node, policy in {**_groups(web, rules), **_small(web, rules)}.items()
        if node not in shown_before and node not in public
    }
    hidden = policies.keys() | withheld_before
    carried = frozenset(
        node
        for node in nodes
        if is_derived(node, rules) and node not in shown_before
        if node in withheld_before or hidden.intersection(bases(node, rules))
    )
    problem = Problem.of(
        [_whole(web.values[node], node, rules) for node in nodes],
        [],
        [index[node] for node in policies],
        inequalities=[
            _relation(link, index, shown_before)
            for link in web.links
            if not carried.intersection(link.withdrawn_with)
        ],
        weights=[1 if is_derived(node, rules) else web.values[node] for node in nodes],
        published=[index[node] for node in shown_before],
        withheld_before=[index[node] for node in withheld_before],
        unpublished=[index[node] for node in nodes if node not in seen or node in public],
        threshold=[
            policy.interval if (policy := _policy(node, rules)) and node in seen - public else None
            for node in nodes
        ],
        needs={index[node]: Need(width=policy.range_width) for node, policy in policies.items()},
    )
    return Statement(problem, nodes, carried, policies)


def _policy(node: Node, rules: Rules) -> Policy | None:
    """The row that says which counts are withheld."""
    if is_derived(node, rules):
        return None
    policy = rules.policy(node.measure if isinstance(node, Cell) else "all")
    return policy if policy.interval else rules.policy("all")


def _small(web: Web, rules: Rules) -> dict[Node, Policy]:
    """What is withheld because it is small."""
    found = {}
    for node, value in web.values.items():
        policy = _policy(node, rules)
        if policy and policy.interval[0] <= value <= policy.interval[1]:
            found[node] = policy
    return found


def _groups(web: Web, rules: Rules) -> dict[Node, Policy]:
    """What is withheld because it tells the same of everyone in a small group."""
    found = {}
    cells = counts(web, rules)
    largest = max(policy.group_size for policy in rules.policies.values())
    groups = [cell for cell in cells if 1 <= web.values[cell] <= largest]
    for whole, part in product(groups, cells):
        policy = rules.policies.get(_difference(whole, part))
        size, told = web.values[whole], web.values[part]
        if not policy or size > policy.group_size or not is_part(part, whole, rules):
            continue
        if (told == size and policy.whole_group) or (told == 0 and policy.empty_group):
            found[part] = policy
    return found


def _difference(whole: Cell, part: Cell) -> str | None:
    """The measure, or the dimension, by which a part differs from its whole; None for several."""
    if (whole.first_day, whole.last_day) != (part.first_day, part.last_day):
        return None
    if whole.box == part.box:
        return None if whole.measure == part.measure else part.measure
    if whole.measure == part.measure:
        added = set(part.box) - set(whole.box)
        dimensions = {name for name, _ in added}
        if len(dimensions) == 1 and len(part.box) <= len(whole.box) + 1:
            return dimensions.pop()
    return None


def _whole(value: float, node: Node, rules: Rules) -> float:
    """A figure in whole numbers of its last decimal."""
    decimals = rules.derived[node.measure].decimals if is_derived(node, rules) else 0
    return float(round(value * 10**decimals))


def _relation(link: Link, index: Mapping[Node, int], shown_before: Set[Cell]) -> Relation:
    away = link.withdrawn_with
    if away and away[-1] in shown_before:
        away = ()
    return Relation(
        terms=tuple((index[node], times) for node, times in link.terms),
        low=link.low,
        high=link.high,
        withdrawn_with=frozenset(index[node] for node in away),
    )
