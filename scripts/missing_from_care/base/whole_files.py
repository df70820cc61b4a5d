"""Writing all or nothing: whoever looks sees the old file or folder, or the new one, whole."""

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from missing_from_care.base.faults import BusyFault, UsageFault

try:
    import fcntl
except ImportError:  # Windows has no such lock; it refuses to remove a file that is open instead.
    fcntl = None  # type: ignore[assignment]


NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS)


def write_file_whole(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Writes a file so that a reader, or a run that is killed, never sees a part of it. Its folder
    exists. `mode` says who may read and write it, less what the user's umask takes away: 0o600 for
    what is private, which so never stands open for a moment. A UsageFault: the file or its folder
    cannot be written; the old file is still there. A BusyFault: another run is writing it."""
    work = path.with_name(f".{path.name}.new")
    with _as_fault(path):
        _remove_abandoned(work, path)
        try:
            with open(work, "xb", opener=partial(os.open, mode=mode)) as stream:
                _lock(stream.fileno())
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
                if fcntl:
                    work.replace(path)
            if not fcntl:
                work.replace(path)
        except FileExistsError:
            raise BusyFault(_busy(path)) from None
        except BaseException:
            work.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


@contextmanager
def replacing_folder(target: Path, mode: int = 0o777) -> Iterator[Path]:
    """Gives an empty folder to fill; at the end of the block it takes the place of `target`, and
    what that held is removed. It is `.NAME.new` beside `target`, hence on the same file system. If
    the block fails, `target` stays as it was and nothing is left beside it; what a killed run left
    there is put right by the next one. `mode` and faults are as of `write_file_whole`."""
    target = target.resolve()
    work, old = (target.with_name(f".{target.name}.{end}") for end in ("new", "old"))
    with _as_fault(target):
        # With those above it, the deepest first.
        parent = target.parent
        made = [each for each in (parent, *parent.parents) if not each.exists()]
        parent.mkdir(parents=True, exist_ok=True)
        descriptor, is_ours = None, False
        try:
            _remove_abandoned(work, target)
            # What a run left that was killed while it changed the folders over.
            if old.exists() and not target.exists():
                old.rename(target)
            elif old.exists():
                shutil.rmtree(old)
            try:
                # Said before it is made: a signal may come between the two.
                is_ours = True
                work.mkdir(mode)
            except FileExistsError:
                is_ours = False
                raise BusyFault(_busy(target)) from None
            # Locked for as long as the descriptor stays open, hence no longer than the run.
            if fcntl:
                descriptor = os.open(work, os.O_RDONLY)
                _lock(descriptor)
            yield work
            sync_all(work)
            swap_folders(work, target, old)
        except BaseException:
            if is_ours:
                shutil.rmtree(work, ignore_errors=True)
            for folder in made:
                with suppress(OSError):
                    folder.rmdir()
            raise
        finally:
            if descriptor is not None:
                os.close(descriptor)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _as_fault(path: Path) -> Iterator[None]:
    """Turns a full disk, a missing right or an open file into a sentence."""
    try:
        yield
    except OSError as problem:
        other = problem.filename and Path(os.fsdecode(problem.filename))
        if other and other.is_absolute() and not other.is_relative_to(path.parent):
            raise UsageFault(
                f"{other} could not be read ({problem.strerror}), so nothing was changed: is it "
                "still there, and does its share answer?"
            ) from problem
        raise UsageFault(
            f"{path} could not be written ({problem.strerror or problem}), so nothing was changed: "
            "free space, close the programs that have it open, or choose another place."
        ) from problem


def _busy(path: Path) -> str:
    return f"Another run is writing {path}: wait until it has ended, then try again."


def swap_folders(work: Path, target: Path, old: Path) -> None:
    """Puts the folder `work` in the place of `target`, which becomes `old`. Where the system can
    exchange two names at once, nobody ever finds `target` missing. Elsewhere it is missing for a
    moment, and is put back if `work` cannot take its place."""
    if target.exists() and exchange(work, target):
        work.rename(old)
    else:
        if target.exists():
            target.rename(old)
        try:
            work.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    sync_folder(target.parent)


def exchange(one: Path, other: Path) -> bool:
    """Exchanges two names of one file system in one step; False where that cannot be done."""
    here, swap = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None).renameat2
    except AttributeError:
        return False
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), swap) == 0)


def _remove_abandoned(work: Path, path: Path) -> None:
    """Removes the unfinished work of a killed run; that of a living one is locked, so stays."""
    if not work.exists():
        return
    if fcntl:
        descriptor = os.open(work, os.O_RDONLY)
        try:
            _lock(descriptor)
        except OSError:
            raise BusyFault(_busy(path)) from None
        finally:
            os.close(descriptor)
    if work.is_dir():
        shutil.rmtree(work)
    else:
        work.unlink()


def _lock(descriptor: int) -> None:
    if fcntl:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def sync_all(folder: Path) -> None:
    """Has the disk keep a folder and all files below it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as stream:
                os.fsync(stream.fileno())
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Has the disk keep the names in a folder."""
    if not fcntl:
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lead(place: Path, target: Path) -> None:
    """Makes a place lead to a file. Whoever has the file before it open goes on reading that. The
    place becomes a link. On Windows and on disks without links a text of the same name ending in
    `.txt` names the file instead; see `follow`."""
    relative = os.path.relpath(target, place.parent)
    named, link = place.with_suffix(".txt"), place.with_name(f".{place.name}.link")
    if os.name != "nt":
        link.unlink(missing_ok=True)
        try:
            link.symlink_to(relative)
        except OSError as problem:
            if problem.errno not in NO_LINKS:
                raise
        else:
            link.replace(place)
            named.unlink(missing_ok=True)
            sync_folder(place.parent)
            return
    write_file_whole(named, f"{Path(relative).as_posix()}\n".encode(), mode=0o644)


def follow(place: Path) -> Path:
    """The file to which a place leads; the place itself where it is a link or plain file."""
    try:
        name = place.with_suffix(".txt").read_text(encoding="utf-8").strip()
        target = place.parent / name
        return target if target.suffix == place.suffix and target.is_file() else place
    except (OSError, ValueError):
        return place
