"""The disclosure log: what was asked, what was answered, and the files to take it from."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from missing_from_care.faults import ProtectionFault
from missing_from_care.open_data.files import as_json
from missing_from_care.page.page import rendered
from missing_from_care.response.answers import Response
from missing_from_care.response.names import version_folder
from missing_from_care.texts import INVENTED_CHILDREN, LICENCE_ADDRESS
from missing_from_care.workbook.content import workbook_content


def disclosure_log_entry(response: Response, files: Mapping[str, bytes], version: int = 1) -> bytes:
    """The entry of a response in the disclosure log, as JSON.

    Args:
        response: the request and its answers, protected.
        files: all files of its pack, by name; they stand in a folder named as `folder` says.
        version: of the response; from the second it names the one before and what was revised.

    Raises:
        ProtectionFault: the response is not protected, so nothing of it may be published.
    """
    if not response.is_protected:
        raise ProtectionFault(
            f"Request {response.request_ref} does not enter the disclosure log: its small numbers "
            "are not protected yet."
        )
    content = workbook_content(response)
    headings = dict.fromkeys(each.heading for table in response.tables for each in table.answers)
    breakdowns = dict.fromkeys(table.breakdown for table in response.tables if table.breakdown)
    by = f" By: {'; '.join(breakdowns)}." if breakdowns else ""
    return as_json(
        {
            "reference": response.request_ref,
            "title": response.subject,
            "summary": f"Counted: {'; '.join(headings)}.{by}",
            "keywords": [*content.keywords, *headings, *breakdowns],
            "publisher": response.authority["name"],
            "language": content.language,
            "received_on": response.received_on.isoformat() if response.received_on else None,
            "responded_on": response.responded_on.isoformat() if response.responded_on else None,
            "is_of_invented_children": response.is_of_invented_children,
            "licence": {
                "id": response.authority["licence_id"],
                "title": response.authority["licence"],
                "address": LICENCE_ADDRESS,
            },
            "folder": version_folder(response.request_ref, version),
            "version": version,
            "replaces": version_folder(response.request_ref, version - 1) if version > 1 else None,
            "revised": _revised(response) if version > 1 else [],
            "files": [
                {"name": name, "bytes": len(data), "sha256": sha256(data).hexdigest()}
                for name, data in files.items()
            ],
        }
    )


def index_page(entries: Iterable[bytes]) -> bytes:
    """The page of the disclosure log, the newest response first.

    Args:
        entries: what `disclosure_log_entry` gave for each published response.
    """
    first: dict[str, Any] = {"version": 1, "replaces": None, "revised": []}
    read = [first | json.loads(entry) for entry in entries]
    replaced = {entry["replaces"]: entry["folder"] for entry in read}
    read = [entry | {"replaced_by": replaced.get(entry["folder"])} for entry in read]
    read.sort(key=lambda entry: entry["reference"])
    read.sort(key=lambda entry: entry["responded_on"] or entry["received_on"] or "", reverse=True)
    return rendered("index.html.j2", entries=read, invented=INVENTED_CHILDREN)


def _revised(response: Response) -> list[str]:
    """The figures that carry a note of having been revised, each once."""
    told = [text for name, text in response.notes.items() if name.startswith("revised_since ")]
    return list(
        dict.fromkeys(
            f"{each.heading}, {each.period}"
            + (f", {each.category_label}" if each.breakdown != "none" else "")
            for table in response.tables
            for each in table.answers
            if each.note and any(text in each.note for text in told)
        )
    )
