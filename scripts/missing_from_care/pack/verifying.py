"""Makes a pack again and says whether every public byte is the same."""

import json
from pathlib import Path
from typing import Any

from missing_from_care.base.faults import DataFault, UsageFault
from missing_from_care.pack.making import making_pack, public_bytes
from missing_from_care.pack.provenance import differences
from missing_from_care.pack.versions import version_in


def verified(folder: Path, database: Path) -> str:
    """Makes a pack again from the inputs that it names.

    Args:
        folder: of the pack, with `public` and `private`.
        database: the warehouse, built from the same inputs.

    Returns: a sentence that every public file is the same.

    Raises:
        UsageFault: this is no pack.
        DataFault: a file differs, with the inputs that differ; or the ledger lost rows.
    """
    folder = folder.resolve()
    record = _record(folder)
    request_ref = record["request"]["stg_foi_requests"][0]["request_ref"]
    again = version_in(folder), record["ledger"]["rows_before"]
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


def _record(folder: Path) -> dict[str, Any]:
    file = folder / "private" / "provenance.json"
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        found["request"]["stg_foi_requests"][0]["request_ref"], found["ledger"]["rows_before"]
    except (OSError, ValueError, LookupError, TypeError):
        raise UsageFault(
            f"{folder} is no pack: name a folder of responses with private/provenance.json."
        ) from None
    return found
