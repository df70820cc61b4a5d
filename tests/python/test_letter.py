"""The letter: each number is in the workbook, each text comes out right, nobody is named."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as Letter
from docx.oxml.ns import qn
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import small_worlds
from missing_from_care.base.faults import DataFault, ProtectionFault, UsageFault
from missing_from_care.base.texts import LICENCE_ADDRESS, one_line
from missing_from_care.documents.letter import TEMPLATE, letter_bytes, settings_to_check
from missing_from_care.documents.sentences import periods_listed, sentence
from missing_from_care.documents.workbook.content import workbook_content
from missing_from_care.documents.workbook.writing import workbook_bytes
from missing_from_care.response.answers import Answer, Response
from missing_from_care.response.layout import figure, shown
from walkers import letter_sections, strays_of_letter, workbook_numbers

REQUESTS = ("foi-2018-0417", "foi-2018-0523", "foi-2018-0611")
REFUSAL = ("We withhold the figures shown as [c] under section 40(2) of the Act.", "The balance.")


@pytest.fixture(scope="session")
def responses(responses: dict[str, Response]) -> dict[str, Response]:
    """The demonstration responses, and one of them with each small figure withheld."""
    found = {name: responses[name] for name in REQUESTS}

    def withheld(each: Answer) -> Answer:
        is_small = each.value is not None and 0 < each.value < 10
        return replace(each, value=None, is_withheld=True) if is_small else each

    protected = changed(found[REQUESTS[1]], withheld)
    return found | {"withheld": replace(protected, is_protected=True, refusal=REFUSAL)}


def changed(response: Response, change: Callable[[Answer], Answer]) -> Response:
    """The response with each answer changed."""
    tables = (replace(t, answers=tuple(map(change, t.answers))) for t in response.tables)
    return replace(response, tables=tuple(tables))


def letter(response: Response, template: Path = TEMPLATE) -> Letter:
    return Document(BytesIO(letter_bytes(response, template)))


def text_of(document: Letter) -> str:
    return "\n".join(text for texts in letter_sections(document).values() for text in texts)


@pytest.mark.parametrize("name", [*REQUESTS, "withheld"])
def test_every_number_is_in_the_workbook_or_the_settings(name: str, responses) -> None:
    response = responses[name]
    held = workbook_numbers(workbook_bytes(workbook_content(response)))
    assert strays_of_letter(letter(response), held, response) == {}


def test_the_answers_are_said_in_words_and_numbers(responses) -> None:
    said = letter_sections(letter(responses[REQUESTS[0]]))
    assert said["Question 1"][0] == (
        "Children in our care went missing on 6 occasions in 2014/15, 107 in 2015/16, 43 in "
        "2016/17 and 843 in 2017/18."
    )
    assert said["Question 2"][:4] == [
        f"{number} occasions in 2017/18." for number in (16, 4, 24, 31)
    ]
    assert said["Question 2"][4] == (
        "Children in our care were missing and then found on 839 occasions in 2017/18."
    )
    assert said["Question 4"][0].startswith(
        "Children in our care (unaccompanied asylum-seeking) went missing on 1 occasion in 2014/15"
    )


def test_every_question_has_a_number_in_a_sentence_however_it_is_broken_down(responses) -> None:
    for name in (*REQUESTS, "withheld"):
        document = letter(responses[name])
        answers: dict[str, str] = {}
        heading = ""
        for each in document.paragraphs:
            if each.style.name == "Heading 2":
                heading = each.text
            elif each.style.name == "Normal":
                answers[heading] = f"{answers.get(heading, '')} {each.text}"
        for table in responses[name].tables:
            text = answers[f"Question {table.question_no}"]
            held = {figure(shown(each)) for each in table.answers} | {"0"}
            assert any(f" {each} " in text or f"({each})" in text for each in held), text


def test_a_breakdown_is_said_by_its_largest_figures_and_its_total(responses) -> None:
    said = letter_sections(letter(responses["foi-2018-0523"]))
    assert said["Question 1"][:3] == [
        "Children missing in all: 6 in 2015/16, 4 in 2016/17 and 97 in 2017/18 (question 12).",
        "Children missing in 2015/16, by age band: 10 to 15 (2) and 16 to 17 (4); 0 in all others.",
        "Children missing in 2017/18, by age band: 10 to 15 (58) and 16 to 17 (45); 0 in all "
        "others.",
    ]
    assert said["Question 9"][0] == (
        "Occasions missing, by month; largest figures: March 2018 (101), May 2017 (91) and "
        "August 2017 (85)."
    )


def test_nothing_is_called_the_largest_while_a_figure_is_withheld(responses) -> None:
    response = responses["foi-2018-0523"]
    hidden = changed(
        response, lambda a: replace(a, value=None, is_withheld=True) if a.value == 586 else a
    )
    hidden = replace(hidden, is_protected=True, refusal=REFUSAL)
    text = " ".join(letter_sections(letter(hidden))["Question 4"])
    assert "largest exact figures: Children's home (92), Semi-independent" in text
    assert "largest figures" not in text and "Foster placement with other foster carer (35)" in text
    hidden = changed(hidden, lambda a: replace(a, value=None, is_withheld=True))
    text = " ".join(letter_sections(letter(hidden))["Question 4"])
    assert "by placement type: we withhold the figures for 2016/17 and 2017/18 [c]." in text


def test_a_break_is_explained_once_beneath_the_answer_that_crosses_it(responses) -> None:
    said = letter_sections(letter(responses[REQUESTS[0]]))
    assert said["Question 1"][1:3] == [
        "Do not compare 843 with 43: until 1 April 2017 an incident was sometimes recorded as "
        "absent, not missing, if the child’s whereabouts were known or suspected; since then every "
        "incident is recorded as missing.",
        "Missing and absent together is a closer comparison, but not a comparable series.",
    ]
    assert "Do not compare 47 with 8: the definition changed (question 1)." in said["Question 4"]
    assert not [text for text in said["Question 3"] if "compare" in text]
    said = letter_sections(letter(responses["foi-2018-0523"]))
    assert "Two definitions of missing are mixed in 2017 (question 1)." in said["Question 3"]
    # 97 and 4 stand in no sentence of question 12, which begins with another measure.
    assert "Do not compare figures from 1 April 2017 on with earlier ones: " in (
        " ".join(said["Question 12"])
    )
    assert not [text for text in said["Question 9"] if "compare" in text or "mixed" in text]
    one_year = replace(responses[REQUESTS[0]], tables=responses[REQUESTS[0]].tables[1:2])
    assert "compare" not in text_of(letter(one_year))


@pytest.mark.parametrize("name", [*REQUESTS, "withheld"])
def test_the_letter_is_accessible_and_names_nobody(name: str, responses) -> None:
    response = responses[name]
    data = letter_bytes(response)
    assert data == letter_bytes(response)
    document = Document(BytesIO(data))
    paragraphs = list(document.element.iter(qn("w:p")))
    assert all("".join(t.text or "" for t in node.iter(qn("w:t"))).strip() for node in paragraphs)
    styles = [each.style.name for each in document.paragraphs]
    assert styles.count("Heading 1") == 1 and styles.index("Heading 1") < styles.index("Heading 2")
    assert document.styles.element.find(f".//{qn('w:lang')}").get(qn("w:val")) == "en-GB"
    for table in document.tables:
        assert table.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
        assert not list(table._tbl.iter(qn("w:gridSpan"), qn("w:vMerge")))
        assert len({len(row._tr.tc_lst) for row in table.rows}) == 1
        assert len(table._tbl.tblGrid.gridCol_lst) == len(table.rows[0]._tr.tc_lst)
    properties = document.core_properties
    assert properties.author == properties.last_modified_by == "Leicester City Council"
    assert properties.created.date() == properties.modified.date() == response.responded_on
    assert (properties.language, response.request_ref in properties.title) == ("en-GB", True)
    with ZipFile(BytesIO(data)) as package:
        assert {each.date_time for each in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [each for each in package.namelist() if "app.xml" in each or "custom" in each]


@pytest.mark.parametrize("name", REQUESTS)
def test_each_question_is_asked_once_with_its_wording(name: str, responses) -> None:
    response = responses[name]
    asked = [p.text for p in letter(response).paragraphs if p.style.name == "Question asked"]
    assert len(asked) == len(set(asked))
    # What several parts begin with is said once, with an ellipsis, above the first of them.
    beginnings = [text.removesuffix("…") for text in asked if text.endswith("…")]
    whole = [text for text in asked if not text.endswith("…")]
    parts = {(each.part, each.wording) for t in response.tables for each in t.answers}
    for part, wording in parts:
        # What is asked of no part stands in the wordings of the parts.
        if not wording.endswith("to have been harmed?"):
            start = f"({part}) " if part else ""
            told = {f"{start}{wording}", *(f"{start}{wording.removeprefix(b)}" for b in beginnings)}
            assert told & set(whole), wording


def test_what_law_asks_for_is_said(responses) -> None:
    text = text_of(letter(responses[REQUESTS[0]]))
    for said in (
        "Not for release",
        "invented children",
        "within 40 working days",
        "section 50",
        "Information Commissioner",
        "Open Government Licence v3.0",
        "Do not compare 843 with 43: until 1 April 2017 an incident was sometimes recorded as",
        "a closer comparison, but not a comparable series",
        "Every instance counts, several in one day too.",
        "[b] means break in series",
    ):
        assert said in text, said
    assert "withh" not in text and "do not hold" not in text


def test_a_withheld_figure_is_a_sign_with_words_and_never_a_number(responses) -> None:
    response = responses[REQUESTS[0]]
    hidden = changed(
        response, lambda a: replace(a, value=None, is_withheld=True) if a.value == 107 else a
    )
    document = letter(replace(hidden, is_protected=True, refusal=REFUSAL))
    said = letter_sections(document)
    assert said["Question 1"][0] == (
        "Children in our care went missing on 6 occasions in 2014/15, 43 in 2016/17 and 843 in "
        "2017/18. We withhold the figure for 2015/16 [c]."
    )
    text = text_of(document)
    assert "107" not in text and "fewer than" not in text and "Not for release" not in text
    assert "We withhold some figures" in text and "[c] means withheld: " in text
    assert said["Information that we withhold"][:2] == list(REFUSAL)
    with pytest.raises(ProtectionFault, match="section 17"):
        letter_bytes(hidden)


def test_what_is_not_held_is_said_with_advice(responses) -> None:
    response = changed(
        responses[REQUESTS[0]],
        lambda a: replace(a, value=None, marker="[x]") if a.question_no == "3" else a,
    )
    said = letter_sections(letter(response))
    assert said["Question 3"][0] == (
        "Unaccompanied asylum-seeking children: we do not hold the figures for 2014/15 to "
        "2017/18 [x]."
    )
    held = said["Information that we do not hold"]
    assert held[1] == ("Question 3: Unaccompanied asylum-seeking children, 2014/15 to 2017/18")
    assert len(held) == 6 and "advise" in held[-1]
    assert "We hold part of the information" in text_of(letter(response))
    nothing = changed(response, lambda a: replace(a, value=None, marker="[x]"))
    assert "We do not hold the information" in text_of(letter(nothing))


def test_a_setting_that_is_not_filled_in_is_one_sentence(responses) -> None:
    response = responses[REQUESTS[0]]
    for setting, said in (("review_email", "'review_email'"), ("signatory", "signatory")):
        settings = response.authority | {setting: None}
        with pytest.raises(DataFault, match=said):
            letter_bytes(replace(response, authority=settings))


@settings(deadline=None, max_examples=30)
@given(st.text(alphabet=st.sampled_from("&<>\"'{}%#_[] ŵŷâ\x00\x07\x0b\ud800\n\t=x"), min_size=1))
def test_any_text_comes_out_as_it_was_put(responses, text: str) -> None:
    # docxtpl's own way of writing braces: refused, since the text would not come out.
    assume(not any(each in text for each in ("{_", "_}", "_%", "%_")))
    wording = f"{text} {{{{ reference }}}} {{% raw %}} {text}?"
    response = changed(responses[REQUESTS[0]], lambda a: replace(a, wording=wording, part=""))
    document = letter(replace(response, subject=f"A {text} subject"))
    asked = [p.text for p in document.paragraphs if p.style.name == "Question asked"]
    lines = [one_line(line) for line in wording.splitlines() if line.strip()]
    assert asked == lines * len(response.tables)


def test_long_questions_many_questions_and_many_categories(responses) -> None:
    response = responses["foi-2018-0523"]
    first = response.tables[0]
    long = " ".join(f"word{number}" for number in range(3000))
    table = replace(
        first,
        answers=tuple(
            replace(first.answers[0], category=f"c{n}", category_label=f"Place {n}", wording=long)
            for n in range(60)
        ),
    )
    tables = (replace(table, question_no=str(n), label=f"Question {n}") for n in range(1, 26))
    document = letter(replace(response, tables=tuple(tables)))
    said = letter_sections(document)
    assert said["Question 25"][-1] == (
        "All figures are in the worksheet “Question 25” of the workbook."
    )
    short = " ".join(f"word{number}" for number in range(60))
    short += " … (the whole question is in the workbook)"
    assert [p.text for p in document.paragraphs if p.text.startswith("word0")] == [short] * 25
    assert not document.tables


@pytest.mark.parametrize(
    ("measure", "unit", "value", "said"),
    [
        ("occasions_missing", "occasions", 1, "went missing on 1 occasion in 2016/17."),
        ("occasions_missing", "occasions", 0, "went missing on 0 occasions in 2016/17."),
        ("occasions_missing", "occasions", 12345, "went missing on 12,345 occasions in 2016/17."),
        ("longest_duration_days", "days", 1, "lasted 1 day in 2016/17."),
        ("percent_of_looked_after_children_missing", "percent", 11.0, "was 11.0% in 2016/17."),
        ("occasions_per_child_missing", "average", 1234.56, "did so 1,234.6 times in 2016/17."),
        ("a_new_measure", "days", 3, "Occasions missing: 3 in 2016/17."),
    ],
)
def test_numbers_in_words(measure: str, unit: str, value: float, said: str, responses) -> None:
    response = responses[REQUESTS[0]]
    table = response.tables[0]
    answer = next(each for each in table.answers if each.period == "2016/17")
    answer = replace(answer, measure=measure, unit=unit, value=value)
    assert sentence([answer], table, response.words).endswith(said)


@pytest.mark.parametrize(
    ("basis", "period", "said"),
    [
        ("month", "2017-05", "in May 2017"),
        ("snapshot", "31 March 2018", "on 31 March 2018"),
        ("range", "1 May 2017 to 2 June 2017", "from 1 May 2017 to 2 June 2017"),
        ("academic_year", "2016/17", "in the academic year 2016/17"),
    ],
)
def test_periods_in_words(basis: str, period: str, said: str, responses) -> None:
    response = responses[REQUESTS[0]]
    answer = replace(response.tables[0].answers[0], period_basis=basis, period=period)
    assert sentence([answer], response.tables[0], response.words).endswith(f" {said}.")


def test_every_measure_has_a_sentence_that_can_be_filled(responses) -> None:
    response = responses[REQUESTS[0]]
    table = replace(response.tables[0], population="Sex: Male")
    patterns = {k.partition(":")[2] for k in response.words if k.startswith("sentence:")}
    assert len(patterns) > 20
    for measure in patterns:
        two = [replace(each, measure=measure) for each in table.answers[:2]]
        text = sentence(two, table, response.words)
        assert re.search(r"\b107%? (in 2015/16|on 31 March 2016)\b", text), text
        assert "(sex: Male)" in text and "{" not in text


def test_a_text_that_names_nothing_known_is_one_sentence(responses) -> None:
    response = responses[REQUESTS[0]]
    for key in ("sentence:occasions_missing", "letter:review"):
        for text in ("{colour}", "{", "{figures.x}"):
            with pytest.raises(DataFault, match=r"seeds/rules/.* cannot be filled in"):
                letter_bytes(replace(response, words=response.words | {key: text}))


def test_a_letter_that_is_not_sent_yet_has_no_date(responses) -> None:
    text = text_of(letter(replace(responses[REQUESTS[0]], responded_on=None)))
    assert "Date: Not sent yet" in text


def test_settings_whose_review_is_past_are_told(responses) -> None:
    response = responses[REQUESTS[0]]
    assert settings_to_check(response, date(2026, 9, 30)) == []
    (told,) = settings_to_check(response, date(2026, 12, 31))
    assert "authority.csv: regulator_address" in told and "30 September 2026" in told
    told = settings_to_check(response, date(2027, 12, 1))
    assert [each for each in told if "seeds/rules/cost_limits.csv was to be checked" in each]
    assert [each for each in told if "regulator_contact" in each and "31 December 2026" in each]


def test_addresses_are_links_but_for_those_in_the_requesters_words(responses) -> None:
    wording = "See ico.org.uk/foicomplaints and https://example.org: how many?"
    response = changed(responses[REQUESTS[0]], lambda a: replace(a, wording=wording))
    document = letter(response)
    relations = document.part.rels
    found = {
        "".join(text.text for text in link.iter(qn("w:t"))): relations[link.get(qn("r:id"))]
        for link in document.element.iter(qn("w:hyperlink"))
    }
    assert {text: each.target_ref for text, each in found.items()} == {
        "info.requests@leicester.gov.uk": "mailto:info.requests@leicester.gov.uk",
        "ico.org.uk/foicomplaints": "https://ico.org.uk/foicomplaints",
        LICENCE_ADDRESS: LICENCE_ADDRESS,
    }
    asked = [p for p in document.paragraphs if p.style.name == "Question asked"]
    assert asked and not [each for each in asked if each.hyperlinks]


def test_the_letter_is_in_12_points_with_fields_for_the_requester(responses) -> None:
    document = letter(responses[REQUESTS[0]])
    for each in document.styles:
        size = getattr(getattr(each, "font", None), "size", None)
        assert size is None or size.pt >= 12, each.name
    fields = [each.get(qn("w:instr")).split() for each in document.element.iter(qn("w:fldSimple"))]
    named = [words[1] for words in fields if words[0] == "MERGEFIELD"]
    assert named == ["Requester_name", "Requester_address", "Requester_name"]


def test_headings_stay_with_their_text_and_the_signature_with_the_letter(responses) -> None:
    blocks = list(letter(responses[REQUESTS[1]]).paragraphs)
    for each in blocks:
        if each.style.name.startswith("Heading"):
            assert each.style.paragraph_format.keep_with_next
    signature = [each.text for each in blocks].index("Yours faithfully")
    for each in blocks[signature - 1 : -1]:
        assert each.paragraph_format.keep_with_next, each.text


@pytest.mark.parametrize("name", REQUESTS)
def test_no_word_of_a_table_is_wider_than_its_column(name: str, responses) -> None:
    document = letter(responses[name])
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    for table in document.tables:
        assert sum(column.width for column in table.columns) <= room
        for column in table.columns:
            longest = max((word for c in column.cells for word in c.text.split()), key=len)
            # Bold letters of 12 points and the margins of a cell, in points.
            assert column.width.pt >= 8 * len(longest) + 6, longest


def test_marks_of_writing_direction_are_shown(responses) -> None:
    response = replace(responses[REQUESTS[0]], subject="Children \u202egnissim\u202c\u200f")
    text = text_of(letter(response))
    assert "Children \ufffdgnissim\ufffd\ufffd" in text
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", text)


def test_months_are_named_in_sentences_and_tables(responses) -> None:
    document = letter(responses["foi-2018-0523"])
    captions = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert (
        "Occasions missing or absent, by what they count as, February 2017 to May 2017" in captions
    )
    assert not re.search(r"\b2017-0[2-5]\b", text_of(document))


def edited(tmp_path: Path, change: Callable[[Letter], None]) -> Path:
    """A copy of the template after somebody edited it."""
    document = Document(str(TEMPLATE))
    change(document)
    document.save(str(tmp_path / "letter.docx"))
    return tmp_path / "letter.docx"


def paragraph_with(document: Letter, text: str):
    return next(each for each in document.paragraphs if text in each.text)


def test_an_edited_template_leaves_no_trace_of_who_edited_it(tmp_path: Path, responses) -> None:
    def by_hand(document: Letter) -> None:
        document.core_properties.author = document.core_properties.comments = "jsmith3"
        document.core_properties.title = "{{ nothing"
        split = paragraph_with(document, "{{ review }}")
        split.runs[0].text = "Our house style. {{ re"
        split.add_run("view }}").bold = True

    template = edited(tmp_path, by_hand)
    data = letter_bytes(responses[REQUESTS[0]], template)
    with ZipFile(BytesIO(data)) as package:
        assert not any(b"jsmith3" in package.read(part) for part in package.namelist())
    assert "Our house style. You can ask for an internal" in text_of(Document(BytesIO(data)))


@pytest.mark.parametrize(
    ("tag", "instead", "said"),
    [
        ("{{ review }}", "", "leaves out “You can ask for an internal review"),
        ("{{ reuse }}", "{{ re_use }}", "'re_use' is undefined"),
        ("{{ reuse }}", "{{ reuse }", "Mend the tag in Word"),
        ("{%p endif %}", "", "Mend the tag in Word"),
    ],
)
def test_a_template_that_is_wrong_is_one_sentence(
    tag: str, instead: str, said: str, tmp_path: Path, responses
) -> None:
    def by_hand(document: Letter) -> None:
        paragraph_with(document, tag).text = instead or "Nothing"

    with pytest.raises(DataFault, match=re.escape(said)) as caught:
        letter_bytes(responses[REQUESTS[0]], edited(tmp_path, by_hand))
    assert len(caught.value.sentences) == 1 and "letter.docx" in str(caught.value)


def test_tracked_changes_are_refused(tmp_path: Path, responses) -> None:
    def by_hand(document: Letter) -> None:
        run = paragraph_with(document, "Dear ").runs[0]._r
        run.addprevious(run.makeelement(qn("w:ins"), {qn("w:author"): "J Smith"}))

    with pytest.raises(DataFault, match="tracked changes"):
        letter_bytes(responses[REQUESTS[0]], edited(tmp_path, by_hand))


def test_no_template_and_no_word_document_are_one_sentence(tmp_path: Path, responses) -> None:
    (tmp_path / "text.docx").write_text("Dear requester")
    (tmp_path / "zip.docx").write_bytes(workbook_bytes(workbook_content(responses["withheld"])))
    for name in ("none.docx", "text.docx", "zip.docx"):
        with pytest.raises(UsageFault, match="is no Word document"):
            letter_bytes(responses[REQUESTS[0]], tmp_path / name)


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ((2008, 2009, 2010, 2013), "2008/09 to 2010/11 and 2013/14"),
        ((2008, 2010, 2011), "2008/09, 2010/11 and 2011/12"),
    ],
)
def test_only_periods_that_follow_each_other_are_said_by_their_ends(
    years: tuple[int, ...], said: str
) -> None:
    (answer,) = small_worlds.table(1, "occasions_missing", None, 5).answers
    answers = [
        replace(answer, period=f"{year}/{(year + 1) % 100:02}", period_order=year) for year in years
    ]
    assert periods_listed(answers) == said
