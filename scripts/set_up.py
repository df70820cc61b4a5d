"""Writes a council's own settings and places, and says what is still to be settled."""

import shlex
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from missing_from_care.base import settings
from missing_from_care.base.command_line import out, run
from missing_from_care.base.faults import DataFault, UsageFault


def set_up(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Outside the checkout, on an encrypted disk.")
    ],
    council: Annotated[
        str, typer.Option(metavar="CODE", help="Your council's code, or its name.")
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing: say what is open, due or unlike.")
    ] = False,
) -> None:
    """Makes a place for a council's settings, register, returns, database and responses.

    What is there already stays as it is, so it can be run again after an upgrade.
    """
    places = settings.CouncilFolder(folder.resolve())
    if bool(council) == check:
        raise UsageFault("Give --council CODE to write settings, or --check to look at them.")
    if council:
        written = settings.write_settings(places, settings.council_named(council), date.today())
        for file in written:
            out.print(f"Written: {file}", markup=False, soft_wrap=True)
        if not written:
            out.print("Everything was there already: nothing was written.")
    if not places.settings.is_dir():
        raise UsageFault(f"{places.settings} is not there: write it with --council CODE first.")
    if unfit := settings.unfit_settings(places.settings):
        raise DataFault(*unfit, "Mend these first; what else is open is said then.")
    lists = {
        "To settle before anything is released:": settings.open_settings(places.settings),
        "Due for review:": settings.due_for_review(places.settings, date.today()),
        "To look at:": settings.unlike_the_returns(places),
    }
    for heading, sentences in lists.items():
        if sentences:
            out.print(f"\n{heading}", style="bold")
        for sentence in sentences:
            out.print(f"- {sentence}", markup=False, soft_wrap=True)
    if council:
        out.print("\nNext, in each new shell; in PowerShell, environment.ps1:", style="bold")
        line = shlex.quote(str(places.folder / "environment.sh"))
        out.print(f"  . {line}", markup=False, soft_wrap=True)
    elif not any(lists.values()):
        out.print("Everything is settled.")


if __name__ == "__main__":
    run(set_up)
