"""What every command shares: where messages go and how faults become an exit status."""

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import typer
from rich.console import Console

from missing_from_care import __version__
from missing_from_care.faults import Fault

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def run(*commands: Callable[..., Any]) -> None:
    """Runs a command and ends the process with the promised exit status.

    Args:
        *commands: functions with typer annotations; of several, the first word names the one to
            run. They raise `Fault` for what the user can mend.

    A fault prints its sentences and no traceback. Anything else is a fault of the program: one
    sentence and status 1; set FOI_DEBUG=1 to see where it happened, in lines of the program alone:
    what Python or a library says may hold a child's value.
    """
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    for command in commands:
        app.command(epilog="--version says which version of missing_from_care this is.")(command)
    if sys.argv[1:] == ["--version"]:
        out.print(f"missing_from_care {__version__}")
        return
    try:
        app()
    except Fault as fault:
        for sentence in fault.sentences:
            err.print(sentence, soft_wrap=True, markup=False)
        sys.exit(fault.status)
    except Exception as problem:
        if os.environ.get("FOI_DEBUG"):
            places = traceback.format_tb(problem.__traceback__)
            err.print("".join(places), soft_wrap=True, markup=False, end="")
        err.print(
            f"A fault of the program ({type(problem).__name__}), not of your data: nothing was "
            "written. Run it again with FOI_DEBUG=1 set to see where, and report it.",
            soft_wrap=True,
            markup=False,
        )
        sys.exit(1)
