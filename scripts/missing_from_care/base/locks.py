"""One at a time: a lock that the system lets go of when its process ends, and who holds it."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from missing_from_care.base.faults import BusyFault, UsageFault


@contextmanager
def one_at_a_time(file: Path, busy: str, wait: float = 0) -> Iterator[None]:
    """Holds a lock for the length of the block.

    Args:
        file: stands for the lock, says who holds it and stays where it is.
        busy: what it means that another has it, as the beginning of a sentence.
        wait: how many seconds another may take until it lets go.

    Raises:
        BusyFault: another has it; the sentence names command, process, computer and start.
        UsageFault: the file cannot be made.
    """
    lock = FileLock(file, timeout=wait, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise BusyFault(
            f"{busy}{_holder(file)}. Wait until it has ended, then try again; nothing was changed."
        ) from None
    except OSError as problem:
        raise UsageFault(
            f"{file} could not be written ({problem.strerror or problem}), so nothing was changed: "
            "free space, mend the rights or choose another place."
        ) from None
    try:
        # On Windows nobody reads a file that is locked: there the sentence names no holder.
        with suppress(OSError):
            told = {
                "command": Path(sys.argv[0]).name,
                "process": os.getpid(),
                "computer": socket.gethostname(),
                "since": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            }
            file.write_text(json.dumps(told), encoding="utf-8")
        yield
    finally:
        lock.release()


def _holder(file: Path) -> str:
    try:
        told = json.loads(file.read_bytes())
        return ": {command}, process {process} on {computer}, since {since}".format(**told)
    except (OSError, ValueError, LookupError, TypeError):
        return ""
