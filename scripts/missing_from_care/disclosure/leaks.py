"""Looks through everything that is to be public for what must not be, hidden parts included.

A number that is withheld and also stands elsewhere cannot be told apart by looking. So documents
are made from the protected response alone, which does not hold it; this is the second check.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import duckdb

from missing_from_care.project import CHECKOUT
from missing_from_care.response.answers import Answer, Response
from missing_from_care.response.layout import shown

CHILD_COLUMNS = ("child_id", "interview_id", "system_id")
PATTERNS = {
    "a postcode": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"),
    "a unique pupil number": re.compile(r"\b[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]\b"),
    "the path of a file on this computer": re.compile(
        r"(?:/home/|/Users/|/root/|[A-Za-z]:[\\/]+Users[\\/])[^\s\"'<]+"
    ),
}
PROPERTIES = re.compile(
    r"<(?:\w+:)?(creator|lastModifiedBy|Manager|Company|HyperlinkBase)[^>]*>([^<]+)<"
)
# Drawings have ticks of their own, styles have sizes; a cell of type s holds the place of a text.
NO_FIGURES = re.compile(r"<svg.*?</svg>|<style.*?</style>|<c [^>]*t=\"s\"[^>]*>.*?</c>", re.DOTALL)
WORD = re.compile(r"\w+(?:[./-]\w+)*")
SHORTEST_HIDDEN = 5
SHORTEST_READ = 3


@dataclass(frozen=True)
class Secrets:
    """What must stand nowhere in public.

    Attributes:
        identifiers: of children and interviews, with and without the council's code before them.
        days: birth dates, in every way of writing them.
        numbers: withheld figures that stand nowhere in the answer otherwise.
        allowed: words that the answer itself consists of, which are no secret wherever they stand.
        author: the one name that document properties may hold.
    """

    identifiers: frozenset[str]
    days: frozenset[str]
    numbers: frozenset[str]
    allowed: frozenset[str]
    author: str


def secrets_of(
    warehouse: duckdb.DuckDBPyConnection, response: Response, withheld: Iterable[float]
) -> Secrets:
    """Gathers what must stay secret.

    Args:
        warehouse: an open warehouse with the staging tables.
        response: as it will be published.
        withheld: the numbers that are not.
    """
    allowed = _words_of(response)
    return Secrets(
        identifiers=frozenset(
            own
            for whole in _column(warehouse, CHILD_COLUMNS)
            for own in (whole, whole.rpartition("|")[2])
        )
        - allowed,
        days=frozenset(
            written
            for day in _column(warehouse, ("birth_date",))
            for written in _ways_to_write(date.fromisoformat(day))
        )
        - allowed,
        numbers=frozenset(f"{value:g}" for value in withheld) - allowed,
        allowed=allowed,
        author=response.authority["name"],
    )


def leaks(files: Mapping[str, bytes], secrets: Secrets) -> list[str]:
    """One sentence for each secret found; none holds the secret itself.

    Args:
        files: what is to be public, by name.
        secrets: what must not be in it.
    """
    found = []
    for name, data in sorted(files.items()):
        for part, text in _texts(data):
            where = f"{name}, part {part}" if part else name
            found += [f"{where} holds {what}: nothing was released." for what in _in(text, secrets)]
    return list(dict.fromkeys(found))


def _in(raw: str, secrets: Secrets) -> Iterator[str]:
    text = html.unescape(raw)
    read = NO_FIGURES.sub(" ", text)
    nodes = {node.strip() for node in re.split(r"<[^>]*>|[,\r\n]", read)}
    read_words = set(WORD.findall(re.sub(r"<[^>]*>", " ", read)))
    words = set(WORD.findall(text))
    suspects = {each for each in words if len(each) >= SHORTEST_HIDDEN}
    suspects |= {each for each in read_words if len(each) >= SHORTEST_READ}
    if suspects & secrets.identifiers:
        yield "the identifier of a child or an interview"
    if words & secrets.days:
        yield "a child's date of birth"
    if nodes & secrets.numbers:
        yield "a number that is withheld"
    for what, pattern in PATTERNS.items():
        if any(match not in secrets.allowed for match in pattern.findall(text)):
            yield what
    if str(CHECKOUT) in text:
        yield "the path of a file on this computer"
    for field, value in PROPERTIES.findall(raw):
        if html.unescape(value).strip() not in ("", secrets.author):
            yield f"a name in its document properties ({field})"


def _texts(data: bytes) -> Iterator[tuple[str, str]]:
    """A file's text, or that of each part of a zip file: workbooks and letters are such."""
    try:
        with ZipFile(BytesIO(data)) as parts:
            for part in parts.infolist():
                yield "name of a part", re.sub(r"[/.]", " ", part.filename)
                yield part.filename, _decoded(parts.read(part))
            yield "comment", _decoded(parts.comment)
    except BadZipFile:
        yield "", _decoded(data)


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return data.decode(encoding, errors="replace")


def _column(warehouse: duckdb.DuckDBPyConnection, names: tuple[str, ...]) -> set[str]:
    """The values of these columns in every table of rows as landed; views read files elsewhere."""
    tables = warehouse.execute(
        "select table_name, column_name from duckdb_columns() semi join duckdb_tables() "
        "using (schema_name, table_name) where list_contains(?, column_name) "
        "and (starts_with(table_name, 'stg_') or ends_with(table_name, '_judged'))",
        [list(names)],
    ).fetchall()
    each = [f"select trim({column}::varchar) as text from {table}" for table, column in tables]
    rows = warehouse.execute(f"select text from ({' union '.join(each)}) where text <> ''")
    return {text for (text,) in rows.fetchall()}


def _ways_to_write(day: date) -> Iterator[str]:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        yield day.strftime(form)


def _figure(answer: Answer) -> str:
    figure = shown(answer)
    return figure if isinstance(figure, str) else f"{figure:g}"


def _words_of(response: Response) -> frozenset[str]:
    """Every word of the answer: texts of the register and the rules, figures, periods and days."""
    texts = [
        response.request_ref,
        response.subject,
        *response.definitions,
        *response.authority.values(),
        *response.notes.values(),
        *response.refusal,
    ]
    days = {response.received_on, response.responded_on, response.due_on, response.dated}
    for table in response.tables:
        texts += [table.label, table.population, table.breakdown, table.period_heading]
        for each in table.answers:
            texts += [each.wording, each.period, each.category_label, each.category]
            texts += [each.heading, each.definition, each.note or "", _figure(each)]
            days |= {each.period_start, each.period_end}
    texts += [written for day in days if day for written in _ways_to_write(day)]
    words = {word for text in texts for word in WORD.findall(text)}
    spans = {match for text in texts for p in PATTERNS.values() for match in p.findall(text)}
    return frozenset(words | spans)
