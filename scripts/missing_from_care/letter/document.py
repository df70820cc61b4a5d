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
from docxtpl import DocxTemplate
from jinja2 import Environment, StrictUndefined, TemplateError
from lxml.etree import XMLSyntaxError

from missing_from_care.faults import DataFault, UsageFault
from missing_from_care.fixed_zip import fixed_zip
from missing_from_care.workbook.cells import one_line

LANGUAGE = "en-GB"
PRIVATE = re.compile(rb"w:author=|w15:author=|attachedTemplate")
"""What comments, tracked changes and a template's path leave: names of persons and folders."""

KEPT = ("/styles", "/settings", "/numbering", "/fontTable", "/theme", "/webSettings", "/header")
KEPT += ("/footer", "/footnotes", "/endnotes", "/image", "/hyperlink")
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
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError):
        raise UsageFault(f"{template} is not there or is no Word document (.docx).") from None
    try:
        filled.render(context, Environment(undefined=StrictUndefined, autoescape=True))
    except (TemplateError, XMLSyntaxError) as problem:
        raise DataFault(
            f"{template.name}: {problem}. Mend the tag in Word; docs/letter.md lists them."
        ) from None
    _set_properties(filled.docx, title, author, dated)
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


def _set_properties(document: Document, title: str, author: str, dated: date) -> None:
    """Leaves the template's own properties behind and sets what a reader needs."""
    package = document.part.package
    for relations, kept in (
        (package.rels, ("/officeDocument",)),
        (document.part.rels, KEPT),
    ):
        for name in [name for name, each in relations.items() if not each.reltype.endswith(kept)]:
            del relations[name]
    properties = document.core_properties
    properties.title, properties.language = title[:255], LANGUAGE
    properties.author = properties.last_modified_by = author
    properties.created = properties.modified = datetime.combine(dated, time.min)


def _refuse_gaps(document: Document, context: Mapping[str, Any], name: str) -> None:
    """Refuses a document without a text that it should hold."""
    sections = document.sections
    places = [document, *(s.header for s in sections), *(s.footer for s in sections)]
    held = "\n".join(
        "".join(node.text or "" for node in paragraph.iter(qn("w:t")))
        for place in places
        for paragraph in place._element.iter(qn("w:p"))
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
