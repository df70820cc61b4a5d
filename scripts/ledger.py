"""Checks the ledger of released figures, shows it, and adds what no export can know."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from missing_from_care.base.command_line import out, responses_option, run
from missing_from_care.base.faults import UsageFault
from missing_from_care.base.project import RESPONSES
from missing_from_care.base.warehouse import database_file
from missing_from_care.disclosure.earlier_letters import entered
from missing_from_care.disclosure.ledger import (
    add_to_ledger,
    holding,
    read_ledger,
    read_rows,
    summary,
)
from missing_from_care.disclosure.ledger import withdraw as withdraw_request
from missing_from_care.pack.beside import refuse_lost_rows
from missing_from_care.response.answers import LEDGER

Folder = Annotated[Path, responses_option("The folder of the packs, with the ledger")]


def check(out_folder: Folder = RESPONSES) -> None:
    """Says whether the ledger is whole and holds what every pack beside it released."""
    file = out_folder / LEDGER
    packs = refuse_lost_rows(file)
    if not file.exists():
        out.print(f"There is no ledger in {out_folder} yet.", markup=False, soft_wrap=True)
        return
    counting = len(read_ledger(file))
    out.print(
        f"The ledger is whole: {len(read_rows(file)):,} rows, {counting:,} figures that count, "
        f"{packs:,} packs beside it.",
        markup=False,
    )


def enter(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, a row for each figure.")],
    database: Annotated[
        Path | None, typer.Option(help="The warehouse, which knows the words and the periods.")
    ] = None,
    out_folder: Folder = RESPONSES,
) -> None:
    """Enters the figures of letters that were sent without this program.

    The file has the columns request_ref, released_on, measure, breakdown, category, population,
    period_basis, period and value, in the words of the register; value is a number, a range such as
    839..842, or the letter c in square brackets where it was withheld.
    """
    released = entered(file, database_file(database))
    with changing(out_folder) as ledger:
        before = len(read_rows(ledger))
        add_to_ledger(ledger, released)
        # The row that begins a ledger is no figure.
        added = len(read_rows(ledger)) - max(before, 1)
    out.print(f"{added:,} of {len(released):,} figures were entered; the others stood there.")


def withdraw(
    request_ref: Annotated[
        str, typer.Argument(metavar="REQUEST_REF", help="A request that the ledger holds.")
    ],
    reason: Annotated[str, typer.Option(help="Why: it was withdrawn, or the pack never sent.")],
    out_folder: Folder = RESPONSES,
) -> None:
    """Says that nobody outside got what was released for a request: it counts no more."""
    if not reason.strip():
        raise UsageFault("--reason is blank: say why the figures never came out.")
    with changing(out_folder) as ledger:
        figures = withdraw_request(ledger, request_ref, date.today(), reason)
    out.print(f"{figures:,} figures of {request_ref} count as never released.", markup=False)


def show(
    out_folder: Folder = RESPONSES,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON list for machines.")] = False,
) -> None:
    """Shows what happened to each request: the day, the event and how many figures."""
    found = summary(out_folder / LEDGER)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    table = Table("Request", "Day", "Event", title="Ledger of released figures")
    for heading in ("Figures", "Withheld"):
        table.add_column(heading, justify="right")
    table.add_column("Reason")
    for each in found:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else cell for cell in each.values()))
    out.print(table)


@contextmanager
def changing(folder: Path) -> Iterator[Path]:
    """The ledger of a folder, once it was found whole and while nobody else releases anything."""
    ledger = folder / LEDGER
    with holding(ledger):
        refuse_lost_rows(ledger)
        yield ledger


if __name__ == "__main__":
    run(check, enter, withdraw, show)
