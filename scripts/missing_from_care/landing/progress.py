"""How far a landing has come, in bytes of the source files."""

from collections.abc import Callable, Sequence

from missing_from_care.landing.source_tables import FoundFile

Tell = Callable[[str], None]
Progress = Callable[[int, int], None]


class Steps:
    """A step for each file that is looked at, then one for each table that is landed.

    Args:
        tell: is told the name of each file when it is read.
        progress: is told how many bytes are done, of how many so far.
        files: what is to be looked at.
    """

    # To look at a byte takes so much less time than to land it.
    LOOKS_TO_A_LANDING = 16

    def __init__(self, tell: Tell, progress: Progress, files: Sequence[FoundFile]) -> None:
        self.tell, self.progress = tell, progress
        size = sum(each.size for each in files)
        self.all = size + size // self.LOOKS_TO_A_LANDING
        self.done = self.size = 0

    def look(self, item: FoundFile) -> None:
        """Begins to look at a file; the step before is done."""
        self._begin(item.file, item.size // self.LOOKS_TO_A_LANDING)

    def land(self, file: str, size: int = 0) -> None:
        """Begins to land a table."""
        self._begin(file, size)

    def to_land(self, sizes: Sequence[int]) -> None:
        """Says how many bytes are still to come, now that it is known what will be landed."""
        self.all = self.done + self.size + sum(sizes)

    def end(self) -> None:
        """Says that all is done."""
        self._begin("", 0)

    def _begin(self, what: str, size: int) -> None:
        self.tell(what)
        self.done, self.size = self.done + self.size, size
        self.progress(min(self.done, self.all), self.all)
