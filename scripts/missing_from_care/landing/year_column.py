"""Files with all years in one: the rows are told apart by their column of the collection year.

A bare year is ambiguous: `2018` is 2017-18 in some tools and 2018-19 in others. It is taken only
where the dates of the Episodes and Missing rows fit one reading more than twice as often, for all
files of a source folder alike.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from missing_from_care.faults import DataFault
from missing_from_care.landing.source_tables import FaultList, SourceTable, column_names
from missing_from_care.landing.year_dates import FEWEST_ROWS, START_AND_END, Spans, fitting, span
from missing_from_care.project import RawTable

YEAR_COLUMNS = ("collection_year", "year")
MOST_SENTENCES_OF_A_FILE = 3
MOST_YEARS = 60
ADVICE = "write both years, as `2017-18` for 1 April 2017 to 31 March 2018"

Placed = tuple[RawTable, str, SourceTable]


@dataclass(frozen=True)
class Label:
    """What a value of the column says.

    Attributes:
        year: the first calendar year of the collection year, or the bare year itself.
        is_bare: whether it is one year alone.
    """

    year: int
    is_bare: bool


@dataclass
class _Census:
    """What the column of one file holds."""

    table: RawTable
    source: SourceTable
    column: str
    labels: dict[str, Label]
    spans: dict[Label, Spans]


def year_column(source: SourceTable) -> str | None:
    """The column of the collection year, or none."""
    names = column_names(source.header)
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


def split(found: Sequence[tuple[RawTable, SourceTable]], faults: FaultList) -> list[Placed]:
    """Splits files with all years into one table for each collection year.

    Args:
        found: the raw table and the file of each.
        faults: is given a sentence for each value that is no year, and for ambiguous years.

    Returns:
        Raw table, collection year and the rows of that year, in the order found. A year between
        a file's first and last has no rows if the file has none; others the file says nothing of.
    """
    taken = [census for table, source in found if (census := _take(table, source, faults))]
    shift = _shift_of_bare_years(taken, faults)
    return [] if shift is None else [placed for each in taken for placed in _parts(each, shift)]


def _take(table: RawTable, source: SourceTable, faults: FaultList) -> _Census | None:
    """Reads the column of a file once through; none if it holds anything else than years."""
    names = column_names(source.header)
    column = year_column(source) or ""
    at = names.index(column)
    dates = START_AND_END.get(table.name)
    where = [names.index(name) for name in dates] if dates else []
    census = _Census(table, source, column, {}, defaultdict(Counter))
    wrong = 0
    try:
        for number, values in source.rows():
            text = values[at] if at < len(values) else ""
            label = census.labels.get(text) or read_label(text)
            if label is None:
                wrong += 1
                if wrong <= MOST_SENTENCES_OF_A_FILE:
                    faults.add(
                        f"{source.file}, row {number} below the header, column {column.upper()}: "
                        f"found no collection year there: {ADVICE}."
                    )
                continue
            census.labels[text] = label
            if where and len(values) > max(where):
                years = span(*(values[place] for place in where))
                if years:
                    census.spans[label][years] += 1
    except DataFault as fault:
        faults.add(*fault.sentences)
        return None
    if wrong > MOST_SENTENCES_OF_A_FILE:
        more = wrong - MOST_SENTENCES_OF_A_FILE
        faults.add(f"{source.file}: {more:,} more rows without a collection year.")
    return None if wrong else census


def _shift_of_bare_years(taken: Sequence[_Census], faults: FaultList) -> int | None:
    """What to add to a bare year to get the first calendar year: -1 or 0; none if not known."""
    bare = [each for each in taken if any(label.is_bare for label in each.labels.values())]
    fits = {
        shift: sum(
            fitting(spans, label.year + shift)
            for each in bare
            for label, spans in each.spans.items()
            if label.is_bare
        )
        for shift in (-1, 0)
    }
    best = max(fits, key=lambda shift: fits[shift])
    if not bare or (fits[best] >= FEWEST_ROWS and fits[best] > 2 * min(fits.values())):
        return best
    files = ", ".join(each.source.file for each in bare)
    faults.add(
        f"The column YEAR of {files} holds single years, as `2018`, which means 2017-18 in some "
        "tools and 2018-19 in others, and the dates of Episodes and Missing do not tell which: "
        f"{ADVICE}."
    )
    return None


def _parts(census: _Census, shift: int) -> Iterator[Placed]:
    """The rows of each year as a table of their own."""
    years = {text: _named(label, shift) for text, label in census.labels.items()}
    at = column_names(census.source.header).index(census.column)
    for year in _without_gaps(set(years.values())):
        texts = frozenset(text for text, named in years.items() if named == year)

        def rows(texts: frozenset[str] = texts) -> Iterator[tuple[int, list[str]]]:
            return (row for row in census.source.rows() if row[1][at] in texts)

        note = f"rows of {year} by {census.column.upper()}"
        yield (
            census.table,
            year,
            replace(
                census.source,
                rows=rows,
                notes=(*census.source.notes, note),
                year_column=census.column,
            ),
        )


def _without_gaps(years: set[str]) -> list[str]:
    """The years from the first to the last: one between them without a row has none to tell."""
    first_years = sorted(int(year[:4]) for year in years)
    if not first_years or first_years[-1] - first_years[0] > MOST_YEARS:
        return sorted(years)
    return [_named(Label(year, False), 0) for year in range(first_years[0], first_years[-1] + 1)]


def _named(label: Label, shift: int) -> str:
    first = label.year + (shift if label.is_bare else 0)
    return f"{first}-{(first + 1) % 100:02d}"
