"""Which raw table a source table belongs to, by its set of column names alone."""

import csv
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from missing_from_care.landing.source_tables import SourceTable, column_names, listed
from missing_from_care.project import CHECKOUT, RawTable, raw_tables

UNUSED_MODULES_FILE = CHECKOUT / "seeds" / "rules" / "unused_return_modules.csv"


@dataclass(frozen=True)
class Recognition:
    """What a source table was recognised as.

    Attributes:
        table: the raw table it belongs to, or was most likely meant for.
        unused: the name of a module of the return that this project does not need.
        fault: why it cannot be landed, as a sentence.
    """

    table: RawTable | None = None
    unused: str | None = None
    fault: str | None = None


def recognise(source: SourceTable) -> Recognition:
    """Recognises a table by its column names, whatever their order, their case or its file name.

    Args:
        source: the table.

    Returns:
        A raw table if all columns that tell it are there. A fault if they fit two modules, if a
        column that is needed stands there twice, if the rows cannot be read, or if only some of
        the columns are there that no other file has. Neither, if the file is none of the return.
    """
    names = column_names(source.header)
    matching = _matching(names)
    if len(matching) > 1:
        both = " and ".join(table.module for table in matching)
        return Recognition(
            fault=f"{source.file} has the columns of {both}: each needs a file of its own."
        )
    if matching:
        table = matching[0]
        return Recognition(table, fault=_fault_of(source, table, table.named(names)))
    for module, needed in unused_modules().items():
        if needed <= set(names):
            return Recognition(unused=module)
    return _nearly(source, frozenset(names))


def is_known(names: Sequence[str]) -> bool:
    """Whether column names, as they are compared, are those of a module of any kind."""
    unused = any(needed <= set(names) for needed in unused_modules().values())
    return bool(_matching(names)) or unused


def _matching(names: Sequence[str]) -> list[RawTable]:
    return [table for table in raw_tables().values() if table.needed <= set(table.named(names))]


def _fault_of(source: SourceTable, table: RawTable, names: list[str]) -> str | None:
    """Why a table that was recognised cannot be landed."""
    if source.problem:
        return f"{source.file} {source.problem}"
    counts = Counter(names)
    doubled = [name.upper() for name in table.columns if counts[name] > 1]
    if doubled:
        return (
            f"{source.file} has the column {listed(doubled)} more than once: keep the one that "
            f"{table.module} needs and take the other out."
        )
    return None


def _nearly(source: SourceTable, names: Set[str]) -> Recognition:
    """Tells a broken file of a needed module from a file that is none of the return."""
    telling = {table.name: table.needed - _shared_columns() for table in raw_tables().values()}
    near = [
        table for table in raw_tables().values() if telling[table.name] & set(table.named(names))
    ]
    if not near:
        return Recognition()
    table = max(near, key=lambda table: len(table.needed & names) / len(table.needed))
    names = set(table.named(names))
    missing = [name.upper() for name in table.columns if name in table.needed - names]
    found = [name.upper() for name in table.columns if name in telling[table.name] & names]
    return Recognition(
        table,
        fault=f"{source.file} has {listed(found)}, so it looks like {table.module}, but lacks "
        f"{listed(missing)}: name or add the missing columns, or move the file out of the source "
        "folder if it is something else.",
    )


@cache
def unused_modules(path: Path = UNUSED_MODULES_FILE) -> dict[str, frozenset[str]]:
    """The return's modules that no answer needs, with the columns that tell each, from a seed."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {row["module"]: frozenset(row["recognised_by"].split()) for row in rows}


@cache
def _shared_columns() -> frozenset[str]:
    """Columns that several modules of the return have, CHILD or DOB: they tell none of them."""
    modules = [set(table.columns) for table in raw_tables().values() if table.has_collection_year]
    counts = Counter(name for module in (*modules, *unused_modules().values()) for name in module)
    return frozenset(name for name, count in counts.items() if count > 1)
