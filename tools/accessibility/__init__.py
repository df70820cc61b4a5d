"""Checks a workbook against the 40 checks that a spreadsheet for everybody must pass.

Source of the rules: Government Analysis Function, "Making spreadsheets accessible: a brief
checklist of the basics" and "Releasing statistics in spreadsheets" (Open Government Licence v3),
in this project's own words. The ids follow the groups of that checklist: tables (T), notes (N),
shorthand (S), formatting (F), structure (St), before publishing (P), macros and the like (M).
"""

from pathlib import Path

from accessibility import document, tables, text
from accessibility.reading import CHECKS, Book, Check, Finding

__all__ = ["CHECKS", "Check", "Finding", "check_workbook", "document", "tables", "text"]


def check_workbook(workbook: Path | str | bytes, file_name: str | None = None) -> list[Finding]:
    """Makes all checks on a workbook.

    Args:
        workbook: the path of an `.xlsx` or `.ods` file, or its bytes.
        file_name: the name it will be published under, for P3. Default: the name in the path;
            without either, P3 finds nothing.

    Returns:
        What was found, in the order of `CHECKS`; empty if the workbook passes.

    Raises:
        ValueError: this is not a workbook.
        OSError: the file can not be read.
    """
    if isinstance(workbook, bytes):
        data, name = workbook, ""
    else:
        data, name = Path(workbook).read_bytes(), Path(workbook).name
    book = Book(data, name if file_name is None else file_name)
    return [finding for item in CHECKS.values() for finding in item.findings(book)]
