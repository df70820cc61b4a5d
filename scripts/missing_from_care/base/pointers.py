"""A place that leads to the newest of several files, switched by one rename."""

import errno
import os
from pathlib import Path

from missing_from_care.base.whole_files import sync_folder, write_file_whole

NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS)


def lead(place: Path, target: Path) -> None:
    """Makes a place lead to a file. Whoever has the file before it open goes on reading that.

    The place becomes a link. On Windows and on disks without links a text of the same name ending
    in `.txt` names the file instead; see `follow`.
    """
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
