"""Lands tables that are written as words: one line a row, `-` for a blank value, `_` for a blank.

Words left out at the end of a line are blank too.
"""

import csv
from pathlib import Path

from missing_from_care.base.project import raw_tables

FIELDS = {
    "ssda903_header": "collection_year child dob sex ethnic",
    "ssda903_episodes": "collection_year child decom dec ls place",
    "ssda903_missing": "collection_year child missing mis_start mis_end dob",
    "ssda903_uasc": "collection_year child duc",
    "return_interviews": "child mis_start occasion outcome harmed sexual_harm drug_sale crime"
    " interview_date",
}
YEARS = ("2015-16", "2016-17", "2017-18")
IN_CARE = "\n".join(f"{year} C1 01/01/2010 - C2" for year in YEARS)


def write_table(folder: Path, name: str, columns: list[str], rows: list[dict]) -> None:
    """One landed table."""
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def land_words(
    folder: Path,
    missing: str = "",
    episodes: str = IN_CARE,
    header: str = "",
    uasc: str = "",
    interviews: str = "",
    years: tuple[str, ...] = YEARS,
    accepted_missing: tuple[tuple[str, str], ...] = (),
    with_interviews: bool = True,
) -> None:
    """Writes the landed tables, and which of them were landed, into a folder.

    Args:
        years: collection years with all four modules.
        accepted_missing: raw tables and collection years that were accepted as missing.
        with_interviews: whether return interviews were landed at all.
    """
    texts = dict(zip(FIELDS, (header, episodes, missing, uasc, interviews), strict=True))
    for name, table in raw_tables().items():
        rows = []
        lines = filter(None, map(str.strip, texts.get(name, "").splitlines()))
        for number, line in enumerate(lines, 1):
            values = ["" if word == "-" else word.replace("_", " ") for word in line.split()]
            source = {"source_file": f"{name}.csv", "source_row": str(number)}
            rows.append(dict(zip(FIELDS[name].split(), values, strict=False)) | source)
        write_table(folder, name, list(table.landed_columns), rows)
    modules = [
        {
            "raw_table": name,
            "collection_year": year,
            "status": "accepted_missing" if (name, year) in accepted_missing else "landed",
        }
        for name in list(FIELDS)[:4]
        for year in years
    ]
    if with_interviews:
        modules.append({"raw_table": "return_interviews", "status": "landed"})
    columns = ["raw_table", "collection_year", "status", "source_file", "rows_landed", "sha256"]
    columns += ["date_forms", "taken_on", "covers_from", "covers_to"]
    write_table(folder, "landed_modules", columns, modules)
