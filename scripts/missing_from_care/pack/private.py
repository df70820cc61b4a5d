"""What the council keeps of a response: the numbers, the audit, and who signs."""

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from missing_from_care.base.faults import DataFault
from missing_from_care.base.project import CHECKOUT, template_file
from missing_from_care.base.texts import long_day
from missing_from_care.disclosure.assessment import assessment_page, audit_record
from missing_from_care.disclosure.gate import Verdict
from missing_from_care.disclosure.rules import Rules
from missing_from_care.documents.letter import settings_to_check
from missing_from_care.documents.open_data import as_json
from missing_from_care.documents.quality.reading import summary, without_children
from missing_from_care.documents.word import rendered
from missing_from_care.documents.workbook.content import workbook_content
from missing_from_care.documents.workbook.writing import opendocument_bytes, workbook_bytes
from missing_from_care.response.answers import Response
from missing_from_care.response.names import file_stem

# The checks are a tool of their own, which is no part of this package.
sys.path.append(str(CHECKOUT / "tools"))
from accessibility import CHECKS, check_workbook

TEMPLATE = template_file("sign_off.docx")
Check = tuple[str, str]


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
    """Everything that is kept and not published: from the response with every number and as it is
    published (`safe`), the gate's verdict and rules, the record of where it came from, the public
    files by name and sentences on what was lost of the returns."""
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
            [{"check": e.check_id, "asks": e.rule, "result": "passed"} for e in CHECKS.values()]
        ),
        "quality.json": as_json(without_children(summary(warehouse))),
        "provenance.json": as_json(record),
        f"{stem}-sign-off.docx": sign_off_bytes(safe, checks),
    }


def checked_workbook(response: Response, name: str) -> bytes:
    """The workbook of a response, `.xlsx` or `.ods`, once it passes every check of accessibility; a
    DataFault if a text cannot be shown accessibly."""
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


def checks_of(response: Response, record: Mapping[str, Any], on: date) -> list[Check]:
    """What the program can say for itself today, by the provenance: each check with its result."""
    results = record["dbt_results"]
    counts = {key: n for key, n in results.get("counts", {}).items() if "test " in key}
    said = ", ".join(f"{key.replace('_', ' ')}: {n}" for key, n in counts.items())
    if results.get("selected"):
        said += f" (only of {' '.join(results['selected'])})"
    git = record["git"]
    version = f"commit {git['commit']}" if git else f"no git; {record['program_sha256']}"
    return [
        ("Tests of the data", said or "not known: build again with `dbt build`"),
        (
            "Disclosure protection",
            "passed" if response.is_protected else "NOT PROTECTED: not for release",
        ),
        ("Contact details", " ".join(settings_to_check(response, on)) or "none is due for review"),
        ("Program", version + (", changed since" if git.get("is_changed") else "")),
    ]


def sign_off_bytes(response: Response, checks: Sequence[Check], template: Path = TEMPLATE) -> bytes:
    """The sign-off sheet of a response as a Word document; private. The response's `words` hold
    what people check and who signs; `checks` what the program checked, with the results; `template`
    has the tags of docs/letter.md. Raises as `rendered`."""
    due = f"Due: {long_day(response.due_on)}." if response.due_on else "No date is due."
    title = f"Sign-off sheet: request {response.request_ref}"
    context = {
        "title": title,
        "reference": response.request_ref,
        "opening": [response.subject, due],
        "checks": [{"what": what, "result": result} for what, result in checks],
    }
    for kind in ("by_hand", "role"):
        found = [text for key, text in response.words.items() if key.startswith(f"{kind}:")]
        context[kind] = found
    return rendered(template, context, title, response.authority["name"], response.dated)
