"""The packs that lie beside a ledger: their versions, and that the ledger has all they released."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from missing_from_care.base.faults import DataFault
from missing_from_care.disclosure.ledger import Released, read_rows
from missing_from_care.response.answers import version_folder

LOG_ENTRY = "disclosure-log.json"
RECORD = Path("private", "provenance.json")
WITHOUT_FIGURES = ("refused", "not_held")
"""Outcomes of the disclosure log."""


def packs_in(out: Path) -> list[Path]:
    """The folders of packs, in order; a folder with a dot, left by a killed run, is none."""
    return [file.parents[1] for file in sorted(out.glob(f"[!.]*/public/{LOG_ENTRY}"))]


def entry_of(pack: Path) -> dict[str, Any]:
    """A pack's entry of the disclosure log; empty if it has none; a DataFault if it is damaged."""
    file = pack / "public" / LOG_ENTRY
    try:
        entry: dict[str, Any] = json.loads(file.read_bytes())
        if isinstance(entry["reference"], str) and isinstance(entry["folder"], str):
            return entry
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, LookupError, TypeError):
        pass
    raise DataFault(
        f"{file} is damaged, so it is not known which answer was sent: restore the pack from a "
        "backup, or move it to another folder and export it again."
    )


def ledger_of(pack: Path) -> dict[str, Any]:
    """What a pack says of the ledger: `rows_before` that it was judged under, and `rows` and
    `chain` once its own were added. An OSError, ValueError, LookupError or TypeError if it is
    mute."""
    found = json.loads((pack / RECORD).read_text(encoding="utf-8"))["ledger"]
    return {name: found[name] for name in ("rows_before", "rows", "chain")}


def refuse_lost_rows(ledger: Path) -> int:
    """Sees to it that every pack beside a ledger stands in it; gives how many there are. A
    DataFault: the ledger is broken, or lacks what a pack released."""
    chains = {row["chain"] for row in read_rows(ledger)}
    packs = packs_in(ledger.parent)
    lacking = []
    for pack in packs:
        try:
            chain = ledger_of(pack)["chain"]
        except (OSError, ValueError, LookupError, TypeError):
            lacking.append(
                f"{pack / RECORD} is not there or does not say what the ledger held when the pack "
                "was made, so nothing can be released: restore the pack from a backup, or move it "
                "to another folder and enter its figures with `python scripts/ledger.py enter "
                "FILE`."
            )
            continue
        if chain not in chains:
            what = "lost rows that" if chains else "is not there, with which"
            lacking.append(
                f"The ledger {ledger} {what} pack {pack.name} was released"
                f"{' with' if chains else ''}, so nothing can be released: restore it from a "
                "backup."
            )
    if lacking:
        raise DataFault(*lacking)
    return len(packs)


@dataclass(frozen=True)
class Version:
    """Which version of a response a pack holds, 1 for the first; that has the register's day."""

    number: int = 1
    dated: date | None = None


def versions_of(out: Path, request_ref: str) -> list[Path]:
    """The folders that a request has in the folder of packs, the oldest version first."""
    found: list[Path] = []
    while (folder := out / version_folder(request_ref, len(found) + 1)).exists():
        found.append(folder)
    return found


def version_in(folder: Path) -> Version:
    """The version that a pack holds; the first where its entry of the log does not say."""
    entry = entry_of(folder)
    number = entry.get("version", 1)
    return Version(number, date.fromisoformat(entry["responded_on"]) if number > 1 else None)


def is_sent(folder: Path, request_ref: str, ledger: Iterable[Released]) -> bool:
    """Whether a pack says on which day it was sent, and was not withdrawn since; a DataFault if the
    folder holds the pack of another request. An answer without figures has no rows in the ledger
    that could be withdrawn."""
    entry = entry_of(folder)
    if entry.get("reference", request_ref) != request_ref:
        raise DataFault(
            f"{folder} holds the pack of request {entry['reference']}, and that of {request_ref} "
            "would take its place: give one of the two another reference in the register."
        )
    is_released = any(each.request_ref == request_ref for each in ledger)
    has_no_figures = entry.get("outcome") in WITHOUT_FIGURES
    return bool(entry.get("responded_on")) and (is_released or has_no_figures)
