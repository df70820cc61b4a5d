"""Returns as councils really have them: the right figures, not available, or refused by name.

Each case changes a sound return of twelve occasions of twelve children, three of them
unaccompanied, in 2017/18. Never may another number come out, nor 0 for what could not be read.
"""

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest

import compiled_models
from missing_from_care.base.faults import DataFault
from missing_from_care.landing.land import land
from plain_reading import seed

Tables = dict[str, list[list[str]]]
Change = Callable[[Tables], None]

YEAR = "2017-18"
NOT_AVAILABLE = (None,) * 6
RIGHT = (12, 0, 12, 12, 3, 3)
"""Occasions missing and absent, children missing, looked after, unaccompanied; their occasions."""
FIGURES = """
    select occasions_missing, occasions_absent, children_missing, looked_after_in_year,
        uasc_children_in_year, (select occasions_missing from foi_q4_uasc_missing_occasions)
    from foi_q1_missing_occasions cross join foi_q3_uasc_children
"""
MARTS = ("foi_q1_missing_occasions", "foi_q3_uasc_children", "foi_q4_uasc_missing_occasions")
ASKED = (
    *(("occasions_missing", "all"), ("occasions_absent", "all"), ("children_missing", "all")),
    *(
        ("children_looked_after", "all"),
        ("uasc_children", "all"),
        ("occasions_missing", "uasc:yes"),
    ),
)
"""The same figures as measures and populations."""
QUESTION = (
    "insert into foi_request_questions values ('foi-2018-0417', '1', '', 'Made up', ?, 'council', "
    "?, 'financial_year', '2017/18', '2017/18')"
)


def sound_return() -> Tables:
    """The modules by name, each with its line of column names; days count up from 1."""
    numbers = range(1, 13)
    ids = [f"{100200 + number}" for number in numbers]
    born = [f"{number:02d}/03/2004" for number in numbers]
    episode = ["C2", "N1", "U4", "PR1", "", "", "", "LE1 1AA", "LE2 2BB", "SC1"]
    return {
        "header": [
            ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"],
            *([child, "1", day, "WBRI", "", "", ""] for child, day in zip(ids, born, strict=True)),
        ],
        "episodes": [
            ["CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC",
             "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN"],
            *([child, f"{number:02d}/05/2017", "S", *episode]
              for number, child in zip(numbers, ids, strict=True)),
        ],
        "missing": [
            ["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"],
            *([child, day, "M", f"{number + 2:02d}/06/2017", f"{number + 3:02d}/06/2017"]
              for number, child, day in zip(numbers, ids, born, strict=True)),
        ],
        "uasc": [
            ["CHILD", "SEX", "DOB", "DUC"],
            *([child, "1", day, ""] for child, day in zip(ids[:3], born[:3], strict=True)),
        ],
    }  # fmt: skip


def column(
    module: str, name: str, change: Callable[[str], str], rows: slice = slice(None)
) -> Change:
    """Changes the values of one column that are not blank, of all rows below the names or some."""

    def changed(tables: Tables) -> None:
        at = tables[module][0].index(name)
        for row in tables[module][1:][rows]:
            row[at] = change(row[at]) if row[at] else ""

    return changed


def all_of(*changes: Change) -> Change:
    def changed(tables: Tables) -> None:
        for change in changes:
            change(tables)

    return changed


def dates(module: str, change: Callable[[dt.date], str]) -> Change:
    """Writes all days of a module's columns of dates in another form."""
    names = {"missing": ("MIS_START", "MIS_END"), "episodes": ("DECOM",), "header": ("DOB",)}

    def written(text: str) -> str:
        return change(dt.datetime.strptime(text, "%d/%m/%Y").date())

    return all_of(*(column(module, name, written) for name in names[module]))


def serial(first: dt.date) -> Callable[[dt.date], str]:
    return lambda day: str((day - first).days)


def form(text: str) -> Callable[[dt.date], str]:
    return lambda day: day.strftime(text)


def ids(change: Callable[[str], str], *modules: str, rows: slice = slice(None)) -> Change:
    return all_of(*(column(module, "CHILD", change, rows) for module in modules))


def zeros(tables: Tables) -> None:
    """Identifiers with leading zeros everywhere but in Missing."""
    ids(lambda child: f"00{child}", "header", "episodes", "uasc")(tables)


def twice(tables: Tables) -> None:
    tables["missing"] += tables["missing"][1:]


def blank_rows(tables: Tables) -> None:
    for rows in tables.values():
        rows += [[""] * len(rows[0])] * 300


EVERYWHERE = ("header", "episodes", "missing", "uasc")
NO_CARE = (None, None, None, None, None, None)
NO_OCCASIONS = (None, None, None, 12, 3, None)
CASES: dict[str, tuple[Change, tuple | str]] = {
    "sound": (lambda _: None, RIGHT),
    # Dates.
    "03-Jun-17": (dates("missing", form("%d-%b-%y")), RIGHT),
    "3 June 2017": (dates("missing", form("%-d %B %Y")), RIGHT),
    "Saturday 3rd": (dates("missing", form("%A %drd %b %Y")), RIGHT),
    "Jun 3, 2017": (dates("missing", form("%b %-d, %Y")), RIGHT),
    "hyphens": (dates("missing", form("%d-%m-%Y")), RIGHT),
    "dots": (dates("missing", form("%d.%m.%Y")), RIGHT),
    "two digits": (dates("missing", form("%d/%m/%y")), RIGHT),
    "compact": (dates("missing", form("%Y%m%d")), RIGHT),
    "iso": (dates("missing", form("%Y-%m-%d")), RIGHT),
    "year/month/day": (dates("missing", form("%Y/%m/%d")), RIGHT),
    "utc": (dates("missing", form("%Y-%m-%dT00:00:00.000Z")), RIGHT),
    "offset": (dates("missing", form("%Y-%m-%dT00:00:00+01:00")), RIGHT),
    "am": (dates("missing", form("%d/%m/%Y 12:00:00 AM")), RIGHT),
    "serials": (dates("missing", serial(dt.date(1899, 12, 30))), RIGHT),
    "serials of 1904": (dates("missing", serial(dt.date(1904, 1, 1))), RIGHT),
    "episodes 01-May-17": (dates("episodes", form("%d-%b-%y")), RIGHT),
    "episodes as serials": (dates("episodes", serial(dt.date(1899, 12, 30))), RIGHT),
    "header as serials": (dates("header", serial(dt.date(1899, 12, 30))), RIGHT),
    "header 01-Mar-04": (dates("header", form("%d-%b-%y")), RIGHT),
    "month first": (dates("missing", form("%m/%d/%Y")), "missing.csv"),
    "month first, two digits": (dates("missing", form("%m/%d/%y")), "missing.csv"),
    "month first in episodes": (dates("episodes", form("%m/%d/%Y")), "episodes.csv"),
    "year, day, month": (dates("missing", form("%Y-%d-%m")), NO_OCCASIONS),
    "five of twelve in another form": (
        column("missing", "MIS_START", lambda text: f"{text[:2]}-Jun-17", slice(5)), NO_OCCASIONS
    ),
    "no dates at all": (column("missing", "MIS_START", lambda _: "soon"), NO_OCCASIONS),
    "no dates of care": (column("episodes", "DECOM", lambda _: "soon"), NO_CARE),
    "#REF! for starts": (column("missing", "MIS_START", lambda _: "#REF!"), NO_OCCASIONS),
    # Identifiers.
    "zeros lost": (zeros, RIGHT),
    "other case": (
        all_of(ids(lambda c: f"AB{c}", *EVERYWHERE), ids(str.lower, "missing")), RIGHT
    ),
    "scientific": (ids(lambda _: "1.23457E+11", *EVERYWHERE), NO_CARE),
    "scientific in one module": (ids(lambda _: "1.23457E+11", "missing"), NO_OCCASIONS),
    "trailing .0": (ids(lambda child: f"{child}.0", "episodes"), RIGHT),
    "zeros behind a dot within": (
        ids(lambda child: {"100201": "15", "100202": "1.05"}.get(child, child), *EVERYWHERE), RIGHT
    ),
    "white space": (ids(lambda child: f"\u200b\u00a0{child}\t", "missing"), RIGHT),
    "apostrophe": (ids(lambda child: f"'{child}", "missing"), RIGHT),
    "formula": (ids(lambda child: f'="{child}"', "uasc"), RIGHT),
    "four are N/A": (
        ids(lambda _: "N/A", "header", "episodes", "missing", rows=slice(4)), NO_CARE
    ),
    "all are -": (ids(lambda _: "-", "missing"), NO_OCCASIONS),
    "cut off": (ids(lambda child: child[:5], "missing"), NO_OCCASIONS),
    "others": (ids(lambda child: f"9{child}", "episodes"), NO_CARE),
    # Codes.
    "statuses in words": (column("missing", "MISSING", lambda _: "Missing"), RIGHT),
    "statuses nobody knows": (column("missing", "MISSING", lambda _: "gone"), NO_OCCASIONS),
    "legal statuses nobody knows": (column("episodes", "LS", lambda _: "care order"), NO_CARE),
    # Rows.
    "every row of Missing twice": (twice, (24, 0, 12, 12, 3, 6)),
    "300 blank rows": (blank_rows, RIGHT),
}  # fmt: skip


def as_csv(rows: list[list[str]], separator: str = ",", line_end: str = "\r\n") -> str:
    quoted = [[f'"{v}"' if any(c in v for c in f'{separator}"') else v for v in
               (value.replace('"', '""') for value in row)] for row in rows]  # fmt: skip
    return "".join(separator.join(row) + line_end for row in quoted)


def write(source: Path, tables: Tables, encode: Callable[[str], bytes] = str.encode) -> None:
    (source / YEAR).mkdir(parents=True)
    for name, rows in tables.items():
        (source / YEAR / f"{name}.csv").write_bytes(encode(as_csv(rows)))


@pytest.fixture(scope="module")
def read(statements: compiled_models.Statements) -> compiled_models.Statements:
    return statements.needed_for(*MARTS, "dq_findings")


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    return compiled_models.connect()


def outcome(
    source: Path, warehouse: duckdb.DuckDBPyConnection, read: compiled_models.Statements
) -> tuple | str:
    """The figures, or what the refusal says."""
    landed = source.with_name("landed")
    try:
        land(source, landed, form="csv")
    except DataFault as fault:
        assert not landed.exists()
        return " ".join(fault.sentences)
    compiled_models.build(warehouse, read, landed)
    (figures,) = warehouse.execute(FIGURES).fetchall()
    return figures


def assert_is(found: tuple | str, expected: tuple | str) -> None:
    if isinstance(expected, str):
        assert isinstance(found, str) and f"{YEAR}/{expected}" in found, found
    else:
        assert found == expected


REFUSED = [case for case, (_, expected) in CASES.items() if isinstance(expected, str)]
# In the marts as well, one of each kind of outcome.
ALONE = (
    *("sound", "year, day, month", "no dates at all", "no dates of care", "scientific"),
    *("cut off", "statuses in words", "legal statuses nobody knows", "every row of Missing twice"),
)


@pytest.mark.parametrize("case", [*ALONE, *REFUSED])
def test_a_damaged_return_alone(
    case: str,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    read: compiled_models.Statements,
) -> None:
    change, expected = CASES[case]
    tables = sound_return()
    change(tables)
    write(tmp_path / "source", tables)
    assert_is(outcome(tmp_path / "source", warehouse, read), expected)


@pytest.fixture(scope="module")
def by_case(
    tmp_path_factory: pytest.TempPathFactory, statements: compiled_models.Statements
) -> dict[str, tuple]:
    """The figures of each case that is not refused, each of a council without own definitions."""
    folder, connection = tmp_path_factory.mktemp("councils"), compiled_models.connect()
    defined = {row["la_code"] for row in seed("definition_by_year")}
    codes = [row["la_code"] for row in seed("councils") if row["la_code"] not in defined]
    council = dict(zip([case for case in CASES if case not in REFUSED], codes, strict=False))
    for case, code in council.items():
        tables = sound_return()
        CASES[case][0](tables)
        write(folder / "source" / code, tables)
    land(folder / "source", folder / "landed", form="csv")
    connection.execute("delete from foi_request_questions")
    connection.executemany(QUESTION, ASKED)
    compiled_models.build(connection, statements.needed_for("foi_answers"), folder / "landed")
    answers = connection.execute("select category, measure, population, value from foi_answers")
    found = {tuple(key): value for *key, value in answers.fetchall()}
    return {
        case: tuple(found[code, measure, population] for measure, population in ASKED)
        for case, code in council.items()
    }


@pytest.mark.parametrize("case", [case for case in CASES if case not in REFUSED])
def test_a_damaged_return(case: str, by_case: dict[str, tuple]) -> None:
    assert by_case[case] == CASES[case][1]


FILES: dict[str, Callable[[list[list[str]]], bytes]] = {
    "semicolons": lambda rows: as_csv(rows, ";").encode(),
    "tabs": lambda rows: as_csv(rows, "\t").encode(),
    "utf-16": lambda rows: as_csv(rows, "\t").encode("utf-16"),
    "cp1252": lambda rows: as_csv(rows).encode("cp1252"),
    "carriage returns": lambda rows: as_csv(rows, line_end="\r").encode(),
    "sep line": lambda rows: b"sep=,\r\n" + as_csv(rows).encode(),
    "title": lambda rows: b"Missing episodes report,,,,\r\n\r\n" + as_csv(rows).encode(),
}


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_another_form(
    file: str,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    read: compiled_models.Statements,
) -> None:
    source = tmp_path / "source"
    write(source, sound_return())
    for name, rows in sound_return().items():
        (source / YEAR / f"{name}.csv").write_bytes(FILES[file](rows))
    assert outcome(source, warehouse, read) == RIGHT


@pytest.mark.parametrize("is_text", [True, False])
def test_dates_of_a_workbook_as_days_and_as_numbers(
    is_text: bool,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    read: compiled_models.Statements,
) -> None:
    """A cell of a day whose format was reset to General is a number."""
    book = openpyxl.Workbook()
    for name, rows in sound_return().items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([_cell(value, is_text) for value in row])
    (tmp_path / "source" / YEAR).mkdir(parents=True)
    data = io.BytesIO()
    book.save(data)
    (tmp_path / "source" / YEAR / "r.xlsx").write_bytes(data.getvalue())
    assert outcome(tmp_path / "source", warehouse, read) == RIGHT


def _cell(value: str, is_text: bool) -> str | int | dt.date | None:
    if len(value) == 10 and value[2] == "/":
        day = dt.datetime.strptime(value, "%d/%m/%Y").date()
        return day if is_text else (day - dt.date(1899, 12, 30)).days
    return value or None


def test_rows_that_stand_twice_are_a_finding(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, read: compiled_models.Statements
) -> None:
    tables = sound_return()
    twice(tables)
    write(tmp_path / "source", tables)
    outcome(tmp_path / "source", warehouse, read)
    found = warehouse.execute("select count(*) from dq_findings where rule_code = 'MFC24'")
    assert found.fetchall() == [(12,)]


def test_what_is_lost_or_matched_loosely_is_a_finding(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, read: compiled_models.Statements
) -> None:
    tables = sound_return()
    zeros(tables)
    column("missing", "MIS_START", lambda _: "soon")(tables)
    write(tmp_path / "source", tables)
    outcome(tmp_path / "source", warehouse, read)
    found = warehouse.execute(
        "select rule_code, raw_table, count(*), min(effect) from dq_findings "
        "where rule_code in ('MFC50', 'MFC51') group by all order by all"
    )
    assert found.fetchall() == [
        ("MFC50", "ssda903_missing", 1, "not_available"),
        ("MFC51", "ssda903_missing", 12, "rejected"),
    ]


@pytest.mark.parametrize(("lost", "left"), [(5, 7), (12, None)])
def test_an_accepted_loss_leaves_what_was_read_and_never_nothing(
    lost: int,
    left: int | None,
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    read: compiled_models.Statements,
) -> None:
    tables = sound_return()
    column("missing", "MIS_START", lambda _: "soon", slice(lost))(tables)
    write(tmp_path / "source", tables)
    accept = "insert into accepted_findings values ('MFC50', ?, null, 'Known', 'A. Person', ?)"
    warehouse.execute("begin")
    warehouse.execute(accept, [f"{YEAR}/missing.csv", "2099-12-31"])
    try:
        assert outcome(tmp_path / "source", warehouse, read)[0] == left
    finally:
        warehouse.execute("rollback")
