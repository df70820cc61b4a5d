"""Shows the register of requests with due dates, working days left and what is at risk."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Column, Table
from rich.text import Text

from missing_from_care.base.command_line import err, out, run
from missing_from_care.base.faults import DeadlineRisk, UsageFault
from missing_from_care.base.project import responses_folder
from missing_from_care.base.register import read_register, usual_register
from missing_from_care.base.warehouse import database_file
from missing_from_care.base.whole_files import write_file_whole
from missing_from_care.deadlines.states import (
    COUNTS,
    RequestState,
    is_pack_older,
    request_states,
    statistics,
)
from missing_from_care.deadlines.wording import calendar_bytes, remarks, risk_sentence, written_day
from missing_from_care.response.answers import file_stem

STYLES = {"late": "bold red", "due soon": "bold yellow", "answered": "dim", "on time": "green"}
JSON_KEYS = (
    *("request_ref", "received_on", "due_on", "due_on_alternative", "due_on_alternative_reason"),
    *("extended_due_on", "working_days_left"),
)


def deadlines(
    register: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Another register, a CSV file; else FOI_REQUESTS's."),
    ] = None,
    as_of: Annotated[
        str, typer.Option(metavar="DATE", help="Count from this day, as 2026-11-22; else today.")
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="A list of objects for machines, instead of the table.")
    ] = False,
    ics: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write the open deadlines as a calendar."),
    ] = None,
    as_statistics: Annotated[
        bool,
        typer.Option(
            "--statistics",
            help="Count the requests instead: received, in time, by outcome and exemption.",
        ),
    ] = False,
    database: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The warehouse that packs must not be older than; else FOI_DATABASE's.",
        ),
    ] = None,
) -> None:
    """Shows when each request is due, by section 10 of the Freedom of Information Act.

    Needs no warehouse. Ends with status 6 if an open request is late or due soon, but not with
    --statistics, whose outcomes are those of the packs in the folder of responses.
    """
    day = day_of(as_of)
    read = read_register(register or usual_register())
    if read.unused and not as_json:
        err.print(f"Not used: {read.unused}.", markup=False)
    states = request_states(read, day)
    if as_statistics:
        show_statistics(states, as_json=as_json)
        return
    states = [replace(state, is_pack_old=is_old(state, warehouse(database))) for state in states]
    if ics:
        write_file_whole(ics.resolve(), calendar_bytes(states, day))
    if as_json:
        print(json.dumps([as_object(state) for state in states], indent=2))
    else:
        show(states, day)
    warning = risk_sentence(states)
    if warning:
        raise DeadlineRisk(warning)


def show_statistics(states: list[RequestState], *, as_json: bool) -> None:
    """Prints how many requests came, were answered in time, and what became of them."""
    # What reads packs takes long to load, and the deadlines need none of it.
    from missing_from_care.pack.beside import entry_of, versions_of
    from missing_from_care.pack.disclosure_log import OUTCOMES

    packs = {each.request_ref: versions_of(responses_folder(), each.request_ref) for each in states}
    entries = {ref: entry_of(folders[-1]) for ref, folders in packs.items() if folders}
    found = statistics(states, entries)
    if as_json:
        print(json.dumps(found, indent=2))
        return
    table = Table(
        title="Requests by the quarter in which they came",
        box=box.SIMPLE_HEAD,
        padding=0,
        pad_edge=False,
    )
    table.add_column("Quarter", no_wrap=True)
    for name in COUNTS:
        heading = OUTCOMES.get(name, name.replace("_", " ").capitalize())
        heading = heading.removeprefix("Released ").partition(" for ")[0].capitalize()
        table.add_column(heading, justify="right", no_wrap=" " not in heading)
    for row in found["quarters"]:
        table.add_row(row["quarter"] or "All", *(str(row[name]) for name in COUNTS))
    out.print(table)
    for row in found["exemptions"]:
        out.print(f"{row['exemption']}: {row['answers']} of the answers.", markup=False)


def day_of(text: str) -> date:
    """The day that `--as-of` names; today if it names none."""
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError:
        raise UsageFault(f"--as-of {text}: write a day as 2026-11-22.") from None


def warehouse(database: Path | None) -> Path:
    """The warehouse, whether it is built or not; one that is named must be there."""
    if database and not database.is_file():
        raise UsageFault(f"--database {database}: there is no such file; build it with dbt build.")
    return database_file(database)


def is_old(state: RequestState, database: Path) -> bool:
    """Whether an open request has a pack from before the data was last built."""
    pack = responses_folder() / file_stem(state.request_ref)
    return state.state != "answered" and is_pack_older(pack, database)


def as_object(state: RequestState) -> dict[str, object]:
    """A request as JSON has it; dates as 2026-11-22."""
    values = {key: getattr(state, key) for key in JSON_KEYS} | {"state": state.shown_state}
    return {key: str(value) if isinstance(value, date) else value for key, value in values.items()}


def show(states: list[RequestState], day: date) -> None:
    """Prints the register as a table, and below it what the dates alone do not tell."""
    table = Table(
        Column("Request", overflow="fold", max_width=20),
        Column("Received", justify="right", no_wrap=True),
        Column("Due", justify="right", no_wrap=True),
        Column("Left", justify="right", no_wrap=True),
        Column("State", max_width=15),
        Column("Subject", no_wrap=True, overflow="ellipsis", ratio=1),
        title=f"Requests on {written_day(day)}, working days left",
        box=box.SIMPLE_HEAD,
        collapse_padding=True,
        pad_edge=False,
        expand=True,
    )
    for state in states:
        left = state.working_days_left
        table.add_row(
            Text(state.request_ref),
            written_day(state.received_on),
            written_day(state.answer_by),
            "" if left is None else str(left),
            Text(state.shown_state, style=STYLES.get(state.state, "")),
            Text(state.subject or ""),
        )
    out.print(table)
    for state in states:
        for remark in remarks(state):
            out.print(Text.assemble((f"{state.request_ref}: ", "bold"), remark))


if __name__ == "__main__":
    run(deadlines)
