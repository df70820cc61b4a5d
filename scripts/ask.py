"""Tries out a question on the warehouse: unprotected, for the analyst's own eyes."""

import json
from pathlib import Path
from typing import Annotated

import typer

from missing_from_care.base.command_line import err, out, run
from missing_from_care.base.warehouse import build_problem, database_file, open_warehouse, rows_of
from missing_from_care.response.asking import TRY_OUT, ask, question_of, save_question
from missing_from_care.response.layout import terminal_tables
from missing_from_care.response.reading import read_response


def ask_question(
    measure: Annotated[str, typer.Argument(help="What to count, as occasions_missing.")],
    period: Annotated[
        str, typer.Option(help="As financial_year:2014/15..2017/18 or snapshot:2018-03-31.")
    ],
    by: Annotated[str, typer.Option(help="A breakdown, as placement_type.")] = "none",
    of: Annotated[
        str, typer.Option(help="A population, as uasc:yes or uasc:yes&sex:male.")
    ] = "all",
    database: Annotated[
        Path | None, typer.Option(help="The DuckDB file that `dbt build` wrote.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the rows of foi_answers as a JSON list.")
    ] = False,
    save: Annotated[
        str | None, typer.Option(metavar="REF", help="Add the question to this request.")
    ] = None,
) -> None:
    """Answers a question without building anything. The figures are unprotected."""
    question, file = question_of(measure, by, of, period), database_file(database)
    with open_warehouse(file) as warehouse:
        if problem := build_problem(warehouse, file):
            err.print(problem, markup=False, soft_wrap=True)
    with ask(file, question) as connection:
        if as_json:
            # Days as text.
            rows = list(rows_of(connection.execute("select * from foi_answers")))
            out.print(json.dumps(rows, indent=2, default=str), markup=False, soft_wrap=True)
        else:
            response = read_response(connection, TRY_OUT)
            for table in terminal_tables(response):
                out.print(table)
            for note in response.notes_used:
                out.print(note, markup=False)
            out.print("Unprotected: not for release.", style="bold")
    if save:
        file = save_question(question, save)
        err.print(f"Added to request {save} in {file.name}.", markup=False)


if __name__ == "__main__":
    run(ask_question)
