"""How long search and audit take on random tables of several sizes, and how good the search is.

Run it with `python benchmarks/protection.py` and, for one case, `--only 3-D`. Seconds are of this
machine; costs and bounds are the same everywhere. With `--database` it judges a request instead.
"""

import itertools
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from missing_from_care.command_line import out, run
from missing_from_care.disclosure.counting import counting
from missing_from_care.disclosure.gate import judge
from missing_from_care.disclosure.rule_seeds import read_rules
from missing_from_care.disclosure.solver.audit import audit
from missing_from_care.disclosure.solver.problem import Problem
from missing_from_care.disclosure.solver.search import protect
from missing_from_care.response.reading import read_response
from missing_from_care.warehouse import open_warehouse

CASES = [
    ("2-D", (10, 10)),
    ("2-D", (16, 16)),
    ("2-D", (20, 25)),
    ("2-D", (24, 25)),
    ("3-D", (4, 4, 4)),
    ("3-D", (5, 5, 7)),
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
            equations.append([*((cell, 1) for cell in line[:-1]), (line[-1], -1)])
    cells = [values[at] for at in index]
    primary = [cell for cell, value in enumerate(cells) if 1 <= value <= 4]
    return Problem.of(cells, equations, primary, threshold=(1, 4))


def judging(database: Path, request: str) -> dict[str, float]:
    """Judges a request as an export would: seconds, processor seconds and figures withheld."""
    with open_warehouse(database) as warehouse:
        response = read_response(warehouse, request)
        rules = read_rules(warehouse, response.dated)
    start, busy = time.perf_counter(), time.process_time()
    verdict = judge(response, rules, counting(database, rules))
    return {
        "seconds": time.perf_counter() - start,
        "busy": time.process_time() - busy,
        "withheld": len(verdict.withheld),
    }


def main(
    only: Annotated[
        str | None, typer.Option(help="Only the cases of this kind: 2-D or 3-D.")
    ] = None,
    seeds: Annotated[int, typer.Option(help="Tables of each kind.")] = 2,
    database: Annotated[Path | None, typer.Option(help="Judge a request of it instead.")] = None,
    request: Annotated[str, typer.Option(help="Which request.")] = "foi-2018-0417",
) -> None:
    """Prints a table: sizes, seconds, the cost found and the least that any choice can cost."""
    if database:
        print(json.dumps(judging(database, request)))
        return
    out.print("kind  cells  values  primary  secondary  search s  audit s    cost  bound  safe")
    for (kind, shape), draw in itertools.product(CASES, (counts, large)):
        if only not in (None, kind):
            continue
        for seed in range(seeds):
            problem = table(shape, draw, seed)
            start = time.perf_counter()
            pattern = protect(problem)
            found = time.perf_counter()
            attacked = audit(problem, pattern.suppressed)
            done = time.perf_counter()
            out.print(
                f"{kind:4} {len(problem.values):6}  {draw.__name__:6} {len(problem.primary):8} "
                f"{len(pattern.secondary):10} {found - start:9.2f} {done - found:8.2f} "
                f"{pattern.cost:7} {pattern.lower_bound:6}  {attacked.safe}"
            )


if __name__ == "__main__":
    run(main)
