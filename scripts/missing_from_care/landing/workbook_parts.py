"""Looks through the parts of a workbook before it is read as one."""

import hashlib
import re
import zipfile
from dataclasses import dataclass

from missing_from_care.faults import DataFault
from missing_from_care.landing.source_tables import Openable
from missing_from_care.landing.zip_limits import DAMAGE, beyond_limits

MOST_BYTES_OF_A_WORKBOOK = 1 << 30
MOST_BYTES_OF_SHARED_TEXT = 200 << 20
CHUNK = 1 << 20
STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml"
SAVE_AS = (
    "open it in your spreadsheet program and save it as “Excel workbook (.xlsx)” without a "
    "password, or move it out of the source folder if it is no extract"
)


@dataclass(frozen=True)
class Book:
    """A workbook with what its bytes say about it."""

    path: Openable
    file: str
    sha256: str
    parts_with_formulas: frozenset[str]


def inspect(path: Openable, file: str) -> Book:
    """Reads all bytes once, and every part of the workbook, before openpyxl does."""
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        try:
            with zipfile.ZipFile(stream) as archive:
                too_much = beyond_limits(archive.infolist(), MOST_BYTES_OF_A_WORKBOOK)
                if too_much:
                    raise DataFault(f"{file} {too_much}: {SAVE_AS}.")
                formulas = {
                    part.filename
                    for part in archive.infolist()
                    if _inspect_part(archive, part, file)
                }
        except DAMAGE as problem:
            raise DataFault(damaged(file, type(problem).__name__)) from None
    return Book(path, file, sha256, frozenset(formulas))


def _inspect_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str) -> bool:
    """Reads a part to its end, so that damage shows; tells whether it holds a formula."""
    is_xml = part.filename.endswith((".xml", ".rels"))
    if part.filename.endswith("sharedStrings.xml") and part.file_size > MOST_BYTES_OF_SHARED_TEXT:
        raise DataFault(f"{file} holds too much text for one workbook: {SAVE_AS}.")
    has_formula, last = False, b""
    with archive.open(part) as stream:
        for chunk in iter(lambda: stream.read(CHUNK), b""):
            seam = last + chunk
            if is_xml and (b"<!DOCTYPE" in seam or b"<!ENTITY" in seam or b"\0" in seam):
                raise DataFault(
                    f"{file} holds a document type, an entity or NUL bytes, as no spreadsheet "
                    f"program writes them: {SAVE_AS}."
                )
            if is_xml and STRICT in seam:
                raise DataFault(f"{file} is a workbook of the kind “Strict Open XML”: {SAVE_AS}.")
            has_formula = has_formula or bool(re.search(rb"<(\w+:)?f[\s/>]", seam))
            last = chunk[-64:]
    return has_formula


def damaged(file: str, why: str) -> str:
    return f"{file} cannot be read as a workbook ({why}): {SAVE_AS}."
