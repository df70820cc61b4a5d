"""In which form the dates of a file are: decided once a column, from all of its values.

A program that saves a file turns all its dates alike, so day-first against month-first is decided
for the file as a whole. What a form reads is asked of the macro by which staging reads it, except
where all dates of a file are days written dd/mm/yyyy, which need no trying.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple

import duckdb

from missing_from_care.base.faults import UsageFault
from missing_from_care.base.models_in_memory import build_model, macro_sql, rule_rows

USUAL = "day_first"
TURNED = {"day_first": "month_first", "day_first_short": "month_first_short"}
SERIALS = ("serial_1900", "serial_1904")
FORMS = ("day_first", "day_first_short", "month_name", "compact", *SERIALS)
PAIR = (USUAL, TURNED[USUAL])
ALL = (*FORMS, *TURNED.values(), "year_first_short", "year_day_month")
FEWEST_DATES = 5
FEWEST_YEARS = 3
PLAIN = "regexp_full_match({}, '[0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]')"
MOST_YEARS_IN_CARE = 19
# Years before and after the collection year in which a column's days lie, if other than those.
YEARS_AROUND = {
    **dict.fromkeys(("mis_start", "mis_end", "dec"), (0, 0)),
    **dict.fromkeys(("offered_date", "interview_date"), (0, 1)),
    "duc": (0, MOST_YEARS_IN_CARE),
}
NO_YEAR = dt.date.max, dt.date.min
BLANK_WORDS = "(select array_agg(trim(word, '''')) from blank_words where kind = 'word')"


class Kind(NamedTuple):
    """Values of a column that the forms read alike, by their number of rows. They begin with one or
    two digits (`is_number`) or with the year (`is_iso`). `days`: what each form reads. `likely`:
    the first and the last day on which they lie if the collection year is right."""

    rows: int
    is_number: bool
    is_iso: bool
    days: Mapping[str, dt.date | None]
    likely: tuple[dt.date, dt.date]


@dataclass(frozen=True)
class DateForms:
    """What was found of a file's dates.

    Attributes:
        forms: the form of each column that has one other than the return's own.
        refused: columns whose dates look month-first.
        remarks: for each column that is in no one form, what is wrong with it.
        latest_year: the last that two digits can mean.
        is_plain: whether all are written dd/mm/yyyy.
    """

    forms: dict[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    remarks: dict[str, str] = field(default_factory=dict)
    latest_year: int = 9999
    is_plain: bool = False


def find_date_forms(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[str],
    year: int | None,
    epoch: str | None = None,
    span: tuple[int, int] | None = None,
) -> DateForms:
    """Decides in which form the dates of a file are.

    Args:
        connection, relation: where the rows can be read, and their SQL.
        columns: its columns of dates.
        year: the first calendar year of the collection year, if the rows are all of one.
        epoch: the form of serial numbers, if the file says from which day it counts. Where it does
            not, they are read only if one epoch alone puts the days where they can lie.
        span: else those of the first and the last collection year of which the rows can be.
    """
    reach = (year, year) if year is not None else span
    named = ", ".join(columns)
    values = (
        f"select column_name, value, count(*) as rows from (unpivot (select {named} from "
        f"{relation}) on {named} into name column_name value value) where trim(value) <> '' "
        "group by all"
    )
    plain_days = (
        f"case when is_number then cast(try_strptime(value, '{form}') as date) end"
        for form in ("%d/%m/%Y", "%m/%d/%Y")
    )
    found = connection.execute(
        f"select column_name, cast(sum(rows) as bigint), {PLAIN.format('value')} as is_number, "
        f"false, {', '.join(plain_days)} from ({values}) group by all"
    )
    read = _kinds(found, PAIR, reach)
    plain = [(column, kind) for column, kind in read if kind.is_number]
    others: list[tuple[str, Kind]] = []
    is_plain = len(plain) == len(read)
    if not is_plain:
        build_model(connection, "blank_words")
        # The other forms take ten times as long to try.
        for forms in (PAIR, ALL):
            found = connection.execute(_reading(values, _latest(year), forms))
            others = _kinds(found, forms, reach)
            if all(kind.days[USUAL] for _, kind in plain + others):
                break
    kinds = {name: [kind for at, kind in plain + others if at == name] for name in columns}
    decided = _decided({name: found for name, found in kinds.items() if found}, epoch)
    return replace(decided, latest_year=_latest(year), is_plain=is_plain)


def spans(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    start_and_end: tuple[str, str],
    dates: DateForms,
    label: str = "''",
) -> list[tuple[str, int, int | None, int]]:
    """In which collection years the rows start and end, by their columns and forms of dates: a
    label (SQL for what rows are told apart by), the first calendar year of the start's and of the
    end's year, and how many rows. The end's is none if it is blank; rows with a date that cannot be
    read are left out."""
    texts, parts, days = [], "", []
    for name, text in zip(start_and_end, ("start_text", "end_text"), strict=True):
        form = dates.forms.get(name, USUAL)
        cleaned = f"nullif(trim({name}), '')"
        day = f"cast(try_strptime({text}, '%d/%m/%Y') as date)"
        if not dates.is_plain:
            parts += f", {_macro('day_part', text)} as {text}_part"
            read = _macro("source_text", name, BLANK_WORDS)
            cleaned = f"case when {PLAIN.format(name)} then {name} else {read} end"
        if form == "none":
            day = "cast(null as date)"
        elif not dates.is_plain:
            read = _macro("parse_date", text, repr(form), str(dates.latest_year), f"{text}_part")
            is_usual = PLAIN.format(text) if form == USUAL else "false"
            day = f"case when {is_usual} then {day} else try_cast({read} as date) end"
        texts.append(f"{cleaned} as {text}")
        days.append(day)
    found = connection.execute(
        f"""
        select label, year(start_day - interval 3 month), year(end_day - interval 3 month),
            cast(sum(rows) as bigint)
        from (
            select label, rows, end_text, {days[0]} as start_day, {days[1]} as end_day
            from (
                select *{parts}
                from (
                    select {label} as label, {", ".join(texts)}, count(*) as rows
                    from {relation}
                    group by all
                )
            )
        )
        where start_day is not null and (end_day is not null or end_text is null)
        group by all
        """
    )
    return found.fetchall()


@cache
def _macro(name: str, *arguments: str) -> str:
    return macro_sql(name, *arguments)


@cache
def _threshold(name: str) -> int:
    for row in rule_rows("thresholds"):
        if row["threshold"] == name and row["value"].isdecimal():
            return int(row["value"])
    raise UsageFault(
        f"thresholds.csv of FOI_SETTINGS has no whole number for {name}: take the row over from "
        "seeds/rules/thresholds.csv."
    )


def _latest(year: int | None) -> int:
    return (year or 2999) + 1 + _threshold("years_ahead_of_two_digits")


def _reading(values: str, latest: int, forms: Sequence[str]) -> str:
    """SQL of what some forms read of the values that are not written dd/mm/yyyy."""
    # The part is a column, since to plan its expression once a form takes longer than to run it.
    days = [
        f"{_macro('parse_date', 'text', repr(form), str(latest), 'part')} as {form}"
        for form in forms
    ]
    return (
        "select column_name, cast(sum(rows) as bigint), "
        "regexp_matches(text, '^[0-9]{1,2}[^0-9]') as is_number, "
        f"regexp_matches(text, '^[0-9]{{4}}-') as is_iso, {', '.join(days)} "
        f"from (select *, {_macro('day_part', 'text')} as part from (select column_name, rows, "
        f"{_macro('source_text', 'value', BLANK_WORDS)} as text from ({values}) "
        f"where not {PLAIN.format('value')})) where text is not null group by all"
    )


def _kinds(
    found: duckdb.DuckDBPyConnection, forms: Sequence[str], reach: tuple[int, int] | None
) -> list[tuple[str, Kind]]:
    """What some forms read, as kinds of values, each with its column."""
    kinds = []
    for column, rows, is_number, is_iso, *read in found.fetchall():
        # A year that Python does not know comes as text.
        known = [day if isinstance(day, dt.date) else None for day in read]
        of_form = dict(zip(forms, known, strict=True))
        kinds.append((column, Kind(rows, is_number, is_iso, of_form, _likely(column, reach))))
    return kinds


def _likely(column: str, years: tuple[int, int] | None) -> tuple[dt.date, dt.date]:
    """The first and the last day on which most days of a column lie."""
    if years is None:
        return NO_YEAR
    before, after = YEARS_AROUND.get(column, (MOST_YEARS_IN_CARE, 0))
    return dt.date(years[0] - before, 4, 1), dt.date(years[1] + 1 + after, 3, 31)


def _rows(kinds: Sequence[Kind], form: str, but: str = "") -> int:
    """How many rows one form reads, and another does not."""
    return sum(each.rows for each in kinds if each.days.get(form) and not each.days.get(but))


def _fitting(kinds: Sequence[Kind], form: str) -> int:
    """How many rows a form reads as days that fit the collection year."""
    read = ((each.rows, each.days.get(form), *each.likely) for each in kinds)
    return sum(rows for rows, day, first, last in read if day and first <= day <= last)


def _is_swapped(kinds: Sequence[Kind]) -> bool:
    """Whether a spreadsheet turned those dates whose day can be a month, and left the rest."""
    texts = [each for each in kinds if each.is_number and each.days[USUAL]]
    usual = [each.days[USUAL] for each in texts]
    converted = [each for each in kinds if each.is_iso or each.days.get("month_name")]
    shown = [each.days.get("month_name") or each.days[USUAL] for each in converted]
    return (
        min(sum(each.rows for each in of_kind) for of_kind in (texts, converted)) >= FEWEST_DATES
        and all(day and day.day > 12 for day in usual)
        and all(day and day.day <= 12 for day in shown)
    )


def _is_nearly_all(part: int, whole: int) -> bool:
    return 100 * part >= _threshold("date_form_fits_at_least") * whole


def _epochs(columns: Mapping[str, Sequence[Kind]], told: str | None) -> dict[str, str]:
    """From which day the serial numbers of a file's columns count; `none` where nothing tells. A
    column tells if nearly all of its days are likely by one epoch and not by the other, or most by
    one and hardly any by the other. One that both fit follows those beside it that tell. Where the
    file itself has `told`, a number that is no day, as a year alone, is still not made one."""
    found, is_open = {}, set()
    for name, kinds in columns.items():
        total = sum(each.rows for each in kinds)
        if told:
            is_likely = kinds[0].likely == NO_YEAR or 2 * _fitting(kinds, told) > total
            found[name] = told if is_likely else "none"
            continue
        fitting = [_fitting(kinds, form) for form in SERIALS]
        nearly = [_is_nearly_all(each, total) for each in fitting]
        found[name] = "none"
        for at, form in enumerate(SERIALS):
            is_most = 2 * fitting[at] > total and _is_nearly_all(total - fitting[1 - at], total)
            if (nearly[at] and not nearly[1 - at]) or is_most:
                found[name] = form
        if all(nearly):
            is_open.add(name)
    epochs = set(found.values()) - {"none"}
    if len(epochs) != 1:
        return dict.fromkeys(columns, "none")
    return found | dict.fromkeys(is_open, *epochs)


def _decided(columns: Mapping[str, Sequence[Kind]], epoch: str | None) -> DateForms:
    forms: dict[str, str] = {}
    remarks: dict[str, str] = {}
    for name, kinds in columns.items():
        forms[name], remark = _form(kinds)
        remarks |= {name: remark} if remark else {}
    numbered = {name: columns[name] for name, form in forms.items() if form in SERIALS}
    forms |= _epochs(numbered, epoch)
    remarks |= dict.fromkeys(
        (name for name in numbered if forms[name] == "none"),
        "the numbers count days from 1900 or from 1904, and nothing in the file tells from which",
    )
    turning = {name: form for name, form in forms.items() if form in TURNED}
    order = _order([(columns[name], form, TURNED[form]) for name, form in turning.items()])
    if order == "month_first":
        return DateForms(refused=tuple(turning))
    if order == "none":
        forms |= dict.fromkeys(turning, "none")
        both = "some dates of the file can only be day-first and others only month-first"
        remarks |= dict.fromkeys(turning, both)
    return DateForms({name: f for name, f in forms.items() if f != USUAL}, remarks=remarks)


def _form(kinds: Sequence[Kind]) -> tuple[str, str]:
    """The form that reads most values of a column; `none` if none does, and why if it is not sure.
    What it does not read is lost, which rule 16 keeps account of."""
    if _is_swapped(kinds):
        return "none", (
            "all days to the 12th are written in one way and all later ones in another, as when a "
            "spreadsheet with US settings has swapped days and months"
        )
    total = sum(each.rows for each in kinds)
    if _rows(kinds, USUAL) == total:
        return USUAL, ""
    reads = {form: _rows(kinds, form) for form in FORMS}
    for form, turned in TURNED.items():
        reads[form] += _rows(kinds, turned, but=form)
    best = max(FORMS, key=lambda form: reads[form])
    last = "year_day_month"
    if _rows(kinds, last, but=USUAL) and not _rows(kinds, USUAL, but=last):
        return "none", "the dates look year-day-month"
    if 2 * reads[best] <= total:
        return "none", "the dates are in no one form that is known"
    is_short = best == "day_first_short"
    if is_short and _fitting(kinds, "year_first_short") > _fitting(kinds, best):
        return "none", "the dates look year-month-day with two digits for the year"
    is_sure = _is_nearly_all(reads[best], total)
    return best, "" if is_sure else "many dates are in another form than most, and are not read"


def _order(columns: Sequence[tuple[Sequence[Kind], str, str]]) -> str:
    """Whether the numbers of a file's dates are day-first, month-first or, for certain, `none`. A
    value that only one order can read is evidence. Without any, the collection year tells, then
    variety: in a true column days vary more than months, unless days were made the first of their
    month. Else the return's own form is taken. `columns`: each with its form and that turned."""
    only, told = [0, 0], [0, 0]
    for kinds, *pair in columns:
        for at, (form, turned) in enumerate((pair, pair[::-1])):
            only[at] += _rows(kinds, form, but=turned)
            differing = [each for each in kinds if each.days.get(form) != each.days.get(turned)]
            told[at] += _fitting([each for each in differing if each.days.get(turned)], form)
    if sum(only):
        if _is_nearly_all(only[0], sum(only)):
            return "day_first"
        return "month_first" if _is_nearly_all(only[1], sum(only)) else "none"
    if max(told) >= FEWEST_DATES and max(told) > 2 * min(told):
        return "day_first" if told[0] > told[1] else "month_first"
    for kinds, form, turned in columns:
        both = [each for each in kinds if each.is_number and each.days.get(turned)]
        read = [(each.rows, day) for each in both if (day := each.days.get(form))]
        days, months = {day.day for _, day in read}, {day.month for _, day in read}
        if len(months) >= FEWEST_DATES and len(days) <= max(1, len(months) // 4):
            # Days made the first of their month, to tell less of a child, fit the collection year
            # or are of several years. Month-first they would all lie in January.
            rows = sum(count for count, _ in read)
            firsts = sum(count for count, day in read if day.day == 1)
            is_of_years = len({day.year for _, day in read}) >= FEWEST_YEARS
            is_likely = is_of_years or _is_nearly_all(_fitting(both, form), rows)
            if not (is_likely and _is_nearly_all(firsts, rows)):
                return "month_first"
    return "day_first"
