"""What every command shares: where messages go and how faults become an exit status."""

import errno
import inspect
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from missing_from_care import __version__
from missing_from_care.base.faults import Fault, UsageFault

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

ENDING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Signals on which a command ends and tidies up behind itself; not every system has each."""
SECONDS_TO_END = 5
OF_THE_PLACE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)
"""What the system says where a place takes no file; each is the user's to mend."""
EPILOG = (
    "--version says which version of missing_from_care this is. How to report a fault, and what "
    "not to send, is in SECURITY.md."
)


def responses_option(said: str) -> Any:
    """The option that names the folder of responses; `said` is what lies there, for `--help`."""
    return typer.Option(
        "--out",
        metavar="DIR",
        envvar="FOI_RESPONSES",
        show_envvar=False,
        show_default=False,
        help=f"{said}; else FOI_RESPONSES's, else `responses` of the checkout.",
    )


QUIET = typer.Option("--quiet", help="Do not say what it is at.")


def say_step(name: str) -> None:
    """Says what a command is at, a line a step, for whoever reads its output later."""
    out.print(f"{name[:1].upper()}{name[1:]} …", markup=False, soft_wrap=True)


@contextmanager
def steps(is_quiet: bool) -> Iterator[Callable[[str], None]]:
    """What a long command calls to say what it is at: on a terminal one line that rewrites itself
    and goes in the end, else a line a step."""
    if is_quiet:
        yield lambda _: None
    elif err.is_terminal:
        with err.status("") as line:
            yield lambda name: line.update(escape(name))
    else:
        yield say_step


def run(
    *commands: Callable[..., Any], arguments: Callable[[list[str]], list[str]] = lambda given: given
) -> None:
    """Runs a command and ends the process with the promised exit status; of several commands,
    functions with typer annotations, the first word names the one to run. `arguments` gives the
    words of the command line as they are to be read.

    A `Fault`, which commands raise for what the user can mend, prints its sentences and no
    traceback. Anything else is a fault of the program: one sentence and status 1; set FOI_DEBUG=1
    to see where it happened, in lines of the program alone: what Python or a library says may hold
    a child's value. A signal ends the command with 128 and its number, whatever a library makes of
    it.
    """
    stopped_by = _end_on_signals()
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, epilog=EPILOG)
    for command in commands:
        # Typer keeps the line ends of all paragraphs but the first.
        paragraphs = (inspect.getdoc(command) or "").split("\n\n")
        told = "\n\n".join(" ".join(each.split()) for each in paragraphs)
        app.command(help=told, epilog=EPILOG)(command)
    if sys.argv[1:] == ["--version"]:
        out.print(f"missing_from_care {__version__}")
        return
    try:
        sys.argv = arguments(sys.argv)
        app()
    except BaseException as problem:
        if stopped_by:
            with suppress(OSError):
                err.print("Stopped.")
            sys.exit(128 + stopped_by[0])
        if not isinstance(problem, Exception):
            raise
        status, sentences = _told(problem)
        for sentence in sentences:
            err.print(sentence, soft_wrap=True, markup=False)
        sys.exit(status)


def _told(problem: Exception) -> tuple[int, Sequence[str]]:
    """Exit status and sentences."""
    if isinstance(problem, Fault):
        return problem.status, problem.sentences
    if isinstance(problem, OSError) and problem.filename and problem.errno in OF_THE_PLACE:
        return UsageFault.status, [
            f"{problem.filename} cannot be used ({problem.strerror}), so nothing was written: "
            "free space, mend the rights or choose another place."
        ]
    is_debugged = os.environ.get("FOI_DEBUG")
    places = traceback.format_tb(problem.__traceback__) if is_debugged else []
    return 1, [
        *("".join(places).splitlines()),
        f"A fault of the program ({type(problem).__name__}), not of your data: nothing was "
        "written. Run it again with FOI_DEBUG=1 set to see where, and report it as "
        "SECURITY.md says.",
    ]


def _end_on_signals() -> list[int]:
    """Ends the process on the first signal; gives a list that will hold it."""
    stopped_by: list[int] = []

    def end_now(number: int) -> None:
        with suppress(OSError):
            os.write(2, b"Stopped.\n")
        os._exit(128 + number)

    def end(number: int, _frame: object) -> None:
        if not stopped_by:
            stopped_by.append(number)
            # A library may swallow what is raised here; whatever is written is written whole.
            timer = threading.Timer(SECONDS_TO_END, end_now, [number])
            timer.daemon = True
            timer.start()
            sys.exit(128 + number)

    for name in ENDING:
        number = getattr(signal, name, None)
        # What the caller has ignored, as `nohup` does, stays ignored.
        if number and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)
    return stopped_by
