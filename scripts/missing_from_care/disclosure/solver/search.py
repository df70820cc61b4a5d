"""Chooses the cells to withhold besides the primary ones, so that as little as possible is lost.

The method is that of M. Fischetti and J. J. Salazar, Management Science 47(7), 2001: solve for the
cheapest choice that meets the inequalities known so far, attack it, turn each success of the
attack into a new inequality, and repeat until none succeeds.
"""

import hmac
from dataclasses import dataclass
from math import ceil

import numpy as np

from missing_from_care.disclosure.solver.attack import Attack
from missing_from_care.disclosure.solver.cover import cover, one_way, without_waste
from missing_from_care.disclosure.solver.cuts import cuts_from, one_more_of
from missing_from_care.disclosure.solver.master import Choice, Master
from missing_from_care.disclosure.solver.problem import Problem
from missing_from_care.disclosure.solver.space import Space, space_of
from missing_from_care.faults import ProtectionFault

SPREAD = 1.0  # by how much of itself a seed may raise what it costs to withhold a cell
UNASKED = 0.15  # how often a protected cell gets cover whether it needs it or not


class Unprotectable(ProtectionFault):
    """Nothing that may be withheld protects a cell.

    Args:
        cell: its index.
    """

    def __init__(self, cell: int) -> None:
        super().__init__(
            f"Cell {cell} cannot be protected: it can be worked out too closely even if every cell "
            "that may be withheld is. Publish less: join groups or leave a table out."
        )
        self.cell = cell


@dataclass(frozen=True)
class Effort:
    """How hard to try, in steps and not in seconds, so that the answer is always the same.

    Attributes:
        relaxed_rounds: rounds of inequalities before whole choices are asked for.
        whole_work: simplex iterations spent on whole choices; 0 leaves it at the heuristic.
        nodes: branches tried for each whole choice.
        work: questions asked about single cells before the heuristic stops improving.
        large_work: the same for a large problem.
    """

    relaxed_rounds: int = 60
    whole_work: int = 1500
    nodes: int = 50
    work: int = 2000
    large_work: int = 1000


@dataclass(frozen=True)
class Pattern:
    """Which cells to withhold.

    Attributes:
        suppressed: primary and secondary cells, in order.
        secondary: those that only serve as cover.
        cost: the sum of the weights of `suppressed`.
        lower_bound: no safe choice costs less than this.
        is_optimal: whether this choice is proved to be a cheapest one.
    """

    suppressed: tuple[int, ...]
    secondary: tuple[int, ...]
    cost: float
    lower_bound: float
    is_optimal: bool


def protect(
    problem: Problem,
    seed: bytes | None = None,
    *,
    effort: Effort | None = None,
    seconds: float = 300,
) -> Pattern:
    """The cheapest safe choice of cells to withhold, or a good one where that takes too long.

    Safe against the best-informed reader, who knows the threshold and which cells are primary.

    Args:
        problem: what to protect.
        seed: a secret. With it weights are raised (by up to `SPREAD`), and some protected cells
            (`UNASKED`) get cover whether they need it or not. Else a reader who knows that nothing
            is withheld without need could rule out each table in which less would do. The same
            seed makes the same choice on every machine.
        effort: how hard to try.
        seconds: of processor time, after which it gives up.

    Raises:
        Unprotectable: nothing that may be withheld protects every primary cell.
        ProtectionFault: there was not time enough to find out.
    """
    return _Search(problem, seed, effort or Effort(), seconds).run()


class _Search:
    def __init__(
        self, problem: Problem, seed: bytes | None, effort: Effort, seconds: float
    ) -> None:
        self.problem, self.seed, self.effort = problem, seed, effort
        self.space: Space = space_of(problem)
        self.attack = Attack(problem, self.space, seconds)
        self.price = _prices(self.space, seed)
        self.unasked = self._unasked()
        self.price[sorted(self.unasked)] = 0.0
        self.master = Master(self.space, self.price)
        self.best: set[int] | None = None
        self.bound = 0.0

    def run(self) -> Pattern:
        self._choose()
        self.best |= self.unasked
        return self._pattern()

    def _unasked(self) -> set[int]:
        """Cover that is withheld before anything is chosen, and costs nothing from then on.

        Here every cell is as good as another, or a reader could rule out what is dear.
        """
        found: set[int] = set()
        for cell in self.attack.needs if self.seed is not None else ():
            share = _share(self.seed, "unasked", cell)
            if share < UNASKED:
                price = np.full(len(self.price), np.inf)
                for at in range(self.space.cells):
                    price[at] = _share(self.seed, "way", cell, at)
                found |= one_way(self.attack, cell, 1 if share < UNASKED / 2 else -1, price)
        return found

    def _choose(self) -> None:
        if self.attack.is_large and self._improve(set(), self.price):
            self._exchange()
            return
        everything = self.space.openness(set(self.problem.cover_cells))
        for cell in self.attack.needs:
            if not self.attack.has_room(cell, everything):
                raise Unprotectable(cell)
        self._search()
        if not self._is_proved():
            self._exchange()

    def _search(self) -> None:
        relaxed = self._relax()
        self._improve(set(), self.price * (1.0 - relaxed.open_) + 1e-6)
        if not self._is_proved():
            self._improve(set(), self.price)
        if not self._is_proved():
            self._whole_choices(relaxed)

    def _is_proved(self) -> bool:
        return self.best is not None and self.bound > self._cost(self.best) - self._step()

    def _step(self) -> float:
        """How much cheaper a cheaper choice is at least, as far as the tie-break lets it count."""
        weights = self.space.weight[self.space.choice]
        if self.seed is not None:
            return 1e-4
        return 1.0 - 1e-3 if (weights % 1 == 0).all() else 1e-4

    def _cost(self, cells: set[int]) -> float:
        return float(self.price[sorted(cells)].sum())

    def _improve(self, start: set[int], price: np.ndarray) -> bool:
        found = cover(self.attack, start, price)
        if found is not None:
            found = without_waste(self.attack, found, self.price)
        if found is None or not self._is_better(found):
            return False
        self.best = found
        return True

    def _is_better(self, found: set[int]) -> bool:
        return self.best is None or self._cost(found) < self._cost(self.best) - 1e-9

    def _is_tired(self) -> bool:
        most = self.effort.large_work if self.attack.is_large else self.effort.work
        return self.attack.work > most

    def _exchange(self) -> None:
        """Tries to do without one withheld cell after another, the dearest first."""
        improved = True
        while improved and not self._is_proved():
            improved = False
            for cell in sorted(self.best, key=lambda column: (-self.price[column], column)):
                without = self.price.copy()
                without[cell] = np.inf
                if self._is_tired():
                    return
                if self._improve(self.best - {cell}, without):
                    improved = True
                    break

    def _relax(self) -> Choice:
        choice = self.master.relaxed()
        for _ in range(self.effort.relaxed_rounds):
            if not self._separate(choice.open_):
                break
            choice = self.master.relaxed()
            self.bound = max(self.bound, choice.bound)
        return choice

    def _separate(self, open_: np.ndarray) -> int:
        """Adds the inequalities that an openness misses; how many were new."""
        added = 0
        for cell, need in self.attack.needs.items():
            room = self.attack.room(cell, open_, enough=max(need.width, need.above, need.below))
            for cut in cuts_from(self.space, cell, need, room):
                if cut.shortfall(open_) > 1e-4:
                    added += self.master.add(cut)
        return added

    def _whole_choices(self, relaxed: Choice) -> None:
        work = 0
        while work < self.effort.whole_work and not self._is_tired():
            ceiling = self._cost(self.best)
            gap = ceiling - relaxed.bound
            fixed = {
                int(c): int(relaxed.extra[c] < 0)
                for c in self.master.columns
                if abs(relaxed.extra[c]) > gap and c < self.space.cells
            }
            choice = self.master.whole(fixed, ceiling, self.effort.nodes)
            work += max(20, choice.work) if choice else 0
            if choice is None:
                self.bound = ceiling
                return
            self.bound = max(self.bound, min(choice.bound, ceiling))
            if self._is_proved() or not choice.is_solved:
                return
            chosen = {cell for cell in self.problem.cover_cells if choice.open_[cell] > 0.5}
            if self.attack.is_safe(chosen):
                self.best = chosen if self._is_better(chosen) else self.best
                self.bound = self._cost(self.best)
                return
            if not self._separate(choice.open_) and not self._forbid(chosen):
                return
            self._improve(chosen, self.price)
            if self._is_proved():
                return

    def _forbid(self, chosen: set[int]) -> bool:
        """Adds an inequality against a choice that fails in whole numbers only."""
        open_ = self.space.openness(chosen)
        for cell in self.attack.needs:
            if self.attack.has_room(cell, open_):
                continue
            failing = set(chosen)
            for other in sorted(set(self.problem.cover_cells) - failing):
                if not self.attack.has_room(cell, self.space.openness(failing | {other})):
                    failing.add(other)
            return self.master.add(one_more_of(sorted(set(self.problem.cover_cells) - failing)))
        return False

    def _pattern(self) -> Pattern:
        suppressed = self.problem.withheld_with(self.best)
        cost = self.problem.cost(suppressed)
        unavoidable = self.problem.cost(self.problem.withheld_with(()))
        bound = self.bound - 1e-3
        if self._step() > 0.5:
            bound = ceil(bound)
        if self.seed is not None:
            bound /= 1.0 + SPREAD
        is_optimal = self._is_proved() and (self.seed is None or not self.best)
        return Pattern(
            suppressed=suppressed,
            secondary=tuple(sorted(self.best)),
            cost=cost,
            lower_bound=cost if is_optimal else min(cost, unavoidable + max(0.0, bound)),
            is_optimal=is_optimal,
        )


def _prices(space: Space, seed: bytes | None) -> np.ndarray:
    """The weight of each column and a little more, so that of two equal choices the one with fewer
    cells is cheaper, then the one with earlier cells. All of it together is less than 1 unit.
    With a seed each weight is raised by a share of its own first, up to `SPREAD`.
    """
    count = max(1, int(space.choice[: space.cells].sum()))
    order = np.arange(len(space.weight)) / len(space.weight)
    little = (1.0 + order / count) * 1e-3 / (2.0 * count)
    little[space.cells :] = 0.0
    weight = space.weight.copy()
    if seed is not None:
        weight[: space.cells] *= [
            1.0 + SPREAD * _share(seed, "price", at) for at in range(space.cells)
        ]
    return np.where(space.choice, weight + little, 0.0)


def _share(seed: bytes, what: str, *cells: int) -> float:
    """A number from 0 up to 1 that nobody can foretell who does not know the seed."""
    digest = hmac.digest(seed, " ".join([what, *map(str, cells)]).encode(), "sha256")
    return int.from_bytes(digest[:6]) / 2**48
