"""Zip files whose bytes depend on what is in them alone."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """A zip file of files, by name."""
    packed = BytesIO()
    with ZipFile(packed, "w") as target:
        for name, data in files.items():
            target.writestr(name, data)
    return fixed_zip(packed.getvalue())


def _place(name: str) -> tuple[bool, bool, str]:
    return name != "mimetype", name[0] not in "[_", name


def fixed_zip(data: bytes) -> bytes:
    """A zip file (an xlsx, ods or docx, too) with its parts in a fixed order and at a fixed time.
    They are stored uncompressed, since what compression gives differs between versions. First
    stands what readers look for there: `mimetype` (OpenDocument), `[Content_Types].xml`."""
    packed = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(packed, "w", ZIP_STORED) as target:
        for name in sorted(source.namelist(), key=_place):
            entry = ZipInfo(name, ZIP_TIME)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            target.writestr(entry, source.read(name))
    return packed.getvalue()
