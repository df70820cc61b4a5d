"""Makes the pack of a response, whole or not at all: what is published, and what the council keeps
(numbers, audit, who signs). Makes one again to compare its bytes."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from missing_from_care.base.faults import DataFault, ProtectionFault, UsageFault
from missing_from_care.base.fixed_zip import zip_of
from missing_from_care.base.project import CHECKOUT, template_file
from missing_from_care.base.settings import refuse_open_settings
from missing_from_care.base.texts import long_day
from missing_from_care.base.warehouse import open_warehouse, refuse_failed_build
from missing_from_care.base.whole_files import replacing_folder
from missing_from_care.disclosure import ledger
from missing_from_care.disclosure.assessment import assessment_page, audit_record, refusal
from missing_from_care.disclosure.gate import Verdict, judge, protected, released
from missing_from_care.disclosure.leaks import blank_response, leaks, secrets_of
from missing_from_care.disclosure.rules import Rules, read_rules
from missing_from_care.documents.letter import letter_bytes, settings_to_check
from missing_from_care.documents.open_data import as_json, open_data_files
from missing_from_care.documents.page.page import page_bytes
from missing_from_care.documents.quality.report import summary, without_children
from missing_from_care.documents.word import rendered
from missing_from_care.documents.workbook.content import workbook_content
from missing_from_care.documents.workbook.writing import opendocument_bytes, workbook_bytes
from missing_from_care.pack import beside
from missing_from_care.pack.disclosure_log import disclosure_log_entry, write_index
from missing_from_care.pack.provenance import checksums, differences, provenance
from missing_from_care.response import reading
from missing_from_care.response.answers import LEDGER, Response, file_stem, version_folder

# The checks are a tool of their own, which is no part of this package.
sys.path.append(str(CHECKOUT / "tools"))
from accessibility import CHECKS, check_workbook

TEMPLATE = template_file("sign_off.docx")
Check = tuple[str, str]


@dataclass(frozen=True)
class Pack:
    """A response that passed the gate, as it is published, with its files.

    Attributes:
        verdict, rules: of the gate, and by which it was judged.
        record: where it came from.
        folder: where it belongs.
        public, private: what the files hold, by name.
        lost: sentences on what was lost of the returns, in short.
        rows_before, seed: how many rows the ledger had then, and by which seed cover was chosen.
        is_sent: it lies there already as it was sent, and stays.
    """

    response: Response
    verdict: Verdict
    rules: Rules
    record: Mapping[str, Any]
    folder: Path
    public: Mapping[str, bytes]
    private: Mapping[str, bytes]
    lost: tuple[str, ...]
    rows_before: int
    seed: bytes
    is_sent: bool = False


Step = Callable[[str], None]


@contextmanager
def making_pack(
    database: Path,
    request_ref: str,
    out: Path,
    *,
    again: tuple[beside.Version, int] | None = None,
    step: Step = lambda _: None,
) -> Iterator[Pack]:
    """Makes a pack, and holds the ledger until the block has ended.

    Where a version was sent that holds other bytes, the pack is a new version, dated today.

    Args:
        database: the DuckDB file; it is only read.
        request_ref: the authority's reference, as in the register.
        out: the folder of all packs, with the ledger.
        again: make this version, as when the ledger had so many rows.
        step: is told what the making is at.

    Raises:
        UsageFault, DataFault: the request cannot be answered, the last build did not pass, or the
            ledger lost rows.
        ProtectionFault: a cell cannot be protected, or something secret would be public.
        BusyFault: another export or a refresh is at work.
    """
    # A refresh may make the place lead to another file in the middle.
    database = database.resolve()
    with open_warehouse(database) as warehouse:
        refuse_failed_build(warehouse, database)
        if not reading.is_of_invented_children(warehouse):
            refuse_open_settings(warehouse)
        response = reading.read_response(warehouse, request_ref)
    with ledger.holding(out / LEDGER):
        beside.refuse_lost_rows(out / LEDGER)
        if again:
            yield _made(database, response, out, *again, step)
            return
        rows = len(ledger.read_rows(out / LEDGER))
        folder = next(reversed(beside.versions_of(out, request_ref)), None)
        version = beside.version_in(folder) if folder else beside.Version()
        if folder and beside.is_sent(folder, request_ref, ledger.read_ledger(out / LEDGER)):
            if pack := _as_sent(database, response, folder, step):
                yield pack
                return
            version = beside.Version(version.number + 1, date.today())
        yield _made(database, response, out, version, rows, step)


def _as_sent(database: Path, response: Response, folder: Path, step: Step) -> Pack | None:
    """A pack that was sent; None if it would hold other bytes now. It is judged as it was then, so
    that what others released since makes no new version."""
    rows = beside.ledger_of(folder)["rows_before"]
    try:
        pack = _made(database, response, folder.parent, beside.version_in(folder), rows, step)
    except ProtectionFault:
        return None
    return replace(pack, is_sent=True) if public_bytes(folder) == pack.public else None


def _made(
    database: Path, response: Response, out: Path, version: beside.Version, rows: int, step: Step
) -> Pack:
    """Makes a version of a pack under so many rows of the ledger."""
    request_ref = response.request_ref
    with open_warehouse(database) as warehouse:
        if version.dated:
            response = reading.dated_anew(response, version.dated, warehouse)
        rules = read_rules(warehouse, response.dated)
        lost, lost_in_short = reading.losses(warehouse), reading.losses_in_short(warehouse)
        earlier, seed = ledger.read_ledger(out / LEDGER, rows), ledger.seed_of(out / LEDGER)
        step("withhold small numbers and audit the rest")
        verdict = judge(response, rules, warehouse, earlier, seed)
        safe = protected(response, verdict)
        safe = replace(safe, refusal=refusal(warehouse, safe))
        record = provenance(safe, warehouse)
        step("make the letter, the workbook, the page and the open data")
        public = public_files(safe, version.number)
        step("look for what must not be public in them")
        withheld = [verdict.printed[figure] for figure in verdict.withheld]
        secrets = secrets_of(warehouse, safe, withheld)
        blank = public_files(blank_response(safe), version.number)
        if found := leaks(public, secrets, blank):
            raise ProtectionFault(*(f"Request {request_ref}: {sentence}" for sentence in found))
    step("make the private files")
    folder = out / version_folder(request_ref, version.number)
    pack = Pack(safe, verdict, rules, record, folder, public, {}, lost_in_short, rows, seed)
    with open_warehouse(database, "dq_findings") as warehouse:
        return replace(pack, private=private_files(pack, response, lost, warehouse))


def write_pack(pack: Pack, today: date) -> list[str]:
    """Writes a pack in the place of one that was not sent, and what it releases to the ledger;
    raises and gives sentences as `write_index`. The ledger comes first: it may name what a killed
    run did not publish, never the other way. Released is it today, if the register does not say
    when it was answered."""
    if pack.is_sent:
        return []
    out = pack.folder.parent
    workbook = f"{file_stem(pack.response.request_ref)}.xlsx"
    digest = sha256(pack.public[workbook]).hexdigest()
    on = pack.response.responded_on or today
    rows = released(pack.response, pack.verdict, on, digest)
    added = ledger.with_added(out / LEDGER, rows, pack.seed)
    marked = {"rows_before": pack.rows_before, "rows": added.rows, "chain": added.chain}
    private = {**pack.private, "provenance.json": as_json({**pack.record, "ledger": marked})}
    with replacing_folder(pack.folder) as folder:
        for name, files in (("public", pack.public), ("private", private)):
            (folder / name).mkdir(mode=0o755 if name == "public" else 0o700)
            for file_name, data in files.items():
                target = folder / name / file_name
                target.write_bytes(data)
                target.chmod(0o644 if name == "public" else 0o600)
        sums = folder / "private" / "SHA256SUMS"
        sums.write_text(checksums(folder, "private/SHA256SUMS"), encoding="utf-8")
        sums.chmod(0o600)
        ledger.write_ledger(out / LEDGER, added)
    return write_index(out)


def public_files(response: Response, version: int = 1) -> dict[str, bytes]:
    """All that is published, from the protected response alone; raises as `checked_workbook`."""
    stem = file_stem(response.request_ref)
    files = {
        f"{stem}.xlsx": checked_workbook(response, f"{stem}.xlsx"),
        f"{stem}.ods": checked_workbook(response, f"{stem}.ods"),
        f"{stem}-letter.docx": letter_bytes(response),
        "response.html": page_bytes(response),
        **open_data_files(response),
    }
    files[f"{stem}.zip"] = zip_of(files)
    return files | {beside.LOG_ENTRY: disclosure_log_entry(response, files, version)}


def public_bytes(folder: Path) -> dict[str, bytes]:
    """The public files of a pack that was written, by name."""
    public = folder / "public"
    return {
        file.relative_to(public).as_posix(): file.read_bytes()
        for file in sorted(public.rglob("*"))
        if file.is_file()
    }


def verified(folder: Path, database: Path) -> str:
    """Makes the pack in a folder again from the inputs that it names, which built the warehouse;
    gives a sentence that every public file is the same. A UsageFault: this is no pack. A DataFault:
    a file differs, with the inputs that differ; or the ledger lost rows."""
    folder = folder.resolve()
    try:
        record = json.loads((folder / beside.RECORD).read_text(encoding="utf-8"))
        request_ref = record["request"]["stg_foi_requests"][0]["request_ref"]
        rows = record["ledger"]["rows_before"]
    except (OSError, ValueError, LookupError, TypeError):
        raise UsageFault(
            f"{folder} is no pack: name a folder of responses with private/provenance.json."
        ) from None
    again = beside.version_in(folder), rows
    with making_pack(database, request_ref, folder.parent, again=again) as pack:
        kept = public_bytes(folder)
    differing = [
        name
        for name in sorted(kept.keys() | pack.public.keys())
        if kept.get(name) != pack.public.get(name)
    ]
    if not differing:
        return f"All {len(kept)} public files of {request_ref} are the same, byte for byte."
    causes = differences(record, pack.record)
    raise DataFault(
        f"{', '.join(differing)} of {request_ref} cannot be made again as they are.",
        *(causes or ["No input differs, so the files were changed after they were written."]),
    )


def private_files(
    pack: Pack, response: Response, lost: Sequence[str], warehouse: duckdb.DuckDBPyConnection
) -> dict[str, bytes]:
    """Everything that is kept and not published, from the response with every number and sentences
    on what was lost of the returns."""
    verdict, stem = pack.verdict, file_stem(response.request_ref)
    unprotected = f"{stem}-not-for-release.xlsx"
    withheld = f"{len(verdict.withheld)} of {len(verdict.printed)} figures withheld"
    checks = [
        *checks_of(pack.response, pack.record, date.today()),
        ("Rows lost", " ".join(lost) or "none"),
        ("Small numbers", f"{withheld}, {len(verdict.cover)} as cover; the audit found none open"),
        ("Leak scan", f"nothing found in {len(pack.public)} public files"),
        ("Accessibility of the workbook", f"{len(CHECKS)} of {len(CHECKS)} checks passed"),
    ]
    return {
        unprotected: checked_workbook(response, unprotected),
        "assessment.html": assessment_page(response, pack.rules, verdict),
        "audit.json": as_json(audit_record(pack.rules, verdict)),
        "accessibility.json": as_json(
            [{"check": e.check_id, "asks": e.rule, "result": "passed"} for e in CHECKS.values()]
        ),
        "quality.json": as_json(without_children(summary(warehouse))),
        "provenance.json": as_json(pack.record),
        f"{stem}-sign-off.docx": sign_off_bytes(pack.response, checks),
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
    """The sign-off sheet of a response as a Word document; private.

    Args:
        response: the request; its `words` hold what people check and who signs.
        checks: what the program checked, with the results.
        template: a Word document with the tags of docs/letter.md.

    Raises:
        DataFault, UsageFault: the template cannot be used.
    """
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
