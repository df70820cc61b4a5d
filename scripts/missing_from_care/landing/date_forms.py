"""In which form the dates of a file are: decided once a column, from all of its values.

A program that saves a file turns all its dates alike, so day-first against month-first is decided
for the file as a whole. What a form reads is asked of the macro by which staging reads it.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

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
SWAPPED = (
    "all days to the 12th are written in one way and all later ones in another, as when a "
    "spreadsheet with US settings has swapped days and months"
)
SOME_OTHER_FORM = "many dates are in another form than most, and are not read"
NO_FORM = "the dates are in no one form that is known"
YEAR_DAY_MONTH = "the dates look year-day-month"
BOTH_ORDERS = "some dates of the file can only be day-first and others only month-first"

BLANK_WORDS = "(select array_agg(word) from blank_words where kind = 'word')"

Facts = dict[str, int]


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


def find_date_forms(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[str],
    year: int | None,
    from_1904: bool = False,
) -> DateForms:
    """Decides in which form the dates of a file are; keeps its dates for `spans`.

    Args:
        connection: where the relation can be read.
        relation: SQL of the rows.
        columns: its columns of dates.
        year: the first calendar year of the collection year, if the rows are all of one.
        from_1904: whether the workbook says that it counts its days from 1904. Where nothing says
            so, serial numbers count from what puts more days where the collection year lets them.
    """
    build_model(connection, "blank_words")
    values = " union all ".join(
        f"select '{name}' as column_name, {name} as value, count(*) as rows from {relation} "
        f"where trim({name}) <> '' group by all"
        for name in columns
    )
    connection.execute(
        f"create or replace temp table texts as select *, {_macro('source_text', 'value', BLANK_WORDS)} as text "
        f"from ({values})"
    )
    latest = str((year or 2999) + 1 + _threshold("years_ahead_of_two_digits"))
    facts = _facts(connection, (USUAL, TURNED[USUAL]), year, latest)
    # Most files are in the return's own form, and the other forms take ten times as long to try.
    if any(each[USUAL] < each["total"] for each in facts.values()):
        facts = _facts(connection, (*FORMS, *ONLY_TO_TELL), year, latest)
    return _decided({name: facts[name] for name in columns if name in facts}, from_1904)


def spans(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    start_and_end: tuple[str, str],
    dates: DateForms,
    label: str = "''",
) -> list[tuple[str, int, int | None, int]]:
    """In which collection years the rows start and end whose forms were found last.

    Args:
        connection: as given to `find_date_forms`.
        relation: likewise.
        start_and_end: its columns of the start and of the end.
        dates: what was found.
        label: SQL for what the rows are told apart by.

    Returns:
        Label, the first calendar year of the start's and of the end's year, and how many rows. The
        end's is none if it is blank; rows with a date that cannot be read are left out.
    """
    start, end = start_and_end
    sides = []
    for name in start_and_end:
        form = dates.forms.get(name, USUAL)
        day = "cast(null as date)" if form == "none" else form
        sides.append(
            f"(select value, text, year({day}) - cast(month({day}) < 4 as int) as year "
            f"from days where column_name = '{name}')"
        )
    found = connection.execute(
        f"""
        select label, starts.year, ends.year, cast(sum(rows) as bigint)
        from (
            select {label} as label, {start}, {end}, count(*) as rows from {relation} group by all
        )
        inner join {sides[0]} as starts on {start} = starts.value
        left join {sides[1]} as ends on {end} = ends.value
        where starts.year is not null and (ends.year is not null or ends.text is null)
        group by all
        """
    )
    return found.fetchall()


@cache
def _macro(name: str, *arguments: str) -> str:
    return macro_sql(name, *arguments)


@cache
def _threshold(name: str) -> int:
    with (CHECKOUT / "seeds" / "rules" / "thresholds.csv").open(encoding="utf-8") as stream:
        return next(int(row["value"]) for row in csv.DictReader(stream) if row["threshold"] == name)


def _facts(
    connection: duckdb.DuckDBPyConnection, forms: Sequence[str], year: int | None, latest: str
) -> dict[str, Facts]:
    """What the forms read of each column, in numbers of rows."""
    days = ", ".join(
        f"{_macro('parse_date', 'text', repr(form), latest)} as {form}" for form in forms
    )
    connection.execute(f"create or replace temp table days as select *, {days} from texts")
    converted = "regexp_matches(text, '^[0-9]{4}-')"
    shown = "day_first"
    if "month_name" in forms:
        converted, shown = (
            f"(month_name is not null or {converted})",
            "coalesce(month_name, day_first)",
        )
    numbers = "regexp_matches(text, '^[0-9]{1,2}[^0-9]')"
    as_text = f"{numbers} and day_first is not null"
    facts = {
        "total": "true",
        "text_dates": as_text,
        "text_large_days": f"{as_text} and day(day_first) > 12",
        "converted_dates": converted,
        "converted_small_days": f"{converted} and day({shown}) <= 12",
    }
    for form in forms:
        facts[form] = f"{form} is not null"
        facts[f"fits_{form}"] = _fits(form, year)
    for form, turned in TURNED.items():
        if form in forms:
            facts[f"either_{form}"] = f"{form} is not null or {turned} is not null"
            facts[f"only_{form}"] = f"{form} is not null and {turned} is null"
            facts[f"only_{turned}"] = f"{turned} is not null and {form} is null"
            for each in (form, turned):
                facts[f"told_{each}"] = f"{form} <> {turned} and {_fits(each, year)}"
    if "year_day_month" in forms:
        facts["only_year_day_month"] = "year_day_month is not null and day_first is null"
        facts["never_year_day_month"] = "year_day_month is null and day_first is not null"
    sums = [
        f"cast(coalesce(sum(rows) filter ({condition}), 0) as bigint) as {name}"
        for name, condition in facts.items()
    ]
    for form, turned in TURNED.items():
        if form in forms:
            for part in ("day", "month"):
                kinds = (
                    f"count(distinct {part}({form})) filter ({numbers} and {turned} is not null)"
                )
                sums.append(f"{kinds} as {part}s_{form}")
    found = connection.execute(
        f"select column_name, {', '.join(sums)} from days where text is not null "
        "group by column_name order by column_name"
    )
    names = [each[0] for each in found.description[1:]]
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in found.fetchall()}


def _fits(form: str, year: int | None) -> str:
    """Whether a day lies where the collection year lets it."""
    if year is None:
        return "false"
    names = ", ".join(f"'{name}'" for name in STARTS_AND_ENDS)
    return (
        f"{form} <= date '{year + 1}-03-31' and {form} >= case when column_name in ({names}) "
        f"then date '{year}-04-01' else date '{year + 1 - MOST_YEARS_BEFORE}-04-01' end"
    )


def _is_swapped(facts: Facts) -> bool:
    """Whether a spreadsheet turned those dates whose day can be a month, and left the rest."""
    return (
        min(facts["text_dates"], facts["converted_dates"]) >= FEWEST_DATES
        and facts["text_dates"] == facts["text_large_days"]
        and facts["converted_dates"] == facts["converted_small_days"]
    )


def _is_nearly_all(part: int, whole: int) -> bool:
    return 100 * part >= _threshold("date_form_fits_at_least") * whole


def _decided(columns: Mapping[str, Facts], from_1904: bool) -> DateForms:
    forms, remarks = {}, {}
    for name, facts in columns.items():
        forms[name], remark = _form(facts)
        remarks |= {name: remark} if remark else {}
    numbered = [name for name, form in forms.items() if form in SERIALS]
    fits = {form: sum(columns[name][f"fits_{form}"] for name in numbered) for form in SERIALS}
    epoch = SERIALS[1] if from_1904 else max(SERIALS, key=lambda form: fits[form])
    forms |= dict.fromkeys(numbered, epoch)
    turning = {name: columns[name] for name, form in forms.items() if form in TURNED}
    order = _order(turning, forms)
    if order == "month_first":
        return DateForms(refused=tuple(turning))
    if order == "none":
        forms |= dict.fromkeys(turning, "none")
        remarks |= dict.fromkeys(turning, BOTH_ORDERS)
    forms = {name: form for name, form in forms.items() if form != USUAL}
    return DateForms(forms, remarks=remarks)


def _form(facts: Facts) -> tuple[str, str]:
    """The form that reads most values of a column; `none` if none does, and why if it is not sure.

    Where it reads some only, what it does not read is lost, which rule 16 keeps account of.
    """
    if _is_swapped(facts):
        return "none", SWAPPED
    if facts[USUAL] == facts["total"]:
        return USUAL, ""
    reads = {form: facts.get(f"either_{form}", facts[form]) for form in FORMS}
    best = max(FORMS, key=lambda form: (reads[form], -FORMS.index(form)))
    if facts["only_year_day_month"] and not facts["never_year_day_month"]:
        return "none", YEAR_DAY_MONTH
    if 2 * reads[best] <= facts["total"]:
        return "none", NO_FORM
    if best == "day_first_short" and facts["fits_year_first_short"] > facts[f"fits_{best}"]:
        return "none", "the dates look year-month-day with two digits for the year"
    return best, "" if _is_nearly_all(reads[best], facts["total"]) else SOME_OTHER_FORM


def _order(columns: Mapping[str, Facts], forms: Mapping[str, str]) -> str:
    """Whether the numbers of a file's dates are day-first, month-first or, for certain, `none`.

    A value that only one order can read is evidence. Without any, the collection year tells, then
    variety: in a true column days vary more than months. Else the return's own form is taken.
    """
    named = [(facts, forms[name], TURNED[forms[name]]) for name, facts in columns.items()]
    day = sum(facts[f"only_{form}"] for facts, form, _ in named)
    month = sum(facts[f"only_{turned}"] for facts, _, turned in named)
    if day or month:
        if _is_nearly_all(day, day + month):
            return "day_first"
        return "month_first" if _is_nearly_all(month, day + month) else "none"
    day = sum(facts[f"told_{form}"] for facts, form, _ in named)
    month = sum(facts[f"told_{turned}"] for facts, _, turned in named)
    if max(day, month) >= FEWEST_DATES and max(day, month) > 2 * min(day, month):
        return "day_first" if day > month else "month_first"
    for facts, form, _ in named:
        days, months = facts[f"days_{form}"], facts[f"months_{form}"]
        if months >= FEWEST_DATES and days <= max(1, months // 4):
            return "month_first"
    return "day_first"
