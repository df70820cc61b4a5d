"""The packs that lie beside a ledger: each proves that the ledger has all that it released."""

import json
from pathlib import Path

from missing_from_care.disclosure.ledger import read_rows
from missing_from_care.faults import DataFault

LOG_ENTRY = "disclosure-log.json"


def packs_in(out: Path) -> list[Path]:
    """The folders of packs, in order; a folder with a dot, left by a killed run, is none."""
    return [file.parents[1] for file in sorted(out.glob(f"[!.]*/public/{LOG_ENTRY}"))]


def refuse_lost_rows(ledger: Path) -> int:
    """Sees to it that every pack beside a ledger stands in it.

    Args:
        ledger: the file, in the folder of the packs.

    Returns: how many packs there are.

    Raises:
        DataFault: the ledger is broken, or lacks what a pack released.
    """
    chains = {row["chain"] for row in read_rows(ledger)}
    packs = packs_in(ledger.parent)
    lacking = []
    for pack in packs:
        record = pack / "private" / "provenance.json"
        try:
            chain = json.loads(record.read_text(encoding="utf-8"))["ledger"]["chain"]
        except (OSError, ValueError, LookupError, TypeError):
            lacking.append(
                f"{record} is not there or does not say what the ledger held when the pack was "
                "made, so nothing can be released: restore the pack from a backup, or move it to "
                "another folder and enter its figures with `python scripts/ledger.py enter FILE`."
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
