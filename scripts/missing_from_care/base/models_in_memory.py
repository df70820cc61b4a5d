"""Builds a few of dbt's models in memory, from the same SQL, where no warehouse is built yet.

dbt takes seconds to start and needs the write lock of the database; the models over the rule and
request seeds need neither.
"""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from missing_from_care.base.data_errors import raised_sentences
from missing_from_care.base.faults import DataFault, UsageFault
from missing_from_care.base.project import CHECKOUT, RULES, settings_folder

Macro = Callable[..., object]
MACRO = re.compile(r"{%-? macro (\w+)")


class _Dbt:
    """As much of dbt's Jinja as these models use; `reads` collects what a model refers to. No
    variable of the environment moves the tables: the caller puts them in place."""

    def __init__(self) -> None:
        self.variables: Mapping[str, str] = {}
        self.reads: list[str] = []
        self.macros: dict[str, Macro] = {}

    def ref(self, name: str) -> str:
        self.reads.append(name)
        return name

    def var(self, name: str, default: str = "") -> str:
        return self.variables.get(name, default)

    def dispatch(self, name: str, _project: str) -> Macro:
        return self.macros.get(f"duckdb__{name}") or self.macros[f"default__{name}"]


def build_model(
    connection: duckdb.DuckDBPyConnection, name: str, variables: Mapping[str, str] | None = None
) -> None:
    """Makes the table of a model or seed, and first the tables that it reads. A table that is there
    already stands in for its seed or model. `variables` are dbt's `--vars`. Where a statement
    fails, `raised_sentences` of DuckDB's error gives what `raise_sentence` said."""
    is_there = "select 1 from information_schema.tables where table_name = ?"
    if connection.execute(is_there, [name]).fetchone():
        return
    if seed := _files("seeds", ".csv").get(name):
        seeded = rule_rows(name) if seed.parent == RULES else seed_rows(seed)
        make_table(connection, name, seed_columns(seed), [[*row.values()] for row in seeded])
        return
    statement, reads = _statement(name, tuple(sorted((variables or {}).items())))
    for table in reads:
        build_model(connection, table, variables)
    connection.execute(f"create table {name} as {statement}")


def read_rows(
    path: Path, columns: Sequence[str], needed: Sequence[str]
) -> tuple[dict[int, dict[str, str | None]], str]:
    """Reads columns of a file of the register or of settings with the macro by which dbt does.
    Gives the values by column of each row in which any stands, by its number, 1 = the first below
    the header; and the names of the file's other columns. A UsageFault: there is no such file, or
    it cannot be read. A DataFault: it is no CSV file, a needed column is missing or there twice, or
    a row is ragged."""
    statement = macro_sql("register_rows", str(path), list(columns), list(needed))
    try:
        path.open("rb").close()
        with duckdb.connect() as connection:
            found = connection.execute(f"from {statement}").fetchall()
    except OSError as problem:
        raise UsageFault(
            f"{path} cannot be read ({problem.strerror}): put the file there, or mend its rights."
        ) from problem
    except duckdb.Error as problem:
        unread = f'{path} cannot be read as a table: save it as "CSV UTF-8 (comma delimited)".'
        raise DataFault(*raised_sentences(problem) or [unread]) from problem
    rows = {row[-2]: dict(zip(columns, row, strict=False)) for row in found}
    return rows, (found[0][-1] or "") if found else ""


def rule_rows(name: str) -> list[dict[str, str]]:
    """The rows of a rule seed, or of the file by which a council replaces it, as `setting_rows`."""
    seed, settings = RULES / f"{name}.csv", settings_folder()
    own = settings / seed.name if settings else None
    return setting_rows(own) if own and own.exists() else seed_rows(seed)


def setting_rows(file: Path) -> list[dict[str, str]]:
    """The rows of a settings file by its seed's columns, blanks as ""; raises as `read_rows`."""
    columns = seed_columns(RULES / file.name)
    rows, _ = read_rows(file, columns, columns)
    return [{name: (row[name] or "").strip() for name in columns} for row in rows.values()]


def seed_columns(seed: Path) -> list[str]:
    """The columns of a seed, in their order."""
    with seed.open(encoding="utf-8", newline="") as opened:
        return next(csv.reader(opened))


def seed_rows(seed: Path) -> list[dict[str, str]]:
    """The rows of a seed, or of any CSV file that the program itself wrote."""
    with seed.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def macro_sql(macro: str, *arguments: object) -> str:
    """The SQL that one of the project's macros gives; what it refers to has to be there by name."""
    _, dbt = _environment()
    return str(dbt.macros[macro](*arguments))


def make_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    header: list[str],
    rows: Sequence[Sequence[str | None]],
) -> None:
    """Makes a table of texts; a blank is null, as in dbt's seeds."""
    places = (f"nullif(unnest(cast(? as varchar[])), '') as {column}" for column in header)
    values = [[row[at] for row in rows] for at in range(len(header))]
    connection.execute(f"create table {name} as select {', '.join(places)}", values)


@cache
def _files(folder: str, ending: str) -> dict[str, Path]:
    """The project's files with an ending by name, as `ref` names them."""
    return {file.stem: file for file in sorted((CHECKOUT / folder).rglob(f"*{ending}"))}


@cache
def _statement(name: str, variables: tuple[tuple[str, str], ...]) -> tuple[str, tuple[str, ...]]:
    """A model's statement, and the models and seeds that it reads."""
    environment, dbt = _environment()
    dbt.variables, dbt.reads = dict(variables), []
    model = _files("models", ".sql")[name].read_text(encoding="utf-8")
    return environment.from_string(model).render(), tuple(dbt.reads)


@cache
def _environment() -> tuple[Environment, _Dbt]:
    """Jinja with the project's own macros."""
    dbt, loader = _Dbt(), FileSystemLoader(CHECKOUT / "macros")
    environment = Environment(
        loader=loader, extensions=["jinja2.ext.do"], undefined=StrictUndefined, autoescape=False
    )

    def call(file: str, name: str, /, *arguments: object, **named: object) -> object:
        return getattr(environment.get_template(file).module, name)(*arguments, **named)

    # Each file is compiled when one of its macros is first called: few commands need many.
    for file in environment.list_templates(extensions=["sql"]):
        text, *_ = loader.get_source(environment, file)
        dbt.macros |= {name: partial(call, file, name) for name in MACRO.findall(text)}
    environment.globals.update(ref=dbt.ref, var=dbt.var, adapter=dbt, **dbt.macros)
    environment.globals["config"] = lambda **_: ""
    environment.globals["env_var"] = lambda _name, default="": default
    return environment, dbt
