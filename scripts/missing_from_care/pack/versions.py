"""The versions of a pack: one that was sent stays as it is, and a later one stands beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from missing_from_care.base.faults import DataFault
from missing_from_care.disclosure.ledger import Released
from missing_from_care.pack.beside import entry_of
from missing_from_care.response.names import version_folder

WITHOUT_FIGURES = ("refused", "not_held")
"""Outcomes of the disclosure log."""


@dataclass(frozen=True)
class Version:
    """Which version of a response a pack holds.

    Attributes:
        number: 1 for the first.
        dated: its day; None for the first, which has the day that the register says.
    """

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
    """Whether a pack says on which day it was sent, and was not withdrawn since.

    An answer without figures has no rows in the ledger that could be withdrawn.

    Raises:
        DataFault: the folder holds the pack of another request.
    """
    entry = entry_of(folder)
    if entry.get("reference", request_ref) != request_ref:
        raise DataFault(
            f"{folder} holds the pack of request {entry['reference']}, and that of {request_ref} "
            "would take its place: give one of the two another reference in the register."
        )
    is_released = any(each.request_ref == request_ref for each in ledger)
    has_no_figures = entry.get("outcome") in WITHOUT_FIGURES
    return bool(entry.get("responded_on")) and (is_released or has_no_figures)
