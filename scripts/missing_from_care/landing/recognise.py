"""Which raw table a source table belongs to, by its set of column names alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from missing_from_care.base.models_in_memory import rule_rows
from missing_from_care.base.project import RawTable, raw_tables
from missing_from_care.landing.source_tables import column_names, listed


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


def recognise(file: str, header: Sequence[str]) -> Recognition:
    """Recognises a table by its column names, whatever their order, their case or its file name.

    Args:
        file: the table's name in messages.
        header: its column names.

    Returns:
        A raw table if all columns that tell it are there. A fault if they fit two modules, if a
        column that is needed stands there twice, or if only some of the columns are there that no
        other file has. Neither, if the file is none of the return.
    """
    names = column_names(header)
    matching = _matching(names)
    if len(matching) > 1:
        both = " and ".join(table.module for table in matching)
        return Recognition(fault=f"{file} has the columns of {both}: each needs its own file.")
    if matching:
        table, counts = matching[0], Counter(matching[0].named(names))
        doubled = [name.upper() for name in table.columns if counts[name] > 1]
        fault = (
            f"{file} has the column {listed(doubled)} more than once: keep the one that "
            f"{table.module} needs and take the other out."
        )
        return Recognition(table, fault=fault if doubled else None)
    for module, needed in unused_modules().items():
        if needed <= set(names):
            return Recognition(unused=module)
    near = _near(names)
    if near is None:
        return Recognition()
    own = near.needed & set(near.named(names))
    missing = [_or_perhaps(name, names) for name in near.columns if name in near.needed - own]
    found = [name.upper() for name in near.columns if name in own - _shared_columns()]
    return Recognition(
        near,
        fault=f"{file} has {listed(found)}, so it looks like {near.module}, but lacks "
        f"{listed(missing)}: name or add the missing columns, or move the file out of the source "
        "folder if it is something else.",
    )


def _or_perhaps(name: str, header: Sequence[str]) -> str:
    """A column that is missing, with the place of the one that is spelt most like it.

    Its place alone: what stands in the line of column names may be of a child.
    """
    others = [each for each in header if each not in known_columns()]
    near = get_close_matches(name, others, 1, 0.7)
    return f"{name.upper()} (perhaps column {header.index(near[0]) + 1})" if near else name.upper()


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows of a table holds its column names.

    Args:
        rows: the values of each row.

    Returns:
        The first row by which a module is recognised, else the first that has a column which only
        one module has: then the file is broken, and can be named. None if there is neither.
    """
    named = [column_names(row) for row in rows]
    for at, names in enumerate(named):
        if _matching(names) or any(needed <= set(names) for needed in unused_modules().values()):
            return at
    return next((at for at, names in enumerate(named) if len(names) > 1 and _near(names)), None)


def _matching(names: Sequence[str]) -> list[RawTable]:
    return [table for table in raw_tables().values() if table.needed <= set(table.named(names))]


def _near(names: Sequence[str]) -> RawTable | None:
    """The table that a file with a column which no other module has was most likely meant for."""
    near = [
        (len(table.needed & set(names)) / len(table.needed), -at, table)
        for at, table in enumerate(raw_tables().values())
        if (table.needed - _shared_columns()) & set(table.named(names))
    ]
    return max(near)[2] if near else None


def column_at(header: Sequence[str], at: int) -> str:
    """A column in a sentence: by its name if an extract has such a one, else by its place.

    What stands in the line of column names may be of a child, where it has run into the next line.
    """
    name = column_names(header[at : at + 1])
    return name[0].upper() if name and name[0] in known_columns() else str(at + 1)


@cache
def known_columns() -> frozenset[str]:
    """The names of all columns that a module has, used or not."""
    tables = raw_tables().values()
    used = (name for table in tables for name in (*table.columns, *table.also_called))
    return frozenset(used).union(*unused_modules().values())


@cache
def unused_modules() -> dict[str, frozenset[str]]:
    """The return's modules that no answer needs, with the columns that tell each, from a seed."""
    rows = rule_rows("unused_return_modules")
    return {row["module"]: frozenset(row["recognised_by"].split()) for row in rows}


@cache
def _shared_columns() -> frozenset[str]:
    """Columns that several modules of the return have, CHILD or DOB: they tell none of them."""
    modules = [set(table.columns) for table in raw_tables().values() if table.has_collection_year]
    counts = Counter(name for module in (*modules, *unused_modules().values()) for name in module)
    return frozenset(name for name, count in counts.items() if count > 1)
