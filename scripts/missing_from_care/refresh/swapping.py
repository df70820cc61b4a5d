"""Puts the new files in place. Once the list of them is written, the refresh has happened.

Until then nothing that anybody reads has changed. From then on a run that is killed is finished by
the next one: each swap is one rename, and doing it twice does no harm.
"""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from missing_from_care.faults import UsageFault
from missing_from_care.refresh.telling import Teller
from missing_from_care.whole_files import (
    swap_folders,
    sync_all,
    sync_folder,
    write_file_whole,
)

JOURNAL = "journal.json"
"""What is to be put in place; while it is there, a refresh is not finished."""
STAGING = "staging"
"""What waits beside its place, a path a line."""


@dataclass(frozen=True)
class Swap:
    """A file or folder that is ready, and the place that it takes.

    Attributes:
        new: where it waits, beside its place.
        target: its place.
        earlier: where what it replaces is kept; empty: it is not kept.
        inode: of the new folder, by which a swap that was made is known.
    """

    new: str
    target: str
    earlier: str
    inode: int


@dataclass(frozen=True)
class Made:
    """What a run made, the place that it shall take, and where what is there now is kept, if so."""

    path: Path
    target: Path
    earlier: Path | None = None

    @property
    def waiting(self) -> Path:
        """Where it waits, beside its place and hence on the same file system."""
        return self.target.with_name(f".{self.target.name}.refresh")


def stage(state: Path, all_made: Sequence[Made]) -> list[Swap]:
    """Brings everything beside the places that it will take, and onto the disk."""
    listed = "".join(f"{made.waiting}\n" for made in all_made)
    write_file_whole(state / STAGING, listed.encode())
    return [_staged(made) for made in all_made]


def _staged(made: Made) -> Swap:
    new = made.waiting
    made.target.parent.mkdir(exist_ok=True)
    _remove(new)
    shutil.move(made.path, new)
    if new.is_dir():
        sync_all(new)
    elif os.name != "nt":
        with new.open("rb") as stream:
            os.fsync(stream.fileno())
    sync_folder(new.parent)
    return Swap(str(new), str(made.target), str(made.earlier or ""), new.stat().st_ino)


def unstage(state: Path) -> None:
    """Removes what a run left beside its places that did not come to publish."""
    staging = state / STAGING
    if staging.exists() and not (state / JOURNAL).exists():
        for line in staging.read_text(encoding="utf-8").splitlines():
            _remove(Path(line))
        staging.unlink()


def publish(state: Path, swaps: list[Swap], tell: Teller) -> None:
    """Puts everything in place that is ready.

    Raises:
        UsageFault: a place cannot be written at this moment; the next run finishes.
    """
    listed = json.dumps([asdict(swap) for swap in swaps], indent=1)
    tell.step("put everything in place")
    write_file_whole(state / JOURNAL, listed.encode())
    finish(state, tell)


def finish(state: Path, tell: Teller) -> None:
    """Does the swaps that a run had ready, if there are any left."""
    journal = state / JOURNAL
    if not journal.exists():
        return
    for each in json.loads(journal.read_bytes()):
        swap = Swap(**each)
        tell.line("swap", target=swap.target)
        try:
            _carry_out(swap)
        except OSError as problem:
            raise UsageFault(
                f"{swap.target} cannot be replaced at this moment ({problem.strerror or problem}): "
                "connect the share, or close the programs that have it open. Everything is ready; "
                "the next refresh puts it in place first."
            ) from problem
    (state / STAGING).unlink(missing_ok=True)
    journal.unlink()


def _carry_out(swap: Swap) -> None:
    new, target = Path(swap.new), Path(swap.target)
    earlier = Path(swap.earlier) if swap.earlier else None
    old = earlier or target.with_name(f".{target.name}.old.refresh")
    if not earlier and target.exists():
        # A run was killed while it removed what it had replaced.
        _remove(old)
    if not new.exists():
        return
    if earlier and target.exists():
        earlier.parent.mkdir(parents=True, exist_ok=True)
    if new.is_file():
        # A log of changes to the old file would make the new one unreadable.
        target.with_name(f"{target.name}.wal").unlink(missing_ok=True)
        if earlier and target.exists():
            with suppress(OSError):
                earlier.hardlink_to(target)
        new.replace(target)
        sync_folder(target.parent)
        return
    if sys.platform == "linux" and target.exists() and target.stat().st_ino == swap.inode:
        new.rename(old)
    else:
        swap_folders(new, target, old)
    if not earlier:
        shutil.rmtree(old, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.exists():
        path.unlink()
