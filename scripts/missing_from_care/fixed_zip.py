"""Zip files whose bytes depend on what is in them alone."""

from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def fixed_zip(data: bytes) -> bytes:
    """A zip file (so an xlsx or docx, too) with its parts in a fixed order and at a fixed time.

    The parts are stored uncompressed, since what compression gives differs between versions.
    """
    packed = BytesIO()
    with ZipFile(BytesIO(data)) as source, ZipFile(packed, "w", ZIP_STORED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name[0] not in "[_", name)):
            entry = ZipInfo(name, ZIP_TIME)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            target.writestr(entry, source.read(name))
    return packed.getvalue()
