"""Tables whose cells add up: factors crossed no further than some figure crosses them.

Every figure is a sum over the cells of one table. Factors that no figure crosses stand in tables
apart, which agree on what they share. Where the graph of the factors that stand together is chordal
such tables are margins of one whole table, so nothing that a reader could know is lost
(S. Lauritzen, Graphical Models, 1996, chapter 4.4).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod

import networkx as nx

from missing_from_care.base.faults import ProtectionFault
from missing_from_care.disclosure.forms import Factor

# Categories by name; stretches of time by their place.
Codes = frozenset[str | int]
# For each factor the categories that count; a factor that is not there does not restrict.
Box = Mapping[Factor, Codes]
# A factor with the groups of it that some figures tell apart.
Node = tuple[Factor, frozenset[Codes]]
MOST_CELLS = 20_000


@dataclass(frozen=True)
class Table:
    """Cells by some factors: for each, groups of its categories; every category lies in one."""

    groups: Mapping[Factor, Sequence[Codes]]

    def cells(self) -> Iterator[dict[Factor, Codes]]:
        """Every cell as a box."""
        for codes in product(*self.groups.values()):
            yield dict(zip(self.groups, codes, strict=True))

    def within(self, box: Box) -> list[int]:
        """The places of the cells that lie in a box, in order."""
        places = [0]
        for factor, groups in self.groups.items():
            kept = [at for at, group in enumerate(groups) if group <= box.get(factor, group)]
            places = [place * len(groups) + at for place in places for at in kept]
        return places

    def covers(self, box: Box) -> bool:
        """Whether a box is a sum of cells."""
        return box.keys() <= self.groups.keys() and all(
            all(group <= codes or not group & codes for group in self.groups[factor])
            for factor, codes in box.items()
        )


def tables_for(
    boxes: Iterable[Box], domain: Callable[[Factor], Codes]
) -> tuple[list[Table], list[tuple[int, int]]]:
    """The tables of which boxes, what figures count, are sums, and the pairs of their places that
    must agree on what they share. `domain` gives every category of a factor. A ProtectionFault: too
    many factors stand together to be reasoned about."""
    graph = nx.Graph()
    partitions = _partitions(boxes, domain)
    nodes = sorted({node for together in partitions for node in together}, key=_order)
    place = {node: at for at, node in enumerate(nodes)}
    graph.add_nodes_from(range(len(nodes)))
    for together in partitions:
        graph.add_edges_from(combinations(sorted(place[node] for node in together), 2))
    graph.add_edges_from(
        (a, b) for a, b in combinations(range(len(nodes)), 2) if nodes[a][0] == nodes[b][0]
    )
    if not nodes:
        return [Table({})], []
    cliques, tables = _cliques(graph, nodes), []
    for clique in cliques:
        refined = _refined(nodes[at] for at in clique)
        if prod(map(len, refined.values())) > MOST_CELLS:
            raise too_many(refined)
        tables.append(Table(refined))
    tree = nx.Graph()
    tree.add_nodes_from(range(len(cliques)))
    tree.add_weighted_edges_from(
        (a, b, len(cliques[a] & cliques[b])) for a, b in combinations(range(len(cliques)), 2)
    )
    return tables, sorted(nx.maximum_spanning_tree(tree).edges)


def _cliques(graph: nx.Graph, nodes: Sequence[Node]) -> list[frozenset[int]]:
    """The cliques of a chordal graph around a graph, with tables as small as can be found: one node
    after another is taken away whose table with its neighbours is smallest."""
    sizes: dict[frozenset[int], int] = {}

    def size(clique: frozenset[int]) -> int:
        if clique not in sizes:
            sizes[clique] = prod(map(len, _refined(nodes[at] for at in clique).values()))
        return sizes[clique]

    left, found = graph.copy(), []
    while left:
        bags = {at: frozenset({at, *left[at]}) for at in sorted(left)}
        taken = min(bags, key=lambda at: (size(bags[at]), at))
        found.append(bags[taken])
        left.add_edges_from(combinations(sorted(bags[taken] - {taken}), 2))
        left.remove_node(taken)
    return [each for each in found if not any(each < other for other in found)]


def shared(first: Table, second: Table) -> list[dict[Factor, Codes]]:
    """The boxes that both tables are sums for: the cells of what they share."""
    one, other = first.groups, second.groups
    common = {name: _joined([*one[name], *other[name]]) for name in one if name in other}
    return [dict(zip(common, codes, strict=True)) for codes in product(*common.values())]


def _partitions(boxes: Iterable[Box], domain: Callable[[Factor], Codes]) -> list[list[Node]]:
    """For factors that stand together in a box: each with the groups that such boxes tell apart."""
    families: dict[frozenset[Factor], list[Box]] = defaultdict(list)
    for box in boxes:
        families[frozenset(box)].append(box)
    return [
        [
            (factor, frozenset(told_apart([box[factor] for box in family], domain(factor))))
            for factor in factors
        ]
        for factors, family in families.items()
        if factors
    ]


def told_apart(sets: Iterable[Codes], domain: Codes) -> list[Codes]:
    """The groups of a domain that some sets tell apart."""
    sets = sorted(set(sets), key=sorted)
    groups = defaultdict(set)
    for code in domain.union(*sets):
        groups[tuple(code in each for each in sets)].add(code)
    return [frozenset(groups[key]) for key in sorted(groups)]


def _refined(clique: Iterable[Node]) -> dict[Factor, list[Codes]]:
    """For each factor of a clique, the groups that its partitions tell apart together."""
    partitions = defaultdict(list)
    for factor, groups in sorted(clique, key=_order):
        partitions[factor].append(groups)
    return {
        factor: told_apart([group for groups in each for group in groups], frozenset())
        for factor, each in partitions.items()
    }


def too_many(factors: Iterable[Factor]) -> ProtectionFault:
    """That factors are crossed too far to be reasoned about."""
    names = {name if isinstance(name, str) else "times_missing_band" for name in factors}
    return ProtectionFault(
        f"The questions cross too many categories ({', '.join(sorted(names))}) for the audit to "
        "prove anything: leave out one of the breakdowns, or ask for fewer periods."
    )


def _joined(groups: Sequence[Codes]) -> list[Codes]:
    """The finest groups that are unions of groups of both."""
    graph = nx.Graph()
    for group in groups:
        nx.add_path(graph, group)
    found = map(frozenset, nx.connected_components(graph))
    return sorted(found, key=lambda group: sorted(map(str, group)))


def _order(node: Node) -> tuple[str, list[list[str]]]:
    factor, groups = node
    return str(factor), sorted(sorted(map(str, group)) for group in groups)
