"""Finds the files below a source folder, and reads what zip files hold as if they were folders."""

import lzma
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from missing_from_care.landing.source_tables import FoundFile

ZIP_SUFFIX = ".zip"
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
READ_SUFFIXES = (".csv", ".txt", ".tsv", ".xml", *WORKBOOKS, ZIP_SUFFIX)
MOST_ENTRIES = 10_000
MOST_BYTES_UNPACKED = 4 << 30
MOST_TIMES_SMALLER = 200
BYTES_FROM_WHICH_THAT_COUNTS = 32 << 20
ENCRYPTED = 0x1
MADE_BY_THE_PACKER = "__MACOSX"
AGAIN = "make the zip file again from the folder, or put the folder itself into the source folder"

# What zipfile raises where bytes are damaged, or packed in a way that it does not know.
DAMAGE = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, ValueError),
    *(EOFError, zlib.error, lzma.LZMAError, struct.error),
)


def find_files(source: Path, opened: ExitStack) -> list[FoundFile]:
    """Finds everything below the source folder, in the order of the names. A hidden folder or a
    link to a folder stands for all it holds; a zip file that can be read is its files, and `opened`
    keeps it open for as long as they are read."""
    files: list[FoundFile] = []
    for item in _below(source, source):
        is_zip = item.file.lower().endswith(ZIP_SUFFIX) and not (item.unused or item.fault)
        files += _packed_files(item, opened) if is_zip else [item]
    return sorted(files, key=lambda each: each.file)


def _below(folder: Path, source: Path) -> Iterator[FoundFile]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as problem:
        why = f"The folder {folder.name} cannot be listed ({problem.strerror}): make it readable."
        yield FoundFile(folder, folder.name, fault=why)
        return
    for path in entries:
        # Bytes that are no UTF-8 show as a replacement mark.
        file = os.fsencode(path.relative_to(source).as_posix()).decode("utf-8", "replace")
        unused = _why_unused(path, source)
        fault: str | None = None
        if not unused and path.is_dir():
            yield from _below(path, source)
            continue
        if not unused and _cannot_be_shown(file):
            fault = f"{file!a}: this file's name holds characters that cannot be shown: rename it."
        yield FoundFile(path, file, unused, fault, 0 if unused else path.stat().st_size)


def _cannot_be_shown(name: str) -> bool:
    return not name.isprintable() or "\ufffd" in name


def _why_unused(path: Path, source: Path) -> str | None:
    """Why a file or a whole folder is not looked at, or none."""
    is_hidden, is_folder = path.name.startswith((".", "~$")), path.is_dir()
    if path.is_symlink() and not is_hidden:
        if not path.exists():
            return "link that leads nowhere"
        if not path.resolve().is_relative_to(source):
            return "link that leads outside the source folder, not followed"
        if is_folder:
            return "link to a folder, not followed"
    if not is_hidden and not is_folder and not path.is_file():
        return "not a file that can be read"
    is_read = is_folder and not is_hidden
    return None if is_read else _why_unused_name(path.name, is_hidden or path.stat().st_size)


def _why_unused_name(name: str, size: int) -> str | None:
    if name.startswith("."):
        return "hidden"
    if name.startswith("~$"):
        return "lock file of a program that has the file open"
    if not name.lower().endswith(READ_SUFFIXES):
        return "no CSV, XML, workbook or zip file"
    return None if size else "empty"


def _packed_files(item: FoundFile, opened: ExitStack) -> list[FoundFile]:
    """What a zip file holds; where it cannot be read, itself with the reason."""
    try:
        archive = opened.enter_context(zipfile.ZipFile(item.path))
    except (*DAMAGE, OSError):
        fault = f"{item.file} is no zip file, or a damaged one, or it cannot be read: {AGAIN}."
        return [replace(item, fault=fault)]
    # Some programs write names with backslashes.
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    names = [entry.filename.replace("\\", "/") for entry in entries]
    faults = {
        "holds a name that leads out of the zip file, with “..” or from the root of a disk": (
            name.startswith("/") or name[1:2] == ":" or ".." in name.split("/") for name in names
        ),
        "holds a name with characters that cannot be shown": map(_cannot_be_shown, names),
        "holds two files of the same name in the same folder": [len(set(names)) < len(names)],
        "is encrypted: unpack it with its password": (e.flag_bits & ENCRYPTED for e in entries),
        "holds another zip file: unpack that one": (
            name.lower().endswith(ZIP_SUFFIX) for name in names
        ),
    }
    fault = next((words for words, found in faults.items() if any(found)), "")
    fault = fault or beyond_limits(entries)
    if fault:
        return [replace(item, fault=f"{item.file} {fault}: {AGAIN}.")]
    if not entries:
        return [replace(item, unused="empty")]
    return [
        FoundFile(
            item.path,
            f"{item.file}/{name}",
            _why_unused_entry(name, entry),
            size=entry.file_size,
            unpack=partial(_unpack, archive, entry),
        )
        for name, entry in zip(names, entries, strict=True)
    ]


def _why_unused_entry(name: str, entry: zipfile.ZipInfo) -> str | None:
    parts = name.split("/")
    if MADE_BY_THE_PACKER in parts:
        return "made by the program that packed the zip file"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "link inside a zip file, not followed"
    hidden = next((part for part in parts if part.startswith((".", "~$"))), parts[-1])
    return _why_unused_name(hidden, entry.file_size)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Path) -> None:
    """Writes an entry to a path; what the zip file breaks comes out as an `OSError`."""
    try:
        with archive.open(entry) as stream, place.open("wb") as target:
            shutil.copyfileobj(stream, target, 1 << 20)
    except DAMAGE as problem:
        raise OSError(5, f"damaged inside the zip file, {type(problem).__name__}") from None


def beyond_limits(entries: list[zipfile.ZipInfo], most_bytes: int = MOST_BYTES_UNPACKED) -> str:
    """What is too much in a zip file, or in a workbook, which is one too; else nothing. No more is
    ever unpacked than the directory says: `zipfile` stops at that size."""
    if len(entries) > MOST_ENTRIES:
        return f"holds {len(entries):,} entries, more than {MOST_ENTRIES:,}"
    unpacked = sum(each.file_size for each in entries)
    if unpacked > most_bytes:
        return f"holds {unpacked / 1e9:,.1f} GB unpacked, more than {most_bytes / 1e9:,.1f} GB"
    for each in entries:
        is_large = each.file_size > BYTES_FROM_WHICH_THAT_COUNTS
        if is_large and each.file_size > MOST_TIMES_SMALLER * each.compress_size:
            return (
                f"swells to more than {MOST_TIMES_SMALLER} times its size when unpacked, as no "
                "extract does"
            )
    return ""
