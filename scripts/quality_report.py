"""Tells the people who mend the source what is wrong with which row, and what it does."""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from missing_from_care.base.command_line import err, out, run
from missing_from_care.base.faults import UsageFault
from missing_from_care.base.project import CHECKOUT
from missing_from_care.base.warehouse import database_file
from missing_from_care.base.whole_files import write_file_whole
from missing_from_care.documents.quality import report, terminal
from missing_from_care.documents.quality.director import director_page
from missing_from_care.documents.workbook.writing import report_bytes

FILE_NAME, DIRECTOR_PAGE = "quality-report.xlsx", "director-summary.html"
NEVER_COMMITTED = ("responses", "target", "warehouse")
"""Folders of the checkout that `.gitignore` names."""


def quality_report(
    database: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The database; FOI_DATABASE names it otherwise."),
    ] = None,
    out_folder: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder for the workbook; beside the database."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the summary for machines.")
    ] = False,
    for_director: Annotated[
        bool,
        typer.Option(
            "--director",
            help="Write a page for the director instead: who was missing, how long, interviews.",
        ),
    ] = False,
) -> None:
    """Prints what is wrong with the returns, and writes a private workbook of every finding.

    The terminal shows counts, rule codes and file names; only the workbook names children.
    """
    database = database_file(database).absolute()
    folder = _checked_folder((out_folder or database.parent).absolute())
    if for_director:
        page = folder / DIRECTOR_PAGE
        data = director_page(database)
        with _scratch_below(folder):
            write_file_whole(page, data, mode=0o600)
        out.print(f"Private page for the director:\n{page}", markup=False, soft_wrap=True)
        return
    with report.opened(database) as connection, err.status("Reading the findings") as status:
        tables = report.summary(connection)
        status.update("Writing the workbook")
        author = report.authority_name(connection)
        with _scratch_below(folder) as scratch:
            content = report.report(author, tables, report.rows(connection))
            data = report_bytes(content, Path(scratch))
    workbook = folder / FILE_NAME
    write_file_whole(workbook, data, mode=0o600)
    if as_json:
        summary = report.without_children(tables) | {"workbook": str(workbook)}
        typer.echo(json.dumps(summary, indent=2, default=str))
        return
    terminal.show(out, tables)
    out.print(f"\nPrivate workbook with every finding:\n{workbook}", markup=False, soft_wrap=True)


def _checked_folder(folder: Path) -> Path:
    """The folder for the workbook, unless git would offer to commit what is written there."""
    resolved = folder.resolve()
    if resolved.is_relative_to(CHECKOUT):
        parts = resolved.relative_to(CHECKOUT).parts
        if not parts or parts[0] not in NEVER_COMMITTED:
            raise UsageFault(
                f"{folder} lies inside the checkout, where the workbook could be committed, and it "
                f"names children: give a folder elsewhere, or one below "
                f"{', '.join(NEVER_COMMITTED)}."
            )
    return folder


def _scratch_below(folder: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder that only this user can read, removed at the end."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix=".quality-report.", dir=folder)
    except OSError as problem:
        raise UsageFault(
            f"{folder} cannot be written ({problem.strerror}): choose another with --out."
        ) from problem


if __name__ == "__main__":
    run(quality_report)
