"""Every kind of reply has its own letter, in the words of the law on its day."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import duckdb
import pytest
from docx import Document
from openpyxl import load_workbook

from missing_from_care.base.models_in_memory import build_model, rule_rows
from missing_from_care.disclosure.assessment import refusal
from missing_from_care.documents.letter import letter_bytes
from missing_from_care.documents.open_data import open_data_files
from missing_from_care.documents.page.page import page_bytes
from missing_from_care.documents.workbook.content import workbook_content
from missing_from_care.documents.workbook.writing import workbook_bytes
from missing_from_care.pack.making import public_files
from missing_from_care.response.answers import Answer, Estimate, Handling, Response
from missing_from_care.response.reading import words_on
from pack_cases import changed
from read_page import read_page
from walkers import letter_sections

ESTIMATE = Estimate("what the police did", 883, 15, 220.8, 18, 450, 25, 72, "")
DATED = ("letter_texts", "refusal")


@pytest.fixture(scope="module")
def rules() -> duckdb.DuckDBPyConnection:
    """The rule seeds that a reply is worded by."""
    connection = duckdb.connect()
    for name in (
        *DATED, "measures", "harm_outcomes", "period_bases", "authority", "cost_limits",
        "thresholds", "sign_off_items",
    ):  # fmt: skip
        build_model(connection, name)
    return connection


@pytest.fixture
def reply(responses: dict[str, Response], rules) -> Callable[..., Response]:
    """Makes a protected reply to the demonstration request, each answer changed as told."""

    def made(
        change: Callable[[Answer], Answer] = lambda each: each,
        on: date = date(2018, 7, 16),
        **handling: object,
    ) -> Response:
        response = changed(responses["foi-2018-0417"], change)
        response = replace(
            response,
            is_protected=True,
            responded_on=on,
            words=words_on(rules, on),
            handling=Handling(**handling),
        )
        return replace(response, refusal=refusal(rules, response))

    return made


def not_held(answer: Answer) -> Answer:
    return replace(answer, value=None, marker="[x]")


def withheld(answer: Answer) -> Answer:
    return replace(answer, value=None, is_withheld=True)


def in_range(answer: Answer) -> Answer:
    return replace(withheld(answer), low=answer.value, high=answer.value + 3)


def only(is_meant: Callable[[Answer], bool], change: Callable[[Answer], Answer]):
    """A change of those answers alone that are meant."""
    return lambda answer: change(answer) if is_meant(answer) else answer


def sections(response: Response) -> dict[str, str]:
    """The letter below each heading, and the whole under `all`; the page says the same of it."""
    document = Document(BytesIO(letter_bytes(response)))
    found = {name: "\n".join(texts) for name, texts in letter_sections(document).items()}
    return found | {"all": "\n".join(found.values())}


def cover(response: Response) -> str:
    """What the workbook says on its cover."""
    book = load_workbook(BytesIO(workbook_bytes(workbook_content(response))))
    return " ".join(cell.value for (cell,) in book["Cover"])


WITHHELD, COST = "Information that we withhold", "Information that would cost too much to find"
NOT_HELD = "Information that we do not hold"
OPTIONAL = {WITHHELD, COST, NOT_HELD}


def test_all_held(reply) -> None:
    said = sections(reply())
    assert "We hold the information that you asked for. The workbook has" in said["all"]
    assert not OPTIONAL & said.keys()
    assert "withh" not in said["all"] and "late" not in said["all"].split()


def test_partly_held(reply) -> None:
    response = reply(only(lambda each: each.period in ("2014/15", "2015/16"), not_held))
    said = sections(response)
    assert "We hold part of the information that you asked for; what we do not hold" in said["all"]
    assert "Question 1: Occasions missing, 2014/15 and 2015/16" in said[NOT_HELD]
    assert (
        "The Department for Education, which receives our yearly returns, may hold"
        in (said[NOT_HELD])
    )
    assert (
        "went missing on 43 occasions in 2016/17 and 843 in 2017/18. We do not hold the figures "
        in (said["Question 1"])
    )
    assert "may hold those of other years" in read_page(page_bytes(response)).text


def test_nothing_held(reply) -> None:
    said = sections(reply(not_held))
    assert "We do not hold the information that you asked for." in said["all"]
    assert "The workbook" not in said["all"] and NOT_HELD in said
    assert not {WITHHELD, COST} & said.keys()
    assert "ask us of which years" in said[NOT_HELD] and "2014/15 to 2017/18 [x]" in said["all"]
    assert "How we counted" not in said
    assert "which these figures could be counted: Question 1: Occ" in cover(reply(not_held))


def test_all_withheld(reply) -> None:
    said = sections(reply(withheld))
    assert "We withhold all of the figures and explain why below." in said["all"]
    assert "some figures and" not in said["all"] and "A range gives" not in said[WITHHELD]
    said = sections(reply(in_range))
    assert "We withhold all exact figures, give ranges instead" in said["all"]
    assert "A range gives the lowest and highest" in said[WITHHELD]


def test_some_withheld_with_and_without_cover(reply) -> None:
    cover = "because they would reveal one of these"
    one = sections(reply(only(lambda each: each.measure == "occasions_hurt", withheld)))
    assert "We withhold some figures and explain why below." in one["all"]
    assert cover not in one[WITHHELD] and "[c] means withheld" in one["all"]
    several = sections(reply(only(lambda each: each.value in (107, 92), withheld)))
    assert cover in several[WITHHELD]
    # What is said of harm and offences is said where such figures are withheld, and nowhere else.
    assert "Article 9" in one[WITHHELD] and "Article 10" not in one[WITHHELD]
    assert "Article 9" not in several[WITHHELD]
    crime = sections(reply(only(lambda each: each.measure == "occasions_crime", withheld)))
    assert "Article 10" in crime[WITHHELD] and "Article 9" not in crime[WITHHELD]


def test_late(reply) -> None:
    response = replace(reply(working_days_late=3), due_on=date(2018, 7, 11))
    told = "We are sorry that this answer comes 3 working days late: it was due on 11 July 2018."
    assert told in sections(response)["all"]
    assert "comes 3 working days late" in read_page(page_bytes(response)).text
    assert "1 working day late" in sections(reply(working_days_late=1))["all"]


def test_after_a_clarification_and_a_fees_notice(reply) -> None:
    said = sections(reply(clarified_on=date(2018, 6, 20)))["all"]
    assert "You made it clearer on 20 June 2018, from which day our time to answer ran." in said
    said = sections(reply(fee_notice_on=date(2018, 6, 21), fee_paid_on=date(2018, 6, 25)))["all"]
    assert "a fees notice on 21 June 2018 and received the fee on 25 June 2018" in said


def test_revised(reply) -> None:
    response = reply(on=date(2021, 3, 1), first_answered_on=date(2018, 7, 16), working_days_late=3)
    said = sections(response)["all"]
    assert "This answer replaces that of 16 July 2018." in said
    assert "revised" not in said
    assert "working days late" not in said


def test_the_figures_that_are_revised_are_named_in_letter_page_and_cover(reply) -> None:
    note = "Revised since it was first released on 16 July 2018."
    response = changed(
        reply(on=date(2021, 3, 1)),
        lambda each: (
            replace(each, note=note)
            if each.measure == "occasions_missing" and each.period in ("2015/16", "2017/18")
            else each
        ),
    )
    response = replace(response, notes={**response.notes, "revised_since 2018-07-16": note})
    named = (
        "We have revised figures that we released before: Occasions missing, 2015/16 and 2017/18; "
        "Occasions missing (unaccompanied asylum-seeking), 2015/16 and 2017/18."
    )
    said = sections(response)["all"]
    assert named in said
    # There the note would stand without the row that it is about.
    assert note not in said
    assert named in read_page(page_bytes(response)).text
    cover = {line.label: line.text for line in workbook_content(response).cover.lines}
    assert cover["Revised"] == named


def test_refused_for_its_cost(reply) -> None:
    response = reply(estimate=ESTIMATE)
    said = sections(response)
    assert "We do not answer one part of it because that would cost too much" in said["all"]
    assert said[COST].splitlines() == [
        "To find what the police did we would have to look at 883 records. At 15 minutes each that "
        "takes 220.8 hours, more than the 18 hours (£450 at £25 an hour) up to which section 12(1) "
        "of the Freedom of Information Act 2000 obliges us to answer.",
        "To advise and assist you: within that limit we could look at 72 records. Please ask us if "
        "you would like that, or help with a narrower request.",
    ]
    assert "220.8 hours" in read_page(page_bytes(response)).text
    assert "220.8 hours" in cover(response) and "we could look at 72 records" in cover(response)
    offer = replace(ESTIMATE, offer="answer for the occasions of March 2018")
    said = sections(replace(reply(estimate=offer), tables=(), definitions=()))
    assert "within that limit we could answer for the occasions of March 2018." in said[COST]
    assert "We do not answer it because that would cost too much" in said["all"]
    assert "We hold" not in said["all"] and "The workbook" not in said["all"]


@pytest.mark.parametrize(
    ("day", "named"),
    [
        ("2018-05-24", "first data protection principle of the Data Protection Act 1998"),
        ("2018-05-25", "Article 5(1)(a) of the General Data Protection Regulation"),
        ("2020-12-31", "Article 5(1)(a) of the General Data Protection Regulation"),
        ("2021-01-01", "Article 5(1)(a) of the UK GDPR"),
    ],
)
def test_the_law_cited_is_that_of_the_day(day: str, named: str, reply) -> None:
    said = sections(reply(withheld, date.fromisoformat(day)))[WITHHELD]
    assert named in said
    assert ("1998" in said) == (day < "2018-05-25") != ("Article 9" in said)
    assert ("UK GDPR" in said) == (day >= "2021-01-01")


def test_the_review_has_limits_since_the_code_that_sets_them(reply) -> None:
    assert "working days" not in sections(reply(on=date(2018, 7, 3)))["If you are dissatisfied"]
    said = sections(reply(on=date(2018, 7, 4)))["If you are dissatisfied"]
    assert "within 40 working days" in said and "best within 6 weeks" in said
    assert "Wycliffe House" in said
    for text in (cover(reply()), read_page(page_bytes(reply())).text):
        assert "within 40 working days" in text and "best within 6 weeks" in text


def test_months_are_named_everywhere_but_in_the_csv_column(responses) -> None:
    code = re.compile(r"\b20\d\d-\d\d\b(?!-)")
    for name in ("foi-2018-0523", "foi-2018-0611"):
        response = responses[name]
        content = workbook_content(response)
        texts = [text for sheet in content.answers for text in (sheet.title, *sheet.table_texts)]
        page = read_page(page_bytes(response)).text
        assert not [text for text in [page, cover(response), *texts] if code.search(text)]
        assert "February 2017" in page or "January 2018 to March 2018" in page
        files = open_data_files(replace(response, is_protected=True))
        assert any(code.search(data.decode()) for n, data in files.items() if n.endswith(".csv"))


def test_every_day_has_one_wording_of_each_text() -> None:
    for seed, key in zip(DATED, ("letter_text", "sentence"), strict=True):
        rows = rule_rows(seed)
        edges = {row[name] for row in rows for name in ("valid_from", "valid_to")} - {""}
        around = [timedelta(days) for days in (-1, 0, 1)]
        days = {date.fromisoformat(edge) + step for edge in edges for step in around}
        for day in map(date.isoformat, days):
            valid = [
                row[key]
                for row in rows
                if (row["valid_from"] or day) <= day <= (row["valid_to"] or day)
            ]
            assert sorted(valid) == sorted({row[key] for row in rows}), (seed, day)


def test_marks_of_writing_direction_are_shown_in_every_file(reply) -> None:
    mark, shown = "\u202e".encode(), "\ufffd".encode()
    response = changed(reply(), lambda each: replace(each, wording="How \u202emany?"))
    files = public_files(replace(response, subject="Aged \u202e16"))
    for name, data in files.items():
        if data[:2] == b"PK":
            with ZipFile(BytesIO(data)) as package:
                parts = {each: package.read(each) for each in package.namelist()}
        else:
            parts = {name: data}
        assert not [part for part, text in parts.items() if mark in text], name
        if not name.endswith((".csv", ".zip")):
            assert any(shown in text for text in parts.values()), name
