"""The disclosure log of a folder of packs: a page and a feed of what was sent."""

import json
from pathlib import Path

from missing_from_care.base.faults import DataFault
from missing_from_care.base.whole_files import write_file_whole
from missing_from_care.disclosure.ledger import read_ledger
from missing_from_care.pack.beside import entry_of, packs_in
from missing_from_care.pack.disclosure_log.log import log_pages
from missing_from_care.pack.versions import is_sent
from missing_from_care.response.names import LEDGER


def write_index(out: Path) -> list[str]:
    """Writes the page and the feed that list every pack of a folder that was sent.

    Returns: sentences on packs that they cannot list, since their entries are damaged.
    """
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
