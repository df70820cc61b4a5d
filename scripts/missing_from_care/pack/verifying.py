"""Makes a pack again and says whether every public byte is the same."""

import json
from pathlib import Path
from typing import Any

from missing_from_care.disclosure.ledger import read_ledger
from missing_from_care.faults import DataFault, UsageFault
from missing_from_care.pack.making import LEDGER, making_pack
from missing_from_care.pack.provenance import differences


def verified(folder: Path, database: Path) -> str:
    """Makes a pack again from the inputs that it names.

    Args:
        folder: of the pack, with `public` and `private`.
        database: the warehouse, built from the same inputs.

    Returns: a sentence that every public file is the same.

    Raises:
        UsageFault: this is no pack.
        DataFault: a file differs, with the inputs that differ.
    """
    folder = folder.resolve()
    record = _record(folder)
    request_ref = record["request"]["stg_foi_requests"][0]["request_ref"]
    with making_pack(database, request_ref, folder.parent, again=True) as pack:
        kept = {
            file.relative_to(folder / "public").as_posix(): file.read_bytes()
            for file in sorted((folder / "public").rglob("*"))
            if file.is_file()
        }
    differing = [
        name
        for name in sorted(kept.keys() | pack.public.keys())
        if kept.get(name) != pack.public.get(name)
    ]
    if not differing:
        return f"All {len(kept)} public files of {request_ref} are the same, byte for byte."
    causes = differences(record, pack.record)
    if not any(row.request_ref == request_ref for row in read_ledger(folder.parent / LEDGER)):
        causes.append(f"{LEDGER} is not beside it or does not hold this response.")
    raise DataFault(
        f"{', '.join(differing)} of {request_ref} cannot be made again as they are.",
        *(causes or ["No input differs, so the files were changed after they were written."]),
    )


def _record(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / "private" / "provenance.json").read_text(encoding="utf-8"))
        found["request"]["stg_foi_requests"][0]["request_ref"]
    except (OSError, ValueError, LookupError, TypeError):
        raise UsageFault(
            f"{folder} is no pack: name a folder of responses with private/provenance.json."
        ) from None
    return found
