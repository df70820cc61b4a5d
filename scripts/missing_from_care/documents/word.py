"""Fills a Word template in, and refuses a result that lacks something or tells too much."""

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zipfile import BadZipFile, ZipFile

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, Twips
from docx.text.run import Run
from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined, TemplateError
from lxml.etree import XMLSyntaxError

from missing_from_care.base.faults import DataFault, UsageFault
from missing_from_care.base.fixed_zip import fixed_zip
from missing_from_care.base.texts import one_line

LANGUAGE = "en-GB"
PRIVATE = re.compile(rb"w:author=|w15:author=|attachedTemplate")
"""What comments, tracked changes and a template's path leave: names of persons and folders."""

A4 = Mm(210)
"""How wide a page is if the template does not say."""

ANSWER_TABLE = "Answer table"
"""The style of tables whose columns are fitted to their texts."""

WIDEST, LINE_OF_HEADING, POINTS_A_CHARACTER, MARGIN = 38, 13, 8.4, 6
"""Characters of the widest column and of a heading's line; how wide one is, rather too wide; points
beside the text of a cell."""

LINKED = "Hyperlink"
"""The character style of links."""

KEPT: tuple[str, ...] = ("/styles", "/settings", "/numbering", "/fontTable", "/theme")
KEPT += ("/webSettings", "/header", "/footer", "/footnotes", "/endnotes", "/image", "/hyperlink")
"""What a template's text needs; comments, lists of persons and data of add-ins stay behind."""


def rendered(
    template: Path,
    context: Mapping[str, Any],
    title: str,
    author: str,
    dated: date,
    links: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """A Word document from a template, the same bytes for the same content.

    Args:
        template: a Word document with tags; its own properties are left behind.
        context: what the tags stand for: texts, lists of texts and dictionaries of either. All
            but `authority` must be found again in the document.
        title, author, dated: the document's properties.
        links: addresses by the text that leads there, wherever it stands but for the words of the
            requester.

    Raises:
        UsageFault: the template is not there or is no Word document.
        DataFault: a tag is wrong, a text has no tag, or the template holds a person's name.
    """
    context = cleaned(context)
    try:
        filled = DocxTemplate(str(template))
        filled.init_docx()
        # The template's own properties stay behind, and what its text does not need.
        for relations, kept in (
            (filled.docx.part.package.rels, ("/officeDocument",)),
            (filled.docx.part.rels, KEPT),
        ):
            others = [key for key, each in relations.items() if not each.reltype.endswith(kept)]
            for key in others:
                del relations[key]
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
    _link(filled.docx, links)
    data = BytesIO()
    filled.docx.save(data)
    _refuse_gaps(filled.docx, context, template.name)
    with ZipFile(data) as package:
        if any(PRIVATE.search(package.read(part)) for part in package.namelist()):
            raise DataFault(
                f"{template.name} holds comments, tracked changes or the path of another template, "
                "and so names of persons: accept or remove them in Word (File, Inspect Document)."
            )
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


def _fit_columns(document: Document) -> None:
    """Gives the columns of answers the widths of their texts: not every program works them out."""
    section = document.sections[0]

    def width(texts: Iterable[str]) -> int:
        """How wide a column is whose longest text is not wrapped."""
        return int(Pt(POINTS_A_CHARACTER * max(map(len, texts)) + MARGIN))

    room = (section.page_width or A4) - (section.left_margin or 0) - (section.right_margin or 0)
    for table in document.tables:
        if table.style is None or table.style.name != ANSWER_TABLE:
            continue
        columns = ([cell.text for cell in column.cells] for column in table.columns)
        cut = (
            [heading[:LINE_OF_HEADING], *heading.split(), *(text[:WIDEST] for text in texts)]
            for heading, *texts in columns
        )
        wanted = list(map(width, cut))
        columns = ([cell.text for cell in column.cells] for column in table.columns)
        # No word may break, and no figure; what room is left is shared by what would fit each.
        needed = [width(" ".join(texts).split()) for texts in columns]
        spare = max(0, room - sum(needed))
        more = [max(0, wish - need) for wish, need in zip(wanted, needed, strict=True)]
        share = min(1, spare / (sum(more) or 1))
        squeeze = min(1, room / sum(needed))
        for column, need, wish in zip(table.columns, needed, more, strict=True):
            column.width = Twips(int((need + wish * share) * squeeze / Twips(1)))
            for cell in column.cells:
                cell.width = column.width


def _link(document: Document, links: Mapping[str, str]) -> None:
    """Makes addresses links, which a screen reader and a click find."""
    if not links:
        return
    pattern = re.compile("|".join(map(re.escape, sorted(links, key=len, reverse=True))))
    for paragraph in document.paragraphs:
        if paragraph.style is None or paragraph.style.name == "Question asked":
            continue
        for run in list(paragraph.runs):
            if not pattern.search(run.text):
                continue
            pieces = re.split(f"({pattern.pattern})", run.text)
            for piece in filter(None, pieces):
                copied = deepcopy(run._r)
                run._r.addprevious(copied)
                text = Run(copied, paragraph)
                text.text = piece
                if piece in links:
                    if LINKED in document.styles:
                        text.style = document.styles[LINKED]
                    link = OxmlElement("w:hyperlink")
                    relation = document.part.relate_to(links[piece], RT.HYPERLINK, is_external=True)
                    link.set(qn("r:id"), relation)
                    copied.addprevious(link)
                    link.append(copied)
            run._r.getparent().remove(run._r)


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
