"""A request and its answers, as every document of a response is made from them; and what its files
and folders are called."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache

import duckdb

from missing_from_care.base.models_in_memory import macro_sql


@dataclass(frozen=True)
class Answer:
    """One row of `foi_answers` with the headings that a reader needs.

    Attributes:
        is_withheld: the figure is withheld to protect a child, so `value` is None; whether it is
            small itself or covers another is never said.
        low, high: the ends of the range that a withheld figure is released as, both possible; None
            where nothing is said of it.

    Raises:
        ValueError: a range beside a figure, or one that is none.
    """

    question_no: str
    part: str
    population: str
    breakdown: str
    period_basis: str
    period: str
    period_order: int
    period_start: date
    period_end: date
    category: str
    category_label: str
    category_order: int
    measure: str
    heading: str
    definition: str
    by_definition: bool
    unit: str
    value: float | None
    marker: str | None
    note: str | None
    wording: str
    is_withheld: bool = False
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            return
        is_range = self.span is not None and self.span[0] < self.span[1]
        if not (is_range and self.is_withheld and self.value is None):
            raise ValueError(f"{self.heading}, {self.period}: no range of a withheld figure.")

    @property
    def period_name(self) -> str:
        """The period as people read it: `May 2017` for the month 2017-05."""
        if self.period_basis != "month":
            return self.period
        return f"{date.fromisoformat(f'{self.period[:7]}-01'):%B %Y}{self.period[7:]}"

    @property
    def span(self) -> tuple[float, float] | None:
        """The ends of the range that a withheld figure is released as."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def is_not_held(self) -> bool:
        """Whether the returns that the figure needs are not there."""
        return self.value is None and self.marker == "[x]" and not self.is_withheld

    @property
    def is_range(self) -> bool:
        """Whether the figure is withheld and released as a range."""
        return self.low is not None


@dataclass(frozen=True)
class Table:
    """The answers of a question that share breakdown, population and periods: one table.

    Attributes:
        label: `Question 2`, or `Question 2b` where the parts need tables of their own.
        population, breakdown: in words, empty for all and for none.
        period_heading: `Financial year`.
        answers: one for each measure, period and category.
    """

    question_no: str
    label: str
    population: str
    breakdown: str
    period_heading: str
    answers: tuple[Answer, ...]

    @property
    def periods(self) -> list[str]:
        """The names of the periods in order, each once."""
        return list(dict.fromkeys(each.period_name for each in self.answers))

    @property
    def by(self) -> str:
        """`, by age band` for the end of a title; empty where there is no breakdown."""
        return f", by {self.breakdown[0].lower()}{self.breakdown[1:]}" if self.breakdown else ""

    @property
    def has_ranges(self) -> bool:
        """Whether a figure is released as a range."""
        return any(each.is_range for each in self.answers)


@dataclass(frozen=True)
class Change:
    """A change of what counts as missing: from which day, and why, with `{day}`."""

    day: date
    reason: str


@dataclass(frozen=True)
class Estimate:
    """What finding a part of the information would cost (FOIA s.12).

    Attributes:
        records, minutes, hours: to look at, for each, and for all.
        limit_hours, limit_pounds, pounds_an_hour: the most that the law asks for.
        records_within: so many could be looked at within it.
        offer: what could be answered within it, after "we could"; empty if nothing is offered.
    """

    what: str
    records: int
    minutes: float
    hours: float
    limit_hours: float
    limit_pounds: float
    pounds_an_hour: float
    records_within: int
    offer: str


@dataclass(frozen=True)
class Handling:
    """What became of a request before it was answered: a clarification that was needed arrived, a
    fee was asked for and paid, a first answer is replaced, a part is refused for its cost."""

    clarified_on: date | None = None
    fee_notice_on: date | None = None
    fee_paid_on: date | None = None
    working_days_late: int = 0
    first_answered_on: date | None = None
    estimate: Estimate | None = None


@dataclass(frozen=True)
class Response:
    """A request with everything that its answer says.

    Attributes:
        is_protected: small numbers have been withheld and the release gate has passed it, so it
            may be published; False: for the council's own use.
        refusal: what a letter says about figures that are withheld (FOIA s.17), a paragraph each;
            empty where none is.
        words: what the rule seeds give letter and sign-off sheet, such as `letter:opening`,
            `sentence:` with a measure, `harm:` with a measure of one kind of harm, `period:` with a
            period basis, `review_on:` with a setting, and thresholds.
        changes: of the definition of missing, in order.
        handling: of the request.
    """

    request_ref: str
    subject: str
    received_on: date | None
    responded_on: date | None
    due_on: date | None
    tables: tuple[Table, ...]
    definitions: tuple[str, ...]
    authority: dict[str, str]
    notes: dict[str, str]
    is_of_invented_children: bool
    is_protected: bool = False
    refusal: tuple[str, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    handling: Handling = Handling()

    @property
    def answers(self) -> list[Answer]:
        """All answers, table by table."""
        return [each for table in self.tables for each in table.answers]

    @property
    def dated(self) -> date:
        """The date of the response as its documents carry it: the same at every export."""
        return self.responded_on or self.received_on or date(2000, 1, 1)

    @property
    def shorthand(self) -> dict[str, str]:
        """What each marker means, in all documents alike."""
        start = "letter:shorthand_"
        return {
            f"[{key.removeprefix(start)}]": text
            for key, text in self.words.items()
            if key.startswith(start)
        }

    @property
    def notes_used(self) -> list[str]:
        """The notes that the answers carry."""
        return self.notes_of(*self.tables)

    def notes_of(self, *tables: Table) -> list[str]:
        """The notes that the answers of tables carry, each once, in the order of the rule seed."""
        said = {each.note for table in tables for each in table.answers if each.note}
        return [text for text in self.notes.values() if any(text in note for note in said)]


LEDGER = "ledger.csv"
"""The record of every figure released, beside the packs."""


@cache
def file_stem(request_ref: str) -> str:
    """What the names of a response's files begin with, by the macro of the register's tests."""
    with duckdb.connect() as connection:
        statement = f"select {macro_sql('file_stem', '?')}"
        ((stem,),) = connection.execute(statement, [request_ref]).fetchall()
    return str(stem)


def version_folder(request_ref: str, version: int) -> str:
    """The folder of a version of a response; that of the first never changes its address."""
    return file_stem(request_ref) + (f"-v{version}" if version > 1 else "")
