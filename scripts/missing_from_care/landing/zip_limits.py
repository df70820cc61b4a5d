"""What a zip file, or a workbook, which is one too, may hold: limits against swelling content."""

import lzma
import struct
import zipfile
import zlib

MOST_ENTRIES = 10_000
MOST_BYTES_UNPACKED = 4 << 30
MOST_TIMES_SMALLER = 200
BYTES_FROM_WHICH_THAT_COUNTS = 32 << 20

# What zipfile raises where bytes are damaged, or packed in a way that it does not know.
DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
)


def beyond_limits(entries: list[zipfile.ZipInfo], most_bytes: int = MOST_BYTES_UNPACKED) -> str:
    """What is too much in a zip file, by what its directory says; nothing if it may be read.

    No more than that is ever unpacked: `zipfile` stops at the size that the directory gives.

    Args:
        entries: the zip file's directory.
        most_bytes: how much its entries may hold together.

    Returns:
        The end of a sentence that begins with the file's name, or nothing.
    """
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
