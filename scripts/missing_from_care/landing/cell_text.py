"""The text of a spreadsheet cell, as a person sees it."""

import datetime as dt
import math
import re
from typing import Any

from openpyxl.utils.escape import unescape

HALF_A_SECOND = dt.timedelta(microseconds=500_000)


def cell_text(cell: Any) -> str:
    """The text of a cell that openpyxl read.

    Args:
        cell: a cell of a worksheet opened read-only with `data_only`.

    Returns:
        Text as it stands. A day as dd/mm/yyyy, with the time behind it if that is not midnight,
        only if the cell is formatted as a date. A whole number without decimals; with the leading
        zeros that a number format of zeros alone shows.
    """
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return unescape(value) if "_x" in value else value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, dt.date):
        return _day(value)
    if isinstance(value, dt.time):
        return value.isoformat("seconds")
    return str(value)


def _number(value: int | float, number_format: str | None) -> str:
    if isinstance(value, float):
        if not math.isfinite(value) or value != int(value) or abs(value) >= 1e15:
            return format(value, ".15g")
        value = int(value)
    is_padded = re.fullmatch("0{2,20}", number_format or "")
    return str(value).zfill(len(number_format)) if is_padded else str(value)


def _moment(moment: dt.datetime) -> str:
    """Rounded to the second: a spreadsheet keeps a time as a fraction of a day."""
    if moment < dt.datetime.max - HALF_A_SECOND:
        moment = (moment + HALF_A_SECOND).replace(microsecond=0)
    time = moment.time()
    return _day(moment) + (f" {time.isoformat('seconds')}" if time != dt.time() else "")


def _day(day: dt.date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"
