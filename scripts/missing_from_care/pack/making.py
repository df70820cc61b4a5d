"""Makes the pack of a response: what is public and what is private, whole or not at all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import duckdb

from missing_from_care.accessibility.checking import check_workbook
from missing_from_care.faults import DataFault, ProtectionFault
from missing_from_care.release.assessment import assessment_page, refusal
from missing_from_care.release.counting import counting
from missing_from_care.release.gate import judge
from missing_from_care.release.leaks import leaks, secrets_of
from missing_from_care.release.ledger import add_to_ledger, holding, read_ledger
from missing_from_care.release.rules import Rules, read_rules
from missing_from_care.release.verdict import Verdict, protected, released
from missing_from_care.response.answers import Response, read_response
from missing_from_care.response.book import workbook_content
from missing_from_care.warehouse import open_warehouse
from missing_from_care.whole_files import replacing_folder
from missing_from_care.workbook.writing import workbook_bytes

LEDGER = "ledger.csv"


@dataclass(frozen=True)
class Pack:
    """A response that passed the gate, with its files.

    Attributes:
        response: as it is published.
        verdict: of the gate.
        rules: that it was judged by.
        folder: where it belongs.
        public, private: what the files hold, by name.
    """

    response: Response
    verdict: Verdict
    rules: Rules
    folder: Path
    public: Mapping[str, bytes]
    private: Mapping[str, bytes]


@contextmanager
def making_pack(database: Path, request_ref: str, out: Path) -> Iterator[Pack]:
    """Makes a pack, and holds the ledger until the block has ended.

    Args:
        database: the DuckDB file; it is only read.
        request_ref: the authority's reference, as in the register.
        out: the folder of all packs, with the ledger.

    Raises:
        UsageFault, DataFault: the request cannot be answered.
        ProtectionFault: a cell cannot be protected, or something secret would be public.
        BusyFault: another export is at work.
    """
    with open_warehouse(database) as warehouse:
        response = read_response(warehouse, request_ref)
        rules = read_rules(warehouse, response.dated)
    with holding(out / LEDGER):
        ledger = read_ledger(out / LEDGER)
        verdict = judge(response, rules, counting(database, rules), ledger)
        with open_warehouse(database) as warehouse:
            safe = protected(response, rules, verdict)
            safe = replace(safe, refusal=refusal(warehouse, verdict))
            public = public_files(safe)
            _refuse_leaks(warehouse, safe, verdict, public)
        private = {
            "assessment.html": assessment_page(response, rules, verdict),
            f"{stem(response)}-not-for-release.xlsx": checked_workbook(
                response, f"{stem(response)}-not-for-release.xlsx"
            ),
        }
        yield Pack(safe, verdict, rules, out / stem(response), public, private)


def write_pack(pack: Pack, today: date) -> None:
    """Writes a pack in the place of an older one, and what it releases to the ledger.

    The ledger comes first: it may name what a killed run did not publish, never the other way.

    Args:
        pack: made within `making_pack`.
        today: the day of release, if the register does not say when it was answered.
    """
    file = pack.folder.parent / LEDGER
    digest = sha256(pack.public[f"{stem(pack.response)}.xlsx"]).hexdigest()
    on = pack.response.responded_on or today
    rows = released(pack.response, pack.verdict, on, digest)
    known = {(each.request_ref, each.cell, each.value) for each in read_ledger(file)}
    with replacing_folder(pack.folder) as folder:
        for name, files in (("public", pack.public), ("private", pack.private)):
            (folder / name).mkdir(mode=0o755 if name == "public" else 0o700)
            for file_name, data in files.items():
                target = folder / name / file_name
                target.write_bytes(data)
                target.chmod(0o644 if name == "public" else 0o600)
        new = [row for row in rows if (row.request_ref, row.cell, row.value) not in known]
        if new:
            add_to_ledger(file, new)


def public_files(response: Response) -> dict[str, bytes]:
    """Everything that is published, from the protected response alone.

    Raises:
        DataFault: a text cannot be shown accessibly.
    """
    name = f"{stem(response)}.xlsx"
    return {name: checked_workbook(response, name)}


def checked_workbook(response: Response, name: str) -> bytes:
    """The workbook of a response, once it passes every check.

    Raises:
        DataFault: a text cannot be shown accessibly.
    """
    try:
        data = workbook_bytes(workbook_content(response, response.dated))
    except ValueError as problem:
        raise DataFault(f"Request {response.request_ref}: {problem}") from None
    if findings := check_workbook(data, file_name=name):
        raise DataFault(
            *(
                f"The workbook is not accessible ({each.check}): {each.sentence}"
                for each in findings
            )
        )
    return data


def stem(response: Response) -> str:
    """The reference as the name of a file or folder."""
    return response.request_ref.lower().replace("/", "-")


def _refuse_leaks(
    warehouse: duckdb.DuckDBPyConnection,
    safe: Response,
    verdict: Verdict,
    public: Mapping[str, bytes],
) -> None:
    secrets = secrets_of(warehouse, safe, [verdict.printed[cell] for cell in verdict.withheld])
    if found := leaks(public, secrets):
        raise ProtectionFault(*(f"Request {safe.request_ref}: {sentence}" for sentence in found))
