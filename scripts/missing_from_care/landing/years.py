"""Which collection year rows belong to: by folder, by a column, and whether their dates agree.

A bare year is ambiguous: `2018` is 2017-18 in some tools and 2018-19 in others. It is taken only
where the dates of the Episodes and Missing rows fit one reading more than twice as often, for all
files of a source folder alike.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from missing_from_care.landing.find_files import ZIP_SUFFIX
from missing_from_care.landing.source_tables import FaultList, column_names

YEAR_COLUMNS = ("collection_year", "year")
START_AND_END = {"ssda903_episodes": ("decom", "dec"), "ssda903_missing": ("mis_start", "mis_end")}
FEWEST_ROWS = 5
YEARS_AROUND = 10
ADVICE = "write both years, as `2017-18` for 1 April 2017 to 31 March 2018"
YEAR_ADVICE = (
    "name the folder of a return with both years, as `2017-18` for 1 April 2017 to 31 March 2018 "
    "(`2017` alone means 2016-17 in some tools and 2017-18 in others), directly below the source "
    "folder; or, where a file holds several years, give each row both years in a column YEAR or "
    "COLLECTION_YEAR"
)

# How many rows start and end in which collection year; a year is named by its first calendar year,
# no end means that the row is still open.
Spans = Counter[tuple[int, int | None]]


class Label(NamedTuple):
    """What a value of a column of years says: the first calendar year, or the bare year itself."""

    year: int
    is_bare: bool

    def named(self, shift: int) -> str:
        """The collection year, with what is to be added to a bare year."""
        return year_name(self.year + (shift if self.is_bare else 0))


def year_name(first: int) -> str:
    """The collection year that begins in a calendar year, `2017-18`."""
    return f"{first}-{(first + 1) % 100:02d}"


def is_collection_year(label: str) -> bool:
    """Whether a label is a collection year with two consecutive years, `2017-18`."""
    return bool(re.fullmatch("[0-9]{4}-[0-9]{2}", label)) and year_name(int(label[:4])) == label


def split_council(file: str) -> tuple[str, str]:
    """The council whose folder a path begins with, by its code of three digits, and the rest; blank
    where one is landed alone. The models read it from `source_file` in the same way."""
    first, _, rest = file.partition("/")
    return (first, rest) if rest and re.fullmatch("[0-9]{3}", first) else ("", file)


def placed_year(council: str, year: str) -> str:
    """A collection year as messages name it: `2017-18`, behind its council's folder if any."""
    return f"{council}/{year}" if council else year


def named_by(file: str) -> list[str]:
    """The collection years that the path of a file names: one, if all is well. The first folder
    below the council's counts, and of a zip file its own name and every folder inside it."""
    council, file = split_council(file)
    folders = file.split("/")[:-1]
    names = folders[:1]
    for at, name in enumerate(folders):
        if name.lower().endswith(ZIP_SUFFIX):
            names += [name[: -len(ZIP_SUFFIX)], *folders[at + 1 :]]
            break
    return sorted({placed_year(council, name) for name in names if is_collection_year(name)})


def year_folders(source: Path) -> list[str]:
    """The collection years that have a folder directly below the source folder or a council's."""
    below = [*source.iterdir(), *source.glob("[0-9][0-9][0-9]/*")]
    return sorted(
        path.relative_to(source).as_posix()
        for path in below
        if is_collection_year(path.name) and path.is_dir() and not path.is_symlink()
    )


def misplaced(folder: str, modules: Sequence[str], source: Path) -> str:
    """The sentence for modules of the return below a folder, if any, that is no collection year."""
    found = f"{', '.join(sorted(set(modules)))} of the annual return"
    if not folder and is_collection_year(source.name):
        return f"The source folder itself holds {found}: give the folder above it instead."
    if not folder:
        return f"{found} lies outside any folder of a collection year: {YEAR_ADVICE}."
    what = "zip file" if folder.lower().endswith(ZIP_SUFFIX) else "folder"
    return (
        f"The {what} {folder} holds {found}, but its name is not a collection year: {YEAR_ADVICE}."
    )


def year_column(header: Sequence[str]) -> str | None:
    """The column of the collection year, or none."""
    names = column_names(header)
    return next((name for name in YEAR_COLUMNS if names.count(name) == 1), None)


def read_label(text: str) -> Label | None:
    """Reads `2017-18`, `2017/18`, `2017_18`, `201718`, `2017-2018` or a bare `2018`."""
    text = re.sub(r"[.]0$", "", text.strip())
    if re.fullmatch("[0-9]{4}", text):
        return Label(int(text), True)
    parts = re.fullmatch(r"([0-9]{4})\s?[-/_–]?\s?([0-9]{2}|[0-9]{4})", text)
    if not parts:
        return None
    following = str(int(parts[1]) + 1)
    return Label(int(parts[1]), False) if following.endswith(parts[2]) else None


def shift_of_bare_years(
    spans_by_file: Mapping[str, Mapping[Label, Spans]], faults: FaultList
) -> int | None:
    """What to add to a bare year to get the first calendar year: -1 or 0; none, with a sentence
    among the faults, if it cannot be known from the spans of rows by their label, of each file with
    a column of years."""
    bare = [file for file, spans in spans_by_file.items() if any(each.is_bare for each in spans)]
    labels = [(label, spans) for file in bare for label, spans in spans_by_file[file].items()]
    fits = {
        shift: sum(fitting(spans, each.year + shift) for each, spans in labels if each.is_bare)
        for shift in (-1, 0)
    }
    best = max(fits, key=lambda shift: fits[shift])
    if not bare or (fits[best] >= FEWEST_ROWS and fits[best] > 2 * min(fits.values())):
        return best
    faults.add(
        f"The column YEAR of {', '.join(bare)} holds single years, as `2018`, which means 2017-18 "
        "in some tools and 2018-19 in others, and the dates of Episodes and Missing do not tell "
        f"which: {ADVICE}."
    )
    return None


def disagreement(label: str, spans_by_file: Mapping[str, Spans]) -> str | None:
    """The sentence for a folder of a year whose Episodes and Missing belong to another, or none.
    The label is wrong if another year fits more than twice as many rows: of all files together, or
    of one file with at least five rows. Since open episodes fit every later year too, the rows with
    an end are compared among themselves as well. A few impossible rows land, to be found."""
    year = int(label[:4])
    together = sum(spans_by_file.values(), Counter())
    ended = Counter({pair: count for pair, count in together.items() if pair[1] is not None})
    parts = {"rows with an end": ended}
    parts |= {f"rows with dates in {file}": spans for file, spans in spans_by_file.items()}
    enough = {what: spans for what, spans in parts.items() if spans.total() >= FEWEST_ROWS}
    around = range(year - YEARS_AROUND, year + YEARS_AROUND + 1)
    for what, spans in {"rows with dates": together, **enough}.items():
        # Of several the one nearest to the label.
        best = max(around, key=lambda other: (fitting(spans, other), -abs(other - year)))
        if fitting(spans, best) > 2 * fitting(spans, year):
            return (
                f"The folder {label} does not hold what its name says: {fitting(spans, year):,} "
                f"of {spans.total():,} {what} fit {label}, but {fitting(spans, best):,} fit "
                f"{year_name(best)}. Rename the folder, or put the return of {label} into it."
            )
    return None


def fitting(spans: Spans, year: int) -> int:
    """How many rows fit a year: they start no later than its end and are open or end within it."""
    fits = (n for (start, end), n in spans.items() if start <= year and end in (None, year))
    return sum(fits)
