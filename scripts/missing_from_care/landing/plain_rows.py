"""Rows written so plainly that DuckDB can read them in one way only, and how it is told to."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from missing_from_care.base.faults import DataFault
from missing_from_care.landing.source_tables import MOST_SENTENCES_OF_A_FILE, Rows, is_blank


class PlainRows:
    """Rows with their numbers, written into a file.

    Args:
        work: the folder for the file.
        width: how many values a row has.
    """

    def __init__(self, work: Path, width: int) -> None:
        self.stream = NamedTemporaryFile(  # noqa: SIM115
            "w", encoding="utf-8", newline="", dir=work, suffix=".csv", delete=False
        )
        # Only from 3.13 on does Python's writer know by itself what needs quoting.
        self.writer = csv.writer(self.stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
        self.width, self.count = width, 0

    def write(self, number: int, values: list[str]) -> None:
        """Takes a row of the right width."""
        self.writer.writerow((*values, number))
        self.count += 1

    def rows(self, notes: tuple[str, ...] = ()) -> Rows:
        """The rows for DuckDB, when all are written."""
        self.stream.close()
        options = "header = false, delim = ',', new_line = '\\n', "
        options += "max_line_size = 10000000, buffer_size = 10000000"
        path = Path(self.stream.name)
        return Rows(
            read_csv(path, self.width, options, ", 'source_row': 'varchar'"), self.count, notes
        )


def write_plain(
    work: Path,
    file: str,
    width: int,
    rows: Iterable[tuple[int, list[str]]],
    surplus: str,
    notes: tuple[str, ...] = (),
) -> Rows:
    """Writes the rows below the column names; those of nothing are passed over.

    Args:
        work: the folder for the file.
        file: the table's name in messages.
        width: how many values a row must have; a blank one too many is dropped.
        rows: values, each row with its number.
        surplus: why a row may have too many values.
        notes: what the user should know already.

    Raises:
        DataFault: rows have too few or too many values.
    """
    plain, faults, misfits, blank = PlainRows(work, width), [], 0, 0
    for number, values in rows:
        if is_blank(values):
            blank += 1
        elif len(values) >= width and is_blank(values[width:]):
            plain.write(number, values[:width])
        else:
            misfits += 1
            what = "it may be cut off" if len(values) < width else surplus
            if misfits <= MOST_SENTENCES_OF_A_FILE:
                faults.append(
                    f"{file}, row {number} below the header: found {len(values)} values, expected "
                    f"{width}; {what}. Mend that row in the program the file came from."
                )
    found = plain.rows(
        (*notes, *([f"{blank:,} blank row{'s' * (blank > 1)} passed over"] if blank else []))
    )
    if misfits > len(faults):
        faults.append(f"{file}: {misfits - len(faults):,} more rows do not have {width} values.")
    if faults:
        raise DataFault(*faults)
    return found


def read_csv(path: Path, width: int, options: str, more: str = "") -> str:
    """DuckDB's reader with nothing left for it to guess; the columns are c0, c1, …"""
    columns = ", ".join(f"'c{at}': 'varchar'" for at in range(width)) + more
    return (
        f"read_csv({sql_path(path)}, columns = {{{columns}}}, auto_detect = false, quote = '\"', "
        f"escape = '\"', strict_mode = true, compression = 'none', {options})"
    )


def sql_path(path: Path) -> str:
    """A file to read, for DuckDB, which would take some characters of a name for patterns."""
    return sql_text(re.sub(r"([*?\[])", r"[\1]", str(path)))


def sql_text(text: str) -> str:
    """A text as a constant of SQL, a path to write to for example."""
    return "'" + text.replace("'", "''") + "'"
