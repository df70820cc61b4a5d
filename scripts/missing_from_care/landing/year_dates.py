"""Whether the dates in a return's files agree with the collection year that its folder names.

Tolerant on purpose: real returns hold a few impossible rows, which must land to be found.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

START_AND_END = {"ssda903_episodes": ("decom", "dec"), "ssda903_missing": ("mis_start", "mis_end")}
FEWEST_ROWS = 5
YEARS_AROUND = 10

# How many rows start and end in which collection year; a year is named by its first calendar year,
# no end means that the row is still open.
Spans = Counter[tuple[int, int | None]]


@lru_cache(maxsize=1 << 16)
def collection_year_of_date(text: str) -> int | None:
    """The collection year that a day lies in, 2017 for 1 April 2017 to 31 March 2018.

    Args:
        text: a date as dd/mm/yyyy or yyyy-mm-dd, with or without a time after it.

    Returns:
        The first calendar year, or none if the text is no date.
    """
    parts = text.strip()[:10]
    try:
        day = (
            dt.date(int(parts[6:]), int(parts[3:5]), int(parts[:2]))
            if parts[2:3] == "/" == parts[5:6]
            else dt.date.fromisoformat(parts)
        )
    except ValueError:
        return None
    return day.year - (day.month < 4)


def span(start: str, end: str) -> tuple[int, int | None] | None:
    """The collection years in which a row starts and ends; none if a date cannot be read."""
    first = collection_year_of_date(start)
    last = collection_year_of_date(end) if end.strip() else None
    return None if first is None or (end.strip() and last is None) else (first, last)


def disagreement(label: str, spans_by_file: Mapping[str, Spans]) -> str | None:
    """The sentence for a folder whose dates belong to another year, or none.

    Args:
        label: the collection year that the folder names, `2017-18`.
        spans_by_file: the spans of its Episodes and Missing files, by file name.

    A row fits a year if it starts no later than that year's end and is open or ends within it. The
    label is wrong if another year fits more than twice as many rows: of all files together, or of
    one file with at least five rows. Since open episodes fit every later year too, the rows with
    an end are compared among themselves as well.
    """
    year = int(label[:4])
    together = sum(spans_by_file.values(), Counter())
    ended = Counter({pair: count for pair, count in together.items() if pair[1] is not None})
    parts = [("rows with dates", together)]
    if ended.total() >= FEWEST_ROWS:
        parts.append(("rows with an end", ended))
    for file, spans in spans_by_file.items():
        if spans.total() >= FEWEST_ROWS:
            parts.append((f"rows with dates in {file}", spans))
    for what, spans in parts:
        best = _best_year(spans, year)
        if fitting(spans, best) > 2 * fitting(spans, year):
            named = f"{best}-{(best + 1) % 100:02d}"
            return (
                f"The folder {label} does not hold what its name says: {fitting(spans, year):,} "
                f"of {spans.total():,} {what} fit {label}, but {fitting(spans, best):,} fit "
                f"{named}. Rename the folder, or put the return of {label} into it."
            )
    return None


def fitting(spans: Spans, year: int) -> int:
    """How many rows fit a year: they start no later than its end and are open or end within it."""
    return sum(
        count
        for (start, end), count in spans.items()
        if start <= year and (end is None or end == year)
    )


def _best_year(spans: Spans, year: int) -> int:
    """The year that fits most rows; of several the one nearest to the label."""
    around = range(year - YEARS_AROUND, year + YEARS_AROUND + 1)
    return max(around, key=lambda other: (fitting(spans, other), -abs(other - year)))
