"""How long search and audit take on random tables of several sizes, and how good the search is.

Run it with `python benchmarks/protection.py` and, for one kind, `--only council`. Seconds are of
this machine's processor; costs are the same everywhere. With `--database` it judges a request
instead; without a reference, one for some 640 figures: every measure by four breakdowns crossed
with sex, in one year.
"""

import csv
import itertools
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from missing_from_care.base.command_line import out, run
from missing_from_care.base.warehouse import open_warehouse
from missing_from_care.disclosure.gate import judge
from missing_from_care.disclosure.rules import read_rules
from missing_from_care.disclosure.solver.audit import audit
from missing_from_care.disclosure.solver.problem import Problem, Relation
from missing_from_care.disclosure.solver.search import protect
from missing_from_care.response.asking import TRY_OUT, Question, ask
from missing_from_care.response.reading import read_response

RULES = Path(__file__).resolve().parents[1] / "seeds" / "rules"

CASES = [
    ("2-D", (10, 10)),
    ("2-D", (16, 16)),
    ("2-D", (20, 25)),
    ("2-D", (24, 25)),
    ("3-D", (4, 4, 4)),
    ("3-D", (5, 5, 7)),
]

# Years, ages, placements and the share of figures printed: about 240, 600 and 1,500 figures.
COUNCILS = [(4, 4, 6, 0.8), (8, 6, 10, 0.85), (12, 11, 12, 1.0)]

# Which of year, sex, age and placement a printed table has.
TABLES = [
    *[(0, 0, 0, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1), (1, 1, 0, 0)],
    *[(1, 0, 1, 0), (1, 0, 0, 1), (0, 1, 1, 0), (0, 1, 0, 1), (0, 0, 1, 1), (1, 1, 1, 0)],
]


def counts(chance: random.Random) -> int:
    """A fifth zeros, a seventh within the threshold, the rest to 60: tables of one authority."""
    part = chance.random()
    return 0 if part < 0.2 else chance.randint(1, 4) if part < 0.35 else chance.randint(5, 60)


def large(chance: random.Random) -> int:
    """Few cells within the threshold, the rest to 500: the tables of the literature."""
    return chance.randint(1, 4) if chance.random() < 0.07 else chance.randint(5, 500)


def table(shape: tuple[int, ...], draw: Callable[[random.Random], int], seed: int) -> Problem:
    """A random table.

    Args:
        shape: cells along each axis, the total included.
        draw: draws an inner cell.
        seed: the same seed gives the same table.
    """
    chance = random.Random(seed)
    index = {at: number for number, at in enumerate(itertools.product(*map(range, shape)))}
    values = {at: draw(chance) for at in itertools.product(*(range(size - 1) for size in shape))}
    equations = []
    for axis, size in enumerate(shape):
        for at in [at for at in values if at[axis] == 0]:
            line = [(*at[:axis], step, *at[axis + 1 :]) for step in range(size)]
            values[line[-1]] = sum(values[part] for part in line[:-1])
    for axis, size in enumerate(shape):
        for at in [at for at in index if at[axis] == 0]:
            line = [index[(*at[:axis], step, *at[axis + 1 :])] for step in range(size)]
            equations.append(Relation((*((cell, 1) for cell in line[:-1]), (line[-1], -1)), 0, 0))
    cells = [values[at] for at in index]
    primary = [cell for cell, value in enumerate(cells) if 1 <= value <= 4]
    return Problem(cells, equations, frozenset(primary), thresholds=[(1, 4)] * len(cells))


def council(years: int, ages: int, places: int, share: float, seed: int) -> Problem:
    """Linked tables of occasions and of children by year, sex, age and placement, as one response.

    Each printed figure is a sum of counts that nobody prints. Children are counted once, so that
    for them only bounds hold across years and placements.

    Args:
        years, ages, places: how many there are of each.
        share: of the figures that could be printed.
        seed: the same seed gives the same children.
    """
    chance = random.Random(seed)
    people, every = list(itertools.product("FM", range(ages))), (None,)
    odds = [chance.random() ** 2 + 0.02 for _ in people]
    spots = [chance.random() ** 2 + 0.01 for _ in range(places)]
    all_years, all_places = (*range(years), None), (*range(places), None)
    counts = {
        ("occasions", *at): 0 for at in itertools.product(range(years), people, range(places))
    }
    seen = {at: set() for at in itertools.product(all_years, people, all_places)}
    for child in range(30 * years):
        who = chance.choices(people, odds)[0]
        for year in [year for year in range(years) if chance.random() < 0.4]:
            for _ in range(min(30, 1 + int(chance.expovariate(0.25)))):
                place = chance.choices(range(places), spots)[0]
                counts["occasions", year, who, place] += 1
                for at in itertools.product((year, None), (place, None)):
                    seen[at[0], who, at[1]].add(child)
    counts |= {("children", *at): len(found) for at, found in seen.items()}
    index, values = {at: number for number, at in enumerate(counts)}, list(counts.values())

    def at_most(part: tuple, *whole: tuple) -> Relation:
        return Relation(((index[part], -1), *((index[at], 1) for at in whole)), 0, float("inf"))

    bounds = []
    for year, who, place in seen:
        part = ("children", year, who, place)
        if None not in (year, place):
            bounds.append(at_most(part, ("occasions", year, who, place)))
        if place is None:
            bounds.append(at_most(part, *(("children", year, who, at) for at in range(places))))
        else:
            bounds.append(at_most(part, ("children", year, who, None)))
        if year is None:
            bounds.append(at_most(part, *(("children", at, who, place) for at in range(years))))
        else:
            bounds.append(at_most(part, ("children", None, who, place)))
    sums = []
    for kind, kept in itertools.product(("occasions", "children"), TABLES):
        axes = (range(years), "FM", range(ages), range(places))
        for at in itertools.product(
            *(axis if k else every for axis, k in zip(axes, kept, strict=True))
        ):
            if sum(kept) > 1 and chance.random() > share:
                continue
            year, sex, age, place = at
            parts = itertools.product(
                range(years) if kind == "occasions" and year is None else (year,),
                [who for who in people if sex in (None, who[0]) and age in (None, who[1])],
                range(places) if kind == "occasions" and place is None else (place,),
            )
            cells = [index[kind, *part] for part in parts]
            sums.append(Relation((*((cell, 1) for cell in cells), (len(values), -1)), 0, 0))
            values.append(sum(values[cell] for cell in cells))
    return Problem(
        values,
        [*sums, *bounds],
        {cell for cell in range(len(counts), len(values)) if 1 <= values[cell] <= 4},
        weights=[1 + value for value in values],
        unpublished=frozenset(range(len(counts))),
        thresholds=[None] * len(counts) + [(1, 4)] * (len(values) - len(counts)),
    )


def wide_request(year: str = "2017/18") -> Iterator[Question]:
    """Every measure by sex, age band and whether seeking asylum, of all children and of boys."""
    with (RULES / "measures.csv").open(encoding="utf-8", newline="") as file:
        measures = [row["measure"] for row in csv.DictReader(file)]
    for measure, of in itertools.product(measures, ("all", "sex:male")):
        for by in ("none", "sex", "age_band", "uasc"):
            if not of.startswith(by):
                yield Question(measure, by, of, "financial_year", year, year)


def judging(database: Path, request: str | None) -> dict[str, float]:
    """Judges a request as an export would: seconds, processor seconds, figures and those withheld.

    Args:
        database: the DuckDB file.
        request: its reference; None for `wide_request`.
    """
    asked = open_warehouse(database) if request else ask(database, *wide_request())
    with asked as warehouse:
        response = read_response(warehouse, request or TRY_OUT)
        rules = read_rules(warehouse, response.dated if request else date.today())
        start, busy = time.perf_counter(), time.process_time()
        verdict = judge(response, rules, warehouse, seed=bytes(32))
    return {
        "figures": len(verdict.printed),
        "seconds": time.perf_counter() - start,
        "busy": time.process_time() - busy,
        "withheld": len(verdict.withheld),
    }


def main(
    only: Annotated[
        str | None, typer.Option(help="Only the cases of this kind: 2-D, 3-D or council.")
    ] = None,
    seeds: Annotated[int, typer.Option(help="Tables of each kind.")] = 2,
    database: Annotated[Path | None, typer.Option(help="Judge a request of it instead.")] = None,
    request: Annotated[
        str | None, typer.Option(help="Which request; one for some 640 figures if left out.")
    ] = None,
) -> None:
    """Prints a table: sizes, processor seconds and the cost found."""
    if database:
        print(json.dumps(judging(database, request)))
        return
    out.print("kind     printed  others  primary  secondary  search s  audit s    cost safe")
    cases = [
        (kind, lambda seed, shape=shape, draw=draw: table(shape, draw, seed))
        for (kind, shape), draw in itertools.product(CASES, (counts, large))
    ] + [("council", lambda seed, size=size: council(*size, seed)) for size in COUNCILS]
    for kind, make in cases:
        if only not in (None, kind):
            continue
        for seed in range(seeds):
            problem = make(seed)
            start = time.process_time()
            pattern = protect(problem)
            found = time.process_time()
            attacked = audit(problem, pattern.suppressed)
            done = time.process_time()
            others = len(problem.unpublished)
            out.print(
                f"{kind:8} {len(problem.values) - others:7} {others:7} {len(problem.primary):8} "
                f"{len(pattern.secondary):10} {found - start:9.2f} {done - found:8.2f} "
                f"{pattern.cost:7} {attacked.safe}"
            )


if __name__ == "__main__":
    run(main)
