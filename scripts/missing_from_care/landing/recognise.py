"""Which raw table a source table belongs to, by its set of column names alone."""

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from typing import NamedTuple

from missing_from_care.base.models_in_memory import rule_rows
from missing_from_care.base.project import RawTable, raw_tables
from missing_from_care.landing.source_tables import column_names, listed


class Recognition(NamedTuple):
    """What a source table was recognised as: the raw table it belongs to, or was most likely meant
    for; a module of the return that this project does not need (`unused`); or why it cannot be
    landed, as a sentence."""

    table: RawTable | None = None
    unused: str | None = None
    fault: str | None = None


def recognise(file: str, header: Sequence[str]) -> Recognition:
    """Recognises a table by its column names, whatever their order, their case or its file name. A
    fault if they fit two modules, if a column that is needed stands there twice, or if only some of
    the columns are there that no other file has. Nothing, if the file is none of the return."""
    names = column_names(header)
    matching, unused = _matching(names)
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
    near = None if unused else _near(names)
    if near is None:
        return Recognition(unused=unused)
    own = near.needed & set(near.named(names))
    missing = []
    for name in (name for name in near.columns if name in near.needed - own):
        # By its place alone: what stands in the line of column names may be of a child.
        alike = get_close_matches(name, [n for n in names if n not in known_columns()], 1, 0.7)
        perhaps = f" (perhaps column {names.index(alike[0]) + 1})" if alike else ""
        missing.append(name.upper() + perhaps)
    found = [name.upper() for name in near.columns if name in own - _shared_columns()]
    return Recognition(
        near,
        fault=f"{file} has {listed(found)}, so it looks like {near.module}, but lacks "
        f"{listed(missing)}: name or add the missing columns, or move the file out of the source "
        "folder if it is something else.",
    )


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows of a table holds its column names: the first by which a module is
    recognised, else the first that has a column which only one module has: then the file is broken,
    and can be named. None if there is neither."""
    named = list(enumerate(map(column_names, rows)))
    known = (at for at, names in named if any(_matching(names)))
    broken = (at for at, names in named if len(names) > 1 and _near(names))
    return next(known, next(broken, None))


def _matching(names: Sequence[str]) -> tuple[list[RawTable], str | None]:
    """The raw tables whose columns are all there, and the module that is not needed, if it is."""
    found = [table for table in raw_tables().values() if table.needed <= set(table.named(names))]
    unused = (module for module, needed in unused_modules().items() if needed <= set(names))
    return found, next(unused, None)


def _near(names: Sequence[str]) -> RawTable | None:
    """The table that a file with a column which no other module has was most likely meant for."""
    near = [
        (len(table.needed & set(names)) / len(table.needed), -at, table)
        for at, table in enumerate(raw_tables().values())
        if (table.needed - _shared_columns()) & set(table.named(names))
    ]
    return max(near)[2] if near else None


def column_at(header: Sequence[str], at: int) -> str:
    """A column in a sentence: by its name if an extract has such a one, else by its place. What
    stands in the line of column names may be of a child, where it has run into the next line."""
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
