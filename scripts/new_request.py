"""Adds a request to the register: its questions in the requester's words, answered at once."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from missing_from_care.base.command_line import err, out, run
from missing_from_care.base.faults import UsageFault
from missing_from_care.base.warehouse import database_file, open_warehouse
from missing_from_care.response import requests
from missing_from_care.response.asking import TRY_OUT, Question, ask
from missing_from_care.response.layout import terminal_tables
from missing_from_care.response.reading import read_response

MOST_PROPOSALS = 5


def new_request(
    request_ref: Annotated[str, typer.Argument(metavar="REF", help="The reference it gets.")],
    received: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The day of receipt; else asked."),
    ] = None,
    subject: Annotated[str, typer.Option(help="What it is about; else asked.")] = "",
    question: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORDS", help="A question as it was put; may be repeated; else asked."
        ),
    ] = None,
    campaign: Annotated[
        str,
        typer.Option(metavar="NAME", help="Take the questions of a campaign; `list` names them."),
    ] = "",
    period: Annotated[
        str, typer.Option(metavar="FIRST..LAST", help="Financial years; all that are landed else.")
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Take the likeliest row for each question; ask nothing.")
    ] = False,
    database: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The DuckDB file that `dbt build` wrote.")
    ] = None,
) -> None:
    """Proposes rows for each question, shows the answers, unprotected, and writes the register."""
    if campaign == "list":
        out.print("\n".join(requests.campaigns()), markup=False)
        return
    if campaign and question:
        raise UsageFault("--campaign and --question both say what is asked: give one.")
    requests.refuse_known(request_ref)
    file = database_file(database)
    day = received or asked_day(yes)
    subject = subject or asked_text("Subject", yes)
    with open_warehouse(file) as warehouse:
        span = (
            tuple(period.split(".."))
            if period
            else requests.landed_span("financial_year", warehouse)
        )
        asked = requests.campaign_questions(campaign, warehouse) if campaign else []
    if len(span) != 2:
        raise UsageFault(f"--period {period}: write two financial years, as 2022/23..2024/25.")
    if not campaign:
        asked = chosen(question or asked_words(yes), span, yes)
    with ask(file, *(each.question for each in asked)) as connection:
        response = read_response(connection, TRY_OUT)
        for each, table in zip(asked, terminal_tables(response), strict=False):
            out.print(f"\n{each.wording}", markup=False)
            out.print(table)
    out.print("Unprotected: not for release.", style="bold")
    if not (yes or typer.confirm("Write it into the register?", default=True)):
        err.print("Nothing was written.")
        return
    for written in requests.add_request(request_ref, day.date(), subject, asked):
        out.print(f"Written: {written}", markup=False, soft_wrap=True)
    out.print(f"Next: dbt build, then scripts/export_response.py --request {request_ref}")


def asked_day(is_silent: bool) -> datetime:
    """The day of receipt, asked for."""
    if is_silent:
        raise UsageFault("Give the day of receipt: --received 2026-03-02.")
    return typer.prompt("Received on (such as 2026-03-02)", type=datetime)


def asked_text(name: str, is_silent: bool) -> str:
    """A text, asked for."""
    if is_silent:
        raise UsageFault(f"Give --{name.lower()}.")
    return typer.prompt(name)


def asked_words(is_silent: bool) -> list[str]:
    """Questions until a blank one, asked for."""
    if is_silent:
        raise UsageFault("Give the questions: --question WORDS, or --campaign NAME.")
    words = []
    while word := typer.prompt(f"Question {len(words) + 1} (blank: no more)", default=""):
        words.append(word)
    return words


def chosen(words: list[str], span: tuple[str, str], is_silent: bool) -> list[requests.Asked]:
    """The row of each question: the likeliest, or the one that is picked. A UsageFault: no word of
    one is known, or nothing is asked."""
    asked = []
    for number, wording in enumerate(words, start=1):
        ways = requests.proposals(wording)[:MOST_PROPOSALS]
        if not ways:
            raise UsageFault(
                f'Question {number}, "{wording}": no type of question has its words. '
                "docs/questions.md lists what can be asked; put the row with `scripts/ask.py`."
            )
        place = 1
        if not is_silent and len(ways) > 1:
            for place, way in enumerate(ways, start=1):
                out.print(f"  {place}  {way['asked_for']}", markup=False)
            place = typer.prompt("Which", type=typer.IntRange(1, len(ways)), default=1)
        way = ways[place - 1]
        put = (way["measure"], way["breakdown"], way["population"])
        row = Question(*put, "financial_year", *span)
        asked.append(requests.Asked(str(number), "", wording, row))
    if not asked:
        raise UsageFault("Nothing is asked: give --question WORDS, or --campaign NAME.")
    return asked


if __name__ == "__main__":
    run(new_request)
