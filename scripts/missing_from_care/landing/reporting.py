"""What landing reports: what was landed, what was not used, and what the figures will lack."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from missing_from_care.landing.landed_files import LandedModule
from missing_from_care.landing.source_folder import split_council
from missing_from_care.project import raw_tables


@dataclass(frozen=True)
class LandingReport:
    """What was landed.

    Attributes:
        into: the folder that holds the raw tables now.
        landed: one entry for each file that was landed or module accepted as missing, in the order
            of raw table, collection year and file.
        not_used: file and reason for each file that was not used.
        remarks: sentences about what the figures will lack.
    """

    into: Path
    landed: tuple[LandedModule, ...]
    not_used: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


def remarks(
    landed: Set[str], years: Set[str], folders: Sequence[str], accepted: frozenset[tuple[str, str]]
) -> tuple[str, ...]:
    """Sentences about what the figures will lack.

    Args:
        landed: the raw tables that any file was landed into.
        years: the collection years that hold any module of the return.
        folders: these and the other collection years that have a folder.
        accepted: (raw table, collection year) of modules known to be missing.
    """
    told = [
        f"{raw_tables()[name].module} of {year} is missing and accepted: what needs it is “not "
        "available”."
        for name, year in sorted(accepted)
    ]
    told += [
        f"The folder {year} holds no file of the annual return, so that year is not landed."
        for year in folders
        if year not in years and split_council(year)[1] not in {other for _, other in accepted}
    ]
    if "return_interviews" not in landed:
        told.append("There are no return interviews: question 2 will be “not available”.")
    return tuple(told)
