"""Checks on the document (F4, F6, F7, P) and on what runs or reaches out (M)."""

import re
from xml.etree import ElementTree

from openpyxl.worksheet.worksheet import Worksheet

from accessibility.reading import Book, Found, Place, check, is_blank

HEADING_1 = 16
"""The id of the built-in cell style Heading 1 (ECMA-376, part 1, annex G.2)."""

PROGRAMS = re.compile(r"(?i)openpyxl|xlsxwriter|libreoffice|microsoft|apache|user|admin\w*|author")
PERSON = re.compile(r"(?i)(mr|mrs|ms|miss|dr|sir|prof)\.? .*|[^@]+@.*|[\w'’-]+, [\w'’ -]+")
TWO_NAMES = re.compile(r"[A-Z]\w*\.?( [A-Z]\.?)* [A-Z][\w'’-]+")
BODIES = re.compile(
    r"(?i)council|cyngor|borough|county|city|authority|trust|children|services?|department|office"
    r"|government|agency|commission|board|partnership|team|nhs|university|limited|ltd|gov\b"
)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
NOT_IN_A_FILE_NAME = {"copy", "draft", "final", "latest", "new", "old", "version"}
BLOCKED_PARTS = {
    r"vba|macrosheets|dialogsheets|activeX|ctrlProps|\.bin\Z(?<!printerSettings\d\.bin)": "a macro",
    r"\A(Basic|Scripts|Dialogs)/": "a macro",
    r"pivot|slicers?/|timelines?/": "a pivot table",
    r"externalLinks|connections\.xml|queryTables|xl/model/": "a link to other data",
    r"comments": "comments",
    r"embeddings|customXml|webextensions|revisions|\AObject": "something embedded",
}


@check("F4", essential=True)
def every_sheet_has_a_title(book: Book) -> Found:
    """Cell A1 of every worksheet holds a title that describes it."""
    for sheet in book.sheets:
        if is_blank(sheet["A1"]):
            yield sheet["A1"], "This worksheet has no title."


@check("F4b")
def titles_are_headings(book: Book) -> Found:
    """The title in A1 has the built-in cell style Heading 1."""
    builtin = {style.name: style.builtinId for style in book.workbook._named_styles}
    for sheet in book.sheets:
        if builtin.get(sheet["A1"].style) != HEADING_1:
            yield sheet["A1"], "The title does not have the cell style Heading 1."


@check("F6")
def no_headers_or_footers(book: Book) -> Found:
    """Pages have no header and no footer."""
    for sheet in book.sheets:
        kinds = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")
        for part in (getattr(sheet, kind) for kind in kinds):
            if any(side.text for side in (part.left, part.center, part.right)):
                yield sheet, "There is a page header or footer: move its text into the sheet."
                break


@check("F7", essential=True)
def no_pictures_and_charts_in_words(book: Book) -> Found:
    """There are no images, and every chart has an alternative text."""
    for name, data in book.parts.items():
        if name.startswith(("xl/media/", "Pictures/")):
            yield "", f"The file holds an image ({name}): say it in words."
        if re.fullmatch(r"xl/drawings/[^/]+\.xml", name):
            described = [element.get("descr", "") for element in _named(data, "cNvPr")]
            if not all(text.strip() for text in described):
                yield "", f"A chart or drawing has no alternative text ({name})."


def _named(data: bytes, tag: str) -> list[ElementTree.Element]:
    """All elements of an XML part with this name, in any namespace."""
    return list(ElementTree.fromstring(data).iterfind(f".//{{*}}{tag}"))


def looks_like_a_person(author: str) -> bool:
    """Whether an author reads like a person, an account or a program, not an organisation.

    A guess from the form of the name: a title of address, an e-mail address, `Surname, Forename`,
    the name of a program, or two capitalised words none of which belongs to an organisation.
    """
    if PROGRAMS.match(author) or PERSON.fullmatch(author):
        return True
    return bool(TWO_NAMES.fullmatch(author)) and not BODIES.search(author)


@check("P1", essential=True)
def document_has_title_and_language(book: Book) -> Found:
    """The document's title and language are set (WCAG 2.4.2 and 3.1.1)."""
    properties = book.workbook.properties
    if not (properties.title or "").strip():
        yield "", "The document has no title."
    if not LANGUAGE.fullmatch(properties.language or ""):
        yield "", "The document's language is not set, such as en-GB."


@check("P1b")
def author_is_an_organisation(book: Book) -> Found:
    """The author is the organisation, not a person or a program, and there are keywords."""
    properties = book.workbook.properties
    author = (properties.creator or "").strip()
    if not author or looks_like_a_person(author):
        yield "", f"The author “{author}” is not an organisation."
    if (properties.lastModifiedBy or author) != author:
        yield "", "The file says who changed it last: remove that name."
    if not (properties.keywords or "").strip():
        yield "", "The document has no keywords."


@check("P2")
def every_sheet_opens_at_the_top(book: Book) -> Found:
    """The cursor is in A1 of every worksheet, the first one is shown, and the zoom is 100%."""
    if book.workbook.active is not book.workbook.worksheets[0]:
        yield "", "The workbook does not open at its first worksheet."
    for position, sheet in enumerate(book.sheets):
        view = sheet.sheet_view
        if any(item.activeCell != "A1" or item.sqref != "A1" for item in view.selection):
            yield sheet, "The cursor is not in A1."
        if view.topLeftCell not in (None, "A1"):
            yield sheet, "The worksheet does not open at its top."
        if view.zoomScale not in (None, 100):
            yield sheet, f"The zoom is {view.zoomScale}%."
        if position > 0 and view.tabSelected:
            yield sheet, "More than the first worksheet is selected."


@check("P3")
def file_name_is_plain(book: Book) -> Found:
    """The file name is lower case with dashes, at most 60 characters, without version or draft.

    Names of persons should not be there either; a program can not tell.
    """
    name = book.file_name
    if not name:
        return
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*\.(xlsx|ods)", name):
        yield "", f"The file name “{name}” is not lower case with dashes and .xlsx or .ods."
    if len(name) > 60:
        yield "", f"The file name has {len(name)} characters; at most 60 are allowed."
    words = set(re.split(r"[^a-z0-9]+", name.lower()))
    if words & NOT_IN_A_FILE_NAME or any(re.fullmatch(r"v\d+", word) for word in words):
        yield "", f"The file name “{name}” speaks of a version or draft."


@check("M1", essential=True)
def nothing_runs_or_reaches_out(book: Book) -> Found:
    """There are no macros, formulas, pivot tables, outside links, comments or defined names.

    The checklist calls this desirable; here it blocks a release, since such parts have carried
    personal data into answers (Information Commissioner's advisory note, September 2023).
    """
    for name in book.parts:
        for pattern, kind in BLOCKED_PARTS.items():
            if re.search(f"(?i){pattern}", name):
                yield "", f"The file holds {kind} ({name})."
    if b"macroEnabled" in book.parts.get("[Content_Types].xml", b""):
        yield "", "The file is marked as one with macros."
    for cell in book.filled:
        if cell.data_type == "f":
            yield cell, "This cell holds a formula: write its value."
        if cell.comment:
            yield cell, "This cell has a comment: write it in the worksheet."
    names: list[tuple[Place, str]] = [("", item) for item in book.workbook.defined_names]
    names += [(sheet, item) for sheet in book.sheets for item in _names_of(sheet)]
    for place, item in names:
        yield place, f"A name is defined for cells ({item}): delete it."


def _names_of(sheet: Worksheet) -> list[str]:
    """Names defined for one worksheet, print areas and print titles with them."""
    printing = ["print area"] if sheet.print_area else []
    printing += ["print titles"] if sheet.print_titles else []
    return [*sheet.defined_names, *printing]
