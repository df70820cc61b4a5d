"""Chooses which cells of a problem to withhold, and shows what a reader can still work out."""

import json
import sys
from math import isfinite
from pathlib import Path
from typing import Annotated

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from missing_from_care.base.command_line import run
from missing_from_care.base.faults import ProtectionFault, UsageFault
from missing_from_care.disclosure.solver.audit import audit
from missing_from_care.disclosure.solver.search import protect
from protection_case import read_case


def main(
    case: Annotated[Path, typer.Argument(metavar="CASE.json", help="Cells, equations, primary.")],
    width: Annotated[
        float | None,
        typer.Option(help="How wide the range of a primary cell must be; 1 if left out."),
    ] = None,
) -> None:
    """Withholds as little as possible of a table so that no primary cell can be worked out.

    Prints one JSON object: `suppressed` (the cells to withhold, primary and secondary, counted
    from 0), `cost` (the sum of their values), `ranges` (for each, the lowest and the highest that
    a reader can work out) and `safe`. Exit status 0 if safe, 4 if not.
    """
    if width is not None and not (isfinite(width) and width > 0):
        raise UsageFault("--width is not above 0: give a number such as 1.")
    problem = read_case(case, width)
    fault = None
    try:
        suppressed = protect(problem).suppressed
    except ProtectionFault as problem_found:
        fault = problem_found
        suppressed = problem.withheld_with(problem.cover_cells)
    attacked = audit(problem, suppressed)
    answer = {
        "suppressed": list(suppressed),
        "cost": problem.cost(suppressed),
        "ranges": {str(cell): list(ends) for cell, ends in attacked.ranges.items()},
        "safe": attacked.safe,
    }
    typer.echo(json.dumps(answer))
    if not attacked.safe:
        raise fault or ProtectionFault(*dict.fromkeys(f.reason for f in attacked.findings))


if __name__ == "__main__":
    run(main)
