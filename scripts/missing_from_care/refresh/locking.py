"""One refresh at a time, and a word on who is at work."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from missing_from_care.faults import BusyFault
from missing_from_care.whole_files import write_file_whole

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt


@contextmanager
def one_at_a_time(folder: Path, started: datetime) -> Iterator[None]:
    """Holds the lock of a folder for the length of the block.

    The system lets go of it when the process ends, however that comes about, so a crash leaves
    nothing to clear up. `holder.json` beside it says who has it.

    Raises:
        BusyFault: another refresh has it; the sentence names process, computer and start.
    """
    holder = folder / "holder.json"
    with (folder / "lock").open("ab") as opened:
        try:
            _lock(opened.fileno())
        except OSError:
            raise BusyFault(_who(holder)) from None
        told = {"pid": os.getpid(), "host": socket.gethostname(), "started": _text(started)}
        write_file_whole(holder, json.dumps(told).encode())
        try:
            yield
        finally:
            holder.unlink(missing_ok=True)


def _lock(descriptor: int) -> None:
    if os.name == "nt":
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _who(holder: Path) -> str:
    told = {}
    with suppress(OSError, ValueError):
        told = json.loads(holder.read_bytes())
    who = f": process {told['pid']} on {told['host']}, since {told['started']}" if told else ""
    return f"Another refresh is running{who}. Wait until it has ended; this one changed nothing."


def _text(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
