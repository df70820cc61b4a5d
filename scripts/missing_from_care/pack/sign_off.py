"""The sheet on which an officer signs a response off: what the program checked, what people do."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from missing_from_care.base.project import template_file
from missing_from_care.base.texts import long_day
from missing_from_care.documents.letter import settings_to_check
from missing_from_care.documents.word import rendered
from missing_from_care.response.answers import Response

TEMPLATE = template_file("sign_off.docx")
Check = tuple[str, str]


def checks_of(response: Response, record: Mapping[str, Any], on: date) -> list[Check]:
    """What the program can say for itself: each check with its result.

    Args:
        response: the request and its answers.
        record: its provenance.
        on: today, for the settings whose review date has passed.
    """
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
    """The sign-off sheet of a response as a Word document; private.

    Args:
        response: the request; its `words` hold what people check and who signs.
        checks: what the program checked, with the results.
        template: a Word document with the tags of docs/letter.md.

    Raises:
        DataFault, UsageFault: the template cannot be used.
    """
    due = f"Due: {long_day(response.due_on)}." if response.due_on else "No date is due."
    kinds = ("by_hand", "role")
    lists = {
        kind: [text for key, text in response.words.items() if key.startswith(f"{kind}:")]
        for kind in kinds
    }
    title = f"Sign-off sheet: request {response.request_ref}"
    context = {
        "title": title,
        "reference": response.request_ref,
        "opening": [response.subject, due],
        "checks": [{"what": what, "result": result} for what, result in checks],
        **lists,
    }
    name = response.authority["name"]
    return rendered(template, context, title, name, response.dated)
