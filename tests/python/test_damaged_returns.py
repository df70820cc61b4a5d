"""A column of a return, damaged in reading: the same figures, not available, or refused by name.

Never another number. What changes the meaning of the data honestly is no damage of this kind: a
blank end says that the occasion is open, and a blank DUC that the child is unaccompanied still.
"""

import io
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random

import openpyxl
import pytest

import compiled_models
from missing_from_care.base.faults import DataFault
from missing_from_care.landing.land import land
from plain_reading import last_sunday, seed
from sound_returns import DAY, YEARS, Tables, as_csv, as_texts, columns_of, sound_return

DAMAGED_RETURNS = int(os.environ.get("FOI_TEST_DAMAGED_RETURNS", "420"))
"""Landing them costs a third of a second each: thousands are tried when reading has changed."""
SOUND_RETURNS = 30
MODULES = ("header", "episodes", "missing", "uasc", "interviews")
DATES = {
    "header": ["DOB"],
    "episodes": ["DECOM", "DEC"],
    "missing": ["MIS_START", "MIS_END", "DOB"],
    "uasc": ["DUC", "DOB"],
    "interviews": ["MIS_START", "OFFERED_DATE", "INTERVIEW_DATE"],
}
MEASURES = {
    "all": (
        *("occasions_missing", "occasions_absent", "occasions_missing_or_absent"),
        *("children_missing", "children_missing_or_absent", "occasions_found"),
        *("occasions_hurt", "occasions_sexually_harmed", "occasions_drug_sale"),
        *("occasions_crime", "occasions_with_interview", "occasions_without_interview"),
        *("uasc_children", "uasc_children_at_end"),
        *("children_looked_after", "children_looked_after_at_end"),
    ),
    "uasc:yes": (
        *("occasions_missing", "occasions_absent", "occasions_missing_or_absent"),
        "children_missing",
    ),
}
QUESTION = (
    "insert into foi_request_questions values ('foi-2018-0417', '1', '', 'Made up', ?, 'council', "
    "?, 'financial_year', '2016/17', '2017/18')"
)
LEAST_SHARE = 0.08
"""A loss up to 5 percent is told beside the figures and changes them (rule 16)."""

Figures = dict[tuple[str, str, str], float | None]
Write = Callable[[Random, date], str]


@dataclass
class Damage:
    """What was done to a sound return.

    Attributes:
        base: seed of the sound return.
        said: what was done.
        files: the files that were damaged.
        contents: all files of the return.
    """

    base: int
    said: str
    files: list[str]
    contents: dict[str, bytes]


# --- Dates -----------------------------------------------------------------------------------


def form(text: str) -> Write:
    return lambda _, day: day.strftime(text)


def serial(first: date, more: str = "") -> Write:
    return lambda _, day: f"{(day - first).days}{more}"


def in_utc(_: Random, day: date) -> str:
    """Local midnight, as a system that keeps times in UTC writes it."""
    is_summer = last_sunday(day.year, 3) < day <= last_sunday(day.year, 10)
    return f"{day - DAY:%Y-%m-%d}T23:00:00Z" if is_summer else f"{day:%Y-%m-%d}T00:00:00.000+00:00"


def with_time(text: str) -> Write:
    return lambda rng, day: day.strftime(text.format(rng.randint(10, 11), rng.randint(10, 59)))


EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
WRITTEN: dict[str, Write] = {
    "hyphens": form("%d-%m-%Y"),
    "dots": form("%d.%m.%Y"),
    "spaces": form("%d %m %Y"),
    "no zeros": lambda _, day: f"{day.day}/{day.month}/{day.year}",
    "03-Jun-17": form("%d-%b-%y"),
    "3 June 2017": form("%d %B %Y"),
    "Jun 3, 2017": form("%b %d, %Y"),
    "Saturday": form("%A %d %B %Y"),
    "two digits": form("%d/%m/%y"),
    "two digits, dots": form("%d.%m.%y"),
    "compact": form("%Y%m%d"),
    "compact, day first": form("%d%m%Y"),
    "ISO": form("%Y-%m-%d"),
    "year/month/day": form("%Y/%m/%d"),
    "year, day, month": form("%Y-%d-%m"),
    "AM": with_time("%d/%m/%Y {}:{}:00 AM"),
    "PM": with_time("%d/%m/%Y {}:{}:00 PM"),
    "T": with_time("%Y-%m-%dT{}:{}:00"),
    "UTC": in_utc,
    "offset": form("%Y-%m-%dT00:00:00+01:00"),
    "serials": serial(EPOCH),
    "serials with a time": serial(EPOCH, ".5"),
    "serials as decimals": serial(EPOCH, ".0"),
    "serials of 1904": serial(EPOCH_1904),
    "month first": form("%m/%d/%Y"),
    "month first, two digits": form("%m/%d/%y"),
    "month first, hyphens": form("%m-%d-%Y"),
    "nonsense": lambda _, day: f"day {day.day}",
    "hashes": lambda _1, _2: "########",
    "text error": lambda _1, _2: "#VALUE!",
}
READS_AS_BLANK = {"text error"}


def mixed(*names: str) -> Write:
    return lambda rng, day: WRITTEN[rng.choice(names)](rng, day)


WRITTEN |= {
    "mixed names and numbers": mixed("03-Jun-17", "hyphens", "3 June 2017"),
    "mixed serials": mixed("serials", "no zeros"),
    "mixed epochs": mixed("serials", "serials of 1904"),
    "mixed orders": mixed("month first", "no zeros"),
    "mixed ISO": mixed("ISO", "T", "UTC", "no zeros"),
    "mixed digits": mixed("two digits", "no zeros"),
}

# --- Texts -----------------------------------------------------------------------------------

NOTHING = ("N/A", "NULL", "#REF!", "-", "nan", " ", "#N/A", "None")
TEXTS: dict[str, dict[str, Callable[[Random, str], str]]] = {
    "CHILD": {
        "zeros lost": lambda _, text: text.lstrip("0"),
        "zeros added": lambda _, text: f"00{text}",
        "lower case": lambda _, text: text.lower(),
        "upper case": lambda _, text: text.upper(),
        "white space": lambda rng, text: rng.choice(["\t{}", "{}\u00a0", "\u200b{} "]).format(text),
        "apostrophe": lambda _, text: f"'{text}",
        "formula": lambda _, text: f'="{text}"',
        ".0": lambda _, text: f"{text}.0",
        ".00": lambda _, text: f"{text}.00",
        "scientific": lambda _, text: f"{text[-1]}.23457E+11",
        "scientific, short": lambda _, text: f"{text[-1]}E+05",
        "cut off": lambda _, text: text[:-1],
        "cut off in front": lambda _, text: text[1:],
        "characters shuffled": lambda rng, text: "".join(rng.sample(text, len(text))),
        "nothing": lambda rng, _: rng.choice(NOTHING),
        "one for all": lambda _1, _2: "0",
        "inner space": lambda _, text: f"{text[:3]} {text[3:]}",
        "thousands": lambda _, text: f"{text[:-3]},{text[-3:]}",
    },
    "MISSING": {
        "lower case": lambda _, text: text.lower(),
        "words": lambda _, text: {"M": "Missing", "A": "Away"}[text],
        "white space": lambda _, text: f"\u00a0{text} ",
        "other words": lambda _, text: {"M": "gone", "A": "visiting"}[text],
        "nothing": lambda rng, _: rng.choice(NOTHING),
        "codes": lambda _, text: {"M": "1", "A": "2"}[text],
    },
    "LS": {
        "lower case": lambda _, text: text.lower(),
        "white space": lambda _, text: f"\t{text}",
        "nothing": lambda rng, _: rng.choice(NOTHING),
        "cut off": lambda _, text: text[:1],
        "words": lambda _, _2: "Care order",
        "apostrophe": lambda _, text: f"'{text}",
    },
    "OUTCOME": {
        "lower case": lambda _, text: text.lower(),
        "other words": lambda _, text: {"COMPLETED": "Done", "DECLINED": "No"}[text],
        "cut off": lambda _, text: text[:4],
        "nothing": lambda rng, _: rng.choice(NOTHING[:-1]),
    },
    "HARMED": {
        "words": lambda _, text: {"Y": "Yes", "N": "No"}[text],
        "numbers": lambda _, text: {"Y": "1", "N": "0"}[text],
        "lower case": lambda _, text: f" {text.lower()}",
    },
}
IN_MODULES = {
    "CHILD": MODULES,
    "MISSING": ("missing",),
    "LS": ("episodes",),
    "OUTCOME": ("interviews",),
    "HARMED": ("interviews",),
}

# --- Files -----------------------------------------------------------------------------------


def in_bytes(separator: str, encoding: str, before: str = "") -> Callable[[str, list], bytes]:
    return lambda file, rows: (before + as_csv(file, rows, separator)).encode(encoding)


def as_book(is_number: bool) -> Callable[[str, list], bytes]:
    """A workbook whose days are days, or the numbers that are left when the format is reset."""

    def written(file: str, rows: list[dict[str, str]]) -> bytes:
        book = openpyxl.Workbook()
        book.active.append(columns_of(file))
        for row in rows:
            book.active.append([cell(row.get(column, "")) for column in columns_of(file)])
        data = io.BytesIO()
        book.save(data)
        return data.getvalue()

    def cell(text: str) -> str | int | date | None:
        if len(text) == 10 and text[2] == "/":
            day = datetime.strptime(text, "%d/%m/%Y").date()
            return (day - EPOCH).days if is_number else day
        return text or None

    return written


FILES = {
    "semicolons": in_bytes(";", "utf-8"),
    "tabs": in_bytes("\t", "utf-8"),
    "bars": in_bytes("|", "utf-8"),
    "utf-16": in_bytes(",", "utf-16"),
    "utf-16 without a mark": in_bytes(",", "utf-16-le"),
    "cp1252": in_bytes(",", "cp1252"),
    "byte order mark": in_bytes(",", "utf-8-sig"),
    "sep line": in_bytes(";", "utf-8", "sep=;\r\n"),
    "title": in_bytes(",", "utf-8", "Extract of 1 June 2018\r\n\r\n"),
    "workbook of days": as_book(False),
    "workbook of numbers": as_book(True),
}

# --- One damaged return ----------------------------------------------------------------------


def damaged_return(number: int) -> Damage:
    """A sound return with one column of one module, or one module's files, damaged."""
    rng = Random(number)
    base = rng.randrange(SOUND_RETURNS)
    tables = as_texts(sound_return(base))
    while True:
        kind = rng.choice(["dates"] * 5 + ["texts"] * 4 + ["files"])
        if kind == "files":
            module, how = rng.choice(MODULES), rng.choice(list(FILES))
            files = files_of(rng, tables, module)
            contents = in_files(tables) | {
                file.replace(".csv", ".xlsx") if "book" in how else file: FILES[how](
                    file, tables[file]
                )
                for file in files
            }
            for file in files if "book" in how else []:
                del contents[file]
            return Damage(base, f"{module}: {how}", files, contents)
        found = damaged_column(rng, tables, kind)
        if found:
            said, files, damaged = found
            return Damage(base, said, files, in_files(damaged))


def damaged_column(rng: Random, tables: Tables, kind: str) -> tuple[str, list[str], Tables] | None:
    """What was done, to which files, and the tables; None if too little changed to be a loss."""
    if kind == "dates":
        module = rng.choice(MODULES)
        columns = [rng.choice(DATES[module])]
        columns = columns if rng.random() < 0.6 else DATES[module]
        name = rng.choice(list(WRITTEN))
        if name in READS_AS_BLANK and {"MIS_END", "DEC", "DUC"} & set(columns):
            return None

        def change(text: str) -> str:
            return WRITTEN[name](rng, as_date(text))
    else:
        column = rng.choice(["CHILD"] * 6 + ["MISSING", "LS", "OUTCOME", "HARMED"])
        module = rng.choice(IN_MODULES[column])
        columns = [column]
        name = rng.choice(list(TEXTS[column]))

        def change(text: str) -> str:
            return TEXTS[column][name](rng, text)

    part = rng.choice([1, 1, 0.6, 0.3])
    files = files_of(rng, tables, module)
    damaged = tables | {file: [dict(row) for row in tables[file]] for file in files}
    for file in files:
        changed = 0
        for row in damaged[file]:
            if rng.random() < part:
                before = dict(row)
                row |= {each: change(row[each]) for each in columns if row[each]}
                changed += row != before
        if changed < LEAST_SHARE * len(damaged[file]) or not changed:
            return None
    said = f"{module} {' '.join(columns)}: {name}, {part:.0%} of the rows of {', '.join(files)}"
    return said, files, damaged


def as_date(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").date()


def files_of(rng: Random, tables: Tables, module: str) -> list[str]:
    """The files of the module, or of one of its years."""
    files = [file for file in tables if Path(file).stem == module]
    return files if rng.random() < 0.5 else [rng.choice(files)]


def in_files(tables: Tables) -> dict[str, bytes]:
    return {file: as_csv(file, rows).encode() for file, rows in tables.items()}


# --- Many of them, each a council ------------------------------------------------------------


def write(folder: Path, contents: dict[str, bytes]) -> None:
    for file, content in contents.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(content)


def land_those_that_can_be(source: Path, into: Path) -> dict[str, list[str]]:
    """Lands councils; those that are refused are put away, with the sentences about each."""
    refused: dict[str, list[str]] = {}
    while True:
        lacking = {
            year for year in YEARS for each in source.iterdir() if not (each / year).exists()
        }
        accepted = frozenset((f"ssda903_{name}", year) for name in MODULES[:4] for year in lacking)
        try:
            land(source, into, accepted, form="csv")
        except DataFault as fault:
            codes = [path.name for path in source.iterdir()]
            about = {
                code: sentences
                for code in codes
                if (sentences := [each for each in fault.sentences if f"{code}/" in each])
            }
            assert about, fault.sentences
            refused |= about
            for code in about:
                shutil.rmtree(source / code)
        else:
            return refused


def figures_by_council(statements: compiled_models.Statements, landed: Path) -> dict[str, Figures]:
    connection = compiled_models.connect()
    connection.execute("delete from foi_request_questions")
    for population, measures in MEASURES.items():
        connection.executemany(QUESTION, [[measure, population] for measure in measures])
    compiled_models.build(connection, statements, landed)
    figures: dict[str, Figures] = {}
    for council, *key, value in connection.execute(
        "select category, measure, population, period, value from foi_answers"
    ).fetchall():
        figures.setdefault(council, {})[tuple(key)] = value
    return figures


def councils() -> Iterator[str]:
    """Codes of councils that have the same definition: none of their own."""
    defined = {row["la_code"] for row in seed("definition_by_year")}
    return (row["la_code"] for row in seed("councils") if row["la_code"] not in defined)


@pytest.fixture(scope="module")
def statements(statements: compiled_models.Statements) -> compiled_models.Statements:
    return statements.needed_for("foi_answers")


@pytest.fixture(scope="module")
def sound(
    tmp_path_factory: pytest.TempPathFactory, statements: compiled_models.Statements
) -> list[Figures]:
    """The figures of each sound return."""
    work = tmp_path_factory.mktemp("sound")
    codes = list(councils())[:SOUND_RETURNS]
    for number, code in enumerate(codes):
        write(work / "source" / code, in_files(as_texts(sound_return(number))))
    assert land_those_that_can_be(work / "source", work / "landed") == {}
    figures = figures_by_council(statements, work / "landed")
    for code in codes:
        last_year = [value for key, value in figures[code].items() if key[2] == "2017/18"]
        assert None not in last_year
    return [figures[code] for code in codes]


SIZE = 105
BATCHES = [range(first, first + SIZE) for first in range(0, DAMAGED_RETURNS, SIZE)]


@pytest.mark.parametrize("batch", range(len(BATCHES)))
def test_a_damaged_column_never_gives_another_number(
    batch: int,
    tmp_path: Path,
    sound: list[Figures],
    statements: compiled_models.Statements,
) -> None:
    damages = {
        code: damaged_return(number)
        for code, number in zip(councils(), BATCHES[batch], strict=False)
    }
    for code, damage in damages.items():
        write(tmp_path / "source" / code, damage.contents)
    refused = land_those_that_can_be(tmp_path / "source", tmp_path / "landed")
    figures = figures_by_council(statements, tmp_path / "landed")
    outcomes: Counter[str] = Counter()
    wrong = []
    for code, number in zip(damages, BATCHES[batch], strict=True):
        damage = damages[code]
        if code in refused:
            outcomes["refused"] += 1
            names = [f"{code}/{Path(file).with_suffix('')}" for file in damage.files]
            if not any(name in each for name in names for each in refused[code]):
                wrong.append((number, damage.said, refused[code]))
            continue
        expected = sound[damage.base]
        others = {
            key: (expected[key], value)
            for key, value in figures[code].items()
            if value is not None and value != expected[key]
        }
        outcomes["the same" if figures[code] == expected else "not available"] += 1
        if others:
            wrong.append((number, f"base {damage.base}", damage.said, others))
    assert not wrong, "\n".join(map(str, wrong))
    assert min(outcomes["the same"], outcomes["not available"]) > len(damages) / 10
