"""Reads what zip files hold as if they were folders. Nothing is unpacked onto a disk."""

import io
import stat
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from missing_from_care.landing.source_folder import READ_SUFFIXES, ZIP_SUFFIX, why_unused_name
from missing_from_care.landing.source_tables import FoundFile
from missing_from_care.landing.zip_limits import DAMAGE, beyond_limits

MOST_BYTES_HELD = 256 << 20
SEEKING_SUFFIXES = (".xlsx", ".xlsm")
ENCRYPTED = 0x1
MADE_BY_THE_PACKER = "__MACOSX"
AGAIN = "make the zip file again from the folder, or put the folder itself into the source folder"


@dataclass(frozen=True)
class PackedFile:
    """A file inside a zip file that stays open."""

    archive: zipfile.ZipFile
    entry: zipfile.ZipInfo

    def open(self, mode: str = "rb", buffering: int = -1) -> Any:
        """Opens it for reading; what the zip file breaks comes out as an `OSError`."""
        if mode != "rb":
            raise ValueError("what a zip file holds can only be read")
        unpacked = _Unpacked(self.archive, self.entry)
        if self.entry.filename.lower().endswith(SEEKING_SUFFIXES):
            if self.entry.file_size > MOST_BYTES_HELD:
                unpacked.close()
                raise OSError(27, "a workbook too large to be read inside a zip file")
            with unpacked:
                return io.BytesIO(unpacked.readall())
        return unpacked if buffering == 0 else io.BufferedReader(unpacked)


class _Unpacked(io.RawIOBase):
    """The bytes of an entry."""

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        try:
            self.stream = archive.open(entry)
        except (*DAMAGE, OSError) as problem:
            raise _broken(problem) from None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            return self.stream.readinto(buffer)
        except (*DAMAGE, OSError) as problem:
            raise _broken(problem) from None

    def close(self) -> None:
        if not self.closed and hasattr(self, "stream"):
            self.stream.close()
        super().close()


def _broken(problem: Exception) -> OSError:
    return OSError(5, f"damaged inside the zip file, {type(problem).__name__}")


def with_packed_files(found: list[FoundFile], opened: ExitStack) -> list[FoundFile]:
    """Puts in the place of each zip file what it holds.

    Args:
        found: the files of the source folder.
        opened: keeps the zip files open for as long as they are read.

    Returns:
        All files in the order of their names; what cannot be read has its sentence.
    """
    files: list[FoundFile] = []
    for item in found:
        is_zip = item.file.lower().endswith(ZIP_SUFFIX) and not (item.unused or item.fault)
        files += _packed_files(item, opened) if is_zip else [item]
    return sorted(files, key=lambda each: each.file)


def _packed_files(item: FoundFile, opened: ExitStack) -> list[FoundFile]:
    try:
        stream = opened.enter_context(item.path.open("rb"))
    except OSError as problem:
        fault = f"{item.file} cannot be read ({problem.strerror}): close it or free it."
        return [FoundFile(item.path, item.file, fault=fault)]
    try:
        archive = opened.enter_context(zipfile.ZipFile(stream))
    except (*DAMAGE, OSError):
        fault = f"{item.file} is no zip file, or a damaged one: {AGAIN}."
        return [FoundFile(item.path, item.file, fault=fault)]
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    fault = _fault_of(entries)
    if fault:
        return [FoundFile(item.path, item.file, fault=f"{item.file} {fault}: {AGAIN}.")]
    if not entries:
        return [FoundFile(item.path, item.file, unused="empty")]
    return [_packed_file(item, archive, entry) for entry in entries]


def _fault_of(entries: list[zipfile.ZipInfo]) -> str:
    """Why a zip file is not read at all; nothing if it is."""
    names = [_name(entry) for entry in entries]
    if any(_leads_outside(name) for name in names):
        return "holds a name that leads out of the zip file, with “..” or from the root of a disk"
    if any(not name.isprintable() or "\ufffd" in name for name in names):
        return "holds a name with characters that cannot be shown"
    if len(set(names)) < len(names):
        return "holds two files of the same name in the same folder"
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        return "is encrypted: unpack it with its password"
    if any(name.lower().endswith(ZIP_SUFFIX) for name in names):
        return "holds another zip file: unpack that one"
    return beyond_limits(entries)


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's path with `/`; some programs write it with backslashes."""
    return entry.filename.replace("\\", "/")


def _leads_outside(name: str) -> bool:
    return name.startswith("/") or name[1:2] == ":" or ".." in PurePosixPath(name).parts


def _packed_file(item: FoundFile, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> FoundFile:
    name = _name(entry)
    return FoundFile(
        PackedFile(archive, entry),
        f"{item.file}/{name}",
        _why_unused(name, entry),
        size=entry.file_size,
        changed_ns=item.changed_ns,
    )


def _why_unused(name: str, entry: zipfile.ZipInfo) -> str | None:
    parts = PurePosixPath(name).parts
    if MADE_BY_THE_PACKER in parts:
        return "made by the program that packed the zip file"
    hidden = next((part for part in parts if part.startswith((".", "~$"))), None)
    if hidden:
        return why_unused_name(hidden)
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "link inside a zip file, not followed"
    if not name.lower().endswith(READ_SUFFIXES):
        return why_unused_name(name)
    return "empty" if entry.file_size == 0 else None
