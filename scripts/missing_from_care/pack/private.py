"""What the council keeps of a response: the numbers, the audit, and who signs."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb

from missing_from_care.base.faults import DataFault
from missing_from_care.base.project import CHECKOUT
from missing_from_care.disclosure.assessment import assessment_page, audit_record
from missing_from_care.disclosure.rules import Rules
from missing_from_care.disclosure.verdict import Verdict
from missing_from_care.documents.open_data import as_json
from missing_from_care.documents.quality.reading import summary, without_children
from missing_from_care.documents.workbook.content import workbook_content
from missing_from_care.documents.workbook.writing import opendocument_bytes, workbook_bytes
from missing_from_care.pack.sign_off import checks_of, sign_off_bytes
from missing_from_care.response.answers import Response
from missing_from_care.response.names import file_stem

# The checks are a tool of their own, which is no part of this package.
sys.path.append(str(CHECKOUT / "tools"))
from accessibility import CHECKS, check_workbook


def private_files(
    response: Response,
    safe: Response,
    verdict: Verdict,
    rules: Rules,
    record: Mapping[str, Any],
    public: Mapping[str, bytes],
    lost: Sequence[str],
    warehouse: duckdb.DuckDBPyConnection,
) -> dict[str, bytes]:
    """Everything that is kept and not published.

    Args:
        response: with every number.
        safe: the same as it is published.
        verdict: of the gate.
        rules: that it was judged by.
        record: where it came from.
        public: the public files, by name.
        lost: sentences on what was lost of the returns.
        warehouse: open for reading.
    """
    stem = file_stem(response.request_ref)
    unprotected = f"{stem}-not-for-release.xlsx"
    withheld = f"{len(verdict.withheld)} of {len(verdict.printed)} figures withheld"
    checks = [
        *checks_of(safe, record, date.today()),
        ("Rows lost", " ".join(lost) or "none"),
        ("Small numbers", f"{withheld}, {len(verdict.cover)} as cover; the audit found none open"),
        ("Leak scan", f"nothing found in {len(public)} public files"),
        ("Accessibility of the workbook", f"{len(CHECKS)} of {len(CHECKS)} checks passed"),
    ]
    return {
        unprotected: checked_workbook(response, unprotected),
        "assessment.html": assessment_page(response, rules, verdict),
        "audit.json": as_json(audit_record(rules, verdict)),
        "accessibility.json": as_json(
            [
                {"check": each.check_id, "asks": each.rule, "result": "passed"}
                for each in CHECKS.values()
            ]
        ),
        "quality.json": as_json(without_children(summary(warehouse))),
        "provenance.json": as_json(record),
        f"{stem}-sign-off.docx": sign_off_bytes(safe, checks),
    }


def checked_workbook(response: Response, name: str) -> bytes:
    """The workbook of a response, once it passes every check of accessibility.

    Args:
        response: the request and its answers.
        name: of the file, which ends in `.xlsx` or `.ods`.

    Raises:
        DataFault: a text cannot be shown accessibly.
    """
    try:
        content = workbook_content(response)
        data = opendocument_bytes(content) if name.endswith(".ods") else workbook_bytes(content)
    except ValueError as problem:
        raise DataFault(f"Request {response.request_ref}: {problem}") from None
    if findings := check_workbook(data, file_name=name):
        raise DataFault(
            *(
                f"Request {response.request_ref}: the workbook {name} is not accessible "
                f"({' '.join(filter(None, (each.check, each.sheet, each.cell)))}): {each.sentence}"
                for each in findings
            )
        )
    return data
