"""Reads the annual return as XML, `EXPSSDA903`, also inside an envelope: one pass, memory flat.

Elements as public validators read them: CHILD holds HEADER (CHILDID, SEX, …, UASC, DUC) and
EPISODE; AMISSING stands in HEADER. What a child's HEADER says fills what its rows do not say
themselves. No document type is let in, hence no entity, neither an external nor a swelling one.
"""

import re
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from missing_from_care.base.faults import DataFault
from missing_from_care.base.models_in_memory import rule_rows
from missing_from_care.base.project import RawTable, raw_tables
from missing_from_care.landing.recognise import known_columns
from missing_from_care.landing.source_tables import FoundFile, PlainRows, Rows, SourceTable

ROOT = "EXPSSDA903"
RENAMED = {"childid": "child", "pl": "place", "uasc": "uasc_flag"}
PARENTS = {
    "CHILD": {ROOT},
    "HEADER": {"CHILD"},
    "EPISODE": {"CHILD"},
    "AMISSING": {"HEADER", "CHILD"},
}
ROWS = {"EPISODE": "ssda903_episodes", "AMISSING": "ssda903_missing"}
MOST_BYTES_OF_A_CHILD = 1_000_000
MOST_DEPTH = 50
EXPORT_AGAIN = (
    "export the return again, or move the file out of the source folder if it is no return"
)

Fields = dict[str, str]


class _Refused(Exception):
    """What was found that no return has."""


def read_tables(item: FoundFile) -> list[SourceTable]:
    """The four tables of a return, or one that says that the file is not used; read as far as the
    first child. See `land.read_tables`."""
    if next(_children(item), None) is None:
        return [SourceTable(item.file, unused="XML, but no annual return")]
    tables = [table for table in raw_tables().values() if table.has_collection_year]
    written: dict[str, Rows] = {}
    return [
        SourceTable(
            item.file,
            tuple(name.upper() for name in table.columns),
            partial(_rows, item, tables, written, table.name),
        )
        for table in tables
    ]


def _rows(
    item: FoundFile, tables: list[RawTable], written: dict[str, Rows], name: str, work: Path
) -> Iterator[Rows]:
    """The rows of one table; the first time, one pass writes those of all."""
    if not written:
        plain = {each.name: PlainRows(work, len(each.columns)) for each in tables}
        for child in _children(item):
            for each in tables:
                for fields in child.get(each.name, []):
                    values = [fields.get(column, "") for column in each.columns]
                    plain[each.name].write(plain[each.name].count + 1, values)
        written |= {table: rows.rows() for table, rows in plain.items()}
    yield written[name]


def _children(item: FoundFile) -> Iterator[dict[str, list[Fields]]]:
    """What each child has in each raw table, as soon as it is read; an empty return is one too."""
    line, is_return = 1, False
    path: list[str] = []
    with item.path.open("rb") as stream:
        source = _Limited(stream)
        try:
            for event, element in etree.iterparse(
                source,
                events=("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                remove_comments=True,
                remove_pis=True,
                huge_tree=False,
            ):
                name = _name(element)
                line = element.sourceline or line
                if event == "start":
                    if not path and element.getroottree().docinfo.doctype:
                        raise _Refused(
                            "a document type (DOCTYPE), which could draw in other files or swell "
                            "without end, and which no return has"
                        )
                    if name == ROOT:
                        is_return, path = True, []
                        yield {}
                    elif is_return and (
                        len(path) >= MOST_DEPTH or path[-1] not in PARENTS.get(name, {path[-1]})
                    ):
                        raise _Refused(f"{_shown(name)} stands where the return has none")
                    path.append(name)
                    continue
                path = path[:-1]
                if is_return and name == "CHILD":
                    yield _rows_of_child(element)
                if "CHILD" not in path:
                    source.quiet = 0
                    element.clear(keep_tail=False)
                    while element.getprevious() is not None:
                        del element.getparent()[0]
        except _Refused as problem:
            raise DataFault(
                f"{item.file}, line {line:,} or below: found {problem}; {EXPORT_AGAIN}."
            ) from None
        except (etree.XMLSyntaxError, LookupError, ValueError) as problem:
            where = getattr(problem, "lineno", None) or line
            raise DataFault(
                f"{item.file}, line {where:,}: this does not read as XML; {EXPORT_AGAIN}."
            ) from None


class _Limited:
    """A file of which so much may be read before a child ends, so that memory stays flat."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.quiet = stream, 0

    def read(self, size: int) -> bytes:
        data = self.stream.read(size)
        self.quiet += len(data)
        if self.quiet > MOST_BYTES_OF_A_CHILD:
            raise _Refused(
                f"more than {MOST_BYTES_OF_A_CHILD:,} characters in one CHILD, or in a name, "
                "comment or tag that does not end"
            )
        return data


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].upper()


def _shown(name: str) -> str:
    """An element in a sentence. Where a value holds a bracket its name may be of a child."""
    is_known = name in PARENTS or RENAMED.get(name.lower(), name.lower()) in known_columns()
    return f"the element '{name}'" if is_known else "an element of another name"


def _rows_of_child(child: Any) -> dict[str, list[Fields]]:
    """A child's rows by raw table."""
    headers = [each for each in child if _name(each) == "HEADER"]
    if len(headers) > 1:
        raise _Refused("a CHILD with more than one HEADER")
    details = _fields(child, *headers)
    rows: dict[str, list[Fields]] = {name: [] for name in ROWS.values()}
    known = {name: details[name] for name in ("child", "dob") if name in details}
    for each in child.iter("*"):
        if _name(each) in ROWS:
            rows[ROWS[_name(each)]].append(known | _fields(each))
    # Where the flag is not set and DUC is filled it is rule 303 of the return.
    flag, ceased = (details.get(name, "").strip() for name in ("uasc_flag", "duc"))
    is_told = ceased or (flag and re.sub("[.]0$", "", flag).upper() not in _no_flags())
    rows["ssda903_uasc"] = [details] if is_told else []
    rows["ssda903_header"] = [details] if headers else []
    return rows


def _fields(*parents: Any) -> Fields:
    """The values of all elements without others in them, by column."""
    fields: Fields = {}
    for leaf in (each for parent in parents for each in parent if not len(each)):
        name = _name(leaf)
        column = RENAMED.get(name.lower(), name.lower())
        value = _without_layout(leaf.text or "")
        if name not in PARENTS and fields.setdefault(column, value) != value:
            raise _Refused(f"{_shown(name)} twice with different values")
    return fields


@cache
def _no_flags() -> frozenset[str]:
    return frozenset(row["flag"] for row in rule_rows("yes_no_flags") if row["is_yes"] == "false")


def _without_layout(text: str) -> str:
    """The value without the lines that some programs put around it to look tidy."""
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return text.strip() if "\n" in before + after else text
