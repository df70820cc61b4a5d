"""Looks through everything that is to be public for what must not be, hidden parts included.

A number that is withheld and also stands elsewhere cannot be told apart by looking. So documents
are made from the protected response alone, which does not hold it; this is the second check.

What a document holds whatever the data is no leak: its colours, sizes and fixed words. So the same
documents are made of a response that says nothing, and where identifiers and numbers are looked for
each piece that stands in both is passed over: a mark of the file's language, or a line of text in
the same part.
"""

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import date
from functools import cached_property
from io import BytesIO
from zipfile import ZipFile, is_zipfile

import duckdb

from missing_from_care.base.project import CHECKOUT
from missing_from_care.base.texts import long_day
from missing_from_care.response.answers import Answer, Response, Table
from missing_from_care.response.layout import shown

CHILD_COLUMNS = ("child_id", "interview_id", "system_id")
PATTERNS = {
    "a postcode": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"),
    "a unique pupil number": re.compile(r"\b[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]\b"),
}
PATH = re.compile(r"(?:/home/|/Users/|/root/|[A-Za-z]:[\\/]+Users[\\/])[^\s\"'<]+")
PROPERTIES = re.compile(
    r"<(?:\w+:)?(creator|initial-creator|lastModifiedBy|Manager|Company|HyperlinkBase)[^>]*>([^<]+)<"
)
PIECE = re.compile(r"<[^>]*>|[^<\r\n]+")
# A cell of type s holds the place of a text, and the open data tells the sizes of its files.
PLACE_OF_TEXT = re.compile(r"<c [^>]*t=\"s\"[^>]*>.*?</c>", re.DOTALL)
SIZE = re.compile(r"\"bytes\": (\d+)")
WORD = re.compile(r"\w+(?:[./-]\w+)*")
DAY = re.compile(r"\d{4}-\d\d-\d\d|\d\d(?:/\d\d/|-\d\d-|\.\d\d\.)\d{4}|\d\d? [A-Z][a-z]+ \d{4}")
THOUSANDS = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3})+(?![\d,])")
FIGURE = re.compile(r"(?<![\w.,/-])\d+(?:\.\d+)?(?![\w/]|[.,-]\d)")
# So many characters make it likely that a word is no accident: anywhere, or in what people read.
SHORTEST_HIDDEN = 5
SHORTEST_READ = 3
NAMES = "name of a part"


@dataclass(frozen=True)
class Secrets:
    """What must stand nowhere in public.

    Attributes:
        identifiers: of children and interviews, with and without the council's code before them.
        days: birth dates, in every way of writing them.
        numbers: withheld figures that stand nowhere in the answer otherwise, not as the end of a
            range either.
        allowed: words that the answer itself consists of, which are no secret wherever they stand.
        author: the one name that document properties may hold.
    """

    identifiers: frozenset[str]
    days: frozenset[str]
    numbers: frozenset[str]
    allowed: frozenset[str]
    author: str

    @cached_property
    def phrases(self) -> dict[str, list[str]]:
        """The identifiers of several words, or with other signs, with their words."""
        found = (each for each in self.identifiers if not WORD.fullmatch(each))
        return {each: WORD.findall(each) for each in found if len(each) >= SHORTEST_HIDDEN}


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
    wholes = _column(warehouse, CHILD_COLUMNS)
    identifiers = wholes | {whole.rpartition("|")[2] for whole in wholes}
    births = map(date.fromisoformat, _column(warehouse, ("birth_date",)))
    days = {written for day in births for written in _ways_to_write(day)}
    numbers = set(map(_plain, withheld))
    return Secrets(
        frozenset(identifiers - allowed),
        frozenset(days - allowed),
        frozenset(numbers - allowed),
        allowed,
        response.authority["name"],
    )


def leaks(files: Mapping[str, bytes], secrets: Secrets, blank: Mapping[str, bytes]) -> list[str]:
    """One sentence for each secret found; none holds the secret itself.

    Args:
        files: what is to be public, by name.
        secrets: what must not be in it.
        blank: the same files of a response that says nothing: see `blank_response`.
    """
    fixed: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, data in blank.items():
        for part, text in _texts(data):
            fixed[name, part].update(PIECE.findall(text))
    marks = {piece for pieces in fixed.values() for piece in pieces if piece.startswith("<")}
    sizes = {str(len(data)) for data in files.values()}
    found: dict[str, None] = {}
    for name, data in sorted(files.items()):
        for part, text in _texts(data):
            where = f"{name}, part {part}" if part else name
            raw = SIZE.sub(lambda size: "" if size[1] in sizes else size[0], text)
            for what in _in(raw, marks | fixed[name, part], secrets):
                found[f"{where} holds {what}: nothing was released."] = None
    return list(found)


def blank_response(response: Response) -> Response:
    """A response to the same request in which nothing comes from the data. It has one of everything
    that a document may hold, so that their fixed parts are all there."""
    nothing = "Nothing"
    answer = Answer(
        question_no="1",
        part="",
        population="all",
        breakdown="none",
        period_basis="range",
        period=nothing,
        period_order=1,
        period_start=response.dated,
        period_end=response.dated,
        category=f"{nothing} 0",
        category_label=f"{nothing} 0",
        category_order=0,
        measure=nothing,
        heading=nothing,
        definition=nothing,
        by_definition=False,
        unit="occasions",
        value=0.0,
        marker=None,
        note=None,
        wording=nothing,
    )
    one, two = (
        replace(answer, category=name, category_label=name, category_order=number, value=None)
        for number, name in ((1, f"{nothing} 1"), (2, f"{nothing} 2"))
    )
    answers = (answer, replace(one, marker="[x]"), replace(two, is_withheld=True))
    return replace(
        response,
        tables=(Table("1", "Question 1", "", nothing, nothing, answers),),
        refusal=response.refusal or (nothing,),
    )


def _in(raw: str, known: set[str], secrets: Secrets) -> Iterator[str]:
    """What a text holds that it must not, but for the pieces that are known."""

    def joined(match: re.Match[str]) -> str:
        figure = match[0].replace(",", "")
        return figure if figure in secrets.allowed or figure in secrets.numbers else match[0]

    own = [html.unescape(piece) for piece in PIECE.findall(raw) if piece not in known]
    text = "\n".join(own)
    read = "\n".join(
        THOUSANDS.sub(joined, html.unescape(piece))
        for piece in PIECE.findall(PLACE_OF_TEXT.sub(" ", raw))
        if piece not in known and not piece.startswith("<")
    )
    words = set(WORD.findall(text))
    suspects = {each for each in words if len(each) >= SHORTEST_HIDDEN}
    suspects |= {each for each in WORD.findall(read) if len(each) >= SHORTEST_READ}
    if suspects & secrets.identifiers or any(
        words.issuperset(parts) and phrase in text for phrase, parts in secrets.phrases.items()
    ):
        yield "the identifier of a child or an interview"
    everything = html.unescape(raw)
    if set(DAY.findall(everything)) & secrets.days:
        yield "a child's date of birth"
    figures = {node.strip() for node in re.split(r"[,\n]", read)}
    figures |= {each for each in FIGURE.findall(read) if len(each) >= SHORTEST_READ}
    if figures & secrets.numbers:
        yield "a number that is withheld"
    for what, pattern in PATTERNS.items():
        if any(match not in secrets.allowed for match in pattern.findall(everything)):
            yield what
    if str(CHECKOUT) in everything or set(PATH.findall(everything)) - secrets.allowed:
        yield "the path of a file on this computer"
    for field, value in PROPERTIES.findall(raw):
        if html.unescape(value).strip() not in ("", secrets.author):
            yield f"a name in its document properties ({field})"


def _texts(data: bytes, within: str = "") -> Iterator[tuple[str, str]]:
    """A file's text, or that of each part of a zip file: workbooks and letters are such."""
    if not (data.startswith(b"PK") and is_zipfile(BytesIO(data))):
        yield within, _decoded(data)
        return
    with ZipFile(BytesIO(data)) as parts:
        for part in parts.infolist():
            yield NAMES, re.sub(r"[/.]", " ", part.filename)
            yield "comment", _decoded(part.comment + b" " + part.extra)
            yield from _texts(parts.read(part), f"{within}/{part.filename}".lstrip("/"))
        yield "comment", _decoded(parts.comment)


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
    yield long_day(day)


def _plain(value: float) -> str:
    """A figure in digits alone."""
    return f"{value:.12g}"


def _figure(answer: Answer) -> str:
    """The words that a figure may put anywhere: its digits, those of both ends of a range."""
    if answer.span:
        return " ".join(map(_plain, answer.span))
    figure = shown(answer)
    return figure if isinstance(figure, str) else _plain(figure)


def _words_of(response: Response) -> frozenset[str]:
    """Every word of the answer: texts of the register and the rules, figures, periods and days."""
    texts = [
        response.request_ref,
        response.subject,
        *response.definitions,
        *response.authority.values(),
        *response.notes.values(),
        *response.refusal,
        *response.words.values(),
        *(each.reason for each in response.changes),
    ]
    handling = response.handling
    if handling.estimate:
        texts += map(str, astuple(handling.estimate))
        texts += [_plain(each) for each in astuple(handling.estimate) if not isinstance(each, str)]
    days = {handling.clarified_on, handling.fee_notice_on, handling.fee_paid_on}
    days |= {handling.first_answered_on, *(each.day for each in response.changes)}
    days |= {response.received_on, response.responded_on, response.due_on, response.dated}
    for table in response.tables:
        texts += [table.label, table.population, table.breakdown, table.period_heading]
        for each in table.answers:
            texts += [each.wording, each.period, each.category_label, each.category]
            texts += [each.heading, each.definition, each.note or "", _figure(each)]
            days |= {each.period_start, each.period_end}
    texts += [written for day in days if day for written in _ways_to_write(day)]
    words = {word for text in texts for word in WORD.findall(text)}
    patterns = (*PATTERNS.values(), DAY)
    spans = {match for text in texts for pattern in patterns for match in pattern.findall(text)}
    return frozenset(words | spans)
