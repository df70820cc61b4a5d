"""What lies in a source folder: which files to look at, and the collection year of each."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from missing_from_care.landing.source_tables import FoundFile

ZIP_SUFFIX = ".zip"
READ_SUFFIXES = (".csv", ".txt", ".xml", ".xlsx", ".xlsm", ZIP_SUFFIX)
OLD_WORKBOOKS = (".xls", ".xlsb", ".ods")
YEAR_ADVICE = (
    "name the folder of a return with both years, as `2017-18` for 1 April 2017 to 31 March 2018 "
    "(`2017` alone means 2016-17 in some tools and 2017-18 in others), directly below the source "
    "folder; or, where a file holds several years, give each row both years in a column YEAR or "
    "COLLECTION_YEAR"
)


def find_files(source: Path) -> list[FoundFile]:
    """Finds everything below the source folder, in the order of the names.

    Args:
        source: the folder, resolved.

    Returns:
        Files to read, and those not to be read with the reason. A hidden folder or a link to a
        folder stands for all it holds.
    """
    return sorted(_below(source, source), key=lambda found: found.file)


def _below(folder: Path, source: Path) -> Iterator[FoundFile]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as problem:
        file = _name(folder, source)
        fault = f"The folder {file} cannot be listed ({problem.strerror}): make it readable."
        yield FoundFile(folder, file, fault=fault)
        return
    for path in entries:
        file = _name(path, source)
        unused = _why_unused(path, source)
        if unused:
            yield FoundFile(path, file, unused)
        elif path.is_dir():
            yield from _below(path, source)
        elif not file.isprintable() or "\ufffd" in file:
            fault = f"{file!a}: this file's name holds characters that cannot be shown: rename it."
            yield FoundFile(path, file, fault=fault)
        else:
            status = path.stat()
            yield FoundFile(path, file, size=status.st_size, changed_ns=status.st_mtime_ns)


def _why_unused(path: Path, source: Path) -> str | None:
    """Why a file or a whole folder is not looked at, or none."""
    if path.name.startswith((".", "~$")):
        return why_unused_name(path.name)
    if path.is_symlink():
        if not path.exists():
            return "link that leads nowhere"
        if not path.resolve().is_relative_to(source):
            return "link that leads outside the source folder, not followed"
        if path.is_dir():
            return "link to a folder, not followed"
    if path.is_dir():
        return None
    if not stat.S_ISREG(path.stat().st_mode):
        return "not a file that can be read"
    return why_unused_name(path.name) or ("empty" if path.stat().st_size == 0 else None)


def why_unused_name(name: str) -> str | None:
    """Why a file of that name is not looked at, or none."""
    if name.startswith("."):
        return "hidden"
    if name.startswith("~$"):
        return "lock file of a program that has the file open"
    if name.lower().endswith(OLD_WORKBOOKS):
        return "a workbook of another kind: save it as “Excel workbook (.xlsx)” to have it read"
    if not name.lower().endswith(READ_SUFFIXES):
        return "no CSV, XML, xlsx or zip file"
    return None


def _name(path: Path, source: Path) -> str:
    """The path below the source folder; bytes that are no UTF-8 show as a replacement mark."""
    return os.fsencode(path.relative_to(source).as_posix()).decode("utf-8", "replace")


def is_collection_year(label: str) -> bool:
    """Whether a label is a collection year with two consecutive years, `2017-18`."""
    parts = re.fullmatch(r"([0-9]{4})-([0-9]{2})", label)
    return bool(parts) and (int(parts[1]) + 1) % 100 == int(parts[2])


def split_council(file: str) -> tuple[str, str]:
    """The council whose folder a path begins with, by its code of three digits, and the rest.

    The council is blank where one council's returns are landed alone. The models read it from
    `source_file` in the same way.
    """
    first, _, rest = file.partition("/")
    return (first, rest) if rest and re.fullmatch("[0-9]{3}", first) else ("", file)


def placed_year(council: str, year: str) -> str:
    """A collection year as messages name it: `2017-18`, behind its council's folder if any."""
    return f"{council}/{year}" if council else year


def collection_years_of(file: str) -> list[str]:
    """The collection years that the path of a file names: one, if all is well.

    The first folder below the council's counts, and of a zip file its own name and every folder
    inside it.
    """
    council, file = split_council(file)
    folders = file.split("/")[:-1]
    packed = next(
        (at for at, name in enumerate(folders) if name.lower().endswith(ZIP_SUFFIX)), None
    )
    names = folders[:1]
    if packed is not None:
        names += [folders[packed][: -len(ZIP_SUFFIX)], *folders[packed + 1 :]]
    return sorted({placed_year(council, name) for name in names if is_collection_year(name)})


def year_folders(source: Path) -> list[str]:
    """The collection years that have a folder directly below the source folder or a council's."""
    below = [*source.iterdir(), *source.glob("[0-9][0-9][0-9]/*")]
    return sorted(
        path.relative_to(source).as_posix()
        for path in below
        if is_collection_year(path.name) and path.is_dir() and not path.is_symlink()
    )


def misplaced(folder: str, modules: list[str], source: Path) -> str:
    """The sentence for files of the return that lie in no folder of a collection year.

    Args:
        folder: the first folder of their paths, or nothing if they lie in the source folder itself.
        modules: what was found there.
        source: the source folder.
    """
    found = f"{', '.join(sorted(set(modules)))} of the annual return"
    if not folder and is_collection_year(source.name):
        return f"The source folder itself holds {found}: give the folder above it instead."
    if not folder:
        return f"{found} lies outside any folder of a collection year: {YEAR_ADVICE}."
    what = "zip file" if folder.lower().endswith(ZIP_SUFFIX) else "folder"
    return (
        f"The {what} {folder} holds {found}, but its name is not a collection year: {YEAR_ADVICE}."
    )
