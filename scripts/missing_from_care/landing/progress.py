"""How far a landing has come, in bytes of the source files that are landed."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from missing_from_care.landing.source_tables import FoundFile, Openable

Tell = Callable[[str], None]
Progress = Callable[[int, int], None]

BYTES_BETWEEN_WORDS = 1 << 20
# To look at a byte takes so much less time than to land it.
LOOKS_TO_A_LANDING = 16


class Steps:
    """A step for each file, in which it is looked at, then one for each table that is landed.

    Args:
        tell: is told the name of each file when it is read.
        progress: is told how many bytes are done, of how many so far.
        files: what is to be looked at.
    """

    def __init__(self, tell: Tell, progress: Progress, files: Sequence[FoundFile]) -> None:
        self.tell, self.progress = tell, progress
        size = sum(each.size for each in files)
        self.all = size + size // LOOKS_TO_A_LANDING
        self.before = self.size = self.read = self.told = 0
        self.share = 1

    def begin(self, what: str, size: int = 0, is_look: bool = False) -> None:
        """Begins a step of so many bytes; the one before is done, however much of it was read."""
        self.tell(what)
        self.before, self.share = self.before + self.size, LOOKS_TO_A_LANDING if is_look else 1
        self.size, self.read = size // self.share, 0
        self._say(self.before)

    def to_land(self, sizes: Sequence[int]) -> None:
        """Says how many bytes are still to come, now that it is known what will be landed."""
        self.all = self.before + self.size + sum(sizes)

    def watched(self, path: Openable) -> "Watched":
        """A file whose reading moves the progress on."""
        return Watched(path, self._moved)

    def _moved(self, count: int) -> None:
        self.read += count
        now = self.before + min(self.read // self.share, self.size)
        if now - self.told >= BYTES_BETWEEN_WORDS:
            self._say(now)

    def _say(self, done: int) -> None:
        self.told = done
        self.progress(done, self.all)


@dataclass(frozen=True)
class Watched:
    """A file that tells how many bytes of it are read."""

    path: Openable
    moved: Callable[[int], None]

    def open(self, mode: str = "rb", buffering: int = -1) -> Any:
        """Opens it for reading, from its beginning."""
        raw = _WatchedBytes(self.path.open(mode, 0), self.moved)
        return raw if buffering == 0 else io.BufferedReader(raw)


class _WatchedBytes(io.RawIOBase):
    def __init__(self, raw: Any, moved: Callable[[int], None]) -> None:
        self.raw, self.moved = raw, moved

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self.raw.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self.raw.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        count = self.raw.readinto(buffer)
        self.moved(count)
        return count

    def close(self) -> None:
        self.raw.close()
        super().close()
