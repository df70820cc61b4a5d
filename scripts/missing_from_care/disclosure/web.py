"""Cells with what they hold, and what readers know about several of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from missing_from_care.disclosure.cells import Cell, in_words
from missing_from_care.disclosure.rules import Rules


@dataclass(frozen=True, order=True)
class Rest:
    """What is left of a whole without its parts: never printed, but readers can subtract."""

    whole: Cell
    parts: tuple[Cell, ...]


Node = Cell | Rest


@dataclass(frozen=True)
class Link:
    """low <= sum of coefficient * node <= high; gone when one of `withdrawn_with` is withheld."""

    terms: tuple[tuple[Node, float], ...]
    low: float
    high: float
    withdrawn_with: tuple[Node, ...] = ()


@dataclass
class Web:
    """Cells with what they hold, and their links.

    Attributes:
        values: of every cell, printed or not, and of every rest.
        links: what readers know about several of them at once.
    """

    values: dict[Node, float]
    links: list[Link] = field(default_factory=list)

    def equate(self, whole: Node, parts: Iterable[tuple[Node, float]]) -> None:
        """whole = sum of the parts, each with its coefficient."""
        terms = ((whole, 1.0), *((part, -times) for part, times in parts))
        self.links.append(Link(terms, 0.0, 0.0))

    def at_least(
        self, more: Iterable[tuple[Node, float]], less: Iterable[tuple[Node, float]]
    ) -> None:
        """The sum of the one is at least the sum of the other."""
        terms = (*more, *((node, -times) for node, times in less))
        self.links.append(Link(terms, 0.0, inf))


def bases(cell: Cell, rules: Rules) -> list[Cell]:
    """What a figure that is no count is worked out from."""
    rule = rules.derived[cell.measure]
    return [cell.measuring(each) for each in (rule.numerator, rule.denominator) if each]


def is_derived(node: Node, rules: Rules) -> bool:
    """Whether a node is a figure that is no count."""
    return isinstance(node, Cell) and node.measure in rules.derived


def counts(web: Web, rules: Rules) -> list[Cell]:
    """The cells of a web that count children or occasions."""
    return [node for node in web.values if isinstance(node, Cell) and not is_derived(node, rules)]


def named(node: Node, rules: Rules) -> str:
    """A cell in words; a rest as what it is left of."""
    if isinstance(node, Rest):
        parts = " and ".join(in_words(part, rules) for part in node.parts)
        return f"{in_words(node.whole, rules)}, less {parts}"
    return in_words(node, rules)
