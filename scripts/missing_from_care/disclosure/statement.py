"""States what has to be protected, as a problem for the search and the audit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from math import floor, inf

import duckdb

from missing_from_care.base.faults import DataFault
from missing_from_care.disclosure.forms import (
    OCCASION,
    PICKED,
    Event,
    Factor,
    Figure,
    Form,
    Times,
    bases,
    form_of,
    in_words,
    is_derived,
    is_maximum,
    times_in,
)
from missing_from_care.disclosure.relations import Terms, model_of
from missing_from_care.disclosure.rules import TIMES, Policy, Rules
from missing_from_care.disclosure.solver.problem import Interval, Problem, Relation
from missing_from_care.disclosure.tables import Codes

DAYS = "time"
# A form without the factor that restricts it there: unit, event and who.
Others = tuple[str, Event, frozenset[tuple[Factor, Codes]]]


@dataclass(frozen=True)
class Rest:
    """What is left of a whole without its parts: nothing prints it, but readers can subtract."""

    whole: Figure
    parts: tuple[Figure, ...]


Node = Figure | Rest


@dataclass(frozen=True)
class Known:
    """What is or was published of the figures.

    Attributes:
        printed: the figures of the response with their numbers.
        asked: those of them that the requester asked for, rather than those printed beside them.
        shown: figures whose number is public already.
        withheld: figures that earlier responses withheld.
        ranges: the ranges that were released for some of these.
        given_away: nodes that earlier responses let readers work out, which nobody can protect.
    """

    printed: Mapping[Figure, float]
    asked: Set[Figure] = frozenset()
    shown: Set[Figure] = frozenset()
    withheld: Set[Figure] = frozenset()
    ranges: Mapping[Figure, tuple[float, float]] = field(default_factory=dict)
    given_away: Set[Node] = frozenset()

    @property
    def figures(self) -> list[Figure]:
        """All of them, in order."""
        return sorted({*self.printed, *self.shown, *self.withheld})


@dataclass(frozen=True)
class Statement:
    """A problem whose cells have names.

    Attributes:
        problem: for the search and the audit.
        cells: the place of each figure and rest; figures that are the same number share one.
        values: what each figure and rest is.
        policies: for each primary node the row of the policy that makes it so.
    """

    problem: Problem
    cells: Mapping[Node, int]
    values: Mapping[Node, float]
    policies: Mapping[Node, Policy]

    def nodes_at(self, cell: int) -> list[Node]:
        """The figures and rests that are one number."""
        return [node for node, at in self.cells.items() if at == cell]


def _measured(node: Node) -> str:
    """The measure by whose policy a figure or a rest is small."""
    return node.parts[0].measure if isinstance(node, Rest) else node.measure


def named(node: Node, rules: Rules) -> str:
    """A figure in words; a rest as what it is left of."""
    if isinstance(node, Rest):
        parts = " and ".join(in_words(part, rules) for part in node.parts)
        return f"{in_words(node.whole, rules)}, less {parts}"
    return in_words(node, rules)


def state(known: Known, rules: Rules, warehouse: duckdb.DuckDBPyConnection) -> Statement:
    """States what has to be protected.

    Args:
        known: what is or was published.
        rules: measures, categories and policy.
        warehouse: an open connection with the facts.

    Raises:
        DataFault: a figure is not what the facts give.
        ProtectionFault: the questions cross too much.
    """
    return _Stating(known, rules, warehouse).statement()


class _Stating:
    def __init__(self, known: Known, rules: Rules, warehouse: duckdb.DuckDBPyConnection) -> None:
        self.known, self.rules = known, rules
        every = known.figures
        derived = [each for each in every if is_derived(each, rules)]
        self.derived = [each for each in derived if not is_maximum(each, rules)]
        figures = [each for each in every if not is_derived(each, rules)]
        figures += [base for each in self.derived for base in bases(each, rules)]
        figures += _wholes(figures, known.printed, rules)
        figures += [
            replace(each, measure="children_missing")
            for each in figures
            if rules.measures[each.measure].unit == "occasions"
            and any(name == PICKED for name, _ in each.conditions)
        ]
        self.forms = {each: form for each in figures if (form := form_of(each, rules))}
        # Of occasions of children picked by how often: these children.
        self.behind = {
            figure: replace(form, unit="children")
            for figure, form in self.forms.items()
            if form.unit == "occasions" and times_in(form.children)
        }
        forms = [*self.forms.values(), *self.behind.values()]
        self.largest = max(policy.group_size for policy in rules.policies.values())
        self.model = model_of(forms, rules, warehouse)
        self.counted = {each: self.model.value(form) for each, form in self.forms.items()}
        self.small_groups = list(self._small_groups())
        if doubted := set(self._doubted()):
            self.model = model_of(forms, rules, warehouse, doubted)
        self.relations = list(self.model.relations)
        self.places: dict[Terms, int] = {}
        self.cells: dict[Node, int] = {}
        self.values: dict[Node, float] = {}

    def statement(self) -> Statement:
        model, known, rules = self.model, self.known, self.rules
        for figure, form in self.forms.items():
            self._place(figure, model.sums[form])
        groups = self._groups()
        for rest in [*self._rests(), *self._rests_of(groups)]:
            if (terms := self._less(rest)) is not None:
                self._place(rest, terms)
        self._check()
        given = self._at(known.given_away)
        shown, printed = self._at(known.shown) | given, self._at(known.printed)
        before = self._at(known.withheld) - shown
        policies = {
            node: policy
            for node, policy in {**groups, **self._small()}.items()
            if node in self.cells and self.cells[node] not in shown
        }
        primary = self._at(policies)
        self._add_derived(primary | before, printed, shown)
        shown |= self._at(each for each in self.derived if each in known.shown)
        seen = printed | shown | before | self._at(self.derived)
        if not model.values:
            model.values.append(0)
        count = len(model.values)
        lower, upper = [0.0] * count, [4.0 * max(model.values) + 100] * count
        for figure, (low, high) in known.ranges.items():
            at = self.cells.get(figure)
            if at is not None and low <= model.values[at] <= high:
                lower[at], upper[at] = max(low, lower[at]), min(high, upper[at])
        widths: dict[int, int] = {}
        for node, policy in policies.items():
            at = self.cells[node]
            widths[at] = max(policy.range_width, widths.get(at, 0))
        thresholds: list[Interval | None] = [None] * count
        # What is lost if a figure is withheld. The number itself does not count, or the choice
        # could be run backwards from it.
        weights = [1.0] * count
        for node, at in self.cells.items():
            is_seen = isinstance(node, Figure) and at in seen and not is_derived(node, rules)
            if is_seen or node in policies:
                low, high = rules.interval(_measured(node))
                least, most = thresholds[at] or (low, high)
                thresholds[at] = min(low, least), max(high, most)
            if isinstance(node, Figure):
                weight = 1.0 if node.every_condition else 2.0
                weights[at] = max(weights[at], weight * (3.0 if node in known.asked else 1.0))
        problem = Problem(
            [float(value) for value in model.values],
            self.relations,
            primary,
            lower=lower,
            upper=upper,
            weights=weights,
            published=shown - primary,
            withheld_before=before,
            unpublished=set(range(count)) - seen,
            thresholds=thresholds,
            widths=widths,
        )
        return Statement(problem, self.cells, self.values, policies)

    def _at(self, nodes: Iterable[Node]) -> set[int]:
        """The cells of some nodes."""
        return {self.cells[node] for node in nodes if node in self.cells}

    def _place(self, node: Node, terms: Terms) -> None:
        """Gives a node its number: one that is there, or a new one that is the sum."""
        if not terms:
            return
        terms = tuple(sorted(terms))
        value = sum(times * self.model.values[at] for at, times in terms)
        if len(terms) == 1 and terms[0][1] == 1.0:
            self.places.setdefault(terms, terms[0][0])
        if terms not in self.places:
            at = self.places[terms] = len(self.model.values)
            self.model.values.append(round(value))
            self.relations.append(Relation(((at, -1.0), *terms), 0.0, 0.0))
        self.cells[node], self.values[node] = self.places[terms], value

    def _check(self) -> None:
        for figure, printed in self.known.printed.items():
            value = self.values.get(figure, 0)
            if not is_derived(figure, self.rules) and value != printed:
                raise DataFault(
                    f"{in_words(figure, self.rules)} is {printed:g} in the answers and {value:g} "
                    "in the facts: build the warehouse again, and if that does not help report a "
                    "fault of the program."
                )

    def _add_derived(self, hidden: Set[int], printed: Set[int], shown: Set[int]) -> None:
        """Shares and averages: each tells of what it is worked out from while it is shown."""
        for figure in self.derived:
            rule = self.rules.derived[figure.measure]
            made_of = list(bases(figure, self.rules))
            places = self._at(made_of)
            values = [self.values.get(base, 0) for base in made_of]
            # As SQL rounds: a half goes up.
            tenths = floor(10**rule.decimals * rule.scale * values[0] / (values[1] or inf) + 0.5)
            value = self.known.printed.get(figure, tenths / 10**rule.decimals)
            at = len(self.model.values)
            self.model.values.append(round(value * 10**rule.decimals))
            self.cells[figure], self.values[figure] = at, value
            if figure in self.known.shown:
                self.relations += self._of_share(figure, value, frozenset())
            elif figure not in self.known.withheld and hidden.isdisjoint(places):
                away = frozenset({at, *(places & printed - shown)})
                self.relations += self._of_share(figure, value, away)

    def _of_share(self, figure: Figure, value: float, away: frozenset[int]) -> Iterator[Relation]:
        """What a share or an average that is shown tells, until some cells are withheld."""
        rule = self.rules.derived[figure.measure]
        above, below = (
            self.model.sums[self.forms[base]] if base in self.forms else ()
            for base in bases(figure, self.rules)
        )
        half = 0.5 / 10**rule.decimals + 1e-9
        near = -1e-6 * max(1.0, sum(times * self.model.values[at] for at, times in below))
        for edge, sign in ((value - half, 1.0), (value + half, -1.0)):
            terms: dict[int, float] = defaultdict(float)
            for place, times in above:
                terms[place] += sign * rule.scale * times
            for place, times in below:
                terms[place] -= sign * edge * times
            total = sum(times * self.model.values[place] for place, times in terms.items())
            if terms and total >= near:
                yield Relation(tuple(terms.items()), near, inf, away)

    # --- What is small --------------------------------------------------------------------------

    def _small(self) -> dict[Node, Policy]:
        return {
            node: self.rules.policy(_measured(node))
            for node, value in self.values.items()
            if self.rules.is_small(_measured(node), value)
            # So many occasions of children picked by how often may be those of a few children.
            or (
                node in self.behind
                and self.rules.is_small("children_missing", self.model.value(self.behind[node]))
            )
        }

    def _groups(self) -> dict[Node, Policy]:
        """What tells the same of everyone in a small group, and that nobody is left in it. And each
        0 that tells it; but for those that a wider 0 tells, which nothing can hide."""
        found: dict[Node, Policy] = {}
        nobody: dict[Figure, Policy] = {}
        pairs: list[tuple[Figure, Figure, str, Policy]] = []
        for whole, parts in self.small_groups:
            for part, name, policy in parts:
                if self.counted[part] == 0 and policy.empty_group:
                    found[part] = policy
                if self.counted[part] == self.counted[whole] and policy.whole_group:
                    pairs.append((whole, part, name, policy))
                    if part.measure == whole.measure:
                        zeros = (other for other, by, _ in parts if by == name)
                        nobody |= {each: policy for each in zeros if self.counted[each] == 0}
        told = {each for each in self.known.figures if self.values.get(each) == 0}
        for figure in sorted(nobody, key=lambda f: sum(self._is_within(f, g) for g in nobody)):
            if not any(self._is_within(figure, zero) for zero in told):
                told.discard(figure)
                found[figure] = nobody[figure]
        for whole, part, name, policy in pairs:
            if not self._is_told(whole, part, name, told):
                found |= {part: policy, Rest(whole, (part,)): policy}
        return found

    def _small_groups(self) -> Iterator[tuple[Figure, list[tuple[Figure, str, Policy]]]]:
        """Small groups that are not empty, with the parts of each that the policy has a row on."""
        for whole in self.forms:
            if 1 <= self.counted[whole] <= self.largest:
                parts = [
                    (part, name, policy)
                    for part in self.forms
                    if self._is_within(part, whole)
                    and (name := _difference(whole, part))
                    and (policy := self._policy_of(name, whole, part))
                    and self.counted[whole] <= policy.group_size
                ]
                yield whole, parts

    def _doubted(self) -> Iterator[Form]:
        """Small groups of an unlikely category, of which something is told of everyone.

        If readers took the other categories of it to be empty, they would know it already.
        """
        for whole, parts in self.small_groups:
            form = self.forms[whole]
            is_unlikely = any(
                codes <= self.rules.unlikely for _, codes in (*form.event.where, *form.who)
            )
            if is_unlikely and any(
                (policy.whole_group and self.counted[part] == self.counted[whole])
                or (policy.empty_group and self.counted[part] == 0)
                for part, _, policy in parts
            ):
                yield form

    def _policy_of(self, name: str, whole: Figure, part: Figure) -> Policy | None:
        """The row for a difference: of the breakdown, or of a measure that counts the same.
        Children looked after who are unaccompanied are those of `uasc_children`, however asked."""
        policies, measures = self.rules.policies, self.rules.measures
        if name in policies or not measures[part.measure].is_care:
            return policies.get(name)
        added = tuple(set(part.every_condition) - set(whole.every_condition))
        for measure, policy in policies.items():
            counted = measures.get(measure)
            if counted and counted.is_care and counted.conditions == added:
                return policy
        return None

    def _is_within(self, part: Figure, whole: Figure) -> bool:
        one, other = self.forms[part], self.forms[whole]
        return one != other and one.within(other)

    def _is_told(self, whole: Figure, part: Figure, name: str, zeros: Iterable[Figure]) -> bool:
        """Whether nobody has another category of a breakdown, by what is told of a larger group."""
        if part.measure != whole.measure:
            return False
        shared = set(part.conditions) - set(whole.conditions)
        others = [
            replace(whole, conditions=tuple(sorted({*whole.conditions, each})))
            for each in self.rules.labels
            if each[0] == name and each[1] and each not in shared
        ]
        forms = [form for each in others if (form := form_of(each, self.rules))]
        return all(any(form.within(self.forms[zero]) for zero in zeros) for form in forms)

    def _rests_of(self, groups: Iterable[Node]) -> list[Rest]:
        """That nobody of a small group is left without what the others share: not to be known."""
        return [rest for rest in groups if isinstance(rest, Rest)]

    # --- Differences ----------------------------------------------------------------------------

    def _rests(self) -> Iterator[Rest]:
        """What is left of a whole once parts are taken away along one factor."""
        families: dict[tuple[Factor, str, Others], dict[Codes, Figure]] = defaultdict(dict)
        for figure in self.known.figures if self.known.printed else ():
            if figure in self.forms:
                for name, codes, where, others in _along(self.forms[figure], self.rules):
                    families[name, where, others].setdefault(codes, figure)
        wholes: dict[Others, Figure] = {}
        for figure, form in self.forms.items():
            if figure in self.cells:
                wholes.setdefault((form.unit, form.event, form.who), figure)
        done: set[Rest] = set()
        for (name, _, others), family in families.items():
            members = dict(family)
            if name != DAYS and others in wholes:
                # The figure that does not restrict a factor that others do.
                all_codes = self.rules.domain(TIMES if isinstance(name, Times) else name)
                members[all_codes] = wholes[others]
            for codes, figure in members.items():
                for chosen in _choices([each for each in family if each < codes]):
                    rest = Rest(figure, tuple(sorted(family[each] for each in chosen)))
                    if codes.difference(*chosen) and rest not in done:
                        done.add(rest)
                        yield rest

    def _less(self, rest: Rest) -> Terms | None:
        """A whole less parts of it, as a sum; None where numbers do not add up so."""
        terms: dict[int, float] = defaultdict(float)
        for place, times in self.model.sums[self.forms[rest.whole]]:
            terms[place] += times
        for part in rest.parts:
            for place, times in self.model.sums[self.forms[part]]:
                terms[place] -= times
        left = tuple((place, times) for place, times in terms.items() if times)
        total = sum(times * self.model.values[place] for place, times in left)
        return None if total < 0 else left


def _choices(parts: list[Codes]) -> Iterator[tuple[Codes, ...]]:
    """Each part alone, and as many as do not overlap, the largest or the smallest first."""
    yield from ((part,) for part in parts)
    for sign in (1, -1):
        chosen: list[Codes] = []
        for part in sorted(parts, key=lambda each: (sign * len(each), min(map(str, each)))):
            if not any(part & other for other in chosen):
                chosen.append(part)
        if len(chosen) > 1:
            yield tuple(chosen)


def _wholes(
    figures: Iterable[Figure], printed: Mapping[Figure, float], rules: Rules
) -> list[Figure]:
    """The totals of rows that may be small groups, printed or not: readers can add up."""
    largest = max(policy.group_size for policy in rules.policies.values())
    found: dict[Figure, bool] = {}
    for figure in figures:
        for each in figure.every_condition:
            if each[0] != PICKED:
                both = figure.conditions, figure.row
                conditions, row = (tuple(one for one in of if one != each) for of in both)
                whole = replace(figure, conditions=conditions, row=row)
                found[whole] = found.get(whole, True) and printed.get(figure, 0) <= largest
    return [whole for whole, is_small in found.items() if is_small]


def _difference(whole: Figure, part: Figure) -> str | None:
    """The measure, or the one breakdown, by which a part differs from its whole."""
    if (whole.first_day, whole.last_day) != (part.first_day, part.last_day):
        return None
    if whole.measure != part.measure:
        return part.measure
    added = {name for name, _ in set(part.every_condition) - set(whole.every_condition)}
    return added.pop() if len(added) == 1 else None


def _along(form: Form, rules: Rules) -> Iterator[tuple[Factor, Codes, str, Others]]:
    """Each factor along which a form adds up: its categories, and what the form is without it."""
    unit, event, who = form.unit, form.event, form.who
    for name, codes in sorted(who, key=lambda each: str(each[0])):
        if (TIMES if isinstance(name, Times) else name) in rules.protected:
            yield name, codes, "who", (unit, event, who - {(name, codes)})
    if unit != "occasions" and event.on_day is None:
        return
    for name, codes in event.where:
        if name in rules.protected:
            where = tuple(each for each in event.where if each[0] != name)
            yield name, codes, "where", (unit, replace(event, where=where), who)
    if event.source == OCCASION and event.on_day is None and DAYS in rules.protected:
        days = frozenset(range(event.first, event.last + 1))
        yield DAYS, days, "time", (unit, replace(event, first=1, last=1), who)
