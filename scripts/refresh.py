"""Lands, builds, tests, protects, exports and publishes: all of it or nothing."""

import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from missing_from_care.command_line import err, out, run
from missing_from_care.deadlines.register import read_register, usual_register
from missing_from_care.deadlines.states import request_states
from missing_from_care.deadlines.wording import risk_sentence, written_day
from missing_from_care.faults import DeadlineRisk, Fault, UsageFault
from missing_from_care.landing.case_extracts import covers_option, taken_option
from missing_from_care.landing.checks import accepted_module
from missing_from_care.page.page import file_stem
from missing_from_care.project import CHECKOUT
from missing_from_care.refresh.order import Order, chosen_requests
from missing_from_care.refresh.run import last_good, refresh, today
from missing_from_care.refresh.telling import Teller, utc_now
from missing_from_care.warehouse import database_file


def refresh_all(
    request: Annotated[
        list[str] | None,
        typer.Option(metavar="REF", help="Export this request's pack; may be repeated."),
    ] = None,
    due_within: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS",
            help="Export the packs of open requests with so many working days left or fewer; "
            "without this and --request, of those at risk.",
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Land these returns first; else build from what is there."
        ),
    ] = None,
    accept_missing: Annotated[
        list[str] | None,
        typer.Option(metavar="MODULE:YEAR", help="With --source, as land_extracts.py takes it."),
    ] = None,
    taken: Annotated[
        list[str] | None, typer.Option(metavar="FILE:DATE", help="With --source, likewise.")
    ] = None,
    covers: Annotated[
        str | None, typer.Option(metavar="FROM..TO", help="With --source, likewise.")
    ] = None,
    database: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The record-level database; FOI_DATABASE's otherwise."),
    ] = None,
    published: Annotated[
        Path, typer.Option(metavar="FILE", help="The database for analysts.")
    ] = CHECKOUT / "published" / "missing_from_care.duckdb",
    responses: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder of the requests' packs.")
    ] = CHECKOUT / "responses",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
) -> None:
    """Refreshes the databases and the packs of the requests that are due.

    What was published before stays as it was until everything is ready. Ends with status 5 if
    another refresh is running, and with 6 if all went well but a request is late or due soon.
    """
    if request and due_within is not None:
        raise UsageFault("--request and --due-within both say which packs to make: give one.")
    extracts = os.environ.get("FOI_EXTRACTS")
    places = Order(
        database=database_file(database).resolve(),
        published=published.resolve(),
        responses=responses.resolve(),
        source=source.resolve() if source else None,
        accepted=frozenset(accepted_module(text) for text in accept_missing or []),
        taken=dict(map(taken_option, taken or [])),
        covers=covers_option(covers) if covers else ("", ""),
        named_extracts=Path(extracts).resolve() if extracts else None,
    )
    day = today(places, utc_now())
    states = request_states(read_register(usual_register()), day)
    order = places.for_requests(chosen_requests(states, request or [], due_within))
    if dry_run:
        say_what_would_be_done(order, day)
    else:
        carry_out(order)
    if warning := risk_sentence(states):
        raise DeadlineRisk(warning)


def carry_out(order: Order) -> None:
    """Refreshes, and says where everything is."""
    with Teller(order.state / "logs") as tell:
        try:
            done = refresh(order, tell)
        except Fault as fault:
            tell.fault(fault)
            raise
    out.print(f"Refreshed, run {done['run']}.")
    if not order.requests:
        out.print("No open request is due, so no pack was made.")
    for name, place in places_of(order):
        out.print(f"{name}: {place}", markup=False, soft_wrap=True)
    out.print(f"Log: {tell.file}", markup=False, soft_wrap=True)


def say_what_would_be_done(order: Order, day: date) -> None:
    """Prints the order."""
    good = last_good(order).get("finished")
    out.print(f"On {written_day(day)}; the last good refresh was {good or 'never'}.")
    if order.source:
        out.print(f"Land: {order.source}", markup=False, soft_wrap=True)
    reads = order.source or order.reads or "the demonstration extracts of invented children"
    out.print(f"Build and test from: {reads}", markup=False, soft_wrap=True)
    for name, place in places_of(order):
        out.print(f"Replace {name[0].lower()}{name[1:]}: {place}", markup=False, soft_wrap=True)
    err.print("A dry run: nothing was changed.")


def places_of(order: Order) -> list[tuple[str, Path]]:
    """What a refresh replaces, by name."""
    packs = [(f"Pack of {ref}", order.responses / file_stem(ref)) for ref in order.requests]
    return [
        ("Record-level database, private", order.database),
        ("Database for analysts", order.published),
        *packs,
    ]


if __name__ == "__main__":
    # A run that is asked to end tidies up behind itself, as it does when something fails.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    run(refresh_all)
