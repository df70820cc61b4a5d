"""States what has to be protected, as a problem for the search and the audit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from math import floor, inf

import duckdb

from missing_from_care.base.faults import DataFault
from missing_from_care.disclosure.figures import PICKED, Figure, in_words
from missing_from_care.disclosure.forms import (
    Event,
    Factor,
    Form,
    Times,
    bases,
    form_of,
    is_derived,
    is_maximum,
)
from missing_from_care.disclosure.relations import Terms, model_of
from missing_from_care.disclosure.rules import TIMES, Policy, Rules
from missing_from_care.disclosure.solver.problem import Need, Problem, Relation
from missing_from_care.disclosure.tables import Codes

DAYS = "time"
# Where a factor restricts a form, and the form without it: unit, event and who.
Others = tuple[str, tuple[str, Event, frozenset[tuple[Factor, Codes]]]]


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
        carried: figures that are no counts, which are withheld with what they are worked out from.
        policies: for each primary node the row of the policy that makes it so.
    """

    problem: Problem
    cells: Mapping[Node, int]
    values: Mapping[Node, float]
    carried: frozenset[Figure]
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


def state(
    known: Known,
    rules: Rules,
    warehouse: duckdb.DuckDBPyConnection,
    without: frozenset[str] = frozenset(),
) -> Statement:
    """States what has to be protected.

    Args:
        known: what is or was published.
        rules: measures, categories and policy.
        warehouse: an open connection with the facts.
        without: kinds of relations to leave out; to show what each is for.

    Raises:
        DataFault: a figure is not what the facts give.
        ProtectionFault: the questions cross too much.
    """
    return _Stating(known, rules, warehouse, without).statement()


class _Stating:
    def __init__(
        self,
        known: Known,
        rules: Rules,
        warehouse: duckdb.DuckDBPyConnection,
        without: frozenset[str],
    ) -> None:
        self.known, self.rules = known, rules
        self.derived = [
            each
            for each in known.figures
            if is_derived(each, rules) and not is_maximum(each, rules)
        ]
        figures = [each for each in known.figures if not is_derived(each, rules)]
        figures += [base for each in self.derived for base in bases(each, rules)]
        figures += _wholes(figures, known.printed, rules)
        figures += [
            replace(each, measure="children_missing")
            for each in figures
            if rules.measures[each.measure].unit == "occasions"
            and any(name == PICKED for name, _ in each.conditions)
        ]
        self.forms: dict[Figure, Form] = {
            each: form for each in figures if (form := form_of(each, rules))
        }
        # Of occasions of children picked by how often: these children.
        self.behind = {
            figure: replace(form, unit="children")
            for figure, form in self.forms.items()
            if form.unit == "occasions" and any(isinstance(name, Times) for name in form.children)
        }
        forms = [*self.forms.values(), *self.behind.values()]
        self.model = model_of(forms, rules, warehouse, without)
        self.without = without
        self.places: dict[Terms, int] = {}
        self.cells: dict[Node, int] = {}
        self.values: dict[Node, float] = {}

    def statement(self) -> Statement:
        model, known, rules = self.model, self.known, self.rules
        relations = [Relation(each.terms, each.low, each.high) for each in model.relations]
        for figure, form in self.forms.items():
            self._place(figure, model.sums[form], relations)
        groups = self._groups()
        rests = list(self._rests()) if "differences" not in self.without else []
        for rest, terms in rests + self._rests_of(groups):
            self._place(rest, terms, relations)
        self._check()
        given = {self.cells[node] for node in known.given_away if node in self.cells}
        shown = {self.cells[figure] for figure in known.shown if figure in self.cells} | given
        printed = {self.cells[each] for each in known.printed if each in self.cells}
        before = {self.cells[each] for each in known.withheld if each in self.cells} - shown
        policies = {
            node: policy
            for node, policy in {**groups, **self._small()}.items()
            if node in self.cells and self.cells[node] not in shown
        }
        primary = {self.cells[node] for node in policies}
        carried = self._add_derived(relations, primary | before, printed, shown)
        shown |= {self.cells[each] for each in self.derived if each in known.shown}
        seen = printed | shown | before | {self.cells[each] for each in self.derived}
        if not model.values:
            model.values.append(0)
        count = len(model.values)
        top = 4.0 * max(model.values, default=0) + 100
        lower, upper = [0.0] * count, [top] * count
        for figure, (low, high) in known.ranges.items():
            at = self.cells.get(figure)
            if at is not None and low <= model.values[at] <= high:
                lower[at], upper[at] = max(low, lower[at]), min(high, upper[at])
        needs: dict[int, Need] = {}
        for node, policy in policies.items():
            at = self.cells[node]
            width = max(policy.range_width, needs[at].width if at in needs else 0)
            needs[at] = Need(width=width)
        thresholds: list[tuple[int, int] | None] = [None] * count
        for node, at in self.cells.items():
            is_shown = isinstance(node, Figure) and at in seen and not is_derived(node, rules)
            if is_shown or node in policies:
                own = rules.interval(_measured(node))
                other = thresholds[at] or own
                thresholds[at] = min(own[0], other[0]), max(own[1], other[1])
        problem = Problem.of(
            [float(value) for value in model.values],
            [],
            primary,
            inequalities=relations,
            lower=lower,
            upper=upper,
            weights=self._weights(count),
            published=shown - primary,
            withheld_before=before,
            unpublished=[at for at in range(count) if at not in seen],
            threshold=thresholds,
            needs=needs,
        )
        return Statement(problem, self.cells, self.values, carried, policies)

    def _place(self, node: Node, terms: Terms, relations: list[Relation]) -> None:
        """Gives a node its number: one that is there, or a new one that is the sum."""
        terms = tuple(sorted(terms))
        value = sum(times * self.model.values[at] for at, times in terms)
        if not terms:
            return
        if len(terms) == 1 and terms[0][1] == 1.0:
            self.places.setdefault(terms, terms[0][0])
        if terms not in self.places:
            self.model.values.append(round(value))
            at = len(self.model.values) - 1
            self.places[terms] = at
            relations.append(Relation(((at, -1.0), *terms), 0.0, 0.0))
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

    def _add_derived(
        self, relations: list[Relation], hidden: Set[int], printed: Set[int], shown: Set[int]
    ) -> frozenset[Figure]:
        """Shares and averages: each tells of what it is worked out from while it is shown."""
        carried = []
        for figure in self.derived:
            rule = self.rules.derived[figure.measure]
            made_of = list(bases(figure, self.rules))
            value = self.known.printed.get(figure)
            before = figure in self.known.shown
            places = {self.cells[base] for base in made_of if base in self.cells}
            values = [self.values.get(base, 0) for base in made_of]
            # As SQL rounds: a half goes up.
            tenths = floor(10**rule.decimals * rule.scale * values[0] / (values[1] or inf) + 0.5)
            worth = tenths / 10**rule.decimals
            value = worth if value is None else value
            self.model.values.append(round(value * 10**rule.decimals))
            at = len(self.model.values) - 1
            self.cells[figure], self.values[figure] = at, value
            if figure in self.known.withheld or (not before and not hidden.isdisjoint(places)):
                carried.append(figure)
                continue
            if "shares" in self.without:
                continue
            half = 0.5 / 10**rule.decimals + 1e-9
            sums = [
                self.model.sums[self.forms[base]] if base in self.forms else () for base in made_of
            ]
            away = frozenset() if before else frozenset({at, *(places & printed - shown)})
            for edge, sign in ((value - half, 1.0), (value + half, -1.0)):
                terms: dict[int, float] = defaultdict(float)
                for place, times in sums[0]:
                    terms[place] += sign * rule.scale * times
                for place, times in sums[1]:
                    terms[place] -= sign * edge * times
                total = sum(times * self.model.values[place] for place, times in terms.items())
                if terms and total >= -1e-6 * max(1.0, values[1]):
                    relations.append(
                        Relation(tuple(terms.items()), -1e-6 * max(1.0, values[1]), inf, away)
                    )
        return frozenset(carried)

    # --- What is small --------------------------------------------------------------------------

    def _small(self) -> dict[Node, Policy]:
        found: dict[Node, Policy] = {}
        for node, value in self.values.items():
            policy = self.rules.policy(_measured(node))
            is_small = self.rules.is_small(_measured(node), value)
            if is_small or (node in self.behind and self._is_of_few(node)):
                found[node] = policy
        return found

    def _is_of_few(self, figure: Figure) -> bool:
        """Whether so many occasions of children picked by how often are those of a few children."""
        return self.rules.is_small("children_missing", self.model.value(self.behind[figure]))

    def _groups(self) -> dict[Node, Policy]:
        """What tells the same of everyone in a small group, and that nobody is left in it.

        And each 0 that tells it; but for those that a wider 0 tells, which nothing can hide.
        """
        found: dict[Node, Policy] = {}
        nobody: dict[Figure, Policy] = {}
        pairs: list[tuple[Figure, Figure, str, Policy]] = []
        largest = max(policy.group_size for policy in self.rules.policies.values())
        figures = [each for each in self.forms if each in self.cells]
        for whole in [each for each in figures if 1 <= self.values[each] <= largest]:
            parts = [
                (part, name, policy)
                for part in figures
                if self._is_within(part, whole)
                and (name := _difference(whole, part))
                and (policy := self._policy_of(name, whole, part))
                and self.values[whole] <= policy.group_size
            ]
            for part, name, policy in parts:
                if self.values[part] == 0 and policy.empty_group:
                    found[part] = policy
                if self.values[part] == self.values[whole] and policy.whole_group:
                    pairs.append((whole, part, name, policy))
                    if part.measure == whole.measure:
                        nobody |= {
                            other: policy
                            for other, by, _ in parts
                            if by == name and self.values[other] == 0
                        }
        zeros = {each for each in self.known.figures if self.values.get(each) == 0}
        for figure in sorted(nobody, key=lambda f: sum(self._is_within(f, g) for g in nobody)):
            if not any(self._is_within(figure, zero) for zero in zeros):
                zeros.discard(figure)
                found[figure] = nobody[figure]
        for whole, part, name, policy in pairs:
            if not self._is_told(whole, part, name, zeros):
                found |= {part: policy, Rest(whole, (part,)): policy}
        return found

    def _policy_of(self, name: str, whole: Figure, part: Figure) -> Policy | None:
        """The row for a difference: of the breakdown, or of a measure that counts the same.

        Children looked after who are unaccompanied are those of `uasc_children`, however asked.
        """
        rules = self.rules
        if name in rules.policies or not rules.measures[part.measure].is_care:
            return rules.policies.get(name)
        added = tuple(set(part.every_condition) - set(whole.every_condition))
        alike = (
            policy
            for measure, policy in rules.policies.items()
            if measure in rules.measures and rules.measures[measure].is_care
            if rules.measures[measure].conditions == added
        )
        return next(alike, None)

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

    def _rests_of(self, groups: Iterable[Node]) -> list[tuple[Rest, Terms]]:
        """That nobody of a small group is left without what the others share: not to be known."""
        rests = [each for each in groups if isinstance(each, Rest)]
        return [
            (rest, terms)
            for rest in rests
            if (terms := self._less(rest.whole, rest.parts)) is not None
        ]

    # --- Differences ----------------------------------------------------------------------------

    def _rests(self) -> Iterator[tuple[Rest, Terms]]:
        """What is left of a whole once parts are taken away along one factor."""
        if not self.known.printed:
            return
        families: dict[tuple[Factor, Others], dict[Codes, Figure]] = defaultdict(dict)
        everyone = {*self.known.printed, *self.known.shown, *self.known.withheld}
        for figure in sorted(everyone & self.forms.keys()):
            form = self.forms[figure]
            for name, codes, others in _along(form, self.rules):
                families[name, others].setdefault(codes, figure)
        done: set[tuple[Figure, tuple[Figure, ...]]] = set()
        for (name, others), family in families.items():
            whole = self._whole_of(name, others)
            members = dict(family) | ({whole[0]: whole[1]} if whole else {})
            for codes, figure in members.items():
                parts = [each for each in family if each < codes]
                for chosen in self._choices(parts):
                    left = codes.difference(*chosen)
                    taken = tuple(sorted(family[each] for each in chosen))
                    if not left or (figure, taken) in done:
                        continue
                    done.add((figure, taken))
                    terms = self._less(figure, taken)
                    if terms is not None:
                        yield Rest(figure, taken), terms

    def _whole_of(self, name: Factor, others: Others) -> tuple[Codes, Figure] | None:
        """The figure that does not restrict a factor that others do."""
        if name == DAYS:
            return None
        for figure, form in self.forms.items():
            if figure in self.cells and (form.unit, form.event, form.who) == others[1]:
                return self.rules.domain(TIMES if isinstance(name, Times) else name), figure
        return None

    def _choices(self, parts: list[Codes]) -> Iterator[tuple[Codes, ...]]:
        """Each part alone, and as many as do not overlap, the largest or the smallest first."""
        yield from ((part,) for part in parts)
        for sign in (1, -1):
            chosen: list[Codes] = []
            for part in sorted(parts, key=lambda each: (sign * len(each), min(map(str, each)))):
                if not any(part & other for other in chosen):
                    chosen.append(part)
            if len(chosen) > 1:
                yield tuple(chosen)

    def _less(self, whole: Figure, parts: Iterable[Figure]) -> Terms | None:
        """A whole less parts of it, as a sum; None where numbers do not add up so."""
        terms: dict[int, float] = defaultdict(float)
        for place, times in self.model.sums[self.forms[whole]]:
            terms[place] += times
        for part in parts:
            for place, times in self.model.sums[self.forms[part]]:
                terms[place] -= times
        left = tuple((place, times) for place, times in terms.items() if times)
        if sum(times * self.model.values[place] for place, times in left) < 0:
            return None
        return left

    def _weights(self, count: int) -> list[float]:
        """What is lost if a figure is withheld.

        The number itself does not count, or the choice could be run backwards from it.
        """
        weights = [1.0] * count
        for node, at in self.cells.items():
            if isinstance(node, Figure):
                weight = 1.0 if node.conditions or node.row else 2.0
                weight *= 3.0 if node in self.known.asked else 1.0
                weights[at] = max(weights[at], weight)
        return weights


def _wholes(
    figures: Iterable[Figure], printed: Mapping[Figure, float], rules: Rules
) -> list[Figure]:
    """The totals of rows that may be small groups, printed or not: readers can add up."""
    largest = max(policy.group_size for policy in rules.policies.values())
    found: dict[Figure, bool] = {}
    for figure in figures:
        for each in figure.every_condition:
            if each[0] == PICKED:
                continue
            whole = replace(
                figure,
                conditions=tuple(other for other in figure.conditions if other != each),
                row=tuple(other for other in figure.row if other != each),
            )
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


def _along(form: Form, rules: Rules) -> Iterator[tuple[Factor, Codes, Others]]:
    """Each factor along which a form adds up, with its categories, and what the form is without."""
    adds_up = form.unit == "occasions" or form.event.on_day is not None
    for name, codes in sorted(form.who, key=lambda each: str(each[0])):
        factor = TIMES if isinstance(name, Times) else name
        if factor in rules.protected:
            rest = form.who - {(name, codes)}
            yield name, codes, ("who", (form.unit, form.event, rest))
    if not adds_up:
        return
    for name, codes in form.event.where:
        if name in rules.protected:
            where = tuple(each for each in form.event.where if each[0] != name)
            event = replace(form.event, where=where)
            yield name, codes, ("where", (form.unit, event, form.who))
    if form.event.source == "occasion" and form.event.on_day is None and DAYS in rules.protected:
        event = replace(form.event, first=1, last=1)
        days = frozenset(range(form.event.first, form.event.last + 1))
        yield DAYS, days, ("time", (form.unit, event, form.who))
