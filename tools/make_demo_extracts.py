"""Makes the demonstration extracts in `seeds/extracts`: returns of invented children, landed."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from demonstration.returns import SEED, write_demonstration_returns
from missing_from_care.base.command_line import out, run
from missing_from_care.base.project import CHECKOUT
from missing_from_care.landing.land import land


def make_demo_extracts(
    into: Annotated[Path, typer.Option(help="Where the landed extracts go.")] = (
        CHECKOUT / "seeds" / "extracts"
    ),
    returns: Annotated[
        Path | None, typer.Option(help="Keep the returns, as a council would hold them, here.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = SEED,
) -> None:
    """Writes returns of invented children and lands them as the demonstration extracts."""
    with tempfile.TemporaryDirectory() as scratch:
        source = returns or Path(scratch) / "invented-children"
        write_demonstration_returns(source, seed)
        land(source, into, form="csv")
    if returns:
        out.print(f"Returns of invented children: {returns}", soft_wrap=True, markup=False)
    out.print(f"Landed extracts: {into}", soft_wrap=True, markup=False)


if __name__ == "__main__":
    run(make_demo_extracts)
