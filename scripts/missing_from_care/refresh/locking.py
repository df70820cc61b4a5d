"""One refresh at a time, and a word on who is at work."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from missing_from_care.faults import BusyFault
from missing_from_care.whole_files import locking_file, write_file_whole


@contextmanager
def one_at_a_time(folder: Path, started: datetime) -> Iterator[None]:
    """Holds the lock of a folder for the length of the block.

    The system lets go of it when the process ends, however that comes about, so a crash leaves
    nothing to clear up. `holder.json` beside it says who has it.

    Raises:
        BusyFault: another refresh has it; the sentence names process, computer and start.
    """
    holder = folder / "holder.json"
    with ExitStack() as held:
        try:
            held.enter_context(locking_file(folder / "lock"))
        except BusyFault:
            raise BusyFault(_who(holder)) from None
        told = {"pid": os.getpid(), "host": socket.gethostname(), "started": _text(started)}
        write_file_whole(holder, json.dumps(told).encode())
        held.callback(holder.unlink, missing_ok=True)
        yield


def _who(holder: Path) -> str:
    told = {}
    with suppress(OSError, ValueError):
        told = json.loads(holder.read_bytes())
    who = f": process {told['pid']} on {told['host']}, since {told['started']}" if told else ""
    return f"Another refresh is running{who}. Wait until it has ended; this one changed nothing."


def _text(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
