"""What the demonstration is made of: invented children, their care and their occasions."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

YEARS = (2014, 2015, 2016, 2017)
SHORT_BREAKS = frozenset({"V3", "V4"})

DAY = timedelta(days=1)


def label(year: int) -> str:
    """The collection year that begins on 1 April of `year`, as folders are called: `2014-15`."""
    return f"{year}-{(year + 1) % 100:02d}"


def first_day(year: int) -> date:
    """1 April of the collection year."""
    return date(year, 4, 1)


def last_day(year: int) -> date:
    """31 March of the collection year."""
    return date(year + 1, 3, 31)


def year_of(day: date) -> int:
    """The collection year, by the year in which it begins, that a day belongs to (rule 1)."""
    return day.year if day.month >= 4 else day.year - 1


def birthday(born: date, age: int) -> date:
    """The day on which someone reaches an age; for a birth on 29 February, 1 March (rule 6)."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


@dataclass
class Episode:
    """One episode of care; `ended` None means still open when the last return was made.

    `only_in` names the returns that carry it, where these are not all the years it touches.
    """

    began: date
    ended: date | None
    legal_status: str
    place: str
    provider: str = "PR1"
    new_because: str = "S"
    ceased_because: str = ""
    change_because: str = ""
    home_post: str = ""
    place_post: str = ""
    urn: str = "XXXXXXX"
    need: str = "N1"
    only_in: frozenset[int] | None = None

    @property
    def is_short_break(self) -> bool:
        return self.legal_status in SHORT_BREAKS

    def covers(self, day: date) -> bool:
        """Whether the child was in this episode on a day, both bounds included (rule 5)."""
        return self.began <= day and (self.ended is None or day <= self.ended)

    def is_in_return(self, year: int) -> bool:
        """Whether the return of a year carries a row for it."""
        if self.only_in is not None and year not in self.only_in:
            return False
        return self.began <= last_day(year) and (
            self.ended is None or self.ended >= first_day(year)
        )


@dataclass(eq=False)
class Child:
    """One invented child.

    Attributes:
        is_uasc: whether the child came as an unaccompanied asylum-seeking child.
        uasc_ceased: the day on which that status ceased before the 18th birthday, if it did.
        duc_text: what a year's UASC table says instead of the date, by year.
        uasc_row_before: the DUC of another row of the child, before its own, by year.
        header_born: what a year's Header says instead of the birth date, by year.
        header_row_before: the birth date of another row of the child, before its own, by year.
        is_case: whether a case was built with the child; nothing is then added at random.
    """

    child_id: str
    born: date
    sex: int
    ethnic: str
    upn: str
    home_post: str
    episodes: list[Episode] = field(default_factory=list)
    is_uasc: bool = False
    uasc_ceased: date | None = None
    has_future_duc: bool = True
    child_born: date | None = None
    in_header: bool = True
    duc_text: dict[int, str] = field(default_factory=dict)
    uasc_row_before: dict[int, str] = field(default_factory=dict)
    header_born: dict[int, date] = field(default_factory=dict)
    header_row_before: dict[int, date] = field(default_factory=dict)
    is_case: bool = False

    @property
    def eighteenth(self) -> date:
        return birthday(self.born, 18)

    def is_looked_after_on(self, day: date) -> bool:
        """Whether in care on a day otherwise than for short breaks."""
        return any(e.covers(day) for e in self.episodes if not e.is_short_break)

    def is_looked_after_in(self, year: int) -> bool:
        """Whether in care on any day of a year otherwise than for short breaks (rule 13)."""
        return any(e.is_in_return(year) for e in self.episodes if not e.is_short_break)

    def is_looked_after_at_end_of(self, year: int) -> bool:
        """Whether in care at 31 March in the sense of the published snapshot (rule 13)."""
        day = last_day(year)
        return any(
            e.began <= day and (e.ended is None or e.ended > day)
            for e in self.episodes
            if not e.is_short_break
        )

    def is_uasc_on(self, day: date) -> bool:
        """Whether the status holds on a day: to the day it ceased, or the 18th birthday."""
        return self.is_uasc and day <= (self.uasc_ceased or self.eighteenth)

    def is_in_return(self, year: int) -> bool:
        return any(e.is_in_return(year) for e in self.episodes)


@dataclass(eq=False)
class Occasion:
    """One occasion as it happened; `ended` None means still missing.

    `is_counted` says whether the project's rules count it.
    """

    child: Child
    status: str
    started: date
    ended: date | None
    is_counted: bool


@dataclass
class Register:
    """Everything that the returns are written from.

    `missing_rows` and `episode_rows` hold the returns' rows by year, as text in the order of the
    modules' columns; `counted` the occasions that count, by year and status, for each child.
    """

    rng: Random
    children: list[Child] = field(default_factory=list)
    occasions: list[Occasion] = field(default_factory=list)
    missing_rows: dict[int, list[list[str]]] = field(default_factory=dict)
    episode_rows: dict[int, list[list[str]]] = field(default_factory=dict)
    counted: dict[tuple[int, str], Counter[str]] = field(default_factory=dict)

    def new_id(self) -> str:
        """An id that no child has yet: mostly six digits, some with zeros or a letter in front."""
        taken = {child.child_id for child in self.children}
        while True:
            kind = self.rng.random()
            if kind < 0.8:
                child_id = str(self.rng.randint(100_000, 999_999))
            elif kind < 0.9:
                child_id = f"{self.rng.randint(1_000, 99_999):06d}"
            else:
                child_id = f"{self.rng.choice('ABDGKLT')}{self.rng.randint(10_000, 99_999)}"
            if child_id not in taken:
                return child_id

    def row(self, year: int, child: str, born: str, status: str, start: str, end: str) -> None:
        """Adds a row to a year's Missing module just as given."""
        self.missing_rows.setdefault(year, []).append([child, born, status, start, end])

    def went(
        self,
        child: Child,
        status: str,
        started: date,
        ended: date | None,
        *,
        again_in: tuple[int, ...] = (),
        again_as: str = "",
        counts: bool = True,
    ) -> None:
        """Adds an occasion, with its row in the return of the year in which it started.

        Args:
            child: who went.
            status: as that return has it, `M` or `A`.
            started: the day of the start.
            ended: the day of the end, None if still missing.
            again_in: later returns that have the occasion too.
            again_as: the status in these, if another.
            counts: whether the rules count the occasion.

        A return shows no end that lies after its own 31 March.
        """
        born = written(child.born)
        own_year = year_of(started)
        for year in (own_year, *again_in):
            end = written(ended) if ended and ended <= last_day(year) else ""
            kept = again_as if again_as and year != own_year else status
            if year in YEARS:
                self.row(year, child.child_id, born, kept, written(started), end)
        self.occasions.append(Occasion(child, status, started, ended, counts))
        if counts:
            tally = self.counted.setdefault((own_year, status.upper()), Counter())
            tally[child.child_id] += 1


def written(day: date | None) -> str:
    """A date as the return has it, `dd/mm/yyyy`; nothing for None."""
    return f"{day:%d/%m/%Y}" if day else ""


def days(first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last`, both included; none if `last` is earlier."""
    for number in range((last - first).days + 1):
        yield first + number * DAY
