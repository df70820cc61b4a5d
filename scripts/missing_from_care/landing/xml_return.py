"""Reads the annual return as XML, `EXPSSDA903`: one pass for each module, memory flat.

Elements as public validators read them: CHILD holds HEADER (CHILDID, SEX, …, UASC, DUC) and
EPISODE; AMISSING stands in HEADER. What a child's HEADER says fills what its rows do not say
themselves. No document type is let in, hence no entity, neither an external nor a swelling one.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any
from xml.parsers import expat

from missing_from_care.faults import DataFault
from missing_from_care.landing.source_tables import Openable, SourceTable
from missing_from_care.project import RawTable, raw_tables

ROOT = "EXPSSDA903"
RENAMED = {"childid": "child", "pl": "place", "uasc": "uasc_flag"}
PARENTS = {
    "CHILD": {ROOT},
    "HEADER": {"CHILD"},
    "EPISODE": {"CHILD"},
    "AMISSING": {"HEADER", "CHILD"},
}
ROWS = ("EPISODE", "AMISSING")
OF_THE_CHILD = {"child", "dob"}
NOT_FLAGGED = ("", "0", "0.0", "n", "no", "f", "false")
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
        self.rows: dict[str, list[Fields]] = {name: [] for name in ROWS}


class _Reader:
    """The handlers of one pass over a file; finished children gather in `children`."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.children: list[_Child] = []
        self.seen = 0
        self.size = 0
        self.path: list[str] = []
        self.is_leaf = False
        self.text: list[str] = []
        self.child = _Child()
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.CommentHandler = self.pass_over
        self.parser.ProcessingInstructionHandler = self.pass_over
        self.parser.StartDoctypeDeclHandler = self.refuse_document_type

    def start(self, name: str, _attributes: Any) -> None:
        self.seen += 1
        name = name.rpartition(":")[2].upper()
        parent = self.path[-1] if self.path else ""
        if not self.path and name != ROOT:
            raise _OtherXmlError
        if parent not in PARENTS.get(name, {parent}) or len(self.path) >= MOST_DEPTH:
            raise self.fault(f"the element {name[:40]!a} stands where the return has none")
        if name == "CHILD":
            self.child, self.size = _Child(), 0
        elif name == "HEADER":
            if self.child.has_header:
                raise self.fault("a CHILD with more than one HEADER")
            self.child.has_header = True
        elif name in ROWS:
            self.child.rows[name].append({})
        self.path.append(name)
        self.is_leaf, self.text = True, []
        self.grow(len(name))

    def end(self, _name: str) -> None:
        self.seen += 1
        name = self.path.pop()
        parent = self.path[-1] if self.path else ""
        if name == "CHILD":
            self.children.append(self.child)
        elif self.is_leaf and name not in PARENTS:
            if parent in ("CHILD", "HEADER"):
                self.keep(self.child.details, name)
            elif parent in ROWS:
                self.keep(self.child.rows[parent][-1], name)
        self.is_leaf = False

    def keep(self, fields: Fields, name: str) -> None:
        value = _without_layout("".join(self.text))
        column = RENAMED.get(name.lower(), name.lower())
        if fields.setdefault(column, value) != value:
            raise self.fault(f"the element {name[:40]!a} twice with different values")

    def characters(self, text: str) -> None:
        self.seen += 1
        if self.is_leaf:
            self.text.append(text)
            self.grow(len(text))

    def grow(self, size: int) -> None:
        self.size += size
        if self.size > MOST_CHARACTERS_OF_A_CHILD:
            raise self.fault(f"more than {MOST_CHARACTERS_OF_A_CHILD:,} characters in one CHILD")

    def pass_over(self, *_: str) -> None:
        self.seen += 1

    def refuse_document_type(self, *_: Any) -> None:
        raise self.fault(
            "a document type (DOCTYPE), which could draw in other files or swell without end, and "
            "which no return has"
        )

    def fault(self, found: str) -> DataFault:
        return DataFault(
            f"{self.file}, line {self.parser.CurrentLineNumber:,}: found {found}; {EXPORT_AGAIN}."
        )


def _without_layout(text: str) -> str:
    """The value without the lines that some programs put around it to look tidy."""
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    return text.strip() if "\n" in before + after else text


def read_tables(path: Openable, file: str) -> list[SourceTable]:
    """Reads what a return in XML holds, once through to know that it can be read.

    Args:
        path: the file.
        file: its name in messages and in `source_file`.

    Returns:
        Four tables, or one that says that the file is not used.

    Raises:
        DataFault: the file is no XML, or holds what no return has.
        OSError: the file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        for _ in _children(path, file, digest):
            pass
    except _OtherXmlError:
        return [SourceTable(file, (), lambda: iter(()), "", unused="XML, but no annual return")]
    sha256 = digest.hexdigest()
    return [
        SourceTable(
            file=file,
            header=tuple(name.upper() for name in table.columns),
            rows=_rows_of(path, file, sha256, table),
            sha256=sha256,
        )
        for table in raw_tables().values()
        if table.has_collection_year
    ]


def _rows_of(
    path: Openable, file: str, sha256: str, table: RawTable
) -> Callable[[], Iterator[tuple[int, list[str]]]]:
    def rows() -> Iterator[tuple[int, list[str]]]:
        digest, number = hashlib.sha256(), 0
        try:
            for child in _children(path, file, digest):
                for fields in ROWS_OF_A_CHILD[table.name](child):
                    number += 1
                    yield number, [fields.get(name, "") for name in table.columns]
        except OSError as problem:
            raise DataFault(f"{file} cannot be read to its end ({problem.strerror}).") from None
        if digest.hexdigest() != sha256:
            raise DataFault(
                f"{file} changed while it was read: wait until nothing writes to it, then run it "
                "again."
            )

    return rows


def _header_rows(child: _Child) -> list[Fields]:
    return [child.details] if child.has_header else []


def _uasc_rows(child: _Child) -> list[Fields]:
    """A row if the child is flagged, or if the flag is not set and DUC is filled (rule 303)."""
    flag, ceased = child.details.get("uasc_flag", ""), child.details.get("duc", "")
    is_told = flag.strip().lower() not in NOT_FLAGGED or ceased.strip()
    return [child.details] if is_told else []


def _inner_rows(name: str) -> Callable[[_Child], list[Fields]]:
    def rows(child: _Child) -> list[Fields]:
        details = {name: child.details[name] for name in OF_THE_CHILD & child.details.keys()}
        return [details | fields for fields in child.rows[name]]

    return rows


ROWS_OF_A_CHILD: dict[str, Callable[[_Child], list[Fields]]] = {
    "ssda903_header": _header_rows,
    "ssda903_episodes": _inner_rows("EPISODE"),
    "ssda903_missing": _inner_rows("AMISSING"),
    "ssda903_uasc": _uasc_rows,
}


def _children(path: Openable, file: str, digest: Any) -> Iterator[_Child]:
    """The CHILD elements of a file in order, each as soon as it is read."""
    reader, quiet = _Reader(file), 0
    try:
        with path.open("rb") as stream:
            for chunk in iter(lambda: stream.read(CHUNK), b""):
                digest.update(chunk)
                seen = reader.seen
                reader.parser.Parse(chunk, False)
                quiet = quiet + len(chunk) if reader.seen == seen else 0
                if quiet > MOST_BYTES_WITHOUT_AN_ELEMENT:
                    raise reader.fault("one name, comment or tag that does not end")
                yield from reader.children
                reader.children.clear()
            reader.parser.Parse(b"", True)
        yield from reader.children
    except (expat.ExpatError, LookupError, ValueError) as problem:
        code = getattr(problem, "code", None)
        why = expat.ErrorString(code) if code else "an encoding that is not known"
        raise DataFault(
            f"{file}, line {reader.parser.CurrentLineNumber:,}: this does not read as XML ({why}); "
            f"{EXPORT_AGAIN}."
        ) from None
