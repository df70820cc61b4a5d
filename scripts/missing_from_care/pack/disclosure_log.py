"""The disclosure log: an entry for each response, and the page and the feed that list them."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup

from missing_from_care.base.faults import DataFault, ProtectionFault
from missing_from_care.base.texts import INVENTED_CHILDREN, LICENCE_ADDRESS, one_line
from missing_from_care.base.whole_files import write_file_whole
from missing_from_care.disclosure.ledger import read_ledger
from missing_from_care.documents import sentences
from missing_from_care.documents.open_data import as_json
from missing_from_care.documents.page.page import HERE as TEMPLATES
from missing_from_care.documents.page.page import pack_files, rendered
from missing_from_care.documents.workbook.content import workbook_content
from missing_from_care.pack.beside import entry_of, is_sent, packs_in
from missing_from_care.response.answers import LEDGER, Response, version_folder

OUTCOMES = {
    "released": "Released in full",
    "partly_released": "Released in part",
    "withheld": "Withheld",
    "refused": "Refused for its cost",
    "not_held": "Not held",
}
SECTION = r"section \d+[A-Z]?(?:\(\w+\))*"
EXEMPTION = re.compile(rf"({SECTION})(?: with {SECTION})? of the ([A-Z][\w ]*? Act \d{{4}})")
FIRST: dict[str, Any] = {
    "version": 1, "replaces": None, "revised": [], "asked": [], "outcome": "", "exemptions": [],
}  # fmt: skip
"""What an entry of an earlier version of this program does not say."""


def disclosure_log_entry(response: Response, files: Mapping[str, bytes], version: int = 1) -> bytes:
    """The entry of a response in the disclosure log, as JSON, with the files of its pack by name.
    From the second version it names the one before and what was revised. A ProtectionFault: the
    response is not protected, so nothing of it may be published."""
    if not response.is_protected:
        raise ProtectionFault(
            f"Request {response.request_ref} does not enter the disclosure log: its small numbers "
            "are not protected yet."
        )
    content = workbook_content(response)
    headings = dict.fromkeys(each.heading for each in response.answers)
    breakdowns = dict.fromkeys(table.breakdown for table in response.tables if table.breakdown)
    by = f" By: {'; '.join(breakdowns)}." if breakdowns else ""
    asked = dict.fromkeys(
        (table.question_no, *said)
        for table in response.tables
        for said in sentences.wordings(table)
    )
    names = {"response.html": "Web page"} | pack_files(response)
    return as_json(
        {
            "reference": response.request_ref,
            "title": response.subject,
            "asked": [
                {"question": f"{number}{part}", "wording": one_line(wording)}
                for number, part, wording in asked
            ],
            "summary": f"Counted: {'; '.join(headings)}.{by}" if headings else "No figures.",
            "outcome": outcome(response),
            "exemptions": exemptions(response),
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
            "revised": sentences.revised_figures(response) if version > 1 else [],
            "files": [
                {
                    "name": name,
                    "title": names.get(name, "For machines"),
                    "bytes": len(data),
                    "sha256": sha256(data).hexdigest(),
                }
                for name, data in files.items()
            ],
        }
    )


def outcome(response: Response) -> str:
    """What became of a request: a key of `OUTCOMES`. A range is a part of what was asked for. What
    is not applicable was not lacking."""
    is_refused = response.handling.estimate is not None
    answers = response.answers
    is_given = any(each.value is not None or each.is_range for each in answers)
    is_withheld = any(each.is_withheld for each in answers)
    is_lacking = any(each.marker == "[x]" for each in answers)
    if is_given:
        is_whole = not (is_withheld or is_lacking or is_refused)
        return "released" if is_whole else "partly_released"
    if is_refused and not is_withheld:
        return "refused"
    return "withheld" if is_withheld else "not_held"


def exemptions(response: Response) -> list[str]:
    """The exemptions that the refusal names with their Act, each once."""
    texts = (*response.refusal, *sentences.cost_paragraphs(response))
    found = (match for text in texts for match in EXEMPTION.findall(text))
    return list(dict.fromkeys(f"{act}, {section}" for section, act in found))


def log_pages(entries: Iterable[bytes]) -> dict[str, bytes]:
    """The disclosure log as a page and as an Atom feed, by file name, the newest response first, of
    what `disclosure_log_entry` gave for each response that was sent."""
    read = [FIRST | json.loads(entry) for entry in entries]
    replaced = {entry["replaces"]: entry["folder"] for entry in read}
    for entry in read:
        entry["replaced_by"] = replaced.get(entry["folder"])
        entry["outcome_in_words"] = OUTCOMES.get(entry["outcome"], "")
        entry["id"] = uuid5(NAMESPACE_URL, f"{entry['publisher']} {entry['folder']}").urn
    read.sort(key=lambda entry: entry["reference"])
    read.sort(key=lambda entry: entry["responded_on"] or "", reverse=True)
    publisher = read[0]["publisher"] if read else ""
    outcomes = {key: text for key, text in OUTCOMES.items() if key in {e["outcome"] for e in read}}
    years = sorted({date.fromisoformat(e["responded_on"]).year for e in read}, reverse=True)
    # The page lets this script run and no other: the policy names its hash.
    script = Markup((TEMPLATES / "log.js").read_text(encoding="utf-8"))
    digest = b64encode(sha256(script.encode()).digest()).decode()
    values = {"entries": read, "invented": INVENTED_CHILDREN}
    return {
        "index.html": rendered(
            "index.html.j2",
            outcomes=outcomes,
            years=years,
            script=script,
            script_hash=Markup(f"sha256-{digest}"),
            **values,
        ),
        "feed.atom": rendered(
            "feed.atom.j2", feed_id=uuid5(NAMESPACE_URL, publisher).urn, **values
        ),
    }


def write_index(out: Path) -> list[str]:
    """Writes the page and the feed that list every pack of a folder that was sent; gives sentences
    on packs that they cannot list, since their entries are damaged."""
    entries, remarks = [], []
    ledger = read_ledger(out / LEDGER)
    for pack in packs_in(out):
        try:
            entry = entry_of(pack)
            if is_sent(pack, entry["reference"], ledger):
                entries.append(json.dumps(entry).encode())
        except DataFault as fault:
            remarks += [f"{sentence} The index page lacks it." for sentence in fault.sentences]
    for name, data in log_pages(entries).items():
        write_file_whole(out / name, data, mode=0o644)
    return remarks
