"""The response page: its numbers are the answers', its charts draw them alone, its markup holds."""

from dataclasses import replace

import pytest

from missing_from_care.base.texts import one_line
from missing_from_care.documents.page.page import page_bytes
from missing_from_care.documents.sentences import answered_tables
from missing_from_care.documents.workbook.content import workbook_content
from missing_from_care.response.answers import Response, Table
from missing_from_care.response.layout import figure, shown
from pack_cases import AUTHORITY, REFUSAL, SCRIPT, changed, nasty, protected, ranged
from read_page import Element, figures_in, read_page
from walkers import chart_numbers, page_table, sections_with_tables

MARKERS = {"[b]", "[c]", "[x]", "[z]"}


@pytest.fixture(scope="module")
def pages(responses: dict[str, Response]) -> list[tuple[Response, Element]]:
    """Every demonstration response with its page: as it is, and with figures withheld."""
    made = [*responses.values(), *(protected(each) for each in responses.values())]
    made += [ranged(each) for each in responses.values()]
    made.append(nasty(responses["foi-2018-0611"]))
    return [(each, read_page(page_bytes(each))) for each in made]


def numbers_allowed(table: Table) -> set[str]:
    """The figures that a table shows, and the numbers in its labels."""
    allowed = set()
    for each in table.answers:
        labels = (each.period, each.category_label, each.heading)
        allowed.update(figures_in(" ".join((str(figure(shown(each))), *labels))))
    return allowed


def test_the_tables_hold_what_the_workbook_holds(pages: list[tuple[Response, Element]]) -> None:
    for response, page in pages:
        sheets = workbook_content(response).answers
        for sheet, section in zip(sheets, sections_with_tables(page), strict=True):
            headings, *rows = page_table(section)
            assert headings == [column.heading for column in sheet.columns]
            assert rows == [[one_line(figure(value)) for value in row] for row in sheet.rows]


def test_every_number_of_a_chart_is_a_figure_that_is_shown(
    pages: list[tuple[Response, Element]],
) -> None:
    drawn = 0
    for response, page in pages:
        for table, section in zip(response.tables, sections_with_tables(page), strict=True):
            for svg in section.all("svg"):
                assert chart_numbers(svg) <= numbers_allowed(table), section.text[:80]
                drawn += 1
    assert drawn > 60


def test_no_page_shows_a_figure_that_is_withheld(responses: dict[str, Response]) -> None:
    """Figures that occur nowhere else, each withheld, occur nowhere in the page."""
    secrets = iter(range(7_000_003, 9_000_000, 137))
    for response in responses.values():
        kept = changed(response, lambda each: replace(each, value=float(next(secrets))))
        text = page_bytes(protected(kept, lambda each: int(each.value) % 2)).decode()
        answers = [each for table in kept.tables for each in table.answers]
        for each in answers:
            assert (figure(shown(each)) in text) == (int(each.value) % 2 == 0)


def test_the_markup_holds(pages: list[tuple[Response, Element]]) -> None:
    for response, page in pages:
        (html,) = page.all("html")
        assert html.attributes["lang"] == "en-GB"
        assert [len(page.all(tag)) for tag in ("h1", "style", "main", "nav", "footer")] == [1] * 5
        everything = page.all()
        ids = [each.attributes["id"] for each in everything if "id" in each.attributes]
        assert len(ids) == len(set(ids))
        named = " ".join(each.attributes.get("aria-labelledby", "") for each in everything).split()
        links = [each.attributes["href"] for each in everything if "href" in each.attributes]
        named += [link[1:] for link in links if link.startswith("#")]
        assert set(named) <= set(ids)
        for svg in page.all("svg"):
            title, summary = svg.attributes["aria-labelledby"].split()
            texts = {each.attributes.get("id"): each.text for each in svg.all("title", "desc")}
            assert texts[title]
            assert "Highest shown: " in texts[summary]
        for section in sections_with_tables(page):
            (region,) = (e for e in section.all("div") if e.attributes.get("role") == "region")
            assert region.attributes["tabindex"] == "0"
            assert all(each.attributes["scope"] for each in section.all("th"))
        assert response.request_ref in page.all("h1")[0].text


def test_the_page_runs_nothing_and_asks_for_nothing(pages: list[tuple[Response, Element]]) -> None:
    for _, page in pages:
        (policy,) = (e for e in page.all("meta") if "http-equiv" in e.attributes)
        assert policy.attributes["content"].startswith("default-src 'none'; style-src")
        for each in page.all():
            assert each.tag not in ("script", "img", "link", "iframe", "object", "form", "image")
            assert not {"src", "srcset", "xlink:href"} & set(each.attributes)
            assert not [name for name in each.attributes if name.startswith("on")]
            if each.attributes.get("href", "#")[0] != "#":
                assert each.tag == "a"
            assert "url(" not in each.attributes.get("style", "")
        assert "url(" not in page.all("style")[0].text
        assert "@import" not in page.all("style")[0].text


def test_texts_stay_texts(responses: dict[str, Response]) -> None:
    page = read_page(page_bytes(nasty(responses["foi-2018-0611"])))
    assert page.all("script", "b") == []
    assert page.all("header")[0].text == AUTHORITY
    assert SCRIPT in page.all("h1")[0].text
    assert page.all("h1")[0].text.startswith("=cmd|'/c calc'!A1")
    assert f"=1 {SCRIPT} $x$" in sections_with_tables(page)[1].all("svg")[0].text


def test_the_page_says_what_it_must(responses: dict[str, Response]) -> None:
    response = protected(responses["foi-2018-0417"])
    page = read_page(page_bytes(response))
    for said in (
        *REFUSAL, "invented children", "recorded as missing", "break in series", "confidential",
        "Information Governance & Risk Team",
        "Information Commissioner", "Open Government Licence v3.0", "Received 18 June 2018",
        "were then found, how many were found to have been …", "(a) hurt or harmed physically",
        "Do not compare 843 with 43: until 1 April 2017", "a closer comparison",
    ):  # fmt: skip
        assert said in page.text
    # No figure of it has these signs.
    assert "not available" not in page.text and "not applicable" not in page.text
    links = {each.attributes["href"] for each in page.all("a")}
    assert {"foi-2018-0417.xlsx", "foi-2018-0417-letter.docx", "question-4.csv"} <= links
    assert "https://ico.org.uk/foicomplaints" in links
    assert "Not for release" not in page.text


def test_each_question_is_answered_above_its_table_and_before_the_law(
    responses: dict[str, Response],
) -> None:
    for each in responses.values():
        response = protected(each)
        page = read_page(page_bytes(response))
        sections = sections_with_tables(page)
        for parts, section in zip(answered_tables(response), sections, strict=True):
            above = section.text.partition(section.all("table")[0].text)[0]
            answered = [text for part in parts for text in part["answered"]]
            assert answered and all(one_line(text) in above for text in answered)
        law = page.text.index(REFUSAL[0])
        assert page.text.rindex(sections[-1].text[:40]) < law


def test_what_is_not_protected_says_so_and_offers_nothing_for_release(
    responses: dict[str, Response],
) -> None:
    page = read_page(page_bytes(responses["foi-2018-0417"]))
    assert page.text.count("Not for release") == 2
    links = [each.attributes["href"] for each in page.all("a")]
    assert [link for link in links if "." in link and ":" not in link] == [
        "foi-2018-0417-not-for-release.xlsx"
    ]


def test_the_same_response_gives_the_same_bytes(responses: dict[str, Response]) -> None:
    first = page_bytes(responses["foi-2018-0523"])
    assert page_bytes(responses["foi-2018-0523"]) == first


def test_each_note_leads_back_to_where_it_is_first_named(responses: dict[str, Response]) -> None:
    page = read_page(page_bytes(responses["foi-2018-0523"]))
    notes = [each for each in page.all("li") if each.attributes.get("id", "").startswith("note-")]
    places = {e.attributes["id"]: e for e in page.all("a") if "id" in e.attributes}
    assert len(notes) > 5
    for number, note in enumerate(notes, start=1):
        back = note.all("a")[-1]
        assert places[back.attributes["href"].removeprefix("#")].text == f"[note {number}]"


def test_each_heading_says_what_it_is_about(responses: dict[str, Response]) -> None:
    page = read_page(page_bytes(responses["foi-2018-0417"]))
    headings = [each.text for each in page.all("h2") if each.text.startswith("Question")]
    assert headings[0] == "Question 1: Occasions missing and related figures, 2014/15 to 2017/18"
    assert all(": " in each and "[note" not in each for each in headings)
