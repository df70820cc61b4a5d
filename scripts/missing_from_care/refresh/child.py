"""Runs a module or script in a process of its own that ends with its parent, however that ends.

    python child.py MODULE-OR-SCRIPT ARGUMENTS...

The parent holds the other end of standard input. The system closes it when the parent is gone.
"""

import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress


def run_child(
    arguments: list[str],
    environment: Mapping[str, str],
    read: Callable[[Iterator[str]], object],
    errors_only: bool = False,
) -> int:
    """Runs a module or script with its arguments, gives its status, and stops it if this process
    stops. `read` is given the lines that it writes, or those of standard error alone."""
    with subprocess.Popen(
        # Nothing that a library warns of is to be among the lines.
        [sys.executable, "-W", "ignore", "-P", __file__, *arguments],
        env={**environment, "PYTHONIOENCODING": "utf-8", "FOI_DEBUG": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL if errors_only else subprocess.PIPE,
        stderr=subprocess.PIPE if errors_only else subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as running, _ended(running):  # fmt: skip
        lines = running.stderr if errors_only else running.stdout
        if lines:
            read(lines)
    return running.returncode


@contextmanager
def _ended(running: subprocess.Popen[str]) -> Iterator[None]:
    """Ends a process, and on POSIX all that it started, if the block fails."""
    try:
        yield
    except BaseException:
        with suppress(ProcessLookupError):
            if os.name == "nt":
                running.kill()
            else:
                os.killpg(running.pid, signal.SIGKILL)
        raise


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = sys.argv[1:]
    if sys.argv[0].endswith(".py"):
        sys.path.insert(0, os.path.dirname(sys.argv[0]))  # noqa: PTH120 - imports little
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
