"""Reads a source file in whichever form it has."""

from missing_from_care.landing import delimited_text, workbook_sheets, xml_return
from missing_from_care.landing.source_tables import Openable, SourceTable

READERS = {
    ".xml": xml_return.read_tables,
    ".xlsx": workbook_sheets.read_tables,
    ".xlsm": workbook_sheets.read_tables,
}


def read_tables(path: Openable, file: str) -> list[SourceTable]:
    """Reads the tables of a file by the ending of its name; any other is read as CSV.

    Args:
        path: the file, on disk or inside a zip file.
        file: its name in messages and in `source_file`.

    Returns:
        Its tables, none if it is empty.

    Raises:
        DataFault: it cannot be read as what its name says.
        OSError: it cannot be read at all.
    """
    suffix = file[file.rfind(".") :].lower()
    return READERS.get(suffix, delimited_text.read_tables)(path, file)
