"""Reads the annual return as XML, `EXPSSDA903`, also inside an envelope: one pass, memory flat.

Elements as public validators read them: CHILD holds HEADER (CHILDID, SEX, …, UASC, DUC) and
EPISODE; AMISSING stands in HEADER. What a child's HEADER says fills what its rows do not say
themselves. No document type is let in, hence no entity, neither an external nor a swelling one.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

from missing_from_care.faults import DataFault
from missing_from_care.landing.read_text import PlainRows
from missing_from_care.landing.source_tables import FoundFile, Rows, SourceTable
from missing_from_care.project import CHECKOUT, RawTable, raw_tables

ROOT = "EXPSSDA903"
RENAMED = {"childid": "child", "pl": "place", "uasc": "uasc_flag"}
PARENTS = {
    "CHILD": {ROOT},
    "HEADER": {"CHILD"},
    "EPISODE": {"CHILD"},
    "AMISSING": {"HEADER", "CHILD"},
}
ROWS = {"ssda903_episodes": "EPISODE", "ssda903_missing": "AMISSING"}
OF_THE_CHILD = {"child", "dob"}
FLAGS_FILE = CHECKOUT / "seeds" / "rules" / "yes_no_flags.csv"
CHUNK = 1 << 16
MOST_CHARACTERS_OF_A_CHILD = 1_000_000
MOST_BYTES_WITHOUT_AN_ELEMENT = 4_000_000
MOST_DEPTH = 50
EXPORT_AGAIN = (
    "export the return again, or move the file out of the source folder if it is no return"
)

Fields = dict[str, str]


class _OtherXmlError(Exception):
    """The file is XML, but no annual return."""


class _Child:
    """What one CHILD element holds."""

    def __init__(self) -> None:
        self.details: Fields = {}
        self.has_header = False
        self.rows: dict[str, list[Fields]] = {name: [] for name in ROWS.values()}

    def rows_of(self, table: RawTable) -> list[Fields]:
        """The rows of a raw table that the child has."""
        if table.name in ROWS:
            known = {name: self.details[name] for name in OF_THE_CHILD & self.details.keys()}
            return [known | fields for fields in self.rows[ROWS[table.name]]]
        if "uasc_flag" in table.columns:
            # Where the flag is not set and DUC is filled it is rule 303 of the return.
            flag, ceased = (self.details.get(name, "").strip() for name in ("uasc_flag", "duc"))
            is_told = ceased or not (flag == "" or _says_no(flag))
            return [self.details] if is_told else []
        return [self.details] if self.has_header else []


@cache
def _no_flags() -> frozenset[str]:
    with FLAGS_FILE.open(encoding="utf-8", newline="") as stream:
        return frozenset(row["flag"] for row in csv.DictReader(stream) if row["is_yes"] == "false")


def _says_no(flag: str) -> bool:
    return re.sub("[.]0$", "", flag).upper() in _no_flags()


class _Target:
    """What the parser tells of; finished children gather in `children`."""

    def __init__(self) -> None:
        self.children: list[_Child] = []
        self.fault = ""
        self.seen = self.size = 0
        self.path: list[str] = []
        self.is_return = self.is_leaf = False
        self.text: list[str] = []
        self.child = _Child()

    def start(self, tag: str, _attributes: Any) -> None:
        self.seen += 1
        name = tag.rpartition("}")[2].upper()
        parent = self.path[-1] if self.path else ""
        if name == ROOT:
            self.is_return, self.path, parent = True, [], ""
        if not self.is_return:
            self.path.append(name)
            return
        if parent not in PARENTS.get(name, {parent}) or len(self.path) >= MOST_DEPTH:
            self.refuse(f"the element {name[:40]!a} stands where the return has none")
        if name == "CHILD":
            self.child, self.size = _Child(), 0
        elif name == "HEADER":
            if self.child.has_header:
                self.refuse("a CHILD with more than one HEADER")
            self.child.has_header = True
        elif name in self.child.rows:
            self.child.rows[name].append({})
        self.path.append(name)
        self.is_leaf, self.text = True, []
        self.grow(len(name))

    def end(self, _tag: str) -> None:
        self.seen += 1
        if not self.path:
            return
        name = self.path.pop()
        parent = self.path[-1] if self.path else ""
        if name == "CHILD":
            self.children.append(self.child)
        elif self.is_leaf and name not in PARENTS:
            if parent in ("CHILD", "HEADER"):
                self.keep(self.child.details, name)
            elif self.child.rows.get(parent):
                self.keep(self.child.rows[parent][-1], name)
        self.is_leaf = False

    def keep(self, fields: Fields, name: str) -> None:
        value = _without_layout("".join(self.text))
        column = RENAMED.get(name.lower(), name.lower())
        if fields.setdefault(column, value) != value:
            self.refuse(f"the element {name[:40]!a} twice with different values")

    def data(self, text: str) -> None:
        self.seen += 1
        if self.is_leaf:
            self.text.append(text)
            self.grow(len(text))

    def grow(self, size: int) -> None:
        self.size += size
        if self.size > MOST_CHARACTERS_OF_A_CHILD:
            self.refuse(f"more than {MOST_CHARACTERS_OF_A_CHILD:,} characters in one CHILD")

    def comment(self, _text: str) -> None:
        self.seen += 1

    def pi(self, _target: str, _data: str | None = None) -> None:
        self.seen += 1

    def doctype(self, *_: Any) -> None:
        self.refuse(
            "a document type (DOCTYPE), which could draw in other files or swell without end, and "
            "which no return has"
        )

    def close(self) -> None:
        """The parser asks for it."""

    def refuse(self, what: str) -> None:
        self.fault = self.fault or what


def _without_layout(text: str) -> str:
    """The value without the lines that some programs put around it to look tidy."""
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    return text.strip() if "\n" in before + after else text


def read_tables(item: FoundFile) -> list[SourceTable]:
    """Reads what a return in XML holds, once through to know that it can be read.

    Args:
        item: the file.

    Returns:
        Four tables, or one that says that the file is not used.

    Raises:
        DataFault: the file is no XML, or holds what no return has.
        OSError: the file cannot be read.
    """
    tables = [table for table in raw_tables().values() if table.has_collection_year]
    try:
        _begin(item)
    except _OtherXmlError:
        return [SourceTable(item.file, unused="XML, but no annual return")]
    reader = _Return(item, tables)
    return [
        SourceTable(
            item.file,
            tuple(name.upper() for name in table.columns),
            lambda work, _careful, table=table: reader.rows(work, table),
        )
        for table in tables
    ]


class _Return:
    """A return in XML, of which one pass writes the rows of all tables."""

    def __init__(self, item: FoundFile, tables: list[RawTable]) -> None:
        self.item, self.tables = item, tables
        self.written: dict[str, PlainRows] = {}

    def rows(self, work: Path, table: RawTable) -> Rows:
        """The rows of one of its tables."""
        if not self.written:
            with ExitStack() as opened:
                plain = {
                    each.name: opened.enter_context(PlainRows(work, len(each.columns)))
                    for each in self.tables
                }
                numbers = dict.fromkeys(plain, 0)
                for child in _children(self.item):
                    for each in self.tables:
                        for fields in child.rows_of(each):
                            numbers[each.name] += 1
                            values = [fields.get(name, "") for name in each.columns]
                            plain[each.name].write(numbers[each.name], values)
            self.written = plain
        return self.written[table.name].rows()


def _begin(item: FoundFile) -> None:
    """Reads until the first child, or to the end, to know whether the file is a return."""
    for _ in _children(item):
        break


def _children(item: FoundFile) -> Iterator[_Child]:
    """The CHILD elements of a file in order, each as soon as it is read."""
    target, quiet, line = _Target(), 0, 1
    parser = etree.XMLParser(
        target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        with item.path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                seen = target.seen
                parser.feed(chunk)
                quiet = quiet + len(chunk) if target.seen == seen else 0
                if quiet > MOST_BYTES_WITHOUT_AN_ELEMENT:
                    target.refuse("one name, comment or tag that does not end")
                _refuse(item, target, line)
                yield from target.children
                target.children.clear()
                line += chunk.count(b"\n")
        parser.close()
    except (etree.XMLSyntaxError, LookupError, ValueError) as problem:
        _refuse(item, target, line)
        where = getattr(problem, "lineno", None) or line
        raise DataFault(
            f"{item.file}, line {where:,}: this does not read as XML; {EXPORT_AGAIN}."
        ) from None
    _refuse(item, target, line)
    if not target.is_return:
        raise _OtherXmlError
    yield from target.children


def _refuse(item: FoundFile, target: _Target, line: int) -> None:
    if target.fault:
        raise DataFault(
            f"{item.file}, line {line:,} or below: found {target.fault}; {EXPORT_AGAIN}."
        )
