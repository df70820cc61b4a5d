"""Makes the pack of a response: what is public and what is private, whole or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from missing_from_care.disclosure.assessment import refusal
from missing_from_care.disclosure.counting import counting
from missing_from_care.disclosure.gate import judge
from missing_from_care.disclosure.leaks import blank_response, leaks, secrets_of
from missing_from_care.disclosure.ledger import add_to_ledger, holding, read_ledger
from missing_from_care.disclosure.rule_seeds import read_rules
from missing_from_care.disclosure.rules import Rules
from missing_from_care.disclosure.verdict import Verdict, protected, released
from missing_from_care.disclosure_log.log import disclosure_log_entry, index_page
from missing_from_care.faults import ProtectionFault
from missing_from_care.letter.writing import letter_bytes
from missing_from_care.open_data.files import open_data_files
from missing_from_care.pack.private import checked_workbook, private_files
from missing_from_care.pack.provenance import checksums, provenance
from missing_from_care.page.page import file_stem, page_bytes
from missing_from_care.response.answers import Response
from missing_from_care.response.reading import losses, losses_in_short, read_response
from missing_from_care.warehouse import open_warehouse
from missing_from_care.whole_files import replacing_folder, write_file_whole

LEDGER = "ledger.csv"
LOG_ENTRY = "disclosure-log.json"


@dataclass(frozen=True)
class Pack:
    """A response that passed the gate, with its files.

    Attributes:
        response: as it is published.
        verdict: of the gate.
        rules: that it was judged by.
        record: where it came from.
        folder: where it belongs.
        public, private: what the files hold, by name.
        lost: sentences on what was lost of the returns, in short.
    """

    response: Response
    verdict: Verdict
    rules: Rules
    record: Mapping[str, Any]
    folder: Path
    public: Mapping[str, bytes]
    private: Mapping[str, bytes]
    lost: tuple[str, ...]


@contextmanager
def making_pack(
    database: Path, request_ref: str, out: Path, *, again: bool = False
) -> Iterator[Pack]:
    """Makes a pack, and holds the ledger until the block has ended.

    Args:
        database: the DuckDB file; it is only read.
        request_ref: the authority's reference, as in the register.
        out: the folder of all packs, with the ledger.
        again: the pack was made before: what was released after it is left out of account.

    Raises:
        UsageFault, DataFault: the request cannot be answered.
        ProtectionFault: a cell cannot be protected, or something secret would be public.
        BusyFault: another export is at work.
    """
    with open_warehouse(database) as warehouse:
        response = read_response(warehouse, request_ref)
        rules = read_rules(warehouse, response.dated)
        lost, lost_in_short = losses(warehouse), losses_in_short(warehouse)
    with holding(out / LEDGER):
        ledger = read_ledger(out / LEDGER)
        if again:
            own = [at for at, row in enumerate(ledger) if row.request_ref == request_ref]
            ledger = ledger[: max(own, default=-1) + 1]
        verdict = judge(response, rules, counting(database, rules), ledger)
        with open_warehouse(database) as warehouse:
            safe = protected(response, rules, verdict)
            safe = replace(safe, refusal=refusal(warehouse, safe))
            record = provenance(safe, warehouse)
            public = public_files(safe)
            _refuse_leaks(warehouse, safe, verdict, public)
        with open_warehouse(database, "dq_findings") as warehouse:
            private = private_files(response, safe, verdict, rules, record, public, lost, warehouse)
        folder = out / file_stem(request_ref)
        yield Pack(safe, verdict, rules, record, folder, public, private, lost_in_short)


def write_pack(pack: Pack, today: date) -> None:
    """Writes a pack in the place of an older one, and what it releases to the ledger.

    The ledger comes first: it may name what a killed run did not publish, never the other way.

    Args:
        pack: made within `making_pack`.
        today: the day of release, if the register does not say when it was answered.
    """
    out = pack.folder.parent
    digest = sha256(pack.public[f"{pack.folder.name}.xlsx"]).hexdigest()
    on = pack.response.responded_on or today
    rows = released(pack.response, pack.verdict, on, digest)
    known = {(each.request_ref, each.cell, each.value) for each in read_ledger(out / LEDGER)}
    with replacing_folder(pack.folder) as folder:
        for name, files in (("public", pack.public), ("private", pack.private)):
            (folder / name).mkdir(mode=0o755 if name == "public" else 0o700)
            for file_name, data in files.items():
                target = folder / name / file_name
                target.write_bytes(data)
                target.chmod(0o644 if name == "public" else 0o600)
        sums = folder / "private" / "SHA256SUMS"
        sums.write_text(checksums(folder, "private/SHA256SUMS"), encoding="utf-8")
        sums.chmod(0o600)
        new = [row for row in rows if (row.request_ref, row.cell, row.value) not in known]
        if new:
            add_to_ledger(out / LEDGER, new)
    # A killed run may have left a folder with a dot, which is no pack.
    entries = [file.read_bytes() for file in sorted(out.glob(f"[!.]*/public/{LOG_ENTRY}"))]
    write_file_whole(out / "index.html", index_page(entries), mode=0o644)


def public_files(response: Response) -> dict[str, bytes]:
    """Everything that is published, from the protected response alone.

    Raises:
        DataFault: a text cannot be shown accessibly.
    """
    stem = file_stem(response.request_ref)
    files = {
        f"{stem}.xlsx": checked_workbook(response, f"{stem}.xlsx"),
        f"{stem}-letter.docx": letter_bytes(response),
        "response.html": page_bytes(response),
        **open_data_files(response),
    }
    return files | {LOG_ENTRY: disclosure_log_entry(response, files)}


def _refuse_leaks(
    warehouse: duckdb.DuckDBPyConnection,
    safe: Response,
    verdict: Verdict,
    public: Mapping[str, bytes],
) -> None:
    secrets = secrets_of(warehouse, safe, [verdict.printed[cell] for cell in verdict.withheld])
    blank = public_files(blank_response(safe))
    if found := leaks(public, secrets, blank):
        raise ProtectionFault(*(f"Request {safe.request_ref}: {sentence}" for sentence in found))
