"""In which form the dates of a file are: decided once a column, from all of its values.

A program that saves a file turns all its dates alike, so day-first against month-first is decided
for the file as a whole. What a form reads is asked of the macro by which staging reads it.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import duckdb

from missing_from_care.models_in_memory import build_model, macro_sql
from missing_from_care.project import CHECKOUT

USUAL = "day_first"
TURNED = {"day_first": "month_first", "day_first_short": "month_first_short"}
SERIALS = ("serial_1900", "serial_1904")
FORMS = ("day_first", "day_first_short", "month_name", "compact", *SERIALS)
ONLY_TO_TELL = (*TURNED.values(), "year_first_short", "year_day_month")
FEWEST_DATES = 5
MOST_YEARS_BEFORE = 30
STARTS_AND_ENDS = ("mis_start", "mis_end")


@dataclass(frozen=True)
class DateForms:
    """What was found of a file's dates.

    Attributes:
        forms: the form of each column that has one other than the return's own.
        refused: columns whose dates look month-first.
        remarks: for each column that is in no one form, what is wrong with it.
    """

    forms: dict[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    remarks: dict[str, str] = field(default_factory=dict)

    def read(self, column: str) -> str:
        """SQL for the day in a column of the file."""
        form = self.forms.get(column, USUAL)
        if form == "none":
            return "cast(null as date)"
        return parsed(_text(column), form, str(9999))


def parsed(text: str, form: str, latest_year: str) -> str:
    """SQL for the day that a text is, read by a form."""
    return macro_sql("parse_date", text, f"'{form}'", latest_year)


def _text(column: str) -> str:
    return macro_sql("source_text", column)


@cache
def _threshold(name: str) -> int:
    with (CHECKOUT / "seeds" / "rules" / "thresholds.csv").open(encoding="utf-8") as stream:
        return next(int(row["value"]) for row in csv.DictReader(stream) if row["threshold"] == name)


def find_date_forms(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str], year: int | None
) -> DateForms:
    """Decides in which form the dates of a file are.

    Args:
        connection: where the relation can be read.
        relation: SQL of the rows.
        columns: its columns of dates.
        year: the first calendar year of the collection year, if the rows are all of one.
    """
    build_model(connection, "blank_words")
    texts = " union all ".join(
        f"select '{name}' as column_name, {name} as value, count(*) as rows from {relation} "
        f"where {name} is not null group by all"
        for name in columns
    )
    latest = f"{(year or 2999) + 1 + _threshold('years_ahead_of_two_digits')}"
    days = ", ".join(f"{parsed('text', form, latest)} as {form}" for form in FORMS + ONLY_TO_TELL)
    connection.execute(
        f"""
        create or replace temp table dates as
        select *, {days}
        from (
            select column_name, {_text("value")} as text, cast(sum(rows) as bigint) as rows
            from ({texts})
            group by all
        )
        where text is not null
        """
    )
    found = [_Column(connection, name, year) for name in columns]
    return _decided([each for each in found if each.total], year)


class _Column:
    """What each form reads of a column's values."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str, year: int | None) -> None:
        self.connection, self.name, self.year = connection, name, year
        told = ", ".join(f"coalesce(sum(rows) filter ({form} is not null), 0)" for form in FORMS)
        self.total, *reads = self._row(f"coalesce(sum(rows), 0), {told}")
        self.reads = dict(zip(FORMS, reads, strict=True))
        for form, turned in TURNED.items():
            self.reads[form] = self._count(f"{form} is not null or {turned} is not null")

    def _row(self, what: str) -> Sequence[Any]:
        return self.connection.execute(
            f"select {what} from dates where column_name = ?", [self.name]
        ).fetchall()[0]

    def _count(self, condition: str) -> int:
        return int(self._row(f"coalesce(sum(rows) filter ({condition}), 0)")[0])

    def form(self) -> str:
        """The form that reads nearly all values; `none` if there is none."""
        best = max(FORMS, key=lambda form: (self.reads[form], -FORMS.index(form)))
        is_enough = 100 * self.reads[best] >= _threshold("date_form_fits_at_least") * self.total
        if not is_enough:
            return "none"
        if best in SERIALS and self.fits(SERIALS[1]) > self.fits(SERIALS[0]):
            return SERIALS[1]
        if best == "day_first_short" and self.fits("year_first_short") > self.fits(best):
            return "none"
        return best

    def only(self, form: str, other: str) -> int:
        """How many values one form reads and the other does not."""
        return self._count(f"{form} is not null and {other} is null")

    def fits(self, form: str, condition: str = "true") -> int:
        """How many days lie where the collection year lets them, if the form reads them."""
        if self.year is None:
            return 0
        end = f"date '{self.year + 1}-03-31'"
        if self.name in STARTS_AND_ENDS:
            where = f"{form} between date '{self.year}-04-01' and {end}"
        else:
            first = f"date '{self.year + 1 - MOST_YEARS_BEFORE}-03-31'"
            where = f"{form} between {first} and {end}"
        return self._count(f"({condition}) and {where}")

    def looks_turned(self, form: str) -> bool:
        """Whether the number that should be the day hardly varies while the month does."""
        days, months = self._row(
            f"count(distinct day({form})) filter ({form} <> {TURNED[form]}), "
            f"count(distinct month({form})) filter ({form} <> {TURNED[form]})"
        )
        return months >= FEWEST_DATES and days <= max(1, months // 4)

    def is_swapped(self) -> bool:
        """Whether a spreadsheet turned those dates whose day can be a month, and left the rest."""
        converted = "(month_name is not null or regexp_matches(text, '^[0-9]{4}-'))"
        as_text = "(day_first is not null and regexp_matches(text, '^[0-9]{1,2}[^0-9]'))"
        day = "day(coalesce(month_name, day_first))"
        left, left_large = self._count(as_text), self._count(f"{as_text} and day(day_first) > 12")
        done, done_small = self._count(converted), self._count(f"{converted} and {day} <= 12")
        return min(left, done) >= FEWEST_DATES and left == left_large and done == done_small


def _decided(columns: Sequence[_Column], year: int | None) -> DateForms:
    forms, remarks = {}, {}
    for column in columns:
        form = column.form()
        if column.is_swapped():
            form, remarks[column.name] = (
                "none",
                (
                    "all days to the 12th are written in one way and all later ones in another, as "
                    "when a spreadsheet with US settings has swapped days and months"
                ),
            )
        elif form == "day_first" and column.only("year_day_month", "day_first") > 0:
            if not column._count("year_day_month is null and day_first is not null"):
                form, remarks[column.name] = "none", "the dates look year-day-month"
        if form == "none":
            remarks.setdefault(column.name, "the dates are in no one form that is known")
        forms[column.name] = form
    turning = [each for each in columns if forms[each.name] in TURNED]
    order = _order(turning, forms, year)
    if order == "month_first":
        return DateForms(refused=tuple(each.name for each in turning))
    if order == "none":
        for each in turning:
            forms[each.name] = "none"
            remarks[each.name] = "some dates can only be day-first and others only month-first"
    return DateForms({name: form for name, form in forms.items() if form != USUAL}, remarks=remarks)


def _order(columns: Sequence[_Column], forms: dict[str, str], year: int | None) -> str:
    """Whether the numbers of a file's dates are day-first, month-first or `none` for certain."""
    pairs = [(each, forms[each.name], TURNED[forms[each.name]]) for each in columns]
    day = sum(each.only(form, turned) for each, form, turned in pairs)
    month = sum(each.only(turned, form) for each, form, turned in pairs)
    if day or month:
        share = _threshold("date_form_fits_at_least")
        if 100 * day >= share * (day + month):
            return "day_first"
        return "month_first" if 100 * month >= share * (day + month) else "none"
    told = [
        (each.fits(form, f"{form} <> {turned}"), each.fits(turned, f"{form} <> {turned}"))
        for each, form, turned in pairs
    ]
    as_day, as_month = sum(first for first, _ in told), sum(second for _, second in told)
    if max(as_day, as_month) >= FEWEST_DATES and max(as_day, as_month) > 2 * min(as_day, as_month):
        return "day_first" if as_day > as_month else "month_first"
    if any(each.looks_turned(form) for each, form, _ in pairs):
        return "month_first"
    return "day_first"
