"""No edit of a rule seed changes a figure unseen: the figures stay, or a data test fails.

Each row of each seed is removed, doubled, added again under a new key, and overlapped; the tests of
the seeds are tried first, since a build runs them first, and the models only where none fails.
"""

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pytest

import compiled_models
from missing_from_care.base.project import CHECKOUT

RULES = sorted((CHECKOUT / "seeds" / "rules").glob("*.csv"))
FIGURES = (
    "foi_q1_missing_occasions",
    "foi_q2_harm_while_missing",
    "foi_q3_uasc_children",
    "foi_q4_uasc_missing_occasions",
    "dq_row_accounting",
    "foi_answers",
    "foi_deadlines",
)
# Rows of a long seed are alike: this many stand for all.
SAMPLE = 12
NUMBER_OF_ROWS = re.compile(r"having count\(\*\) (<>|<) \d+")
RANGES = (("lowest", "highest"), ("valid_from", "valid_to"))

Row = dict[str, str]


class Project:
    """The demonstration's figures, and what each edit does to them."""

    def __init__(self, statements: compiled_models.Statements) -> None:
        self.statements, self.needed = statements, statements.needed_for(*FIGURES)
        self.warehouse = compiled_models.connect()
        compiled_models.build(self.warehouse, statements, CHECKOUT / "seeds" / "extracts")
        models = {name for name, _ in statements}
        self.keys: dict[str, list[str]] = {}
        for name, test in statements.tests.items():
            for key in re.findall(r"'keys \((.*?)\) that are blank", test):
                self.keys[name.removeprefix("sound_rows_")] = key.split(", ")
        self.reads = {
            name: set(re.findall(r'"main"\."(\w+)"', text))
            for name, text in [*statements.tests.items(), *statements]
        }
        # Those that read seeds alone come first, as in a build.
        self.tests = sorted(statements.tests, key=lambda name: bool(self.reads[name] & models))
        self.models = models
        self.figures = self.read_figures()

    def read_figures(self) -> list[list[tuple]]:
        """The rows of all tables of figures."""
        return [
            sorted(self.warehouse.execute(f"select * from {table}").fetchall(), key=repr)
            for table in FIGURES
        ]

    def problem(self, name: str, *, is_meant: bool = False) -> str | None:
        """What a data test says, if it fails; if the edit is meant, not of the number of rows."""
        test = self.statements.tests[name]
        if is_meant:
            test = NUMBER_OF_ROWS.sub("having false", test)
        try:
            rows = self.warehouse.execute(test).fetchall()
        except duckdb.Error as error:
            return str(error)
        return f"{name} has rows" if rows else None

    def judge(self, seed: str, rows: list[Row], *, is_meant: bool) -> str | None:
        """What becomes of an edit that nothing stops: None if something does, or nothing changes.

        Args:
            seed: the seed that is edited.
            rows: its rows after the edit.
            is_meant: whether the number of rows that the seed is known to have is changed too.
        """
        self.warehouse.execute("begin")
        try:
            self.load(seed, rows)
            on_seeds = [
                name
                for name in self.tests
                if seed in self.reads[name] and not self.reads[name] & self.models
            ]
            # The seed's own test tells most, so it is tried first.
            on_seeds.sort(key=lambda name: name != f"sound_rows_{seed}")
            if any(self.problem(name, is_meant=is_meant) for name in on_seeds):
                return None
            affected = {seed}
            for name, _ in self.statements:
                if affected & self.reads[name]:
                    affected.add(name)
            for name, statement in self.needed:
                if name in affected:
                    kind = "view" if name in self.statements.views else "table"
                    self.warehouse.execute(f"create or replace {kind} {name} as {statement}")
            if self.read_figures() == self.figures:
                return None
            later = [name for name in self.tests if self.reads[name] & affected - {seed}]
            return None if any(map(self.problem, later)) else "a figure changes and no test fails"
        except duckdb.Error as error:
            return f"no sentence but an error of the engine: {error}"
        finally:
            self.warehouse.execute("rollback")

    def load(self, seed: str, rows: list[Row]) -> None:
        """Replaces a seed's rows; a blank is null, as dbt loads it."""
        columns = [row[0] for row in self.warehouse.execute(f"describe {seed}").fetchall()]
        self.warehouse.execute(f"delete from {seed}")
        if rows:
            marks = f"({', '.join('?' * len(columns))})"
            self.warehouse.execute(
                f"insert into {seed} values {', '.join([marks] * len(rows))}",
                [row[column] or None for row in rows for column in columns],
            )


@pytest.fixture(scope="module")
def project(statements: compiled_models.Statements) -> Project:
    """The demonstration, built once."""
    return Project(statements)


def sampled(rows: list[Row]) -> list[int]:
    """The places of the rows that are tried."""
    return sorted(random.Random(12).sample(range(len(rows)), min(SAMPLE, len(rows))))


def new_value(value: str) -> str:
    """A value of the same form that no seed has."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return "2031-03-05"
    return "987" if value.isdecimal() else f"{value}_new"


def moved(value: str) -> str:
    """The bound after this one."""
    if "-" in value:
        return (date.fromisoformat(value) + timedelta(days=1)).isoformat()
    return str(int(value) + 1)


def overlapping(rows: list[Row], place: int, key: list[str]) -> Iterator[list[Row]]:
    """Edits that make two rows hold for one thing, or none."""
    row = rows[place]
    yield [*rows[:place], row, *rows[place:]]
    if key:
        for other in rows:
            same_key = other | {column: row[column] for column in key}
            if same_key != row:
                yield [*rows, same_key]
                yield [same_key, *rows]
                break
        yield [*rows, row | {key[0]: f"{row[key[0]]} "}]
        yield [*rows, row | {key[0]: row[key[0]].swapcase()}]
        yield [*rows, row | {key[-1]: ""}]
    for low, high in RANGES:
        if row.get(low):
            yield [*rows, row | {low: moved(row[low])} | {c: new_value(row[c]) for c in key[1:2]}]
        if row.get(high):
            yield [*rows[:place], row | {high: moved(row[high])}, *rows[place + 1 :]]
        # A bound of a row that nothing precedes may move: it then holds for less, as it says.
        if row.get(low) and low == "lowest":
            yield [*rows[:place], row | {low: moved(row[low])}, *rows[place + 1 :]]


def test_a_removed_or_added_row_is_told(project: Project) -> None:
    """What no other rule finds, the number of rows does."""
    unseen = []
    for file in RULES:
        rows, key = compiled_models.read_csv(file), project.keys.get(file.stem, [])
        for place in sampled(rows):
            added = rows[place] | {column: new_value(rows[place][column]) for column in key[-1:]}
            for edited in (rows[:place] + rows[place + 1 :], [*rows, added]):
                if problem := project.judge(file.stem, edited, is_meant=False):
                    unseen.append(f"{file.name}, row {place + 1}, {len(edited)} rows: {problem}")
    assert not unseen


def test_rows_that_overlap_are_told_even_if_their_number_is_changed(project: Project) -> None:
    """Two rows for one key, or bounds with a gap or an overlap, are never meant.

    But a band may overlap others: each is then right on its own, as the tests of answers hold.
    """
    unseen = []
    for file in RULES:
        if file.stem == "categories":
            continue
        rows, key = compiled_models.read_csv(file), project.keys.get(file.stem, [])
        for place in sampled(rows):
            for number, edited in enumerate(overlapping(rows, place, key)):
                if problem := project.judge(file.stem, edited, is_meant=True):
                    unseen.append(f"{file.name}, row {place + 1}, edit {number}: {problem}")
    assert not unseen


def test_the_sentence_names_seed_numbers_and_remedy(project: Project) -> None:
    """Whoever adds a row on purpose is told the one line to change."""
    file = CHECKOUT / "seeds" / "rules" / "councils.csv"
    rows = compiled_models.read_csv(file)
    project.warehouse.execute("begin")
    project.load("councils", [*rows, rows[0] | {"la_code": "987"}])
    said = project.problem("sound_rows_councils")
    project.warehouse.execute("rollback")
    assert said is not None
    assert f"councils are not sound: {len(rows) + 1} rows where" in said
    assert f"rule_seeds_are_sound.sql says {len(rows)}" in said
    assert f"write there rows: {len(rows) + 1}" in said
