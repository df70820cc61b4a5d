"""Fills a Word template in, and refuses a result that lacks something or tells too much."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined, TemplateError
from lxml.etree import XMLSyntaxError

from missing_from_care.faults import DataFault, UsageFault
from missing_from_care.fixed_zip import fixed_zip
from missing_from_care.texts import one_line

LANGUAGE = "en-GB"
PRIVATE = re.compile(rb"w:author=|w15:author=|attachedTemplate")
"""What comments, tracked changes and a template's path leave: names of persons and folders."""

A4 = Mm(210)
"""How wide a page is if the template does not say."""

ANSWER_TABLE = "Answer table"
"""The style of tables whose columns are fitted to their texts."""

WIDEST, LINE_OF_HEADING, POINTS_A_CHARACTER = 38, 13, 6
"""Characters of the widest column and of a heading's line; how wide one is, rather too wide."""

KEPT: tuple[str, ...] = ("/styles", "/settings", "/numbering", "/fontTable", "/theme")
KEPT += ("/webSettings", "/header", "/footer", "/footnotes", "/endnotes", "/image", "/hyperlink")
"""What a template's text needs; comments, lists of persons and data of add-ins stay behind."""


def rendered(
    template: Path, context: Mapping[str, Any], title: str, author: str, dated: date
) -> bytes:
    """A Word document from a template, the same bytes for the same content.

    Args:
        template: a Word document with tags; its own properties are left behind.
        context: what the tags stand for: texts, lists of texts and dictionaries of either. All
            but `authority` must be found again in the document.
        title, author, dated: the document's properties.

    Raises:
        UsageFault: the template is not there or is no Word document.
        DataFault: a tag is wrong, a text has no tag, or the template holds a person's name.
    """
    context = cleaned(context)
    try:
        filled = DocxTemplate(str(template))
        filled.init_docx()
        _leave_behind(filled.docx)
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError):
        raise UsageFault(f"{template} is not there or is no Word document (.docx).") from None
    try:
        filled.render(context, Environment(undefined=StrictUndefined, autoescape=True))
    except (TemplateError, XMLSyntaxError) as problem:
        raise DataFault(
            f"{template.name}: {problem}. Mend the tag in Word; docs/letter.md lists them."
        ) from None
    properties = filled.docx.core_properties
    properties.title, properties.language = title[:255], LANGUAGE
    properties.author = properties.last_modified_by = author
    properties.created = properties.modified = datetime.combine(dated, time.min)
    _fit_columns(filled.docx)
    data = BytesIO()
    filled.docx.save(data)
    _refuse_gaps(filled.docx, context, template.name)
    _refuse_names(data, template.name)
    return fixed_zip(data.getvalue())


def cleaned(value: Any) -> Any:
    """A value of the context with each of its texts in one line, without control characters."""
    if isinstance(value, Mapping):
        return {key: cleaned(each) for key, each in value.items()}
    if isinstance(value, list):
        return [cleaned(each) for each in value]
    return one_line(value) if isinstance(value, str) else value


def texts_of(value: Any) -> Iterator[str]:
    """Every text of the context but the authority's settings, which a template may leave out."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from texts_of(each) if key != "authority" else ()
    elif isinstance(value, list):
        for each in value:
            yield from texts_of(each)
    elif value:
        yield value


def _leave_behind(document: Document) -> None:
    """Leaves the template's own properties behind, and what its text does not need."""
    for relations, kept in (
        (document.part.package.rels, ("/officeDocument",)),
        (document.part.rels, KEPT),
    ):
        for name in [name for name, each in relations.items() if not each.reltype.endswith(kept)]:
            del relations[name]


def _fit_columns(document: Document) -> None:
    """Gives the columns of answers the widths of their texts: not every program works them out."""
    section = document.sections[0]
    room = (section.page_width or A4) - (section.left_margin or 0) - (section.right_margin or 0)
    for table in document.tables:
        if table.style is None or table.style.name != ANSWER_TABLE:
            continue
        columns = ([cell.text for cell in column.cells] for column in table.columns)
        cut = (
            [heading[:LINE_OF_HEADING], *heading.split(), *(text[:WIDEST] for text in texts)]
            for heading, *texts in columns
        )
        longest = (max(map(len, texts)) for texts in cut)
        widths = [Pt(POINTS_A_CHARACTER * characters + 12) for characters in longest]
        share = min(1, room / sum(widths))
        for column, width in zip(table.columns, widths, strict=True):
            column.width = int(width * share)
            for cell in column.cells:
                cell.width = column.width


def _refuse_gaps(document: Document, context: Mapping[str, Any], name: str) -> None:
    """Refuses a document without a text that it should hold."""
    sections = document.sections
    places = [document, *(part for each in sections for part in (each.header, each.footer))]
    held = "\n".join(
        "".join(node.text or "" for node in paragraph.iter(qn("w:t")))
        for place in places
        for paragraph in place.part.element.iter(qn("w:p"))
    )
    for text in texts_of(context):
        if text not in held:
            raise DataFault(
                f"{name} leaves out “{text[:80]}”: put the tag for it back; docs/letter.md lists "
                "them."
            )


def _refuse_names(data: BytesIO, name: str) -> None:
    """Refuses a document that tells who edited the template."""
    with ZipFile(data) as package:
        if any(PRIVATE.search(package.read(part)) for part in package.namelist()):
            raise DataFault(
                f"{name} holds comments, tracked changes or the path of another template, and so "
                "names of persons: accept or remove them in Word (File, Inspect Document)."
            )
