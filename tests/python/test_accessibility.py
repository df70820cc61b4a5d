"""The accessibility checks: a good workbook passes all, each planted fault is caught by its id."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableStyleInfo

from accessibility import CHECKS, check_workbook
from missing_from_care.base.fixed_zip import zip_of
from missing_from_care.documents.workbook.content import (
    Column,
    Cover,
    CoverLine,
    ResponseWorkbook,
    TableSheet,
)
from missing_from_care.documents.workbook.writing import opendocument_bytes, workbook_bytes
from workbook_sample import SHORTHAND, sample

GOOD = workbook_bytes(sample())

ESSENTIAL = {"T1", "T3", "T4", "T5", "T6", "T8", "N1", "F1", "F4", "F7", "St1", "St3", "P1", "M1"}


def test_there_are_forty_checks_each_with_a_rule():
    assert len(CHECKS) == 40
    assert {item.check_id for item in CHECKS.values() if item.essential} == ESSENTIAL
    assert all(item.rule.endswith(".") for item in CHECKS.values())


def test_a_good_workbook_has_no_finding(tmp_path):
    path = tmp_path / "answer-to-request-foi-1234.xlsx"
    path.write_bytes(GOOD)
    assert check_workbook(path) == []
    assert check_workbook(str(path)) == []
    assert check_workbook(GOOD) == []


def test_what_is_no_workbook_is_refused():
    with pytest.raises(ValueError, match=r"not an \.xlsx or \.ods workbook"):
        check_workbook(b"PK no")


OPEN = opendocument_bytes(sample())


def test_a_good_opendocument_workbook_has_no_finding():
    assert check_workbook(OPEN, file_name="answer-to-request-foi-1234.ods") == []


@pytest.mark.parametrize(
    ("check_id", "part", "text", "instead"),
    [
        ("T1", "content.xml", "<table:database-range ", "<table:nothing "),
        ("T3", "content.xml", '"string"', '"string" table:number-columns-spanned="2"'),
        ("T5", "content.xml", "table-header-rows", "table-row-group"),
        ("T6", "content.xml", 'wrap-option="wrap"', 'wrap-option="no-wrap"'),
        ("T7", "content.xml", 'filter-buttons="false"', 'filter-buttons="true"'),
        ("T9", "content.xml", "<table:table-column ",
         '<table:table-column table:visibility="collapse" '),
        ("T9", "content.xml", 'table:display="true"', 'table:display="false"'),
        ("T10", "content.xml", 'column-width="', 'column-width="9'),
        ("F2", "styles.xml", 'font-size="12pt"', 'font-size="9pt"'),
        ("F3", "styles.xml", "<style:text-properties ",
         '<style:text-properties fo:font-style="italic" '),
        ("F4b", "styles.xml", '"Heading 1"', '"Title"'),
        ("F5", "content.xml", 'fo:padding="', 'fo:background-color="#ffff00" fo:padding="'),
        ("F9", "content.xml", 'rotation-angle="0"', 'rotation-angle="90"'),
        ("F11", "content.xml", 'text-align="end"', 'text-align="start"'),
        ("F12", "content.xml", 'grouping="true"', 'grouping="false"'),
        ("P1", "meta.xml", ">en-GB<", "><"),
        ("P1b", "meta.xml", "meta:keyword", "meta:nothing"),
        ("M1", "content.xml", 'value-type="float"', 'value-type="float" table:formula="of:=1"'),
        ("M1", "content.xml", "<text:p>", "<office:annotation/><text:p>"),
        ("M1", "content.xml", "<table:database-ranges>",
         '<table:named-range table:name="x"/><table:database-ranges>'),
    ],
)  # fmt: skip
def test_a_fault_in_an_opendocument_workbook_is_found(
    check_id: str, part: str, text: str, instead: str
) -> None:
    with ZipFile(BytesIO(OPEN)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert text.encode() in parts[part]
    parts[part] = parts[part].replace(text.encode(), instead.encode())
    assert check_id in {each.check for each in check_workbook(zip_of(parts))}


@pytest.mark.parametrize(("name", "check_id"), [("Pictures/1.png", "F7"), ("Basic/a.xml", "M1")])
def test_a_part_that_no_opendocument_workbook_needs_is_found(name: str, check_id: str) -> None:
    with ZipFile(BytesIO(OPEN)) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    assert [each.check for each in check_workbook(zip_of(parts | {name: b""}))] == [check_id]


FAULTS: list[tuple[str, str, Callable[[Workbook], object]]] = []


def fault(check_id: str) -> Callable:
    """Registers a function that plants one fault, with the check that must find it."""

    def register(plant: Callable[[Workbook], object]) -> Callable:
        FAULTS.append((check_id, plant.__name__, plant))
        return plant

    return register


def cell(workbook: Workbook, value: object = 107, sheet: str = "Question 1") -> Cell:
    """The cell of an answer that holds this value."""
    rows = workbook[sheet].iter_rows()
    return next(item for row in rows for item in row if item.value == value)


def table_of(workbook: Workbook, sheet: str = "Question 1") -> Table:
    """The table of an answer."""
    return next(iter(workbook[sheet].tables.values()))


def change(check_id: str, name: str, planted: object, **where: object) -> None:
    """Plants a value in a cell."""

    def plant(workbook: Workbook) -> None:
        cell(workbook, **where).value = planted

    plant.__name__ = name
    fault(check_id)(plant)


change("T5", "heading_twice", "Missing or away", value="Occasions missing")
change("T8", "blank_cell", None)
change("T8", "white_space", "  ")
change("N1", "symbol_alone", "*", value="Sexually assaulted or exploited", sheet="Question 2")
change("N1", "dagger", "2015/16†", value="2015/16")
change("N2", "two_notes_in_a_bracket", "2015/16 [note 1, 2]", value="2015/16")
change("N2", "number_in_round_brackets", "2015/16 (1)", value="2015/16")
change("N3", "note_in_a_data_cell", "[b] [note 1]", value="[b]")
change("N4", "note_without_definition", "2015/16 [note 9]", value="2015/16")
change("N4", "note_never_used", "2017/18", value="2017/18 [note 3]")
change("S1", "shorthand_not_explained", "[u]", value="[c]")
change("S2", "shorthand_of_ones_own", "[q]", value="[c]")
change("S3", "number_as_text", "107")
change("S3", "number_with_marker", "107 [r]")
change("S3", "dash_for_a_number", "none", value=92)
change("F1", "bare_address", "See https://example.org", value="2a", sheet="Question 2")
change("F1", "vague_link", "Click here", value="Notes", sheet="Contents")
change("St6", "sheet_not_in_contents", "Other", value="Question 2", sheet="Contents")
change("M1", "formula", "=1+1")
change("St2", "no_word_of_a_table", "Here it is.", value="This worksheet contains one table.")


@fault("T1")
def table_not_marked_up(workbook):
    workbook["Question 1"].tables.clear()


@fault("T2")
def table_without_a_meaningful_name(workbook):
    table_of(workbook).displayName = "Table4"


@fault("T3")
def merged_cells(workbook):
    workbook["Question 1"].merge_cells("A2:B2")


@fault("T4")
def blank_row(workbook):
    for item in workbook["Question 1"][cell(workbook).row]:
        item.value = None


@fault("T5")
def two_header_rows(workbook):
    table_of(workbook).headerRowCount = 2


@fault("T6")
def text_cut_off(workbook):
    workbook["Cover"]["A1"].alignment = Alignment(wrap_text=False)
    workbook["Cover"].column_dimensions["A"].width = 20


@fault("T6")
def number_cut_off(workbook):
    cell(workbook).value = 10**14


@fault("T7")
def frozen_pane(workbook):
    workbook["Question 1"].freeze_panes = "B2"


@fault("T7")
def table_filter(workbook):
    table_of(workbook).autoFilter = AutoFilter(ref=table_of(workbook).ref)


@fault("T7")
def sheet_filter(workbook):
    workbook["Question 1"].auto_filter.ref = "A1:B3"


@fault("T9")
def hidden_sheet(workbook):
    workbook["Question 2"].sheet_state = "hidden"


@fault("T9")
def hidden_row(workbook):
    workbook["Question 1"].row_dimensions[9].hidden = True


@fault("T9")
def hidden_column(workbook):
    workbook["Question 1"].column_dimensions["B"].hidden = True


@fault("T10")
def narrow_column(workbook):
    workbook["Question 1"].column_dimensions["B"].width = 4


@fault("T10")
def wide_column(workbook):
    workbook["Cover"].column_dimensions["A"].width = 120


@fault("N1")
def superscript(workbook):
    cell(workbook, "2015/16").font = Font(name="Arial", sz=12, vertAlign="superscript")


@fault("N1")
def superscript_in_part_of_a_cell(workbook):
    raised = TextBlock(InlineFont(rFont="Arial", sz=12, vertAlign="superscript"), "1")
    cell(workbook, "2015/16").value = CellRichText("2015/16", raised)


@fault("F2")
def small_letters(workbook):
    cell(workbook).font = Font(name="Arial", sz=8)


@fault("F2")
def letters_with_serifs(workbook):
    cell(workbook).font = Font(name="Times New Roman", sz=12)


@fault("F3")
def italics(workbook):
    cell(workbook).font = Font(name="Arial", sz=12, i=True)


@fault("F3")
def underlined(workbook):
    cell(workbook).font = Font(name="Arial", sz=12, u="single")


@fault("F4")
def no_title(workbook):
    workbook["Notes"]["A1"].value = None


@fault("F4b")
def title_not_a_heading(workbook):
    workbook["Notes"]["A1"].style = "Normal"


@fault("F5")
def fill(workbook):
    cell(workbook).fill = PatternFill("solid", fgColor="FFFF00")


@fault("F5")
def banding(workbook):
    table_of(workbook).tableStyleInfo = TableStyleInfo(name="TableStyleMedium2")


@fault("F5")
def colour_by_condition(workbook):
    rule = ColorScaleRule(
        start_type="min", start_color="FF0000", end_type="max", end_color="0000FF"
    )
    workbook["Question 1"].conditional_formatting.add("B9:B12", rule)


@fault("F6")
def page_footer(workbook):
    workbook["Question 1"].oddFooter.center.text = "Page &P"


@fault("F7")
def chart_without_text(workbook):
    chart = BarChart()
    chart.add_data(Reference(workbook["Question 1"], min_col=2, min_row=9, max_row=12))
    workbook["Question 1"].add_chart(chart, "H1")


@fault("F9")
def turned_text(workbook):
    cell(workbook, "Occasions missing").alignment = Alignment(text_rotation=90, wrap_text=True)


@fault("F10")
def coloured_letters(workbook):
    cell(workbook).font = Font(name="Arial", sz=12, color="FFFF0000")


@fault("F11")
def number_at_the_left(workbook):
    cell(workbook).alignment = Alignment(horizontal="left")


@fault("F11")
def shorthand_at_the_left(workbook):
    cell(workbook, "[c]").alignment = Alignment(horizontal="left")


@fault("F12")
def no_thousands_separator(workbook):
    cell(workbook).number_format = "0"


@fault("St1")
def stray_space_in_a_name(workbook):
    workbook["Question 2"].title = "Question 2 "


@fault("St1")
def blank_sheet(workbook):
    workbook.create_sheet("Question 3")


@fault("St3")
def blank_row_above_the_table(workbook):
    workbook["Question 1"].cell(cell(workbook, "Financial year").row - 1, 1).value = None


@fault("St3")
def table_beside_column_a(workbook):
    table_of(workbook, "Contents").ref = "B3:C7"


@fault("St4")
def text_below_the_table(workbook):
    workbook["Question 1"]["A30"] = "Source: annual return"


@fault("St5")
def two_tables(workbook):
    sheet = workbook["Question 1"]
    for row in sheet.iter_rows(min_row=30, max_row=31, max_col=1):
        row[0].value = f"Row {row[0].row}"
    sheet.add_table(Table(displayName="second", ref="A30:A31"))


@fault("St6")
def cover_not_first(workbook):
    workbook.move_sheet("Cover", 2)


@fault("St6")
def no_contents(workbook):
    workbook["Contents"].title = "List"


@fault("P1")
def document_without_title(workbook):
    workbook.properties.title = None


@fault("P1")
def document_without_language(workbook):
    workbook.properties.language = None


@fault("P1b")
def author_is_a_person(workbook):
    workbook.properties.creator = "Jane Smith"


@fault("P1b")
def author_is_a_program(workbook):
    workbook.properties.creator = "openpyxl"


@fault("P1b")
def changed_by_a_person(workbook):
    workbook.properties.lastModifiedBy = "Jane Smith"


@fault("P1b")
def no_keywords(workbook):
    workbook.properties.keywords = None


@fault("P2")
def cursor_elsewhere(workbook):
    workbook["Question 1"].sheet_view.selection[0].activeCell = "C5"


@fault("P2")
def another_sheet_first(workbook):
    workbook.active = 3


@fault("P2")
def zoomed(workbook):
    workbook["Question 1"].sheet_view.zoomScale = 70


@fault("M1")
def comment(workbook):
    cell(workbook).comment = Comment("Check this", "Jane Smith")


@fault("M1")
def defined_name(workbook):
    workbook.defined_names["total"] = DefinedName("total", attr_text="'Question 1'!$B$9")


@fault("M1")
def print_titles(workbook):
    workbook["Question 1"].print_title_rows = "1:2"


@pytest.mark.parametrize(("check_id", "plant"), [pytest.param(i, p, id=n) for i, n, p in FAULTS])
def test_a_planted_fault_is_caught_by_its_check(check_id, plant):
    workbook = load_workbook(BytesIO(GOOD), rich_text=True)
    plant(workbook)
    changed = BytesIO()
    workbook.save(changed)
    findings = check_workbook(changed.getvalue())
    assert check_id in {finding.check for finding in findings}
    assert all(finding.sentence for finding in findings)


def test_saving_the_sample_again_plants_no_fault():
    changed = BytesIO()
    load_workbook(BytesIO(GOOD)).save(changed)
    assert check_workbook(changed.getvalue()) == []


def test_every_check_but_the_file_name_has_a_planted_fault():
    assert {check_id for check_id, _, _ in FAULTS} == set(CHECKS) - {"P3"}


@pytest.mark.parametrize(
    ("part", "check_id"),
    [
        ("xl/vbaProject.bin", "M1"),
        ("xl/externalLinks/externalLink1.xml", "M1"),
        ("xl/pivotCache/pivotCacheRecords1.xml", "M1"),
        ("xl/embeddings/sheet1.xlsx", "M1"),
        ("xl/threadedComments/threadedComment1.xml", "M1"),
        ("customXml/item1.xml", "M1"),
        ("xl/media/image1.png", "F7"),
    ],
)
def test_a_part_that_openpyxl_does_not_show_is_caught(part, check_id):
    data = BytesIO(GOOD)
    with ZipFile(data, "a") as archive:
        archive.writestr(part, "<x/>")
    assert check_id in {finding.check for finding in check_workbook(data.getvalue())}


@pytest.mark.parametrize(
    "name",
    [
        "Answer.xlsx",
        "answer_1.xlsx",
        "answer v2.xlsx",
        "answer-v2.xlsx",
        "answer-draft.xlsx",
        "a" * 60 + ".xlsx",
        "answer.xlsm",
    ],
)
def test_a_poor_file_name_is_caught(name, tmp_path):
    (tmp_path / name).write_bytes(GOOD)
    assert {finding.check for finding in check_workbook(tmp_path / name)} == {"P3"}
    assert {finding.check for finding in check_workbook(GOOD, file_name=name)} == {"P3"}


def test_a_finding_names_the_place():
    workbook = load_workbook(BytesIO(GOOD))
    where = cell(workbook)
    where.fill = PatternFill("solid", fgColor="FFFF00")
    changed = BytesIO()
    workbook.save(changed)
    (finding,) = check_workbook(changed.getvalue())
    assert (finding.sheet, finding.cell) == ("Question 1", where.coordinate)


ODD_TEXTS = ["=1+1", "A & B", "Llŷn", "[c]", "a" * 300, "1,234", "x\ny", "s.40(2)", "(1)", "[q]"]
odd_text = st.text(max_size=40) | st.sampled_from(ODD_TEXTS)
texts = odd_text.map(lambda text: f"{text} and so on") | odd_text.map(lambda text: f"So {text}")
markers = st.sampled_from(sorted(SHORTHAND))
amounts = st.floats(-1e6, 1e6, allow_nan=False) | markers
VALUES = {
    "text": texts | markers,
    "whole": st.integers(-(10**15) + 1, 10**15 - 1) | markers,
    "decimal": amounts,
}


OF_TEXTS = {"T5", "N1", "N2", "N3", "N4", "S1", "S2", "S3", "F1", "P1b"}
"""The checks of what a text says, not of how it is written."""


@st.composite
def answers(draw: st.DrawFn) -> TableSheet:
    """An answer, whatever its texts say."""
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=4))
    columns = [Column(f"{draw(texts)} {number}", kind) for number, kind in enumerate(kinds)]
    row = st.tuples(*(VALUES[kind] for kind in kinds))
    rows = draw(st.lists(row, min_size=1, max_size=4))
    introduction = draw(st.lists(texts, max_size=2))
    return TableSheet(draw(texts), draw(texts), tuple(columns), tuple(rows), tuple(introduction))


@st.composite
def contents(draw: st.DrawFn) -> ResponseWorkbook:
    """The content of a workbook, whatever its texts say."""
    notes = draw(st.lists(texts, max_size=3))
    marks = [f"This says more: [note {number}]" for number in range(1, len(notes) + 1)]
    lines = draw(st.lists(st.tuples(texts, texts), max_size=3))
    return ResponseWorkbook(
        title=draw(texts),
        author=f"{draw(texts)} Council",
        keywords=tuple(draw(st.lists(texts, min_size=1, max_size=2))),
        issued_on=draw(st.dates()),
        cover=Cover(draw(texts), tuple(CoverLine(*line) for line in lines), tuple(marks)),
        answers=tuple(draw(st.lists(answers(), min_size=1, max_size=2))),
        notes=tuple(notes),
        shorthand=SHORTHAND,
    )


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(st.data())
def test_whatever_the_texts_say_they_are_written_accessibly(data):
    try:
        written = workbook_bytes(data.draw(contents()))
    except ValueError:
        reject()
    assert {finding.check for finding in check_workbook(written)} <= OF_TEXTS
