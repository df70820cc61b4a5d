"""Attacks published responses: the least and the most that each protected number can be.

A world is how many children there are of each kind, a kind being what all figures see of one child.
Another world that gives the same figures shows that a number is protected; that there is none is
proved by linear programming over all kinds, of which only those that matter are ever written down.

`ortools` and `highspy` each bring a library of one name, so this is never loaded where the program
is: `attacker` starts it in processes of its own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from random import Random

from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

from published_figures import (
    UNLIMITED,
    Contradiction,
    Count,
    Fact,
    Finding,
    Form,
    Puzzle,
    Target,
    TooManyKinds,
)
from single_children import SingleChild

# Rounds of pricing for one attack, and all its searches of other worlds in efforts of one.
MOST_ROUNDS = 1500
MOST_EFFORTS = 20
# Children of any kind in each group, in one search after the other.
FREE = (0, 1, 3)
# More than there are of any kind; so that every sum has a bound.
MOST_CHILDREN = 100_000


class GivenUp(Exception):
    """The attacker tried long enough."""


# What figures see of one child, and how many there are of each kind.
Kind = tuple[int, ...]
World = Counter[Kind]
# A sum of counts: the place of each and how often it is taken.
Sum = list[tuple[int, int]]


def dot(terms: Sum, seen: Sequence[int]) -> int:
    """What a sum of counts comes to."""
    return sum(times * seen[place] for place, times in terms)


class Worlds:
    """All worlds that give the published figures.

    Args:
        asked: what was published.
        child: what the figures see of one child.
        kinds: kinds of children to begin with.
        effort: for each search of another world, as CP-SAT counts it (about seconds).
    """

    def __init__(
        self, asked: Puzzle, child: SingleChild, kinds: Iterable[Kind], effort: float
    ) -> None:
        self.child, self.effort = child, effort
        self.rounds, self.left = MOST_ROUNDS, MOST_EFFORTS * effort
        self.rows = self._rows(asked.facts)
        self.kinds: dict[Kind, pywraplp.Variable] = {}
        # Worlds of whole children: what each count comes to, and how many there are of each kind.
        self.found: list[tuple[list[int], World]] = []
        self.lp = pywraplp.Solver.CreateSolver("GLOP")
        self.constraints = [
            self.lp.Constraint(
                -self.lp.infinity() if low <= -UNLIMITED else low,
                self.lp.infinity() if high >= UNLIMITED else high,
            )
            for _, low, high in self.rows
        ]
        # What a row lacks, and has too much: only until a first world is found.
        self.slack = []
        for constraint, sign in product(self.constraints, (1, -1)):
            self.slack.append(self.lp.NumVar(0, self.lp.infinity(), ""))
            constraint.SetCoefficient(self.slack[-1], sign)
        for kind in kinds:
            self.add(kind)
        if self._solve([], 1.0, 1e-7) > 1e-6:
            raise Contradiction
        for each in self.slack:
            each.SetBounds(0, 0)

    def _rows(self, facts: Iterable[Fact]) -> list[tuple[Sum, int, int]]:
        merged: dict[tuple, tuple[int, int]] = {}
        for fact in facts:
            form = tuple(self.form(fact.form))
            low, high = merged.get(form, (-UNLIMITED, UNLIMITED))
            merged[form] = (max(low, fact.low), min(high, fact.high))
            if merged[form][0] > merged[form][1]:
                raise Contradiction
        return [(list(form), low, high) for form, (low, high) in merged.items()]

    def form(self, form: Form) -> Sum:
        """A sum of counts by their places."""
        return [(self.child.place[count], times) for count, times in form if times]

    def add(self, kind: Kind) -> bool:
        """Adds a kind of children; says whether it is new."""
        if kind in self.kinds or not any(kind):
            return False
        self.kinds[kind] = column = self.lp.NumVar(0, MOST_CHILDREN, "")
        for constraint, (row, _, _) in zip(self.constraints, self.rows, strict=True):
            if seen := dot(row, kind):
                constraint.SetCoefficient(column, seen)
        return True

    def least(self, form: Sum, enough: float | None = None) -> float:
        """The least that a sum can be in worlds with parts of children.

        Args:
            form: of each count.
            enough: stop as soon as it can be so little.
        """
        return self._solve(form, 0.0, enough)

    def _solve(self, form: Sum, slack_cost: float, enough: float | None) -> float:
        """Minimises over all kinds: those that would make it less are added until there is none."""
        aim = self.lp.Objective()
        aim.Clear()
        aim.SetMinimization()
        for each in self.slack:
            aim.SetCoefficient(each, slack_cost)
        for kind, column in self.kinds.items():
            aim.SetCoefficient(column, dot(form, kind))
        while True:
            self.rounds -= 1
            if self.rounds < 0:
                raise GivenUp
            status = self.lp.Solve()
            if status != pywraplp.Solver.OPTIMAL:
                raise GivenUp
            value = aim.Value()
            if enough is not None and value <= enough + 1e-9:
                return value
            prices = [0.0] * len(self.child.counts)
            for place, times in form:
                prices[place] += times
            for constraint, (row, _, _) in zip(self.constraints, self.rows, strict=True):
                if dual := constraint.dual_value():
                    for place, times in row:
                        prices[place] -= times * dual
            new = [kind for kind in self.cheapest(prices) if self.add(kind)]
            if not new:
                return value
            for kind in new:
                aim.SetCoefficient(self.kinds[kind], dot(form, kind))

    def cheapest(self, prices: list[float]) -> list[Kind]:
        """For each group, the kind of least price, if that is below nothing."""
        found = []
        scaled = [round(price * 10**6) for price in prices]
        for number in range(len(self.child.groups)):
            model, values = self.child.model(number)
            terms = [
                price * value
                for price, value in zip(scaled, values, strict=True)
                if price and not isinstance(value, int)
            ]
            if not terms:
                continue
            model.clear_objective()
            model.minimize(sum(terms))
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.max_time_in_seconds = 20
            status = solver.solve(model)
            if status != cp_model.OPTIMAL:
                raise GivenUp
            if solver.objective_value < -10:
                found.append(tuple(int(solver.value(value)) for value in values))
        return found

    def keep(self, world: World) -> None:
        """Keeps a world of whole children that gives the published figures."""
        for kind in world:
            self.add(kind)
        columns = zip(*([number * n for n in kind] for kind, number in world.items()), strict=True)
        seen = [sum(column) for column in columns] or [0] * len(self.child.counts)
        if all(low <= dot(row, seen) <= high for row, low, high in self.rows):
            self.found.append((seen, world))

    def values(self, form: Sum) -> list[int]:
        """What a sum comes to in each of the worlds found."""
        return [dot(form, seen) for seen, _ in self.found]

    def search(self, form: Sum, enough: int) -> None:
        """Looks for a world of whole children in which a sum is less, at best so little.

        First of the kinds known; then with some children more, who can be of any kind.
        """
        for free in FREE:
            if min(self.values(form), default=enough + 1) > enough:
                self._search(form, enough, free)

    def bound(self, form: Sum, enough: int) -> int:
        """The least that is proved of a sum, unless it can be so little.

        If it seems that it can be, a world is looked for in which it is.
        """
        try:
            least = round_up(self.least(form, enough))
        except GivenUp:
            least = -UNLIMITED
        if least > enough:
            return least
        self.search(form, enough)
        return -UNLIMITED

    def _search(self, form: Sum, enough: int, free: int) -> None:
        model = cp_model.CpModel()
        seen, near = min(self.found, key=lambda each: dot(form, each[0]), default=([], {}))
        numbers = {kind: model.new_int_var(0, MOST_CHILDREN, "") for kind in self.kinds}
        for kind, number in numbers.items():
            model.add_hint(number, near.get(kind, 0))
        anyone = [
            self.child.add_child(model, group) for group in self.child.groups for _ in range(free)
        ]

        def total(row: Sum) -> cp_model.LinearExpr:
            terms = [n * number for kind, number in numbers.items() if (n := dot(row, kind))]
            return sum(terms + [n * values[place] for values in anyone for place, n in row])

        for row, low, high in self.rows:
            model.add_linear_constraint(total(row), low, high)
        if near:
            aim = model.new_int_var(enough, dot(form, seen), "")
            model.add(aim >= total(form))
            model.minimize(aim)
        else:
            model.add(total(form) <= enough)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_deterministic_time = min(self.effort, max(self.left, 0.05))
        status = solver.solve(model)
        self.left -= solver.response_proto.deterministic_time
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            world = Counter({kind: solver.value(number) for kind, number in numbers.items()})
            world.update(tuple(int(solver.value(value)) for value in each) for each in anyone)
            self.keep(+world)


def attack(
    asked: Puzzle,
    there: Callable[[list[Count]], list[World]] | None = None,
    effort: float = 2.0,
) -> list[Finding]:
    """What a reader can find out.

    Args:
        asked: what was published, and what must not follow.
        there: gives the kinds of children that there are, and how many of each, in each world that
            was published of. Another world is looked for from these on; no leak is proved by them.
        effort: for each search of another world, as CP-SAT counts it (about seconds).

    Raises:
        Contradiction: no world gives all the figures, as after a revision.
        TooManyKinds: the figures tell too much apart.
    """
    if not asked.targets:
        return []
    child = SingleChild(asked.counts(), most_occasions(asked))
    findings = [Finding(each, "undecided", 0, UNLIMITED) for each in asked.targets]
    try:
        worlds = Worlds(asked, child, child.simple_kinds(Random(1)), effort)
    except GivenUp:
        return findings
    for world in there(child.counts) if there else ():
        worlds.keep(world)
    for at, each in enumerate(asked.targets):
        findings[at] = judge(each, worlds)
    return findings


def impossible(asked: Puzzle, there: Callable[[list[Count]], list[World]]) -> list[str]:
    """What the attacker believes that is not so: facts that do not hold, children that cannot be.

    Args:
        asked: what was published.
        there: gives the kinds of children that there are in each world, and how many of each.
    """
    counts = asked.counts()
    if not counts:
        return []
    try:
        child = SingleChild(counts, most_occasions(asked))
    except TooManyKinds:
        return []
    worlds = there(child.counts)
    wrong = []
    for fact in asked.facts:
        totals = [
            sum(
                times * number * kind[child.place[count]]
                for count, times in fact.form
                for kind, number in world.items()
            )
            for world in worlds
        ]
        if not any(fact.low <= total <= fact.high for total in totals):
            wrong.append(f"{fact}: {totals}")
    for kind in {kind for world in worlds for kind in world}:
        if not any(is_possible(child, group, kind) for group in child.groups):
            seen = [f"{c.named()}: {n}" for c, n in zip(child.counts, kind, strict=True) if n]
            wrong.append(f"A child who is in {seen}, and in nothing else")
    return wrong


def is_possible(child: SingleChild, group: dict[str, str], kind: Kind) -> bool:
    """Whether a child of a group can be of a kind."""
    model = cp_model.CpModel()
    for value, number in zip(child.add_child(model, group), kind, strict=True):
        if isinstance(value, int):
            if value != number:
                return False
        else:
            model.add(value == number)
    return cp_model.CpSolver().solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def most_occasions(asked: Puzzle) -> int:
    """More occasions than any published figure leaves one child room for."""
    occasions = [
        fact.high
        for fact in asked.facts
        if fact.high < UNLIMITED and not fact.form[0][0].is_of_care and len(fact.form) == 1
    ]
    has_bands = any(count.bands for count in asked.counts())
    return max([*occasions, 110 if has_bands else 12]) + 1


def judge(each: Target, worlds: Worlds) -> Finding:
    """What can be found out of one target; worlds found on the way serve the next."""
    if each.reason == "longest":
        return judge_longest(each, worlds)
    form = worlds.form(each.form)
    if not worlds.found:
        worlds.search(form, UNLIMITED)
    known = worlds.values(form)
    if any(n + each.width <= each.lowest or n - each.width >= each.highest for n in known):
        # If too narrow a range follows, this number is in it, and no small one.
        return Finding(each, "idle", min(known), max(known))
    ends = []
    for sign in (1, -1):
        signed = [(place, sign * times) for place, times in form]
        seen = worlds.values(signed)
        if seen and max(seen) - min(seen) >= each.width:
            break
        ends.append(worlds.bound(signed, max(seen) - each.width if seen else -UNLIMITED))
    else:
        low, high = ends[0], -ends[1]
        if high - low < each.width:
            is_small = low <= each.highest and high >= each.lowest
            return Finding(each, "leak" if is_small else "idle", low, high)
        # Neither end is so far away, but the ends are from each other.
        worlds.search(form, low)
        negative = [(place, -times) for place, times in form]
        worlds.search(negative, -min(worlds.values(form), default=0) - each.width)
    seen = worlds.values(form)
    is_seen = bool(seen) and max(seen) - min(seen) >= each.width
    verdict = "protected" if is_seen else "undecided"
    return Finding(each, verdict, min(seen, default=0), max(seen, default=UNLIMITED))


def judge_longest(each: Target, worlds: Worlds) -> Finding:
    """Whether the longest duration must be one that is shown elsewhere."""
    (longer, _), (as_long, _) = each.form
    proved = 0
    for count, sign, enough in ((longer, -1, -1), (as_long, 1, 0)):
        form = worlds.form(((count, sign),))
        proved += worlds.bound(form, enough) > enough
        if min(worlds.values(form), default=enough + 1) <= enough:
            return Finding(each, "protected", 0, 0)
    return Finding(each, "leak" if proved == 2 else "undecided", 0, 0)


def round_up(value: float) -> int:
    """The least whole number that is not below, a rounding error apart."""
    return int(-((-value + 1e-6) // 1))
