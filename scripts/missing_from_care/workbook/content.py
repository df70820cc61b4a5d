"""What a response workbook says: checked when it is made, so that it can be made accessible."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from missing_from_care.accessibility.book import NOTE, VAGUE_LINK, is_marker, markers_in
from missing_from_care.accessibility.checking import LANGUAGE, looks_like_a_person
from missing_from_care.workbook.cells import (
    Column,
    Value,
    cell_text,
    checked_value,
    label,
    running,
    worksheet_title,
)

SHORTHAND: Mapping[str, str] = MappingProxyType(
    {
        "[b]": "break in series: not comparable with the years before",
        "[c]": "confidential: withheld so that nobody can be identified",
        "[x]": "not available",
        "[z]": "not applicable",
    }
)
"""Shorthand of the Government Statistical Service, as this project explains it."""


@dataclass(frozen=True)
class CoverLine:
    """A labelled line of the cover.

    Attributes:
        label: `Request reference`.
        text: may have several lines; long texts take several rows.
        link: an address (`https:` or `mailto:`) that the first row leads to, or empty.
    """

    label: str
    text: str
    link: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", label("A label of the cover", self.label))
        rows = running(f"“{self.label}” on the cover", self.text)
        object.__setattr__(self, "text", "\n".join(rows))
        if self.link and not re.match(r"(https://|mailto:)\S+\Z", self.link):
            raise ValueError(f"“{self.label}” links to “{self.link}”: https: or mailto: is needed.")
        if self.link and VAGUE_LINK.fullmatch(rows[0]):
            raise ValueError(f"“{self.label}” has a link that does not say where it leads.")


@dataclass(frozen=True)
class Cover:
    """The first worksheet: a title, paragraphs, then labelled lines."""

    title: str
    lines: tuple[CoverLine, ...] = ()
    paragraphs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", worksheet_title("The title of the cover", self.title))
        rows = (running("A paragraph of the cover", text) for text in self.paragraphs)
        object.__setattr__(self, "paragraphs", tuple("\n".join(lines) for lines in rows))

    @property
    def texts(self) -> Iterator[str]:
        """Every text of the cover."""
        yield self.title
        for line in self.lines:
            yield from (line.label, line.text)
        yield from self.paragraphs


@dataclass(frozen=True)
class AnswerSheet:
    """One worksheet with one table.

    Attributes:
        name: of the worksheet, `Question 1`; made safe and unique when it is written.
        title: what the table shows, for whom and when; may hold notes.
        columns: from left to right, the first is the row label.
        rows: a value for each column: text, a number, a range such as `839 to 842`, or
            a shorthand marker such as `[c]`.
        introduction: sentences above the table.

    Raises:
        ValueError: a cell is empty, holds the wrong kind of value or a number with a marker; a
            heading is there twice; there is no row.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    introduction: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", label("The name of a worksheet", self.name))
        object.__setattr__(
            self, "title", worksheet_title(f"The title of “{self.name}”", self.title)
        )
        rows = (running(f"The introduction of “{self.name}”", text) for text in self.introduction)
        object.__setattr__(self, "introduction", tuple(line for lines in rows for line in lines))
        self._check_headings()
        if not self.rows:
            raise ValueError(f"“{self.name}” has no row: say so in one, with [x] or [z].")
        numbered = enumerate(self.rows, start=1)
        object.__setattr__(self, "rows", tuple(self._row(*item) for item in numbered))

    def _check_headings(self) -> None:
        headings = [column.heading.casefold() for column in self.columns]
        if not headings:
            raise ValueError(f"“{self.name}” has no column.")
        for heading in headings:
            if headings.count(heading) > 1:
                raise ValueError(f"“{self.name}” has the heading “{heading}” twice.")

    def _row(self, number: int, row: tuple[Value, ...]) -> tuple[Value, ...]:
        where = f"“{self.name}”, row {number}"
        if len(row) != len(self.columns):
            raise ValueError(f"{where} has {len(row)} cells for {len(self.columns)} columns.")
        return tuple(
            checked_value(
                f"“{self.name}”, row {number}, “{column.heading}”", column, value, index == 0
            )
            for index, (column, value) in enumerate(zip(self.columns, row, strict=True))
        )

    @property
    def texts(self) -> Iterator[str]:
        """Every text of the worksheet."""
        yield from (self.title, *self.introduction, *self.table_texts)

    @property
    def table_texts(self) -> Iterator[str]:
        """Every text of the table, headings first."""
        yield from (column.heading for column in self.columns)
        yield from (value for row in self.rows for value in row if isinstance(value, str))


@dataclass(frozen=True)
class ResponseWorkbook:
    """All that a response workbook says.

    Attributes:
        title: of the document, as a reader's program shows it.
        author: the organisation that answers, never a person.
        keywords: what the document is found by.
        issued_on: the date in the document's properties.
        cover, answers, notes: the worksheets; note 1 is the first of `notes`.
        shorthand: explanations by marker; those in use are shown above each table.
        language: of the text, as in `en-GB`.

    Raises:
        ValueError: a note is referred to but not there, or there but not referred to; shorthand
            has no explanation; the author reads like a person.
    """

    title: str
    author: str
    keywords: tuple[str, ...]
    issued_on: date
    cover: Cover
    answers: tuple[AnswerSheet, ...]
    notes: tuple[str, ...] = ()
    shorthand: Mapping[str, str] = field(default_factory=lambda: SHORTHAND)
    language: str = "en-GB"

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", label("The title of the document", self.title))
        object.__setattr__(self, "author", label("The author", self.author))
        keywords = tuple(label("A keyword", keyword) for keyword in self.keywords)
        object.__setattr__(self, "keywords", keywords)
        notes = tuple(cell_text("A note", note) for note in self.notes)
        object.__setattr__(self, "notes", notes)
        if looks_like_a_person(self.author):
            raise ValueError(f"The author “{self.author}” is not an organisation.")
        if not keywords or not self.answers or not LANGUAGE.fullmatch(self.language):
            raise ValueError("A workbook needs keywords, an answer and a language such as en-GB.")
        self._check_notes()
        self._check_shorthand()

    def _check_notes(self) -> None:
        texts = [*self.cover.texts, *(text for answer in self.answers for text in answer.texts)]
        used = {number for text in texts for number in NOTE.findall(text)}
        named = used | {number for text in self.notes for number in NOTE.findall(text)}
        defined = {str(number) for number in range(1, len(self.notes) + 1)}
        for number in sorted(named - defined):
            raise ValueError(f"[note {number}] is referred to, but there is no such note.")
        for number in sorted(defined - used):
            raise ValueError(f"Note {number} is not referred to: say [note {number}] somewhere.")

    def _check_shorthand(self) -> None:
        for marker, meaning in self.shorthand.items():
            running(f"The explanation of {marker}", meaning)
            if not is_marker(marker) or NOTE.search(meaning):
                raise ValueError(
                    f"“{marker}” is not harmonised shorthand explained without a note."
                )
        tables = [text for answer in self.answers for text in (answer.title, *answer.table_texts)]
        for text in (*tables, *self.notes, self.cover.title):
            for marker in markers_in(text):
                if marker not in self.shorthand:
                    raise ValueError(f"The shorthand {marker} is not explained.")
