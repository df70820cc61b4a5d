"""The page that lists every pack in a folder of packs."""

import json
from pathlib import Path

from missing_from_care.disclosure_log.log import index_page
from missing_from_care.faults import DataFault
from missing_from_care.pack.beside import entry_of, packs_in
from missing_from_care.whole_files import write_file_whole


def write_index(out: Path) -> list[str]:
    """Writes the page that lists every pack of a folder.

    Returns: sentences on packs that it cannot list, since their entries are damaged.
    """
    entries, remarks = [], []
    for pack in packs_in(out):
        try:
            entries.append(json.dumps(entry_of(pack)).encode())
        except DataFault as fault:
            remarks += [f"{sentence} The index page lacks it." for sentence in fault.sentences]
    write_file_whole(out / "index.html", index_page(entries), mode=0o644)
    return remarks
