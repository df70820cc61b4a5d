"""Where things are in the checkout, and the raw tables as the dbt sources describe them."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).resolve().parents[3]
if not (CHECKOUT / "dbt_project.yml").exists():
    # The package was installed by pip: it works on the checkout that it is run in.
    CHECKOUT = Path.cwd()
RESPONSES = CHECKOUT / "responses"
RULES = CHECKOUT / "seeds" / "rules"
SOURCES_FILE = CHECKOUT / "models" / "staging" / "_sources.yml"

LANDED_COLUMNS = ("collection_year", "source_file", "source_row")


def is_queried(model: str) -> bool:
    """Whether people query a model: every one is a mart but those on the way to it."""
    return not model.startswith(("stg_", "int_"))


def settings_folder() -> Path | None:
    """The folder of a council's own settings, which FOI_SETTINGS names; None: the demonstration."""
    folder = os.environ.get("FOI_SETTINGS")
    return Path(folder) if folder else None


def responses_folder() -> Path:
    """The folder of responses that FOI_RESPONSES names, else the checkout's."""
    return Path(os.environ.get("FOI_RESPONSES") or RESPONSES)


def template_file(name: str) -> Path:
    """A Word template: the council's own, in the folder of its settings, else the project's."""
    settings = settings_folder()
    own = settings / name if settings else None
    return own if own and own.exists() else CHECKOUT / "templates" / name


def requests_folder() -> Path:
    """The folder with the register: of FOI_REQUESTS, else of FOI_SETTINGS, else the project's."""
    if folder := os.environ.get("FOI_REQUESTS"):
        return Path(folder)
    settings = settings_folder()
    return settings / "requests" if settings else CHECKOUT / "seeds" / "requests"


@dataclass(frozen=True)
class RawTable:
    """A raw table of the warehouse.

    Attributes:
        name: as in the warehouse, `ssda903_missing`.
        module: what the return calls it, `Missing`.
        columns: the columns of the source itself, lower case, in the order of the table.
        needed: those columns that a file must have to be this module.
        has_collection_year: whether it belongs to the annual return of one collection year.
        only_in_xml: those columns that only a return in XML can fill.
        also_called: other names that a column goes by in some extracts, with the column.
        dates: those columns that hold dates.
        identified_by: the column that tells a row of a case-management extract in the next one.
    """

    name: str
    module: str
    columns: tuple[str, ...]
    needed: frozenset[str]
    has_collection_year: bool
    only_in_xml: frozenset[str] = frozenset()
    also_called: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    identified_by: str = ""

    @property
    def is_case_extract(self) -> bool:
        """Whether it comes from the case-management system, not from a return."""
        return self.name.startswith("ssd_")

    @property
    def file_columns(self) -> tuple[str, ...]:
        """The columns that a CSV file or a sheet of this module has."""
        return tuple(name for name in self.columns if name not in self.only_in_xml)

    def named(self, names: Sequence[str]) -> list[str]:
        """Column names as this table has them, where a file calls one otherwise."""
        return [self.also_called.get(name, name) for name in names]

    @property
    def landed_columns(self) -> tuple[str, ...]:
        """All columns of the landed file: the source's own, then where the row came from."""
        extra = LANDED_COLUMNS if self.has_collection_year else LANDED_COLUMNS[1:]
        return (*self.columns, *extra)


@cache
def raw_tables() -> dict[str, RawTable]:
    """The raw tables that files are landed into, by name, from `models/staging/_sources.yml`."""
    described = yaml.safe_load(SOURCES_FILE.read_text(encoding="utf-8"))
    tables = {}
    for table in described["sources"][0]["tables"]:
        meta = table["config"]["meta"]
        if "module" not in meta:
            continue
        names = [column["name"] for column in table["columns"]]
        own = tuple(name for name in names if name not in LANDED_COLUMNS)
        tables[table["name"]] = RawTable(
            name=table["name"],
            module=meta["module"],
            columns=own,
            needed=frozenset(meta["recognised_by"]),
            has_collection_year="collection_year" in names,
            only_in_xml=frozenset(meta.get("only_in_xml", [])),
            also_called=meta.get("also_called", {}),
            dates=tuple(meta["dates"]),
            identified_by=meta.get("identified_by", ""),
        )
    return tables
