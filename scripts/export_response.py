"""Writes the response to one request from the answers in the warehouse."""

from pathlib import Path
from typing import Annotated

import typer

from missing_from_care.accessibility.checking import check_workbook
from missing_from_care.command_line import out, run
from missing_from_care.faults import DataFault
from missing_from_care.project import CHECKOUT
from missing_from_care.response.answers import Response, read_response
from missing_from_care.response.book import INVENTED_CHILDREN, long_day, workbook_content
from missing_from_care.response.terminal import terminal_tables
from missing_from_care.warehouse import database_file, open_warehouse
from missing_from_care.whole_files import write_file_whole
from missing_from_care.workbook.writing import workbook_bytes


def export_response(
    request: Annotated[str, typer.Option(help="Reference of the request in the register.")],
    database: Annotated[
        Path | None, typer.Option(help="The DuckDB file that `dbt build` wrote.")
    ] = None,
    out_folder: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="A folder for the request is made here.")
    ] = CHECKOUT / "responses",
) -> None:
    """Answers a request of the register: its workbook, and the answers as tables here."""
    with open_warehouse(database_file(database)) as warehouse:
        response = read_response(warehouse, request)
    file = write_workbook(response, out_folder / request)
    if response.is_of_invented_children:
        out.print(INVENTED_CHILDREN, markup=False)
    for table in terminal_tables(response):
        out.print(table)
    out.print("Not for release: small numbers are not protected yet.", markup=False)
    if response.due_on:
        out.print(deadline(response), markup=False)
    near = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
    out.print(f"Workbook: {near}", soft_wrap=True, markup=False)


def deadline(response: Response) -> str:
    """When the answer is due, and when it was given."""
    answered = f"; answered on {long_day(response.responded_on)}" if response.responded_on else ""
    return f"Due: {long_day(response.due_on)}{answered}."


def write_workbook(response: Response, folder: Path) -> Path:
    """Writes the workbook of a response, whole or not at all, once it passes every check.

    Args:
        response: the request and its answers.
        folder: of the request; made if it is not there.

    Raises:
        DataFault: a text cannot be shown accessibly.
    """
    name = f"{response.request_ref.lower().replace('/', '-')}-not-for-release.xlsx"
    try:
        content = workbook_content(response, response.dated)
        data = workbook_bytes(content)
    except ValueError as problem:
        raise DataFault(f"Request {response.request_ref}: {problem}") from None
    if findings := check_workbook(data, file_name=name):
        raise DataFault(
            *(
                f"The workbook is not accessible ({each.check}): {each.sentence}"
                for each in findings
            )
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_file_whole(folder / name, data)
    return folder / name


if __name__ == "__main__":
    run(export_response)
